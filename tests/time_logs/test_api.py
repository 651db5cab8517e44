from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.makers import MORNING, entry
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

JSON = "application/json"


def test_nobody_reads_without_a_login(client: Client) -> None:
    for path in ("", "/1", "/totals", "/overlaps"):
        assert client.get(f"/api/time-entries{path}").status_code == 401


def test_the_list_is_newest_first_and_constant(
    person: Client, django_assert_num_queries: Any
) -> None:
    for number in range(10):
        entry(number, 10 + number, tags=["focus"])
    with django_assert_num_queries(4):  # session, person, count, rows
        answer = person.get("/api/time-entries?days=5").json()
    assert [row["duration"] for row in answer["results"]] == [600, 660, 720, 780, 840]
    first = answer["results"][0]
    assert (first["tags"], first["running"], first["source"]) == (["focus"], False, "Manual")
    assert not {"raw", "digest", "project_ref"} & first.keys()


def test_an_entry_is_typed_in_changed_and_deleted(person: Client) -> None:
    typed = {
        "start": "2026-09-15T22:00:00+02:00",
        "end": "2026-09-16T00:30:00+02:00",
        "project": "Website",
        "client": "Acme",
        "tags": ["focus"],
        "billable": True,
    }
    answer = person.post("/api/time-entries", typed, JSON)
    assert answer.status_code == 201, answer.json()
    record = answer.json()
    assert (record["duration"], record["date"], record["source"]) == (9000, "2026-09-15", "Manual")
    path = f"/api/time-entries/{record['id']}"
    assert person.patch(path, {"end": None}, JSON).json()["running"] is True
    assert person.get(path).json()["duration"] is None
    assert person.delete(path).status_code == 204
    assert not TimeEntry.objects.live().exists()


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ({}, "start"),
        ({"start": "2026-09-16T05:00:00Z", "end": "2026-09-16T04:00:00Z"}, "end"),
        ({"start": "2026-09-16T05:00:00Z", "tags": "focus"}, "tags"),
        ({"start": "2026-09-16T05:00:00Z", "tags": [{"a": 1}]}, "tags"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    person: Client, typed: dict[str, Any], named: str
) -> None:
    answer = person.post("/api/time-entries", typed, JSON)
    assert answer.status_code == 400
    assert named in answer.json()


def test_an_end_before_the_stored_start_is_refused(person: Client) -> None:
    record = entry()
    answer = person.patch(f"/api/time-entries/{record.pk}", {"end": "2026-09-01T00:00:00Z"}, JSON)
    assert answer.status_code == 400
    assert "end" in answer.json()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_what_toggl_sent_is_changed_there(person: Client, method: str) -> None:
    record = entry(source="Toggl", source_id="1")
    answer = getattr(person, method)(f"/api/time-entries/{record.pk}", {"project": "X"}, JSON)
    assert answer.status_code == 403
    assert "comes from Toggl" in answer.json()["detail"]


def test_totals(person: Client, django_assert_num_queries: Any) -> None:
    entry(0, 60, project="Website", client="Acme", tags=["focus"])
    entry(1, 30, project="Website", client="Acme")
    entry(0.05, None, project="Reading")
    with django_assert_num_queries(4):  # session, person, entries, running
        days = person.get("/api/time-entries/totals").json()
    assert days["totals"] == [
        {"date": "2026-09-15", "seconds": 1800},
        {"date": "2026-09-16", "seconds": 3600},
    ]
    assert [row["project"] for row in days["running"]] == ["Reading"]
    found = {
        by: person.get(f"/api/time-entries/totals?by={by}").json()["totals"]
        for by in ("project", "client", "tag")
    }
    assert found == {
        "project": [{"project": "Website", "client": "Acme", "seconds": 5400}],
        "client": [{"client": "Acme", "seconds": 5400}],
        "tag": [{"tag": "focus", "seconds": 3600}, {"tag": "", "seconds": 1800}],
    }


def test_an_unknown_grouping_is_refused_by_name(person: Client) -> None:
    answer = person.get("/api/time-entries/totals?by=mood")
    assert answer.status_code == 400
    assert "by" in answer.json()


def test_overlaps(person: Client, django_assert_num_queries: Any) -> None:
    entry(0, 60, project="A")
    entry(0, 30, project="B")
    with django_assert_num_queries(3):
        found = person.get("/api/time-entries/overlaps").json()
    assert [(pair["first"]["project"], pair["second"]["project"]) for pair in found] == [("A", "B")]
    assert found[0]["seconds"] == 1800


def test_what_is_gone_is_not_there(person: Client) -> None:
    record = entry(deleted_at=MORNING)
    assert person.get(f"/api/time-entries/{record.pk}").status_code == 404
    assert person.get("/api/time-entries").json()["count"] == 0
