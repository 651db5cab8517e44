"""Time entries, as an assistant reads them."""

from __future__ import annotations

from datetime import date, timedelta

from lifetracker.days import elapsed
from lifetracker.web.assistant.lines import Line, LinesOfDays, name_words, register_lines
from lifetracker.web.sentences import hours_and_minutes, time_beside, time_words
from time_logs.models import TimeEntry

HOUR = timedelta(hours=1)


def entry_lines(first: date, last: date, most: int) -> list[Line]:
    rows = TimeEntry.objects.happened().filter(date__range=(first, last)).defer("raw")
    return [line_of(one) for one in rows.order_by("date", "start", "pk")[:most]]


def line_of(entry: TimeEntry) -> Line:
    words = f"{time_words(entry.start)}, still running"
    if entry.end:
        length = hours_and_minutes(elapsed(entry.start, entry.end) / HOUR)
        words = f"{time_words(entry.start)} to {time_beside(entry.end, entry.date)}, {length}"
    named = (("project", entry.project), ("client", entry.client))
    names = "".join(f", {kind} {name_words(name)}" for kind, name in named if name)
    return Line(entry.date, words + names, entry.description)


register_lines(LinesOfDays("Tracked time", 50, entry_lines))
