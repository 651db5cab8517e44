"""How a goal gets on: computed from its metric whenever it is asked for, and stored nowhere."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date, timedelta

from goals.courses import Budget, Course, Lined, Mean, Rest, Sum, Way, course_of
from goals.pace import NO_ODDS, Odds, Pace, odds_for, pace_of
from goals.plan import TINY, Kind, Per, Plan, Span
from goals.tally import Measured, Tally
from lifetracker.days import ONE_DAY

# Slack of a week and more.
AHEAD = 7
NOT_VERIFIED = "The records of this goal are not complete up to today."
NO_VALUE = "There is no value of the last four weeks."
NO_DAY = "No day of the last period is known."
NOT_BEGUN = "The goal has not begun yet."
NO_DAY_YET = "No day of this period is known yet."
UNKNOWN_DAYS = "Days of the last period that are not known could change how it ended."
NO_START = "The value at the start is unknown."
ALL_FREE = "The whole period is free."
ANOTHER_WEEKDAY = "Nothing is asked for on this day of the week."
NOT_YET_AGAIN = "The goal has ended, and is asked for again once its change holds."


class Status(enum.StrEnum):
    REACHED = "reached"
    AHEAD = "ahead"
    ON_TRACK = "on_track"
    DUE = "due"
    BEHIND = "behind"
    #: Nothing is asked for in the whole period.
    FREE = "free"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Due:
    """What is due at the end of a day if nothing is done until then."""

    day: date
    amount: float


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a goal stands on a day. Amounts are in the goal's unit."""

    day: date
    period: Span
    status: Status
    #: Why the status is unknown, or that nothing is asked for.
    reason: str = ""
    value: float | None = None
    #: What is asked for at the end of the period.
    target: float | None = None
    line: float | None = None
    due_today: float | None = None
    next_due: Due | None = None
    slack_days: int | None = None
    #: What a limit leaves for the rest of the period.
    budget_left: float | None = None
    days_left: int | None = None
    pace: Pace | None = None
    odds: Odds = NO_ODDS
    #: Whether what is missing is more than the days that are left can hold.
    is_lost: bool = False
    #: Of the days of the period up to now that count.
    known_days: int = 0
    unknown_days: int = 0
    #: Whether there may be more than `value`, as one of these days is not known, or only a part of it.
    is_least: bool = False


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When a goal is looked at. `share_left`: how much of today is still to come, from 0 to 1."""

    today: date
    share_left: float = 1.0
    #: The same for the same goal and day.
    seed: str = ""
    #: Whether the odds are drawn, which takes longer than all the rest.
    has_odds: bool = True
    #: The least and the most that one day can hold of the metric, None where that is not known.
    day_holds: tuple[float | None, float | None] = (None, None)


def progress_of(
    plan: Plan, measured: Measured, moment: Moment, verified: Span | None = None
) -> Progress:
    """Return where a goal stands. `verified`: the days of which all records were read; None where no service has
    any."""
    day = min(moment.today, plan.last_day or date.max)
    return progress_in(course_of(plan, Tally(plan, measured, day), day), moment, verified)


def progress_in(course: Course, moment: Moment, verified: Span | None) -> Progress:
    """Return the same where it is known already what each day added."""
    if missing := what_is_missing(course):
        return without_standing(course, Status.UNKNOWN, missing)
    if is_free(course):
        is_for = course.plan.is_for(course.day)
        return without_standing(course, Status.FREE, ALL_FREE if is_for else ANOTHER_WEEKDAY)
    if not course.plan.is_within(course.day) and isinstance(course, Way):
        return without_standing(course, Status.FREE, NOT_YET_AGAIN)
    found = known_progress(course, moment)
    if found.status in {Status.REACHED, Status.BEHIND} and is_sure(course):
        return found
    if verified is not None and not is_verified(course, verified):
        return without_figures(found)
    return found


def what_is_missing(course: Course) -> str:
    """Return why nothing can be said, "" where something can."""
    if course.day < course.plan.start:
        return NOT_BEGUN
    if not isinstance(course, Way):
        return ""
    if course.plan.start_value is None:
        return NO_START
    return "" if course.newest else NO_VALUE


def is_free(course: Course) -> bool:
    """Return whether every day of the period is free. A value to reach is one period, whose free days only move its line."""
    return not isinstance(course, Way) and not course.plan.active_days(course.period)


def without_standing(course: Course, status: Status, reason: str) -> Progress:
    return Progress(
        day=course.day, period=course.period, status=status, reason=reason,
        value=course.value, target=course.target,
    )  # fmt: skip


def without_figures(found: Progress) -> Progress:
    """Return what can be said without all records: not what is due, nor whether it is enough."""
    return replace(
        found,
        status=Status.UNKNOWN,
        reason=NOT_VERIFIED,
        due_today=None,
        next_due=None,
        slack_days=None,
        budget_left=None,
        pace=None,
        odds=NO_ODDS,
        is_lost=False,
    )


def is_sure(course: Course) -> bool:
    """Return whether more records would change nothing: a total that is reached, a limit that is passed."""
    if isinstance(course, Sum):
        return course.is_reached
    return isinstance(course, Budget) and not course.is_fulfilled


def is_verified(course: Course, verified: Span) -> bool:
    """Return whether all days that the value is made of were read; of a value to reach, the last one."""
    if isinstance(course, Way):
        return course.day <= verified.last
    first = max(course.period.first, course.plan.start)
    return verified.first <= first and course.day <= verified.last


def known_progress(course: Course, moment: Moment) -> Progress:
    is_over = course.day < moment.today
    rest = None if is_over else course.rest
    known, unknown = counts_of_days(course)
    status = final_status(course, unknown) if is_over else status_of(course)
    return Progress(
        day=course.day,
        period=course.period,
        status=status,
        reason=why_unknown(course, is_over=is_over) if status is Status.UNKNOWN else "",
        value=known_value(course) if is_over else course.value,
        target=course.target,
        line=course.plan.line(course.day),
        due_today=None if is_over else course.due_today,
        next_due=None if is_over else next_due(course),
        slack_days=None if is_over else course.slack,
        budget_left=course.in_hand if isinstance(course, Budget) and not is_over else None,
        days_left=len(rest.days) if rest else None,
        pace=pace_of(course, rest) if rest else None,
        odds=odds_of_rest(course, rest, moment),
        is_lost=rest is not None and is_lost(course, rest, moment.day_holds),
        known_days=known,
        unknown_days=unknown,
        is_least=is_least(course, moment.today),
    )


def is_least(course: Course, today: date) -> bool:
    """Return whether there may be more than what the days up to now add. A day that is over and was not answered, or not
    read, is no day without anything; today is not over yet."""
    if not isinstance(course, Sum | Budget):
        return False
    so_far = Span(course.period.first, course.day)
    return course.tally.is_least(so_far) or unknown_before(course, today) > 0


def unknown_before(course: Course, today: date) -> int:
    """Return how many days of the period that count, and are over, are not known."""
    return counts_of_days(course, min(course.day, today - ONE_DAY))[1]


def is_lost(course: Course, rest: Rest, day_holds: tuple[float | None, float | None]) -> bool:
    """Return whether a mean or a total can no longer be reached, as its days would have to hold more than days can, or
    less. A day can hold what one of those that were read has held."""
    if not isinstance(course, Mean | Sum) or course.is_fulfilled:
        return False
    needed, number = rest.needed, len(rest.days)
    if isinstance(course, Sum):
        # What is done on free days counts too, and so may what is not known. More can be done today until it is over.
        is_count = course.plan.kind is Kind.DAYS
        span = rest.span if is_count else Span(course.day, rest.span.last)
        number = len(span) + unknown_before(course, course.day)
    if course.plan.per is Per.ROLLING:
        if not isinstance(course, Mean) or course.due_today is None:
            return False
        needed, number = course.due_today, 1
    least, most = day_holds
    if course.plan.kind is Kind.DAYS:
        most = 1.0
    if course.sign < 0:
        return least is not None and needed < least * number - TINY
    if most is None:
        return number == 0 and needed > TINY
    held = max((one for one in course.tally.usual if one is not None), default=0.0)
    return needed > max(most, held) * number + TINY


def odds_of_rest(course: Course, rest: Rest | None, moment: Moment) -> Odds:
    if rest is None or not moment.has_odds:
        return NO_ODDS
    return odds_for(course, rest, moment.seed, moment.share_left)


def counts_of_days(course: Course, last: date | None = None) -> tuple[int, int]:
    """Return how many days of the period are known, and how many that count are not: also those of which only a part is
    known. Up to now, or to another day."""
    if isinstance(course, Way):
        return int(course.newest is not None), 0
    so_far = Span(course.period.first, last or course.day)
    tally = course.tally
    known = [day for day, _ in tally.known(so_far) if not tally.is_partly_known(day)]
    active = course.plan.active_days(so_far)
    if active == len(so_far):
        return len(known), active - len(known)
    return len(known), active - sum(course.plan.is_active(day) for day in known)


def known_value(course: Course) -> float | None:
    """Return what a period that is over came to, as far as that is known; None where no day of it is, and
    where nothing is known to be in those of which a part is."""
    if isinstance(course, Sum | Budget):
        so_far = Span(course.period.first, course.day)
        tally = course.tally
        is_known = any(
            value or not tally.is_partly_known(day) for day, value in tally.known(so_far)
        )
        return course.value if is_known else None
    return course.value


def why_unknown(course: Course, *, is_over: bool) -> str:
    if not is_over:
        return NO_DAY_YET
    return NO_DAY if known_value(course) is None else UNKNOWN_DAYS


def status_of(course: Course) -> Status:
    if course.value is None:
        return Status.UNKNOWN
    if course.is_reached:
        return Status.REACHED
    slack = course.slack
    if slack is None:
        return Status.ON_TRACK
    if slack < 0:
        return Status.BEHIND if course.is_behind else Status.DUE
    if slack >= AHEAD:
        return Status.AHEAD
    return Status.ON_TRACK if slack else Status.DUE


def final_status(course: Course, unknown_days: int) -> Status:
    """Return the status of a goal that is over."""
    if course.value is None or (
        unknown_days and isinstance(course, Sum | Budget) and not is_sure(course)
    ):
        return Status.UNKNOWN
    return Status.REACHED if course.is_fulfilled else Status.BEHIND


def next_due(course: Course) -> Due | None:
    """Return what is due first after today; None where nothing is, or that cannot be said."""
    if not isinstance(course, Lined) or course.slack is None or course.slack < 0:
        return None
    day = course.day + timedelta(days=course.slack + 1)
    last = course.plan.last_day
    if last and day > last:
        return None
    amount = course.missing(day)
    return Due(day, amount) if amount > 0 else None


# --- Earlier periods ------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Past:
    """A period that is over. `is_reached`: None where unknown days could change it. `is_least`: whether there may be more
    than `value`, as days are not known or only in part."""

    period: Span
    value: float | None
    target: float | None
    is_reached: bool | None
    known_days: int
    unknown_days: int
    is_least: bool = False


def periods_before(plan: Plan, day: date, number: int) -> list[Span]:
    """Return so many periods before that of a day, newest first, none that ended before the goal began. Of a value
    to reach these are weeks."""
    found: list[Span] = []
    current = period_before(plan, day if plan.kind is Kind.REACH else plan.period_of(day).first)
    while len(found) < number and current.last >= plan.start:
        found.append(current)
        current = period_before(plan, current.first)
    return found


def period_before(plan: Plan, first: date) -> Span:
    """Return the period that ends with the day before another one begins."""
    if plan.kind is Kind.REACH:
        return Span(first - timedelta(days=7), first - ONE_DAY)
    return plan.period_of(first - ONE_DAY)


def past_of(plan: Plan, tally: Tally, period: Span, verified: Span | None) -> Past | None:
    """Return how a period ended; None where nothing was asked for in it."""
    if not plan.active_days(period):
        return None
    course = course_of(plan, tally, period.last)
    if what_is_missing(course):
        return Past(
            period=period, value=course.value, target=None, is_reached=None, known_days=0,
            unknown_days=len(period),
        )  # fmt: skip
    known, unknown = counts_of_days(course)
    return Past(
        period=period,
        value=known_value(course),
        is_least=bool(unknown) and isinstance(course, Sum | Budget),
        target=target_of(course),
        is_reached=how_it_ended(course, unknown, verified),
        known_days=known,
        unknown_days=unknown,
    )


def target_of(course: Course) -> float:
    return course.plan.line(course.day) if isinstance(course, Way) else course.target


def how_it_ended(course: Course, unknown_days: int, verified: Span | None) -> bool | None:
    """Return whether a period was reached; None where nobody knows. A total that was reached and a limit that was
    passed stay so whatever is not known; the mean of a period is that of its known days."""
    ended = course.is_kept
    if is_sure(course) or (ended and isinstance(course, Sum) and course.target > TINY):
        return ended
    is_known = verified is None or is_verified(course, verified)
    if isinstance(course, Sum | Budget):
        is_known &= not unknown_days
    return ended if is_known and course.value is not None else None
