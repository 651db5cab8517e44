"""A copy of the project in a folder of its own, with one more app: what somebody has who adds a source or a domain."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from tests import processes

ROOT = Path(settings.BASE_DIR)
# What the program itself consists of, beside the apps.
ALSO = ("lifetracker", "templates", "manage.py", "gunicorn.conf.py", "docs")


class Project:
    """`app` is a folder beside this module, which is copied as well and added to INSTALLED_APPS, the one
    central place that a new app is named in."""

    def __init__(self, folder: Path, app: str, **variables: str) -> None:
        self.folder = folder
        self.database = folder / "scratch.sqlite3"
        self.variables = {"DATABASE_URL": f"sqlite:///{self.database}", **variables}
        folder.mkdir(exist_ok=True)
        ours = {path.parent.name for path in ROOT.glob("*/apps.py")}
        for name in {*ours, *ALSO}:
            copy(ROOT / name, folder / name)
        copy(Path(__file__).parent / app, folder / app)
        path = folder / "lifetracker/settings.py"
        begin, apps, end = path.read_text().partition("INSTALLED_APPS = [")
        assert apps
        path.write_text(begin + apps + end.replace("\n]", f'\n    "{app}",\n]', 1))

    def environment(self, **extra: str) -> dict[str, str]:
        return processes.environment(**{**self.variables, **extra})

    def start(self, *words: str, **extra: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=self.folder,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **extra: str) -> str:
        """What a command of `manage.py` prints; it must succeed."""
        code, out, err = processes.finish(self.start("manage.py", *words, **extra), timeout=300)
        assert code == 0, f"{words}: {out}{err}"
        return out

    def refusal(self, *words: str, **extra: str) -> str:
        """What a command of `manage.py` says that must not succeed."""
        code, out, err = processes.finish(self.start("manage.py", *words, **extra), timeout=300)
        assert code != 0, f"{words}: {out}{err}"
        return err

    def python(self, script: str, **extra: str) -> Any:
        """What the last line that a script prints, in which Django is set up, says as JSON."""
        lines = self.run("shell", "--no-imports", "-c", script, **extra).splitlines()
        return json.loads(lines[-1])

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text()
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new))
        # Within one second, the compiled one would pass for the new one's.
        with suppress(OSError):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 2))


def copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)
