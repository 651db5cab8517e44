"""Search in a real browser: by keys alone, while one types, and without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.pathname ?? document.activeElement.id"))


def test_by_keyboard_alone_from_any_page_to_a_repository(visit: Visiting) -> None:
    scenes.everything()
    window = visit()
    window.take_session()
    page = window.go("/time/")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    expect(page.get_by_label("Search everything")).to_be_focused()
    page.keyboard.type("shop")
    expect(page.get_by_role("status")).to_have_text("3 results.")
    expect(page.get_by_label("Search everything")).to_be_focused()
    assert page.url.endswith("/search/")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("/projects/")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "/github/robin/shop-relaunch"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focused(page) == "search-field"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/github/robin/shop-relaunch")


def test_the_key_leads_back_to_the_field(visit: Visiting) -> None:
    scenes.everything()
    window = visit()
    window.take_session()
    page = window.go("/search/?q=shop")
    page.keyboard.press("ArrowDown")
    assert focused(page) != "search-field"
    page.keyboard.press("/")
    assert focused(page) == "search-field"
    page.keyboard.type("yesterday")
    expect(page.get_by_label("Search everything")).to_have_value("yesterday")
    expect(page.locator("#found")).to_contain_text("Tuesday 15 September")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=yesterday")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?day=2026-09-15")


def test_a_slash_in_a_field_is_a_sign(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/search/")
    page.keyboard.type("1/2")
    expect(page.get_by_label("Search everything")).to_have_value("1/2")


@pytest.mark.parametrize("width", [1280, 390])
def test_without_a_script(visit: Visiting, width: int) -> None:
    scenes.everything()
    window = visit(width, scripts=False)
    window.take_session()
    page = window.go("/time/")
    if width == 390:
        page.get_by_role("navigation", name="Tabs").get_by_text("More").click()
    names = "Tabs" if width == 390 else "Pages"
    window.follow(page.get_by_role("navigation", name=names).get_by_role("link", name="Search"))
    page.get_by_label("Search everything").fill("relaunch")
    window.follow(page.get_by_role("button", name="Search"))
    assert page.url.endswith("/search/?q=relaunch")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    window.follow(page.locator("#found").get_by_role("link", name="robin/shop-relaunch"))
    expect(page.get_by_role("heading", level=1)).to_have_text("shop-relaunch")


def test_the_keys_name_search(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/search/")
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_contain_text("Search")
    expect(page.get_by_role("dialog").locator("kbd").filter(has_text="/")).to_have_count(1)
