"""Cells of earlier periods: how each ended, the newest at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import escaped, joined, picture_attributes, shape

State = Literal["reached", "missed", "free", "unknown"]

# The width of a cell with the gap after it, in the units of the drawing.
STEP, HEIGHT = 11, 12
_SHAPES: dict[State, str] = {
    "reached": '<rect class="f-high" x="{0}" y="1" width="9" height="10" rx="3"/>',
    "missed": '<rect class="f-low" x="{0}" y="1" width="9" height="10" rx="3"/><circle class="pip" cx="{1}" cy="6" r="1.7"/>',
    "free": '<rect class="f-part-6" x="{0}" y="1" width="9" height="10" rx="3"/>',
    "unknown": '<rect class="f-none" x="{2}" y="1.6" width="7.8" height="8.8" rx="3"/>',
}


class PeriodCell(NamedTuple):
    """How a period ended, and what is said of it when it is pointed at."""

    state: State
    words: str


def period_cells(cells: Sequence[PeriodCell], *, sentence: str) -> SafeString:
    """Return the cells from left to right. `sentence` names the picture. One that is missed has a pip, one that is not
    known is dotted."""
    return format_html(
        '<svg class="periods" viewBox="0 0 {} {}" width="{}" height="{}" {}>{}</svg>',
        len(cells) * STEP,
        HEIGHT,
        len(cells) * STEP,
        HEIGHT,
        picture_attributes(sentence),
        joined(_cell(at * STEP, cell) for at, cell in enumerate(cells)),
    )


def _cell(begin: int, cell: PeriodCell) -> SafeString:
    drawn = _SHAPES[cell.state].format(begin, begin + 4.5, begin + 0.6)
    return shape(f"<g>{drawn}<title>{escaped(cell.words)}</title></g>")
