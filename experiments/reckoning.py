"""The power before the start and the result after the end, from the owner's records. This alone loads numpy, and nothing
asks for it while an experiment runs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import date, timedelta
from statistics import fmean, stdev
from typing import NamedTuple

from experiments.design import DAYS_BEFORE, Arm, Design
from experiments.effect import Effect
from experiments.marks import read_marks
from experiments.models import Experiment, Wanted
from experiments.paired import (
    as_numbers,
    effect_of,
    evened_out,
    weekday_deviations,
)
from experiments.power import FEWEST_KNOWN, past_of, power_of
from experiments.reading import ExperimentDay, Read, are_many_broken, days_of, kept_counts
from experiments.two_part import power_of_two_part, two_part_of
from experiments.verdict import verdict_of
from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.held import read_since_first
from lifetracker.metrics.registry import find_metric, metric_of

Bounds = tuple[float | None, float | None]
#: Digits that are stored of what was reckoned, so that the same records give the same result on each machine.
DIGITS = 6
NOTHING_KNOWN: dict[str, object] = {
    "smallest": None,
    "spread": None,
    "deviation": None,
    "yes": None,
    "known": 0,
    "needed": FEWEST_KNOWN,
}


class Before(NamedTuple):
    """The outcomes of the days before the start, and the weekday of the first of them, 0 for Monday."""

    values: list[float | None]
    first_weekday: int


# --- Before the start -----------------------------------------------------------------------------


def power_before(experiment: Experiment, start: date) -> dict[str, object]:
    """Return what can be said before the start; what is not known is None.

    `smallest`: the effect that is seen in 4 of 5 cases, in the unit of the outcome. `deviation`: the standard deviation of
    the known days. `spread`: that of what the day of the week and the trend leave of them, as the power is reckoned with.
    `yes`: of an outcome that is 0 or 1, the share of the days with 1. `known`: on how many days that rests."""
    metric = find_metric(experiment.outcome)
    if metric is None:
        return dict(NOTHING_KNOWN)
    first = min(start, days.today())
    begin = first - timedelta(days=DAYS_BEFORE)
    last = first + experiment.lag - days.ONE_DAY
    series = read_since_first([metric], begin, last)[metric.key]
    before = before_of(Read(series, experiment.lag, read_marks(begin, last, first)), first)
    first_weekday = (start + experiment.lag).weekday()
    return power_facts(before, experiment.design, first_weekday, sign_of(experiment), metric.bounds)


def before_of(read: Read, start: date) -> Before:
    begin = start - timedelta(days=DAYS_BEFORE)
    return Before(read.values(begin, DAYS_BEFORE), (begin + read.lag).weekday())


def power_facts(
    before: Before, design: Design, first_weekday: int, sign: int, bounds: Bounds
) -> dict[str, object]:
    """`sign`: 1 where higher values are wanted, -1 where lower ones are. `bounds`: the least and the highest possible value."""
    numbers = as_numbers(before.values)
    past = past_of(numbers, before.first_weekday)
    known = [one for one in before.values if one is not None]
    facts: dict[str, object] = NOTHING_KNOWN | {"known": len(known)}
    if past is None:
        return facts
    model = two_part_of(numbers, past)
    if model:
        smallest = power_of_two_part(model, design, first_weekday, sign).smallest()
    else:
        smallest = within(
            power_of(past, design, first_weekday).smallest(), fmean(known), sign, bounds
        )
    return facts | {
        "smallest": rounded(smallest),
        "spread": rounded(past.spread),
        "deviation": rounded(stdev(known)),
        "yes": rounded(fmean(known)) if {*known} == {0.0, 1.0} else None,
    }


def within(smallest: float | None, usual: float, sign: int, bounds: Bounds) -> float | None:
    """Return a difference; None where it leads from what is usual beyond what is possible, so that none can be seen."""
    end = bounds[1] if sign > 0 else bounds[0]
    if smallest is None or end is None or smallest <= abs(end - usual):
        return smallest
    return None


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


# --- After the end --------------------------------------------------------------------------------


def result_of(experiment: Experiment) -> dict[str, object]:
    """Return the result of an experiment whose days are over, as it is stored. Raises ValueError before that, and
    UnknownMetric where its outcome is gone."""
    if not experiment.is_over:
        raise ValueError("An experiment is reckoned when the day of its last outcome is over.")
    start, schedule = started(experiment), days_of(experiment)
    outcome = metric_of(experiment.outcome)
    others = [one for key in experiment.others if (one := find_metric(key))]
    begin, end = start - timedelta(days=DAYS_BEFORE), start + timedelta(days=experiment.design.days)
    series = read_since_first([outcome, *others], begin, end)
    marks = read_marks(begin, end, start)
    read = Read(series[outcome.key], experiment.lag, marks)
    broken = {at for at, one in enumerate(schedule) if one.is_kept is False and one.is_counted}
    effect = effect_by(experiment, read)
    kept = kept_counts(schedule)
    verdict, reason = verdict_of(
        effect,
        sign_of(experiment),
        experiment.worth,
        is_kept=not any(map(are_many_broken, kept.values())),
    )
    values = read.values(start, experiment.design.days)
    return {
        "verdict": verdict.value,
        "reason": reason.value,
        "effect": plain(effect),
        "per_protocol": plain(untested(effect_by(experiment, read, broken))) if broken else None,
        "smallest": smallest_seen(experiment, read, effect),
        "secondary": [
            {"metric": one.key}
            | plain(effect_by(experiment, Read(series[one.key], lag_of(experiment, one), marks)))
            for one in others
        ],
        "kept": kept,
        "days": day_counts(schedule, values),
        "by_arm": {arm.value: arm_counts(schedule, values, arm) for arm in Arm},
    }


def started(experiment: Experiment) -> date:
    """Return the first day. Raises ValueError for an experiment that has none yet."""
    if experiment.start is None:
        raise ValueError("The experiment has not begun.")
    return experiment.start


def lag_of(experiment: Experiment, metric: Metric) -> timedelta:
    return timedelta(days=experiment.lag_of(metric.key))


def effect_by(experiment: Experiment, read: Read, left_out: Collection[int] = ()) -> Effect:
    """Return the effect on a metric, with what each day of the week usually brings taken away. `left_out`: days that do not
    count, by how many come before them."""
    start, design = started(experiment), experiment.design
    before = before_of(read, start)
    values = read.values(start, design.days)
    numbers = as_numbers([None if at in left_out else one for at, one in enumerate(values)])
    deviations = weekday_deviations(as_numbers(before.values), before.first_weekday)
    even = evened_out(numbers, (start + read.lag).weekday(), deviations)
    return effect_of(even, design, experiment.seed)


def plain(effect: Effect) -> dict[str, object]:
    """Return an effect as it is stored."""
    shortened = replace(
        effect,
        pairs=tuple(rounded(one) for one in effect.pairs),
        **{name: rounded(getattr(effect, name)) for name in ("estimate", "low", "high", "p")},
    )
    return asdict(shortened) | {"pairs": list(shortened.pairs), "known_pairs": effect.known_pairs}


def untested(effect: Effect) -> Effect:
    """Return an effect without its test: where days are left out by what was done, no coin says what chance would bring."""
    return replace(effect, low=None, high=None, p=None)


def sign_of(experiment: Experiment) -> int:
    return -1 if experiment.better == Wanted.LOWER else 1


def smallest_seen(experiment: Experiment, read: Read, effect: Effect) -> object:
    """Return the effect that so many pairs as are known would have shown in 4 of 5 cases."""
    if effect.low is None:
        return None
    start = started(experiment)
    design = replace(experiment.design, pairs=effect.known_pairs)
    first_weekday, bounds = (start + read.lag).weekday(), read.series.metric.bounds
    facts = power_facts(before_of(read, start), design, first_weekday, sign_of(experiment), bounds)
    return facts["smallest"]


def day_counts(schedule: list[ExperimentDay], values: list[float | None]) -> dict[str, int]:
    """Return how many days count by the plan, have a known outcome, were marked as unusual in time, were marked later, and were
    left out by marks that were taken away too late."""
    counted = [at for at, one in enumerate(schedule) if one.counts]
    return {
        "counted": len(counted),
        "known": sum(values[at] is not None for at in counted),
        "marked": sum(bool(schedule[at].mark) for at in counted),
        "marked_later": sum(bool(schedule[at].late_mark) for at in counted),
        "unmarked_later": sum(schedule[at].is_unmarked for at in counted),
    }


def arm_counts(
    schedule: list[ExperimentDay], values: list[float | None], arm: Arm
) -> dict[str, int]:
    """Return how many days of A or of B count by the plan, have a known outcome, and are left out by marks."""
    counted = [at for at, one in enumerate(schedule) if one.counts and one.arm is arm]
    return {
        "counted": len(counted),
        "known": sum(values[at] is not None for at in counted),
        "left_out": sum(schedule[at].is_left_out for at in counted),
    }
