"""The frame of the pages: rail, tab bar, keys, and what is left of them without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
PAGES = ["/", "/fasting/", "/fasting/new", "/account/", "/tokens", "/api/docs", "/nowhere"]
PHONE = (390, 844)


def test_the_rail_leads_to_the_pages(visit: Visiting) -> None:
    page = visit().come_home()
    rail = page.get_by_role("navigation", name="Pages")
    expect(rail.get_by_role("link", name="Today")).to_have_attribute("aria-current", "page")
    rail.get_by_role("link", name="Fasting").click()
    expect(rail.get_by_role("link", name="Fasting")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("navigation", name="Tabs")).to_be_hidden()


def test_a_phone_has_tabs_with_sheets(visit: Visiting) -> None:
    page = visit(*PHONE).come_home()
    tabs = page.get_by_role("navigation", name="Tabs")
    expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
    expect(tabs.get_by_role("link", name="Fasting")).to_be_hidden()
    tabs.get_by_text("Body").click()
    expect(tabs.get_by_role("link", name="Fasting")).to_be_visible()
    tabs.get_by_text("More").click()
    expect(tabs.get_by_role("link", name="Fasting")).to_be_hidden()
    expect(tabs.get_by_role("link", name="Account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tabs.get_by_role("link", name="Account")).to_be_hidden()
    tabs.get_by_text("More").click()
    tabs.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_without_a_script_the_sheets_open_too(visit: Visiting, chromium: Browser) -> None:
    window = visit(*PHONE)
    window.take_session()
    state = window.context.storage_state()
    size = {"width": PHONE[0], "height": PHONE[1]}
    context = chromium.new_context(java_script_enabled=False, viewport=size, storage_state=state)
    page = context.new_page()
    page.goto(window.address + "/")
    tabs = page.get_by_role("navigation", name="Tabs")
    tabs.get_by_text("Body").click()
    tabs.get_by_role("link", name="Fasting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fasts")
    expect(page.get_by_role("dialog")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_screen(
    visit: Visiting, path: str, *, dark: bool
) -> None:
    window = visit(320, 640, dark=dark)
    window.take_session()
    page = window.go(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def opens(page: Page, *keys: str) -> None:
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)


def test_keys_lead_from_page_to_page(visit: Visiting) -> None:
    page = visit().come_home()
    opens(page, "g", "f")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fasts")
    opens(page, "t")
    expect(page).to_have_url(page.url.split("/fasting")[0])
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Fasting")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_keys_stay_out_of_fields_and_can_be_switched_off(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/fasting/new")
    page.get_by_label("Note").press_sequentially("g f t ?")
    expect(page.get_by_label("Note")).to_have_value("g f t ?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Keys are on in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    page = window.go("/")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 16 September")
