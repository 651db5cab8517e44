"""The ways in: the login, the code, the lockout, passwords and passkeys, as somebody meets them who sees little, types
only, or has a small screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from lifetracker.accounts.models import AuthenticatorApp, Passkey
from tests.browser.conftest import PASSWORD, Visit
from tests.browser.test_every_page import (
    COUNT_SHIFTS,
    LEAST,
    NARROW,
    SCROLLING_SIDEWAYS,
    SETTLED,
    TOO_SMALL,
    WIDTHS,
    look_for_barriers,
)
from tests.browser.test_second_factor import enter_password

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]

# What is reached by the Tab key within the page, in order: names as a screen reader says them.
REACHED = """() => {
  const name = (one) => (one.labels?.[0]?.textContent || one.getAttribute("aria-label") || one.textContent).trim();
  return [name(document.activeElement), document.activeElement.closest("main") !== null];
}"""


def look_at(page: Page, complaints: dict[str, list[str]], name: str) -> None:
    """Note whatever is wrong with the page that is open: barriers in both themes, what is too small for a finger, what
    jumped, and what does not fit at 200 % or on the narrowest screen."""
    phone = WIDTHS["phone"]
    found = [*page.evaluate(SETTLED), *page.evaluate(TOO_SMALL, LEAST[phone])]
    found += look_for_barriers(page)
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate("document.documentElement.scrollWidth") - width
        found += [f"{over} too wide at {width}"] if over > 0 else []
        found += page.evaluate(SCROLLING_SIDEWAYS)
    page.set_viewport_size({"width": phone[0], "height": phone[1]})
    page.emulate_media(color_scheme="light")
    if found:
        complaints[name] = found


def order_of(page: Page, start: str) -> list[str]:
    """Return what Tab reaches in the page from where it puts the cursor, which is `start`, to its end."""
    name, _ = page.evaluate(REACHED)
    assert name == start
    found = [name]
    for _ in range(20):
        page.keyboard.press("Tab")
        name, is_within = page.evaluate(REACHED)
        if not is_within:
            return found
        found.append(name)
    raise AssertionError(f"Tab does not leave the page: {found}")


def test_nobody_is_kept_out_on_the_way_in(visit: Visiting, person: User) -> None:
    window = visit(*WIDTHS["phone"])
    window.address = window.address.replace("127.0.0.1", "localhost")
    window.context.add_init_script(COUNT_SHIFTS)
    wrong: dict[str, list[str]] = {}
    page = window.go("/login/")
    look_at(page, wrong, "login")
    assert order_of(page, "Username") == ["Username", "Password", "Log in"]
    page.get_by_label("Username").fill("robin")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    look_at(page, wrong, "a wrong password")
    assert order_of(page, "Password") == ["Password", "Log in"]

    AuthenticatorApp.objects.create(user=person, secret="A" * 32, added_at=timezone.now())
    Passkey.objects.create(user=person, name="laptop", site="localhost", public_key="")
    page = window.go("/login/")
    look_at(page, wrong, "a login with a passkey")
    assert order_of(page, "Username") == ["Username", "Password", "Log in"]
    enter_password(window)
    look_at(page, wrong, "the code")
    assert order_of(page, "Code") == ["Code", "Log in"]
    page.get_by_label("Code").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error, [role=alert]").first).to_be_visible()
    look_at(page, wrong, "a wrong code")

    window.take_session()
    for path in ("/account/", "/account/password/", "/account/passkeys/", "/account/app/"):
        look_at(window.go(path), wrong, path)
    page = window.go("/account/password/")
    page.get_by_label("Old password").fill("wrong")
    page.get_by_role("textbox", name="New password", exact=True).fill("short")
    page.get_by_label("New password confirmation").fill("other")
    page.keyboard.press("Enter")
    expect(page.locator(".field-error").first).to_be_visible()
    look_at(page, wrong, "a password that is refused")
    assert wrong == {}


def test_who_is_locked_out_can_read_it(visit: Visiting, monkeypatch: pytest.MonkeyPatch) -> None:
    # The guard of the login has its own hold of the clock, and both must show the same.
    window = visit(*WIDTHS["phone"])
    monkeypatch.undo()
    window.context.add_init_script(COUNT_SHIFTS)
    page = window.go("/login/")
    for _ in range(5):
        page.get_by_label("Username").fill("robin")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many wrong passwords")
    wrong: dict[str, list[str]] = {}
    look_at(page, wrong, "locked out")
    assert wrong == {}
    page.get_by_role("link", name="Go to the login").press("Enter")
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.get_by_label("Username").fill("robin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Too many wrong passwords")
