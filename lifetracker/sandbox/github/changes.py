"""What can be done to repositories from outside, as by pushes and in their settings."""

from collections.abc import Mapping
from datetime import datetime

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.github.imports import Commit
from lifetracker.sandbox.github.people import WORK, Person
from lifetracker.sandbox.github.repositories import HOWS, How, Repository
from lifetracker.sandbox.github.shelf import Shelf

DEFAULT_BRANCHES = ("main", "master")


class Changes:
    """Repositories are named `NAME`, or `OWNER/NAME`; what is unknown raises LookupError."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf, self._clock = shelf, clock

    def add_repository(
        self,
        name: str,
        stream: bytes | str | None = None,
        **fields: object,
    ) -> int:
        """Add a repository, with the history of a fast-import stream or empty; return its id.

        `fields` as of `set_fields`. Unless it is given, the default branch is `main`, `master`,
        or the first one that the stream has.
        """
        with self._shelf.lock:
            if self._shelf.by_name(self._shelf.login, name):
                raise ValueError(f"there is a repository {name}")
            branch = fields.get("default_branch")
            default_branch = str(branch) if branch else None
            repository = self._shelf.add(name, default_branch or "main")
            try:
                if stream is not None:
                    self._import(repository, stream)
                    self._choose_branch(repository, default_branch)
                repository.set(**fields)
            except ValueError:
                self._shelf.delete(repository)
                raise
            return repository.id

    def commit(
        self,
        name: str,
        files: Mapping[str, str | bytes | None],
        *,
        message: str = "Change something",
        author: str = WORK.name,
        email: str = WORK.email,
        date: datetime | str | None = None,
        committed: datetime | str | None = None,
        branch: str | None = None,
    ) -> str:
        """Push one commit; its oid. None as a file's content deletes it.

        `date` is the author's (now if it is left out), `committed` the committer's (the same).
        """
        with self._shelf.lock:
            repository = self._shelf.find(name)
            at = _moment(date) or self._clock.now()
            later = _moment(committed) or at
            ref = f"refs/heads/{branch or repository.default_branch}"
            known = repository.bare.oid(ref) is not None
            base = ref if known else f"refs/heads/{repository.default_branch}"
            person = Person(author, email)
            made = Commit(
                *(ref, person, int(at.timestamp()), person, int(later.timestamp())),
                *(at.strftime("%z"), message),
                {path: _bytes(content) for path, content in files.items()},
                base=f"{base}^0" if repository.bare.oid(base) else None,
            )
            self._import(repository, made.write())
            return str(repository.bare.oid(ref))

    def import_stream(self, name: str, stream: bytes | str) -> None:
        """Push what a fast-import stream holds."""
        with self._shelf.lock:
            self._import(self._shelf.find(name), stream)

    def force_push(
        self, name: str, to: str | None = None, *, drop: int = 0, branch: str | None = None
    ) -> str:
        """Move a branch to a commit, or back by `drop` commits; the oid where it ends then."""
        with self._shelf.lock:
            repository = self._shelf.find(name)
            branch = branch or repository.default_branch
            target = to or f"{branch}~{drop}"
            oid = repository.bare.resolve(target)
            if oid is None:
                raise LookupError(f"no commit {target} in {name}")
            repository.bare.git("update-ref", f"refs/heads/{branch}", oid)
            self._pushed(repository)
            return oid

    def rename(self, name: str, new: str) -> None:
        """The old name redirects until something else has it."""
        with self._shelf.lock:
            repository = self._shelf.find(name)
            self._shelf.move(repository, repository.owner, new)

    def transfer(self, name: str, owner: str) -> None:
        """To somebody else, who lets her go on working on it."""
        with self._shelf.lock:
            repository = self._shelf.find(name)
            self._shelf.move(repository, owner, repository.name)

    def rename_branch(self, name: str, new: str, old: str | None = None) -> None:
        """The default branch, unless another one is named."""
        with self._shelf.lock:
            repository = self._shelf.find(name)
            old = old or repository.default_branch
            oid = repository.bare.oid(f"refs/heads/{old}")
            if oid is None:
                raise LookupError(f"no branch {old} in {name}")
            # Away with the old one first: `a` and `a/b` cannot stand side by side.
            repository.bare.git("update-ref", "-d", f"refs/heads/{old}")
            repository.bare.git("update-ref", f"refs/heads/{new}", oid)
            if old == repository.default_branch:
                self._point(repository, new)
            repository.updated_at = self._clock.now()

    def archive(self, name: str, *, archived: bool = True) -> None:
        self.set_fields(name, archived=archived)

    def set_fields(self, name: str, **fields: object) -> None:
        """private, fork, archived, disabled, template, description, language, disk_usage (KB),
        default_branch, pushed_at, created_at, updated_at (moved to now if it is not given)."""
        with self._shelf.lock:
            repository = self._shelf.find(name)
            repository.set(**{"updated_at": self._clock.now(), **fields})
            repository.bare.point_head(repository.default_branch)

    def delete(self, name: str) -> None:
        """Gone from lists, by id and by git; the name is free again."""
        with self._shelf.lock:
            self._shelf.delete(self._shelf.find(name))

    def recreate(self, name: str, stream: bytes | str | None = None, **fields: object) -> int:
        """Delete it and make another one under its name; the new id."""
        with self._shelf.lock:
            own = self._shelf.find(name).name
            self.delete(name)
            return self.add_repository(own, stream, **fields)

    def break_repository(self, name: str, how: How | None, seconds: float = 30.0) -> None:
        """What its git answers: a 500, a 404, half an answer ("cut"), the right one late
        ("hang", by `seconds`), or a pack with a damaged object ("corrupt"); None mends it."""
        if how is not None and how not in HOWS:
            raise ValueError(f"how must be one of {', '.join(HOWS)}, not {how!r}")
        with self._shelf.lock:
            repository = self._shelf.find(name)
            repository.broken, repository.broken_seconds = how, seconds

    def _import(self, repository: Repository, stream: bytes | str) -> None:
        content = stream.encode() if isinstance(stream, str) else stream
        repository.bare.fast_import(content)
        repository.imported += len(content)
        self._pushed(repository)

    def _pushed(self, repository: Repository) -> None:
        repository.pushed_at = repository.updated_at = self._clock.now()

    def _choose_branch(self, repository: Repository, wanted: str | None) -> None:
        found = repository.bare.branches()
        chosen = (wanted, *(name for name in DEFAULT_BRANCHES if name in found), *found, "main")
        self._point(repository, next(name for name in chosen if name))

    def _point(self, repository: Repository, branch: str) -> None:
        repository.default_branch = branch
        repository.bare.point_head(branch)


def _bytes(content: str | bytes | None) -> bytes | None:
    return content.encode() if isinstance(content, str) else content


def _moment(value: datetime | str | None) -> datetime | None:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"{value!r} has no offset")
    return moment
