"""The days of an experiment as the records tell them: the arm of each, and whether it was kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from experiments.design import Arm, arms_by_day, is_washout
from experiments.marks import Marks, read_marks
from experiments.models import Experiment
from experiments.validation import days_later
from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import find_metric
from lifetracker.metrics.series import Series, SeriesReader
from lifetracker.metrics.verified import Verified

KEPT, NOT_KEPT, UNKNOWN = "kept", "not_kept", "unknown"
#: From so many days of A or B on that were not kept, and such a share of those that are known, it is said what that does.
FEW_BROKEN, SHARE_BROKEN = 2, 0.2


class ExperimentDay(NamedTuple):
    """A day on which an arm is asked for. `counts`: by the plan. `is_kept`: None where nothing says it, or not yet. `mark`: what
    kind of unusual day it is, such as `sick`. `late_mark`: the same, by a mark that was made too late to count. `is_left_out`:
    whether a mark leaves it out, that of the day itself or of the day of its outcome. `is_unmarked`: whether that mark was
    taken away, when it was too late for that."""

    day: date
    arm: Arm
    counts: bool
    is_kept: bool | None
    mark: str
    late_mark: str = ""
    is_left_out: bool = False
    is_unmarked: bool = False

    @property
    def is_counted(self) -> bool:
        return self.counts and not self.is_left_out


def days_of(experiment: Experiment) -> list[ExperimentDay]:
    """Return all days of an experiment that has a start."""
    return days_together([experiment])[experiment.pk]


def days_together(
    experiments: Sequence[Experiment], verified: Verified | None = None
) -> dict[int, list[ExperimentDay]]:
    """Return the same of several experiments by their key, with the statements of one `SeriesReader` and those for marks;
    nothing of those that have no start."""
    begun = [(one, one.start, one.last) for one in experiments if one.start and one.last]
    found: dict[int, list[ExperimentDay]] = {one.pk: [] for one in experiments}
    if not begun:
        return found
    kept = kept_together(experiments, verified)
    first = min(start for _, start, _ in begun)
    marks = read_marks(first, max(last + one.lag for one, _, last in begun), first)
    for one, start, _ in begun:
        found[one.pk] = schedule_of(one, start, kept[one.pk], replace(marks, start=start))
    return found


def schedule_of(
    experiment: Experiment, start: date, kept: Mapping[date, bool | None], marks: Marks
) -> list[ExperimentDay]:
    found = []
    there = marks.still_there()
    for at, arm in enumerate(arms_by_day(experiment.design, experiment.seed)):
        day = start + timedelta(days=at)
        counts, mark = not is_washout(experiment.design, at), marks.in_time(day, experiment.lag)
        late = "" if mark else marks.later(day, experiment.lag)
        is_left_out = marks.leave_out(day, experiment.lag)
        is_unmarked = is_left_out and not there.leave_out(day, experiment.lag)
        found.append(
            ExperimentDay(day, arm, counts, kept.get(day), mark, late, is_left_out, is_unmarked)
        )
    return found


def kept_together(
    experiments: Sequence[Experiment], verified: Verified | None = None
) -> dict[int, dict[date, bool | None]]:
    """Return by the key of an experiment for each of its days up to today whether its arm was kept, by its rule; None where the
    records do not tell. Nothing of those that no metric judges, or that have not begun, or where that would tell the outcome.
    With the statements of one `SeriesReader`."""
    today = days.today()
    found: dict[int, dict[date, bool | None]] = {one.pk: {} for one in experiments}
    judged: list[tuple[Experiment, Metric, date, date]] = []
    for one in experiments:
        is_judged = one.action and not one.measures_what_it_tries
        metric = find_metric(one.action) if is_judged else None
        if metric and one.start and one.last and one.start <= today:
            lag = timedelta(days=days_later(metric))
            judged.append((one, metric, one.start + lag, min(one.last + lag, today)))
    if not judged:
        return found
    reader = SeriesReader(verified or Verified(), max(last for *_, last in judged))
    for _, metric, first, _ in judged:
        reader.want(metric, first)
    reader.read()
    for one, metric, _, last in judged:
        found[one.pk] = kept_by(one, reader.series_of(metric.key).until(last), today)
    return found


def kept_by(experiment: Experiment, series: Series, today: date) -> dict[date, bool | None]:
    start, last = experiment.start, experiment.last
    if start is None or last is None:
        return {}
    lag = timedelta(days=days_later(series.metric))
    arms = arms_by_day(experiment.design, experiment.seed)
    found: dict[date, bool | None] = {}
    for at, arm in enumerate(arms[: (min(last, today) - start).days + 1]):
        day = start + timedelta(days=at)
        rule = experiment.rule_of(arm)
        found[day] = rule.holds(series.on(day + lag), is_clock=series.metric.circular)
    return found


def kept_counts(schedule: Iterable[ExperimentDay]) -> dict[str, dict[str, int]]:
    """Return by arm on how many of the days that count it was kept, was not, and nobody knows."""
    names = {True: KEPT, False: NOT_KEPT, None: UNKNOWN}
    found = Counter((one.arm, names[one.is_kept]) for one in schedule if one.is_counted)
    return {arm: {name: found[arm, name] for name in (KEPT, NOT_KEPT, UNKNOWN)} for arm in Arm}


def are_many_broken(counts: Mapping[str, int]) -> bool:
    """Return whether an arm was not kept on so many of the days of which it is known that A and B differ too little."""
    days = counts[KEPT] + counts[NOT_KEPT]
    return counts[NOT_KEPT] >= FEW_BROKEN and counts[NOT_KEPT] >= SHARE_BROKEN * days


class Read(NamedTuple):
    """A metric as an experiment reads it: the value of a day is that of so much later."""

    series: Series
    lag: timedelta
    marks: Marks

    def values(self, first: date, number: int) -> list[float | None]:
        """Return the values of so many days. One that is left out is unknown."""
        days = [first + timedelta(days=at) for at in range(number)]
        return [
            None if self.marks.leave_out(day, self.lag) else self.series.on(day + self.lag)
            for day in days
        ]
