"""What the page of goals says of each: the same numbers as its progress has, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.text import capfirst

from goals.card_words import a_week, day_words, rounded, shown, so_far, until_words, words_of
from goals.courses import HORIZON
from goals.plan import TINY, WEEK, Direction, Kind, Per, Plan
from goals.progress import Past, Progress, Status
from goals.reading import Standing
from goals.words import at_least, at_most
from lifetracker.days import ONE_DAY, day_of
from lifetracker.web.charts.markup import Band
from lifetracker.web.charts.periods import PeriodCell, State
from lifetracker.words import counted

#: What the periods of a goal are called; of a value to reach these are weeks.
PERIODS = {Per.DAY: "day", Per.WEEK: "week", Per.MONTH: "month", Per.ROLLING: "window"}
# The first sentence of a state, or its part before a colon.
FIRST_PART = re.compile(r"(.+?[.:])(?:\s+(.*))?$", re.DOTALL)
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
NEAR = 7


class Said(NamedTuple):
    """A number with what stands below it in small letters."""

    number: str
    note: str = ""


class GoalState(NamedTuple):
    """How a goal gets on: first what matters, in the colour of its band, then the rest."""

    first: str
    rest: str
    band: Band | None


def state_of(standing: Standing) -> GoalState:
    found = standing.progress
    words = words_of(standing, is_past=False)
    if is_to_come(standing):
        begins = day_words(standing.plan.start, found.day)
        return GoalState("Not begun.", f"It begins on {begins}.", None)
    if found.status is Status.UNKNOWN:
        return GoalState("Not known.", unknown_words(standing), None)
    if standing.is_over:
        first = "Reached." if found.status is Status.REACHED else "Not reached."
        value = capfirst(so_far(found, standing.goal.unit))
        return GoalState(first, f"{value} at the end.", words.band)
    parts = FIRST_PART.match(words.state)
    if parts is None:
        return GoalState(words.state, "", words.band)
    return GoalState(parts[1], parts[2] or "", words.band)


def is_to_come(standing: Standing) -> bool:
    return standing.progress.day < standing.plan.start


def unknown_words(standing: Standing) -> str:
    """Return why nobody knows how a goal gets on, and what there is at least."""
    found = standing.progress
    why = dates_in_words(standing.summary, found.day)
    is_sum = standing.plan.kind in {Kind.TOTAL, Kind.DAYS}
    if standing.unverified and is_sum and found.value:
        return f"{why} At least {rounded(found.value, standing.goal.unit)} so far."
    return why


def dates_in_words(text: str, today: date) -> str:
    return ISO_DAY.sub(lambda found: day_words(day_of(found[0]), today), text)


# --- The number for now ---------------------------------------------------------------------------


def hard_of(standing: Standing) -> Said:
    """Return what is due today or next, what may still be used, or the pace that is needed."""
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    if standing.is_over:
        return Said("Over", f"since {day_words(found.day + ONE_DAY, found.day)}")
    if is_to_come(standing):
        return Said(near_day(plan.start, found.day), "is the first day")
    if found.status is Status.UNKNOWN:
        return Said("Not known")
    if found.status is Status.FREE:
        return Said("Nothing", "free")
    if found.status is Status.REACHED:
        return Said("Nothing", f"until {next_period(plan, found)}" if plan.per else "more to do")
    return hard_running(plan, found, unit)


def hard_running(plan: Plan, found: Progress, unit: str) -> Said:
    if found.is_lost:
        return Said("Out of reach", lost_note(plan))
    if plan.kind is Kind.REACH:
        return hard_way(found, unit)
    if plan.kind is Kind.MEAN:
        return hard_mean(plan, found, unit)
    return (hard_limit if plan.direction is Direction.AT_MOST else hard_sum)(plan, found, unit)


def lost_note(plan: Plan) -> str:
    return f"this {plan.per}" if plan.per in {Per.WEEK, Per.MONTH} else "today"


def next_period(plan: Plan, found: Progress) -> str:
    if plan.per is Per.ROLLING:
        return "tomorrow"
    ahead = (found.period.last + timedelta(days=one) for one in range(1, WEEK + 1))
    return near_day(next(day for day in ahead if plan.is_for(day)), found.day)


def near_day(day: date, today: date) -> str:
    """Return `tomorrow`, `Saturday`, or `30 November` of a day farther ahead."""
    ahead = (day - today).days
    if ahead in {0, 1}:
        return ("today", "tomorrow")[ahead]
    return format_date(day, "l") if 1 < ahead < NEAR else day_words(day, today)


def hard_way(found: Progress, unit: str) -> Said:
    if found.pace is None:
        return Said(so_far(found, unit))
    return Said(f"{a_week(found.pace.needed, unit)} a week", "from today on")


def hard_mean(plan: Plan, found: Progress, unit: str) -> Said:
    if found.due_today is not None:
        return Said(shown(found.due_today, unit), "today")
    if found.pace is None:
        return Said("Nothing", "more to do")
    most = "at most " if plan.direction is Direction.AT_MOST else ""
    if found.days_left == 1:
        return Said(shown(found.pace.needed, unit), most + near_day(found.period.last, found.day))
    left = counted(found.days_left or 0, "day")
    return Said(f"{shown(found.pace.needed, unit)} a day", f"{most}for the {left} left")


def hard_limit(plan: Plan, found: Progress, unit: str) -> Said:
    left = found.budget_left or 0.0
    if left < -TINY:
        return Said(at_least(shown(-left, unit), found), "over the limit")
    return Said(
        at_most(shown(left, unit), found), f"left {until_words(plan, found)}".replace("by", "until")
    )


def hard_sum(_: Plan, found: Progress, unit: str) -> Said:
    if found.due_today and found.due_today > TINY:
        return Said(at_most(shown(found.due_today, unit), found), "today")
    if found.next_due is None:
        return Said("Nothing", "more is due")
    return Said(shown(found.next_due.amount, unit), f"by {near_day(found.next_due.day, found.day)}")


# --- Slack ----------------------------------------------------------------------------------------


def slack_of(standing: Standing) -> Said:
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    if standing.is_over or found.is_lost or found.status is Status.FREE or is_to_come(standing):
        return Said("")
    if found.status is Status.UNKNOWN:
        return Said("Not known", "how much slack")
    if plan.kind is Kind.REACH and found.line is not None and found.value is not None:
        apart = found.value - found.line
        if (found.slack_days or 0) < 0:
            side = "above" if apart > 0 else "below"
            return Said(rounded(abs(apart), unit), f"{side} the line")
    if found.slack_days is None:
        return Said("Not known", "how much slack")
    if found.slack_days >= HORIZON:
        return Said("A year", "of slack or more")
    is_rate = plan.kind is Kind.MEAN or (
        plan.kind is not Kind.REACH and plan.direction is Direction.AT_MOST
    )
    return Said(
        counted(max(found.slack_days, 0), "day"),
        "of slack at your usual rate" if is_rate else "of slack",
    )


# --- Earlier periods ------------------------------------------------------------------------------


def period_noun(plan: Plan) -> str:
    return PERIODS[plan.per] if plan.per else "week"


def state_of_period(past: Past | None) -> State:
    if past is None:
        return "free"
    if past.is_reached is None:
        return "unknown"
    return "reached" if past.is_reached else "missed"


def cells_of(standing: Standing) -> list[PeriodCell]:
    """Return the earlier periods, oldest first."""
    unit, today = standing.goal.unit, standing.progress.day
    noun = period_noun(standing.plan)
    cells = []
    for past in reversed(standing.past):
        state = state_of_period(past)
        words = "free" if past is None else past_words(past, noun, unit, today)
        cells.append(PeriodCell(state, words))
    return cells


def past_words(past: Past, noun: str, unit: str, today: date) -> str:
    first = day_words(past.period.first, today)
    when = first if noun == "day" else f"{noun} from {first}"
    ended = {True: "reached", False: "missed", None: "not known"}[past.is_reached]
    return f"{when}: {past_value(past, unit)}, {ended}"


def past_value(past: Past, unit: str) -> str:
    """Return what a period came to: `2,060 kcal`, `at least 1,200 kcal`, `not known`."""
    if past.value is None:
        return "not known"
    return f"{'at least ' if past.is_least else ''}{rounded(past.value, unit)}"


def periods_sentence(states: Iterable[State], noun: str) -> str:
    """Return `8 of 10 weeks reached, one free`; empty where there are none."""
    found = list(states)
    if not found:
        return ""
    judged = [one for one in found if one in {"reached", "missed"}]
    parts = [f"{judged.count('reached')} of {counted(len(judged), noun)} reached"] if judged else []
    parts += [
        f"{number} {word}"
        for state, word in (("free", "free"), ("unknown", "not known"))
        if (number := sum(one == state for one in found))
    ]
    return ", ".join(parts)
