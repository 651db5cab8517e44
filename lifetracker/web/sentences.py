"""Words that the pages of all domains share. What is not known has no words here: who asks says so in its own."""

from __future__ import annotations

from datetime import date

from django.utils.dateformat import format as format_date

MINUS = "\N{MINUS SIGN}"


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
    return f"{sign}{whole} h {minutes:02}" if whole else f"{sign}{minutes} min"


def clock_of(hour: float) -> str:
    """Return an hour of the day as on a clock: 23.5 is `23:30`."""
    whole, minutes = divmod(round(hour * 60) % (24 * 60), 60)
    return f"{whole:02}:{minutes:02}"


def day_words(day: date, beside: date) -> str:
    """Return `1 December`, with the year where it is another one than that of `beside`."""
    return format_date(day, "j F" if day.year == beside.year else "j F Y")


def stretch_words(first: date, last: date) -> str:
    """Return `3 to 9 March 2026`, `28 November 2025 to 27 November 2026`, or one day."""
    end = format_date(last, "j F Y")
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {end}"
    return f"{day_words(first, last)} to {end}"


def change_words(change: float | None, decimals: int, before: str) -> str:
    """Return how a mean lies to that of the stretch before: `+4 on the year before`, `as the year before`."""
    if change is None:
        return f"nothing known of the {before} before"
    if is_nothing(change, decimals):
        return f"as the {before} before"
    return f"{signed(change, decimals)} on the {before} before"
