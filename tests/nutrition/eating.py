"""Meals, nights and complete days for tests, by what clocks in `TIME_ZONE` showed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from lifetracker.days import on_the_wall
from nutrition.models import CompleteDay, Meal, MealItem
from whoop.models import WhoopSleep


def at(moment: str) -> datetime:
    """Return the moment at which clocks show `2026-03-10T08:00`."""
    return on_the_wall(datetime.fromisoformat(moment))


def eat(moment: str | datetime, offset: int | None = None, **values: Any) -> MealItem:
    """Have a meal of one item. `offset`: of the meal, in minutes east of UTC."""
    eaten_at = at(moment) if isinstance(moment, str) else moment
    meal = Meal.objects.create(eaten_at=eaten_at, kind="snack", utc_offset_min=offset)
    return MealItem.objects.create(meal=meal, name="Soup", amount=1, **values)


def complete(*days: date) -> None:
    for day in days:
        CompleteDay.objects.create(date=day)


def night(start: datetime, end: datetime, day: date, offset: int = 60, **values: Any) -> WhoopSleep:
    number = WhoopSleep.objects.count()
    made = {"source": "Whoop", "source_id": str(number), "sleep_id": str(number), "raw": {}}
    made |= {"cycle_id": number, "nap": False, "score_state": "SCORED", "utc_offset_min": offset}
    about = {"start_time": start, "end_time": end, "date": day}
    return WhoopSleep.objects.create(**made | about | values)


def days_of(first: date, number: int) -> list[date]:
    return [first + timedelta(days=one) for one in range(number)]
