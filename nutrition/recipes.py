"""Recipes are stored with their parts in one go, and none is made of itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from lifetracker.models.kept import replace_rows
from nutrition.models import MOST_OF_AN_ITEM, FoodItem, Measure, RecipePart, size_of_all
from nutrition.plausibility import impossible


class Part(NamedTuple):
    """So much of a food; `unit` is g, ml or the name of one of its servings."""

    food: FoodItem
    amount: float
    unit: str


@transaction.atomic
def save_recipe(recipe: FoodItem, parts: Sequence[Part]) -> FoodItem:
    """Store a recipe, new or not, with these parts in the place of those that it had, and the values that follow. Raises
    ValidationError before anything is written."""
    rows = [row_of(part, position) for position, part in enumerate(parts)]
    refuse_circle(recipe, {part.food.pk for part in parts})
    if not rows or not recipe.yield_size:
        size_of_all(rows)
    measures = {Measure(row.food.measure) for row in rows}
    recipe.measure = measures.pop() if len(measures) == 1 else Measure.GRAM
    recipe.is_recipe = True
    recipe.save()
    for row in rows:
        row.recipe = recipe
    replace_rows(RecipePart.objects.filter(recipe=recipe), rows)
    recipe.follow_parts()
    refuse_impossible(recipe)
    return recipe


def refuse_impossible(recipe: FoodItem) -> None:
    """Raise ValidationError if so little cannot come of the parts: water boils away, and nothing else does."""
    if found := impossible(recipe.amounts):
        text = f"So little cannot come of its parts. {found[0]}"
        raise ValidationError({"yield_size" if recipe.yield_size else NON_FIELD_ERRORS: text})


def row_of(part: Part, position: int) -> RecipePart:
    """Return the part, which is not stored yet. Raises ValidationError for an amount that cannot be, and for a unit that
    the food is not known by."""
    row = RecipePart(food=part.food, position=position, amount=part.amount, unit=part.unit)
    row.clean_fields(exclude=["recipe", "food", "size"])
    row.size = part.food.size_of(part.amount, part.unit)
    if not 0 < row.size <= MOST_OF_AN_ITEM:
        most = f"{MOST_OF_AN_ITEM:,} {part.food.measure}"
        text = f"Enter an amount above 0 and of at most {most} of {part.food.name}."
        raise ValidationError({"amount": text})
    return row


def refuse_circle(recipe: FoodItem, foods: Collection[int]) -> None:
    """Raise ValidationError if one of the foods is the recipe, or is made of it."""
    if recipe.pk is None:
        return
    seen: set[int] = set()
    found = set(foods)
    while found:
        if recipe.pk in found:
            raise ValidationError(
                f"{recipe.name} cannot be a part of itself, nor of something that it is made of."
            )
        seen |= found
        parts = RecipePart.objects.filter(recipe__in=found).order_by()
        found = set(parts.values_list("food", flat=True)) - seen
