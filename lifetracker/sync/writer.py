"""Map the items of a stream and write them: stored, rejected, marked as deleted, aggregated, repaired."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from lifetracker.models import RejectedItem, SourceRecord
from lifetracker.sync.deletions import Deletions
from lifetracker.sync.digests import HALF, digest_of_text, digest_of_values
from lifetracker.sync.lossless import Json, read_json, to_json
from lifetracker.sync.mapping import BAD_VALUE, Item, Unmappable
from lifetracker.sync.related import Rows, ids_of_stale_copies, ids_of_stale_lists, values_by_id
from lifetracker.sync.runs import LeaseKeeper, Listener, RunRecorder
from lifetracker.sync.streams import Extent, Source, Stream, received
from lifetracker.sync.upsert import (
    Batch,
    Written,
    mark_deleted,
    stored_digests,
    update_aggregates,
    upsert,
)
from lifetracker.words import counted

# Rows to a transaction: few enough that other writers hardly wait, many enough that statements cost
# little.
ROWS_PER_TRANSACTION = 250


@dataclass
class MappedItems:
    """What became of the items of a batch. The last one counts where a page shift brought an item twice."""

    #: The digests of the rows that were stored before, by id.
    known: dict[str, str]
    #: By id, the values of a row to write, and its digest.
    rows: dict[str, tuple[list[object], str]] = field(default_factory=dict)
    #: The ids of what is stored as it came.
    unchanged: set[str] = field(default_factory=set)
    #: Items that cannot be mapped, each with the reason.
    rejected: list[tuple[Json, str]] = field(default_factory=list)

    def is_unchanged(self, source_id: str, made_of: str) -> bool:
        """Return whether the stored row was made from the same item, by the same code."""
        is_same = self.known.get(source_id, "")[:HALF] == made_of
        if is_same:
            self.unchanged.add(source_id)
            self.rows.pop(source_id, None)
        else:
            self.unchanged.discard(source_id)
        return is_same

    def batch(self, stream: Stream, source: str) -> Batch:
        """Return the rows to write."""
        rows = [row for row, _ in self.rows.values()]
        digests = [digest for _, digest in self.rows.values()]
        columns = [*stream.mapping.columns, "raw"]
        return Batch(
            stream.model,
            source,
            columns,
            rows,
            digests,
            self.known,
            keeps_received=stream.normalize is not None,
        )


class RecordWriter:
    """Writes the records of one source in one run."""

    def __init__(
        self,
        source: Source,
        recorder: RunRecorder,
        lease: LeaseKeeper,
        deletions: Deletions,
        listener: Listener,
    ) -> None:
        self.deletions = deletions
        #: Models of which a row was referred to and not found.
        self.models_missing: set[type[SourceRecord]] = set()
        #: Models whose rows were read in this run.
        self.models_read: set[type[SourceRecord]] = set()
        self._source = source
        self._recorder = recorder
        self._lease = lease
        self._listener = listener

    def stored(self, model: type[SourceRecord]) -> QuerySet[SourceRecord]:
        """Return the rows of this source, deleted ones too."""
        return model._default_manager.filter(source=self._source.name)

    def live(self, model: type[SourceRecord]) -> QuerySet[SourceRecord]:
        """Return the rows of this source that are not deleted."""
        return self.stored(model).filter(deleted_at__isnull=True)

    def store(self, stream: Stream, items: list[Json], extent: Extent = None) -> int:
        """Map and write items. Those that cannot be mapped are listed as rejected; those that can leave
        that list. Records that the service reports as deleted are marked so.

        Returns how many were rejected.
        """
        items = stream.normal(items)
        is_deleted = deleted_test_of(stream)
        deleted = [item for item in items if is_deleted(item)] if is_deleted else []
        kept = [item for item in items if not is_deleted(item)] if is_deleted else items
        mapped = self._map(stream, kept)
        with transaction.atomic():
            self._lease.renew()
            written = self._write(stream, mapped.batch(stream, self._source.name))
            mapped.rejected += [
                (stream.item(json.loads(str(row[-1]))), reason) for row, reason in written.refused
            ]
            deleted_ids = [found for item in deleted if (found := stream.mapping.source_id(item))]
            tried = [*mapped.rows, *mapped.unchanged, *deleted_ids]
            pending = self._list_rejected(stream, tried, mapped.rejected)
            self.mark_deleted(stream, deleted_ids)
            counts = self._recorder.counts[stream.name]
            counts.seen += len(items)
            counts.created += written.created
            counts.updated += written.updated
            counts.unchanged += written.unchanged + len(mapped.unchanged)
            counts.rejected += pending
            self._recorder.save()
        self._listener.progress(stream.name, extent, len(items))
        return len(mapped.rejected)

    def mark_deleted(self, stream: Stream, ids: Iterable[str]) -> None:
        """Mark the records with these ids as deleted, and update what is made from them."""
        for some in batches_of(sorted(ids)):
            rows = self.stored(stream.model).filter(source_id__in=some)
            keys = self.aggregate_keys(stream, rows)
            self._recorder.counts[stream.name].deleted += mark_deleted(rows, some)
            self.refresh_aggregates(stream, keys)
            self.deletions.settle(stream.name, some)

    def repair(self) -> None:
        """Map again, from their payloads, rows whose copies differ from what they were copied from:
        that has come, or has changed, since."""
        for stream in self._source.streams:
            live = self.live(stream.model)
            stale: set[str] = set()
            for related in stream.related:
                if not related.many:
                    stale |= set(ids_of_stale_copies(live, related))
                elif related.model in self.models_read:
                    # No database can look through such a list quickly, so only when its rows were read.
                    stale |= ids_of_stale_lists(live, related, self.stored(related.model))
            for some in batches_of(sorted(stale)):
                rows = live.filter(source_id__in=some)
                self.store(stream, list(rows.values_list("raw", flat=True)))

    def retry_rejected(self) -> None:
        """Map the rejected items of the source again, without a request."""
        for stream in self._source.streams:
            listed = RejectedItem.objects.filter(source=self._source.name, stream=stream.name)
            cut = 0
            for kept in list(listed.pending()):
                if self._deleted_since(stream, kept):
                    continue
                if kept.is_cut:
                    cut += 1
                    continue
                if not self.store(stream, [read_json(kept.payload.encode())]):
                    # Under another key, if its id could not be read before.
                    listed.filter(pk=kept.pk).delete()
            if cut:
                self._recorder.remarks.append(too_long_to_retry(self._source, stream, cut))
        self.repair()

    # --- Mapping

    def _map(self, stream: Stream, items: list[Json]) -> MappedItems:
        related = self.related_rows(stream, items)
        ids = [stream.mapping.source_id(item) for item in items]
        made_by = stream.made_by
        known = stored_digests(stream.model, self._source.name, [*filter(None, ids)])
        mapped = MappedItems(known)
        for item, source_id in zip(items, ids, strict=True):
            try:
                text = text_of(stream, item, related)
                payload = digest_of_text(text)
                made_of = stream.digest(made_by, payload, item, related)
                if source_id and mapped.is_unchanged(source_id, made_of):
                    continue
                row = stream.mapping.row(mapped_view(stream, item, related))
                form = digest_of_text(to_json(item)) if stream.normalize else payload
                digest = made_of + digest_of_values(row, form)
                mapped.rows[str(source_id)] = [*row, text], digest
            except (Unmappable, ValueError) as error:
                mapped.rejected.append((item, str(error)))
            except RecursionError:
                mapped.rejected.append((item, "nested too deeply"))
        return mapped

    def related_rows(self, stream: Stream, items: list[Json]) -> dict[str, Rows]:
        """Return by relation the stored rows that these items refer to, by one query each."""
        found = {}
        for related in stream.related:
            keys = {key for item in items for key in related.keys_of(item)}
            rows = self.stored(related.model).filter(source_id__in=keys)
            found[related.name] = values_by_id(rows, related) if keys else {}
            if keys - found[related.name].keys():
                self.models_missing.add(related.model)
        return found

    # --- Writing

    def _write(self, stream: Stream, batch: Batch) -> Written:
        if not batch.rows:
            return Written()
        written = self._write_parts(stream, batch) if stream.aggregate else upsert(batch)
        if stream.hide_same and (written.created or written.updated):
            refused = [row for row, _ in written.refused]
            stream.hide_same(batch.columns, [row for row in batch.rows if row not in refused])
        return written

    def _write_parts(self, stream: Stream, batch: Batch) -> Written:
        """Write the parts of records, and make these anew."""
        rows = self.stored(stream.model).filter(source_id__in=batch.ids)
        # Before and after: a part whose value has changed leaves one record and enters another.
        keys = self.aggregate_keys(stream, rows)
        written = upsert(batch)
        if written.created or written.updated:
            self.refresh_aggregates(stream, keys | self.aggregate_keys(stream, rows))
        return written

    def aggregate_keys(self, stream: Stream, rows: QuerySet[SourceRecord]) -> set[object]:
        """Return by which keys these rows belong to the records that are made from them."""
        return set(rows.values_list(stream.aggregate.by, flat=True)) if stream.aggregate else set()

    def refresh_aggregates(
        self, stream: Stream, keys: set[object], *, is_filling: bool = False
    ) -> None:
        """Make the records with these keys anew from their live parts."""
        if stream.aggregate and keys:
            parts, source = self.live(stream.model), self._source.name
            update_aggregates(stream.aggregate, parts, source, keys, is_filling=is_filling)

    # --- Rejected items

    def _list_rejected(
        self, stream: Stream, tried: list[str], rejected: list[tuple[Json, str]]
    ) -> int:
        """List what was rejected, and take from the list what is good now. Return how many of the
        rejected ones nobody has dismissed."""
        listed = RejectedItem.objects.filter(source=self._source.name, stream=stream.name)
        if RejectedItem.objects.has_any(self._source.name, stream.name):
            refused = {item_key(stream, item, as_text(item)) for item, _ in rejected}
            listed.filter(item_key__in=tried).exclude(item_key__in=refused).delete()
        pending = 0
        for item, reason in rejected:
            payload = as_text(item)
            pending += listed.record(
                self._source.name,
                stream.name,
                item_key(stream, item, payload),
                payload=payload,
                reason=reason,
            )
        return pending

    def _deleted_since(self, stream: Stream, kept: RejectedItem) -> bool:
        """Return whether the service has deleted the record after it sent what was rejected."""
        rows = self.stored(stream.model).filter(source_id=kept.item_key)
        return rows.filter(deleted_at__gte=kept.last_seen_at).exists()


T = TypeVar("T")


def batches_of(ids: list[T]) -> Iterable[list[T]]:
    """Yield the ids, or rows, in parts that a database takes in one statement."""
    return (
        ids[start : start + ROWS_PER_TRANSACTION]
        for start in range(0, len(ids), ROWS_PER_TRANSACTION)
    )


def too_long_to_retry(source: Source, stream: Stream, number: int) -> str:
    items = f"{counted(number, 'rejected item')} {'was' if number == 1 else 'were'}"
    return (
        f"{stream.name}: {items} too long to keep completely and cannot be tried again from here. "
        f"`python manage.py sync_{source.slug} --full` reads it from {source.title} again."
    )


def deleted_test_of(stream: Stream) -> Callable[[Json], bool] | None:
    """Return what tells the service's own reports of a deletion from other items, if it sends such."""
    is_deleted = stream.changes.is_deleted if stream.changes else None
    if is_deleted is None:
        return None
    return lambda item: isinstance(item, dict) and is_deleted(item)


def mapped_view(stream: Stream, item: Json, related: Mapping[str, Rows]) -> Item:
    """Return the item as the stream's paths see it. Raises Unmappable."""
    if not isinstance(item, dict):
        raise Unmappable("not an object")
    for wanted in stream.related:
        found = related.get(wanted.name, {})
        rows = [found[key] for key in wanted.keys_of(item) if key in found]
        if wanted.many or rows:
            item = {**item, wanted.name: rows if wanted.many else rows[0]}
    try:
        return stream.transform(item) if stream.transform else item
    except KeyError as error:
        raise Unmappable(f"{error} is missing") from None
    except BAD_VALUE as error:
        raise Unmappable(str(error)) from None


def text_of(stream: Stream, item: Json, related: Mapping[str, Rows]) -> str:
    """Return the payload of an item as it is kept. Raises what is wrong with it."""
    try:
        return to_json(received(item))
    except (ValueError, RecursionError):
        # The mapping says it better: by the name of the place.
        stream.mapping.row(mapped_view(stream, item, related))
        raise


def as_text(item: Json) -> str:
    """Return the payload of an item as JSON, whatever is wrong with it."""
    try:
        return json.dumps(received(item))
    except RecursionError:
        return '"nested too deeply to be written"'


def item_key(stream: Stream, item: Json, payload: str) -> str:
    """Return what a rejected item is known by: its id, or a digest where that cannot be read."""
    return (
        stream.mapping.source_id(item) or f"digest:{hashlib.sha256(payload.encode()).hexdigest()}"
    )
