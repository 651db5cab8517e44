"""Each own metric in the registry of metrics, so that goals, charts and the API have it like all others."""

from __future__ import annotations

import re
from functools import partial

from django.db.models import Avg, QuerySet, Sum
from django.db.models.expressions import Combinable

from lifetracker.metrics.declaration import Better, Family, Grouped, Metric, Role, Step
from lifetracker.metrics.registry import register_family
from own_metrics.models import OwnMetric, OwnValue

PREFIX = "own."
KEY = re.compile(r"own\.(\d{1,18})")
PER_DAY = OwnMetric.PerDay


def key_of(pk: int) -> str:
    return f"{PREFIX}{pk}"


def values_of(pk: int) -> QuerySet[OwnValue]:
    found: QuerySet[OwnValue] = OwnValue.objects.all().of(pk)
    return found


def last_values_of(pk: int) -> QuerySet[OwnValue]:
    found: QuerySet[OwnValue] = OwnValue.objects.all().last_of_days(pk)
    return found


def metric_of(own: OwnMetric) -> Metric:
    """Return the metric of a definition."""
    rows = last_values_of if own.per_day == PER_DAY.LAST else values_of
    day: Combinable = Sum("value") if own.per_day == PER_DAY.SUM else Avg("value")
    return Metric(
        key=key_of(own.pk),
        label=own.name,
        unit=own.unit,
        decimals=own.decimals,
        series=Grouped(rows=partial(rows, own.pk), day=day),
        model=OwnValue,
        additive=own.per_day == PER_DAY.SUM,
        better=Better(own.better),
        # Nobody but its owner knows whether it is done or follows.
        role=Role.BOTH,
        step=Step(1.0, f"1 {own.unit} more" if own.unit else "1 more"),
        smallest=10.0**-own.decimals,
        bounds=(None, None),
    )


def members() -> list[Metric]:
    """Return the metrics of all definitions, by one statement."""
    return [metric_of(one) for one in OwnMetric.objects.all().in_order().defer("raw")]


def find(key: str) -> Metric | None:
    return find_among(OwnMetric.objects.live(), key)


def find_deleted(key: str) -> Metric | None:
    return find_among(OwnMetric.objects.filter(deleted_at__isnull=False), key)


def find_among(rows: QuerySet[OwnMetric], key: str) -> Metric | None:
    match = KEY.fullmatch(key)
    own = rows.filter(pk=int(match[1])).first() if match else None
    return metric_of(own) if own else None


register_family(Family(prefix=PREFIX, members=members, find=find, find_deleted=find_deleted))
