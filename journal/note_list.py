"""The notes that a page shows: those of a month, or those that are searched for."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from journal.has_tag import HasTag
from journal.models import LONGEST_TAG, Note
from lifetracker.web.search import asked_for, likely, newest

#: The newest notes that are searched. Of most lives that is all.
NEWEST = 10_000
CANDIDATES = 500


def notes_between(first: date, last: date) -> QuerySet[Note]:
    rows: QuerySet[Note] = Note.objects.live().filter(date__range=(first, last))
    return rows.order_by("-written_at", "-pk").defer("raw")


def notes_with_tag(tag: str) -> QuerySet[Note]:
    rows: QuerySet[Note] = newest(Note.objects.live(), "written_at", NEWEST)
    return (
        rows.filter(HasTag("tags", tag[:LONGEST_TAG])).order_by("-written_at", "-pk").defer("raw")
    )


def found_notes(text: str, today: date) -> list[Note]:
    """Return the notes that have each of the words in their text or among their tags, the newest first. `#walk` finds what
    `walk` does, as no tag has the sign itself."""
    words = " ".join(word.lstrip("#") for word in text.split())
    asked = asked_for(words, today, is_staff=False)
    if not asked.words:
        return []
    rows = newest(Note.objects.live(), "written_at", NEWEST)
    fitting = Q(pk__in=likely(rows, "text", asked.words).values("pk"))
    for word in asked.text.split():
        for tag in dict.fromkeys([word, word.lower(), word.capitalize()]):
            fitting |= Q(HasTag("tags", tag))
    found = rows.filter(fitting).order_by("-written_at", "-pk").defer("raw")[:CANDIDATES]
    return [note for note in found if asked.fits(note.text, *note.tags)]
