"""Where a goal stands, in a sentence."""

from __future__ import annotations

from goals.plan import Direction, Kind, Plan
from goals.progress import Progress, Status

DAYS = "days"
OVER = {Status.REACHED: "The goal was reached.", Status.BEHIND: "The goal was not reached."}


def amount(value: float, unit: str) -> str:
    """Return a number with its unit, to two digits after the point at most."""
    shown = f"{round(value, 2):g}"
    if unit == DAYS:
        return days(shown)
    return f"{shown} {unit}".strip()


def days(number: int | str) -> str:
    return f"{number} day{'' if str(number) == '1' else 's'}"


def summary_of(plan: Plan, found: Progress, unit: str, *, is_over: bool) -> str:
    """Return what its owner should know first: what is due, or for how long nothing is."""
    if found.status is Status.UNKNOWN:
        return found.reason
    if is_over:
        return OVER[found.status]
    if found.status is Status.REACHED:
        return "Reached."
    if plan.kind is Kind.MEAN:
        return of_mean(found, unit)
    if plan.kind is not Kind.REACH and plan.direction is Direction.AT_MOST:
        return of_limit(found, unit)
    return of_line(found, unit)


def of_line(found: Progress, unit: str) -> str:
    if found.slack_days is not None and found.slack_days < 0:
        since = "Behind" if found.status is Status.BEHIND else "Due today"
        return f"{since}: {amount(found.due_today or 0.0, unit)}."
    if found.next_due is None:
        return "Nothing more is due."
    due = amount(found.next_due.amount, unit)
    if not found.slack_days:
        return f"Nothing is due today, and {due} by {found.next_due.day}."
    return f"Nothing is due for {days(found.slack_days)}, and {due} by {found.next_due.day}."


def of_limit(found: Progress, unit: str) -> str:
    left = found.budget_left or 0.0
    if left < 0:
        return f"Over the limit by {amount(-left, unit)}."
    if found.slack_days is None:
        return f"{amount(left, unit)} left until {found.period.last}."
    return f"{amount(left, unit)} left until {found.period.last}: {days(found.slack_days)} at your usual rate."


def of_mean(found: Progress, unit: str) -> str:
    if found.value is None:
        return "No day of this period is known yet."
    mean = f"The mean is {amount(found.value, unit)}, the goal {amount(found.target or 0.0, unit)}"
    if found.due_today is not None:
        return f"{mean}: today needs {amount(found.due_today, unit)}."
    return f"{mean}."
