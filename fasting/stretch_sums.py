"""What fasts come to by week or month: how many, how long, and between which times on the clock, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from fasting.limits import LONGEST
from fasting.models import FastingPeriod, compiled
from lifetracker.days import ONE_DAY, home_offset, midnight
from lifetracker.models.expressions import WallSeconds
from lifetracker.web.charts.scales import Unit, begin_of
from lifetracker.web.stretches import stretch_of

MINUTE, DAY_SECONDS = 60, 86_400
#: More rows than there are: with a limit, SQLite reckons each time once and not for every sum that it is in.
EVERY = 10**9
# An offset of a zone changes at a whole minute.
PRECISE = timedelta(minutes=1)


class StretchOfFasts(NamedTuple):
    """The fasts that ended in a week or a month. Times are in minutes after the midnight of the day on which a fast
    ended, and so negative before it; lengths are in hours. `reached`: how many of those `with_goal` lasted as long."""

    number: int
    with_goal: int
    reached: int
    begin: float
    earliest: float
    end: float
    latest: float
    total: float
    longest: float

    @property
    def mean(self) -> float:
        return self.total / self.number


class Change(NamedTuple):
    """An instant, and the offset of the zone in minutes up to it."""

    instant: datetime
    before: int


def sums_by_stretch(first: date, last: date, unit: Unit) -> dict[date, StretchOfFasts]:
    """Return the sums of each week or month with fasts, by the day on which it begins."""
    inner, values = compiled(parts_of(first, last, unit)[:EVERY])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MIN(date), COUNT(*), COUNT(goal_hours), "  # noqa: S608 - made by Django
            "SUM(CASE WHEN duration_hours >= goal_hours THEN 1 ELSE 0 END), "
            "AVG(began), MIN(began), AVG(stopped), MAX(stopped), SUM(duration_hours), MAX(duration_hours) "
            f"FROM ({inner}) parts GROUP BY stretch",
            values,
        )
        rows = cursor.fetchall()
    return {begin_of(date.fromisoformat(str(day)), unit): sums_of(*rest) for day, *rest in rows}


def sums_of(*numbers: Any) -> StretchOfFasts:
    counts, times, lengths = numbers[:3], numbers[3:7], numbers[7:]
    return StretchOfFasts(
        *(int(one) for one in counts),
        *(float(one) / MINUTE for one in times),
        *(float(one) for one in lengths),
    )


def parts_of(first: date, last: date, unit: Unit) -> Any:
    """Return of each fast its day, its stretch, its length and its goal, and its times in seconds after the midnight of its
    day. That day is the one on clocks at its end, so that the end is what is left of whole days; the beginning is as long
    before, and where clocks changed in between, they showed another time."""
    rows = FastingPeriod.objects.ended().filter(date__range=(first, last)).order_by()
    changes = changes_of_zone(first - LONGEST, last + ONE_DAY)
    stopped = WallSeconds(F("end"), Coalesce(F("utc_offset_min"), offset_at("end", changes)))
    moved = offset_at("start", changes) - offset_at("end", changes)
    return rows.annotate(
        stretch=stretch_of(unit, first),
        stopped=stopped % Value(DAY_SECONDS),
        began=stopped % Value(DAY_SECONDS)
        - F("duration_hours") * Value(3600.0)
        + Case(When(utc_offset_min=None, then=moved), default=Value(0)) * Value(60.0),
    ).values_list("date", "stretch", "began", "stopped", "duration_hours", "goal_hours")


def offset_at(column: str, changes: Sequence[Change]) -> Any:
    """Return the offset of `TIME_ZONE` at a moment, found by halves: a history has dozens of changes."""
    middle = len(changes) // 2
    if len(changes) == 1:
        return Value(changes[0].before, IntegerField())
    earlier, later = changes[:middle], changes[middle:]
    return Case(
        When(**{f"{column}__lt": earlier[-1].instant}, then=offset_at(column, earlier)),
        default=offset_at(column, later),
    )


def changes_of_zone(first: date, last: date) -> list[Change]:
    """Return when the offset of `TIME_ZONE` changes from one day to another, and the end of the last day."""
    zone = timezone.get_current_timezone()
    found: list[Change] = []
    # No zone changes twice within a fortnight.
    step, day = timedelta(days=14), first
    while day < last:
        until = min(day + step, last)
        begin, end = midnight(day, zone), midnight(until, zone)
        before = home_offset(begin, zone)
        if home_offset(end, zone) != before:
            found.append(Change(moment_of_change(begin, end, zone), before))
        day = until
    end = midnight(last, zone)
    return [*found, Change(end, home_offset(end, zone))]


def moment_of_change(begin: datetime, end: datetime, zone: tzinfo) -> datetime:
    """Return the first minute at which the offset is no longer that of `begin`."""
    before = home_offset(begin, zone)
    while end - begin > PRECISE:
        middle = begin + (end - begin) // 2
        if home_offset(middle, zone) == before:
            begin = middle
        else:
            end = middle
    return end.replace(second=0, microsecond=0)
