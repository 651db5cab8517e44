"""Small charts without axes, and the bullet of a goal."""

from __future__ import annotations

from datetime import date

import pytest

from lifetracker.days import days_from
from lifetracker.web.charts.bullet import bullet
from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.sparkline import day_columns, goal_bar, small_dots, sparkline
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

DAYS = days_from(date(2026, 9, 14), date(2026, 9, 17))


def test_a_line_leads_through_the_days_that_are_known() -> None:
    root = parsed(
        sparkline([60.0, None, 62.0], [60.0, None, 64.0], least_span=1, sentence="Weight.")
    )
    assert with_class(root, "trend")[0].attrib["d"] == "M0 100L1000 50"
    assert with_class(root, "dots")[0].attrib["d"] == "M0 100h0M1000 0h0"
    assert names(root) == ["Weight."]


def test_noise_is_no_mountain() -> None:
    root = parsed(sparkline([60.0, 60.1], [60.0, 60.1], least_span=1, sentence="Weight."))
    assert with_class(root, "trend")[0].attrib["d"] == "M0 55L1000 45"


def test_one_day_is_a_dot_and_none_is_nothing() -> None:
    one = parsed(sparkline([60.0], [60.0], least_span=1, sentence="Weight."))
    assert with_class(one, "trend")[0].attrib["d"] == "M0 50h0"
    assert sparkline([None, None], [None, None], least_span=1, sentence="Weight.") == ""


def test_columns_tell_zero_from_what_is_not_known() -> None:
    root = parsed(day_columns([4.0, 0.0, None, 2.0], DAYS, fill="work", sentence="Hours."))
    heights = [one.attrib["height"] for one in with_class(root, "chart")[0].iter("rect")]
    assert heights == ["52", "1.5", "10", "26"]
    assert len(with_class(root, "f-none")) == 1
    # Only the day itself is in full colour.
    assert [one.attrib["height"] for one in with_class(root, "f-soft")] == ["52", "1.5"]


def test_columns_of_nothing_are_thin_lines() -> None:
    root = parsed(day_columns([0.0] * 4, DAYS, fill="work", sentence="Hours."))
    heights = {one.attrib["height"] for one in with_class(root, "chart")[0].iter("rect")}
    assert heights == {"1.5"}


def test_columns_lead_to_their_days() -> None:
    places = [Place(f"/{day}", f"{day}") for day in DAYS[:3]] + [Place("", HOSTILE)]
    root = parsed(day_columns([1.0] * 4, DAYS, fill="work", sentence="Hours.", places=places))
    assert links(root) == [f"/{day}" for day in DAYS[:3]]
    assert HOSTILE in words(root)


def test_columns_need_a_value_for_each_day() -> None:
    with pytest.raises(ValueError, match="4 days got 3 values"):
        day_columns([1.0] * 3, DAYS, fill="work", sentence="Hours.")


@pytest.mark.parametrize(("share", "width"), [(0.5, "50%"), (1.4, "100%"), (-1.0, "0%")])
def test_a_bar_never_leaves_its_track(share: float, width: str) -> None:
    root = parsed(goal_bar(share, fill="fast", start="20:05", goal="14:05"))
    assert with_class(root, "f-fast")[0].attrib["width"] == width
    assert words(root) == "20:0514:05"


def test_a_bullet_has_its_pace() -> None:
    root = parsed(bullet(0.38, "low", pace=0.62))
    assert with_class(root, "f-low")[0].attrib["width"] == "38%"
    assert with_class(root, "pace")[0].attrib["x1"] == "62%"


@pytest.mark.parametrize(("pace", "moved"), [(0.0, 1.0), (1.0, -1.0), (3.0, -1.0)])
def test_a_mark_at_the_end_stays_in_the_bar(pace: float, moved: float) -> None:
    mark = with_class(parsed(bullet(0.5, None, pace=pace)), "pace")[0]
    assert mark.attrib["transform"] == f"translate({moved:.2f} 0)"


def test_a_bullet_of_something_unknown_is_dotted() -> None:
    root = parsed(bullet(None, None))
    assert len(with_class(root, "f-none")) == 1
    assert with_class(root, "pace") == []


def test_a_full_bullet_without_a_band_is_in_ink() -> None:
    assert with_class(parsed(bullet(1.5, None)), "f-ink")[0].attrib["width"] == "100%"


def test_small_dots_reach_from_the_lowest_to_the_highest() -> None:
    drawn = small_dots(
        [60.0, None, 61.0], usual=(60.2, 62.0), least_span=1, sentence="Weight.", height=24
    )
    root = parsed(drawn)
    dots = [one for one in root.iter() if one.tag.endswith("circle")]
    (band,) = (one for one in root.iter() if one.tag.endswith("rect"))
    assert [one.get("cy") for one in dots] == ["21.5", "12"], "the top is that of what is usual"
    assert (band.get("y"), band.get("height")) == ("2.5", "17.1")


def test_small_dots_make_no_mountain_of_noise() -> None:
    drawn = small_dots([60.0, 60.1], usual=None, least_span=1, sentence="Weight.", height=24)
    heights = [one.get("cy") for one in parsed(drawn).iter() if one.tag.endswith("circle")]
    assert heights == ["12.9", "11.1"] or abs(float(heights[0] or 0) - 12.95) < 0.1
    assert small_dots([None], usual=None, least_span=1, sentence="Weight.", height=24) == ""
