"""The page of tracked time in a real browser: ranges, a cell and its entries, an entry over midnight, a running timer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.scenes import NOW
from tests.time_logs.test_web_pages import work
from time_logs.models import TimeEntry

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def width_of_content(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_range_to_a_cell_and_its_entries(visit: Visiting, width: int, dark: bool) -> None:
    work(range(100))
    window = visit(width, dark=dark)
    window.take_session()
    page = window.go("/time/")
    for title in ("7 d", "90 d", "1 y", "All", "30 d"):
        window.follow(
            page.get_by_role("group", name="Range", exact=True).get_by_text(title, exact=True)
        )
        assert width_of_content(page) <= width
    window.follow(page.get_by_role("navigation", name="Rows").get_by_text("Client"))
    table = page.get_by_role("region", name="Clients by week")
    expect(table).to_contain_text("Hafenmuseum")
    cell = table.locator("tbody td a").last
    words = cell.inner_text()
    window.follow(cell)
    expect(page.locator(".say")).to_contain_text(f"{words} in ")
    assert width_of_content(page) <= width


def test_the_newest_columns_are_seen_first(visit: Visiting) -> None:
    work(range(100))
    window = visit(390)
    window.take_session()
    page = window.go("/time/?range=90d")
    frame = page.get_by_role("group", name="Hours by project and week")
    start, columns, newest, shown, rows = frame.evaluate(
        """one => {
          const heads = [...one.querySelectorAll("thead th")].map((head) => head.getBoundingClientRect());
          const edge = heads.shift().right;
          return [
            one.scrollLeft,
            heads.filter((head) => head.left < edge - 1 && head.right > edge + 1).length,
            heads.at(-2).left >= edge - 1 && heads.at(-2).right <= one.getBoundingClientRect().right,
            one.clientHeight,
            one.scrollHeight,
          ];
        }"""
    )
    assert start > 0
    assert newest, "the newest week is whole"
    assert columns == 0, "no column is cut by the names"
    assert shown == rows, "all rows are seen"


def test_a_running_entry_counts_each_minute(visit: Visiting) -> None:
    entry = TimeEntry.objects.create(start=NOW - timedelta(minutes=59, seconds=59), project="Shop")
    window = visit()
    window.take_session()
    window.page.clock.install()
    page = window.go("/time/")
    timer = page.locator(f"section[aria-labelledby=timer-{entry.pk}]")
    expect(timer.get_by_text("as of")).to_be_hidden()
    page.clock.run_for(61_000)
    expect(timer.get_by_role("heading")).to_have_text("Running for 1 h 01")


def test_an_entry_over_midnight_is_typed_in_edited_deleted_and_brought_back(
    visit: Visiting,
) -> None:
    window = visit(390)
    window.take_session()
    page = window.go("/time/")
    window.follow(page.get_by_role("link", name="Add an entry"))
    page.get_by_label("Start").fill("2026-09-15T23:20")
    page.get_by_label("End").fill("2026-09-16T00:45")
    page.get_by_label("Description").fill("Restore test")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("40 min in 1 entry.")).to_be_visible()
    window.follow(page.get_by_role("link", name="Restore test"))
    page.get_by_label("End").fill("2026-09-16T01:45")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("of 2 h 25")).to_be_visible()
    window.follow(page.get_by_role("link", name="Restore test"))
    window.follow(page.get_by_role("link", name="Delete this entry"))
    window.follow(page.get_by_role("button", name="Delete"))
    assert not TimeEntry.objects.live().exists()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("The entry is back.")).to_be_visible()
    assert TimeEntry.objects.live().get().duration == 145 * 60


def test_on_a_phone_the_names_stay_at_the_text_of_the_card_and_the_last_column_is_whole(
    visit: Visiting,
) -> None:
    work(range(90))
    window = visit(390, 844)
    window.take_session()
    page = window.go("/time/?range=90d")
    for scrolled in ("0", "40", "99999"):
        edges = page.evaluate(
            """(left) => {
              const frame = document.querySelector(".heat-frame");
              frame.scrollLeft = left;
              const box = (element) => element.getBoundingClientRect();
              const row = frame.querySelector("tbody tr");
              return [box(row.firstElementChild).left, box(document.getElementById("pivot")).left,
                box(row.lastElementChild).right, box(frame).right];
            }""",
            scrolled,
        )
        assert abs(edges[0] - edges[1]) <= 1, scrolled
    assert edges[2] <= edges[3] - 12
