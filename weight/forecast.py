"""Where weight goes: the slope of the weigh-ins, a forecast with its band, and the date of a target.

The smoothed trend lags behind a steady slope by nine days, so that slopes are taken from the days' weights themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from lifetracker.metrics.likeness import NINETY_PERCENT, likeness, widening

#: The days that a slope is of, how many of them must be known, and how many they must span.
SLOPE_DAYS, LEAST_DAYS, LEAST_SPAN = 28, 10, 21
#: How far ahead a forecast may go.
FARTHEST_DAYS = 2 * SLOPE_DAYS
#: A target that may be farther away has no date.
FARTHEST_TARGET_DAYS = 180


class Line(NamedTuple):
    """A straight line through the weights of some days.

    `end`: its value on the last day, in kg. `slope`: kg a day; `error`: the standard error of that, with what
    neighbouring days share. `spread`: the standard deviation of the weights about the line. `days`: how many weights.
    `middle`: how many days before the last one their mean day lies. `squares`: the sum of the squared distances from it.
    """

    end: float
    slope: float
    error: float
    spread: float
    days: int
    middle: float
    squares: float

    def at(self, ahead: float) -> Forecast:
        """Return what it comes to some days after the last one. Raises ValueError where that is too far."""
        if not 0 <= ahead <= FARTHEST_DAYS:
            raise ValueError(f"A forecast goes no further than {FARTHEST_DAYS} days.")
        mean = self.spread * math.sqrt(1 / self.days + (ahead + self.middle) ** 2 / self.squares)
        return Forecast(self.end + self.slope * ahead, mean, math.hypot(mean, self.spread))

    def days_until(self, target: float) -> DaysUntil | None:
        """Return in how many days the line comes to a weight; None where the slope is not surely towards it, or where that
        may take more than 180 days."""
        away = target - self.end
        slopes = [
            self.slope + side * NINETY_PERCENT * self.error if self.error else self.slope
            for side in (-1, 1)
        ]
        if not all(slope * away > 0 for slope in slopes):
            return None
        soonest, latest = sorted(away / slope for slope in slopes)
        if latest > FARTHEST_TARGET_DAYS:
            return None
        return DaysUntil(round(soonest), round(away / self.slope), round(latest))


class Forecast(NamedTuple):
    """`kg`: the best guess. `mean_error` and `weigh_in_error`: the standard deviations of the line and of a single
    weigh-in; 90 of 100 lie within 1.645 of them."""

    kg: float
    mean_error: float
    weigh_in_error: float

    def within(self, error: float) -> tuple[float, float]:
        """Return the band in which 90 of 100 lie, by one of the two errors."""
        return self.kg - NINETY_PERCENT * error, self.kg + NINETY_PERCENT * error


class DaysUntil(NamedTuple):
    """Days from the last one of the line on: with the steepest, the likeliest and the flattest slope of the band of 90 %."""

    soonest: int
    likely: int
    latest: int


def line_of(weights: Sequence[float | None]) -> Line | None:
    """Return the line of least squares through the last 28 of the days' weights, oldest first; None with fewer than 10
    known days, or where these span fewer than 21."""
    recent = weights[-SLOPE_DAYS:]
    points = [(at - len(recent) + 1, kg) for at, kg in enumerate(recent) if kg is not None]
    if len(points) < LEAST_DAYS or points[-1][0] - points[0][0] + 1 < LEAST_SPAN:
        return None
    number = len(points)
    day = sum(at for at, _ in points) / number
    kg = sum(one for _, one in points) / number
    squares = sum((at - day) ** 2 for at, _ in points)
    slope = sum((at - day) * (one - kg) for at, one in points) / squares
    rest = {at: one - kg - slope * (at - day) for at, one in points}
    spread = math.sqrt(sum(one**2 for one in rest.values()) / (number - 2))
    error = spread / math.sqrt(squares) * widening(likeness(rest))
    return Line(kg - slope * day, slope, error, spread, number, -day, squares)
