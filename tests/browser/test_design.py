"""The page of components: all of them, in both themes and widths, without a message of the browser, a barrier or what is
too small to press. With SCREENSHOTS it leaves pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_browser import picture
from tests.browser.test_every_page import LEAST, TOO_SMALL, WIDTHS, barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_every_component_can_be_seen_read_and_pressed(
    visit: Visiting, settings: Any, size: tuple[int, int], *, dark: bool
) -> None:
    settings.DEBUG = True
    window = visit(*size, dark=dark)
    window.take_session()
    page = window.go("/design/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Components")
    picture(window, f"design-{size[0]}-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate(TOO_SMALL, LEAST[size]) == []
    assert barriers(page) == []


# What stands in section "Components" of the design of the pages, by what it is drawn as.
COMPONENTS = (
    ".ring .dotted", ".usuals .strip", ".keys .big", ".daybox .now-line", ".trend", ".usual-band", ".months .f-none",
    ".year .pip", ".years .pips", ".bullet .pace", ".facts", ".todo .copy [data-copy]", ".weeks .ringed", ".offers mark",
    ".offers [aria-selected=true]", ".note.info", ".note.warning", ".note.error", ".note.undo button", ".field-error",
    "dialog[open]", ".card.unset", "progress", ".chip[aria-current]", ".heat .h4", "[aria-label='9.1 of 21']",
    ".pill.good", ".pill.asks", ".pill.runs", ".pill.bad", ".ranges [aria-current]", ".step a", ".fresh .flag",
)  # fmt: skip


def test_no_component_is_missing(visit: Visiting, settings: Any) -> None:
    settings.DEBUG = True
    window = visit()
    window.take_session()
    page = window.go("/design/")
    assert [one for one in COMPONENTS if not page.locator(f"main {one}").count()] == []
    field = page.get_by_label("Day", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("The year must be between 1900 and 2199.")


def test_the_page_is_for_development_alone(person: User, client: Client, settings: Any) -> None:
    client.force_login(person)
    assert client.get("/design/").status_code == 404
    settings.DEBUG = True
    assert client.get("/design/").status_code == 200
