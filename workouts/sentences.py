"""What the page of workouts says in sentences. Each is made by a rule of numbers, and advises nothing."""

from __future__ import annotations

from typing import NamedTuple

from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes, isolated, range_words, stretch_words
from lifetracker.words import counted
from workouts.page_data import Sums
from workouts.sports import sport_words

CONNECT = "Connect WHOOP to see your workouts here."


class Opening(NamedTuple):
    """What the first sentence is made of. `before` is None where it is not known."""

    shown: Range
    sport: str
    total: Sums
    before: Sums | None
    #: Whether the absence of workouts is a fact, at least of a part of the range.
    is_known: bool


def opening(of: Opening) -> str:
    """Return the sessions and minutes of a range against the stretch before."""
    if not of.total.sessions:
        return nothing_words(of)
    sessions = f"{counted(of.total.sessions, 'session')}{of_sport(of.sport)}"
    told = f"{sessions} and {hours_and_minutes(of.total.minutes / 60)} {range_words(of.shown)}"
    return f"{told}{compared(of)}."


def of_sport(sport: str) -> str:
    if not sport:
        return ""
    words = sport_words(sport)
    return f" of {isolated(words if words.isupper() else words[:1].lower() + words[1:])}"


def compared(of: Opening) -> str:
    """Return how many sessions and how much time more or less that is; nothing where the stretch before is not known."""
    if of.before is None:
        return ""
    than = f"the {of.shown.words} before"
    if not of.before.sessions:
        return f"; none in {than}"
    sessions = of.total.sessions - of.before.sessions
    time = of.total.minutes - of.before.minutes
    parts = [sessions_words(sessions), time_words(time)]
    said = [part for part in parts if part]
    if not said:
        return f", as in {than}"
    if len(said) == 2 and sessions * time > 0:
        more = "more" if sessions > 0 else "less"
        length = hours_and_minutes(abs(time) / 60)
        return f", {counted(abs(sessions), 'session')} and {length} {more} than in {than}"
    return f", {' and '.join(said)} than in {than}"


def sessions_words(difference: int) -> str:
    if not difference:
        return ""
    return f"{counted(abs(difference), 'session')} {'more' if difference > 0 else 'fewer'}"


def time_words(minutes: float) -> str:
    if round(abs(minutes)) == 0:
        return ""
    return f"{hours_and_minutes(abs(minutes) / 60)} {'more' if minutes > 0 else 'less'}"


def nothing_words(of: Opening) -> str:
    """Return that there was nothing, or that nobody knows."""
    on = "on" if of.shown.days == 1 else "from"
    when = f"{on} {stretch_words(*of.shown[:2])}"
    if of.is_known:
        return f"No workout{of_sport(of.sport)} {when}."
    return f"Nothing is known of workouts {when}."
