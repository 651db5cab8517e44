"""What every synced fact has in common, the books of the sync (states, runs, rejected items, leases),
and the tokens of the API."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat, TruncDate
from django.utils import timezone

from lifetracker import days
from lifetracker.http import TryLater

MANUAL = "Manual"

# Stands for "as far back as the service has anything".
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


# Of a run that has not come to its end.
ACTIVE = ("queued", "running")

# The lease of a source's runs is this and the source's name.
SYNC_LEASE = "sync:"


# Longer than anything here waits, and than a lease lasts: what is farther ahead was written while this
# machine's clock was wrong, and counts for nothing.
LONGEST_WAIT = timedelta(days=2)


def has_come(column: str, now: datetime) -> Q:
    """Of times until which something waits, those that are over, or not credible."""
    over = Q(**{f"{column}__lte": now}) | Q(**{f"{column}__gt": now + LONGEST_WAIT})
    return over | Q(**{f"{column}__isnull": True})


# Farther out not every zone has a date.
DATED_IN_EVERY_ZONE = (datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC))


def new_source_id() -> str:
    return str(uuid.uuid4())


class SourceRecordQuerySet(models.QuerySet[Any]):
    def live(self) -> Self:
        """Without the tombstones of what is gone upstream."""
        return self.filter(deleted_at__isnull=True)

    def happened(self) -> Self:
        """Return the live records whose moment has come. All figures and each newest record are of
        these, because the clock of a device may be ahead. To be asked when it is needed, and not
        once for all."""
        has_come, unknown = Q(), Q()
        for column in self.model.moments:
            has_come |= unknown & Q(**{f"{column}__lte": days.latest()})
            unknown &= Q(**{f"{column}__isnull": True})
        return self.live().filter(has_come | unknown)

    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        """Give the records whose day goes by `TIME_ZONE` their day in `zone`; `before` is the zone in
        which they have it, where that is known. Without an own definition there are none."""

    def date_by(self, moment: Any, zone: tzinfo, **also: Any) -> int:
        """Let `date` be the day of `moment` on clocks of `zone`, in one statement, and other columns
        what they are said to be; return how many records this changed."""
        values = {"date": TruncDate("at", tzinfo=zone), **also}
        rows = self.annotate(at=moment).filter(at__range=DATED_IN_EVERY_ZONE).exclude(**values)
        return int(rows.update(**values, updated_at=timezone.now()))


class SourceRecord(models.Model):
    """One fact, known by (`source`, `source_id`): synced from a service, or typed in with the
    source `Manual`."""

    source = models.CharField(max_length=20, default=MANUAL, editable=False)
    source_id = models.CharField(max_length=64, default=new_source_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # Moves only when a value changed: the sync writes nothing for a row that stayed the same.
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the sync found it gone upstream."
    )
    raw = models.JSONField(
        null=True, blank=True, editable=False, help_text="The payload as the service sent it."
    )
    # Of all synced values together: tells an unchanged row without comparing column by column.
    digest = models.CharField(max_length=32, default="", editable=False)

    #: The columns of the moment at which all of it is past; the first that is not NULL counts.
    moments: ClassVar[tuple[str, ...]] = ()

    objects = SourceRecordQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="%(app_label)s_%(class)s_source_id_unique"
            )
        ]

    @property
    def in_future(self) -> bool:
        """Whether it is dated in the future: kept, and in no figure until then."""
        return days.is_dated_ahead(*(getattr(self, column) for column in self.moments))


class SyncStateQuerySet(models.QuerySet["SyncState"]):
    def of(self, source: str, stream: str) -> SyncState:
        """The stored state, or a new one (not saved) that has verified nothing."""
        return self.filter(source=source, stream=stream).first() or SyncState(
            source=source, stream=stream
        )


class SyncState(models.Model):
    """How much of one stream is verified: every page of `[verified_from, verified_to)` was read,
    and every item stored or listed as rejected. `full_from` says how far back a `--full` pass that
    is not finished has come. `changed_to` is the moment, by the service's clock, up to which all
    changes are known, where the service can be asked for them."""

    source = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    verified_from = models.DateTimeField(null=True, blank=True)
    verified_to = models.DateTimeField(null=True, blank=True)
    full_from = models.DateTimeField(null=True, blank=True)
    changed_to = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

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
        return f"{self.source} {self.stream}"

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


class DayZone(models.Model):
    """The time zone in which the stored days were made, where they go by `TIME_ZONE`: one row."""

    zone = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.zone


class PlannedSync(models.Model):
    """The interval that was last put into the queue's schedule for a source, so that what a person
    has changed there, or deleted, is told from what the settings say anew."""

    source = models.CharField(max_length=20, primary_key=True)
    hours = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.source} every {self.hours} h"


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def syncs(self) -> Self:
        """Those that tell how far a source is known: what a service pushes is only a part of what
        there is, and so is the history of one stream alone. Another try of rejected items asks the
        service for nothing."""
        kinds = SyncRun.Kind
        return self.exclude(kind__in=(kinds.WEBHOOK, kinds.BACKFILL, kinds.RETRY))

    def ended(self) -> Self:
        return self.exclude(status__in=ACTIVE)

    def complete(self) -> Self:
        return self.syncs().filter(status=SyncRun.Status.SUCCESS)

    def last_success(self, source: str) -> SyncRun | None:
        return self.complete().filter(source=source).first()

    def last_success_per_source(self, names: Iterable[str]) -> dict[str, datetime]:
        """In one statement that reads a few rows by the index, however long the ledger is."""
        found = newest_successes(tuple(names)).first() or {}
        return {name: at for name, at in found.items() if at}

    def active(self) -> Self:
        """Waiting or at work."""
        return self.filter(status__in=ACTIVE)

    def to_take_up(self, now: datetime) -> Self:
        """Runs of the queue that nobody is at: those that wait, and those whose process is gone."""
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
            error="The process stopped before the run was finished; the next run goes on from there.",
        )


class SyncRun(models.Model):
    """One attempt to read windows of a source's streams. `counts` maps a stream's name to how many
    of its items were seen, created, updated, unchanged, deleted and rejected, and to its error if
    it had one. `days` of 0: whatever the kind means by itself."""

    class Kind(models.TextChoices):
        TODAY = "today"
        INCREMENTAL = "incremental"
        MANUAL = "manual"
        FULL = "full"
        BACKFILL = "backfill"
        RETRY = "retry"
        WEBHOOK = "webhook"

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCESS = "success"
        PARTIAL = "partial"
        FAILED = "failed"

    source = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.RUNNING)
    window_start = models.DateTimeField(null=True, blank=True)
    window_end = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    days = models.PositiveIntegerField(default=0)
    # Carried out by the workers of the queue, who take it up again when its process dies.
    in_queue = models.BooleanField(default=False)
    # How often it was taken up without getting any further.
    attempts = models.PositiveSmallIntegerField(default=0)
    # When a message about it was last given to the queue, and before when it must not go on.
    enqueued_at = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField(null=True, blank=True)
    requests = models.PositiveIntegerField(default=0)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(null=True, blank=True)
    # Of those done, the ones that could not be read.
    progress_failed = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            # The newest run of a source: the sync status, the home page, the health answer.
            models.Index(fields=["source", "-started_at"], name="sync_run_newest_per_source"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "days"],
                condition=Q(in_queue=True, status__in=ACTIVE),
                name="sync_run_queued_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def must_wait(self) -> bool:
        """Whether its time to go on is still to come."""
        now = timezone.now()
        return self.resume_at is not None and now < self.resume_at <= now + LONGEST_WAIT

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def up_to_date(self) -> int:
        """How many of the `progress_total` pieces are as the service has them."""
        return self.progress_done - self.progress_failed

    @property
    def has_gaps(self) -> bool:
        """Whether it succeeded and still has something to tell: a remark, a part that could not be
        read, an item that could not be stored."""
        return bool(self.error or self.progress_failed or self.total("rejected"))

    def total(self, count: str) -> int:
        """Over all streams: `total("created")`."""
        return sum(int(stream.get(count, 0)) for stream in self.counts.values())

    @property
    def records_synced(self) -> int:
        """How many records were stored, or found as they were."""
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
    month = models.DateField(help_text="Its first day.")
    runs = models.PositiveIntegerField(default=0)
    incomplete = models.PositiveIntegerField(
        default=0, help_text="Of the runs, those that failed or were partial."
    )
    requests = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)

    objects = SyncRunTotalQuerySet.as_manager()

    class Meta:
        verbose_name = "month of sync runs"
        verbose_name_plural = "months of sync runs"
        ordering = ["-month", "source", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "month"], name="sync_run_total_per_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.month:%Y-%m}"

    def add_counts(self, counts: dict[str, Any]) -> None:
        for stream, found in counts.items():
            sums = self.counts.setdefault(stream, {})
            for name, value in found.items():
                if isinstance(value, int):
                    sums[name] = sums.get(name, 0) + value


@cache
def newest_successes(
    names: tuple[str, ...],
) -> models.QuerySet[SyncRun, Any]:
    """One row, with the end of each source's newest success. Made once, because that takes longer than
    asking."""
    done = SyncRun.objects.complete().filter(finished_at__isnull=False)
    ends = done.order_by("-started_at").values("finished_at")
    columns = {name: models.Subquery(ends.filter(source=name)[:1]) for name in names}
    return SyncRun.objects.order_by("pk").values(**columns)


# Characters of a rejected payload that are kept: enough to see what is wrong with it.
MOST_OF_PAYLOAD = 64 * 1024


class RejectedItemQuerySet(models.QuerySet["RejectedItem"]):
    def pending(self) -> Self:
        """Those that nobody has dismissed."""
        return self.filter(dismissed_at=None)

    def record(self, source: str, stream: str, item_key: str, *, payload: str, reason: str) -> bool:
        """Keep an item; return whether it is pending. One that was dismissed stays so until its payload
        changes."""
        key: dict[str, Any] = {"source": source, "stream": stream, "item_key": item_key}
        found: dict[str, Any] = {
            "payload": payload[:MOST_OF_PAYLOAD],
            "payload_length": len(payload),
        }
        dismissed = self.filter(**key, **found).exclude(dismissed_at=None)
        if dismissed.update(reason=reason, last_seen_at=timezone.now()):
            return False
        self.update_or_create(**key, defaults={**found, "reason": reason, **NOT_DISMISSED})
        return True

    def dismiss(self, by: str, why: str) -> int:
        """Put aside those that are pending, with the reason and whose word it is; how many."""
        return self.pending().update(
            dismissed_at=timezone.now(), dismissed_by=by, dismissal_reason=why
        )

    def take_back(self) -> int:
        """Let those that were dismissed be pending again; how many."""
        return self.exclude(dismissed_at=None).update(**NOT_DISMISSED)


NOT_DISMISSED = {"dismissed_at": None, "dismissed_by": "", "dismissal_reason": ""}


class RejectedItem(models.Model):
    """An item that could not be stored: kept as received until it can be, never lost and never in
    the others' way. One that was dismissed is not counted and not tried again."""

    source = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    # The item's own id where it can be read, else a digest of the payload: re-reading lists an item
    # once.
    item_key = models.CharField(max_length=80)
    # Text, not JSON: what is broken may be something that a JSON column refuses.
    # What is longer is cut.
    payload = models.TextField()
    payload_length = models.PositiveIntegerField(default=0)
    reason = models.TextField()
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now=True)
    dismissed_at = models.DateTimeField("dismissed", null=True, blank=True)
    # A name and no reference: who it was stays known when the account is gone.
    dismissed_by = models.CharField(max_length=150, blank=True, default="")
    dismissal_reason = models.TextField(blank=True, default="")

    objects = RejectedItemQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "stream", "item_key"], name="rejected_item_listed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.stream} {self.item_key}"

    @property
    def is_cut(self) -> bool:
        return self.payload_length > len(self.payload)


class PendingDeletion(models.Model):
    """A record that its service did not list any more, together with so many others that it was not
    marked as deleted. It is as soon as a run on another day misses it too, or the owner accepts it."""

    source = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    source_id = models.CharField(max_length=64)
    held_on = models.DateField(help_text="The day on which it was missing for the first time.")
    accepted = models.BooleanField(
        default=False, help_text="The next sync that misses it marks it as deleted."
    )

    class Meta:
        ordering = ["-held_on", "source", "stream", "source_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "stream", "source_id"], name="pending_deletion_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.stream} {self.source_id}"


# How long a delivery that could not be worked off waits until it is tried again, in minutes; after
# the last of these it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
GIVEN_UP = "Given up. "
# A service may send a delivery again for so long, and is told that it is known.
KNOWN_FOR = timedelta(days=30)


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> Self:
        return self.filter(handled_at__isnull=True)

    def due(self) -> Self:
        """Not worked off, and not waiting for a later attempt."""
        now = timezone.now()
        return self.waiting().filter(has_come("resume_at", now))

    def store(
        self,
        source: str,
        delivery_id: str,
        event: str,
        subject: dict[str, Any],
        resume_at: datetime | None = None,
    ) -> bool:
        """Whether it is new, or was given up before. Without an id, it is known while an equal one
        waits that nobody has taken up yet."""
        if not delivery_id:
            equal = self.waiting().filter(source=source, event=event, subject=subject, attempts=0)
            if equal.exists():
                return False
        row, is_new = self.get_or_create(
            source=source,
            delivery_id=delivery_id or new_source_id(),
            defaults={"event": event, "subject": subject, "resume_at": resume_at},
        )
        return is_new or bool(self.filter(pk=row.pk).try_again())

    def try_again(self) -> int:
        """Those that were given up; how many."""
        given_up = self.filter(handled_at__isnull=False, outcome__startswith=GIVEN_UP)
        return given_up.update(handled_at=None, attempts=0, resume_at=None, outcome="")

    def claim(self, source: str, most: int) -> list[WebhookDelivery]:
        """Those that are due, in the order in which they came, each put off already: whatever
        happens to who has them, they are tried again. For the holder of the source's lease."""
        found = list(self.due().filter(source=source).order_by("pk")[:most])
        now = timezone.now()
        for attempts in {one.attempts for one in found}:
            group = self.filter(pk__in=[one.pk for one in found if one.attempts == attempts])
            if attempts < len(WAITS):
                group.update(attempts=attempts + 1, resume_at=now + WAITS[attempts])
            else:
                group.update(handled_at=now, outcome=Concat(Value(GIVEN_UP), F("outcome")))
        return [one for one in found if one.attempts < len(WAITS)]

    def settle(self, deliveries: Iterable[WebhookDelivery], outcome: str = "") -> None:
        """They are worked off."""
        mine = self.waiting().filter(pk__in=[one.pk for one in deliveries])
        mine.update(handled_at=timezone.now(), resume_at=None, outcome=outcome)

    def forget_old(self) -> int:
        return self.filter(handled_at__lt=timezone.now() - KNOWN_FOR).delete()[0]

    def give_up(self, why: str) -> int:
        """Mark those that wait as given up."""
        return self.waiting().update(
            handled_at=timezone.now(), resume_at=None, outcome=f"{GIVEN_UP}{why}"
        )


class WebhookDelivery(models.Model):
    """What a service pushed: verified, kept until it is worked off, and known by (`source`,
    `delivery_id`) for a while after, so that a double has no effect.

    `subject` says where to look; the record itself is always fetched, so that neither the order
    nor the number of deliveries matters.
    """

    source = models.CharField(max_length=20)
    delivery_id = models.CharField(max_length=80)
    event = models.CharField(max_length=40)
    subject = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    resume_at = models.DateTimeField(null=True, blank=True)
    # What the last attempt met, where it did not do its work.
    outcome = models.TextField(blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "delivery_id"], name="webhook_delivery_once")
        ]
        indexes = [
            # What `claim` reads, however many were worked off.
            models.Index(
                fields=["source", "id"],
                condition=Q(handled_at__isnull=True),
                name="webhook_delivery_waiting",
            ),
            # What `forget_old` deletes.
            models.Index(fields=["handled_at"], name="webhook_delivery_handled"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event} {self.delivery_id}"


class LeaseQuerySet(models.QuerySet["Lease"]):
    def acquire(self, name: str, duration: timedelta) -> HeldLease | None:
        """The lease, or None while somebody else holds it. Claimed by a conditional UPDATE, so that
        of any number of processes on any number of machines one gets it."""
        holder = new_source_id()
        now = timezone.now()
        self.bulk_create([Lease(name=name, expires_at=now)], ignore_conflicts=True)
        free = self.filter(has_come("expires_at", now), name=name)
        if free.update(holder=holder, expires_at=now + duration) != 1:
            return None
        return HeldLease(name, holder, duration)

    def wait(self, name: str, duration: timedelta) -> HeldLease:
        """The lease as soon as it is free, which is at the latest when its holder's has run out."""
        while (lease := self.acquire(name, duration)) is None:
            time.sleep(0.05)
        return lease


class Lease(models.Model):
    """A right that one process at a time has, and that frees itself when its holder dies."""

    name = models.CharField(max_length=60, primary_key=True)
    holder = models.CharField(max_length=36, default="")
    expires_at = models.DateTimeField()

    objects = LeaseQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class LeaseLost(TryLater):
    """Another process has taken the work over, because this one was silent for too long."""


class HeldLease:
    """A lease in the hands of this process, until the end of the `with` block."""

    def __init__(self, name: str, holder: str, duration: timedelta) -> None:
        self._mine = Lease.objects.filter(name=name, holder=holder)
        self._duration = duration

    def renew(self) -> None:
        """Push the expiry out. As the first statement of a transaction it also fences that
        transaction: nobody can take the lease until the transaction ends. Raises LeaseLost."""
        if self._mine.update(expires_at=timezone.now() + self._duration) != 1:
            raise LeaseLost("Another process took this work over.", after=self._duration)

    def release(self) -> None:
        # Long ago: a clock that was ahead must not keep it from others once it is right.
        self._mine.update(expires_at=BEGINNING, holder="")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()


# By this a token is known for one wherever it turns up: by people, and by what scans for secrets.
TOKEN_PREFIX = "lt_"  # noqa: S105 - no secret
# So much of a secret is shown in lists; what remains is far beyond guessing.
SHOWN = len(TOKEN_PREFIX) + 6
USE_IS_NOTED_EVERY = timedelta(minutes=5)


def digest_of(secret: str) -> str:
    """What is kept of a token. Its secret is 256 bits of chance, which nobody can try through: a slow
    hash, as for passwords, would only make each request slow."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        now = timezone.now()
        return self.filter(revoked_at=None).exclude(expires_at__lte=now)

    def of(self, secret: str) -> ApiToken | None:
        """The token with this secret, usable or not, and its person."""
        return self.select_related("user").filter(digest=digest_of(secret)).first()

    def issue(
        self, user: Any, name: str, *, read_only: bool = False, days: int | None = None
    ) -> IssuedToken:
        """A new token, which works for `days` from now, or until it is revoked. Its secret is known
        here and now, and never again."""
        token = self.model(user=user, name=name, read_only=read_only)
        if days is not None:
            token.expires_at = timezone.now() + timedelta(days=days)
        secret = token.draw_secret()
        token.save()
        return IssuedToken(token, secret)

    def revoke(self) -> int:
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())


class ApiToken(models.Model):
    """What a script shows instead of a login. It is kept as a digest, and can do what its person can,
    or of that only read."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=60, help_text="Which script or device it is for.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField("begins with", max_length=SHOWN, editable=False)
    read_only = models.BooleanField(
        "for reading only",
        default=False,
        help_text="It can neither change anything nor start a sync.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(
        "expires", null=True, blank=True, help_text="Left empty: when it is revoked."
    )
    last_used_at = models.DateTimeField("last used", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("revoked", null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=Q(revoked_at=None),
                name="api_token_named_once_per_user",
                violation_error_message="You have a token of this name already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def draw_secret(self) -> str:
        """A new secret, of which the digest and the beginning are kept."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        self.digest, self.prefix = digest_of(secret), secret[:SHOWN]
        return secret

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def refusal(self) -> str:
        """Why it opens nothing; empty if it does."""
        if self.revoked_at:
            return "This API token is revoked."
        if self.has_expired:
            return "This API token has expired."
        return "" if self.user.is_active else "The account of this API token is switched off."

    def note_use(self) -> None:
        """To within some minutes, so that what only reads hardly ever writes."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at >= USE_IS_NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)


class IssuedToken(NamedTuple):
    token: ApiToken
    secret: str
