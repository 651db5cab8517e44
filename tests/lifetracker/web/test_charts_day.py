"""The day chart: instants under one clock, whatever clocks on walls do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.utils import timezone

from lifetracker.web.charts.day import DayLane, Mark, Stretch, day_chart, rows_of
from lifetracker.web.lanes import hours_of, stretch_of
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

DAY = date(2026, 9, 16)
MIDNIGHT = datetime(2026, 9, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def zone(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def at(hours: float) -> datetime:
    return MIDNIGHT + hours * HOUR


def mark(start: float, end: float, **values: Any) -> Mark:
    return Mark(at(start), at(end), **{"words": "A mark", **values})


def drawn(marks: Sequence[Mark], now: float | None = None, **lane: Any) -> Element:
    made = DayLane(**{"name": "Work", "fill": "work", "words": "2 h 24", "marks": marks, **lane})
    present = None if now is None else (at(now), f"{now:02}:00")
    stretch = stretch_of(DAY)
    return parsed(day_chart([made], stretch, hours_of(DAY), sentence="A day.", now=present))


def bars(root: Element, kind: str = "f-work") -> list[tuple[str, str]]:
    chart = with_class(root, "chart")[0]
    return [(one.attrib["x"], one.attrib["width"]) for one in with_class(chart, kind)]


def test_a_mark_lies_where_its_instants_are() -> None:
    assert bars(drawn([mark(3, 10)])) == [("25%", "25%")]


def test_what_reaches_over_an_edge_is_cut() -> None:
    assert bars(drawn([mark(-9, 3)])) == [("0%", "25%")]
    assert bars(drawn([mark(17, 40)])) == [("75%", "25%")]


def test_what_is_elsewhere_is_left_out() -> None:
    root = drawn([mark(-9, -4), mark(24, 25), mark(-8, -8)])
    assert bars(root) == []
    assert "2 h 24" in words(root)


def test_a_minute_can_still_be_seen_and_pointed_at() -> None:
    root = drawn([mark(3, 3.01, href="/day")])
    assert bars(root) == [("25%", "0.2%")]
    hit = with_class(root, "hits")[0].find("a/rect")
    assert hit is not None
    assert hit.attrib["width"] == "16"


def test_what_is_left_to_a_goal_is_paler_behind() -> None:
    root = drawn([mark(-4, 3, goal=at(10))], shape="line")
    assert bars(root) == [("0%", "50%"), ("0%", "25%")]
    assert bars(root, "f-faint") == [("0%", "50%")]


def test_a_goal_that_is_reached_is_not_drawn() -> None:
    assert bars(drawn([mark(-4, 10, goal=at(3))]), "f-faint") == []


def test_the_usual_is_dotted() -> None:
    root = drawn([mark(10, 17, style="usual")])
    assert (bars(root), bars(root, "f-ghost")) == ([], [("50%", "25%")])


def test_what_overlaps_lies_side_by_side() -> None:
    assert rows_of([mark(1, 3), mark(2, 4), mark(3, 5), mark(3.5, 6)]) == [0, 1, 0, 2]
    chart = with_class(drawn([mark(1, 3), mark(2, 4)]), "chart")[0]
    tops = [float(one.attrib["y"]) for one in with_class(chart, "f-work")]
    heights = [float(one.attrib["height"]) for one in with_class(chart, "f-work")]
    assert tops == [24, 36]
    assert heights == [10, 10]


def test_many_at_the_same_time_stay_in_their_lane() -> None:
    chart = with_class(drawn([mark(1, 9) for _ in range(50)]), "chart")[0]
    assert len(with_class(chart, "f-work")) == 50
    assert all(float(one.attrib["y"]) < 52 for one in with_class(chart, "f-work"))


def test_ticks_that_lie_on_one_another_are_one() -> None:
    ticks = [mark(3, 3, words="Commit 1"), mark(3.01, 3.01), mark(10, 10, words="Commit 3")]
    root = drawn(ticks, shape="tick")
    assert [x for x, _ in bars(root)] == ["25%", "50%"]
    titles = [one.text for one in root.iter("title")]
    assert titles == ["Commit 1 and 1 more", "Commit 3"]
    assert len(root.findall(".//tbody/tr")) == 3


def test_now_has_its_time_and_no_hour_beside_it() -> None:
    root = drawn([], now=10)
    assert [one.attrib["x1"] for one in with_class(root, "now-line")] == ["50%"]
    assert [one.text for one in with_class(root, "now-label")] == ["10:00"]
    hours = [one.text for one in with_class(root, "mid-label") if one.attrib["y"] == "10"]
    assert hours == ["22", "00", "02", "04", "06", "08", "12", "14", "16", "18", "20", "22"]


def test_a_day_that_is_over_has_no_now() -> None:
    root = drawn([])
    assert with_class(root, "now-line") == []
    assert len([one for one in with_class(root, "mid-label") if one.text == "10"]) == 1


def test_the_evening_before_has_another_ground() -> None:
    assert with_class(drawn([]), "evening")[0].attrib["width"] == "14.29%"


def test_the_table_says_the_same() -> None:
    root = drawn(
        [mark(3, 10, words=HOSTILE, begun="03:00", ended="10:00", href="/record")], href="/list"
    )
    row = [cell.text for cell in root.findall(".//tbody//td")]
    assert row == [HOSTILE, "03:00", "10:00"]
    assert links(root) == ["/list", "/record", "/record"]
    assert names(root) == ["A day."]


def test_the_table_says_that_nothing_is_known() -> None:
    root = drawn([], words="unknown")
    assert [cell.text or "" for cell in root.findall(".//tbody//td")] == ["unknown", "", ""]


# --- Days of another length -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hours", "missing"),
    [(date(2026, 3, 29), 27, [2]), (date(2026, 10, 25), 29, []), (date(2026, 10, 24), 28, [])],
)
def test_a_day_has_its_true_length(
    settings: Any, day: date, hours: int, missing: list[int]
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    stretch = stretch_of(day)
    assert stretch.end - stretch.start == hours * HOUR
    assert stretch.midnight - stretch.start == 4 * HOUR
    found = hours_of(day)
    written = [22, *(hour for hour in range(0, 24, 2) if hour not in missing)]
    assert [one.hour for one in found] == written
    assert [timezone.localtime(one.instant).hour for one in found] == written


def test_where_clocks_change_an_hour_is_as_wide_as_any(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    stretch: Stretch = stretch_of(date(2026, 10, 25))
    at_hour = {one.hour: stretch.share(one.instant) for one in hours_of(date(2026, 10, 25))}
    assert at_hour[4] - at_hour[2] == pytest.approx(3 / 29)
    assert at_hour[6] - at_hour[4] == pytest.approx(2 / 29)
