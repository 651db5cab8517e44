"""Which metrics may be tested with which: an action with an outcome that begins after it, and neither is a part of the
other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from insights.spans import span_of
from insights.statistics.chain import LAGS, Allowed
from lifetracker.metrics.declaration import Metric, Role
from lifetracker.metrics.registry import UnknownMetric, metric_of

ACTIONS, OUTCOMES = {Role.ACTION, Role.BOTH}, {Role.OUTCOME, Role.BOTH}


def ancestors_of(metric: Metric) -> frozenset[str]:
    """Return the keys of all metrics that one is computed from or shares a measurement with, near and far."""
    found: set[str] = set()
    waiting = {*metric.inputs, *metric.parents}
    while waiting:
        found |= waiting
        waiting = {key for one in known(waiting) for key in (*one.inputs, *one.parents)} - found
    return frozenset(found)


def known(keys: Iterable[str]) -> Iterable[Metric]:
    """Yield the metrics with these keys. A project whose metric was a parent may be gone."""
    for key in keys:
        try:
            yield metric_of(key)
        except UnknownMetric:
            continue


def is_kin(one: Metric, other: Metric, ancestors: Mapping[str, frozenset[str]]) -> bool:
    """Return whether two metrics share a measurement: one is a part of the other, or both have a part in common. On other
    days too, because what is smoothed over several days shares it with these."""
    own, theirs = ancestors[one.key] | {one.key}, ancestors[other.key] | {other.key}
    return bool(own & theirs)


def may_be_tested(action: Metric, outcome: Metric, lag: int) -> bool:
    """Return whether the roles and the clock let an action be tested with an outcome so many days later."""
    return (
        action.role in ACTIONS
        and outcome.role in OUTCOMES
        and span_of(action).end <= span_of(outcome).begin + lag
    )


def allowed_pairs(metrics: Sequence[Metric]) -> Allowed:
    """Return which metrics may be tested with which, by lag, position of the action and position of the outcome."""
    ancestors = {metric.key: ancestors_of(metric) for metric in metrics}
    found = np.zeros((len(LAGS), len(metrics), len(metrics)), dtype=np.bool_)
    for row, action in enumerate(metrics):
        for column, outcome in enumerate(metrics):
            if not is_kin(action, outcome, ancestors):
                found[:, row, column] = [may_be_tested(action, outcome, lag) for lag in LAGS]
    return found
