"""A bare clone of a repository's one branch, and what its history says commit by commit.

The numbers: every commit that the tip reaches; lines added and deleted by those that are no merges,
against their parent, in text files, with files that moved unchanged not counted.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import IO

from github_projects.services.git import (
    Failed,
    Job,
    Limits,
    Processes,
    Remote,
    git_version,
    size_kb,
)
from github_projects.services.git_errors import Reason, Unminable, busy, explain, unminable
from github_projects.services.lines_of_code import LinesOfCode, count_lines
from github_projects.services.numstat import LOG, MinedCommit, checked, commits, fields
from lifetracker.http import NotConfigured

__all__ = ["Clone", "Limits", "LinesOfCode", "MinedCommit", "Reason", "Unminable", "git_version"]

# After so many fetches the packs are made one.
TIDY_AFTER = 50
# Whatever else stands in a clone's configuration was not written here.
CONFIG = "[core]\n\trepositoryformatversion = {version}\n\tfilemode = true\n\tbare = true\n"
CONFIGS = {
    "sha1": CONFIG.format(version=0),
    "sha256": CONFIG.format(version=1) + "[extensions]\n\tobjectformat = sha256\n",
}
EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
# What a clone made here never holds, and git would obey.
STRANGERS = (
    "hooks",
    "info/attributes",
    "info/grafts",
    "shallow",
    "commondir",
    "config.worktree",
    "objects/info/alternates",
    "objects/info/http-alternates",
)
DAMAGED_MARK = "damaged"
OWN_PARTS = ("", "HEAD", "config", "refs", "refs/heads", "objects", "objects/pack")


class Clone:
    """The clone at `<cache>/<key>.git`; `key` is the service's own number of the repository.

    One process at a time may change it, and none while another reads it: TryLater says that it is
    taken. Raises Unminable for what is wrong with the repository, and the errors of
    `lifetracker.http` for what is not its fault. `limits` holds for all that one instance does.
    """

    def __init__(self, cache: Path, key: str, limits: Limits) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_]+", key):
            raise ValueError("The key of a clone must be letters and digits.")
        self.cache = cache.absolute()
        self.key = key
        self.limits = limits
        self.folder = self.cache / f"{key}.git"
        self._processes = Processes(limits)
        self._held: list[int] = []

    # --- What is asked of it

    def fetch(
        self, clone_url: str, owner: str, name: str, branch: str, token: str, *, strict: bool = True
    ) -> None:
        """Brings the branch here as it is at the service now. `strict=False` is for a repository
        whose old objects fail git's check, on the person's word. An empty repository is no error.
        """
        remote = Remote(clone_url, owner, name, branch, token, strict)
        git_version()
        with self._locked(fcntl.LOCK_EX):
            self._sweep()
            if not (self._is_sound() and self._updated(remote)):
                self._discard()
                self._clone(remote)

    def tip(self, branch: str) -> str | None:
        """None where there is no commit."""
        if not os.path.lexists(self.folder):
            return None
        ref = f"refs/heads/{branch}"
        with self._reading():
            # No other command tells a reference that is not there from one that is broken.
            found = self._git("for-each-ref", "--format=%(refname) %(objectname)", ref)
            oid = dict(line.split() for line in found.decode().splitlines()).get(ref)
            if oid is None and (self.folder / ref).is_file():
                raise Failed(0, "bad ref")
        return oid

    def oids(self, tip: str) -> list[str]:
        """Every commit that the tip reaches, newest first."""
        with self._reading():
            return self._git("rev-list", checked(tip), "--").decode().split()

    def mine(self, oids: Collection[str]) -> Iterator[MinedCommit]:
        """These commits, in the same order, while git still reads the later ones."""
        if not oids:
            return
        with self._reading(), spooled(oids) as listed:
            log = self._processes.stream(self._job(*LOG, stdin=listed))
            with closing(log) as chunks:
                yield from commits(fields(chunks))

    def lines_of_code(self, tip: str, counter: str) -> LinesOfCode:
        """`counter` is "scc", "cloc" or "git" (see lines_of_code.py)."""
        with self._reading():
            return count_lines(self, self._processes, checked(tip), counter)

    def size_kb(self) -> int:
        return size_kb(self.folder)

    def cancel(self) -> None:
        """From another thread: ends what runs and refuses what comes."""
        self._processes.cancel()

    def forget(self) -> None:
        """Removes all that is here of the repository."""
        if not self.cache.is_dir():
            return
        with self._locked(fcntl.LOCK_EX):
            self._sweep()
            self._discard()
            self._lock_file.unlink()

    # --- Git at this clone

    def job(self, *arguments: str, stdin: IO[bytes] | None = None) -> Job:
        return self._job(*arguments, stdin=stdin)

    def _job(
        self,
        *arguments: str,
        folder: Path | None = None,
        remote: Remote | None = None,
        stdin: IO[bytes] | None = None,
    ) -> Job:
        folder = folder or self.folder
        environment = self._processes.environment(remote.config if remote else None)
        environment["GIT_ATTR_SOURCE"] = EMPTY_TREES[object_format(folder) or "sha1"]
        job = Job(["git", f"--git-dir={folder}", *arguments], environment, held=tuple(self._held))
        if stdin:
            return Job(job.command, environment, stdin, held=job.held)
        # Only what fetches makes it larger.
        return Job(job.command, environment, folder=folder if remote else None, held=job.held)

    def _git(self, *arguments: str) -> bytes:
        return self._processes.run(self._job(*arguments))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._locked(fcntl.LOCK_SH):
            if not self._is_sound():
                raise unminable(Reason.DAMAGED)
            try:
                yield
            except Failed as error:
                raise self._damage(error) from None

    def _damage(self, error: Failed) -> Exception:
        """What was whole when it came can only have been damaged here."""
        why = explain(error.complaint)
        if isinstance(why, Unminable) and why.reason in {Reason.DAMAGED, Reason.UNKNOWN}:
            with suppress(OSError):
                (self.folder / DAMAGED_MARK).touch()
            return unminable(Reason.DAMAGED)
        return why

    # --- Fetching

    def _clone(self, remote: Remote) -> None:
        """Into a folder beside it, so that there is a whole one or none."""
        if shutil.disk_usage(self.cache).free < self.limits.free_kb * 1024:
            raise unminable(Reason.DISK_FULL)
        new = Path(mkdtemp(prefix=f"{self.key}.new-", dir=self.cache))
        try:
            self._first_fetch(new, remote)
            new.rename(self.folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _first_fetch(self, new: Path, remote: Remote) -> None:
        self._init(new, "sha1")
        try:
            self._fetch(new, remote)
        except Failed as error:
            if "mismatched algorithms" not in error.complaint:
                raise explain(error.complaint, remote.secrets) from None
            shutil.rmtree(new)
            self._init(new, "sha256")
            self._explained_fetch(new, remote)

    def _init(self, folder: Path, form: str) -> None:
        arguments = ("--bare", "--quiet", "--template=", f"--object-format={form}", str(folder))
        self._processes.run(Job(["git", "init", *arguments], self._processes.environment()))
        (folder / "config").write_text(CONFIGS[form])

    def _updated(self, remote: Remote) -> bool:
        """False where the clone here turns out to be of no use."""
        try:
            self._explained_fetch(self.folder, remote)
        except Unminable as error:
            if error.reason not in {Reason.DAMAGED, Reason.UNKNOWN}:
                raise
            return False
        return True

    def _explained_fetch(self, folder: Path, remote: Remote) -> None:
        try:
            self._fetch(folder, remote)
        except Failed as error:
            raise explain(error.complaint, remote.secrets) from None

    def _fetch(self, folder: Path, remote: Remote) -> None:
        refspec = f"+{remote.ref}:{remote.ref}"
        try:
            self._processes.run(
                self._job(*FETCH, "--", remote.url, refspec, folder=folder, remote=remote)
            )
        except Failed as error:
            missing = "couldn't find remote ref" in error.complaint
            if not (missing and self._is_empty(folder, remote)):
                raise
            self._keep_only("", folder)
            return
        if not self._keep_only(remote.ref, folder):
            # Git takes no history that begins in the middle, and says so in no status.
            raise unminable(Reason.SHALLOW)
        self._tidy(folder)

    def _is_empty(self, folder: Path, remote: Remote) -> bool:
        """Whether the repository there has no reference at all. It may have millions: the first
        answers."""
        asked = self._job("ls-remote", "--", remote.url, folder=folder, remote=remote)
        with closing(self._processes.stream(asked)) as listed:
            return not next(listed, b"")

    def _keep_only(self, ref: str, folder: Path) -> bool:
        """Whether it is there. Another branch may have been the default one before."""
        named = self._processes.run(self._job("for-each-ref", "--format=%(refname)", folder=folder))
        refs = set(named.decode(errors="surrogateescape").split("\n")) - {""}
        for other in refs - {ref}:
            self._processes.run(self._job("update-ref", "-d", other, folder=folder))
        return ref in refs

    def _tidy(self, folder: Path) -> None:
        if len(list(folder.glob("objects/pack/*.pack"))) > TIDY_AFTER:
            # Many packs are slow and no more than that.
            with suppress(Failed):
                self._processes.run(self._job("gc", "--quiet", "--prune=now", folder=folder))

    # --- The folder

    @property
    def _lock_file(self) -> Path:
        return self.cache / f"{self.key}.lock"

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        """The lock goes with the last process that holds it: ours, or a git that outlives ours."""
        place = self._opened_lock()
        try:
            self._take(place, kind)
            self._held.append(place)
            try:
                yield
            finally:
                self._held.remove(place)
                # A process that another thread starts just now has a copy of the descriptor.
                fcntl.flock(place, fcntl.LOCK_UN)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise unminable(Reason.DISK_FULL) from None
        finally:
            os.close(place)

    def _opened_lock(self) -> int:
        try:
            self.cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NotConfigured(
                f"GitHub: the folder for clones cannot be written ({error.strerror}). Check GITHUB_CACHE_DIR."
            ) from None

    def _take(self, place: int, kind: int) -> None:
        try:
            fcntl.flock(place, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise busy() from None
        if not self._is_lock(place):
            raise busy()

    def _is_lock(self, place: int) -> bool:
        """Not so where the file was removed by the one who held it before."""
        try:
            return os.path.samestat(os.fstat(place), self._lock_file.stat())
        except FileNotFoundError:
            return False

    def _is_sound(self) -> bool:
        """Whether a clone is here, and nothing in it that was not made here."""
        odd = (*STRANGERS, DAMAGED_MARK)
        return (
            not self._leads_elsewhere()
            and object_format(self.folder) is not None
            and not any(os.path.lexists(self.folder / name) for name in odd)
        )

    def _leads_elsewhere(self) -> bool:
        """Whether a part of it is a link, behind which nothing is ours to change."""
        return any((self.folder / name).is_symlink() for name in OWN_PARTS)

    def _sweep(self) -> None:
        """Removes what killed jobs have left: whoever holds the lock knows that they are dead."""
        for left in self.cache.glob(f"{self.key}.*-*"):
            shutil.rmtree(left, ignore_errors=True)
        if self._leads_elsewhere():
            return
        for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "gc.pid"):
            for left in self.folder.glob(pattern):
                left.unlink(missing_ok=True)

    def _discard(self) -> None:
        if not os.path.lexists(self.folder):
            return
        old = Path(mkdtemp(prefix=f"{self.key}.old-", dir=self.cache))
        self.folder.rename(old / "git")
        shutil.rmtree(old, ignore_errors=True)


FETCH = (
    "fetch",
    "--quiet",
    "--no-progress",
    "--no-tags",
    "--no-auto-gc",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
)


def object_format(folder: Path) -> str | None:
    """By the configuration, where it is exactly one that is written here."""
    try:
        text = (folder / "config").read_text()
    except (OSError, ValueError):
        return None
    return next((form for form, config in CONFIGS.items() if config == text), None)


@contextmanager
def spooled(oids: Iterable[str]) -> Iterator[IO[bytes]]:
    """As a file to read from: a pipe would have to be filled and emptied at the same time."""
    with TemporaryFile() as listed:
        listed.write("".join(f"{checked(oid)}\n" for oid in oids).encode())
        listed.seek(0)
        yield listed
