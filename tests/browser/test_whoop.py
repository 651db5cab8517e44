"""The pages of WHOOP in a real browser: ranges, steps, a day, both widths, and no sideways scrolling on a small phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.whoop.test_web_pages import days_of_whoop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
RANGES = {"7 d": 7, "30 d": 30, "90 d": 90, "1 y": 365, "All": 400}


def width_of_content(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_ranges_steps_and_a_day(visit: Visiting, width: int) -> None:
    days_of_whoop(range(400))
    page = visit(width).log_in()
    page.goto(f"{page.url.rstrip('/')}/whoop/")
    for title, days in RANGES.items():
        page.get_by_role("group", name="Range", exact=True).get_by_text(title, exact=True).click()
        days_card = page.get_by_role("region", name="Days")
        expect(days_card).to_contain_text(f"1 to 7 of {days}")
        assert width_of_content(page) <= width
    page.get_by_role("group", name="Range", exact=True).get_by_text("30 d", exact=True).click()
    page.get_by_role("link", name="The 30 days before").click()
    expect(page.get_by_text("19 July to 17 August 2026")).to_be_visible()
    page.get_by_role("link", name="The 30 days after").click()
    page.wait_for_url("**/whoop/?range=30d")
    page.get_by_role("region", name="Days").get_by_role("link", name="Tue 15 Sep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tuesday 15 September")
    assert width_of_content(page) <= width
    page.get_by_role("link", name="The day before").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday 14 September")
