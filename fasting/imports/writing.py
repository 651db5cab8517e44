"""Writes the fasts of an export, its rejected items and its row among the runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fasting.imports.outcome import Outcome
from fasting.imports.stored import CSV_ID, Stored
from fasting.models import ZERO, FastingPeriod, fast_date, hours_between
from fasting.zero import (
    CSV,
    FIRESTORE,
    Fast,
    Options,
)
from fasting.zero.clock import MINUTE
from lifetracker.days import zone_name
from lifetracker.sync.digests import digest
from lifetracker.sync.file_imports import to_json
from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.reporting import reported
from lifetracker.sync.runs import record_import
from lifetracker.sync.upsert import Batch, mark_deleted, upsert
from lifetracker.sync.writer import batches_of

COLUMNS = [
    *("source_id", "date", "start", "end", "duration_hours"),
    *("goal_hours", "note", "utc_offset_min", "raw"),
]


def write_fasts(
    fasts: list[Fast], known: dict[str, Stored], options: Options, outcome: Outcome
) -> None:
    for some in reported(batches_of(fasts), len(fasts)):
        raws = {fast.source_id: _raw(fast, known.get(fast.source_id), options) for fast in some}
        rows = {
            fast.source_id: _row(fast, known.get(fast.source_id), raws[fast.source_id])
            for fast in some
        }
        written = upsert(Batch(FastingPeriod, ZERO, COLUMNS, list(rows.values())))
        refused = {row[0]: reason for row, reason in written.refused}
        for fast in some:
            before = known.get(fast.source_id)
            if fast.source_id in refused:
                reason = f"the database refuses it: {refused[fast.source_id]}"
                outcome.refusals.append(
                    Refusal(fast.where, reason, fast.raw, fast.source_id, fast.start)
                )
                continue
            outcome.zones[_zone(fast, raws[fast.source_id])] += 1
            if before is None:
                outcome.created.append(fast)
            elif before.deleted_at or before.digest != digest(rows[fast.source_id]):
                outcome.updated.append((before, fast))
            else:
                outcome.unchanged += 1


def remove_fasts(source_ids: Iterable[str]) -> None:
    rows = FastingPeriod.objects.filter(source=ZERO)
    for ids in batches_of(sorted(source_ids)):
        mark_deleted(rows, ids)


def _row(fast: Fast, before: Stored | None, raw: Item) -> list[Any]:
    """Return the values of COLUMNS. What this file does not say stays as an earlier one has said it."""
    zone = _zone(fast, raw)
    offset = None
    if zone:
        passed = fast.end.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
        offset = passed // MINUTE
    note = fast.note if fast.note is not None else before.note if before else ""
    return [
        fast.source_id,
        fast_date(fast.start, fast.end, offset),
        fast.start,
        fast.end,
        hours_between(fast.start, fast.end),
        fast.goal_hours,
        note,
        offset,
        to_json(raw),
    ]


def _raw(fast: Fast, before: Stored | None, options: Options) -> Item:
    is_from_csv = fast.source_id.startswith(CSV_ID)
    return fast.raw if is_from_csv else _whole(fast, before, options)


def _whole(fast: Fast, before: Stored | None, options: Options) -> Item:
    """Return the newest payload of each file that has had this fast, and the zone that the person named."""
    raw = dict(before.raw if before else {}) | fast.raw
    if CSV not in fast.raw:
        raw.pop(CSV, None)  # this file knows the end better
    kept = before.raw.get(FIRESTORE, {}) if before else {}
    if "notes" in kept and not options.notes and FIRESTORE in fast.raw:
        raw[FIRESTORE] = raw[FIRESTORE] | {"notes": kept["notes"]}
    if options.zone_given:
        raw["zone"] = options.zone.key
    return raw


def _zone(fast: Fast, raw: Item) -> str | None:
    """Return the zone where the fast ended: by the file, else by the app, else as the person named it."""
    if fast.end_zone:
        return fast.end_zone
    firestore = raw.get(FIRESTORE, {})
    candidates = (firestore.get("endTimeZone"), firestore.get("startTimeZone"), raw.get("zone"))
    return next((name for zone in candidates if (name := zone_name(zone))), None)


def record_run(outcome: Outcome, started: datetime, begun_by: str) -> None:
    outcome.run = record_import(
        ZERO,
        outcome.export.form,
        outcome.counts(),
        span=outcome.export.span or (None, None),
        started=started,
        begun_by=begun_by,
    )
