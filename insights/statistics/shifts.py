"""The check by shifting: one series is moved against the other, so that what both do by themselves stays and only what
goes together on the same days is lost."""

from __future__ import annotations

import numpy as np

from insights.statistics.correlation import correlations
from insights.statistics.course import WEEK, Array

MOST_SHIFTS = 500
#: No closer than this, because days that are near each other are alike.
NEAREST_DAYS = 14
#: At most this share of the shifts may go together as well as the days do unshifted.
MOST_SHARE = 0.02


def shifts_of(length: int, seed: int) -> list[int]:
    """Return by how many days to shift: whole weeks, so that the days of the week stay; all that there are, or 500 of
    them by the seed."""
    weeks = np.arange(-(-NEAREST_DAYS // WEEK), (length - NEAREST_DAYS) // WEEK + 1) * WEEK
    if len(weeks) > MOST_SHIFTS:
        weeks = np.sort(np.random.default_rng(seed).choice(weeks, MOST_SHIFTS, replace=False))
    return [int(one) for one in weeks]


def share_of_shifts(action: Array, outcome: Array, seed: int = 0) -> float:
    """Return at which share of the shifts, in a circle, two adjusted series go together at least as well as they do on
    their own days; 1 where they are too short to be shifted. Both have the same days."""
    shifts = shifts_of(len(action), seed)
    if not shifts:
        return 1.0
    rolled = np.stack([action, *(np.roll(action, one) for one in shifts)])
    r = np.abs(correlations(rolled, outcome[None, :])[1][:, 0])
    return float(np.mean(r[1:] >= r[0] - 1e-12))
