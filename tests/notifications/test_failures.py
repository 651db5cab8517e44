"""What becomes of messages whose channel or kind fails, and of those that ended unsent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lifetracker.environment import ntfy_token
from lifetracker.ops.notices import When
from notifications.models import CLAIMED_FOR, Notification
from notifications.sending import send_due
from tests import makers
from tests.conftest import NOW
from tests.mail_server import MailServer
from tests.notifications.conftest import Asked, choose, states
from tests.notifications.services import PostServer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("move")]
State = Notification.State


def test_a_channel_that_fails_is_tried_again_ever_later(
    mail: MailServer, asked: Asked, move: Any
) -> None:
    mail.refusals["RCPT"] = "450 busy"
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    waits = []
    moment = NOW
    for _ in range(8):
        move(moment)
        assert send_due().postponed == 1
        row = Notification.objects.get()
        waits.append((row.next_attempt_at - moment) // timedelta(minutes=1))
        move(row.next_attempt_at - timedelta(seconds=1))
        assert send_due().postponed == 0
        moment = row.next_attempt_at
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "does not take mail to OWNER_EMAIL (450: busy)" in row.outcome
    mail.refusals.clear()
    move(moment)
    assert send_due().sent == 1
    assert Notification.objects.get().outcome == ""
    assert len(mail.mails) == 1


def test_a_refusal_is_tried_again_soon_too(mail: MailServer, asked: Asked) -> None:
    """Its owner may be about to mend it."""
    mail.refusals["RCPT"] = "550 nobody"
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    send_due()
    assert Notification.objects.get().next_attempt_at == NOW + timedelta(minutes=1)


def test_a_test_that_arrives_frees_what_waits(
    mail: MailServer, ntfy: PostServer, asked: Asked, person: Client, move: Any
) -> None:
    mail.refusals["RCPT"], ntfy_is_off = "550 nobody", 500
    ntfy.answer(ntfy_is_off)
    choose(chosen={"test": ["mail", "ntfy"]})
    asked.say("a")
    send_due()
    Notification.objects.update(next_attempt_at=NOW + timedelta(minutes=50))
    mail.refusals.clear()
    person.post("/settings/notifications/test/mail")
    assert send_due().sent == 1
    assert [one["Subject"] for one in mail.mails] == ["Life Tracker", "About a"]
    assert Notification.objects.get(channel="ntfy").next_attempt_at > NOW, "another channel"


def test_a_test_does_not_send_what_is_just_being_sent(mail: MailServer, person: Client) -> None:
    row = makers.notification(state="waiting", channel="mail", outcome="busy")
    assert row.claim(timezone.now())
    person.post("/settings/notifications/test/mail")
    row.refresh_from_db()
    assert row.next_attempt_at == NOW + CLAIMED_FOR


def test_a_channel_that_hangs_is_asked_once_in_a_go(
    mail: MailServer, ntfy: PostServer, asked: Asked, move: Any
) -> None:
    ntfy.answer(503)
    choose(chosen={"test": ["ntfy", "mail"]})
    asked.say("a", "b", "c")
    done = send_due()
    assert (len(ntfy.posted), done.sent, done.postponed) == (1, 3, 1)
    ntfy.answer(200)
    move(NOW + timedelta(minutes=1))
    assert send_due().sent == 3
    titles = [json.loads(one.body)["title"] for one in ntfy.posted]
    assert titles == ["About a", "About b", "About c", "About a"], "the others first"


def test_a_channel_with_many_that_wait_does_not_hide_those_of_another(
    mail: MailServer, ntfy: PostServer, asked: Asked
) -> None:
    ntfy.answer(401)
    choose(chosen={"test": ["ntfy", "mail"]})
    asked.say(*(f"{number}" for number in range(41)))
    for number in range(40):
        makers.notification(
            kind="test", key=f"{number}", channel="ntfy", state="waiting", next_attempt_at=NOW
        )
        makers.notification(kind="test", key=f"{number}", channel="mail")
    done = send_due()
    assert (done.sent, done.postponed) == (1, 1)
    assert [one["Subject"] for one in mail.mails] == ["About 40"]


def test_an_error_of_a_channel_that_nobody_expected_is_noted(
    mail: MailServer,
    ntfy: PostServer,
    asked: Asked,
    *,
    settings: Any,
    person: Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.NTFY_TOKEN = "tk\N{EURO SIGN}sesame"
    choose(chosen={"test": ["ntfy", "mail"]})
    asked.say("a", "b")
    done = send_due()
    assert (done.sent, done.postponed, done.errors) == (2, 2, [])
    words = "ntfy failed with an error that it should not have (UnicodeEncodeError)."
    for row in Notification.objects.filter(channel="ntfy"):
        assert row.outcome.startswith(words)
        assert row.next_attempt_at == NOW + timedelta(minutes=1)
    page = person.post("/settings/notifications/test/ntfy", follow=True)
    assert page.status_code == 200
    assert f"ntfy: the test was not sent. {words}" in page.text
    assert "ntfy failed with UnicodeEncodeError at " in caplog.text
    assert "sesame" not in caplog.text + page.text + row.outcome
    assert "\N{EURO SIGN}" not in caplog.text


def test_a_token_that_no_header_can_carry_is_refused() -> None:
    for token in ("tk\N{EURO SIGN}", "tk x", "tk\n"):
        with pytest.raises(ValueError, match="plain letters") as refused:
            ntfy_token(token)
        assert "tk" not in str(refused.value)
    assert ntfy_token("tk_1-a.b~") == "tk_1-a.b~"
    assert ntfy_token("") == ""


def test_a_service_says_how_long_to_wait(ntfy: PostServer, asked: Asked) -> None:
    ntfy.answer(429, Retry_After="1500")
    choose(chosen={"test": ["ntfy"]})
    asked.say("a")
    send_due()
    row = Notification.objects.get()
    assert row.next_attempt_at == NOW + timedelta(minutes=25)
    assert "hidden" not in row.outcome


def put_off(asked: Asked) -> str:
    """Let a message by ntfy be due, which cannot be sent; return what is noted of it."""
    choose(chosen={"test": ["ntfy"]})
    asked.say("a")
    assert send_due().postponed == 1
    return Notification.objects.get().outcome


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "ntfy refused the message (401). See whether NTFY_TOKEN may write to NTFY_TOPIC."),
        (403, "(403)"),
        (404, "ntfy answered 404"),
        (302, "ntfy answered 302. See NTFY_URL."),
        (500, "answered 500"),
    ],
)
def test_what_ntfy_refuses_is_a_sentence(
    ntfy: PostServer, asked: Asked, status: int, words: str
) -> None:
    ntfy.answer(status)
    outcome = put_off(asked)
    assert words in outcome
    assert "hidden" not in outcome


@pytest.mark.parametrize("body", [b"<html>Welcome", b"[]", b'{"event": "open"}', b"", b"[" * 9000])
def test_what_only_answers_like_a_web_server_took_no_message(
    ntfy: PostServer, asked: Asked, person: Client, body: bytes
) -> None:
    """As where NTFY_URL leads to another program, or a network asks for a login first."""
    ntfy.say(body)
    words = "No ntfy answers there, but something else. See NTFY_URL."
    assert put_off(asked) == words
    page = person.post("/settings/notifications/test/ntfy", follow=True).text
    assert f"ntfy: the test was not sent. {words}" in page


def test_no_redirect_takes_the_token_elsewhere(ntfy: PostServer, asked: Asked) -> None:
    with PostServer() as elsewhere:
        ntfy.answer(307, Location=elsewhere.url)
        put_off(asked)
        assert not elsewhere.posted


def test_one_that_comes_twice_has_the_id_of_the_first(
    ntfy: PostServer, asked: Asked, move: Any
) -> None:
    """As where a server takes a message and its answer is lost: ntfy's apps show the second in the place of the first."""
    choose(chosen={"test": ["ntfy"]})
    asked.say("a", "b")
    ntfy.answer(500)
    send_due()
    ntfy.answer(200)
    move(NOW + timedelta(minutes=5))
    assert send_due().sent == 2
    ids: dict[str, set[str]] = {}
    for one in ntfy.posted:
        body = json.loads(one.body)
        ids.setdefault(body["title"], set()).add(body["sequence_id"])
    assert len(ntfy.posted) == 3
    assert sorted(len(found) for found in ids.values()) == [1, 1]
    assert len(set.union(*ids.values())) == 2


def test_what_is_still_so_is_sent_however_long_a_channel_failed(
    mail: MailServer, asked: Asked, move: Any
) -> None:
    """As with a wrong password of the mail server, or a worker that was off."""
    mail.refusals["AUTH"] = mail.refusals["RCPT"] = "535 no"
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    for hours in (0, 1, 25, 26, 240):
        move(NOW + timedelta(hours=hours))
        Notification.objects.update(next_attempt_at=timezone.now())
        assert send_due().postponed == 1
    assert states() == [("a", "mail", "waiting")]
    mail.refusals.clear()
    move(NOW + timedelta(hours=241))
    assert send_due().sent == 1
    move(NOW + timedelta(hours=250))
    assert send_due().sent == 0


@pytest.mark.parametrize("state", ["dropped", "failed"])
def test_what_ended_unsent_and_is_so_again_is_told(
    mail: MailServer, asked: Asked, move: Any, state: str
) -> None:
    makers.notification(
        kind="test", key="a", channel="mail", state=state, attempts=9, outcome="It was over."
    )
    choose(chosen={"test": ["mail"]})
    move(NOW + timedelta(days=1))
    asked.say("a")
    assert send_due().sent == 1
    row = Notification.objects.get()
    assert (row.state, row.attempts, row.outcome) == (State.SENT, 1, "")
    assert row.created_at == NOW + timedelta(days=1)


def test_what_is_dropped_by_another_channel_than_the_wanted_stays_so(
    mail: MailServer, asked: Asked
) -> None:
    makers.notification(kind="test", key="a", channel="ntfy", state="dropped")
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    send_due()
    assert states() == [("a", "ntfy", "dropped"), ("a", "mail", "sent")]


def test_what_was_switched_off_and_on_is_told(
    mail: MailServer, asked: Asked, person: Client, move: Any
) -> None:
    mail.refusals["RCPT"] = "450 busy"
    choose(chosen={"test": ["mail"]})
    asked.say("a")
    send_due()
    hours = {"morning": "08:00", "evening": "18:00"}
    person.post("/settings/notifications/", hours)
    assert states() == [("a", "mail", "dropped")]
    person.post("/settings/notifications/", hours | {"kind-test": ["mail"]})
    mail.refusals.clear()
    move(NOW + timedelta(minutes=10))
    assert send_due().sent == 1


def test_a_kind_that_fails_does_not_silence_the_others(
    mail: MailServer, asked: Asked, move: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Asked()
    broken.declare(monkeypatch, "broken", When.ANYTIME)
    broken.error = RuntimeError("no")
    choose(chosen={"test": ["mail"], "broken": ["mail"]})
    waiting = makers.notification(kind="broken", channel="mail", state="waiting", created_at=NOW)
    asked.say("a")
    with pytest.raises(RuntimeError):
        call_command("send_notifications", verbosity=0)
    assert len(mail.mails) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == (State.WAITING, 1)
    assert waiting.outcome.startswith("Whether this is still so could not be found out.")
    Notification.objects.filter(pk=waiting.pk).update(next_attempt_at=NOW + timedelta(days=1))
    move(NOW + timedelta(days=1, minutes=1))
    with pytest.raises(RuntimeError):
        call_command("send_notifications", verbosity=0)
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED
