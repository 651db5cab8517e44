"""The program as several processes: ports, children that end with their parent, and the wait for an
answer."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import requests
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

# A child that neither answers nor computes for so many seconds has stopped working.
SILENCE = 60
# Where no system tells whether a child computes.
LONGEST_START = 600
# How often the person is told that something is still awaited.
PATIENCE = 10
FREE_MB = 50


class Child:
    """A process of the program, by the name by which the person is told of it."""

    def __init__(self, name: str, process: subprocess.Popen[bytes]) -> None:
        self.name = name
        self.process = process

    def require_running(self) -> None:
        status = self.process.poll()
        if status is not None:
            raise CommandError(
                f"{self.name} ended with status {status}. The reason is shown above."
            )

    def computed(self) -> float | None:
        """Return the processor time of the child and of its own children so far; None where the system does not
        tell."""
        if not Path("/proc/self/stat").exists():
            return None
        return sum(ticks for group, ticks in processor_times() if group == self.process.pid)


def processor_times() -> Iterator[tuple[int, float]]:
    """Yield for each process on Linux its process group and its ticks."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            # The name of a program may hold spaces; it ends at the last bracket.
            fields = path.read_text().rpartition(")")[2].split()
            yield int(fields[2]), float(fields[11]) + float(fields[12])


@contextmanager
def child(name: str, *command: str, stdout: int | None = None) -> Iterator[Child]:
    """Start a child that ends with the `with` block, or with this process however that ends."""
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        # Ctrl-C reaches the whole terminal group; the order of stopping is ours.
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - this process has no threads
        stdout=stdout,
    )
    try:
        yield Child(name, process)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            # A worker has processes of its own.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def die_with_parent() -> None:
    """Have Linux end this process with its parent: even `kill -9` of the parent leaves nothing behind that holds its ports."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]


def web_server() -> list[str]:
    address = f"127.0.0.1:{settings.PORT}"
    return [
        *(sys.executable, "-m", "gunicorn", "lifetracker.wsgi", "--bind", address),
        *("--config", str(settings.BASE_DIR / "gunicorn.conf.py")),
        *("--chdir", str(settings.BASE_DIR)),
    ]


def end_at_signals() -> None:
    """Raise KeyboardInterrupt at Ctrl-C and at SIGTERM. A script that starts this in the background has
    had Ctrl-C ignored for its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def require_free_port(port: int, variable: str, command: str) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CommandError(
                f"This user is not allowed to use port {port}. Choose a port from 1024 on: {command} {variable}=5101"
            ) from None
        except OSError:
            raise CommandError(
                f"Port {port} is in use, perhaps by another Life Tracker. Stop it, or choose another port: {command} {variable}={another(port)}"
            ) from None


def another(port: int) -> int:
    return port + 100 if port + 100 <= 65_535 else port - 100


def prepare_database() -> None:
    """Bring the tables up to date. Raises CommandError or an OSError or DatabaseError at once where the
    database cannot be written, and not in the middle of the work."""
    if connection.vendor == "sqlite":
        require_space(Path(str(connection.settings_dict["NAME"])).parent)
    call_command("migrate", verbosity=0, interactive=False)
    # SQLite says at the first statement that writes, and not before, that a file can only be read.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE 1 = 0")


def require_space(folder: Path) -> None:
    if not folder.is_dir():
        raise CommandError(
            f"The database cannot be created because the folder {folder} does not exist."
        )
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < FREE_MB:
        raise CommandError(
            f"The disk is full: {folder} has {free} MB free, but {FREE_MB} MB are needed. Free some space and start again."
        )


def wait_for(url: str, answering: Child, tell: Callable[[str], None]) -> requests.Response:
    """Return the first answer, of whatever status. Raises CommandError when the child has ended, or has
    given no sign of life for a minute: neither an answer nor work."""
    begun = alive = time.monotonic()
    work, reports = answering.computed(), 0
    while True:
        with suppress(requests.RequestException):
            return requests.get(url, timeout=SILENCE)
        answering.require_running()
        now = time.monotonic()
        if answering.computed() != work:
            work, alive = answering.computed(), now
        if now - alive > (LONGEST_START if work is None else SILENCE):
            raise CommandError(
                f"{answering.name} does not answer at {url} and has been idle for {now - alive:.0f} seconds."
            )
        if now - begun > PATIENCE * (reports + 1):
            reports += 1
            tell(f"{answering.name} is still starting ({now - begun:.0f} seconds so far)")
        time.sleep(0.1)


def watch(*children: Child) -> None:
    """Return never; raise CommandError as soon as one of them has ended."""
    while True:
        for one in children:
            one.require_running()
        time.sleep(0.5)
