"""The intention for a week, as an assistant reads it with the week or a day of it."""

from __future__ import annotations

from datetime import date

from lifetracker.days import monday_of, today
from lifetracker.web.assistant.lines import Line, LinesOfDays, register_lines
from review.intentions import intentions_from, kept_words


def intention_lines(first: date, last: date, most: int) -> list[Line]:
    """Return what was intended for the weeks of these days, as lines of the first of their days that is asked for."""
    return [
        Line(max(one.date, first), f"For the week, {kept_words(one, today())}:", one.text)
        for one in intentions_from(monday_of(first), last)[:most]
    ]


register_lines(LinesOfDays("Intention", 15, intention_lines))
