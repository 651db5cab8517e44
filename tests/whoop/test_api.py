"""WHOOP's endpoints: who may, which days, which fields, how many queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker import tasks
from lifetracker.models import SyncRun
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from tests.conftest import run
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep, WhoopWorkout
from workouts.models import Workout

TODAY = date(2026, 9, 16)
LISTS = ["recovery", "sleep", "workouts", "cycles"]
ENDPOINTS = [*LISTS, *(f"{name}/latest" for name in LISTS), "profile", "sync/status"]

FIELDS = {
    "recovery": {
        *("cycle_id", "sleep_id", "date", "recovery_score", "resting_heart_rate", "hrv_rmssd"),
        *("spo2_percentage", "skin_temp_celsius", "user_calibrating", "score_state"),
    },
    "sleep": {
        *("sleep_id", "date", "start_time", "end_time", "nap", "total_sleep_hours"),
        *("sleep_performance", "sleep_efficiency", "sleep_consistency", "rem_sleep_min"),
        *("deep_sleep_min", "light_sleep_min", "awake_min", "respiratory_rate", "score_state"),
        *("need_baseline_min", "need_from_debt_min", "need_from_strain_min", "need_from_nap_min"),
    },
    "cycles": {
        *("cycle_id", "date", "start_time", "end_time", "strain", "kilojoules"),
        *("average_heart_rate", "max_heart_rate", "step_count", "score_state"),
    },
    "workouts": {
        *("workout_id", "date", "start_time", "end_time", "sport_id", "sport_name", "strain"),
        *("average_heart_rate", "max_heart_rate", "calories", "distance_meters", "duration_min"),
        *("zone_0_min", "zone_5_min", "score_state"),
    },
}


@pytest.fixture
def person(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_user("person", is_staff=True))
    return client


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 9, 16, 12, tzinfo=UTC))
    return TODAY


def get(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"/api/whoop/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def make_days(count: int) -> None:
    """One of everything for each of the last `count` days."""
    for n in range(count):
        day = TODAY - timedelta(days=n)
        start = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        common = {"source": "Whoop", "source_id": str(n), "date": day, "score_state": "SCORED"}
        times = {"start_time": start, "end_time": start + timedelta(hours=7), "utc_offset_min": 0}
        WhoopRecovery.objects.create(cycle_id=n, sleep_id=str(n), recovery_score=n % 100, **common)
        WhoopSleep.objects.create(sleep_id=str(n), cycle_id=n, nap=False, **times, **common)
        WhoopCycle.objects.create(cycle_id=n, strain=10, **times, **common)
        workout = {"start": start, "end": start, "duration_min": 0, "sport_name": "yoga"}
        WhoopWorkout.objects.create(**workout, **common)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_nothing_without_a_login(client: Client, db: None, endpoint: str, slash: str) -> None:
    assert client.get(f"/api/whoop/{endpoint}{slash}").status_code == 401


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_empty_database(person: Client, endpoint: str) -> None:
    status = 404 if "latest" in endpoint or endpoint == "profile" else 200
    assert person.get(f"/api/whoop/{endpoint}").status_code == status
    assert person.get(f"/api/whoop/{endpoint}/").status_code == status


@pytest.mark.parametrize("endpoint", LISTS)
def test_lists(person: Client, today: date, endpoint: str) -> None:
    make_days(40)
    week = get(person, endpoint)
    assert (week["count"], week["next"], week["previous"]) == (7, None, None)
    dates = [r["date"] for r in week["results"]]
    assert dates == sorted(dates, reverse=True)
    assert (dates[0], dates[-1]) == ("2026-09-16", "2026-09-10")
    assert get(person, endpoint, days=30)["count"] == 30
    assert get(person, endpoint, start_date="2026-09-01", end_date="2026-09-03")["count"] == 3
    assert get(person, endpoint, end_date="2026-09-03", days=2)["count"] == 2
    assert get(person, endpoint, start_date="2026-09-15")["count"] == 2
    latest = get(person, f"{endpoint}/latest")
    assert latest == week["results"][0]
    assert FIELDS[endpoint] <= set(latest)
    assert not {"raw", "digest", "source_id", "id"} & set(latest)


@pytest.mark.parametrize("endpoint", LISTS)
def test_the_number_of_queries_does_not_grow(person: Client, today: date, endpoint: str) -> None:
    def queries(days: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert get(person, endpoint, days=days)["count"] == days
        return len(captured)

    make_days(60)
    assert queries(3) == queries(60) == 4  # session, user, count, rows


def test_a_year_is_one_page_and_more_are_linked(person: Client, today: date) -> None:
    make_days(410)
    year = get(person, "recovery", days=366)
    assert (len(year["results"]), year["next"]) == (366, None)
    first = get(person, "recovery", days=410)
    assert (first["count"], len(first["results"])) == (410, 400)
    second = person.get(first["next"]).json()
    assert len(second["results"]) == 10
    assert second["next"] is None


@pytest.mark.parametrize("endpoint", LISTS)
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"days": "0"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "week"}, "days"),
        ({"days": ""}, "days"),
        ({"days": "999999999"}, "days"),
        ({"start_date": "16.9.2026"}, "start_date"),
        ({"end_date": "2026-02-30"}, "end_date"),
        ({"start_date": "2026-09-02", "end_date": "2026-09-01"}, "start_date"),
        ({"end_date": "0001-01-01", "days": "20"}, "end_date"),
        ({"start_date": "9999-12-31"}, "start_date"),
    ],
)
def test_a_bad_parameter_is_named(
    person: Client, endpoint: str, query: dict[str, str], named: str
) -> None:
    response = person.get(f"/api/whoop/{endpoint}", query)
    assert response.status_code == 400
    assert list(response.json()) == [named]


def test_a_page_that_is_not_there(person: Client) -> None:
    for page in ("0", "2", "x"):
        response = person.get("/api/whoop/recovery", {"page": page})
        assert (response.status_code, list(response.json())) == (400, ["page"])


def test_tombstones_and_typed_rows_stay_out(person: Client, today: date) -> None:
    make_days(2)
    WhoopRecovery.objects.filter(source_id="0").update(deleted_at=timezone.now())
    start = datetime(2026, 9, 16, 9, tzinfo=UTC)
    Workout.objects.create(date=TODAY, start=start, end=start, sport_name="x", duration_min=0)
    assert get(person, "recovery")["count"] == 1
    assert get(person, "recovery/latest")["date"] == "2026-09-15"
    assert get(person, "workouts")["count"] == 2


def test_the_latest_sleep_is_the_night(person: Client, today: date) -> None:
    make_days(2)
    WhoopSleep.objects.filter(source_id="0").update(nap=True)
    assert get(person, "sleep/latest")["date"] == "2026-09-15"
    assert get(person, "sleep")["count"] == 2


def test_an_unscored_night_is_null_and_not_zero(person: Client, whoop: Any) -> None:
    night = whoop.records("recovery")[0]
    whoop.make_pending("recovery", night["cycle_id"])
    run()
    latest = get(person, "recovery/latest")
    assert latest["score_state"] == "PENDING_SCORE"
    assert latest["recovery_score"] is None


def test_values_are_those_of_upstream(person: Client, whoop: Any) -> None:
    run()
    workout = whoop.records("workout")[0]
    latest = get(person, "workouts/latest")
    assert latest["workout_id"] == workout["id"]
    assert datetime.fromisoformat(latest["start_time"]) == datetime.fromisoformat(workout["start"])
    assert latest["strain"] == workout["score"]["strain"]
    profile = get(person, "profile")
    assert profile["user_id"] == whoop.data.profile["user_id"]


SUMMARY = ("status", "last_sync_at", "last_sync_type", "records_synced", "error_message")


def test_sync_status(person: Client, whoop: Any, sandbox: Any) -> None:
    before = get(person, "sync/status")
    assert (before["connected"], before["running"], before["last_run"]) == (True, False, None)
    assert [before[name] for name in SUMMARY] == ["never", None, None, None, ""]
    run()
    status = get(person, "sync/status")
    run_of_now = SyncRun.objects.get()
    assert status["records_synced"] == run_of_now.total("created") > 100
    assert [status[name] for name in SUMMARY if name != "records_synced"] == [
        *("success", "2026-09-16T14:00:00Z", "incremental", ""),
    ]
    sandbox.faults.add(match="/v2/cycle", times=None, kind="status", status=404)
    run()
    status = get(person, "sync/status")
    assert status["last_run"]["status"] == status["status"] == "partial"
    assert status["error_message"] == status["last_run"]["error"]
    assert "404" in status["last_run"]["error"]
    assert datetime.fromisoformat(status["last_success"])
    streams = {stream["stream"]: stream for stream in status["streams"]}
    assert set(streams) == {"cycle", "sleep", "recovery", "workout"}
    assert not streams["cycle"]["whole_history"]
    assert status["rejected_items"] == 0
    assert status["pending_deletions"] == 0
    with CaptureQueriesContext(connection) as captured:
        get(person, "sync/status")
    assert len(captured) == 8
    tasks.enqueue(sources["Whoop"], SyncRequest(SyncRun.Kind.TODAY, 2))
    waiting = get(person, "sync/status")
    assert (waiting["status"], waiting["last_sync_type"]) == ("queued", "incremental")
    assert waiting["last_sync_at"] == status["last_sync_at"], "of the run that has ended"


def test_only_reading(person: Client) -> None:
    for endpoint in ENDPOINTS:
        assert person.post(f"/api/whoop/{endpoint}").status_code == 405
        assert person.delete(f"/api/whoop/{endpoint}").status_code == 405
