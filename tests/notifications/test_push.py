"""Web push: what a browser gets, and how it is added and lost."""

from __future__ import annotations

import json
import re
import socket
import time
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client

from lifetracker.errors import BadResponse, NotConfigured, SyncError, TryLater
from notifications import push as channel
from notifications.models import Notification, PushKey, PushSubscription
from notifications.outgoing import Outgoing, PartlySent
from notifications.sending import send_due
from tests.conftest import NOW
from tests.notifications.conftest import Asked, choose
from tests.notifications.services import Browser, PostServer, decoded

pytestmark = pytest.mark.django_db
MESSAGE = Outgoing("0123456789abcdef", "Due tonight: Læsning", "30 min today.", "goals/1/")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def added(person: Client, server: PostServer, path: str = "/push/secret-1") -> Browser:
    person.get("/settings/notifications/")
    browser = Browser(f"{server.url}{path}")
    answer = person.post(
        "/settings/notifications/browsers",
        browser.form(),
        headers={"user-agent": FIREFOX},
        follow=True,
    )
    assert "shows messages from now on" in answer.text
    return browser


def test_a_browser_reads_what_it_gets_and_knows_who_sent_it(
    person: Client, push: PostServer, settings: Any
) -> None:
    settings.OWNER_EMAIL = "robin@example.org"
    browser = added(person, push)
    assert channel.send(MESSAGE) == ""
    (posted,) = push.posted
    assert posted.path == "/push/secret-1"
    assert browser.read(posted.body) == {
        "title": "Due tonight: Læsning",
        "body": "30 min today.",
        "path": "goals/1/",
        "tag": "0123456789abcdef",
    }
    assert b"Due" not in posted.body
    headers = posted.headers
    assert (headers["Content-Encoding"], headers["TTL"]) == ("aes128gcm", "43200")
    assert headers["Topic"] == "0123456789abcdef"
    claims = signed(headers["Authorization"])
    assert (claims["aud"], claims["sub"]) == (push.url, "mailto:robin@example.org")
    assert 0 < claims["exp"] - time.time() < 24 * 3600, "services refuse more than a day"
    row = PushSubscription.objects.get()
    assert row.browser == "Firefox on Linux"
    assert row.reached_at is not None


def signed(header: str) -> dict[str, Any]:
    """What was signed (RFC 8292), by the key that the browser was given. Raises InvalidSignature."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(one.strip().split("=", 1) for one in rest.split(","))
    assert parts["k"] == PushKey.objects.get().public
    head, claims, signature = parts["t"].split(".")
    assert json.loads(decoded(head)) == {"typ": "JWT", "alg": "ES256"}
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(parts["k"]))
    raw = decoded(signature)
    numbers = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(
        utils.encode_dss_signature(*numbers), f"{head}.{claims}".encode(), ec.ECDSA(SHA256())
    )
    found: dict[str, Any] = json.loads(decoded(claims))
    return found


@pytest.mark.parametrize(
    ("address", "owner", "sub"),
    [
        ("https://life.example.org", "robin@example.org", "https://life.example.org"),
        ("https://life.example.org:8443/life", "", "https://life.example.org"),
        ("https://nas", "robin@example.org", "mailto:robin@example.org"),
        ("https://nas.local", "", "mailto:owner@life-tracker.invalid"),
        ("https://192.168.1.5:8443", "", "mailto:owner@life-tracker.invalid"),
        ("https://[fd00::1]", "robin@example.org", "mailto:robin@example.org"),
        ("http://nas:5000", "robin@exämple.org", "mailto:robin@xn--exmple-cua.org"),
        ("", "röbin@example.org", "mailto:owner@life-tracker.invalid"),
        ("", "robin@localhost", "mailto:owner@life-tracker.invalid"),
    ],
)
def test_it_is_signed_under_whatever_address(
    person: Client, push: PostServer, settings: Any, *, address: str, owner: str, sub: str
) -> None:
    added(person, push)
    settings.PUBLIC_URL, settings.OWNER_EMAIL = address, owner
    assert channel.send(MESSAGE) == ""
    assert signed(push.posted[0].headers["Authorization"])["sub"] == sub


def test_a_browser_that_cannot_be_pushed_to_does_not_keep_it_from_the_others(
    person: Client, push: PostServer, caplog: pytest.LogCaptureFixture
) -> None:
    """As those that were added when any address was taken."""
    added(person, push, "/push/first")
    added(person, push, "/push/last")
    first, last = PushSubscription.objects.order_by("pk")
    last.endpoint = "https://[2606:4700::1111]/secret"
    last.save()
    words = "Another browser was not reached: Firefox on Linux failed with an error"
    assert channel.send(MESSAGE).startswith(words)
    assert [one.path for one in push.posted] == ["/push/first"]
    last.refresh_from_db()
    assert "(VapidException)" in last.trouble
    first.delete()
    with pytest.raises(BadResponse, match="VapidException"):
        channel.send(MESSAGE)
    assert "secret" not in caplog.text + last.trouble


@pytest.mark.parametrize("right", ["is_staff", "is_active"])
def test_who_may_not_read_it_any_more_gets_nothing(
    person: Client, push: PostServer, right: str
) -> None:
    added(person, push)
    other = Client()
    user = User.objects.create_user("kim", is_staff=True)
    other.force_login(user)
    session = other.session
    session["confirmed"] = person.session["confirmed"]
    session.save()
    added(other, push, "/push/kim")
    setattr(user, right, False)
    user.save()
    assert channel.send(MESSAGE) == ""
    assert [one.path for one in push.posted] == ["/push/secret-1"]
    assert "Gets nothing: the account kim" in person.get("/settings/notifications/").text
    PushSubscription.objects.exclude(user=user).delete()
    assert channel.missing()
    with pytest.raises(NotConfigured, match="Press “Add this browser”"):
        channel.send(MESSAGE)
    assert person.get("/settings/notifications/").text.count("Not set up") == 3


def test_nobody_else_can_read_it(person: Client, push: PostServer) -> None:
    added(person, push)
    channel.send(MESSAGE)
    with pytest.raises(InvalidTag):
        Browser("https://elsewhere.example").read(push.posted[0].body)


def test_the_longest_message_fits(person: Client, push: PostServer) -> None:
    browser = added(person, push)
    channel.send(Outgoing("a" * 32, "\N{OGHAM LETTER RUIS}" * 300, "\N{SNOWMAN}" * 2000, "x" * 200))
    (posted,) = push.posted
    assert len(posted.body) <= 4096
    assert len(browser.read(posted.body)["body"]) == 500


def test_the_key_is_made_once_and_stored_encrypted(person: Client, push: PostServer) -> None:
    person.get("/settings/notifications/")
    first = PushKey.objects.get()
    added(person, push)
    added(person, push, "/push/secret-2")
    assert PushKey.objects.get().private == first.private
    with connection.cursor() as cursor:
        cursor.execute("SELECT private FROM notifications_pushkey")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT endpoint, auth FROM notifications_pushsubscription")
        rows = cursor.fetchall()
    assert first.private not in stored
    assert not any(push.url in str(row) for row in rows)
    page = person.get("/settings/notifications/").text
    assert first.public in page
    assert first.private not in page
    assert "secret-1" not in page


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_removed(person: Client, push: PostServer, status: int) -> None:
    added(person, push, "/push/gone")
    added(person, push, "/push/stays")
    push.answers["/push/gone"] = status
    assert channel.send(MESSAGE) == ""
    assert PushSubscription.objects.count() == 1
    push.answers["/push/stays"] = status
    with pytest.raises(NotConfigured, match="No browser takes messages any more"):
        channel.send(MESSAGE)
    assert not PushSubscription.objects.exists()
    with pytest.raises(NotConfigured, match="Press “Add this browser”"):
        channel.send(MESSAGE)


def test_one_browser_that_fails_does_not_keep_it_from_the_others(
    person: Client, push: PostServer
) -> None:
    added(person, push, "/push/fails")
    added(person, push, "/push/works")
    push.answers["/push/fails"] = 500
    with pytest.raises(PartlySent, match="answered 500"):
        channel.send(MESSAGE)
    trouble = dict(PushSubscription.objects.values_list("pk", "trouble"))
    assert sorted(map(bool, trouble.values())) == [False, True]


@pytest.fixture
def two(person: Client, push: PostServer, asked: Asked, move: Any) -> Asked:
    """Something that is due in two browsers, the service of one of which is away."""
    added(person, push, "/push/phone")
    added(person, push, "/push/laptop")
    push.answers["/push/phone"] = 503
    choose(chosen={"test": ["push"]})
    asked.say("a")
    assert send_due().postponed == 1
    return asked


def paths(push: PostServer) -> list[str]:
    return [one.path.removeprefix("/push/") for one in push.posted]


def test_a_browser_that_could_not_be_reached_gets_it_later_and_the_other_once(
    two: Asked, push: PostServer, move: Any
) -> None:
    assert sorted(paths(push)) == ["laptop", "phone"]
    push.answers.clear()
    for minutes in (1, 2, 30):
        move(NOW + timedelta(minutes=minutes))
        send_due()
    assert paths(push)[2:] == ["phone"]
    row = Notification.objects.get()
    assert (row.state, row.outcome) == ("sent", "")


def test_a_browser_that_stays_away_is_given_up_and_the_message_was_sent(
    two: Asked, push: PostServer, move: Any
) -> None:
    for minutes in range(1, 90):
        move(NOW + timedelta(minutes=minutes))
        send_due()
    assert paths(push).count("phone") == 6
    assert paths(push).count("laptop") == 1
    row = Notification.objects.get()
    assert row.state == "sent"
    assert row.outcome.startswith("Another browser was not reached: 127.0.0.1")


def test_what_is_over_was_sent_where_one_browser_has_it(
    two: Asked, push: PostServer, move: Any
) -> None:
    two.say()
    move(NOW + timedelta(minutes=1))
    assert send_due().ended == 1
    assert len(push.posted) == 2
    row = Notification.objects.get()
    assert row.state == "sent"
    assert "Another browser was not reached" in row.outcome


def test_a_browser_that_is_removed_meanwhile_is_not_waited_for(
    two: Asked, push: PostServer, move: Any
) -> None:
    PushSubscription.objects.order_by("pk")[0].delete()
    move(NOW + timedelta(minutes=1))
    assert send_due().sent == 1
    assert len(push.posted) == 2


def test_a_test_that_one_browser_took_was_sent(person: Client, push: PostServer) -> None:
    added(person, push, "/push/phone")
    added(person, push, "/push/laptop")
    push.answers["/push/phone"] = 503
    page = person.post("/settings/notifications/test/push", follow=True).text
    assert "Web push: the test was sent. Another browser was not reached: 127.0.0.1" in page


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, BadResponse), (403, BadResponse), (413, BadResponse), (503, TryLater)],
)
def test_a_refusal_names_no_secret(
    person: Client, push: PostServer, status: int, kind: type[SyncError]
) -> None:
    added(person, push)
    push.answer(status)
    with pytest.raises(kind, match=f"answered {status}") as refused:
        channel.send(MESSAGE)
    assert "secret" not in str(refused.value)
    assert "secret" not in person.get("/settings/notifications/").text


def test_a_service_that_asks_to_wait(person: Client, push: PostServer) -> None:
    added(person, push)
    push.answer(429, Retry_After="1500")
    with pytest.raises(TryLater) as refused:
        channel.send(MESSAGE)
    assert refused.value.after is not None
    assert refused.value.after.total_seconds() == 1500


def test_no_message_goes_into_a_private_network(
    person: Client, push: PostServer, settings: Any
) -> None:
    """Also by a name that leads there."""
    added(person, push)
    settings.PUSH_TO_PRIVATE_ADDRESSES = False
    for host in ("127.0.0.1", "localhost"):
        PushSubscription.objects.update(
            endpoint=f"{push.url}/push/secret-1".replace("127.0.0.1", host)
        )
        with pytest.raises(BadResponse, match="its address leads into a private network"):
            channel.send(MESSAGE)
    assert not push.posted, "nothing was sent"


def test_nobody_learns_what_listens_in_a_private_network(
    person: Client, push: PostServer, settings: Any
) -> None:
    """Nothing there is connected to."""
    added(person, push)
    settings.PUSH_TO_PRIVATE_ADDRESSES = False
    said = set()
    with socket.socket() as listening, socket.socket() as free:
        for one in (listening, free):
            one.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.2)
        for one in (listening, free):
            PushSubscription.objects.update(endpoint=f"https://localhost:{one.getsockname()[1]}/")
            with pytest.raises(BadResponse) as refused:
                channel.send(MESSAGE)
            said.add(re.sub(r":\d+", "", str(refused.value)))
        with pytest.raises(TimeoutError):
            listening.accept()
    assert said == {"localhost is not asked: its address leads into a private network."}


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "http://push.example.org/1"},
        {"endpoint": "https://robin:secret@push.example.org/1"},
        {"endpoint": "https://push.example.org:8443/1"},
        {"endpoint": "ftp://push.example.org/1"},
        {"endpoint": "https:///1"},
        {"endpoint": "https://[2606:4700::1111]/1"},
        {"endpoint": "https://:secret@push.example.org/1"},
        {"endpoint": "https://@push.example.org/1"},
        {"endpoint": "https://127.0.0.1/1"},
        {"endpoint": "https://127.1/1"},
        {"endpoint": "https://2130706433/1"},
        {"endpoint": "https://0x7f.1/1"},
        {"endpoint": "https://0x7f.0.0.0x1/1"},
        {"endpoint": "https://localhost/1"},
        {"endpoint": "https://push.localhost/1"},
        {"endpoint": "https://nas.local/1"},
        {"endpoint": "https://a b/1"},
        {"endpoint": "https://exa<script>mple.org/1"},
        {"endpoint": "https://push.example.org/a b"},
        {"endpoint": "https://[::1/1"},
        {"endpoint": "https://push.example.org/" + "1" * 1000},
        {"endpoint": ""},
        {"p256dh": "AAAA"},
        {"p256dh": "æ" * 20},
        {"p256dh": ""},
        {"auth": "AAAA"},
        {"auth": "æ"},
        {"auth": urlsafe_b64encode(b"1" * 17).decode()},
    ],
    ids=lambda change: str(change)[:50],
)
def test_what_is_no_browser_is_refused(person: Client, change: dict[str, str]) -> None:
    form = Browser("https://push.example.org/1").form() | change
    answer = person.post("/settings/notifications/browsers", form, follow=True)
    assert "This browser was not added." in answer.text
    assert not PushSubscription.objects.exists()


def test_a_browser_is_added_once_and_removed(person: Client, push: PostServer) -> None:
    browser = added(person, push)
    person.post("/settings/notifications/browsers", browser.form())
    row = PushSubscription.objects.get()
    answer = person.post(f"/settings/notifications/browsers/{row.pk}/remove", follow=True)
    assert "shows no more messages" in answer.text
    assert not PushSubscription.objects.exists()


def test_no_more_browsers_than_are_pushed_to(person: Client, push: PostServer) -> None:
    for number in range(10):
        added(person, push, f"/push/{number}")
    form = Browser(f"{push.url}/push/11").form()
    answer = person.post("/settings/notifications/browsers", form, follow=True)
    assert "10 browsers are enough" in answer.text
    assert PushSubscription.objects.count() == 10


def test_another_secret_key_is_told_and_a_new_browser_mends_it(
    person: Client, push: PostServer, settings: Any
) -> None:
    added(person, push)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key for this test alone"
    with pytest.raises(NotConfigured, match="SECRET_KEY_FALLBACKS"):
        channel.send(MESSAGE)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert channel.send(MESSAGE) == ""
    call_command("rotate_encryption", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    assert channel.send(MESSAGE) == ""
    settings.SECRET_KEY = "a third key for this test alone"
    client = Client()
    client.force_login(PushSubscription.objects.get().user)
    added(client, push, "/push/new")
    assert channel.send(MESSAGE) == ""
    assert PushSubscription.objects.count() == 1
