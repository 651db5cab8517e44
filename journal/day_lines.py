"""Answers and notes, as an assistant reads them."""

from __future__ import annotations

from datetime import date

from journal.models import Answer, Behaviour, Note
from journal.words import value_words
from lifetracker.web.assistant.lines import (
    LONGEST_QUOTE,
    Line,
    LinesOfDays,
    name_words,
    register_lines,
)
from lifetracker.web.assistant.markdown import plain
from lifetracker.web.clock import time_words


def answer_lines(first: date, last: date, most: int) -> list[Line]:
    """Return a line for each answered behaviour of each day, and what its owner wrote to the answer."""
    shown = {
        pk: (name, kind, unit)
        for pk, name, kind, unit in Behaviour.objects.own().values_list(
            "pk", "name", "kind", "unit"
        )
    }
    answers = Answer.objects.by_day(Behaviour.objects.counts_for(), first, last)
    found = [
        Line(day, f"{name_words(name)}: {plain(value_words(kind, unit, one.value))}", one.note)
        for pk, (name, kind, unit) in shown.items()
        for day, one in answers.get(pk, {}).items()
    ]
    return sorted(found, key=lambda line: line.day)[:most]


def note_lines(first: date, last: date, most: int) -> list[Line]:
    # So much of a note that it is seen whether there is more.
    columns = ("date", "written_at", "utc_offset_min", "text")
    rows = Note.objects.live().filter(date__range=(first, last)).order_by("date", "written_at")
    return [
        Line(day, time_words(written_at, offset), text[: LONGEST_QUOTE * 2])
        for day, written_at, offset, text in rows.values_list(*columns)[:most]
    ]


register_lines(
    LinesOfDays(
        "Journal",
        30,
        answer_lines,
        "A question that is not listed on a day was not answered: that is unknown, and not a no.",
    )
)
register_lines(LinesOfDays("Notes", 40, note_lines))
