"""The page of the settings: what is chosen, tried and shown."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import Schedule

from lifetracker.tasks import MINUTES_TASK
from lifetracker.web.offline import service_worker
from notifications.models import Choices, Notification, PushSubscription
from tests import makers
from tests.mail_server import MailServer
from tests.notifications.conftest import choose
from tests.notifications.services import Browser, PostServer

pytestmark = pytest.mark.django_db
PAGE = "/settings/notifications/"
HOURS = {"morning": "08:00", "evening": "18:00"}


def ticked(page: str) -> list[tuple[str, str]]:
    """The boxes that are ticked, by field and value."""
    return re.findall(r'name="(kind-[^"]+)" value="([^"]+)"[^>]* checked', page)


def closed(page: str) -> list[tuple[str, str]]:
    """The boxes that cannot be ticked."""
    return re.findall(r'name="(kind-[^"]+)" value="([^"]+)"[^>]* disabled', page)


def save(person: Client, **values: Any) -> Any:
    return person.post(PAGE, HOURS | values, follow=True)


def test_nothing_is_on_until_it_is_switched_on(person: Client) -> None:
    page = person.get(PAGE).text
    assert not ticked(page)
    assert page.count("Not set up") == 3
    assert "Set EMAIL_HOST and OWNER_EMAIL" in page
    assert "Nothing was sent yet." in page
    assert not Choices.objects.exists()
    assert not Choices.objects.current().is_on


def test_what_is_chosen_is_stored_and_shown(
    person: Client, mail: MailServer, ntfy: PostServer
) -> None:
    values = {"kind-goal": ["mail", "ntfy"], "kind-fast": ["ntfy"]}
    answer = save(person, **values, quiet_from="22:00", quiet_to="07:30", evening="19:15")
    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Saved." in answer.text
    assert ticked(answer.text) == [
        ("kind-goal", "mail"),
        ("kind-goal", "ntfy"),
        ("kind-fast", "ntfy"),
    ]
    for shown in ('value="22:00"', 'value="07:30"', 'value="19:15"'):
        assert shown in answer.text
    row = Choices.objects.get()
    assert row.chosen == {"goal": ["mail", "ntfy"], "fast": ["ntfy"]}
    assert (row.quiet_from, row.quiet_to, row.evening) == (time(22), time(7, 30), time(19, 15))
    save(person)
    row = Choices.objects.get()
    assert (row.chosen, row.quiet_from, row.is_on) == ({}, None, False)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"quiet_from": "22:00"}, "Enter both, or none."),
        ({"quiet_to": "22:00"}, "Enter both, or none."),
        ({"quiet_from": "17:00", "quiet_to": "07:00"}, "nothing of it would be sent"),
        ({"quiet_from": "07:00", "quiet_to": "18:00"}, "nothing of it would be sent"),
        ({"quiet_from": "20:00", "quiet_to": "19:00"}, "nothing of it would be sent"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "Enter two different times."),
        ({"morning": "18:00"}, "The evening must come after the morning."),
        ({"morning": ""}, "This field is required."),
        ({"evening": "soon"}, "Enter a valid time."),
        ({"kind-goal": ["pigeon"]}, "Select a valid choice."),
        ({"kind-goal": ["push"]}, "Web push: Press “Add this browser”"),
        ({"kind-goal": ["mail"]}, "Mail: Set EMAIL_HOST and OWNER_EMAIL"),
    ],
    ids=str,
)
def test_what_cannot_work_is_refused_at_its_field(
    person: Client, values: dict[str, Any], words: str
) -> None:
    answer = save(person, **values)
    assert answer.status_code == 400
    assert words in answer.text
    assert not Choices.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"quiet_from": "22:00", "quiet_to": "07:00", "morning": "06:30"},
        {"quiet_from": "17:00", "quiet_to": "19:00"},
        {"quiet_from": "22:00", "quiet_to": "08:30"},
        {"quiet_from": "18:01", "quiet_to": "17:59"},
    ],
    ids=str,
)
def test_hours_that_leave_a_part_of_the_day_are_saved(
    person: Client, values: dict[str, Any]
) -> None:
    assert save(person, **values).status_code == 200
    assert Choices.objects.get().quiet_from is not None


def test_what_was_chosen_stays_where_its_channel_has_failed_since(person: Client) -> None:
    choose(chosen={"goal": ["mail"], "of an app that is away": ["mail"]})
    assert ticked(person.get(PAGE).text) == [("kind-goal", "mail")]
    assert save(person, **{"kind-goal": ["mail"]}).status_code == 200
    assert Choices.objects.get().chosen["of an app that is away"] == ["mail"]


def test_what_is_not_set_up_cannot_be_ticked_and_the_page_says_how_to_set_it_up(
    person: Client, mail: MailServer, settings: Any
) -> None:
    page = person.get(PAGE).text
    assert ("kind-goal", "mail") not in closed(page)
    assert {("kind-goal", "ntfy"), ("kind-fast", "push")} <= set(closed(page))
    assert 'What is grey is not set up: see <a href="#channels">' in page
    assert "Set NTFY_TOPIC, then restart: docs/notifications.md." in page
    assert "Press “Add this browser” under Browsers." in page
    makers.push_subscription()
    settings.NTFY_TOPIC = "hidden-topic"
    page = person.get(PAGE).text
    assert not closed(page)
    assert "What is grey" not in page


def test_a_chosen_channel_that_is_gone_is_said_and_can_be_taken_away(
    person: Client, mail: MailServer
) -> None:
    choose(chosen={"goal": ["mail", "ntfy"], "fast": ["push"]})
    page = person.get(PAGE).text
    assert "Nothing comes by ntfy at present, although you chose it. Set NTFY_TOPIC" in page
    assert "Nothing comes by Web push at present" in page
    assert "Nothing comes by Mail" not in page
    assert ("kind-fast", "ntfy") in closed(page)
    assert ("kind-goal", "ntfy") not in closed(page)
    save(person, **{"kind-goal": ["mail"]})
    page = person.get(PAGE).text
    assert "Nothing comes by" not in page
    assert ("kind-goal", "ntfy") in closed(page), "it is not there any more"


def test_what_was_refused_stays_ticked_beside_the_reason(person: Client) -> None:
    answer = save(person, **{"kind-goal": ["ntfy"], "evening": "19:00"})
    assert ticked(answer.text) == [("kind-goal", "ntfy")]
    assert ("kind-goal", "ntfy") not in closed(answer.text)
    assert "ntfy: Set NTFY_TOPIC" in answer.text


def test_without_a_worker_the_page_says_that_nothing_is_sent(
    person: Client, mail: MailServer
) -> None:
    worker = Schedule.objects.filter(name=MINUTES_TASK)
    worker.update(next_run=timezone.now() - timedelta(hours=1))
    words = "No worker is running, so nothing is sent by itself."
    assert words not in person.get(PAGE).text, "nothing is to be sent"
    choose(chosen={"goal": ["mail"]})
    assert words in person.get(PAGE).text
    for hours, is_said in ((23, False), (25, True)):
        asked = timezone.now() - timedelta(hours=hours)
        choose(asked={"goal": asked.isoformat(), "fast": "2026-01-01T00:00:00+00:00"})
        assert (words in person.get(PAGE).text) == is_said, "cron may do it"
    worker.update(next_run=timezone.now() + timedelta(seconds=30))
    assert words not in person.get(PAGE).text


def test_what_waits_and_is_switched_off_is_dropped(person: Client, mail: MailServer) -> None:
    choose(chosen={"goal": ["mail"], "fast": ["mail"]})
    for kind in ("goal", "fast"):
        makers.notification(kind=kind, state="waiting")
    save(person, **{"kind-fast": ["mail"]})
    found = dict(Notification.objects.values_list("kind", "state"))
    assert found == {"goal": "dropped", "fast": "waiting"}


def test_a_test_of_mail(person: Client, mail: MailServer) -> None:
    answer = person.post(f"{PAGE}test/mail", follow=True)
    assert "Mail: the test was sent." in answer.text
    assert mail.mails[0]["Subject"] == "Life Tracker"
    mail.refusals["RCPT"] = "550 nobody here"
    answer = person.post(f"{PAGE}test/mail", follow=True)
    assert "Mail: the test was not sent. The mail server" in answer.text
    assert "(550: nobody here)" in answer.text
    assert not Notification.objects.exists(), "a test is no message"


def test_a_test_of_ntfy(person: Client, ntfy: PostServer) -> None:
    assert "ntfy: the test was sent." in person.post(f"{PAGE}test/ntfy", follow=True).text
    ntfy.answer(403)
    page = person.post(f"{PAGE}test/ntfy", follow=True).text
    assert "ntfy: the test was not sent. ntfy refused the message (403)." in page
    assert "hidden-topic" not in page
    assert "tk_hidden" not in page


def test_a_test_of_what_is_not_set_up(person: Client) -> None:
    for name, words in {
        "mail": "Mail: the test was not sent. Set EMAIL_HOST",
        "ntfy": "ntfy: the test was not sent. Set NTFY_TOPIC",
        "push": "Web push: the test was not sent. Press “Add this browser”",
    }.items():
        assert words in person.post(f"{PAGE}test/{name}", follow=True).text
    assert person.post(f"{PAGE}test/pigeon").url == PAGE


def test_the_last_messages_are_shown_with_their_outcome(person: Client) -> None:
    makers.notification(1)
    makers.notification(2, state="failed", outcome="ntfy answered 500.", channel="ntfy")
    makers.notification(3, state="dropped", outcome="It was over.", kind="gone")
    makers.notification(4, state="waiting", title="<b>bold</b>")
    page = person.get(PAGE).text
    for words in ("Sent", "Given up", "ntfy answered 500.", "Not sent", "Waiting"):
        assert words in page
    assert "<b>bold</b>" not in page
    for number in range(5, 40):
        makers.notification(number)
    assert person.get(PAGE).text.count("Due tonight: goal") == 20


def test_it_is_for_staff(client: Client, person: Client) -> None:
    other = Client()
    other.force_login(User.objects.create_user("kim"))
    browser = Browser("https://push.example.org/1").form()
    assert other.get(PAGE).status_code == 403
    assert other.post(PAGE, HOURS).status_code == 403
    assert other.post(f"{PAGE}browsers", browser).status_code == 403
    assert other.post(f"{PAGE}test/mail").status_code == 403
    assert PAGE not in other.get("/settings/").text
    assert f'href="{PAGE}"' in person.get("/settings/").text
    assert Client().get(PAGE).url.startswith("/login/")
    assert not PushSubscription.objects.exists()


def test_to_add_a_browser_is_confirmed(person: Client) -> None:
    session = person.session
    session["confirmed"] = 0
    session.save()
    assert person.get(PAGE).status_code == 200
    form = Browser("https://push.example.org/1").form()
    answer = person.post(f"{PAGE}browsers", form)
    assert 'name="confirm_password"' in answer.text
    assert form["p256dh"] in answer.text, "it goes on with what the browser said"
    assert not PushSubscription.objects.exists()


def test_what_it_costs(person: Client) -> None:
    for number in range(30):
        makers.notification(number)
    for number in range(5):
        makers.push_subscription(number)
    person.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        person.get(PAGE)
    assert len(queries) == 7


def test_the_service_worker_has_what_it_shows(rf: Any) -> None:
    script = service_worker(rf.get("/service-worker.js")).text
    assert '"icon": "/static/lifetracker/icon-180' in script
