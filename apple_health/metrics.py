"""The metrics of Apple Health: what its days and its nights come to."""

from __future__ import annotations

from functools import partial

from django.db.models import Avg, F, Max, Q, QuerySet
from django.db.models.functions import TruncDate

from apple_health.models import AppleDay, AppleNight
from lifetracker.metrics.declaration import (
    HEART_RATE,
    HRV,
    SLEEP,
    STEPS,
    Better,
    Grouped,
    Known,
    Metric,
    Role,
    Step,
)
from lifetracker.metrics.registry import register_metrics

STILL_GROWING = "The last export was made before this day was over."
#: Days of which a part may have followed after they were reported.
NOT_OVER = Q(date__gte=TruncDate("reported_at"))


def days() -> QuerySet[AppleDay]:
    return AppleDay.objects.live()


def nights() -> QuerySet[AppleNight]:
    """Return the nights that count: one that WHOOP has too is WHOOP's, unless its owner prefers Apple Health."""
    return AppleNight.objects.all().counted().filter(nap=False)


def total(column: str) -> Grouped:
    return Grouped(rows=days, day=Max(F(column)), open_rows=NOT_OVER)


def measured(column: str) -> Grouped:
    return Grouped(rows=days, day=Avg(column))


total_metric = partial(
    Metric, model=AppleDay, additive=True, role=Role.ACTION, why_open=STILL_GROWING
)
measure_metric = partial(Metric, model=AppleDay, role=Role.OUTCOME, known=Known.ON_WAKING)

steps = total_metric(
    key="apple_health.steps",
    series=total("steps"),
    label="Steps",
    unit="",
    smallest=500.0,
    step=Step(1000.0, "1,000 more"),
    amount_of=STEPS,
)
active_energy = total_metric(
    key="apple_health.active_energy",
    series=total("active_energy_kcal"),
    label="Active energy",
    unit="kcal",
    smallest=50.0,
    step=Step(100.0, "100 kcal more"),
)
mindful = total_metric(
    key="apple_health.mindful_minutes",
    series=total("mindful_min"),
    label="Mindful minutes",
    unit="min",
    smallest=1.0,
    step=Step(10.0, "10 minutes more"),
)
resting_heart_rate = measure_metric(
    key="apple_health.resting_heart_rate",
    series=measured("resting_heart_rate"),
    label="Resting heart rate by Apple Health",
    unit="bpm",
    smallest=2.0,
    better=Better.LOWER,
    amount_of=HEART_RATE,
)
sdnn = measure_metric(
    key="apple_health.hrv_sdnn",
    series=measured("hrv_sdnn"),
    label="HRV (SDNN)",
    unit="ms",
    smallest=3.0,
    logarithmic=True,
    better=Better.HIGHER,
    known=Known.AT_END_OF_DAY,
    amount_of=HRV,
)
wrist_temperature = measure_metric(
    key="apple_health.wrist_temperature",
    series=measured("wrist_temperature"),
    label="Wrist temperature asleep",
    unit="°C",
    decimals=1,
    smallest=0.2,
)
asleep = measure_metric(
    key="apple_health.asleep_hours",
    series=Grouped(rows=nights, day=Max(F("asleep_min")) / 60.0),
    model=AppleNight,
    label="Asleep by Apple Health",
    unit="h",
    decimals=1,
    smallest=0.25,
    better=Better.HIGHER,
    role=Role.BOTH,
    step=Step(1.0, "1 hour more"),
    amount_of=SLEEP,
)


# What another app wrote of food: metrics of their own, and no part of the diary, but of the same meals.
grams = partial(total_metric, unit="g", step=Step(10.0, "10 g more"))
food = (
    total_metric(
        key="apple_health.dietary_energy",
        series=total("dietary_energy_kcal"),
        label="Energy eaten by Apple Health",
        unit="kcal",
        smallest=50.0,
        step=Step(100.0, "100 kcal more"),
        parents=(
            *(f"apple_health.{name}" for name in ("protein", "carbs", "fat")),
            "nutrition.kcal",
        ),
    ),
    grams(
        key="apple_health.protein",
        series=total("protein_g"),
        label="Protein by Apple Health",
        smallest=5.0,
        parents=("nutrition.protein",),
    ),
    grams(
        key="apple_health.carbs",
        series=total("carbs_g"),
        label="Carbs by Apple Health",
        smallest=10.0,
        parents=("nutrition.carbohydrate",),
    ),
    grams(
        key="apple_health.fat",
        series=total("fat_g"),
        label="Fat by Apple Health",
        smallest=5.0,
        parents=("nutrition.fat",),
    ),
    grams(
        key="apple_health.fiber",
        series=total("fiber_g"),
        label="Fiber by Apple Health",
        smallest=2.0,
        step=Step(5.0, "5 g more"),
        parents=("nutrition.fibre",),
    ),
)

register_metrics(
    steps, active_energy, resting_heart_rate, sdnn, wrist_temperature, asleep, mindful, *food
)
