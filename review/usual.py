"""What is usual of weeks, months and years, and how far one of them is from it. Numbers in, numbers out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import NamedTuple

from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.statistics import (
    HOURS_A_DAY,
    hours_apart,
    logarithms,
    mean_of,
    mean_time,
    vector_of,
)


class Rule(NamedTuple):
    """How many windows before are looked at, how many of them must be known at least, and from which share of its known
    days on one of them counts as known."""

    windows: int
    least: int
    share: tuple[int, int]

    def is_enough(self, known: int, days: int) -> bool:
        """Return whether so many known days say what that many days came to."""
        part, whole = self.share
        return known > 0 and known * whole >= days * part


class Usual(NamedTuple):
    """The mean of earlier windows and one standard deviation below and above it, in the unit of the metric.

    `deviation`: how many deviations the window itself lies above. `windows`: how many are behind it."""

    value: float
    low: float
    high: float
    deviation: float
    windows: int

    def over(self, times: float) -> Usual:
        """Return the same of one of so many equal parts."""
        return self._replace(value=self.value / times, low=self.low / times, high=self.high / times)


def typical(metric: Metric, known: Sequence[float]) -> float | None:
    """Return the mean of known days: round the clock for times of day, that of the logarithms where the metric is
    skewed. None where there is none."""
    if not metric.logarithmic:
        return mean_of(metric, list(known))
    found = [one for one in logarithms(list(known)) if one is not None]
    return math.exp(fmean(found)) if found else None


def window_mean(metric: Metric, values: Sequence[float | None], rule: Rule) -> float | None:
    """Return what a day of a window comes to; None where too few of its days are known."""
    known = [value for value in values if value is not None]
    return typical(metric, known) if rule.is_enough(len(known), len(values)) else None


def usual_of(metric: Metric, value: float, before: Sequence[float], rule: Rule) -> Usual | None:
    """Return how a window lies to those before it; None where these are too few.

    The spread is the sample standard deviation, round the clock for times of day, that of the logarithms where the metric
    is skewed, and at least the smallest difference that means something."""
    if len(before) < rule.least:
        return None
    if metric.circular:
        return usual_time(metric, value, before)
    if metric.logarithmic:
        return usual_logarithm(metric, value, before)
    mean = fmean(before)
    spread = max(stdev(before), metric.smallest)
    return Usual(mean, mean - spread, mean + spread, (value - mean) / spread, len(before))


def usual_logarithm(metric: Metric, value: float, before: Sequence[float]) -> Usual:
    scaled = [math.log(one) for one in before]
    mean = fmean(scaled)
    spread = max(stdev(scaled), metric.smallest / math.exp(mean))
    low, middle, high = (math.exp(mean + side * spread) for side in (-1, 0, 1))
    return Usual(middle, low, high, (math.log(value) - mean) / spread, len(before))


def usual_time(metric: Metric, value: float, before: Sequence[float]) -> Usual | None:
    vectors = [vector_of(hour) for hour in before]
    east, north = (math.fsum(one[axis] for one in vectors) for axis in (0, 1))
    found = mean_time(len(before), east, north)
    if found is None:
        return None
    mean, spread = found[0], max(found[1], metric.smallest)
    low, high = (mean - spread) % HOURS_A_DAY, (mean + spread) % HOURS_A_DAY
    return Usual(mean, low, high, hours_apart(value, mean) / spread, len(before))


def share_by_chance(windows: int, deviations: float = 1.0) -> float:
    """Return which share of windows that are like all others lies so many deviations and more from the mean of as many
    before them: 0.36 for one deviation and 12 windows. By Student's t, as mean and deviation are those of a few."""
    return beyond(deviations / math.sqrt(1 + 1 / windows), windows - 1)


def beyond(limit: float, degrees: int) -> float:
    """Return how likely Student's t is farther from 0 than the limit, by its finite series for whole degrees of freedom
    (Abramowitz and Stegun 26.7.3 and 26.7.4): no page loads scipy for it."""
    angle = math.atan2(limit, math.sqrt(degrees))
    is_odd = degrees % 2
    term = math.cos(angle) if is_odd else 1.0
    total = 0.0
    for power in range(1 if is_odd else 0, degrees - 1, 2):
        total += term
        term *= math.cos(angle) ** 2 * (power + 1) / (power + 2)
    within = math.sin(angle) * total
    return 1 - ((angle + within) * 2 / math.pi if is_odd else within)
