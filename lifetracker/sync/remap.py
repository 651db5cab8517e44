"""Map stored payloads again, without a request: for a new column, or for a mapping that was mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import JSONField

from lifetracker.models import SourceRecord, SyncRun
from lifetracker.models.redating import follow_time_zone
from lifetracker.sync.digests import digest_of_columns
from lifetracker.sync.job import JobParts, take_lease
from lifetracker.sync.lossless import read_json
from lifetracker.sync.mapping import Unmappable
from lifetracker.sync.related import Rows
from lifetracker.sync.runs import LEASE, Listener
from lifetracker.sync.streams import Source, Stream
from lifetracker.sync.upsert import Batch, Row, upsert
from lifetracker.sync.writer import ROWS_PER_TRANSACTION, RecordWriter, mapped_view

# A stored row by the names of its columns.
StoredRow = dict[str, Any]

# So many reasons are shown of what cannot be mapped.
SHOWN = 3


@dataclass
class RemapCounts:
    """What became of the rows of one stream."""

    rows: int = 0
    changed: int = 0
    unchanged: int = 0
    #: Rows that cannot be mapped any more; they stay as they are.
    unmappable: int = 0
    #: Rows without a payload; they stay as they are.
    without_payload: int = 0
    #: Rows of which an earlier version kept a shortened payload: what that lacks cannot be mapped.
    shortened: int = 0
    reasons: list[str] = field(default_factory=list)

    def refuse(self, source_id: str, reason: str) -> None:
        self.unmappable += 1
        if len(self.reasons) < SHOWN:
            self.reasons.append(f"{source_id}: {reason}")


def remap(
    source: Source,
    streams: Sequence[Stream],
    *,
    dry_run: bool = False,
    listener: Listener | None = None,
) -> dict[str, RemapCounts]:
    """Map the payloads of these streams again, those of deleted records too, and write the rows whose
    values change. Return the counts by stream.

    A remap that was stopped can be started again: what it had written is unchanged then. Raises TryLater
    while a sync of the source is at work.
    """
    listener = listener or Listener()
    follow_time_zone()
    with take_lease(source, listener, LEASE) as lease:
        if not dry_run:
            SyncRun.objects.close_abandoned(source.name)
        parts = JobParts(source, lease, listener, SyncRun.Kind.REMAP)
        counts = {stream.name: RemapCounts() for stream in streams}
        planned = Planned(source) if dry_run else None
        with nullcontext() if dry_run else parts.recorder.recording():
            for stream in streams:
                _remap_stream(stream, parts, counts[stream.name], planned)
    return counts


class Planned:
    """What a dry run would have written by now, as far as later streams copy it."""

    def __init__(self, source: Source) -> None:
        self._columns: dict[type[SourceRecord], set[str]] = {}
        for stream in source.streams:
            for related in stream.related:
                copied = related.denormalizes.values()
                self._columns.setdefault(related.model, set()).update(copied)
        self._rows: dict[type[SourceRecord], Rows] = {model: {} for model in self._columns}

    def add(self, stream: Stream, changed: list[Row]) -> None:
        copied = self._columns.get(stream.model, set())
        columns = stream.mapping.columns
        of_json = [is_json(stream, name) for name in columns]
        for values in changed if copied else ():
            row = dict(zip(columns, as_stored(values, of_json), strict=True))
            kept = {name: value for name, value in row.items() if name in copied}
            self._rows[stream.model][str(row["source_id"])] = kept

    def put_over(self, stream: Stream, related: dict[str, Rows]) -> None:
        """Replace values of the stored rows, by relation, with those that would stand there now."""
        for wanted in stream.related:
            planned = self._rows[wanted.model]
            for key, row in related[wanted.name].items():
                related[wanted.name][key] = {**row, **planned.get(key, {})}


def _remap_stream(
    stream: Stream, parts: JobParts, counts: RemapCounts, planned: Planned | None
) -> None:
    """Map the rows of a stream again, and write what has changed, or only plan it."""
    rows = parts.writer.stored(stream.model)
    counts.without_payload = rows.filter(raw=None).count()
    counts.rows = counts.without_payload
    for batch in _batches(stream, parts.writer):
        found = _changed_rows(stream, parts.writer, batch, counts, planned)
        if planned:
            planned.add(stream, found)
            counts.changed += len(found)
        else:
            counts.changed += _write(stream, parts, batch, found, counts)
        parts.lease.on_wait(0)
    if counts.reasons and not planned:
        parts.recorder.remarks.append(
            f"{stream.name}: {counts.unmappable:,} stored payloads cannot be mapped. {counts.reasons[0]}"
        )


def _batches(stream: Stream, writer: RecordWriter) -> Iterator[list[StoredRow]]:
    """Yield the stored rows that have a payload, with what they were mapped to, by their key."""
    rows = writer.stored(stream.model).exclude(raw=None).order_by("pk")
    last = 0
    while batch := list(
        rows.filter(pk__gt=last).values("pk", "raw", *stream.mapping.columns)[:ROWS_PER_TRANSACTION]
    ):
        last = batch[-1]["pk"]
        yield batch


def _changed_rows(
    stream: Stream,
    writer: RecordWriter,
    batch: list[StoredRow],
    counts: RemapCounts,
    planned: Planned | None,
) -> list[Row]:
    """Return the values of the rows that the mapping makes other than they are stored."""
    counts.rows += len(batch)
    if stream.has_former_raw:
        former = stream.has_former_raw
        counts.shortened += sum(
            isinstance(row["raw"], dict) and former(row["raw"]) for row in batch
        )
    items = stream.normal([row["raw"] for row in batch])
    related = writer.related_rows(stream, items)
    if planned:
        planned.put_over(stream, related)
    columns = stream.mapping.columns
    of_json = [is_json(stream, name) for name in columns]
    changed = []
    for row, item in zip(batch, items, strict=True):
        try:
            values = stream.mapping.row(mapped_view(stream, item, related))
        except (Unmappable, ValueError, RecursionError) as error:
            counts.refuse(row["source_id"], str(error))
            continue
        if as_stored(values, of_json) == [row[name] for name in columns]:
            counts.unchanged += 1
        elif values[columns.index("source_id")] != row["source_id"]:
            counts.refuse(row["source_id"], "its payload has another id now")
        else:
            changed.append(values)
    return changed


def is_json(stream: Stream, column: str) -> bool:
    return isinstance(stream.model._meta.get_field(column), JSONField)


def as_stored(values: Row, of_json: list[bool]) -> Row:
    """Return mapped values as the database gives them back: a mapping makes text for a column of JSON."""
    return [
        read_json(str(value).encode()) if as_json and value is not None else value
        for value, as_json in zip(values, of_json, strict=True)
    ]


def _write(
    stream: Stream,
    parts: JobParts,
    batch: list[StoredRow],
    changed: list[Row],
    counts: RemapCounts,
) -> int:
    """Write the changed rows, and make anew what is made from the batch. Return how many were written."""
    written = 0
    source = parts.recorder.run.source
    with transaction.atomic():
        parts.lease.renew()
        if changed:
            columns = stream.mapping.columns
            outcome = upsert(mapped_again(stream, source, changed))
            for values, reason in outcome.refused:
                counts.refuse(str(values[columns.index("source_id")]), reason)
            written = len(changed) - len(outcome.refused)
        if stream.aggregate:
            ids = [row["source_id"] for row in batch]
            rows = parts.writer.stored(stream.model).filter(source_id__in=ids)
            keys = parts.writer.aggregate_keys(stream, rows)
            parts.writer.refresh_aggregates(stream, keys, is_filling=True)
        stored = parts.recorder.counts[stream.name]
        stored.seen += len(batch)
        stored.updated += written
        parts.recorder.save()
    return written


def mapped_again(stream: Stream, source: str, changed: list[Row]) -> Batch:
    """Return stored rows to be written with other values. Their payloads are the same: what comes into an empty column
    of them replaces nothing."""
    batch = Batch(stream.model, source, stream.mapping.columns, changed)
    batch.digests = [digest_of_columns(values) for values in changed]
    batch.known = dict.fromkeys(batch.ids, "")
    batch.keeps_deleted = batch.is_filling = True
    return batch


def streams_named(source: Source, name: str) -> tuple[Stream, ...]:
    """Return the stream of this name, however it is written, or all of them without one."""
    return tuple(one for one in source.streams if not name or one.name == name.lower())
