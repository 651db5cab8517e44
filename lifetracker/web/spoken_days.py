"""Days as people write them: `12 March`, `2026-03-12`, `12.3.`, `yesterday`, `last Friday`, `3 days ago`."""

from __future__ import annotations

import re
from calendar import day_name, month_name
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain

from lifetracker.days import FIRST_DAY, OUT_OF_RANGE

# A 29 February comes again after eight years at the latest.
LONGEST_WAIT = 8
#: A year of two digits is the latest with these that has come.
CENTURY = 100
SHORTEST_NAME = 3
LEAP_YEAR, MONTHS = 2000, 12
#: The year as it is written, the month and the day.
Written = tuple[str | None, int, int]

NEAR = {"today": 0, "yesterday": 1, "the day before yesterday": 2, "day before yesterday": 2}
UNITS = {"day": 1, "week": 7}
AGO = re.compile(r"(\d{1,4}|a|an|one) (day|week)s? ago")
LAST = re.compile(r"(last |on )?([a-z]+)")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4}|\d{2})?")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
DAY_FIRST = re.compile(
    r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?([a-z]+)\.?,? ?(\d{4}|\d{2})?"
)
MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? ?(\d{4})?")


def days_named(text: str, today: date) -> list[date]:
    """Return the days that a text may mean and that have come, the likeliest first. Without a year it is the latest one that
    has come; `3/4` is read both ways."""
    words = plain(text)
    written = (of_year(*one, today) for one in written_days(words))
    found = chain(relative(words, today), *written)
    return list(dict.fromkeys(day for day in found if FIRST_DAY <= day <= today))


def why_no_day(text: str, today: date) -> str:
    """Return why a text that is written as a day means none that can be shown; empty where it means one, or is no day."""
    written = list(written_days(plain(text)))
    if not written or days_named(text, today):
        return ""
    if exists := [day for one in written for day in of_any_year(*one, today)]:
        return OUT_OF_RANGE if exists[0] < FIRST_DAY else "This day has not come yet."
    year, month, day = written[0]
    if not 1 <= month <= MONTHS:
        return "There is no such day." if year else ""
    return f"There is no {day} {month_name[month]}{f' {whole_year(year, today)}' if year else ''}."


def plain(text: str) -> str:
    return " ".join(text.casefold().replace(",", " ").split())


def relative(words: str, today: date) -> Iterator[date]:
    if words in NEAR:
        yield today - timedelta(days=NEAR[words])
    if match := AGO.fullmatch(words):
        number = int(match[1]) if match[1].isdigit() else 1
        yield today - timedelta(days=number * UNITS[match[2]])
    if (match := LAST.fullmatch(words)) and (weekday := place_of(match[2], day_name)) is not None:
        back = (today.weekday() - weekday) % 7
        # On a Friday, the last one is that of the week before.
        yield today - timedelta(days=back or (7 if match[1] == "last " else 0))


def written_days(words: str) -> Iterator[Written]:
    """Yield what is written in numbers, or with the name of a month, whether there is such a day or not."""
    if match := ISO.fullmatch(words):
        yield match[1], int(match[2]), int(match[3])
    if match := DOTTED.fullmatch(words):
        yield match[3], int(match[2]), int(match[1])
    if match := SLASHED.fullmatch(words):
        yield match[3], int(match[2]), int(match[1])
        yield match[3], int(match[1]), int(match[2])
    if (match := DAY_FIRST.fullmatch(words)) and (month := place_of(match[2], month_name)):
        yield match[3], month, int(match[1])
    if (match := MONTH_FIRST.fullmatch(words)) and (month := place_of(match[1], month_name)):
        yield match[3], month, int(match[2])


def place_of(word: str, names: object) -> int | None:
    """Return which of the names a word is, or begins, such as `Mar` or `Sept`; None where it is none."""
    if len(word) < SHORTEST_NAME:
        return None
    listed = [str(name).casefold() for name in names]  # type: ignore[attr-defined]  # of the calendar
    return next((at for at, name in enumerate(listed) if name.startswith(word)), None)


def of_year(year: str | None, month: int, day: int, today: date) -> Iterator[date]:
    """Yield the day of a year, or of the latest year in which it has come."""
    if year:
        yield from valid(whole_year(year, today), month, day)
        return
    years = range(today.year, today.year - LONGEST_WAIT - 1, -1)
    found = (one for at in years for one in valid(at, month, day) if one <= today)
    if (latest_day := next(found, None)) is not None:
        yield latest_day


def of_any_year(year: str | None, month: int, day: int, today: date) -> Iterator[date]:
    """Yield the day of a year, also of one that is still to come; without a year, of a leap year."""
    yield from valid(whole_year(year, today) if year else LEAP_YEAR, month, day)


def whole_year(year: str, today: date) -> int:
    """Return a year that is written with four digits, or with two."""
    number = int(year)
    return number if len(year) > 2 else today.year - (today.year - number) % CENTURY


def valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return
