"""Changes that are one thing in several numbers, such as HRV and recovery: one is told, the others stand under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from insights.groups import are_collinear, lineage_by_key, share_measurement, sureness
from insights.models import MetricChange


@dataclass
class ChangeGroup:
    told: MetricChange
    others: list[MetricChange] = field(default_factory=list)


def change_groups(changes: Iterable[MetricChange]) -> list[ChangeGroup]:
    """Return the changes as groups: what is measured before what is computed from it, and the surest first. Into the group
    of another comes what shares a measurement with it, or goes together with it too well to be told apart."""
    given = list(changes)
    keys = {one.metric for one in given}

    def rank(one: MetricChange) -> tuple[int, float, int]:
        parts = (lineage_by_key(one.metric) - {one.metric}) & keys
        return len(parts), -sureness(one.difference, one.low, one.high), one.pk

    groups: list[ChangeGroup] = []
    known: dict[str, frozenset[str]] = {}
    for one in sorted(given, key=rank):
        for group in groups:
            if share_measurement(one.metric, group.told.metric, known) or are_collinear(
                days_of(one), days_of(group.told)
            ):
                group.others.append(one)
                break
        else:
            groups.append(ChangeGroup(one))
    return sorted(groups, key=lambda group: (-group.told.around.toordinal(), group.told.pk))


def days_of(one: MetricChange) -> dict[str, float]:
    return dict(one.points)
