"""WHOOP's own answers: for staff, unchanged, and what comes between as an answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from oauth_integration.models import OAuthCredential
from whoop.models import WhoopRecovery

COLLECTIONS = {"recovery": "recovery", "sleep": "sleep", "workouts": "workout", "cycles": "cycle"}
PATHS = ["profile", "body", *COLLECTIONS, "dashboard"]


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def get(client: Client, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/whoop/api/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("path", PATHS)
def test_for_staff_alone(client: Client, whoop: Any, sandbox: Any, path: str) -> None:
    client.force_login(User.objects.create_user("sam"))
    for slash in ("", "/"):
        assert client.get(f"/api/whoop/api/{path}{slash}").status_code == 403
        assert Client().get(f"/api/whoop/api/{path}{slash}").status_code in {401, 403}
    assert not sandbox.requests


@pytest.mark.parametrize("path", COLLECTIONS)
def test_a_page_as_whoop_has_it(staff: Client, whoop: Any, path: str) -> None:
    records = whoop.records(COLLECTIONS[path])
    first = get(staff, path, limit=3)
    assert first["records"] == records[:3]
    second = get(staff, path, limit=3, nextToken=first["next_token"])
    assert second["records"] == records[3:6]
    assert not WhoopRecovery.objects.exists(), "nothing of it is stored"


def test_times_are_passed_on_in_whoops_form(staff: Client, whoop: Any, sandbox: Any) -> None:
    get(staff, "cycles", start="2026-09-01T02:00:00+02:00", end="2026-09-03T00:00:00Z")
    asked = sandbox.requests[-1].query
    assert asked == {"start": "2026-09-01T00:00:00.000Z", "end": "2026-09-03T00:00:00.000Z"}


def test_profile_and_body(staff: Client, whoop: Any) -> None:
    assert get(staff, "profile") == whoop.data.profile
    assert get(staff, "body") == whoop.data.body


def test_a_member_without_measures(staff: Client, whoop: Any) -> None:
    whoop.data.body = None
    answer = staff.get("/api/whoop/api/body")
    assert answer.status_code == 404
    assert "measurements" in answer.json()["detail"]
    assert get(staff, "dashboard")["body"] is None


def test_the_dashboard_is_the_latest_of_each(staff: Client, whoop: Any, sandbox: Any) -> None:
    found = get(staff, "dashboard")
    assert found.pop("profile") == whoop.data.profile
    assert found.pop("body") == whoop.data.body
    assert found == {path: whoop.records(kind)[0] for path, kind in COLLECTIONS.items()}
    assert len(sandbox.requests) == 6


@pytest.mark.parametrize(
    "asked",
    [
        ("recovery", {"limit": "0"}, "limit"),
        ("recovery", {"limit": "26"}, "limit"),
        ("sleep", {"start": "yesterday"}, "start"),
        ("sleep", {"end": ""}, "end"),
        ("cycles", {"nextToken": ""}, "nextToken"),
        ("cycles", {"nextToken": "x" * 3000}, "nextToken"),
        ("workouts", {"next_token": "x"}, "next_token"),
        ("workouts", {"days": "7"}, "days"),
        ("profile", {"limit": "1"}, "limit"),
        ("dashboard", {"limit": "1"}, "limit"),
    ],
)
def test_a_bad_parameter_is_named_and_not_sent(
    staff: Client, whoop: Any, sandbox: Any, asked: tuple[str, dict[str, str], str]
) -> None:
    path, query, named = asked
    answer = staff.get(f"/api/whoop/api/{path}", query)
    assert (answer.status_code, list(answer.json())) == (400, [named])
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "status", "status": 503}, 503),
        ({"kind": "cut"}, 503),
        ({"kind": "garbage"}, 502),
        ({"kind": "status", "status": 200, "body": '{"records": [NaN]}'}, 502),
        ({"kind": "status", "status": 200, "body": '{"records": ["\\ud800"]}'}, 502),
        ({"kind": "status", "status": 401}, 409),
    ],
)
def test_trouble_becomes_an_answer(
    staff: Client, whoop: Any, sandbox: Any, fault: dict[str, Any], status: int
) -> None:
    sandbox.faults.add(match="/developer/v2/recovery", times=None, **fault)
    for path in ("recovery", "dashboard"):
        answer = staff.get(f"/api/whoop/api/{path}")
        assert answer.status_code == status
        assert list(answer.json()) == ["detail"]
        assert ("Retry-After" in answer) is (status == 503)


@pytest.mark.parametrize("body", ["[]", "{}", '{"records": 1}'])
def test_a_page_that_is_none(staff: Client, whoop: Any, sandbox: Any, body: str) -> None:
    sandbox.faults.add(match="/v2/cycle", kind="status", status=200, body=body)
    assert staff.get("/api/whoop/api/dashboard").status_code == 502


def test_whoops_limit_is_told_with_its_time(staff: Client, whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(
        match="/v2/cycle", kind="status", status=429, headers={"Retry-After": "3600"}
    )
    answer = staff.get("/api/whoop/api/cycles")
    assert answer.status_code == 503
    assert 3500 < int(answer["Retry-After"]) <= 3600


def test_what_is_missing_is_said(staff: Client, settings: Any, whoop: Any) -> None:
    OAuthCredential.objects.update(access_token="", refresh_token="")
    answer = staff.get("/api/whoop/api/profile")
    assert answer.status_code == 409
    assert "not connected" in answer.json()["detail"]
    OAuthCredential.objects.all().delete()
    settings.WHOOP_CLIENT_ID = ""
    answer = staff.get("/api/whoop/api/profile")
    assert answer.status_code == 409
    assert "WHOOP_CLIENT_ID" in answer.json()["detail"]


def test_a_token_that_ended_is_refreshed_on_the_way(staff: Client, whoop: Any, at: Any) -> None:
    OAuthCredential.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert get(staff, "profile") == whoop.data.profile
    assert whoop.refreshes == 1


def test_what_whoop_refuses_is_the_callers_mistake(staff: Client, whoop: Any) -> None:
    answer = staff.get("/api/whoop/api/sleep", {"nextToken": "of no page"})
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
