"""What was eaten: foods, meals and their items, and the days on which everything is written down."""

from nutrition.models.foods import OPEN_FOOD_FACTS, FoodItem, RecipePart, Serving, size_of_all
from nutrition.models.imports import DIARIES, FoodImport, PendingDiary
from nutrition.models.meals import CompleteDay, Meal, MealItem
from nutrition.models.values import LEAST_OF_AN_ITEM, MOST_KCAL_OF_AN_ITEM, MOST_OF_AN_ITEM, Measure

__all__ = [
    "DIARIES",
    "LEAST_OF_AN_ITEM",
    "MOST_KCAL_OF_AN_ITEM",
    "MOST_OF_AN_ITEM",
    "OPEN_FOOD_FACTS",
    "CompleteDay",
    "FoodImport",
    "FoodItem",
    "Meal",
    "MealItem",
    "Measure",
    "PendingDiary",
    "RecipePart",
    "Serving",
    "size_of_all",
]
