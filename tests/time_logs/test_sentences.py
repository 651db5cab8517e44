"""What the page of tracked time says: each rule on either side of its limits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lifetracker.web.ranges import Range
from time_logs.sentences import Opening, Week, opening, part_of_day

TODAY = date(2026, 9, 18)
#: A Friday.
NOW = datetime(2026, 9, 18, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def told(days: int = 30, **values: Any) -> str:
    last = values.pop("last", TODAY)
    shown = Range(last - timedelta(days=days - 1), last, TODAY, is_all=values.pop("is_all", False))
    known: dict[str, Any] = {
        "hours": 100.0,
        "is_known": True,
        "usual": None,
        "before": None,
        "week": None,
        "running": 0,
        "now": NOW,
    }
    return opening(Opening(shown, **known | values))


@pytest.mark.parametrize(
    ("usual", "words"),
    [
        (100.0, ", close to your usual"),
        (110.0, ", close to your usual"),
        (112.0, ", 12 h 00 less than usual"),
        (80.0, ", 20 h 00 more than usual"),
        (None, ""),
        (0.0, ""),
    ],
)
def test_against_the_usual(usual: float | None, words: str) -> None:
    assert told(usual=usual) == f"100 h 00 in 30 days{words}."


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (60.0, ", 40 h 00 more than in the year before"),
        (160.5, ", 60 h 30 less than in the year before"),
        (100.001, ", as in the year before"),
        (None, ""),
    ],
)
def test_against_the_stretch_before(before: float | None, words: str) -> None:
    assert told(365, before=before) == f"100 h 00 in a year{words}."


def test_the_usual_goes_before_the_stretch_before() -> None:
    assert told(usual=100.0, before=10.0) == "100 h 00 in 30 days, close to your usual."


def test_all_of_it_is_compared_with_nothing() -> None:
    words = told(40, is_all=True, before=3.0)
    assert words == "100 h 00 in all, since 10 August 2026."


@pytest.mark.parametrize(
    ("last", "words"), [(TODAY, "today"), (date(2026, 9, 1), "on 1 September 2026")]
)
def test_of_one_day(last: date, words: str) -> None:
    assert told(1, hours=2.5, last=last) == f"2 h 30 {words}."


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (Week(31.5, None), "This week has 31 h 30."),
        (Week(31.5, 0.0), "This week has 31 h 30."),
        (Week(31.5, 29.0), "This week has 31 h 30, close to your usual by Friday morning."),
        (Week(31.5, 20.0), "This week has 31 h 30, 11 h 30 more than usual by Friday morning."),
        (Week(0.0, 20.0), "Nothing is tracked yet this week."),
    ],
)
def test_the_week(week: Week, words: str) -> None:
    assert told(week=week) == f"100 h 00 in 30 days. {words}"


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")],
)
def test_the_part_of_the_day(hour: int, part: str) -> None:
    assert part_of_day(NOW.replace(hour=hour)) == f"Friday {part}"


@pytest.mark.parametrize(
    ("running", "words"),
    [
        (1, "The running entry counts once it has ended."),
        (2, "2 running entries count once they have ended."),
    ],
)
def test_what_runs(running: int, words: str) -> None:
    assert told(running=running) == f"100 h 00 in 30 days. {words}"


@pytest.mark.parametrize(
    ("is_known", "days", "words"),
    [
        (True, 30, "No time was tracked from 20 August to 18 September 2026."),
        (True, 1, "No time was tracked on 18 September 2026."),
        (False, 7, "Nothing is known of your time from 12 to 18 September 2026."),
    ],
)
def test_nothing(is_known: bool, days: int, words: str) -> None:
    assert told(days, hours=0.0, is_known=is_known, usual=90.0) == words


def test_nothing_at_all() -> None:
    assert told(1, hours=0.0, is_all=True) == "No time entries are stored yet."
