"""The page of fasts in a real browser: from a start at an earlier time to a deletion that is undone, with keys alone and
without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from fasting.models import FastingPeriod
from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
HOUR = timedelta(hours=1)


def hours_ago(hours: float) -> str:
    """A moment as the browser's input takes it."""
    return f"{timezone.localtime(scenes.NOW - hours * HOUR):%Y-%m-%dT%H:%M}"


def width_of_content(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize(
    ("width", "scripts"), [(1280, True), (390, True), (390, False)], ids=["wide", "phone", "plain"]
)
def test_a_fast_from_its_start_to_its_deletion(visit: Visiting, width: int, scripts: bool) -> None:
    window = visit(width, scripts=scripts)
    window.take_session()
    page = window.go("/fasting/?range=7d")
    expect(page.get_by_role("heading", name="No fasts yet. Start one here.")).to_be_visible()
    page.get_by_label("Goal (hours)").fill("18")
    page.get_by_text("It began earlier").click()
    page.get_by_label("Started at").fill(hours_ago(-3))
    window.follow(page.get_by_role("button", name="Start a fast"))
    # What cannot be is said at its field, and nothing typed is lost.
    expect(page.locator(".field-error")).to_contain_text("between 1970 and now")
    expect(page.get_by_label("Goal (hours)")).to_have_value("18")
    page.get_by_label("Started at").fill(hours_ago(3))
    window.follow(page.get_by_role("button", name="Start"))
    assert page.url.endswith("/fasting/?range=7d")
    fast = FastingPeriod.objects.get()
    assert (fast.start, fast.goal_hours) == (scenes.NOW - 3 * HOUR, 18)
    expect(page.locator(".ring b")).to_have_text("3 h 00")
    expect(page.locator(".say")).to_contain_text("3 h 00 of 18")
    assert width_of_content(page) <= width if scripts else True
    # Stopped earlier, and taken back.
    page.get_by_text("It ended earlier").click()
    page.get_by_label("Ended at").fill(hours_ago(1))
    window.follow(page.get_by_role("button", name="Stop at this time"))
    expect(page.get_by_role("status")).to_contain_text("The fast ended after 2 h.")
    window.follow(page.get_by_role("button", name="Undo stop"))
    expect(page.get_by_role("status")).to_contain_text("The fast is still running")
    window.follow(page.get_by_role("link", name="Edit the fast"))
    page.get_by_label("Note").fill("Broth.")
    page.get_by_label("End", exact=True).fill(hours_ago(0.5))
    window.follow(page.get_by_role("button", name="Save"))
    assert page.url.endswith("/fasting/?range=7d")
    window.follow(page.get_by_role("group", name="Fasts").get_by_role("link"))
    window.follow(page.get_by_role("link", name="Delete this fast"))
    window.follow(page.get_by_role("button", name="Delete"))
    assert not FastingPeriod.objects.live().exists()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status")).to_contain_text("The fast is back.")
    assert FastingPeriod.objects.live().get().duration_hours == 2.5


def test_a_start_is_taken_back_with_keys_alone(visit: Visiting) -> None:
    scenes.fast(40, 16)
    FastingPeriod.objects.update(created_at=scenes.NOW)
    window = visit()
    window.take_session()
    page = window.go("/")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("f")
    assert "/fasting/" in page.url
    page.get_by_label("Goal (hours)").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("17")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    fast = FastingPeriod.objects.get(end=None)
    assert fast.goal_hours == 17
    FastingPeriod.objects.filter(pk=fast.pk).update(created_at=scenes.NOW)
    page.reload()
    page.get_by_role("button", name="Undo start").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The start was undone")
    assert "/fasting/" in page.url


@pytest.mark.parametrize("width", [1280, 390])
def test_every_range_is_as_wide_as_its_window(visit: Visiting, width: int) -> None:
    for days in range(40):
        scenes.fast(20 + 24 * days, 14 + days % 5, source="Zero", source_id=str(days))
    scenes.fast(24 * 900, 16)
    window = visit(width)
    window.take_session()
    page = window.go("/fasting/")
    for title in ("7 d", "90 d", "1 y", "All", "30 d"):
        ranges = page.get_by_role("group", name="Range", exact=True)
        window.follow(ranges.get_by_text(title, exact=True))
        assert width_of_content(page) <= width
    with page.expect_download() as saved:
        page.get_by_role("link", name="All as CSV").click()
    assert saved.value.suggested_filename.startswith("fasts-")
