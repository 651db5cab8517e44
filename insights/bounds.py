"""Where the days, looked at for one pair alone, show nothing, and what may be there nevertheless."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from insights.engine import Look
from insights.evidence import Place, evidence_of, part_of
from insights.in_units import in_units
from insights.inputs import Inputs
from insights.pairs import OUTCOMES
from insights.standing import Pair, Standing
from insights.statistics.chain import LAGS
from insights.statistics.course import Array
from insights.statistics.effects import Effect
from insights.steps import step_for
from lifetracker.metrics.declaration import Better, Metric, Step
from lifetracker.metrics.held import zero_models
from lifetracker.metrics.registry import find_metric, lineage_of

#: A pair that, looked at alone, chance would bring so seldom shows something, although it does not stand out of all.
SEEN_P = 0.05
#: Of so many pairs of each outcome it is reckoned, those of which most independent days are known.
MOST_OF_EACH = 5
#: The days between these shares of an action are its middle nine tenths.
MIDDLE = (0.05, 0.95)


class Tested(NamedTuple):
    """Where a pair was tested: its rows in the panel, the lag, its first day and the day after its last one."""

    action: int
    outcome: int
    lag: int
    start: int
    end: int


def bounds_of(
    found: Look, inputs: Inputs, standings: Iterable[Standing] = ()
) -> list[dict[str, Any]]:
    """Return of the pairs that were tested and did not stand out, now or in the looks before (`standings`), which effects
    of a step fit the days: the ends of their interval.

    Only of what a person may be after: how one is, such as recovery, sleep, mood and weight, and no counts of work, with
    actions that are no part of another one. First comes of each outcome one pair, then of each a next one, with actions in turn.
    Of the outcomes, those that are computed from none of the others come first, such as sleep before its efficiency; of
    these, those of which it is known what is better, and of these the most certain."""
    stood = {one.pair for one in (*standings, *(verdict.standing for verdict in found.verdicts))}
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for pair, tested in known_best(found, inputs):
        if pair not in stood and (one := bound_of(pair, tested, inputs)):
            told[pair[1]].append(one)
    for rows in told.values():
        rows.sort(key=certainty)
    metrics = {one.key: one for one in inputs.metrics}

    def rank(rows: list[dict[str, Any]]) -> tuple[bool, bool, tuple[float, str, str]]:
        outcome = metrics[rows[0]["outcome"]]
        is_computed = bool((lineage_of(outcome) - {outcome.key}) & told.keys())
        return is_computed, outcome.better is Better.NEITHER, certainty(rows[0])

    outcomes = sorted(told.values(), key=rank)
    return in_turn(outcomes)


def in_turn(outcomes: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return of each outcome one pair, then of each a next one: that whose action was told of least so far."""
    told: list[dict[str, Any]] = []
    times: Counter[str] = Counter()
    while any(outcomes):
        for rows in filter(None, outcomes):
            one = min(rows, key=lambda row: times[row["action"]])
            rows.remove(one)
            times[one["action"]] += 1
            told.append(one)
    return told


def certainty(one: dict[str, Any]) -> tuple[float, str, str]:
    return one["times_smallest"], one["outcome"], one["action"]


def known_best(found: Look, inputs: Inputs) -> list[tuple[Pair, Tested]]:
    """Return of each outcome the pairs with the most independent days, each at the first lag at which it was tested."""
    keys = inputs.panel.keys
    best: dict[Pair, tuple[float, Tested]] = {}
    actions, outcomes = chosen_rows(inputs)
    for stretch, tests in zip(found.stretches, found.tests, strict=True):
        for lag in reversed(LAGS):
            for at in np.argwhere(~np.isnan(tests[lag].p)):
                action, outcome = (stretch.rows[int(one)] for one in at)
                if action in actions and outcome in outcomes:
                    worth = float(tests[lag].effective[tuple(at)])
                    tested = Tested(action, outcome, lag, stretch.start, stretch.end)
                    best[keys[action], keys[outcome]] = worth, tested
    number: Counter[str] = Counter()
    ranked = []
    for pair, (_, tested) in sorted(best.items(), key=lambda one: (-one[1][0], one[0])):
        number[pair[1]] += 1
        if number[pair[1]] <= MOST_OF_EACH:
            ranked.append((pair, tested))
    return ranked


def chosen_rows(inputs: Inputs) -> tuple[set[int], set[int]]:
    """Return the rows of the actions that are no part of another action, such as the hours of one project, and those of the
    outcomes that tell how one is."""
    known = {one.key for one in inputs.metrics}
    rows = list(enumerate(inputs.metrics))
    actions = {row for row, one in rows if not known.intersection((*one.inputs, *one.parents))}
    return actions, {row for row, one in rows if one.role in OUTCOMES and not is_counted(one)}


def is_counted(metric: Metric) -> bool:
    """Return whether a metric is a count or a sum of records, or of a share of them: a day without one is a zero."""
    others = map(find_metric, lineage_of(metric) - {metric.key})
    return any(zero_models(one) for one in (metric, *filter(None, others)))


def over_span(effect: Effect, actions: Array, step: Step, outcome: Metric, inputs: Inputs) -> float:
    """Return how large the effects that fit the days are at most between the days with little of the action and those with much:
    over its middle nine tenths, and no less than one step."""
    low, high = np.quantile(actions, MIDDLE)
    whole = in_units(effect, max(float(high - low), step.amount), outcome, inputs)
    return max(abs(whole.low), abs(whole.high))


def bound_of(pair: Pair, tested: Tested, inputs: Inputs) -> dict[str, Any] | None:
    """Return which effects fit the days of a pair, as it is stored; None where it shows something."""
    part = part_of(inputs.panel, (tested.action, tested.outcome), tested.start, tested.end)
    evidence = evidence_of(inputs.panel, part, Place(0, 1, tested.lag))
    if evidence.effect is None or not evidence.measured.p >= SEEN_P:
        return None
    action, outcome = inputs.metrics[tested.action], inputs.metrics[tested.outcome]
    step = step_for(action, evidence.actions)
    fits = in_units(evidence.effect, step.amount, outcome, inputs)
    is_known = ~(np.isnan(evidence.x) | np.isnan(evidence.y))
    actions = inputs.panel.values[tested.action, tested.start : tested.end - tested.lag][is_known]
    return {
        "action": pair[0],
        "outcome": pair[1],
        "lag": tested.lag,
        "days": evidence.measured.days,
        "step_words": step.words,
        "low": fits.low,
        "high": fits.high,
        "over_span": over_span(evidence.effect, actions, step, outcome, inputs),
        "times_smallest": (fits.high - fits.low) / 2 / outcome.smallest,
    }
