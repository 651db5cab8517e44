"""Fetching a branch into a clone."""

from __future__ import annotations

import shutil
from contextlib import closing, suppress
from pathlib import Path

from github_projects.services.clone_git import CloneGit
from github_projects.services.git_errors import Reason, RepositoryUnreadable, explain
from github_projects.services.processes import ProcessFailed
from github_projects.services.remote import Remote

# More packs than this are repacked into one.
MAX_PACKS = 50
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


class Fetcher:
    """Brings the branch of a remote into a clone, under its exclusive lock."""

    def __init__(self, git: CloneGit, remote: Remote) -> None:
        self._git = git
        self._files = git.files
        self._remote = remote

    def fetch(self) -> None:
        """Update the clone, or make it anew where there is none that is sound. Raises SyncError."""
        self._files.remove_leftovers()
        if not (self._files.are_sound() and self._update()):
            self._files.discard()
            self._clone()

    def _update(self) -> bool:
        """Return False where the clone turns out to be of no use."""
        try:
            self._fetch_explained(self._files.folder)
        except RepositoryUnreadable as error:
            if error.reason not in {Reason.DAMAGED, Reason.UNKNOWN}:
                raise
            return False
        return True

    def _clone(self) -> None:
        """Fetch into a folder beside the clone's, so that there is a whole clone or none."""
        if shutil.disk_usage(self._files.cache).free < self._git.runner.limits.free_kb * 1024:
            raise RepositoryUnreadable(Reason.DISK_FULL)
        new = self._files.new_folder()
        try:
            self._fetch_first(new)
            new.rename(self._files.folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def _fetch_first(self, new: Path) -> None:
        self._git.init(new, "sha1")
        try:
            self._fetch(new)
        except ProcessFailed as error:
            if "mismatched algorithms" not in error.stderr:
                raise explain(error.stderr, self._remote.secrets) from None
            shutil.rmtree(new)
            self._git.init(new, "sha256")
            self._fetch_explained(new)

    def _fetch_explained(self, folder: Path) -> None:
        try:
            self._fetch(folder)
        except ProcessFailed as error:
            raise explain(error.stderr, self._remote.secrets) from None

    def _fetch(self, folder: Path) -> None:
        ref = self._remote.ref
        try:
            self._git.run(
                *FETCH, "--", self._remote.url, f"+{ref}:{ref}", folder=folder, remote=self._remote
            )
        except ProcessFailed as error:
            is_missing = "couldn't find remote ref" in error.stderr
            if not (is_missing and self._is_empty(folder)):
                raise
            self._delete_other_refs("", folder)
            return
        if not self._delete_other_refs(ref, folder):
            # Git takes no history that begins in the middle, and no status says so.
            raise RepositoryUnreadable(Reason.SHALLOW)
        self._repack(folder)

    def _is_empty(self, folder: Path) -> bool:
        """Return whether the remote has no reference at all. It may have millions: the first is enough."""
        listing = self._git.stream(
            "ls-remote", "--", self._remote.url, folder=folder, remote=self._remote
        )
        with closing(listing) as chunks:
            return not next(chunks, b"")

    def _delete_other_refs(self, ref: str, folder: Path) -> bool:
        """Delete all references but one, and return whether that one is there.

        Another branch may have been the default one before.
        """
        output = self._git.run("for-each-ref", "--format=%(refname)", folder=folder)
        refs = set(output.decode(errors="surrogateescape").split("\n")) - {""}
        for other in refs - {ref}:
            self._git.run("update-ref", "-d", other, folder=folder)
        return ref in refs

    def _repack(self, folder: Path) -> None:
        if len(list(folder.glob("objects/pack/*.pack"))) > MAX_PACKS:
            # Many packs are slow and no more than that.
            with suppress(ProcessFailed):
                self._git.run("gc", "--quiet", "--prune=now", folder=folder)
