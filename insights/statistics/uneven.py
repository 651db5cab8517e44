"""How many independent days a slope has where not all days are alike: on some of them both series vary more than on others,
or all that goes together does so within a few stretches, such as an illness."""

from __future__ import annotations

import numpy as np

from insights.statistics.course import Array

#: Stretches that hang together are about so long: an illness, a holiday, a busy fortnight.
STRETCH_DAYS = 14
#: Of a slope that so few days have made, nothing is said of how its days differ.
LEAST_DAYS = 30
#: At least this share of the spread of an action is taken to be that of the other days.
LEAST_OTHERS = 0.1
#: Both count as far as they go beyond so many times what chance makes of them in even days.
TIMES_OF_DAYS, TIMES_OF_STRETCHES = 1.0, 2.0


def evened(actions: Array, outcomes: Array, independent: Array, columns: int) -> Array:
    """Return how many independent days each pair has, at most `independent`, by what is left of the outcome on the days on
    which the action varies most (White 1980), and by how that adds up within stretches of 14 days (Newey and West 1987).
    Both arrays hold a row for each series and a column for each day, the outcome on the day of its action. `columns`: how many
    free numbers were fitted to each: of the stretches, each took a whole one.

    Both count as far as they go beyond their own error by chance, which is large for so few days and stretches: without
    that, six of a hundred links that are there would be lost in a year, and nine in half a year (`benchmarks/insights.py`)."""
    outcomes_known = ~np.isnan(outcomes)
    found = independent.copy()
    for row, action in enumerate(actions):
        both = outcomes_known & ~np.isnan(action)
        x, y = np.where(both, action, 0.0), np.where(both, outcomes, 0.0)
        days = both.sum(axis=1)
        spread = (x**2).sum(axis=1)
        slope = (x * y).sum(axis=1) / np.where(spread > 0, spread, 1.0)
        left = y - slope[:, None] * x
        products = x * left
        squares = (products**2).sum(axis=1)
        if (is_asked := (days >= LEAST_DAYS) & (squares > 0)).any():
            even = spread * (left**2).sum(axis=1)
            share = days[is_asked] * squares[is_asked] / even[is_asked]
            by_chance = TIMES_OF_DAYS * np.sqrt(4 / days[is_asked])
            share = np.maximum(share / (1 + by_chance), 1.0)
            shares = x[is_asked] ** 2 / spread[is_asked, None]
            most = even[is_asked] / of_stretches(products[is_asked], shares, days[is_asked])
            found[row, is_asked] = np.minimum(found[row, is_asked] / share, most - columns)
    return found


def of_stretches(products: Array, shares: Array, days: Array) -> Array:
    """Return the variance of the sum of each row of products of which days near each other add up, less what chance makes
    of it. `shares`: of each day in the spread of the action: a stretch that makes up much of it bends the slope its own way,
    and seems to fit. `days`: how many of each row are known."""
    bent = in_stretches(products) / np.maximum(1.0 - in_stretches(shares), LEAST_OTHERS)
    variance = (bent**2).sum(axis=1) / STRETCH_DAYS
    by_chance = TIMES_OF_STRETCHES * np.sqrt(4 * STRETCH_DAYS / (3 * days))
    return np.asarray(np.maximum(variance, 1e-300) / (1.0 + by_chance))


def in_stretches(values: Array) -> Array:
    """Return the sums of each row over all stretches of 14 days, also those that begin before it or end after it."""
    sums = np.cumsum(np.pad(values, ((0, 0), (STRETCH_DAYS, STRETCH_DAYS))), axis=1)
    return np.asarray(sums[:, STRETCH_DAYS:] - sums[:, :-STRETCH_DAYS])
