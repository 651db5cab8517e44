from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.dateformat import format as format_date

from fasting.models import FastingPeriod
from lifetracker.web.search import Asked, Finder, SearchResult, likely, newest, register_finder

#: The newest fasts whose notes are searched. Of most lives that is all.
NEWEST = 10_000
CANDIDATES = 100
#: Of a note so much is shown.
SHOWN = 80


def find_notes(asked: Asked) -> Iterator[SearchResult]:
    rows = likely(
        newest(FastingPeriod.objects.live(), "start", NEWEST).exclude(note=""), "note", asked.words
    )
    for pk, note, day in rows.order_by("-start").values_list("pk", "note", "date")[:CANDIDATES]:
        if asked.fits(note):
            title = " ".join(note.split())
            yield SearchResult(
                title if len(title) <= SHOWN else f"{title[:SHOWN]}…",
                reverse("fasting-edit", args=[pk]),
                f"fast of {format_date(day, 'j M Y')}",
            )


register_finder(Finder("Fasts", f"the notes of your last {NEWEST:,} fasts", 80, find_notes))
