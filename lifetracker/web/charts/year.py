"""A year as two drawings of weeks: a column for each week, a cell for each day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.dateformat import format as format_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.calendar import Cell
from lifetracker.web.charts.frame import hit
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.markup import NOTHING, joined, shape
from lifetracker.web.charts.scales import mean
from lifetracker.web.charts.steps import Steps
from lifetracker.web.clock import row_of, week_of

# In units of the drawing: a cell, the distance from one to the next, and the room for the names of months.
CELL, STEP, HEAD = 16, 20, 22
# Of the 53 weeks that a year touches, so many stand in the first drawing. Shorter ones have cells of the same size.
FIRST_HALF = 27
# Between the names of two months, in weeks.
LEAST_BETWEEN = 3


@dataclass(frozen=True)
class Count:
    """A day of the year."""

    day: date
    #: None if it is not known.
    count: int | None
    #: The page of the day.
    href: str = ""
    #: What is said when the cell is pointed at: `Fri 27 Nov: 3 commits`.
    words: str = ""


@dataclass(frozen=True)
class _Square:
    """A day as it is drawn, in the class of its colour."""

    day: date
    fill: str
    href: str
    words: str
    #: Whether it has the pip that tells a bad cell without colours.
    pip: bool = False


def year_calendar(
    days: Sequence[Count], steps: Steps, *, sentence: str, today: date | None = None
) -> SafeString:
    """Return the weeks of up to 53 weeks of days, each from its first weekday at the top, in two drawings that lie beside or below one
    another.

    Days are in order, one for each. One that is not known is a dotted cell. `sentence` names each drawing, with its
    days behind it."""
    squares = [
        _Square(
            one.day,
            "f-none" if one.count is None else steps.fill(one.count),
            one.href,
            one.words,
        )
        for one in days
    ]
    return _year(squares, {}, sentence, today)


def banded_year(
    cells: Sequence[Cell], *, sentence: str, subject: str, unit: str = "", today: date | None = None
) -> SafeString:
    """Return the same of days with bands, such as recovery, each month with its mean over it.

    A value that is not known is a dotted cell, and in no mean. `sentence` names each drawing, with its days and their
    mean behind it; `subject` is what the numbers are of, as in `mean recovery`, and `unit` stands behind them."""
    squares = [
        _Square(
            one.day,
            "f-none" if one.value is None else f"c-{one.band or 'plain'}",
            one.href,
            one.words,
            pip=one.value is not None and one.band == "low",
        )
        for one in cells
    ]
    months = groupby(cells, key=lambda one: one.day.replace(day=1))
    means = {first: mean([one.value for one in month]) for first, month in months}
    words = {first: _mean_words(found, unit) for first, found in means.items()}
    return _year(squares, words, f"{sentence}, {subject} by month", today)


def _mean_words(found: float | None, unit: str) -> tuple[str, str]:
    """Return a mean as it stands over a month, where there is no room for its unit, and as it is said."""
    return ("–", "not known") if found is None else (f"{found:.0f}", f"{found:.0f}{unit}")


def step_legend(days: Sequence[Count], steps: Steps) -> SafeString:
    """Return how many days are in each step, and how many are not known."""
    known = [one.count for one in days if one.count is not None]
    unknown = len(days) - len(known)
    keys = steps.keys(known)
    return legend([*keys, Key("f-none", "not known", f"{unknown:,}")] if unknown else keys)


# --- The two drawings -----------------------------------------------------------------------------

#: By the first day of each month, its mean as it is written and as it is said.
_Means = Mapping[date, tuple[str, str]]


def _year(
    squares: Sequence[_Square], means: _Means, sentence: str, today: date | None
) -> SafeString:
    weeks: dict[date, list[_Square]] = {}
    for one in squares:
        weeks.setdefault(week_of(one.day), []).append(one)
    found = list(weeks.values())
    return format_html(
        '<div class="year">{}</div>',
        joined(
            _half(half, means, sentence, today)
            for half in (found[:FIRST_HALF], found[FIRST_HALF:])
            if half
        ),
    )


def _half(
    weeks: Sequence[Sequence[_Square]], means: _Means, sentence: str, today: date | None
) -> SafeString:
    box = f"-2 0 {STEP * FIRST_HALF} {HEAD + 7 * STEP}"
    placed = [
        (STEP * at, HEAD + STEP * row_of(one.day), one)
        for at, week in enumerate(weeks)
        for one in week
    ]
    return format_html(
        '<div class="plot"><svg viewBox="{}" role="img" aria-label="{}">{}{}</svg>{}</div>',
        box,
        _named(sentence, [one for week in weeks for one in week], means),
        _months(weeks, means),
        joined(_cell(x, y, one, ringed=one.day == today) for x, y, one in placed),
        _hits(placed, box),
    )


def _named(sentence: str, squares: Sequence[_Square], means: _Means) -> str:
    """Return the sentence with the days of a drawing and what is said of its months."""
    days = " to ".join(format_date(squares[at].day, "j F Y") for at in (0, -1))
    firsts = dict.fromkeys(one.day.replace(day=1) for one in squares)
    said = [f"{format_date(first, 'F')} {means[first][1]}" for first in firsts if first in means]
    unknown = sum(one.fill == "f-none" for one in squares) if said else 0
    rest = [f"{unknown} {'day' if unknown == 1 else 'days'} not known"] if unknown else []
    return f"{sentence}, {days}" + (f": {', '.join([*said, *rest])}" if said else "")


def _months(weeks: Sequence[Sequence[_Square]], means: _Means) -> SafeString:
    """Return the names of months over the weeks with their first day, as far as there is room."""
    found: list[tuple[int, date]] = []
    for at, week in enumerate(weeks):
        first = next((one.day for one in week if one.day.day == 1), None)
        if first and (not found or at - found[-1][0] >= LEAST_BETWEEN) and at < len(weeks) - 1:
            found.append((at, first))
    return format_html_join(
        "",
        '<text x="{}" y="13">{}{}</text>',
        (
            (STEP * at, format_date(first, "M"), _mean_over(means[first][0]) if means else "")
            for at, first in found
        ),
    )


def _mean_over(words: str) -> SafeString:
    return format_html(' <tspan class="strong">{}</tspan>', words)


def _cell(x: int, y: int, one: _Square, *, ringed: bool) -> SafeString:
    rect = f'<rect class="{one.fill}" x="{x}" y="{y}" width="{CELL}" height="{CELL}" rx="4"/>'
    if one.pip:
        rect += f'<circle class="pip" cx="{x + CELL // 2}" cy="{y + CELL // 2}" r="2.8"/>'
    if ringed:
        rect += f'<rect class="ringed" x="{x - 1}" y="{y - 1}" width="18" height="18" rx="5"/>'
    return shape(rect)


def _hits(placed: Sequence[tuple[int, int, _Square]], box: str) -> SafeString:
    """Return the links over the cells. Keys reach the same days in the table behind the calendar."""
    linked = [one for one in placed if one[2].href]
    if not linked:
        return NOTHING
    return format_html(
        '<svg class="hits" viewBox="{}" aria-hidden="true">{}</svg>',
        box,
        joined(
            hit(one.href, one.words, f'x="{x - 2}" y="{y - 2}" width="{STEP}"')
            for x, y, one in linked
        ),
    )
