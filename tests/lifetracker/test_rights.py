"""A second account: it reads and types in, and does not act for the owner at a service."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import get_resolver

from lifetracker.accounts.rights import FOR_STAFF
from lifetracker.models import ApiToken, PendingDeletion, SyncRun, WebhookDelivery
from oauth_integration.models import OAuthCredential, PendingConsent
from tests import makers

PAGES = (
    *("/sync/whoop", "/sync/github", "/oauth/whoop/connect", "/oauth/withings/connect"),
    *("/oauth/whoop/disconnect", "/oauth/withings/disconnect"),
)
STARTS = (
    *("/api/whoop/refresh/today", "/api/whoop/refresh", "/api/whoop/sync/incremental"),
    *("/api/whoop/sync/full", "/api/github/refresh", "/api/whoop/auth/exchange-code"),
)
DIRECT = tuple(
    f"/api/whoop/api/{name}"
    for name in ("profile", "body", "recovery", "sleep", "workouts", "cycles", "dashboard")
)
# By a GET.
ASKS = (
    *DIRECT,
    *("/api/whoop/refresh/today", "/api/whoop/auth/test", "/api/whoop/auth/authorize-url"),
)


@pytest.fixture
def sam(db: None) -> User:
    return User.objects.create_user("sam")


@pytest.fixture
def guest(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def headers(user: User, **options: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {makers.api_token(user=user, **options).secret}"}


def nothing_happened(sandbox: Any) -> bool:
    asked = [one for one in sandbox.requests if "/sandbox/" not in one.path]
    return not (asked or SyncRun.objects.exists() or PendingConsent.objects.exists())


@pytest.mark.parametrize("address", PAGES)
def test_no_page_acts_at_a_service_for_a_guest(
    whoop: Any, sandbox: Any, guest: Client, address: str
) -> None:
    answer = guest.post(address)
    assert answer.status_code == 403
    assert "Only an account with staff rights" in answer.text
    assert OAuthCredential.objects.get().is_connected
    assert nothing_happened(sandbox)


def test_no_consent_comes_back_for_a_guest(whoop: Any, sandbox: Any, guest: Client) -> None:
    session = guest.session
    session["oauth state whoop"] = "abc"
    session.save()
    assert guest.get("/oauth/whoop/callback?state=abc&code=x").status_code == 403
    assert nothing_happened(sandbox)


def test_the_addresses_are_those_that_there_are() -> None:
    for address in (*PAGES, *STARTS, *ASKS, "/oauth/whoop/callback"):
        assert get_resolver().resolve(address)


def test_a_guest_sees_no_buttons_for_it(whoop: Any, guest: Client) -> None:
    page = guest.get("/").text
    assert "Read now" not in page
    assert "Disconnect" not in page
    assert "/oauth/" not in page


@pytest.mark.parametrize("by_token", [False, True])
def test_no_endpoint_acts_at_a_service_for_a_guest(
    whoop: Any, sandbox: Any, guest: Client, sam: User, by_token: bool
) -> None:
    caller = Client() if by_token else guest
    options: dict[str, Any] = {"headers": headers(sam)} if by_token else {}
    for address in STARTS:
        answer = caller.post(address, {}, content_type="application/json", **options)
        assert (answer.status_code, answer.json()) == (403, {"detail": FOR_STAFF}), address
    for address in ASKS:
        answer = caller.get(address, **options)
        assert (answer.status_code, answer.json()) == (403, {"detail": FOR_STAFF}), address
    assert nothing_happened(sandbox)


def test_a_token_for_reading_only_spends_no_quota(whoop: Any, sandbox: Any, client: Client) -> None:
    """Not even of a person who may everything."""
    root = User.objects.create_superuser("root")
    reading = headers(root, read_only=True)
    for address in ASKS:
        for method in ("GET", "HEAD"):
            answer = client.generic(method, address, headers=reading)
            assert answer.status_code == 403, address
            assert method == "HEAD" or "read only" in answer.json()["detail"]
    assert nothing_happened(sandbox)
    writing = {"Authorization": f"Bearer {ApiToken.objects.issue(root, 'writes').secret}"}
    assert client.get("/api/whoop/api/profile", headers=writing).status_code == 200
    assert client.get("/api/whoop/auth/test", headers=writing).json()["ok"]


def test_a_guest_reads_and_types_in(guest: Client) -> None:
    assert guest.get("/").status_code == 200
    assert guest.get("/api/whoop/status").status_code == 200
    weighed = {"measured_at": "2026-09-16T07:00Z", "weight_kg": 70}
    assert guest.post("/api/weight", weighed, content_type="application/json").status_code == 201


def test_who_may_only_look_in_the_admin_decides_nothing(client: Client, db: None) -> None:
    reader = User.objects.create_user("ada", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(reader)
    held = PendingDeletion.objects.create(
        source="Whoop", stream="sleep", source_id="1", held_on="2026-09-16"
    )
    given_up = makers.delivery(attempts=9)
    hidden = makers.repository()
    for address, action, row in (
        ("/admin/lifetracker/pendingdeletion/", "accept", held),
        ("/admin/lifetracker/webhookdelivery/", "again", given_up),
        ("/admin/github_projects/repository/", "mark_deleted", hidden),
    ):
        before = type(row).objects.filter(pk=row.pk).values().get()
        client.post(address, {"action": action, "_selected_action": row.pk})
        assert f'value="{action}"' not in client.get(address).text
        assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert WebhookDelivery.objects.get().attempts == 9


# --- Rights in the admin --------------------------------------------------------------------------


@pytest.fixture
def clerk(client: Client, db: None) -> User:
    """Somebody of the staff who looks after accounts."""
    names = [
        f"{what}_{model}"
        for what in ("view", "add", "change", "delete")
        for model in ("user", "group")
    ]
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return user


def test_who_looks_after_accounts_gives_no_rights(client: Client, clerk: User, sam: User) -> None:
    everything = [one.pk for one in Permission.objects.all()]
    form = {"username": "renamed", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    form |= {
        "date_joined_0": "2026-09-16",
        "date_joined_1": "12:00",
        "user_permissions": everything,
    }
    for user in (sam, clerk):
        assert (
            client.post(
                f"/admin/auth/user/{user.pk}/change/", form | {"username": f"new{user.pk}"}
            ).status_code
            == 302
        )
        user.refresh_from_db()
        assert user.username == f"new{user.pk}"
        assert not user.is_superuser
        assert user.user_permissions.count() < len(everything)
    assert not User.objects.get(pk=sam.pk).is_staff
    group = {"name": "all", "permissions": everything}
    assert client.post("/admin/auth/group/add/", group).status_code == 403
    assert not Group.objects.exists()


@pytest.mark.parametrize(
    "rights", [{"is_superuser": True}, {"is_superuser": True, "is_active": False}]
)
def test_who_looks_after_accounts_touches_none_above(
    client: Client, clerk: User, rights: dict[str, bool]
) -> None:
    owner = User.objects.create_user("robin", password="before", is_staff=True, **rights)
    before = User.objects.filter(pk=owner.pk).values().get()
    page = f"/admin/auth/user/{owner.pk}"
    password = {
        "password1": "staple-of-a-horse",
        "password2": "staple-of-a-horse",
        "usable_password": "true",
    }
    assert client.post(f"{page}/password/", password).status_code == 403
    assert client.post(f"{page}/change/", {"username": "mine"}).status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    many = {"action": "delete_selected", "_selected_action": owner.pk, "post": "yes"}
    client.post("/admin/auth/user/", many)
    assert User.objects.filter(pk=owner.pk).values().get() == before
