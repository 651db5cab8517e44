from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
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
