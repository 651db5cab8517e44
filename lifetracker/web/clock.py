"""Times of day and weekdays, as the owner chose to read them."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta, tzinfo
from datetime import timezone as fixed

from django.utils import timezone
from django.utils.dateformat import format as format_date

from lifetracker.models.preferences import preferences

DAYS_OF_A_WEEK = 7
#: In minutes: what calculating with hours may take from a whole minute.
ROUNDING = 1e-6
NOON, HOURS_OF_A_DAY, MINUTES_OF_A_DAY = 12, 24, 24 * 60


def time_at(hour: int, minute: int, second: int | None = None) -> str:
    """Return a time of day: `07:12`, or `7:12 am` on a clock of 12 hours."""
    rest = f"{minute:02}" if second is None else f"{minute:02}:{second:02}"
    if not preferences().has_twelve_hours:
        return f"{hour:02}:{rest}"
    return f"{hour % NOON or NOON}:{rest} {half_of_day(hour)}"


def half_of_day(hour: int) -> str:
    return "am" if hour % HOURS_OF_A_DAY < NOON else "pm"


def time_after_midnight(minutes: float) -> str:
    """Return minutes after midnight as a time of day, also of the day before or after: -90 is `22:30`. As on a clock, a
    minute counts until it is over: 1,175.9 is `19:35`."""
    return time_at(*divmod(math.floor(minutes + ROUNDING) % MINUTES_OF_A_DAY, 60))


def full_hour(hour: int) -> str:
    """Return `06:00`, or `6 am`; `24:00`, or `12 am`, at the end of a day."""
    if preferences().has_twelve_hours:
        return hour_label(hour)
    return f"{hour:02}:00"


def hour_label(hour: int) -> str:
    """Return what stands at an hour on the axis of a chart: `06`, or `6 am`."""
    if preferences().has_twelve_hours:
        return f"{hour % NOON or NOON} {half_of_day(hour)}"
    return f"{hour % HOURS_OF_A_DAY:02}"


def zone_of(offset: int | None) -> tzinfo | None:
    """Return the zone of an offset in minutes; None, which is `TIME_ZONE`, without one."""
    return None if offset is None else fixed(timedelta(minutes=offset))


def on_clock_of(offset: int | None) -> AbstractContextManager[None]:
    """Let times be shown and typed within as on a clock with this offset in minutes, else as in `TIME_ZONE`."""
    return timezone.override(zone_of(offset) or timezone.get_default_timezone())


def time_words(instant: datetime, offset: int | None = None, *, with_seconds: bool = False) -> str:
    """Return the time that clocks showed at this offset from UTC in minutes, else those in `TIME_ZONE`: `23:25`."""
    local = timezone.localtime(instant, zone_of(offset))
    return time_at(local.hour, local.minute, local.second if with_seconds else None)


def date_and_time(instant: datetime, date_format: str = "j M Y,") -> str:
    """Return `20 Nov 2026, 07:12`: the date in `TIME_ZONE` in one of Django's formats, and the time of day."""
    return f"{format_date(timezone.localtime(instant), date_format)} {time_words(instant)}"


# --- Weekdays -------------------------------------------------------------------------------------


def first_weekday() -> int:
    """Return the day on which weeks of calendars begin, 0 for Monday."""
    return preferences().first_weekday


def weekdays() -> list[int]:
    """Return the seven days of a week in the order of calendars, 0 for Monday."""
    first = first_weekday()
    return [(first + at) % DAYS_OF_A_WEEK for at in range(DAYS_OF_A_WEEK)]


def row_of(day: date) -> int:
    """Return which day of its week it is in a calendar, from 0."""
    return (day.weekday() - first_weekday()) % DAYS_OF_A_WEEK


def week_of(day: date) -> date:
    """Return the first day of the week of a calendar that a day is in. Sums and metrics have weeks from Monday
    (`lifetracker.days.monday_of`)."""
    return day - timedelta(days=row_of(day))
