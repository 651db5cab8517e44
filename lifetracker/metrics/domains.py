"""Of which domains a metric tells."""

from __future__ import annotations

from lifetracker.domains import domain_of_key
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import metrics_of


def domains_behind(metric: Metric) -> set[str]:
    """Return the labels of the domain of a metric and, where it is computed, of those that it is computed from."""
    found = {domain_of_key(metric.key)}
    return found.union(*map(domains_behind, metrics_of(metric.inputs)))
