"""Goals of which something is due tonight, for notifications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from goals.asking import is_on
from goals.card_words import shown, target_words
from goals.models import GoalLine
from goals.plan import TINY, Direction, Kind, Per
from goals.progress import Status
from goals.reading import Shown, Standing, standings_of
from goals.words import at_least
from lifetracker.days import ONE_DAY, elapsed, local_date, midnight
from lifetracker.metrics.declaration import Known
from lifetracker.metrics.registry import find_metric
from lifetracker.ops.notices import Notice, NoticeKind, When, register_notices
from lifetracker.web.units import HOURS

#: What says that something is missing, and that it is known.
MISSING = {Status.DUE, Status.BEHIND, Status.ON_TRACK}
WITHOUT_ODDS = Shown(odds=False)


def due_tonight(now: datetime) -> Iterator[Notice]:
    """Yield the goals of which a period ends today that lacks something that can still be done."""
    today = local_date(now)
    asked = {
        goal: rules
        for goal, rules in GoalLine.objects.by_goal().items()
        if can_be_done_at_night(goal.kind, goal.direction, goal.metric)
        and is_on(goal, rules, today)
    }
    if not asked:
        return
    for standing in standings_of(asked, today, shown=WITHOUT_ODDS):
        if is_missing_tonight(standing) and can_be_done_before(
            midnight(today + ONE_DAY), standing, now
        ):
            yield notice_of(standing)


def can_be_done_at_night(kind: str, direction: str, metric: str) -> bool:
    """Return whether an evening can add to what a goal counts: not to a limit, a value that a year leads to, or a night."""
    if kind == Kind.REACH or direction == Direction.AT_MOST:
        return False
    counted = find_metric(metric)
    return counted is not None and counted.known is not Known.ON_WAKING


def is_missing_tonight(standing: Standing) -> bool:
    plan, found = standing.plan, standing.progress
    if standing.is_over or found.is_lost or found.status not in MISSING or found.value is None:
        return False
    # A goal may end within its week or month.
    last = min(found.period.last, plan.last_day or date.max)
    return (plan.per is Per.ROLLING or last == found.day) and missing_of(standing) > TINY


def missing_of(standing: Standing) -> float:
    """Return what today still lacks, or what a mean asks today for, in the goal's unit."""
    plan, found = standing.plan, standing.progress
    if plan.per is Per.ROLLING or plan.kind is Kind.MEAN:
        return found.due_today or 0.0
    return (found.target or 0.0) - (found.value or 0.0)


def can_be_done_before(end: datetime, standing: Standing, now: datetime) -> bool:
    """Return whether the day is long enough for what is missing: of hours that is known."""
    left = elapsed(now, end) / timedelta(hours=1)
    return standing.goal.unit != HOURS or missing_of(standing) <= left + TINY


def notice_of(standing: Standing) -> Notice:
    goal, found = standing.goal, standing.progress
    return Notice(
        key=f"{goal.pk} {found.day}",
        title=f"Due tonight: {goal.name}",
        text=missing_words(standing),
        path=f"goals/{goal.pk}/",
    )


def missing_words(standing: Standing) -> str:
    """Return what is missing and what there is: `Still missing today: 1 h 30. So far: 30 min of 2 h a day.`"""
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    missing, value = shown(missing_of(standing), unit), shown(found.value or 0.0, unit)
    target = target_words(plan, found, unit)
    if plan.kind is Kind.MEAN:
        return f"Today needs {missing}. The mean so far: {value} of {target}."
    up_to = "up to " if found.is_least else ""
    return f"Still missing today: {up_to}{missing}. So far: {at_least(value, found)} of {target}."


register_notices(
    NoticeKind(
        name="goal",
        title="A goal is due tonight",
        about="In the evening: what is still missing of a goal whose day, week or month ends today, and can be done.",
        due=due_tonight,
        when=When.EVENING,
        every=timedelta(minutes=15),
        order=20,
    )
)
