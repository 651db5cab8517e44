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


class State(NamedTuple):
    """What was typed in for a behaviour and a day: `value` is None where there was no answer."""

    behaviour: int
    day: date
    value: float | None
    note: str = ""


def typed_in(behaviour: Behaviour, day: date) -> Answer | None:
    """Return the answer that was typed in for a day: the live one, else the one that was taken back last."""
    rows = Answer.objects.filter(behaviour=behaviour, date=day, source=MANUAL)
    return rows.live().first() or rows.order_by("-deleted_at", "-pk").first()


def state_of(behaviour: Behaviour, day: date) -> State:
    found = typed_in(behaviour, day)
    if found is None or found.deleted_at:
        return State(behaviour.pk, day, None)
    return State(behaviour.pk, day, found.value, found.note)


def answer(behaviour: Behaviour, day: date, value: float | None, note: str | None = None) -> State:
    """Store what the answer to a behaviour on a day is, None for no answer, and return what it was before. The note stays
    where none is given. Raises ValidationError for what is no answer to it."""
    with Answer.objects.locked():
        before = state_of(behaviour, day)
        found = typed_in(behaviour, day)
        if value is None:
            if found and not found.deleted_at:
                found.mark_deleted()
            return before
        found = found or Answer(behaviour=behaviour, date=day)
        if found.deleted_at:
            found.deleted_at, found.note = None, ""
        found.value = value
        found.note = found.note if note is None else note
        found.full_clean()
        found.save()
    return before


def signed(state: State) -> str:
    """Return a state as an address can carry it, so that nobody else makes one up."""
    values = [state.behaviour, state.day.isoformat(), state.value, state.note]
    return signing.dumps(values, salt=SALT, compress=True)


@transaction.atomic
def put_back(text: str) -> State:
    """Give a day the answer again that it had before. Raises ValidationError for what was not signed here, and where the
    behaviour is gone."""
    try:
        behaviour, day, value, note = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        raise ValidationError("This cannot be undone any more.") from None
    found = Behaviour.objects.live().filter(pk=behaviour).first()
    if found is None:
        raise ValidationError("The behaviour was deleted.")
    state = State(behaviour, date.fromisoformat(day), value, note)
    answer(found, state.day, state.value, state.note)
    return state
