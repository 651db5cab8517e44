"""The metrics of workouts of all sources: how many, how long, and what they load."""

from __future__ import annotations

import math
from datetime import date
from functools import partial

from django.db.models import Count, F, FloatField, Q, QuerySet, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from lifetracker.metrics.declaration import (
    Absent,
    Computed,
    Grouped,
    Metric,
    Role,
    Step,
    Values,
    of_whole_day,
)
from lifetracker.metrics.registry import register_metrics
from workouts.models import Workout

ZONES = range(1, 6)
#: A day without a workout is known to be one where WHOOP was worn, which its strain shows.
WORN = "whoop.strain"
PENDING = Q(score_state="PENDING_SCORE")
NOT_SCORED = "A workout of this day has not been scored yet."


def workouts() -> QuerySet[Workout]:
    return Workout.objects.happened()


def of_workouts(day: Combinable, open_rows: Q | None = None) -> Grouped:
    return Grouped(rows=workouts, day=day, open_rows=open_rows)


workout_metric = partial(
    Metric,
    model=Workout,
    why_open=NOT_SCORED,
    absent=Absent.ZERO,
    zero_where=WORN,
    role=Role.ACTION,
    additive=True,
)


count = workout_metric(
    key="workouts.count",
    series=of_workouts(Cast(Count("*"), FloatField())),
    label="Workouts",
    unit="",
    step=Step(1.0, "1 more"),
    smallest=1.0,
)
minutes = workout_metric(
    key="workouts.minutes",
    series=of_workouts(of_whole_day(Sum("duration_min"), "duration_min")),
    label="Workout time",
    unit="min",
    step=Step(30.0, "30 minutes more"),
    smallest=5.0,
    parents=("workouts.count",),
)
# Edwards' summed zones: a minute in zone 3 counts three times one in zone 1.
SUMMED_ZONES = sum(
    (F(f"zone_{zone}_min") * float(zone) for zone in ZONES[1:]), F("zone_1_min") * 1.0
)
load = workout_metric(
    key="workouts.load",
    series=of_workouts(
        of_whole_day(Sum(SUMMED_ZONES), *(f"zone_{zone}_min" for zone in ZONES)), PENDING
    ),
    label="Training load",
    about="minutes of training, each counted by its zone of heart rate: once in zone 1, five times in zone 5.",
    unit="points",
    step=Step(50.0, "50 points higher"),
    smallest=5.0,
    parents=("workouts.minutes",),
)

WEEK, THREE_WEEKS = 7, 21


def load_change(_first: date, loads: Values) -> Values:
    """Return the mean load of 7 days over that of the 21 days before them; None unless all of these days are known. It
    compares, and predicts nothing: no study holds that a ratio foretells injuries (Impellizzeri and others 2020)."""
    changes: Values = []
    for at in range(len(loads)):
        week = loads[max(at - WEEK + 1, 0) : at + 1]
        before = loads[max(at - WEEK - THREE_WEEKS + 1, 0) : max(at - WEEK + 1, 0)]
        changes.append(ratio_of_means(week, before) if len(before) == THREE_WEEKS else None)
    return changes


def ratio_of_means(one: Values, other: Values) -> float | None:
    known = [[value for value in values if value is not None] for values in (one, other)]
    if len(known[0]) < len(one) or len(known[1]) < len(other) or not sum(known[1]):
        return None
    return (sum(known[0]) / len(one)) / (sum(known[1]) / len(other))


def monotony_of(_first: date, loads: Values) -> Values:
    """Return the mean load of 7 days over its standard deviation (Foster 1998); None unless all are known, or where
    they are all alike."""
    found: Values = []
    for at in range(len(loads)):
        known = [one for one in loads[max(at - WEEK + 1, 0) : at + 1] if one is not None]
        mean = sum(known) / len(known) if len(known) == WEEK else 0.0
        spread = math.sqrt(sum((one - mean) ** 2 for one in known) / (WEEK - 1))
        found.append(mean / spread if len(known) == WEEK and spread > 0 else None)
    return found


def strain_index_of(first: date, loads: Values) -> Values:
    """Return the load of 7 days times its monotony (Foster 1998); None where that has no monotony."""
    return [
        None if one is None else one * sum(load or 0.0 for load in loads[at - WEEK + 1 : at + 1])
        for at, one in enumerate(monotony_of(first, loads))
    ]


FOUR_WEEKS, MOST_UNKNOWN = 28, 7


def average_over(days: int, loads: Values) -> Values:
    """Return the average in which older days count less and less (Williams and others 2017): a new day moves it by
    2 / (days + 1) of its distance. It begins with the mean of the first 28 known days, and is shown after them.

    An unknown day enters nothing. Where more than 7 of 28 days are unknown, it begins anew.
    """
    averages: Values = []
    first: list[float] = []
    begun, average = 0, 0.0
    for at, load in enumerate(loads):
        begun = begun if first else at
        averages.append(None)
        if loads[max(at - FOUR_WEEKS + 1, begun) : at + 1].count(None) > MOST_UNKNOWN:
            first.clear()
        elif load is not None and len(first) < FOUR_WEEKS:
            first.append(load)
            average = sum(first) / len(first)
        elif load is not None:
            average += (load - average) * 2 / (days + 1)
            averages[-1] = average
    return averages


def average_load(days: int, name: str, label: str) -> Metric:
    return Metric(
        key=f"workouts.{name}",
        role=Role.CONTEXT,
        label=label,
        unit="points",
        series=Computed(
            inputs=("workouts.load",),
            compute=lambda _first, loads: average_over(days, loads),
            # What is older weighs less than a millionth, so that a day has the same value in whichever range.
            lookback=FOUR_WEEKS + 10 * days,
        ),
        smallest=5.0,
    )


acute_load = average_load(WEEK, "acute_load", "Acute load")
chronic_load = average_load(FOUR_WEEKS, "chronic_load", "Chronic load")

change_of_load = Metric(
    key="workouts.load_change",
    role=Role.CONTEXT,
    label="Load against the three weeks before",
    unit="times",
    decimals=2,
    series=Computed(
        inputs=("workouts.load",), compute=load_change, lookback=WEEK + THREE_WEEKS - 1
    ),
    smallest=0.1,
)
monotony = Metric(
    key="workouts.monotony",
    role=Role.CONTEXT,
    label="Training monotony",
    unit="",
    decimals=2,
    series=Computed(inputs=("workouts.load",), compute=monotony_of, lookback=WEEK - 1),
    smallest=0.1,
)

strain_index = Metric(
    key="workouts.strain_index",
    role=Role.CONTEXT,
    label="Training strain (load times monotony)",
    unit="points",
    series=Computed(inputs=("workouts.load",), compute=strain_index_of, lookback=WEEK - 1),
    smallest=50.0,
    parents=("workouts.monotony",),
)

register_metrics(
    count, minutes, load, acute_load, chronic_load, change_of_load, monotony, strain_index
)
