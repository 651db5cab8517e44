"""Files that hold a person's life are for the account that runs the program alone, whatever the umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests import processes

SUFFIXES = ("", "-wal", "-shm")
# While the connection is open, so that what SQLite puts beside the file is there.
WRITE = """
import os
os.umask({umask})
import django
django.setup()
from django.core.management import call_command
call_command("migrate", "sessions", verbosity=0)
from django.contrib.sessions.backends.db import SessionStore
SessionStore().create()
from pathlib import Path
for path in sorted(Path({folder!r}).iterdir()):
    print(path.name, oct(path.stat().st_mode & 0o777))
"""


def modes_of(folder: Path, umask: int = 0o022) -> dict[str, str]:
    env = processes.environment(
        DATABASE_URL=f"sqlite:///{folder / 'own.sqlite3'}",
        DJANGO_SETTINGS_MODULE="lifetracker.settings",
    )
    code = WRITE.format(umask=umask, folder=str(folder))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(line.split() for line in done.stdout.splitlines())  # type: ignore[misc]  # pairs


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_a_new_database_is_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    assert modes_of(tmp_path, umask) == {f"own.sqlite3{one}": "0o600" for one in SUFFIXES}


@pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")
def test_one_that_others_could_read_is_closed_at_the_next_start(tmp_path: Path) -> None:
    modes_of(tmp_path)
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    assert set(modes_of(tmp_path).values()) == {"0o600"}
    database = tmp_path / "own.sqlite3"
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
