"""Stores what a look says of pairs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet

from insights.evidence import Evidence
from insights.in_units import InUnits, in_units
from insights.inputs import Inputs, is_logarithmic
from insights.models import Finding, FindingTest, InsightRun
from insights.standing import Held, Standing, Verdict
from insights.states import State
from insights.steps import step_for
from lifetracker.metrics.declaration import Metric, Step

#: The tests by the days that confirmed a finding, and those that leave its numbers.
BY_HELD_DAYS = (State.CONFIRMED, State.CORRECTED)
BY_NEWER_DAYS = (State.HOLDING, State.FADING, State.WITHDRAWN)
#: So many days are drawn of a finding: a year.
MOST_POINTS = 366


def standings_of(findings: QuerySet[Finding], first: date) -> list[Standing]:
    """Return what is known of findings. `first`: of what was confirmed by older days than are read, these cannot be measured
    again."""
    by_held_days = FindingTest.objects.filter(state__in=BY_HELD_DAYS, finding__in=findings)
    r = dict(by_held_days.order_by("pk").values_list("finding_id", "r"))
    return [standing_of(one, r.get(one.pk) if one.first_day >= first else None) for one in findings]


def standing_of(one: Finding, held_r: float | None) -> Standing:
    held = None
    if one.confirmed_on and held_r is not None:
        held = Held(one.first_day, one.last_day, one.days, held_r)
    return Standing(
        action=one.action,
        outcome=one.outcome,
        lag=one.lag,
        state=State(one.state),
        found_on=one.found_on,
        r=one.found_r,
        tested_on=one.tested_on,
        fadings=one.fadings,
        held=held,
    )


def store(verdicts: Iterable[Verdict], inputs: Inputs, run: InsightRun) -> None:
    """Store what a look says of pairs, and the tests that it is based on."""
    metrics = {metric.key: metric for metric in inputs.metrics}
    for one in verdicts:
        pair = metrics[one.standing.action], metrics[one.standing.outcome]
        step = step_of(one, pair[0])
        finding = stored(one, pair, step, inputs)
        told = [(one.state, one.evidence)]
        if one.found is not None and one.found is not one.evidence:
            told.insert(0, (State.CANDIDATE, one.found))
        for state, evidence in told:
            add_test(finding, run, state, evidence, values_of(evidence, pair[1], step, inputs))


def step_of(one: Verdict, action: Metric) -> Step:
    """Return the change by which a finding is told: that of its first evidence, so that all of its tests can be compared."""
    standing = one.standing
    if one.found is None:
        known = Finding.objects.filter(action=standing.action, outcome=standing.outcome)
        if values := known.values_list("step", "step_words").first():
            return Step(*values)
    return step_for(action, one.evidence.actions)


def values_of(evidence: Evidence, outcome: Metric, step: Step, inputs: Inputs) -> InUnits | None:
    if evidence.effect is None:
        return None
    return in_units(evidence.effect, step.amount, outcome, inputs)


def stored(one: Verdict, pair: tuple[Metric, Metric], step: Step, inputs: Inputs) -> Finding:
    """Return the stored finding of a verdict. A test by newer days leaves the numbers of those that confirmed it."""
    standing = one.standing
    values: dict[str, Any] = {
        "lag": standing.lag,
        "state": standing.state,
        "found_on": standing.found_on,
        "tested_on": standing.tested_on,
        "found_r": standing.r,
        "fadings": standing.fadings,
    }
    if one.state not in BY_NEWER_DAYS:
        values |= numbers_of(one.evidence, pair, step, inputs)
        values["confirmed_on"] = one.evidence.last if standing.held else None
    finding, _ = Finding.objects.update_or_create(
        action=standing.action, outcome=standing.outcome, defaults=values
    )
    return finding


def numbers_of(
    evidence: Evidence, pair: tuple[Metric, Metric], step: Step, inputs: Inputs
) -> dict[str, Any]:
    action, outcome = pair
    values = values_of(evidence, outcome, step, inputs)
    return {
        "action_name": action.label[:200],
        "outcome_name": outcome.label[:200],
        "is_yes_no": action.is_yes_no,
        "step": step.amount,
        "step_words": step.words[:100],
        "unit": outcome.unit[:40],
        "decimals": outcome.decimals,
        "is_large": values is not None and abs(values.effect) >= outcome.smallest,
        "effect": values and values.effect,
        "low": values and values.low,
        "high": values and values.high,
        "first_day": evidence.first,
        "last_day": evidence.last,
        "days": evidence.measured.days,
        "points": points_of(evidence, pair, inputs),
        "more_days": evidence.more_days,
        "other_days": evidence.other_days,
    }


def points_of(
    evidence: Evidence, pair: tuple[Metric, Metric], inputs: Inputs
) -> list[tuple[str, float, float]]:
    """Return of the newest days the action and the outcome in their units, as they would be on a usual day of the week at a
    usual time: what a chart of the finding is made of."""
    action, outcome = pair
    known = np.flatnonzero(~(np.isnan(evidence.x) | np.isnan(evidence.y)))[-MOST_POINTS:]
    found = []
    for at in map(int, known):
        x, y = float(evidence.x[at]), float(evidence.y[at])
        x = x if action.is_yes_no else x + inputs.usual[action.key]
        usual = inputs.usual[outcome.key]
        y = usual * math.exp(y) if is_logarithmic(outcome) else usual + y
        found.append((f"{evidence.first + timedelta(days=at)}", round(x, 3), round(y, 3)))
    return found


def add_test(
    finding: Finding, run: InsightRun, state: State, evidence: Evidence, values: InUnits | None
) -> None:
    measured = evidence.measured
    FindingTest.objects.create(
        finding=finding,
        run=run,
        state=state,
        first_day=evidence.first,
        last_day=evidence.last,
        days=measured.days,
        effective_days=measured.effective,
        r=measured.r,
        p=None if math.isnan(measured.p) else measured.p,
        effect=values and values.effect,
        low=values and values.low,
        high=values and values.high,
    )
