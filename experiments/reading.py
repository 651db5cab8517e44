"""The days of an experiment as the records tell them: the arm of each, and whether it was kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from experiments.design import Arm, arms_by_day, is_washout
from experiments.models import Experiment
from experiments.validation import known
from lifetracker import days
from lifetracker.metrics.declaration import Known, Metric
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.verified import Verified
from lifetracker.models import DayMark

KEPT, NOT_KEPT, UNKNOWN = "kept", "not_kept", "unknown"


class ExperimentDay(NamedTuple):
    """A day on which an arm is asked for. `is_kept`: None where nothing says it, or not yet. `mark`: what kind of unusual
    day it is, such as `sick`; it does not count then."""

    day: date
    arm: Arm
    counts: bool
    is_kept: bool | None
    mark: str


def days_of(experiment: Experiment, verified: Verified | None = None) -> list[ExperimentDay]:
    """Return all days of an experiment that has a start, by three statements at most."""
    start, last = experiment.start, experiment.last
    if start is None or last is None:
        return []
    kept = kept_days(experiment, verified)
    marks = DayMark.objects.kinds_by_day(start, last)
    found = []
    for at, arm in enumerate(arms_by_day(experiment.design, experiment.seed)):
        day = start + timedelta(days=at)
        counts = not is_washout(experiment.design, at)
        found.append(ExperimentDay(day, arm, counts, kept.get(day), marks.get(day, "")))
    return found


def kept_days(experiment: Experiment, verified: Verified | None = None) -> dict[date, bool | None]:
    """Return for each day up to today whether its arm was kept, by its rule; None where the records do not tell."""
    start, last = experiment.start, experiment.last
    metric = known(experiment.action) if experiment.action else None
    today = days.today()
    if metric is None or start is None or last is None or start > today:
        return {}
    lag = lag_of(metric)
    series = read_series([metric], start + lag, min(last + lag, today), verified)[metric.key]
    arms = arms_by_day(experiment.design, experiment.seed)
    found: dict[date, bool | None] = {}
    for at, arm in enumerate(arms[: (min(last, today) - start).days + 1]):
        day = start + timedelta(days=at)
        rule = experiment.rule_of(arm)
        found[day] = rule.holds(series.on(day + lag), is_clock=metric.circular)
    return found


def lag_of(metric: Metric) -> timedelta:
    """Return how long after the day of an arm a metric has its value: what is known on waking, such as when one went to
    bed, is that of the next day."""
    return timedelta(days=1 if metric.known is Known.ON_WAKING else 0)


class Read(NamedTuple):
    """A metric as an experiment reads it: the value of a day is that of so much later. `marked`: days that are left out."""

    series: Series
    lag: timedelta
    marked: set[date]

    def values(self, first: date, number: int) -> list[float | None]:
        """Return the values of so many days. A day that is marked, or is read on one that is, is unknown."""
        found: list[float | None] = []
        for at in range(number):
            day = first + timedelta(days=at)
            read = day + self.lag
            found.append(None if {day, read} & self.marked else self.series.on(read))
        return found
