"""Targets of a day: goals on what is eaten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from goals.models import FreePeriod, Goal, GoalLine
from goals.reading import standings_of
from lifetracker.days import ONE_DAY
from nutrition.targets import targets_between, targets_in
from tests import makers

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)


def target(metric: str = "nutrition.kcal", **fields: Any) -> Goal:
    values = {"metric": metric, "per": "day", "target": 2200, "direction": "at_most", "start": DAY}
    return makers.goal(**values | fields)


def test_goals_for_each_day_are_targets() -> None:
    energy = target()
    protein = target("nutrition.protein", target=100, direction="at_least")
    found = targets_between(DAY, DAY)[DAY]
    assert {name: (one.amount, one.goal) for name, one in found.items()} == {
        "kcal": (2200, energy),
        "protein": (100, protein),
    }
    assert found["kcal"].is_limit
    assert not found["protein"].is_limit
    assert [found["kcal"].left(eaten) for eaten in (1712, 2300)] == [488, -100]


def test_other_goals_are_none() -> None:
    target(kind="mean")
    target(per="week", target=15000)
    target("nutrition.eating_window", kind="days", target=1, day_at_most=8)
    target(deleted_at=timezone.now())
    target("time.hours", target=5, direction="at_least")
    assert targets_between(DAY, DAY)[DAY] == {}


def test_a_target_holds_from_its_start_to_its_end_and_not_on_free_days() -> None:
    target(end=DAY + 3 * ONE_DAY)
    free = DAY + 2 * ONE_DAY
    FreePeriod.objects.create(start=free, end=free)
    found = targets_between(DAY - ONE_DAY, DAY + 4 * ONE_DAY)
    assert [bool(one) for one in found.values()] == [False, True, True, False, True, False]


@pytest.mark.parametrize(
    ("direction", "amounts", "held"),
    [
        ("at_most", (2200, 2000), 2000),
        ("at_most", (2000, 2200), 2000),
        ("at_least", (85, 100), 100),
        ("at_least", (100, 85), 100),
    ],
)
def test_the_strictest_of_several_holds(
    direction: str, amounts: tuple[int, int], held: int
) -> None:
    for amount in amounts:
        target(target=amount, direction=direction)
    assert targets_between(DAY, DAY)[DAY]["kcal"].amount == held
    standings = standings_of(GoalLine.objects.by_goal(), DAY)
    assert targets_in(standings, DAY)["kcal"].amount == held


def test_a_stricter_one_holds_only_on_its_days() -> None:
    target(target=2200)
    target(target=2000, end=DAY)
    found = targets_between(DAY, DAY + ONE_DAY)
    assert [one["kcal"].amount for one in found.values()] == [2000, 2200]


def test_of_a_limit_and_an_amount_to_come_to_the_newest_goal_says_which() -> None:
    target(target=1900, direction="at_least")
    target(target=1800)
    target(target=2200)
    found = targets_between(DAY, DAY)[DAY]["kcal"]
    assert (found.amount, found.is_limit) == (1800, True)


def test_a_changed_target_holds_from_its_line_on() -> None:
    goal = target(start=date(2026, 1, 1))
    goal.lines.create(begins=DAY, target=1900)
    found = targets_between(DAY - ONE_DAY, DAY)
    assert [one["kcal"].amount for one in found.values()] == [2200, 1900]


def test_targets_cost_three_statements_at_most(django_assert_max_num_queries: Any) -> None:
    for number in range(4):
        target(target=2000 + number)
    FreePeriod.objects.create(start=DAY, mark="sick")
    with django_assert_max_num_queries(3):
        targets_between(DAY, DAY)[DAY]
