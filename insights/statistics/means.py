"""Whether the newest four weeks of a series are other than the eight before, and since when."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from insights.statistics.correlation import (
    FEWEST_LAGS,
    autocorrelations,
    effective_days,
    t_quantile,
)
from insights.statistics.course import WEEK, Array, adjust

#: The newest so many days are compared with so many before.
AFTER_DAYS, BEFORE_DAYS = 28, 56
DAYS = BEFORE_DAYS + AFTER_DAYS
#: Of both, half must be known.
LEAST_AFTER, LEAST_BEFORE = AFTER_DAYS // 2, BEFORE_DAYS // 2
#: A difference is told from so many standard errors on. Two, which are usual, would call one of ten series in which nothing
#: changes a change at every look, because days are like the ones before them (`benchmarks/changes.py`).
LEAST_Z = 4.0
#: And from so many deviations of a single day on.
LEAST_DEVIATIONS = 0.5
#: It is larger than this share of the same differences in the weeks of the last two years, where at least so many are known.
OWN_SHARE, OWN_WEEKS, LEAST_OWN_WEEKS = 0.95, 104, 20
#: Nearer weeks have days in common with what is compared.
NEAREST_OWN_WEEK = DAYS // WEEK
#: How alike the days of a series may be, at most, for 84 of them to say how many are independent. Of a weight, they say twice as
#: many as there are: there two years say it (`benchmarks/changes.py`).
MOST_ALIKE = 0.7
#: And for these to say it; for less than a year, as fewer days look less alike. What is more alike wanders, and is not looked at.
WANDERS, WANDERS_SHORT, SHORT_DAYS = 0.87, 0.8, 365
#: How sure an interval is by its error. It holds what there is in about nine of ten cases only, as 84 days seem more independent
#: than they are, and those that seem so by much are told (`benchmarks/changes.py`): 0.95 would come to eight of ten.
SURE = 0.99
#: How far beyond zero the end of an interval is looked for, in standard errors, and how often that stretch is halved.
FARTHEST, BISECTIONS = 40.0, 60


@dataclass(frozen=True)
class Means:
    """Of each row: the means before and after by the same days of the week, the deviation of a single day, the standard
    error of their difference, how many independent days that has, and how many days each side knows. NaN where
    too few of these are known, or where the days do not vary."""

    before: Array
    after: Array
    spread: Array
    error: Array
    freedom: Array
    known_before: NDArray[np.int_]
    known_after: NDArray[np.int_]

    @property
    def difference(self) -> Array:
        return self.after - self.before

    @property
    def z(self) -> Array:
        return self.difference / self.error

    def stands(self) -> NDArray[np.bool_]:
        """Return which differences are large, beside their errors and beside the deviation of a day."""
        is_large = np.abs(self.difference) >= LEAST_DEVIATIONS * self.spread
        return is_large & (np.abs(self.z) >= LEAST_Z)

    def interval(self, row: int = 0, sure: float = SURE) -> tuple[float, float]:
        """Return the ends of an interval of a difference that was told because it was so large: the usual one, and toward zero
        also those true differences under which one as large is not unusual among the ones that are told, as the chance that
        brought it over the limit is in it. It is in the looks that follow, too, which have days in common with that one:
        what stands out less by then reaches as far toward zero as what only just stands out."""
        z, freedom, error = (float(one[row]) for one in (abs(self.z), self.freedom, self.error))
        tail = (1 - sure) / 2
        reach = t_quantile(freedom, 1 - tail)
        low = min(least_size(max(z, LEAST_Z), freedom, tail), z - reach) * error
        high = (z + reach) * error
        return (low, high) if self.difference[row] > 0 else (-high, -low)


def least_size(z: float, freedom: float, share: float) -> float:
    """Return the true difference, in standard errors, under which this share of those that are told (beyond `LEAST_Z`) is
    larger than `z`."""

    def larger(size: float) -> float:
        beyond = [float(stdtr(freedom, size - one)) for one in (z, LEAST_Z)]
        return beyond[0] / max(beyond[1] + float(stdtr(freedom, -LEAST_Z - size)), 1e-300)

    low, high = -z - FARTHEST, z
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if larger(middle) > share else (middle, high)
    return (low + high) / 2


def compare(windows: Array, weekdays: NDArray[np.int_], most: float = 1.0) -> Means:
    """Compare the last 28 columns of each row with the ones before. `weekdays`: that of each column. `most`: the share of the
    days that is independent, at most."""
    level = mean_of(windows)
    left = without_weekdays(windows, weekdays)
    known = ~np.isnan(left)
    is_after = np.arange(windows.shape[1]) >= windows.shape[1] - AFTER_DAYS
    counts = [(known & side).sum(axis=1) for side in (~is_after, is_after)]
    before, after = (mean_of(left[:, side]) for side in (~is_after, is_after))
    residuals = left - np.where(is_after, after[:, None], before[:, None])
    days = known.sum(axis=1).astype(np.float64)
    freedom = np.maximum(days - WEEK - 1, 1.0)
    spread = np.sqrt(np.nansum(residuals**2, axis=1) / freedom)
    share = np.minimum(independent_share(residuals, days), most)
    error = spread * np.sqrt(sum(1.0 / np.maximum(one * share, 1e-9) for one in counts))
    enough = (counts[0] >= LEAST_BEFORE) & (counts[1] >= LEAST_AFTER) & (spread > 1e-9)
    numbers = (before + level, after + level, spread, error, np.maximum(freedom * share, 2.0))
    return Means(*(np.where(enough, one, np.nan) for one in numbers), *counts)


def mean_of(rows: Array) -> Array:
    """Return the mean of the known days of each row; 0 where none is."""
    counts = np.maximum((~np.isnan(rows)).sum(axis=1), 1)
    return np.asarray(np.nansum(rows, axis=1) / counts)


def without_weekdays(windows: Array, weekdays: NDArray[np.int_]) -> Array:
    """Return each row without the mean of each day of the week."""
    left = windows.copy()
    for day in range(WEEK):
        columns = weekdays == day
        if columns.any():
            left[:, columns] -= mean_of(left[:, columns])[:, None]
    return left


def independent_share(residuals: Array, days: Array) -> Array:
    """Return which share of the days of each row is independent, by the effective number of days of the insights: a mean
    is a series beside a constant, whose days are all alike."""
    reach = max(FEWEST_LAGS, math.isqrt(residuals.shape[1]))
    alike = autocorrelations(residuals, reach)
    effective = effective_days(days[None, :], np.ones((1, reach)), alike)[0]
    return np.asarray(np.minimum(effective / np.maximum(days, 1.0), 1.0))


def lasting_share(series: Array, end: int, weekday: int) -> float:
    """Return which share of the days of a series is independent by its two years before an end, without its course: 1 where
    they are not much alike, 0 where they are so much that these do not tell. `weekday`: that of its first day."""
    begin = max(end - WEEK * OWN_WEEKS - DAYS, 0)
    row = adjust(series[None, begin:end], (weekday + begin) % WEEK).values
    alike = autocorrelations(row, math.isqrt(DAYS))
    if alike[0, 0] <= MOST_ALIKE:
        return 1.0
    known = np.count_nonzero(~np.isnan(row))
    if alike[0, 0] > (WANDERS if known >= SHORT_DAYS else WANDERS_SHORT):
        return 0.0
    days = np.full((1, 1), float(DAYS))
    return float(effective_days(days, np.ones_like(alike), alike)[0, 0]) / DAYS


def windows_of(series: Array, ends: NDArray[np.int_]) -> Array:
    """Return the 84 days before each end as a row; days before the series begins are not known."""
    padded = np.concatenate([np.full(DAYS, np.nan), series])
    return np.asarray(padded[ends[:, None] + np.arange(DAYS)])


def is_larger_than_own(series: Array, end: int, weekday: int, difference: float) -> bool:
    """Return whether a difference at an end is larger than 95 % of those at the weeks of the two years before that share no
    day with it; True where fewer than 20 of these are known. `weekday`: that of the first day of the series."""
    weeks = np.arange(NEAREST_OWN_WEEK, OWN_WEEKS + 1)
    ends = end - WEEK * weeks
    ends = ends[ends >= DAYS - BEFORE_DAYS // 2]
    if len(ends) < LEAST_OWN_WEEKS:
        return True
    # Whole weeks apart, all have the same days of the week.
    weekdays = (weekday + end - DAYS + np.arange(DAYS)) % WEEK
    others = np.abs(compare(windows_of(series, ends), weekdays).difference)
    others = others[~np.isnan(others)]
    return len(others) < LEAST_OWN_WEEKS or bool(np.mean(others < abs(difference)) >= OWN_SHARE)


# --- Since when -------------------------------------------------------------------------------------


def turning_point(window: Array, weekdays: NDArray[np.int_]) -> int:
    """Return the position of the first day after the change: the sum of what lies above and below the mean of all is
    farthest from zero on the day before it."""
    left = without_weekdays(window[None, :], weekdays)[0]
    known = np.flatnonzero(~np.isnan(left))
    sums = np.cumsum(left[known] - left[known].mean())[:-1]
    return int(known[int(np.argmax(np.abs(sums))) + 1])


def is_gradual(window: Array, weekdays: NDArray[np.int_]) -> bool:
    """Return whether a straight line through the days leaves less than two levels with a step at the turning point."""
    left = without_weekdays(window[None, :], weekdays)[0]
    at = np.flatnonzero(~np.isnan(left)).astype(np.float64)
    values = left[~np.isnan(left)]
    is_after = at >= turning_point(window, weekdays)
    fits = [np.stack([np.ones_like(at), one]) for one in (at - at.mean(), is_after.astype(float))]
    of_line, of_step = (remainder(values, one) for one in fits)
    return of_line < of_step


def remainder(values: Array, columns: Array) -> float:
    solved = np.linalg.lstsq(columns.T, values, rcond=None)[0]
    return float(((values - solved @ columns) ** 2).sum())
