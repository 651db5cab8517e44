"""How many independent days a slope has where not all days are alike: on some of them both series vary more than on others,
or all that goes together does so within a few stretches, such as an illness."""

from __future__ import annotations

import numpy as np

from insights.statistics.course import Array

#: Stretches that hang together are about so long: an illness, a holiday, a busy fortnight.
STRETCH_DAYS = 14
#: Of a slope that so few days have made, nothing is said of how its days differ.
LEAST_DAYS = 30


def evened(actions: Array, outcomes: Array, independent: Array) -> Array:
    """Return how many independent days each pair has, at most `independent`, by what is left of the outcome on the days on
    which the action varies most (White 1980), and by how that adds up within stretches of 14 days (Newey and West 1987).
    Both arrays hold a row for each series and a column for each day, the outcome on the day of its action.

    The second counts as far as it goes beyond its own error by chance, which is large for so few stretches: without that,
    six of a hundred links that are there would be lost (`benchmarks/insights.py`)."""
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
            own = [one[is_asked] for one in (days, even, squares)]
            share = np.maximum(own[0] * own[2] / own[1], 1.0)
            most = own[1] / of_stretches(products[is_asked], own[0])
            found[row, is_asked] = np.minimum(found[row, is_asked] / share, most)
    return found


def of_stretches(products: Array, days: Array) -> Array:
    """Return the variance of the sum of each row of products of which days near each other add up, as far as it is no more
    than chance makes of it. `days`: how many of each row are known."""
    ends = STRETCH_DAYS
    sums = np.cumsum(np.pad(products, ((0, 0), (ends, ends))), axis=1)
    variance = ((sums[:, ends:] - sums[:, :-ends]) ** 2).sum(axis=1) / ends
    # The products of a fitted slope add up to zero over all days, and so to less over stretches of them.
    variance /= 1.0 - ends / np.maximum(days, 2 * ends)
    by_chance = np.sqrt(4 * ends / (3 * days))
    return np.asarray(np.maximum(variance, 1e-300) / (1.0 + by_chance))
