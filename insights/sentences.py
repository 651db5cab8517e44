"""What is said of findings, by rule: never a cause, never without its size and how sure it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from insights.models import Finding
from insights.spans import NIGHT, span_of
from insights.states import State
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import UnknownMetric, metric_of
from lifetracker.web.units import in_chosen_unit, unit_of_difference
from lifetracker.words import counted

NO_CAUSE = "This goes together. It does not say that one causes the other: an experiment would."
#: So many decimals at most, and so many of the last one that an interval is wide at least.
MOST_DECIMALS, LEAST_WIDTH = 3, 3
TEN_YEARS = 3650
HOURS_AND_MINUTES = {"h", "min"}
NUMBERS = ("", "", "two", "three")
#: What one may read of each state.
STATES = {
    State.CONFIRMED: "Confirmed on days on which it was not found.",
    State.HOLDING: "Still holds on the newest 120 days.",
    State.FADING: "Fades: the newest 120 days are too uncertain to say whether it still holds.",
    State.WITHDRAWN: "Withdrawn: it did not hold any longer.",
}


def metric_named(key: str) -> Metric | None:
    """Return a metric, None where it is gone."""
    try:
        return metric_of(key)
    except UnknownMetric:
        return None


def lower_first(label: str) -> str:
    """Return a label as it stands within a sentence: HRV stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def day_words(day: date) -> str:
    return f"{day:%-d %B %Y}"


def amount(value: float, unit: str, decimals: int) -> str:
    """Return how large a difference is, with as many digits as the outcome is shown with, and enough to be none of zero."""
    shown = in_chosen_unit(abs(value), unit).value
    while decimals < MOST_DECIMALS and shown and round(shown, decimals) < 2 * 10.0**-decimals:
        decimals += 1
    return f"{shown:,.{decimals}f} {unit_of_difference(unit)}".strip()


def direction(value: float, unit: str) -> str:
    if unit in HOURS_AND_MINUTES:
        return "longer" if value > 0 else "shorter"
    if not unit:
        return "more" if value > 0 else "fewer"
    return "higher" if value > 0 else "lower"


def decimals_of(finding: Finding) -> int:
    """Return with how many digits an effect and the ends of its interval are shown: at least those of the outcome, and so
    many that the interval is several of the last ones wide."""
    decimals = finding.decimals
    if finding.low is None or finding.high is None:
        return decimals
    width = in_chosen_unit(abs(finding.high - finding.low), finding.unit).value
    while decimals < MOST_DECIMALS and width < LEAST_WIDTH * 10.0**-decimals:
        decimals += 1
    return decimals


def interval(finding: Finding) -> str:
    """Return the interval in the direction of the effect: `1 to 7 ms`."""
    if finding.low is None or finding.high is None:
        return "not known"
    ends = [finding.low, finding.high]
    if (finding.effect or 0) < 0:
        ends = [-one for one in reversed(ends)]
    decimals = decimals_of(finding)
    shown = (in_chosen_unit(one, finding.unit).value for one in ends)
    low, high = (f"{one:,.{decimals}f}".replace("-", "−") for one in shown)
    return f"{low} to {high} {unit_of_difference(finding.unit)}".strip()


def when(action: Metric | None, outcome: Metric | None, lag: int) -> str:
    """Return how long after the action the outcome is: `the next morning`."""
    later = lag + bool(action and action.before_night)
    is_morning = bool(outcome and span_of(outcome) == NIGHT)
    if later == 0:
        return "that morning" if is_morning else "that day"
    noun = "morning" if is_morning else "day"
    return f"the next {noun}" if later == 1 else f"{NUMBERS[min(later, 3)]} {noun}s later"


def change_of(finding: Finding) -> str:
    """Return what was done: `Bedtime 30 minutes later`."""
    if finding.is_yes_no:
        return f"“{finding.action_name}” answered yes"
    return f"{finding.action_name} {finding.step_words}"


def sentence(finding: Finding) -> str:
    """Return what is said of a finding: how large it is, how sure that is, and against what."""
    action, outcome = metric_named(finding.action), metric_named(finding.outcome)
    effect = finding.effect or 0.0
    return (
        f"{change_of(finding)}: your {lower_first(finding.outcome_name)} {when(action, outcome, finding.lag)} was "
        f"{amount(effect, finding.unit, decimals_of(finding))} {direction(effect, finding.unit)} "
        f"(95 %: {interval(finding)}) than on other days, by the same day of the week and time of the year."
    )


def sides(finding: Finding) -> str:
    """Return on how many days that is based."""
    if finding.is_yes_no:
        return f"{counted(finding.more_days, 'such day')}, {finding.other_days:,} others."
    return f"{counted(finding.more_days, 'day')} with more than usual, {finding.other_days:,} with less."


def held(finding: Finding) -> str:
    """Return on which days it was found, and on which it held."""
    return (
        f"Found on days up to {day_words(finding.found_on)}, and held from {day_words(finding.first_day)} to "
        f"{day_words(finding.last_day)}."
    )


def state_words(finding: Finding) -> str:
    words = STATES.get(State(finding.state), "")
    if finding.confirmed_on and finding.tested_on > finding.confirmed_on:
        return f"{words} Last tested with the days up to {day_words(finding.tested_on)}."
    return words


def bound_words(bound: dict[str, Any]) -> str:
    """Return what the days could have shown of a pair, and did not, of differences that mean something; empty where one of its metrics is gone."""
    action, outcome = metric_named(bound["action"]), metric_named(bound["outcome"])
    if action is None or outcome is None:
        return ""
    size, least = (
        amount(one, outcome.unit, outcome.decimals) + ("" if outcome.unit else f" {noun(outcome)}")
        for one in (max(bound["smallest_seen"], outcome.smallest), outcome.smallest)
    )
    done = f"{action.label} {action.step.words}" if action.step else f"“{action.label}”"
    said = (
        f"{done}, {lower_first(outcome.label)} {when(action, outcome, bound['lag'])}: your {bound['days']:,} days could "
        f"have shown a difference of {size} or more, and did not."
    )
    if bound["more_days"] > TEN_YEARS:
        said += f" To see one of {least} would take more than ten years."
    elif bound["more_days"]:
        said += f" About {about(bound['more_days']):,} more days are needed to see one of {least}."
    return said


def noun(outcome: Metric) -> str:
    """Return what an outcome without a unit counts."""
    return lower_first(outcome.label)


def about(days: int) -> int:
    """Return a number of days as one can know it: to tens, and hundreds from a thousand on."""
    unit = 100 if days >= 1000 else 10
    return max(round(days / unit) * unit, unit)
