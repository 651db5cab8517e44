from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse
from django.utils.dateformat import format as format_date

from journal.models import Behaviour
from journal.note_list import NEWEST, found_notes
from lifetracker.web.search import Asked, Finder, Named, SearchResult, by_name, register_finder

#: Of a note so much is shown.
SHOWN = 80


def find_notes(asked: Asked) -> Iterator[SearchResult]:
    for note in found_notes(asked.text, asked.today):
        title = " ".join(note.text.split())
        yield SearchResult(
            title if len(title) <= SHOWN else f"{title[:SHOWN]}…",
            reverse("journal-note", args=[note.pk]),
            f"note of {format_date(note.date, 'j M Y')}",
        )


def find_behaviours(asked: Asked) -> Iterator[SearchResult]:
    rows = Behaviour.objects.live().order_by("position", "pk").values_list("pk", "name")
    yield from by_name(
        asked,
        (
            Named((name,), name, partial(reverse, "journal-behaviour", args=[pk]), "behaviour")
            for pk, name in rows
        ),
    )


register_finder(Finder("Behaviours", "behaviours by name", 36, find_behaviours))
register_finder(
    Finder("Notes", f"your last {NEWEST:,} notes by their words and tags", 86, find_notes)
)
