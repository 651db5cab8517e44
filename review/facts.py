"""A review as programs read it: the same sentences and rows as on the page."""

from __future__ import annotations

from typing import Any

from review.reading import Review
from review.sections import Content, Line, Row, Section


def review_facts(review: Review) -> dict[str, Any]:
    """Return a review as plain values."""
    period = review.period
    return {
        "period": period.name,
        "length": period.noun,
        "first_day": period.first,
        "last_day": period.last,
        "is_over": period.is_over(review.look.today),
        "title": period.title,
        "notes": review.notes,
        "sections": [section_facts(section, content) for section, content in review.sections],
    }


def section_facts(section: Section, content: Content) -> dict[str, Any]:
    return {
        "name": section.name,
        "title": section.title,
        "lead": content.lead,
        "rows": [row_facts(row) for row in content.rows],
        "lines": [line_facts(line) for line in content.lines],
        "note": content.note,
        "suggestions": list(content.suggestions),
    }


def row_facts(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "value": row.value,
        "words": row.words,
        "known": row.known,
        "values": list(row.values),
        "page": row.url,
    }


def line_facts(line: Line) -> dict[str, Any]:
    return {"text": line.text, "page": line.url}
