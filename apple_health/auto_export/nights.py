"""A summarized night of the app: how long each stage was, in hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apple_health.auto_export.written import Item, amount, moment, text_of
from apple_health.export import units
from apple_health.export.units import Unreadable
from apple_health.models import LONGEST_NIGHT

STAGES = {"core_min": "core", "deep_min": "deep", "rem_min": "rem"}
#: What the minutes may be more than the time between start and end: they are rounded.
ROUNDING = 2.0
MOST_MINUTES = LONGEST_NIGHT / timedelta(minutes=1)
NOT_SUMMARIZED = "it is a single stage of a night; in the app, set the automation to summarize data, and send again"


def night_item(item: Item, unit: str) -> dict[str, Any]:
    """Return the values of a night by column, as if it were a nap. Raises Unreadable."""
    if "sleepStart" not in item and "inBedStart" not in item:
        raise Unreadable(NOT_SUMMARIZED if "startDate" in item else "it does not say when it began")
    starts, ends = (
        [moment(item, name) for name in names if item.get(name)]
        for names in (("sleepStart", "inBedStart"), ("sleepEnd", "inBedEnd"))
    )
    if not starts or not ends:
        raise Unreadable("it does not say when it began and ended")
    start, end = min(one.at for one in starts), max(ends, key=lambda one: one.at)
    if not timedelta(0) < end.at - start <= LONGEST_NIGHT:
        raise Unreadable("it does not end after it begins, within two days")
    whole = (end.at - start) / timedelta(minutes=1)
    values = minutes_of(item, unit or "hr", whole)
    return {
        "date": end.day,
        "start_time": start,
        "end_time": end.at,
        "utc_offset_min": end.offset,
        "nap": True,
        "device": text_of(item, "sleepSource") or text_of(item, "source"),
        **values,
    }


def minutes_of(item: Item, unit: str, whole: float) -> dict[str, float | None]:
    """Return minutes by column; None for what is unknown: the app writes 0 for what nobody measured."""

    def said(name: str) -> float:
        if item.get(name) is None:
            return 0.0
        found = amount(item, name, unit, units.in_unit(units.MINUTES), MOST_MINUTES)
        if found > whole + ROUNDING:
            raise Unreadable(f"{name!r} is longer than the time between its start and its end")
        return round(found, 2)

    stages = {column: said(name) for column, name in STAGES.items()}
    has_stages = any(stages.values())
    asleep = said("totalSleep") or said("asleep") or round(sum(stages.values()), 2)
    return {
        "asleep_min": asleep or None,
        "in_bed_min": said("inBed") or round(whole, 2),
        "awake_min": said("awake") if has_stages else None,
        **{column: value if has_stages else None for column, value in stages.items()},
    }
