"""When the review is sent by itself, and that it is sent once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.utils import timezone

from lifetracker.ops.notices import notice_kinds
from notifications.models import Choices, Notification
from notifications.sending import send_due
from tests import makers
from weight.models import WeighIn

pytestmark = pytest.mark.django_db
Move = Callable[[datetime], None]
MONDAY = datetime(2026, 9, 14, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _first_record() -> None:
    makers.weigh_in(measured_at=datetime(2026, 9, 8, 6, tzinfo=UTC))


@pytest.fixture
def move(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Move:
    settings.EMAIL_HOST = "localhost"
    settings.OWNER_EMAIL = settings.DEFAULT_FROM_EMAIL = "robin@example.org"
    settings.PUBLIC_URL = "https://life.example.org"

    def to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    to(MONDAY)
    return to


def switch_on() -> None:
    Choices.objects.update_or_create(
        pk=1, defaults={"chosen": {"review": ["mail"]}, "morning": time(7)}
    )


def subjects() -> list[str]:
    return [one.subject for one in outbox.outbox]


def keys(moment: datetime) -> list[str]:
    return [one.key for one in notice_kinds()["review"].due(moment)]


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (datetime(2026, 9, 14, 9, tzinfo=UTC), ["2026-W37"]),
        (datetime(2026, 9, 20, 9, tzinfo=UTC), ["2026-W37"]),
        (datetime(2026, 10, 1, 9, tzinfo=UTC), ["2026-W39", "2026-09"]),
        (datetime(2026, 10, 8, 9, tzinfo=UTC), ["2026-W40"]),
        (datetime(2027, 1, 1, 9, tzinfo=UTC), ["2026-W52", "2026-12", "2026"]),
    ],
)
def test_what_ended_within_a_week_is_due(day: datetime, due: list[str]) -> None:
    assert keys(day) == due


def test_nothing_comes_before_there_is_a_record() -> None:
    assert keys(MONDAY - timedelta(weeks=1)) == []
    WeighIn.objects.all().delete()
    assert keys(MONDAY) == []


def test_nothing_is_sent_until_it_is_switched_on(move: Move) -> None:
    send_due()
    assert subjects() == []


def test_on_monday_it_comes_once_and_as_a_whole(move: Move) -> None:
    switch_on()
    makers.intention(1, "In bed by 23:00", kept="yes")
    move(MONDAY.replace(hour=6, minute=59))
    send_due()
    assert subjects() == []
    for hour in (7, 8, 15, 17):
        move(MONDAY.replace(hour=hour, minute=1))
        send_due()
    move(MONDAY + timedelta(days=1))
    send_due()
    assert subjects() == ["Your week: 7 to 13 September 2026"]
    sent = message_from_bytes(outbox.outbox[0].message().as_bytes(), policy=policy.default)
    plain, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain is not None
    assert "kept, “In bed by 23:00”" in plain.get_content()
    assert html is not None
    assert "https://life.example.org/review/2026-W37" in html.get_content()


def test_a_machine_that_was_off_for_weeks_sends_the_newest_alone(move: Move) -> None:
    switch_on()
    move(MONDAY + timedelta(weeks=5, days=2, hours=6))
    send_due()
    assert subjects() == ["Your week: 12 to 18 October 2026"]


def test_a_mail_that_fails_is_tried_again_and_said(move: Move, settings: Any) -> None:
    switch_on()
    settings.EMAIL_BACKEND = "lifetracker.ops.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    send_due()
    waiting = Notification.objects.get()
    assert waiting.state == Notification.State.WAITING
    assert "does not listen there" in waiting.outcome
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    move(MONDAY + timedelta(hours=2))
    send_due()
    assert subjects() == ["Your week: 7 to 13 September 2026"]


def test_the_hour_is_that_of_the_owner_also_where_clocks_change(move: Move, settings: Any) -> None:
    switch_on()
    with timezone.override(ZoneInfo("Europe/Berlin")):
        # Clocks were put back the night before: seven is at six in UTC.
        move(datetime(2026, 10, 26, 5, 59, tzinfo=UTC))
        send_due()
        assert subjects() == []
        move(datetime(2026, 10, 26, 6, 1, tzinfo=UTC))
        send_due()
    assert subjects() == ["Your week: 19 to 25 October 2026"]
