"""Analyzes repositories with git, two at a time on each machine, in as many processes as there are.

Whoever works on a repository holds its lease, so that no two do, and one whose process was killed is
free again once the lease has expired. Threads run git and use no database; their results go to the
thread of the `RepositoryAnalyzer`, which writes them.
"""

from __future__ import annotations

import fcntl
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeAlias

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from github_projects.commit_rows import COLUMNS, line_counts, not_stored, row_of, set_commits
from github_projects.models import GITHUB, Addresses, Commit, GitHubAccount, Repository
from github_projects.services.clone import Clone
from github_projects.services.git_errors import CloneBusy, Reason, RepositoryUnreadable
from github_projects.services.lines_of_code import LinesOfCode
from github_projects.services.numstat import GitCommit
from github_projects.services.processes import Limits
from lifetracker.errors import (
    BadResponse,
    NeedsReauthorization,
    NotConfigured,
    SyncError,
    TryLater,
)
from lifetracker.models import HeldLease, Lease, LeaseLost, SyncRun
from lifetracker.sync.runs import LEASE, describe
from lifetracker.sync.upsert import Batch, upsert

logger = logging.getLogger(__name__)

# Repositories that one machine works on together: git uses one core for each.
PARALLEL = 2
# Commits that one transaction stores.
COMMITS_PER_BATCH = 500
# Results that wait to be written: a fast git must not fill the memory.
QUEUE_SIZE = 8
# Seconds between two calls of the heartbeat while repositories are analyzed.
HEARTBEAT_INTERVAL = 1.0
# Seconds between two looks at what other processes still work on.
POLL_INTERVAL = 0.5
# Seconds that a killed git may take to end.
STOP_TIMEOUT = 5.0
# Seconds between two looks at a clone that is still in use.
RETRY_INTERVAL = 5.0


class Cancelled(Exception):
    """The analyzer has given the repository up."""


class CommitList(NamedTuple):
    """All commits that the tip leads to. The thread waits to be told which of them are new."""

    oids: list[str]


class CommitBatch(NamedTuple):
    """Some of the new commits, with their numbers."""

    commits: list[GitCommit]


class Result(NamedTuple):
    """What a repository holds, once all of it was read."""

    #: None for a repository without a commit.
    tip: str | None
    #: Every commit that the tip leads to.
    oids: list[str]
    lines: LinesOfCode | None


Message: TypeAlias = CommitList | CommitBatch | Result | Exception


# --- In threads: git, without a database ----------------------------------------------------------


@dataclass(eq=False)
class RepositoryJob:
    """The work on one repository, in a thread of its own."""

    repository: Repository
    lease: HeldLease
    clone: Clone
    #: The descriptor of the lock that `acquire_slot` returned.
    slot: int
    #: Where messages go, each with its job.
    messages: queue.Queue[tuple[RepositoryJob, Message]]
    stopped: threading.Event = field(default_factory=threading.Event)
    #: The answer to a `CommitList`: the commits to read; None if the job is cancelled.
    answers: queue.Queue[list[str] | None] = field(default_factory=queue.Queue)

    def start(self) -> None:
        name = f"git {self.repository.source_id}"
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        self.stopped.set()
        self.answers.put(None)
        self.clone.cancel()

    def _run(self) -> None:
        try:
            self._analyze()
        except Cancelled:
            return
        # Of whatever kind: one that ended this thread would leave the analyzer waiting for the job. `_record_failure`
        # there marks what a repository or a service is to blame for, and keeps anything else as a fault, which surfaces.
        except Exception as error:  # noqa: BLE001 - it is passed on
            with suppress(Cancelled):
                self._send(error)

    def _analyze(self) -> None:
        if is_empty(self.repository):
            self._send(Result(None, [], None))
            return
        refuse_large(self.repository)
        self._fetch()
        tip = self.clone.tip(self.repository.default_branch)
        oids = self.clone.oids(tip) if tip else []
        if self.repository.tip_oid and self.repository.tip_oid not in oids:
            # Perhaps another repository has the name now; a new list of repositories says so.
            raise TryLater("It was changed while it was read; the next run reads it.")
        self._send(CommitList(oids))
        commits = self.clone.read_commits(self._wait_for_new_oids())
        while batch := list(islice(commits, COMMITS_PER_BATCH)):
            self._send(CommitBatch(batch))
        lines = self.clone.count_lines(tip, settings.GITHUB_LINE_COUNTER) if tip else None
        self._send(Result(tip, oids, lines))

    def _fetch(self) -> None:
        owner, _, name = self.repository.full_name.partition("/")
        self.clone.fetch(
            settings.GITHUB_CLONE_URL,
            owner,
            name,
            self.repository.default_branch,
            settings.GITHUB_ACCESS_TOKEN,
            strict=not self.repository.accept_malformed,
        )

    def _wait_for_new_oids(self) -> list[str]:
        oids = self.answers.get()
        if oids is None:
            raise Cancelled
        return oids

    def _send(self, message: Message) -> None:
        """Hand a message to the analyzer. Raises Cancelled."""
        while not self.stopped.is_set():
            try:
                self.messages.put((self, message), timeout=0.2)
            except queue.Full:
                continue
            return
        raise Cancelled


def is_empty(repository: Repository) -> bool:
    """Return whether it has no commit: GraphQL says so by its tip, REST by a push that never was."""
    never_pushed = repository.tip_oid is None and repository.pushed_at is None
    return repository.tip_oid == "" or never_pushed


def limits() -> Limits:
    """Return what one repository may cost by the settings."""
    return Limits(
        size_kb=settings.GITHUB_MAX_REPOSITORY_MB * 1000,
        seconds=settings.GITHUB_MINUTES_PER_REPOSITORY * 60,
    )


def refuse_large(repository: Repository) -> None:
    """Raise RepositoryUnreadable for a repository that is too large by GitHub's own number."""
    if repository.repository_size_kb > limits().size_kb:
        raise RepositoryUnreadable(Reason.TOO_LARGE)


# --- In the thread that owns the work ---------------------------------------------------------------


class RepositoryAnalyzer:
    """Claims the repositories that wait for a run, starts a job for each and writes its results.

    `heartbeat` is called about every second.
    """

    def __init__(self, run_id: int, parallel: int, heartbeat: Callable[[], None]) -> None:
        self._waiting = Repository.objects.filter(pending_run=run_id)
        # A full run trusts nothing that was read before.
        self._full = SyncRun.objects.filter(pk=run_id, kind=SyncRun.Kind.FULL).exists()
        self._parallel = parallel
        self._heartbeat = heartbeat
        self._messages: queue.Queue[tuple[RepositoryJob, Message]] = queue.Queue(QUEUE_SIZE)
        self._jobs: set[RepositoryJob] = set()
        account = GitHubAccount.current()
        self._own = Addresses(account.emails, account.user_id)
        self._renewed = time.monotonic()
        self._busy = BusyClones()
        #: An error of this program itself, which the run reports once the others are done.
        self.fault: Exception | None = None

    def work(self, most: int | None = None) -> None:
        """Analyze until no repository waits any more, here or elsewhere, or until `most` are done."""
        started = 0
        try:
            while True:
                free = self._parallel - len(self._jobs)
                if most is not None:
                    free = min(free, most - started)
                for job in islice(self._claim_jobs(), free):
                    self._jobs.add(job)
                    started += 1
                    job.start()
                if not self._jobs and (most is not None or not self._waiting.exists()):
                    return
                self._handle_next_message()
        finally:
            self._release_all()

    def _claim_jobs(self) -> Iterator[RepositoryJob]:
        """Yield jobs for repositories that nobody works on, the small ones first: progress is soon seen."""
        running = {job.repository.pk for job in self._jobs}
        for pk in self._waiting.order_by("repository_size_kb", "pk").values_list("pk", flat=True):
            if pk in running or self._busy.must_wait(pk):
                continue
            if (slot := acquire_slot()) is None:
                return
            if job := self._claim(pk, slot):
                yield job
            else:
                os.close(slot)

    def _claim(self, pk: int, slot: int) -> RepositoryJob | None:
        if (lease := Lease.objects.acquire(f"mine:{pk}", LEASE)) is None:
            return None
        # Another process may have finished it since the list was read.
        repository = self._waiting.filter(pk=pk).first()
        if repository is None:
            lease.release()
            return None
        clone = Clone(settings.GITHUB_CACHE_DIR, repository.source_id, limits())
        return RepositoryJob(repository, lease, clone, slot, self._messages)

    def _handle_next_message(self) -> None:
        with suppress(queue.Empty):
            timeout = HEARTBEAT_INTERVAL if self._jobs else POLL_INTERVAL
            job, message = self._messages.get(timeout=timeout)
            if job in self._jobs:
                self._handle(job, message)
        self._heartbeat()
        if time.monotonic() - self._renewed > LEASE.total_seconds() / 4:
            self._renew_leases()

    def _renew_leases(self) -> None:
        self._renewed = time.monotonic()
        for job in list(self._jobs):
            try:
                job.lease.renew()
            except LeaseLost:
                self._release(job)

    def _handle(self, job: RepositoryJob, message: Message) -> None:
        try:
            match message:
                case CommitList(oids):
                    job.answers.put(oids if self._full else not_stored(oids))
                case CommitBatch(commits):
                    self._store_commits(job, commits)
                case Result():
                    self._store_result(job, message)
                case _:
                    self._record_failure(job, message)
        except LeaseLost:
            # This process stood still for too long: whoever has the lease now begins again.
            self._release(job)

    def _store_commits(self, job: RepositoryJob, commits: list[GitCommit]) -> None:
        # In one order for all: two that write the same commits would wait for each other for ever.
        zone = timezone.get_current_timezone()
        rows = [row_of(commit, self._own, zone) for commit in sorted(commits)]
        # None of them was stored when the thread asked, and what another process writes meanwhile is the same.
        known = None if self._full else dict[str, str]()
        with transaction.atomic():
            job.lease.renew()
            written = upsert(Batch(Commit, GITHUB, COLUMNS, rows, known=known))
        if written.refused:
            raise BadResponse(f"The database refused a commit: {written.refused[0][1]}")

    def _store_result(self, job: RepositoryJob, result: Result) -> None:
        repository = Repository.objects.filter(pk=job.repository.pk)
        with transaction.atomic():
            job.lease.renew()
            set_commits(job.repository, result.oids)
            repository.update(
                **line_counts(result.lines),
                languages=job.repository.known_languages,
                mined_oid=result.tip or "",
                mined_branch=job.repository.default_branch,
                mined_push=job.repository.pushed_at,
                mined_at=timezone.now(),
                updated_at=timezone.now(),
                failure="",
                failed_at=None,
                pending_run=None,
            )
            repository.recount()
        self._release(job)

    def _record_failure(self, job: RepositoryJob, error: Exception) -> None:
        """Mark a repository that cannot be read, which stops no other. Raise what would stop them all."""
        if isinstance(error, NotConfigured | NeedsReauthorization):
            raise error
        if isinstance(error, CloneBusy) and self._busy.may_wait(job.repository.pk):
            self._release(job)
            return
        if not isinstance(error, SyncError):
            logger.error("repository %s cannot be analyzed", job.repository.pk, exc_info=error)
            self.fault = error
        with transaction.atomic():
            job.lease.renew()
            Repository.objects.filter(pk=job.repository.pk).update(
                failure=describe(error), failed_at=timezone.now(), pending_run=None
            )
        self._release(job)

    def _release(self, job: RepositoryJob) -> None:
        """End a job and give its repository back."""
        self._jobs.discard(job)
        job.cancel()
        job.thread.join(STOP_TIMEOUT)
        os.close(job.slot)
        # Last of all: whoever has the lease next must find no git at the clone.
        job.lease.release()

    def _release_all(self) -> None:
        jobs = list(self._jobs)
        for job in jobs:
            # All of them before one is waited for.
            job.cancel()
        for job in jobs:
            # Perhaps the database is why all this ends; the lease then expires.
            with suppress(DatabaseError):
                self._release(job)


class BusyClones:
    """Remembers clones that another process still uses, such as the git of a worker that was killed."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}
        self._retry_at: dict[int, float] = {}

    def must_wait(self, pk: int) -> bool:
        return self._retry_at.get(pk, 0) > time.monotonic()

    def may_wait(self, pk: int) -> bool:
        """Put the repository off, and return whether that is still sensible: such a git ends some time."""
        now = time.monotonic()
        self._retry_at[pk] = now + RETRY_INTERVAL
        return now - self._since.setdefault(pk, now) < limits().seconds


def acquire_slot() -> int | None:
    """Return the lock on one of the machine's `PARALLEL` slots, None if all are taken.

    However many workers a machine has, they share the slots. The lock is a descriptor: it is released
    when that is closed, by whatever end of the process. Raises NotConfigured.
    """
    folder = settings.GITHUB_CACHE_DIR
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        slots = (lock_slot(folder / f"slot-{number}.lock") for number in range(PARALLEL))
        return next((slot for slot in slots if slot is not None), None)
    except OSError as error:
        raise NotConfigured(
            f"GitHub: the folder for clones, GITHUB_CACHE_DIR, cannot be written to ({error.strerror})."
        ) from None


def lock_slot(path: Path) -> int | None:
    """Return the descriptor of the locked file, None if another one has locked it. Raises OSError."""
    slot = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(slot)
        return None
    return slot
