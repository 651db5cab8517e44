"""The numbers of the page of workouts, for a range of days."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum
from django.urls import reverse

from lifetracker.days import days_from, monday_of
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.models import SyncState
from lifetracker.models.rows import as_date
from lifetracker.web.charts.scales import BY_WEEK, Unit, begin_of, end_of
from lifetracker.web.ranges import Range
from lifetracker.web.stretches import Slice, begin_in_sql, columns_between, stretch_of
from whoop.models import WhoopCycle
from workouts.metrics import minutes
from workouts.models import Workout
from workouts.page_query import Asked
from workouts.sports import one_of_each, sport_key

ZONES = range(6)
ZONE_COLUMNS = [f"zone_{zone}_min" for zone in ZONES]
#: Longer ranges are drawn by week, and still longer ones by month.
BY_DAY = 31
#: The calendar has a year of weeks, whatever the range is.
CALENDAR_WEEKS = 52


class Group(NamedTuple):
    """The workouts of a sport and a source in a day, a week or a month: minutes in all and in each zone, which is None where
    no workout knows it; how many do not."""

    first: date
    sport: str
    source: str
    sessions: int
    minutes: float
    unzoned: int
    #: Of the longest, and of the one with the most strain, which is None where no workout has any.
    longest: float
    hardest: float | None
    zones: tuple[float | None, ...]


class Sums(NamedTuple):
    sessions: int
    minutes: float


class Best(NamedTuple):
    """The workout with the most of something."""

    pk: int
    date: date
    sport: str
    value: float


def unit_of(shown: Range) -> Unit:
    """Return what a column of the charts stands for."""
    if shown.days <= BY_DAY:
        return "day"
    return "week" if shown.days <= BY_WEEK else "month"


@dataclass(frozen=True, kw_only=True)
class RangeWorkouts:
    """The workouts of a range."""

    asked: Asked
    #: Of every sport and source, also where one of them is asked for.
    groups: Sequence[Group]
    #: Of the stretch of the same length before; None where it is not known as a whole.
    before: Sums | None
    #: The minutes of all workouts of each day of the calendar.
    year: Series
    #: Of a sport or a source the minutes of each day of the calendar with one; None where all are asked for.
    chosen: dict[date, float] | None
    #: The columns that hold a day on which WHOOP was worn, so that the absence of a workout is a fact.
    worn: set[date]

    @property
    def shown(self) -> Range:
        return self.asked.shown

    @property
    def unit(self) -> Unit:
        return unit_of(self.shown)

    @cached_property
    def found(self) -> list[Group]:
        """Return the groups of the sport and the source that are asked for."""
        sport, source = sport_key(self.asked.sport), self.asked.source
        return [
            one
            for one in self.groups
            if (not sport or sport_key(one.sport) == sport) and (not source or one.source == source)
        ]

    @cached_property
    def total(self) -> Sums:
        return Sums(
            sum(one.sessions for one in self.found), math.fsum(one.minutes for one in self.found)
        )

    @cached_property
    def by_stretch(self) -> dict[date, list[Group]]:
        found: dict[date, list[Group]] = defaultdict(list)
        for one in self.found:
            found[one.first].append(one)
        return found

    @cached_property
    def sports(self) -> dict[str, float]:
        """Return the minutes of each sport, the most first."""
        sums: dict[str, float] = defaultdict(float)
        for one in self.found:
            sums[one.sport] += one.minutes
        return dict(sorted(sums.items(), key=lambda one: (-one[1], one[0])))

    @cached_property
    def longest(self) -> Best | None:
        """Return the longest workout, by a statement."""
        return self._best("duration_min", {one: one.longest for one in self.found})

    @cached_property
    def hardest(self) -> Best | None:
        """Return the workout with the most strain, by a statement."""
        strains = {one: one.hardest for one in self.found if one.hardest is not None}
        return self._best("strain", strains)

    def _best(self, column: str, values: Mapping[Group, float]) -> Best | None:
        """Return the workout with the most of a column, which is looked for in the days, the week or the month that has it."""
        if not values:
            return None
        group = max(values, key=lambda one: (values[one], one.first))
        days = (
            max(group.first, self.shown.first),
            min(end_of(group.first, self.unit), self.shown.last),
        )
        rows = self.asked.rows().filter(date__range=days, **{column: values[group]})
        row = rows.order_by("-start").values_list("pk", "date", "sport_name", column).first()
        return Best(*row) if row else None

    @cached_property
    def addresses(self) -> tuple[str, str]:
        """Return what stands before and behind the days in an address."""
        return reverse("workouts"), self.asked.behind

    @property
    def columns(self) -> list[Slice]:
        return list(columns_between(self.shown.first, self.shown.last, self.unit))

    def groups_of(self, column: Slice) -> list[Group] | None:
        """Return the workouts of a column; None where it has none, and nobody knows whether there were any."""
        first = begin_of(column.first, self.unit)
        return self.by_stretch.get(first, [] if first in self.worn else None)

    @property
    def is_known(self) -> bool:
        """Return whether the absence of workouts in the range is a fact, at least of a part of it."""
        return bool(self.worn)

    def minutes_on(self, day: date) -> float | None:
        """Return the minutes of a day of the calendar, also those so far; None where they are not known."""
        value = self.year.on(day)
        whole = self.year.so_far.get(day) if value is None else value
        if self.chosen is None:
            return whole
        return self.chosen.get(day, None if whole is None else 0.0)

    @property
    def calendar_days(self) -> list[date]:
        return days_from(self.year.first, self.year.last)


def range_workouts(asked: Asked, states: Iterable[SyncState]) -> RangeWorkouts:
    """Read a range by four statements, and one more each for a sport or a source, and for a long range."""
    shown, verified = asked.shown, Verified(states)
    first = monday_of(shown.last) - timedelta(weeks=CALENDAR_WEEKS)
    year = read_series([minutes], first, shown.last, verified)[minutes.key]
    return RangeWorkouts(
        asked=asked,
        groups=groups_in(shown),
        before=sums_before(asked, verified.of(minutes)),
        year=year,
        chosen=minutes_by_day(asked, first) if asked.is_filtered else None,
        worn=worn_in(shown, year, verified.of(minutes)),
    )


def groups_in(shown: Range) -> list[Group]:
    """Return the sums of a range by day, week or month, by sport and by source, by one statement. The database adds up
    each day first, which comes in the order of an index, so that it need not sort the workouts."""
    days, values = sums_by_day(shown).query.sql_with_params()
    begins = begin_in_sql(unit_of(shown), begin_of(shown.first, "week").weekday(), "date")
    zones = ", ".join(f"SUM(sum_{zone})" for zone in ZONES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {begins}, sport_name, source, SUM(sessions), SUM(minutes), SUM(unzoned), "  # noqa: S608 - made by Django
            f"MAX(longest), MAX(hardest), {zones} FROM ({days}) days GROUP BY 1, 2, 3",
            values,
        )
        found = cursor.fetchall()
    alike = one_of_each(row[1] for row in found)
    return [
        Group(
            first=as_date(begin),
            sport=alike[sport],
            source=source,
            sessions=int(sessions),
            minutes=minutes,
            unzoned=int(unzoned),
            longest=longest,
            hardest=hardest,
            zones=tuple(in_zones),
        )
        for begin, sport, source, sessions, minutes, unzoned, longest, hardest, *in_zones in found
    ]


def sums_by_day(shown: Range) -> Any:
    unzoned = Q(**{f"{ZONE_COLUMNS[1]}__isnull": True})
    rows = Asked(shown).rows().values("date", "sport_name", "source")
    return rows.annotate(
        sessions=Count("pk"),
        minutes=Sum("duration_min"),
        unzoned=Count("pk", filter=unzoned),
        longest=Max("duration_min"),
        hardest=Max("strain"),
        **{f"sum_{zone}": Sum(column) for zone, column in enumerate(ZONE_COLUMNS)},
    )


def sums_before(asked: Asked, verified: Stretch | None) -> Sums | None:
    """Return what the stretch before a range comes to; None where nothing is known of a part of it."""
    before = asked.shown.before()
    if before is None or (verified and verified.days[0] > before.first):
        return None
    found = asked._replace(shown=before).rows().aggregate(n=Count("pk"), sum=Sum("duration_min"))
    if not found["n"]:
        return Sums(0, 0.0) if verified else None
    return Sums(found["n"], found["sum"])


def minutes_by_day(asked: Asked, first: date) -> dict[date, float]:
    whole = asked._replace(shown=asked.shown._replace(first=first))
    rows: Any = whole.rows().values("date").annotate(sum=Sum("duration_min"))
    return dict(rows.values_list("date", "sum"))


def worn_in(shown: Range, year: Series, verified: Stretch | None) -> set[date]:
    """Return the days, weeks or months of the range of which at least a day is known, by the day on which each begins."""
    unit = unit_of(shown)
    if shown.first >= year.first:
        days = days_from(shown.first, shown.last)
        return {
            begin_of(day, unit) for day in days if year.on(day) is not None or day in year.so_far
        }
    if verified is None:
        return set()
    first, last = max(shown.first, verified.days[0]), min(shown.last, verified.days[1])
    rows = WhoopCycle.objects.happened().filter(date__range=(first, last), strain__isnull=False)
    stretches = rows.order_by().annotate(stretch=stretch_of(unit, shown.first)).values("stretch")
    found = stretches.annotate(day=Min("date")).values_list("day", flat=True)
    return {begin_of(day, unit) for day in found}


def is_untouched() -> bool:
    """Return whether no workout is stored, so that the page says how to begin."""
    return not Workout.objects.live().exists()
