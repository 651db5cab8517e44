"""Goals of the person whose life the demo shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from goals.models import Goal
from goals.plan import Direction, Kind, Per

SINCE = timedelta(weeks=13)
UNTIL = timedelta(weeks=13)


def add_example_goals(today: date) -> int:
    """Store a goal of each kind where there was never any, and return how many were added."""
    if Goal.objects.exists():
        return 0
    goals = [weight_goal(today), *weekly_goals(), *daily_goals()]
    for goal in goals:
        goal.start = today - SINCE
        goal.full_clean()
        goal.save()
    return len(goals)


def weight_goal(today: date) -> Goal:
    return Goal(
        name="Lighter by spring",
        metric="weight.trend",
        kind=Kind.REACH,
        direction=Direction.AT_MOST,
        target=63,
        end=today + UNTIL,
    )


def weekly_goals() -> Iterator[Goal]:
    for name, metric, kind, target, day_at_least in (
        ("Enough sleep", "whoop.sleep_hours", Kind.MEAN, 7.5, None),
        ("Work out", "workouts.count", Kind.TOTAL, 4, None),
        ("Days with deep work", "time.deep_hours", Kind.DAYS, 4, 3),
    ):
        yield Goal(
            name=name,
            metric=metric,
            kind=kind,
            per=Per.WEEK,
            target=target,
            day_at_least=day_at_least,
        )


def daily_goals() -> Iterator[Goal]:
    """What the diary shows as left of a day."""
    for name, metric, direction, target in (
        ("Not too much", "nutrition.kcal", Direction.AT_MOST, 2100),
        ("Enough protein", "nutrition.protein", Direction.AT_LEAST, 85),
    ):
        yield Goal(
            name=name,
            metric=metric,
            kind=Kind.TOTAL,
            per=Per.DAY,
            direction=direction,
            target=target,
        )
