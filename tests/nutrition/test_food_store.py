"""Foods of Open Food Facts are stored in batches; the newer one of two stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from nutrition.food_store import store_foods
from nutrition.models import FoodItem, MealItem
from nutrition.open_food_facts import food_of
from tests.makers import food, recipe

pytestmark = pytest.mark.django_db

NEW = datetime(2026, 9, 1, tzinfo=UTC)


def product(
    number: int = 0, kcal: float = 60, changed: datetime | None = NEW, **more: object
) -> FoodItem:
    """Return a food that is not stored yet."""
    values: dict[str, object] = {
        "code": f"400638{number:07}",
        "product_name": f"Food {number}",
        "nutriments": {"energy-kcal_100g": kcal, "vitamin-c_100g": 0.012},
        "serving_size": "1 slice (30 g)",
        "last_modified_t": changed and int(changed.timestamp()),
    }
    return food_of(values | more)


def test_new_foods_are_created() -> None:
    assert store_foods([product(1), product(2)]) == (2, 0, 0)
    stored = FoodItem.objects.get(source_id="4006380000001")
    assert (stored.name, stored.search_text, stored.barcode) == (
        "Food 1",
        "food 1",
        "4006380000001",
    )
    assert (stored.kcal, stored.protein, stored.further) == (60, None, {"Vitamin C (mg)": 12})
    assert (stored.servings, stored.measure, stored.is_recipe) == ([["slice", 30]], "g", False)
    assert (stored.changed_at_source, stored.at_least, stored.raw) == (NEW, [], None)
    assert store_foods([]) == (0, 0, 0)


def test_an_unchanged_food_is_not_written() -> None:
    store_foods([product(1)])
    before = FoodItem.objects.get().updated_at
    assert store_foods([product(1)]) == (0, 0, 1)
    assert FoodItem.objects.get().updated_at == before


def test_the_newer_one_stays() -> None:
    store_foods([product(1)])
    older, newer = NEW - timedelta(days=1), NEW + timedelta(days=1)
    assert store_foods([product(1, 70, older), product(2, 20)]) == (1, 0, 1)
    assert store_foods([product(1, 70, None)]) == (0, 0, 1)
    assert FoodItem.objects.get(name="Food 1").kcal == 60
    assert store_foods([product(1, 80, newer)]) == (0, 1, 0)
    assert FoodItem.objects.get(name="Food 1").kcal == 80


def test_without_a_moment_the_later_one_stays() -> None:
    store_foods([product(1, 60, None)])
    assert store_foods([product(1, 70, None)]) == (0, 1, 0)
    assert store_foods([product(1, 80)]) == (0, 1, 0)


def test_of_two_in_a_batch_the_newer_one_stays() -> None:
    newer = NEW + timedelta(days=1)
    assert store_foods([product(1, 60), product(1, 70, newer), product(1, 80)]) == (1, 0, 0)
    assert FoodItem.objects.get().kcal == 70


def test_a_value_that_is_gone_is_unknown() -> None:
    store_foods([product(1)])
    store_foods([product(1, nutriments={"fat_100g": 1})])
    assert (FoodItem.objects.get().kcal, FoodItem.objects.get().fat) == (None, 1)


def test_a_deleted_food_comes_back_only_on_demand() -> None:
    store_foods([product(1)])
    FoodItem.objects.update(deleted_at=timezone.now())
    assert store_foods([product(1, 70)]) == (0, 1, 0)
    assert not FoodItem.objects.live().exists()
    store_foods([product(1, 70)], restore=True)
    assert FoodItem.objects.live().get().kcal == 70


def test_own_foods_with_the_same_number_are_left_alone() -> None:
    own = food("Mine", barcode="4006380000001")
    store_foods([product(1)])
    assert FoodItem.objects.with_barcode("4006380000001").count() == 2
    own.refresh_from_db()
    assert (own.name, own.source) == ("Mine", "Manual")


def test_recipes_follow_and_what_was_eaten_stays() -> None:
    store_foods([product(1), product(2, 20)])
    first, second = FoodItem.objects.order_by("name")
    soup = recipe("Soup", (first, 100), (second, 100))
    dinner = recipe("Dinner", (soup, 100))
    untouched = recipe("Other", (second, 100))
    assert soup.kcal == 40
    store_foods([product(1, 100)])
    for one in (soup, dinner, untouched):
        one.refresh_from_db()
    assert (soup.kcal, dinner.kcal, untouched.kcal) == (60, 60, 20)
    assert not MealItem.objects.exists()


def test_a_recipe_that_cannot_follow_stays_as_it_was() -> None:
    store_foods([product(1), product(2, 20)])
    soup = recipe("Soup", *((one, 100) for one in FoodItem.objects.all()))
    # One part in ml, the other in g, and nobody has said what all of it weighs.
    assert store_foods([product(1, 100, quantity="1 l")]) == (0, 1, 0)
    soup.refresh_from_db()
    assert soup.kcal == 40


def test_a_batch_takes_as_many_statements_as_a_food(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for numbers in (range(1), range(1, 200)):
        # What is stored, the insertion, and the beginnings and ends of two transactions.
        with django_assert_num_queries(6):
            store_foods([product(number) for number in numbers])
    # And which recipes follow.
    with django_assert_num_queries(7):
        store_foods([product(number, 70) for number in range(200)])
    with django_assert_num_queries(3):
        store_foods([product(number, 70) for number in range(200)])
