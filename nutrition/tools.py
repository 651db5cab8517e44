"""Meals for AI clients: told with their items."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from lifetracker.tools.facts import Parts, register_parts
from nutrition.models import Meal, MealItem


def items_of(meals: Collection[int]) -> QuerySet[MealItem]:
    found: QuerySet[MealItem] = MealItem.objects.live().filter(meal__in=meals)
    return found.order_by("meal", "position", "pk")


register_parts(Meal, Parts(items_of, "meal_id"))
