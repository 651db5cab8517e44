"""Columns: what is not known is a dotted stub, and not a column of no height."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree.ElementTree import Element

import pytest
from django.utils.safestring import SafeString

from lifetracker.days import days_from
from lifetracker.web.charts.columns import (
    Floating,
    Part,
    clock_domain,
    columns,
    floating_bars,
    stacked_columns,
)
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.scales import Domain, Values
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

FIRST = date(2026, 3, 2)


def days(count: int) -> list[date]:
    return days_from(FIRST, FIRST + timedelta(days=count - 1))


def strain(values: Values) -> Element:
    return parsed(columns(values, days(len(values)), sentence="Strain.", fill="strain"))


def sleep(*parts: Values, line: Values = ()) -> Element:
    fills = ("deep", "rem", "light")
    stacked = [Part(fill, values) for fill, values in zip(fills, parts, strict=False)]
    return parsed(stacked_columns(stacked, days(len(parts[0])), sentence="Sleep.", line=line))


def bottom(rect: Element) -> float:
    return float(rect.attrib["y"]) + float(rect.attrib["height"])


def test_columns_stand_on_zero_in_proportion() -> None:
    low, high = with_class(strain([5.0, 10.0]), "f-strain")
    assert float(high.attrib["height"]) == pytest.approx(2 * float(low.attrib["height"]), abs=0.2)
    assert bottom(low) == bottom(high) == 174 - 24


def test_a_day_removed_is_a_dotted_stub_and_a_zero_is_not() -> None:
    root = strain([5.0, None, 0.0])
    [stub] = with_class(root, "f-none")
    assert float(stub.attrib["x"].rstrip("%")) == pytest.approx(100 / 3 * 1.25, abs=0.1)
    known = with_class(root, "f-strain")
    assert len(known) == 2
    assert float(known[1].attrib["height"]) == 1.5


def test_negative_values_hang_below_zero() -> None:
    up, down = with_class(strain([4.0, -4.0]), "f-strain")
    assert bottom(up) == pytest.approx(float(down.attrib["y"]), abs=0.2)
    assert "−" in words(strain([4.0, -4.0]))


@pytest.mark.parametrize("values", [[7.0], [3.0, 3.0, 3.0], [-2.0], [0.0], [None, 1e6]])
def test_edge_values_stay_within_the_plot(values: list[float | None]) -> None:
    for rect in with_class(strain(values), "f-strain"):
        assert 0 <= float(rect.attrib["y"]) <= bottom(rect) <= 150.1


def test_nothing_known_has_axes_and_words_but_no_stub() -> None:
    for markup in (
        columns([None] * 7, days(7), sentence="x", fill="strain", empty="No days."),
        stacked_columns([Part("deep", [None] * 7)], days(7), sentence="x", empty="No days."),
        floating_bars([None] * 7, days(7), sentence="x", empty="No days."),
        columns([], [], sentence="x", fill="strain", empty="No days."),
    ):
        root = parsed(markup)
        assert "No days." in words(root)
        assert not list(root.iter("rect"))
        assert with_class(root, "gridline")


def test_marks_lie_over_their_columns() -> None:
    markup = columns([5.0, 6.0], days(2), sentence="x", fill="strain", marks=[12.0, None])
    [mark] = with_class(parsed(markup), "need")
    first = with_class(parsed(markup), "f-strain")[0]
    assert float(mark.attrib["y1"]) < float(first.attrib["y"])


def test_one_column_is_in_full_colour() -> None:
    root = parsed(columns([5.0, 6.0], days(2), sentence="x", fill="strain", strong=1))
    assert [one.attrib["class"] for one in root.iter("rect")] == ["f-strain f-mild", "f-strain"]


def test_parts_lie_on_one_another() -> None:
    root = sleep([1.0], [2.0], [4.0], line=[8.0])
    deep, rem, light = list(root.iter("rect"))
    assert bottom(rem) == pytest.approx(float(deep.attrib["y"]) - 1.2, abs=0.2)
    assert bottom(light) == pytest.approx(float(rem.attrib["y"]) - 1.2, abs=0.2)
    [line] = with_class(root, "need")
    assert float(line.attrib["y1"]) < float(light.attrib["y"])


def test_a_column_of_which_a_part_is_not_known_is_not_drawn() -> None:
    root = sleep([1.0, 1.0], [2.0, None], [4.0, 4.0], line=[8.0, 8.0])
    assert len(with_class(root, "f-none")) == 1
    assert len(with_class(root, "f-light")) == 1
    assert len(with_class(root, "need")) == 2, "what was needed is known all the same"


def test_a_part_of_zero_takes_no_room() -> None:
    root = sleep([0.0], [2.0], [4.0])
    assert not with_class(root, "f-deep")
    assert not with_class(root, "f-none")
    assert len(list(root.iter("rect"))) == 2


def test_a_later_time_lies_lower() -> None:
    root = parsed(
        floating_bars([Floating(-33, 416), None, Floating(30, 480)], days(3), sentence="x")
    )
    early, late = with_class(root, "f-rem")
    assert float(early.attrib["y"]) < float(late.attrib["y"])
    assert bottom(early) < bottom(late)
    assert len(with_class(root, "f-none")) == 1
    assert [one.text for one in with_class(root, "axis")[0]] == [
        "21:00",
        "00:00",
        "03:00",
        "06:00",
        "09:00",
    ]


def test_extremes_are_a_bar_behind() -> None:
    root = parsed(floating_bars([Floating(-30, 420, -120, 540)], days(1), sentence="x"))
    [outer], [inner] = with_class(root, "f-whisk"), with_class(root, "f-rem")
    assert float(outer.attrib["y"]) < float(inner.attrib["y"])
    assert bottom(outer) > bottom(inner)


def test_a_clock_has_whole_steps() -> None:
    assert clock_domain([Floating(-33, 416)]) == Domain(-120, 480, 120)
    assert clock_domain([Floating(60, 60)]) == Domain(60, 75, 15)
    assert clock_domain([]) is None


CHARTS = [
    lambda **more: columns([1.0, None], days(2), fill="strain", **more),
    lambda **more: stacked_columns([Part("deep", [1.0, None])], days(2), **more),
    lambda **more: floating_bars([Floating(0, 400), None], days(2), **more),
]


@pytest.mark.parametrize("chart", CHARTS)
def test_columns_are_links_and_words_are_escaped(chart: object) -> None:
    assert callable(chart)
    places = [Place(f"/?{HOSTILE}", HOSTILE), Place("/second", "Not known")]
    markup = chart(sentence=HOSTILE, places=places, source=Source(HOSTILE, (1,), unit=HOSTILE))
    assert isinstance(markup, SafeString)
    root = parsed(markup)
    assert links(root) == [f"/?{HOSTILE}", "/second"]
    assert names(root) == [HOSTILE]
    assert [one.text for one in root.iter("title")] == [HOSTILE, "Not known"]


def test_series_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="A chart of 2 days got 1 values"):
        columns([1.0], days(2), sentence="x", fill="strain")
    with pytest.raises(ValueError, match="A chart of 1 days got 2 values"):
        stacked_columns([Part("deep", [1.0, 2.0])], days(1), sentence="x")
