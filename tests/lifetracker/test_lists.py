"""Lists go from columns to JSON without a serializer's fields: they must say the same as those do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import post_init
from django.test import Client
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import BaseSerializer, ModelSerializer, SerializerMethodField

from fasting.api import FastSerializer
from fasting.models import FastingPeriod
from github_projects.api import JobSerializer, RepositorySerializer
from github_projects.models import GITHUB, Repository
from lifetracker.api.serializers import columns_of
from lifetracker.models import SyncRun
from tests import databases
from tests.conftest import NOW, run
from tests.makers import MORNING, entry, fast, repository, weigh_in
from time_logs.api import TimeEntrySerializer
from time_logs.models import TimeEntry
from weight.api import WeighInSerializer
from weight.models import WeighIn
from whoop.api import CycleSerializer, RecoverySerializer, SleepSerializer
from whoop.api import WorkoutSerializer as WhoopWorkoutSerializer
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep, WhoopWorkout
from workouts.api import WorkoutSerializer
from workouts.models import Workout

# Path, serializer, and the key by which a row is found.
WHOOP_LISTS = [
    ("/api/whoop/recovery", RecoverySerializer, WhoopRecovery, "cycle_id"),
    ("/api/whoop/sleep", SleepSerializer, WhoopSleep, "sleep_id"),
    ("/api/whoop/cycles", CycleSerializer, WhoopCycle, "cycle_id"),
    ("/api/whoop/workouts", WhoopWorkoutSerializer, WhoopWorkout, "workout_id"),
]
DOMAINS = [
    ("/api/workouts", WorkoutSerializer, Workout, "id"),
    ("/api/weight", WeighInSerializer, WeighIn, "id"),
    ("/api/time-entries", TimeEntrySerializer, TimeEntry, "id"),
    ("/api/fasting", FastSerializer, FastingPeriod, "id"),
    ("/api/github/projects", RepositorySerializer, Repository, "id"),
    ("/api/github/refresh/jobs", JobSerializer, SyncRun, "id"),
]
# These are listed whole.
WITHOUT_DAYS = {"/api/github/projects", "/api/github/refresh/jobs"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


def read_some_weeks() -> None:
    for source in ("Whoop", "Withings", "Toggl"):
        run(source, days=60)


@pytest.fixture
def life(whoop: Any, withings: Any, toggl: Any, settings: Any) -> None:
    """Some weeks from the stand-ins, where days are not those of UTC, and what is odd by hand."""
    settings.TIME_ZONE = "Europe/Berlin"
    databases.once(read_some_weeks)
    later = timedelta(microseconds=123_456)
    weigh_in(measured_at=MORNING + later, weight_kg="70.1234", fat_ratio="18.5", attribution=1)
    entry(0, None, tags=["R&D, deep", "ü"], description="«»\u2028")
    fast(1, 16.123456)
    fast(0, None)
    repository("portal", deleted_at=MORNING + later, languages={"Python": 12})
    SyncRun.objects.create(source=GITHUB, kind="full", status="success", finished_at=MORNING)


@pytest.fixture
def reader(client: Client, life: None) -> Client:
    client.force_login(User.objects.create_user("robin"))
    return client


def listing(reader: Client, path: str) -> Any:
    return reader.get(path, {} if path in WITHOUT_DAYS else {"days": 60}).json()


def as_one(serializer: type[BaseSerializer[Any]], instance: Any) -> Any:
    return json.loads(JSONRenderer().render(serializer(instance).data))


def instants(answer: Any) -> Iterator[str]:
    """Whatever looks like a date with a time."""
    if isinstance(answer, dict | list):
        for value in answer.values() if isinstance(answer, dict) else answer:
            yield from instants(value)
    elif isinstance(answer, str) and re.match(r"\d{4}-\d\d-\d\dT", answer):
        yield answer


@pytest.mark.parametrize("case", [*WHOOP_LISTS, *DOMAINS], ids=lambda case: case[0])
def test_each_item_is_what_its_record_is_alone(reader: Client, case: Any) -> None:
    path, serializer, model, key = case
    listed = listing(reader, path)["results"]
    assert listed
    by_key = {row[key]: row for row in (as_one(serializer, one) for one in model.objects.all())}
    assert listed == [by_key[item[key]] for item in listed]


@pytest.mark.parametrize("case", [*WHOOP_LISTS, *DOMAINS], ids=lambda case: case[0])
def test_a_list_makes_no_instances(reader: Client, case: Any) -> None:
    """They, and the fields that read them, are what would make it slow."""
    made: list[Any] = []

    def note(sender: Any, instance: Any, **_: Any) -> None:
        made.append(instance)

    post_init.connect(note, sender=case[2])
    try:
        assert listing(reader, case[0])["count"]
        assert not made
        case[2].objects.first()
        assert made, "the signal tells of instances"
    finally:
        post_init.disconnect(note, sender=case[2])


@pytest.mark.parametrize("case", WHOOP_LISTS, ids=lambda case: case[0])
def test_the_latest_is_the_first_of_the_list(reader: Client, case: Any) -> None:
    items = listing(reader, case[0])["results"]
    latest = reader.get(f"{case[0]}/latest").json()
    assert latest in items[:2], "of sleeps, a nap may be newer"


@pytest.mark.parametrize("case", DOMAINS[:4], ids=lambda case: case[0])
def test_one_record_over_http_is_its_item(reader: Client, case: Any) -> None:
    for item in listing(reader, case[0])["results"][:3]:
        assert reader.get(f"{case[0]}/{item['id']}").json() == item


@pytest.mark.parametrize(
    "path",
    [
        *(case[0] for case in [*WHOOP_LISTS, *DOMAINS]),
        *(f"{case[0]}/latest" for case in WHOOP_LISTS),
        "/api/whoop/profile",
        "/api/whoop/sync/status",
        "/api/fasting/current",
        "/api/time-entries/totals",
        "/api/time-entries/overlaps?days=60",
        "/api/github/project/portal",
        "/api/health",
    ],
)
def test_every_instant_is_in_utc(reader: Client, path: str) -> None:
    found = list(instants(reader.get(path).json()))
    assert found
    assert not [text for text in found if not INSTANT.fullmatch(text)]
    newest = max(datetime.fromisoformat(text) for text in found)
    assert newest <= NOW.astimezone(UTC) + timedelta(days=400)


def test_what_was_typed_in_comes_back_in_utc(reader: Client) -> None:
    typed = {"measured_at": "2026-09-16T08:00:00", "weight_kg": 70}
    answer = reader.post("/api/weight", typed, "application/json").json()
    assert answer["measured_at"] == "2026-09-16T06:00:00Z", "08:00 in Berlin"


def test_a_field_that_a_list_cannot_have_is_refused() -> None:
    class Odd(ModelSerializer[WeighIn]):
        spoken = SerializerMethodField()

        class Meta:
            model = WeighIn
            fields = ("spoken",)

    with pytest.raises(TypeError, match="spoken"):
        columns_of(Odd)
