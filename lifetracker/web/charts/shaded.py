"""A table whose cells are the darker the more they hold, such as the hours of projects by week."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, joined, linked, shape

STEPS = 4
EMPTY = shape("<td></td>")


@dataclass(frozen=True)
class Column:
    """The head of a column; `beside` it stands a word such as `part`."""

    name: str
    beside: str = ""


@dataclass(frozen=True)
class ShadedRow:
    """A row: its name, its values with the pages that they open, and its sum. None is an empty cell."""

    name: str
    values: Sequence[float | None]
    total: float
    #: Behind the name, in lighter type.
    beside: str = ""
    hrefs: Sequence[str] = ()
    href: str = ""
    is_shaded: bool = True
    #: Behind the sum: what is usual.
    usual: float | None = None


def shaded_table(
    head: str,
    columns: Sequence[Column],
    rows: Sequence[ShadedRow],
    foot: ShadedRow,
    *,
    caption: str,
    words: Callable[[float], str],
    usual: str = "",
) -> SafeString:
    """Return the table with sums at the right and at the foot. `words` are those of a value; `usual` is the head of a
    column of what is usual in each row, if there is one.

    The shade is one of four, by the largest value of the rows that are shaded. Raises ValueError if a row has not a
    value for each column."""
    for row in (*rows, foot):
        if len(row.values) != len(columns):
            raise ValueError(
                f"The row {row.name!r} has {len(row.values)} values for {len(columns)} columns."
            )
    most = max((value or 0.0 for row in rows if row.is_shaded for value in row.values), default=0)
    return format_html(
        '<div class="scroll heat-frame" tabindex="0" role="group" aria-label="{}"><table class="pinned heat">'
        '<caption class="unseen">{}</caption><thead><tr><th scope="col">{}</th>{}<th scope="col">Sum</th>{}</tr></thead>'
        "<tbody>{}</tbody><tfoot>{}</tfoot></table></div>",
        caption,
        caption,
        head,
        joined(_head(column) for column in columns),
        _head(Column(usual)) if usual else NOTHING,
        joined(_row(row, most, words, bool(usual)) for row in rows),
        _row(foot, most, words, bool(usual)),
    )


def _head(column: Column) -> SafeString:
    return format_html('<th scope="col">{}{}</th>', column.name, _beside(column.beside))


def _beside(text: str) -> SafeString:
    return format_html(' <span class="unit">{}</span>', text) if text else NOTHING


def _row(row: ShadedRow, most: float, words: Callable[[float], str], has_usual: bool) -> SafeString:
    cells = joined(_cell(row, at, most, words) for at in range(len(row.values)))
    return format_html(
        '<tr><th scope="row">{}{}</th>{}<td class="sum">{}</td>{}</tr>',
        linked(row.name, row.href),
        _beside(row.beside),
        cells,
        linked(words(row.total), row.href),
        _usual(row.usual, words) if has_usual else NOTHING,
    )


def _usual(value: float | None, words: Callable[[float], str]) -> SafeString:
    return EMPTY if value is None else format_html('<td class="muted">{}</td>', words(value))


def _cell(row: ShadedRow, at: int, most: float, words: Callable[[float], str]) -> SafeString:
    value = row.values[at]
    if value is None:
        return EMPTY
    content = linked(words(value), row.hrefs[at] if row.hrefs else "")
    step = step_of(value, most) if row.is_shaded else 0
    return shape(f'<td class="h{step}">{content}</td>' if step else f"<td>{content}</td>")


def step_of(value: float, most: float) -> int:
    """Return the shade of a value, from 0 for none to 4 for the darkest: a quarter of the most each."""
    return min(math.ceil(value / most * STEPS), STEPS) if value > 0 and most > 0 else 0
