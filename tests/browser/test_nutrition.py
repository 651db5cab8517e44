"""The diary in a real browser, with counted taps on a phone, by keys alone, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from fasting.models import FastingPeriod
from lifetracker.sandbox.server import Sandbox
from nutrition import diary
from nutrition.diary import Wanted
from nutrition.models import CompleteDay, FoodItem, Meal, MealItem
from tests import makers
from tests.browser import scenes
from tests.browser.conftest import Visit
from tests.browser.scenes import NOW
from tests.browser.test_every_page import WIDTHS, look_for_barriers, what_keeps_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visiting = Callable[..., Visit]
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Hands:
    """What a person does on a page, counted: taps, and keys of words that are typed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = self.keys = 0

    def tap(self, control: Locator) -> None:
        control.tap()
        self.taps += 1

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1


def skyr(**fields: Any) -> FoodItem:
    values = {"kcal": 63, "protein": 11, "carbohydrate": 4, "fat": 0.2, "servings": [["cup", 150]]}
    return makers.food("Skyr", **values | fields)


def offers(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Foods").get_by_role("option")


def line(page: Page) -> Locator:
    return page.get_by_role("combobox", name="What did you eat?")


# --- Counted --------------------------------------------------------------------------------------


def test_a_food_eaten_before_is_two_taps(visit: Visiting) -> None:
    diary.add([Wanted(skyr(), 200)], NOW - DAY)
    window = visit(390, 844, touch=True)
    window.take_session()
    page = window.go("/nutrition/")
    hands = Hands(page)
    hands.tap(line(page))
    hands.tap(offers(page).first)
    expect(page.get_by_role("status").first).to_contain_text("Skyr, 200 g was added.")
    assert (hands.taps, hands.keys) == (2, 0)
    assert MealItem.objects.filter(meal__date=scenes.TODAY).get().amount == 200
    # The line is ready for the next one, and undoing is one more tap.
    expect(line(page)).to_be_focused()
    expect(page.locator(".say")).to_have_text(
        "126 kcal so far today: 22 g protein, 8 g carbohydrate and 0 g fat."
    )
    hands.tap(page.get_by_role("button", name="Undo"))
    expect(page.locator(".say")).to_have_text("Nothing is written down today yet.")


def test_a_recipe_is_two_taps(visit: Visiting) -> None:
    makers.recipe("Lentil soup", (makers.food("Lentils", kcal=330), 300), portions=2)
    makers.food("Lemon")
    window = visit(390, 844, touch=True)
    window.take_session()
    page = window.go("/nutrition/")
    hands = Hands(page)
    hands.tap(line(page))
    hands.type("len")
    hands.tap(offers(page).get_by_text("Lentil soup"))
    expect(page.locator(".meal")).to_contain_text("Lentil soup")
    assert (hands.taps, hands.keys) == (2, 3)
    item = MealItem.objects.get()
    assert (item.amount, item.unit, item.kcal) == (1, "portion", 495)


def open_food_facts(sandbox: Sandbox, settings: Any) -> None:
    settings.OPENFOODFACTS = True
    settings.OPENFOODFACTS_URL = settings.OPENFOODFACTS_SEARCH_URL = sandbox.openfoodfacts.url


def test_a_new_food_by_its_name_is_three_taps(
    visit: Visiting, sandbox: Sandbox, settings: Any
) -> None:
    open_food_facts(sandbox, settings)
    window = visit(390, 844, touch=True)
    window.take_session()
    page = window.go("/nutrition/")
    hands = Hands(page)
    hands.tap(line(page))
    hands.type("30 g crunchy muesli")
    with page.expect_navigation():
        hands.tap(offers(page).get_by_text("Search Open Food Facts"))
    with page.expect_navigation():
        hands.tap(page.get_by_role("button", name="Crunchy muesli"))
    expect(page.get_by_role("status").first).to_contain_text("30 g was added.")
    assert hands.taps == 3
    item = MealItem.objects.get()
    assert (item.amount, item.unit, item.kcal) == (30, "g", pytest.approx(129.3))


def test_a_bar_code_is_two_taps(visit: Visiting, sandbox: Sandbox, settings: Any) -> None:
    open_food_facts(sandbox, settings)
    window = visit(390, 844, touch=True)
    window.take_session()
    page = window.go("/nutrition/")
    hands = Hands(page)
    hands.tap(line(page))
    hands.type("4301000001018")
    expect(offers(page).filter(has_text="is looked up")).to_be_visible()
    hands.tap(page.get_by_role("button", name="Add"))
    expect(page.get_by_role("status").first).to_contain_text("Skyr natural")
    assert hands.taps == 2
    item = MealItem.objects.get()
    assert (item.amount, item.unit, item.kcal) == (1, "tub", pytest.approx(94.5))


def test_yesterdays_breakfast_is_one_tap(visit: Visiting) -> None:
    morning = NOW - DAY - 8 * HOUR
    diary.add([Wanted(skyr(), 200), Wanted(name="Juice", kcal=90)], morning, "breakfast")
    window = visit(390, 844, touch=True)
    window.take_session()
    page = window.go("/nutrition/")
    hands = Hands(page)
    hands.tap(page.get_by_role("button", name="Yesterday’s breakfast"))
    expect(page.get_by_role("status").first).to_contain_text("Breakfast was copied.")
    assert hands.taps == 1
    assert Meal.objects.get(date=scenes.TODAY).total["kcal"] == 216


# --- By keys alone --------------------------------------------------------------------------------


def test_a_meal_is_written_down_by_keys_alone(visit: Visiting) -> None:
    makers.food("Skyr, plain", kcal=63)
    makers.food("Skyr, vanilla", kcal=82)
    window = visit()
    window.take_session()
    page = window.go("/")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("n")
    hands = Hands(page)
    line(page).focus()
    hands.type("150 g sky")
    expect(offers(page).first).to_have_attribute("aria-selected", "true")
    expect(line(page)).to_have_attribute("aria-expanded", "true")
    hands.press("ArrowDown")
    chosen = offers(page).nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(line(page)).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    name = chosen.locator("bdi").first.inner_text()
    hands.press("Enter")
    expect(page.locator(".meal")).to_contain_text(name)
    assert (hands.taps, hands.keys) == (0, 11)
    # The next one at once; Escape closes, and what stands there stays.
    expect(line(page)).to_be_focused()
    hands.type("350 kcal pizza")
    expect(offers(page).first).to_contain_text("energy alone")
    hands.press("Escape")
    expect(line(page)).to_have_attribute("aria-expanded", "false")
    expect(line(page)).to_have_value("350 kcal pizza")
    hands.press("Enter")
    expect(page.locator(".meal")).to_contain_text("pizza")
    assert MealItem.objects.count() == 2


def test_enter_before_the_offers_are_there_takes_the_first_one(visit: Visiting) -> None:
    makers.food("Skyr, plain", kcal=63)
    makers.food("Skyr, vanilla", kcal=82)
    window = visit()
    window.take_session()
    page = window.go("/nutrition/")
    line(page).focus()
    line(page).press_sequentially("skyr")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".meal")).to_contain_text("Skyr")
    expect(page.get_by_role("status").first).to_contain_text("was added.")
    assert MealItem.objects.count() == 1


def test_an_amount_is_changed_in_place_by_keys(visit: Visiting) -> None:
    (item,) = diary.add([Wanted(skyr(), 200)], NOW - HOUR)
    window = visit()
    window.take_session()
    page = window.go("/nutrition/")
    row = page.locator(f"#item-{item.pk} summary")
    row.press("Enter")
    expect(page.get_by_label("Amount of Skyr")).to_be_focused()
    page.keyboard.type("1/2")
    page.keyboard.press("Tab")
    page.keyboard.type("cup")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("0.5 cup, 75 g")
    expect(row).to_be_focused()
    # What is no amount is said on the page of the item, where it stands.
    row.press("Enter")
    expect(page.get_by_label("Amount of Skyr")).to_be_focused()
    page.keyboard.type("much")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".field-error")).to_contain_text("Enter a number above 0")
    expect(page.get_by_label("Amount")).to_have_value("much")


# --- The rest of a day ----------------------------------------------------------------------------


def test_an_item_is_removed_and_brought_back_in_place(visit: Visiting) -> None:
    (item,) = diary.add([Wanted(skyr(), 200)], NOW - HOUR)
    window = visit(390, 844)
    window.take_session()
    page = window.go("/nutrition/")
    page.locator(f"#item-{item.pk} summary").click()
    page.get_by_role("button", name="Remove Skyr").click()
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator(".meal")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".meal")).to_contain_text("Skyr")


def test_a_meal_that_ends_a_fast(visit: Visiting) -> None:
    FastingPeriod.objects.create(start=NOW - 17 * HOUR)
    skyr()
    window = visit(390, 844)
    window.take_session()
    page = window.go("/nutrition/")
    line(page).fill("200 g skyr")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Did the meal end it?")).to_be_visible()
    page.get_by_role("button", name="Yes, end it then").click()
    expect(page.get_by_role("status").first).to_contain_text("The fast ended after 17 h.")
    assert not FastingPeriod.objects.running().exists()


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "plain"])
def test_a_day_from_its_first_bite_to_complete(visit: Visiting, scripts: bool) -> None:
    makers.food("Skyr, plain", kcal=63)
    makers.food("Skyr, vanilla", kcal=82)
    window = visit(390, 844, scripts=scripts)
    window.take_session()
    page = window.go("/nutrition/?day=2026-09-14")
    page.locator(".when summary").click()
    page.get_by_label("Meal").select_option("lunch")
    page.get_by_label("Time").fill("13:05")
    page.get_by_label("What did you eat?").fill("200 g skyr, v")
    page.get_by_label("What did you eat?").fill("200 g skyr")
    if scripts:
        expect(page.locator("#when")).to_have_text("Lunch at 13:05")
        offers(page).get_by_text("vanilla").click()
    else:
        window.follow(page.get_by_role("button", name="Add"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Which one?")
        window.follow(page.get_by_role("button", name="Skyr, vanilla"))
    expect(page.locator(".meal")).to_contain_text("Lunch 13:05")
    item = MealItem.objects.get()
    page.locator(f"#item-{item.pk} summary").click()
    page.get_by_label("Amount of Skyr, vanilla").fill("250")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(f"#item-{item.pk}")).to_contain_text("250 g")
    page.get_by_role("button", name="Mark Monday complete").click()
    expect(page.locator(".say")).to_contain_text("205 kcal on Monday")
    expect(page.locator(".fresh")).to_contain_text("Complete")
    assert CompleteDay.objects.exists()
    window.follow(page.get_by_role("link", name="Lunch"))
    page.get_by_label("Note").fill("At home.")
    window.follow(page.get_by_role("button", name="Save"))
    expect(page.locator(".meal")).to_contain_text("At home.")
    window.follow(page.get_by_role("link", name="Lunch"))
    window.follow(page.get_by_role("link", name="Delete this meal"))
    window.follow(page.get_by_role("button", name="Delete"))
    window.follow(page.get_by_role("button", name="Undo"))
    expect(page.locator(".meal")).to_contain_text("Skyr, vanilla")


# --- Nobody is kept out ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", WIDTHS.values(), ids=WIDTHS)
def test_nobody_is_kept_out_of_the_diary(visit: Visiting, size: tuple[int, int]) -> None:
    scenes.diary()
    item = MealItem.objects.order_by("pk").first()
    assert item
    diary.remove(MealItem.objects.order_by("-pk").values_list("pk", flat=True)[0])
    window = visit(*size)
    window.take_session()
    wrong = {}
    for path in (
        "/nutrition/", "/nutrition/?day=2026-09-15", "/nutrition/?day=2026-09-10", "/nutrition/copy",
        f"/nutrition/items/{item.pk}", f"/nutrition/meals/{item.meal_id}",
        f"/nutrition/meals/{item.meal_id}/delete",
    ):  # fmt: skip
        page = window.go(path)
        wrong[path] = what_keeps_out(page, size)
    page = window.go("/nutrition/")
    line(page).click()
    expect(offers(page).first).to_be_visible()
    wrong["offers"] = look_for_barriers(page)
    line(page).fill("haggis")
    expect(offers(page).filter(has_text="Search Open Food Facts")).to_be_visible()
    wrong["no offer"] = look_for_barriers(page)
    page.keyboard.press("Escape")
    window.follow(page.get_by_role("button", name="Add"))
    wrong["asked"] = look_for_barriers(page)
    assert {path: found for path, found in wrong.items() if found} == {}


def test_the_diary_fits_on_the_narrowest_screen(visit: Visiting) -> None:
    scenes.diary()
    window = visit(320, 800)
    window.take_session()
    for path in ("/nutrition/", "/nutrition/?day=2026-09-15", "/nutrition/copy"):
        page = window.go(path)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


# --- The camera -----------------------------------------------------------------------------------

# What a browser on a phone brings: a camera, and a reader of bar codes, which finds one at the second look.
CAMERA = """() => {
  let looks = 0;
  window.BarcodeDetector = class {
    async detect() {
      looks += 1;
      return looks > 1 ? [{ rawValue: "4006381333931" }] : [];
    }
  };
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  // What is drawn nowhere has no second picture, for which a browser waits.
  HTMLMediaElement.prototype.play = async () => {};
  navigator.mediaDevices.getUserMedia = async () => window.stream = canvas.captureStream(5);
}"""


def test_a_bar_code_is_read_by_the_camera_with_one_tap(visit: Visiting) -> None:
    skyr(barcode="4006381333931")
    window = visit(390, 844, touch=True)
    window.take_session()
    window.context.add_init_script(f"({CAMERA})()")
    page = window.go("/nutrition/")
    hands = Hands(page)
    hands.tap(page.get_by_role("button", name="Read a bar code with the camera"))
    expect(page.get_by_role("status").first).to_contain_text("Skyr, 1 cup, 150 g was added.")
    assert hands.taps == 1
    assert page.evaluate("window.stream.getTracks().every((track) => track.readyState === 'ended')")


def test_a_camera_that_may_not_be_used_is_said(visit: Visiting) -> None:
    window = visit(390, 844)
    window.take_session()
    refused = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error());"
    window.context.add_init_script(f"window.BarcodeDetector = class {{}}; {refused}")
    page = window.go("/nutrition/")
    page.get_by_role("button", name="Read a bar code with the camera").click()
    expect(page.get_by_role("dialog")).to_contain_text("Type the number below the bars instead.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_without_a_camera_there_is_no_button_for_it(visit: Visiting) -> None:
    window = visit()
    window.take_session()
    window.context.add_init_script("delete window.BarcodeDetector")
    page = window.go("/nutrition/")
    expect(page.get_by_role("button", name="Read a bar code with the camera")).to_be_hidden()
