"""The days of the week on which a goal for each day asks for something, and how they are said: `Mon-Fri`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby

from django.core.validators import RegexValidator

from lifetracker.words import joined

#: As they are stored and sent: the numbers of ISO, from 1 for Monday, each once and in their order.
CHOICES = (
    ("1", "Mon"),
    ("2", "Tue"),
    ("3", "Wed"),
    ("4", "Thu"),
    ("5", "Fri"),
    ("6", "Sat"),
    ("7", "Sun"),
)
EVERY = "1234567"
#: Of so many days in a row only the first and the last are named.
SHORTEST_RUN = 3
#: Raises ValidationError for anything but numbers from 1 to 7 in their order.
check_weekdays = RegexValidator(
    r"^(?=[1-7])1?2?3?4?5?6?7?$",
    "Enter days of the week in order, such as 12345 for Monday to Friday.",
)


def weekdays_of(stored: str) -> frozenset[int]:
    """Return the numbers of the days as Python counts them, from 0 for Monday; none where every day is meant."""
    return frozenset() if stored == EVERY else frozenset(int(one) - 1 for one in stored)


def stored_as(chosen: Iterable[str]) -> str:
    """Return chosen days as they are stored: empty for every day."""
    found = "".join(sorted(set(chosen)))
    return "" if found == EVERY else found


def is_for(day: date, weekdays: Collection[int]) -> bool:
    """Return whether a day is one of these, or every day is meant."""
    return not weekdays or day.weekday() in weekdays


def weekday_words(weekdays: Collection[int]) -> str:
    """Return the days: `Mon-Fri`, `Sat and Sun`, `Mon-Wed and Fri`; empty where every day is meant."""
    runs = [
        [day for _, day in run]
        for _, run in groupby(enumerate(sorted(weekdays)), lambda one: one[1] - one[0])
    ]
    return joined([part for run in runs for part in parts_of(run)])


def parts_of(run: list[int]) -> list[str]:
    names = [CHOICES[day][1] for day in run]
    return [f"{names[0]}-{names[-1]}"] if len(run) >= SHORTEST_RUN else names
