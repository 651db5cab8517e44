"""In the browser: no page, and nothing that one does on it, asks for a style or a script that the policy refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

#: Notes each refusal, from before the first script of a page on.
LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective}: ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
});
"""
WITH_STYLE = (
    "[...document.querySelectorAll('[style], style')].map((one) => one.outerHTML.slice(0, 200))"
)


def refusals(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.refused")
    return found


@pytest.mark.parametrize("width", [1280, 390])
def test_today_asks_for_no_style_of_its_own(visit: Callable[..., Visit], width: int) -> None:
    scenes.everything()
    browser = visit(width)
    browser.context.add_init_script(LISTEN)
    page = browser.come_home()
    expect(page.locator("#journal-entry")).to_be_visible()
    assert page.evaluate(WITH_STYLE) == []
    # An answer, which htmx brings without another page.
    page.locator("#journal-entry").get_by_role("button", name="Yes").last.click()
    expect(page.locator("#journal-entry [role=status]")).to_be_visible()
    # The cursor of the charts moves over each of them.
    for chart in page.locator("svg[data-points]").all():
        if chart.is_visible():
            chart.hover(force=True)
    assert refusals(page) == []


@pytest.mark.parametrize(
    "path", ["/journal/", "/nutrition/", "/goals/", "/time/", "/whoop/", "/weight/"]
)
def test_other_pages_that_scripts_change(visit: Callable[..., Visit], path: str) -> None:
    scenes.everything()
    browser = visit()
    browser.context.add_init_script(LISTEN)
    browser.take_session()
    page = browser.go(path)
    for chart in page.locator("svg[data-points]").all():
        if chart.is_visible():
            chart.hover(force=True)
    assert refusals(page) == []
