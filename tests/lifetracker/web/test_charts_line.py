"""Lines: what is not known is a gap, whatever else a chart shows."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

import pytest

from lifetracker.days import days_from
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.line import Outside, line_chart, moving_mean, outside_usual
from lifetracker.web.charts.paths import Stretch
from lifetracker.web.charts.scales import Domain, Values
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

FIRST = date(2026, 3, 2)


def days(count: int) -> list[date]:
    return days_from(FIRST, FIRST + timedelta(days=count - 1))


def paths(points: Values, name: str, usual: list[Stretch | None] | None = None) -> list[str]:
    root = parsed(line_chart(points, days(len(points)), sentence="x", usual=usual or ()))
    return [one.attrib["d"] for one in with_class(root, name)]


def places_of(path: str) -> list[tuple[float, float]]:
    """Return the points of a path of `M`, `m`, `l`, `h0` and `Z`, whose later steps are relative."""
    found: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MmlhZ])([^MmlhZ]*)", path):
        steps = [int(one) for one in re.findall(r"-?\d+", numbers)]
        if command in "hZ":
            continue
        for x, y in zip(steps[::2], steps[1::2], strict=True):
            before = (0, 0) if command == "M" else found[-1]
            found.append((before[0] + x, before[1] + y))
    return found


def test_all_known_days_are_one_line() -> None:
    points = [50.0 + at % 3 for at in range(30)]
    [line] = paths(points, "trend")
    assert line.count("M") == 1
    assert len(places_of(line)) == 28, "the first two have too few days for a mean"
    [dots] = paths(points, "dots")
    assert dots.count("h0") == 30


def test_a_day_removed_splits_the_line_and_has_no_dot() -> None:
    points: list[float | None] = [50.0 + at % 3 for at in range(30)]
    points[15] = None
    [line] = paths(points, "trend")
    assert line.count("M") == 2
    x = 2 * 15 + 1
    assert all(place != x for place, _ in places_of(line))
    [dots] = paths(points, "dots")
    assert dots.count("h0") == 29
    assert all(place != x for place, _ in places_of(dots))


def test_a_day_without_a_usual_splits_the_band() -> None:
    usual: list[Stretch | None] = [Stretch(48, 54)] * 30
    points: list[float | None] = [50.0 + at % 3 for at in range(30)]
    [whole] = paths(points, "usual-band", usual)
    assert whole.count("M") == whole.count("Z") == 1
    usual[4] = None
    [split] = paths(points, "usual-band", usual)
    assert split.count("M") == split.count("Z") == 2


def test_a_mean_is_of_known_days_alone() -> None:
    assert moving_mean([1.0, 2.0, 3.0, None, 10.0]) == [None, None, 2.0, None, 4.0]
    assert moving_mean([None, None, 7.0]) == [None, None, None]
    assert moving_mean([8.0], before=[2.0, 2.0]) == [4.0]
    assert moving_mean([1.0] * 7 + [8.0])[-1] == 2.0, "seven days, no more"


def test_a_long_gap_is_not_bridged_by_a_mean() -> None:
    means = moving_mean([5.0] * 8 + [None] * 10 + [9.0] * 4)
    assert means[8:20] == [None] * 12
    assert means[20:] == [9.0, 9.0]


def test_nothing_known_keeps_the_axes_and_says_so() -> None:
    root = parsed(
        line_chart([None] * 7, days(7), sentence="Unknown.", empty="No nights from 2 to 8 March.")
    )
    assert len(with_class(root, "gridline")) == 3
    assert not list(root.iter("path"))
    assert "No nights from 2 to 8 March." in words(root)
    assert "0" not in words(with_class(root, "axis")[0])


def test_no_day_at_all() -> None:
    assert "Nothing" in words(parsed(line_chart([], [], sentence="x", empty="Nothing yet.")))


@pytest.mark.parametrize(
    "points",
    [
        [5.0],
        [0.0],
        [-3.0],
        [None, 5.0, None],
        [5.0] * 40,
        [-9.5, -3.0, 4.0],
        [1e6, 1e-6],
        [5e-324] * 9,
        [1e308] * 9 + [-1e308],
        [math.nan, 5.0, math.inf],
    ],
)
def test_edge_values_stay_within_the_plot(points: list[float | None]) -> None:
    root = parsed(line_chart(points, days(len(points)), sentence="x"))
    found = [place for path in root.iter("path") for place in places_of(path.attrib["d"])]
    assert found
    assert all(0 <= x <= 2 * len(points) and 0 <= y <= 500 for x, y in found)


def test_equal_values_lie_on_one_height() -> None:
    [line] = paths([5.0] * 20, "trend")
    assert len({y for _, y in places_of(line)}) == 1


def test_what_is_no_number_is_not_known() -> None:
    [line] = paths([5.0] * 9 + [math.nan] + [5.0] * 9, "trend")
    assert line.count("M") == 2


def test_a_value_beyond_the_domain_is_marked_at_the_edge() -> None:
    root = parsed(line_chart([5.0, 50.0, 6.0], days(3), sentence="x", domain=Domain(0, 10, 5)))
    [within] = [one for one in with_class(root, "dots") if "beyond" not in one.attrib["class"]]
    [beyond] = with_class(root, "beyond")
    assert within.attrib["d"].count("h0") == 2
    assert places_of(beyond.attrib["d"])[0][1] == 0


def test_five_days_in_a_row_outside_are_named() -> None:
    usual = [Stretch(48, 52)] * 20
    points: list[float | None] = [50.0] * 5 + [55.0] * 5 + [50.0] * 4 + [40.0] * 6
    assert outside_usual(points, usual) == [Outside(5, 9, "above"), Outside(14, 19, "below")]
    text = words(parsed(line_chart(points, days(20), sentence="x", usual=usual)))
    assert "5 nights above usual" in text
    assert "6 nights below usual" in text


def test_an_unknown_day_ends_a_row_outside() -> None:
    points: list[float | None] = [55.0, 55.0, None, 55.0, 55.0, 55.0]
    assert outside_usual(points, [Stretch(48, 52)] * 6) == []
    assert outside_usual(points, []) == []
    assert outside_usual([55.0] * 6, [None] * 6) == []


def test_long_ranges_are_drawn_by_week_and_by_month() -> None:
    for count, fewest, most in ((366, 360, 366), (1000, 140, 146), (4000, 130, 134)):
        points: list[float | None] = [50.0 + at % 9 for at in range(count)]
        root = parsed(
            line_chart(points, days(count), sentence="x", usual=[Stretch(49, 57)] * count)
        )
        [line] = with_class(root, "trend")
        assert fewest <= len(places_of(line.attrib["d"])) <= most
        assert bool(with_class(root, "spread")) == (count > 366)
        assert with_class(root, "usual-band")


def test_an_unknown_week_splits_a_line_of_weeks() -> None:
    points: list[float | None] = [50.0 + at % 9 for at in range(1000)]
    points[140:147] = [None] * 7
    root = parsed(line_chart(points, days(1000), sentence="x"))
    for name, pieces in (("trend", 2), ("spread", 2)):
        assert with_class(root, name)[0].attrib["d"].count("M") == pieces


def test_a_point_leads_to_its_day() -> None:
    places = [
        Place("/whoop/2026-03-02", "Mon 2 Mar: 50 ms"),
        None,
        Place("/whoop/2026-03-04", HOSTILE),
    ]
    root = parsed(
        line_chart([50.0, None, 52.0], days(3), sentence=HOSTILE, places=places, empty=HOSTILE)
    )
    assert links(root) == ["/whoop/2026-03-02", "/whoop/2026-03-04"]
    assert [one.text for one in root.iter("title")] == ["Mon 2 Mar: 50 ms", HOSTILE]
    assert names(root) == [HOSTILE]
    picture = next(one for one in root.iter() if one.attrib.get("role") == "img")
    assert not list(picture.iter("a")), "a picture holds nothing that can be reached by keys"
    assert {one.attrib["tabindex"] for one in root.iter("a")} == {"-1"}


def test_too_narrow_slices_are_no_links() -> None:
    places = [Place("/", "x")] * 93
    assert not links(parsed(line_chart([1.0] * 93, days(93), sentence="x", places=places)))


def test_it_names_the_table_behind_it() -> None:
    root = parsed(
        line_chart([1.0], days(1), sentence="x", source=Source("heart", (2,), unit="ms", usual=3))
    )
    chart = with_class(root, "chart")[0].attrib
    assert (chart["data-points"], chart["data-columns"]) == ("heart", "2")
    assert (chart["data-unit"], chart["data-usual"]) == ("ms", "3")
    assert [float(end) for end in chart["data-plot"].split()] == [0.5, 1.5, 6, 186]


def test_series_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="A chart of 3 days got 2 values"):
        line_chart([1.0, 2.0], days(3), sentence="x")
    with pytest.raises(ValueError, match="A chart of 1 days got 2 values"):
        line_chart([1.0], days(1), sentence="x", usual=[None, None])


def test_words_over_a_chart_do_not_lie_on_one_another() -> None:
    usual = [Stretch(48, 52)] * 60
    points: list[float | None] = [50.0] * 60
    for start, count in ((2, 5), (17, 6), (36, 5)):
        points[start : start + count] = [55.0] * count
    root = parsed(line_chart(points, days(60), sentence="x", usual=usual))
    marks = with_class(root, "event")
    assert ["".join(mark.itertext()) for mark in marks] == [
        f"{count} nights above usual" for count in (5, 6, 5)
    ]
    texts = [one for one in root.iter("text") if "usual" in (one.text or "")]
    assert [one.attrib["x"] for one in texts] == ["39.33%", "69.33%"], (
        "between the others is no room"
    )
    assert texts[0].attrib.get("class") is None
    assert texts[1].attrib["class"] == "wide", "a phone shows one"


def test_charts_below_one_another_are_equally_wide() -> None:
    for points in ([50.0, 51.0], [8.0, 9.0], [0.5, 0.6]):
        [axis] = with_class(parsed(line_chart(points, days(2), sentence="x")), "axis")
        assert axis.attrib["width"] == "38"
