"""Which metrics share a measurement, or measure the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import UnknownMetric, metric_of


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
    days too, because what is smoothed over several days shares it with these. Or both say how much there was of the same
    thing, such as work: that there is much of it for some days in a row says nothing of what comes of what."""
    if one.amount_of and one.amount_of == other.amount_of:
        return True
    own, theirs = ancestors[one.key] | {one.key}, ancestors[other.key] | {other.key}
    return bool(own & theirs)
