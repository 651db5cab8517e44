from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.models import SyncRun, SyncRunQuerySet


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
    assert body["version"] == settings.VERSION
    assert body["queue"] == {"waiting": 0}
    assert set(body["last_success"]) == {"Whoop", "Toggl"}
    assert body.keys() == {"status", "database", "version", "queue", "last_success"}


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
        assert sum("USING INDEX sync_run_newest_per_source" in step for step in plan) == 2, plan
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
