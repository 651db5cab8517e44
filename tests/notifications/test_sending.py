"""What is due is sent once, when it may be, and not when it is over."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.ops.notices import When
from notifications.housekeeping import forget_notifications
from notifications.models import CLAIMED_FOR, Choices, Notification
from notifications.sending import send_due
from tests import makers
from tests.conftest import NOW
from tests.mail_server import MailServer
from tests.notifications.conftest import Asked, choose, states
from tests.notifications.services import PostServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("move")]
State = Notification.State


def test_a_message_is_sent_once_by_each_channel(
    mail: MailServer, ntfy: PostServer, asked: Asked, move: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://life.example.org"
    choose(chosen={"test": ["mail", "ntfy"]})
    asked.say("a")
    assert send_due().sent == 2
    (letter,) = mail.mails
    assert letter["Subject"] == "About a"
    text = letter.get_content().split()
    assert text[-1] == "https://life.example.org/goals/1/"
    (posted,) = ntfy.posted
    assert posted.headers["Authorization"] == "Bearer tk_hidden"
    body = json.loads(posted.body)
    assert re.fullmatch("[0-9a-f]{32}", body.pop("sequence_id")), "ids as ntfy takes them"
    assert body == {
        "topic": "hidden-topic",
        "title": "About a",
        "message": "Something is due.",
        "click": "https://life.example.org/goals/1/",
    }
    for minutes in (1, 11, 60):
        move(NOW + timedelta(minutes=minutes))
        send_due()
    asked.say("a", "b")
    move(NOW + timedelta(minutes=80))
    send_due()
    assert [one["Subject"] for one in mail.mails] == ["About a", "About b"]
    assert {state for *_, state in states()} == {"sent"}


def test_what_is_off_costs_one_statement(asked: Asked) -> None:
    asked.say("a")
    with CaptureQueriesContext(connection) as queries:
        send_due()
    choose(chosen={"test": []}, quiet_from=time(1), quiet_to=time(2))
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        send_due()
    assert len(queries) == 1
    assert asked.times == 0


def test_a_minute_in_which_nothing_is_asked_costs_two_statements(asked: Asked, move: Any) -> None:
    choose(chosen={"test": ["mail"]})
    send_due()
    move(NOW + timedelta(minutes=1))
    with CaptureQueriesContext(connection) as queries:
        send_due()
    assert len(queries) == 2
    assert asked.times == 1
    move(NOW + timedelta(minutes=10))
    with CaptureQueriesContext(connection) as queries:
        send_due()
    # Nothing is due: the kind says so by none, and that it was asked is noted.
    assert len(queries) == 4
    assert asked.times == 2


def test_many_messages_cost_no_more_than_each_its_own(
    mail: MailServer, asked: Asked, move: Any
) -> None:
    choose(chosen={"test": ["mail"]})
    asked.say(*(f"{number}" for number in range(50)))
    with CaptureQueriesContext(connection) as queries:
        assert send_due().sent == 20, "of one kind at a time"
    # Each is claimed, and noted as sent. That the kind was asked is not noted, as more of it is due.
    assert len(queries) == 2 + 2 + 1 + 2 * 20
    for minutes, number in ((1, 20), (2, 10), (3, 0)):
        move(NOW + timedelta(minutes=minutes))
        assert send_due().sent == number
    assert len({one["Subject"] for one in mail.mails}) == 50


def test_what_is_over_meanwhile_is_dropped(mail: MailServer, asked: Asked, move: Any) -> None:
    mail.refusals["RCPT"] = "450 busy"
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    send_due()
    mail.refusals.clear()
    asked.say()
    move(NOW + timedelta(minutes=1))
    assert send_due().ended == 1
    assert states() == [("a", "mail", "dropped")]
    assert not mail.mails


def test_a_message_says_what_is_so_when_it_is_sent(
    mail: MailServer, asked: Asked, move: Any
) -> None:
    mail.refusals["RCPT"] = "450 busy"
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    send_due()
    mail.refusals.clear()
    asked.due = [asked.due[0].__class__(key="a", title="Now", text="Less is missing.")]
    move(NOW + timedelta(minutes=1))
    send_due()
    assert mail.mails[0]["Subject"] == "Now"


def test_many_of_a_kind_that_fails_leave_the_others_their_turn(
    mail: MailServer, asked: Asked, move: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Asked()
    broken.declare(monkeypatch, "broken", When.ANYTIME)
    broken.error = RuntimeError("no")
    choose(chosen={"test": ["mail"], "broken": ["mail"]})
    for number in range(40):
        makers.notification(
            number,
            kind="broken",
            channel="mail",
            state="waiting",
            created_at=NOW,
            next_attempt_at=NOW - timedelta(minutes=1),
        )
    asked.say("a")
    assert send_due().sent == 0
    move(NOW + timedelta(seconds=30))
    assert send_due().sent == 1


def test_what_was_switched_off_is_not_sent(mail: MailServer, asked: Asked, move: Any) -> None:
    mail.refusals["RCPT"] = "450 busy"
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    send_due()
    mail.refusals.clear()
    choose(chosen={"test": ["ntfy"]})
    move(NOW + timedelta(minutes=1))
    send_due()
    assert states()[0] == ("a", "mail", "dropped")
    assert not mail.mails


def test_a_claim_that_was_left_is_taken_by_another(
    mail: MailServer, asked: Asked, move: Any
) -> None:
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    row = Notification.objects.create(kind="test", key="a", channel="mail", title="a")
    other = Notification.objects.get()
    assert row.claim(timezone.now())
    assert not other.claim(timezone.now()), "one of two"
    send_due()
    assert not mail.mails
    move(NOW + CLAIMED_FOR)
    send_due()
    assert len(mail.mails) == 1


def test_quiet_hours_that_begin_meanwhile_keep_the_rest(
    mail: MailServer, asked: Asked, move: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(chosen={"test": ["mail"]}, quiet_from=time(22), quiet_to=time(7))
    asked.say("a", "b", "c")
    end = Notification.end

    def slow(message: Notification, *args: Any) -> None:
        end(message, *args)
        move(NOW.replace(hour=22))

    monkeypatch.setattr(Notification, "end", slow)
    move(NOW.replace(hour=21, minute=59, second=58))
    assert send_due().sent == 1
    move(NOW.replace(hour=7) + timedelta(days=1))
    monkeypatch.setattr(Notification, "end", end)
    assert send_due().sent == 2


def test_the_command_says_what_it_did(
    mail: MailServer, asked: Asked, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    call_command("send_notifications")
    assert capsys.readouterr().out == "1 message sent.\n"
    mail.refusals["RCPT"] = "450 busy"
    asked.say("b")
    Choices.objects.update(asked={})
    call_command("send_notifications")
    assert capsys.readouterr().out == "0 messages sent, 1 to be tried again.\n"


# --- Hours ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "hour", "is_sent"),
    [
        ((22, 0), (7, 0), 23, False),
        ((22, 0), (7, 0), 6, False),
        ((22, 0), (7, 0), 7, True),
        ((22, 0), (7, 0), 21, True),
        ((13, 0), (15, 0), 14, False),
        ((13, 0), (15, 0), 15, True),
        ((13, 0), (13, 0), 13, True),
    ],
)
def test_quiet_hours_postpone(
    mail: MailServer,
    asked: Asked,
    move: Any,
    *,
    begin: tuple[int, int],
    end: tuple[int, int],
    hour: int,
    is_sent: bool,
) -> None:
    choose(chosen={"test": ["mail"]}, quiet_from=time(*begin), quiet_to=time(*end))
    asked.say("a")
    move(NOW.replace(hour=hour))
    send_due()
    assert bool(mail.mails) == is_sent
    move(NOW.replace(hour=18))
    send_due()
    assert len(mail.mails) == 1


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        # Clocks are put back on 25 October 2026, at 3:00 to 2:00: quiet until the second 2:30.
        (datetime(2026, 10, 25, 0, 15, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 0, 45, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), False),
        # Forward on 28 March 2027, at 2:00 to 3:00: there is no 2:30.
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 28, 1, 29, tzinfo=UTC), True),
        (datetime(2027, 3, 28, 1, 30, tzinfo=UTC), False),
        # The evening before, in Berlin.
        (datetime(2026, 10, 24, 19, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), True),
    ],
    ids=str,
)
def test_quiet_hours_are_those_of_the_owners_clock(
    mail: MailServer, asked: Asked, settings: Any, *, moment: datetime, is_quiet: bool, move: Any
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    choose(chosen={"test": ["mail"]}, quiet_from=time(22), quiet_to=time(2, 30))
    asked.say("a")
    move(moment)
    send_due()
    assert bool(mail.mails) != is_quiet


@pytest.mark.parametrize(
    ("when", "hours"),
    [
        (When.ANYTIME, [0, 7, 8, 17, 18, 23]),
        (When.MORNING, [8, 17]),
        (When.EVENING, [18, 23]),
    ],
)
def test_a_kind_has_its_time_of_the_day(
    mail: MailServer,
    move: Any,
    monkeypatch: pytest.MonkeyPatch,
    when: When,
    hours: list[int],
) -> None:
    kind = Asked()
    kind.declare(monkeypatch, "timed", when)
    choose(chosen={"timed": ["mail"]})
    for hour in (0, 7, 8, 17, 18, 23):
        move(NOW.replace(hour=hour))
        kind.say(f"at {hour}")
        send_due()
    assert [one["Subject"] for one in mail.mails] == [f"About at {hour}" for hour in hours]


def test_what_waited_past_its_time_of_the_day_is_dropped(
    mail: MailServer, move: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = Asked()
    kind.declare(monkeypatch, "timed", When.MORNING)
    choose(chosen={"timed": ["mail"]})
    kind.say("a")
    mail.refusals["RCPT"] = "450 busy"
    move(NOW.replace(hour=17, minute=59))
    send_due()
    mail.refusals.clear()
    move(NOW.replace(hour=18, minute=5))
    send_due()
    assert states() == [("a", "mail", "dropped")]


def test_old_messages_are_deleted() -> None:
    for number, days in enumerate((91, 89)):
        makers.notification(number, created_at=NOW - timedelta(days=days))
    assert forget_notifications(NOW) == 1
    assert Notification.objects.get().key == "1 2026-09-16"
