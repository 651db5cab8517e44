"""An answer by one tap, taken back by another, and undone."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction

from journal.models import Answer, Behaviour
from lifetracker.models import MANUAL

SALT = "journal.answer"
#: A button carries its value with so many places after the point.
PLACES = 9


class State(NamedTuple):
    """What was typed in for a behaviour and a day: `value` is None where there was no answer."""

    behaviour: int
    day: date
    value: float | None
    note: str = ""


class Change(NamedTuple):
    before: State
    after: State


class ChangedMeanwhile(Exception):
    """The answer is another one than the page showed. `now`: what it is."""

    def __init__(self, now: State) -> None:
        super().__init__("The answer was changed since.")
        self.now = now


def typed_in(behaviour: Behaviour, day: date) -> Answer | None:
    """Return the answer that was typed in for a day: the live one, else the one that was taken back last."""
    rows = Answer.objects.filter(behaviour=behaviour, date=day, source=MANUAL)
    return rows.live().first() or rows.order_by("-deleted_at", "-pk").first()


def state_of(behaviour: Behaviour, day: date) -> State:
    found = typed_in(behaviour, day)
    if found is None or found.deleted_at:
        return State(behaviour.pk, day, None)
    return State(behaviour.pk, day, found.value, found.note)


def answer(behaviour: Behaviour, day: date, value: float, note: str | None = None) -> Change:
    """Store what the answer to a behaviour on a day is. The note stays where none is given. Raises ValidationError for what
    is no answer to it."""
    with Answer.objects.locked():
        before = state_of(behaviour, day)
        found = typed_in(behaviour, day) or Answer(behaviour=behaviour, date=day)
        if found.deleted_at:
            found.deleted_at, found.note = None, ""
        found.value = value
        found.note = found.note if note is None else note
        found.full_clean()
        found.save()
        return Change(before, State(behaviour.pk, day, found.value, found.note))


def take_back(behaviour: Behaviour, day: date, value: float) -> Change:
    """Take back the answer that has this value, if it was not already. Raises ChangedMeanwhile where it has another one."""
    with Answer.objects.locked():
        before = state_of(behaviour, day)
        if before.value is not None and round(before.value, PLACES) != value:
            raise ChangedMeanwhile(before)
        return _none(behaviour, before)


def _none(behaviour: Behaviour, before: State) -> Change:
    found = typed_in(behaviour, before.day)
    if found and not found.deleted_at:
        found.mark_deleted()
    return Change(before, State(behaviour.pk, before.day, None))


def signed(change: Change) -> str:
    """Return a change as an address can carry it, so that nobody else makes one up."""
    before, after = change
    values = [before.behaviour, before.day.isoformat(), before.value, before.note]
    return signing.dumps([*values, after.value, after.note], salt=SALT, compress=True)


@transaction.atomic
def put_back(text: str) -> State:
    """Give a day the answer again that it had before. Raises ValidationError for what was not signed here, and where the
    behaviour is gone; ChangedMeanwhile where another answer was given since."""
    try:
        pk, day, value, note, value_after, note_after = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        raise ValidationError("This cannot be undone any more.") from None
    behaviour = Behaviour.objects.live().filter(pk=pk).first()
    if behaviour is None:
        raise ValidationError("The behaviour was deleted.")
    before = State(pk, date.fromisoformat(day), value, note)
    with Answer.objects.locked():
        now = state_of(behaviour, before.day)
        if now not in {before, State(pk, before.day, value_after, note_after)}:
            raise ChangedMeanwhile(now)
        if value is None:
            _none(behaviour, now)
        else:
            answer(behaviour, before.day, value, note)
    return before
