"""The bar of a night: its stages, as long as the sleep that was needed, and what is missing of it dotted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, joined, percent, picture_attributes

# In pixels.
HEIGHT, ROUND = 26, 4
# The gap behind a piece, as a share of the width.
GAP = 0.003
# A dotted rest narrower than this share has no room for its words, and none on a phone below the second.
LEAST_FOR_WORDS, LEAST_ON_A_PHONE = 0.16, 0.26


@dataclass(frozen=True)
class Stage:
    """A part of a night: its colour (`deep`) and its minutes."""

    fill: str
    minutes: float


def stage_bar(
    stages: Sequence[Stage], need: float | None, *, sentence: str, rest: str = ""
) -> SafeString:
    """Return the stages one after the other, against the minutes that were needed.

    Where less was slept than needed, the rest of the bar is dotted and `rest` (`2 h 17 short`) stands in it. Where more
    was slept, a line marks the need. If `need` is None the stages fill the bar. `sentence` names the picture."""
    asleep = sum(stage.minutes for stage in stages)
    whole = max(asleep, need or 0.0)
    return format_html(
        '<svg class="chart" height="{}" {}>{}{}{}</svg>',
        HEIGHT,
        picture_attributes(sentence),
        _pieces(stages, whole),
        _short(asleep / whole, rest) if need and asleep < need else NOTHING,
        _mark(need / whole) if need and asleep > need else NOTHING,
    )


def _pieces(stages: Sequence[Stage], whole: float) -> SafeString:
    pieces, before = [], 0.0
    for stage in stages:
        if stage.minutes > 0:
            pieces.append(_piece(f"f-{stage.fill}", before / whole, stage.minutes / whole))
        before += stage.minutes
    return joined(pieces)


def _piece(kind: str, start: float, width: float, inset: int = 0) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="{}"/>',
        kind,
        percent(start),
        percent(max(width - GAP, GAP)),
        inset,
        HEIGHT - 2 * inset,
        ROUND,
    )


def _short(start: float, words: str) -> SafeString:
    width = 1 - start
    if not words or width < LEAST_FOR_WORDS:
        return _piece("f-none", start, width, 1)
    return format_html(
        '{}<text class="mid-label{}" x="{}" y="17">{}</text>',
        _piece("f-none", start, width, 1),
        " wide" if width < LEAST_ON_A_PHONE else "",
        percent(start + width / 2),
        words,
    )


def _mark(at: float) -> SafeString:
    return format_html(
        '<line class="need" x1="{0}" x2="{0}" y1="-3" y2="{1}"/>', percent(at), HEIGHT + 3
    )
