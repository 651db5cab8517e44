"""The frame of the pages: rail, tab bar, keys, and what is left of them without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
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
    expect(tabs.get_by_role("link", name="Settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(tabs.get_by_role("link", name="Settings")).to_be_hidden()
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
    expect(page.get_by_role("heading", level=1)).to_have_text("Fasting")
    expect(page.get_by_role("dialog")).to_be_hidden()
    context.close()


def opens(page: Page, *keys: str) -> None:
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)


def test_keys_lead_from_page_to_page(visit: Visiting) -> None:
    page = visit().come_home()
    opens(page, "g", "f")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fasting")
    opens(page, "t")
    expect(page).to_have_url(page.url.split("/fasting")[0])
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("Fasting")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_key_leads_to_what_can_be_typed_in_anew(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/fasting/")
    opens(page, "n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add a fast")
    page = window.go("/goals/")
    page.keyboard.press("n")
    expect(page.get_by_label("I want")).to_be_focused()
    page = window.go("/connections/")
    page.keyboard.press("n")
    expect(page).to_have_url(f"{window.address}/connections/")


def test_keys_stay_out_of_fields_and_can_be_switched_off(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    page = window.go("/fasting/new")
    page.get_by_label("Note").press_sequentially("g f t n ?")
    expect(page.get_by_label("Note")).to_have_value("g f t n ?")
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


def test_today_renews_itself_while_a_sync_runs_and_nobody_is_at_a_control(
    visit: Visiting,
) -> None:
    scenes.pending()
    window = visit()
    page = window.page
    page.clock.install()
    window.come_home()
    page.get_by_role("link", name="Fasting", exact=True).first.focus()
    page.evaluate("window.same = true")
    page.clock.run_for(20_000)
    assert page.evaluate("window.same") is True
    page.evaluate("document.activeElement.blur()")
    with page.expect_navigation():
        page.clock.run_for(20_000)
    assert page.evaluate("window.same") is None


LOOKED_AT = ["/", "/whoop/", "/whoop/?range=90d", "/whoop/2026-09-16", "/connections/"]


def test_without_a_script_every_page_says_the_same(visit: Visiting) -> None:
    scenes.full()
    with_script, without = visit(), visit(scripts=False)
    for window in (with_script, without):
        window.take_session()
    for path in LOOKED_AT:
        texts = [
            window.go(path).locator("main h1, main h2, main h3").all_inner_texts()
            for window in (with_script, without)
        ]
        assert texts[0] == texts[1] != [], path
    page = without.go("/whoop/")
    page.get_by_role("group", name="Range").get_by_role("link", name="7 d").click()
    expect(page).to_have_url(f"{without.address}/whoop/?range=7d")
    page.locator("a[href='/whoop/2026-09-16']").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("16 September")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Today").click()
    expect(page).to_have_url(f"{without.address}/")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_a_chosen_range_is_kept_from_page_to_page(visit: Visiting, *, scripts: bool) -> None:
    scenes.full()
    window = visit(scripts=scripts)
    window.take_session()
    page = window.go("/whoop/")
    page.get_by_role("group", name="Range").get_by_role("link", name="90 d").click()
    expect(page).to_have_url(f"{window.address}/whoop/?range=90d")
    for name, path in {"Time": "time", "GitHub": "github", "WHOOP": "whoop"}.items():
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        expect(page).to_have_url(f"{window.address}/{path}/?range=90d")
        expect(page.locator(".ranges [aria-current]")).to_have_text("90 d")
    if scripts:
        opens(page, "g", "t")
        expect(page).to_have_url(f"{window.address}/time/?range=90d")


def test_a_range_is_kept_on_a_phone(visit: Visiting) -> None:
    scenes.full()
    window = visit(*PHONE)
    window.take_session()
    page = window.go("/whoop/?from=2026-08-01&to=2026-08-20")
    tabs = page.get_by_role("navigation", name="Tabs")
    tabs.get_by_text("Work", exact=True).click()
    tabs.get_by_role("link", name="Time").click()
    expect(page).to_have_url(f"{window.address}/time/?from=2026-08-01&to=2026-08-20")


def press_until(page: Page, key: str, condition: str, most: int = 90) -> None:
    """Press a key until a condition of the focused element holds, as somebody without a pointer does."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(
            f"(() => {{ const one = document.activeElement; return {condition}; }})()"
        ):
            return
    raise AssertionError(f"{key} leads to nothing with {condition}")


def test_by_keyboard_alone_from_today_to_a_day_of_whoop(visit: Visiting) -> None:
    scenes.full()
    page = visit().come_home()
    press_until(page, "Tab", "one.pathname === '/whoop/'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/whoop/")
    press_until(page, "Tab", "one.search === '?range=7d'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/whoop/?range=7d")
    press_until(page, "Tab", "one.pathname === '/whoop/2026-09-16'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/whoop/2026-09-16")
    opens(page, "ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("15 September")
    opens(page, "t")
    expect(page.get_by_role("heading", level=1)).to_contain_text("16 September")
