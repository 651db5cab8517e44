"""Where somebody is logged in, and the end of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.accounts import models, sessions
from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import Event, Passkey, UserSession
from lifetracker.models import ApiToken
from tests import makers

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
NEW = "staple of another horse"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def robin(quick_passwords: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


def browser(robin: User, agent: str = LAPTOP, **headers: str) -> Client:
    client = Client(headers={"user-agent": agent, "accept": "text/html"} | headers)
    form = {"username": robin.get_username(), "password": PASSWORD, "next": "/settings/account/"}
    assert client.post("/login/", form).url == "/settings/account/"
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/account/").status_code == 200


def test_they_are_listed(robin: User) -> None:
    browser(robin, PHONE)
    page = browser(robin).get("/settings/account/")
    devices = [(one.device, one.is_this) for one in page.context["logins"]]
    assert devices == [("Firefox on Linux", True), ("Safari on an iPhone", False)]
    assert "127.0.0.1" in page.text
    for key in Session.objects.values_list("session_key", flat=True):
        assert key not in page.text


def test_one_is_ended_at_once(robin: User) -> None:
    phone, laptop = browser(robin, PHONE), browser(robin)
    one = UserSession.objects.get(browser=PHONE)
    laptop.post(f"/account/sessions/{one.pk}/end")
    assert not is_in(phone)
    assert is_in(laptop)
    ended = Event.objects.get(kind=Kind.SESSION_ENDED)
    assert (ended.account, ended.detail) == ("robin", "Safari on an iPhone")


def test_nobody_ends_those_of_others(robin: User) -> None:
    own, sam = browser(robin), browser(User.objects.create_user("sam", password=PASSWORD), PHONE)
    one = UserSession.objects.get(user=robin)
    assert sam.post(f"/account/sessions/{one.pk}/end").status_code == 404
    sam.post("/account/sessions/end")
    assert is_in(own)
    assert is_in(sam)


def test_all_others_are_ended_those_too_that_nobody_has_noted(robin: User) -> None:
    phone, unnoted, laptop = browser(robin, PHONE), Client(), browser(robin)
    unnoted.force_login(robin)
    UserSession.objects.filter(session=unnoted.session.session_key).delete()
    # Without any passkey nobody is asked for one.
    sam = User.objects.create_user("sam")
    Passkey.objects.create(user=sam, name="key", site="localhost", credential_id="", public_key="")
    stranger = Client()
    stranger.post("/login/passkey/options", HTTP_HOST="localhost")
    laptop.post("/account/sessions/end")
    assert [is_in(one) for one in (phone, unnoted, laptop)] == [False, False, True]
    assert stranger.session.session_key
    # A stranger's is gone after some minutes, and lends that to no login.
    asked = Session.objects.get(pk=stranger.session.session_key)
    assert asked.expire_date - timezone.now() <= timedelta(minutes=5)
    stranger.post("/login/", {"username": "robin", "password": PASSWORD})
    kept = Session.objects.get(pk=stranger.session.session_key)
    assert kept.expire_date - timezone.now() > timedelta(days=13)


def test_a_new_password_ends_the_others_and_revokes_tokens_if_asked(robin: User) -> None:
    token = makers.api_token(user=robin).token
    phone, laptop = browser(robin, PHONE), browser(robin)
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert "Also revoke all my API tokens" in laptop.get("/account/password/").text
    laptop.post("/account/password/", form)
    assert [is_in(phone), is_in(laptop)] == [False, True]
    assert "Other sessions logged out: 1." not in phone.get("/login/").text
    assert ApiToken.objects.usable().get() == token
    again = {"old_password": NEW, "new_password1": PASSWORD, "new_password2": PASSWORD}
    told = laptop.post("/account/password/", again | {"revoke_tokens": "on"}, follow=True).text
    assert "API tokens revoked: 1." in told
    assert not ApiToken.objects.usable().exists()
    assert "revoke_tokens" not in laptop.get("/account/password/").text
    assert UserSession.objects.count() == 1


def test_a_password_of_the_admin_ends_all(robin: User) -> None:
    sam = User.objects.create_user("sam", password=PASSWORD)
    theirs, admin = browser(sam, PHONE), browser(robin)
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    admin.post(f"/admin/auth/user/{sam.pk}/password/", form)
    assert not is_in(theirs)
    assert not UserSession.objects.filter(user=sam).exists()
    admin.post(f"/admin/auth/user/{robin.pk}/password/", form)
    assert is_in(admin)


def test_a_bad_password_changes_nothing(robin: User) -> None:
    laptop = browser(robin)
    for wrong in ({"old_password": "wrong"}, {"new_password2": "other"}):
        form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW} | wrong
        assert laptop.post("/account/password/", form).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


def test_being_seen_is_written_every_few_minutes_alone(
    robin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = browser(robin)
    with CaptureQueriesContext(connection) as queries:
        laptop.get("/settings/tokens/")
    assert "accounts_" not in " ".join(query["sql"] for query in queries)
    UserSession.objects.update(seen_at=timezone.now() - timedelta(days=1))
    monkeypatch.setattr(models, "SEEN_IS_NOTED_EVERY", 0)
    laptop.get("/settings/tokens/", headers={"user-agent": PHONE})
    one = UserSession.objects.get()
    assert timezone.now() - one.seen_at < timedelta(minutes=1)
    assert one.browser == PHONE


def test_they_go_with_the_logout_and_with_djangos(robin: User) -> None:
    laptop = browser(robin)
    laptop.post("/logout/")
    assert not UserSession.objects.exists()
    browser(robin)
    Session.objects.all().delete()
    assert not UserSession.objects.exists()


def test_a_script_with_a_token_is_no_login(client: Client, robin: User) -> None:
    secret = makers.api_token(user=robin).secret
    client.get("/api/weight", headers={"Authorization": f"Bearer {secret}"})
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, "Safari on an iPhone"),
        (LAPTOP, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"
            " Chrome/138.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8.5.0", "A program"),
        ("", "A program"),
    ],
)
def test_devices(agent: str, device: str) -> None:
    assert sessions.device_of(agent) == device
