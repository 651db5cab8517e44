"""The fast that reached its goal, for notifications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from fasting.limits import LONGEST
from fasting.models import FastingPeriod
from lifetracker.days import local_date
from lifetracker.ops.notices import Notice, NoticeKind, register_notices
from lifetracker.web.sentences import hours_words, time_beside

#: Later it is no news any more; whoever fasts on knows it.
TOLD_FOR = timedelta(hours=12)


def goals_reached(now: datetime) -> Iterator[Notice]:
    """Yield the fast that runs and has reached its goal."""
    today = local_date(now)
    running = FastingPeriod.objects.running().filter(
        Q(goal_hours__gt=0), start__gt=now - LONGEST, start__lt=now
    )
    for fast in running.defer("raw").order_by("start"):
        hours = fast.goal_hours or 0.0
        reached = fast.start + timedelta(hours=hours)
        if reached <= now < reached + TOLD_FOR:
            yield Notice(
                key=f"{fast.pk} {hours:g}",
                title="Your fast reached its goal",
                text=f"{hours_words(hours)} at {time_beside(reached, today)}, since {time_beside(fast.start, today)}.",
                path="fasting/",
            )


register_notices(
    NoticeKind(
        name="fast",
        title="The fast reached its goal",
        about="As soon as the fast that runs is as long as you wanted it.",
        due=goals_reached,
        every=timedelta(minutes=1),
        order=30,
    )
)
