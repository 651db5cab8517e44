"""What is usual for its owner, how far a day is from it, and what several days come to."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from lifetracker.metrics.declaration import Metric, Values

#: The days before a day that say what is usual on it, and how many of them must be known.
USUAL_DAYS, LEAST_USUAL_DAYS = 28, 14
#: The rolling means: how many days each is of, and how many of them must be known.
ROLLING = {7: 5, 28: 14}
HOURS_A_DAY = 24.0
#: Below this length of the mean vector, times of the day have no mean worth the name.
LEAST_CONCENTRATION = 0.1
#: How far from the usual a day is, in deviations, up to each limit.
WORDS = ((1.0, "usual"), (2.0, "a little {} usual"), (3.0, "well {} usual"))
FARTHEST = "far {} usual"


class Usual(NamedTuple):
    """What is usual on a day, and one deviation below and above, in the metric's unit.

    `deviation`: how many deviations the day itself lies above; None where the day is unknown.
    """

    value: float
    low: float
    high: float
    deviation: float | None
    known_days: int

    @property
    def words(self) -> str:
        """Return how the day compares, in words; empty where it is unknown."""
        return "" if self.deviation is None else words_of_deviation(self.deviation)


def words_of_deviation(deviation: float) -> str:
    """Return how far from the usual so many deviations are: `usual`, `a little below usual`."""
    side, size = "above" if deviation > 0 else "below", abs(deviation)
    return next((text for limit, text in WORDS if size < limit), FARTHEST).format(side)


def usual_of(
    metric: Metric,
    values: Values,
    excluded: Collection[int] = (),
    chosen: Sequence[int] | None = None,
) -> list[Usual | None]:
    """Return what is usual on each day, or on those at the `chosen` positions: by the 28 days before it, without the `excluded` positions, such as the days of
    an illness. None where fewer than 14 of them are known.

    It is the mean and the sample standard deviation, of logarithms where the metric is skewed (Plews and others, on
    ln RMSSD). A deviation below the least meaningful difference counts as that, so that after weeks of the same value
    not every step of the sensor is unusual.
    """
    excluded = frozenset(excluded)
    chosen = range(len(values)) if chosen is None else chosen
    if metric.circular:
        found = list(usual_times(metric, values, excluded))
        return [found[at] for at in chosen]
    if metric.logarithmic:
        return list(usual_logarithms(metric, values, excluded, chosen))
    return list(usual_values(metric, values, excluded, chosen))


def usual_values(
    metric: Metric, values: Values, excluded: Collection[int], chosen: Sequence[int]
) -> Iterator[Usual | None]:
    smallest = metric.smallest
    for at, window in zip(chosen, windows_of(values, excluded, chosen), strict=True):
        if window is None:
            yield None
            continue
        value, (count, mean, spread) = values[at], window
        spread = max(spread, smallest)
        away = None if value is None else (value - mean) / spread
        yield Usual(mean, mean - spread, mean + spread, away, count)


def usual_logarithms(
    metric: Metric, values: Values, excluded: Collection[int], chosen: Sequence[int]
) -> Iterator[Usual | None]:
    """Yield the usual of the logarithms, in the unit of the values."""
    scaled = logarithms(values)
    for at, window in zip(chosen, windows_of(scaled, excluded, chosen), strict=True):
        if window is None:
            yield None
            continue
        value, (count, mean, spread) = scaled[at], window
        spread = max(spread, metric.smallest / math.exp(mean))
        low, middle, high = (math.exp(mean + side * spread) for side in (-1, 0, 1))
        away = None if value is None else (value - mean) / spread
        yield Usual(middle, low, high, away, count)


def windows_of(
    values: Values, excluded: Collection[int], chosen: Sequence[int]
) -> Iterator[tuple[int, float, float] | None]:
    """Yield for each chosen day how many of the 28 days before it count, their mean and their deviation; None where these
    are too few."""
    counted = list(values)
    for at in excluded:
        counted[at] = None
    # Sums of differences from one value keep their digits where the spread is small beside the values.
    origin = next((value for value in counted if value is not None), 0.0)
    shifted = [0.0 if value is None else value - origin for value in counted]
    counts = sums_before([value is not None for value in counted])
    totals, squares = sums_before(shifted), sums_before([value * value for value in shifted])
    for at in chosen:
        count, total, square = counts[at], totals[at], squares[at]
        if count < LEAST_USUAL_DAYS:
            yield None
        else:
            variance = max(square - total * total / count, 0.0) / (count - 1)
            yield int(count), origin + total / count, math.sqrt(variance)


def sums_before(numbers: Sequence[float]) -> list[float]:
    """Return for each position the sum of the 28 numbers before it: the difference of two sums from the beginning, which
    takes no loop of Python's."""
    until = [0.0, *accumulate(numbers)][: len(numbers)]
    return [*until[:USUAL_DAYS], *map(sub, until[USUAL_DAYS:], until)]


def deviation_from(metric: Metric, usual: Usual, value: float) -> float:
    """Return how many deviations a value lies above what was usual on another day. Of a metric whose usual is that of the
    logarithms, the value must be above zero."""
    if metric.circular:
        return hours_apart(value, usual.value) / hours_apart(usual.high, usual.value)
    if metric.logarithmic:
        return math.log(value / usual.value) / math.log(usual.high / usual.value)
    return (value - usual.value) / (usual.high - usual.value)


def logarithms(values: Values) -> Values:
    return [math.log(value) if value is not None and value > 0 else None for value in values]


def usual_times(
    metric: Metric, values: Values, excluded: Collection[int]
) -> Iterator[Usual | None]:
    """Yield the usual of times of the day."""
    vectors = [
        None if value is None or at in excluded else vector_of(value)
        for at, value in enumerate(values)
    ]
    count, east, north = 0, 0.0, 0.0
    for at, value in enumerate(values):
        yield usual_time(metric, value, count, east, north)
        for position, sign in ((at, 1), (at - USUAL_DAYS, -1)):
            if position >= 0 and (one := vectors[position]) is not None:
                count += sign
                east += sign * one[0]
                north += sign * one[1]


def usual_time(
    metric: Metric, value: float | None, count: int, east: float, north: float
) -> Usual | None:
    if count < LEAST_USUAL_DAYS or (found := mean_time(count, east, north)) is None:
        return None
    mean, spread = found[0], max(found[1], metric.smallest)
    away = None if value is None else hours_apart(value, mean) / spread
    return Usual(mean, (mean - spread) % HOURS_A_DAY, (mean + spread) % HOURS_A_DAY, away, count)


def vector_of(hour: float) -> tuple[float, float]:
    angle = hour * math.tau / HOURS_A_DAY
    return math.cos(angle), math.sin(angle)


def mean_time(count: int, east: float, north: float) -> tuple[float, float] | None:
    """Return the mean hour and the spread in hours of times of the day, by the sums of their vectors; None where they
    are all around the clock."""
    length = min(math.hypot(east, north) / count, 1.0) if count else 0.0
    if length < LEAST_CONCENTRATION:
        return None
    mean = math.atan2(north, east) * HOURS_A_DAY / math.tau % HOURS_A_DAY
    return mean, math.sqrt(-2 * math.log(length)) * HOURS_A_DAY / math.tau


def hours_apart(hour: float, other: float) -> float:
    """Return how many hours the first is later than the second, from -12 to 12."""
    return (hour - other + HOURS_A_DAY / 2) % HOURS_A_DAY - HOURS_A_DAY / 2


def mean_of(metric: Metric, known: list[float]) -> float | None:
    """Return the mean of known values, round the clock for times of the day; None where there is none."""
    if not known:
        return None
    return mean_hour(known) if metric.circular else math.fsum(known) / len(known)


def mean_hour(hours: list[float]) -> float | None:
    """Return the mean of times of the day; None where there is none, or they are all around the clock."""
    vectors = [vector_of(hour) for hour in hours]
    sums = (math.fsum(vector[axis] for vector in vectors) for axis in (0, 1))
    found = mean_time(len(hours), *sums)
    return found[0] if found else None


def rolling_means(metric: Metric, values: Values, length: int) -> Values:
    """Return the mean of each day and the days before it, `length` in all; None where too few of them are known."""
    if metric.circular:
        return rolling_times(values, length)
    means: Values = []
    origin = next((value for value in values if value is not None), 0.0)
    count, total = 0, 0.0
    for at, value in enumerate(values):
        if value is not None:
            count, total = count + 1, total + value - origin
        if at >= length and (gone := values[at - length]) is not None:
            count, total = count - 1, total - gone + origin
        means.append(origin + total / count if count >= ROLLING[length] else None)
    return means


def rolling_times(values: Values, length: int) -> Values:
    means: Values = []
    for count, east, north in vector_sums(values, length):
        found = mean_time(count, east, north) if count >= ROLLING[length] else None
        means.append(found[0] if found else None)
    return means


def vector_sums(values: Values, length: int) -> Iterator[tuple[int, float, float]]:
    """Yield for each day how many times are known of it and the days before it, `length` in all, and the sums of their
    vectors."""
    vectors = [None if value is None else vector_of(value) for value in values]
    count, east, north = 0, 0.0, 0.0
    for at in range(len(values)):
        for position, sign in ((at, 1), (at - length, -1)):
            if position >= 0 and (one := vectors[position]) is not None:
                count, east, north = count + sign, east + sign * one[0], north + sign * one[1]
        yield count, east, north
