"""The line in which one types what was eaten: what it says, and what it means for a food."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from nutrition import diary
from nutrition.diary import Wanted
from nutrition.entry_line import Line, read_line, read_start, wanted
from nutrition.models import FoodItem
from nutrition.units import PIECES, UNITS
from tests import makers

NOON = datetime(2026, 9, 16, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("200 g skyr", Line(200, "g", "skyr")),
        ("200g skyr", Line(200, "g", "skyr")),
        ("  200   grams of  Skyr ", Line(200, "g", "Skyr")),
        ("skyr 200", Line(200, "", "skyr")),
        ("skyr 200 ml", Line(200, "ml", "skyr")),
        ("skyr (200 g)", Line(200, "g", "skyr")),
        ("skyr, 200g", Line(200, "g", "skyr")),
        ("skyr", Line(None, "", "skyr")),
        ("2 eggs", Line(2, "", "eggs")),
        ("2x eggs", Line(2, "", "eggs")),
        ("eggs x 2", Line(2, "", "eggs")),
        ("a banana", Line(1, "", "banana")),
        ("An apple", Line(1, "", "apple")),
        ("half an avocado", Line(0.5, "", "avocado")),
        ("½ avocado", Line(0.5, "", "avocado")),
        ("1/2 avocado", Line(0.5, "", "avocado")),
        ("1⁄2 avocado", Line(0.5, "", "avocado")),
        ("1 1/2 cup oats", Line(1.5, "cup", "oats")),
        ("1½ cups of oats", Line(1.5, "cup", "oats")),
        ("half a cup of oats", Line(0.5, "cup", "oats")),
        ("half cup oats", Line(0.5, "cup", "oats")),
        ("two slices of toast", Line(2, "slice", "toast")),
        ("a slice of bread", Line(1, "slice", "bread")),
        ("2 loaves bread", Line(2, "loaf", "bread")),
        ("1,5 l milk", Line(1.5, "l", "milk")),
        ("0,125 l wine", Line(0.125, "l", "wine")),
        (".5 l milk", Line(0.5, "l", "milk")),
        ("8 fl. oz. milk", Line(8, "fl oz", "milk")),
        ("1,500 g flour", Line(1500, "g", "flour")),
        ("1’500 g flour", Line(1500, "g", "flour")),
        ("1.500,5 g flour", Line(1500.5, "g", "flour")),
        ("6x90g yoghurt", Line(540, "g", "yoghurt")),
        ("6 × 90 g yoghurt", Line(540, "g", "yoghurt")),
        ("12 x 330 ml cola", Line(3960, "ml", "cola")),
        ("cola 12x330ml", Line(3960, "ml", "cola")),
        ("2 x 1/2 cup milk", Line(1, "cup", "milk")),
        ("1/3 cup oats", Line(0.333333, "cup", "oats")),
        ("five eggs", Line(5, "", "eggs")),
        ("one egg", Line(1, "", "egg")),
        ("another egg", Line(1, "", "egg")),
        ("a dozen eggs", Line(12, "", "eggs")),
        ("Half a dozen eggs", Line(6, "", "eggs")),
        ("a couple of eggs", Line(2, "", "eggs")),
        ("ten slices of toast", Line(10, "slice", "toast")),
        ("about 200 g skyr", Line(200, "g", "skyr")),
        ("ca. 200 g skyr", Line(200, "g", "skyr")),
        ("~200 g skyr", Line(200, "g", "skyr")),
        ("+ 1 banana", Line(1, "", "banana")),
        ("pizza ~ 800 kcal", Line(None, "", "pizza", 800)),
        ("200 gramm skyr", Line(200, "g", "skyr")),
        ("cacao", Line(None, "", "cacao")),
        ("coca-cola 330 ml", Line(330, "ml", "coca-cola")),
        # Numbers that belong to the name.
        ("7up", Line(None, "", "7up")),
        ("milk 3.5%", Line(None, "", "milk 3.5%")),
        ("3.5 % milk", Line(None, "", "3.5 % milk")),
        ("200 ml milk 3.5%", Line(200, "ml", "milk 3.5%")),
        ("500 g flour 405", Line(500, "g", "flour 405")),
        ("flour 405 500 g", Line(500, "g", "flour 405")),
        ("three bean salad", Line(None, "", "three bean salad")),
        # Energy alone. 1500 kJ / 4.184 = 358.508604 kcal.
        ("350 kcal pizza", Line(None, "", "pizza", 350)),
        ("pizza 350kcal", Line(None, "", "pizza", 350)),
        ("1500 kJ pizza", Line(None, "", "pizza", 358.508604)),
        ("200 g pizza 350 kcal", Line(200, "g", "pizza", 350)),
        ("pizza 350 kcal 200 g", Line(200, "g", "pizza", 350)),
        ("350 kcal", Line(None, "", "Calories", 350)),
        # Bar codes.
        ("4006381333931", Line(barcode="4006381333931")),
        ("4 006381 333931", Line(barcode="4006381333931")),
        ("96385074", Line(barcode="96385074")),
        ("4006381333931 200 g", Line(200, "g", barcode="4006381333931")),
        ("2 4006381333931", Line(2, barcode="4006381333931")),
    ],
)
def test_what_a_line_says(text: str, line: Line) -> None:
    assert read_line(text) == line
    assert read_line(str(line)) == line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type what you ate, such as “200 g skyr” or “2 eggs”."),
        (" \x00", "Type what you ate"),
        ("200", "Type what it was as well"),
        ("200 g", "Type what it was as well"),
        ("0 g skyr", "Type an amount above 0"),
        ("-5 g skyr", "Type an amount above 0"),
        ("0 kcal pizza", "Type an amount above 0"),
        ("1/0 cup oats", "1/0 is not a number. Type an amount such as 1/2."),
        ("101 kg skyr", "Type an amount of at most 100,000 g."),
        ("101 l milk", "Type an amount of at most 100,000 ml."),
        ("100001 eggs", "Type an amount of at most 100,000"),
        (f"{10**30} g skyr", "Type an amount of at most 100,000 g."),
        ("50001 kcal pizza", "Type at most 50,000 kcal."),
        ("2 yoghurt 150 g", "There are two amounts. Type one, such as “300 g yoghurt”, or “2 x"),
        ("200 g skyr 100 g", "There are two amounts"),
        ("1 500 g flour", "There are two amounts"),
        ("skyr 150-200 g", "There are two amounts"),
        ("150 - 200 g skyr", "There are two amounts"),
        ("x" * 301, "Type at most 300 letters."),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_line(text)
    assert caught.value.messages[0].startswith(said)


def test_a_line_may_be_half_typed() -> None:
    assert read_start("") == Line()
    assert read_start("200 g ") == Line(200, "g")
    assert read_start("350 kcal") == Line(kcal=350)
    with pytest.raises(ValidationError):
        read_start("0 g")


@given(st.text(max_size=40) | st.text("0123456789/.,½x×*-%() gkalmoz", max_size=25))
@settings(max_examples=500, deadline=None)
def test_any_text_is_understood_or_refused_in_a_sentence(text: str) -> None:
    line = understood(text)
    assert line is None or line.name or line.barcode
    assert line is None or line.amount is None or 0 < line.amount <= 100_000


def understood(text: str) -> Line | None:
    try:
        return read_line(text)
    except ValidationError:
        return None


UNIT_NAMES = ["", *(unit.name for unit in UNITS), *PIECES]
NAMES = st.lists(st.sampled_from(["skyr", "Müsli", "rye-bread", "L'Orange", "é"]), min_size=1)


@given(
    st.none() | st.integers(1, 200_000).map(lambda number: number / 2000),
    st.sampled_from(UNIT_NAMES),
    NAMES,
    st.none() | st.integers(1, 500_000).map(lambda number: number / 10),
)
@settings(max_examples=300, deadline=None)
def test_what_is_printed_is_read_back(
    amount: float | None, unit: str, names: list[str], kcal: float | None
) -> None:
    line = Line(amount, unit if amount else "", " ".join(names), kcal)
    assert read_line(str(line)) == line


# --- What it means for a food ---------------------------------------------------------------------


def meant(text: str, food: FoodItem) -> tuple[float, str]:
    found = wanted(read_line(text), food)
    assert found.food == food
    return found.amount, found.unit


@pytest.mark.django_db
def test_general_units_become_g_or_ml() -> None:
    skyr, milk = makers.food("Skyr"), makers.food("Milk", measure="ml")
    assert meant("200 g skyr", skyr) == (200, "g")
    assert meant("0.5 kg skyr", skyr) == (500, "g")
    assert meant("10 oz skyr", skyr) == (283.495, "g")
    assert meant("1,5 l milk", milk) == (1500, "ml")
    assert meant("1 cup milk", milk) == (236.588, "ml")
    # 350 kcal of 60 kcal in 100 g.
    assert meant("350 kcal skyr", skyr) == (583.3, "g")


@pytest.mark.django_db
def test_servings_come_before_general_units() -> None:
    oats = makers.food("Oats", servings=[["Cups", 80], ["1 scoop (heaped)", 40]])
    assert meant("1.5 cup oats", oats) == (1.5, "Cups")
    assert meant("2 scoops oats", oats) == (2, "1 scoop (heaped)")
    # A cup is 236.588 ml and 80 g, so 100 ml are 33.814 g; a tablespoon is 1/16 of a cup: 5 g.
    assert meant("100 ml oats", oats) == (33.814, "g")
    assert meant("1 tbsp oats", oats) == (5, "g")
    assert meant("80 g oats", oats) == (80, "g")


@pytest.mark.django_db
def test_a_plain_number_is_one_of_servings_or_a_weight() -> None:
    skyr, milk = makers.food("Skyr", servings=[["cup", 150]]), makers.food("Milk", measure="ml")
    assert meant("2 skyr", skyr) == (2, "cup")
    assert meant("skyr 200", skyr) == (200, "g")
    assert meant("milk 250", milk) == (250, "ml")
    egg = makers.food("Egg", servings=[["box", 600], ["large", 63], ["piece", 58]])
    assert meant("2 eggs", egg) == (2, "piece")
    assert meant("2 large eggs", egg) == (2, "large")
    almonds = makers.food("Almonds", servings=[["handful", 30], ["almond", 1.2]])
    assert meant("30 almonds", almonds) == (30, "almond")
    # So many would be 1.2 kg.
    assert meant("1000 almonds", almonds) == (1000, "g")


@pytest.mark.django_db
def test_a_unit_may_belong_to_the_name() -> None:
    noodles = makers.food("Cup noodles", servings=[["portion", 64]])
    assert meant("2 cup noodles", noodles) == (2, "portion")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "fields", "said"),
    [
        (
            "1 cup oats",
            {},
            "How many grams is a cup of Oats? Enter grams, or add a serving “cup” to the food.",
        ),
        (
            "1 oz oats",
            {"measure": "ml", "name": "Oat drink"},
            "Oat drink is measured in millilitres. Enter fl oz or ml.",
        ),
        ("2 slices oats", {}, "How many grams is a slice of Oats?"),
        ("2 g oats", {"measure": "ml"}, "How many millilitres is a gram of Oats?"),
        ("1 ml oats", {}, "How many grams is a millilitre of Oats?"),
        ("an oats", {}, "How many grams is one Oats? Enter grams, or add a serving to the food."),
        ("350 kcal oats", {"kcal": None}, "The energy of Oats is not known. Enter grams."),
        ("350 kcal oats", {"kcal": 0}, "The energy of Oats is not known. Enter grams."),
        ("300 cup oats", {"servings": [["cup", 400]]}, "Enter an amount above 0 and of at most"),
    ],
)
def test_what_is_missing_of_a_food_is_said(text: str, fields: dict[str, object], said: str) -> None:
    food = makers.food(**{"name": "Oats"} | fields)  # type: ignore[arg-type]
    with pytest.raises(ValidationError) as caught:
        wanted(read_line(text), food)
    assert caught.value.messages[0].startswith(said)


@pytest.mark.django_db
def test_without_an_amount_it_is_the_usual_one() -> None:
    skyr = makers.food("Skyr")
    assert meant("skyr", skyr) == (100, "g")
    skyr.servings = [["cup", 150], ["tub", 450]]
    skyr.save()
    assert meant("skyr", skyr) == (1, "cup")
    (later,) = diary.add([Wanted(skyr, 2, "tub")], NOON)
    diary.add([Wanted(skyr, 75, "g")], NOON - timedelta(days=1))
    assert meant("skyr", skyr) == (2, "tub")
    diary.remove(later.pk)
    assert meant("skyr", skyr) == (75, "g")
    diary.restore(later.pk)
    # It is no longer known by the tub.
    skyr.servings = [["cup", 150]]
    assert meant("skyr", skyr) == (1, "cup")
