"""Read the windows of a source's streams, page by page, and hand the items to the writer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from lifetracker.errors import (
    BadResponse,
    NeedsReauthorization,
    NotConfigured,
    SyncError,
    TryLater,
)
from lifetracker.models import BEGINNING, SyncState
from lifetracker.sync.lossless import Json
from lifetracker.sync.plans import NO_TIME, Plan, PlanContext, SyncRequest, plan
from lifetracker.sync.progress import WindowProgress, shifted
from lifetracker.sync.runs import RunRecorder
from lifetracker.sync.streams import (
    Between,
    ChangesLost,
    Extent,
    Incomplete,
    ServiceClient,
    Since,
    Source,
    Stream,
    Window,
)
from lifetracker.sync.verifier import WindowVerifier
from lifetracker.sync.writer import ROWS_PER_TRANSACTION, RecordWriter

MOST_EMPTY_PAGES = 2
# How often pages that move are read again, until they bring nothing new.
MOST_PASSES = 4


class ReadOutcome(NamedTuple):
    """What became of one reading."""

    item_count: int
    failed: bool = False


class StreamReader:
    """Reads the streams of one source in one run."""

    def __init__(
        self,
        *,
        source: Source,
        client: ServiceClient,
        now: datetime,
        recorder: RunRecorder,
        writer: RecordWriter,
        verifier: WindowVerifier,
    ) -> None:
        self._source = source
        self._client = client
        self._now = now
        self._recorder = recorder
        self._writer = writer
        self._verifier = verifier

    def read_all(self, request: SyncRequest) -> None:
        """Read every stream's windows in turns, so that the newest part of all comes before the older
        part of any."""
        turns: deque[tuple[Stream, Plan, int | None]] = deque()
        for stream in self._source.streams:
            if stream.window is not None:
                turns.append((stream, plan(request, self._context(stream, stream.window)), None))
            elif request != SyncRequest() or not self._is_fresh(stream):
                is_whole = request.full and stream.refresh_interval
                self._read_or_record_error(
                    stream, Window(BEGINNING, self._now) if is_whole else None
                )
        while turns:
            stream, reads, item_count = turns.popleft()
            try:
                read = reads.send(item_count)  # type: ignore[arg-type]  # None starts a generator
            except StopIteration:
                continue
            outcome = self._read_or_record_error(stream, read.extent, full=read.full)
            if not outcome.failed:
                turns.append((stream, reads, outcome.item_count))
        self._read_missing_lists()

    def read_extent(self, stream: Stream, extent: Extent, *, full: bool = False) -> int:
        """Read all pages, store their items, and mark what is missing as deleted and the window as
        verified. Return how many items came. Raises SyncError; what came is stored all the same."""
        stored = self._writer.stored(stream.model).count() if isinstance(extent, Since) else 0
        progress = WindowProgress(max_items=stream.most_items(extent, self._now, stored))
        waiting: list[Json] = []
        try:
            for items in self._read_pages(stream, extent, progress):
                waiting += self._new_items(stream, items, progress)
                if len(waiting) >= ROWS_PER_TRANSACTION:
                    batch, waiting = waiting, []
                    self._writer.store(stream, batch, extent)
        except ChangesLost:
            self._verifier.check_clock()
            self._verifier.forget_changes(stream)
            raise
        finally:
            # What came is kept, whatever happened to the page after it.
            if waiting:
                self._writer.store(stream, waiting, extent)
            self._writer.deletions.settle(stream.name, progress.ids)
        progress.began = progress.began or self._client.http.service_time
        self._writer.models_read.add(stream.model)
        if isinstance(extent, Since):
            self._verifier.changed_ids[stream.name] = progress.ids
        if extent or stream.refresh_interval or stream.deletes_by_absence:
            self._verifier.conclude(stream, extent, progress, full=full)
        return progress.item_count

    # --- What to read

    def _context(self, stream: Stream, between: Between) -> PlanContext:
        live = self._writer.live(stream.model)
        return PlanContext(
            between,
            self._now,
            load=partial(SyncState.objects.of, self._source.name, stream.name),
            count=lambda window: stream.rows_within(live, window).count(),
            changes=stream.changes,
        )

    def _is_fresh(self, stream: Stream) -> bool:
        """Return whether a list that is given whole was read a short while ago."""
        read = SyncState.objects.of(self._source.name, stream.name).verified_to
        interval = stream.refresh_interval
        return bool(interval and read and NO_TIME <= self._now - read < interval)

    def _read_missing_lists(self) -> None:
        """Read a list after all that seemed still fresh, if new rows refer to what it lacked."""
        missing = self._writer.models_missing - self._writer.models_read
        if any(counts.created or counts.updated for counts in self._recorder.counts.values()):
            for stream in self._source.streams:
                if stream.window is None and stream.model in missing:
                    self._read_or_record_error(stream, None)

    def _read_or_record_error(
        self, stream: Stream, extent: Extent, *, full: bool = False
    ) -> ReadOutcome:
        """Read, and record an error of this stream, which does not stop the others. What only the owner
        can mend, and a wait that the service asks for, stops them all."""
        try:
            return ReadOutcome(self.read_extent(stream, extent, full=full))
        except (NotConfigured, NeedsReauthorization):
            raise
        except ChangesLost as error:
            # Windows show what they can of it.
            self._recorder.record_error(stream, error)
            return ReadOutcome(0)
        except Incomplete as error:
            self._recorder.record_error(stream, error)
            return ReadOutcome(error.brought)
        except SyncError as error:
            self._recorder.record_error(stream, error)
            if isinstance(error, TryLater) and error.after is not None:
                raise
            return ReadOutcome(0, failed=True)

    # --- Pages

    def _read_pages(
        self, stream: Stream, extent: Extent, progress: WindowProgress
    ) -> Iterator[list[Json]]:
        """Yield all pages; where they may have moved, again until they bring nothing new. Each pass asks
        for a little more: Withings refuses a question that it has just answered."""
        for number in range(MOST_PASSES):
            known, pages = len(progress.ids), 0
            progress.start_pass()
            for items in stream.pages(self._client, shifted(extent, number)):
                pages += 1
                yield stream.normal(items)
            if not stream.offset_paging or pages < 2 or len(progress.ids) == known:
                return

    def _new_items(self, stream: Stream, items: list[Json], progress: WindowProgress) -> list[Json]:
        """Return the items that are to be stored: those of the stream's kind that no earlier pass has
        brought, and of which the changes have brought nothing newer."""
        ids = [stream.mapping.source_id(item) for item in items]
        known = {source_id for source_id in ids if source_id is not None}
        # One such page may come, as the last one or where something was inserted meanwhile. A
        # stream that reads in its own way looks out for itself.
        is_new = bool(known - progress.ids_of_pass or stream.read)
        progress.empty_pages = 0 if is_new else progress.empty_pages + 1
        progress.ids_of_pass |= known
        if progress.empty_pages > MOST_EMPTY_PAGES:
            raise BadResponse(
                f"{self._client.http.service} keeps sending pages of {stream.path} without new records, so the list seems endless."
            )
        progress.began = progress.began or self._client.http.service_time
        done = self._verifier.changed_ids[stream.name] | progress.earlier_ids
        if stream.item_filter:
            others = [not stream.item_filter(item) for item in items]
            progress.other_ids |= {i for i, other in zip(ids, others, strict=True) if other and i}
            done |= progress.other_ids
            known -= progress.other_ids
        progress.ids |= known
        self._check_endless(stream, progress)
        progress.all_ids_known &= None not in ids
        progress.item_count += len(items)
        if stream.changes:
            progress.note_changes(items, stream.changes)
        return [item for item, known_id in zip(items, ids, strict=True) if known_id not in done]

    def _check_endless(self, stream: Stream, progress: WindowProgress) -> None:
        if progress.max_items is not None and len(progress.ids) > progress.max_items:
            raise BadResponse(
                f"{self._client.http.service} lists more than {progress.max_items:,} records of {stream.path}, so the list seems endless."
            )
