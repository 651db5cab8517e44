"""The numbers of the page of fasts, for a range of days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Avg, Count, F, Max, Q
from django.utils import timezone

from fasting.day_data import FastsOfDay, fasts_at
from fasting.day_lane import goal_at
from fasting.models import FastingPeriod
from fasting.stretch_sums import StretchOfFasts, sums_by_stretch
from lifetracker.days import elapsed, local_date
from lifetracker.web.charts.scales import Unit, end_of, unit_of_bars
from lifetracker.web.clock import zone_of
from lifetracker.web.ranges import Range

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
#: So many fasts are drawn up to the line of their goal.
LAST = 30
COLUMNS = ("pk", "date", "start", "end", "duration_hours", "goal_hours", "utc_offset_min")


class Totals(NamedTuple):
    """The ended fasts of some days: lengths in hours, None where there is none. `reached`: how many of those
    `with_goal` lasted as long as it."""

    number: int
    mean: float | None
    longest: float | None
    with_goal: int
    reached: int


class Fast(NamedTuple):
    """An ended fast, as the charts draw it."""

    pk: int
    date: date
    start: datetime
    end: datetime
    hours: float
    goal: float | None
    offset: int | None

    def minute(self, instant: datetime) -> float:
        """Return what clocks showed at an instant, in minutes after the midnight of the day on which the fast ended."""
        shown = timezone.localtime(instant, zone_of(self.offset)).replace(tzinfo=None)
        return (shown - datetime.combine(self.date, time())) / MINUTE


@dataclass(frozen=True, kw_only=True)
class RangeFasts:
    """The fasts of a range."""

    shown: Range
    now: datetime
    totals: Totals
    #: Of the stretch of the same length before; None before all that there is.
    before: Totals | None
    #: The last ones, oldest first.
    last: Sequence[Fast]
    #: All of them, where the range is drawn by day; else what they come to by week or month.
    every: Sequence[Fast]
    stretches: dict[date, StretchOfFasts]
    #: What runs now, and what ended last, whatever the range is.
    around: FastsOfDay

    @property
    def unit(self) -> Unit:
        return unit_of_bars(self.shown.days)

    @property
    def is_now(self) -> bool:
        """Return whether the range ends today, so that the page says what runs."""
        return self.shown.last == self.shown.today

    @property
    def running(self) -> FastingPeriod | None:
        return self.around.running

    @property
    def hours(self) -> float:
        """Return how long the running fast has lasted."""
        return elapsed(self.running.start, self.now) / HOUR if self.running else 0.0

    @cached_property
    def longest(self) -> tuple[int, date] | None:
        """Return which fast of the range was the longest, and its day, by a statement: of a long range, in the week or the
        month that has it."""
        first, last = self.shown.first, self.shown.last
        if self.stretches:
            begin = max(self.stretches, key=lambda day: self.stretches[day].longest)
            first, last = max(first, begin), min(last, end_of(begin, self.unit))
        rows = ended_in(first, last).order_by("-duration_hours", "-start")
        found: tuple[int, date] | None = rows.values_list("pk", "date").first()
        return found

    @property
    def is_untouched(self) -> bool:
        """Return whether no fast was ever stored, so that the page says how to begin."""
        if self.totals.number or self.around.last or self.around.running:
            return False
        return not FastingPeriod.objects.live().exists()

    @property
    def goal_at(self) -> datetime | None:
        return goal_at(self.running) if self.running else None


def range_fasts(shown: Range, now: datetime) -> RangeFasts:
    """Read a range by four statements."""
    unit = unit_of_bars(shown.days)
    by_day = unit == "day"
    rows = fasts_of(shown) if by_day else last_of(shown)
    stretches = {} if by_day else sums_by_stretch(shown.first, shown.last, unit)
    before = shown.before()
    return RangeFasts(
        shown=shown,
        now=now,
        totals=totals_of(shown.first, shown.last) if by_day else together(stretches.values()),
        before=totals_of(before.first, before.last) if before else None,
        last=rows[-LAST:],
        every=rows if by_day else (),
        stretches=stretches,
        around=fasts_at(local_date(now), now),
    )


def ended_in(first: date, last: date) -> Any:
    """Return the fasts that ended on these days."""
    return FastingPeriod.objects.ended().filter(date__range=(first, last))


def fasts_of(shown: Range) -> list[Fast]:
    """Return the fasts of a range, oldest first."""
    rows = ended_in(shown.first, shown.last).order_by("-start").values_list(*COLUMNS)
    return [Fast(*row) for row in rows][::-1]


def last_of(shown: Range) -> list[Fast]:
    """Return the last fasts of a range, oldest first. The newest of all are found by an index, which the database would not
    take for those of some days."""
    rows = FastingPeriod.objects.ended().order_by("-start").values_list(*COLUMNS)
    if shown.last < shown.today:
        rows = rows.filter(date__lte=shown.last)
    return [fast for fast in (Fast(*row) for row in rows[:LAST]) if fast.date >= shown.first][::-1]


def totals_of(first: date, last: date) -> Totals:
    has_goal = Q(goal_hours__isnull=False)
    found = ended_in(first, last).aggregate(
        number=Count("pk"),
        mean=Avg("duration_hours"),
        longest=Max("duration_hours"),
        with_goal=Count("pk", filter=has_goal),
        reached=Count("pk", filter=has_goal & Q(duration_hours__gte=F("goal_hours"))),
    )
    return Totals(**found)


def together(stretches: Iterable[StretchOfFasts]) -> Totals:
    """Return what weeks or months come to."""
    found = list(stretches)
    number = sum(one.number for one in found)
    return Totals(
        number=number,
        mean=math.fsum(one.total for one in found) / number if number else None,
        longest=max((one.longest for one in found), default=None),
        with_goal=sum(one.with_goal for one in found),
        reached=sum(one.reached for one in found),
    )


def first_day() -> date | None:
    """Return the day of the first fast."""
    rows = FastingPeriod.objects.happened().order_by("date")
    found: date | None = rows.values_list("date", flat=True).first()
    return found
