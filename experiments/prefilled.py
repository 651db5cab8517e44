"""A new plan as an address asks for it: in its own words, or from a difference that was seen between days."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from statistics import median

from experiments.design import DAYS_BEFORE
from experiments.models import Experiment, Wanted
from experiments.words import level
from lifetracker import days
from lifetracker.metrics.declaration import Better, Metric
from lifetracker.metrics.registry import find_metric
from lifetracker.metrics.series import read_series
from lifetracker.metrics.statistics import HOURS_A_DAY, mean_of

#: What an address may say as it stands.
WORDS = ("question", "action", "outcome", "try_words", "usual_words")
AS_USUAL = "as usual"


def prefilled_plan(asked: Mapping[str, str]) -> Experiment:
    """Return a plan, not stored. `difference`: by how much the outcome was higher, in its unit, after more of the action, or
    after a yes; then A is what went with the better side, and a difference as large is asked for."""
    plan = Experiment(**{name: asked.get(name, "") for name in WORDS})
    action, outcome = find_metric(plan.action), find_metric(plan.outcome)
    difference = number_of(asked.get("difference", ""))
    if action and outcome and difference:
        plan_from(plan, action, outcome, difference)
    return plan


def number_of(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def plan_from(plan: Experiment, action: Metric, outcome: Metric, difference: float) -> None:
    """Fill in what follows from a difference."""
    is_lower_better = outcome.better is Better.LOWER
    plan.better = Wanted.LOWER if is_lower_better else Wanted.HIGHER
    plan.worth = round(abs(difference), max(outcome.decimals, 1)) or None
    wants_more = (difference > 0) != is_lower_better
    if action.is_yes_no:
        ask_for_answer(plan, action, wants_yes=wants_more)
    else:
        ask_for_amount(plan, action, wants_more=wants_more)
    plan.question = plan.question or f"Does “{plan.try_words}” change my {outcome.label}?"


def ask_for_answer(plan: Experiment, action: Metric, *, wants_yes: bool) -> None:
    """Ask for yes against no; else for no, against what is usual: nobody is asked for what went with the worse side."""
    if wants_yes:
        plan.try_words, plan.usual_words = f"{action.label}: yes", f"{action.label}: no"
        plan.try_at_least, plan.usual_below = 1.0, 1.0
    else:
        plan.try_words, plan.usual_words = f"{action.label}: no", AS_USUAL
        plan.try_below = 1.0


def ask_for_amount(plan: Experiment, action: Metric, *, wants_more: bool) -> None:
    """Ask for more or less than is usual. Where that is not known, nothing checks it."""
    usual = usual_of(action)
    plan.usual_words = AS_USUAL
    if usual is None:
        less, more = ("earlier", "later") if action.circular else ("less", "more")
        plan.try_words = f"{action.label}: {more if wants_more else less} than usual"
        plan.action = ""
        return
    words = level(usual, action.key)
    below = f"{action.label}: {'before' if action.circular else 'less than'} {words}"
    if wants_more:
        plan.try_words = f"{action.label}: {words} or {'later' if action.circular else 'more'}"
        plan.usual_words, plan.try_at_least, plan.usual_below = below, usual, usual
    else:
        plan.try_words, plan.try_below = below, usual


def usual_of(action: Metric) -> float | None:
    """Return what half of the last days are below, as it is shown, of times of day the mean to a quarter of an hour; None where
    that is not known, or zero."""
    today = days.today()
    series = read_series([action], today - timedelta(days=DAYS_BEFORE), today)[action.key]
    values = [one for one in series.values if one is not None]
    if action.circular:
        hour = mean_of(action, values)
        return None if hour is None else round(4 * hour) / 4 % HOURS_A_DAY
    return (round(median(values), action.decimals) or None) if values else None
