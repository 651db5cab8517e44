"""What the page of fasts says in sentences. Each is made by a rule of numbers. A fast that ended before its goal is only
shorter: nothing here praises or blames."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.utils.dateformat import format as format_date

from lifetracker.days import local_date
from lifetracker.web.clock import DAYS_OF_A_WEEK
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import (
    day_words,
    hours_and_minutes,
    hours_words,
    range_words,
    stretch_words,
    time_beside,
    time_words,
)
from lifetracker.words import counted

#: What differs by less than half a minute is the same length.
SAME = 0.5 / 60


class Running(NamedTuple):
    """The fast that runs: hours so far, its goal in hours, when it began, and when it reaches the goal."""

    hours: float
    goal: float | None
    start: datetime
    goal_at: datetime | None


class Last(NamedTuple):
    """The fast that ended last: its hours, its goal in hours, and when it ended."""

    hours: float
    goal: float | None
    end: datetime


class Mean(NamedTuple):
    """How many fasts ended in some days, and their mean length in hours."""

    number: int
    hours: float | None


class Opening(NamedTuple):
    """What the first sentences are made of. `running` and `last` only where the range ends today."""

    shown: Range
    now: datetime
    running: Running | None
    last: Last | None
    mean: Mean
    before: Mean | None


class Told(NamedTuple):
    """What the page says first, and what stands below it in smaller letters."""

    first: str
    more: str = ""


def opening(of: Opening) -> Told:
    """Return what runs, or what ended last, before what the range comes to; of an earlier range that alone."""
    today = of.shown.today
    if of.running:
        parts = [goal_words(of.running, of.now, today), fasts_words(of)]
        return Told(running_words(of.running, today), " ".join(filter(None, parts)))
    if of.last:
        return Told(last_words(of.last, today), fasts_words(of))
    return Told(fasts_words(of))


def of_goal(hours: float, goal: float | None) -> str:
    """Return `14 h 26 of 18`; without a goal `14 h 26`."""
    told = hours_and_minutes(hours)
    return f"{told} of {hours_words(goal).removesuffix(' h')}" if goal else told


def running_words(running: Running, today: date) -> str:
    return f"{of_goal(running.hours, running.goal)}, since {time_beside(running.start, today)}."


def goal_words(running: Running, now: datetime, today: date) -> str:
    """Return when the goal is reached, or was; nothing without a goal."""
    if running.goal_at is None:
        return ""
    verb = "is" if running.goal_at > now else "was"
    return f"The goal {verb} reached {at_words(running.goal_at, today)}."


def at_words(instant: datetime, today: date) -> str:
    """Return `at 14:05`, `on Thursday at 14:05` of a near day, or `on 3 March at 14:05`."""
    at, ended = f"at {time_words(instant)}", local_date(instant)
    if ended == today:
        return at
    is_near = abs((ended - today).days) < DAYS_OF_A_WEEK
    return f"on {format_date(ended, 'l') if is_near else day_words(ended, today)} {at}"


def last_words(last: Last, today: date) -> str:
    ended = at_words(last.end, today)
    return f"The last fast was {of_goal(last.hours, last.goal)}, and ended {ended}."


def fasts_words(of: Opening) -> str:
    """Return what the fasts of the range come to, against the stretch before."""
    if not of.mean.number or of.mean.hours is None:
        return nothing_words(of.shown)
    when = range_words(of.shown)
    if of.mean.number == 1:
        return f"One fast {when}, of {hours_and_minutes(of.mean.hours)}."
    told = (
        f"{counted(of.mean.number, 'fast')} {when}, {hours_and_minutes(of.mean.hours)} on average"
    )
    return f"{told}{compared(of)}."


def compared(of: Opening) -> str:
    """Return how the mean lies to that of the stretch before; nothing where that has no fast."""
    if of.before is None or of.before.hours is None or of.mean.hours is None:
        return ""
    difference = of.mean.hours - of.before.hours
    if abs(difference) < SAME:
        return f", as in the {of.shown.words} before"
    kind = "longer" if difference > 0 else "shorter"
    return f", {hours_and_minutes(abs(difference))} {kind} than in the {of.shown.words} before"


def nothing_words(shown: Range) -> str:
    """Return that nothing is stored: whether there was a fast, nobody knows."""
    if shown.is_all:
        return "No fast has ended yet."
    on = "on" if shown.days == 1 else "from"
    return f"No fast that ended {on} {stretch_words(*shown[:2])} is stored."
