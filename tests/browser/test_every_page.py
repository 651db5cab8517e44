"""What holds on every page, in both themes and on both widths. The pages are found and not listed, so that a new one is
looked at without being entered here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page

from tests import databases
from tests.addresses import own_pages, pages_of_rail, with_ranges
from tests.browser import scenes
from tests.browser.conftest import Visit
from tests.conftest import BROWSER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
AXE = Axe()
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What another theme can change; the rest of a page is the same in both.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
WIDTHS = {"desktop": (1280, 800), "phone": (390, 844)}
# How high what is pressed is at least, with a mouse and with a finger.
LEAST = {WIDTHS["desktop"]: 32, WIDTHS["phone"]: 44}
# All pages at once would take longer than a test may on a busy machine.
PARTS = 4
each_part = pytest.mark.parametrize("part", range(PARTS))
each_width = pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
# Answers that are pages too: no such address, and an address that only a button sends to.
MISSED = ["/nowhere", "/sync/whoop"]
# States in which pages show other parts than those of `everything`.
STATES = [scenes.now_on, scenes.pending, scenes.waiting, scenes.failed, scenes.fresh]
# Half of what is on a screen of 1280 at a zoom of 200 %, and the narrowest that pages are made for.
NARROW = (640, 320)

COUNT_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((shift) =>
  `${shift.value.toFixed(4)} ${shift.sources.map((one) => one.node?.outerHTML?.slice(0, 60))}`
))).observe({ type: "layout-shift", buffered: true });
"""
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(window.shifts))))"
SCROLLING_SIDEWAYS = """() => [...document.querySelectorAll("body *")].filter((one) =>
  one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX)
  && !one.closest(".scroll, #api, textarea") && !one.matches("input, select")
).map((one) => one.outerHTML.slice(0, 100))"""
# What is pressed, and is no link in a text; for fingers the links of tables too, also of those that are folded. The argument is the least height in pixels.
TOO_SMALL = """(least) => (document.querySelectorAll("main details").forEach((one) => one.open = true), [...document.querySelectorAll(
  "main button, main .button, main summary, main select, main input:not([type=hidden], [type=checkbox], [type=radio])"
  + (least > 40 ? ", main table a" : "")
)]).filter((one) => one.checkVisibility() && !one.closest("#api, .unseen") && one.getBoundingClientRect().height < least
).map((one) => `${Math.round(one.getBoundingClientRect().height)} px high: ${one.outerHTML.slice(0, 100)}`)"""
MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return [style.transitionDuration, style.animationDuration].some((all) => all.split(", ").some((time) => parseFloat(time) > 0.01));
}).map((one) => one.outerHTML.slice(0, 100))"""

# An unnamed field and words that are pale and wide, in a box that scrolls and moves, above what stood there.
SPOIL = """() => {
  document.querySelector("main").insertAdjacentHTML("afterbegin", '<div class="spoiled"><input><p></p></div>');
  const box = document.querySelector(".spoiled");
  box.lastChild.textContent = "x".repeat(300);
  box.lastChild.style.color = "#eee";
  box.style.overflowX = "auto";
  box.style.transition = "color 2s";
}"""


def client_of(person: User) -> Client:
    client = Client(headers={"accept": BROWSER})
    client.force_login(person)
    return client


def barriers(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds, for each element in a line."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": EVERYTHING}
    answer = AXE.run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    return [
        f"{found['id']} {node['target']}: {node['failureSummary']}"
        for found in answer.response["violations"]
        for node in found["nodes"]
    ]


def shifts_of(page: Page) -> list[str]:
    """Return what jumped. A busy machine shows half of a page first, and what is below then moves: that is asked twice."""
    if not page.evaluate(SETTLED):
        return []
    page.reload()
    return list(page.evaluate(SETTLED))


def look_for_barriers(page: Page) -> list[str]:
    if page.locator("#api").count():
        return []  # Swagger UI's markup is not ours
    page.emulate_media(color_scheme="light")
    found = barriers(page)
    page.emulate_media(color_scheme="dark")
    return [*found, *(f"dark: {one}" for one in barriers(page, rules=OF_COLOURS))]


def what_keeps_out(page: Page, size: tuple[int, int]) -> list[str]:
    """Return what keeps somebody out of a page in a window of this size: what is too small to be pressed, what scrolls
    sideways, and barriers."""
    wide = page.evaluate("document.documentElement.scrollWidth") - size[0]
    found = [*page.evaluate(TOO_SMALL, LEAST[size]), *page.evaluate(SCROLLING_SIDEWAYS)]
    found += [f"{wide} too wide"] if wide > 0 else []
    return [*found, *look_for_barriers(page)]


@each_part
@each_width
def test_nobody_is_kept_out_and_nothing_jumps(
    visit: Visiting, person: User, size: tuple[int, int], part: int
) -> None:
    databases.once(scenes.everything)
    window = visit(*size)
    window.context.add_init_script(COUNT_SHIFTS)
    window.take_session()
    wrong: dict[str, Any] = {}
    for path in [*own_pages(client_of(person)), *MISSED][part::PARTS]:
        page = window.go(path)
        shifts, small = shifts_of(page), page.evaluate(TOO_SMALL, LEAST[size])
        wrong[path] = [*shifts, *small, *look_for_barriers(page)]
    assert len(wrong) > 5
    assert {path: found for path, found in wrong.items() if found} == {}


@pytest.mark.parametrize("scene", STATES, ids=lambda scene: scene.__name__)
def test_nobody_is_kept_out_in_any_state(visit: Visiting, scene: Callable[[], None]) -> None:
    databases.once(scene)
    window = visit(*WIDTHS["phone"])
    window.take_session()
    wrong = {path: look_for_barriers(window.go(path)) for path in pages_of_rail()}
    assert {path: found for path, found in wrong.items() if found} == {}


@each_part
def test_only_tables_scroll_sideways(visit: Visiting, person: User, part: int) -> None:
    databases.once(scenes.everything)
    window = visit(NARROW[0], 800)
    window.take_session()
    client, wrong = client_of(person), {}
    for path in [*with_ranges(own_pages(client), client), *MISSED][part::PARTS]:
        page = window.go(path)
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": 800})
            over = page.evaluate("document.documentElement.scrollWidth") - width
            wrong[path, width] = ([f"{over} too wide"] if over > 0 else []) + page.evaluate(
                SCROLLING_SIDEWAYS
            )
    assert {place: found for place, found in wrong.items() if found} == {}


def test_nothing_moves_for_who_wants_it_still(visit: Visiting) -> None:
    databases.once(scenes.everything)
    window = visit()
    window.take_session()
    window.page.emulate_media(reduced_motion="reduce")
    assert {
        path: found for path in pages_of_rail() if (found := window.go(path).evaluate(MOVING))
    } == {}


def test_the_checks_find_what_is_wrong(visit: Visiting) -> None:
    window = visit(NARROW[1], 800)
    window.context.add_init_script(COUNT_SHIFTS)
    window.take_session()
    page = window.go("/settings/account/")
    assert barriers(page) == page.evaluate(SETTLED) == page.evaluate(SCROLLING_SIDEWAYS) == []
    page.evaluate(SPOIL)
    assert {one.partition(" ")[0] for one in barriers(page)} >= {"label", "color-contrast"}
    assert "Account" in str(page.evaluate(SETTLED))
    for look in (SCROLLING_SIDEWAYS, MOVING):
        assert 'class="spoiled"' in str(page.evaluate(look))
