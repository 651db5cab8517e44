"""Numbers that a person types in have bounds, in the API and in the admin. What a sync brings goes by others."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client
from django.urls import reverse

from experiments.models import Experiment
from fasting.models import FastingPeriod
from goals.models import Goal
from lifetracker.models.fields import NUMERIC, is_identifier, label_of
from lifetracker.sync.mapping import bounds
from tests.makers import MORNING
from time_logs.models import TimeEntry
from weight.models import WeighIn
from workouts.models import Workout

pytestmark = pytest.mark.django_db

HOUR = {"start": "2026-01-02T08:00:00Z", "end": "2026-01-02T09:00:00Z"}
TOTAL = {"name": "Train", "metric": "workouts.load", "kind": "total", "per": "week", "target": 5}
DAYS = TOTAL | {"kind": "days", "target": 2, "day_at_least": 5}
TRY = {
    "question": "Does it help?",
    "try_words": "fast",
    "usual_words": "eat",
    "outcome": "whoop.hrv",
    "action": "fasting.hours",
    "try_at_least": 17,
}
REACH = {"name": "Lose", "metric": "weight.trend", "kind": "reach", "target": 70}
#: What may be typed in: the path, the model, a body that is taken, and columns that want another body.
TYPED_IN: list[tuple[str, type[models.Model], dict[str, Any], dict[str, dict[str, Any]]]] = [
    ("workouts", Workout, {"sport_name": "hiking"} | HOUR, {}),
    ("weight", WeighIn, {"measured_at": HOUR["start"], "weight_kg": 70}, {}),
    ("time-entries", TimeEntry, HOUR, {}),
    ("fasting", FastingPeriod, HOUR, {}),
    (
        "goals",
        Goal,
        TOTAL,
        {
            "day_at_least": DAYS,
            "day_at_most": DAYS,
            "rolling_days": TOTAL | {"per": "rolling"},
            "start_value": REACH | {"end": "2027-01-01"},
        },
    ),
    ("experiments", Experiment, TRY, {}),
]
#: What follows from the rest, or is the service's alone.
COMPUTED = {"duration_min", "duration", "duration_hours", "attribution", "seed"}


class Number(NamedTuple):
    """A column, and a body with which it may be sent."""

    path: str
    model: type[models.Model]
    name: str
    body: dict[str, Any]


def is_typed_in(field: Any) -> bool:
    is_number = isinstance(field, NUMERIC) and not field.primary_key
    return is_number and field.name not in COMPUTED and not is_identifier(field)


NUMBERS = [
    Number(f"/api/{path}", model, field.name, others.get(field.name, body))
    for path, model, body, others in TYPED_IN
    for field in model._meta.concrete_fields
    if is_typed_in(field)
]
each_number = pytest.mark.parametrize("one", NUMBERS, ids=lambda one: f"{one.path} {one.name}")


def post(client: Client, path: str, body: dict[str, Any], name: str, number: str) -> Any:
    """Send a number as it is written."""
    text = json.dumps(body | {name: "the number"}).replace('"the number"', number)
    return client.post(path, text, "application/json")


def test_the_numbers_of_all_models_are_meant() -> None:
    found = {f"{one.path} {one.name}" for one in NUMBERS}
    known = {"/api/workouts distance_meters", "/api/weight weight_kg", "/api/goals target"}
    assert known <= found
    assert len(found) > 25


@pytest.mark.one_database
@each_number
@pytest.mark.parametrize("number", ["1e308", "-1e308", "1e999", '"NaN"', '"Infinity"'])
def test_the_api_refuses_what_cannot_be_meant(
    admin_client: Client, one: Number, number: str
) -> None:
    """Each is sent as it is written."""
    text = json.dumps(one.body | {one.name: "a number"}).replace('"a number"', number)
    answer = admin_client.post(one.path, text, "application/json")
    assert answer.status_code == 400, answer.content
    assert list(answer.json()) == [one.name]
    assert not one.model._default_manager.exists()


@pytest.mark.one_database
@each_number
@pytest.mark.parametrize("number", ["1e308", "-1e308", "NaN", "Infinity"])
def test_so_do_the_forms_of_the_admin(one: Number, number: str) -> None:
    field: Any = one.model._meta.get_field(one.name)
    with pytest.raises(ValidationError):
        field.clean(field.formfield().clean(number), one.model())


@pytest.mark.parametrize(
    ("name", "number", "text"),
    [
        ("distance_meters", "-3000", "Ensure this value is greater than or equal to 0."),
        ("distance_meters", "10000001", "Enter at most 10,000,000 m."),
        ("altitude_gain_meters", "-1", "Enter a number between 0 and 100,000 m."),
        ("altitude_change_meters", "20001", "Enter a number between -20,000 and 20,000 m."),
        ("zone_3_min", "44641", "Enter at most 44,640 min."),
        ("end", "2026-02-03T08:00:00Z", "A workout cannot be longer than 48 hours."),
    ],
)
def test_the_reason_stands_beside_the_field(
    admin_client: Client, name: str, number: str, text: str
) -> None:
    body = {"sport_name": "hiking"} | HOUR
    value: Any = number if name == "end" else float(number)
    answer = admin_client.post("/api/workouts", body | {name: value}, "application/json")
    assert (answer.status_code, answer.json()) == (400, {name: [text]})
    form = body | {name: number}
    for moment in ("start", "end"):
        form[f"{moment}_0"], form[f"{moment}_1"] = form.pop(moment).rstrip("Z").split("T")
    page = admin_client.post(reverse("admin:workouts_workout_add"), form)
    assert page.context["adminform"].form.errors == {name: [text]}


def test_a_goal_says_it_in_words(admin_client: Client) -> None:
    answer = admin_client.post("/api/goals", TOTAL | {"target": 1e12}, "application/json")
    text = "Enter a number between -1,000,000,000 and 1,000,000,000."
    assert (answer.status_code, answer.json()) == (400, {"target": [text]})


def test_no_sync_goes_by_them() -> None:
    """What WHOOP says of an altitude is stored, however it was measured."""
    for name in ("altitude_gain_meters", "altitude_change_meters"):
        assert bounds(Workout._meta.get_field(name)) == (None, None)
    assert bounds(Workout._meta.get_field("distance_meters")) == (0, None)
    Workout.objects.create(
        source="Whoop",
        sport_name="flight",
        date=MORNING.date(),
        start=MORNING,
        end=MORNING,
        duration_min=0,
        altitude_gain_meters=-250_000,
    )


def test_the_description_of_the_api_has_them(admin_client: Client) -> None:
    described = admin_client.get("/api/schema?format=json").json()["components"]["schemas"]
    asked = described["WorkoutRequest"]["properties"]
    assert asked["altitude_change_meters"]["minimum"] == -20_000
    assert (asked["zone_1_min"]["minimum"], asked["zone_1_min"]["maximum"]) == (0, 44_640)
    assert "maximum" not in described["Workout"]["properties"]["distance_meters"]
    assert label_of(Workout._meta.get_field("distance_meters")) == "Distance (m)"
