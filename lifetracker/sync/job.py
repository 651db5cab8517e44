"""Sync one source: take its lease, read its windows, write its records, and record how it went.

    pages -> items -> rows -> upsert -> state

A run reads windows of time. What came is stored even when a later page fails, but a window counts
as verified, and what it lacks as deleted, only after its last page. All windows overlap what was
read before, and the upsert makes that harmless: every item is read at least once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Generic, TypeVar

from django.utils import timezone

from lifetracker.errors import NeedsReauthorization, TryLater
from lifetracker.models import SYNC_LEASE, HeldLease, Lease, SyncRun
from lifetracker.models.redating import follow_time_zone
from lifetracker.sync.deletions import Deletions
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.reader import StreamReader
from lifetracker.sync.runs import LEASE, LeaseKeeper, Listener, RunRecorder, StopRequests
from lifetracker.sync.streams import ServiceClient, Source, Stream
from lifetracker.sync.verifier import WindowVerifier
from lifetracker.sync.writer import RecordWriter

Client = TypeVar("Client", bound=ServiceClient)


class SyncJob(Generic[Client]):
    """One run of a source at work: what its own code, and that of its webhooks, may use."""

    def __init__(
        self, source: Source, client: Client, request: SyncRequest, parts: JobParts
    ) -> None:
        self.source = source
        self.client = client
        self.request = request
        #: The end of every window: the moment at which the run began.
        self.now = timezone.now()
        self.lease = parts.lease
        self.listener = parts.listener
        self.recorder = parts.recorder
        self.writer = parts.writer
        verifier = WindowVerifier(
            source=source,
            client=client,
            now=self.now,
            recorder=self.recorder,
            lease=self.lease,
            writer=self.writer,
            find_invisible=self._find_invisible,
        )
        self.reader = StreamReader(
            source=source,
            client=client,
            now=self.now,
            recorder=self.recorder,
            writer=self.writer,
            verifier=verifier,
        )
        self.recorder.remarks = client.remarks
        self.recorder.requests_made = lambda: client.http.requests_made
        self.run.window_end = min(request.window.end, self.now) if request.window else self.now
        self.recorder.quotas = client.http.quotas
        self._stop_requests = StopRequests()
        client.http.on_wait = self.on_wait

    @property
    def run(self) -> SyncRun:
        """Return the stored row of this run."""
        return self.recorder.run

    @property
    def remarks(self) -> list[str]:
        """Return what the owner should know although nothing failed."""
        return self.recorder.remarks

    def _find_invisible(self, stream: Stream, missing: set[str]) -> set[str]:
        return stream.not_visible(self, missing) if stream.not_visible else set()

    def on_wait(self, seconds: float) -> None:
        """Keep the run alive before each request, and while it waits so many seconds. Raises RunStopped where its owner
        has asked that it ends: here, between two requests, all that came is stored or about to be."""
        self.lease.on_wait(seconds)
        self._stop_requests.check(self.run.pk)

    def read(self) -> None:
        """Read what was asked for, map again what depends on it, and do the source's own work."""
        self.reader.read_all(self.request)
        self.writer.repair()
        if self.source.work:
            self.source.work(self)


class JobParts:
    """What a run needs before, and without, a client of the service."""

    def __init__(
        self,
        source: Source,
        lease: HeldLease,
        listener: Listener,
        kind: SyncRun.Kind,
        *,
        accept_deletions: bool = False,
    ) -> None:
        self.listener = listener
        self.lease = LeaseKeeper(lease, source.name, listener)
        self.recorder = RunRecorder(
            source,
            SyncRun(source=source.name, kind=kind, begun_by=SyncRun.BegunBy.COMMAND),
            self.lease,
        )
        deletions = Deletions(source.name, accept=accept_deletions)
        self.writer = RecordWriter(source, self.recorder, self.lease, deletions, listener)


def sync(
    source: Source,
    request: SyncRequest,
    listener: Listener | None = None,
    *,
    patience: timedelta = LEASE + timedelta(seconds=5),
    run: SyncRun | None = None,
    work: Callable[[SyncJob[ServiceClient]], None] = SyncJob.read,
) -> SyncRun:
    """Carry out one run and return its stored row, whatever became of it.

    `run` is the row of a run of the queue, which goes on from where its last process left it; `work` is
    what to do instead of reading windows.

    Raises NotConfigured and NeedsReauthorization before anything was tried, and TryLater while another
    run of the source is at work for longer than `patience`. What goes wrong later stands in the run's
    status and error.
    """
    listener = listener or Listener()
    if missing := source.missing_consent():
        raise NeedsReauthorization(missing.text)
    follow_time_zone()
    with closing(source.client()) as client, take_lease(source, listener, patience) as lease:
        SyncRun.objects.close_abandoned(source.name)
        accept = request.accept_deletions
        parts = JobParts(source, lease, listener, request.kind, accept_deletions=accept)
        if run is None or parts.recorder.resume(run):
            with parts.recorder.recording():
                work(SyncJob(source, client, request, parts))
    return parts.recorder.run


def retry_rejected(source: Source, listener: Listener | None = None) -> SyncRun:
    """Map the rejected items of a source again, without a request, and return the run's stored row.
    Those that fit now are stored and leave the list."""
    listener = listener or Listener()
    with take_lease(source, listener, LEASE) as lease:
        SyncRun.objects.close_abandoned(source.name)
        parts = JobParts(source, lease, listener, SyncRun.Kind.RETRY)
        with parts.recorder.recording():
            parts.writer.retry_rejected()
    return parts.recorder.run


def take_lease(source: Source, listener: Listener, patience: timedelta) -> HeldLease:
    """Return the right to sync this source. A run that was killed keeps it for at most `LEASE`, so
    waiting that long tells a dead run from a live one. Raises TryLater."""
    end = time.monotonic() + patience.total_seconds()
    while (lease := Lease.objects.acquire(SYNC_LEASE + source.name, LEASE)) is None:
        left = end - time.monotonic()
        if left <= 0:
            raise TryLater(f"Another sync of {source.title} is running.", after=LEASE)
        listener.waiting(left, f"the other sync of {source.title} ends")
        time.sleep(min(left, 0.5))
    return lease
