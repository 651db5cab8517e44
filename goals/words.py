"""Where a goal stands, in a sentence."""

from __future__ import annotations

from django.utils.text import capfirst

from goals.plan import Direction, Kind, Per, Plan
from goals.progress import Progress, Status
from lifetracker.web.units import in_chosen_unit
from lifetracker.words import with_unit

DAYS, KILOCALORIES = "days", "kcal"
#: From here on, what was converted has one digit after the point: 63 kg are 138.9 lb.
CONVERTED_TO_TENTHS = 10
# From here on only whole numbers are told, with marks for thousands.
THOUSAND = 1000
OVER = {Status.REACHED: "The goal was reached.", Status.BEHIND: "The goal was not reached."}


def amount(value: float, unit: str) -> str:
    """Return a number in the unit that the owner chose, to two digits after the point at most, and kilocalories
    to none: nobody counts them so finely."""
    shown, chosen = in_chosen_unit(round(value) if unit == KILOCALORIES else value, unit)
    is_large = chosen != unit and abs(shown) >= CONVERTED_TO_TENTHS
    text = f"{round(shown, 1 if is_large else 2):g}"
    if round(abs(shown)) >= THOUSAND:
        text = f"{shown:,.0f}"
    if unit == DAYS:
        return days(text)
    return with_unit(text, chosen)


def days(number: int | str) -> str:
    return f"{number} day{'' if str(number) == '1' else 's'}"


def at_least(words: str, found: Progress) -> str:
    """Return what there is of a goal, with `at least` before it where a part of a day is not known."""
    return f"at least {words}" if found.is_least else words


def at_most(words: str, found: Progress) -> str:
    """Return what is left of a goal, with `at most` before it where a part of a day is not known."""
    return f"at most {words}" if found.is_least else words


def up_to(words: str, found: Progress) -> str:
    """Return what is still missing of an amount to come to, with `up to` before it where a part of a day is not known."""
    return f"up to {words} more" if found.is_least else words


def summary_of(plan: Plan, found: Progress, unit: str, *, is_over: bool) -> str:
    """Return what its owner should know first: what is due, or for how long nothing is."""
    if found.status in {Status.UNKNOWN, Status.FREE}:
        return found.reason
    if is_over:
        return OVER[found.status]
    if found.status is Status.REACHED:
        return "Reached."
    if plan.kind is Kind.MEAN:
        return of_mean(plan, found, unit)
    if plan.kind is not Kind.REACH and plan.direction is Direction.AT_MOST:
        return of_limit(found, unit)
    return lost_words(plan) if found.is_lost else of_line(found, unit)


def lost_words(plan: Plan) -> str:
    """Return that the present period is lost: `This week can no longer be reached.`"""
    if plan.per in {Per.WEEK, Per.MONTH}:
        return f"This {plan.per} can no longer be reached."
    return "Today it can no longer be reached."


def of_line(found: Progress, unit: str) -> str:
    if found.slack_days is not None and found.slack_days < 0:
        since = "Behind" if found.status is Status.BEHIND else "Due today"
        return f"{since}: {up_to(amount(found.due_today or 0.0, unit), found)}."
    if found.next_due is None:
        return "Nothing more is due."
    due = amount(found.next_due.amount, unit)
    if not found.slack_days:
        return f"Nothing is due today, and {due} by {found.next_due.day}."
    return f"Nothing is due for {days(found.slack_days)}, and {due} by {found.next_due.day}."


def of_limit(found: Progress, unit: str) -> str:
    left = found.budget_left or 0.0
    if left < 0:
        return f"Over the limit by {at_least(amount(-left, unit), found)}."
    rest = capfirst(at_most(amount(left, unit), found))
    if found.slack_days is None:
        return f"{rest} left until {found.period.last}."
    return f"{rest} left until {found.period.last}: at your usual rate it lasts {days(found.slack_days)}."


def of_mean(plan: Plan, found: Progress, unit: str) -> str:
    if found.value is None:
        return "No day of this period is known yet."
    mean = f"The mean is {amount(found.value, unit)}, the goal {amount(found.target or 0.0, unit)}"
    if found.is_lost:
        return f"{mean}. {lost_words(plan)}"
    if found.due_today is not None:
        return f"{mean}: today needs {amount(found.due_today, unit)}."
    return f"{mean}."
