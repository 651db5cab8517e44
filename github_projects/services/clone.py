"""A bare clone of one branch of a repository, and what its history holds.

The numbers are of every commit that the tip reaches: lines added and deleted in text files against the
parent, for commits that are no merges, without files that were only moved.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from github_projects.services.clone_files import CloneFiles, CloneLock
from github_projects.services.clone_git import CloneGit
from github_projects.services.fetching import Fetcher
from github_projects.services.git import git_version
from github_projects.services.git_errors import Reason, RepositoryUnreadable, explain
from github_projects.services.lines_of_code import LinesOfCode, count_lines
from github_projects.services.numstat import (
    LOG_ARGUMENTS,
    GitCommit,
    checked_oid,
    parse_commits,
    split_fields,
)
from github_projects.services.processes import Limits, ProcessFailed, ProcessRunner, size_kb
from github_projects.services.remote import Remote


class Clone:
    """The clone at `<cache>/<key>.git`; `key` is the service's own number of the repository.

    One process at a time may change it, and none while another reads it: CloneBusy says that it is in
    use. Raises RepositoryUnreadable for what is wrong with the repository, and other errors of
    `lifetracker.errors` for the rest. The limits hold for all that one instance does.
    """

    def __init__(self, cache: Path, key: str, limits: Limits) -> None:
        self._files = CloneFiles(cache, key)
        self.cache, self.key, self.folder = self._files.cache, key, self._files.folder
        self._lock = CloneLock(self.cache / f"{key}.lock")
        self._runner = ProcessRunner(limits)
        self._git = CloneGit(self._files, self._lock, self._runner)

    def fetch(
        self, clone_url: str, owner: str, name: str, branch: str, token: str, *, strict: bool = True
    ) -> None:
        """Fetch the branch as it is at the service now. An empty repository is no error.

        `strict=False` is for a repository whose old objects fail git's check and whose owner trusts it.
        """
        remote = Remote(clone_url, owner, name, branch, token, strict)
        git_version()
        with self._lock.exclusive():
            Fetcher(self._git, remote).fetch()

    def tip(self, branch: str) -> str | None:
        """Return the newest commit of the branch, None where there is none."""
        if not self._files.exist():
            return None
        ref = f"refs/heads/{branch}"
        with self._reading():
            # No other command tells a reference that is not there from one that is broken.
            output = self._git.run("for-each-ref", "--format=%(refname) %(objectname)", ref)
            oid = dict(line.split() for line in output.decode().splitlines()).get(ref)
            if oid is None and (self.folder / ref).is_file():
                raise ProcessFailed(0, "bad ref")
        return oid

    def oids(self, tip: str) -> list[str]:
        """Return every commit that the tip reaches, newest first."""
        with self._reading():
            return self._git.run("rev-list", checked_oid(tip), "--").decode().split()

    def read_commits(self, oids: Collection[str]) -> Iterator[GitCommit]:
        """Yield these commits, in the same order, while git still reads the later ones."""
        if not oids:
            return
        with (
            self._reading(),
            file_of(oids) as listed,
            closing(self._git.stream(*LOG_ARGUMENTS, stdin=listed)) as chunks,
        ):
            yield from parse_commits(split_fields(chunks))

    def count_lines(self, tip: str, counter: str) -> LinesOfCode:
        """Count the lines of code of the tip's tree with "scc", "cloc" or "git"."""
        with self._reading():
            return count_lines(self._git, checked_oid(tip), counter)

    def size_kb(self) -> int:
        return size_kb(self.folder)

    def cancel(self) -> None:
        """End what runs and refuse what comes; from another thread."""
        self._runner.cancel()

    def remove(self) -> None:
        """Remove all files of the clone."""
        if not self.cache.is_dir():
            return
        with self._lock.exclusive():
            self._files.remove_leftovers()
            self._files.discard()
            self._lock.path.unlink()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock.shared():
            if not self._files.are_sound():
                raise RepositoryUnreadable(Reason.DAMAGED)
            try:
                yield
            except ProcessFailed as error:
                raise self._explain(error) from None

    def _explain(self, error: ProcessFailed) -> Exception:
        """Return the error for a command that failed: a clone that was whole can only have been damaged here."""
        why = explain(error.stderr)
        if isinstance(why, RepositoryUnreadable) and why.reason in {
            Reason.DAMAGED,
            Reason.UNKNOWN,
        }:
            with suppress(OSError):
                self._files.mark_damaged()
            return RepositoryUnreadable(Reason.DAMAGED)
        return why


@contextmanager
def file_of(oids: Iterable[str]) -> Iterator[IO[bytes]]:
    """Open a file with one id a line: a pipe would have to be filled and emptied at the same time."""
    with TemporaryFile() as listed:
        listed.write("".join(f"{checked_oid(oid)}\n" for oid in oids).encode())
        listed.seek(0)
        yield listed
