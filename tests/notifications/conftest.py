from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lifetracker.ops import notices
from lifetracker.ops.notices import Notice, NoticeKind, When
from notifications.models import Choices, Notification
from tests.conftest import NOW
from tests.mail_server import MailServer
from tests.notifications.services import PostServer


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Moves time; it begins at `NOW`, on 16 September 2026 at 14:00 UTC."""

    def to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    to(NOW)
    return to


class Asked:
    """A kind of notices of which a test says what is due."""

    def __init__(self) -> None:
        self.due: list[Notice] = []
        self.times = 0
        self.error: Exception | None = None

    def __call__(self, now: datetime) -> Iterator[Notice]:
        self.times += 1
        if self.error:
            raise self.error
        yield from self.due

    def say(self, *keys: str) -> None:
        self.due = [
            Notice(key=key, title=f"About {key}", text="Something is due.", path="goals/1/")
            for key in keys
        ]

    def declare(self, monkeypatch: pytest.MonkeyPatch, name: str, when: When) -> None:
        kind = NoticeKind(
            name=name, title="A test", about="", due=self, when=when, every=timedelta(minutes=10)
        )
        notices.load()
        monkeypatch.setitem(notices._declared, name, kind)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found = Asked()
    found.declare(monkeypatch, "test", When.ANYTIME)
    return found


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "lifetracker.ops.smtp.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.OWNER_EMAIL = settings.DEFAULT_FROM_EMAIL = "robin@example.org"
        yield server


@pytest.fixture
def ntfy(settings: Any) -> Iterator[PostServer]:
    with PostServer() as server:
        settings.NTFY_URL, settings.NTFY_TOPIC = server.url, "hidden-topic"
        settings.NTFY_TOKEN = "tk_hidden"
        yield server


@pytest.fixture
def push(settings: Any) -> Iterator[PostServer]:
    settings.PUSH_TO_PRIVATE_ADDRESSES = True
    with PostServer() as server:
        server.answer(201)
        yield server


def choose(**values: Any) -> Choices:
    row, _ = Choices.objects.update_or_create(pk=1, defaults=values)
    return row


def states() -> list[tuple[str, str, str]]:
    """Return the key, the channel and the state of each message, oldest first."""
    rows = Notification.objects.order_by("pk")
    return list(rows.values_list("key", "channel", "state"))
