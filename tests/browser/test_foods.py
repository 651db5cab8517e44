"""The pages of foods in a real browser: a recipe from nothing to its page, by keys and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from nutrition.models import FoodItem
from tests.browser.conftest import Visit
from tests.makers import food, recipe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]


def pantry() -> None:
    food("Rolled oats", kcal=372, protein=13.5, fat=7, brand="Mühle Sander", servings=[["cup", 90]])
    food("Skyr", kcal=63, protein=11, fat=0.2, servings=[["tub", 150]])
    food("Skyr with a very long name, as shops in some countries write them", kcal=89)


def width_of_content(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def add_part(window: Visit, line: str) -> None:
    window.page.get_by_label("Add a part").fill(line)
    with window.page.expect_navigation():
        window.page.get_by_label("Add a part").press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_recipe_is_typed_in_changed_deleted_and_brought_back(
    visit: Visiting, scripts: bool
) -> None:
    pantry()
    window = visit(390, scripts=scripts)
    window.take_session()
    page = window.go("/nutrition/foods/")
    window.follow(page.get_by_role("link", name="New recipe"))
    page.get_by_label("Name", exact=True).fill("Overnight oats")
    add_part(window, "1 cup oats")
    expect(page.get_by_label("Amount of Rolled oats")).to_have_value("1")
    add_part(window, "150 g skyr")
    # "Skyr" is called just so; half of the name is not enough.
    add_part(window, "20 g sky")
    expect(page.get_by_role("group", name="Which one?")).to_be_visible()
    window.follow(page.get_by_role("button", name="Skyr with a very long name"))
    expect(page.get_by_text("All of it: 447 kcal, 260 g.")).to_be_visible()
    assert width_of_content(page) <= 390
    page.get_by_label("Portions it makes").fill("2")
    page.get_by_label("Amount of Skyr", exact=True).fill("lots")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Enter a number, such as 1.5.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Overnight oats")
    page.get_by_label("Amount of Skyr", exact=True).fill("1")
    page.get_by_label("Unit of Skyr", exact=True).select_option("tub")
    window.follow(page.get_by_role("button", name="Remove Skyr with a very long name"))
    with page.expect_navigation():
        page.get_by_label("Portions it makes").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overnight oats")
    # 0.9 x 372 + 1.5 x 63 = 429.3 kcal in 240 g.
    expect(page.get_by_role("row", name="Energy 179 kcal 748 kJ 215 kcal")).to_be_visible()
    assert width_of_content(page) <= 390
    window.follow(page.get_by_role("link", name="Edit"))
    window.follow(page.get_by_role("link", name="Delete this recipe"))
    window.follow(page.get_by_role("button", name="Delete"))
    expect(page.get_by_text("This was deleted.")).to_be_visible()
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.get_by_text("The food is back.")).to_be_visible()
    assert FoodItem.objects.live().get(is_recipe=True).parts.count() == 2


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_search_to_an_own_food(visit: Visiting, width: int, dark: bool) -> None:
    pantry()
    recipe("Bowl", (FoodItem.objects.get(name="Skyr"), 150), portions=2)
    window = visit(width, dark=dark)
    window.take_session()
    page = window.go("/nutrition/foods/")
    page.get_by_label("Name, brand or bar code").fill("muhle")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=muhle")
    window.follow(page.get_by_role("link", name="Rolled oats"))
    expect(page.get_by_role("row", name="Energy")).to_contain_text("1,556 kJ")
    window.follow(page.get_by_role("link", name="All foods"))
    assert width_of_content(page) <= width
    page.get_by_label("Name, brand or bar code").fill("4301000001018")
    window.follow(page.get_by_role("button", name="Search", exact=True))
    window.follow(page.get_by_role("link", name="Enter it yourself"))
    expect(page.get_by_label("Bar code")).to_have_value("4301000001018")
    page.get_by_label("Name", exact=True).fill("Kefir")
    page.get_by_label("g or ml").select_option("ml")
    page.get_by_label("Energy (kcal)").fill("264 kJ")
    page.get_by_label("Servings, one a line").fill("glass = 2 dl")
    assert width_of_content(page) <= width
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("columnheader", name="1 glass, 200 ml")).to_be_visible()
    assert width_of_content(page) <= width
