"""The numbers of the page of the weight, for a range of days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from lifetracker.days import ONE_DAY, days_from
from lifetracker.metrics.verified import Verified
from lifetracker.models import SyncState
from lifetracker.web.charts.scales import Unit, begin_of, unit_of_lines
from lifetracker.web.ranges import Range
from weight.forecast import FARTHEST_DAYS, SLOPE_DAYS, Line, line_of
from weight.goal_line import GoalOfWeight, goal_of
from weight.models import PARTS, TrendPoint, WeighIn
from weight.sentences import Opening
from weight.stretches import Counts, Stretch, Values, count_weigh_ins, read_stretches

#: A forecast is drawn over this part of the range, but over so many days at least.
AHEAD, LEAST_AHEAD = 0.4, 7
#: Of more weigh-ins in a long range the database takes a while to say what the body was made of.
VERY_MANY = 20_000
#: Of the days at the end of a long range the trend is read from here on.
RECENT_DAYS = 2 * SLOPE_DAYS


class Recent(NamedTuple):
    """The last 28 days of the range: the line through their first weights, if enough are known, and how many are."""

    line: Line | None
    known_days: int


@dataclass(frozen=True, kw_only=True)
class WeightNumbers:
    """A range of weigh-ins. `points`: the trend, from the last one before the range on; of a range that is drawn by months
    from two months before its end on. `began`: the trend of the first known day of the range, or of
    one that is drawn by months the mean of its first known month."""

    shown: Range
    unit: Unit
    #: By their first day, in order.
    stretches: dict[date, Stretch]
    counts: Counts
    points: list[TrendPoint]
    began: TrendPoint | None
    recent: Recent
    #: Whether there are so many weigh-ins that what the body is made of is read when it is asked for.
    lacks_body: bool
    goal: GoalOfWeight | None

    @cached_property
    def known_days(self) -> int:
        return sum(one.kg.days for one in self.stretches.values())

    @cached_property
    def trends(self) -> dict[date, float]:
        """Return the trend by day, or by week as it is on its last known day, in kg; nothing by month."""
        if self.unit == "month":
            return {}
        inside = (one for one in self.points if one.date >= self.shown.first)
        return {begin_of(one.date, self.unit): one.trend for one in inside}

    @cached_property
    def newest(self) -> TrendPoint | None:
        """Return the trend on the last known day of the range; None where no day of it is known."""
        inside = self.points and self.points[-1].date >= self.shown.first
        return self.points[-1] if inside else None

    @property
    def earlier(self) -> TrendPoint | None:
        """Return the last known day before a range without any."""
        return self.points[-1] if self.points and not self.newest else None

    @property
    def change(self) -> float | None:
        """Return what the trend has changed by, from the first known day of the range to the last, in kg."""
        if self.newest is None or self.began is None or self.began.date == self.newest.date:
            return None
        return self.newest.trend - self.began.trend

    @cached_property
    def ahead(self) -> int:
        """Return over how many days after the range the forecast is drawn; 0 where there is none."""
        is_present = self.shown.last == self.shown.today
        if self.recent.line is None or not is_present or self.unit == "month":
            return 0
        return min(max(round(self.shown.days * AHEAD), LEAST_AHEAD), FARTHEST_DAYS)

    def of_part(self, name: str) -> Values | None:
        """Return what a part of the body comes to in the whole range; None where no scale measured it."""
        found = [one.parts[name] for one in self.stretches.values() if name in one.parts]
        days = sum(one.days for one in found)
        if not days:
            return None
        mean = sum(one.mean * one.days for one in found) / days
        least, most = min(one.least for one in found), max(one.most for one in found)
        return Values(mean, least, most, days)

    @property
    def opening(self) -> Opening:
        return Opening(
            shown=self.shown,
            newest=self.newest,
            earlier=self.earlier,
            line=self.recent.line,
            known_days=self.recent.known_days,
            doubtful=self.counts.doubtful,
        )


def weight_numbers(
    shown: Range, states: Iterable[SyncState], *, has_body: bool = False
) -> WeightNumbers:
    """Read a range by three statements, and those of a goal. `has_body`: what the body is made of is read of however many
    weigh-ins."""
    unit = unit_of_lines(shown.days)
    counts = count_weigh_ins(shown.first, shown.last)
    lacks_body = unit != "day" and not has_body and counts.every > VERY_MANY
    stretches = read_stretches(shown.first, shown.last, unit, () if lacks_body else PARTS)
    four_weeks = days_from(shown.last - timedelta(days=SLOPE_DAYS - 1), shown.last)
    since = shown.last - timedelta(days=RECENT_DAYS) if unit == "month" else shown.first
    first = min(since, four_weeks[0])
    points, mornings = WeighIn.objects.all().trend_and_mornings(first, shown.last)
    known = [mornings.get(day) for day in four_weeks]
    return WeightNumbers(
        shown=shown,
        unit=unit,
        stretches=stretches,
        counts=counts,
        points=points,
        began=first_point(shown, unit, points, stretches),
        recent=Recent(line_of(known), len(known) - known.count(None)),
        lacks_body=lacks_body,
        goal=goal_of(shown, Verified(states)),
    )


def first_point(
    shown: Range, unit: Unit, points: list[TrendPoint], found: dict[date, Stretch]
) -> TrendPoint | None:
    """Return the trend of the first known day of a range; by months, the mean of the first known month."""
    if unit != "month":
        return next((one for one in points if one.date >= shown.first), None)
    first = next(iter(found.values()), None)
    return first and TrendPoint(first.begins, first.kg.mean, first.kg.mean)


def first_day() -> date | None:
    """Return the first day with a weigh-in that counts."""
    days = WeighIn.objects.all().certain().order_by("date").values_list("date", flat=True)
    return days.first()


def slices_of(numbers: WeightNumbers) -> list[date]:
    """Return the first day of each mark of the chart: a day, or the week or month that it stands for, also of those that
    lie ahead. A week that the range cuts begins before it."""
    last = numbers.shown.last + timedelta(days=numbers.ahead)
    found, day = [], begin_of(numbers.shown.first, numbers.unit)
    while day <= last:
        found.append(day)
        day = after(day, numbers.unit)
    return found


def after(begin: date, unit: Unit) -> date:
    """Return the first day of the next day, week or month."""
    if unit == "month":
        return begin_of(begin + timedelta(days=31), "month")
    return begin + (timedelta(weeks=1) if unit == "week" else ONE_DAY)
