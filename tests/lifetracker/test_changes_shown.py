"""Old values as pages, the admin and the API show them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lifetracker.models import Preferences, Revision, SyncRun
from lifetracker.models.revisions import changed_by
from lifetracker.web.changes import MOST, changes_of
from projects.models import Project
from tests import makers
from tests.lifetracker.test_two_windows import eaten
from weight.models import WeighIn
from whoop.models import WhoopRecovery
from workouts.models import Workout

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 4, 6, 20, tzinfo=UTC)


def sentences(record: Any, reader: str = "") -> list[str]:
    return [change.sentence for change in changes_of([record], reader).shown]


def recovery() -> WhoopRecovery:
    return WhoopRecovery.objects.create(
        source="Whoop", source_id="1", cycle_id=1, date=date(2026, 5, 4), recovery_score=61
    )


def workout(**values: Any) -> Workout:
    about: dict[str, Any] = {
        "start": START,
        "end": START + timedelta(hours=1),
        "date": START.date(),
        "duration_min": 60,
        "sport_name": "running",
    }
    return Workout.objects.create(**about | values)


# --- Sentences ------------------------------------------------------------------------------------


def test_a_service_changes_a_value_twice() -> None:
    record = recovery()
    run = SyncRun.objects.create(source="Whoop", kind="manual")
    for score in (58, None):
        record.recovery_score = score
        with changed_by(run.pk):
            record.save()
    assert sentences(record) == [
        "WHOOP changed the recovery score from 58 % to not known.",
        "WHOOP changed the recovery score from 61 % to 58 %.",
    ]
    run.delete()
    assert sentences(record)[1] == "WHOOP changed the recovery score from 61 % to 58 %."


def test_several_values_are_said_in_their_units(settings: Any) -> None:
    record = workout(distance_meters=5200, strain=9.14)
    with changed_by(name=lambda: "robin"):
        record.end, record.duration_min = START + timedelta(minutes=90), 90
        record.distance_meters, record.strain, record.sport_name = 5900.0, 9.11, "rowing"
        record.save()
    (said,) = sentences(record, "robin")
    assert said.startswith("You changed ")
    assert "the end from 4 May 2026, 07:20 to 4 May 2026, 07:50" in said
    assert "the duration from 1 h to 1 h 30" in said
    assert "from 5.2 km to 5.9 km" in said
    assert "the strain from 9.14 to 9.11" in said
    assert "the sport from “running” to “rowing”" in said
    assert sentences(record, "kim")[0].startswith("robin changed ")
    assert sentences(record)[0].startswith("robin changed ")


def test_weights_are_said_as_the_owner_reads_them() -> None:
    record = makers.weigh_in(kg=70)
    record.weight_kg = 70.02
    record.save()
    assert sentences(record) == ["A command changed the weight from 70.00 kg to 70.02 kg."]
    Preferences.objects.update_or_create(pk=1, defaults={"mass": "lb"})


def test_a_time_is_said_without_the_date_that_it_moved() -> None:
    record = makers.weigh_in(kg=70, measured_at=START)
    record.measured_at, record.date = START + timedelta(days=1), date(2026, 5, 5)
    record.save()
    assert sentences(record) == [
        "A command changed the time it was weighed from 4 May 2026, 06:20 to 5 May 2026, 06:20."
    ]
    night = recovery()
    night.date = date(2026, 5, 5)
    night.save()
    assert sentences(night) == ["WHOOP changed the date from 4 May 2026 to 5 May 2026."]


def test_yes_and_no_are_said_of_a_word() -> None:
    entry = makers.entry(1, billable=True)
    entry.billable = False
    entry.save()
    assert sentences(entry) == ["A command changed “billable” from yes to no."]


def test_deletions_and_returns_are_said() -> None:
    record = workout()
    with changed_by(name=lambda: "robin"):
        record.mark_deleted()
        record.deleted_at = None
        record.strain = 3.5
        record.save()
    assert sentences(record, "robin") == [
        "You brought it back and changed the strain from not known to 3.5.",
        "You deleted it.",
    ]


def test_a_column_that_is_gone_and_a_value_without_words() -> None:
    record = makers.measure_group(raw=None)
    about = {"record_type": "weight.MeasureGroup", "record_id": record.pk}
    Revision.objects.create(**about, kind="changed", changed_at=START, old_values={"gone": 1})
    assert sentences(record) == ["Withings changed it."]


def test_the_newest_are_shown() -> None:
    record = makers.weigh_in(kg=60)
    for kg in range(61, 61 + MOST + 1):
        record.weight_kg = kg
        record.save()
    found = changes_of([record])
    assert (len(found.shown), found.is_cut) == (MOST, True)
    assert changes_of([]).shown == ()


# --- Pages and the admin --------------------------------------------------------------------------


def test_the_pages_of_records_say_what_changed(admin_client: Client) -> None:
    records: dict[str, Any] = {}
    weigh_in = makers.weigh_in(kg=70, source="Withings", source_id="9")
    weigh_in.weight_kg = 71
    records[reverse("weigh-in", args=[weigh_in.pk])] = weigh_in
    ride = workout()
    ride.strain = 8
    records[reverse("workout", args=[ride.pk])] = ride
    entry, own_entry = makers.entry(source="Toggl", source_id="5"), makers.entry(1)
    for one in (entry, own_entry):
        one.description = "Review"
        records[reverse("time-entry", args=[one.pk])] = one
    fast, own_fast = makers.fast(source="Zero", source_id="7"), makers.fast(1)
    for one in (fast, own_fast):
        one.goal_hours = 18
        records[reverse("fasting-edit", args=[one.pk])] = one
    note = makers.note()
    note.text = "A long walk."
    records[reverse("journal-note", args=[note.pk])] = note
    intention = makers.intention()
    intention.kept = "partly"
    records[reverse("intention", args=[intention.pk])] = intention
    value = makers.own_value(makers.own_metric())
    value.value = 90
    records[reverse("own-value", args=[value.pk])] = value
    score = recovery()
    score.recovery_score = 58
    records[reverse("whoop-day", args=["2026-05-04"])] = score
    records |= edited_records()
    for path, record in records.items():
        assert "Show what changed" not in admin_client.get(path).text, path
        record.save()
        with CaptureQueriesContext(connection) as asked:
            page = admin_client.get(path)
        assert page.status_code == 200
        assert "Show what changed" in page.text, path
        assert sentences(record)[0] in page.text.replace("&#x27;", "'"), path
        about = [one["sql"] for one in asked if Revision._meta.db_table in one["sql"]]
        assert len(about) == 1, path


def edited_records() -> dict[str, Any]:
    """Return what a person typed in by the address of its page, each with a change that is not stored yet."""
    records: dict[str, Any] = {}
    habit = makers.behaviour()
    habit.name = "Wine"
    records[reverse("journal-behaviour", args=[habit.pk])] = habit
    imported = makers.note(source="Elsewhere", source_id="8")
    imported.text = "A short walk."
    records[reverse("journal-note", args=[imported.pk])] = imported
    goal = makers.goal()
    goal.notes = "For the spring."
    records[reverse("goal", args=[goal.pk])] = goal
    project = Project.objects.create(name="House")
    project.notes = "The roof first."
    records[reverse("project", args=[project.pk])] = project
    item = eaten()
    item.meal.note = "At noon."
    records[reverse("nutrition-meal", args=[item.meal.pk])] = item.meal
    item.amount = 150
    records[reverse("nutrition-item", args=[item.pk])] = item
    food = makers.food("Oats")
    food.kcal = 61
    records[reverse("food", args=[food.pk])] = food
    return records


def test_the_page_of_a_meal_has_what_changed_of_its_parts(admin_client: Client) -> None:
    item = eaten()
    item.amount = 150
    item.save()
    page = admin_client.get(reverse("nutrition-meal", args=[item.meal.pk])).text
    assert ", meal item: A command changed the amount from 200 to 150" in page


def test_what_became_of_a_behaviour_is_said_in_words() -> None:
    one, other = makers.behaviour("Wine"), makers.behaviour("Alcohol")
    one.archived_at = START
    one.save()
    one.merged_into = other
    one.save()
    assert sentences(one) == [
        "A command changed what it is merged into.",
        "A command changed the time it was archived from not known to 4 May 2026, 06:20.",
    ]


def test_the_admin_lists_them_and_shows_them_on_the_record(admin_client: Client) -> None:
    record = makers.weigh_in(kg=70)
    page = reverse("admin:weight_weighin_change", args=[record.pk])
    assert "Nothing has changed." in admin_client.get(page).text
    record.weight_kg = 72
    record.save()
    assert "from 70 kg to 72 kg" in admin_client.get(page).text.replace(".0 kg", " kg")
    listing = admin_client.get(reverse("admin:lifetracker_revision_changelist"))
    assert f"weight.WeighIn:{record.pk}" in listing.text
    kept = Revision.objects.get()
    one = admin_client.get(reverse("admin:lifetracker_revision_change", args=[kept.pk]))
    assert "weight_kg" in one.text
    assert (
        admin_client.post(
            reverse("admin:lifetracker_revision_delete", args=[kept.pk]), {"post": "yes"}
        ).status_code
        == 403
    )


# --- The API --------------------------------------------------------------------------------------


def test_the_api_lists_them(person: Client) -> None:
    record, other = makers.weigh_in(kg=70), makers.weigh_in(1, kg=80)
    run = SyncRun.objects.create(source="Withings", kind="manual")
    for kg in (71, 72):
        record.weight_kg = kg
        with changed_by(run.pk):
            record.save()
    other.delete()
    every = person.get("/api/revisions").json()
    assert every["count"] == 3
    assert every["results"][0]["old_values"]["weight_kg"] == 80
    answer = person.get(f"/api/revisions?record=weight.WeighIn:{record.pk}&page=1").json()
    assert [one["old_values"] for one in answer["results"]] == [
        {"weight_kg": 71.0},
        {"weight_kg": 70.0},
    ]
    first = answer["results"][0]
    assert first["record"] == f"weight.WeighIn:{record.pk}"
    assert (first["kind"], first["run"], first["changed_by"]) == ("changed", run.pk, "")
    assert datetime.fromisoformat(first["changed_at"]) <= timezone.now()
    assert person.get("/api/revisions?record=workouts.Workout:99").json()["count"] == 0


@pytest.mark.parametrize(
    "record",
    [
        *("", "12", "weight.WeighIn", "weight.WeighIn:", "weight.WeighIn:x", "auth.User:1"),
        *("weight.Nothing:1", f"weight.WeighIn:{10**30}", "weight.WeighIn:-1", "weight.WeighIn:٣"),
    ],
)
def test_a_record_that_cannot_be_is_refused_by_name(person: Client, record: str) -> None:
    answer = person.get("/api/revisions", {"record": record})
    assert answer.status_code == 400
    assert list(answer.json()) == ["record"]


def test_a_proxy_is_its_record(person: Client) -> None:
    record = workout(source="Whoop", source_id="x")
    record.strain = 4
    record.save()
    answer = person.get(f"/api/revisions?record=whoop.WhoopWorkout:{record.pk}").json()
    assert answer["results"][0]["record"] == f"workouts.Workout:{record.pk}"


def test_a_request_is_by_its_account(person: Client) -> None:
    record = makers.weigh_in(kg=70)
    path = f"/api/weight/{record.pk}"
    changed = person.patch(path, {"weight_kg": 71}, content_type="application/json")
    assert changed.status_code == 200, changed.text
    assert WeighIn.objects.get().weight_kg == 71
    assert Revision.objects.get().changed_by
