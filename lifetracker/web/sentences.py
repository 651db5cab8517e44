"""Words that the pages of all domains share. What is not known has no words here: who asks says so in its own."""

from __future__ import annotations

import re
from calendar import day_abbr, month_abbr
from datetime import date, datetime

from django.utils.dateformat import format as format_date

from lifetracker.days import local_date
from lifetracker.web import clock
from lifetracker.web.clock import DAYS_OF_A_WEEK, time_after_midnight
from lifetracker.web.ranges import Range

# Taken once: the calendar's own names are formatted anew each time.
WEEKDAYS, MONTHS = tuple(day_abbr), tuple(month_abbr)
MINUS = "\N{MINUS SIGN}"

time_words = clock.time_words


def isolated(name: str) -> str:
    """Return a name that stands in a plain text, so that what turns its direction turns nothing around it."""
    return name if name.isascii() else f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


def number(value: float, decimals: int = 0) -> str:
    """Return `1,270` or `14.9`, and a minus sign before what is negative; what rounds to nothing has no sign."""
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", MINUS)


def signed(value: float, decimals: int = 0) -> str:
    """Return the number with its sign, such as `+4`; `0` has none."""
    text = number(value, decimals)
    return text if value < 0 or not text.strip("0.,") else f"+{text}"


def is_nothing(value: float, decimals: int = 0) -> bool:
    """Return whether a difference is none with so many decimals."""
    return not number(value, decimals).strip("0.,")


def hours_and_minutes(hours: float) -> str:
    """Return `7 h 04`, or `48 min` of less than an hour."""
    whole, minutes = divmod(round(abs(hours) * 60), 60)
    sign = MINUS if hours < 0 and (whole or minutes) else ""
    return f"{sign}{whole:,} h {minutes:02}" if whole else f"{sign}{minutes} min"


def hours_words(hours: float) -> str:
    """Return `18 h` of whole hours, else `7 h 30`."""
    words = hours_and_minutes(hours)
    return words.removesuffix(" 00")


def unbroken(words: str) -> str:
    """Return words that stay in one line, such as `7 h 04`."""
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def with_units_kept(words: str) -> str:
    """Return a sentence in which no line ends between a number and its unit, nor within `7 h 04`."""
    return re.sub(
        r"(?<=\d) (?=(?:h|min|kg|lb|kcal|%|ms|bpm|°C)(?!\w))|(?<=\d h) (?=\d\d\b)",
        "\N{NO-BREAK SPACE}",
        words,
    )


def clock_of(hour: float) -> str:
    """Return an hour of the day as on a clock: 23.5 is `23:30`, or `11:30 pm`."""
    return time_after_midnight(hour * 60)


def time_beside(instant: datetime, day: date) -> str:
    """Return the same, with its weekday where it is of another day, and its date where that is far: `Thu 23:25`."""
    on = local_date(instant)
    if on == day:
        return time_words(instant)
    near = abs((on - day).days) < DAYS_OF_A_WEEK
    return f"{format_date(on, 'D' if near else 'j M')} {time_words(instant)}"


def short_day(day: date) -> str:
    """Return `Fri 27 Nov`, for labels of which a page has hundreds."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month]}"


def day_words(day: date, beside: date) -> str:
    """Return `1 December`, with the year where it is another one than that of `beside`."""
    return format_date(day, "j F" if day.year == beside.year else "j F Y")


def date_words(day: date) -> str:
    """Return `1 December 2026`."""
    return format_date(day, "j F Y")


def stretch_words(first: date, last: date) -> str:
    """Return `3 to 9 March 2026`, `28 November 2025 to 27 November 2026`, or one day."""
    end = date_words(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    return f"{day_words(first, last)} to {end}"


def hours_change_words(hours: float, before: str) -> str:
    """Return the same of a length: `+1 h 05 on the year before`, `as the year before`."""
    told = hours_and_minutes(abs(hours))
    if told == "0 min":
        return f"as the {before} before"
    return f"{'+' if hours > 0 else MINUS}{told} on the {before} before"


def range_words(shown: Range) -> str:
    """Return when something was, in the middle of a sentence: `in 90 days`, `from 3 to 9 March 2026`, `today`, `in all`."""
    if shown.is_all:
        return "in all"
    if shown.days == 1:
        return "today" if shown.first == shown.today else f"on {stretch_words(*shown[:2])}"
    if shown.last == shown.today:
        return f"in {'a year' if shown.words == 'year' else shown.words}"
    return f"from {stretch_words(*shown[:2])}"


def change_words(change: float | None, decimals: int, before: str) -> str:
    """Return how a mean lies to that of the stretch before: `+4 on the year before`, `as the year before`."""
    if change is None:
        return f"nothing known of the {before} before"
    if is_nothing(change, decimals):
        return f"as the {before} before"
    return f"{signed(change, decimals)} on the {before} before"
