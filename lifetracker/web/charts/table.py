"""The table behind a chart: the same numbers for who reads, hears, or uses keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING, joined, linked

UNKNOWN = "not known"
UNKNOWN_CLASS = format_html(' class="{}"', "unknown")


@dataclass(frozen=True)
class Row:
    """A day, a week or a month of the table: its name, its page, and a text for each column; None is not known."""

    name: str
    cells: Sequence[str | None]
    href: str = ""


def numbers_table(
    heads: Sequence[str],
    rows: Sequence[Row],
    *,
    caption: str,
    name: str,
    summary: str = "Show the numbers",
    unknown: str = UNKNOWN,
) -> SafeString:
    """Return the numbers behind one chart, or a group of charts, folded.

    `heads` begin with that of the names of the rows (`Day`). `name` is the id of the table, which charts name as
    their `table`; their `column` counts from 1, the first after the names. A cell that is not known says so in the
    word `unknown`. Raises ValueError if a row has not a cell for each head."""
    _check(heads, rows)
    return format_html(
        '<details class="numbers"><summary>{}</summary>'
        '<div class="scroll" tabindex="0" role="group" aria-label="{}"><table id="{}">'
        '<caption class="unseen">{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>',
        summary,
        caption,
        name,
        caption,
        format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads)),
        joined(_row(row, unknown) for row in rows),
    )


def _check(heads: Sequence[str], rows: Sequence[Row]) -> None:
    for row in rows:
        if len(row.cells) != len(heads) - 1:
            raise ValueError(
                f"The row {row.name!r} has {len(row.cells)} cells for {len(heads) - 1} columns. "
                "Give one for each, None where it is not known."
            )


def _row(row: Row, unknown: str) -> SafeString:
    """Return a row by one call: a table of ten years has thousands."""
    cells = [part for cell in row.cells for part in _cell(cell, unknown)]
    return format_html(
        '<tr><th scope="row">{}</th>' + "<td{}>{}</td>" * len(row.cells) + "</tr>",
        linked(row.name, row.href),
        *cells,
    )


def _cell(cell: str | None, unknown: str) -> tuple[SafeString, str]:
    """Return the class and the text of a cell."""
    return (UNKNOWN_CLASS, unknown) if cell is None else (NOTHING, cell)
