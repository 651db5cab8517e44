"""Compares a file with what is stored, and brings it in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from csv_import.choices import Choices, folded, header_key
from csv_import.facts import Facts, facts_of
from csv_import.models import KeptMapping
from csv_import.records import COLUMNS, Place, Record, records_of
from csv_import.tables import CsvTable
from csv_import.targets import checked, of_this_table, targets_of
from journal.models import Answer, Behaviour
from lifetracker.days import midnight
from lifetracker.models import MANUAL, SourceRecord, SyncRun
from lifetracker.sync.digests import digest_of_values, half_digest
from lifetracker.sync.file_imports import record_rejected
from lifetracker.sync.files import Refusal
from lifetracker.sync.reporting import reported
from lifetracker.sync.runs import Counts, record_import
from lifetracker.sync.upsert import Batch, is_same_row, stored_digests, upsert
from lifetracker.sync.writer import batches_of
from own_metrics.models import CSV, OwnValue
from weight.models import WeighIn

STREAM = "file"
#: Which of them are written in this order.
MODELS: tuple[type[SourceRecord], ...] = (OwnValue, Answer, WeighIn)


@dataclass
class Outcome:
    """What an import does, its records in words."""

    facts: Facts
    choices: Choices
    records: int = 0
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0
    #: What was typed in for the same day or moment, which stays as it is.
    typed_in: list[str] = field(default_factory=list)
    #: Weigh-ins that another source has.
    known: list[str] = field(default_factory=list)
    run: SyncRun | None = None

    @property
    def refusals(self) -> list[Refusal]:
        return self.facts.refusals

    def counts(self) -> Counts:
        written = len(self.created) + len(self.updated)
        same = self.unchanged + len(self.typed_in) + len(self.known)
        return Counts(
            seen=written + same + len(self.refusals),
            created=len(self.created),
            updated=len(self.updated),
            unchanged=same,
            rejected=len(self.refusals),
        )


def import_table(
    table: CsvTable,
    choices: Choices,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
) -> Outcome:
    """Import a table, or roll it back after a dry run, and keep what was chosen for the next file with its columns. Raises
    CannotImport, and SeveralRows among it."""
    checked(choices, table)
    with transaction.atomic():
        for model in MODELS:
            model._default_manager.all().lock()
        started = timezone.now()
        targets, known = targets_of(of_this_table(choices, table), table)
        facts = facts_of(table, choices, targets)
        records = records_of(facts, choices)
        outcome = Outcome(facts, known, len(records))
        for one in MODELS:
            write([record for record in records if record.place.model is one], one, table, outcome)
        outcome.run = record_run(table, records, outcome, started, begun_by)
        KeptMapping.objects.keep(table.name, table.header, with_other_names(known, table))
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def with_other_names(choices: Choices, table: CsvTable) -> Choices:
    """Return the choices to keep: of a long table also those of names that this file does not have, and an earlier one had."""
    mapping = KeptMapping.objects.of(table.header)
    before: Choices | None = mapping and mapping.choices_for(table.header)
    if before is None or not choices.is_long or before.name != choices.name:
        return choices
    words = {folded(cell) for cell in table.column(choices.name)}
    others = {name: to for name, to in before.targets.items() if folded(name) not in words}
    return choices.with_targets(others | choices.targets)


def record_run(
    table: CsvTable,
    records: list[Record],
    outcome: Outcome,
    started: datetime,
    begun_by: str,
) -> SyncRun:
    """Store what was rejected, of this kind of file alone, and the run."""
    record_rejected(CSV, f"{STREAM} {header_key(table.header)[:8]}", outcome.refusals)
    days = [one.place.day for one in records]
    span = (midnight(min(days)), midnight(max(days))) if days else (None, None)
    return record_import(
        CSV, STREAM, outcome.counts(), span=span, started=started, begun_by=begun_by
    )


# --- Writing --------------------------------------------------------------------------------------


def write(
    records: list[Record], model: type[SourceRecord], table: CsvTable, outcome: Outcome
) -> None:
    """Store the records of one kind. Of two with one id the last one counts."""
    if not records:
        return
    stored = Stored(model, records)
    rows = list({one.source_id: one for one in records}.values())
    for some in reported(batches_of(rows), len(rows)):
        write_batch(some, model, stored, table, outcome)


def write_batch(
    some: list[Record],
    model: type[SourceRecord],
    stored: Stored,
    table: CsvTable,
    outcome: Outcome,
) -> None:
    known = stored_digests(model, CSV, [one.source_id for one in some])
    wanted = [one for one in some if one.source_id in known or not stored.has(one.place)]
    for one in some:
        if one.source_id not in known and (by := stored.has(one.place)):
            (outcome.typed_in if by == MANUAL else outcome.known).append(one.words)
    has_file = model is OwnValue
    columns = COLUMNS[model]
    digests = [
        half_digest(str(one.row[-1]).encode()) + digest_of_values(one.row[:-1], b"")
        for one in wanted
    ]
    rows = [
        [*one.row[:-1], table.name[:100], one.row[-1]] if has_file else one.row for one in wanted
    ]
    columns = [*columns[:-1], "file_name", columns[-1]] if has_file else columns
    batch = Batch(model, CSV, columns, rows, digests, known=known, keeps_received=True)
    refused = {str(row[0]): reason for row, reason in upsert(batch).refused}
    for one, now in zip(wanted, digests, strict=True):
        count(one, known, now, refused.get(one.source_id, ""), outcome)


def count(one: Record, known: dict[str, str], now: str, refused: str, outcome: Outcome) -> None:
    before = known.get(one.source_id)
    if refused:
        reason = f"the database refuses it: {refused}"
        outcome.refusals.append(Refusal(one.where, reason, one.raw))
    elif before is None:
        outcome.created.append(one.words)
    elif is_same_row(before, now, one.row):
        outcome.unchanged += 1
    else:
        outcome.updated.append(one.words)


class Stored:
    """What other sources and hands have stored on the days of a file, by one statement."""

    def __init__(self, model: type[SourceRecord], records: Iterable[Record]) -> None:
        days = [one.place.day for one in records]
        rows = model._default_manager.live().exclude(source=CSV).order_by("pk")
        rows = rows.filter(date__range=(min(days), max(days)))
        self._by_day: dict[tuple[int, date], list[tuple[str, datetime | None]]] = defaultdict(list)
        columns = {
            Answer: ("behaviour", "date", "source"),
            OwnValue: ("metric", "date", "source", "measured_at"),
            WeighIn: ("date", "source", "measured_at"),
        }[model]
        # Of the wordings of one behaviour a day has one answer.
        self._counts_for: dict[int, int] = {}
        if model is Answer:
            self._counts_for = Behaviour.objects.all().counts_for()
            # What a service says of a behaviour stands beside it, as the journal has it.
            rows = rows.filter(source=MANUAL)
        for found in rows.values_list(*columns):
            values = dict(zip(columns, found, strict=True))
            about = values.get("behaviour") or values.get("metric") or 0
            self._by_day[self._counted(about), values["date"]].append(
                (values["source"], values.get("measured_at"))
            )

    def _counted(self, about: int) -> int:
        return self._counts_for.get(about, about)

    def has(self, place: Place) -> str:
        """Return whose record stands there already: on the same day where one of the two has no time, else in the same
        minute. Empty where nobody's does."""
        for source, at in self._by_day.get((self._counted(place.about), place.day), ()):
            if at is None or place.at is None or minute(at) == minute(place.at):
                return source
        return ""


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
