"""Typing a recipe in, part by part, without a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from nutrition.models import FoodItem
from nutrition.recipe_draft import MOST_PARTS
from nutrition.recipes import Part, save_recipe
from tests.makers import food, recipe

pytestmark = pytest.mark.django_db

Rows = list[tuple[FoodItem, str, str]]


@pytest.fixture
def oats() -> FoodItem:
    return food("Rolled oats", kcal=372, protein=13.5, servings=[["cup", 90]])


@pytest.fixture
def milk() -> FoodItem:
    return food("Milk", kcal=67, measure="ml")


@pytest.fixture
def foods(oats: FoodItem, milk: FoodItem) -> dict[str, tuple[FoodItem, str, str]]:
    return {"oats": (oats, "80", "g"), "milk": (milk, "200", "ml")}


def sent(person: Client, rows: Rows, url: str = "", **values: str) -> Any:
    parts = [(one.pk, amount, unit) for one, amount, unit in rows]
    columns = zip(*parts, strict=True) if parts else ((), (), ())
    typed = dict(zip(("food", "amount", "unit"), columns, strict=True))
    about = {"name": "Porridge", "portions": "", "yield_size": "", "line": "", "act": "save"}
    return person.post(url or reverse("recipe-new"), typed | about | values)


def rows_in(answer: HttpResponse) -> list[tuple[str, str, str]]:
    draft = answer.context["draft"]  # type: ignore[attr-defined]
    return [(row.food.name, row.amount, row.unit) for row in draft.rows]


# --- Parts ----------------------------------------------------------------------------------------


def test_a_part_is_added_by_its_line(person: Client, oats: FoodItem) -> None:
    assert "Nothing yet." in person.get(reverse("recipe-new")).content.decode()
    answer = sent(person, [], line="80 g oats", act="add", portions="2")
    assert answer.status_code == 200
    assert rows_in(answer) == [("Rolled oats", "80", "g")]
    text = answer.content.decode()
    assert 'value="Porridge"' in text
    assert "All of it: 298 kcal, 80 g." in text
    assert "field-error" not in text
    answer = sent(person, [(oats, "80", "g")], line="2 cups rolled oats", act="")
    assert rows_in(answer)[1] == ("Rolled oats", "2", "cup")
    assert not FoodItem.objects.filter(is_recipe=True).exists()


def test_nothing_is_asked_for_before_it_is_saved(person: Client, oats: FoodItem) -> None:
    text = sent(
        person, [(oats, "many", "g")], name="", line="80 g oats", act="add"
    ).content.decode()
    assert "This field is required." not in text
    assert 'value="many"' in text
    assert "All of it" not in text


def test_of_several_foods_one_is_chosen(person: Client, oats: FoodItem) -> None:
    other = food("Oats, fine", brand="Mühle")
    answer = sent(person, [], line="80 g oats", act="add")
    assert [one.name for one in answer.context["draft"].choices] == ["Oats, fine", "Rolled oats"]
    assert 'value="80 g oats"' in answer.content.decode()
    answer = sent(person, [], line="80 g oats", act=f"choose:{other.pk}")
    assert rows_in(answer) == [("Oats, fine", "80", "g")]
    assert rows_in(sent(person, [], line="80 g oats", act="choose:x")) == []


def test_what_is_still_in_the_line_is_saved_or_said(person: Client, oats: FoodItem) -> None:
    food("Milk", kcal=67)
    rows: Rows = [(oats, "80", "g")]
    answer = sent(person, rows, line="80 g rice")
    assert "No food is called" in answer.context["draft"].line_error
    food("Milk, fine")
    answer = sent(person, rows, line="200 g fine mil")
    stored = FoodItem.objects.get(is_recipe=True)
    assert [part.amount for part in stored.parts.all()] == [80, 200]
    answer = sent(person, rows, line="200 g mil", name="Gruel")
    assert "Choose which one it is" in answer.context["draft"].line_error
    assert 'value="200 g mil"' in answer.content.decode()
    assert 'value="Gruel"' in answer.content.decode()
    assert not FoodItem.objects.filter(name="Gruel").exists()


def test_another_part_waits_for_what_was_asked(person: Client, oats: FoodItem) -> None:
    other, _ = food("Oats, fine"), food("Milk")
    answer = sent(person, [], line="80 g oats", act="add")
    assert 'name="asked" value="80 g oats"' in answer.content.decode()
    answer = sent(person, [], line="200 g milk", asked="80 g oats", act="add")
    assert "Choose first which food “80 g oats” is" in answer.context["draft"].line_error
    assert 'value="200 g milk"' in answer.content.decode()
    assert 'name="asked" value="80 g oats"' in answer.content.decode()
    assert rows_in(answer) == []
    answer = sent(person, [], line="200 g milk", asked="80 g oats", act=f"choose:{other.pk}")
    assert rows_in(answer) == [("Oats, fine", "80", "g")]
    assert 'value="200 g milk"' in answer.content.decode()
    # A line that says the same more closely replaces the question.
    answer = sent(person, [], line="80 g rolled oats", asked="80 g oats", act="add")
    assert rows_in(answer) == [("Rolled oats", "80", "g")]


def test_the_same_name_is_meant(person: Client, oats: FoodItem) -> None:
    food("Rolled oats, fine")
    answer = sent(person, [], line="80 g rolled oats", act="add")
    assert rows_in(answer) == [("Rolled oats", "80", "g")]


def test_a_bar_code_is_a_part(person: Client) -> None:
    food("Skyr", barcode="4301000001018")
    answer = sent(person, [], line="150 g 4301000001018", act="add")
    assert rows_in(answer) == [("Skyr", "150", "g")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("80 g rice", "No food is called “rice”. Add it to your foods first."),
        ("4301000001018", "No food is called “4301000001018”."),
        ("350 kcal pizza", "A part needs an amount in g, ml or servings"),
        ("", "Type what you ate"),
        ("80 g", "Type what it was as well"),
        ("2 slices oats", "How many grams is a slice of Rolled oats?"),
    ],
)
def test_a_line_that_adds_nothing_says_why(
    person: Client, oats: FoodItem, line: str, words: str
) -> None:
    answer = sent(person, [(oats, "1", "cup")], line=line, act="add")
    assert words in answer.context["draft"].line_error
    assert f'value="{line}"' in answer.content.decode()
    assert rows_in(answer) == [("Rolled oats", "1", "cup")]


def test_a_part_is_removed(person: Client, oats: FoodItem, milk: FoodItem) -> None:
    rows: Rows = [(oats, "80", "g"), (milk, "200", "ml")]
    assert rows_in(sent(person, rows, act="remove:0")) == [("Milk", "200", "ml")]
    assert len(rows_in(sent(person, rows, act="remove:7"))) == 2


def test_a_recipe_has_no_end_of_parts(person: Client, oats: FoodItem) -> None:
    rows: Rows = [(oats, "1", "g")] * MOST_PARTS
    answer = sent(person, rows, line="1 g oats", act="add")
    assert answer.context["draft"].line_error == "A recipe has at most 100 parts."


# --- Saving ---------------------------------------------------------------------------------------


def test_a_recipe_is_saved(person: Client, oats: FoodItem, milk: FoodItem) -> None:
    rows: Rows = [(oats, "80", "g"), (milk, "200", "ml")]
    answer = sent(person, rows, portions="2", yield_size="260")
    one = FoodItem.objects.get(is_recipe=True)
    assert answer["Location"] == reverse("food", args=[one.pk])
    # 0.8 x 372 + 2 x 67 = 431.6 kcal in 260 g.
    assert one.kcal == pytest.approx(166)
    # Of the protein of the milk nothing is known: 10.8 g of the oats at least.
    assert (one.at_least, round(one.protein or 0, 3)) == (["protein"], 4.154)
    assert (one.servings, one.measure) == ([["portion", 130]], "g")
    assert [(part.amount, part.unit, part.size) for part in one.parts.all()] == [
        (80, "g", 80),
        (200, "ml", 200),
    ]


def test_enter_saves_where_no_part_is_typed(person: Client, oats: FoodItem) -> None:
    assert sent(person, [(oats, "1", "cup")], act="").status_code == 302
    assert FoodItem.objects.get(is_recipe=True).parts.get().size == 90


def test_what_is_drunk_is_measured_in_ml(person: Client, milk: FoodItem) -> None:
    sent(person, [(milk, "200", "ml")])
    assert FoodItem.objects.get(is_recipe=True).measure == "ml"


@pytest.mark.parametrize(
    ("rows", "values", "words"),
    [
        ("", {}, "A recipe needs a part."),
        ("", {"yield_size": "200"}, "A recipe needs a part."),
        ("oats", {"name": ""}, "This field is required."),
        (
            "oats milk",
            {},
            "Enter how much the recipe yields: its parts are measured in g and in ml.",
        ),
        ("oats", {"portions": "0"}, "Enter a number between 0.1 and 1,000."),
        ("oats", {"yield_size": "much"}, "Enter a number, such as 1.5."),
    ],
)
def test_what_is_missing_is_said(
    person: Client, foods: dict[str, Any], rows: str, values: dict[str, str], words: str
) -> None:
    answer = sent(person, [foods[name] for name in rows.split()], **values)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert [name for name, *_ in rows_in(answer)] == [foods[one][0].name for one in rows.split()]
    assert not FoodItem.objects.filter(is_recipe=True).exists()


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        ("many", "g", "Enter a number, such as 1.5."),
        ("", "g", "This field is required."),
        ("0", "g", "Enter a number between 0.001 and 100,000."),
        ("999999", "g", "Enter a number between 0.001 and 100,000."),
        ("2", "slice", "Rolled oats is not known by the slice. Enter its amount in: g, cup."),
    ],
)
def test_a_part_that_cannot_be(
    person: Client, oats: FoodItem, amount: str, unit: str, words: str
) -> None:
    answer = sent(person, [(oats, amount, unit)])
    assert answer.status_code == 400
    assert answer.context["draft"].rows[0].error == words
    assert rows_in(answer) == [("Rolled oats", amount, unit)]


# --- Editing --------------------------------------------------------------------------------------


def test_a_recipe_is_edited(person: Client, oats: FoodItem) -> None:
    one = recipe("Porridge", (oats, 80), portions=2)
    url = reverse("recipe-edit", args=[one.pk])
    assert rows_in(person.get(url)) == [("Rolled oats", "80", "g")]
    assert sent(person, [(oats, "1", "cup")], url, name="Oatmeal").status_code == 302
    one.refresh_from_db()
    assert (one.name, one.portions, one.servings) == ("Oatmeal", None, [])
    assert one.parts.get().size == 90
    assert person.get(reverse("food-edit", args=[one.pk]))["Location"] == url
    answer = person.get(reverse("recipe-edit", args=[oats.pk]))
    assert answer["Location"] == reverse("food-edit", args=[oats.pk])


def test_a_change_in_another_window_is_not_replaced_unseen(person: Client, oats: FoodItem) -> None:
    one = recipe("Porridge", (oats, 80))
    url = reverse("recipe-edit", args=[one.pk])
    opened = person.get(url).context["form"].stored_at
    answer = sent(person, [(oats, "80", "g")], url, line="1 g oats", act="add", updated_at=opened)
    assert answer.context["form"].stored_at == opened
    later = one.updated_at + timedelta(seconds=1)
    FoodItem.objects.filter(pk=one.pk).update(name="Oats", updated_at=later)
    answer = sent(person, [(oats, "80", "g")], url, name="Oatmeal", updated_at=opened)
    assert answer.status_code == 409


def test_a_recipe_is_no_part_of_itself(person: Client, oats: FoodItem) -> None:
    base = recipe("Base", (oats, 80))
    bowl = recipe("Bowl", (base, 100))
    url = reverse("recipe-edit", args=[base.pk])
    said = "Base cannot be a part of itself, nor of something that it is made of."
    answer = sent(person, [(oats, "80", "g")], url, line="100 g bowl", act="add")
    assert answer.context["draft"].line_error == said
    # Who sends it all the same.
    answer = sent(person, [(bowl, "80", "g")], url, name="Base")
    assert answer.status_code == 400
    assert said in answer.content.decode()
    # The recipe itself is not offered.
    answer = sent(person, [], url, line="100 g base", act="add")
    assert answer.context["draft"].line_error == "Base cannot be a part of itself."


def test_a_recipe_is_stored_whole_or_not_at_all(oats: FoodItem) -> None:
    one = recipe("Base", (oats, 80))
    with pytest.raises(ValidationError, match="not known by the slice"):
        save_recipe(one, [Part(oats, 1, "g"), Part(oats, 1, "slice")])
    assert one.parts.get().size == 80


def test_a_deleted_recipe_leads_to_where_it_comes_back(person: Client, oats: FoodItem) -> None:
    one = recipe("Porridge", (oats, 80))
    person.post(reverse("food-delete", args=[one.pk]))
    url = reverse("recipe-edit", args=[one.pk])
    assert person.get(url)["Location"] == reverse("food", args=[one.pk])
    assert sent(person, [(oats, "80", "g")], url).status_code == 409
