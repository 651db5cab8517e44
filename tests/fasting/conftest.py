"""Fasts to ask about, and a person who asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from fasting.models import FastingPeriod

# A Wednesday.
NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)


Now = Callable[[datetime], None]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    """Time stands at NOW, and can be moved: `now(moment)`."""

    def move(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    move(NOW)
    return move


@pytest.fixture
def person(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def fast(days_ago: float = 1, hours: float | None = 16, **fields: Any) -> FastingPeriod:
    """A fast that began so many days before NOW."""
    start = NOW - timedelta(days=days_ago)
    end = None if hours is None else start + timedelta(hours=hours)
    return FastingPeriod.objects.create(**{"start": start, "end": end} | fields)
