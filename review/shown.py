"""The sections as the page shows them: with small charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING
from lifetracker.web.charts.sparkline import small_columns
from review.reading import Review
from review.sections import Content, Row, Section

#: In pixels.
CHART_HEIGHT = 24
#: So many rows are shown at once, of a section whose sentence says what they come to.
MOST_ROWS = 12


class ShownRow(NamedTuple):
    row: Row
    chart: SafeString


class ShownSection(NamedTuple):
    """`lead` is empty where it stands above all sections."""

    section: Section
    content: Content
    lead: str
    rows: Sequence[ShownRow]
    has_charts: bool
    #: Whether the rows are folded away, because the sentence says what they come to.
    is_long: bool


def shown_sections(review: Review) -> list[ShownSection]:
    return [shown(section, content, review) for section, content in review.sections]


def shown(section: Section, content: Content, review: Review) -> ShownSection:
    rows = [ShownRow(row, chart(row)) for row in content.rows]
    lead = "" if content.lead == review.sentence else content.lead
    return ShownSection(
        section,
        content,
        lead,
        rows,
        has_charts=any(one.chart for one in rows),
        is_long=bool(lead) and len(rows) > MOST_ROWS,
    )


def chart(row: Row) -> SafeString:
    """Return a column for each value of a row; nothing where none is known."""
    if not any(value is not None for value in row.values):
        return NOTHING
    known = sum(value is not None for value in row.values)
    return small_columns(
        row.values,
        fill="accent",
        sentence=f"{row.name}: {known} of {len(row.values)} values known.",
        height=CHART_HEIGHT,
    )
