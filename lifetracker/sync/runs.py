"""The row that tells of one run: its counts, its progress, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from lifetracker.errors import RunStopped, SyncError, TryLater
from lifetracker.models import STOPPED, HeldLease, LeaseLost, Revision, SyncRun, statements
from lifetracker.models.revisions import changed_by
from lifetracker.sync.plans import NO_TIME
from lifetracker.sync.quotas import RequestQuota
from lifetracker.sync.streams import Extent, Source, Stream
from lifetracker.words import title_of

# How often a run of the queue is resumed without getting any further.
MOST_ATTEMPTS = 5
# Longer than any silence of a live run: one request with its timeouts, one batch.
LEASE = timedelta(seconds=60)
# Seconds between two looks at whether a run is to end.
STOP_INTERVAL = 1.0


class Listener:
    """Hears how a run goes. Does nothing by itself; commands override what they show."""

    def progress(self, stream: str, extent: Extent, seen: int) -> None:
        """Hear that `seen` more items were stored."""

    def waiting(self, seconds: float, why: str) -> None:
        """Hear that the run sleeps for so many seconds."""

    def working(self, run: SyncRun) -> None:
        """Hear that `run.progress_done` of `progress_total` pieces of the source's work are done."""


@dataclass
class Counts:
    """What became of one stream's items in one run."""

    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    #: So many were missing that none was marked as deleted.
    held: int = 0
    error: str = ""

    def as_json(self) -> dict[str, int | str]:
        return {name: value for name, value in vars(self).items() if value != ""}


class LeaseKeeper:
    """Keeps the lease of a source while its run works and waits."""

    def __init__(self, lease: HeldLease, source: str, listener: Listener) -> None:
        self._lease = lease
        self._source = source
        self._listener = listener
        self._renewed = time.monotonic()

    def renew(self) -> None:
        """Renew the lease. As the first statement of a transaction it also keeps every other process
        out until the transaction ends. Raises LeaseLost."""
        self._lease.renew()
        self._renewed = time.monotonic()

    def on_wait(self, seconds: float) -> None:
        """Renew the lease while requests take their time, without a statement for each of them."""
        if seconds >= 1:
            self._listener.waiting(seconds, f"{title_of(self._source)} accepts requests again")
        if time.monotonic() - self._renewed > LEASE.total_seconds() / 4:
            self.renew()


class StopRequests:
    """Looks whether the owner has asked that a run ends, which any process may note in its row."""

    def __init__(self) -> None:
        self._looked: float | None = None

    def check(self, run_id: int) -> None:
        """Raise RunStopped where it was asked for. Looks once a second at most, however often it is called."""
        now = time.monotonic()
        if self._looked is not None and now - self._looked < STOP_INTERVAL:
            return
        self._looked = now
        if SyncRun.objects.filter(pk=run_id, stop_asked_at__isnull=False).exists():
            raise RunStopped


class RunRecorder:
    """Keeps the row of a run true while the run goes on, and closes it whatever happens."""

    def __init__(self, source: Source, run: SyncRun, lease: LeaseKeeper) -> None:
        self.run = run
        self.counts = {stream.name: Counts() for stream in source.streams}
        #: What went wrong with single records and is marked on them; the run is good all the same.
        self.remarks: list[str] = []
        #: Return how many requests this process has made for the run.
        self.requests_made: Callable[[], int] = lambda: 0
        #: What the service last said of each of its counts of requests.
        self.quotas: dict[str, RequestQuota] = {}
        self._counts_items = not source.work
        self._lease = lease
        self._requests_before = 0
        # By stream and kind of error, the last text.
        self._errors: dict[str, dict[type[SyncError], str]] = {}

    def resume(self, run: SyncRun) -> bool:
        """Go on with a run of the queue. Return False where it has ended or was deleted meanwhile: another
        process may have had the lease before this one."""
        self.run = run
        try:
            run.refresh_from_db()
        except SyncRun.DoesNotExist:
            return False
        if not run.is_active:
            return False
        if run.is_stopping:
            # Its process died before it could end.
            SyncRun.objects.filter(pk=run.pk).mark_stopped()
            run.refresh_from_db()
            return False
        run.attempts += 1
        if run.attempts > MOST_ATTEMPTS:
            run.status, run.finished_at = SyncRun.Status.FAILED, timezone.now()
            run.error = (
                f"Given up: it was resumed {MOST_ATTEMPTS} times without any progress. {run.error}"
            )
            run.save()
            return False
        is_new = run.status == SyncRun.Status.QUEUED and not run.counts
        # What is pushed concerns what was there before as well.
        if is_new or run.kind == SyncRun.Kind.WEBHOOK:
            run.started_at = timezone.now()
        run.status, run.error, run.resume_at = SyncRun.Status.RUNNING, "", None
        self._requests_before = run.requests
        for name, counts in run.counts.items():
            if name in self.counts:
                self.counts[name] = Counts(**counts | {"error": ""})
        return True

    def save(self) -> None:
        """Store the counts and the progress."""
        self.run.counts = {name: counts.as_json() for name, counts in self.counts.items()}
        self.run.requests = self._requests_before + self.requests_made()
        if self.quotas:
            self.run.quotas = [quota.as_json() for quota in self.quotas.values()]
        if self._counts_items:
            self.report_progress(sum(counts.seen for counts in self.counts.values()), None)
        statements.save(self.run)

    def report_progress(self, done: int, total: int | None, failed: int = 0) -> None:
        """Note that `done` pieces are done, `failed` of them in vain. A run that gets any further may be
        stopped and resumed again."""
        if done > self.run.progress_done:
            self.run.attempts = min(self.run.attempts, 1)
        self.run.progress_done, self.run.progress_total = done, total
        self.run.progress_failed = failed

    def reach(self, start: datetime) -> None:
        """Note how far back the run has read, and store it."""
        self.run.window_start = min(start, self.run.window_start or start)
        self.save()

    def record_error(self, stream: Stream, error: SyncError) -> None:
        """Note what went wrong with a stream, beside what went wrong in another way."""
        errors = self._errors.setdefault(stream.name, {})
        errors[type(error)] = str(error)
        self.counts[stream.name].error = " ".join(errors.values())

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Open the row, and close it with the truth. What a sync can fail with ends here; a bug, or
        Ctrl-C, goes on its way."""
        self.save()
        try:
            with changed_by(self.run.pk):
                yield
        except BaseException as error:
            self._close(error)
            if not isinstance(error, SyncError | RunStopped):
                raise
        else:
            self._close(None)

    def _close(self, error: BaseException | None) -> None:
        run = self.run
        failures = {name: c.error for name, c in self.counts.items() if c.error}
        if error is not None:
            run.error = describe(error)
        elif failures:
            run.error = "\n".join(f"{name}: {text}" for name, text in failures.items())
        stored = any(c.seen or c.held for c in self.counts.values())
        if run.error:
            run.status = SyncRun.Status.PARTIAL if stored else SyncRun.Status.FAILED
        else:
            run.status = SyncRun.Status.SUCCESS
        if isinstance(error, RunStopped):
            run.status = SyncRun.Status.STOPPED
        run.error = "\n".join(filter(None, [run.error, *dict.fromkeys(self.remarks)]))
        run.finished_at = timezone.now()
        if run.in_queue and error is not None and (wait := resume_after(error)) is not None:
            run.status, run.finished_at = SyncRun.Status.QUEUED, None
            run.resume_at = timezone.now() + wait
        self._save_end()

    def _save_end(self) -> None:
        try:
            with transaction.atomic():
                self._lease.renew()
                self.save()
        except LeaseLost:
            # Whoever has the lease now goes on with this run, or has closed it.
            return


def record_import(
    source: str,
    stream: str,
    counts: Counts,
    *,
    span: tuple[datetime | None, datetime | None],
    started: datetime,
    begun_by: str,
) -> SyncRun:
    """Store the run of a file that was imported, in the transaction of the import, and attribute to it what that has
    changed. A file that cannot be imported changes nothing, and has no run."""
    first, last = span
    run = SyncRun.objects.create(
        source=source,
        kind=SyncRun.Kind.IMPORT,
        status=SyncRun.Status.SUCCESS,
        window_start=first,
        window_end=last,
        counts={stream: counts.as_json()},
        progress_done=counts.seen,
        progress_total=counts.seen,
        started_at=started,
        finished_at=timezone.now(),
        begun_by=begun_by,
    )
    Revision.objects.attribute(run.pk, since=started)
    return run


def resume_after(error: BaseException) -> timedelta | None:
    """Return after what time a run of the queue goes on; None where the error ends it."""
    if isinstance(error, TryLater):
        return error.after
    if isinstance(error, OperationalError | InterfaceError):
        # The database was away, or chose this transaction to end a deadlock.
        return LEASE
    # The worker is stopped, or its time is up.
    return None if isinstance(error, Exception) else NO_TIME


def describe(error: BaseException) -> str:
    """Return the text of an error that was written for the owner, else only its kind, which can hold no
    secret."""
    if isinstance(error, SyncError):
        return str(error)
    if isinstance(error, RunStopped):
        return STOPPED
    if isinstance(error, KeyboardInterrupt):
        return "Stopped with Ctrl-C. The next sync continues from there."
    if not isinstance(error, Exception):
        return "The worker was stopped."
    return f"An error in Life Tracker: {type(error).__name__}."
