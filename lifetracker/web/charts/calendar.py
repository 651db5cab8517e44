"""Calendars: a cell for each day, in months or as the last few days in a row."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Protocol

from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web import clock
from lifetracker.web.charts.frame import hit
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.markup import NOTHING, Band, joined, shape, short
from lifetracker.web.charts.scales import mean

# In units of the drawing: a cell, and the distance from one to the next.
CELL, STEP = 14, 16
# The heads of the weekdays stand above the first row.
HEAD = 11
# The last days in a row: the distance from one to the next, and the whole drawing.
RECENT_STEP, RECENT_BOX = 18, "0 0 126 28"


@dataclass(frozen=True)
class Cell:
    """A day of a calendar."""

    day: date
    #: What is shown of the day, in any unit; None if it is not known.
    value: float | None
    #: None for a value without bands, or if the value is not known.
    band: Band | None
    #: The page of the day.
    href: str = ""
    #: What is said when the cell is pointed at: `Fri 27 Nov: 60 %, yellow`.
    words: str = ""


class Banded(Protocol):
    """Anything that is drawn in the colour of its band."""

    @property
    def value(self) -> float | None: ...
    @property
    def band(self) -> Band | None: ...


@dataclass(frozen=True)
class BandNames:
    """What the bands are called in the legend of a calendar: `Green, 67 and over`."""

    high: str
    mid: str
    low: str
    unknown: str = "Not known"


def month_calendar(
    cells: Sequence[Cell],
    *,
    sentence: str,
    subject: str,
    unit: str = "",
    today: date | None = None,
    first_weekday: int | None = None,
) -> SafeString:
    """Return the months of up to some hundred days as grids of cells with numbers, and the mean of each month.

    Cells are in order of days, at most one a day; a day of a month without a cell is left empty, if it lies after
    `today` as one that is to come. A value that is not known is a dotted cell, and in no mean. `sentence` names the
    whole; `subject` is what the numbers are of, as in `mean recovery`, and `unit` stands behind them. Weeks begin
    with `first_weekday`, 0 for Monday, else as the owner chose; only those with cells are drawn. `year.py` draws a
    year."""
    months = [list(group) for _, group in groupby(cells, key=lambda cell: _month(cell.day))]
    grid = _Grid(clock.first_weekday() if first_weekday is None else first_weekday, today)
    return format_html(
        '<div class="months" role="group" aria-label="{}">{}</div>',
        sentence,
        joined(_one_month(month, grid, subject, unit) for month in months),
    )


def recent_days(cells: Sequence[Cell], *, sentence: str, today: date | None = None) -> SafeString:
    """Return up to seven days in a row, the last at the right, with their weekdays."""
    placed = [(1 + RECENT_STEP * at, cell) for at, cell in enumerate(cells[-7:])]
    return format_html(
        '<div class="week"><svg viewBox="{}" role="img" aria-label="{}">{}</svg>{}</div>',
        RECENT_BOX,
        sentence,
        format_html_join(
            "",
            '<text x="{}" y="7">{}</text>{}',
            ((x + 7, _initial(cell.day), _drawn(cell, x, HEAD, today)) for x, cell in placed),
        ),
        _hits([(cell, (x - 2, HEAD - 1)) for x, cell in placed], RECENT_BOX, RECENT_STEP),
    )


def band_legend(cells: Sequence[Banded], names: BandNames) -> SafeString:
    """Return the legend of a calendar: how many days are in each band, and how many are not known."""
    counts = Counter(["unknown" if cell.value is None else cell.band for cell in cells])
    return legend(
        [
            Key("c-high", names.high, str(counts["high"])),
            Key("c-mid", names.mid, str(counts["mid"])),
            Key("c-low", names.low, str(counts["low"]), pip=True),
            Key("f-none", names.unknown, str(counts["unknown"])),
        ]
    )


# --- A month --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grid:
    first_weekday: int
    today: date | None
    #: How many weeks at the beginning of the month are left out.
    skipped: int = 0

    def column(self, day: date) -> int:
        return (day.weekday() - self.first_weekday) % 7

    def place(self, day: date) -> tuple[int, int]:
        """Return the left and the upper edge of the cell of a day."""
        return self.column(day) * STEP, HEAD + (self.row(day) - self.skipped) * STEP

    def row(self, day: date) -> int:
        return (day.day - 1 + self.column(day.replace(day=1))) // 7

    def corner(self, day: date) -> tuple[int, int]:
        x, y = self.place(day)
        return x - 1, y - 1


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _one_month(cells: Sequence[Cell], grid: _Grid, subject: str, unit: str) -> SafeString:
    first = cells[0].day
    grid = replace(grid, skipped=grid.row(first))
    found = mean([cell.value for cell in cells])
    words = "not known" if found is None else f"{found:.0f}{unit}"
    box = f"-1 0 112 {_height(cells, grid)}"
    return format_html(
        '<div><h3>{} <small>{}</small></h3><div class="plot">'
        '<svg class="chart" viewBox="{}" role="img" aria-label="{}">{}{}{}</svg>{}</div></div>',
        format_date(first, "F"),
        words,
        box,
        _sentence(first, cells, f"{subject} {words}"),
        _heads(grid),
        joined(_placed(cell, grid) for cell in cells),
        _ahead(cells, grid),
        _hits([(cell, grid.corner(cell.day)) for cell in cells], box, STEP),
    )


def _height(cells: Sequence[Cell], grid: _Grid) -> int:
    last = [cells[-1].day, *_days_to_come(cells[-1].day, grid.today)][-1]
    return grid.place(last)[1] + STEP


def _sentence(first: date, cells: Sequence[Cell], words: str) -> str:
    unknown = sum(cell.value is None for cell in cells)
    days = f", {unknown} {'day' if unknown == 1 else 'days'} not known" if unknown else ""
    return f"{format_date(first, 'F Y')}: {words}{days}"


def _heads(grid: _Grid) -> SafeString:
    # 5 January 1970 was a Monday.
    mondays = [date(1970, 1, 5 + (grid.first_weekday + at) % 7) for at in range(7)]
    return format_html_join(
        "",
        '<text x="{}" y="6">{}</text>',
        ((7 + STEP * at, _initial(day)) for at, day in enumerate(mondays)),
    )


def _initial(day: date) -> str:
    return format_date(day, "l")[:1]


def _placed(cell: Cell, grid: _Grid) -> SafeString:
    x, y = grid.place(cell.day)
    return _drawn(cell, x, y, grid.today, pip=False) + _number(cell, x, y)


def _drawn(cell: Cell, x: int, y: int, today: date | None, *, pip: bool = True) -> SafeString:
    """Return a cell with its upper left corner at a place: dotted if it is not known, ringed if it is today."""
    drawn = _dotted(x, y) if cell.value is None else _filled(cell.band, x, y, pip=pip)
    return drawn + _ringed(x, y) if cell.day == today else drawn


def _filled(band: Band | None, x: int, y: int, *, pip: bool) -> SafeString:
    """Return a cell in its colour. A bad one has a pip, so that it can be told without colours."""
    rect = shape(
        f'<rect class="c-{band or "plain"}" x="{x}" y="{y}" width="14" height="14" rx="4"/>'
    )
    if band != "low" or not pip:
        return rect
    return rect + shape(f'<circle class="pip" cx="{x + 7}" cy="{y + 7}" r="2.2"/>')


def _dotted(x: int, y: int) -> SafeString:
    return format_html(
        '<rect class="f-none" x="{}" y="{}" width="12.8" height="12.8" rx="3.4"/>',
        short(x + 0.6),
        short(y + 0.6),
    )


def _ringed(x: int, y: int) -> SafeString:
    return format_html(
        '<rect class="ringed" x="{}" y="{}" width="16.4" height="16.4" rx="5.2"/>',
        short(x - 1.2),
        short(y - 1.2),
    )


def _number(cell: Cell, x: int, y: int) -> SafeString:
    if cell.value is None:
        return NOTHING
    return format_html(
        '<text class="number{}" x="{}" y="{}">{}</text>',
        f" on-{cell.band or 'plain'}",
        x + 7,
        short(y + 8.8),
        f"{cell.value:.0f}",
    )


def _ahead(cells: Sequence[Cell], grid: _Grid) -> SafeString:
    """Return the days of the month that are still to come."""
    return format_html_join(
        "",
        '<rect class="f-sunken" x="{}" y="{}" width="14" height="14" rx="4"/>',
        (grid.place(day) for day in _days_to_come(cells[-1].day, grid.today)),
    )


def _days_to_come(last: date, today: date | None) -> Iterator[date]:
    if today is None:
        return
    for number in range(last.day + 1, calendar.monthrange(last.year, last.month)[1] + 1):
        if (day := last.replace(day=number)) > today:
            yield day


def _hits(placed: Sequence[tuple[Cell, tuple[int, int]]], box: str, width: int) -> SafeString:
    """Return the links over cells, by the corners at which they begin, half the gap before the cell.

    Keys reach the same days in the table behind the calendar."""
    linked = [(cell, corner) for cell, corner in placed if cell.href]
    if not linked:
        return NOTHING
    return format_html(
        '<svg class="hits" viewBox="{}" aria-hidden="true">{}</svg>',
        box,
        joined(
            hit(cell.href, cell.words, f'x="{x}" y="{y}" width="{width}"')
            for cell, (x, y) in linked
        ),
    )
