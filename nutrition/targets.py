"""What is aimed at on a day: the goals for each day that are about what is eaten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from goals.models import FreePeriod, Goal, GoalLine
from goals.plan import Direction, Kind, Per, Plan, Rule, Span
from goals.reading import Standing, plan_of
from nutrition.nutrients import COLUMNS

METRICS = {f"nutrition.{name}": name for name in COLUMNS}
Goals = Mapping[Goal, tuple[Rule, ...]]


class Target(NamedTuple):
    """`amount`: in the unit of the nutrient, at least or at most by the direction."""

    amount: float
    direction: Direction
    goal: Goal

    @property
    def is_limit(self) -> bool:
        return self.direction is Direction.AT_MOST

    def left(self, eaten: float) -> float:
        """Return how much there is to go; below zero what is more than the target."""
        return self.amount - eaten


def targets_between(first: date, last: date) -> dict[date, dict[str, Target]]:
    """Return the targets of each day of a range by nutrient, by three statements at most; of several on one nutrient, the
    strictest."""
    goals = daily_goals()
    span = Span(first, last)
    free = FreePeriod.objects.spans_of({goal.pk: span for goal in goals})
    plans = {goal: plan_of(goal, rules, free[goal.pk]) for goal, rules in goals.items()}
    return {day: targets_on(day, plans.items()) for day in span.days}


def targets_in(standings: Iterable[Standing], day: date) -> dict[str, Target]:
    """Return the targets of a day among goals that were read."""
    found = sorted((one for one in standings if is_daily(one)), key=lambda one: one.goal.pk)
    return targets_on(day, ((one.goal, one.plan) for one in found))


def targets_on(day: date, goals: Iterable[tuple[Goal, Plan]]) -> dict[str, Target]:
    """Return the targets of a day among goals, which come oldest first."""
    found: dict[str, list[Target]] = defaultdict(list)
    for goal, plan in goals:
        if plan.is_active(day):
            found[METRICS[goal.metric]].append(target_on(day, goal, plan))
    return {name: strictest(targets) for name, targets in found.items()}


def strictest(targets: Sequence[Target]) -> Target:
    """Return of several targets on one nutrient the smallest limit, or the largest amount to come to. Where there are both,
    the direction is that of the newest goal."""
    direction = targets[-1].direction
    alike = (one for one in targets if one.direction is direction)
    return max(alike, key=lambda one: direction.sign * one.amount)


def is_daily(one: Standing) -> bool:
    is_total = one.plan.kind is Kind.TOTAL and one.plan.per is Per.DAY
    return is_total and one.goal.metric in METRICS


def target_on(day: date, goal: Goal, plan: Plan) -> Target:
    return Target(plan.rule_on(day).target, plan.direction, goal)


def daily_goals() -> Goals:
    """Return the goals that ask for an amount of a nutrient each day, oldest first."""
    lines = GoalLine.objects.filter(
        goal__kind=Kind.TOTAL, goal__per=Per.DAY, goal__metric__in=METRICS
    )
    return dict(sorted(lines.by_goal().items(), key=lambda one: one[0].pk))
