from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.browser import scenes
from workouts.models import Workout

pytestmark = pytest.mark.django_db

JSON = "application/json"
TYPED = {
    "start": "2026-09-15T23:30:00+02:00",
    "end": "2026-09-16T00:15:00+02:00",
    "utc_offset_min": 120,
    "sport_name": "climbing",
    "calories": 300,
}


def test_the_list_has_all_sources_and_is_constant(
    person: Client, django_assert_num_queries: Any
) -> None:
    person.post("/api/workouts", TYPED, JSON)
    for number in range(9):
        scenes.workout(number)
    with django_assert_num_queries(4):  # session, person, count, rows
        answer = person.get("/api/workouts?days=30").json()
    assert {row["source"] for row in answer["results"]} == {"Manual", "Whoop"}
    assert answer["count"] == 10


def test_a_workout_is_typed_in_changed_and_deleted(person: Client) -> None:
    answer = person.post("/api/workouts", TYPED, JSON)
    assert answer.status_code == 201, answer.json()
    record = answer.json()
    assert (record["source"], record["date"], record["duration_min"]) == (
        "Manual",
        "2026-09-15",
        45,
    )
    path = f"/api/workouts/{record['id']}"
    changed = person.patch(path, {"end": "2026-09-16T01:00:00+02:00"}, JSON).json()
    assert (changed["duration_min"], changed["calories"]) == (90, 300)
    assert person.patch(path, {"utc_offset_min": None}, JSON).status_code == 200
    assert person.patch(path, {"calories": 310}, JSON).json()["duration_min"] == 90
    assert person.delete(path).status_code == 204
    assert not Workout.objects.live().exists()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"end": "2026-09-15T00:00:00Z"}, "end"),
        ({"start": None}, "start"),
        ({"strain": 22}, "strain"),
        ({"calories": -1}, "calories"),
        ({"sport_name": ""}, "sport_name"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    person: Client, wrong: dict[str, Any], named: str
) -> None:
    answer = person.post("/api/workouts", TYPED | wrong, JSON)
    assert answer.status_code == 400
    assert named in answer.json()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_what_whoop_sent_is_changed_there(person: Client, method: str) -> None:
    record = scenes.workout(0)
    answer = getattr(person, method)(f"/api/workouts/{record.pk}", TYPED, JSON)
    assert answer.status_code == 403
    assert "comes from WHOOP" in answer.json()["detail"]
