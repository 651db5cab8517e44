"""Copying a day and a week for an assistant: by one press, and on a page where there is no script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import scenes
from tests.browser.conftest import Visit
from tests.browser.test_every_page import look_for_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_one_press_copies(visit: Visiting) -> None:
    scenes.full()
    window = visit()
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.come_home()
    for name, heading in (
        ("Copy for your assistant", "# Wednesday 16 September 2026"),
        ("Copy the week for your assistant", "# The week from 14 to 16 September 2026"),
    ):
        link = page.get_by_role("link", name=name, exact=True)
        link.click()
        expect(page.get_by_text("Copied")).to_be_visible()
        assert clipboard(page).startswith(heading)
        assert page.url == window.address + "/"
        expect(page.get_by_text("Copied")).to_have_count(0)


def test_without_a_clipboard_the_page_opens_and_shows_the_text(visit: Visiting) -> None:
    scenes.full()
    window = visit(390, 844)
    window.context.add_init_script("delete Navigator.prototype.clipboard")
    page = window.come_home()
    page.get_by_role("link", name="Copy for your assistant", exact=True).click()
    page.wait_for_url(window.address + "/day/2026-09-16/copy")
    text = page.get_by_label("Markdown of Wednesday 16 September")
    expect(text).to_have_value(shown_at(page))
    page.get_by_role("button", name="Copy", exact=True).click()
    chosen = "(one) => one.value.slice(one.selectionStart, one.selectionEnd)"
    assert text.evaluate(chosen).startswith("# Wednesday 16 September 2026")


def shown_at(page: Page) -> str:
    return str(page.context.request.get(page.url.replace("/copy", ".md")).text())


def test_without_a_script_there_is_the_page_and_a_file(visit: Visiting) -> None:
    scenes.full()
    window = visit(scripts=False)
    page = window.come_home()
    window.follow(page.get_by_role("link", name="Copy the week for your assistant", exact=True))
    assert page.url == window.address + "/week/2026-09-16/copy"
    expect(page.get_by_label("Markdown of the week")).to_be_visible()
    expect(page.get_by_role("button", name="Copy", exact=True)).to_be_hidden()
    with page.expect_download() as found:
        page.get_by_role("link", name="Save as a file").click()
    assert found.value.suggested_filename == "week-2026-09-14.md"
    window.follow(page.get_by_role("link", name="Back to the day"))
    assert page.url == window.address + "/"


def test_the_page_is_seen_as_the_others(visit: Visiting) -> None:
    scenes.full()
    for width, dark in ((1280, False), (390, True)):
        window = visit(width, 844, dark=dark)
        window.take_session()
        page = window.go("/day/2026-09-16/copy")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.get_by_role("heading", name="Copy for your assistant")).to_be_visible()
        assert look_for_barriers(page) == []
