"""What a running experiment asks for today, for notifications: the arm and nothing of the outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from experiments.models import Experiment
from experiments.words import ARM_LETTERS, day_of_days
from lifetracker.days import owners_today
from lifetracker.ops.notices import Notice, NoticeKind, When, register_notices
from lifetracker.web.sentences import isolated


def arms_of_today(now: datetime) -> Iterator[Notice]:
    """Yield the arm of today of each experiment that runs."""
    today = owners_today(now)
    for experiment in Experiment.objects.running().filter(start__lte=today):
        arm = experiment.arm_on(today)
        if arm is not None:
            yield Notice(
                key=f"{experiment.pk} {today}",
                title=f"Today: {isolated(experiment.words_of(arm))}",
                text=f"{ARM_LETTERS[arm]}. {day_of_days(experiment, today)}. {isolated(experiment.question)}",
                path=f"experiments/{experiment.pk}/",
            )


register_notices(
    NoticeKind(
        name="experiment",
        title="What an experiment asks for today",
        about="In the morning: which of the two the coin says for the day. Never its outcome before it has ended.",
        due=arms_of_today,
        when=When.MORNING,
        every=timedelta(minutes=15),
        order=40,
    )
)
