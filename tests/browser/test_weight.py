"""The pages of the weight in a real browser: typing in a weigh-in, by keys alone, without scripts, and saying whose one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.browser import scenes
from tests.browser.conftest import Visit
from weight.models import WeighIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def months() -> None:
    """A weigh-in on most days, one of them somebody else's perhaps."""
    for back in range(100):
        if back % 6 != 4:
            scenes.weigh_in(back, lean_mass_kg=57.2)
    scenes.ambiguous(1, weight_kg=58.2)


def width_of_content(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_range_to_the_weigh_ins_of_a_figure(visit: Visiting, width: int, dark: bool) -> None:
    databases.once(months)
    window = visit(width, dark=dark)
    window.take_session()
    page = window.go("/weight/")
    for title in ("7 d", "90 d", "1 y", "All", "30 d"):
        window.follow(
            page.get_by_role("group", name="Range", exact=True).get_by_text(title, exact=True)
        )
        assert width_of_content(page) <= width
        expect(page.get_by_role("img", name="Weight, ")).to_be_visible()
    window.follow(page.locator(".keys dd a").first)
    expect(page.get_by_role("region", name="Weigh-ins", exact=True)).to_contain_text(
        "Wed 16 Sep 2026"
    )
    window.follow(page.get_by_role("link", name="Wed 16 Sep 2026"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("on 16 September 2026")
    page.get_by_text("Show where it comes from").click()
    expect(page.get_by_text('"groups"')).to_be_visible()
    assert width_of_content(page) <= width


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_weigh_in_is_typed_in_edited_deleted_and_brought_back(
    visit: Visiting, scripts: bool
) -> None:
    window = visit(390, scripts=scripts)
    window.take_session()
    page = window.go("/weight/")
    window.follow(page.get_by_role("main").get_by_role("link", name="Add a weigh-in").first)
    page.get_by_label("Date and time").fill("2026-09-15T07:10")
    page.get_by_label("Weight (kg)").fill("heavy")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Enter a weight such as 65.3 kg.")).to_be_visible()
    expect(page.get_by_label("Weight (kg)")).to_have_value("heavy")
    page.get_by_label("Weight (kg)").fill("70,4")
    page.get_by_text("More measures").click()
    page.get_by_label("Muscle mass (kg)").fill("52.5")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("70.4 kg was saved.")).to_be_visible()
    window.follow(page.get_by_role("link", name="Tue 15 Sep 2026"))
    window.follow(page.get_by_role("link", name="Edit"))
    page.get_by_label("Weight (kg)").fill("70.9")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("heading", level=1)).to_have_text("70.9 kg on 15 September 2026")
    window.follow(page.get_by_role("link", name="Delete"))
    window.follow(page.get_by_role("button", name="Delete"))
    assert not WeighIn.objects.live().exists()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("The weigh-in is back.")).to_be_visible()
    record = WeighIn.objects.live().get()
    assert (float(record.weight_kg), float(record.muscle_mass_kg or 0)) == (70.9, 52.5)


def test_whose_one_is_can_be_said_and_taken_back(visit: Visiting) -> None:
    databases.once(months)
    window = visit(390)
    window.take_session()
    page = window.go("/weight/")
    window.follow(page.get_by_role("link", name="Say whose"))
    table = page.get_by_role("region", name="Weigh-ins", exact=True)
    expect(table.get_by_role("button", name="Mine")).to_be_visible()
    window.follow(table.get_by_role("button", name="Someone else’s"))
    expect(page.get_by_text("58.2 kg: It is somebody else's, and is not counted.")).to_be_attached()
    assert WeighIn.objects.get(weight_kg=58.2).is_mine is False
    window.follow(page.get_by_role("link", name="All", exact=True).last)
    window.follow(table.get_by_role("button", name="Undo"))
    window.follow(table.get_by_role("button", name="Mine"))
    expect(table.get_by_text("yours, you said")).to_be_visible()
    assert WeighIn.objects.get(weight_kg=58.2).is_mine is True


def test_by_keys_alone(visit: Visiting) -> None:
    scenes.weigh_in(1)
    window = visit()
    window.take_session()
    page = window.go("/")
    with page.expect_navigation():
        page.keyboard.press("g")
        page.keyboard.press("k")
    expect(page.get_by_role("heading", level=1)).to_have_text("Weight")
    page.get_by_role("link", name="Add a weigh-in").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_label("Weight (kg)").focus()
    page.keyboard.type("72.1")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("72.1 kg was saved.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_quick_one_on_today(visit: Visiting, scripts: bool) -> None:
    scenes.weigh_in(1, weight_kg=72)
    window = visit(390, scripts=scripts)
    window.take_session()
    page = window.go("/")
    card = page.get_by_role("region", name="Weight", exact=True)
    card.get_by_label("Weigh in, kg").fill("721")
    window.follow(card.get_by_role("button", name="Save the weigh-in"))
    expect(
        page.get_by_text("721.0 kg is far from the weigh-in before it, 72.0 kg.")
    ).to_be_visible()
    page.get_by_label("Weight (kg)").fill("72.1")
    window.follow(page.get_by_role("button", name="Save"))
    assert page.url == f"{window.address}/"
    expect(page.get_by_text("72.1 kg was saved.")).to_be_visible()
    expect(card).to_contain_text("72.0 kg trend")


def test_the_cursor_says_a_day_and_opens_it(visit: Visiting) -> None:
    databases.once(months)
    window = visit()
    window.take_session()
    page = window.go("/weight/")
    chart = page.locator("section[aria-labelledby=chart] .plot")
    box = chart.bounding_box()
    assert box
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    expect(chart.locator(".tip")).to_contain_text("Weight, kg")
