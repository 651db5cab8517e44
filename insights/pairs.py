"""Which metrics may be tested with which: an action with an outcome that begins after it, and neither is a part of the
other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from insights.spans import span_of
from insights.statistics.chain import LAGS, Allowed
from lifetracker.metrics.declaration import Metric, Role
from lifetracker.metrics.registry import lineage_of

ACTIONS, OUTCOMES = {Role.ACTION, Role.BOTH}, {Role.OUTCOME, Role.BOTH}


def may_be_tested(action: Metric, outcome: Metric, lag: int) -> bool:
    """Return whether the roles and the clock let an action be tested with an outcome so many days later."""
    return (
        action.role in ACTIONS
        and outcome.role in OUTCOMES
        and span_of(action).end <= span_of(outcome).begin + lag
    )


def are_related(one: Metric, other: Metric, lineages: Mapping[str, frozenset[str]]) -> bool:
    """Return whether two metrics share a measurement: one is a part of the other, or both have a part in common. On other
    days too, because what is smoothed over several days shares it with these. Or both say how much there was of the same
    thing, such as work: that there is much of it for some days in a row says nothing of what comes of what."""
    if one.amount_of and one.amount_of == other.amount_of:
        return True
    return bool(lineages[one.key] & lineages[other.key])


def allowed_pairs(metrics: Sequence[Metric]) -> Allowed:
    """Return which metrics may be tested with which, by lag, position of the action and position of the outcome."""
    lineages = {metric.key: lineage_of(metric) for metric in metrics}
    found = np.zeros((len(LAGS), len(metrics), len(metrics)), dtype=np.bool_)
    for row, action in enumerate(metrics):
        for column, outcome in enumerate(metrics):
            if not are_related(action, outcome, lineages):
                found[:, row, column] = [may_be_tested(action, outcome, lag) for lag in LAGS]
    return found
