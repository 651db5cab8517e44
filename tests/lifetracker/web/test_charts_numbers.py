"""The usual strip and the ring."""

from __future__ import annotations

import pytest

from lifetracker.web.charts.ring import LENGTH, ring
from lifetracker.web.charts.strip import Measure, side_of, usual_list, usual_strip
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database


@pytest.mark.parametrize(
    ("value", "side", "place"),
    [
        (65.0, "usual", 48.0),
        (74.9, "usual", 68.3),
        (75.5, "above", 69.6),
        (58.0, "usual", 33.6),
        (50.0, "below", 17.2),
        (500.0, "above", 94.0),
        (-500.0, "below", 2.0),
    ],
)
def test_a_value_lies_where_it_is_against_the_usual(value: float, side: str, place: float) -> None:
    mean, deviation = 65.0, 7.0
    assert side_of(value, mean, deviation) == side
    [dot] = with_class(parsed(usual_strip(value, mean, deviation)), "pt")
    assert float(dot.attrib["cx"]) == pytest.approx(place, abs=0.1)
    assert ("off" in dot.attrib["class"]) == (side != "usual")


def test_a_value_that_is_not_known_has_no_dot() -> None:
    strip = parsed(usual_strip(None, 65.0, 7.0, sentence="Not known."))
    assert not with_class(strip, "pt")
    assert with_class(strip, "band")
    assert with_class(strip, "unknown")
    assert names(strip) == ["Not known."]


@pytest.mark.parametrize("usual", [(None, None), (None, 7.0), (65.0, None)])
def test_without_a_usual_there_is_neither_band_nor_dot(
    usual: tuple[float | None, float | None],
) -> None:
    strip = parsed(usual_strip(65.0, *usual))
    assert not with_class(strip, "band")
    assert not with_class(strip, "pt")


def test_equal_days_have_a_usual_without_width() -> None:
    assert side_of(5.0, 5.0, 0.0) == "usual"
    assert side_of(5.1, 5.0, 0.0) == "above"
    [dot] = with_class(parsed(usual_strip(4.0, 5.0, 0.0)), "pt")
    assert dot.attrib["cx"] == "2"


def test_the_list_says_in_words_what_it_shows() -> None:
    text = words(
        parsed(
            usual_list(
                [
                    Measure("Heart rate", 53, 51, 2, "53", "51", "bpm", "/day/"),
                    Measure("Asleep", 5.9, 7, 0.5, "5 h 58", "7 h"),
                    Measure("Breath", None, 15, 0.5, "", "15", "/min"),
                    Measure("Skin", 34.1, None, None, "34.1", "", "°C"),
                ]
            )
        )
    )
    assert text == (
        "Heart rate, a little above usual, usually 51 bpm53 bpm"
        "Asleep, well below usual, usually 7 h↓ 5 h 58"
        "Breath, not knownnot known"
        "Skin, too few days for a usual34.1 °C"
    )


def test_texts_of_the_list_are_escaped() -> None:
    root = parsed(
        usual_list([Measure(HOSTILE, 1, 1, 1, HOSTILE, HOSTILE, HOSTILE, f"/?q={HOSTILE}")])
    )
    assert words(root).count(HOSTILE) == 5
    assert links(root) == [f"/?q={HOSTILE}"]


def test_a_ring_is_filled_in_proportion() -> None:
    root = parsed(ring(60, "mid", sentence="Recovery 60 %, yellow.", word="Yellow"))
    [value] = with_class(root, "value")
    filled, whole = map(float, value.attrib["stroke-dasharray"].split())
    assert filled / whole == pytest.approx(0.6, abs=0.001)
    assert whole == pytest.approx(LENGTH, abs=0.1)
    assert "mid-s" in value.attrib["class"]
    assert words(root) == "60%Yellow"
    assert names(root) == ["Recovery 60 %, yellow."]


def test_a_missing_score_is_dotted_and_has_no_number() -> None:
    root = parsed(ring(None, "high", sentence="Not known.", word="Not scored yet"))
    assert with_class(root, "dotted")
    assert not with_class(root, "value")
    assert words(root) == "Not scored yet"


def test_zero_is_a_score() -> None:
    root = parsed(ring(0, "low", sentence="Recovery 0 %.", word="Red", href="/whoop/2026-03-01"))
    assert with_class(root, "value")[0].attrib["stroke-dasharray"].startswith("0 ")
    assert words(root) == "0%Red"
    assert links(root) == ["/whoop/2026-03-01"]


@pytest.mark.parametrize("percent", [-5, 140])
def test_a_ring_is_never_more_than_full_or_less_than_empty(percent: float) -> None:
    [value] = with_class(parsed(ring(percent, None, sentence="x", word=HOSTILE)), "value")
    filled, whole = map(float, value.attrib["stroke-dasharray"].split())
    assert 0 <= filled <= whole
