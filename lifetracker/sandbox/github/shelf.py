"""All repositories: generated at the first request that needs them, and kept up with the clock."""

import copy
import itertools
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.github.bare import Bare
from lifetracker.sandbox.github.imports import Commit
from lifetracker.sandbox.github.moments import Calendar, Moment, of_old_fair
from lifetracker.sandbox.github.people import LOGIN
from lifetracker.sandbox.github.plans import (
    IDS,
    METRONOME,
    OLD_FAIR,
    PLANS,
    SKETCHES,
    Plan,
)
from lifetracker.sandbox.github.repositories import Repository
from lifetracker.sandbox.github.writers import Writer
from lifetracker.sandbox.life import Life

FIRST_FREE_ID = 733_000_019


class Shelf:
    """`begin` and with it every oid follow from the seed, the days and the clock at the start."""

    def __init__(self, life: Life, clock: Clock, days: int) -> None:
        self.lock = threading.RLock()
        self._life, self._clock, self._days = life, clock, days
        self.login = LOGIN
        self._begin = (clock.now() - timedelta(days=days)).date()
        self._root: Path | None = None
        self._remove: weakref.finalize[..., Shelf] | None = None
        self.close()

    def close(self) -> None:
        """Remove everything from the disk; what is asked for after that is generated anew."""
        with self.lock:
            if self._remove is not None:
                self._remove()
            self._root = self._remove = None
            self._all: dict[int, Repository] = {}
            self._redirects: dict[tuple[str, str], int] = {}
            self._unused = itertools.count(FIRST_FREE_ID, 37)
            self._calendar = Calendar(self._life, self._begin, self._days)
            self._writers: dict[str, Writer] = {}
            self._written: dict[str, list[Commit]] = {}
            self._generated: dict[str, Repository] = {}

    @property
    def count(self) -> int:
        """Of those that are there, without generating any."""
        return len(self._all)

    def all(self) -> list[Repository]:
        with self.lock:
            self.refresh()
            return [self._all[id] for id in sorted(self._all)]

    def by_id(self, id: int) -> Repository | None:
        with self.lock:
            self.refresh()
            return self._all.get(id)

    def by_name(self, owner: str, name: str) -> Repository | None:
        """Return the repository of this name, in whatever case."""
        wanted = _key(owner, name)
        return next((r for r in self.all() if _key(r.owner, r.name) == wanted), None)

    def moved(self, owner: str, name: str) -> Repository | None:
        """Return the repository that had this name before."""
        return self._all.get(self._redirects.get(_key(owner, name), 0))

    def find(self, name: str) -> Repository:
        """Return a repository by `NAME` or `OWNER/NAME`. Raises LookupError."""
        owner, _, own = name.rpartition("/")
        found = self.by_name(owner or self.login, own)
        if found is None and not owner:
            found = next((r for r in self.all() if r.name.lower() == own.lower()), None)
        if found is None:
            raise LookupError(f"no repository {name}")
        return found

    def add(self, name: str, branch: str, *, id: int | None = None) -> Repository:
        """Add an empty repository, in the place of any that was moved away from there."""
        self._prepare()
        now = self._clock.now()
        id = next(self._unused) if id is None else id
        repository = Repository(id, self.login, name, self._bare(id, branch), now, now)
        repository.default_branch = branch
        self._all[id] = repository
        self._redirects.pop(_key(self.login, name), None)
        return repository

    def move(self, repository: Repository, owner: str, name: str) -> None:
        if self.by_name(owner, name) not in (None, repository):
            raise ValueError(f"there is a repository {owner}/{name}")
        self._redirects[_key(repository.owner, repository.name)] = repository.id
        self._redirects.pop(_key(owner, name), None)
        repository.owner, repository.name = owner, name
        repository.updated_at = self._clock.now()

    def delete(self, repository: Repository) -> None:
        del self._all[repository.id]
        shutil.rmtree(repository.bare.path)

    def refresh(self) -> None:
        """Generate what is not there yet of the time until now."""
        with self.lock:
            self._prepare()
            for moment in self._calendar.until(self._clock.now()):
                self._write(moment)
            self._flush()

    def root(self) -> Path:
        self._prepare()
        assert self._root is not None  # noqa: S101 - for the type checker
        return self._root

    def _prepare(self) -> None:
        if self._root is not None:
            return
        self._root = Path(tempfile.mkdtemp(prefix="sandbox-github-"))
        # A sandbox that nobody stops is cleaned up after as well.
        self._remove = weakref.finalize(self, shutil.rmtree, self._root, ignore_errors=True)
        self._writers = {
            plan.name: Writer(plan, self._life.stream(f"github/{plan.name}", self._begin))
            for plan in PLANS
        }
        for moment in of_old_fair(self._life, self._begin.year - 1):
            self._write(moment)
        self._written[METRONOME.name] = list(self._writers[METRONOME.name].strangers())
        self._flush()
        self._appear(SKETCHES, datetime.combine(self._begin, time(9, 12, 40), UTC))
        if OLD_FAIR.name in self._generated:
            self._generated[OLD_FAIR.name].archived = True

    def _write(self, moment: Moment) -> None:
        """What a deleted or archived repository would have got is not written."""
        name = moment.plan.name
        if moment.plan.split_from and name not in self._generated:
            self._split(moment)
        repository = self._generated.get(name)
        if repository and (repository.archived or repository.id not in self._all):
            return
        branch = repository.default_branch if repository else moment.plan.branch
        commits = self._writers[name].write(moment, branch)
        self._written.setdefault(name, []).extend(commits)

    def _flush(self) -> None:
        for name, commits in self._written.items():
            self._import(next(plan for plan in PLANS if plan.name == name), commits)
        self._written = {}

    def _import(self, plan: Plan, commits: list[Commit]) -> None:
        times = [datetime.fromtimestamp(commit.committed, UTC) for commit in commits]
        repository = self._generated.get(plan.name) or self._appear(plan, times[0])
        stream = b"".join(commit.write() for commit in _continued(repository.bare, commits))
        repository.bare.fast_import(stream)
        repository.imported += len(stream)
        repository.pushed_at = repository.updated_at = times[-1]

    def _appear(self, plan: Plan, at: datetime) -> Repository:
        repository = self.add(plan.name, plan.branch, id=IDS[plan.name])
        self._generated[plan.name] = repository
        repository.description, repository.private = plan.description, plan.private
        if plan.foreign:
            repository.fork, at = True, datetime.combine(self._begin, time(7, 3, 11), UTC)
        repository.created_at = repository.updated_at = at
        return repository

    def _split(self, moment: Moment) -> None:
        """The new one begins with everything that the old one has by then."""
        plan, old = moment.plan, str(moment.plan.split_from)
        if old not in self._generated and old not in self._written:
            return
        self._flush()
        source = self._generated[old]
        repository = self._appear(plan, datetime.fromtimestamp(moment.committed, UTC))
        if source.id in self._all:
            shutil.rmtree(repository.bare.path)
            shutil.copytree(source.bare.path, repository.bare.path)
            repository.default_branch, repository.imported = source.default_branch, source.imported
            self._writers[plan.name] = copy.deepcopy(self._writers[old])
            self._writers[plan.name].plan = plan

    def _bare(self, id: int, branch: str) -> Bare:
        bare = Bare(self.root() / f"{id}.git")
        bare.create(branch)
        return bare


def _continued(bare: Bare, commits: Iterable[Commit]) -> Iterable[Commit]:
    """The first commit on each ref that is there already goes on from its end."""
    seen: set[str] = set()
    for commit in commits:
        known = commit.ref in seen or commit.base or bare.oid(commit.ref) is None
        seen.add(commit.ref)
        yield commit if known else replace(commit, base=f"{commit.ref}^0")


def _key(owner: str, name: str) -> tuple[str, str]:
    return owner.lower(), name.lower()
