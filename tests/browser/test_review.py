"""The review in a real browser: readable by everybody on both sizes and on paper, and an intention chosen and answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import makers
from tests.browser.conftest import Visit
from tests.browser.test_every_page import WIDTHS, what_keeps_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def some_days() -> None:
    for back in range(40):
        makers.weigh_in(back, 70)
    makers.intention(1, "In bed by 23:00")


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_nobody_is_kept_out(visit: Visiting, size: tuple[int, int]) -> None:
    some_days()
    window = visit(*size)
    window.take_session()
    page = window.go("/review/2026-W37")
    assert what_keeps_out(page, size) == []


def test_it_is_answered_by_one_tap_and_undone(visit: Visiting) -> None:
    some_days()
    window = visit(*WIDTHS["phone"])
    window.take_session()
    page = window.go("/review/2026-W37")
    page.get_by_role("button", name="Partly").click()
    expect(page.get_by_role("button", name="Partly")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Partly")).to_be_in_viewport()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Partly")).to_have_attribute("aria-pressed", "false")


def test_on_paper_there_is_nothing_to_press(visit: Visiting) -> None:
    some_days()
    window = visit(*WIDTHS["desktop"])
    window.take_session()
    page = window.go("/review/2026-W37")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Beside the week before")).to_be_visible()
    expect(page.get_by_text("In bed by 23:00")).to_be_visible()
    expect(page.get_by_role("button", name="Partly")).to_be_hidden()
    expect(page.get_by_role("navigation").first).to_be_hidden()


#: By how much a placeholder is wider than what its field shows.
CUT = """(field) => {
  const style = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return pen.measureText(field.placeholder).width - room;
}"""


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_what_the_field_of_an_intention_asks_can_be_read(
    visit: Visiting, size: tuple[int, int]
) -> None:
    some_days()
    window = visit(*size)
    window.take_session()
    page = window.go("/review/2026-W37")
    assert page.get_by_placeholder("What one thing").first.evaluate(CUT) <= 0
