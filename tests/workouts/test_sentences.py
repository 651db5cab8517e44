"""What the page of workouts says first, by its rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from lifetracker.web.ranges import Range
from workouts.page_data import Sums
from workouts.sentences import Opening, opening
from workouts.sports import sport_words

TODAY = date(2026, 9, 16)
MONTH = Range(date(2026, 8, 18), TODAY, TODAY)
DAY = Range(date(2026, 3, 3), date(2026, 3, 3), TODAY)


def told(total: tuple[int, float], before: tuple[int, float] | None, **values: Any) -> str:
    made = {"shown": MONTH, "sport": "", "is_known": True, **values}
    return opening(Opening(total=Sums(*total), before=before and Sums(*before), **made))


@pytest.mark.parametrize(
    ("total", "before", "words"),
    [
        ((12, 550), (10, 485), "12 sessions and 9 h 10 in 30 days, 2 sessions and 1 h 05 more than in the 30 days before."),
        ((9, 400), (10, 485), "9 sessions and 6 h 40 in 30 days, 1 session and 1 h 25 less than in the 30 days before."),
        ((12, 445), (10, 485), "12 sessions and 7 h 25 in 30 days, 2 sessions more and 40 min less than in the 30 days before."),
        ((8, 525), (10, 485), "8 sessions and 8 h 45 in 30 days, 2 sessions fewer and 40 min more than in the 30 days before."),
        ((10, 525), (10, 485), "10 sessions and 8 h 45 in 30 days, 40 min more than in the 30 days before."),
        ((11, 485.2), (10, 485), "11 sessions and 8 h 05 in 30 days, 1 session more than in the 30 days before."),
        ((10, 485), (10, 485), "10 sessions and 8 h 05 in 30 days, as in the 30 days before."),
        ((1, 45), (0, 0), "1 session and 45 min in 30 days; none in the 30 days before."),
        ((1, 45), None, "1 session and 45 min in 30 days."),
    ],
)  # fmt: skip
def test_against_the_stretch_before(
    total: tuple[int, float], before: tuple[int, float] | None, words: str
) -> None:
    assert told(total, before) == words


def test_of_a_sport() -> None:
    assert told((3, 90), None, sport="mountain-biking") == (
        "3 sessions of mountain biking and 1 h 30 in 30 days."
    )
    assert told((3, 90), None, sport="hiit") == "3 sessions of HIIT and 1 h 30 in 30 days."
    assert told((0, 0), None, sport="running") == (
        "No workout of running from 18 August to 16 September 2026."
    )


def test_ranges_in_words() -> None:
    whole = Range(date(2020, 1, 1), TODAY, TODAY, is_all=True)
    year = Range(TODAY - timedelta(days=364), TODAY, TODAY)
    assert told((3, 90), None, shown=whole) == "3 sessions and 1 h 30 in all."
    assert told((3, 90), None, shown=year) == "3 sessions and 1 h 30 in a year."
    assert told((3, 90), None, shown=DAY) == "3 sessions and 1 h 30 on 3 March 2026."


def test_nothing_is_told_apart_from_what_nobody_knows() -> None:
    assert told((0, 0), None) == "No workout from 18 August to 16 September 2026."
    assert told((0, 0), None, is_known=False) == (
        "Nothing is known of workouts from 18 August to 16 September 2026."
    )
    assert told((0, 0), None, shown=DAY) == "No workout on 3 March 2026."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("running", "Running"),
        ("mountain-biking", "Mountain biking"),
        ("weightlifting_msk", "Strength training"),
        ("hiit", "HIIT"),
        ("Tai Chi", "Tai Chi"),
        ("", ""),
    ],
)
def test_what_sports_are_called(name: str, words: str) -> None:
    assert sport_words(name) == words
