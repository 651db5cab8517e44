"""What is said of findings, by rule: never a cause, never without its size and how sure it is."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from django.utils.text import capfirst

from insights.models import Finding
from insights.spans import NIGHT, span_of
from insights.states import State
from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import find_metric
from lifetracker.web.sentences import date_words
from lifetracker.web.units import HOURS, MINUTES, Amount, in_chosen_unit, unit_of_difference
from lifetracker.words import counted

NO_CAUSE = "This goes together. It does not say that one causes the other: an experiment would."
#: So many decimals at most, and so many of the last one that an interval is wide at least.
MOST_DECIMALS, LEAST_WIDTH = 3, 3
#: The domain of metrics that their owner named.
OWN = "own"
HOURS_AND_MINUTES = {HOURS, MINUTES}
NUMBERS = ("", "", "two", "three")
#: What the intervals of the sentences mean.
LIKELY = (
    "“Likely between” means that in 95 of 100 such cases what is true lies in this range; the number before it is the best "
    "guess."
)
#: What one may read of each state.
STATES = {
    State.CONFIRMED: "It is tested again each month.",
    State.HOLDING: "The newest 120 days still show it.",
    State.FADING: "Fades: by the newest 120 days alone one cannot say whether it is still so.",
    State.WITHDRAWN: "Withdrawn: by the days as they are known now, it is gone or much smaller.",
}
#: What is shown is tested again after four weeks: so long after its last test, it could not be.
TESTED_AGAIN = timedelta(days=42)
TOO_FEW_DAYS = {
    State.CONFIRMED: "Since it was confirmed, too few days are known to test it again.",
    State.HOLDING: "Its newest test still showed it. Since then too few days are known to test it again.",
}
#: What a single test said.
TESTED = {
    State.CANDIDATE: "first seen",
    State.CONFIRMED: "seen again",
    State.NOT_CONFIRMED: "not seen again",
    State.HOLDING: "still so",
    State.FADING: "cannot say",
    State.WITHDRAWN: "not so any longer",
    State.CORRECTED: "as these days are known by now",
}


def lower_first(label: str) -> str:
    """Return a label as it stands within a sentence: HRV stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def amount(value: float, unit: str, decimals: int) -> str:
    """Return how large a difference is, with as many digits as the outcome is shown with, and enough to be none of zero."""
    shown = difference(abs(value), unit).value
    while decimals < MOST_DECIMALS and shown and round(shown, decimals) < 2 * 10.0**-decimals:
        decimals += 1
    return size(value, unit, decimals)


def size(value: float, unit: str, decimals: int) -> str:
    shown = difference(abs(value), unit)
    return f"{shown.value:,.{decimals}f} {shown.unit}".strip()


def difference(value: float, unit: str) -> Amount:
    """Return a difference as it is shown: of hours in minutes."""
    if unit == HOURS:
        return Amount(value * 60, "min")
    return Amount(in_chosen_unit(value, unit).value, unit_of_difference(unit))


def direction(value: float, unit: str) -> str:
    if unit in HOURS_AND_MINUTES:
        return "longer" if value > 0 else "shorter"
    if not unit:
        return "more" if value > 0 else "fewer"
    return "higher" if value > 0 else "lower"


def decimals_of(finding: Finding) -> int:
    """Return with how many digits an effect and the ends of its interval are shown."""
    if finding.low is None or finding.high is None:
        return finding.decimals
    return decimals_for(finding.high - finding.low, finding.unit, finding.decimals)


def decimals_for(width: float, unit: str, decimals: int) -> int:
    """Return with how many digits an interval is shown: at least those of the outcome (none of minutes), and so many that it
    is several of the last ones wide."""
    width = difference(abs(width), unit).value
    decimals = 0 if unit == HOURS else decimals
    while decimals < MOST_DECIMALS and width < LEAST_WIDTH * 10.0**-decimals:
        decimals += 1
    return decimals


def interval(finding: Finding) -> str:
    """Return the ends of the interval in the direction of the effect: `1 and 7 ms`."""
    if finding.low is None or finding.high is None:
        return "not known"
    ends = [finding.low, finding.high]
    if (finding.effect or 0) < 0:
        ends = [-one for one in reversed(ends)]
    decimals = decimals_of(finding)
    shown = [difference(one, finding.unit) for one in ends]
    low, high = (f"{one.value:,.{decimals}f}".replace("-", "−") for one in shown)
    return f"{low} and {high} {shown[0].unit}".strip()


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
    return change_words(finding.action_name, "" if finding.is_yes_no else finding.step_words)


def change_words(name: str, step: str) -> str:
    return f"{name} {step}" if step else f"“{name}” answered yes"


def sentence(finding: Finding) -> str:
    """Return what is said of a finding: how large it is, how sure that is, and against what."""
    action, outcome = find_metric(finding.action), find_metric(finding.outcome)
    effect = finding.effect or 0.0
    return (
        f"{change_of(finding)}: your {lower_first(finding.outcome_name)} {when(action, outcome, finding.lag)} was "
        f"{size_and_way(effect, finding)}{'' if finding.is_yes_no else ' on average'} "
        f"(likely between {interval(finding)}){compared(finding)} days of the same weekday and season."
    )


def size_and_way(effect: float, finding: Finding) -> str:
    """Return `3 points lower`."""
    return f"{amount(effect, finding.unit, decimals_of(finding))} {direction(effect, finding.unit)}"


def compared(finding: Finding) -> str:
    """Return with what the days are compared: those with no, or, of numbers, each with all others."""
    return " than on other" if finding.is_yes_no else ", comparing"


def sides(finding: Finding) -> str:
    """Return on how many days that is based."""
    less, more, than = both_sides(finding)
    return f"{counted(finding.more_days, 'day')} {more}{than}, {finding.other_days:,} {less}."


def both_sides(finding: Finding) -> tuple[str, str, str]:
    """Return what the days on the one and on the other side are, and against what."""
    if finding.is_yes_no:
        return "with no", "with yes", ""
    action = find_metric(finding.action)
    if action and action.circular:
        return "earlier", "later", " than usual"
    return "with less", "with more", " than usual"


def held(finding: Finding) -> str:
    """Return on which days it was first seen, and on which again."""
    return (
        f"First seen in the days up to {date_words(finding.found_on)}, and again in those from {date_words(finding.first_day)} "
        f"to {date_words(finding.last_day)}, which had not been used to find it."
    )


def state_words(finding: Finding) -> str:
    state = State(finding.state)
    is_late = days.today() - finding.tested_on > TESTED_AGAIN
    words = (is_late and TOO_FEW_DAYS.get(state)) or STATES.get(state, "")
    if finding.confirmed_on and finding.tested_on > finding.confirmed_on:
        return f"{words} Last tested with the days up to {date_words(finding.tested_on)}."
    return words


def bound_words(bound: dict[str, Any]) -> str:
    """Return that no difference was seen between two metrics, and which ones fit the days; empty where one of them is gone."""
    action, outcome = find_metric(bound["action"]), find_metric(bound["outcome"])
    if action is None or outcome is None:
        return ""
    low, high = bound["low"], bound["high"]
    decimals = decimals_for(high - low, outcome.unit, outcome.decimals)
    ends = " and ".join(
        f"{size(one, outcome.unit, decimals)} {direction(one, outcome.unit)}" for one in (low, high)
    )
    fits = f"anything between {ends} fits them"
    step = bound["step_words"]
    about = f"{action.label} and" if step else f"{change_words(action.label, step)},"
    return (
        f"{about} {lower_first(outcome.label)} {when(action, outcome, bound['lag'])}: no difference was seen in your "
        f"{bound['days']:,} days. {f'For {step}, by a straight line, {fits}' if step else capfirst(fits)}"
        f"{little_words(bound, outcome)}."
    )


def little_words(bound: dict[str, Any], outcome: Metric) -> str:
    """Return that any effect that fits the days is too small to matter: of a number, from the lowest to the highest of its
    middle nine tenths. Empty where a larger one fits, where earlier versions stored the effect of one step alone, and for own
    metrics, of which nobody knows what matters."""
    step = bound["step_words"]
    one_step = math.inf if step else max(abs(bound["low"]), abs(bound["high"]))
    if outcome.domain == OWN or bound.get("over_span", one_step) >= outcome.smallest:
        return ""
    over = ". Over the middle nine tenths of your days it is" if step else ":"
    return f"{over} less than {amount(outcome.smallest, outcome.unit, 0)}, the least that is shown"


def named(label: str, *, is_yes_no: bool) -> str:
    """Return a metric within a sentence: what is answered yes or no in quotes, as its name may be a whole question."""
    return f"“{label}”" if is_yes_no else lower_first(label)
