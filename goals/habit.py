"""How often somebody did before what a new goal would ask for: the periods of the last 26 weeks, judged by its rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from goals.card_words import a_week, each_words, pace_stretch, rounded
from goals.models import Goal
from goals.pace import WINDOWS, Pace
from goals.plan import Direction, Kind, Per, Plan
from goals.progress import Moment, Past, past_of, periods_before, progress_of
from goals.reading import (
    first_needed,
    first_of_start,
    measured_of,
    plan_of,
    span_of,
    with_start,
)
from goals.row_words import PERIODS
from goals.tally import Tally
from goals.weekdays import weekdays_of
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.series import read_series
from lifetracker.metrics.verified import Verified
from lifetracker.words import counted

HALF_A_YEAR = WINDOWS * 7
#: How many periods are judged: those of 26 weeks, of months a year.
NUMBERS = {Per.DAY: HALF_A_YEAR, Per.WEEK: WINDOWS, Per.MONTH: 12}


@dataclass(frozen=True)
class Habit:
    """`reached` of `known` periods came to what is asked for; `unknown` are not counted. `middle`: of the known ones."""

    reached: int
    known: int
    unknown: int
    middle: float | None


def habit_of(goal: Goal, metric: Metric, today: date) -> Habit | None:
    """Return how often its owner did what a goal asks for in each period; None of a value to reach."""
    if goal.kind == Kind.REACH:
        return None
    number = NUMBERS.get(Per(goal.per)) or max(HALF_A_YEAR // (goal.rolling_days or 1), 1)
    plan = long_plan(goal, today)
    periods = periods_before(plan, today, number)
    verified = Verified()
    series = read_series([metric], periods[-1].first, periods[0].last, verified)[metric.key]
    tally = Tally(plan, measured_of(series, plan, today), today)
    found = [past_of(plan, tally, period, span_of(series.verified)) for period in periods]
    return habit_in([one for one in found if one is not None])


def habit_in(found: Sequence[Past]) -> Habit:
    known = [one for one in found if one.is_reached is not None]
    values = [one.value for one in known if one.value is not None]
    return Habit(
        reached=sum(bool(one.is_reached) for one in known),
        known=len(known),
        unknown=len(found) - len(known),
        middle=median(values) if values else None,
    )


def long_plan(goal: Goal, today: date) -> Plan:
    """Return what a goal would have asked for if it had begun long ago, and had no end."""
    start = min(goal.start, today) - timedelta(days=3 * HALF_A_YEAR)
    rule = goal.rule(start)._replace(end=None)
    return Plan(
        kind=Kind(goal.kind),
        direction=Direction(goal.direction),
        start=start,
        rules=(rule,),
        per=Per(goal.per),
        rolling_days=goal.rolling_days or 0,
        weekdays=weekdays_of(goal.weekdays),
    )


def pace_to(goal: Goal, metric: Metric, today: date) -> Pace | None:
    """Return the pace that a value to reach needs from today on, beside what its owner's weeks came to."""
    start = min(goal.start, today)
    plan = plan_of(goal, (goal.rule(start),), ())
    first = min([first_needed(plan, today), *first_of_start(plan, today)])
    verified = Verified()
    series = read_series([metric], first, today, verified)[metric.key]
    plan = with_start(plan, metric, series, verified)
    measured = measured_of(series, plan, today)
    moment = Moment(today=today, has_odds=False)
    return progress_of(plan, measured, moment, span_of(series.verified)).pace


# --- Words ----------------------------------------------------------------------------------------


def hint_of(goal: Goal, metric: Metric, today: date) -> str:
    """Return how often its owner did that, in sentences."""
    if goal.kind == Kind.REACH:
        return pace_hint(pace_to(goal, metric, today), goal.unit)
    habit = habit_of(goal, metric, today)
    return habit_hint(goal, habit, noun_of(goal, metric)) if habit else ""


def pace_hint(pace: Pace | None, unit: str) -> str:
    if pace is None:
        return "How often you did that is not known: there is no value of the last four weeks."
    needed = f"That is {a_week(pace.needed, unit)} a week."
    if not pace.windows:
        return f"{needed} How often you did that is not known."
    own = (
        f" Your own pace was {a_week(pace.own, unit)} a week{pace_stretch(pace)}."
        if pace.own is not None
        else ""
    )
    return f"{needed} You did that in {pace.reached} of {counted(pace.windows, 'week')}.{own}"


def noun_of(goal: Goal, metric: Metric) -> str:
    """Return what is counted, where the amount has no unit that says so: ` steps`."""
    is_counted = metric.additive and not metric.unit and goal.kind != Kind.DAYS
    return f" {metric.label.lower()}" if is_counted else ""


def habit_hint(goal: Goal, habit: Habit, counted_noun: str = "") -> str:
    noun = PERIODS[Per(goal.per)]
    if not habit.known:
        return f"How often you did that is not known: no {noun} of the last 26 weeks is known."
    did = f"You did that in {habit.reached} of the last {counted(habit.known, noun)}"
    if habit.unknown:
        known = counted(habit.known, f"known {noun}")
        did = f"You did that in {habit.reached} of the {known} of the last {habit.known + habit.unknown}"
    if habit.middle is None:
        return f"{did}."
    return f"{did}; the {noun} in the middle had {rounded(habit.middle, goal.unit)}{counted_noun}{per_day(goal)}."


def per_day(goal: Goal) -> str:
    if goal.kind != Kind.MEAN:
        return ""
    plan = long_plan(goal, goal.start)
    return f" {each_words(plan)}"
