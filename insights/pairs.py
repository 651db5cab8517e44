"""Which metrics may be tested with which: an action with an outcome that begins after it, and neither is a part of the
other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from insights.spans import span_of
from insights.statistics.chain import LAGS, Allowed
from lifetracker.metrics.declaration import Metric, Role
from lifetracker.metrics.registry import are_related, lineage_of

ACTIONS, OUTCOMES = {Role.ACTION, Role.BOTH}, {Role.OUTCOME, Role.BOTH}


def may_be_tested(action: Metric, outcome: Metric, lag: int) -> bool:
    """Return whether the roles and the clock let an action be tested with an outcome so many days later."""
    return (
        action.role in ACTIONS
        and outcome.role in OUTCOMES
        and span_of(action).end <= span_of(outcome).begin + lag
    )


def allowed_pairs(metrics: Sequence[Metric]) -> Allowed:
    """Return which metrics may be tested with which, by lag, position of the action and position of the outcome."""
    lineages = {metric.key: lineage_of(metric) for metric in metrics}
    found = np.zeros((len(LAGS), len(metrics), len(metrics)), dtype=np.bool_)
    for row, action in enumerate(metrics):
        for column, outcome in enumerate(metrics):
            if not are_related(action, outcome, lineages):
                found[:, row, column] = [may_be_tested(action, outcome, lag) for lag in LAGS]
    return found
