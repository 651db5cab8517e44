"""The quick line without a script: what is typed is added, or asked about; nothing typed is lost, and nothing added twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from fasting.models import FastingPeriod
from lifetracker.sandbox.openfoodfacts.service import OpenFoodFacts
from nutrition.diary import Wanted
from nutrition.models import FoodItem, Meal, MealItem
from tests import makers
from tests.nutrition.test_page import NOW, PAGE, eat, form_of, said, skyr, utc  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("person")]

ADD, OFFERS = "/nutrition/add", "/nutrition/offers"
DAY = {"day": "2026-09-16"}


def items() -> list[tuple[str, float, str]]:
    return [(one.name, one.amount, one.unit) for one in MealItem.objects.live().order_by("pk")]


def test_a_line_that_can_only_mean_one_food_is_added(person: Client) -> None:
    skyr()
    answer = person.post(ADD, DAY | {"line": "150 g skyr"}, follow=True)
    assert "Skyr, 150 g was added." in said(answer)
    assert items() == [("Skyr", 150, "g")]
    meal = Meal.objects.get()
    assert (meal.eaten_at, meal.kind) == (NOW, "lunch")
    undo = f"/nutrition/items/{MealItem.objects.get().pk}/remove"
    assert f'action="{undo}"' in answer.text
    # The one of that name, of several that begin so.
    makers.food("Skyr drink")
    person.post(ADD, DAY | {"line": "2 cups skyr"})
    assert items()[-1] == ("Skyr", 2, "cup")


def test_a_line_that_may_mean_several_is_asked_about(person: Client) -> None:
    makers.food("Skyr, plain")
    vanilla = makers.food("Skyr, vanilla")
    asked = person.post(ADD, DAY | {"line": "200 g skyr", "key": "a", "kind": "snack"})
    assert asked.status_code == 200
    assert "Which one?" in said(asked)
    assert items() == []
    sent = form_of(asked.text, ADD)
    assert sent["line"] == "200 g skyr"
    assert (
        f'value="{vanilla.pk}:200.0:g"' in asked.text or f'value="{vanilla.pk}:200:g"' in asked.text
    )
    done = person.post(ADD, sent | {"choice": f"{vanilla.pk}:200:g"}, follow=True)
    assert "Skyr, vanilla, 200 g was added." in said(done)
    assert Meal.objects.get().kind == "snack"


def test_energy_alone_is_added(person: Client) -> None:
    person.post(ADD, DAY | {"line": "350 kcal pizza"})
    (item,) = MealItem.objects.all()
    assert (item.name, item.kcal, item.food, item.protein) == ("pizza", 350, None, None)


def test_a_food_that_is_typed_in_first_leads_back_to_the_line(person: Client) -> None:
    asked = person.post(ADD, DAY | {"line": "200 g haggis"})
    (link,) = re.findall(r'href="(/nutrition/foods/new[^"]*)"', asked.text)
    typed = person.get(unescape(link))
    assert 'value="haggis"' in typed.text
    sent = form_of(typed.text, "/nutrition/foods/new")
    assert unquote(sent["next"]) == "/nutrition/?line=200+g+haggis"
    back = person.post(
        "/nutrition/foods/new", sent | {"name": "haggis", "kcal": "300"}, follow=True
    )
    assert form_of(back.text, ADD)["line"] == "200 g haggis"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Type what you ate"),
        ("200 g", "Type what it was as well"),
        ("-5 g skyr", "above 0"),
        ("2 barrels of skyr", "No food of yours is called “barrels of skyr”."),
        ("haggis", "No food of yours is called “haggis”."),
        ("x" * 201, "at most 200 characters"),
    ],
)
def test_a_line_that_is_not_understood_is_kept(person: Client, line: str, words: str) -> None:
    skyr()
    answer = person.post(ADD, DAY | {"line": line, "time": "09:15"})
    assert words in said(answer)
    sent = form_of(answer.text, ADD)
    assert (sent["line"], sent["time"], sent["day"]) == (line, "09:15", "2026-09-16")
    assert items() == []


def test_a_unit_that_the_food_is_not_known_by_is_said(person: Client) -> None:
    makers.food("Bread")
    answer = person.post(ADD, DAY | {"line": "2 slices bread"})
    assert answer.status_code == 200
    assert "slice" in said(answer)
    assert form_of(answer.text, ADD)["line"] == "2 slices bread"


def test_the_same_press_adds_once_and_another_line_of_the_page_again(person: Client) -> None:
    food = skyr()
    key = form_of(person.get(PAGE).text, ADD)["key"]
    sent = DAY | {"key": key, "line": "150 g skyr"}
    for _ in range(2):
        answer = person.post(ADD, sent, follow=True)
        assert "Skyr, 150 g was added." in said(answer)
    assert len(items()) == 1
    person.post(ADD, sent | {"line": "151 g skyr"})
    person.post(ADD, DAY | {"key": key, "choice": f"{food.pk}:1:cup"})
    assert items()[1:] == [("Skyr", 151, "g"), ("Skyr", 1, "cup")]
    # Without a key, as a program might, it is added as often as it is sent.
    for _ in range(2):
        person.post(ADD, DAY | {"line": "150 g skyr"})
    assert len(items()) == 5


@pytest.mark.parametrize("choice", ["999:1:g", "x:1:g", "1:much:g", "1", "1:1:barrel", "1:-1:g"])
def test_a_choice_that_makes_no_sense_is_refused(person: Client, choice: str) -> None:
    skyr(pk=1)
    answer = person.post(ADD, DAY | {"choice": choice, "line": "skyr"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert items() == []


# --- When -----------------------------------------------------------------------------------------


def test_the_line_says_when_and_takes_another_time_and_kind(person: Client) -> None:
    skyr()
    assert "Lunch at 14:00" in said(person.get(PAGE))
    person.post(ADD, DAY | {"line": "skyr", "time": "09:10"})
    person.post(ADD, DAY | {"line": "skyr", "time": "10:30", "kind": "snack"})
    found = list(Meal.objects.order_by("eaten_at").values_list("kind", "eaten_at__hour"))
    assert found == [("breakfast", 9), ("snack", 10)]
    answer = person.post(ADD, DAY | {"line": "skyr", "time": "18:00"})
    assert answer.status_code == 200
    assert "must not be in the future: a meal is written down once it was eaten." in said(answer)


def test_on_an_earlier_day_a_meal_is_when_it_usually_is(person: Client) -> None:
    skyr()
    # Nothing is known yet: lunch is at half past twelve.
    shown = said(person.get(f"{PAGE}?day=2026-09-14"))
    assert "Breakfast at 08:00" in shown
    for back in (3, 4, 5):
        at = datetime(2026, 9, 16 - back, 13, 10 * back, tzinfo=UTC)
        eat(Wanted(name="Stew", kcal=400), at=at, kind="lunch")
    person.post(ADD, {"day": "2026-09-14", "line": "skyr", "kind": "lunch"})
    meal = Meal.objects.get(date="2026-09-14")
    assert (meal.kind, meal.eaten_at.hour, meal.eaten_at.minute) == ("lunch", 13, 40)
    assert "Breakfast at 08:00" in said(person.get(f"{PAGE}?day=2026-09-14"))
    person.post(ADD, {"day": "2026-09-14", "line": "skyr", "kind": "breakfast"})
    assert "Dinner at 19:00" in said(person.get(f"{PAGE}?day=2026-09-14"))
    person.post(ADD, {"day": "2026-09-14", "line": "skyr", "kind": "dinner"})
    assert "Snack at 16:00" in said(person.get(f"{PAGE}?day=2026-09-14"))


def lines_when(answer: Any) -> str:
    return re.findall(r'id="when"[^>]*>([^<]*)', answer.text)[0]


def test_foods_typed_one_after_another_go_to_the_meal_that_was_just_written(person: Client) -> None:
    skyr()
    day = {"day": "2026-09-14"}
    answer = person.post(
        ADD, day | {"line": "skyr", "time": "07:41", "kind": "breakfast"}, follow=True
    )
    for line in ("150 g skyr", "20 g skyr"):
        sent = form_of(answer.text, ADD)
        assert lines_when(answer) == "Breakfast at 07:41"
        assert 'value="breakfast" data-usual="07:41" selected' in answer.text
        answer = person.post(ADD, sent | {"line": line, "kind": "breakfast"}, follow=True)
    meal = Meal.objects.get()
    assert meal.items.count() == 3
    # Until its owner chooses another kind, which is then when such a meal is usually had, or another time.
    sent = form_of(answer.text, ADD)
    asked = person.post(ADD, sent | {"line": "haggis", "kind": "lunch"})
    kept = form_of(asked.text, ADD)
    assert (kept["kind"], kept["meal"]) == ("lunch", str(meal.pk))
    person.post(ADD, kept | {"line": "skyr"})
    person.post(ADD, sent | {"line": "skyr", "time": "10:30", "kind": "breakfast"})
    found = list(Meal.objects.order_by("eaten_at").values_list("kind", "eaten_at__hour"))
    assert found == [("breakfast", 7), ("breakfast", 10), ("lunch", 12)]


def test_today_the_line_stays_at_a_meal_for_an_hour(person: Client) -> None:
    skyr()
    answer = person.post(
        ADD, DAY | {"line": "skyr", "time": "08:10", "kind": "breakfast"}, follow=True
    )
    assert lines_when(answer) == "Breakfast at 08:10"
    sent = form_of(answer.text, ADD)
    assert sent["time"] == ""
    person.post(ADD, sent | {"line": "150 g skyr"})
    meal = Meal.objects.get()
    assert meal.items.count() == 2
    # A page that was left open does not: then it is now.
    meal.items.update(created_at=NOW - timedelta(minutes=61))
    assert lines_when(person.get(f"{PAGE}?meal={meal.pk}")) == "Lunch at 14:00"
    person.post(ADD, sent | {"line": "151 g skyr"})
    assert Meal.objects.latest("eaten_at").eaten_at == NOW
    assert lines_when(person.get(f"{PAGE}?meal=x")) == "Lunch at 14:00"


# --- Offers ---------------------------------------------------------------------------------------


def offered(person: Client, **typed: str) -> str:
    return str(person.get(OFFERS, typed, headers={"X-Offers": "yes"}).text)


def test_what_fits_is_offered_with_the_amount_that_is_meant(person: Client) -> None:
    food = skyr(brand="Arla")
    text = offered(person, line="150 g sky")
    assert f'data-choice="{food.pk}:150' in text
    assert "<mark>Sky</mark>r" in text
    assert "Arla, your own food" in text
    assert ">150 g<" in text
    assert ">94 kcal<" in text
    assert "data-sure" in text
    assert "Search Open Food Facts for “<bdi>sky</bdi>”" in text


def test_before_anything_is_typed_what_is_usual_at_this_hour_is_offered(person: Client) -> None:
    food = skyr()
    eat_skyr = {"day": "2026-09-15", "choice": f"{food.pk}:200:g", "time": "14:10"}
    person.post(ADD, eat_skyr)
    text = offered(person, line="")
    assert f'data-choice="{food.pk}:200' in text
    assert "data-sure" not in text
    assert "Search Open Food Facts" not in text


def test_offers_of_energy_of_a_bar_code_and_of_nothing(person: Client) -> None:
    assert "350 kcal" in offered(person, line="350 kcal pizza")
    unknown = offered(person, line="4006381333931")
    assert "is looked up at Open Food Facts" in unknown
    food = skyr(barcode="4006381333931")
    assert f'data-choice="{food.pk}:' in offered(person, line="4006381333931")
    faulty = offered(person, line="-5 g skyr", time="25:00", day="soon")
    assert "data-choice" not in faulty
    assert "above 0" in offered(person, line="-5 g skyr")
    assert person.post(OFFERS).status_code == 405
    assert person.get(OFFERS, {"line": "skyr"}).url == PAGE


# --- Bar codes and Open Food Facts ----------------------------------------------------------------


def test_a_stored_bar_code_is_added(person: Client) -> None:
    skyr(barcode="4006381333931")
    person.post(ADD, DAY | {"line": "4006381333931"})
    assert items() == [("Skyr", 1, "cup")]


def test_a_bar_code_that_several_foods_have_is_asked_about(person: Client) -> None:
    skyr(barcode="4006381333931")
    other = makers.food("Skyr, vanilla", barcode="4006381333931")
    assert "data-sure" not in offered(person, line="4006381333931")
    asked = person.post(ADD, DAY | {"line": "100 g 4006381333931"})
    assert "Which one? Several foods have the bar code 4006381333931." in said(asked)
    assert f'value="{other.pk}:100.0:g"' in asked.text
    assert items() == []
    # An own one goes before that of Open Food Facts.
    FoodItem.objects.filter(pk=other.pk).update(source="openfoodfacts")
    assert "data-sure" in offered(person, line="4006381333931")
    person.post(ADD, DAY | {"line": "4006381333931"})
    assert items() == [("Skyr", 1, "cup")]


def test_a_bar_code_with_a_wrong_last_digit_may_be_a_slip(person: Client, settings: Any) -> None:
    settings.OPENFOODFACTS = False
    text = said(person.post(ADD, DAY | {"line": "4006381333932"}))
    assert "Its last digit does not fit the others: there may be a slip in it." in text
    assert "Which one?" not in text
    assert "slip" not in said(person.post(ADD, DAY | {"line": "4006381333931"}))
    # The twelve digits of this short one end with the same digit; nine digits have none to check.
    for line in ("04252614", "123456789"):
        assert "slip" not in said(person.post(ADD, DAY | {"line": line}))


def test_more_than_anybody_eats_is_called_so(person: Client) -> None:
    skyr()
    # 90,718.474 g of 63 kcal in 100 g.
    answer = person.post(ADD, DAY | {"line": "200 lb skyr"})
    assert (
        "So much of Skyr has 57,153 kcal, and nobody eats more than 50,000 kcal of one food."
        in said(answer)
    )
    assert items() == []


def test_a_bar_code_that_cannot_be_looked_up_is_kept(person: Client, settings: Any) -> None:
    settings.OPENFOODFACTS = False
    answer = person.post(ADD, DAY | {"line": "4006381333931"})
    assert "No food was found with the bar code 4006381333931." in said(answer)
    assert form_of(answer.text, ADD)["line"] == "4006381333931"
    refused = person.post("/nutrition/online", DAY | {"line": "skyr"})
    assert "Open Food Facts is switched off" in said(refused)
    assert form_of(refused.text, "/nutrition/online")["line"] == "skyr"
    taken = person.post("/nutrition/online/take", DAY | {"line": "skyr", "code": "4006381333931"})
    assert "Open Food Facts is switched off" in said(taken)
    for path in ("/nutrition/online", "/nutrition/online/take"):
        assert "Enter a valid date." in said(person.post(path, {"day": "soon"}))


def test_a_bar_code_is_looked_up_once(person: Client, openfoodfacts: OpenFoodFacts) -> None:
    for _ in range(2):
        person.post(ADD, DAY | {"line": "100 g 4301000001018"})
    assert items() == [("Skyr natural, Nordhof", 100, "g")] * 2
    assert FoodItem.objects.get().source_id == "4301000001018"
    unknown = person.post(ADD, DAY | {"line": "4301000009991"})
    assert "No food was found with the bar code 4301000009991." in said(unknown)


def test_a_food_is_searched_and_taken_with_the_amount_of_the_line(
    person: Client, openfoodfacts: OpenFoodFacts
) -> None:
    found = person.post("/nutrition/online", DAY | {"line": "30 g crunchy muesli", "key": "a"})
    assert "Crunchy muesli, berries" in said(found)
    assert "30 g 129 kcal" in said(found)
    sent = form_of(found.text, "/nutrition/online")
    assert (sent["line"], sent["key"]) == ("30 g crunchy muesli", "a")
    for _ in range(2):
        done = person.post("/nutrition/online/take", sent | {"code": "4302000001039"}, follow=True)
        assert "30 g was added." in said(done)
    assert items() == [("Crunchy muesli, berries, Mühle Sander", 30, "g")]
    # A unit that it is not known by: the line is kept.
    wrong = person.post(
        "/nutrition/online/take",
        sent | {"code": "4302000001039", "line": "2 slices muesli", "key": "b"},
    )
    assert form_of(wrong.text, ADD)["line"] == "2 slices muesli"
    gone = person.post("/nutrition/online/take", sent | {"code": "4309999999999", "key": "c"})
    assert "does not have this product any more" in said(gone)


def test_what_open_food_facts_does_not_find_is_said(
    person: Client, openfoodfacts: OpenFoodFacts
) -> None:
    nothing = person.post("/nutrition/online", DAY | {"line": "zzzzqqq"})
    assert "Nothing was found for this." in said(nothing)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("crunchy muesli", "per 100 g 431 kcal"),
        ("150 crunchy muesli", "150 g 646 kcal"),
        ("1 oz crunchy muesli", "28.35 g 122 kcal"),
        # Only the product itself knows a serving, or how heavy a cup of it is.
        ("2 crunchy muesli", "per 100 g 431 kcal"),
        ("1 cup crunchy muesli", "per 100 g 431 kcal"),
    ],
)
def test_hits_are_shown_for_the_amount_of_the_line(
    person: Client, openfoodfacts: OpenFoodFacts, line: str, words: str
) -> None:
    found = person.post("/nutrition/online", DAY | {"line": line})
    assert words in said(found)


def test_a_hit_that_is_stored_is_shown_by_its_servings(
    person: Client, openfoodfacts: OpenFoodFacts
) -> None:
    makers.food(
        "Crunchy muesli, berries",
        source="OpenFoodFacts",
        source_id="4302000001039",
        kcal=400,
        servings=[["bowl", 50]],
    )
    found = person.post("/nutrition/online", DAY | {"line": "2 bowls crunchy muesli"})
    assert "2 bowls 400 kcal" in said(found)


def test_a_name_with_a_number_is_searched_as_it_stands(
    person: Client, openfoodfacts: OpenFoodFacts
) -> None:
    code = openfoodfacts.add(
        "4305000009998", "7 Up", brands="Pepsi", nutrients={"energy-kcal": 40.0}
    )
    asked = person.post(ADD, DAY | {"line": "7 up", "key": "a"})
    assert "Search Open Food Facts for “<bdi>7 up</bdi>”" in asked.text
    assert "Search Open Food Facts for “<bdi>up</bdi>”" in asked.text
    found = person.post("/nutrition/online?whole", DAY | {"line": "7 up", "key": "a"})
    assert "7 Up" in said(found)
    sent = form_of(found.text, "/nutrition/online?whole")
    person.post("/nutrition/online/take?whole", sent | {"code": code})
    (item,) = MealItem.objects.all()
    assert (item.name, item.amount) == ("7 Up, Pepsi", 100)


# --- A fast that runs -----------------------------------------------------------------------------


def test_the_first_item_of_a_meal_asks_whether_a_running_fast_ended(person: Client) -> None:
    skyr()
    FastingPeriod.objects.create(start=NOW - timedelta(hours=17))
    first = person.post(ADD, DAY | {"line": "skyr"}, follow=True)
    assert "Did the meal end it?" in said(first)
    assert "Yes, end it then" in said(first)
    second = person.post(ADD, DAY | {"line": "150 g skyr"}, follow=True)
    assert "Did the meal end it?" not in said(second)
    assert FastingPeriod.objects.running().exists()
    assert FoodItem.objects.count() == 1


def test_a_meal_that_is_copied_asks_the_same(person: Client) -> None:
    at = datetime(2026, 9, 15, 8, 30, tzinfo=UTC)
    eat(Wanted(skyr()), Wanted(name="Juice", kcal=90), at=at, kind="breakfast")
    FastingPeriod.objects.create(start=NOW - timedelta(hours=17))
    meal = Meal.objects.get()
    done = person.post(f"/nutrition/meals/{meal.pk}/repeat", DAY, follow=True)
    assert "11 h 30 up to this meal. Did the meal end it?" in said(done)
