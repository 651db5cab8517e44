"""In the browser: an export of Apple Health is given to a worker and imported, the order of sources is chosen, and the
pages are sound, on a wide window and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from apple_health.models import AppleDay, AppleNight, SourceOrder
from lifetracker import tasks
from lifetracker.models import FileImport
from tests.apple_health.exports import export, slept, steps, zipped
from tests.browser import scenes
from tests.browser.conftest import Visit
from tests.browser.test_every_page import LEAST, TOO_SMALL, look_for_barriers

pytestmark = pytest.mark.browser

SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
each_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
PAGES = ("/apple-health/", "/apple-health/order", "/apple-health/import")
DAY = f"{scenes.TODAY - timedelta(days=2)}"
NIGHT = slept("AsleepCore", f"{DAY} 00:10:00", f"{DAY} 07:10:00")
WALK = steps(4_321, f"{DAY} 08:00:00", f"{DAY} 08:50:00")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.IMPORTS_DIR = tmp_path / "imports"


def looked_at(page: Page, size: tuple[int, int]) -> None:
    """Nothing keeps anybody out, in either theme."""
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate(TOO_SMALL, LEAST[size]) == []
    assert look_for_barriers(page) == []


def work() -> str:
    """What a worker does with the newest file."""
    return tasks.execute_import(FileImport.objects.order_by("-pk")[0].pk)


def upload(page: Page, browser: Visit, tmp_path: Path) -> None:
    path = zipped(
        tmp_path, export(NIGHT, WALK, steps("x", DAY), exported="2026-09-16 12:00:00 +0200")
    )
    page.get_by_label("File from Apple Health").set_input_files(path)
    browser.follow(page.get_by_role("button", name="Show what it would change"))


@each_size
def test_the_pages_are_sound_with_records_and_without(
    visit: Callable[..., Visit], size: tuple[int, int]
) -> None:
    browser = visit(*size)
    browser.take_session()
    page = browser.go(PAGES[0])
    expect(page.get_by_role("heading", name="Nothing of Apple Health yet.")).to_be_visible()
    looked_at(page, size)
    scenes.apple_health()
    # A night that WHOOP has too is shown there.
    scenes.sleep(0)
    for path in PAGES:
        looked_at(browser.go(path), size)
    page = browser.go(PAGES[0])
    expect(page.get_by_role("group", name="Nights").locator("tbody tr")).to_have_count(2)
    expect(page.get_by_text("1 more is on the page WHOOP")).to_be_visible()


@each_size
def test_an_export_is_followed_from_its_upload_to_its_days(
    visit: Callable[..., Visit], size: tuple[int, int], tmp_path: Path
) -> None:
    browser = visit(*size)
    browser.take_session()
    browser.follow(browser.go(PAGES[0]).get_by_role("link", name="Import an export").first)
    page = browser.page
    upload(page, browser, tmp_path)
    expect(page.get_by_text("a worker goes through it")).to_be_visible()
    looked_at(page, size)
    assert work() == "asks"
    # The page follows its file by itself.
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("2 new records")).to_be_visible()
    expect(page.get_by_text("is not a time with its offset")).to_be_visible()
    looked_at(page, size)
    assert not AppleDay.objects.exists()
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    assert work() == "done"
    expect(page.get_by_text("1 new day, 1 new night")).to_be_visible()
    looked_at(page, size)
    assert (AppleDay.objects.get().steps, AppleNight.objects.get().asleep_min) == (4_321, 420)
    browser.follow(page.get_by_role("link", name="Show it"))
    expect(page.get_by_text("4,321 steps a day on average, on 1 day")).to_be_visible()
    looked_at(page, size)


@each_size
def test_steps_are_on_today_once(visit: Callable[..., Visit], size: tuple[int, int]) -> None:
    scenes.full()
    scenes.apple_health()
    browser = visit(*size)
    page = browser.come_home()
    card = page.get_by_role("region", name="Steps", exact=True)
    expect(card.get_by_role("link", name="8,000", exact=True)).to_be_visible()
    expect(card).to_contain_text("Counted by Apple Health.")
    expect(page.get_by_role("region", name="Strain", exact=True)).not_to_contain_text("steps")
    looked_at(page, size)
    browser.follow(card.get_by_role("link", name="8,000", exact=True))
    assert page.url.endswith("/apple-health/")


def test_the_order_of_sources_is_chosen_by_keys(visit: Callable[..., Visit]) -> None:
    scenes.apple_health()
    scenes.sleep(0)
    browser = visit()
    browser.take_session()
    page = browser.go(PAGES[0])
    browser.follow(page.get_by_role("link", name="which source counts"))
    page.get_by_label("Nights that both have").focus()
    page.keyboard.type("Apple Health")
    page.keyboard.press("Tab")
    page.keyboard.type("iPhone, then Apple")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("Steps follow when you import an export again.")).to_be_visible()
    expect(page.get_by_text("on the page WHOOP")).to_have_count(0)
    chosen = SourceOrder.current()
    assert (chosen.nights, chosen.ranks["phone"]) == (SourceOrder.Nights.APPLE_HEALTH, 0)
    assert look_for_barriers(page) == []


def test_all_of_it_goes_without_script(
    visit: Callable[..., Visit], person: User, tmp_path: Path
) -> None:
    browser = visit(390, 844, scripts=False)
    browser.take_session()
    page = browser.go(PAGES[1])
    page.get_by_label("Nights that both have").select_option("Apple Health")
    browser.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert SourceOrder.current().nights == SourceOrder.Nights.APPLE_HEALTH
    page = browser.go(PAGES[2])
    upload(page, browser, tmp_path)
    assert "Reload it to see how far it is." in page.content()
    work()
    page.reload()
    browser.follow(page.get_by_role("button", name="Import it", exact=True))
    work()
    page.reload()
    expect(page.get_by_text("1 new day, 1 new night")).to_be_visible()
    browser.go(PAGES[0])
    expect(page.get_by_text("4,321 steps a day on average, on 1 day")).to_be_visible()
