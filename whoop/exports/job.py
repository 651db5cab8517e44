"""Compares an export with what is stored, and brings it in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apple_health.same_workouts import hide_of_apple_health
from lifetracker.models import SyncRun, SyncState
from lifetracker.sync.digests import digest_of_values, half_digest
from lifetracker.sync.file_imports import record_rejected, to_json
from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Unmappable
from lifetracker.sync.reporting import reported
from lifetracker.sync.runs import record_import
from lifetracker.sync.upsert import Batch, upsert
from lifetracker.sync.writer import batches_of
from whoop.exports.columns import DESTINATIONS, Destination
from whoop.exports.doubts import ask_first, compare_values
from whoop.exports.export import CYCLE, KINDS, RECOVERY, SLEEP, WORKOUT, Entry, Export, Options
from whoop.exports.headers import CYCLES, SLEEPS, WORKOUTS
from whoop.exports.journal import write_answers
from whoop.exports.outcome import JOURNAL, Changes, Outcome, Stored
from whoop.models import WHOOP, WHOOP_EXPORT, WhoopCycle
from whoop.same_facts import SPAN_COLUMNS, Span, Spans, hide_records

AROUND = timedelta(days=2)
#: The table that lists all records of a kind.
TABLE_OF = {CYCLE: CYCLES, RECOVERY: CYCLES, SLEEP: SLEEPS, WORKOUT: WORKOUTS}


def import_export(
    export: Export,
    options: Options,
    *,
    dry_run: bool = False,
    begun_by: str = SyncRun.BegunBy.COMMAND,
) -> Outcome:
    """Import an export, or roll it back after a dry run. Raises CannotImport."""
    with WhoopCycle.objects.locked():
        started = timezone.now()
        for one in DESTINATIONS.values():
            one.model._default_manager.lock()
        outcome = Outcome(export, refusals=list(export.refusals))
        for kind in KINDS:
            bring_in(kind, export.entries[kind], outcome)
        if workouts := export.entries[WORKOUT].values():
            first, last = (pick(one.start for one in workouts) for pick in (min, max))
            hide_of_apple_health(first, last + AROUND)
        write_answers(outcome, options)
        ask_first(outcome, options)
        record_rejected(WHOOP_EXPORT, JOURNAL, outcome.refusals)
        verify(export)
        record_run(outcome, started, begun_by)
        if dry_run:
            transaction.set_rollback(True)
    return outcome


# --- Records --------------------------------------------------------------------------------------


def bring_in(kind: str, entries: dict[str, Entry], outcome: Outcome) -> None:
    """Store the records of one kind that the API has not brought, and hide those that give way."""
    if not entries:
        return
    changes, place = outcome.changes[kind], DESTINATIONS[kind]
    model = place.model
    where = SPAN_COLUMNS[model]
    spans = {key: span_of(kind, one) for key, one in entries.items()}
    first = min(span.start for span in spans.values()) - AROUND
    last = max(span.start for span in spans.values()) + AROUND
    around = model._default_manager.filter(**{f"{where.start}__range": (first, last)})
    # Also what was deleted at WHOOP, which an older file must not bring back.
    api = Spans(where.spans_of(around.filter(source=WHOOP)).values())
    known = {key for key, span in spans.items() if api.has(span)}
    stored = stored_exports(place, entries)
    mine = where.spans_of(around.filter(source=WHOOP_EXPORT, deleted_at=None))
    later = Spans(spans.values())
    # A sleep whose beginning was edited has another id, and is the same night.
    outdated = {key for key, span in mine.items() if key not in entries and later.has(span)}
    compare(outcome, where.spans_of(around.filter(source=WHOOP, deleted_at=None)), mine, spans)
    if kind == RECOVERY:
        compare_values(outcome, around.filter(deleted_at=None), entries.values())
    live = {key for key in known if key in stored and stored[key].is_live}
    hide_records(model, live | outdated)
    changes.known, changes.hidden = len(known), len(live | outdated)
    wanted = [one for key, one in entries.items() if key not in known]
    write(kind, wanted, stored, outcome)


def span_of(kind: str, entry: Entry) -> Span:
    where = SPAN_COLUMNS[DESTINATIONS[kind].model]
    values = {where.start: entry.start, where.end: entry.end, where.offset: entry.offset}
    return where.span(values) or Span(entry.start, entry.end)


def stored_exports(place: Destination, entries: Iterable[str]) -> dict[str, Stored]:
    """Return what earlier imports stored of these records, by their ids."""
    columns = place.mapping.columns
    found: dict[str, Stored] = {}
    for some in batches_of(list(entries)):
        rows = place.model._default_manager.filter(source=WHOOP_EXPORT, source_id__in=some)
        for deleted_at, *values in rows.values_list("deleted_at", *columns):
            stored = Stored(deleted_at is None, dict(zip(columns, values, strict=True)))
            found[stored.values["source_id"]] = stored
    return found


def compare(
    outcome: Outcome, api: dict[str, Span], mine: dict[str, Span], spans: dict[str, Span]
) -> None:
    """Count how many records are stored in the stretch of the file, how many of them it has, and how many of these begin
    alike: the nights of two people overlap, but seldom begin in the same minute."""
    first, last = (pick(span.start for span in spans.values()) for pick in (min, max))
    inside = [one for one in [*api.values(), *mine.values()] if first <= one.start <= last]
    here = Spans(spans.values())
    outcome.compared += len(inside)
    common = [one for one in inside if here.has(one)]
    outcome.common += len(common)
    outcome.beginning_alike += sum(here.begins_like(one) for one in common)


def write(kind: str, entries: list[Entry], stored: dict[str, Stored], outcome: Outcome) -> None:
    """Store records. Where only the cells of the file differ, and no value does, nothing counts as changed."""
    changes, place = outcome.changes[kind], DESTINATIONS[kind]
    columns = [*place.mapping.columns, "raw"]
    for some in reported(batches_of(entries), len(entries)):
        rows = typed_rows(place, some, stored, outcome, changes)
        digests = [
            half_digest(str(row[-1]).encode()) + digest_of_values(row[:-1], b"")
            for row in rows.values()
        ]
        batch = Batch(
            place.model, WHOOP_EXPORT, columns, list(rows.values()), digests, keeps_received=True
        )
        refused = {str(row[0]): reason for row, reason in upsert(batch).refused}
        for entry in some:
            if entry.source_id not in rows:
                continue
            before = stored.get(entry.source_id)
            if reason := refused.get(entry.source_id):
                refuse(entry, f"the database refuses it: {reason}", outcome, changes)
            elif (
                before
                and before.is_live
                and list(before.values.values()) == rows[entry.source_id][:-1]
            ):
                changes.unchanged += 1
            else:
                (changes.updated if before else changes.created).append(words_of(kind, entry))


def typed_rows(
    place: Destination,
    entries: list[Entry],
    stored: dict[str, Stored],
    outcome: Outcome,
    changes: Changes,
) -> dict[str, list[object]]:
    """Return the values of the columns by id. What a column does not allow is rejected; what the file has no column for is
    what is stored."""
    rows: dict[str, list[object]] = {}
    for entry in entries:
        try:
            row = place.mapping.row(entry.item)
        except (Unmappable, ValueError) as error:
            refuse(entry, str(error), outcome, changes)
            continue
        if before := stored.get(entry.source_id):
            values = dict(zip(place.mapping.columns, row, strict=True))
            row = list((values | {name: before.values[name] for name in entry.lacking}).values())
        rows[entry.source_id] = [*row, to_json(entry.raw)]
    return rows


def refuse(entry: Entry, reason: str, outcome: Outcome, changes: Changes) -> None:
    changes.rejected += 1
    outcome.refusals.append(Refusal(entry.where, reason, entry.raw, entry.source_id))


def words_of(kind: str, entry: Entry) -> str:
    what = entry.item.get("sport_name") or ("nap" if entry.item.get("nap") else kind)
    return f"{entry.item['date']} {what} ({entry.where})"


def verify(export: Export) -> None:
    """Note of each table that the file lists all of its kind in its stretch: what is not there did not happen."""
    entries = export.all_entries()
    if not entries:
        return
    first = min(one.start for one in entries)
    last = max(one.end or one.start for one in entries)
    for kind, table in TABLE_OF.items():
        if table in export.tables:
            state = SyncState.objects.of(WHOOP_EXPORT, kind)
            state.verify(first, last)
            state.save()


# --- The run --------------------------------------------------------------------------------------


def record_run(outcome: Outcome, started: datetime, begun_by: str) -> None:
    starts = [one.start for one in outcome.export.all_entries()]
    outcome.run = record_import(
        WHOOP_EXPORT,
        "export",
        outcome.total(),
        span=(min(starts), max(starts)) if starts else (None, None),
        started=started,
        begun_by=begun_by,
    )
