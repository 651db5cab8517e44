"""What lengths and goals a fast may have: beyond some bounds it is refused, and within them asked about
where it is more likely a slip of the finger, or a fast that nobody stopped."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from lifetracker.days import ONE_DAY, elapsed
from lifetracker.words import counted

# Refused. The longest fasts that were ever watched over lasted a few weeks.
LEAST_GOAL_HOURS = 0.25
MOST_GOAL_HOURS = 30 * 24
LONGEST = timedelta(days=60)

# Asked about. Below 4 hours lies the time between two meals; the plans that people follow end at 48
# hours, and what lasts longer than three days is rather a fast that was never stopped.
SHORT_GOAL_HOURS = 4
LONG_GOAL_HOURS = 48
LONG = timedelta(hours=72)
# Nobody means a fast of minutes: it was started or stopped by mistake, or both at one time.
SHORT = timedelta(minutes=5)
# Where dates are typed by hand, an earlier one may have the wrong month or year.
LONG_AGO = timedelta(days=30)


class Question(NamedTuple):
    """`key` holds the values that are asked about, so that an answer holds for these alone."""

    key: str
    text: str


class Everything:
    """Contains every key: what is confirmed without having been asked."""

    def __contains__(self, key: object) -> bool:
        return True


# The keys of the questions that a person has answered with yes.
Confirmed = Container[str]


def open_questions(questions: Iterable[Question], confirmed: Confirmed) -> list[Question]:
    return [question for question in questions if question.key not in confirmed]


def about_goal(goal_hours: float | None) -> list[Question]:
    if goal_hours is None or SHORT_GOAL_HOURS <= goal_hours <= LONG_GOAL_HOURS:
        return []
    kind = "short" if goal_hours < SHORT_GOAL_HOURS else "long"
    hours = f"{goal_hours:g} hour{'' if goal_hours == 1 else 's'}"
    return [Question(f"goal {goal_hours}", f"A goal of {hours} is unusually {kind}.")]


def about_length(start: datetime, end: datetime | None, now: datetime) -> list[Question]:
    """Without an end, the fast runs."""
    length = elapsed(start, end or now)
    hours = f"{length.total_seconds() / 3600:.0f} hours"
    if end is None:
        text = f"This fast would have been running for {hours}."
    elif length < SHORT:
        text = f"This fast would be {counted(length // timedelta(minutes=1), 'minute')} long."
    else:
        text = f"This fast would be {hours} long."
    if length <= LONG and (end is None or length >= SHORT):
        return []
    return [Question(f"length {start.isoformat()} {end and end.isoformat()}", text)]


def about_age(start: datetime, now: datetime) -> list[Question]:
    age = elapsed(start, now)
    if age <= LONG_AGO:
        return []
    return [
        Question(f"age {start.isoformat()}", f"This fast would begin {age // ONE_DAY} days ago.")
    ]
