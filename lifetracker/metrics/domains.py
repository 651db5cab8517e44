"""Of which domains a metric tells."""

from __future__ import annotations

from lifetracker.domains import domain_of_key
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import metrics, metrics_of


def domains_behind(metric: Metric) -> set[str]:
    """Return the labels of the domain of a metric and, where it is made of what others have, of those too."""
    found = {domain_of_key(metric.key)}
    # One that comes with the data, such as the hours of a project, belongs to what joins them.
    if metric.model and metric.key in metrics:
        found.add(metric.model._meta.app_label)
    return found.union(*map(domains_behind, metrics_of(metric.inputs)))
