"""The person's day. Nobody else computes a date."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

ONE_DAY = timedelta(days=1)
FOUR_WEEKS = timedelta(weeks=4)

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def offset_minutes(text: str) -> int:
    """Return an offset in minutes: `+05:30` is 330, `-04:00` is -240, `Z` is 0. Raises ValueError."""
    if text in {"Z", "z"}:
        return 0
    match = _OFFSET.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a UTC offset such as +02:00 or Z")
    sign, hours, minutes = match.groups()
    total = int(hours) * 60 + int(minutes)
    if total > 14 * 60 or int(minutes) > 59:
        raise ValueError(f"{text!r} is outside the range of UTC offsets")
    return -total if sign == "-" else total


def day_of(text: str) -> date:
    """Return the day that is written as `2026-09-16`. Raises ValueError for every other form, such as `20260916`, which
    `date.fromisoformat` takes as well."""
    if not _DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no day such as 2026-09-16")
    return date.fromisoformat(text)


@lru_cache(maxsize=500)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def zone_name(value: object) -> str | None:
    """Return the IANA name of a time zone if it is one, else None."""
    return value if isinstance(value, str) and _is_zone(value) else None


def local_date(instant: datetime, offset: int | None = None) -> date:
    """Return the date on the wall where the person was: by the record's own offset in minutes, else in
    `TIME_ZONE`."""
    if offset is None:
        return timezone.localtime(instant).date()
    return (instant.astimezone(UTC) + timedelta(minutes=offset)).date()


def local_date_and_hour(instant: datetime, zone: tzinfo) -> tuple[date, int]:
    """Return the date, and the hour on a clock from 0 to 23, in a zone: for many, whose zone
    (`django.utils.timezone.get_current_timezone`) is asked for once."""
    local = instant.astimezone(zone)
    return local.date(), local.hour


def home_offset(instant: datetime, zone: tzinfo | None = None) -> int:
    """Return the offset of `TIME_ZONE` from UTC at a moment, in minutes. Who asks about many names the zone."""
    zone = zone or timezone.get_current_timezone()
    ahead = instant.astimezone(zone).utcoffset() or timedelta(0)
    return int(ahead.total_seconds()) // 60


def days_anywhere(start: datetime, end: datetime) -> tuple[date, date]:
    """Return the first and the last date that `[start, end)` touches in whichever zone on earth."""
    ahead, behind = timedelta(hours=14), timedelta(hours=12)
    return (start.astimezone(UTC) - behind).date(), (end.astimezone(UTC) + ahead).date()


def days_touched(start: datetime, end: datetime) -> tuple[date, date]:
    """Return the first and the last date that `[start, end)` touches in `TIME_ZONE`."""
    return local_date(start), local_date(end - timedelta.resolution)


def monday_of(day: date) -> date:
    """Return the first day of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def days_from(first: date, last: date) -> list[date]:
    """Return the days from `first` to `last`, both included; none if the last is before the first."""
    return list(map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1)))


def today() -> date:
    return timezone.localdate()


_offsets: list[Callable[[], int | None]] = []


def register_offset(read: Callable[[], int | None]) -> None:
    """Declare what returns the owner's present offset from UTC in minutes, by records that travel along; None where there
    are none."""
    _offsets.append(read)


def owners_today(now: datetime | None = None) -> date:
    """Return the date where the owner is: by the newest record that tells, else in `TIME_ZONE`. It is the day that Today
    shows, and for which an experiment asks for something."""
    offsets = (read() for read in _offsets)
    offset = next((one for one in offsets if one is not None), None)
    return local_date(now or timezone.now(), offset)


# What a person may type in; beyond it lie slips of the finger, and the edges of the calendar.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
OUT_OF_RANGE = f"The year must be between {FIRST_DAY.year} and {LAST_DAY.year}."


# What the clocks of two machines may differ.
CLOCK_ERROR = timedelta(minutes=5)


def latest() -> datetime:
    """Return the last moment that can have come: clocks may differ a little."""
    return timezone.now() + CLOCK_ERROR


def is_future(instant: datetime) -> bool:
    """Return whether it lies ahead by more than clocks may differ."""
    return instant > latest()


def is_dated_ahead(*moments: datetime | None) -> bool:
    """Return whether the first of these that is known lies in the future."""
    known = next((moment for moment in moments if moment), None)
    return known is not None and is_future(known)


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Return the time that passes from `start` to `end`, negative if `end` is earlier. Two times of one zone
    are subtracted and compared by Python as the clocks on the wall show them, which is an hour off
    where these change in between."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def midnight(day: date, zone: tzinfo | None = None) -> datetime:
    """Return the instant at which the day begins in `TIME_ZONE`, which who asks about many days names. Where clocks
    jump over midnight, that of the jump."""
    return at_hour(day, 0, zone)


def at_hour(day: date, hour: int, zone: tzinfo | None = None) -> datetime:
    """Return the instant at which clocks show a full hour, of two the first; where they jump over it, as if they had
    not jumped yet."""
    zone = zone or timezone.get_current_timezone()
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def on_the_wall(naive: datetime, fold: int = 0) -> datetime:
    """Return the instant at which clocks in `TIME_ZONE` show this. Of two the first, unless `fold` is 1.
    Raises ValueError where they never show it, because they were put forward over it."""
    zone = timezone.get_current_timezone()
    instant = naive.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValueError("This time did not exist because clocks were set forward.")
    return instant


def comes_twice(naive: datetime) -> bool:
    """Return whether clocks in `TIME_ZONE` show this twice, because they are put back over it."""
    return on_the_wall(naive) != on_the_wall(naive, fold=1)


def split_by_day(
    start: datetime, end: datetime, zone: tzinfo | None = None
) -> Iterator[tuple[date, float]]:
    """Yield each local day that `[start, end)` touches, with the seconds of it that lie in that day: a
    day of 23 or 25 hours has as many. Who asks about many names the zone."""
    zone = zone or timezone.get_current_timezone()
    day = start.astimezone(zone).date()
    while start < end:
        next_day = day + ONE_DAY
        until = min(end, midnight(next_day, zone))
        if until > start:
            yield day, (until - start).total_seconds()
        start, day = max(start, until), next_day
