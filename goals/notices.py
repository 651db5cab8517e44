"""Goals of which something is due tonight, for notifications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from goals.asking import is_on
from goals.card_words import hard_number, target_words
from goals.models import GoalLine
from goals.plan import TINY, Direction, Kind, Per
from goals.progress import Status
from goals.reading import Shown, Standing, standings_of
from lifetracker.days import local_date
from lifetracker.metrics.declaration import Known
from lifetracker.metrics.registry import UnknownMetric, metric_of
from lifetracker.ops.notices import Notice, NoticeKind, When, register_notices

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
        if is_missing_tonight(standing):
            yield notice_of(standing)


def can_be_done_at_night(kind: str, direction: str, metric: str) -> bool:
    """Return whether an evening can add to what a goal counts: not to a limit, a value that a year leads to, or a night."""
    if kind == Kind.REACH or direction == Direction.AT_MOST:
        return False
    try:
        return metric_of(metric).known is not Known.ON_WAKING
    except UnknownMetric:
        return False


def is_missing_tonight(standing: Standing) -> bool:
    plan, found = standing.plan, standing.progress
    if standing.is_over or found.is_lost or found.status not in MISSING or found.value is None:
        return False
    if plan.per is Per.ROLLING or plan.kind is Kind.MEAN:
        is_last = plan.per is Per.ROLLING or found.period.last == found.day
        return is_last and (found.due_today or 0.0) > TINY
    return found.period.last == found.day and (found.target or 0.0) - found.value > TINY


def notice_of(standing: Standing) -> Notice:
    goal, plan, found = standing.goal, standing.plan, standing.progress
    left = hard_number(plan, found, goal.unit)
    return Notice(
        key=f"{goal.pk} {found.day}",
        title=f"Due tonight: {goal.name}",
        text=f"{left[0].upper()}{left[1:]}, of {target_words(plan, found, goal.unit)}.",
        path=f"goals/{goal.pk}/",
    )


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
