"""What the card of Today says of a goal: all numbers are those of its progress."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.text import capfirst

from goals.pace import Pace
from goals.plan import TINY, Direction, Kind, Per, Plan
from goals.progress import Progress, Status
from goals.reading import Standing
from goals.weekdays import weekday_words
from goals.words import amount, at_least, at_most, lost_words, up_to
from lifetracker.web.charts.markup import Band
from lifetracker.web.sentences import MINUS, hours_words
from lifetracker.web.units import HOURS, in_chosen_unit
from lifetracker.words import counted

WEEK = 7
# From here on, a hundredth says nothing.
LARGE = 1
EACH = {Per.DAY: "a day", Per.WEEK: "a week", Per.MONTH: "a month"}
BANDS: dict[Status, Band] = {
    Status.REACHED: "high",
    Status.AHEAD: "high",
    Status.ON_TRACK: "high",
    Status.BEHIND: "low",
}


class GoalWords(NamedTuple):
    """`target`: `63 kg by 1 March`. `hard`: the number for now. `state`: how it gets on, in sentences. `share` and `pace`:
    how far it is, and would be on an even pace, from 0 to 1."""

    target: str
    hard: str
    state: str
    band: Band | None
    share: float | None
    pace: float | None


def words_of(standing: Standing, *, is_past: bool) -> GoalWords:
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    is_known = found.status is not Status.UNKNOWN and found.value is not None
    hard = hard_number(plan, found, unit) if is_known and not is_past else so_far(found, unit)
    state = state_words(plan, found, unit, is_past=is_past) if is_known else standing.summary
    return GoalWords(
        target_words(plan, found, unit),
        hard,
        f"{state} {unknown_words(found, is_past=is_past)}".strip(),
        band_of(plan, found) if is_known else None,
        share_of(plan, found, found.value) if is_known else None,
        pace_of(plan, found) if is_known else None,
    )


def shown(value: float, unit: str) -> str:
    """Return an amount: `7 h 30`, `63 kg`, `3 days`, `4`."""
    if unit == HOURS:
        return hours_words(value)
    return amount(value, unit).replace("-", MINUS)


# --- What is asked for ----------------------------------------------------------------------------


def target_words(plan: Plan, found: Progress, unit: str) -> str:
    return asked_words(plan, found.day, unit)


def asked_words(plan: Plan, day: date, unit: str) -> str:
    """Return what a goal asks for on a day: `63 kg by 1 March`, `20 h a week`."""
    rule = plan.rule_on(day)
    wanted = shown(rule.target, unit)
    if plan.kind is Kind.REACH:
        return f"{wanted} by {day_words(rule.end, day)}" if rule.end else wanted
    most = "at most " if plan.direction is Direction.AT_MOST else ""
    return f"{most}{wanted} {each_words(plan)}"


def each_words(plan: Plan) -> str:
    """Return what an amount is asked for in: `a week`, `in 7 days`, `a day on Mon-Fri`, of a mean always `a day`."""
    if plan.kind is Kind.MEAN:
        return f"{EACH[Per.DAY]}{on_weekdays(plan)}"
    if plan.per is None or plan.per is Per.ROLLING:
        return f"in {counted(plan.rolling_days, 'day')}"
    return f"{EACH[plan.per]}{on_weekdays(plan)}"


def on_weekdays(plan: Plan) -> str:
    """Return the days of the week that a goal is for: ` on Mon-Fri`; empty where it is for all."""
    return f" on {weekday_words(plan.weekdays)}" if plan.weekdays else ""


def day_words(day: date, today: date) -> str:
    return format_date(day, "j F" if day.year == today.year else "j M Y")


def until_words(plan: Plan, found: Progress) -> str:
    """Return until when the present period lasts: `today`, `by Sunday`, `by 30 November`."""
    if plan.per in {Per.DAY, Per.ROLLING} or found.period.last <= found.day:
        return "today"
    if plan.per is Per.WEEK:
        return f"by {format_date(found.period.last, 'l')}"
    return f"by {format_date(found.period.last, 'j F')}"


# --- The number for now ---------------------------------------------------------------------------


def hard_number(plan: Plan, found: Progress, unit: str) -> str:
    """Return what is left to do, or may still be used, and until when."""
    if found.status is Status.REACHED:
        return "reached"
    if found.status is Status.FREE:
        return "free"
    if found.is_lost:
        return "out of reach"
    if plan.kind is Kind.REACH:
        return f"{a_week(found.pace.needed, unit)} a week" if found.pace else so_far(found, unit)
    if plan.kind is Kind.MEAN:
        return hard_mean(found, unit)
    return hard_sum(plan, found, unit)


def hard_sum(plan: Plan, found: Progress, unit: str) -> str:
    if plan.direction is Direction.AT_MOST:
        left = found.budget_left or 0.0
        if left < -TINY:
            return f"{at_least(shown(-left, unit), found)} over"
        until = until_words(plan, found).replace("by", "until")
        return f"{at_most(shown(left, unit), found)} left {until}"
    if plan.per is Per.ROLLING:
        return f"{at_most(shown(found.due_today or 0.0, unit), found)} today"
    left = max((found.target or 0.0) - (found.value or 0.0), 0.0)
    return f"{at_most(shown(left, unit), found)} {until_words(plan, found)}"


def hard_mean(found: Progress, unit: str) -> str:
    if found.due_today is not None:
        return f"{shown(found.due_today, unit)} today"
    if found.pace is None:
        return so_far(found, unit)
    is_last = found.days_left == 1 and found.period.last > found.day
    when = f"on {format_date(found.period.last, 'l')}" if is_last else "a day"
    return f"{shown(found.pace.needed, unit)} {when}"


def a_week(per_day: float, unit: str) -> str:
    """Return a change with its sign."""
    value, chosen = in_chosen_unit(per_day * WEEK, unit)
    value = round(value, 2)
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return f"{sign}{shown(abs(value), chosen)}"


def so_far(found: Progress, unit: str) -> str:
    """Return `1,712 kcal`, `at least 86 g` where a part of a day is not known, or `not known`."""
    return "not known" if found.value is None else at_least(rounded(found.value, unit), found)


def rounded(value: float, unit: str) -> str:
    """Return an amount as it is shown where the last digit says nothing: `7 h 04`, `65.3 kg`, `0.04 kg`."""
    if unit == HOURS:
        return shown(value, unit)
    value, chosen = in_chosen_unit(value, unit)
    return shown(round(value, 1 if abs(value) >= LARGE else 2), chosen)


# --- How it gets on -------------------------------------------------------------------------------


def state_words(plan: Plan, found: Progress, unit: str, *, is_past: bool) -> str:
    value = capfirst(so_far(found, unit))
    if found.status is Status.FREE:
        return found.reason
    if plan.kind is Kind.REACH:
        return f"{reach_words(found, unit)} {value}."
    if plan.kind is Kind.MEAN:
        under = mean_words(plan, found, unit)
        lost = f" {lost_words(plan)}" if found.is_lost and not is_past else ""
        return f"{under} {value} on average so far.{lost}"
    if found.is_lost and not is_past:
        return f"{lost_words(plan)} {value} done."
    if plan.direction is Direction.AT_MOST:
        return f"{limit_words(found, unit, is_past=is_past)} {value} used."
    return f"{sum_words(found, unit, is_past=is_past)} {value} done."


def reach_words(found: Progress, unit: str) -> str:
    if found.status is Status.REACHED:
        return "Reached."
    name = {Status.BEHIND: "Behind", Status.AHEAD: "Ahead"}.get(found.status, "On pace")
    if found.pace is None or found.pace.own is None:
        return f"{name}."
    return f"{name}: your pace is {a_week(found.pace.own, unit)} a week{pace_stretch(found.pace)}."


def pace_stretch(pace: Pace) -> str:
    """Return over how long the own pace is: ` over 30 weeks`; empty where nobody knows."""
    return f" over {counted(pace.weeks, 'week')}" if pace.weeks else ""


def mean_words(plan: Plan, found: Progress, unit: str) -> str:
    missing = missing_of_mean(plan, found)
    if missing <= TINY:
        return "On pace."
    side = "under" if plan.direction is Direction.AT_LEAST else "over"
    return f"{shown(missing, unit)} {side}."


def limit_words(found: Progress, unit: str, *, is_past: bool) -> str:
    left = found.budget_left if found.budget_left is not None else 0.0
    if left < -TINY:
        return f"Over the limit by {at_least(shown(-left, unit), found)}."
    return "Not known." if found.is_least and is_past else "Within the limit."


def sum_words(found: Progress, unit: str, *, is_past: bool) -> str:
    if found.status is Status.REACHED:
        return "Reached."
    due = found.due_today or 0.0
    if due > TINY:
        is_due = found.status is Status.DUE and not is_past
        if is_due:
            return f"Due today: {up_to(shown(due, unit), found)}."
        return f"Behind by {at_most(shown(due, unit), found)}."
    ahead = (found.value or 0.0) - (found.line or 0.0)
    is_ahead = found.status is Status.AHEAD and ahead > TINY
    return f"Ahead by {shown(ahead, unit)}." if is_ahead else "On pace."


def unknown_words(found: Progress, *, is_past: bool) -> str:
    """Return how many days are in no number; empty where they could change nothing, or all are known."""
    if found.status is Status.REACHED or not found.unknown_days:
        return ""
    return f"{counted(found.unknown_days, 'day')} not known{'' if is_past else ' yet'}."


# --- The bar --------------------------------------------------------------------------------------


def band_of(plan: Plan, found: Progress) -> Band | None:
    """Return the band of the state: of what is lost the low one. What is due today and can still be done is in between,
    like a mean that is missed so far."""
    if found.is_lost:
        return "low"
    band: Band | None = BANDS.get(found.status)
    if found.status is Status.DUE:
        band = "mid" if found.due_today else "high"
    is_missed = plan.kind is Kind.MEAN and missing_of_mean(plan, found) > TINY
    return "mid" if band == "high" and is_missed else band


def missing_of_mean(plan: Plan, found: Progress) -> float:
    return plan.direction.sign * ((found.target or 0.0) - (found.value or 0.0))


def share_of(plan: Plan, found: Progress, value: float | None) -> float | None:
    """Return how far a value lies on the way to the target, from 0 to 1."""
    start = plan.start_value if plan.kind is Kind.REACH else 0.0
    if value is None or start is None or found.target is None or found.target == start:
        return None
    return (value - start) / (found.target - start)


def pace_of(plan: Plan, found: Progress) -> float | None:
    return share_of(plan, found, found.line)
