"""Meals, as an assistant reads them."""

from __future__ import annotations

from datetime import date

from lifetracker.web.assistant.lines import (
    LONGEST_QUOTE,
    Line,
    LinesOfDays,
    name_words,
    register_lines,
)
from lifetracker.web.assistant.markdown import plain
from lifetracker.web.clock import time_words
from nutrition.amount_words import eaten_words, kcal_words
from nutrition.models import Meal, MealItem

#: Of a meal so many foods are named.
MOST_FOODS = 20


def meal_lines(first: date, last: date, most: int) -> list[Line]:
    rows = Meal.objects.live().filter(date__range=(first, last)).with_items()
    return [line_of(one) for one in rows.order_by("date", "eaten_at", "pk")[:most]]


def line_of(meal: Meal) -> Line:
    at = time_words(meal.eaten_at, meal.utc_offset_min) if meal.is_time_known else "time not known"
    items = list(meal.items.all())
    foods = "; ".join(map(food_words, items[:MOST_FOODS]))
    more = f"; and {len(items) - MOST_FOODS} more" if len(items) > MOST_FOODS else ""
    energy = f"energy in kcal: {kcal_words(meal.total)}. {foods}{more}"
    return Line(
        meal.date,
        f"{meal.get_kind_display()}, {at}, {energy if items else 'without any food'}",
        meal.note[: LONGEST_QUOTE * 2],
    )


def food_words(item: MealItem) -> str:
    return f"{name_words(item.name)} {plain(eaten_words(item))}".rstrip()


register_lines(LinesOfDays("Meals", 25, meal_lines, "What is not written down was not recorded."))
