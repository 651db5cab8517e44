"""What the page of tracked time says in sentences. Each is made by a rule of numbers, and advises nothing."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.dateformat import format as format_date

from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes, stretch_words
from lifetracker.words import counted

#: What differs by less than this share of the usual is close to it; by less than these hours it is as it was.
CLOSE, NOTHING = 0.1, 0.5 / 60

CONNECT = "Connect Toggl to see your hours here."


class Week(NamedTuple):
    """The hours of the present week so far, and what is usual by the same moment; None where it is not known."""

    hours: float
    usual: float | None


class Opening(NamedTuple):
    """What the first sentences of a range are made of, in hours. `usual` and `before` are None where they are not known."""

    shown: Range
    hours: float
    #: Whether at least a part of the range was read, so that the absence of entries is a fact.
    is_known: bool
    usual: float | None
    before: float | None
    #: Only of a range that ends today and is longer than a week.
    week: Week | None
    running: int
    now: datetime


def opening(of: Opening) -> str:
    parts = [whole(of), week_words(of.week, of.now) if of.week else "", running_words(of.running)]
    return " ".join(part for part in parts if part)


def whole(of: Opening) -> str:
    """Return the hours of the range, against what is usual on its weekdays, or against the stretch before."""
    if not of.hours:
        return nothing_words(of.shown, is_known=of.is_known)
    return f"{hours_and_minutes(of.hours)} {length_words(of.shown)}{compared(of)}."


def length_words(shown: Range) -> str:
    if shown.is_all:
        return f"in all, since {format_date(shown.first, 'j F Y')}"
    if shown.days == 1:
        return "today" if shown.first == shown.today else f"on {format_date(shown.first, 'j F Y')}"
    return f"in {'a year' if shown.words == 'year' else shown.words}"


def compared(of: Opening) -> str:
    if of.usual:
        return f", {against_usual(of.hours, of.usual)}"
    if of.before is not None and not of.shown.is_all:
        return f", {against_before(of.hours - of.before)} the {of.shown.words} before"
    return ""


def against_usual(hours: float, usual: float) -> str:
    """Return `close to your usual`, or how much more or less it is."""
    difference = hours - usual
    if abs(difference) < CLOSE * usual:
        return "close to your usual"
    return f"{hours_and_minutes(abs(difference))} {'more' if difference > 0 else 'less'} than usual"


def against_before(difference: float) -> str:
    if abs(difference) < NOTHING:
        return "as in"
    return f"{hours_and_minutes(abs(difference))} {'more' if difference > 0 else 'less'} than in"


def week_words(week: Week, now: datetime) -> str:
    if not week.hours:
        return "Nothing is tracked yet this week."
    told = f"This week has {hours_and_minutes(week.hours)}"
    if not week.usual:
        return f"{told}."
    return f"{told}, {against_usual(week.hours, week.usual)} by {part_of_day(now)}."


def part_of_day(now: datetime) -> str:
    """Return `Friday morning`, by the clock on the wall."""
    local = timezone.localtime(now)
    part = "morning" if local.hour < 12 else "afternoon" if local.hour < 18 else "evening"
    return f"{format_date(local, 'l')} {part}"


def running_words(count: int) -> str:
    if not count:
        return ""
    if count == 1:
        return "The running entry counts once it has ended."
    return f"{counted(count, 'running entry', 'running entries')} count once they have ended."


def nothing_words(shown: Range, *, is_known: bool) -> str:
    """Return that there is nothing, or that nothing is known."""
    when = stretch_words(shown.first, shown.last)
    if shown.is_all:
        return "No time entries are stored yet."
    on = f"on {when}" if shown.days == 1 else f"from {when}"
    if is_known:
        return f"No time was tracked {on}."
    return f"Nothing is known of your time {on}."
