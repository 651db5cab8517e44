"""The metrics of all domains. An app declares its own in `metrics.py`, where they are found as its streams are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from lifetracker.metrics.declaration import Family, Metric

metrics: dict[str, Metric] = {}
families: list[Family] = []
#: Those with a key that was taken: `manage.py check` refuses them.
repeated: list[Metric] = []
# What the families were asked for within `found_once`: by key, and whether among deleted ones. None outside of it.
_found: ContextVar[dict[tuple[str, bool], Metric | None] | None] = ContextVar(
    "found_metrics", default=None
)


class UnknownMetric(LookupError):
    """There is no metric with this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no metric with the key {key!r}.")
        self.key = key


def register_metrics(*declared: Metric) -> None:
    """Add metrics. One whose key is taken is left out, and refused by `manage.py check`."""
    repeated.extend(one for one in declared if metrics.setdefault(one.key, one) is not one)


def register_family(family: Family) -> None:
    families.append(family)


def find_metric(key: str) -> Metric | None:
    """Return the metric that a key counts for; None where it is gone or was never there. Most count for themselves. Where a
    behaviour was merged into another, the metric has the key of that one: so what is planned by a key goes on with it, and goes
    back when the two are taken apart. One that comes with the data costs a statement, within `found_once` only the first time."""
    return metrics.get(key) or ask_families(key)


def ask_families(key: str, *, among_deleted: bool = False) -> Metric | None:
    known = _found.get()
    if known is not None and (key, among_deleted) in known:
        return known[key, among_deleted]
    asked = (
        family.find_deleted(key) if among_deleted else family.find(key)
        for family in families
        if key.startswith(family.prefix)
    )
    found = next(filter(None, asked), None)
    if known is not None:
        known[key, among_deleted] = found
    return found


@contextmanager
def found_once() -> Iterator[None]:
    """Ask the database for each metric at most once within: for what changes none of them."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def find_even_deleted(key: str) -> Metric | None:
    """Return the metric with this key, also one that was deleted, whose label says so: for the words of stored results, which
    have keys alone. None where it was never there, or was deleted for good."""
    if found := find_metric(key):
        return found
    deleted = ask_families(key, among_deleted=True)
    return replace(deleted, label=f"{deleted.label} (deleted)") if deleted else None


def metric_of(key: str) -> Metric:
    """Return the metric with this key. Raises UnknownMetric."""
    if found := find_metric(key):
        return found
    raise UnknownMetric(key)


def metrics_of(keys: Iterable[str]) -> list[Metric]:
    """Return the metrics with these keys, each once. Raises UnknownMetric."""
    return each_once(metric_of(key) for key in dict.fromkeys(keys))


def each_once(found: Iterable[Metric]) -> list[Metric]:
    """Return metrics without those that came before: several keys may count for one."""
    return list({one.key: one for one in found}.values())


def counted_key(key: str) -> str:
    """Return the key of the metric that a key counts for; of one that is gone itself."""
    found = find_metric(key)
    return found.key if found else key


def lineage_of(metric: Metric) -> frozenset[str]:
    """Return its key and those of all metrics that it is computed from or shares a measurement with, near and far."""
    found = {metric.key}
    waiting = {*metric.inputs, *metric.parents} - found
    while waiting:
        found |= waiting
        # A project whose metric was a parent may be gone.
        known = [one for key in waiting if (one := find_metric(key))]
        waiting = {key for one in known for key in (*one.inputs, *one.parents)} - found
    return frozenset(found)


def is_of_many_days(metric: Metric) -> bool:
    """Return whether its value of a day is made of days before, too, as what is smoothed is."""
    inputs = (find_metric(key) for key in metric.inputs)
    return metric.series.lookback > 0 or any(is_of_many_days(one) for one in inputs if one)


def are_related(
    one: Metric, other: Metric, lineages: Mapping[str, frozenset[str]] | None = None
) -> bool:
    """Return whether two metrics share a measurement: one is a part of the other, or both have a part in common. On other
    days too, because what is smoothed over several days shares it with these. Or both say how much there was of the same
    thing, such as work: that there is much of it for some days in a row says nothing of what comes of what. `lineages`: by
    key, where they are known."""
    if one.amount_of and one.amount_of == other.amount_of:
        return True
    known = lineages or {each.key: lineage_of(each) for each in (one, other)}
    return bool(known[one.key] & known[other.key])


def all_metrics() -> list[Metric]:
    """Return those that are declared and, after them, those that come with the data."""
    return [*metrics.values(), *(metric for family in families for metric in family.members())]
