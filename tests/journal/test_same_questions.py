"""Two behaviours that ask the same in other words: offered to be merged on the journal's page, and never merged by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from journal.models import Behaviour
from journal.same_questions import QUESTIONS, folded_question, same_questions
from lifetracker.sandbox.whoop.export_words import QUESTIONS as ASKED
from tests import makers

pytestmark = pytest.mark.django_db
ENGLISH, GERMAN = "Have any alcoholic drinks?", "Alkohol getrunken?"


def asked(name: str, *values: float | None, **fields: Any) -> Behaviour:
    """Return a behaviour with answers, the newest first; None is no answer."""
    one = makers.behaviour(name, **fields)
    for back, value in enumerate(values):
        if value is not None:
            makers.answer(one, value, days_ago=back)
    return one


def offered() -> list[tuple[str, str, int]]:
    rows = list(Behaviour.objects.live().order_by("position", "pk"))
    return [(pair.one.name, pair.into.name, pair.both) for pair in same_questions(rows)]


def test_two_languages_with_the_same_answers() -> None:
    asked(ENGLISH, 1, 0, 0, None, 1)
    asked(GERMAN, 1, 0, 0, 1, None)
    assert offered() == [(GERMAN, ENGLISH, 3)]


def test_two_wordings_one_after_the_other() -> None:
    asked("Any alcohol?", 1, 0)
    asked(ENGLISH, None, None, 1, 0)
    assert offered() == [(ENGLISH, "Any alcohol?", 0)]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Koffein getrunken?", "yes_no"), (GERMAN, "scale"), ("Alkohol", "yes_no")],
)
def test_other_questions_are_not_offered(name: str, kind: str) -> None:
    asked(ENGLISH, 1, 1, 1)
    asked(name, 1, 1, 1, kind=kind)
    assert offered() == []


def test_answers_that_differ_are_no_same_question() -> None:
    asked(ENGLISH, 1, 0, 0, 1)
    asked(GERMAN, 0, 1, 0, 1)
    assert offered() == []


def test_a_slip_in_twenty_answers_is_said() -> None:
    one = asked(ENGLISH, *[1.0] * 20)
    asked(GERMAN, 0.0, *[1.0] * 19)
    (pair,) = same_questions(list(Behaviour.objects.order_by("pk")))
    assert pair.into == one
    assert pair.why == "20 days have an answer to both, the same on 19 of them."
    assert pair._replace(both=1, apart=0).why == "1 day has an answer to both, always the same."
    assert pair._replace(both=0, apart=0).why == "No day has an answer to both."


def test_what_is_still_asked_stays_in_its_place() -> None:
    asked(ENGLISH, 1, archived_at=timezone.now())
    asked(GERMAN, 1)
    assert offered() == [(ENGLISH, GERMAN, 1)]


def test_the_page_offers_it_and_only_its_owner_merges(person: Client) -> None:
    one, other = asked(ENGLISH, 1, 0), asked(GERMAN, 1, 0)
    page = person.get("/journal/")
    assert "seem to ask the same. 2 days have an answer to both" in page.text
    other.refresh_from_db()
    assert other.merged_into is None
    path = f"/journal/behaviours/{other.pk}/merge"
    assert path in page.text
    person.post(path, {"into": one.pk})
    other.refresh_from_db()
    assert other.merged_into == one
    assert "seem to ask the same" not in person.get("/journal/").text


def test_it_costs_one_statement_and_none_without_a_pair(person: Client) -> None:
    asked(ENGLISH, 1, 0)
    person.get("/journal/")
    with CaptureQueriesContext(connection) as before:
        person.get("/journal/")
    asked(GERMAN, 1, 0)
    for name in ("Felt ill?", "Krank gefühlt?"):
        asked(name, 1, 1)
    with CaptureQueriesContext(connection) as after:
        person.get("/journal/")
    assert len(after) == len(before) + 1


@pytest.mark.one_database
def test_each_wording_belongs_to_one_question() -> None:
    every = [folded_question(text) for group in QUESTIONS for text in group]
    assert len(every) == len(set(every))


@pytest.mark.one_database
def test_what_the_stand_in_asks_is_known_in_every_language() -> None:
    groups = [{folded_question(text) for text in group} for group in QUESTIONS]
    for texts in zip(*ASKED.values(), strict=True):
        assert any({folded_question(text) for text in texts} <= group for group in groups), texts
