"""Decide what a complete reading shows: what is missing and marked as deleted, and what is verified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import itemgetter

from django.db import transaction
from django.utils import timezone

from lifetracker.errors import BadResponse
from lifetracker.models import BEGINNING, SyncState, statements
from lifetracker.sync.deletions import DeletionsHeld
from lifetracker.sync.plans import NO_TIME, WRONG_CLOCK
from lifetracker.sync.progress import WindowProgress
from lifetracker.sync.runs import LeaseKeeper, RunRecorder
from lifetracker.sync.streams import (
    Extent,
    Incomplete,
    ServiceClient,
    Since,
    Source,
    Stream,
    Window,
)
from lifetracker.sync.upsert import ids_of
from lifetracker.sync.writer import RecordWriter

# How late a change may show itself at a service that is asked for changes.
LATE = timedelta(days=7)
# So many stored records are looked for, before an empty answer is believed.
SAMPLES = 5


class ClocksDiffer(BadResponse):
    """The service's clock shows another time than this machine's."""


class WindowVerifier:
    """Moves the state of one source's streams, and marks what is missing as deleted, for one run."""

    def __init__(
        self,
        *,
        source: Source,
        client: ServiceClient,
        now: datetime,
        recorder: RunRecorder,
        lease: LeaseKeeper,
        writer: RecordWriter,
        find_invisible: Callable[[Stream, set[str]], set[str]],
    ) -> None:
        #: By stream, the ids that the service reported as changed in this run: newer than its lists.
        self.changed_ids: dict[str, set[str]] = {stream.name: set() for stream in source.streams}
        self._source = source
        self._client = client
        self._now = now
        self._recorder = recorder
        self._lease = lease
        self._writer = writer
        self._deletions = writer.deletions
        self._find_invisible = find_invisible
        # Streams of which the service did not list all changes.
        self._changes_lost: set[str] = set()
        # By stream, whether the service still lists records that it listed before.
        self._in_sight: dict[str, bool] = {}

    @property
    def _service(self) -> str:
        return self._client.http.service

    def check_clock(self) -> None:
        """Raise ClocksDiffer where this machine's clock and the service's differ: one of them is wrong,
        and with it whatever would be noted of the time up to now."""
        theirs, ours = self._client.http.service_time, timezone.now()
        if theirs and abs(theirs - ours) > WRONG_CLOCK:
            raise ClocksDiffer(
                f"{self._service} reports the time {theirs:%Y-%m-%d %H:%M} UTC, but this machine has "
                f"{ours:%Y-%m-%d %H:%M}. Records were stored, but nothing counts as verified or deleted. "
                "Set this machine's clock. If it is right, sync again later."
            )

    def conclude(
        self, stream: Stream, extent: Extent, progress: WindowProgress, *, full: bool
    ) -> None:
        """Mark what is missing as deleted, and what was read as verified, after all pages came. Raises
        Incomplete where neither may be, and ClocksDiffer."""
        self.check_clock()
        if not progress.all_ids_known:
            raise Incomplete(
                f"{self._service} sent items without a valid id. They are kept as rejected items, "
                "and this part of the history does not count as verified.",
                progress.item_count,
            )
        if isinstance(extent, Since):
            done = self._conclude_changes(stream, extent, progress)
        else:
            window = extent or Window(BEGINNING, self._now)
            progress.ids |= self._invisible_ids(stream, window, progress)
            done = self._conclude_window(stream, window, progress, full=full)
        if not done:
            text = self._deletions.describe(self._service, stream.name)
            raise DeletionsHeld(text, progress.item_count)

    def forget_changes(self, stream: Stream) -> None:
        """Forget what was verified: it may have changed, and nobody can say what of it."""
        with transaction.atomic():
            self._lease.renew()
            state = SyncState.objects.of(self._source.name, stream.name)
            state.changed_to = state.full_from = state.verified_from = state.verified_to = None
            state.save()
            self._changes_lost.add(stream.name)

    # --- Changes

    def _conclude_changes(self, stream: Stream, since: Since, progress: WindowProgress) -> bool:
        """Conclude that all changes were read to the last: together with what was verified before, that is
        the state of now, if what was deleted was listed as well. Return False where deletions are held."""
        with transaction.atomic():
            self._lease.renew()
            missing = self._live_ids(stream, progress.other_ids)
            rows = ids_of(self._writer.live(stream.model)) if missing else set()
            if not self._mark_missing_deleted(stream, missing, rows):
                return False
            state = SyncState.objects.of(self._source.name, stream.name)
            state.changed_to = self._changed_to(stream, progress, state.changed_to)
            if stream.changes and stream.changes.is_deleted and state.verified_to is not None:
                state.verify(min(state.verified_to, self._now), self._now)
            state.save()
            self._recorder.reach(since.moment)
        return True

    def _changed_to(
        self, stream: Stream, progress: WindowProgress, before: datetime | None = None
    ) -> datetime | None:
        """Return up to when all changes are known, by what the service itself wrote on them, and never
        later than this run's beginning: what changes while pages are read is asked for again.

        Where nothing has changed for long, the moment follows at a distance. Where the service could not
        list all changes because they were too many, it is the moment at which windows were read instead:
        else they would be too many the next time too.
        """
        known = [before, progress.latest_change and min(progress.latest_change, self._now)]
        if progress.began:
            began = min(progress.began, self._now)
            # The overlap of the next question must not bring them all again.
            overlap = stream.changes.overlap if stream.changes else NO_TIME
            known.append(began + overlap if stream.name in self._changes_lost else began - LATE)
        return max(filter(None, known), default=None)

    # --- Windows

    def _conclude_window(
        self, stream: Stream, window: Window, progress: WindowProgress, *, full: bool
    ) -> bool:
        """Mark what is missing as deleted, and move the state, both or neither, after the window was read
        to its end. Return False where deletions are held."""
        with transaction.atomic():
            self._lease.renew()
            missing = self._live_ids(stream, progress.other_ids)
            rows = set(missing)
            if stream.deletes_by_absence:
                rows |= ids_of(stream.rows_within(self._writer.live(stream.model), window))
                missing |= rows - progress.ids - self.changed_ids[stream.name]
            doubtful = progress.nothing_visible
            if not self._mark_missing_deleted(stream, missing, rows, doubtful=doubtful):
                return False
            self._claim(stream, window, progress, full=full)
        return True

    def _claim(
        self, stream: Stream, window: Window, progress: WindowProgress, *, full: bool
    ) -> None:
        state = SyncState.objects.of(self._source.name, stream.name)
        state.verify(window.start, window.end)
        # Changes go on from a window that reaches to now: they cannot tell what lies between it
        # and what was verified.
        if stream.changes and window.end == self._now == state.verified_to:
            state.changed_to = state.changed_to or self._changed_to(stream, progress)
        # A pass that left a window unverified goes on from there the next time.
        if full and window.end == (state.full_from or self._now):
            state.full_from = None if window.open_start else window.start
        statements.save(state)
        if stream.window:
            self._recorder.reach(window.start)
        else:
            self._recorder.save()

    # --- What is missing

    def _mark_missing_deleted(
        self, stream: Stream, missing: set[str], rows: set[str], *, doubtful: bool = False
    ) -> bool:
        """Mark what is missing as deleted. Return False where that is held back, because it is so much, or
        because the service shows nothing at all (`doubtful`)."""
        if self._deletions.hold(stream.name, missing, rows, doubtful=doubtful):
            self._recorder.counts[stream.name].held = self._deletions.held(stream.name)
            self._recorder.save()
            return False
        self._writer.mark_deleted(stream, missing)
        return True

    def _live_ids(self, stream: Stream, ids: set[str]) -> set[str]:
        """Return those of these ids that are stored as live records."""
        live = self._writer.live(stream.model)
        return ids_of(live.filter(source_id__in=ids)) if ids else set()

    def _invisible_ids(self, stream: Stream, window: Window, progress: WindowProgress) -> set[str]:
        """Return the ids of stored records that were not listed, and that may exist all the same: lost
        access is not deletion. Asks the service, so no transaction is open here."""
        is_empty = stream.window is not None and not progress.item_count
        if not stream.deletes_by_absence or not (is_empty or stream.not_visible):
            return set()
        rows = ids_of(stream.rows_within(self._writer.live(stream.model), window))
        missing = rows - progress.ids - self.changed_ids[stream.name]
        if missing and is_empty:
            # An ended membership or another account looks the same.
            progress.nothing_visible = not self._can_see(stream, window)
        return self._find_invisible(stream, missing)

    def _can_see(self, stream: Stream, window: Window) -> bool:
        """Return whether the service still lists something else that it listed before."""
        known = stream.dated_outside(self._writer.live(stream.model), window)
        if not known:
            counts = self._recorder.counts
            others = [s.name for s in self._source.streams if s.window and s != stream]
            return any(counts[name].seen for name in others)
        if stream.name not in self._in_sight:
            last = len(known) - 1
            chosen = {known[last * n // (SAMPLES - 1)] for n in range(SAMPLES)}
            self._in_sight[stream.name] = any(
                self._is_listed(stream, *one) for one in sorted(chosen, key=itemgetter(1))[::-1]
            )
        return self._in_sight[stream.name]

    def _is_listed(self, stream: Stream, source_id: str, around: Window) -> bool:
        pages = stream.pages(self._client, around)
        return any(
            stream.mapping.source_id(stream.item(item)) == source_id
            for items in pages
            for item in items
        )
