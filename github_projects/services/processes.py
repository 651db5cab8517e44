"""Running programs under limits: each as a group of its own, which can be ended as a whole."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from github_projects.services.git_errors import Reason, RepositoryUnreadable, no_git

# A program that writes more errors than this is taken for an attack on the disk.
MAX_STDERR_BYTES = 20_000_000
PIPE_BYTES = 1 << 20
# Seconds between two checks of the limits.
CHECK_INTERVAL = 0.1


@dataclass(frozen=True)
class Limits:
    """What one repository may cost."""

    #: Its size on disk.
    size_kb: int = 1_000_000
    #: The time that all its processes may take together.
    seconds: float = 1800
    #: The memory of each process.
    memory_kb: int = 2_000_000
    #: What must stay free on the disk.
    free_kb: int = 200_000


class ProcessFailed(Exception):
    """A process ended with another status than 0."""

    def __init__(self, status: int, stderr: str) -> None:
        super().__init__(stderr)
        self.status = status
        self.stderr = stderr


@dataclass(frozen=True)
class ProcessSpec:
    """A process to run."""

    command: Sequence[str]
    environment: Mapping[str, str]
    stdin: IO[bytes] | int = subprocess.DEVNULL
    #: A folder whose size is watched while the process runs.
    folder: Path | None = None
    #: Descriptors of locks, which then last as long as the process, even if ours is killed.
    locks: Sequence[int] = ()

    def start(self, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start the process. Raises NotConfigured where there is no git."""
        try:
            return self._start(stderr)
        except FileNotFoundError:
            if self.command[0] == "git":
                raise no_git("git is not found") from None
            raise

    def _start(self, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
        prefix = DIE_WITH_PARENT if self.command[0] == "git" else []
        return subprocess.Popen(  # noqa: S603 - an argument list without a shell
            [*prefix, *self.command],
            env=self.environment,
            stdin=self.stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            bufsize=0,
            cwd="/",
            start_new_session=True,
            pass_fds=self.locks,
            pipesize=PIPE_BYTES,
        )


def die_with_parent() -> list[str]:
    """Return what makes a command die with the thread that started it, on Linux.

    A killed worker then leaves no git behind that holds the clone.
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


DIE_WITH_PARENT = die_with_parent()


class Watchdog(threading.Thread):
    """Kills a process, with all that it started, as soon as it breaks a limit."""

    def __init__(self, pid: int, broken_limit: Callable[[float], Reason | None]) -> None:
        super().__init__(daemon=True)
        #: Why the process was killed, if it was.
        self.reason: Reason | None = None
        self._pid = pid
        self._broken_limit = broken_limit
        self._done = threading.Event()

    def run(self) -> None:
        start = time.monotonic()
        while not self._done.wait(CHECK_INTERVAL):
            if reason := self._broken_limit(time.monotonic() - start):
                self.reason = reason
                kill_group(self._pid)
                return

    def stop(self) -> None:
        self._done.set()
        self.join()


class ProcessRunner:
    """Runs processes one after the other, within the limits of one repository."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._seconds_spent = 0.0
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """End what runs and refuse what comes; from any thread."""
        self._cancelled.set()

    def run(self, spec: ProcessSpec) -> bytes:
        """Return all that the process prints. Raises ProcessFailed and RepositoryUnreadable."""
        return b"".join(self.stream(spec))

    def stream(self, spec: ProcessSpec) -> Generator[bytes, None, None]:
        """Yield what the process prints, in chunks, while it runs.

        The output is whole only once the generator has ended: it raises ProcessFailed or
        RepositoryUnreadable otherwise. A reader who closes the generator ends the process.
        """
        with TemporaryFile() as stderr:
            with self._running(spec, stderr) as (process, watchdog):
                assert process.stdout  # noqa: S101 - for the types: it is a pipe
                while chunk := process.stdout.read(PIPE_BYTES):
                    yield chunk
            if watchdog.reason:
                raise RepositoryUnreadable(watchdog.reason)
            if process.returncode:
                raise ProcessFailed(process.returncode, end_of(stderr))

    @contextmanager
    def _running(
        self, spec: ProcessSpec, stderr: IO[bytes]
    ) -> Iterator[tuple[subprocess.Popen[bytes], Watchdog]]:
        if reason := self._broken_limit(spec, stderr, 0):
            raise RepositoryUnreadable(reason)
        start = time.monotonic()
        with spec.start(stderr) as process:
            limit_memory(process.pid, self.limits.memory_kb)
            watchdog = Watchdog(process.pid, partial(self._broken_limit, spec, stderr))
            watchdog.start()
            try:
                yield process, watchdog
                await_end(process)
            finally:
                watchdog.stop()
                self._seconds_spent += time.monotonic() - start
                kill_group(process.pid)

    def _broken_limit(self, spec: ProcessSpec, stderr: IO[bytes], seconds: float) -> Reason | None:
        if self._cancelled.is_set():
            return Reason.CANCELLED
        if self._seconds_spent + seconds >= self.limits.seconds:
            return Reason.TOO_SLOW
        if os.fstat(stderr.fileno()).st_size > MAX_STDERR_BYTES:
            return Reason.TOO_LARGE
        return self._broken_limit_of(spec.folder) if spec.folder else None

    def _broken_limit_of(self, folder: Path) -> Reason | None:
        if size_kb(folder) > self.limits.size_kb:
            return Reason.TOO_LARGE
        try:
            has_room = shutil.disk_usage(folder).free >= self.limits.free_kb * 1024
        except FileNotFoundError:
            # Somebody cleared the cache.
            return Reason.DAMAGED
        return None if has_room else Reason.DISK_FULL


def await_end(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end without reaping the process: its number stays its own until its group is gone."""
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:  # macOS
        process.wait()


def limit_memory(pid: int, kilobytes: int) -> None:
    """Limit the memory of a process, where the system can do that from outside, as Linux does.

    A small repository can unfold to a tree of billions of files. Files that are only mapped, as packs
    are, do not count.
    """
    if hasattr(resource, "prlimit"):
        # It may have ended, and a stricter limit may hold already.
        with suppress(OSError, ValueError):
            limit = kilobytes * 1024
            resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))


def kill_group(pid: int) -> None:
    # Where only the dead are left in it, some systems say so.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def end_of(stderr: IO[bytes]) -> str:
    """Return the end of what was written: that is where git gives its reason."""
    stderr.seek(max(stderr.seek(0, os.SEEK_END) - 8000, 0))
    return stderr.read().decode(errors="replace")


def size_kb(folder: Path) -> int:
    return sum(file_sizes(folder)) // 1024


def file_sizes(folder: Path) -> Iterator[int]:
    # Files come and go while git works.
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from file_sizes(Path(entry.path))
            else:
                with suppress(FileNotFoundError):
                    yield entry.stat(follow_symlinks=False).st_size
