"""The person's day. Nobody else computes a date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def offset_minutes(text: str) -> int:
    """`+05:30` is 330, `-04:00` is -240, `Z` is 0. Raises ValueError."""
    if text in {"Z", "z"}:
        return 0
    match = _OFFSET.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no offset from UTC such as +02:00 or Z")
    sign, hours, minutes = match.groups()
    total = int(hours) * 60 + int(minutes)
    if total > 14 * 60 or int(minutes) > 59:
        raise ValueError(f"{text!r} is farther from UTC than any zone")
    return -total if sign == "-" else total


def local_date(instant: datetime, offset: int | None = None) -> date:
    """The date on the wall where the person was: by the record's own offset in minutes, else in
    `TIME_ZONE`."""
    if offset is None:
        return timezone.localtime(instant).date()
    return (instant.astimezone(UTC) + timedelta(minutes=offset)).date()


def local_hour(instant: datetime) -> int:
    """The hour on a clock in `TIME_ZONE`, from 0 to 23."""
    return timezone.localtime(instant).hour


def days_anywhere(start: datetime, end: datetime) -> tuple[date, date]:
    """The first and the last date that `[start, end)` touches in whichever zone on earth."""
    ahead, behind = timedelta(hours=14), timedelta(hours=12)
    return (start.astimezone(UTC) - behind).date(), (end.astimezone(UTC) + ahead).date()


def today() -> date:
    return timezone.localdate()


# What a person may type in; beyond it lie slips of the finger, and the edges of the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
FARTHEST_YEARS = f"not between the years {FIRST_DAY.year} and {LAST_DAY.year}"


# What the clocks of two machines may differ.
CLOCK_ERROR = timedelta(minutes=5)


def latest() -> datetime:
    """Return the last moment that can have come: clocks may differ a little."""
    return timezone.now() + CLOCK_ERROR


def is_future(instant: datetime) -> bool:
    """Whether it lies ahead by more than clocks may differ."""
    return instant > latest()


def is_dated_ahead(*moments: datetime | None) -> bool:
    """Return whether the first of these that is known lies in the future."""
    known = next((moment for moment in moments if moment), None)
    return known is not None and is_future(known)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """The time that passes from `start` to `end`, negative if `end` is earlier. Two times of one zone
    are subtracted and compared by Python as the clocks on the wall show them, which is an hour off
    where these change in between."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def midnight(day: date) -> datetime:
    """The instant at which the day begins in `TIME_ZONE`. Where clocks jump over midnight, that of
    the jump."""
    return datetime.combine(day, time.min, timezone.get_current_timezone()).astimezone(UTC)


def on_the_wall(naive: datetime, fold: int = 0) -> datetime:
    """The instant at which clocks in `TIME_ZONE` show this. Of two the first, unless `fold` is 1.
    Raises ValueError where they never show it, because they were put forward over it."""
    zone = timezone.get_current_timezone()
    instant = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValueError("Clocks were put forward over this time: it never was.")
    return instant


def comes_twice(naive: datetime) -> bool:
    """Whether clocks in `TIME_ZONE` show this twice, because they are put back over it."""
    return on_the_wall(naive) != on_the_wall(naive, fold=1)


def split_by_day(start: datetime, end: datetime) -> Iterator[tuple[date, float]]:
    """Each local day that `[start, end)` touches, with the seconds of it that lie in that day: a
    day of 23 or 25 hours has as many."""
    day = local_date(start)
    while start < end:
        next_day = day + timedelta(days=1)
        until = min(end, midnight(next_day))
        if until > start:
            yield day, (until - start).total_seconds()
        start, day = max(start, until), next_day
