"""The first sentence of the page of the weight: a rule of numbers, and honest about how sure they are."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest

from lifetracker.web.ranges import Range
from weight.forecast import Line, line_of
from weight.models import TrendPoint
from weight.sentences import (
    Opening,
    course_words,
    doubtful_words,
    few_words,
    forecast_words,
    opening,
    target_words,
)

pytestmark = pytest.mark.one_database

TODAY = date(2026, 9, 16)
MONTH = Range(TODAY - timedelta(days=29), TODAY, TODAY)


def line(slope: float, error: float) -> Line:
    """Of kg a week."""
    return Line(65.3, slope / 7, error / 7 / 1.645, 0.4, 24, 13.5, 1500.0)


def said(shown: Range = MONTH, *, back: int = 0, **values: object) -> str:
    newest = TrendPoint(shown.last - timedelta(days=back), 65.5, 65.3)
    made = {"newest": newest, "earlier": None, "line": None, "known_days": 24, "doubtful": 0}
    return opening(Opening(shown, **{**made, **values}))  # type: ignore[arg-type]  # of a test


def test_level_where_the_band_includes_no_change() -> None:
    assert said(line=line(0.04, 0.11)) == (
        "65.3 kg, level for four weeks (+0.04 kg a week, give or take 0.11)."
    )
    assert course_words(line(-0.11, 0.11)).startswith("level")


def test_up_or_down_where_it_does_not() -> None:
    assert said(line=line(-0.35, 0.15)) == (
        "65.3 kg, down 0.35 kg a week for four weeks (give or take 0.15)."
    )
    assert course_words(line(0.2, 0.1)) == "up 0.20 kg a week for four weeks (give or take 0.10)"


def test_a_wide_band_is_not_called_level() -> None:
    assert said(line=line(0.3, 0.9)) == (
        "65.3 kg, too uneven for four weeks to say up or down (+0.30 kg a week, give or take 0.90)."
    )


def test_too_few_days_say_so() -> None:
    assert said(known_days=4) == (
        "65.3 kg. Too few days to say where it goes: only 4 of the last 28 days have a weigh-in, 10 are needed."
    )
    assert few_words(12).endswith("10 must be spread over 21 days.")
    found = line_of([None] * 18 + [65.0] * 10)
    assert found is None, "ten days in a row are no four weeks"


def test_an_old_weigh_in_says_when_it_was() -> None:
    assert said(back=16, line=line(0.3, 0.1)) == (
        "65.3 kg on 31 August, 16 days ago. Nothing is known since."
    )
    assert "ago" not in said(back=7, line=line(0.3, 0.1))
    earlier = Range(date(2025, 3, 1), date(2025, 3, 31), TODAY)
    assert said(earlier, back=10) == (
        "65.3 kg on 21 March 2025, 10 days before the end of this range. Nothing is known since."
    )


def test_an_earlier_range_says_its_day() -> None:
    earlier = Range(date(2025, 3, 1), date(2025, 3, 31), TODAY)
    assert said(earlier, back=1, line=line(0.0, 0.1)).startswith("65.3 kg on 30 March 2025, level")


def test_nothing_known_is_no_zero() -> None:
    week = Range(date(2026, 3, 3), date(2026, 3, 9), TODAY)
    assert said(week, newest=None) == "No weigh-in from 3 to 9 March 2026."
    last = TrendPoint(date(2026, 2, 3), 65.25, 66)
    assert said(week, newest=None, earlier=last) == (
        "No weigh-in from 3 to 9 March 2026. The last one before was on 3 February: 65.2 kg."
    )
    day = Range(TODAY, TODAY, TODAY)
    assert said(day, newest=None) == "No weigh-in on 16 September 2026."
    assert said(Range(TODAY, TODAY, TODAY, is_all=True), newest=None) == "No weigh-ins yet."


def test_what_waits_for_its_owner_is_told() -> None:
    assert doubtful_words(0) == ""
    assert said(known_days=2, doubtful=1).endswith(
        "One weigh-in may be somebody else's, and counts once you say that it is yours."
    )
    assert doubtful_words(3).startswith("3 weigh-ins may be somebody else's")


def test_where_it_goes() -> None:
    steady = line(-0.35, 0.1)
    there = steady.at(14)
    low, high = there.within(there.mean_error)
    assert forecast_words(steady, MONTH, 14) == (
        f"If it goes on like this: {there.kg:.1f} kg on 30 September, in 90 of 100 cases between {low:.1f} and {high:.1f} kg."
    )
    assert math.isclose(there.kg, 64.6)
    assert forecast_words(None, MONTH, 0).startswith("No forecast")


def test_when_a_target_is_reached() -> None:
    steady = line(-0.35, 0.1)
    until = steady.days_until(64.3)
    assert until is not None
    assert until.likely == 20
    soonest, latest = (f"{TODAY + timedelta(days=one):%-d %B}" for one in (until[0], until[2]))
    assert target_words(steady, 64.3, TODAY) == (
        f"At the present rate: 6 October, or between {soonest} and {latest}."
    )
    for none in (line(0.05, 0.1), None):
        assert target_words(none, 64.3, TODAY) == "At the present rate no date can be given for it."
