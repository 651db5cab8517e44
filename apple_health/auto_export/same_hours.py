"""Hours that are sent again by another clock: those of India begin half an hour beside those of Europe, and no moment may count
twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from apple_health.auto_export.metrics import BY_COLUMN, Reduce
from apple_health.models import SentDay

HOUR = timedelta(hours=1)
#: By how much the hours of two clocks may lie beside each other: offsets are whole quarters of an hour.
SHIFTS = tuple(timedelta(minutes=sign * one) for one in (15, 30, 45) for sign in (-1, 1))
MINUTE = slice(14, 16)


def written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def read(at: str) -> datetime:
    return datetime.fromisoformat(at)


def beside(at: str, column: str) -> list[str]:
    """Return the times of the hours of other clocks that share a part with this one; none where the values are no sums."""
    if BY_COLUMN[column].reduce is not Reduce.SUM:
        return []
    return [written(read(at) + shift) for shift in SHIFTS]


def day_of(at: str, column: str, days: Sequence[SentDay]) -> SentDay | None:
    """Return which of some days has an hour already, else the first that has one of another clock that shares a part with it."""
    values = [(one, one.values.get(column, {})) for one in days]
    for one, known in values:
        if at in known:
            return one
    others = [(one, known) for one, known in values if has_other_clock(at, known)]
    if not others:
        return None
    times = beside(at, column)
    return next((one for one, known in others if not known.keys().isdisjoint(times)), None)


def has_other_clock(at: str, known: Iterable[str]) -> bool:
    return any(one[MINUTE] != at[MINUTE] for one in known)


def not_told(at: str, column: str, kept: Mapping[str, float]) -> float:
    """Return which share of an hour is in none of the hours of another clock that are kept."""
    if not has_other_clock(at, kept):
        return 1.0
    begin = read(at)
    common = (HOUR - abs(begin - read(one)) for one in beside(at, column) if one in kept)
    return max(1 - sum(common, timedelta(0)) / HOUR, 0.0)
