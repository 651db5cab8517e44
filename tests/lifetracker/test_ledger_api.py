"""`/api/sync/…`: the runs of all sources, and what is verified of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.models import RejectedItem, SyncRun, SyncState
from lifetracker.sync.streams import sources
from oauth_integration.client import providers
from tests.conftest import NOW, run

PATHS = ["runs", "runs/1", "coverage"]
HOUR = timedelta(hours=1)


@pytest.fixture
def robin(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def make(source: str = "Whoop", hours_ago: int = 0, **fields: Any) -> SyncRun:
    values = {"kind": "incremental", "status": "success", "started_at": NOW - hours_ago * HOUR}
    return SyncRun.objects.create(source=source, **values | fields)


def runs(robin: Client, **query: Any) -> Any:
    answer = robin.get("/api/sync/runs", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def streams_of(robin: Client, source: str) -> dict[str, Any]:
    found = robin.get("/api/sync/coverage").json()["sources"]
    book = next(one for one in found if one["source"] == source)
    return {stream["stream"]: stream for stream in book["streams"]}


@pytest.mark.parametrize("path", PATHS)
def test_nothing_without_a_login(client: Client, db: None, path: str) -> None:
    for slash in ("", "/"):
        assert client.get(f"/api/sync/{path}{slash}").status_code in {401, 403}


def test_only_reading(robin: Client) -> None:
    for path in PATHS:
        assert robin.post(f"/api/sync/{path}").status_code == 405
        assert robin.delete(f"/api/sync/{path}").status_code == 405


# --- Runs -----------------------------------------------------------------------------------------


def test_the_runs_of_all_sources_newest_first(
    robin: Client, django_assert_num_queries: Any
) -> None:
    made = [make("Toggl", 3), make("GitHub", 2, kind="full"), make(hours_ago=1, days=30)]
    with django_assert_num_queries(4):  # session, person, count, rows
        found = runs(robin)
    assert found["count"] == 3
    assert [row["job_id"] for row in found["results"]] == [row.pk for row in reversed(made)]
    newest = found["results"][0]
    assert (newest["source"], newest["kind"], newest["days"]) == ("Whoop", "incremental", 30)
    assert {"status", "counts", "window_start", "requests", "error"} <= newest.keys()


def test_filters(robin: Client) -> None:
    make("Toggl")
    make("Whoop", kind="full", status="failed")
    make("Whoop")
    assert runs(robin, source="Whoop")["count"] == 2
    assert runs(robin, kind="full")["count"] == 1
    assert runs(robin, status="success")["count"] == 2
    assert runs(robin, source="Toggl", status="failed")["count"] == 0
    make("Zero", kind="import")
    assert runs(robin, kind="import")["count"] == runs(robin, source="Zero")["count"] == 1


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"source": "Strava"}, "source"),
        ({"source": ""}, "source"),
        ({"kind": "sometimes"}, "kind"),
        ({"status": "odd"}, "status"),
        ({"page": "2"}, "page"),
        ({"page": "x"}, "page"),
    ],
)
def test_a_bad_parameter_is_named(robin: Client, query: dict[str, str], named: str) -> None:
    answer = robin.get("/api/sync/runs", query)
    assert (answer.status_code, list(answer.json())) == (400, [named])


def test_one_run_is_its_item(robin: Client) -> None:
    record = make(counts={"sleep": {"seen": 3}}, finished_at=NOW)
    one = robin.get(f"/api/sync/runs/{record.pk}").json()
    assert one == runs(robin)["results"][0]
    assert one["counts"] == {"sleep": {"seen": 3}}
    assert robin.get(f"/api/sync/runs/{record.pk + 1}").status_code == 404


def test_a_run_that_was_started_is_found_by_its_job(robin: Client, whoop: Any) -> None:
    started = robin.post("/api/whoop/refresh", {"days": 3}, "application/json").json()
    assert robin.get(f"/api/sync/runs/{started['job_id']}").json() == started


# --- Coverage -------------------------------------------------------------------------------------


def test_before_anything_was_read(robin: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = ""
    found = robin.get("/api/sync/coverage").json()["sources"]
    assert {one["source"] for one in found} == set(sources)
    whoop = next(one for one in found if one["source"] == "Whoop")
    assert (whoop["configured"], whoop["last_success"]) == (False, None)
    for stream in whoop["streams"]:
        assert stream["verified_from"] is None
        assert stream["gaps"] == [{"start": None, "end": None}]


def test_what_a_sync_has_verified(robin: Client, whoop: Any, at: Any) -> None:
    run()
    found = robin.get("/api/sync/coverage").json()["sources"]
    book = next(one for one in found if one["source"] == "Whoop")
    assert (book["configured"], book["last_success"]) == (True, "2026-09-16T14:00:00Z")
    streams = {stream["stream"]: stream for stream in book["streams"]}
    assert set(streams) == {"cycle", "sleep", "recovery", "workout"}, "a profile has no stretch"
    assert streams["sleep"] == {
        "stream": "sleep",
        "verified_from": "2026-08-17T14:00:00Z",
        "verified_to": "2026-09-16T14:00:00Z",
        "whole_history": False,
        "history_read_to": None,
        "rejected_items": 0,
        "gaps": [{"start": None, "end": "2026-08-17T14:00:00Z"}],
    }
    run(full=True)
    assert streams_of(robin, "Whoop")["sleep"]["gaps"] == []
    assert streams_of(robin, "Whoop")["sleep"]["whole_history"]
    at(NOW + 24 * HOUR)
    assert streams_of(robin, "Whoop")["sleep"]["gaps"] == [], "the next sync is not late yet"
    at(NOW + 26 * HOUR)
    late = [{"start": "2026-09-16T14:00:00Z", "end": None}]
    assert streams_of(robin, "Whoop")["sleep"]["gaps"] == late


def test_a_stream_that_failed_shows_its_gap(robin: Client, whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(match="/v2/cycle", times=None, kind="status", status=404)
    run(full=True)
    streams = streams_of(robin, "Whoop")
    assert streams["cycle"]["gaps"] == [{"start": None, "end": None}]
    assert streams["sleep"]["gaps"] == []


def test_a_pass_that_is_not_finished(robin: Client) -> None:
    SyncState.objects.create(
        source="Whoop", stream="sleep", verified_from=NOW, verified_to=NOW, full_from=NOW - HOUR
    )
    assert streams_of(robin, "Whoop")["sleep"]["history_read_to"] == "2026-09-16T13:00:00Z"


def test_rejected_items_are_counted_where_they_belong(
    robin: Client, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        item = {"source": "Toggl", "stream": "entry", "item_key": str(number)}
        RejectedItem.objects.create(payload="{}", reason="odd", **item)
    # Session, person, states, rejected items, successes; WHOOP's and Withings' connection.
    # One for the tokens of each source that is reached by OAuth.
    with django_assert_num_queries(5 + len(providers())):
        streams = streams_of(robin, "Toggl")
    counts = {name: stream["rejected_items"] for name, stream in streams.items()}
    assert sum(counts.values()) == counts["entry"] == 3
