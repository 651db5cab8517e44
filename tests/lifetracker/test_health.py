from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.models import SyncRun, SyncRunQuerySet
from tests import makers


@pytest.mark.parametrize("path", ["/api/health", "/api/health/"])
def test_health_is_open_and_tells_no_values(
    client: Client, db: None, path: str, django_assert_num_queries: Any
) -> None:
    moment = timezone.now()
    for source in ("Whoop", "Toggl"):
        for status in SyncRun.Status.values:
            SyncRun.objects.create(source=source, kind="full", status=status, finished_at=moment)
    with django_assert_num_queries(2):
        answer = client.get(path)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["status"], body["database"]) == ("ok", "ok")
    assert body["queue"] == {"waiting": 0}
    assert set(body["last_success"]) == {"Whoop", "Toggl"}
    assert body.keys() == {"status", "database", "queue", "last_success"}


def test_the_version_is_for_who_is_known(client: Client, db: None) -> None:
    told = makers.api_token(read_only=True)
    works = {"Authorization": f"Bearer {told.secret}"}
    wrong = {"Authorization": "Bearer lt_nothing"}
    assert client.get("/api/health", headers=works).json()["version"] == settings.VERSION
    answer = client.get("/api/health", headers=wrong)
    assert (answer.status_code, "version" in answer.json()) == (200, False)
    told.token.user.is_active = False
    told.token.user.save()
    assert "version" not in client.get("/api/health", headers=works).json()
    client.force_login(User.objects.create_user("sam"))
    assert client.get("/api/health").json()["version"] == settings.VERSION


@pytest.mark.parametrize(
    "host",
    ["10.0.3.7", "10.0.3.7:5001", "[2001:db8::1]", "[2001:db8::1]:80", "0.0.0.0", ""],  # noqa: S104 - asked
)
def test_health_is_asked_for_by_address(client: Client, db: None, host: str) -> None:
    for path in ("/api/health", "/api/health/"):
        assert client.get(path, headers={"Host": host}).status_code == 200
        assert client.head(path, headers={"Host": host}).status_code == 200
    for path in ("/", "/login/", "/api/weight", "/api/health//", "/api/healthy", "/x/api/health"):
        if host:
            assert client.get(path, headers={"Host": host}).status_code == 400, path


@pytest.mark.parametrize("host", ["evil.example", "10.0.3.7.evil.example", "10.0.3.7@evil", "a b"])
def test_health_is_not_asked_for_by_a_foreign_name(client: Client, db: None, host: str) -> None:
    assert client.get("/api/health", headers={"Host": host}).status_code == 400


def test_health_over_a_long_ledger(db: None) -> None:
    """However many runs there are, the index leads to the newest that ended well."""
    moment = timezone.now()
    SyncRun.objects.bulk_create(
        SyncRun(
            source="Whoop",
            kind="incremental",
            status="success" if number > 5 else "failed",
            started_at=moment - timedelta(hours=number),
            finished_at=moment - timedelta(hours=number - 0.5),
        )
        for number in range(2000)
    )
    found = SyncRun.objects.last_success_per_source(["Whoop", "Toggl"])
    assert found == {"Whoop": moment - timedelta(hours=5.5)}
    if connection.vendor == "sqlite":
        with CaptureQueriesContext(connection) as asked:
            SyncRun.objects.last_success_per_source(["Whoop", "Toggl"])
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
            plan = [row[3] for row in cursor.fetchall()]
        assert sum("USING INDEX sync_run_newest_by_outcome" in step for step in plan) == 2, plan
        assert not [step for step in plan if "TEMP B-TREE" in step]


def test_health_without_a_database(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: Any) -> None:
        raise OperationalError("host=secret-host password=secret")

    monkeypatch.setattr(SyncRunQuerySet, "last_success_per_source", unreachable)
    answer = client.get("/api/health")
    assert answer.status_code == 503
    assert answer.json()["database"] == "not reachable"
    assert b"secret" not in answer.content
