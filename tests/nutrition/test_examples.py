"""The diary of the demo, stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from lifetracker.sandbox.eating import diary
from lifetracker.sandbox.life import Life
from nutrition import plausibility
from nutrition.examples import add_example_diary
from nutrition.models import CompleteDay, FoodItem, Meal, MealItem

pytestmark = pytest.mark.django_db

LIFE = Life(1)
NOW = datetime(2026, 9, 16, 13, 0, tzinfo=UTC)
DAYS = 100


def test_the_demo_gets_a_diary_and_later_what_is_new() -> None:
    written = diary(LIFE, DAYS, NOW)
    assert add_example_diary(written) == len(written.meals) == Meal.objects.count()
    assert CompleteDay.objects.count() == len(written.complete)
    assert FoodItem.objects.own().filter(is_recipe=False).count() == 45
    assert add_example_diary(diary(LIFE, DAYS, NOW)) == 0
    later = diary(LIFE, DAYS, NOW + timedelta(days=1))
    assert 0 < add_example_diary(later) < 10
    assert CompleteDay.objects.filter(date="2026-09-16").exists()
    assert FoodItem.objects.count() == 50


def test_meals_come_to_what_the_sandbox_says() -> None:
    written = diary(LIFE, DAYS, NOW)
    add_example_diary(written)
    for meal, eaten in zip(Meal.objects.order_by("eaten_at"), written.meals, strict=True):
        assert meal.total["kcal"] == pytest.approx(eaten.kcal)
        assert meal.kind == eaten.kind
        assert meal.date == eaten.at.astimezone(eaten.clock).date()
        meal.full_clean()
    quick = MealItem.objects.filter(food=None)
    assert 0 < quick.count() < 0.1 * MealItem.objects.count()
    assert not quick.exclude(protein=None).exists()


def test_what_was_changed_stays_so() -> None:
    add_example_diary(diary(LIFE, 10, NOW))
    Meal.objects.update(deleted_at=timezone.now())
    FoodItem.objects.update(deleted_at=timezone.now())
    assert add_example_diary(diary(LIFE, 10, NOW)) == 0
    assert not FoodItem.objects.live().exists()


def test_its_foods_are_what_foods_can_be() -> None:
    add_example_diary(diary(LIFE, 1, NOW))
    # Most of the energy of beer is in its alcohol.
    doubtful = [food.name for food in FoodItem.objects.all() if plausibility.doubts(food.amounts)]
    assert doubtful == ["Beer"]
    assert not FoodItem.objects.filter(search_text="").exists()
