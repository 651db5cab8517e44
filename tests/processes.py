"""Other processes of the program, for what cannot be shown inside one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.utils import timezone

MACHINE = ("PATH", "HOME", "LANG")
# By which `.ci/other-days` moves the date.
FAKETIME = ("LD_PRELOAD", "FAKETIME", "FAKETIME_DONT_FAKE_MONOTONIC", "PYTHONPATH")


def environment(**extra: str) -> dict[str, str]:
    """The same database, key, zone and clock, and nothing of a person's own settings."""
    kept = {name: os.environ[name] for name in (*MACHINE, *FAKETIME) if name in os.environ}
    return {
        **kept,
        **clock(),
        "DEMO": "true",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        "TIME_ZONE": settings.TIME_ZONE,
        "PYTHONUNBUFFERED": "1",
        **extra,
    }


def clock() -> dict[str, str]:
    """The process begins at the moment that it is now in the test, and its time goes on."""
    shift = (timezone.now() - datetime.now(UTC)).total_seconds()
    if abs(shift) < 1:
        return {}
    settings_module = "tests.shifted_settings"
    return {"DJANGO_SETTINGS_MODULE": settings_module, "TEST_CLOCK_SHIFT": str(shift)}


def database_url() -> str:
    db = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{db['NAME']}"
    login = f"{quote(db['USER'])}:{quote(db['PASSWORD'])}" if db["PASSWORD"] else quote(db["USER"])
    return f"postgres://{login}@{db['HOST']}:{db['PORT'] or 5432}/{db['NAME']}"


def start(
    *command: str, env: dict[str, str] | None = None, new_session: bool = False
) -> subprocess.Popen[str]:
    return launch("manage.py", *command, env=env, new_session=new_session)


def serve(port: int, env: dict[str, str]) -> subprocess.Popen[str]:
    """The web process, in a session of its own."""
    options = ("--bind", f"127.0.0.1:{port}", "--threads", "4", "--log-level", "warning")
    return launch("-m", "gunicorn", "lifetracker.wsgi", *options, env=env, new_session=True)


def launch(
    *arguments: str, env: dict[str, str] | None = None, new_session: bool = False
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=new_session,
    )


def at_once(
    imports: str, code: str, count: int, folder: Path, env: dict[str, str]
) -> list[tuple[int, str, str]]:
    """Run Python code in so many processes at the same moment, when all of them are there."""
    script = (
        f"import os, pathlib, time; {imports};"
        f"folder = pathlib.Path({str(folder)!r});"
        "(folder / f'ready-{os.getpid()}').touch();\n"
        "while not (folder / 'go').exists(): time.sleep(0.005)\n" + code
    )
    children = [start("shell", "--no-imports", "-c", script, env=env) for _ in range(count)]
    wait_until(lambda: len(list(folder.glob("ready-*"))) == count, tell=lambda: "not all are there")
    (folder / "go").touch()
    return [finish(child) for child in children]


def finish(process: subprocess.Popen[str], timeout: float = 90) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=timeout)
    return process.returncode, out, err


def kill(process: subprocess.Popen[str]) -> None:
    """The program with all of its processes, at once, without a chance to tidy up. It was started in
    a session of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def free_ports(count: int) -> list[int]:
    with ExitStack() as probes:
        found = [probes.enter_context(socket.socket()) for _ in range(count)]
        for probe in found:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in found]


def wait_until(
    condition: Callable[[], bool],
    seconds: float = 60,
    tell: Callable[[], Any] = lambda: "nothing happened in time",
) -> None:
    """`tell` says what is known when it did not come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, tell()
        time.sleep(0.02)


def command(*words: str, **extra: Any) -> tuple[int, str, str]:
    return finish(start(*words, env=environment(**extra)))
