"""The only loop that reads a stream: pages -> rows -> upsert -> state.

A run reads windows of time. What came is stored even when a later page fails, but a window counts
as verified, and what it lacks as deleted, only after its last page. All windows overlap what was
read before, and the upsert makes that harmless: every item is read at least once.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from lifetracker.deletions import Deletions, DeletionsHeld
from lifetracker.http import BadResponse, NeedsReauthorization, NotConfigured, SyncError, TryLater
from lifetracker.mapping import BAD_VALUE, Item, Unmappable, to_json
from lifetracker.models import (
    BEGINNING,
    SYNC_LEASE,
    HeldLease,
    Lease,
    LeaseLost,
    RejectedItem,
    SourceRecord,
    SyncRun,
    SyncState,
)
from lifetracker.redating import follow_time_zone
from lifetracker.streams import (
    Between,
    Changes,
    ChangesLost,
    Extent,
    Incomplete,
    Related,
    ServiceClient,
    Since,
    Source,
    Stream,
    Window,
)
from lifetracker.upsert import Batch, Written, bury, ids_of, join, upsert
from lifetracker.webhooks import work_off

# Rows by their source_id.
Rows = dict[str, dict[str, Any]]

DEFAULT_RANGE = timedelta(days=30)
# Rows to a transaction: few enough that other writers hardly wait, many enough that statements cost
# little.
BATCH = 250
MOST_IDLE_PAGES = 2
# How often pages that move are read again, until they bring nothing new.
MOST_PASSES = 4
ONE_DAY = timedelta(days=1)
# What the clocks of two machines may differ.
CLOCK_ERROR = timedelta(hours=1)
# How late a change may show itself at a service that is asked for changes.
LATE = timedelta(days=7)
NO_TIME = timedelta(0)
# So many stored records are looked for, before an empty answer is believed.
SAMPLES = 5
# How often a run of the queue is taken up without getting any further.
MOST_ATTEMPTS = 5
# Longer than any silence of a living run: one request with its timeouts, one batch.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Order:
    """What a run is to read: the last `days` whole, the whole history (`full`), or what is not
    verified yet. `only`: the name of the one record that the source is to work at.
    `accept_deletions`: what is missing is deleted, however much it is."""

    kind: SyncRun.Kind = SyncRun.Kind.INCREMENTAL
    days: int | None = None
    full: bool = False
    only: str = ""
    accept_deletions: bool = False

    @classmethod
    def of(
        cls, days: int | None = None, *, full: bool = False, accept_deletions: bool = False
    ) -> Order:
        """As a person gives it."""
        kind = SyncRun.Kind.MANUAL if days else SyncRun.Kind.INCREMENTAL
        kind = SyncRun.Kind.FULL if full else kind
        return cls(
            kind, None if full else days or None, full=full, accept_deletions=accept_deletions
        )

    @classmethod
    def of_run(cls, record: SyncRun) -> Order:
        """As the ledger has it."""
        full = record.kind == SyncRun.Kind.FULL and not record.days
        return cls(SyncRun.Kind(record.kind), record.days or None, full=full)


class ClocksDiffer(BadResponse):
    """The service's clock shows another time than this machine's."""


class Listener:
    """Told how a run goes. Does nothing; commands overwrite what they show."""

    def progress(self, stream: str, extent: Extent, seen: int) -> None:
        """`seen` more items were stored."""

    def waiting(self, seconds: float, why: str) -> None:
        """The run sleeps for so long."""

    def working(self, record: SyncRun) -> None:
        """`record.progress_done` of `progress_total` pieces of the source's work are done."""


@dataclass
class Counts:
    """What came of one stream in one run."""

    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    # So many were missing that they were not marked as deleted.
    held: int = 0
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value != ""}


# --- What to read ---------------------------------------------------------------------------------


class Step(NamedTuple):
    """What to read next. `full`: it belongs to a pass over the whole history."""

    extent: Window | Since
    full: bool = False


# Yields steps, and is sent how many items each of them brought.
Plan = Generator[Step, int, None]


@dataclass(frozen=True)
class Planning:
    """What a plan is made of. `load` gives the stream's state as it is stored at that moment, and
    `count` the rows that are stored of a window."""

    between: Between
    now: datetime
    load: Callable[[], SyncState]
    count: Callable[[Window], int] = lambda _window: 0
    changes: Changes | None = None

    def pieces(self, window: Window) -> Iterable[Window]:
        """The window in parts of which none is known to hold more than the stream's `aim`."""
        if window.start >= window.end:
            return
        for piece in window.split(self.between.piece):
            yield from self._fitting(piece)

    def _fitting(self, window: Window) -> Iterable[Window]:
        half = (window.end - window.start) / 2
        if half < ONE_DAY or self.fits(window):
            yield window
        else:
            for part in window.split(half):
                yield from self._fitting(part)

    def fits(self, window: Window) -> bool:
        return not self.between.aim or self.count(window) <= self.between.aim


def plan(order: Order, made_of: Planning) -> Plan:
    """What to read of one stream."""
    now, changes = made_of.now, made_of.changes
    state = made_of.load()
    told = order.days is None and changes is not None and state.changed_to is not None
    if told and changes and state.changed_to:
        # Before a whole pass too: what a list says may be older.
        yield Step(changes.after(state.changed_to))
    if order.full:
        yield from plan_full(made_of)
    elif order.days is not None:
        yield from plan_windows([Window(now - timedelta(days=order.days), now)], made_of)
    else:
        yield from plan_windows(windows_after(state, made_of, told=told), made_of)


def windows_after(before: SyncState, made_of: Planning, *, told: bool) -> list[Window]:
    """What an incremental run has to read in windows, with the state as it was `before` the
    changes were asked for."""
    now, lookback = made_of.now, made_of.between.lookback
    if not told or made_of.changes is None:
        return unverified(before, lookback, now)
    after = made_of.load()
    if after.changed_to is None:  # they were lost
        known_to = min(before.verified_to or now, now)
        return [Window(min(known_to - lookback, now - DEFAULT_RANGE), now)]
    if made_of.changes.gone:
        # Tombstones were told too, so that nothing has to be looked for.
        return unverified(after, NO_TIME, now)
    return unverified(before, lookback, now)


def plan_windows(windows: Iterable[Window], made_of: Planning) -> Plan:
    for window in windows:
        for piece in made_of.pieces(window):
            yield Step(piece)


def unverified(state: SyncState, lookback: timedelta, now: datetime) -> list[Window]:
    """What is not verified of the last 30 days, or of all that came after the verified stretch, and
    the lookback."""
    earliest = now - DEFAULT_RANGE
    if state.verified_from is None or state.verified_to is None:
        return [Window(earliest, now)]
    if state.verified_to > now + CLOCK_ERROR:
        # Written while the clock was wrong, so nobody knows up to which moment it is true.
        return [Window(min(state.verified_from, earliest), now)]
    recent = Window(min(state.verified_to, now) - lookback, now)
    if state.verified_from <= earliest:
        return [recent]
    if recent.start <= state.verified_from:
        return [Window(earliest, now)]
    return [recent, Window(earliest, state.verified_from)]


def plan_full(made_of: Planning) -> Plan:
    """The whole history, newest first, from where an unfinished pass stopped."""
    state, between, now = made_of.load(), made_of.between, made_of.now
    boundary, length = now, between.first
    if state.full_from is not None:
        boundary, length = state.full_from, between.piece
    if state.full_from is not None or (state.verified_to or now) < now - between.first:
        yield from plan_windows(unverified(state, between.lookback, now), made_of)
    while boundary > BEGINNING:
        while length > ONE_DAY and not made_of.fits(Window(boundary - length, boundary)):
            length /= 2
        start = boundary - length
        window = Window(BEGINNING if start <= between.earliest else start, boundary)
        brought = yield Step(window, full=True)
        boundary, length = window.start, between.piece_after(window, brought)


# --- Reading it -----------------------------------------------------------------------------------


def sync(
    source: Source,
    order: Order,
    listener: Listener | None = None,
    patience: timedelta = LEASE + timedelta(seconds=5),
    record: SyncRun | None = None,
) -> SyncRun:
    """Carry out one run and return its row in the ledger, whatever came of it. `record`: the row of
    a run of the queue, which goes on from where its last process left it.

    Raises NotConfigured and NeedsReauthorization before anything was tried, and TryLater while another run of the source is
    at work for longer than `patience`; what goes wrong later is told by the run's status and error.
    """
    listener = listener or Listener()
    if missing := source.missing_consent():
        raise NeedsReauthorization(missing.text)
    follow_time_zone()
    with closing(source.client()) as client, take_lease(source, listener, patience) as lease:
        SyncRun.objects.close_abandoned(source.name)
        run = Run(source, lease, listener, order.kind, accept_deletions=order.accept_deletions)
        if record is None or run.take_up(record):
            with run.recorded():
                run.begin(client)
                if order.kind == SyncRun.Kind.WEBHOOK:
                    work_off(run)
                else:
                    run.read(order)
    return run.record


def retry_rejected(source: Source, listener: Listener | None = None) -> SyncRun:
    """Map the rejected items of a source again, without a request. Those that fit now are stored
    and leave the list."""
    listener = listener or Listener()
    with take_lease(source, listener, LEASE) as lease:
        run = Run(source, lease, listener, SyncRun.Kind.RETRY)
        with run.recorded():
            run.retry()
    return run.record


def take_lease(source: Source, listener: Listener, patience: timedelta) -> HeldLease:
    """The right to sync this source. A run that was killed keeps it for at most `LEASE`, so waiting
    that long tells a dead run from a living one."""
    end = time.monotonic() + patience.total_seconds()
    while (lease := Lease.objects.acquire(SYNC_LEASE + source.name, LEASE)) is None:
        left = end - time.monotonic()
        if left <= 0:
            raise TryLater(f"Another run of {source.name} is at work.", after=LEASE)
        listener.waiting(left, f"another run of {source.name} ends or turns out to be dead")
        time.sleep(min(left, 0.5))
    return lease


@dataclass
class Reading:
    """What is known of a window while it is being read."""

    ids: set[str] = field(default_factory=set)
    # An item whose id cannot be read could be any row: then no row can be called missing.
    all_ids_known: bool = True
    items: int = 0
    # Nothing came, although something is stored, nor is anything else listed that was before.
    blind: bool = False
    # More than these no account has.
    most: int | None = None
    # Of earlier passes; of the one that is on, and pages of it in a row that brought nothing new.
    earlier: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    idle: int = 0
    # What is listed and is not of the stream's kind.
    others: set[str] = field(default_factory=set)
    # By the service's clock, the latest change among the items, and when the first came.
    mark: datetime | None = None
    began: datetime | None = None


class Run:
    """One run: its lease, its row in the ledger, and the reading of windows."""

    client: ServiceClient  # known while windows are read
    order: Order

    def __init__(
        self,
        source: Source,
        lease: HeldLease,
        listener: Listener,
        kind: SyncRun.Kind,
        *,
        accept_deletions: bool = False,
    ) -> None:
        self.source = source
        self.lease = lease
        self.listener = listener
        self.record = SyncRun(source=source.name, kind=kind)
        self.counts = {stream.name: Counts() for stream in source.streams}
        self.now = timezone.now()
        self.deletions = Deletions(source.name, accept=accept_deletions)
        # By stream and kind of error, the last text.
        self._errors: dict[str, dict[type[SyncError], str]] = {}
        # Per stream, what the service told as changed in this run: newer than what it lists.
        self.told: dict[str, set[str]] = {stream.name: set() for stream in source.streams}
        # Streams of which the service did not tell all changes.
        self.lost: set[str] = set()
        # Models of which a row was referred to and not found, and those whose rows were read.
        self.missed: set[type[SourceRecord]] = set()
        self.came: set[type[SourceRecord]] = set()
        # What went wrong with single records, and is marked on them; the run is good all the same.
        self.remarks: list[str] = []
        # By stream, whether the service still lists records that it listed before.
        self._in_sight: dict[str, bool] = {}
        self._requests_before = 0
        self._requests_made: Callable[[], int] = lambda: 0
        self._renewed = time.monotonic()

    def take_up(self, record: SyncRun) -> bool:
        """Go on with a run of the queue, unless it has come to its end meanwhile: another process
        may have had the lease before this one."""
        self.record = record
        record.refresh_from_db()
        if not record.is_active:
            return False
        record.attempts += 1
        if record.attempts > MOST_ATTEMPTS:
            record.status, record.finished_at = SyncRun.Status.FAILED, timezone.now()
            record.error = f"Given up: it was taken up {MOST_ATTEMPTS} times without getting any further. {record.error}"
            record.save()
            return False
        is_new = record.status == SyncRun.Status.QUEUED and not record.counts
        # What is pushed concerns what was there before as well.
        if is_new or record.kind == SyncRun.Kind.WEBHOOK:
            record.started_at = timezone.now()
        record.status, record.error, record.resume_at = SyncRun.Status.RUNNING, "", None
        self._requests_before = record.requests
        for name, counts in record.counts.items():
            if name in self.counts:
                self.counts[name] = Counts(**counts | {"error": ""})
        return True

    def pulse(self, seconds: float) -> None:
        """Keep the lease while requests take their time, but do not spend a statement on each."""
        if seconds >= 1:
            self.listener.waiting(seconds, f"{self.source.name} may be asked again")
        if time.monotonic() - self._renewed > LEASE.total_seconds() / 4:
            self.renew()

    def renew(self) -> None:
        self.lease.renew()
        self._renewed = time.monotonic()

    # --- the ledger

    def recorded(self) -> Recorded:
        return Recorded(self)

    def save(self) -> None:
        self.record.counts = {name: c.as_json() for name, c in self.counts.items()}
        self.record.requests = self._requests_before + self._requests_made()
        if not self.source.work:
            self.progressed(sum(c.seen for c in self.counts.values()), None)
        self.record.save()

    def progressed(self, done: int, total: int | None, failed: int = 0) -> None:
        """So much is done, `failed` of it in vain; whoever gets any further may be stopped and taken up
        again."""
        if done > self.record.progress_done:
            self.record.attempts = min(self.record.attempts, 1)
        self.record.progress_done, self.record.progress_total = done, total
        self.record.progress_failed = failed

    # --- windows

    def begin(self, client: ServiceClient) -> None:
        """From here on requests are made for this run."""
        self.client = client
        self.remarks = client.remarks
        client.door.pulse = self.pulse
        self._requests_made = lambda: client.door.requests_made
        self.record.window_end = self.now

    def read(self, order: Order = Order()) -> None:
        """Read every stream's windows in turns, so that the newest part of all comes before the
        older part of any."""
        self.order = order
        turns: deque[tuple[Stream, Plan, int | None]] = deque()
        for stream in self.source.streams:
            if stream.window is not None:
                turns.append((stream, plan(order, self._planning(stream, stream.window)), None))
            elif order != Order() or not self._still_good(stream):
                whole = Window(BEGINNING, self.now) if order.full and stream.every else None
                self._guarded(stream, whole)
        while turns:
            stream, steps, brought = turns.popleft()
            try:
                step = steps.send(brought)  # type: ignore[arg-type]  # None starts a generator
            except StopIteration:
                continue
            brought = self._guarded(stream, step.extent, full=step.full)
            if brought is not None:
                turns.append((stream, steps, brought))
        self._fetch_missed()
        self.repair()
        if self.source.work:
            self.source.work(self)

    def _planning(self, stream: Stream, between: Between) -> Planning:
        return Planning(
            between,
            self.now,
            load=partial(SyncState.objects.of, self.source.name, stream.name),
            count=lambda window: self._rows_within(stream, window).count(),
            changes=stream.changes,
        )

    def _fetch_missed(self) -> None:
        """Read a list after all that seemed still good, if new rows refer to what it lacked."""
        if any(counts.created or counts.updated for counts in self.counts.values()):
            for stream in self.source.streams:
                if stream.window is None and stream.model in self.missed - self.came:
                    self._guarded(stream, None)

    def _still_good(self, stream: Stream) -> bool:
        """Whether a list that is given whole was read a short while ago."""
        read = SyncState.objects.of(self.source.name, stream.name).verified_to
        return bool(stream.every and read and NO_TIME <= self.now - read < stream.every)

    def _guarded(self, stream: Stream, extent: Extent, *, full: bool = False) -> int | None:
        """How many items were read; None if the stream failed, which does not stop the others. What
        only the person can mend, and a wait that the service asks for, stops them all."""
        try:
            return self.read_extent(stream, extent, full=full)
        except (NotConfigured, NeedsReauthorization):
            raise
        except ChangesLost as error:
            # Windows show what they can of it.
            self._tell(stream, error)
            return 0
        except Incomplete as error:
            self._tell(stream, error)
            return error.brought
        except SyncError as error:
            self._tell(stream, error)
            if isinstance(error, TryLater) and error.after is not None:
                raise
            return None

    @property
    def service(self) -> str:
        """As it writes its own name."""
        return self.client.door.service

    def _tell(self, stream: Stream, error: SyncError) -> None:
        """Say in the ledger what went wrong with a stream, beside what went wrong in another way."""
        errors = self._errors.setdefault(stream.name, {})
        errors[type(error)] = str(error)
        self.counts[stream.name].error = " ".join(errors.values())

    def read_extent(self, stream: Stream, extent: Extent, *, full: bool = False) -> int:
        stored = self._stored(stream.model).count() if isinstance(extent, Since) else 0
        reading = Reading(most=stream.most_items(extent, self.now, stored))
        waiting: list[Any] = []
        try:
            for items in self._passes(stream, extent, reading):
                waiting += self._note(stream, items, reading)
                if len(waiting) >= BATCH:
                    batch, waiting = waiting, []
                    self.store(stream, batch, extent)
        except ChangesLost:
            self._refuse_wrong_clock()
            self._forget_changes(stream)
            raise
        finally:
            # What came is kept, whatever happened to the page after it.
            if waiting:
                self.store(stream, waiting, extent)
            self.deletions.settle(stream.name, reading.ids)
        reading.began = reading.began or self.client.door.service_time
        self.came.add(stream.model)
        if isinstance(extent, Since):
            self.told[stream.name] = reading.ids
        if extent or stream.every or stream.deletes_by_absence:
            self._conclude(stream, extent, reading, full=full)
        return reading.items

    def _refuse_wrong_clock(self) -> None:
        """Raise ClocksDiffer where this machine's clock and the service's do: one of them is wrong, and
        with it whatever would be written down of the time up to now."""
        theirs, ours = self.client.door.service_time, timezone.now()
        if theirs and abs(theirs - ours) > CLOCK_ERROR:
            raise ClocksDiffer(
                f"{self.service} says that it is {theirs:%Y-%m-%d %H:%M} UTC, and this machine that it is "
                f"{ours:%Y-%m-%d %H:%M}. What came is stored, but nothing counts as verified or as deleted. "
                "Set this machine's clock. If it is right, sync again later."
            )

    def _conclude(self, stream: Stream, extent: Extent, reading: Reading, *, full: bool) -> None:
        """All pages came: delete what is missing, and claim what was read. Raises Incomplete where
        neither may be, and ClocksDiffer."""
        self._refuse_wrong_clock()
        if not reading.all_ids_known:
            raise Incomplete(
                f"{self.service} sent items without an id that can be read. They are kept among the rejected items, "
                "and this part of the history does not count as verified.",
                reading.items,
            )
        if isinstance(extent, Since):
            held = not self._known(stream, extent, reading)
        else:
            window = extent or Window(BEGINNING, self.now)
            reading.ids |= self._not_visible(stream, window, reading)
            held = not self._verified(stream, window, reading, full=full)
        if held:
            text = self.deletions.describe(self.service, stream.name)
            raise DeletionsHeld(text, reading.items)

    def _delete_missing(
        self, stream: Stream, missing: set[str], rows: set[str], *, blind: bool = False
    ) -> bool:
        """Whether they were marked as deleted, and not held back because they are so many, or because
        the service shows nothing at all (`blind`)."""
        counts = self.counts[stream.name]
        if self.deletions.hold(stream.name, missing, rows, doubtful=blind):
            counts.held = self.deletions.held(stream.name)
            self.save()
            return False
        self.bury(stream, missing)
        return True

    def _not_visible(self, stream: Stream, window: Window, reading: Reading) -> set[str]:
        """The ids of stored records that were not listed, and that may exist all the same: lost access
        is not deletion. Asks the service, so no transaction is open here."""
        is_empty = stream.window is not None and not reading.items
        if not stream.deletes_by_absence or not (is_empty or stream.not_visible):
            return set()
        missing = ids_of(self._rows_within(stream, window)) - reading.ids - self.told[stream.name]
        if missing and is_empty:
            # An ended membership or another account looks the same.
            reading.blind = not self._can_see(stream, window)
        return stream.not_visible(self, missing) if stream.not_visible else set()

    def _can_see(self, stream: Stream, window: Window) -> bool:
        """Whether the service still lists something else that it listed before."""
        dated = {f"{stream.axis}__isnull": False}
        outside = self._stored(stream.model).live().filter(**dated).order_by(stream.axis)
        within = {f"{stream.axis}__gte": window.start, f"{stream.axis}__lt": window.end}
        known = list(outside.exclude(**within).values_list("source_id", stream.axis))
        if not known:
            others = [self.counts[s.name] for s in self.source.streams if s.window and s != stream]
            return any(counts.seen for counts in others)
        if stream.name not in self._in_sight:
            last = len(known) - 1
            chosen = {known[last * n // (SAMPLES - 1)] for n in range(SAMPLES)}
            self._in_sight[stream.name] = any(
                self._is_listed(stream, *one) for one in sorted(chosen, key=itemgetter(1))[::-1]
            )
        return self._in_sight[stream.name]

    def _is_listed(self, stream: Stream, source_id: str, moment: datetime) -> bool:
        around = Window(moment, moment + timedelta(seconds=1))
        pages = stream.pages(self.client, around)
        return any(stream.mapping.source_id(item) == source_id for items in pages for item in items)

    def _passes(self, stream: Stream, extent: Extent, reading: Reading) -> Iterable[list[Any]]:
        """All pages; where they may have moved, again until they bring nothing new. Each pass asks for
        a little more: Withings refuses a question that it has just answered."""
        for number in range(MOST_PASSES):
            known, pages = len(reading.ids), 0
            reading.earlier, reading.passed = set(reading.ids), set()
            for items in stream.pages(self.client, widened(extent, number)):
                pages += 1
                yield items
            if not stream.by_position or pages < 2 or len(reading.ids) == known:
                return

    def _note(self, stream: Stream, items: list[Any], reading: Reading) -> list[Any]:
        """The items that are to be stored: those of the stream's kind that no earlier pass has
        brought, and about which the changes have told nothing newer."""
        ids = [stream.mapping.source_id(item) for item in items]
        known = {source_id for source_id in ids if source_id is not None}
        # One such page may come, as the last one or where something was inserted meanwhile. A
        # stream that reads in its own way looks out for itself.
        reading.idle = 0 if known - reading.passed or stream.read else reading.idle + 1
        reading.passed |= known
        if reading.idle > MOST_IDLE_PAGES:
            raise BadResponse(
                f"{self.service} lists page after page at {stream.path} without anything new, so the list seems to have no end."
            )
        reading.began = reading.began or self.client.door.service_time
        done = self.told[stream.name] | reading.earlier
        if stream.only:
            others = [not stream.only(item) for item in items]
            reading.others |= {i for i, other in zip(ids, others, strict=True) if other and i}
            done |= reading.others
            known -= reading.others
        reading.ids |= known
        self._refuse_endless(stream, reading)
        reading.all_ids_known &= None not in ids
        reading.items += len(items)
        if stream.changes:
            marks = [mark for item in items if (mark := mark_of(item, stream.changes))]
            reading.mark = max([*marks, *filter(None, [reading.mark])], default=None)
        return [item for item, known_id in zip(items, ids, strict=True) if known_id not in done]

    def _refuse_endless(self, stream: Stream, reading: Reading) -> None:
        if reading.most is not None and len(reading.ids) > reading.most:
            raise BadResponse(
                f"{self.service} lists more than {reading.most:,} records at {stream.path}, which no account has, so the list seems to have no end."
            )

    def _known(self, stream: Stream, since: Since, reading: Reading) -> bool:
        """All changes were read to the last: together with what was verified before, that is the
        state of now, if what is gone was told as well. False where nothing may be claimed."""
        with transaction.atomic():
            self.renew()
            missing = self._live_of(stream, reading.others)
            rows = ids_of(self._stored(stream.model).live()) if missing else set()
            if not self._delete_missing(stream, missing, rows):
                return False
            state = SyncState.objects.of(self.source.name, stream.name)
            state.changed_to = self._changed_to(stream, reading, state.changed_to)
            if stream.changes and stream.changes.gone and state.verified_to is not None:
                state.verify(min(state.verified_to, self.now), self.now)
            state.save()
            self._reached(since.moment)
        return True

    def _changed_to(
        self, stream: Stream, reading: Reading, before: datetime | None = None
    ) -> datetime | None:
        """Up to when all changes are known, by what the service itself wrote on them, and never
        later than this run's beginning: what changes while pages are read is asked for again.

        Where nothing has changed for long, the moment follows at a distance. Where the changes were
        too many to be told, it is the moment at which windows were read instead: else they would be
        too many the next time too.
        """
        known = [before, reading.mark and min(reading.mark, self.now)]
        if reading.began:
            began = min(reading.began, self.now)
            # The overlap of the next question must not bring them all again.
            overlap = stream.changes.overlap if stream.changes else NO_TIME
            known.append(began + overlap if stream.name in self.lost else began - LATE)
        return max(filter(None, known), default=None)

    def _forget_changes(self, stream: Stream) -> None:
        """What was verified may have changed, and nobody can tell what of it."""
        with transaction.atomic():
            self.renew()
            state = SyncState.objects.of(self.source.name, stream.name)
            state.changed_to = state.full_from = state.verified_from = state.verified_to = None
            state.save()
            self.lost.add(stream.name)

    def _verified(self, stream: Stream, window: Window, reading: Reading, *, full: bool) -> bool:
        """The window was read to its end: delete what is missing, and move the state, both or
        neither. False where nothing may be claimed."""
        with transaction.atomic():
            self.renew()
            missing = self._live_of(stream, reading.others)
            rows = set(missing)
            if stream.deletes_by_absence:
                rows |= ids_of(self._rows_within(stream, window))
                missing |= rows - reading.ids - self.told[stream.name]
            if not self._delete_missing(stream, missing, rows, blind=reading.blind):
                return False
            self._claim(stream, window, reading, full=full)
        return True

    def _claim(self, stream: Stream, window: Window, reading: Reading, *, full: bool) -> None:
        state = SyncState.objects.of(self.source.name, stream.name)
        state.verify(window.start, window.end)
        # Changes go on from a window that reaches to now: they cannot tell what lies between it
        # and what was verified.
        if stream.changes and window.end == self.now == state.verified_to:
            state.changed_to = state.changed_to or self._changed_to(stream, reading)
        # A pass that left a window unverified goes on from there the next time.
        if full and window.end == (state.full_from or self.now):
            state.full_from = None if window.open_start else window.start
        state.save()
        if stream.window:
            self._reached(window.start)
        else:
            self.save()

    def _live_of(self, stream: Stream, ids: set[str]) -> set[str]:
        """Those of these that are stored as live records."""
        return ids_of(self._stored(stream.model).live().filter(source_id__in=ids)) if ids else set()

    def _reached(self, start: datetime) -> None:
        self.record.window_start = min(start, self.record.window_start or start)
        self.save()

    def _rows_within(self, stream: Stream, window: Window) -> Any:
        if stream.window is None:
            return self._stored(stream.model).live()
        within = {f"{stream.axis}__gte": window.start, f"{stream.axis}__lt": window.end}
        return self._stored(stream.model).live().filter(**within)

    def _stored(self, model: type[SourceRecord]) -> Any:
        """The rows of this source."""
        return model._default_manager.filter(source=self.source.name)

    # --- items

    def store(self, stream: Stream, items: list[Any], extent: Extent = None) -> int:
        """Map and write items. Those that cannot be are listed as rejected; those that can leave
        that list. The service's tombstones are carried out.

        Returns how many were rejected.
        """
        is_gone = tombstones_of(stream)
        gone = [item for item in items if is_gone(item)]
        rows, rejected = self._map(stream, [item for item in items if not is_gone(item)])
        batch = Batch(stream.model, self.source.name, [*stream.mapping.columns, "raw"], rows)
        with transaction.atomic():
            self.renew()
            written = self._write(stream, batch)
            rejected += [(json.loads(row[-1]), reason) for row, reason in written.refused]
            gone_ids = [source_id for item in gone if (source_id := stream.mapping.source_id(item))]
            pending = self._list_rejected(stream, [*batch.ids, *gone_ids], rejected)
            self.bury(stream, gone_ids)
            counts = self.counts[stream.name]
            counts.seen += len(items)
            counts.created += written.created
            counts.updated += written.updated
            counts.unchanged += written.unchanged
            counts.rejected += pending
            self.save()
        self.listener.progress(stream.name, extent, len(items))
        return len(rejected)

    def _write(self, stream: Stream, batch: Batch) -> Written:
        if not batch.rows:
            return Written()
        rows = self._stored(stream.model).filter(source_id__in=batch.ids)
        # Before and after: a part whose value has changed leaves one record and enters another.
        keys = self._joints(stream, rows)
        written = upsert(batch)
        if written.created or written.updated:
            self._join(stream, keys | self._joints(stream, rows))
        return written

    def bury(self, stream: Stream, ids: Iterable[str]) -> None:
        for some in chunks(sorted(ids)):
            rows = self._stored(stream.model).filter(source_id__in=some)
            keys = self._joints(stream, rows)
            self.counts[stream.name].deleted += bury(rows, some)
            self._join(stream, keys)
            self.deletions.settle(stream.name, some)

    def _joints(self, stream: Stream, rows: Any) -> set[Any]:
        return set(rows.values_list(stream.joined.by, flat=True)) if stream.joined else set()

    def _join(self, stream: Stream, keys: set[Any]) -> None:
        if stream.joined and keys:
            join(stream.joined, self._stored(stream.model).live(), self.source.name, keys)

    def _map(
        self, stream: Stream, items: list[Any]
    ) -> tuple[list[list[Any]], list[tuple[Any, str]]]:
        rows, rejected = [], []
        related = self._related(stream, items)
        for item in items:
            try:
                rows.append([*stream.mapping.row(view(stream, item, related)), to_json(item)])
            except (Unmappable, ValueError) as error:
                rejected.append((item, str(error)))
            except RecursionError:
                rejected.append((item, "nested too deeply"))
        return rows, rejected

    def _related(self, stream: Stream, items: list[Any]) -> dict[str, Rows]:
        """By relation, the stored rows that these items refer to, by one query each."""
        found = {}
        for wanted in stream.related:
            keys = {key for item in items for key in wanted.keys_of(item)}
            rows = self._stored(wanted.model).filter(source_id__in=keys) if keys else ()
            found[wanted.name] = by_id(rows, wanted)
            if keys - found[wanted.name].keys():
                self.missed.add(wanted.model)
        return found

    def _list_rejected(
        self, stream: Stream, tried: list[str], rejected: list[tuple[Any, str]]
    ) -> int:
        """Return how many of the rejected ones nobody has dismissed."""
        mine = RejectedItem.objects.filter(source=self.source.name, stream=stream.name)
        if mine.exists():
            refused = {item_key(stream, item, as_text(item)) for item, _ in rejected}
            mine.filter(item_key__in=tried).exclude(item_key__in=refused).delete()
        pending = 0
        for item, reason in rejected:
            payload = as_text(item)
            pending += mine.record(
                self.source.name,
                stream.name,
                item_key(stream, item, payload),
                payload=payload,
                reason=reason,
            )
        return pending

    def retry(self) -> None:
        for stream in self.source.streams:
            listed = RejectedItem.objects.filter(source=self.source.name, stream=stream.name)
            cut = 0
            for kept in list(listed.pending()):
                if self._deleted_since(stream, kept):
                    continue
                if kept.is_cut:
                    cut += 1
                    continue
                if not self.store(stream, [json.loads(kept.payload)]):
                    # Under another key, if its id could not be read before.
                    listed.filter(pk=kept.pk).delete()
            if cut:
                self.remarks.append(too_long_to_retry(self.source, stream, cut))
        self.repair()

    def _deleted_since(self, stream: Stream, kept: RejectedItem) -> bool:
        """Whether the service has deleted the record after it sent what was rejected."""
        rows = self._stored(stream.model).filter(source_id=kept.item_key)
        return bool(rows.filter(deleted_at__gte=kept.last_seen_at).exists())

    def repair(self) -> None:
        """Map again, from their payloads, rows whose copies differ from what they were copied from:
        that has come, or has changed, since."""
        for stream in self.source.streams:
            living = self._stored(stream.model).live()
            stale: set[str] = set()
            for related in stream.related:
                stale |= (
                    self._stale_lists(living, related)
                    if related.many
                    else set(stale_copies(living, related))
                )
            ids = sorted(stale)
            for start in range(0, len(ids), BATCH):
                rows = living.filter(source_id__in=ids[start : start + BATCH])
                self.store(stream, list(rows.values_list("raw", flat=True)))

    def _stale_lists(self, living: Any, related: Related) -> set[str]:
        """No database can look through such a list quickly, so only when its rows were read."""
        if related.model not in self.came:
            return set()
        found = by_id(self._stored(related.model), related)
        stale = set()
        for source_id, keys, *copies in living.values_list(
            "source_id", related.path, *related.copies
        ):
            rows = [found[str(key)] for key in keys or () if str(key) in found]
            fresh = [[row[theirs] for row in rows] for theirs in related.copies.values()]
            if rows and len(rows) == len(keys) and fresh != copies:
                stale.add(source_id)
        return stale


def too_long_to_retry(source: Source, stream: Stream, number: int) -> str:
    items = "1 rejected item was" if number == 1 else f"{number} rejected items were"
    return (
        f"{stream.name}: {items} too long to be kept whole and cannot be tried again from here. "
        f"`python manage.py sync_{source.slug} --full` asks {source.name} for it anew."
    )


def stale_copies(living: Any, related: Related) -> Any:
    """The ids of rows that refer to a row from which their copies differ."""
    referred = related.model._default_manager.filter(
        source=OuterRef("source"), source_id=OuterRef(related.path)
    )
    same = {theirs: OuterRef(ours) for ours, theirs in related.copies.items()}
    stale = living.filter(Exists(referred), ~Exists(referred.filter(**same)))
    return stale.order_by().values_list("source_id", flat=True)


def by_id(rows: Any, wanted: Related) -> Rows:
    values = rows.order_by().values("source_id", *wanted.copies.values()) if rows else ()
    return {row["source_id"]: row for row in values}


def widened(extent: Extent, seconds: int) -> Extent:
    """So many seconds more on both sides."""
    more = timedelta(seconds=seconds)
    if isinstance(extent, Since):
        return Since(extent.moment - more)
    return extent and Window(max(extent.start - more, BEGINNING), extent.end + more)


def chunks(ids: list[str]) -> Iterable[list[str]]:
    """In parts that a database takes as parameters of one statement."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def tombstones_of(stream: Stream) -> Callable[[Any], bool]:
    gone = stream.changes.gone if stream.changes else None
    return lambda item: gone is not None and isinstance(item, dict) and gone(item)


def mark_of(item: Any, changes: Changes) -> datetime | None:
    """When the item was changed; None where it does not say so, which its mapping will tell."""
    try:
        return changes.mark(item)
    except BAD_VALUE:
        return None


def view(stream: Stream, item: Any, related: dict[str, Rows]) -> Item:
    """The item as the stream's paths see it. Raises Unmappable."""
    if not isinstance(item, dict):
        raise Unmappable("not an object")
    for wanted in stream.related:
        found = related.get(wanted.name, {})
        rows = [found[key] for key in wanted.keys_of(item) if key in found]
        if wanted.many or rows:
            item = {**item, wanted.name: rows if wanted.many else rows[0]}
    try:
        return stream.prepare(item) if stream.prepare else item
    except KeyError as error:
        raise Unmappable(f"there is no {error}") from None
    except BAD_VALUE as error:
        raise Unmappable(str(error)) from None


def as_text(item: Any) -> str:
    try:
        return json.dumps(item)
    except RecursionError:
        return '"nested too deeply to be written"'


def item_key(stream: Stream, item: Any, payload: str) -> str:
    return (
        stream.mapping.source_id(item) or f"digest:{hashlib.sha256(payload.encode()).hexdigest()}"
    )


class Recorded:
    """Opens a run's row in the ledger, and closes it with the truth whatever happens inside."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __enter__(self) -> None:
        self._run.save()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: Any
    ) -> bool:
        record = self._run.record
        failures = {name: c.error for name, c in self._run.counts.items() if c.error}
        if error is not None:
            record.error = describe(error)
        elif failures:
            record.error = "\n".join(f"{name}: {text}" for name, text in failures.items())
        stored = any(c.seen or c.held for c in self._run.counts.values())
        if record.error:
            record.status = SyncRun.Status.PARTIAL if stored else SyncRun.Status.FAILED
        else:
            record.status = SyncRun.Status.SUCCESS
        remarks = dict.fromkeys(self._run.remarks)
        record.error = "\n".join(filter(None, [record.error, *remarks]))
        record.finished_at = timezone.now()
        if record.in_queue and error is not None and (wait := interrupted(error)) is not None:
            record.status, record.finished_at = SyncRun.Status.QUEUED, None
            record.resume_at = timezone.now() + wait
        self._close()
        # A bug, or Ctrl-C, goes on its way; what a sync can fail with has been told.
        return isinstance(error, SyncError)

    def _close(self) -> None:
        try:
            with transaction.atomic():
                self._run.renew()
                self._run.save()
        except LeaseLost:
            # Whoever has the lease now goes on with this run, or has closed it.
            return


def interrupted(error: BaseException) -> timedelta | None:
    """After what time a run of the queue goes on; None where its end is its end."""
    if isinstance(error, TryLater):
        return error.after
    if isinstance(error, OperationalError | InterfaceError):
        # The database was away, or chose this transaction to end a deadlock.
        return LEASE
    # The worker is stopped, or its time is up.
    return None if isinstance(error, Exception) else NO_TIME


def describe(error: BaseException) -> str:
    """For the ledger: the text of an error that was written for the person, else only its kind,
    which can hold no secret."""
    if isinstance(error, SyncError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Stopped by the person; the next run goes on from there."
    if not isinstance(error, Exception):
        return "The worker was stopped."
    return f"A fault in Life Tracker: {type(error).__name__}."
