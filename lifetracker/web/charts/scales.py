"""Scales: from which value to which a chart reaches, what is written at its sides, and how many marks it has."""

from __future__ import annotations

import math
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from django.utils.dateformat import format as format_date

from lifetracker.days import ONE_DAY, monday_of
from lifetracker.web.clock import time_after_midnight

#: One value for each day; None where it is not known.
Values = Sequence[float | None]
#: The stretch of time that one mark stands for.
Unit = Literal["day", "week", "month"]

# Between the ticks of a chart, before its domain is rounded.
INTERVALS = 4
# Of fewer values, a hundredth is none of them.
ENOUGH_FOR_PERCENTILES = 100
# In days. More marks than these would lie closer than 2 pixels on a phone.
BARS_BY_DAY, LINES_BY_DAY, BY_WEEK = 92, 366, 5 * 366
# Numbers beyond are drawn at the edge, and differences below count as none: ticks could not tell them apart.
LARGEST, SMALLEST = 1e15, 1e-8
# A word that begins further to the right would be cut off.
LAST_LABEL = 0.955
# The name of a month takes so much of the width on a phone.
LEAST_MONTH = 0.12


# --- Values ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Domain:
    """What a chart reaches from and to, in the unit of its values, and the distance of its ticks."""

    low: float
    high: float
    step: float

    def share(self, value: float) -> float:
        """Return where a value lies: 0 is `low`, 1 is `high`. What lies beyond is put at the edge."""
        if self.high <= self.low:
            return 0.5
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    def ticks(self) -> list[float]:
        """Return the multiples of the step, both ends included where they are multiples."""
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [round(at * self.step, 10) + 0.0 for at in range(first, last + 1)]


def known(values: Values) -> list[float]:
    return [value for value in values if value is not None]


def drawable(values: Values) -> Values:
    """Return the values with None in place of what is no number (NaN, infinite), and those beyond reach at its edge."""
    numbers = known(values)
    # Of numbers of which one is none, the sum is none either, and is equal to nothing.
    if not numbers or (
        (total := sum(numbers)) == total and min(numbers) > -LARGEST and max(numbers) < LARGEST
    ):
        return values
    return [
        within_reach(value) if value is not None and math.isfinite(value) else None
        for value in values
    ]


def within_reach(value: float) -> float:
    return min(max(value, -LARGEST), LARGEST)


def mean(values: Values) -> float | None:
    """Return the mean of what is known, None if nothing is."""
    numbers = known(values)
    return math.fsum(numbers) / len(numbers) if numbers else None


def percentile(numbers: Sequence[float], percent: float) -> float:
    """Return a percentile of at least one number, between two of them in proportion."""
    ordered = sorted(numbers)
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def domain_of(
    values: Values,
    *,
    bounds: Sequence[float] = (),
    least_span: float = 0.0,
    intervals: int = INTERVALS,
) -> Domain | None:
    """Return the domain of a line: from the 1st to the 99th percentile of what is known, rounded outwards.

    It does not begin at zero. It holds all `bounds`, is at least `least_span` high, and has about so many
    `intervals`. Below 100 values it holds each of them. None if nothing is known."""
    numbers = known(drawable(values))
    if not numbers:
        return None
    percent = 1 if len(numbers) >= ENOUGH_FOR_PERCENTILES else 0
    low, high = percentile(numbers, percent), percentile(numbers, 100 - percent)
    return rounded_outwards(min(low, *bounds, high), max(high, *bounds, low), least_span, intervals)


def domain_from_zero(values: Values) -> Domain | None:
    """Return the domain of columns: from zero, or from the least if that is negative, to the most.

    None if nothing is known."""
    numbers = known(drawable(values))
    if not numbers:
        return None
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    return rounded_outwards(low, high) if high - low > SMALLEST else Domain(0.0, 1.0, 1.0)


def rounded_outwards(
    low: float, high: float, least_span: float = 0.0, intervals: int = INTERVALS
) -> Domain:
    """Return a domain that holds both, whose ends are multiples of its step. Equal values lie in its middle."""
    low, high = within_reach(low), within_reach(high)
    span = high - low
    if span <= max(abs(low), abs(high), 1.0) * SMALLEST:
        # They differ by the errors of rounding, or not at all.
        low, high, span = (low + high) / 2, (low + high) / 2, 0.0
    wanted = max(span, least_span) or max(abs(low) * 0.1, 1.0)
    low, high = low - (wanted - span) / 2, high + (wanted - span) / 2
    step = step_for(wanted, intervals)
    return Domain(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step)


def step_for(span: float, intervals: int = INTERVALS) -> float:
    """Return the least of 1, 2, 5, 10, 20, ... (or 0.5, 0.2, ...) of which so many reach over a span above 0."""
    size = 10.0 ** math.floor(math.log10(span / intervals))
    return next(size * factor for factor in (1, 2, 5, 10, 20) if span <= size * factor * intervals)


def number_words(value: float) -> str:
    """Return a number of a tick, with as many places as it has, such as `1,200` or `0.5`."""
    text = f"{value:,.10f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def clock_words(minutes: float) -> str:
    """Return minutes after midnight as on a clock, also of the day before or after: -90 is `22:30`."""
    return time_after_midnight(minutes)


# --- Time -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Label:
    """A word below a chart, at the day of this index. A `wide` one is left out on a phone, as the `rest` is."""

    at: int
    text: str
    wide: bool = False
    rest: str = ""


class Bucket(NamedTuple):
    """The days that one mark stands for, and what is known of them; None if nothing is."""

    first: date
    last: date
    mean: float | None
    least: float | None
    most: float | None
    #: How many days are known.
    known_days: int


def unit_of_lines(days: int) -> Unit:
    """Return what a point of a line stands for, when so many days are drawn."""
    return "day" if days <= LINES_BY_DAY else unit_of_bars(days)


def unit_of_bars(days: int) -> Unit:
    """Return what a bar stands for, when so many days are drawn."""
    if days <= BARS_BY_DAY:
        return "day"
    return "week" if days <= BY_WEEK else "month"


def begin_of(day: date, unit: Unit) -> date:
    """Return the first day of the week (a Monday) or month that a day is in, or the day itself."""
    if unit == "week":
        return monday_of(day)
    return day.replace(day=1) if unit == "month" else day


def end_of(day: date, unit: Unit) -> date:
    """Return the last day of the week (a Sunday) or month that a day is in, or the day itself."""
    if unit == "week":
        return monday_of(day) + timedelta(days=6)
    return day.replace(day=monthrange(day.year, day.month)[1]) if unit == "month" else day


def slices(days: Sequence[date], unit: Unit) -> list[slice]:
    """Return for each day, week or month the part of the days that lies in it. The days are in order."""
    if days and (days[-1] - days[0]).days + 1 == len(days):
        return list(_slices_in_a_row(days[0], len(days), unit))
    found, start = [], 0
    while start < len(days):
        end = bisect_right(days, end_of(days[start], unit), start)
        found.append(slice(start, end))
        start = end
    return found


@lru_cache(maxsize=64)
def _slices_in_a_row(first: date, count: int, unit: Unit) -> tuple[slice, ...]:
    """Return the same of days that follow each other, of which all charts of a page, and of a day, have the same."""
    found, start, begin = [], 0, first
    while start < count:
        after = end_of(begin, unit) + ONE_DAY
        end = min((after - first).days, count)
        found.append(slice(start, end))
        start, begin = end, after
    return tuple(found)


def means(values: Values, parts: Sequence[slice]) -> list[float | None]:
    """Return the mean of what is known in each part, None where nothing is."""
    if None in values:
        return [mean(values[part]) for part in parts]
    numbers = known(values)
    return [math.fsum(numbers[part]) / (part.stop - part.start) for part in parts]


def buckets(days: Sequence[date], values: Values, parts: Sequence[slice]) -> list[Bucket]:
    """Return the mean, the least and the most of each part of the days. Days and values are equally many."""
    check_same_length(days, values)
    return [bucket_of(days, values, part) for part in parts]


def bucket_of(days: Sequence[date], values: Values, part: slice) -> Bucket:
    first, last, numbers = days[part.start], days[part.stop - 1], known(values[part])
    if not numbers:
        return Bucket(first, last, None, None, None, 0)
    average = math.fsum(numbers) / len(numbers)
    return Bucket(first, last, average, min(numbers), max(numbers), len(numbers))


def check_same_length(days: Sequence[date], *series: Sequence[object]) -> None:
    """Raise ValueError if there is not one value for each day. An empty series is one that is left out."""
    for one in series:
        if one and len(one) != len(days):
            raise ValueError(
                f"A chart of {len(days)} days got {len(one)} values. "
                "Give one for each day, None where it is not known."
            )


def day_labels(days: Sequence[date]) -> list[Label]:
    """Return what is written below a chart of these days (or first days of weeks, of months), in order.

    Each day up to a fortnight, Mondays up to 16 weeks, the months up to 2 years, then the years."""
    if not days:
        return []
    span = (days[-1] - days[0]).days + 1
    if span <= 14:
        return [_day_label(at, day, of=span) for at, day in enumerate(days)]
    if span <= 112:
        if span <= 45:
            return _labels_at(days, monday_of, "j M", 2)
        # Every second Monday, on a phone every fourth.
        return _labels_at(days, monday_of, "j M", 4)[::2]
    if span <= 740:
        return _labels_at(days, lambda day: day.replace(day=1), "M", 3)
    return _labels_at(days, lambda day: day.replace(month=1, day=1), "Y", 2 if span > 3000 else 1)


def month_labels(days: Sequence[date]) -> list[Label]:
    """Return the months that begin in a chart, and that in which it begins where there is room for both."""
    firsts = [next(group)[0] for _, group in groupby(enumerate(days), key=_month_of)]
    if len(firsts) > 1 and firsts[1] / len(days) < LEAST_MONTH:
        firsts = firsts[1:]
    return [Label(at, format_date(days[at], "M")) for at in firsts if at / len(days) <= LAST_LABEL]


def _month_of(pair: tuple[int, date]) -> tuple[int, int]:
    return pair[1].year, pair[1].month


def _day_label(at: int, day: date, *, of: int) -> Label:
    return Label(at, format_date(day, "D"), wide=of > 7 and at % 2 > 0, rest=format_date(day, " j"))


def _labels_at(
    days: Sequence[date], begin: Callable[[date], date], words: str, narrow: int
) -> list[Label]:
    """Return a label wherever a new stretch begins; on a phone each `narrow`-th of them."""
    starts = [
        next(group)[0] for _, group in groupby(enumerate(days), key=lambda pair: begin(pair[1]))
    ]
    if begin(days[0]) != days[0]:
        # The chart begins in the middle of this one.
        starts = starts[1:]
    fitting = [at for at in starts if at / len(days) <= LAST_LABEL]
    return [
        Label(at, format_date(days[at], words), number % narrow > 0)
        for number, at in enumerate(fitting)
    ]
