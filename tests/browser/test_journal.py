"""The journal in a real browser: one tap an answer on a phone, in place and without scripts, and nobody is kept out."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from journal.models import Answer
from tests import makers
from tests.browser import scenes
from tests.browser.conftest import Visit
from tests.browser.scenes import TODAY
from tests.browser.test_every_page import WIDTHS, what_keeps_out
from tests.browser.test_nutrition import Hands

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
PICTURES = os.environ.get("PICTURES", "")


def month() -> None:
    """A behaviour of each kind with some answers, imported ones among them, and notes."""
    alcohol = makers.behaviour("Alcohol")
    coffee = makers.behaviour("Coffee", kind="amount", unit="cups", position=1)
    mood = makers.behaviour("Mood", kind="scale", position=2)
    makers.behaviour("A walk with somebody whom I do not see every day", position=3)
    for back in range(1, 16):
        makers.answer(mood, 1 + back % 5, date=TODAY - timedelta(days=back))
        if back % 3:
            source = "WhoopExport" if back == 1 else "Manual"
            makers.answer(alcohol, back % 2, date=TODAY - timedelta(days=back), source=source)
            makers.answer(coffee, back % 4, date=TODAY - timedelta(days=back))
    makers.note(0, text="A walk by the river. " * 9, tags=["walk", "river"])
    makers.note(2, text="Slept with the window open.")
    makers.fast(1, 16)


def button(page: Page, behaviour: str, day: str, label: str) -> Locator:
    form = page.locator(f'form[aria-label^="{behaviour}, {day}"]')
    return form.get_by_role("button", name=label, exact=True)


def answered(number: int) -> None:
    assert Answer.objects.live().count() == number


def test_each_answer_is_one_tap_on_today(visit: Visiting) -> None:
    for at, name in enumerate(("Alcohol", "Read in bed", "Late work")):
        makers.behaviour(name, position=at)
    window = visit(390, 844, touch=True)
    window.take_session()
    page = window.go("/")
    hands = Hands(page)
    answers = [
        ("Alcohol", "Today", "No"),
        ("Alcohol", "Yesterday", "Yes"),
        ("Read in bed", "Today", "Yes"),
        ("Late work", "Yesterday", "No"),
    ]
    for one in answers:
        hands.tap(button(page, *one))
        expect(button(page, *one)).to_have_attribute("aria-pressed", "true")
    assert hands.taps == len(answers)
    answered(len(answers))
    hands.tap(button(page, "Alcohol", "Today", "No"))
    expect(button(page, "Alcohol", "Today", "No")).to_have_attribute("aria-pressed", "false")
    assert hands.taps == len(answers) + 1, "taking one back is one tap, too"
    answered(len(answers) - 1)
    hands.tap(page.get_by_role("button", name="Undo"))
    expect(button(page, "Alcohol", "Today", "No")).to_have_attribute("aria-pressed", "true")
    answered(len(answers))
    assert page.url == f"{window.address}/", "in place"


def test_without_scripts_a_tap_leads_back(visit: Visiting) -> None:
    makers.behaviour()
    window = visit(390, 844, scripts=False)
    window.take_session()
    page = window.go("/")
    window.follow(button(page, "Alcohol", "Yesterday", "Yes"))
    expect(button(page, "Alcohol", "Yesterday", "Yes")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status").first).to_contain_text("Alcohol yesterday: yes.")
    window.follow(page.get_by_role("button", name="Undo"))
    expect(button(page, "Alcohol", "Yesterday", "Yes")).to_have_attribute("aria-pressed", "false")
    answered(0)


def test_an_amount_is_typed_and_kept_where_it_is_refused(visit: Visiting) -> None:
    makers.behaviour("Coffee", kind="amount", unit="cups")
    window = visit()
    window.take_session()
    page = window.go("/journal/")
    field = page.get_by_label("Coffee, Today, in cups")
    field.fill("a lot")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Enter an amount as a number")
    expect(field).to_have_value("a lot")
    field.fill("2.5")
    field.press("Enter")
    expect(button(page, "Coffee", "Today", "2.5")).to_have_attribute("aria-pressed", "true")
    answered(1)


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_nobody_is_kept_out_of_the_journal(visit: Visiting, size: tuple[int, int]) -> None:
    month()
    window = visit(*size)
    window.take_session()
    wrong = {}
    for path in (
        "/",
        "/journal/",
        "/journal/?q=river",
        "/journal/behaviours/",
        "/journal/notes/new",
    ):
        page = window.go(path)
        wrong[path] = what_keeps_out(page, size)
        for dark in (False, True) if PICTURES else ():
            window.shape(*size, dark=dark)
            name = path.strip("/").replace("/", "-").replace("?", "-") or "today"
            page.screenshot(path=f"{PICTURES}/{name}-{size[0]}-{dark}.png", full_page=True)
    assert {path: found for path, found in wrong.items() if found} == {}


def test_the_journal_fits_on_the_narrowest_screen(visit: Visiting) -> None:
    month()
    window = visit(320, 800)
    window.take_session()
    for path in ("/", "/journal/", "/journal/behaviours/"):
        page = window.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize("path", ["/", "/journal/"])
def test_a_phone_shows_undo_where_one_taps(visit: Visiting, path: str) -> None:
    for at in range(12):
        makers.behaviour(f"Behaviour {at}", position=at)
    window = visit(390, 844, touch=True)
    window.take_session()
    page = window.go(path)
    first = button(page, "Behaviour 0", "Today", "Yes")
    first.tap()
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_in_viewport(ratio=1)
    undo.tap()
    expect(first).to_have_attribute("aria-pressed", "false")
    answered(0)


def test_a_month_opens_at_today_on_a_phone(visit: Visiting) -> None:
    month()
    window = visit(390, 844)
    window.take_session()
    page = window.go("/journal/")
    days = page.locator(".journal-grid thead th")
    today = page.locator(".journal-grid thead [aria-current=date]")
    box, scroller = today.bounding_box(), page.locator(".scroll").bounding_box()
    assert box
    assert scroller
    assert abs(box["x"] + box["width"] - scroller["x"] - scroller["width"]) < 2
    assert days.count() > 28


def test_a_scene_has_a_journal(visit: Visiting) -> None:
    scenes.journal()
    window = visit()
    window.take_session()
    page = window.go("/journal/")
    expect(page.get_by_role("table")).to_contain_text("1 of 1")
    assert page.locator(".mark.none").count() > 10
