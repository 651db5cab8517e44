"""The sections as the page shows them: with small charts, and with what a line says enough of folded away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from lifetracker.web.charts.markup import NOTHING
from lifetracker.web.charts.sparkline import small_columns, small_dots
from review.folded import folded, is_list
from review.reading import Review
from review.sections import Content, Row, Section

#: In pixels.
CHART_HEIGHT = 24


class ShownRow(NamedTuple):
    row: Row
    chart: SafeString


class ShownFold(NamedTuple):
    """`words`: what stands on paper in place of the rows; empty where the sentence of the section is enough."""

    title: str
    rows: Sequence[ShownRow]
    words: str


class ShownSection(NamedTuple):
    """`lead` is empty where it stands above all sections. `has_dots`: whether a chart has a scale of
    its own; `is_shaded`: whether one has what is usual."""

    section: Section
    content: Content
    lead: str
    rows: Sequence[ShownRow]
    folds: Sequence[ShownFold]
    has_charts: bool
    has_dots: bool
    is_shaded: bool


def shown_sections(review: Review) -> list[ShownSection]:
    """Return the sections, without those of which all that they say stands above."""
    found = [shown(section, content, review.sentence) for section, content in review.sections]
    return [one for one in found if one.lead or one.content.rows or one.content.lines]


def shown(section: Section, content: Content, above: str) -> ShownSection:
    """`above`: the sentence that stands above all sections."""
    lead = "" if content.lead == above else content.lead
    first, folds = folded(content.rows)
    rows = drawn(first)
    shown_folds = [ShownFold(one.title, drawn(one.rows), one.words) for one in folds]
    if lead and is_list(content.rows):
        rows, shown_folds = [], [ShownFold(f"All {len(content.rows)}", drawn(content.rows), "")]
    return ShownSection(
        section,
        content,
        lead,
        rows,
        shown_folds,
        has_charts=any(row.values for row in content.rows),
        has_dots=any(row.scale for row in content.rows),
        is_shaded=any(row.scale and row.scale.usual for row in content.rows),
    )


def drawn(rows: Sequence[Row]) -> list[ShownRow]:
    return [ShownRow(row, chart(row)) for row in rows]


def chart(row: Row) -> SafeString:
    """Return a mark for each value of a row: dots on a scale of its own, or columns from zero up; nothing where none is
    known."""
    known = sum(value is not None for value in row.values)
    if not known:
        return NOTHING
    sentence = f"{row.name}: {known} of {len(row.values)} values known."
    if row.scale is None:
        return small_columns(row.values, fill="accent", sentence=sentence, height=CHART_HEIGHT)
    return small_dots(
        row.values,
        usual=row.scale.usual,
        least_span=row.scale.least,
        sentence=f"{sentence} {row.scale.words}",
        height=CHART_HEIGHT,
    )
