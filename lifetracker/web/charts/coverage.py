"""Coverage rows: a cell for each week of a stream, by what is held of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.markup import (
    NOTHING,
    joined,
    percent,
    picture_attributes,
)

State = Literal["verified", "pending", "failed", "never"]

HEIGHT = 16
# The share of a week's place that its cell takes.
CELL = 0.84
# What the cells are drawn as. One that failed has a pip, one that nobody asked for is dotted.
_KINDS: dict[State, str] = {"verified": "c-high", "pending": "f-mid", "failed": "f-low"}
NAMES: dict[State, str] = {
    "verified": "verified",
    "pending": "pending",
    "failed": "failed",
    "never": "never asked",
}


@dataclass(frozen=True)
class WeekCell:
    """A week of a stream: what is held of it, its page, and what is said of it when it is pointed at."""

    state: State
    href: str
    words: str
    is_chosen: bool = False


def coverage_row(cells: Sequence[WeekCell], *, sentence: str) -> SafeString:
    """Return the weeks of one stream from left to right. `sentence` names the picture.

    Keys reach the same weeks in the table behind the rows."""
    count = len(cells)
    return format_html(
        '<div class="weeks"><svg class="chart" height="{}" {}>{}</svg>'
        '<svg class="hits" height="{}" aria-hidden="true">{}</svg></div>',
        HEIGHT,
        picture_attributes(sentence),
        joined(_cell(cell, at, count) for at, cell in enumerate(cells)),
        HEIGHT,
        _hits(cells),
    )


def coverage_legend() -> SafeString:
    return legend(
        [
            Key(_KINDS.get(state, "f-none"), name, pip=state == "failed")
            for state, name in NAMES.items()
        ]
    )


def _cell(cell: WeekCell, at: int, count: int) -> SafeString:
    shape = _dotted(at, count) if cell.state == "never" else _filled(cell.state, at, count)
    return format_html("{}{}", shape, _ring(at, count)) if cell.is_chosen else shape


def _filled(state: State, at: int, count: int) -> SafeString:
    rect = format_html(
        '<rect class="{}" x="{}" width="{}" height="{}" rx="3"/>',
        _KINDS[state],
        percent((at + (1 - CELL) / 2) / count),
        percent(CELL / count),
        HEIGHT,
    )
    return format_html("{}{}", rect, _pip(at, count)) if state == "failed" else rect


def _pip(at: int, count: int) -> SafeString:
    return format_html(
        '<circle class="pip" cx="{}" cy="{}" r="2"/>', percent((at + 0.5) / count), HEIGHT // 2
    )


def _dotted(at: int, count: int) -> SafeString:
    """Return a cell that is narrower by its stroke."""
    return format_html(
        '<rect class="f-none" x="{}" y="1" width="{}" height="{}" rx="3"/>',
        percent((at + (1.1 - CELL) / 2) / count),
        percent((CELL - 0.1) / count),
        HEIGHT - 2,
    )


def _ring(at: int, count: int) -> SafeString:
    return format_html(
        '<rect class="ringed" x="{}" y="-3" width="{}" height="{}" rx="5"/>',
        percent(at / count),
        percent(1 / count),
        HEIGHT + 6,
    )


def _hits(cells: Sequence[WeekCell]) -> SafeString:
    if not cells:
        return NOTHING
    width = percent(1 / len(cells))
    return format_html_join(
        "",
        '<a href="{}" tabindex="-1"><rect x="{}" width="{}" height="100%"/><title>{}</title></a>',
        ((cell.href, percent(at / len(cells)), width, cell.words) for at, cell in enumerate(cells)),
    )
