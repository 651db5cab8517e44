"""Finds the same fast in both forms of export."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fasting.imports.stored import CSV_ID, Stored
from fasting.zero import (
    CSV,
    FIRESTORE,
    Export,
    Fast,
    Options,
    Running,
)
from fasting.zero.clock import MINUTE
from lifetracker.days import zone_name
from lifetracker.sync.files import CannotImport, Refusal
from lifetracker.sync.mapping import Item

# So many fasts may overlap those of the other form by themselves: edited between two exports, or
# really overlapping, as two of 300 do.
OVERLAPS_UNASKED = 3


class _Timed(NamedTuple):
    source_id: str
    start: datetime
    # None while it runs, or where it cannot be read.
    length: timedelta | None
    # Where it began, as far as is known.
    zones: tuple[str, ...]


def match(export: Export, others: list[Stored], options: Options) -> dict[str, str]:
    """Return the items of the export that are among the fasts of the other form: by their ids, the ids
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
        found = _match(cut=ours, exact=theirs, zone=options.zone.key)
        return {source_id: exact for exact, source_id in found.items()}
    return _match(cut=theirs, exact=ours, zone=options.zone.key)


def _zones(raw: Item) -> tuple[str, ...]:
    found = (raw.get(FIRESTORE, {}).get("startTimeZone"), raw.get("zone"))
    return tuple(name for zone in found if (name := zone_name(zone)))


def _match(cut: list[_Timed], exact: list[_Timed], zone: str) -> dict[str, str]:
    """Return, by the id of the exact one, that of the one that is cut to minutes; each has at most one.
    Those that last as long come first, then those that were edited."""
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
                for key in _keys(one, zone, rounded=as_long)
                for other in by_start.get(key, ())
                if other.source_id not in taken
                and (not as_long or is_as_long(one.length, other.length))
            ]
            if near:
                best = min(near, key=lambda other: _difference(one, other))
                found[one.source_id] = best.source_id
                taken.add(best.source_id)
    return found


def is_as_long(one: timedelta | None, other: timedelta | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= MINUTE


def _difference(one: _Timed, other: _Timed) -> tuple[timedelta, timedelta, str]:
    apart = abs(one.start - other.start)
    if one.length is None or other.length is None:
        return apart, timedelta.max, other.source_id
    return apart, abs(one.length - other.length), other.source_id


def _keys(exact: _Timed, zone: str, *, rounded: bool) -> Iterator[datetime | str]:
    """Yield what a CSV may call this start: the minute that it was cut to, or also the next, if it was
    rounded."""
    minute = exact.start.replace(second=0, microsecond=0)
    for start in {minute, minute + (MINUTE if rounded and minute < exact.start else timedelta())}:
        yield start
        for name in {*exact.zones, zone}:
            yield f"{CSV_ID}{start.astimezone(ZoneInfo(name)):%Y-%m-%dT%H:%M}"


def require_right_zone(
    export: Export, others: list[Stored], pairs: dict[str, str], options: Options
) -> None:
    """Raise CannotImport if a CSV seems to be read in the wrong zone: its fasts would come beside the JSON's,
    each shifted by hours, and double the history."""
    known = set(pairs.values())
    spans = [(one.start, one.end) for one in others if one.source_id not in known]
    rest = [fast for fast in export.fasts if fast.source_id not in pairs]
    crossing = sum(_crosses(fast, spans) for fast in rest)
    if crossing > max(OVERLAPS_UNASKED, len(export.fasts) / 2):
        raise CannotImport(
            f"{crossing} of its {len(export.fasts)} fasts overlap fasts that Zero's "
            f"{'JSON' if export.form == CSV else 'CSV'} brought earlier, but are not the same. "
            f"So {options.zone.key} is probably not the zone in which the phone showed the times "
            "of the CSV. Name that zone, such as --timezone America/New_York. Nothing was imported."
        )


def _crosses(fast: Fast, spans: list[tuple[datetime, datetime]]) -> bool:
    """Return whether it shares time with one of its neighbours among the spans, which are in order."""
    at = bisect_left(spans, (fast.start, fast.start))
    return any(
        start < fast.end and end > fast.start for start, end in spans[max(at - 1, 0) : at + 1]
    )
