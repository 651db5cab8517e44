"""How large an effect is, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from insights.statistics.correlation import correlations, t_quantile
from insights.statistics.course import Array


@dataclass(frozen=True)
class Effect:
    """By how much the outcome differs where the action is one unit more, with the ends of an interval. `error`: its
    standard error."""

    slope: float
    low: float
    high: float
    error: float

    def times(self, step: float) -> Effect:
        """Return the effect of so many units."""
        ends = sorted((self.low * step, self.high * step))
        return Effect(self.slope * step, ends[0], ends[1], self.error * abs(step))


def effect_of(action: Array, outcome: Array, effective: float, sure: float = 0.95) -> Effect | None:
    """Return the slope of an adjusted outcome on an adjusted action with its interval; None where the action does not
    vary, or where the days are worth too few independent ones."""
    both = ~(np.isnan(action) | np.isnan(outcome))
    freedom = effective - 2.0
    if freedom < 1.0 or both.sum() < 3:
        return None
    x, y = action[both] - action[both].mean(), outcome[both] - outcome[both].mean()
    spread = float(x @ x)
    r = float(correlations(action[None, :], outcome[None, :])[1][0, 0])
    if r == 0.0 or spread <= 0.0:
        return None
    slope = float(x @ y) / spread
    error = abs(slope) * math.sqrt((1.0 - r * r) / freedom) / abs(r)
    reach = t_quantile(freedom, 0.5 + sure / 2) * error
    return Effect(slope, slope - reach, slope + reach, error)
