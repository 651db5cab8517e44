"""What is said of changes, by rule: how large, since when, on how many days, and never why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from insights.models import MetricChange
from insights.sentences import MOST_DECIMALS, amount, direction, lower_first
from insights.states import ChangeState
from lifetracker.days import ONE_DAY
from lifetracker.metrics.statistics import HOURS_A_DAY
from lifetracker.web.sentences import (
    MINUS,
    clock_of,
    date_words,
    hours_and_minutes,
    is_nothing,
    number,
)
from lifetracker.web.units import HOURS, in_chosen_unit, unit_of_difference
from lifetracker.words import counted, joined, singular

NO_WHY = (
    "It says that something changed, and not why. The day is off by more than a week in one of four cases, and says little "
    "where the change came bit by bit. The range holds the true size in about nine of ten cases, and in eight of ten where a "
    "day is much like the one before."
)
TWO_WEEKS = timedelta(days=14)


def change_sentence(one: MetricChange) -> str:
    """Return `Your resting heart rate has been 3 bpm lower since around 12 March 2026 (likely between 2 and 4 bpm): 52 (28 days)
    against 55 (56 days before).`"""
    name = lower_first(one.metric_name)
    return f"Your {name} {how(one)} (likely between {interval_words(one)}): {sides_words(one)}."


def how(one: MetricChange) -> str:
    """Return what it did, and since when."""
    is_plural = singular(one.metric_name) != one.metric_name
    size, when = size_words(one), f"around {date_words(one.around)}"
    if one.state in {ChangeState.SETTLED, ChangeState.OVER}:
        was = "were" if is_plural else "was"
        return f"{was} {size} from {when} on"
    has = "have" if is_plural else "has"
    if one.is_gradual:
        return f"{has} become {size}, bit by bit"
    return f"{has} been {size} since {when}"


def is_in_hours(one: MetricChange) -> bool:
    return one.is_clock or one.unit == HOURS


def size_words(one: MetricChange) -> str:
    way = direction(one.difference, one.unit)
    if one.is_clock:
        way = "later" if one.difference > 0 else "earlier"
    if is_in_hours(one):
        return f"{hours_and_minutes(abs(one.difference))} {way}"
    return f"{amount(one.difference, one.unit, decimals_of(one))} {way}"


def decimals_of(one: MetricChange) -> int:
    """Return with how many digits both means are shown: as many as it takes to tell them apart."""
    decimals = one.decimals
    ends = [in_chosen_unit(value, one.unit).value for value in (one.difference, one.high - one.low)]
    while decimals < MOST_DECIMALS and any(is_nothing(end / 2, decimals) for end in ends):
        decimals += 1
    return decimals


def interval_words(one: MetricChange) -> str:
    """Return the ends of the interval in the direction of the change: `2 and 4 bpm`."""
    ends = [one.low, one.high] if one.difference > 0 else [-one.high, -one.low]
    if is_in_hours(one):
        low, high = (f"{MINUS if end < 0 else ''}{hours_and_minutes(abs(end))}" for end in ends)
        return f"{low} and {high}"
    decimals = decimals_of(one)
    low, high = (number(in_chosen_unit(end, one.unit).value, decimals) for end in ends)
    return f"{low} and {high} {unit_of_difference(one.unit)}".strip()


def sides_words(one: MetricChange) -> str:
    after, before = (value_words(one, value) for value in (one.after, one.before))
    known = f"{counted(one.known_after, 'day')}", f"{counted(one.known_before, 'day')} before"
    return f"{after} ({known[0]}) against {before} ({known[1]})"


def value_words(one: MetricChange, value: float) -> str:
    """Return a mean without its unit; of hours of the clock as on a clock."""
    if one.is_clock:
        return clock_of(value % HOURS_A_DAY)
    if one.unit == HOURS:
        return hours_and_minutes(value)
    return number(in_chosen_unit(value, one.unit).value, decimals_of(one))


def change_status(one: MetricChange) -> str:
    """Return what is known of whether it holds."""
    seen = f"Seen with the days up to {date_words(one.found_on)}"
    if one.confirmed_on is None:
        return f"{seen}, and waits for two more weeks."
    held = f"{seen}, and still so with those up to {date_words(one.confirmed_on)}."
    if one.state == ChangeState.SETTLED:
        return f"{held} It is what is usual by now."
    if one.state == ChangeState.OVER:
        return f"{held} With the days up to {date_words(one.tested_on)} it had gone back by more than half."
    return held


def waiting_words(waiting: Sequence[MetricChange]) -> str:
    """Return of what it is not known yet whether it changed, and when that is; empty where there is nothing."""
    if not waiting:
        return ""
    names = joined([lower_first(one.metric_name) for one in waiting])
    first = min(decided_on(one) for one in waiting)
    return (
        f"May have changed: {names}. Most of what looks like it for four weeks is chance, so it is shown once it is still so "
        f"two weeks later: from {date_words(first)} on."
    )


def decided_on(one: MetricChange) -> date:
    return one.found_on + TWO_WEEKS + ONE_DAY
