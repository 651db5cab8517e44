"""Of which domains a metric tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lifetracker.domains import domain_of_key, domains
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import metrics, metrics_of

#: No key begins with a longer word. What is asked for may be of any length.
LONGEST_PREFIX = 50


def domains_behind(metric: Metric) -> set[str]:
    """Return the labels of the domain of a metric and, where it is made of what others have, of those too."""
    found = {domain_of_key(metric.key)}
    # One that comes with the data, such as the hours of a project, belongs to what joins them.
    if metric.model and metric.key in metrics:
        found.add(metric.model._meta.app_label)
    return found.union(*map(domains_behind, metrics_of(metric.inputs)))


def is_beyond(key: str, may_see: Callable[[Iterable[str]], bool]) -> bool:
    """Return whether a key, of a metric that there is or not, is of a domain that may not be seen."""
    label = domain_of_key(key.partition(".")[0][:LONGEST_PREFIX])
    return label in domains() and not may_see([label])
