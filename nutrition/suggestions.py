"""What somebody is likely to write down, while they type: what they eat at this hour, then their own foods, then all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from lifetracker.models import MANUAL
from lifetracker.words import title_of
from nutrition.barcodes import forms_of
from nutrition.entry_line import Line, wanted_after
from nutrition.food_search import has_words, search_foods
from nutrition.models import OPEN_FOOD_FACTS, FoodItem, Meal, MealItem
from nutrition.search_text import words_of

#: So far back it is looked at what was eaten, and at so many meals at most.
SPAN, MOST_MEALS = timedelta(days=90), 900
#: What was eaten at most so many minutes earlier or later by the clock was eaten at this hour.
AROUND, DAY = 120, 1440
Eaten = tuple[float, str]


class Suggestion(NamedTuple):
    """So much of a food. `size`: the same in g or ml; None if the food is not known by the unit that was typed, as are the
    `kcal` that nobody knows. `origin`: whose food it is, in words."""

    food: FoodItem
    amount: float
    unit: str
    size: float | None
    kcal: float | None
    origin: str


@dataclass
class Habit:
    """How often a food was eaten, at this hour and at all, and how much of it last."""

    last: Eaten
    at_this_hour: int = 0
    times: int = 0


def suggestions(line: Line, moment: datetime, most: int = 8) -> list[Suggestion]:
    """Return the likeliest foods for a line that may be half typed, at most so many, each with the amount that the line means
    or that is usual. Makes at most a constant number of statements, and reads a bounded number of rows."""
    habits = habits_at(moment, words_of(line.name))
    foods = list(islice(unique(foods_for(line, habits, most)), most))
    last = {food: habit.last for food, habit in habits.items()}
    last |= eaten_earlier([food.pk for food in foods if food.pk not in last])
    return [one for food in foods if (one := suggestion(line, food, last.get(food.pk)))]


def suggested(chosen: Sequence[tuple[Line, FoodItem]]) -> list[Suggestion]:
    """Return so much of each food as its line means, or as was eaten of it last."""
    last = eaten_earlier([food.pk for _, food in chosen]) if chosen else {}
    found = (suggestion(line, food, last.get(food.pk)) for line, food in chosen)
    return [one for one in found if one]


def foods_for(line: Line, habits: dict[int, Habit], most: int) -> Iterator[FoodItem]:
    """Yield foods, the likeliest first."""
    if line.barcode:
        forms = forms_of(line.barcode)
        found = FoodItem.objects.live().filter(barcode__in=forms).defer("raw")[:most]
        yield from sorted(
            found, key=lambda food: (food.source != MANUAL, forms.index(food.barcode))
        )
        return
    often = sorted(habits, key=lambda pk: (-habits[pk].at_this_hour, -habits[pk].times, pk))[:most]
    eaten = FoodItem.objects.live().defer("raw").in_bulk(often)
    yield from (eaten[pk] for pk in often if pk in eaten)
    if len(eaten) < most and line.name:
        yield from search_foods(line.name, most)


def unique(foods: Iterable[FoodItem]) -> Iterator[FoodItem]:
    return iter({food.pk: food for food in foods}.values())


def habits_at(moment: datetime, words: list[str]) -> dict[int, Habit]:
    """Return the foods that have these words and that were eaten in the time before a moment, by their number."""
    span = (moment - SPAN, moment + timedelta(minutes=AROUND))
    meals = Meal.objects.live().filter(eaten_at__range=span).order_by("-eaten_at")
    # Not joined: PostgreSQL would rather read all items than look 500 of them up.
    times = dict(meals.values_list("pk", "eaten_at")[:MOST_MEALS])
    items = MealItem.objects.live().filter(meal__in=list(times), food__deleted_at=None)
    columns = ("food_id", "food__search_text", "meal_id", "amount", "unit")
    found = items.filter(food__isnull=False).order_by().values_list(*columns)
    newest_first = sorted(found, key=lambda item: times[item[2]], reverse=True)
    zone = timezone.get_current_timezone()
    now = minute_of(moment.astimezone(zone))
    habits: dict[int, Habit] = {}
    fitting: dict[int, bool] = {}
    for food, text, meal, amount, unit in newest_first:
        if food not in fitting:
            fitting[food] = has_words(words, text)
        if fitting[food]:
            habit = habits.setdefault(food, Habit((amount, unit)))
            habit.times += 1
            apart = abs(minute_of(times[meal].astimezone(zone)) - now)
            habit.at_this_hour += min(apart, DAY - apart) <= AROUND
    return habits


def minute_of(local: datetime) -> int:
    return local.hour * 60 + local.minute


def eaten_earlier(foods: list[int]) -> dict[int, Eaten]:
    """Return how much was eaten last of each of these foods, whenever that was."""
    newest = MealItem.objects.live().filter(food=OuterRef("pk"), meal__deleted_at=None)
    last = Subquery(newest.order_by("-pk").values("pk")[:1])
    found = FoodItem.objects.filter(pk__in=foods).order_by().annotate(last=last)
    numbers = [one for one in found.values_list("last", flat=True) if one]
    items = MealItem.objects.filter(pk__in=numbers).order_by()
    return {
        food: (amount, unit)
        for food, amount, unit in items.values_list("food_id", "amount", "unit")
    }


def suggestion(line: Line, food: FoodItem, last: Eaten | None) -> Suggestion | None:
    """Return so much of a food as the line means; None where only energy was typed, which of this food is not known."""
    try:
        _, amount, unit, *_ = wanted_after(line, food, last)
        size = food.size_of(amount, unit)
    except ValidationError:
        if line.amount is None:
            return None
        return Suggestion(food, line.amount, line.unit, None, None, origin_of(food))
    return Suggestion(food, amount, unit, size, food.amounts_of(size)["kcal"], origin_of(food))


def origin_of(food: FoodItem) -> str:
    if food.is_recipe:
        return "own recipe"
    if food.source == MANUAL:
        return "your own food"
    return "Open Food Facts" if food.source == OPEN_FOOD_FACTS else title_of(food.source)
