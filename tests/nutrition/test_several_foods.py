"""Several foods on one line: each is added, one press undoes all, and what is not understood stays on the line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from nutrition import diary
from nutrition.diary import Wanted
from nutrition.models import OPEN_FOOD_FACTS, FoodItem, Meal, MealItem
from nutrition.offers import offered_for
from nutrition.several_foods import foods_on
from tests import makers
from tests.nutrition.test_entry import ADD, DAY, OFFERS, items
from tests.nutrition.test_page import NOW, PAGE, form_of, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("person")]

EGG, SKYR, BANANA = ("Egg", 2, "egg"), ("Skyr", 200, "g"), ("Banana", 1, "piece")


@pytest.fixture(autouse=True)
def _foods() -> None:
    makers.food("Egg", servings=[["egg", 55]])
    makers.food("Skyr")
    makers.food("Banana", servings=[["piece", 120]])
    makers.food("Milk", measure="ml")


@pytest.fixture
def short_names() -> None:
    makers.food("7 Up")
    makers.food("Up")
    makers.food("Ei", servings=[["piece", 55]])


def texts(line: str) -> list[str]:
    return [part.text for part in foods_on(line)]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("2 eggs, 200 g skyr and a banana", ["2 eggs", "200 g skyr", "a banana"]),
        ("2 eggs,200 g skyr", ["2 eggs", "200 g skyr"]),
        ("2 eggs + 200 g skyr", ["2 eggs", "200 g skyr"]),
        ("2 eggs+banana", ["2 eggs", "banana"]),
        ("2 eggs; banana", ["2 eggs", "banana"]),
        ("egg, skyr, and banana", ["egg", "skyr", "banana"]),
        ("egg & banana", ["egg", "banana"]),
        ("skyr 200 g, banana", ["skyr 200 g", "banana"]),
        ("1,5 l milk, 1/2 banana", ["1,5 l milk", "1/2 banana"]),
        ("2 eggs, 350 kcal pizza", ["2 eggs", "350 kcal pizza"]),
        ("350 kcal pizza and 2 eggs", ["350 kcal pizza", "2 eggs"]),
        ("2 eggs, 4006381333931", ["2 eggs", "4006381333931"]),
        # One food, or an amount of it.
        ("1,5 l milk", []),
        ("1,500 g skyr", []),
        ("skyr, 200 g", []),
        ("pizza, 350 kcal", []),
        ("350 kcal pizza and salad", []),
        ("2 eggs,", []),
        ("2 eggs and", []),
        ("sandwich", []),
        ("", []),
    ],
)
def test_the_foods_of_a_line(line: str, parts: list[str]) -> None:
    assert texts(line) == parts


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Tuna, in oil", "tuna, in oil"),
        ("Tuna, in oil", "80 g tuna, in oil"),
        ("Tuna in oil, drained", "tuna, in oil"),
        ("Mac and cheese", "mac and cheese"),
        ("Egg and banana", "egg and banana"),
        ("Half & half", "half & half"),
        ("Vitamin C+zinc", "vitamin c+zinc"),
    ],
)
def test_a_food_of_that_name_goes_before_several(name: str, line: str) -> None:
    makers.food(name)
    assert texts(line) == []


def test_foods_that_are_all_called_so_go_before_a_longer_name() -> None:
    makers.food("Egg and banana bread")
    assert texts("egg and banana") == ["egg", "banana"]
    assert texts("2 eggs and 1 banana") == ["2 eggs", "1 banana"]


@pytest.mark.parametrize(
    ("name", "line", "parts"),
    [
        ("Apple and oat bar", "40 g apple and oat bar, 2 eggs", ["40 g apple and oat bar", "2 eggs"]),
        ("Apple and oat bar", "2 eggs, apple and oat bar 40 g", ["2 eggs", "apple and oat bar 40 g"]),
        ("Apple and oat bar", "2 eggs and apple and oat bar", ["2 eggs", "apple and oat bar"]),
        ("Apple and oat bar", "egg, apple and oat, skyr", ["egg", "apple and oat", "skyr"]),
        ("Bread and butter", "bread and butter, 1 banana", ["bread and butter", "1 banana"]),
        ("Tuna, in oil", "1 banana, 80 g tuna, in oil, 2 eggs", ["1 banana", "80 g tuna, in oil", "2 eggs"]),
        ("Vitamin C+zinc", "egg, vitamin c+zinc", ["egg", "vitamin c+zinc"]),
        ("Egg and banana", "egg and banana and skyr", ["egg and banana", "skyr"]),
        # These are foods of their own, whose words a longer name has too.
        ("Egg and banana bread", "egg and banana, skyr", ["egg", "banana", "skyr"]),
        ("Egg and banana bread", "2 eggs, 1 banana", ["2 eggs", "1 banana"]),
        ("Cake of skyr, 2 eggs", "skyr, 2 eggs", ["skyr", "2 eggs"]),
    ],
)  # fmt: skip
def test_a_name_among_several_foods_is_not_split(name: str, line: str, parts: list[str]) -> None:
    makers.food(name)
    makers.food("Butter")
    assert texts(line) == parts


def test_only_of_own_foods_some_words_are_enough_among_several_foods() -> None:
    makers.food("Brioche with bread, butter", source=OPEN_FOOD_FACTS, source_id="1")
    assert texts("bread and butter, 2 eggs") == ["bread", "butter", "2 eggs"]


def test_energy_alone_of_several_things_is_one_of_several_foods() -> None:
    assert texts("350 kcal pizza and salad, 2 eggs") == ["350 kcal pizza and salad", "2 eggs"]


def test_nothing_is_added_twice_from_one_mention(person: Client) -> None:
    makers.food("Salt and vinegar crisps")
    person.post(ADD, DAY | {"line": "50 g salt and vinegar crisps, 2 eggs"})
    assert items() == [("Salt and vinegar crisps", 50, "g"), EGG]
    for line in ("50 g slat and vinegar crisps, 1 banana", "slat, vinegar crisps 50 g, 1 banana"):
        asked = person.post(ADD, DAY | {"line": line})
        assert "would both be Salt and vinegar crisps. Nothing was added." in said(asked)
        assert form_of(asked.text, ADD)["line"] == line
    assert len(items()) == 2


@pytest.mark.parametrize(
    ("line", "said_of_it"),
    [
        ("1 egg, 2 eggs", "2 entries of Egg were added."),
        ("1 egg, 1 banana, 2 eggs", "3 foods (2 × Egg and Banana) were added."),
        ("1 egg, 100 g skyr plain, 1 banana", "3 foods (Egg; Skyr, plain, Nordmilch; Banana) were"),
        ("100 g mac and cheese, 1 egg", "2 foods (Mac and cheese; Egg) were added."),
    ],
)
def test_a_message_says_how_many_foods_there_are(
    person: Client, line: str, said_of_it: str
) -> None:
    makers.food("Skyr, plain", brand="Nordmilch")
    makers.food("Mac and cheese")
    assert said_of_it in said(person.post(ADD, DAY | {"line": line}, follow=True))


def test_a_food_that_is_named_twice_is_added_twice(person: Client) -> None:
    person.post(ADD, DAY | {"line": "1 egg, 2 eggs"})
    person.post(ADD, DAY | {"line": "egg and eggs"})
    assert [name for name, *_ in items()] == ["Egg"] * 4


@pytest.mark.usefixtures("short_names")
def test_a_name_of_two_letters_goes_before_those_that_have_it_as_a_word(person: Client) -> None:
    seven = next(food for food in FoodItem.objects.all() if food.name == "7 Up")
    diary.add([Wanted(seven, 330, "g")], NOW - timedelta(days=1))
    person.post(ADD, DAY | {"line": "200 g up"})
    person.post(ADD, DAY | {"line": "2 ei, 100 g up"})
    found = [*items()][1:]
    assert found == [("Up", 200, "g"), ("Ei", 2, "piece"), ("Up", 100, "g")]


def test_an_exact_name_goes_before_many_that_are_eaten_more_often(person: Client) -> None:
    kinds = [makers.food(f"Oats kind {number}") for number in range(9)]
    diary.add([Wanted(food, 50, "g") for food in kinds], NOW - timedelta(days=1))
    makers.food("Oats")
    person.post(ADD, DAY | {"line": "80 g oats"})
    assert items()[-1] == ("Oats", 80, "g")


def test_each_is_added_and_one_press_undoes_all(person: Client) -> None:
    key = form_of(person.get(PAGE).text, ADD)["key"]
    sent = DAY | {"line": "2 eggs, 200 g skyr and a banana", "key": key}
    for _ in range(2):
        done = person.post(ADD, sent, follow=True)
        assert "3 foods (Egg, Skyr and Banana) were added." in said(done)
    assert items() == [EGG, SKYR, BANANA]
    assert Meal.objects.count() == 1
    ids = ",".join(str(one.pk) for one in MealItem.objects.order_by("pk"))
    undo = f"/nutrition/items/remove?ids={ids}"
    assert f'action="{undo}"' in done.text
    for _ in range(2):
        undone = person.post(undo, follow=True)
        assert "3 foods (Egg, Skyr and Banana) were removed." in said(undone)
    assert items() == []
    assert not Meal.objects.live().exists()
    again = f"/nutrition/items/restore?ids={ids}"
    assert f'action="{again}"' in undone.text
    for _ in range(2):
        assert "are back." in said(person.post(again, follow=True))
    assert items() == [EGG, SKYR, BANANA]


def test_what_is_not_understood_stays_on_the_line(person: Client) -> None:
    makers.food("Bread, white")
    makers.food("Bread, brown")
    done = person.post(ADD, DAY | {"line": "2 eggs, 1 haggis, 2 slices skyr, bread"})
    assert items() == [EGG]
    query = parse_qs(urlsplit(done.headers["Location"]).query)
    assert query["line"] == ["1 haggis, 2 slices skyr, bread"]
    page = person.get(done.headers["Location"])
    assert form_of(page.text, ADD)["line"] == "1 haggis, 2 slices skyr, bread"
    text = said(page)
    assert "Egg, 2 eggs, 110 g was added." in text
    assert "“1 haggis” is still on the line. No food of yours is called “haggis”." in text
    assert "“2 slices skyr” is still on the line. How many grams is a slice of Skyr?" in text
    assert "“bread” is still on the line. There are several foods for “bread”." in text


def test_nothing_is_added_where_nothing_is_understood(person: Client) -> None:
    asked = person.post(ADD, DAY | {"line": "1 haggis, 2 neeps"})
    assert "No food of yours is called “neeps”. Nothing was added." in said(asked)
    assert form_of(asked.text, ADD)["line"] == "1 haggis, 2 neeps"
    new = person.get("/nutrition/foods/new", {"line": "2 eggs, 2 neeps"})
    assert 'value="neeps"' in new.text


def test_without_amounts_an_unknown_part_may_belong_to_the_name(person: Client) -> None:
    asked = person.post(ADD, DAY | {"line": "skyr, vanilla"})
    assert "No food of yours is called “vanilla”. Nothing was added." in said(asked)
    assert "Search Open Food Facts" in said(asked)
    assert form_of(asked.text, ADD)["line"] == "skyr, vanilla"
    assert items() == []
    person.post(ADD, DAY | {"line": "100 g skyr, vanilla"})
    assert items() == [("Skyr", 100, "g")]


def test_the_last_one_is_offered_while_one_types(person: Client) -> None:
    makers.food("Skyr, vanilla")
    offered = offered_for("2 eggs, 200 g sky", NOW)
    assert [one.before + one.typed + one.after for one in offered.choices] == [
        "Skyr",
        "Skyr, vanilla",
    ]
    assert offered.is_sure
    assert not offered.may_search
    choice = offered.choices[1].choice
    assert choice.startswith("+")
    line = {"line": "2 eggs, 200 g sky", "choice": choice}
    assert choice in person.get(OFFERS, DAY | line, headers={"X-Offers": "yes"}).text
    done = person.post(ADD, DAY | line, follow=True)
    assert "2 foods (Egg; Skyr, vanilla) were added." in said(done)
    assert items() == [EGG, ("Skyr, vanilla", 200, "g")]


def test_energy_alone_of_the_last_one_is_offered_first(person: Client) -> None:
    makers.food("Pizza", kcal=250)
    line = "2 eggs, 350 kcal pizza"
    assert [one.choice[:1] for one in offered_for(line, NOW).offers] == ["", "+"]
    person.post(ADD, DAY | {"line": line, "choice": ""})
    assert items() == [EGG, ("pizza", 1, "portion")]


def test_a_choice_is_added_also_if_nothing_else_is_understood(person: Client) -> None:
    skyr = offered_for("haggis, sky", NOW).choices[0].choice
    page = person.post(ADD, DAY | {"line": "haggis, sky", "choice": skyr}, follow=True)
    assert [name for name, *_ in items()] == ["Skyr"]
    assert form_of(page.text, ADD)["line"] == "haggis"


@pytest.mark.parametrize("line", ["2 eggs, 200", "2 eggs, 200 g", "2 eggs and a"])
def test_an_amount_that_waits_for_its_food_is_no_fault(line: str) -> None:
    assert offered_for(line, NOW).fault == ""


def test_an_address_without_such_items_is_none(person: Client) -> None:
    for act in ("remove", "restore"):
        assert person.post(f"/nutrition/items/{act}?ids=99,x").status_code == 404
        assert person.post(f"/nutrition/items/{act}").status_code == 404


def test_what_was_imported_is_not_removed(person: Client) -> None:
    values: dict[str, Any] = {"source": "LoseIt", "source_id": "1"}
    meal = makers.meal(**values)
    item = MealItem.objects.create(meal=meal, name="Soup", amount=1)
    assert person.post(f"/nutrition/items/remove?ids={item.pk}").status_code == 403
    assert MealItem.objects.live().filter(pk=item.pk).exists()
