"""The journal for AI clients: writing a note."""

from __future__ import annotations

from typing import Annotated

from django.utils import timezone
from msgspec import Meta, Struct

from journal.api import NoteSerializer
from journal.models import LONGEST_TAG, MOST_TAGS, Note
from lifetracker.models import MANUAL
from lifetracker.tools.caller import Caller
from lifetracker.tools.declaration import Told, tool
from lifetracker.tools.said import reference


class NewNote(Struct):
    text: Annotated[str, Meta(min_length=1, max_length=50_000, description="What to write down.")]
    tags: Annotated[
        list[Annotated[str, Meta(max_length=LONGEST_TAG)]],
        Meta(max_length=MOST_TAGS, description="Words to find it by, without #."),
    ] = []
    written_at: Annotated[
        str, Meta(description="The moment, as 2026-09-16T07:00 or with an offset. Default: now.")
    ] = ""


@tool(
    title="Write a note",
    description="""Writes a note into the journal, in its owner's name. Only do so when they ask for it. They can
    change and delete it on the page of the journal.""",
    writes=True,
    domain="journal",
)
def add_note(caller: Caller, asked: NewNote) -> Told:
    form = NoteSerializer(
        data={
            "text": asked.text,
            "tags": asked.tags,
            "written_at": asked.written_at or timezone.now().isoformat(),
        }
    )
    form.is_valid(raise_exception=True)
    note: Note = form.save(source=MANUAL)
    return Told(
        {
            "record": reference(Note, note.pk),
            "date": note.date,
            "written_at": note.written_at,
            "missing": [],
        },
        1,
    )
