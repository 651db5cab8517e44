"""The diary of the invented life: it fits her fasts and her weight, and is as incomplete as diaries are."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import mean

import pytest

from lifetracker.sandbox.dinners import LATE
from lifetracker.sandbox.eating import Diary, diary, eats_late, needed
from lifetracker.sandbox.fasts import fasts
from lifetracker.sandbox.kitchen import DISHES, FOODS, RECIPES, Portioned, energy
from lifetracker.sandbox.life import Life

LIFE = Life(1)
# In the afternoon, after lunch.
NOW = datetime(2026, 9, 16, 13, 0, tzinfo=UTC)
TODAY = date(2026, 9, 16)
DAYS = 1095


@pytest.fixture(scope="module")
def written() -> Diary:
    return diary(LIFE, DAYS, NOW)


def test_she_eats_nothing_while_she_fasts(written: Diary) -> None:
    known = fasts(LIFE, DAYS + 2, NOW)
    for meal in written.meals:
        assert not any(fast.start <= meal.at <= (fast.end or NOW) for fast in known), meal
    assert written.meals == sorted(written.meals, key=lambda meal: meal.at)
    assert written.meals[-1].at < NOW


def test_complete_days_come_to_what_her_weight_says(written: Diary) -> None:
    eaten: dict[date, float] = defaultdict(float)
    for meal in written.meals:
        eaten[meal.at.astimezone(meal.clock).date()] += meal.kcal
    found = mean(eaten[day] for day in written.complete)
    wanted = mean(needed(LIFE, day) for day in written.complete)
    assert abs(found - wanted) < 40
    assert 1700 < wanted < 2300


def test_weekends_are_less_complete_and_holidays_are_not(written: Diary) -> None:
    by_weekday = Counter(day.weekday() for day in written.complete)
    assert max(by_weekday[5], by_weekday[6]) < 0.8 * min(by_weekday[day] for day in range(5))
    assert 0.5 * DAYS < len(written.complete) < 0.7 * DAYS
    away = {day for day in written.complete if LIFE.day(day).away} - {TODAY - timedelta(days=1)}
    assert not away
    assert not any((day.month, day.day) in {(12, 24), (12, 31)} for day in written.complete)


def test_yesterday_is_complete_and_today_is_not(written: Diary) -> None:
    assert written.complete[-1] == TODAY - timedelta(days=1)
    assert written.meals[-1].at.date() == TODAY


def test_the_diary_says_which_dinners_were_late(written: Diary) -> None:
    last: dict[date, float] = {}
    for meal in written.meals:
        at = meal.at.astimezone(meal.clock)
        last[at.date()] = at.hour + at.minute / 60
    days = [day for day in written.complete if day in last]
    as_planned = [(last[day] >= LATE) == eats_late(LIFE, day) for day in days]
    # After a fast of a day the only meal may be late too.
    assert mean(as_planned) > 0.985


def test_a_day_is_the_same_in_every_diary(written: Diary) -> None:
    shorter = diary(LIFE, 30, NOW)
    assert shorter.meals == written.meals[-len(shorter.meals) :]
    assert shorter.complete == written.complete[-len(shorter.complete) :]


def test_everything_in_a_dish_is_a_food_a_recipe_or_a_guess() -> None:
    assert (len(FOODS), len(RECIPES)) == (45, 5)
    parts = [one for dishes in DISHES.values() for dish in dishes for one in dish]
    parts += [one for recipe in RECIPES.values() for one in recipe.parts]
    for one in parts:
        assert one.kcal is not None or one.name in FOODS or one.name in RECIPES
        assert energy(one) > 0
    # 60 g of 368, 250 ml of 47 and 60 g of 46 kcal.
    assert energy(Portioned("Porridge", 2)) == pytest.approx(2 * (220.8 + 117.5 + 27.6))
