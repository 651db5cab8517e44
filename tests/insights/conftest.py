"""A person who looks at insights, at a time that stands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)


@pytest.fixture
def page(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(User.objects.create_superuser("robin"))
    return client


def text(client: Client, name: str = "insights") -> str:
    answer = client.get(reverse(name), headers={"accept": "text/html"})
    assert answer.status_code == 200
    return answer.text
