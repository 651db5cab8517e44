"""Small charts without axes: a line through its dots, a column for each of the last days, a bar to a goal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.markup import (
    NOTHING,
    joined,
    percent,
    picture_attributes,
    pointed_at,
    short,
)
from lifetracker.web.charts.scales import Values, check_same_length, known

# In pixels; the first is what stays free above and below a line.
MARGIN, HEIGHT = 3, 56
# Of its slice, what a column takes; its least height, and that of what is not known.
BODY, ZERO, STUB = 0.74, 1.5, 10.0
# The radius of a dot, and that where there are more of them.
DOT, SMALL_DOT, FEW_DOTS = 2.5, 1.6, 14
# The inner drawing of a line, which is stretched.
WIDTH, TALL = 1000, 100


def sparkline(
    points: Values,
    dots: Values,
    *,
    least_span: float,
    sentence: str,
) -> SafeString:
    """Return a line through the points of days in a row, and a dot for each value that it was made of.

    A day that is not known has neither; the line leads over it, because a trend does. The whole is at least
    `least_span` high, in the unit of the values, so that noise is no mountain."""
    values = known([*points, *dots])
    if not values:
        return NOTHING
    middle, span = (max(values) + min(values)) / 2, max(max(values) - min(values), least_span)
    return format_html(
        '<svg class="chart small" height="{}" {}><svg width="100%" height="{}" y="{}" viewBox="0 0 {} {}"'
        ' preserveAspectRatio="none"><path class="dots" d="{}"/><path class="trend" d="{}"/></svg></svg>',
        HEIGHT,
        picture_attributes(sentence),
        HEIGHT - 2 * MARGIN,
        MARGIN,
        WIDTH,
        TALL,
        "".join(f"M{place}h0" for place in _places(dots, middle, span)),
        _line(_places(points, middle, span)),
    )


def _places(values: Values, middle: float, span: float) -> list[str]:
    whole = max(len(values) - 1, 1)
    return [
        f"{short(WIDTH * at / whole)} {short(TALL * (0.5 - (value - middle) / span))}"
        for at, value in enumerate(values)
        if value is not None
    ]


def _line(places: Sequence[str]) -> str:
    return "M" + "L".join(places) + ("h0" if len(places) == 1 else "") if places else ""


def day_columns(
    values: Values,
    days: Sequence[date],
    *,
    fill: str,
    sentence: str,
    places: Sequence[Place | None] = (),
) -> SafeString:
    """Return a column for each day, from zero up, of which the last is in full colour.

    A day that is not known is a dotted stub, a zero a thin line. `places` say each in words and lead to it."""
    check_same_length(days, values, places)
    highest = max(known(values), default=0.0)
    columns = joined(
        _column(Slot(at, len(days), HEIGHT), value, highest, fill, is_soft=at < len(days) - 1)
        for at, value in enumerate(values)
    )
    return format_html(
        '<div class="plot small"><svg class="chart" height="{}" {}>{}</svg>{}</div>',
        HEIGHT,
        picture_attributes(sentence),
        columns,
        _hits(places),
    )


def small_columns(values: Values, *, fill: str, sentence: str, height: int) -> SafeString:
    """Return a column for each value, from zero up, in a drawing of so many pixels that stands beside words. What is not
    known is a dotted stub."""
    highest = max(known(values), default=0.0)
    columns = (
        _column(Slot(at, len(values), height), value, highest, fill)
        for at, value in enumerate(values)
    )
    return format_html(
        '<svg class="chart small" height="{}" {}>{}</svg>',
        height,
        picture_attributes(sentence),
        joined(columns),
    )


def small_dots(
    values: Values,
    *,
    usual: tuple[float, float] | None,
    least_span: float,
    sentence: str,
    height: int,
) -> SafeString:
    """Return a dot for each known value on a scale of its own, in a drawing of so many pixels that stands beside words:
    from the lowest to the highest of the values and of what is usual, which is shaded. The whole is at least `least_span`
    high, in the unit of the values, so that noise is no mountain."""
    reached: list[float] = [*known(values), *(usual or ())]
    if not reached:
        return NOTHING
    middle = (max(reached) + min(reached)) / 2
    span = max(max(reached) - min(reached), least_span) or 1.0
    room = height - 2 * DOT

    def y(value: float) -> float:
        return DOT + room * (0.5 - (value - middle) / span)

    band = NOTHING
    if usual:
        top, bottom = y(usual[1]), y(usual[0])
        band = format_html(
            '<rect class="usual-band" width="100%" y="{}" height="{}"/>',
            short(top),
            short(max(bottom - top, ZERO)),
        )
    dots = (
        format_html(
            '<circle class="f-accent" cx="{}" cy="{}" r="{}"/>',
            percent((at + 0.5) / len(values)),
            short(y(value)),
            DOT if len(values) <= FEW_DOTS else SMALL_DOT,
        )
        for at, value in enumerate(values)
        if value is not None
    )
    return format_html(
        '<svg class="chart small" height="{}" {}>{}{}</svg>',
        height,
        picture_attributes(sentence),
        band,
        joined(dots),
    )


class Slot(NamedTuple):
    """The place of a column: the how manieth of how many, and the height of the drawing in pixels."""

    at: int
    slots: int
    height: int


def _column(
    slot: Slot, value: float | None, highest: float, fill: str, *, is_soft: bool = False
) -> SafeString:
    height = min(STUB, slot.height / 2) if value is None else ZERO
    if value and highest > 0:
        height = max((slot.height - 4) * value / highest, ZERO)
    soft = " f-soft" if is_soft else ""
    return format_html(
        '<rect class="{}" x="{}" width="{}" y="{}" height="{}" rx="{}"/>',
        "f-none" if value is None else f"f-{fill}{soft}",
        percent((slot.at + (1 - BODY) / 2) / slot.slots),
        percent(BODY / slot.slots),
        short(slot.height - height),
        short(height),
        short(min(2.5, height / 2)),
    )


def _hits(places: Sequence[Place | None]) -> SafeString:
    """Return what the pointer reaches: the slice of each day, with its words."""
    if not any(places):
        return NOTHING
    width = percent(1 / len(places))
    return format_html(
        '<svg class="hits" height="{}" aria-hidden="true">{}</svg>',
        HEIGHT,
        joined(
            pointed_at(_slice(percent(at / len(places)), width), place.words, place.href)
            for at, place in enumerate(places)
            if place
        ),
    )


def _slice(place: str, width: str) -> SafeString:
    return format_html('<rect x="{}" width="{}" height="100%"/>', place, width)


def goal_bar(share: float, *, fill: str, start: str, goal: str) -> SafeString:
    """Return a bar that is filled to `share`, 0 to 1, with the times of its beginning and its goal below."""
    return format_html(
        '<svg class="chart small" height="{}" aria-hidden="true"><rect class="f-sunken" width="100%" height="12" y="10" rx="6"/>'
        '<rect class="f-{}" width="{}" height="12" y="10" rx="6"/><text x="0" y="44">{}</text>'
        '<text class="end" x="100%" y="44">{}</text></svg>',
        HEIGHT,
        fill,
        percent(min(max(share, 0.0), 1.0)),
        start,
        goal,
    )
