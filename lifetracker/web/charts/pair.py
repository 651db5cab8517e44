"""Two small series on one axis of time, such as the hours and the commits of a project: the first stands on the axis, the
second hangs from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Place, slice_hits
from lifetracker.web.charts.markup import NOTHING, joined, percent, picture_attributes, shape, short
from lifetracker.web.charts.scales import Values, check_same_length, day_labels

# In pixels: the room above the axis and below it, and the whole with a pixel for the axis itself.
ABOVE, BELOW = 34, 24
HEIGHT = ABOVE + BELOW + 1
# The least height of what is not zero, and that of what is not known.
LEAST, STUB = 2.0, 6.0
# Of its slice, what a column takes.
BODY = 0.74
# The height of the words over a list of pairs.
AXIS = 18
# From here on a word would reach beyond the edge of a phone.
LAST_ON_PHONES = 0.85


class Side(NamedTuple):
    """One of the two: its values, the colour of `charts.css` (`work`), and the value that is as high as there is room."""

    values: Values
    fill: str
    highest: float


def column_pair(
    above: Side | None,
    below: Side | None,
    days: Sequence[date],
    *,
    sentence: str,
    places: Sequence[Place | None] = (),
) -> SafeString:
    """Return the two series by slice of time. A value that is not known is a dotted stub; a series that is None is left out.

    Raises ValueError if a series has not one value for each of the days."""
    for side in (above, below):
        check_same_length(days, side.values if side else ())
    return format_html(
        '<div class="plot small"><svg class="chart" height="{}" {}>{}{}'
        '<line class="baseline" x1="0" x2="100%" y1="{}" y2="{}"/></svg>{}</div>',
        HEIGHT,
        picture_attributes(sentence),
        _columns(above, ABOVE, is_above=True) if above else NOTHING,
        _columns(below, BELOW, is_above=False) if below else NOTHING,
        ABOVE + 0.5,
        ABOVE + 0.5,
        slice_hits(places, HEIGHT),
    )


def _columns(side: Side, room: int, *, is_above: bool) -> SafeString:
    count = len(side.values)
    return joined(
        _column(at / count, 1 / count, value, side, room, is_above=is_above)
        for at, value in enumerate(side.values)
        if value != 0
    )


def _column(
    begin: float, width: float, value: float | None, side: Side, room: int, *, is_above: bool
) -> SafeString:
    if value is None:
        kind, height = "f-none", STUB
    else:
        share = min(value / side.highest, 1.0) if side.highest > 0 else 0.0
        kind, height = f"f-{side.fill}", max(share * room, LEAST)
    x, body = percent(begin + width * (1 - BODY) / 2), percent(width * BODY)
    top = ABOVE - height if is_above else ABOVE + 1
    return shape(
        f'<rect class="{kind}" x="{x}" width="{body}" y="{short(top)}" height="{short(height)}" rx="1"/>'
    )


def axis_of_pairs(days: Sequence[date]) -> SafeString:
    """Return the words over a list of pairs, which all have the same slices of time."""
    words = joined(
        format_html(
            '<text{} x="{}" y="12">{}{}</text>',
            shape(' class="wide"')
            if label.wide or label.at > LAST_ON_PHONES * len(days)
            else NOTHING,
            percent(label.at / len(days)),
            label.text,
            label.rest,
        )
        for label in day_labels(days)
    )
    return format_html(
        '<svg class="chart small" height="{}" aria-hidden="true">{}</svg>', AXIS, words
    )
