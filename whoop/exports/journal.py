"""The answers of WHOOP's journal, each on the day that it is about."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import NamedTuple

from journal.answers import behaviour_named
from journal.models import NO, YES, Answer, Behaviour, folded_name
from lifetracker.days import ONE_DAY
from lifetracker.sync.digests import digest
from lifetracker.sync.file_imports import to_json
from lifetracker.sync.files import Refusal
from lifetracker.sync.upsert import Batch, mark_deleted, upsert
from lifetracker.sync.writer import batches_of
from whoop.exports.export import JournalAnswer, Options
from whoop.exports.outcome import JOURNAL, Outcome
from whoop.models import WHOOP_EXPORT

COLUMNS = ["source_id", "behaviour", "date", "value", "note", "raw"]


class Place(NamedTuple):
    """There is one answer to a behaviour on a day."""

    behaviour: int
    day: date


class StoredAnswer(NamedTuple):
    place: Place
    digest: str
    is_live: bool


def write_answers(outcome: Outcome, options: Options) -> None:
    """Store the answers on their days. Of two on one day, as in two wordings of a behaviour, the last one counts."""
    answers = outcome.export.answers
    if not answers:
        return
    behaviours = behaviours_of(answers)
    by_place = {place_of(one, behaviours, options): one for one in answers}
    places = {answer_id(one): place for place, one in by_place.items()}
    outcome.doubled = len(answers) - len(by_place)
    stored = stored_answers()
    hidden = in_the_way(places, stored, set(map(answer_id, answers)) - set(places))
    for some in batches_of(hidden):
        mark_deleted(Answer.objects.filter(source=WHOOP_EXPORT), some)
    outcome.changes[JOURNAL].hidden = len(set(hidden) - set(places))
    for batch in batches_of(list(by_place.items())):
        write_batch(batch, stored, outcome)


def behaviours_of(answers: list[JournalAnswer]) -> dict[str, int]:
    """Return the behaviours of the questions, by a few statements for each: an account asks some dozens."""
    questions = {folded_name(one.question): one.question for one in answers}
    return {
        key: behaviour_named(text, Behaviour.Kind.YES_NO, source=WHOOP_EXPORT).pk
        for key, text in questions.items()
    }


def place_of(answer: JournalAnswer, behaviours: dict[str, int], options: Options) -> Place:
    """Return the behaviour and the day of an answer. The app asks on waking up about the day before."""
    day = answer.woken if options.on_waking_day else answer.woken - ONE_DAY
    return Place(behaviours[folded_name(answer.question)], day)


def answer_id(answer: JournalAnswer) -> str:
    """Return an id by the question and the night, whichever day the answer is given to."""
    text = folded_name(answer.question).encode()
    return f"{hashlib.sha256(text).hexdigest()[:24]} {answer.woken}"


def stored_answers() -> dict[str, StoredAnswer]:
    """Return those of earlier imports, by one statement."""
    rows = Answer.objects.filter(source=WHOOP_EXPORT).order_by()
    columns = ("source_id", "behaviour", "date", "digest", "deleted_at")
    return {
        source_id: StoredAnswer(Place(behaviour, day), known, deleted_at is None)
        for source_id, behaviour, day, known, deleted_at in rows.values_list(*columns)
    }


def in_the_way(
    places: dict[str, Place], stored: dict[str, StoredAnswer], doubled: set[str]
) -> list[str]:
    """Return the live answers that move to another day, that stand where another one comes to stand, or in whose place
    another one counts (`doubled`)."""
    taken = set(places.values())
    return [
        source_id
        for source_id, one in stored.items()
        if one.is_live
        and (
            places[source_id] != one.place
            if source_id in places
            else one.place in taken or source_id in doubled
        )
    ]


def write_batch(
    batch: list[tuple[Place, JournalAnswer]], stored: dict[str, StoredAnswer], outcome: Outcome
) -> None:
    changes = outcome.changes[JOURNAL]
    rows = [row_of(place, one) for place, one in batch]
    digests = [digest(row) for row in rows]
    written = upsert(Batch(Answer, WHOOP_EXPORT, COLUMNS, rows, digests))
    refused = {str(row[0]): reason for row, reason in written.refused}
    for (place, answer), now in zip(batch, digests, strict=True):
        key = answer_id(answer)
        before = stored.get(key)
        if reason := refused.get(key):
            changes.rejected += 1
            text = f"the database refuses it: {reason}"
            outcome.refusals.append(Refusal(answer.where, text, answer.raw, key))
        elif before and before.is_live and before.digest == now:
            changes.unchanged += 1
        else:
            words = (
                f"{place.day} {answer.question} {'yes' if answer.yes else 'no'} ({answer.where})"
            )
            (changes.updated if before else changes.created).append(words)


def row_of(place: Place, answer: JournalAnswer) -> list[object]:
    """Return the values of COLUMNS."""
    value = YES if answer.yes else NO
    return [
        answer_id(answer),
        place.behaviour,
        place.day,
        value,
        answer.note,
        to_json(answer.raw),
    ]
