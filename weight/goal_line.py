"""Where a goal of the weight leads, day by day, for the chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from goals.models import GoalLine
from goals.plan import Kind, Plan
from goals.reading import Standing, standings_of
from lifetracker.metrics.verified import Verified
from lifetracker.web.ranges import Range
from weight.metrics import kg, trend

KEYS = (kg.key, trend.key)


class GoalOfWeight(NamedTuple):
    """`target` is in kg. `said`: where it stands, in words."""

    name: str
    target: float
    end: date | None
    said: str
    plan: Plan

    def on(self, day: date) -> float | None:
        """Return its line at the end of a day in kg; None on days of which it says nothing."""
        if not self.plan.is_within(day):
            return None
        return self.plan.line(day) if self.plan.start_value is not None else self.target

    def along(self, days: Sequence[date]) -> list[float | None]:
        return [self.on(day) for day in days]


def goal_of(shown: Range, verified: Verified) -> GoalOfWeight | None:
    """Return the newest goal of reaching a weight that asks for something in the range; None without one, by one statement
    where there is none."""
    lines = GoalLine.objects.filter(goal__metric__in=KEYS, goal__kind=Kind.REACH)
    reaching = Q(goal__end__isnull=True) | Q(goal__end__gte=shown.first)
    found = lines.filter(reaching, goal__start__lte=shown.last).by_goal()
    if not found:
        return None
    goal = max(found, key=lambda one: one.pk)
    return of_standing(standings_of({goal: found[goal]}, verified=verified)[0])


def of_standing(standing: Standing) -> GoalOfWeight:
    goal = standing.goal
    return GoalOfWeight(goal.name, goal.target, goal.end, standing.summary, standing.plan)
