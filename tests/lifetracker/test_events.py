"""The log of what was done to accounts and with the data as a whole."""

from __future__ import annotations

import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lifetracker.accounts import events
from lifetracker.accounts import housekeeping as chores
from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.models import Event
from lifetracker.models import ApiToken
from lifetracker.ops import housekeeping
from oauth_integration.models import OAuthCredential

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def robin(quick_passwords: None) -> User:
    user = User.objects.create_superuser("robin", password=PASSWORD)
    Event.objects.all().delete()
    return user


def told() -> list[tuple[str, str, str, str]]:
    """Of each event, the oldest first: its kind, the account, by whom, and from where."""
    fields = ("kind", "account", "by", "address")
    return list(Event.objects.order_by("id").values_list(*fields))


def log_in(client: Client, **form: str) -> Any:
    return client.post("/login/", {"username": "robin", "password": PASSWORD} | form)


def test_logins_and_logouts(client: Client, robin: User) -> None:
    log_in(client, password="wrong")
    log_in(client)
    client.post("/logout/")
    assert told() == [
        ("login failed", "robin", "", "127.0.0.1"),
        ("login", "robin", "robin", "127.0.0.1"),
        ("logout", "robin", "robin", "127.0.0.1"),
    ]


def test_rights_that_are_given_and_taken(robin: User) -> None:
    robin.is_superuser = False
    robin.save()
    robin.save()
    User.objects.filter(pk=robin.pk).get().save(update_fields=["last_login"])
    permission = Permission.objects.get(codename="view_user")
    helpers = Group.objects.create(name="helpers")
    helpers.permissions.add(permission)
    robin.groups.add(helpers)
    robin.groups.add(helpers)
    robin.user_permissions.set([permission])
    robin.groups.clear()
    assert list(Event.objects.order_by("id").values_list("kind", "account", "detail")) == [
        ("rights", "robin", "is_superuser: no"),
        ("rights", "", "permissions of the group helpers given: 1"),
        ("rights", "robin", "groups given: 1"),
        ("rights", "robin", "permissions given: 1"),
        ("rights", "robin", "groups taken: all"),
    ]


def test_a_stranger_neither_fills_nor_floods_the_log(
    client: Client, robin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits may go on trying, without a hash that would slow them down."""
    monkeypatch.setattr(events, "MOST_BY_STRANGERS", 10)
    for _ in range(12):
        log_in(client, password="wrong")
    assert Event.objects.filter(kind__in=events.BY_STRANGERS).count() == 10
    # What the owner does is told all the same, and an hour later what strangers do.
    client.force_login(robin)
    assert told()[-1][0] == "login"
    client.logout()
    Event.objects.update(at=timezone.now() - timedelta(minutes=61))
    log_in(client, password="wrong")
    assert Event.objects.filter(kind__in=events.BY_STRANGERS).count() > 10


def test_a_password_in_the_place_of_the_name_is_not_kept(client: Client, robin: User) -> None:
    for name in (PASSWORD, "sam", "ro\0bin"):
        log_in(client, username=name, password="wrong")
    assert {account for _, account, *_ in told()} == {"unknown name"}
    assert PASSWORD not in str(list(Event.objects.values()))


def test_the_lock_of_the_login(client: Client, robin: User) -> None:
    for _ in range(6):
        log_in(client, password="wrong")
    kinds = [kind for kind, *_ in told()]
    assert kinds.count("login failed") == 6
    assert kinds.count("locked") >= 1


def test_tokens(client: Client, robin: User) -> None:
    client.force_login(robin)
    Event.objects.all().delete()
    answer = client.post("/settings/tokens/", {"name": "a script", "rights": "read", "days": "30"})
    secret = answer.context["issued"].secret
    client.post(f"/settings/tokens/{ApiToken.objects.get().pk}/revoke")
    assert told() == [
        ("token made", "robin", "robin", "127.0.0.1"),
        ("token revoked", "robin", "robin", "127.0.0.1"),
    ]
    details = " ".join(Event.objects.values_list("detail", flat=True))
    assert details.count("a script (lt_") == 2
    assert secret not in details


def test_tokens_of_the_admin_and_of_commands(
    admin_client: Client, admin_user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Event.objects.all().delete()
    admin_client.post(
        "/admin/lifetracker/apitoken/add/",
        {"user": admin_user.pk, "name": "of the admin", "scope": "read", "domains": ["weight"]}
        | {"expires_at_0": "", "expires_at_1": ""},
    )
    token = ApiToken.objects.get()
    admin_client.post(
        f"/admin/lifetracker/apitoken/{token.pk}/change/",
        {"name": "of the admin", "scope": "write", "expires_at_0": "", "expires_at_1": ""},
    )
    monkeypatch.setattr(sys, "argv", ["manage.py", "api_token", "create", "a secret"])
    call_command("api_token", "create", "of a command", stdout=StringIO(), stderr=StringIO())
    call_command("api_token", "revoke", "of the admin", stdout=StringIO())
    assert told() == [
        ("token made", "admin", "admin", "127.0.0.1"),
        ("token changed", "admin", "admin", "127.0.0.1"),
        ("token made", "admin", "command api_token", ""),
        ("token revoked", "admin", "command api_token", ""),
    ]
    details = list(Event.objects.order_by("pk").values_list("detail", flat=True))
    assert [one.partition(": ")[2] for one in details[:2]] == [
        "read only: Weight",
        "read and write",
    ]


def test_passwords_by_every_way(
    client: Client, robin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(robin)
    sam = User.objects.create_user("sam")
    Event.objects.all().delete()
    new = {"password1": "another horse", "password2": "another horse", "usable_password": "true"}
    assert client.post(f"/admin/auth/user/{sam.pk}/password/", new).status_code == 302
    monkeypatch.setattr(sys, "argv", ["manage.py", "changepassword"])
    monkeypatch.setattr("getpass.getpass", lambda **_: "yet another horse")
    call_command("changepassword", "sam", stdout=StringIO())
    assert told() == [
        ("password", "sam", "robin", "127.0.0.1"),
        ("password", "sam", "command changepassword", ""),
    ]
    assert "horse" not in str(list(Event.objects.values()))


def test_accounts(robin: User) -> None:
    User.objects.create_user("sam").delete()
    assert [row[:2] for row in told()] == [("account made", "sam"), ("account deleted", "sam")]


@pytest.mark.django_db(transaction=True)
def test_exports_backups_and_restores(robin: User, tmp_path: Path) -> None:
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("export", str(tmp_path / "e.zip"), **quiet)
    call_command("backup", str(tmp_path / "b.zip"), **quiet)
    assert [kind for kind, *_ in told()] == ["export", "backup"]
    # Somebody has knocked at the new database before it was filled.
    User.objects.all().delete()
    assert Event.objects.count() == 3
    call_command("restore", str(tmp_path / "b.zip"), **quiet)
    assert [kind for kind, *_ in told()] == ["export", "restore"]


def test_connections(client: Client, whoop: Any, robin: User) -> None:
    Event.objects.all().delete()
    client.force_login(robin)
    client.post("/oauth/whoop/disconnect")
    OAuthCredential.objects.all().delete()
    found = Event.objects.exclude(kind=Kind.LOGIN).order_by("id")
    assert list(found.values_list("kind", "account", "by", "detail")) == [
        ("disconnected", "robin", "robin", "WHOOP"),
        ("disconnected", "", "program", "WHOOP, deleted"),
    ]


def test_the_admin_shows_and_finds_them_and_changes_none(client: Client, robin: User) -> None:
    client.force_login(robin)
    record(Kind.EXPORT, detail="12 records")
    page = client.get("/admin/accounts/event/").text
    assert "12 records" in page
    assert "12 records" in client.get("/admin/accounts/event/?q=records").text
    assert "12 records" not in client.get("/admin/accounts/event/?q=127.0.0.1").text
    one = Event.objects.get(kind=Kind.EXPORT)
    assert client.get(f"/admin/accounts/event/{one.pk}/change/").status_code == 200
    assert client.post(f"/admin/accounts/event/{one.pk}/change/", {}).status_code == 403
    assert client.post(f"/admin/accounts/event/{one.pk}/delete/", {}).status_code == 403
    assert client.get("/admin/accounts/event/add/").status_code == 403


def test_old_ones_go_and_strangers_push_nothing_out(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "MOST_OF_MANY", 3)
    now = timezone.now()
    ages = [("login", 100), ("login", 800), ("login failed", 91), ("token made", 729)]
    for kind, days in ages + [("login failed", 0), ("locked", 0)] * 3:
        one = Event.objects.create(kind=kind)
        Event.objects.filter(pk=one.pk).update(at=now - timedelta(days=days))
    assert housekeeping.clean_up()["old account events deleted"] == 5
    kept = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kept == ["login", "token made", "locked", "login failed", "locked"]
