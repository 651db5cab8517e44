"""How alike neighbouring days are, and what that costs: days that resemble each other tell less than as many that do not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

#: Neighbouring days are never taken for more alike than this.
MOST_ALIKE = 0.99
#: Standard deviations to each side of what 90 and 95 of 100 lie in.
NINETY_PERCENT, NINETY_FIVE_PERCENT = 1.645, 1.96


def likeness(rest: Mapping[int, float]) -> float:
    """Return how alike the residuals of neighbouring days are, from 0 to 1: their autocorrelation. `rest`: by the number
    of the day, in their order."""
    neighbours = [(rest[one], rest[two]) for one, two in pairwise(rest) if two - one == 1]
    variance = sum(one**2 for one in rest.values()) / len(rest)
    if not neighbours or not variance:
        return 0.0
    shared = sum(one * two for one, two in neighbours) / len(neighbours) / variance
    return min(max(shared, 0.0), MOST_ALIKE)


def widening(alike: float) -> float:
    """Return by what a standard error grows where neighbouring residuals are alike."""
    return math.sqrt((1 + alike) / (1 - alike))
