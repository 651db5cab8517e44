"""What is suggested while one types: what one eats at this hour first, then one's own foods, then all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks.counters import counted
from nutrition import diary
from nutrition.diary import Wanted
from nutrition.entry_line import Line, read_start
from nutrition.models import OPEN_FOOD_FACTS, FoodItem, Meal
from nutrition.suggestions import Suggestion, suggestions
from tests import makers

pytestmark = pytest.mark.django_db

#: 07:00 of a clock that is UTC.
MORNING = datetime(2026, 9, 16, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _zone(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    timezone.deactivate()


def eat(food: FoodItem, hours: float, days: int = 1, amount: float = 50, unit: str = "g") -> None:
    """So many hours after seven, on so many days before."""
    for day in range(1, days + 1):
        moment = MORNING + timedelta(hours=hours) - timedelta(days=day)
        diary.add([Wanted(food, amount, unit)], moment, "snack")


def found(text: str, most: int = 8) -> list[Suggestion]:
    return suggestions(read_start(text), MORNING, most)


def names(text: str, most: int = 8) -> list[str]:
    return [one.food.name for one in found(text, most)]


def imported(name: str, **fields: Any) -> FoodItem:
    return makers.food(name, **{"source": OPEN_FOOD_FACTS} | fields)


def test_without_a_word_it_is_what_is_eaten_at_this_hour() -> None:
    dinner, oats, skyr = (makers.food(name) for name in ("Stew", "Oats", "Skyr"))
    makers.food("Never eaten")
    eat(dinner, 12, days=5)
    eat(oats, 1, days=2)
    eat(skyr, -1, days=3)
    assert names("") == ["Skyr", "Oats", "Stew"]
    assert names("", most=2) == ["Skyr", "Oats"]


def test_the_hour_is_that_of_the_clock_also_around_midnight() -> None:
    late, early = makers.food("Late"), makers.food("Early")
    eat(late, 16.5)
    eat(early, 12, days=3)
    # Late at 23:30, and now it is 1:00.
    moment = MORNING - timedelta(hours=6)
    assert [one.food.name for one in suggestions(Line(), moment)] == ["Late", "Early"]


def test_what_is_eaten_at_this_hour_comes_before_own_foods_and_those_before_all() -> None:
    popular = imported("Skyr of a shop", popularity=1000)
    usual = imported("Skyr of another shop")
    evening, own = makers.food("Skyr for the evening"), makers.food("Skyr")
    makers.food("Skyr, deleted", deleted_at=MORNING)
    makers.food("Oats")
    eat(usual, 0)
    eat(evening, 12, days=3)
    assert [(one.food, one.origin) for one in found("skyr")] == [
        (usual, "Open Food Facts"),
        (evening, "your own food"),
        (own, "your own food"),
        (popular, "Open Food Facts"),
    ]
    assert names("200 g sky") == names("skyr 200") == names("skyr")
    assert "Skyr, deleted" not in names("sky")


def test_what_was_eaten_fits_from_the_first_letter_on() -> None:
    egg, oats = makers.food("Egg"), makers.food("Oats")
    eat(egg, 0)
    eat(oats, 0)
    assert names("e") == ["Egg"]
    assert names("2 eggs") == ["Egg"]
    assert names("x") == []


def test_what_is_deleted_or_long_ago_counts_no_more() -> None:
    oats, skyr = makers.food("Oats"), makers.food("Skyr")
    diary.add([Wanted(oats, 50)], MORNING - timedelta(days=91))
    (item,) = diary.add([Wanted(skyr, 50)], MORNING - timedelta(days=2))
    diary.remove(item.pk)
    assert names("") == []
    # But what was eaten of it last is still the usual amount.
    (one,) = found("oats")
    assert (one.amount, one.unit) == (50, "g")


def test_amounts_are_those_of_the_line_else_the_last_ones_else_a_serving() -> None:
    skyr = makers.food("Skyr", servings=[["cup", 150]])
    assert [one[1:] for one in found("skyr")] == [(1, "cup", 150, 90, "your own food")]
    eat(skyr, 0, amount=2, unit="cup")
    assert [one[1:] for one in found("skyr")] == [(2, "cup", 300, 180, "your own food")]
    assert [one[1:] for one in found("200 g skyr")] == [(200, "g", 200, 120, "your own food")]
    assert [one[1:] for one in found("120 kcal skyr")] == [(200, "g", 200, 120, "your own food")]


def test_what_a_food_is_not_known_by_is_left_to_whoever_chooses_it() -> None:
    makers.food("Skyr", kcal=None)
    assert [one[1:] for one in found("2 slices skyr")] == [
        (2, "slice", None, None, "your own food")
    ]
    assert [one[1:] for one in found("skyr")] == [(100, "g", 100, None, "your own food")]
    assert found("120 kcal skyr") == []


def test_a_recipe_says_so() -> None:
    makers.recipe("Porridge", (makers.food("Oats"), 100), portions=2)
    assert [one[1:] for one in found("porr")] == [(1, "portion", 50, 30, "own recipe")]


def test_a_bar_code_finds_its_food_the_own_one_first() -> None:
    imported("Chips", barcode="4006381333931")
    makers.food("My chips", barcode="4006381333931")
    # The short form of 042100005264.
    makers.food("Gum", barcode="0042100005264")
    assert names("30 g 4006381333931") == ["My chips", "Chips"]
    assert names("04252614") == ["Gum"]


def test_the_statements_do_not_grow_with_the_foods(django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        eat(makers.food(f"Skyr {number}"), 0)
        makers.food(f"Skyr of a kind {number}")
    for text in ("skyr", "200 g skyr kind", "", "4006381333931"):
        with django_assert_max_num_queries(10):
            found(text)


ITEMS, FOODS = 100_000, 200


def multiply(row: Any, times: int, **columns: str) -> None:
    """Store a row so many times more, each with other values of some columns, as SQL that knows the number `n`."""
    pk, table = row._meta.pk.column, row._meta.db_table
    values = {f.column: f.column for f in row._meta.concrete_fields if f.column != pk} | columns
    numbers = f"SELECT 1 AS n UNION ALL SELECT n + 1 FROM counting WHERE n < {times}"  # noqa: S608
    names, wanted = ", ".join(values), ", ".join(values.values())
    rows = f"SELECT {wanted} FROM {table}, counting WHERE {pk} = {row.pk}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) WITH RECURSIVE counting(n) AS ({numbers}) {rows}"
        )


@pytest.mark.long
def test_a_long_diary_is_not_read() -> None:
    """50 years, with five or six items a day."""
    foods = [makers.food(f"Skyr {number}") for number in range(FOODS)]
    (item,) = diary.add([Wanted(foods[0], 50)], MORNING - timedelta(days=1))
    moment = "eaten_at - (n * 4.38) * INTERVAL '1 hour'"
    if connection.vendor == "sqlite":
        moment = "strftime('%Y-%m-%d %H:%M:%S', eaten_at, '-' || (n * 4.38) || ' hours')"
    multiply(item.meal, ITEMS, eaten_at=moment, source_id="'number ' || n")
    first = Meal.objects.order_by("pk")[1].pk
    multiply(item, ITEMS, meal_id=f"{first} + n - 1", food_id=f"{foods[0].pk} + n % {FOODS}")
    makers.food("Skyr that was never eaten")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for text in ("", "skyr", "200 g skyr never"):
        with counted() as cost:
            assert found(text)
        # 90 days have 493 items.
        least, most = {"sqlite": (5_000, 60_000), "postgresql": (400, 6_000)}[connection.vendor]
        assert least < cost.steps < most
