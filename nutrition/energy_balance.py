"""How much energy its owner uses, by what was eaten and what became of the weight. Nothing here reads the database.

What one uses is the mean of what one eats, less what went into the body. It is an estimate, and is never said without
its band.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from operator import itemgetter
from statistics import fmean
from typing import NamedTuple

from lifetracker.metrics.declaration import Values
from lifetracker.metrics.likeness import NINETY_FIVE_PERCENT, likeness, widening
from weight.forecast import SLOPE_DAYS, Line, line_of

#: The energy of a kilogram of body mass, as a rule: between those of fat (9,440) and of lean mass (1,800; Hall 2008).
KCAL_PER_KG = 7700
#: The days that it is of, and how many of them must be complete.
WINDOW, LEAST_DAYS = SLOPE_DAYS, 14
#: A mean of a week that differs by so much from that of the week before is a change of habits: for a week after it water
#: and glycogen move the weight, so that these days are left out. How much of both weeks must be known is our choice.
CHANGE_KCAL, SETTLING_DAYS, LEAST_OF_WEEK = 500, 7, 4
#: How many days before the first one are needed: those of the window, of a change before it, and of the week before that.
LOOKBACK = WINDOW - 1 + 2 * SETTLING_DAYS - 1


class Expenditure(NamedTuple):
    """`kcal`: a day. `error`: the standard error of it. `days`: how many complete days of the 28 it is of, without the
    `left_out` ones. `slope`: of the weight, in kg a day."""

    day: date
    kcal: float
    error: float
    days: int
    slope: float
    left_out: int = 0
    whoop: Whoop | None = None

    @property
    def band(self) -> float:
        """Return how far to each side 95 of 100 lie."""
        return NINETY_FIVE_PERCENT * self.error

    @property
    def low(self) -> float:
        return self.kcal - self.band

    @property
    def high(self) -> float:
        return self.kcal + self.band


class Whoop(NamedTuple):
    """What WHOOP says of the same complete days: `kcal`, the mean of those that it knows, `days`."""

    kcal: float
    days: int


class Bias(NamedTuple):
    """By how much WHOOP reads higher than what was used, in kcal, and as a part of that."""

    kcal: float
    share: float
    #: Whether the band leaves out that it reads right.
    is_sure: bool


def bias_of(found: Expenditure) -> Bias | None:
    """Return None where WHOOP knows too few of the days, or nothing was used."""
    if found.whoop is None or found.kcal <= 0:
        return None
    kcal = found.whoop.kcal - found.kcal
    return Bias(kcal, kcal / found.kcal, abs(kcal) > found.band)


class Days(NamedTuple):
    """What is known of days in a row: what was eaten on complete ones, first weights, WHOOP's energy."""

    eaten: Values
    weights: Values
    whoop: Values


def expenditures(
    first: date, eaten: Values, weights: Values, whoop: Values | None = None
) -> list[Expenditure | None]:
    """Return what was used by each day, of series that begin with `first`. None where too few days are complete, or the
    weight has no slope."""
    days, weeks = Days(eaten, weights, whoop or [None] * len(eaten)), Weeks(eaten)
    return [balance_at(at, first, days, weeks) for at in range(len(eaten))]


class Counted(NamedTuple):
    """What counts of the 28 days up to one: `known` complete days, those of them that count, and the line of the weight."""

    known: int
    eaten: Mapping[int, float]
    line: Line | None


def counted_at(at: int, days: Days, weeks: Weeks) -> Counted:
    begin = max(at - WINDOW + 1, 0)
    window = range(begin, at + 1)
    known = {one: kcal for one in window if (kcal := days.eaten[one]) is not None}
    if len(known) < LEAST_DAYS:
        return Counted(len(known), {}, None)
    settling = settling_days(weeks, begin, at)
    eaten = {one: kcal for one, kcal in known.items() if one not in settling}
    weights = [None if one in settling else days.weights[one] for one in window]
    return Counted(len(known), eaten, line_of(weights))


def balance_at(at: int, first: date, days: Days, weeks: Weeks) -> Expenditure | None:
    known, eaten, line = counted_at(at, days, weeks)
    if line is None or len(eaten) < LEAST_DAYS:
        return None
    mean = fmean(eaten.values())
    return Expenditure(
        day=first + timedelta(days=at),
        kcal=mean - KCAL_PER_KG * line.slope,
        error=math.hypot(error_of_mean(eaten, mean), KCAL_PER_KG * line.error),
        days=len(eaten),
        slope=line.slope,
        left_out=known - len(eaten),
        whoop=whoop_of(days.whoop, eaten),
    )


class Lack(NamedTuple):
    """Why nothing can be said on a day: `complete` and `weighed` of its 28 days, and whether that would do if there had not
    been a large change."""

    complete: int
    weighed: int
    is_change: bool


def lack_of(eaten: Values, weights: Values) -> Lack:
    """Return what is missing on the last day of series."""
    recent = weights[-WINDOW:]
    complete = known_of(eaten[-WINDOW:])
    is_enough = complete >= LEAST_DAYS and line_of(recent) is not None
    return Lack(complete, known_of(recent), is_enough)


def known_of(values: Values) -> int:
    return len(values) - values.count(None)


def error_of_mean(known: Mapping[int, float], mean: float) -> float:
    """Return the standard error of a mean: neighbouring days that are alike count for fewer than they are."""
    rest = {at: value - mean for at, value in known.items()}
    variance = math.fsum(one * one for one in rest.values()) / (len(rest) - 1)
    return math.sqrt(variance / len(rest)) * widening(likeness(rest))


def whoop_of(whoop: Values, days: Mapping[int, float]) -> Whoop | None:
    known = [value for at in days if (value := whoop[at]) is not None]
    return Whoop(fmean(known), len(known)) if len(known) >= LEAST_DAYS else None


# --- Changes of habits ----------------------------------------------------------------------------


class Weeks:
    """The means of weeks, and by how much each week differs from the one before it."""

    def __init__(self, values: Values) -> None:
        self._totals = list(accumulate((value or 0.0 for value in values), initial=0.0))
        self._counts = list(accumulate((value is not None for value in values), initial=0))
        self._changes = [
            self.change_at(at, at + SETTLING_DAYS) for at in range(len(values) - SETTLING_DAYS + 1)
        ]

    def mean(self, begin: int, end: int) -> float | None:
        """Return the mean of positions from `begin` to before `end`; None where too few are known."""
        begin = max(begin, 0)
        count = self._counts[end] - self._counts[begin]
        if count < LEAST_OF_WEEK:
            return None
        return (self._totals[end] - self._totals[begin]) / count

    def change_at(self, at: int, end: int) -> float:
        """Return by how much the days from a position to before `end` differ from the week before them; 0 where that is
        not known."""
        before, after = self.mean(at - SETTLING_DAYS, at), self.mean(at, end)
        return 0.0 if before is None or after is None else abs(after - before)

    def changes(self, begin: int, last: int) -> list[tuple[int, float]]:
        """Return the large ones of a range of positions, by what is known on the last one."""
        whole = max(last - SETTLING_DAYS + 2, begin)
        found = [(at, self._changes[at]) for at in range(begin, whole)]
        found += [(at, self.change_at(at, last + 1)) for at in range(whole, last + 1)]
        return [(at, size) for at, size in found if size > CHANGE_KCAL]


def settling_days(weeks: Weeks, begin: int, last: int) -> set[int]:
    """Return the positions of a window at which the body still settles after a change of what is eaten."""
    found: set[int] = set()
    for change in first_days(weeks.changes(max(begin - SETTLING_DAYS + 1, 0), last)):
        found.update(range(max(change, begin), min(change + SETTLING_DAYS, last + 1)))
    return found


def first_days(changes: Sequence[tuple[int, float]]) -> Iterator[int]:
    """Yield the position of each change: of neighbouring ones that of the largest."""
    group: list[tuple[int, float]] = []
    for at, size in changes:
        if group and at > group[-1][0] + 1:
            yield max(group, key=itemgetter(1))[0]
            group = []
        group.append((at, size))
    if group:
        yield max(group, key=itemgetter(1))[0]
