"""Behaviours, answers and notes by the API."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from journal.models import Answer, Behaviour, Note
from lifetracker.days import today
from tests import makers

pytestmark = pytest.mark.django_db
BEHAVIOURS, ANSWERS, NOTES = (f"/api/journal/{name}" for name in ("behaviours", "answers", "notes"))


def send(client: Client, method: str, path: str, status: int, **values: Any) -> Any:
    answer = client.generic(method, path, json.dumps(values), content_type="application/json")
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_a_behaviour_is_made_renamed_archived_and_deleted(person: Client) -> None:
    made = send(person, "POST", BEHAVIOURS, 201, name=" Coffee ", kind="amount", unit="cups")
    assert (made["name"], made["unit"], made["archived_at"]) == ("Coffee", "cups", None)
    one = f"{BEHAVIOURS}/{made['id']}"
    assert send(person, "PATCH", one, 200, archived=True)["archived_at"]
    assert person.get(f"{BEHAVIOURS}?archived=false").json()["results"] == []
    assert send(person, "PATCH", one, 200, archived=False)["archived_at"] is None
    assert send(person, "PATCH", one, 200, name="Espresso")["name"] == "Espresso"
    send(person, "DELETE", one, 204)
    assert person.get(BEHAVIOURS).json()["count"] == 0
    assert Behaviour.objects.get().deleted_at


def test_a_name_that_is_taken_and_a_unit_of_no_amount_are_refused(person: Client) -> None:
    makers.behaviour("Coffee")
    assert "already a behaviour" in str(send(person, "POST", BEHAVIOURS, 400, name="COFFEE"))
    refused = send(person, "POST", BEHAVIOURS, 400, name="Tea", unit="cups")
    assert refused["unit"] == ["Only an amount has a unit. Leave it empty."]


def test_wordings_are_merged_and_taken_apart(person: Client) -> None:
    one, other = makers.behaviour("Alcohol"), makers.behaviour("Any drinks?")
    makers.answer(other, 1)
    path = f"{BEHAVIOURS}/{other.pk}"
    assert send(person, "PATCH", path, 200, merged_into=one.pk)["merged_into"] == one.pk
    query = f"{ANSWERS}?start_date=2026-09-01&end_date=2026-09-30&behaviour="
    assert person.get(f"{query}{one.pk}").json()["count"] == 1
    assert send(person, "PATCH", path, 200, merged_into=None)["merged_into"] is None
    assert person.get(f"{query}{one.pk}").json()["count"] == 0
    assert person.get(f"{query}{other.pk}").json()["count"] == 1


def test_what_cannot_be_merged(person: Client) -> None:
    one = makers.behaviour("Alcohol")
    amount = makers.behaviour("Drinks", kind="amount")
    path = f"{BEHAVIOURS}/{one.pk}"
    assert "itself" in str(send(person, "PATCH", path, 400, merged_into=one.pk))
    assert "different answers" in str(send(person, "PATCH", path, 400, merged_into=amount.pk))
    assert "does not exist" in str(send(person, "PATCH", path, 400, merged_into=10**6))
    wording = makers.behaviour("Any drinks?", merged_into=one)
    third = makers.behaviour("Drank")
    refused = send(person, "PATCH", f"{BEHAVIOURS}/{third.pk}", 400, merged_into=wording.pk)
    assert "merged into another" in str(refused)


def test_wordings_go_along_with_what_they_count_for(person: Client) -> None:
    first, second, third = (makers.behaviour(name) for name in ("One", "Two", "Three"))
    send(person, "PATCH", f"{BEHAVIOURS}/{first.pk}", 200, merged_into=second.pk)
    send(person, "PATCH", f"{BEHAVIOURS}/{second.pk}", 200, merged_into=third.pk)
    assert set(Behaviour.objects.all().counts_for().values()) == {third.pk}


def test_an_answer_is_given_changed_and_taken_back(person: Client) -> None:
    one = makers.behaviour()
    day = today().isoformat()
    made = send(person, "POST", ANSWERS, 201, behaviour=one.pk, date=day, value=1)
    again = send(person, "POST", ANSWERS, 400, behaviour=one.pk, date=day, value=0)
    assert "already an answer for this day" in str(again)
    path = f"{ANSWERS}/{made['id']}"
    assert send(person, "PATCH", path, 200, value=0)["value"] == 0
    assert send(person, "PATCH", path, 400, value=0.5) == {
        "value": ["Enter 1 for yes or 0 for no."]
    }
    assert [row["value"] for row in person.get(ANSWERS).json()["results"]] == [0]
    send(person, "DELETE", path, 204)
    assert person.get(ANSWERS).json()["count"] == 0


def test_what_is_no_answer_is_refused_at_its_field(person: Client) -> None:
    one = makers.behaviour()
    tomorrow = (today() + timedelta(days=1)).isoformat()
    refused = send(person, "POST", ANSWERS, 400, behaviour=one.pk, date=tomorrow, value=2)
    assert set(refused) == {"date", "value"}
    assert "does not exist" in str(
        send(person, "POST", ANSWERS, 400, behaviour=10**6, date="2026-09-16", value=1)
    )
    wording = makers.behaviour("Drinks?", merged_into=one)
    refused = send(person, "POST", ANSWERS, 400, behaviour=wording.pk, date="2026-09-16", value=1)
    assert str(one.pk) in str(refused)


def test_answers_of_a_deleted_behaviour_are_not_listed(person: Client) -> None:
    one = makers.behaviour()
    makers.answer(one, 1)
    one.mark_deleted()
    assert person.get(f"{ANSWERS}?start_date=2026-09-01&end_date=2026-09-30").json()["count"] == 0


def test_wordings_and_their_answers_go_and_come_back_with_what_they_count_for(
    person: Client,
) -> None:
    one = makers.behaviour()
    wording = makers.behaviour("Drank", merged_into=one)
    makers.answer(wording, 1)
    send(person, "DELETE", f"{BEHAVIOURS}/{one.pk}", 204)
    assert person.get(BEHAVIOURS).json()["count"] == 0
    assert person.get(f"{ANSWERS}?start_date=2026-09-01&end_date=2026-09-30").json()["count"] == 0
    send(person, "GET", f"{BEHAVIOURS}/{wording.pk}", 404)


def test_a_unit_stays_where_there_are_answers(person: Client) -> None:
    one = makers.behaviour("Coffee", kind="amount", unit="cups")
    path = f"{BEHAVIOURS}/{one.pk}"
    assert send(person, "PATCH", path, 200, unit="mugs")["unit"] == "mugs"
    makers.answer(one, 3)
    assert "cannot change" in send(person, "PATCH", path, 400, unit="litres")["unit"][0]


def test_an_imported_answer_is_read_only(person: Client) -> None:
    imported = makers.answer(makers.behaviour(), 1, source="WhoopExport")
    send(person, "PATCH", f"{ANSWERS}/{imported.pk}", 403, value=0)


def test_notes_are_found_by_tag(person: Client) -> None:
    about = {"text": "Sea.", "tags": ["#Été", "sea"]}
    made = send(person, "POST", NOTES, 201, written_at="2026-09-16T08:00:00Z", **about)
    assert (made["date"], made["tags"]) == ("2026-09-16", ["Été", "sea"])
    days = "start_date=2026-09-01&end_date=2026-09-30"
    for tag, number in (("sea", 1), ("Été", 1), ("se", 0), ("'", 0)):
        assert person.get(f"{NOTES}?{days}&tag={tag}").json()["count"] == number, tag
    send(person, "DELETE", f"{NOTES}/{made['id']}", 204)
    assert Note.objects.get().deleted_at


def test_a_list_costs_the_same_for_any_number(
    person: Client, django_assert_num_queries: Any
) -> None:
    one = makers.behaviour()
    for back in range(5):
        makers.answer(one, 1, back)
    query = f"{ANSWERS}?start_date=2026-09-01&end_date=2026-09-30&behaviour={one.pk}"
    person.get(query)
    with django_assert_num_queries(5):
        assert person.get(query).json()["count"] == 5
    assert Answer.objects.filter(date=date(2026, 9, 16)).count() == 1
