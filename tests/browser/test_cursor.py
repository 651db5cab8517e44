"""The cursor of charts: by pointer, finger and keys, on all charts of a group at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.whoop.test_web_pages import days_of_whoop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def opened(window: Visit, path: str = "/whoop/?range=30d") -> Page:
    days_of_whoop(range(120))
    window.take_session()
    return window.go(path)


def chart(page: Page, name: str) -> Locator:
    found = page.get_by_role("img", name=name)
    found.scroll_into_view_if_needed()
    return found


def middle_of(page: Page, name: str, at: int, slices: int = 30) -> tuple[float, float]:
    box = chart(page, name).bounding_box()
    assert box
    return box["x"] + box["width"] * (at + 0.5) / slices, box["y"] + box["height"] / 2


def tips(page: Page) -> list[str]:
    return [tip.inner_text() for tip in page.locator(".tip").all() if tip.is_visible()]


def test_the_pointer_moves_all_charts_of_a_group(visit: Visiting) -> None:
    page = opened(visit())
    page.mouse.move(*middle_of(page, "Heart rate variability", 9))
    row = page.locator("#heart-numbers tbody tr").nth(9)
    cells = row.locator("th, td").all_text_contents()
    assert tips(page) == [
        f"{cells[1]} ms, {cells[0]}\nusually {cells[2]}",
        f"{cells[3]} bpm, {cells[0]}\nusually {cells[4]}",
        f"{cells[5]} /min, {cells[0]}\nusually {cells[6]}",
    ]
    assert cells[0] == "Thu 27 Aug 2026"
    page.mouse.move(5, 5)
    assert tips(page) == []


def test_a_tip_says_what_is_not_known(visit: Visiting) -> None:
    days_of_whoop(range(2, 40))
    window = visit()
    window.take_session()
    page = window.go("/whoop/?range=30d")
    page.mouse.move(*middle_of(page, "Heart rate variability", 29))
    assert tips(page)[0].startswith("not known, Wed 16 Sep 2026")


def test_keys_move_open_and_put_away(visit: Visiting) -> None:
    page = opened(visit())
    chart(page, "Resting heart rate").focus()
    page.keyboard.press("ArrowLeft")
    assert "Wed 16 Sep 2026" in tips(page)[0]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Home")
    assert "Tue 18 Aug 2026" in tips(page)[1]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert tips(page) == []
    page.keyboard.press("End")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 16 September")


def test_dragging_over_a_stretch_offers_it(visit: Visiting) -> None:
    page = opened(visit())
    page.mouse.move(*middle_of(page, "Heart rate variability", 4))
    page.mouse.down()
    page.mouse.move(*middle_of(page, "Heart rate variability", 12), steps=4)
    page.mouse.up()
    link = page.get_by_role("link", name="Show 22 Aug to 30 Aug")
    expect(link).to_be_visible()
    with page.expect_navigation():
        link.click()
    assert page.url.endswith("/whoop/?from=2026-08-22&to=2026-08-30")


def test_keys_choose_a_stretch_too(visit: Visiting) -> None:
    page = opened(visit())
    chart(page, "Heart rate variability").focus()
    for key in ("End", "Shift+ArrowLeft", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    expect(page.get_by_role("link", name="Show 14 Sep to 16 Sep")).to_be_visible()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("?from=2026-09-14&to=2026-09-16")


def test_a_press_on_a_day_opens_it(visit: Visiting) -> None:
    page = opened(visit())
    with page.expect_navigation():
        page.mouse.click(*middle_of(page, "Strain of days", 10))
    expect(page.get_by_role("heading", level=1)).to_have_text("Friday 28 August")


def test_weeks_of_a_year_open_as_ranges(visit: Visiting) -> None:
    page = opened(visit(), "/whoop/?range=1y")
    with page.expect_navigation():
        page.mouse.click(*middle_of(page, "Strain of days", 51, slices=53))
    assert page.url.endswith("/whoop/?from=2026-09-07&to=2026-09-13")


def test_a_finger_moves_it_and_the_page_still_scrolls(visit: Visiting) -> None:
    page = opened(visit(390, 844))
    session = page.context.new_cdp_session(page)
    x, y = middle_of(page, "Heart rate variability", 5)
    end, _ = middle_of(page, "Heart rate variability", 20)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        found = [{"x": left, "y": top} for left, top in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": found})

    touch("touchStart", (x, y))
    for at in range(1, 6):
        touch("touchMove", (x + (end - x) * at / 5, y))
    touch("touchEnd")
    assert "Mon 7 Sep 2026" in tips(page)[0]
    expect(page.get_by_role("link", name="Show 23 Aug to 7 Sep")).to_be_visible()
    assert (
        chart(page, "Heart rate variability").evaluate(
            "one => getComputedStyle(one.parentElement).touchAction"
        )
        == "pan-y"
    )


def test_in_forced_colours_and_on_paper_charts_can_be_read(visit: Visiting) -> None:
    page = opened(visit())
    page.emulate_media(forced_colors="active")
    line = page.locator(".trend").first
    text = page.evaluate("getComputedStyle(document.body).color")
    assert line.evaluate("one => getComputedStyle(one).stroke") == text
    page.emulate_media(forced_colors="none", media="print")
    chart(page, "Heart rate variability").focus()
    page.keyboard.press("ArrowLeft")
    assert tips(page) == []
    assert page.locator(".hits").first.is_hidden()
    assert page.locator(".trend").first.is_visible()
