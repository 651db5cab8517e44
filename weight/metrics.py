"""The metrics of weigh-ins: weight, its trend, and what the body is made of."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from django.db.models import Avg, QuerySet

from lifetracker.metrics.declaration import Computed, Grouped, Known, Metric, Role, Values
from lifetracker.metrics.registry import register_metrics
from weight.models import FADED, WeighIn, first_of_day, smooth


def weigh_ins() -> QuerySet[WeighIn]:
    return WeighIn.objects.all().certain()


def of_weigh_ins(column: str) -> Grouped:
    """Return the mean of a day. A weigh-in without the value, such as one on a scale that does not measure it, says nothing
    of the others of its day."""
    return Grouped(rows=weigh_ins, day=Avg(column))


weigh_in_metric = partial(Metric, model=WeighIn, role=Role.OUTCOME, known=Known.ON_WAKING)


kg = weigh_in_metric(
    key="weight.kg",
    series=of_weigh_ins("weight_kg"),
    label="Weight",
    unit="kg",
    decimals=1,
    smallest=0.2,
)
fat_ratio = weigh_in_metric(
    key="weight.fat_ratio",
    series=of_weigh_ins("fat_ratio"),
    label="Body fat",
    unit="%",
    decimals=1,
    smallest=0.5,
    bounds=(0, 100),
)
# What slopes are taken from: what one eats and drinks over the day is not in it.
morning = weigh_in_metric(
    key="weight.morning",
    series=Grouped(rows=weigh_ins, day=first_of_day()),
    label="First weight of the day",
    unit="kg",
    decimals=1,
    smallest=0.2,
    parents=("weight.kg",),
)
lean_mass = weigh_in_metric(
    key="weight.lean_mass",
    series=of_weigh_ins("lean_mass_kg"),
    label="Lean mass",
    unit="kg",
    decimals=1,
    smallest=0.3,
    parents=("weight.kg",),
)


def trend_of(first: date, weights: Values) -> Values:
    """Return the smoothed weight of the days with a weigh-in."""
    days = [
        (first + timedelta(days=at), weight)
        for at, weight in enumerate(weights)
        if weight is not None
    ]
    trend: Values = [None] * len(weights)
    for point in smooth(days):
        trend[(point.date - first).days] = point.trend
    return trend


trend = Metric(
    key="weight.trend",
    role=Role.CONTEXT,
    label="Weight trend",
    unit="kg",
    decimals=1,
    series=Computed(inputs=("weight.kg",), compute=trend_of, lookback=FADED),
    smallest=0.1,
    known=Known.ON_WAKING,
)

register_metrics(kg, morning, trend, fat_ratio, lean_mass)
