"""Git commands in a clone."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import IO

from github_projects.services.clone_files import (
    CLONE_CONFIGS,
    CloneFiles,
    CloneLock,
    object_format,
)
from github_projects.services.git import git_environment
from github_projects.services.processes import ProcessRunner, ProcessSpec
from github_projects.services.remote import Remote

EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


class CloneGit:
    """Runs git in a clone, within the limits of the runner and under the lock that is held.

    `folder` is another one than the clone's while a new clone is made. A command that has a `remote`
    may make the folder larger, so its size is watched. All raise ProcessFailed and RepositoryUnreadable.
    """

    def __init__(self, files: CloneFiles, lock: CloneLock, runner: ProcessRunner) -> None:
        self.files = files
        self.lock = lock
        self.runner = runner

    def run(
        self, *arguments: str, folder: Path | None = None, remote: Remote | None = None
    ) -> bytes:
        """Return what a command prints."""
        return self.runner.run(self._spec(arguments, folder, remote))

    def stream(
        self,
        *arguments: str,
        folder: Path | None = None,
        remote: Remote | None = None,
        stdin: IO[bytes] | None = None,
    ) -> Generator[bytes, None, None]:
        """Yield what a command prints while it runs."""
        return self.runner.stream(self._spec(arguments, folder, remote, stdin))

    def init(self, folder: Path, form: str) -> None:
        """Make an empty clone, whose objects are of the form "sha1" or "sha256"."""
        arguments = ("--bare", "--quiet", "--template=", f"--object-format={form}", str(folder))
        self.runner.run(ProcessSpec(["git", "init", *arguments], git_environment()))
        (folder / "config").write_text(CLONE_CONFIGS[form])

    def _spec(
        self,
        arguments: tuple[str, ...],
        folder: Path | None,
        remote: Remote | None,
        stdin: IO[bytes] | None = None,
    ) -> ProcessSpec:
        folder = folder or self.files.folder
        environment = git_environment(remote.config if remote else None)
        # Instead of the attributes that a tree of the repository has.
        environment["GIT_ATTR_SOURCE"] = EMPTY_TREES[object_format(folder) or "sha1"]
        command = ["git", f"--git-dir={folder}", *arguments]
        locks = tuple(self.lock.held)
        if stdin:
            return ProcessSpec(command, environment, stdin, locks=locks)
        return ProcessSpec(command, environment, folder=folder if remote else None, locks=locks)
