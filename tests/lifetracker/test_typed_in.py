"""What a person types in, where clocks change and at the edges of the calendar: by the API and by
the admin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fasting.models import FastingPeriod
from tests import makers
from time_logs.models import TimeEntry
from weight.models import WeighIn
from workouts.models import Workout

pytestmark = pytest.mark.django_db

JSON = "application/json"
# Path, what else is needed, the model, and its length in seconds.
KINDS = [
    ("/api/time-entries", {}, TimeEntry, lambda row: row.duration),
    ("/api/workouts", {"sport_name": "hiking"}, Workout, lambda row: row.duration_min * 60),
    ("/api/fasting", {}, FastingPeriod, lambda row: row.duration_hours * 3600),
]
NIGHTS = [
    ("Europe/Berlin", "2026-03-28T22:00", "2026-03-29T08:00", 9),
    ("Europe/Berlin", "2025-10-25T22:00", "2025-10-26T08:00", 11),
    ("America/New_York", "2026-03-07T22:00", "2026-03-08T08:00", 9),
    ("America/New_York", "2025-11-01T22:00", "2025-11-02T08:00", 11),
]

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[2].__name__)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


@each_kind
@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_a_night_of_a_clock_change_has_the_hours_that_pass(
    staff: Client, settings: Any, kind: Any, night: tuple[str, str, str, int]
) -> None:
    path, rest, model, seconds = kind
    settings.TIME_ZONE, start, end, hours = night
    answer = staff.post(path, {"start": start, "end": end, **rest}, JSON)
    assert answer.status_code == 201, answer.json()
    assert seconds(model.objects.get()) == hours * 3600


@each_kind
@pytest.mark.parametrize("night", NIGHTS, ids=str)
def test_the_admin_counts_the_same(
    staff: Client, settings: Any, kind: Any, night: tuple[str, str, str, int]
) -> None:
    _, rest, model, seconds = kind
    settings.TIME_ZONE, start, end, hours = night
    form = {**rest}
    for name, text in (("start", start), ("end", end)):
        form[f"{name}_0"], form[f"{name}_1"] = text.split("T")
    url = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    answer = staff.post(reverse(f"{url}_add"), form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert seconds(model.objects.get()) == hours * 3600


@each_kind
def test_twenty_minutes_in_the_hour_that_comes_twice(
    staff: Client, settings: Any, kind: Any
) -> None:
    path, rest, model, seconds = kind
    settings.TIME_ZONE = "Europe/Berlin"
    times = {"start": "2025-10-26T00:50:00Z", "end": "2025-10-26T01:10:00Z"}
    assert staff.post(path, times | rest, JSON).status_code == 201
    assert seconds(model.objects.get()) == pytest.approx(1200, abs=1)


@each_kind
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01T00:00:00", "0001-01-01T01:00:00"),
        ("0206-11-22T08:00:00Z", "2025-11-22T09:00:00Z"),
        ("9999-12-31T23:30:00Z", "9999-12-31T23:59:00Z"),
        ("1899-12-31T23:30:00Z", None),
    ],
)
def test_a_year_that_cannot_be_meant_is_refused(
    staff: Client, settings: Any, kind: Any, start: str, end: str | None
) -> None:
    path, rest, model, _ = kind
    settings.TIME_ZONE = "America/New_York"
    answer = staff.post(path, {"start": start, "end": end, **rest}, JSON)
    assert answer.status_code == 400
    assert {"start", "end"} & answer.json().keys()
    assert not model.objects.exists()


def test_an_entry_of_years_is_refused(staff: Client) -> None:
    typed = {"start": "1926-11-22T08:00:00Z", "end": "2026-11-22T09:00:00Z"}
    answer = staff.post("/api/time-entries", typed, JSON)
    assert answer.status_code == 400
    assert "end" in answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/api/time-entries",
        "/api/time-entries/totals",
        "/api/time-entries/overlaps",
        "/api/weight/trend",
    ],
)
@pytest.mark.parametrize("query", ["end_date=9999-12-31", "start_date=0001-01-01"])
def test_days_at_the_edges_are_refused_by_name(staff: Client, path: str, query: str) -> None:
    answer = staff.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.json()


def test_a_single_day_can_be_asked_for(staff: Client) -> None:
    assert staff.get("/api/weight?start_date=2026-09-16&end_date=2026-09-16").status_code == 200


def test_the_admin_takes_the_hour_that_comes_twice_and_refuses_the_one_that_never_was(
    staff: Client, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    add = reverse("admin:weight_weighin_add")
    form = {"measured_at_0": "2025-10-26", "measured_at_1": "02:30", "weight_kg": "70"}
    assert staff.post(add, form).status_code == 302
    assert WeighIn.objects.get().measured_at.isoformat() == "2025-10-26T00:30:00+00:00"
    never = staff.post(add, form | {"measured_at_0": "2025-03-30"})
    assert "did not exist" in str(never.context["adminform"].form.errors["measured_at"])
    edge = staff.post(add, form | {"measured_at_0": "0206-03-30"})
    assert "1900" in str(edge.context["adminform"].form.errors["measured_at"])


@pytest.mark.parametrize(
    ("path", "name", "rest"),
    [
        ("/api/weight", "measured_at", {"weight_kg": 70}),
        ("/api/workouts", "start", {"sport_name": "hiking", "end": "2025-11-01T08:00"}),
        ("/api/workouts", "end", {"sport_name": "hiking", "start": "2025-01-01T08:00"}),
        ("/api/time-entries", "start", {}),
        ("/api/time-entries", "end", {"start": "2025-01-01T08:00"}),
        ("/api/fasting", "start", {}),
        ("/api/fasting", "end", {"start": "2025-01-01T08:00"}),
        ("/api/fasting/start", "at", {}),
        ("/api/fasting/stop", "at", {}),
    ],
)
def test_the_api_refuses_the_hour_that_never_was(
    staff: Client, settings: Any, path: str, name: str, rest: dict[str, Any]
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    never = staff.post(path, {name: "2025-03-30T02:30", **rest}, JSON)
    assert never.status_code == 400
    assert never.json() == {
        name: ["This time did not exist because clocks were set forward."],
    }
    twice = staff.post(path, {name: "2025-10-26T02:30", **rest}, JSON)
    assert twice.status_code == 400
    assert "Add the UTC offset" in twice.json()[name][0]


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        ("2025-03-30T03:30", "2025-03-30T01:30:00Z"),
        ("2025-03-30T02:30+01:00", "2025-03-30T01:30:00Z"),
        ("2025-10-26T02:30+01:00", "2025-10-26T01:30:00Z"),
        ("2025-07-01T02:30", "2025-07-01T00:30:00Z"),
    ],
)
def test_what_an_offset_makes_plain_is_taken(
    staff: Client, settings: Any, typed: str, instant: str
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    answer = staff.post("/api/weight", {"measured_at": typed, "weight_kg": 70}, JSON)
    assert answer.json()["measured_at"] == instant


NOW = makers.MORNING + timedelta(hours=8)
PAST = NOW - timedelta(hours=2)
AHEAD = [
    ("weight/weighin", "/api/weight", "measured_at", {"weight_kg": 70}),
    ("workouts/workout", "/api/workouts", "end", {"sport_name": "hiking", "start": PAST}),
    ("workouts/workout", "/api/workouts", "start", {"sport_name": "hiking", "end": PAST}),
    ("time_logs/timeentry", "/api/time-entries", "start", {}),
    ("time_logs/timeentry", "/api/time-entries", "end", {"start": PAST}),
    ("fasting/fastingperiod", "/api/fasting", "start", {}),
    ("fasting/fastingperiod", "/api/fasting", "end", {"start": PAST}),
]


@pytest.mark.parametrize("case", AHEAD, ids=lambda case: f"{case[1]} {case[2]}")
def test_nothing_that_is_typed_in_lies_in_the_future(
    staff: Client, monkeypatch: pytest.MonkeyPatch, case: tuple[str, str, str, dict[str, Any]]
) -> None:
    admin, path, name, rest = case
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    later = NOW + timedelta(minutes=6)
    answer = staff.post(path, {name: later, **rest}, JSON)
    assert answer.status_code == 400
    assert name in answer.json()
    form = {}
    for field, value in {name: later, **rest}.items():
        if isinstance(value, datetime):
            form[f"{field}_0"], form[f"{field}_1"] = f"{value:%Y-%m-%d}", f"{value:%H:%M}"
        else:
            form[field] = value
    page = staff.post(f"/admin/{admin}/add/", form)
    assert name in page.context["adminform"].form.errors
    # The clock of whoever sends it may go ahead by a little.
    if rest.get("end") != PAST:
        soon = staff.post(path, {name: NOW + timedelta(minutes=4), **rest}, JSON)
        assert soon.status_code == 201, soon.json()


def test_what_is_not_touched_in_the_admin_stays_to_the_microsecond(
    staff: Client, settings: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    moment = "2025-10-26T01:30:00.123456+00:00"
    entry = TimeEntry.objects.create(
        start=datetime.fromisoformat(moment), end=None, tags=["R&D, deep", "x"]
    )
    url = reverse("admin:time_logs_timeentry_change", args=[entry.pk])
    form = {
        "start_0": "2025-10-26",
        "start_1": "02:30:00",
        "tags": "R&D, deep, x",
        "description": "now with words",
    }
    answer = staff.post(url, form)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    entry.refresh_from_db()
    assert entry.description == "now with words"
    assert entry.start.isoformat() == moment
    assert entry.tags == ["R&D, deep", "x"]


def test_a_tag_with_a_nul_is_refused(staff: Client) -> None:
    form = {"start_0": "2025-10-20", "start_1": "02:30:00", "tags": "a\x00b"}
    answer = staff.post(reverse("admin:time_logs_timeentry_add"), form)
    assert answer.status_code == 200
    assert "tags" in answer.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("path", "typed", "named"),
    [
        ("/api/workouts", {"utc_offset_min": 30_000}, "utc_offset_min"),
        ("/api/workouts", {"zone_1_min": -500}, "zone_1_min"),
        ("/api/workouts", {"percent_recorded": 900}, "percent_recorded"),
        ("/api/workouts", {"max_heart_rate": 25_000}, "max_heart_rate"),
        ("/api/workouts", {"calories": 1e308}, "calories"),
        (
            "/api/workouts",
            {"start": "2150-01-01T08:00:00Z", "end": "2150-01-01T09:00:00Z"},
            "start",
        ),
        ("/api/weight", {"heart_pulse": 100_000}, "heart_pulse"),
        ("/api/time-entries", {"start": "2150-01-01T08:00:00Z", "end": None}, "start"),
    ],
)
def test_numbers_that_cannot_be_are_refused_by_name(
    staff: Client, path: str, typed: dict[str, Any], named: str
) -> None:
    while_on = {"start": "2026-09-16T08:00:00Z", "end": "2026-09-16T09:00:00Z"}
    good: dict[str, Any] = {
        "/api/weight": {"measured_at": "2026-09-16T08:00:00Z", "weight_kg": 70},
        "/api/workouts": while_on | {"sport_name": "hiking"},
    }
    answer = staff.post(path, good.get(path, while_on) | typed, JSON)
    assert answer.status_code == 400
    assert list(answer.json()) == [named]


def test_put_replaces_and_patch_changes(person: Client) -> None:
    whole = {
        "sport_name": "running",
        "start": "2026-09-16T06:00:00Z",
        "end": "2026-09-16T07:00:00Z",
    }
    made = person.post("/api/workouts", whole | {"strain": 12.5}, content_type=JSON).json()
    address = f"/api/workouts/{made['id']}"
    assert person.patch(address, {"calories": 300}, content_type=JSON).json()["strain"] == 12.5
    assert person.put(address, whole, content_type=JSON).json()["strain"] is None
    assert person.get(address).json()["calories"] is None


def test_a_number_that_no_database_could_hold_is_refused(person: Client) -> None:
    whole = {
        "sport_name": "running",
        "start": "2026-09-16T06:00:00Z",
        "end": "2026-09-16T07:00:00Z",
    }
    answer = person.post("/api/workouts", whole | {"sport_id": -(2**63) - 1}, content_type=JSON)
    assert (answer.status_code, list(answer.json())) == (400, ["sport_id"])


@pytest.mark.django_db(transaction=True)
def test_two_who_change_one_record_both_do(live_server: Any) -> None:
    entry = makers.entry()
    root = User.objects.create_superuser("robin")
    bearer = {"Authorization": f"Bearer {makers.api_token(user=root).secret}"}
    address = f"{live_server.url}/api/time-entries/{entry.pk}"

    def change(name: str, text: str) -> int:
        return requests.patch(address, json={name: text}, headers=bearer, timeout=30).status_code

    for number in range(10):
        with ThreadPoolExecutor(2) as pool:
            asked = [pool.submit(change, n, f"{n} {number}") for n in ("project", "description")]
        assert [one.result() for one in asked] == [200, 200]
        entry.refresh_from_db()
        assert (entry.project, entry.description) == (f"project {number}", f"description {number}")


HOUR = {"start": "2026-09-16T06:00:00Z", "end": "2026-09-16T07:00:00Z"}
# What is sent, its path in the API, and what its pages are called.
TYPED_IN = [
    ("/api/weight", {"measured_at": HOUR["start"], "weight_kg": 70}, "weigh-in"),
    ("/api/fasting", HOUR, "fasting"),
    ("/api/time-entries", HOUR, "time-entry"),
    ("/api/workouts", HOUR | {"sport_name": "hiking"}, "workout"),
]


@pytest.mark.parametrize(("path", "values", "page"), TYPED_IN)
def test_what_the_api_deletes_is_gone_there_and_can_be_brought_back_on_its_page(
    staff: Client, path: str, values: dict[str, Any], page: str
) -> None:
    number = staff.post(path, values, JSON).json()["id"]
    days = {"start_date": "2026-09-01", "end_date": "2026-09-30"}
    assert staff.get(path, days).json()["count"] == 1
    assert staff.delete(f"{path}/{number}").status_code == 204
    assert staff.get(path, days).json()["count"] == 0
    for method in (staff.get, staff.delete):
        assert method(f"{path}/{number}").status_code == 404
    staff.post(reverse(f"{page}-restore", args=[number]))
    assert staff.get(path, days).json()["count"] == 1
