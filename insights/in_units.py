"""Effects in the unit of the outcome, for a change of the action that a person can make."""

from __future__ import annotations

import math
from typing import NamedTuple

from insights.inputs import Inputs, is_logarithmic
from insights.statistics.effects import Effect
from lifetracker.metrics.declaration import Metric


class InUnits(NamedTuple):
    """What the outcome differs by for one step of the action, and the ends of an interval, in the unit of the outcome."""

    effect: float
    low: float
    high: float


def in_units(effect: Effect, step: float, outcome: Metric, inputs: Inputs) -> InUnits:
    """Return an effect in the unit of the outcome, for a change of the action by `step`. Of outcomes that are reckoned by
    their logarithms it is what their usual value would differ by."""
    whole = effect.times(step)
    values = (whole.slope, whole.low, whole.high)
    if is_logarithmic(outcome):
        usual = inputs.usual[outcome.key]
        values = tuple(usual * math.expm1(one) for one in values)  # type: ignore[assignment]
    return InUnits(*values)
