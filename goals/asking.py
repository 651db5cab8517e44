"""Of which goals anything is asked on a day, before anything of them is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from goals.models import Goal
from goals.plan import Rule
from goals.weekdays import is_for, weekdays_of


def is_on(goal: Goal, rules: Sequence[Rule], day: date) -> bool:
    """Return whether a goal asks for anything on a day: it has begun, is for this day of the week, and no line that held
    ended before."""
    if goal.start > day or not is_for(day, weekdays_of(goal.weekdays)):
        return False
    return any(rule.end is None or rule.end >= day for rule in rules)
