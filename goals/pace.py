"""The pace that a goal needs, beside what its owner's days have come to before, and how likely it is reached."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from goals.courses import Course, Rest, Way
from goals.odds import (
    KNOWN_DAYS,
    LEAST_KNOWN_DAYS,
    LONGEST_DAYS,
    DayValue,
    Habit,
    drawn_sums,
    odds_of,
)
from goals.plan import TINY, Kind, Per, Span
from goals.tally import mean_of_known
from lifetracker.days import ONE_DAY
from lifetracker.metrics.declaration import Values

WINDOWS = 26
LONGEST_WINDOW = 91
WEEK = 7


@dataclass(frozen=True)
class Pace:
    """Per day. `needed` is what each day that is left must come to, or, of a limit, may come to; of a value to
    reach, how much it must change."""

    needed: float
    #: The mean of the windows; None where none is known.
    own: float | None
    windows: int
    #: How many of the windows came to what is needed.
    reached: int
    #: Over how many weeks before what is left the known windows reach; 0 where none is known.
    weeks: int = 0
    #: What a window is called: of a goal of each day it is one day of a week.
    noun: str = "week"


@dataclass(frozen=True)
class Odds:
    """`percent` in steps of ten; None where it cannot be said, for a `reason`. `ends`: the least and the most that the
    period comes to in the middle eight of ten draws."""

    percent: int | None
    reason: str = ""
    ends: tuple[float, float] | None = None


NO_ODDS = Odds(None)


def windows_before(rest: Span) -> list[Span]:
    """Return spans as long as what is left (at most 13 weeks), with the same days of the week, one from each of 26
    weeks. The newest one ends before what is left begins."""
    length = min(len(rest), LONGEST_WINDOW)
    newest = math.ceil(length / WEEK)
    firsts = (rest.first - timedelta(weeks=newest + back) for back in range(WINDOWS))
    return [Span(first, first + timedelta(days=length - 1)) for first in firsts]


def pace_of(course: Course, rest: Rest) -> Pace | None:
    """Return None where no day is left."""
    if not rest.days:
        return None
    needed = rest.needed / len(rest.days)
    rates = rates_of(course, windows_before(rest.span))
    reached = sum(course.sign * (rate - needed) >= -TINY for rate in rates.values())
    weeks = math.ceil((rest.span.first - min(rates).first).days / WEEK) if rates else 0
    noun = "day" if course.plan.per is Per.DAY else "week"
    return Pace(needed, mean_of_known(rates.values()), len(rates), reached, weeks, noun)


def rates_of(course: Course, spans: list[Span]) -> dict[Span, float]:
    """Return what those of the spans that are known came to per day, by span. A mean is known if half of its days are; a sum,
    and the change of a value, if all are."""
    values = course.tally.usual
    added = changes_of(values) if isinstance(course, Way) else values
    least = 0.5 if course.plan.kind is Kind.MEAN else 1.0
    found = {}
    for span in spans:
        known = [one for one in course.tally.part(added, span) if one is not None]
        if known and len(known) >= least * len(span):
            found[span] = math.fsum(known) / len(known)
    return found


def changes_of(values: Values) -> Values:
    """Return by how much a value changed from each day to the next, evenly over days that are unknown."""
    changes: Values = [None] * len(values)
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    for (before, old), (at, new) in pairwise(known):
        changes[before + 1 : at + 1] = [(new - old) / (at - before)] * (at - before)
    return changes


def odds_for(course: Course, rest: Rest, seed: str, share_left: float) -> Odds:
    """`share_left`: how much of the present day is still to come, from 0 to 1."""
    if not rest.days:
        return NO_ODDS
    if len(rest.days) > LONGEST_DAYS:
        return Odds(None, "The end is more than a year away.")
    known, count = known_before(course, rest.span)
    if count < LEAST_KNOWN_DAYS:
        return Odds(None, f"Not enough days yet ({count} of {LEAST_KNOWN_DAYS}).")
    kind = course.plan.kind
    is_begun = rest.span.first == course.day and kind is not Kind.MEAN
    begun = 1 - share_left if is_begun else 0.0
    sums = drawn_sums(Habit(known), rest.days, seed, begun, whole=kind is Kind.DAYS)
    return Odds(odds_of(sums, rest.needed, course.sign), ends=ends_of(course, rest, sums))


def ends_of(course: Course, rest: Rest, sums: list[float]) -> tuple[float, float]:
    """Return what the period comes to if its days add what a tenth of the draws stays below, and what a tenth exceeds."""
    ordered = sorted(sums)
    tenth = len(ordered) // 10
    low, high = (
        course.end_with(added, len(rest.days)) for added in (ordered[tenth], ordered[-tenth - 1])
    )
    return low, high


def known_before(course: Course, rest: Span) -> tuple[list[DayValue], int]:
    """Return what the last 90 known days added, oldest first, and how many these are."""
    span = Span(course.tally.span.first, rest.first - ONE_DAY)
    values = course.tally.usual_of(span)
    places = [at for at, value in enumerate(values) if value is not None][-KNOWN_DAYS:]
    if not places:
        return [], 0
    first = span.first + timedelta(days=places[0])
    recent = values[places[0] :]
    added = changes_of(recent) if isinstance(course, Way) else recent
    found = [
        DayValue(first + timedelta(days=at), value)
        for at, value in enumerate(added)
        if value is not None
    ]
    return found, len(places)
