"""What Today shows of a day of food: its card and its lane read it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import CharField, F, IntegerField, Value

from lifetracker.models.rows import as_date, raw_rows
from lifetracker.web.cards import Visit
from nutrition.eaten_days import Part, complete_days, is_mark, items_by_day
from nutrition.models import Meal
from nutrition.nutrients import Amounts, total_of

#: Who wrote nothing down for so long keeps no diary.
WEEK = timedelta(days=6)


class MealOfDay(NamedTuple):
    """`is_timed`: whether its time is known, and not only its day."""

    name: str
    date: date
    at: datetime
    offset: int | None
    is_timed: bool
    amounts: Amounts


@dataclass(frozen=True, kw_only=True)
class FoodOfDay:
    """`meals`: those of a week up to the day, in their order."""

    day: date
    meals: list[MealOfDay]
    is_complete: bool

    @cached_property
    def own(self) -> list[MealOfDay]:
        """Return those of the day itself."""
        return [meal for meal in self.meals if meal.date == self.day]

    @cached_property
    def total(self) -> Amounts:
        return total_of(meal.amounts for meal in self.own)

    @property
    def is_kept(self) -> bool:
        """Return whether a diary is kept at all."""
        return bool(self.meals) or self.is_complete


def food_of_day(visit: Visit) -> FoodOfDay:
    """Read the day, by one statement."""
    day = visit.day
    also = {"of_meal": F("meal_id"), "kind": F("meal__kind")}
    none = {"of_meal": Value(0, IntegerField()), "kind": Value("", CharField())}
    rows = items_by_day(day - WEEK, day, **also).union(complete_days(day, day, **none), all=True)
    found: dict[int, MealOfDay] = {}
    is_complete = False
    for on, *row, pk, kind in raw_rows(rows):
        if is_mark(row):
            is_complete = True
            continue
        part = Part.of(row)
        before = found[pk].amounts if pk in found else None
        total = total_of([before, part.amounts]) if before else part.amounts
        name = Meal.Kind(kind).label
        found[pk] = MealOfDay(name, as_date(on), part.first, part.offset, part.is_timed, total)
    meals = sorted(found.values(), key=lambda meal: meal.at)
    return FoodOfDay(day=day, meals=meals, is_complete=is_complete)
