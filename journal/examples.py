"""The journal of the person whose life the demo shows."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from journal.answers import behaviour_named
from journal.merging import merge
from journal.models import Answer, Behaviour, Note
from lifetracker.days import home_offset, local_date
from lifetracker.sandbox import habits

#: What the ids of made-up rows begin with.
MADE_UP = "demo "
ROWS = 2000
KIND = Behaviour.Kind
ASKED = {
    habits.MOOD: (KIND.SCALE, ""),
    habits.ALCOHOL: (KIND.YES_NO, ""),
    habits.COFFEE: (KIND.AMOUNT, "cups"),
    habits.READING: (KIND.YES_NO, ""),
    habits.OLD_ALCOHOL: (KIND.YES_NO, ""),
}


@transaction.atomic
def add_example_journal(written: habits.Journal) -> int:
    """Store what is newer than the journal that is there, and return how many answers were added. What its reader has
    changed, deleted or answered meanwhile stays so."""
    known = Answer.objects.filter(source_id__startswith=MADE_UP)
    last = known.aggregate(last=Max("date"))["last"]
    # What was answered of the last day may have been half of it.
    new = [one for one in written.answers if last is None or one.date >= last]
    asked = example_behaviours() if last is None else stored_behaviours()
    rows = [row for one in new if (row := row_of(one, asked))]
    before = known.count()
    Answer.objects.bulk_create(rows, batch_size=ROWS, ignore_conflicts=True)
    add_notes(written.notes)
    return known.count() - before


def example_behaviours() -> dict[str, Behaviour]:
    """Add what she is asked. Her first wording of one of them counts for the one that she has now."""
    found = {name: behaviour_named(name, *asked) for name, asked in ASKED.items()}
    merge(found[habits.OLD_ALCOHOL], found[habits.ALCOHOL])
    return found


def stored_behaviours() -> dict[str, Behaviour]:
    return {one.name: one for one in Behaviour.objects.live().filter(name__in=ASKED)}


def row_of(one: habits.Answered, asked: dict[str, Behaviour]) -> Answer | None:
    """Return the row of an answer; None where its reader has deleted or renamed what it is about."""
    behaviour = asked.get(one.behaviour)
    if behaviour is None:
        return None
    row = Answer(behaviour=behaviour, date=one.date, value=one.value)
    row.source_id = f"{MADE_UP}{one.behaviour} {one.date}"
    return row


def add_notes(noted: list[habits.Noted]) -> None:
    known = Note.objects.filter(source_id__startswith=MADE_UP)
    last = known.aggregate(last=Max("written_at"))["last"]
    rows = [note_of(one) for one in noted if last is None or one.at > last]
    Note.objects.bulk_create(rows, batch_size=ROWS)


def note_of(one: habits.Noted) -> Note:
    offset = home_offset(one.at, ZoneInfo(one.zone))
    moved = None if offset == home_offset(one.at) else offset
    row = Note(written_at=one.at, text=one.text, tags=list(one.tags), utc_offset_min=moved)
    row.source_id = f"{MADE_UP}{one.at.isoformat()}"
    row.date = local_date(one.at, moved)
    return row
