"""The fast that reached its goal, for notifications."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from fasting.limits import LONGEST
from fasting.models import FastingPeriod
from lifetracker.days import local_date
from lifetracker.ops.notices import Notice, NoticeKind, register_notices
from lifetracker.web.sentences import hours_words, time_beside

#: A fast that is entered later is known to who enters it. Longer than quiet hours and a channel that fails may take.
TOLD_FOR = timedelta(days=2)


def goals_reached(now: datetime) -> Iterator[Notice]:
    """Yield the fast that runs and has reached its goal, once where two sources have it. It is another message where
    another goal or beginning lets it be reached at another moment."""
    today = local_date(now)
    running = FastingPeriod.objects.running().filter(
        Q(goal_hours__gt=0), start__gt=now - LONGEST, start__lt=now
    )
    told = set()
    for fast in running.defer("raw").order_by("start"):
        hours = fast.goal_hours or 0.0
        reached = fast.start + timedelta(hours=hours)
        if reached <= now < reached + TOLD_FOR and reached not in told:
            told.add(reached)
            yield Notice(
                key=reached.astimezone(UTC).isoformat(timespec="minutes"),
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
