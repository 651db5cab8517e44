"""The files of a clone: whether they are sound, and their lock."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from github_projects.services.git_errors import CloneBusy, Reason, RepositoryUnreadable
from lifetracker.errors import NotConfigured

# The whole configuration of a clone. Another one was not written here.
CLONE_CONFIG = "[core]\n\trepositoryformatversion = {version}\n\tfilemode = true\n\tbare = true\n"
CLONE_CONFIGS = {
    "sha1": CLONE_CONFIG.format(version=0),
    "sha256": CLONE_CONFIG.format(version=1) + "[extensions]\n\tobjectformat = sha256\n",
}
# Files that a clone made here never has, and that git would obey.
FOREIGN_GIT_FILES = (
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
CLONE_PATHS = ("", "HEAD", "config", "refs", "refs/heads", "objects", "objects/pack")
LEFTOVERS = ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "gc.pid")


def object_format(folder: Path) -> str | None:
    """Return "sha1" or "sha256", None where the configuration is none that is written here."""
    try:
        text = (folder / "config").read_text()
    except (OSError, ValueError):
        return None
    return next((form for form, config in CLONE_CONFIGS.items() if config == text), None)


class CloneFiles:
    """The folder `<cache>/<key>.git`, and what lies beside it while it is made or removed."""

    def __init__(self, cache: Path, key: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_]+", key):
            raise ValueError("The key of a clone must be letters and digits.")
        self.cache = cache.absolute()
        self.key = key
        self.folder = self.cache / f"{key}.git"

    def exist(self) -> bool:
        return os.path.lexists(self.folder)

    def are_sound(self) -> bool:
        """Return whether a clone is there that holds nothing but what was made here."""
        return (
            not self._lead_elsewhere()
            and object_format(self.folder) is not None
            and not any(
                os.path.lexists(self.folder / name) for name in (*FOREIGN_GIT_FILES, DAMAGED_MARK)
            )
        )

    def mark_damaged(self) -> None:
        (self.folder / DAMAGED_MARK).touch()

    def _lead_elsewhere(self) -> bool:
        """Return whether a part is a link, behind which nothing is ours to change."""
        return any((self.folder / name).is_symlink() for name in CLONE_PATHS)

    def new_folder(self) -> Path:
        """Make an empty folder for a new clone, beside the old one."""
        return Path(mkdtemp(prefix=f"{self.key}.new-", dir=self.cache))

    def remove_leftovers(self) -> None:
        """Remove what killed processes have left: whoever holds the lock knows that they are dead."""
        for left in self.cache.glob(f"{self.key}.*-*"):
            shutil.rmtree(left, ignore_errors=True)
        if self._lead_elsewhere():
            return
        for pattern in LEFTOVERS:
            for left in self.folder.glob(pattern):
                left.unlink(missing_ok=True)

    def discard(self) -> None:
        """Remove the clone, so that at no moment a part of it seems to be a whole one."""
        if not self.exist():
            return
        old = Path(mkdtemp(prefix=f"{self.key}.old-", dir=self.cache))
        self.folder.rename(old / "git")
        shutil.rmtree(old, ignore_errors=True)


class CloneLock:
    """The lock of a clone, which lasts until the last process that holds it ends: ours, or its git."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: The descriptors of the locks that are held, for the processes that are started meanwhile.
        self.held: list[int] = []

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Lock out all others. Raises CloneBusy."""
        with self._locked(fcntl.LOCK_EX):
            yield

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Lock out those who change the clone. Raises CloneBusy."""
        with self._locked(fcntl.LOCK_SH):
            yield

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        descriptor = self._open()
        try:
            self._lock(descriptor, kind)
            self.held.append(descriptor)
            try:
                yield
            finally:
                self.held.remove(descriptor)
                # A process that another thread starts just now has a copy of the descriptor.
                fcntl.flock(descriptor, fcntl.LOCK_UN)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise RepositoryUnreadable(Reason.DISK_FULL) from None
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NotConfigured(
                f"GitHub could not be synced: the folder for clones cannot be written ({error.strerror}). Check GITHUB_CACHE_DIR."
            ) from None

    def _lock(self, descriptor: int, kind: int) -> None:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CloneBusy from None
        if not self._is_still_there(descriptor):
            raise CloneBusy

    def _is_still_there(self, descriptor: int) -> bool:
        """Return False where the file was removed by whoever held the lock before."""
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False
