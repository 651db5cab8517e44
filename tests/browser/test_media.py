"""Pages where colours are forced, and on paper: what is drawn is told apart, and nothing is printed that is only to be
pressed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests import databases
from tests.browser import scenes
from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
LOOKED_AT = ["/", "/whoop/", "/whoop/?range=1y", "/connections/", "/github/", "/time/"]
# Of DIN A4 at 96 dots an inch, without margins.
PAPER = 690
BLACK, NOTHING = "rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"

# How each colour of charts that a page has is filled: the colour, and how strong it is.
FILLS = """() => Object.fromEntries([...document.querySelectorAll("main rect, main path, main circle")].flatMap((one) => {
  const style = getComputedStyle(one);
  return [...one.classList].filter((name) => /^[fc]-/.test(name)).map((name) => [name, [style.fill, Number(style.fillOpacity)]]);
}))"""
DRAWN = """() => [...document.querySelectorAll("main svg[role=img]")].filter((one) => one.checkVisibility()).length"""
PRESSED = """() => [...document.querySelectorAll(".rail, .tabs, .ranges, .step, button, .button, form, .hits")].filter(
  (one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80))"""
GROUNDS = """() => [...document.querySelectorAll("body, body *:not(code, svg *, .heat td)")].filter((one) =>
  one.checkVisibility() && getComputedStyle(one).backgroundColor !== "rgba(0, 0, 0, 0)" && one.clientHeight * one.clientWidth > 4000
).map((one) => one.outerHTML.slice(0, 80))"""
# Which element has a paler text than its ground, which is white: the sum of its three parts is near that of white.
PALE = """() => [...document.querySelectorAll("main :is(p, h1, h2, dd, th, td)")].filter((one) => one.checkVisibility() &&
  getComputedStyle(one).color.match(/\\d+/g).slice(0, 3).every((part) => Number(part) > 150)).map((one) => one.outerHTML.slice(0, 80))"""


def visited(visit: Visiting, *, dark: bool = False, width: int = 1280) -> Visit:
    databases.once(scenes.everything)
    window = visit(width, dark=dark)
    window.take_session()
    return window


def fills_of(page: Page) -> dict[str, tuple[str, float]]:
    return {name: (fill, strength) for name, (fill, strength) in page.evaluate(FILLS).items()}


def test_where_colours_are_forced_parts_are_told_by_their_strength(visit: Visiting) -> None:
    window, found = visited(visit), {}
    window.page.emulate_media(forced_colors="active")
    for path in LOOKED_AT:
        found |= fills_of(window.go(path))
        assert window.page.evaluate(DRAWN) > 1, path
        hits = window.page.locator(".hits rect").first
        if hits.count():
            assert hits.evaluate("one => getComputedStyle(one).fill") == NOTHING, path
    outlined = {"f-none", "f-sunken", "f-ghost"} & found.keys()
    assert {found[name][0] for name in outlined} == {"none"}
    assert {fill for name, (fill, _) in found.items() if name not in outlined} == {BLACK}
    for parts in (["f-deep", "f-rem", "f-light"], ["c-low", "c-mid", "c-high"]):
        strengths = [found[name][1] for name in parts]
        assert strengths == sorted(strengths, reverse=True), parts
        assert len(set(strengths)) == len(parts), parts


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_on_paper_stand_the_charts_and_nothing_to_press(visit: Visiting, *, dark: bool) -> None:
    window = visited(visit, dark=dark, width=PAPER)
    wrong = {}
    for path in LOOKED_AT:
        page = window.go(path)
        page.emulate_media(media="screen")
        on_screen = page.evaluate(DRAWN)
        page.emulate_media(media="print")
        assert page.evaluate(DRAWN) == on_screen, path
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER, path
        wrong[path] = [*page.evaluate(PRESSED), *page.evaluate(GROUNDS), *page.evaluate(PALE)]
    assert {path: found for path, found in wrong.items() if found} == {}


def test_an_open_table_is_printed_whole(visit: Visiting) -> None:
    page = visited(visit, width=PAPER).go("/whoop/?range=1y")
    page.locator("main summary").filter(has_text="numbers of heart").click()
    page.emulate_media(media="print")
    scroll = page.locator("#heart-numbers").locator("..")
    assert scroll.evaluate("one => getComputedStyle(one).overflowX") == "visible"
    assert scroll.evaluate("one => one.scrollHeight - one.clientHeight") <= 0
    assert page.locator(".numbers:not([open])").first.is_hidden()
