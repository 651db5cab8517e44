"""Moments and counts of runs, as the page of connections says them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.dateformat import format as format_date

from lifetracker.days import local_date
from lifetracker.models import SyncRun
from lifetracker.web.clock import time_words

# A day of the week names a day as long as there is only one of that name in sight.
WEEK = timedelta(days=7)


def moment_words(instant: datetime, today: date) -> str:
    """Return `07:12` of today, `Tuesday 07:12` of the last days, else `3 Mar 07:12`, with the year of another."""
    day = local_date(instant)
    if day == today:
        return time_words(instant)
    if day == today + timedelta(days=1):
        return f"tomorrow {time_words(instant)}"
    return f"{near_day(day, today)} {time_words(instant)}"


def at_words(instant: datetime, today: date) -> str:
    """Return `at 07:12`, or `on Tuesday 07:12`."""
    preposition = "at" if local_date(instant) == today else "on"
    return f"{preposition} {moment_words(instant, today)}"


def short_moment(instant: datetime, today: date) -> str:
    """Return `07:12` of today, `Thu 23:12` of the last days, else `3 Mar 07:12`."""
    day, time = local_date(instant), time_words(instant)
    if day == today:
        return time
    if today - WEEK < day < today:
        return f"{format_date(day, 'D')} {time}"
    return f"{near_day(day, today)} {time}"


def near_day(day: date, today: date) -> str:
    """Return `Tuesday` of the last week, else `3 Mar`, with the year where it is another one."""
    if today - WEEK < day <= today:
        return format_date(day, "l")
    return format_date(day, "j M" if day.year == today.year else "j M Y")


def since_words(instant: datetime | None, today: date) -> str:
    """Return `since 06:50` of today, `since Tuesday`, or `from the beginning` where nothing was read."""
    if instant is None:
        return "from the beginning"
    return f"since {brief_moment(instant, today)}"


def brief_moment(instant: datetime, today: date) -> str:
    """Return `06:50` of today, else its day."""
    day = local_date(instant)
    return time_words(instant) if day == today else near_day(day, today)


def counts_words(run: SyncRun) -> str:
    """Return what a run brought: `4 new, 9 changed`, or `nothing new`."""
    found = [
        f"{run.total(count):,} {word}"
        for count, word in (("created", "new"), ("updated", "changed"), ("deleted", "deleted"))
        if run.total(count)
    ]
    return ", ".join(found) or "nothing new"
