"""What the page of fasts says first, by its rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fasting.sentences import Last, Mean, Opening, Running, Told, opening
from lifetracker.web.ranges import Range

# A Wednesday.
TODAY = date(2026, 9, 16)
NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MONTH = Range(date(2026, 8, 18), TODAY, TODAY)


@pytest.fixture(autouse=True)
def utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def told(shown: Range = MONTH, **values: Any) -> Told:
    made = {"running": None, "last": None, "mean": Mean(0, None), "before": None}
    return opening(Opening(shown=shown, now=NOW, **{**made, **values}))


def running(hours: float, goal: float | None) -> Running:
    start = NOW - hours * HOUR
    return Running(hours, goal, start, start + goal * HOUR if goal else None)


NOTHING = "No fast that ended from 18 August to 16 September 2026 is stored."


@pytest.mark.parametrize(
    ("values", "first", "more"),
    [
        (
            {"running": running(14 + 26 / 60, 18)},
            "14 h 26 of 18, since Tue 23:34.",
            f"The goal is reached at 17:34. {NOTHING}",
        ),
        (
            {"running": running(19, 16.5)},
            "19 h 00 of 16 h 30, since Tue 19:00.",
            f"The goal was reached at 11:30. {NOTHING}",
        ),
        ({"running": running(2, None)}, "2 h 00, since 12:00.", NOTHING),
        (
            {"running": running(1, 36)},
            "1 h 00 of 36, since 13:00.",
            f"The goal is reached on Friday at 01:00. {NOTHING}",
        ),
        # Shorter than its goal is only shorter.
        (
            {"last": Last(14.5, 18, NOW - 2 * HOUR), "mean": Mean(1, 14.5)},
            "The last fast was 14 h 30 of 18, and ended at 12:00.",
            "One fast in 30 days, of 14 h 30.",
        ),
        (
            {"last": Last(14.5, None, NOW - 40 * HOUR), "mean": Mean(12, 15.5)},
            "The last fast was 14 h 30, and ended on Monday at 22:00.",
            "12 fasts in 30 days, 15 h 30 on average.",
        ),
        ({"mean": Mean(12, 15.5), "before": Mean(9, 16)},
         "12 fasts in 30 days, 15 h 30 on average, 30 min shorter than in the 30 days before.", ""),
        ({"mean": Mean(12, 15.5), "before": Mean(9, 15.5)},
         "12 fasts in 30 days, 15 h 30 on average, as in the 30 days before.", ""),
        ({"mean": Mean(12, 17), "before": Mean(0, None)},
         "12 fasts in 30 days, 17 h 00 on average.", ""),
        ({}, NOTHING, ""),
    ],
)  # fmt: skip
def test_the_first_sentences(values: dict[str, Any], first: str, more: str) -> None:
    assert told(**values) == Told(first, more)


@pytest.mark.parametrize(
    ("shown", "first"),
    [
        (Range(date(2023, 1, 1), TODAY, TODAY, is_all=True), "3 fasts in all, 16 h 00 on average."),
        (Range(TODAY, TODAY, TODAY), "3 fasts today, 16 h 00 on average."),
        (Range(date(2026, 3, 3), date(2026, 3, 9), TODAY),
         "3 fasts from 3 to 9 March 2026, 16 h 00 on average."),
        (Range(date(2026, 3, 3), date(2026, 3, 3), TODAY),
         "3 fasts on 3 March 2026, 16 h 00 on average."),
        (Range(TODAY - timedelta(days=364), TODAY, TODAY), "3 fasts in a year, 16 h 00 on average."),
    ],
)  # fmt: skip
def test_the_range_in_words(shown: Range, first: str) -> None:
    assert told(shown, mean=Mean(3, 16.0)).first == first


def test_nothing_in_a_range() -> None:
    whole = Range(TODAY, TODAY, TODAY, is_all=True)
    assert told(whole).first == "No fast has ended yet."
    day = Range(date(2026, 3, 3), date(2026, 3, 3), TODAY)
    assert told(day).first == "No fast that ended on 3 March 2026 is stored."
