"""The table behind a chart: the same numbers for who reads, hears, or uses keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import escaped, joined, linked, shape

UNKNOWN = "not known"


@dataclass(frozen=True)
class Row:
    """A day, a week or a month of the table: its name, its page, and a text for each column; None is not known."""

    name: str
    cells: Sequence[str | None]
    href: str = ""
    #: Its year, where the name has none. It is seen only where it changes, and heard in every row.
    year: int | None = None

    @property
    def full_name(self) -> str:
        return self.name if self.year is None else f"{self.name} {self.year}"


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
        joined(
            _row(row, unknown, shows_year=shows_year)
            for row, shows_year in zip(rows, _changes([row.year for row in rows]), strict=True)
        ),
    )


def _changes(years: Sequence[int | None]) -> list[bool]:
    """Return which rows are the first of their year; none where all are of one."""
    if len(set(years)) <= 1:
        return [False] * len(years)
    before = [None, *years[:-1]]
    return [year != other for year, other in zip(years, before, strict=True)]


def _check(heads: Sequence[str], rows: Sequence[Row]) -> None:
    for row in rows:
        if len(row.cells) != len(heads) - 1:
            raise ValueError(
                f"The row {row.name!r} has {len(row.cells)} cells for {len(heads) - 1} columns. "
                "Give one for each, None where it is not known."
            )


def _row(row: Row, unknown: str, *, shows_year: bool) -> SafeString:
    kind = "" if shows_year else ' class="unseen"'
    year = "" if row.year is None else f"<span{kind}> {row.year}</span>"
    cells = "".join(
        f'<td class="unknown">{escaped(unknown)}</td>'
        if cell is None
        else f"<td>{escaped(cell)}</td>"
        for cell in row.cells
    )
    return shape(
        f'<tr><th scope="row">{linked(SafeString(escaped(row.name) + year), row.href)}</th>{cells}</tr>'
    )
