"""Foods whose name has a number in it, which is not the amount that the line begins with."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from nutrition.entry_line import Line, read_start
from nutrition.models import OPEN_FOOD_FACTS
from nutrition.numbered_names import read_for, read_named
from nutrition.offers import offered_for
from tests import makers
from tests.nutrition.test_entry import ADD, DAY, items
from tests.nutrition.test_page import NOW, PAGE, form_of, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("person")]

CAN: dict[str, Any] = {"measure": "ml", "servings": [["can", 330]]}


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("7 Up", "7 up", Line(name="7 up")),
        ("7UP", "7 up", Line(name="7up")),
        ("7 Up", "7up", Line(name="7 up")),
        ("7 Up", "7 up 330 ml", Line(330, "ml", "7 up")),
        ("7 Up", "330 ml 7 up", Line(330, "ml", "7 up")),
        ("7 Up", "2 cans 7 up", Line(2, "can", "7 up")),
        ("7 Up", "2 x 7 up", Line(2, "", "7 up")),
        ("7 Up", "7 up 2", Line(2, "", "7 up")),
        ("3 Musketeers", "3 musketeers", Line(name="3 musketeers")),
        ("5 Alive", "5 alive", Line(name="5 alive")),
        ("Flour 405", "flour 405", Line(name="flour 405")),
        ("Flour 405", "flour 405 500 g", Line(500, "g", "flour 405")),
        ("One bar", "one bar", Line(name="one bar")),
        ("A bar of gold", "a bar of gold", Line(name="a bar of gold")),
        ("100 kcal bar", "100 kcal bar", Line(name="100 kcal bar")),
        # A number is an amount where no food is called by it.
        ("Eggs", "2 eggs", Line(2, "", "eggs")),
        ("2 Eggs in a glass", "2 eggs", Line(2, "", "eggs")),
        ("Up", "7 up", Line(7, "", "up")),
        ("Flour 405", "flour 400", Line(400, "", "flour")),
    ],
)
def test_a_number_belongs_to_the_name_of_a_food_that_is_called_so(
    name: str, text: str, line: Line
) -> None:
    makers.food(name)
    assert read_named(text) == line
    assert read_named(text, read_start) == line


def test_what_is_half_typed_is_offered_beside_what_the_amount_says() -> None:
    makers.food("Alioli")
    makers.food("5 Alive citrus", source=OPEN_FOOD_FACTS)
    offered = [one.before + one.typed + one.after for one in offered_for("5 ali", NOW).offers]
    assert offered == ["Alioli", "5 Alive citrus"]
    citrus = offered_for("5 ali", NOW).offers[1]
    assert citrus.amount == "100 g"


def test_the_only_food_that_begins_so_is_added(person: Client) -> None:
    zero = makers.food("7 Up zero", **CAN)
    for line in ("7 up", "7 up zero", "7 up zero 330 ml", "2 cans 7 up"):
        person.post(ADD, DAY | {"line": line})
    name = str(zero)
    assert items() == [(name, 1, "can"), (name, 1, "can"), (name, 330, "ml"), (name, 2, "can")]


def test_the_food_of_that_name_goes_before_longer_ones(person: Client) -> None:
    makers.food("7 Up zero", **CAN)
    plain = makers.food("7 Up", **CAN)
    person.post(ADD, DAY | {"line": "7 up"})
    assert items() == [(str(plain), 1, "can")]


def test_an_amount_and_a_longer_name_are_asked_about(person: Client) -> None:
    makers.food("Egg", servings=[["egg", 55]])
    omelette = makers.food("2 Egg omelette", servings=[["portion", 180]])
    answer = person.post(ADD, DAY | {"line": "2 egg"})
    assert items() == [("Egg", 2, "egg")]
    makers.food("Egg noodles")
    answer = person.post(ADD, DAY | {"line": "2 eg"})
    assert f'value="{omelette.pk}:1:portion"' in answer.text


def test_a_chosen_food_takes_no_amount_from_its_name() -> None:
    zero, up = makers.food("7 Up zero", **CAN), makers.food("Up", **CAN)
    assert read_for("7 up", zero) == Line(name="7 up")
    assert read_for("7 up", up) == Line(7, "", "up")


def test_the_api_understands_the_same(person: Client) -> None:
    makers.food("7 Up", **CAN)
    makers.food("Egg", servings=[["egg", 55]])
    makers.food("2 Egg omelette")
    asked = {"items": [{"text": "7 up"}, {"text": "2 egg"}]}
    answer = person.post("/api/nutrition/meals", asked, content_type="application/json")
    assert answer.status_code == 201
    assert items() == [("7 Up", 1, "can"), ("Egg", 2, "egg")]


def test_a_recipe_takes_such_a_part(person: Client) -> None:
    food = makers.food("7 Up", measure="ml")
    page = "/nutrition/foods/recipes/new"
    sent = form_of(person.get(page).text, page) | {"name": "Punch", "line": "7 up 330 ml"}
    answer = person.post(page, sent | {"act": "add"})
    assert form_of(answer.text, page)["food"] == str(food.pk)
    assert form_of(answer.text, page)["amount"] == "330"


def test_the_page_adds_what_the_number_names(person: Client) -> None:
    makers.food("5 Alive", **CAN)
    key = form_of(person.get(PAGE).text, ADD)["key"]
    done = person.post(ADD, DAY | {"key": key, "line": "5 alive"}, follow=True)
    assert "5 Alive, 1 can" in said(done)
