"""The history of syncs: what is verified, each run, and the sums of months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from lifetracker.models.leases import LONGEST_WAIT, SYNC_LEASE, Lease, has_come
from lifetracker.models.records import BEGINNING
from lifetracker.words import title_of

# Of a run that has not come to its end.
ACTIVE = ("queued", "running")
STOPPED = "You stopped this sync. What was read stays, and the next sync continues from there."


class SyncStateQuerySet(models.QuerySet["SyncState"]):
    def of(self, source: str, stream: str) -> SyncState:
        """Return the stored state, or a new one (not saved) that has verified nothing."""
        return self.filter(source=source, stream=stream).first() or SyncState(
            source=source, stream=stream
        )


class SyncState(models.Model):
    """How much of one stream is verified.

    Every page of `[verified_from, verified_to)` was read, and every item stored or listed as rejected.
    """

    source = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    verified_from = models.DateTimeField(null=True, blank=True)
    verified_to = models.DateTimeField(null=True, blank=True)
    #: How far back a `--full` pass that is not finished has come.
    full_from = models.DateTimeField("history read back to", null=True, blank=True)
    #: Up to when, by the service's clock, all changes are known, where the service can be asked for them.
    changed_to = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField("last changed", auto_now=True)

    objects = SyncStateQuerySet.as_manager()

    class Meta:
        ordering = ["source", "stream"]
        constraints = [
            models.UniqueConstraint(fields=["source", "stream"], name="sync_state_per_stream"),
            models.CheckConstraint(
                condition=Q(verified_from__isnull=True, verified_to__isnull=True)
                | Q(verified_from__lte=F("verified_to")),
                name="sync_state_stretch_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} {self.stream}"

    @property
    def whole_history(self) -> bool:
        return self.verified_from == BEGINNING

    def verify(self, start: datetime, end: datetime) -> None:
        """Add `[start, end)` to the verified stretch. A window that does not touch the stretch is
        not added, because what lies between the two was not read."""
        if self.verified_from is not None and self.verified_from > timezone.now():
            # Written by a clock that was wrong: nothing of it is true.
            self.verified_from = self.verified_to = None
        if self.verified_from is None or self.verified_to is None:
            self.verified_from, self.verified_to = start, end
        elif start <= self.verified_to and end >= self.verified_from:
            self.verified_from = min(self.verified_from, start)
            # An end in the future was written by a clock that was wrong.
            self.verified_to = max(min(self.verified_to, timezone.now()), end)


class PlannedSync(models.Model):
    """The interval that was last put into the queue's schedule for a source, so that what a person
    has changed there, or deleted, is told from what the settings say anew."""

    source = models.CharField(max_length=20, primary_key=True)
    hours = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{title_of(self.source)} every {self.hours} h"


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def syncs(self) -> Self:
        """Return those that tell how far a source is known: what a service pushes is only a part of what
        there is, and so is the history of one stream alone. Another try of rejected items asks the
        service for nothing."""
        kinds = SyncRun.Kind
        return self.exclude(kind__in=(kinds.WEBHOOK, kinds.BACKFILL, kinds.RETRY, kinds.REMAP))

    def ended(self) -> Self:
        return self.exclude(status__in=ACTIVE)

    def complete(self) -> Self:
        return self.syncs().filter(status=SyncRun.Status.SUCCESS)

    def last_success(self, source: str) -> SyncRun | None:
        return self.complete().filter(source=source).first()

    def last_success_per_source(self, names: Iterable[str]) -> dict[str, datetime]:
        """Return when each source last succeeded, by one statement that reads a few rows by the index."""
        found = newest_successes(tuple(names)).first() or {}
        return {name: at for name, at in found.items() if at}

    def of_stretch(self, source: str, start: datetime, end: datetime) -> Self:
        """Return those that were asked to read a stretch again, alone or with what lies around it."""
        asked = self.filter(source=source, asked_from__isnull=False)
        return asked.filter(asked_from__lte=start, asked_to__gte=end)

    def active(self) -> Self:
        """Return those that wait or are at work."""
        return self.filter(status__in=ACTIVE)

    def mark_stopped(self) -> int:
        """End those that are active as stopped by their owner, and return how many they are."""
        return self.active().update(
            status=SyncRun.Status.STOPPED, finished_at=timezone.now(), error=STOPPED
        )

    def stalled(self, now: datetime) -> Self:
        """Return the runs of the queue that nobody is at: those that wait, and those whose process is gone."""
        held = Lease.objects.filter(name=Concat(Value(SYNC_LEASE), OuterRef("source")))
        alive = Q(status="running") & Exists(held.filter(expires_at__gt=now))
        due = has_come("resume_at", now)
        return self.active().filter(due, in_queue=True).exclude(alive)

    def close_abandoned(self, source: str) -> int:
        """Mark runs whose process is gone. Only for the holder of the source's lease, who knows
        that none is alive. Those of the queue are taken up again instead."""
        return self.filter(source=source, status=SyncRun.Status.RUNNING, in_queue=False).update(
            status=SyncRun.Status.FAILED,
            finished_at=timezone.now(),
            error="The process stopped before the sync finished. The next sync continues from there.",
        )


class SyncRun(models.Model):
    """One attempt to read windows of a source's streams."""

    class Kind(models.TextChoices):
        TODAY = "today"
        INCREMENTAL = "incremental"
        MANUAL = "manual"
        FULL = "full"
        BACKFILL = "backfill"
        RETRY = "retry"
        REMAP = "remap"
        WEBHOOK = "webhook"
        #: Of a file that a person brought.
        IMPORT = "import"

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCESS = "success"
        PARTIAL = "partial"
        FAILED = "failed"
        STOPPED = "stopped"

    class BegunBy(models.TextChoices):
        SCHEDULE = "schedule"
        PERSON = "person"
        CONSENT = "consent"
        API = "api"
        WEBHOOK = "webhook"
        COMMAND = "command"

    source = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.RUNNING)
    #: How far back the run has read.
    window_start = models.DateTimeField("read from", null=True, blank=True)
    window_end = models.DateTimeField("read to", null=True, blank=True)
    #: By stream: how many of its items were seen, created, updated, unchanged, deleted and rejected, and its error.
    counts = models.JSONField(default=dict, blank=True)
    #: The last days that are read whole; 0: whatever the kind means by itself.
    days = models.PositiveIntegerField("requested days", default=0)
    #: Who asked for it first; empty where nobody has written it down.
    begun_by = models.CharField("begun by", max_length=8, choices=BegunBy, blank=True)
    #: The stretch that is read again; without it, whatever the kind means by itself.
    asked_from = models.DateTimeField("asked from", null=True, blank=True)
    asked_to = models.DateTimeField("asked to", null=True, blank=True)
    # Carried out by the workers of the queue, who take it up again when its process dies.
    in_queue = models.BooleanField("run by a worker", default=False)
    # How often it was taken up without getting any further.
    attempts = models.PositiveSmallIntegerField(default=0)
    # When a message about it was last given to the queue, and before when it must not go on.
    enqueued_at = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField("continues", null=True, blank=True)
    #: When its owner asked that it ends. Written by whoever asks, while a worker writes the rest of the row.
    stop_asked_at = models.DateTimeField("asked to stop", null=True, blank=True)
    #: What the service last said of how many requests it still takes: a `RequestQuota` for each of its counts.
    quotas = models.JSONField("requests left", default=list, blank=True)
    requests = models.PositiveIntegerField(default=0)
    progress_done = models.PositiveIntegerField("parts done", default=0)
    #: How many pieces the source's own work has.
    progress_total = models.PositiveIntegerField("parts in total", null=True, blank=True)
    # Of those done, the ones that could not be read.
    progress_failed = models.PositiveIntegerField("parts failed", default=0)
    started_at = models.DateTimeField("started", default=timezone.now)
    finished_at = models.DateTimeField("finished", null=True, blank=True)
    error = models.TextField("message", blank=True)

    objects = SyncRunQuerySet.as_manager()

    #: The column that others than the run itself write.
    not_rewritten = frozenset({"stop_asked_at"})

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            # The newest run of a source: the sync status, the home page, the health answer.
            models.Index(fields=["source", "-started_at"], name="sync_run_newest_per_source"),
            # The newest of a source that ended in one way: the newest complete one, also of a source without any,
            # for which the index of the status alone would be read to its end.
            models.Index(
                fields=["source", "status", "-started_at", "-id"],
                name="sync_run_newest_by_outcome",
            ),
            # The newest of all: the lists of the API and of the admin.
            models.Index(fields=["-started_at", "-id"], name="sync_run_newest"),
            # The newest that ended in one way: the history of runs, filtered.
            models.Index(fields=["status", "-started_at"], name="sync_run_newest_per_status"),
            # What became of a stretch that was read again: Connections.
            models.Index(
                fields=["source", "-started_at"],
                condition=Q(asked_from__isnull=False),
                name="sync_run_newest_of_stretch",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "days"],
                condition=Q(in_queue=True, status__in=ACTIVE)
                & Q(asked_from__isnull=True, stop_asked_at__isnull=True),
                name="sync_run_queued_once",
            ),
            models.UniqueConstraint(
                fields=["source", "asked_from", "asked_to"],
                condition=Q(in_queue=True, status__in=ACTIVE)
                & Q(asked_from__isnull=False, stop_asked_at__isnull=True),
                name="sync_run_stretch_queued_once",
            ),
            models.CheckConstraint(
                condition=Q(asked_from__isnull=True, asked_to__isnull=True)
                | Q(asked_from__lt=F("asked_to")),
                name="sync_run_stretch_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} {self.kind} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def must_wait(self) -> bool:
        """Return whether its time to go on is still to come."""
        now = timezone.now()
        return self.resume_at is not None and now < self.resume_at <= now + LONGEST_WAIT

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_stopping(self) -> bool:
        """Return whether it was asked to end, and has not ended yet."""
        return self.is_active and self.stop_asked_at is not None

    @property
    def up_to_date(self) -> int:
        """Return how many of the `progress_total` pieces are as the service has them."""
        return self.progress_done - self.progress_failed

    @property
    def has_gaps(self) -> bool:
        """Return whether it succeeded and still has something to tell: a remark, a part that could not be
        read, an item that could not be stored."""
        return bool(self.error or self.progress_failed or self.total("rejected"))

    @property
    def has_changed_records(self) -> bool:
        return any(map(self.total, ("created", "updated", "deleted")))

    def total(self, count: str) -> int:
        """Return a count over all streams: `total("created")`."""
        return sum(int(stream.get(count, 0)) for stream in self.counts.values())

    @property
    def records_synced(self) -> int:
        """Return how many records were stored, or found as they were."""
        return sum(map(self.total, ("created", "updated", "unchanged")))


class SyncRunTotalQuerySet(models.QuerySet["SyncRunTotal"]):
    def add(self, source: str, kind: str, month: date, runs: Iterable[SyncRun]) -> None:
        """Add runs to the sums of their month. Inside a transaction."""
        self.get_or_create(source=source, kind=kind, month=month)
        total = self.select_for_update().get(source=source, kind=kind, month=month)
        for run in runs:
            total.runs += 1
            total.incomplete += run.status != SyncRun.Status.SUCCESS
            total.requests += run.requests
            total.add_counts(run.counts)
        total.save()


class SyncRunTotal(models.Model):
    """What the runs of one kind came to in a month, after the single ones were removed. `counts` has the
    form of a run's, without errors."""

    source = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=SyncRun.Kind)
    month = models.DateField(help_text="The first day of the month.")
    runs = models.PositiveIntegerField(default=0)
    incomplete = models.PositiveIntegerField(
        default=0, help_text="Number of runs that failed or were partial."
    )
    requests = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)

    objects = SyncRunTotalQuerySet.as_manager()

    class Meta:
        verbose_name = "monthly sync total"
        verbose_name_plural = "monthly sync totals"
        ordering = ["-month", "source", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "month"], name="sync_run_total_per_month"
            )
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} {self.kind} {self.month:%Y-%m}"

    def add_counts(self, counts: dict[str, dict[str, object]]) -> None:
        for stream, found in counts.items():
            sums = self.counts.setdefault(stream, {})
            for name, value in found.items():
                if isinstance(value, int):
                    sums[name] = sums.get(name, 0) + value


@cache
def newest_successes(
    names: tuple[str, ...],
) -> models.QuerySet[SyncRun, Any]:
    """Return one row, with the end of each source's newest success. Made once, because that takes longer than
    asking."""
    done = SyncRun.objects.complete().filter(finished_at__isnull=False)
    ends = done.order_by("-started_at").values("finished_at")
    columns = {name: models.Subquery(ends.filter(source=name)[:1]) for name in names}
    return SyncRun.objects.order_by("pk").values(**columns)
