"""How git is run: with an environment of its own, under limits, as a group that can be ended.

Nothing of the person's configuration, of the machine's, or of a repository is obeyed, and the token
stands in the environment of the one process that needs it, never in arguments, addresses or files.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from urllib.parse import urlsplit

from github_projects.services.git_errors import Reason, no_git, unminable
from lifetracker.http import NotConfigured

# The first with GIT_CONFIG_COUNT, the one way to give a token that leaves no trace.
OLDEST_GIT = (2, 31)
# What of our own environment git may see: where it lies, and how the network is reached.
INHERITED = (
    "PATH",
    "GIT_EXEC_PATH",
    "LD_LIBRARY_PATH",
    "TMPDIR",
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"),
)
FIXED = {
    "LC_ALL": "C",
    # Nothing of a person's can be found in a folder that is not there.
    "HOME": "/nonexistent",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/true",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_DEFAULT_REF_FORMAT": "files",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    # Else each commit would be a write and a read of its own.
    "GIT_FLUSH": "0",
    "GIT_HTTP_LOW_SPEED_LIMIT": "1000",
    "GIT_HTTP_LOW_SPEED_TIME": "30",
}
CONFIG = {
    "protocol.allow": "never",
    "protocol.https.allow": "always",
    "http.followRedirects": "false",
    "credential.helper": "",
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.bigFileThreshold": "20m",
    # It lies in the folder and could tell another history than the commits do.
    "core.commitGraph": "false",
    "advice.graftFileDeprecated": "false",
    "safe.bareRepository": "explicit",
    # Each fetch keeps its pack, so that the number of packs tells when to tidy up.
    "fetch.unpackLimit": "1",
    "fetch.recurseSubmodules": "false",
    "pack.windowMemory": "100m",
    "pack.threads": "2",
    # What tidying up writes beside the packs is for servers and for speed that is not needed.
    "repack.updateServerInfo": "false",
    "gc.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
# Git's checks of objects (https://git-scm.com/docs/git-fsck) that refuse no repository: old and odd
# programs wrote such lines, git reads them as it reads others, and what they mean is for us to say.
# `ignore` and not `warn`: a history may have a hundred thousand of them.
HARMLESS = (
    # A time or a zone that is odd: the commit counts, and what its time does not tell stays unknown.
    "badTimezone",
    "missingSpaceBeforeDate",
    "zeroPaddedDate",
    "badDateOverflow",
    # An author without a name, or with no blank behind it: the address is read all the same.
    "missingNameBeforeEmail",
    "missingSpaceBeforeEmail",
    # `040000` for `40000`: the same mode.
    "zeroPaddedFilemode",
    # In a message, which nobody reads here. In the lines before it NUL stays forbidden.
    "nulInCommit",
)
# All others refuse: names that lead out of a folder or into `.git`, and entries that are there twice or
# in disorder (git could read one tree in two ways); submodules and attributes that are made to do harm;
# authors whose address cannot be told from the rest (badName, badEmail, missingEmail, badDate,
# multipleAuthors); objects that are incomplete.
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# What git may say before it is taken for an attack on our disk.
LONGEST_COMPLAINT = 20_000_000
PIPE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one repository may cost: its size on disk, the seconds that all its processes may take
    together, the memory of each, and what must stay free on the disk."""

    size_kb: int = 1_000_000
    seconds: float = 1800
    memory_kb: int = 2_000_000
    free_kb: int = 200_000


class Failed(Exception):
    """A process ended with another status than 0."""

    def __init__(self, status: int, complaint: str) -> None:
        super().__init__(complaint)
        self.status = status
        self.complaint = complaint


@dataclass(frozen=True)
class Job:
    """A process to run. Where `folder` is given, its size is watched. `held` are descriptors of
    locks, which then last as long as the process, even if ours is killed."""

    command: Sequence[str]
    environment: Mapping[str, str]
    stdin: IO[bytes] | int = subprocess.DEVNULL
    folder: Path | None = None
    held: Sequence[int] = ()

    def start(self, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
        try:
            return self._started(complaints)
        except FileNotFoundError:
            if self.command[0] == "git":
                raise no_git("git is not found") from None
            raise

    def _started(self, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
        tied = TIED if self.command[0] == "git" else []
        return subprocess.Popen(  # noqa: S603 - an argument list without a shell
            [*tied, *self.command],
            env=self.environment,
            stdin=self.stdin,
            stdout=subprocess.PIPE,
            stderr=complaints,
            bufsize=0,
            cwd="/",
            start_new_session=True,
            pass_fds=self.held,
            pipesize=PIPE,
        )


def tied() -> list[str]:
    """What lets a command die with the thread that started it, on Linux: a killed worker leaves no
    git behind that holds the clone."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


TIED = tied()


class Guard(threading.Thread):
    """Watches a process, and kills it with all that it started at the first objection."""

    def __init__(self, pid: int, objection: Callable[[float], Reason | None]) -> None:
        super().__init__(daemon=True)
        self.objected: Reason | None = None
        self._pid = pid
        self._objection = objection
        self._done = threading.Event()

    def run(self) -> None:
        start = time.monotonic()
        while not self._done.wait(0.1):
            if reason := self._objection(time.monotonic() - start):
                self.objected = reason
                kill_group(self._pid)
                return

    def end(self) -> None:
        self._done.set()
        self.join()


class Processes:
    """Runs jobs, one after the other, within the limits of one repository.

    What takes too long, grows too large or is cancelled is killed with all that it started.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._spent = 0.0
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """From any thread. It stays cancelled."""
        self._cancelled.set()

    def environment(self, config: Mapping[str, str] | None = None) -> dict[str, str]:
        """For git, with `config` beside what always holds."""
        pairs = list({**CONFIG, **(config or {})}.items())
        named = {f"GIT_CONFIG_KEY_{place}": key for place, (key, _) in enumerate(pairs)}
        values = {f"GIT_CONFIG_VALUE_{place}": value for place, (_, value) in enumerate(pairs)}
        counted = {"GIT_CONFIG_COUNT": str(len(pairs)), **named, **values}
        return {**inherited(), **FIXED, **counted}

    def run(self, job: Job) -> bytes:
        return b"".join(self.stream(job))

    def stream(self, job: Job) -> Generator[bytes, None, None]:
        """What the job prints, in chunks, while it runs. The last chunk has not been the last until
        the job has ended well: raises Failed or Unminable otherwise. A reader who goes away ends
        the job."""
        with TemporaryFile() as complaints:
            with self._running(job, complaints) as (process, guard):
                assert process.stdout  # noqa: S101 - for the types: it is a pipe
                while chunk := process.stdout.read(PIPE):
                    yield chunk
            if guard.objected:
                raise unminable(guard.objected)
            if process.returncode:
                raise Failed(process.returncode, tail(complaints))

    @contextmanager
    def _running(
        self, job: Job, complaints: IO[bytes]
    ) -> Iterator[tuple[subprocess.Popen[bytes], Guard]]:
        if reason := self._objection(job, complaints, 0):
            raise unminable(reason)
        start = time.monotonic()
        with job.start(complaints) as process:
            bound_memory(process.pid, self.limits.memory_kb)
            guard = Guard(process.pid, partial(self._objection, job, complaints))
            guard.start()
            try:
                yield process, guard
                await_end(process)
            finally:
                guard.end()
                self._spent += time.monotonic() - start
                kill_group(process.pid)

    def _objection(self, job: Job, complaints: IO[bytes], seconds: float) -> Reason | None:
        if self._cancelled.is_set():
            return Reason.CANCELLED
        if self._spent + seconds >= self.limits.seconds:
            return Reason.TOO_SLOW
        if os.fstat(complaints.fileno()).st_size > LONGEST_COMPLAINT:
            return Reason.TOO_LARGE
        return self._objection_to(job.folder) if job.folder else None

    def _objection_to(self, folder: Path) -> Reason | None:
        if size_kb(folder) > self.limits.size_kb:
            return Reason.TOO_LARGE
        try:
            room = shutil.disk_usage(folder).free >= self.limits.free_kb * 1024
        except FileNotFoundError:
            # Somebody cleared the cache.
            return Reason.DAMAGED
        return None if room else Reason.DISK_FULL


def inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def await_end(process: subprocess.Popen[bytes]) -> None:
    """Without taking note of it, so that its number stays its own until its group is gone too."""
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:  # macOS
        process.wait()


def bound_memory(pid: int, kilobytes: int) -> None:
    """A small repository can unfold to a tree of billions of files. Files that are only mapped, as
    packs are, do not count. Linux alone can do it from outside."""
    if hasattr(resource, "prlimit"):
        # It may have ended, and a stricter limit may hold already.
        with suppress(OSError, ValueError):
            limit = kilobytes * 1024
            resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))


def kill_group(pid: int) -> None:
    # Where only the dead are left in it, some systems say so.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def tail(complaints: IO[bytes]) -> str:
    """The end of what was said: that is where git gives its reason."""
    complaints.seek(max(complaints.seek(0, os.SEEK_END) - 8000, 0))
    return complaints.read().decode(errors="replace")


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


def git_version() -> tuple[int, ...]:
    """Raises NotConfigured where there is no git that can do what is needed."""
    processes = Processes(Limits(seconds=30))
    try:
        said = processes.run(Job(["git", "--version"], processes.environment()))
    except (OSError, Failed):
        said = b""
    found = re.match(rb"git version (\d+)\.(\d+)(?:\.(\d+))?", said)
    version = tuple(int(part) for part in found.groups(b"0")) if found else ()
    if version < OLDEST_GIT:
        raise no_git(
            f"git {'.'.join(map(str, version))} is too old" if version else "git cannot be run"
        )
    return version


@dataclass(frozen=True)
class Remote:
    """A branch of a repository at a service, with the token that opens it."""

    base: str
    owner: str
    name: str
    branch: str
    token: str
    strict: bool = True

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        secure = parts.scheme == "https" or self.is_local
        if not (secure and parts.hostname) or parts.username or parts.query or parts.fragment:
            raise NotConfigured(
                "GitHub: the address for cloning must be https://HOST, without a user name. Check GITHUB_CLONE_URL."
            )
        if not re.fullmatch(r"[!-~]*", self.token):
            raise NotConfigured("GitHub: the token holds a character that no token has.")
        if not (is_name(self.owner) and is_name(self.name) and is_branch(self.branch)):
            raise unminable(Reason.ODD_NAME)

    @property
    def is_local(self) -> bool:
        parts = urlsplit(self.base)
        return parts.scheme == "http" and parts.hostname in LOOPBACK

    @property
    def url(self) -> str:
        return f"{self.base.rstrip('/')}/{self.owner}/{self.name}.git"

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.branch}"

    @property
    def credential(self) -> str:
        return b64encode(f"x-access-token:{self.token}".encode()).decode()

    @property
    def config(self) -> dict[str, str]:
        check = "true" if self.strict else "false"
        config = {"fetch.fsckObjects": check, "transfer.fsckObjects": check}
        config |= {f"fetch.fsck.{name}": "ignore" for name in HARMLESS}
        if self.is_local:
            config["protocol.http.allow"] = "always"
        if self.token:
            parts = urlsplit(self.base)
            key = f"http.{parts.scheme}://{parts.netloc}/.extraHeader"
            config[key] = f"Authorization: Basic {self.credential}"
        return config

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.token, self.credential) if self.token else ()


def is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9._-]+", name)) and name not in {".", ".."}


def is_branch(branch: str) -> bool:
    """By the rules of `git check-ref-format` (https://git-scm.com/docs/git-check-ref-format)."""
    forbidden = r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/$|^/|\.$|(^|/)\.|\.lock(/|$)|^-"
    return bool(branch) and not re.search(forbidden, branch)
