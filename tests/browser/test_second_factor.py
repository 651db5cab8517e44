"""The second factor in a real browser, which has a device with passkeys (Chromium's virtual one)."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from lifetracker.accounts.models import AuthenticatorApp, Passkey, RecoveryCode
from tests import makers
from tests.browser.conftest import PASSWORD, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
# Each way is long: at one width by day, at the other by night.
WINDOWS = {"desktop light": (1280, 800, False), "phone dark": (390, 844, True)}
each_window = pytest.mark.parametrize("size", WINDOWS.values(), ids=WINDOWS)


def shot(window: Visit, name: str, size: tuple[int, int, bool] | None = None) -> None:
    """Nothing scrolls sideways; and a picture, where somebody wants to look."""
    width = window.page.viewport_size["width"]  # type: ignore[index]  # it has one
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width, name
    if (folder := os.environ.get("SCREENSHOTS")) and size:
        file = f"account-{name}-{width}-{'dark' if size[2] else 'light'}.png"
        window.page.screenshot(path=Path(folder) / file, full_page=True)


def device(window: Visit) -> Any:
    """Plug a device with passkeys in, which verifies its owner by itself."""
    browser = window.page.context.new_cdp_session(window.page)
    browser.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = browser.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return browser, added["authenticatorId"]


def enter_password(window: Visit, path: str = "/login/") -> Page:
    page = window.go(path)
    page.get_by_label("Username").fill("robin")
    page.get_by_label("Password").fill(PASSWORD)
    window.follow(page.get_by_role("button", name="Log in", exact=True))
    return page


def code_of(secret: str, steps: int = 0) -> str:
    key = base64.b32decode(secret.replace(" ", ""))
    totp = TOTP(key, 6, SHA1(), 30)  # noqa: S303 - what apps know
    return totp.generate(int(time.time()) + 30 * steps).decode()


def set_up_app(window: Visit, size: tuple[int, int, bool] | None = None) -> tuple[str, list[str]]:
    """Return the secret and the recovery codes."""
    page = window.go("/settings/account/")
    window.follow(page.get_by_role("link", name="Set up an authenticator app"))
    expect(page.get_by_role("img", name="QR code of the secret")).to_be_visible()
    shot(window, "app", size)
    page.get_by_text("Or enter the secret").click()
    secret = page.locator(".secret").inner_text()
    page.get_by_role("textbox", name="Code").fill("000000")
    window.follow(page.get_by_role("button", name="Set up"))
    expect(page.get_by_text("is not the app's current code")).to_be_visible()
    page.get_by_role("textbox", name="Code").fill(code_of(secret))
    window.follow(page.get_by_role("button", name="Set up"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    shot(window, "codes", size)
    window.follow(page.get_by_role("link", name="I have saved the codes"))
    return secret, codes


@each_window
def test_an_app_is_set_up_and_asked_for(visit: Visiting, size: tuple[int, int, bool]) -> None:
    width, height, dark = size
    window = visit(width, height, dark=dark)
    window.log_in()
    window.go("/settings/account/")
    shot(window, "off", size)
    secret, codes = set_up_app(window, size)
    assert len(codes) == 10
    page = window.page
    expect(page.get_by_role("region", name="Second factor")).to_contain_text("10 are left")
    shot(window, "on", size)
    window.log_out()
    enter_password(window, "/login/?next=/settings/tokens/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_role("textbox", name="Code").fill("000000")
    window.follow(page.get_by_role("button", name="Log in"))
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    shot(window, "code", size)
    # The one that set it up is used.
    page.get_by_role("textbox", name="Code").fill(code_of(secret, 1))
    window.follow(page.get_by_role("button", name="Log in"))
    assert page.url.endswith("/settings/tokens/")


def test_a_recovery_code_opens_the_account(visit: Visiting) -> None:
    window = visit()
    page = window.log_in()
    _, codes = set_up_app(window)
    window.log_out()
    enter_password(window)
    page.get_by_role("textbox", name="Code").fill(codes[0])
    window.follow(page.get_by_role("button", name="Log in"))
    expect(page.get_by_role("status")).to_contain_text("Codes left: 9")


@each_window
def test_a_passkey_is_made_and_logs_in(
    visit: Visiting, size: tuple[int, int, bool], person: User
) -> None:
    width, height, dark = size
    window = visit(width, height, dark=dark)
    window.address = window.address.replace("127.0.0.1", "localhost")
    browser, name = device(window)
    page = window.log_in()
    window.go("/settings/account/")
    window.follow(page.get_by_role("link", name="Add a passkey"))
    shot(window, "passkey", size)
    page.get_by_label("Name").fill("this laptop")
    window.follow(page.get_by_role("button", name="Create passkey"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    kept = browser.send("WebAuthn.getCredentials", {"authenticatorId": name})["credentials"]
    assert [one["rpId"] for one in kept] == ["localhost"]
    # The same device makes no second one.
    window.go("/account/passkeys/")
    page.get_by_label("Name").fill("once more")
    page.get_by_role("button", name="Create passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("has a passkey of yours already")
    # Alone.
    window.log_out()
    window.go("/login/?next=/settings/tokens/")
    shot(window, "login", size)
    window.follow(page.get_by_role("button", name="Log in with a passkey"))
    assert page.url.endswith("/settings/tokens/")
    # As the second step.
    window.log_out()
    enter_password(window, "/admin/")
    shot(window, "second-step", size)
    window.follow(page.get_by_role("button", name="Use a passkey"))
    assert page.url.endswith("/admin/")
    window.go("/settings/account/")
    expect(page.get_by_role("region", name="Second factor")).to_contain_text("this laptop")
    shot(window, "passkeys", size)
    # Away from the device nothing is offered, and the page says so.
    window.log_out()
    browser.send("WebAuthn.clearCredentials", {"authenticatorId": name})
    window.go("/login/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("not allowed to")


@each_window
def test_it_asks_again_and_goes_on(
    visit: Visiting, size: tuple[int, int, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    width, height, dark = size
    window = visit(width, height, dark=dark)
    window.address = window.address.replace("127.0.0.1", "localhost")
    device(window)
    page = window.log_in()
    page = window.go("/settings/tokens/")
    later = time.time() + 15 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    page.get_by_label("Name").fill("backup of <mine>")
    window.follow(page.get_by_role("button", name="Create token"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your identity")
    page.get_by_label("Password").fill("wrong")
    window.follow(page.get_by_role("button", name="Confirm"))
    expect(page.get_by_text("This password is wrong.")).to_be_visible()
    shot(window, "confirm", size)
    page.get_by_label("Password").fill(PASSWORD)
    window.follow(page.get_by_role("button", name="Confirm"))
    expect(page.get_by_role("region", name="The token backup of <mine>")).to_contain_text("lt_")
    window.go("/account/passkeys/")
    page.get_by_label("Name").fill("this laptop")
    window.follow(page.get_by_role("button", name="Create passkey"))
    much_later = later + 15 * 60
    monkeypatch.setattr(time, "time", lambda: much_later)
    window.go("/admin/auth/user/add/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your identity")
    shot(window, "confirm-passkey", size)
    window.follow(page.get_by_role("button", name="Use a passkey"))
    assert page.url.endswith("/admin/auth/user/add/")


@each_window
def test_logins_end_and_the_password_changes(
    visit: Visiting, size: tuple[int, int, bool], person: User
) -> None:
    width, height, dark = size
    makers.api_token("a script", user=person)
    other, window = visit(), visit(width, height, dark=dark)
    other.log_in()
    page = window.log_in()
    window.go("/settings/account/")
    logins = page.get_by_role("region", name="Sessions")
    expect(logins.get_by_role("listitem")).to_have_count(2)
    shot(window, "logins", size)
    window.follow(logins.get_by_role("button", name="Log out Chrome on Linux"))
    expect(logins.get_by_role("listitem")).to_have_count(1)
    other.go("/settings/tokens/")
    assert "/login/" in other.page.url
    other.log_in()
    window.follow(page.get_by_role("link", name="Change password"))
    shot(window, "password", size)
    page.get_by_label("Old password").fill(PASSWORD)
    page.get_by_role("textbox", name="New password", exact=True).fill("another good horse")
    page.get_by_label("New password confirmation").fill("another good horse")
    page.get_by_label("Also revoke all my API tokens").check()
    window.follow(page.get_by_role("button", name="Change password"))
    expect(page.get_by_role("status")).to_contain_text("Other sessions logged out: 1.")
    assert not person.api_tokens.usable().exists()
    other.go("/settings/tokens/")
    assert "/login/" in other.page.url


@each_window
def test_names_of_any_length_fit(
    visit: Visiting, size: tuple[int, int, bool], person: User
) -> None:
    width, height, dark = size
    window = visit(width, height, dark=dark)
    AuthenticatorApp.objects.create(user=person, secret="A" * 32, added_at=timezone.now())
    for number, name in enumerate(("W" * 60, "the key on the ring")):
        Passkey.objects.create(
            user=person, name=name, site="tracker.example.org", credential_id=str(number)
        )
    codes = RecoveryCode.objects.renew(person)
    page = enter_password(window)
    page.get_by_role("textbox", name="Code").fill(codes[0])
    window.follow(page.get_by_role("button", name="Log in"))
    window.go("/settings/account/")
    page.get_by_text("Rename the key on the ring").click()
    shot(window, "names", size)
