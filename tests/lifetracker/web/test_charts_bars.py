"""The bar of a night and the bar of a level: widths, what is missing, and what is not known."""

from __future__ import annotations

import re

from lifetracker.web.charts.level_bar import level_bar
from lifetracker.web.charts.stage_bar import GAP, Stage, stage_bar

NIGHT = [Stage("deep", 60), Stage("rem", 90), Stage("light", 210)]


def pieces(svg: str) -> list[tuple[str, float, float]]:
    """The class, the beginning and the width of each rectangle, in percent."""
    found = re.findall(r'<rect class="([^"]+)"(?: x="([\d.]+)%")? width="([\d.]+)%"', svg)
    return [(kind, float(start or 0), float(width)) for kind, start, width in found]


def test_stages_are_as_long_as_the_need_with_the_rest_dotted() -> None:
    svg = stage_bar(NIGHT, 480, sentence="A night", rest="2 h short")
    gap = GAP * 100
    assert pieces(svg) == [
        ("f-deep", 0, 12.5 - gap),
        ("f-rem", 12.5, 18.75 - gap),
        ("f-light", 31.25, 43.75 - gap),
        ("f-none", 75, 25 - gap),
    ]
    assert '<text class="mid-label wide" x="87.5%" y="17">2 h short</text>' in svg
    assert 'class="mid-label" ' in stage_bar(NIGHT, 500, sentence="", rest="2 h 20 short")
    assert 'role="img" aria-label="A night"' in svg
    assert "need" not in svg


def test_a_small_rest_has_no_room_for_words() -> None:
    svg = stage_bar(NIGHT, 390, sentence="", rest="30 min short")
    assert pieces(svg)[-1][0] == "f-none"
    assert "short" not in svg


def test_more_than_needed_is_marked_at_the_need() -> None:
    svg = stage_bar(NIGHT, 270, sentence="")
    assert 'class="need" x1="75%" x2="75%"' in svg
    assert "f-none" not in svg
    assert pieces(svg)[-1] == ("f-light", 41.67, 58.03)


def test_without_a_need_the_stages_fill_the_bar() -> None:
    svg = stage_bar(NIGHT, None, sentence="")
    assert "need" not in svg
    assert "f-none" not in svg
    last = pieces(svg)[-1]
    assert round(last[1] + last[2] + GAP * 100) == 100


def test_a_stage_of_no_minutes_is_not_drawn() -> None:
    assert len(pieces(stage_bar([Stage("deep", 0), Stage("rem", 90)], None, sentence=""))) == 1


def test_words_from_outside_are_escaped() -> None:
    assert "&lt;b&gt;" in stage_bar(NIGHT, 480, sentence="<b>", rest="<b>")
    assert "<b>" not in stage_bar(NIGHT, 480, sentence="<b>", rest="<b>")


def test_a_level_lies_over_what_is_usual() -> None:
    svg = level_bar(
        3.36, 21, fill="strain", sentence="Strain 3.4", usual=(7, 12.6), usual_words=("7", "13")
    )
    assert pieces(svg) == [
        ("f-sunken", 0, 100),
        ("usual-band", 33.33, 26.67),
        ("f-strain", 0, 16),
    ]
    assert '<text x="33.33%" y="40">7</text><text class="end" x="60%" y="40">13</text>' in svg


def test_a_level_that_is_not_known_is_dotted() -> None:
    assert pieces(level_bar(None, 21, fill="strain", sentence="")) == [("f-none", 0, 100)]


def test_zero_is_drawn_as_zero_and_too_much_as_all() -> None:
    assert pieces(level_bar(0, 21, fill="strain", sentence=""))[-1] == ("f-strain", 0, 0)
    assert pieces(level_bar(30, 21, fill="strain", sentence=""))[-1] == ("f-strain", 0, 100)
