"""A browser that shows messages is no longer told anything once its login was ended, or the password changed."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from lifetracker.accounts.models import UserSession
from notifications import push as channel
from notifications.models import PushSubscription
from notifications.outgoing import Outgoing
from tests.notifications.services import Browser, PostServer

pytestmark = pytest.mark.django_db

PASSWORD, NEW = "correct horse battery", "staple of another horse"
MESSAGE = Outgoing("0123456789abcdef", "Due tonight", "30 min today.", "goals/1/")


@pytest.fixture
def robin(quick_passwords: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


def log_in(client: Client, user: User) -> Client:
    form = {"username": user.get_username(), "password": PASSWORD, "next": "/settings/"}
    assert client.post("/login/", form).url == "/settings/"
    return client


def browser(user: User, server: PostServer, name: str) -> Client:
    """A browser that is logged in and shows messages."""
    client = log_in(Client(headers={"accept": "text/html"}), user)
    client.get("/settings/notifications/")
    form = Browser(f"{server.url}/{name}").form()
    assert client.post("/settings/notifications/browsers", form).status_code == 302
    return client


def told(server: PostServer) -> list[str]:
    """Return which browsers get a message that is sent now."""
    server.posted.clear()
    if PushSubscription.objects.exists():
        channel.send(MESSAGE)
    return sorted(one.path.strip("/") for one in server.posted)


def test_a_logout_ends_it_without_a_script(robin: User, push: PostServer) -> None:
    phone = browser(robin, push, "phone")
    browser(robin, push, "laptop")
    phone.post("/logout/")
    assert told(push) == ["laptop"]


def test_a_session_that_is_ended_from_elsewhere_takes_its_browser_along(
    robin: User, push: PostServer
) -> None:
    phone, laptop = browser(robin, push, "phone"), browser(robin, push, "laptop")
    browser(robin, push, "tablet")
    one = UserSession.objects.get(session=phone.session.session_key)
    laptop.post(f"/account/sessions/{one.pk}/end")
    assert told(push) == ["laptop", "tablet"]
    laptop.post("/account/sessions/end")
    assert told(push) == ["laptop"]


def test_those_of_another_account_stay(robin: User, push: PostServer) -> None:
    kim = User.objects.create_user("kim", password=PASSWORD, is_staff=True)
    laptop = browser(robin, push, "laptop")
    browser(kim, push, "kim")
    laptop.post("/account/sessions/end")
    laptop.post("/account/password/", passwords())
    assert told(push) == ["kim", "laptop"]


def passwords() -> dict[str, str]:
    return {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}


def test_a_new_password_leaves_the_browser_alone_in_which_it_was_set(
    robin: User, push: PostServer
) -> None:
    """Also where the session of another has expired, so that nobody could end it."""
    browser(robin, push, "phone")
    Session.objects.all().delete()
    laptop = browser(robin, push, "laptop")
    laptop.post("/account/password/", passwords())
    assert told(push) == ["laptop"]
    laptop.post("/logout/")
    assert told(push) == [], "its session is known under a new key, too"


def test_a_password_that_is_set_elsewhere_ends_them_all(
    robin: User, push: PostServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = User.objects.create_superuser("kim", password=PASSWORD)
    browser(robin, push, "phone")
    admin = browser(kim, push, "kim")
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    admin.post(f"/admin/auth/user/{robin.pk}/password/", form)
    assert told(push) == ["kim"]
    admin.post(f"/admin/auth/user/{kim.pk}/password/", form)
    assert told(push) == ["kim"], "her own, from this browser"
    monkeypatch.setattr("getpass.getpass", lambda **_: PASSWORD)
    call_command("changepassword", "kim", stdout=io.StringIO())
    assert told(push) == []


def test_a_session_that_expires_ends_nothing_and_the_next_knows_the_browser(
    robin: User, push: PostServer
) -> None:
    """A phone may show messages for months without a page being opened."""
    phone = browser(robin, push, "phone")
    Session.objects.all().delete()
    assert told(push) == ["phone"]
    log_in(phone, robin)
    laptop = browser(robin, push, "laptop")
    one = UserSession.objects.get(session=phone.session.session_key)
    laptop.post(f"/account/sessions/{one.pk}/end")
    assert told(push) == ["laptop"]


def test_nobody_names_the_browser_of_another_by_a_cookie(robin: User, push: PostServer) -> None:
    browser(robin, push, "laptop")
    digest = PushSubscription.objects.get().digest
    stranger = Client()
    stranger.cookies["push_browser"] = digest
    log_in(stranger, User.objects.create_user("sam", password=PASSWORD)).post("/logout/")
    assert told(push) == ["laptop"]


def test_the_cookie_is_for_our_pages_alone(robin: User, push: PostServer, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_PATH = True, "/life/"
    cookie = browser(robin, push, "laptop").cookies["push_browser"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["path"] == "/life/"
