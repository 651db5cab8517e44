"""How two series go together from day to day, and how many independent days that is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from insights.statistics.course import Adjusted, Array
from insights.statistics.uneven import evened

#: Up to which distance the days of one series are compared with each other.
FEWEST_LAGS, MOST_LAGS = 7, 30
#: Fewer pairs of days say nothing of how alike days are that are so far apart.
LEAST_PAIRS = 10
LEAST_EFFECTIVE = 4.0


@dataclass(frozen=True)
class Associations:
    """Of each series as the action, a row, and each as the outcome, a column: the days on which both are known, the
    correlation of their day-to-day parts, how many independent days these are worth, and the two-sided p of a t test. A
    pair of which too few days are known has a p of NaN: it was not tested."""

    days: Array
    r: Array
    effective: Array
    p: Array


def autocorrelations(values: Array, most: int = MOST_LAGS) -> Array:
    """Return how alike the days of each series are that lie 1 to `most` days apart, over the pairs that are known."""
    known = (~np.isnan(values)).astype(np.float64)
    filled = np.nan_to_num(values)
    counts = np.maximum(known.sum(axis=1), 1.0)
    spread = (filled**2).sum(axis=1) / counts
    found = np.zeros((values.shape[0], most))
    for lag in range(1, min(most, values.shape[1] - 1) + 1):
        pairs = (known[:, lag:] * known[:, :-lag]).sum(axis=1)
        products = (filled[:, lag:] * filled[:, :-lag]).sum(axis=1)
        enough = (pairs >= LEAST_PAIRS) & (spread > 0)
        found[enough, lag - 1] = products[enough] / pairs[enough] / spread[enough]
    return np.asarray(np.clip(found, -1.0, 1.0))


def effective_days(days: Array, of_actions: Array, of_outcomes: Array) -> Array:
    """Return how many independent days the known ones of each pair are worth, by the autocorrelations of both series."""
    lags = np.arange(1, of_actions.shape[1] + 1, dtype=np.float64)
    counts = np.maximum(days, 1.0)
    reach = np.clip(np.floor(np.sqrt(counts)), FEWEST_LAGS, MOST_LAGS)
    weights = np.where(lags <= reach[..., None], 1.0 - lags / counts[..., None], 0.0)
    shared = np.einsum("abk,ak,bk->ab", np.maximum(weights, 0.0), of_actions, of_outcomes)
    shrunk = counts / np.maximum(1.0 + 2.0 * shared, 1e-9)
    return np.asarray(np.clip(shrunk, LEAST_EFFECTIVE, np.maximum(counts, LEAST_EFFECTIVE)))


def correlations(actions: Array, outcomes: Array) -> tuple[Array, Array]:
    """Return the number of days on which both are known, and the correlation over these, of each action with each
    outcome; 0 where one of them does not vary."""
    known_x, known_y = ((~np.isnan(one)).astype(np.float64) for one in (actions, outcomes))
    x, y = np.nan_to_num(actions), np.nan_to_num(outcomes)
    days = known_x @ known_y.T
    counts = np.maximum(days, 1.0)
    sum_x, sum_y = x @ known_y.T, known_x @ y.T
    squares_x, squares_y = x**2 @ known_y.T, known_x @ (y**2).T
    spread_x, spread_y = squares_x - sum_x**2 / counts, squares_y - sum_y**2 / counts
    together = x @ y.T - sum_x * sum_y / counts
    # What rounding leaves of a series that does not vary is no spread.
    varies = (spread_x > 1e-12 * squares_x) & (spread_y > 1e-12 * squares_y)
    scale = np.sqrt(np.where(varies, spread_x, 1.0)) * np.sqrt(np.where(varies, spread_y, 1.0))
    return days, np.where(varies, np.clip(together / scale, -0.999999, 0.999999), 0.0)


def associate(series: Adjusted, lag: int, least_days: int) -> Associations:
    """Return how each series goes together with each one `lag` days later."""
    actions, outcomes = series.values[:, : series.values.shape[1] - lag], series.values[:, lag:]
    days, r = correlations(actions, outcomes)
    alike = autocorrelations(series.values)
    # What was fitted took its share of the days, alike or not.
    left = np.maximum(1.0 - series.columns / np.maximum(days, 1.0), 0.0)
    independent = effective_days(days, alike, alike) * left
    effective = evened(actions, outcomes, independent, series.columns)
    freedom = effective - 2.0
    is_tested = (days >= least_days) & (freedom >= 1.0)
    p = np.full_like(r, np.nan)
    p[is_tested] = two_sided(r[is_tested], freedom[is_tested])
    return Associations(days, r, effective, p)


def two_sided(r: Array, freedom: Array) -> Array:
    t = np.abs(r) * np.sqrt(freedom / (1.0 - r**2))
    return np.asarray(2.0 * stdtr(freedom, -t))


def t_quantile(freedom: float, share: float) -> float:
    """Return the value of t below which this share lies."""
    return float(stdtrit(freedom, share))
