"""What the page of a day shows of it, read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import NamedTuple

from lifetracker.days import ONE_DAY
from lifetracker.models import MANUAL
from lifetracker.web.clock import time_words
from nutrition.amount_words import amount_number, eaten_words, kcal_words
from nutrition.day_sentence import Opening, name_of, opening
from nutrition.diary import kind_at, same_time
from nutrition.models import CompleteDay, Meal, MealItem
from nutrition.nutrients import Amounts, total_of_day
from nutrition.standing import Standing, Target, standings_of


class ItemRow(NamedTuple):
    """Something eaten, as a row of the diary. `number` and `units`: its amount as it is typed, and in what that can be.
    `stamp`: when it was changed last."""

    item: MealItem
    amount: str
    kcal: str
    number: str
    units: Sequence[str]
    stamp: str
    is_own: bool
    has_newer_values: bool


class MealRow(NamedTuple):
    meal: Meal
    items: Sequence[ItemRow]
    time: str
    kcal: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class DayOfFood:
    """A day of the diary. `before`: the meals of the day before, by kind the first."""

    day: date
    today: date
    now: datetime
    meals: Sequence[Meal]
    is_complete: bool
    targets: Mapping[str, Target]
    before: Mapping[str, Meal]

    @cached_property
    def total(self) -> Amounts:
        return total_of_day(
            (meal.total for meal in self.meals),
            is_complete=self.is_complete,
            is_today=self.is_today,
        )

    @cached_property
    def standings(self) -> list[Standing]:
        return standings_of(self.total, self.targets)

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @cached_property
    def opening(self) -> Opening:
        return Opening(self.day, self.today, self.standings, bool(self.meals), self.is_complete)

    @property
    def sentence(self) -> str:
        return opening(self.opening)

    @property
    def name(self) -> str:
        """Return what buttons call the day: `Thursday`, `today`."""
        return "today" if self.is_today else name_of(self.day, self.today)

    @property
    def name_before(self) -> str:
        """Return what they call the day before it."""
        return "yesterday" if self.is_today else name_of(self.day - ONE_DAY, self.today)

    @property
    def eaten(self) -> str:
        """Return from when to when something was eaten: `eaten 14:12 to 19:50`."""
        if not self.meals:
            return ""
        first, last = (
            time_words(meal.eaten_at, meal.utc_offset_min)
            for meal in (self.meals[0], self.meals[-1])
        )
        return f"eaten at {first}" if first == last else f"eaten {first} to {last}"

    @cached_property
    def rows(self) -> list[MealRow]:
        return [row_of_meal(meal) for meal in self.meals]

    @cached_property
    def to_repeat(self) -> list[Meal]:
        """Return the meals of the day before whose kind is missing, as far as their time has come."""
        eaten = {meal.kind for meal in self.meals}
        missing = [meal for kind, meal in self.before.items() if kind not in eaten]
        return [meal for meal in missing if self.has_come(meal)]

    @property
    def may_copy_day(self) -> bool:
        """Return whether there is a day before to copy, whose times have all come, and a day to be filled."""
        return bool(self.before and not self.is_complete) and all(
            same_time(meal, self.day) <= self.now for meal in self.before.values()
        )

    def has_come(self, meal: Meal) -> bool:
        """Return whether one may have had the same by now: its time has come, or the time of meals of its kind."""
        if same_time(meal, self.day) <= self.now:
            return True
        return self.is_today and meal.kind == kind_at(self.now)


def day_of_food(day: date, today: date, now: datetime, targets: Mapping[str, Target]) -> DayOfFood:
    """Read a day by four statements."""
    before: dict[str, Meal] = {}
    rows = Meal.objects.live().filter(date=day - ONE_DAY).defer("raw").order_by("eaten_at", "pk")
    for meal in rows:
        before.setdefault(meal.kind, meal)
    return DayOfFood(
        day=day,
        today=today,
        now=now,
        meals=list(Meal.objects.all().of_day(day)),
        is_complete=CompleteDay.objects.filter(date=day).exists(),
        targets=targets,
        before=before,
    )


def row_of_meal(meal: Meal) -> MealRow:
    is_own = meal.source == MANUAL
    return MealRow(
        meal,
        [row_of_item(item, is_own=is_own) for item in meal.items.all()],
        time_words(meal.eaten_at, meal.utc_offset_min),
        kcal_words(meal.total),
        is_own,
    )


def row_of_item(item: MealItem, *, is_own: bool) -> ItemRow:
    return ItemRow(
        item,
        eaten_words(item),
        kcal_words(item.amounts),
        amount_number(item.amount).replace(",", ""),
        units_of(item),
        item.updated_at.astimezone(UTC).isoformat(),
        is_own,
        is_own and item.has_newer_values,
    )


def units_of(item: MealItem) -> list[str]:
    """Return in what an amount of it can be given, the present unit among them."""
    if item.food is None or item.size is None:
        return [item.unit]
    return list(dict.fromkeys([*item.food.units, item.unit]))
