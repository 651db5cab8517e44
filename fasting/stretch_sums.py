"""What fasts come to by week or month: how many, how long, and between which times on the clock, by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from fasting.limits import LONGEST
from fasting.models import FastingPeriod, compiled
from lifetracker.days import ONE_DAY, home_offset, midnight
from lifetracker.models.expressions import WallSeconds
from lifetracker.models.rows import as_date
from lifetracker.web.charts.scales import Unit, begin_of
from lifetracker.web.stretches import begin_in_sql

MINUTE, DAY_SECONDS = 60, 86_400
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
    """Return the sums of each week or month with fasts, by the day on which it begins. The database adds up each day
    first, which comes in the order of an index, so that it need not sort the fasts."""
    days, values = compiled(sums_by_day(first, last))
    begins = begin_in_sql(unit, begin_of(first, "week").weekday(), "date")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {begins}, SUM(number), SUM(with_goal), SUM(reached), "  # noqa: S608 - made by Django
            "SUM(stopped), SUM(hours), SUM(moved), MIN(earliest), MAX(latest), MAX(longest) "
            f"FROM ({days}) days GROUP BY 1",
            values,
        )
        rows = cursor.fetchall()
    return {as_date(row[0]): sums_of(row[1:]) for row in rows}


def sums_of(row: Sequence[Any]) -> StretchOfFasts:
    number, with_goal, reached, stopped, hours, moved, earliest, latest, longest = map(float, row)
    return StretchOfFasts(
        number=int(number),
        with_goal=int(with_goal),
        reached=int(reached),
        # Each began as long before its end as it lasted.
        begin=(stopped / MINUTE - hours * MINUTE + moved) / number,
        earliest=earliest / MINUTE,
        end=stopped / MINUTE / number,
        latest=latest / MINUTE,
        total=hours,
        longest=longest,
    )


def sums_by_day(first: date, last: date) -> Any:
    """Return the sums of the fasts of each day, with their times in seconds after its midnight. That day is the one on
    clocks at the end of a fast, so that the end is what is left of whole days; the beginning is as long before, and where
    clocks changed in between, they showed another time: `moved`, in minutes."""
    rows = FastingPeriod.objects.ended().filter(date__range=(first, last)).order_by()
    changes = changes_of_zone(first - LONGEST, last + ONE_DAY)
    shown = WallSeconds(F("end"), Coalesce(F("utc_offset_min"), offset_at("end", changes)))
    stopped = shown % Value(DAY_SECONDS)
    change = offset_at("start", changes) - offset_at("end", changes)
    moved = Case(When(utc_offset_min=None, then=change), default=Value(0))
    began = stopped - F("duration_hours") * Value(3600.0) + moved * Value(60.0)
    return rows.values("date").annotate(
        number=Count("pk"),
        with_goal=Count("goal_hours"),
        reached=Count("pk", filter=Q(duration_hours__gte=F("goal_hours"))),
        stopped=Sum(stopped),
        hours=Sum("duration_hours"),
        moved=Sum(moved),
        earliest=Min(began),
        latest=Max(stopped),
        longest=Max("duration_hours"),
    )


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
