"""Decide which windows of a stream a run reads, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from lifetracker.days import ONE_DAY
from lifetracker.models import BEGINNING, SyncRun, SyncState
from lifetracker.sync.streams import Between, Changes, Since, Window

# What an incremental run reads of a stream that was never read.
DEFAULT_RANGE = timedelta(days=30)
NO_TIME = timedelta(0)
# A clock that differs by more than this from another one is wrong.
WRONG_CLOCK = timedelta(hours=1)


@dataclass(frozen=True)
class SyncRequest:
    """What a run is asked to read. Without anything else: what is not verified yet."""

    kind: SyncRun.Kind = SyncRun.Kind.INCREMENTAL
    #: Read the last days whole.
    days: int | None = None
    #: Read a stretch of the past again.
    window: Window | None = None
    #: Read the whole history.
    full: bool = False
    #: The name of the one record that the source's own work is limited to.
    only: str = ""
    #: Mark what is missing as deleted, however much it is.
    accept_deletions: bool = False

    @classmethod
    def from_options(
        cls, days: int | None = None, *, full: bool = False, accept_deletions: bool = False
    ) -> SyncRequest:
        """Return the request that a person's options stand for."""
        kind = SyncRun.Kind.MANUAL if days else SyncRun.Kind.INCREMENTAL
        kind = SyncRun.Kind.FULL if full else kind
        return cls(
            kind, None if full else days or None, full=full, accept_deletions=accept_deletions
        )

    @classmethod
    def from_stretch(cls, window: Window) -> SyncRequest:
        """Return the request to read a stretch again. It is no sync that tells how far a source is known."""
        return cls(SyncRun.Kind.BACKFILL, window=window)

    @classmethod
    def from_run(cls, run: SyncRun) -> SyncRequest:
        """Return the request that a stored run of the queue stands for."""
        if run.asked_from and run.asked_to:
            return cls.from_stretch(Window(run.asked_from, run.asked_to))
        full = run.kind == SyncRun.Kind.FULL and not run.days
        return cls(SyncRun.Kind(run.kind), run.days or None, full=full)


class Read(NamedTuple):
    """What to read next. `full`: it belongs to a pass over the whole history."""

    extent: Window | Since
    full: bool = False


# Yields what to read, and is sent how many items each of them brought.
Plan = Generator[Read, int, None]


@dataclass(frozen=True)
class PlanContext:
    """What a plan of one stream is made from."""

    between: Between
    #: The end of every window: the moment at which the run began.
    now: datetime
    #: Return the stream's state as it is stored at that moment.
    load: Callable[[], SyncState]
    #: Return how many rows of a window are stored.
    count: Callable[[Window], int] = lambda _window: 0
    changes: Changes | None = None

    def pieces(self, window: Window) -> Iterable[Window]:
        """Yield the window in parts of which none is known to hold more than `target_items`."""
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
        """Return whether a window is not known to hold more than `target_items`."""
        return not self.between.target_items or self.count(window) <= self.between.target_items


def plan(request: SyncRequest, context: PlanContext) -> Plan:
    """Yield what to read of one stream."""
    now, changes = context.now, context.changes
    state = context.load()
    is_bounded = request.days is not None or request.window is not None
    changes_known = not is_bounded and changes is not None and state.changed_to is not None
    if changes_known and changes and state.changed_to:
        # Before a whole pass too: what a list says may be older.
        yield Read(changes.after(state.changed_to))
    if request.full:
        yield from plan_full(context)
    elif request.window is not None:
        start, end = request.window
        yield from plan_windows([Window(start, min(end, now))], context)
    elif request.days is not None:
        yield from plan_windows([Window(now - timedelta(days=request.days), now)], context)
    else:
        windows = windows_after(state, context, changes_known=changes_known)
        yield from plan_windows(windows, context)


def windows_after(before: SyncState, context: PlanContext, *, changes_known: bool) -> list[Window]:
    """Return what an incremental run reads in windows. `before` is the state before the changes were
    asked for."""
    now, lookback = context.now, context.between.lookback
    if not changes_known or context.changes is None:
        return unverified(before, lookback, now)
    after = context.load()
    if after.changed_to is None:  # the service did not list all changes
        known_to = min(before.verified_to or now, now)
        return [Window(min(known_to - lookback, now - DEFAULT_RANGE), now)]
    if context.changes.is_deleted:
        # The changes listed what was deleted too, so that no window has to show it.
        return unverified(after, NO_TIME, now)
    return unverified(before, lookback, now)


def plan_windows(windows: Iterable[Window], context: PlanContext) -> Plan:
    """Yield windows in pieces, one after the other."""
    for window in windows:
        for piece in context.pieces(window):
            yield Read(piece)


def unverified(state: SyncState, lookback: timedelta, now: datetime) -> list[Window]:
    """Return what is not verified of the last 30 days, or of all that came after the verified stretch,
    and the lookback."""
    earliest = now - DEFAULT_RANGE
    if state.verified_from is None or state.verified_to is None:
        return [Window(earliest, now)]
    if state.verified_to > now + WRONG_CLOCK:
        # Written while the clock was wrong, so nobody knows up to which moment it is true.
        return [Window(min(state.verified_from, earliest), now)]
    recent = Window(min(state.verified_to, now) - lookback, now)
    if state.verified_from <= earliest:
        return [recent]
    if recent.start <= state.verified_from:
        return [Window(earliest, now)]
    return [recent, Window(earliest, state.verified_from)]


def plan_full(context: PlanContext) -> Plan:
    """Yield the whole history, newest first, from where an unfinished pass stopped."""
    state, between, now = context.load(), context.between, context.now
    boundary, length = now, between.first
    if state.full_from is not None:
        boundary, length = state.full_from, between.piece
    if state.full_from is not None or (state.verified_to or now) < now - between.first:
        yield from plan_windows(unverified(state, between.lookback, now), context)
    while boundary > BEGINNING:
        while length > ONE_DAY and not context.fits(Window(boundary - length, boundary)):
            length /= 2
        start = boundary - length
        window = Window(BEGINNING if start <= between.earliest else start, boundary)
        item_count = yield Read(window, full=True)
        boundary, length = window.start, between.piece_after(window, item_count)
