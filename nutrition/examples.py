"""The foods, recipes and meals of the person whose life the demo shows."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max

from lifetracker.days import home_offset, local_date
from lifetracker.sandbox import eating, kitchen
from nutrition.models import CompleteDay, FoodItem, Meal, MealItem, RecipePart
from nutrition.nutrients import COLUMNS

#: What the ids of made-up rows begin with.
MADE_UP = "demo "
ROWS = 2000


@transaction.atomic
def add_example_diary(written: eating.Diary) -> int:
    """Store what is newer than the diary that is there, and return how many meals were added. What its reader has changed
    or deleted meanwhile stays so."""
    foods = example_foods()
    known = Meal.objects.filter(source_id__startswith=MADE_UP)
    last = known.aggregate(last=Max("eaten_at"))["last"]
    eaten = [meal for meal in written.meals if last is None or meal.at > last]
    meals = Meal.objects.bulk_create(map(row_of, eaten), batch_size=ROWS)
    items = [
        item for meal, one in zip(meals, eaten, strict=True) for item in items_of(meal, one, foods)
    ]
    MealItem.objects.bulk_create(items, batch_size=ROWS)
    since = local_date(last) if last else None
    days = [day for day in written.complete if since is None or day >= since]
    CompleteDay.objects.bulk_create((CompleteDay(date=day) for day in days), ignore_conflicts=True)
    return len(meals)


def row_of(meal: eating.Meal) -> Meal:
    offset = home_offset(meal.at, meal.clock)
    moved = None if offset == home_offset(meal.at) else offset
    row = Meal(eaten_at=meal.at, kind=meal.kind, note=meal.note, utc_offset_min=moved)
    row.source_id = f"{MADE_UP}{meal.at.isoformat()}"
    row.date = local_date(meal.at, moved)
    return row


def items_of(meal: Meal, eaten: eating.Meal, foods: dict[str, FoodItem]) -> Iterator[MealItem]:
    for position, one in enumerate(eaten.items):
        item = MealItem(meal=meal, position=position, amount=one.amount, unit=one.unit)
        item.food = foods.get(one.name)
        item.name, item.kcal = one.name, one.kcal
        item.freeze()
        yield item


def example_foods() -> dict[str, FoodItem]:
    """Return the foods and recipes by name, which are stored once."""
    known = FoodItem.objects.filter(source_id__startswith=MADE_UP)
    foods = {food.source_id.removeprefix(MADE_UP): food for food in known}
    for name, food in kitchen.FOODS.items():
        if name not in foods:
            foods[name] = stored_food(food)
    for name, recipe in kitchen.RECIPES.items():
        if name not in foods:
            foods[name] = stored_recipe(recipe, foods)
    return foods


def stored_food(food: kitchen.Food) -> FoodItem:
    about = {"name": food.name, "brand": food.brand, "barcode": food.barcode}
    values = dict(zip(COLUMNS, food.values, strict=True))
    servings = [list(one) for one in food.servings.items()]
    row = FoodItem(**about, **values, servings=servings, measure=food.measure)
    row.source_id = MADE_UP + food.name
    row.language = "en"
    row.full_clean()
    row.save()
    return row


def stored_recipe(recipe: kitchen.Recipe, foods: dict[str, FoodItem]) -> FoodItem:
    row = FoodItem(name=recipe.name, yield_size=recipe.yield_size, portions=recipe.portions)
    row.source_id, row.is_recipe = MADE_UP + recipe.name, True
    row.save()
    for position, one in enumerate(recipe.parts):
        food = foods[one.name]
        part = RecipePart(recipe=row, food=food, position=position, amount=one.amount)
        part.unit, part.size = one.unit, food.size_of(one.amount, one.unit)
        part.save()
    row.follow_parts()
    return row
