"""What changes who can reach the data is done only by who has shown lately that it is really them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from lifetracker.accounts import guessing
from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import AuthenticatorApp, Event, RecoveryCode
from lifetracker.models import ApiToken
from oauth_integration.models import OAuthCredential, PendingConsent
from tests import makers
from tests.browser import scenes
from tests.lifetracker.authenticator import Device

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
QUARTER = 15 * 60


@pytest.fixture
def robin(quick_passwords: None) -> User:
    return User.objects.create_superuser("robin", password=PASSWORD)


@pytest.fixture
def later(robin: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Logged in a quarter of an hour ago."""
    client.force_login(robin)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + QUARTER)
    return client


def asks(answer: Any) -> bool:
    if answer.status_code == 302:
        return bool(answer.url.startswith("/account/confirm/?next="))
    return "Confirm your identity" in answer.text


def token_form(name: str = "a script") -> dict[str, str]:
    return {"name": name, "rights": "write", "days": "90"}


def test_after_a_login_nothing_asks(client: Client, robin: User) -> None:
    client.force_login(robin)
    assert not asks(client.post("/settings/tokens/", token_form()))
    assert ApiToken.objects.exists()


def everything_guarded(robin: User) -> list[tuple[str, str]]:
    token, group = makers.api_token("guarded", user=robin).token, Group.objects.create(name="all")
    connection = scenes.connection()
    admin = {
        "auth/user": robin.pk,
        "auth/group": group.pk,
        "lifetracker/apitoken": token.pk,
        "oauth_integration/oauthcredential": connection.pk,
    }
    pages = [
        f"/admin/{model}/{pk}/{page}/"
        for model, pk in admin.items()
        for page in ("change", "delete")
    ]
    pages += [f"/admin/{model}/add/" for model in admin]
    pages += [f"/admin/auth/user/{robin.pk}/password/"]
    pages += ["/account/password/", "/account/app/", "/account/passkeys/"]
    forms = [f"/admin/{model}/" for model in admin]
    forms += [
        "/settings/tokens/",
        f"/settings/tokens/{token.pk}/revoke",
        "/account/app/remove",
        "/account/codes",
    ]
    forms += ["/account/passkeys/options", "/account/passkeys/1/remove"]
    forms += ["/oauth/whoop/connect", "/oauth/whoop/disconnect"]
    return [(method, page) for page in pages for method in ("GET", "POST")] + [
        ("POST", page) for page in forms
    ]


def test_what_asks_later(later: Client, robin: User) -> None:
    for method, address in everything_guarded(robin):
        assert asks(later.generic(method, address)), (method, address)
    assert OAuthCredential.objects.get().refresh_token
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "BREW"])
def test_no_other_method_leads_around_it(later: Client, robin: User, method: str) -> None:
    """The admin shows its forms by any method, and a FormView does by PUT what it does by POST."""
    reading = [address for asked, address in everything_guarded(robin) if asked == "GET"]
    for address in reading:
        assert asks(later.generic(method, address)), address
    assert not AuthenticatorApp.objects.exists()


def test_a_browser_connects_by_no_endpoint_without_it(later: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID, settings.WHOOP_CLIENT_SECRET = "an-id", "a-secret"
    settings.WHOOP_REDIRECT_URI = "http://localhost:5001/oauth/whoop/callback"
    body = {"code": "theirs", "state": "any"}
    for answer in (
        later.get("/api/whoop/auth/authorize-url"),
        # Told to be no session's, and of no kind that is known here.
        later.get("/api/whoop/auth/authorize-url", headers={"Authorization": "Basic cm9iaW46"}),
        later.post("/api/whoop/auth/exchange-code", body, content_type="application/json"),
    ):
        assert answer.status_code == 403
        assert "/account/confirm/" in answer.json()["detail"]
    assert not PendingConsent.objects.exists()
    later.post("/account/confirm/", {"confirm_password": PASSWORD})
    assert later.get("/api/whoop/auth/authorize-url").status_code == 200


def test_a_token_connects_without_it(client: Client, robin: User, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID, settings.WHOOP_CLIENT_SECRET = "an-id", "a-secret"
    settings.WHOOP_REDIRECT_URI = "http://localhost:5001/oauth/whoop/callback"
    bearer = {"Authorization": f"Bearer {makers.api_token(user=robin).secret}"}
    assert client.get("/api/whoop/auth/authorize-url", headers=bearer).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        *(
            "/",
            "/settings/tokens/",
            "/settings/account/",
            "/fasting/",
            "/admin/",
            "/admin/auth/user/",
        ),
        *("/admin/weight/weighin/", "/admin/weight/weighin/add/", "/api/weight"),
    ],
)
def test_what_does_not(later: Client, address: str) -> None:
    assert not asks(later.get(address))


def test_the_demo_and_tokens_are_never_asked(later: Client, robin: User, settings: Any) -> None:
    secret = makers.api_token(user=robin).secret
    answer = later.post(
        "/api/weight",
        {"measured_at": "2026-09-16T07:00", "weight_kg": 70},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 201
    settings.DEMO = True
    for method, address in everything_guarded(robin):
        if "passkeys" not in address:
            assert not asks(later.generic(method, address)), address


def test_a_page_goes_on_where_it_was_going(later: Client, robin: User) -> None:
    there = later.get(f"/admin/auth/user/{robin.pk}/change/?_changelist_filters=q%3Dx").url
    assert asks(later.get(there))
    wrong = later.post(there, {"confirm_password": "wrong"})
    assert "This password is wrong" in wrong.text
    right = later.post(there, {"confirm_password": PASSWORD})
    assert right.url == f"/admin/auth/user/{robin.pk}/change/?_changelist_filters=q%3Dx"
    assert later.get(right.url).status_code == 200
    assert later.get(there).url == right.url
    assert Event.objects.get(kind=Kind.CONFIRM_FAILED).account == "robin"


def test_it_leads_to_no_foreign_page(later: Client) -> None:
    there = "/account/confirm/?next=https://evil.example/"
    assert later.post(there, {"confirm_password": PASSWORD}).url == "/settings/account/"


def test_what_was_typed_goes_on(later: Client) -> None:
    asked = later.post("/settings/tokens/", token_form("the <script> on my phone"))
    assert not ApiToken.objects.exists()
    repeated = dict(asked.context["repeated"])
    assert repeated == token_form("the <script> on my phone")
    assert "<script> on" not in asked.text
    done = later.post("/settings/tokens/", repeated | {"confirm_password": PASSWORD})
    assert done.context["issued"].token.name == "the <script> on my phone"


def test_of_the_admin_too_and_secrets_are_not_repeated(later: Client, robin: User) -> None:
    form = {
        "username": "sam",
        "usable_password": "true",
        "password1": "a secret word",
        "password2": "a secret word",
        "_save": "Save",
    }
    asked = later.post("/admin/auth/user/add/", form)
    assert "a secret word" not in asked.text
    assert "script-src 'self'" in asked["Content-Security-Policy"]
    again = later.post(
        "/admin/auth/user/add/", dict(asked.context["repeated"]) | {"confirm_password": PASSWORD}
    )
    assert not User.objects.filter(username="sam").exists()
    assert 'value="sam"' in again.text
    assert later.post("/admin/auth/user/add/", form).status_code == 302
    assert User.objects.get(username="sam").check_password("a secret word")


def test_several_values_of_one_name_go_on(later: Client, robin: User) -> None:
    tokens = [makers.api_token(f"script {number}", user=robin).token for number in range(2)]
    form = {"action": "revoke", "_selected_action": [token.pk for token in tokens]}
    asked = later.post("/admin/lifetracker/apitoken/", form)
    repeated: dict[str, Any] = {"confirm_password": PASSWORD}
    for name, value in asked.context["repeated"]:
        repeated.setdefault(name, []).append(value)
    later.post("/admin/lifetracker/apitoken/", repeated)
    assert not ApiToken.objects.usable().exists()


def test_who_has_a_second_factor_shows_that(later: Client, robin: User) -> None:
    AuthenticatorApp.objects.create(user=robin, secret="A" * 32, added_at="2026-09-16T06:00:00Z")
    drawn = RecoveryCode.objects.renew(robin)
    assert asks(later.post("/settings/tokens/", token_form() | {"confirm_password": PASSWORD}))
    assert (
        "This code is wrong"
        in later.post("/settings/tokens/", token_form() | {"confirm_code": "123456"}).text
    )
    assert not ApiToken.objects.exists()
    done = later.post("/settings/tokens/", token_form() | {"confirm_code": drawn[0]})
    assert not asks(done)
    assert ApiToken.objects.exists()


def test_a_passkey_confirms(later: Client, robin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    here = {"HTTP_HOST": "localhost"}
    device = Device()
    later.post("/account/confirm/?next=/", {"confirm_password": PASSWORD})
    options = later.post("/account/passkeys/options", **here).json()
    later.post("/account/passkeys/", {"name": "key", "passkey": device.make(options)}, **here)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + QUARTER)
    asked = later.post("/settings/tokens/", token_form(), **here)
    assert asks(asked)
    assert "script-src 'self';" in f"{asked['Content-Security-Policy']};"
    assert "connect-src 'self'" in asked["Content-Security-Policy"]
    stranger = Device().sign(later.post("/account/confirm/options", **here).json())
    assert asks(
        later.post("/settings/tokens/", token_form() | {"confirm_passkey": stranger}, **here)
    )
    given = device.sign(later.post("/account/confirm/options", **here).json())
    assert not asks(
        later.post("/settings/tokens/", token_form() | {"confirm_passkey": given}, **here)
    )
    assert ApiToken.objects.exists()


@pytest.mark.parametrize("address", ["/account/confirm/?next=/", "/settings/tokens/"])
def test_guesses_are_counted(later: Client, robin: User, address: str) -> None:
    statuses = [later.post(address, {"confirm_password": "x"}).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert later.post(address, {"confirm_password": PASSWORD}).status_code == 429
    assert not ApiToken.objects.exists()


def test_at_a_moment_of_too_many_logins_it_asks_to_come_later(
    later: Client, robin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guessing.turns, "_here", guessing.MOST_HASHES)
    answer = later.post("/settings/tokens/", token_form() | {"confirm_password": PASSWORD})
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")
    AuthenticatorApp.objects.create(user=robin, secret="A" * 32, added_at="2026-09-16T06:00:00Z")
    assert (
        later.post("/settings/tokens/", token_form() | {"confirm_code": "123456"}).status_code
        == 429
    )
    assert not ApiToken.objects.exists()


def test_guesses_at_the_change_of_the_password_are_counted(client: Client, robin: User) -> None:
    client.force_login(robin)
    form = {"old_password": "x", "new_password1": "another horse", "new_password2": "another horse"}
    statuses = [client.post("/account/password/", form).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    assert client.post("/account/password/", form | {"old_password": PASSWORD}).status_code == 429
    assert User.objects.get().check_password(PASSWORD)
