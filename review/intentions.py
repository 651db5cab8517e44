"""What was intended for weeks, and whether it was kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lifetracker.days import monday_of
from lifetracker.words import counted
from review.models import ONE_WEEK, Intention
from review.periods import Length, Period

Kept = Intention.Kept


def week_from(monday: date) -> Period:
    return Period.of(Length.WEEK, monday)


def last_to_choose(today: date) -> date:
    """Return the Monday of the last week for which one can be chosen: the next one."""
    return monday_of(today) + ONE_WEEK


def can_choose(monday: date, today: date) -> bool:
    """Return whether one can still be chosen for a week: it is not over, and no later than the next one."""
    return monday_of(today) <= monday <= last_to_choose(today)


def intentions_from(first: date, last: date) -> list[Intention]:
    """Return those of the weeks that begin within these days, by one statement."""
    rows = Intention.objects.live().filter(date__range=(first, last)).order_by("date")
    return list(rows.defer("raw"))


def kept_words(intention: Intention, today: date) -> str:
    """Return `kept`, `partly kept`, `not kept`, `no answer`, or that its week is not over."""
    if intention.kept:
        return str(Kept(intention.kept).label)
    return "no answer" if intention.date + ONE_WEEK <= today else "not over yet"


def counts_words(found: Iterable[Intention]) -> str:
    """Return `9 kept, 2 partly, 3 not, 2 without an answer`: what is none of them is left out."""
    kept = [one.kept for one in found]
    parts = {
        "kept": kept.count(Kept.YES),
        "partly": kept.count(Kept.PARTLY),
        "not": kept.count(Kept.NO),
        "without an answer": kept.count(""),
    }
    return ", ".join(f"{number} {words}" for words, number in parts.items() if number)


def history_words(found: list[Intention]) -> str:
    """Return `Of 16 intentions: 9 kept, 2 partly, 3 not, 2 without an answer.`"""
    return f"Of {counted(len(found), 'intention')}: {counts_words(found)}."
