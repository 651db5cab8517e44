"""Effects in the unit of the outcome, for a change of the action that a person can make."""

from __future__ import annotations

import math
from typing import NamedTuple

from insights.inputs import Inputs, is_logarithmic
from insights.statistics.effects import Effect
from lifetracker.metrics.declaration import Metric


class InUnits(NamedTuple):
    """What the outcome differs by for one step of the action, the ends of an interval, and the least that would have been
    seen: in the unit of the outcome."""

    effect: float
    low: float
    high: float
    smallest_seen: float


def in_units(effect: Effect, seen: float, step: float, outcome: Metric, inputs: Inputs) -> InUnits:
    """Return an effect in the unit of the outcome, for a change of the action by `step`. `seen`: the least effect that would
    have been, for one unit of the action. Of outcomes that are reckoned by their logarithms it is what their usual value
    would differ by."""
    whole = effect.times(step)
    values = (whole.slope, whole.low, whole.high, seen * step)
    if is_logarithmic(outcome):
        usual = inputs.usual[outcome.key]
        values = tuple(usual * math.expm1(one) for one in values)  # type: ignore[assignment]
    return InUnits(*values)
