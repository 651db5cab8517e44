"""What imports of a service's own files share, where its API brings the same: what they do, and how rows are written.

The files have no ids. Each importer says which of their rows are the same as stored records; here they are written under the
ids of those, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from lifetracker.models import SourceRecord, SourceRecordQuerySet, SyncRun
from lifetracker.sync.digests import digest_of_values, half_digest
from lifetracker.sync.file_imports import (
    Lines,
    Preview,
    fingerprint_of,
    lines,
    record_rejected,
    rejected_lines,
    to_json,
)
from lifetracker.sync.files import Refusal
from lifetracker.sync.lossless import to_json as to_text
from lifetracker.sync.mapping import FieldMapping, Item, Unmappable
from lifetracker.sync.reporting import reported
from lifetracker.sync.runs import Counts, record_import
from lifetracker.sync.tables import ReadTables
from lifetracker.sync.upsert import Batch, mark_deleted, upsert
from lifetracker.sync.writer import batches_of
from lifetracker.words import counted

Said = TypeVar("Said")
STREAM = "export"


class Stored(NamedTuple, Generic[Said]):
    """A record that is stored, live or not. `said`: by what it is known again; `start`: when it began."""

    said: Said
    start: datetime
    is_live: bool


class Row(Protocol):
    """A row of a file. `item`: its values by column; `lacking`: those for which the file has no column."""

    @property
    def where(self) -> str: ...
    @property
    def item(self) -> Item: ...
    @property
    def raw(self) -> dict[str, str]: ...
    @property
    def lacking(self) -> Sequence[str]: ...
    @property
    def words(self) -> str: ...


class Placed(NamedTuple):
    """A row that only the file has, under the id by which it is stored. `before`: what is stored there."""

    source_id: str
    row: Row
    before: Stored[Any] | None


@dataclass
class Outcome:
    """What an import does, its records in words."""

    export: ReadTables
    refusals: list[Refusal]
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    #: As many are the same as what the API gave.
    known: int = 0
    #: As many were stored by an earlier import and give way to the API.
    hidden: int = 0
    #: As many live records are stored in the stretch of the file, and it has so many of them.
    compared: int = 0
    common: int = 0
    run: SyncRun | None = None

    def counts(self) -> Counts:
        written = len(self.created) + len(self.updated)
        return Counts(
            seen=written + self.unchanged + self.known + len(self.refusals),
            created=len(self.created),
            updated=len(self.updated),
            unchanged=self.unchanged + self.known,
            deleted=self.hidden,
            rejected=len(self.refusals),
        )

    def refuse(self, row: Row, reason: str) -> None:
        self.refusals.append(Refusal(row.where, reason, row.raw))


def said_of(records: Mapping[str, Stored[Said]], *, live_first: bool) -> dict[str, Said]:
    """Return by what records are known; of equals the live ones come first, or those that are hidden."""
    order = sorted(records.items(), key=lambda one: one[1].is_live != live_first)
    return {source_id: one.said for source_id, one in order}


@dataclass(frozen=True)
class Destination:
    """Where the records of a file are stored. `noun`: what its records are, one and several; `about`: what the file is."""

    model: type[SourceRecord]
    source: str
    mapping: FieldMapping
    noun: tuple[str, str]
    about: str

    def import_all(
        self,
        export: ReadTables,
        span: tuple[datetime, datetime] | None,
        place: Callable[[Outcome], list[Placed]],
        ask_first: Callable[[Outcome], None],
        *,
        dry_run: bool,
        begun_by: str,
    ) -> Outcome:
        """Import what a file holds, or roll it back after a dry run. `place` returns what only the file has; `ask_first`
        raises Question, which takes back what has been written. Raises CannotImport."""
        records: SourceRecordQuerySet = self.model._default_manager.all()
        with records.locked():
            started = timezone.now()
            outcome = Outcome(export, list(export.refusals))
            self.write(place(outcome), outcome)
            ask_first(outcome)
            outcome.run = self.record(outcome, span, started, begun_by)
            if dry_run:
                transaction.set_rollback(True)
        return outcome

    def hide(self, source_ids: Iterable[str]) -> None:
        """Mark records of the files as deleted."""
        for some in batches_of(sorted(source_ids)):
            mark_deleted(self.model._default_manager.filter(source=self.source), some)

    def place(
        self,
        rows: Mapping[str, Row],
        mine: Mapping[str, Stored[Any]],
        known: Mapping[str, str],
        before: Mapping[str, str],
        outcome: Outcome,
    ) -> list[Placed]:
        """Hide what gives way to the API, and return what only the file has. `mine`: what is stored of earlier files;
        `known`, `before`: which row is which record of the API, and of an earlier file."""
        give_way = {before[key] for key in known if key in before and mine[before[key]].is_live}
        self.hide(give_way)
        outcome.known, outcome.hidden = len(known), len(give_way)
        taken = Counter(mine)
        return [
            Placed(before[key], row, mine[before[key]])
            if key in before
            else Placed(free_id(key, taken), row, None)
            for key, row in rows.items()
            if key not in known
        ]

    # --- Writing

    def write(self, placed: list[Placed], outcome: Outcome) -> None:
        """Store records. Where only the cells of the file differ, and no value does, nothing counts as changed."""
        columns = [*self.mapping.columns, "raw"]
        for some in reported(batches_of(placed), len(placed)):
            stored = self._stored([one.source_id for one in some if one.before])
            rows = {
                one.source_id: row for one in some if (row := self._typed(one, stored, outcome))
            }
            digests = [
                half_digest(str(row[-1]).encode()) + digest_of_values(row[:-1], b"")
                for row in rows.values()
            ]
            batch = Batch(
                self.model,
                self.source,
                columns,
                list(rows.values()),
                digests,
                keeps_received=True,
            )
            refused = {str(row[0]): reason for row, reason in upsert(batch).refused}
            for one in some:
                if reason := refused.get(one.source_id):
                    outcome.refuse(one.row, f"the database refuses it: {reason}")
                elif row := rows.get(one.source_id):
                    count(one, row[:-1] == stored.get(one.source_id), outcome)

    def _stored(self, source_ids: list[str]) -> dict[str, list[object]]:
        """Return the values of the columns by id, as the mapping gives them."""
        if not source_ids:
            return {}
        rows = self.model._default_manager.filter(source=self.source, source_id__in=source_ids)
        found = rows.order_by().values_list(*self.mapping.columns)
        place = self.mapping.columns.index("source_id")
        return {
            values[place]: [to_text(one) if isinstance(one, list) else one for one in values]
            for values in found
        }

    def _typed(
        self, one: Placed, stored: Mapping[str, list[object]], outcome: Outcome
    ) -> list[object] | None:
        """Return the values of the columns. What a column does not allow is rejected; what the file has no column for is what
        is stored."""
        try:
            row = self.mapping.row(one.row.item | {"source_id": one.source_id})
        except (Unmappable, ValueError) as error:
            outcome.refuse(one.row, str(error))
            return None
        if before := stored.get(one.source_id):
            names = self.mapping.columns
            row = [
                old if name in one.row.lacking else now
                for name, old, now in zip(names, before, row, strict=True)
            ]
        return [*row, to_json(one.row.raw)]

    def record(
        self,
        outcome: Outcome,
        span: tuple[datetime, datetime] | None,
        started: datetime,
        begun_by: str,
    ) -> SyncRun:
        """Store what was rejected, and the run."""
        record_rejected(self.source, STREAM, outcome.refusals)
        return record_import(
            self.source,
            STREAM,
            outcome.counts(),
            span=span or (None, None),
            started=started,
            begun_by=begun_by,
        )

    # --- In words

    def count_words(self, outcome: Outcome) -> str:
        records = counted(outcome.counts().seen, *self.noun)
        hidden = f", {outcome.hidden:,} of an earlier file replaced" if outcome.hidden else ""
        return (
            f"{records}: {len(outcome.created):,} new, {len(outcome.updated):,} changed, {outcome.unchanged:,} the same, "
            f"{outcome.known:,} as the API has them{hidden}, {len(outcome.refusals):,} rejected"
        )

    def fingerprint(self, outcome: Outcome) -> str:
        """Return a text that is the same for two imports that do the same."""
        return fingerprint_of(
            [
                *(f"new {text}" for text in outcome.created),
                *(f"changed {text}" for text in outcome.updated),
                f"rejected {outcome.refusals}",
                self.count_words(outcome),
            ]
        )

    def preview_of(self, outcome: Outcome, zone: ZoneInfo, question: str) -> Preview:
        return Preview(
            about=self.about,
            zones=zones_words(zone),
            counts={
                "new": len(outcome.created),
                "changed": len(outcome.updated),
                "unchanged": outcome.unchanged,
                "as the API has them": outcome.known,
                "rejected": len(outcome.refusals),
            },
            lists=all_lines(outcome),
            remarks=[self.count_words(outcome)],
            fingerprint=self.fingerprint(outcome),
            question=question,
            noun="record",
            also=(f"{outcome.hidden:,} of an earlier file replaced",) if outcome.hidden else (),
        )

    def imported_words(self, name: str, outcome: Outcome) -> str:
        counts = outcome.counts()
        new = counted(counts.created, *(f"new {noun}" for noun in self.noun))
        words = f"{name}: {new}, {counts.updated:,} changed, {counts.unchanged:,} unchanged"
        parts = ((counts.deleted, "replaced"), (counts.rejected, "rejected"))
        more = "".join(f", {number:,} {what}" for number, what in parts if number)
        return f"{words}{more}."


def zones_words(zone: ZoneInfo) -> str:
    return f"Its times are read as those of {zone.key}."


def free_id(key: str, taken: Counter[str]) -> str:
    """Return an id that no other record has: one that was changed keeps its own."""
    found, number = key, 1
    while taken[found]:
        number += 1
        found = f"{key} #{number}"
    taken[found] += 1
    return found


def count(one: Placed, is_same: bool, outcome: Outcome) -> None:
    """`is_same`: whether its values are those that are stored."""
    if one.before and one.before.is_live and is_same:
        outcome.unchanged += 1
    else:
        (outcome.updated if one.before else outcome.created).append(one.row.words)


def count_common(
    outcome: Outcome,
    span: tuple[datetime, datetime] | None,
    stored: Iterable[tuple[Mapping[str, Stored[Any]], set[str]]],
) -> None:
    """Count how many live records are stored in the stretch of the file, and how many of them it has."""
    first, last = span or (timezone.now(), timezone.now())
    for records, found in stored:
        inside = {key for key, one in records.items() if one.is_live and first <= one.start <= last}
        outcome.compared += len(inside)
        outcome.common += len(inside & found)


def all_lines(outcome: Outcome) -> list[Lines]:
    """Return what is written, and what a person should know of the file."""
    skipped = [f"{what}: {number:,}" for what, number in outcome.export.skipped.items()]
    found = [
        rejected_lines(outcome.refusals),
        lines("new", outcome.created),
        lines("changed", outcome.updated),
        lines("left out", skipped),
        lines("note", outcome.export.remarks),
    ]
    return [one for one in found if one.count]
