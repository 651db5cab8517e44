"""What a goal may ask for, in words that stand beside the fields of a form."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from goals.plan import Direction, Kind, Per
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import UnknownMetric, metric_of
from lifetracker.words import with_unit

DAYS = "days"
# Of the shortest and the longest window that rolls.
ROLLING = (2, 366)
#: What makes it another goal.
FIXED = ("metric", "kind", "per", "rolling_days", "weekdays", "direction", "start", "start_value")
PER_DAYS = {Per.DAY: 1, Per.WEEK: 7, Per.MONTH: 31}
#: How much time a day has. On the day on which the clocks are set back an hour more can be tracked, but no goal can rest
#: on that.
DAY_LENGTHS = {"h": 24.0, "min": 1440.0}


class Wish(NamedTuple):
    """What is typed in of a goal."""

    metric: str
    kind: str
    per: str
    rolling_days: int | None
    weekdays: str
    direction: str
    target: float
    unit: str
    day_at_least: float | None
    day_at_most: float | None
    start: date
    start_value: float | None
    end: date | None


class Problem(NamedTuple):
    field: str
    text: str


def problems_of(goal: Wish) -> Iterator[Problem]:
    """Yield what speaks against a goal."""
    yield from problems_of_dates(goal)
    yield from problems_of_period(goal)
    yield from problems_of_day(goal)
    try:
        metric = metric_of(goal.metric)
    except UnknownMetric as error:
        yield Problem("metric", str(error))
        return
    yield from problems_with_metric(goal, metric)


def problems_of_dates(goal: Wish) -> Iterator[Problem]:
    if goal.kind == Kind.REACH and goal.end is None:
        yield Problem("end", "Enter the date by which the value is to be reached.")
    elif goal.end and goal.kind == Kind.REACH and goal.end <= goal.start:
        yield Problem("end", "The end must be after the start.")
    elif goal.end and goal.end < goal.start:
        yield Problem("end", "The end must not be before the start.")


def problems_of_period(goal: Wish) -> Iterator[Problem]:
    if goal.kind == Kind.REACH:
        if goal.per:
            yield Problem("per", "A value to reach has no period. Leave this empty.")
    elif not goal.per:
        yield Problem("per", "Choose a day, a week, a month or rolling days.")
    if goal.kind != Kind.REACH and goal.start_value is not None:
        yield Problem("start_value", "Only a value to reach begins with a value. Leave this empty.")
    if goal.per == Per.ROLLING and goal.rolling_days is None:
        yield Problem("rolling_days", "Enter how many days the rolling window has.")
    if goal.per != Per.ROLLING and goal.rolling_days is not None:
        yield Problem(
            "rolling_days", "Only a rolling window has a number of days. Leave this empty."
        )
    if goal.per != Per.DAY and goal.weekdays:
        yield Problem("weekdays", "Only a goal for each day has days of the week. Choose none.")


def problems_of_day(goal: Wish) -> Iterator[Problem]:
    """Yield what is wrong with the values that make a day count."""
    given = {name: getattr(goal, name) for name in ("day_at_least", "day_at_most")}
    if goal.kind != Kind.DAYS:
        for name, value in given.items():
            if value is not None:
                yield Problem(name, "Only a count of days has this. Leave it empty.")
        return
    least, most = given.values()
    if least is None and most is None:
        yield Problem(
            "day_at_least", "Enter from which value on, or up to which value, a day counts."
        )
    elif least is not None and most is not None and least > most:
        yield Problem("day_at_most", "The highest value of a day must not be below the lowest.")


def problems_with_metric(goal: Wish, metric: Metric) -> Iterator[Problem]:
    if metric.circular:
        yield Problem("metric", f"{metric.label} is a time of day, for which there are no goals.")
    if goal.kind == Kind.TOTAL and not metric.additive:
        yield Problem(
            "kind",
            f"Days of {metric.label} cannot be added up. Choose the mean or a count of days.",
        )
    unit = unit_of(goal.kind, metric)
    if goal.unit and goal.unit != unit:
        yield Problem("unit", f"The unit of this goal is {unit or 'empty'}, not {goal.unit}.")
    yield from problems_of_target(goal, metric)
    for name in ("day_at_least", "day_at_most", "start_value"):
        yield from problems_of_bounds(metric, name, getattr(goal, name))


def unit_of(kind: str, metric: Metric) -> str:
    """Return the unit of the target of a kind of goal."""
    return DAYS if kind == Kind.DAYS else metric.unit


def problems_of_target(goal: Wish, metric: Metric) -> Iterator[Problem]:
    if goal.kind == Kind.DAYS and goal.target % 1:
        yield Problem("target", "Enter a whole number of days.")
    if goal.kind in {Kind.MEAN, Kind.REACH}:
        yield from problems_of_bounds(metric, "target", goal.target)
        return
    most = length_of(goal)
    if goal.kind == Kind.TOTAL:
        most_of_day = bounds_of_day(metric)[1]
        most = math.inf if most_of_day is None else most * most_of_day
    least = metric.bounds[0] if goal.kind == Kind.TOTAL else 0
    if goal.direction == Direction.AT_LEAST and least == 0 and goal.target <= 0:
        yield Problem("target", "The target must be above 0.")
    elif least is not None and goal.target < least:
        yield Problem("target", f"The target must not be below {least:g}.")
    elif goal.target > most:
        words = with_unit(f"{most:,.10g}", unit_of(goal.kind, metric))
        yield Problem("target", f"Enter at most {words}: {has_no_more(goal)}.")


def bounds_of_day(metric: Metric) -> tuple[float | None, float | None]:
    """Return the least and the most that a goal may ask of one day, None where there is no such bound: of hours and
    minutes that are added up never more than a day has."""
    least, most = metric.bounds
    if not metric.additive or metric.unit not in DAY_LENGTHS:
        return least, most
    length = DAY_LENGTHS[metric.unit]
    return least, length if most is None else min(most, length)


def has_no_more(goal: Wish) -> str:
    if goal.per == Per.ROLLING:
        return f"{goal.rolling_days} days have no more"
    return f"a {goal.per or 'day'} has no more"


def length_of(goal: Wish) -> float:
    """Return how many days the longest period has."""
    if goal.per == Per.ROLLING:
        return goal.rolling_days or 1
    return PER_DAYS.get(Per(goal.per), 1) if goal.per else math.inf


def problems_of_bounds(metric: Metric, name: str, value: float | None) -> Iterator[Problem]:
    least, most = bounds_of_day(metric)
    if value is None:
        return
    if least is not None and value < least:
        yield Problem(name, f"{metric.label} is never below {least:g}.")
    elif most is not None and value > most:
        if metric.additive and metric.unit in DAY_LENGTHS:
            yield Problem(name, f"Enter at most {most:g} {metric.unit}: a day has no more.")
        else:
            yield Problem(name, f"{metric.label} is never above {most:,.10g}.")
