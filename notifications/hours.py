"""When something may be told, by the clock where the owner is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from lifetracker.days import ONE_DAY, local_date, on_the_wall
from lifetracker.ops.notices import When
from notifications.models import Choices


def moment_of(day: date, at: time, fold: int = 0) -> datetime:
    """Return when clocks show a time on a day: of two such moments the first, unless `fold` is 1. A time over which they are
    put forward is that of an hour later."""
    shown = datetime.combine(day, at)
    try:
        return on_the_wall(shown, fold)
    except ValueError:
        return on_the_wall(shown + timedelta(hours=1))


def is_quiet(choices: Choices, now: datetime) -> bool:
    """Return whether nothing is to be sent now. Quiet hours may go over midnight, and where clocks are put back they last
    until their end has come for the second time."""
    begin, end = choices.quiet_from, choices.quiet_to
    if begin is None or end is None or begin == end:
        return False
    today = local_date(now)
    over_midnight = ONE_DAY if end < begin else ONE_DAY * 0
    return any(
        moment_of(day, begin) <= now < moment_of(day + over_midnight, end, fold=1)
        for day in (today - ONE_DAY, today)
    )


def has_come(when: When, choices: Choices, now: datetime) -> bool:
    """Return whether it is the time of the day at which something is told."""
    if when is When.ANYTIME:
        return True
    today = local_date(now)
    is_evening = now >= moment_of(today, choices.evening)
    if when is When.EVENING:
        return is_evening
    return not is_evening and now >= moment_of(today, choices.morning)
