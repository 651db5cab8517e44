"""Brings an export of the Zero app into the database: what is new, what changed, what is gone.

Everything happens in one transaction, and a dry run is the same transaction rolled back. Every
export lists a whole stretch of the person's history, so a fast that a later one lacks within its
stretch was deleted in the app. The same fast can come twice, in a CSV without id or zone and in a
JSON package with both: then the record of the latter stays.

Whatever the forms, the import that comes later is the newer truth. A fast that begins in the same
minute is the same one. If its length differs by more than the minute that a CSV cuts off, it was
edited in the app: from a CSV, the record of the JSON takes the new end and keeps all else. What one
form brought and the other one lacks within its stretch is removed as well, but only if most of the
file's fasts there are known from the other form: else its zone may be wrong, and they are kept and
told.

A file that knows too little of what is stored in its stretch is perhaps another person's, or read in
the wrong zone or order of dates. It changes nothing until the person says that it is to replace what
is stored (`Question`).
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from fasting.models import ZERO, FastingPeriod, Overlaps, fast_date, hours_between, spoken
from fasting.zero import (
    CSV,
    FIRESTORE,
    CannotImport,
    Export,
    Fast,
    Options,
    Refusal,
    Running,
    zone_name,
)
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync import Counts
from lifetracker.upsert import Batch, bury, digest, upsert

MINUTE = timedelta(minutes=1)
# Rows to a statement.
BATCH = 250
# So many fasts may overlap those of the other form by themselves: edited between two exports, or
# really overlapping, as two of 300 do. So many may be stored in the stretch of a file that has none
# of them.
FEW = 3
CSV_ID = "csv:"
# A file may remove so many fasts, and such a share of those in its stretch, without a question.
REMOVED_UNASKED = 10
SHARE_REMOVED_UNASKED = 0.2
# So many of what would be removed are named in a question.
NAMED = 3
COLUMNS = [
    *("source_id", "date", "start", "end", "duration_hours"),
    *("goal_hours", "note", "utc_offset_min", "raw"),
]

# The order of keys must not depend on the database: the text tells a changed row.
to_json = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=True
).encode


class Stored(NamedTuple):
    """A fast of an earlier import."""

    source_id: str
    start: datetime
    end: datetime
    raw: dict[str, Any]
    note: str
    goal_hours: float | None
    digest: str
    deleted_at: datetime | None

    @property
    def from_csv(self) -> bool:
        return self.source_id.startswith(CSV_ID)

    def told(self, zone: ZoneInfo) -> str:
        """Return when it was and how long, such as `2022-02-11 12:10 to 2022-02-13 10:30 (46 h 20 min)`."""
        hours, minutes = divmod((self.end - self.start) // MINUTE, 60)
        length = f"{hours} h {minutes} min"
        return f"{spoken(self.start, zone)} to {spoken(self.end, zone)} ({length})"


@dataclass(frozen=True)
class Common:
    """How much a file knows of what is stored in its stretch.

    `compared`: the live fasts that begin there. `lacking`: those of them of which it surely has no
    row, be it one that cannot be read. `removed`: those of them that would go.
    """

    compared: list[Stored]
    lacking: list[Stored]
    removed: list[Stored]

    @property
    def known(self) -> int:
        return len(self.compared) - len(self.lacking)

    @property
    def is_too_little(self) -> bool:
        removed, compared = len(self.removed), len(self.compared)
        is_stranger = not self.known and compared > FEW
        is_many = removed > REMOVED_UNASKED and removed > SHARE_REMOVED_UNASKED * compared
        return is_stranger or is_many or removed > self.known


@dataclass
class Outcome:
    """What came of an import. `matched`: fasts of this file that are known from the other form.
    `kept`: what the other form brought and this file lacks, where nothing shows that it is gone.
    `spared`: what this form brought and the file lacks, where a row that cannot be read may be it.
    `zones`: in which zones how many of its fasts are stored; None counts those without one."""

    export: Export
    created: list[Fast] = field(default_factory=list)
    updated: list[tuple[Stored, Fast]] = field(default_factory=list)
    unchanged: int = 0
    removed: list[Stored] = field(default_factory=list)
    kept: list[Stored] = field(default_factory=list)
    spared: list[Stored] = field(default_factory=list)
    matched: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    overlaps: Overlaps = field(default_factory=Overlaps)
    zones: Counter[str | None] = field(default_factory=Counter)

    def counts(self) -> dict[str, Any]:
        counts = Counts(
            seen=len(self.export.items),
            created=len(self.created),
            updated=len(self.updated),
            unchanged=self.unchanged,
            deleted=len(self.removed),
            rejected=len(self.refusals),
        )
        return counts.as_json() | {"matched": self.matched}


class Question(CannotImport):
    """The file knows too little of what is stored. `outcome`: what it would have done."""

    def __init__(self, outcome: Outcome, common: Common, zone: ZoneInfo) -> None:
        self.outcome = outcome
        super().__init__(
            f"The file has {common.known} of the {len(common.compared)} fasts that are stored from "
            f"{common.compared[0].start.astimezone(zone):%Y-%m-%d} to "
            f"{common.compared[-1].start.astimezone(zone):%Y-%m-%d}. {_loss(common, zone)} "
            "Nothing was imported. Check that it is your own file, with the right --timezone and "
            "--date-order. If it is, add --replace."
        )


def _loss(common: Common, zone: ZoneInfo) -> str:
    if not common.removed:
        return "Importing it would remove none of them, but mix them with others."
    named = "; ".join(one.told(zone) for one in common.removed[:NAMED])
    rest = len(common.removed) - NAMED
    more = f"; and {rest} more" if rest > 0 else ""
    return f"Importing it would remove {len(common.removed)}: {named}{more}."


def stored_fasts() -> dict[str, Stored]:
    rows = FastingPeriod.objects.filter(source=ZERO).order_by("start")
    return {row[0]: Stored(*row) for row in rows.values_list(*Stored._fields)}


def zones_of_earlier_csv() -> dict[str, str]:
    """In which zone each fast of a CSV was placed: it stays there, though the person has moved."""
    return {one.source_id: one.raw["zone"] for one in stored_fasts().values() if one.from_csv}


def import_export(export: Export, options: Options, *, dry_run: bool = False) -> Outcome:
    """Raises CannotImport."""
    with FastingPeriod.objects.locked():
        started = timezone.now()
        outcome, common = _reconcile(export, options)
        if common.is_too_little and not options.replace:
            # Which takes back what has been written.
            raise Question(outcome, common, options.zone)
        _list_rejected(export.form, outcome.refusals)
        _record(outcome, started)
        outcome.overlaps = FastingPeriod.objects.overlaps()
        if dry_run:
            transaction.set_rollback(True)
    return outcome


def _reconcile(export: Export, options: Options) -> tuple[Outcome, Common]:
    outcome = Outcome(export, refusals=list(export.refusals))
    known = stored_fasts()
    living = [one for one in known.values() if one.deleted_at is None]
    csv = export.form == CSV
    mine = [one for one in living if one.from_csv == csv]
    others = [one for one in living if one.from_csv != csv]

    pairs = match(export, others, options)
    proven = _zone_is_proven(export, known, options)
    if not proven:
        require_right_zone(export, others, pairs, options)
    paired = {
        fast.source_id: pairs[fast.source_id] for fast in export.fasts if fast.source_id in pairs
    }
    outcome.matched = len(paired)
    wanted = [fast for fast in export.fasts if not (csv and fast.source_id in paired)]
    if csv:
        wanted += _edited(export, paired, known)
    # What is known by the better name need not stay under the other one.
    retired = {one.source_id for one in mine} & set(paired) if csv else set(paired.values())
    common = _compare(export, mine, others, pairs, trusted=proven or options.replace)
    outcome.removed = common.removed
    stays = [one for one in common.lacking if one not in common.removed]
    outcome.kept = [one for one in stays if one.from_csv != csv]
    outcome.spared = [one for one in stays if one.from_csv == csv]

    _write(wanted, known, options, outcome)
    rows = FastingPeriod.objects.filter(source=ZERO)
    for ids in _chunks(retired | {one.source_id for one in outcome.removed}):
        bury(rows, ids)
    return outcome, common


def _compare(
    export: Export,
    mine: list[Stored],
    others: list[Stored],
    pairs: dict[str, str],
    *,
    trusted: bool,
) -> Common:
    """`mine`, `others`: what this form and the other one brought. `trusted`: what the other one
    brought, and this file lacks, is gone."""
    own, foreign = _within(export, mine), _within(export, others)
    paired = set(pairs.values())
    unpaired = {one.source_id for one in foreign if one.source_id not in paired}
    lacking = export.lacks([one.source_id for one in own]) | unpaired
    gone = export.missing([one.source_id for one in own])
    if trusted and all(item.start for item in export.items):
        gone |= unpaired
    compared = sorted([*own, *foreign], key=attrgetter("start"))
    return Common(
        compared,
        [one for one in compared if one.source_id in lacking],
        [one for one in compared if one.source_id in gone],
    )


def _edited(export: Export, pairs: dict[str, str], known: dict[str, Stored]) -> Iterator[Fast]:
    """The fasts that a CSV has with another length than the JSON before it, as the latter's."""
    for fast in export.fasts:
        if fast.source_id in pairs:
            exact = known[pairs[fast.source_id]]
            length = fast.end - fast.start
            if not _is_as_long(length, exact.end - exact.start):
                # The seconds of the start are still true, of the end there are none.
                end = max(exact.start, exact.start.replace(second=0, microsecond=0) + length)
                yield replace(
                    fast,
                    source_id=exact.source_id,
                    start=exact.start,
                    end=end,
                    raw=exact.raw | {CSV: fast.raw},
                    end_zone=None,
                    goal_hours=exact.goal_hours,
                )


def _zone_is_proven(export: Export, known: dict[str, Stored], options: Options) -> bool:
    """Whether both forms were surely placed in the right zone, so that what the other form brought,
    and this file lacks within its stretch, was deleted in the app: most of the fasts that lie where
    the other form has some are in that too, be it by now retired."""
    csv = export.form == CSV
    others = [one for one in known.values() if one.from_csv != csv]
    if not others:
        return False
    pairs = match(export, others, options)
    first, last = others[0].start, others[-1].start
    strangers = sum(
        first <= fast.start <= last
        for fast in export.fasts
        # What the JSON had before, a CSV may have matched without a row of its own.
        if fast.source_id not in pairs and (csv or fast.source_id not in known)
    )
    # The JSON names instants. What else the CSV was known by when it was placed, no row tells now.
    return len(pairs) + (0 if csv else _matched_by_last_csv()) > strangers


def _matched_by_last_csv() -> int:
    run = SyncRun.objects.filter(source=ZERO, counts__has_key=CSV).first()
    return run.counts[CSV]["matched"] if run else 0


def _within(export: Export, stored: list[Stored]) -> list[Stored]:
    """Those of the stored fasts that began within the stretch of the export."""
    if export.span is None:
        return []
    first, last = export.span
    return [one for one in stored if first <= one.start <= last]


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while chunk := list(islice(rest, BATCH)):
        yield chunk


# --- The same fast in both forms ------------------------------------------------------------------


class _Timed(NamedTuple):
    source_id: str
    start: datetime
    # None while it runs, or where it cannot be read.
    length: timedelta | None
    # Where it began, as far as is known.
    zones: tuple[str, ...]


def match(export: Export, others: list[Stored], options: Options) -> dict[str, str]:
    """The items of the export that are among the fasts of the other form: by their ids, the ids
    there. What runs in the export, or cannot be read, has a counterpart too.

    They begin in the same minute. Where the JSON names the zone, the clock there counts too: a CSV of
    somebody who travels cannot be placed by one zone.
    """
    ours = [
        _Timed(f.source_id, f.start, f.end - f.start, tuple(filter(None, [f.start_zone])))
        for f in export.fasts
    ]
    unsure: list[Running | Refusal] = [*export.running, *export.refusals]
    ours += [
        # A fast that began in the same minute may have the plain id.
        _Timed(f"{item.source_id}~?{number}", item.start, None, ())
        for number, item in enumerate(unsure)
        if item.start is not None
    ]
    theirs = [_Timed(o.source_id, o.start, o.end - o.start, _zones(o.raw)) for o in others]
    if export.form == CSV:
        found = _match(cut=ours, exact=theirs, told=options.zone.key)
        return {source_id: exact for exact, source_id in found.items()}
    return _match(cut=theirs, exact=ours, told=options.zone.key)


def _zones(raw: dict[str, Any]) -> tuple[str, ...]:
    found = (raw.get(FIRESTORE, {}).get("startTimeZone"), raw.get("zone"))
    return tuple(name for zone in found if (name := zone_name(zone)))


def _match(cut: list[_Timed], exact: list[_Timed], told: str) -> dict[str, str]:
    """By the id of the exact one, that of the one that is cut to minutes; each has at most one. Those
    that last as long come first, then those that were edited."""
    by_start: dict[datetime | str, list[_Timed]] = defaultdict(list)
    for one in cut:
        by_start[one.start].append(one)
        # The id of a CSV is the clock on the wall: see `Times.id`.
        by_start[one.source_id.partition("~")[0]].append(one)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for as_long in (True, False):
        for one in exact:
            if one.source_id in found:
                continue
            near = [
                other
                for key in _keys(one, told, rounded=as_long)
                for other in by_start.get(key, ())
                if other.source_id not in taken
                and (not as_long or _is_as_long(one.length, other.length))
            ]
            if near:
                best = min(near, key=lambda other: _difference(one, other))
                found[one.source_id] = best.source_id
                taken.add(best.source_id)
    return found


def _is_as_long(one: timedelta | None, other: timedelta | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= MINUTE


def _difference(one: _Timed, other: _Timed) -> tuple[timedelta, timedelta, str]:
    apart = abs(one.start - other.start)
    if one.length is None or other.length is None:
        return apart, timedelta.max, other.source_id
    return apart, abs(one.length - other.length), other.source_id


def _keys(exact: _Timed, told: str, *, rounded: bool) -> Iterator[datetime | str]:
    """What a CSV may call this start: the minute that it was cut to, or also the next, if it was
    rounded."""
    minute = exact.start.replace(second=0, microsecond=0)
    for start in {minute, minute + (MINUTE if rounded and minute < exact.start else timedelta())}:
        yield start
        for zone in {*exact.zones, told}:
            yield f"{CSV_ID}{start.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def require_right_zone(
    export: Export, others: list[Stored], pairs: dict[str, str], options: Options
) -> None:
    """A CSV read in the wrong zone would come beside the JSON's fasts, each shifted by hours, and
    double the history. Raises CannotImport."""
    known = set(pairs.values())
    spans = [(one.start, one.end) for one in others if one.source_id not in known]
    rest = [fast for fast in export.fasts if fast.source_id not in pairs]
    crossing = sum(_crosses(fast, spans) for fast in rest)
    if crossing > max(FEW, len(export.fasts) / 2):
        raise CannotImport(
            f"{crossing} of its {len(export.fasts)} fasts overlap fasts that Zero's "
            f"{'JSON' if export.form == CSV else 'CSV'} brought before, but are not the same. "
            f"So {options.zone.key} is probably not the zone in which the phone showed the times "
            "of the CSV: name it, such as --timezone America/New_York. Nothing was imported."
        )


def _crosses(fast: Fast, spans: list[tuple[datetime, datetime]]) -> bool:
    """Whether it shares time with one of its neighbours among the spans, which are in order."""
    at = bisect_left(spans, (fast.start, fast.start))
    return any(
        start < fast.end and end > fast.start for start, end in spans[max(at - 1, 0) : at + 1]
    )


# --- Writing --------------------------------------------------------------------------------------


def _write(fasts: list[Fast], known: dict[str, Stored], options: Options, outcome: Outcome) -> None:
    for some in _chunks(fasts):
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
                reason = f"the database does not take it: {refused[fast.source_id]}"
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


def _row(fast: Fast, before: Stored | None, raw: dict[str, Any]) -> list[Any]:
    """The values of COLUMNS. What this file does not tell stays as an earlier one has told it."""
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


def _raw(fast: Fast, before: Stored | None, options: Options) -> dict[str, Any]:
    is_from_csv = fast.source_id.startswith(CSV_ID)
    return fast.raw if is_from_csv else _whole(fast, before, options)


def _whole(fast: Fast, before: Stored | None, options: Options) -> dict[str, Any]:
    """The newest payload of each file that has had this fast, and the zone that the person told."""
    raw = dict(before.raw if before else {}) | fast.raw
    if CSV not in fast.raw:
        raw.pop(CSV, None)  # this file knows the end better
    kept = before.raw.get(FIRESTORE, {}) if before else {}
    if "notes" in kept and not options.notes and FIRESTORE in fast.raw:
        raw[FIRESTORE] = raw[FIRESTORE] | {"notes": kept["notes"]}
    if options.zone_told:
        raw["zone"] = options.zone.key
    return raw


def _zone(fast: Fast, raw: dict[str, Any]) -> str | None:
    """Where the fast ended: as the file has it, else as the app knew it, else as the person told."""
    if fast.end_zone:
        return fast.end_zone
    firestore = raw.get(FIRESTORE, {})
    candidates = (firestore.get("endTimeZone"), firestore.get("startTimeZone"), raw.get("zone"))
    return next((name for zone in candidates if (name := zone_name(zone))), None)


# --- The ledger -----------------------------------------------------------------------------------


def _list_rejected(stream: str, refusals: list[Refusal]) -> None:
    """Every export is whole, so what this one does not refuse is mended or gone."""
    listed = RejectedItem.objects.filter(source=ZERO, stream=stream)
    items = {_item_key(refusal): refusal for refusal in refusals}
    listed.exclude(item_key__in=items).delete()
    for key, refusal in items.items():
        listed.record(
            ZERO,
            stream,
            key,
            payload=to_json(refusal.payload),
            reason=f"{refusal.where}: {refusal.reason}",
        )


def _item_key(refusal: Refusal) -> str:
    text = f"{refusal.where} {to_json(refusal.payload)}"
    return refusal.source_id or f"digest:{hashlib.sha256(text.encode()).hexdigest()}"


def _record(outcome: Outcome, started: datetime) -> None:
    first, last = outcome.export.span or (None, None)
    SyncRun.objects.create(
        source=ZERO,
        kind=SyncRun.Kind.MANUAL,
        status=SyncRun.Status.SUCCESS,
        window_start=first,
        window_end=last,
        counts={outcome.export.form: outcome.counts()},
        progress_done=len(outcome.export.items),
        progress_total=len(outcome.export.items),
        started_at=started,
        finished_at=timezone.now(),
    )
