"""Days and times as files have them. In which order day and month stand is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lifetracker.days import FIRST_DAY, LAST_DAY, local_date
from lifetracker.sync.tables import Unreadable, shown
from lifetracker.sync.wall_times import moments_on_the_wall

YMD, DMY, MDY = "ymd", "dmy", "mdy"
#: How the page calls them.
ORDERS = {
    YMD: "Year, month, day, such as 2026-01-31",
    DMY: "Day, month, year, such as 31/01/2026 or 31 January 2026",
    MDY: "Month, day, year, such as 01/31/2026 or January 31, 2026",
}
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
MONTH = r"(?P<m>[A-Za-z]{3,9})\.?"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
CLOCK = (
    r"(?:(?:\s*,\s*|\s+(?:at\s+)?|T)(?P<clock>\d{1,2}(?::\d\d(?::\d\d(?:[.,]\d+)?)?)?\s*(?:[ap]\.?m\.?)?)"
    r"\s*(?P<offset>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d\d:?(?:\d\d)?)?(?:\s+\([^)]*\))?)?"
)
FLAGS = re.IGNORECASE | re.ASCII
#: By the order that each is in. Points between numbers stand in the order of day, month, year alone.
PATTERNS: dict[str, list[re.Pattern[str]]] = {
    YMD: [
        re.compile(rf"(?P<y>\d{{4}})([-/.])(?P<m>\d{{1,2}})\2(?P<d>\d{{1,2}}){CLOCK}", FLAGS),
        re.compile(rf"(?P<y>\d{{4}})(?P<m>\d\d)(?P<d>\d\d){CLOCK}", FLAGS),
        re.compile(rf"{WEEKDAY}(?P<y>\d{{4}})[-/ ]{MONTH}[-/ ](?P<d>\d{{1,2}}){CLOCK}", FLAGS),
    ],
    DMY: [
        re.compile(
            rf"(?P<d>\d{{1,2}})([-/.])\s?(?P<m>\d{{1,2}})\2\s?(?P<y>\d{{4}}|\d\d){CLOCK}", FLAGS
        ),
        re.compile(
            rf"{WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[-/ ]+(?:of )?{MONTH},?[-/ ]+(?P<y>\d{{4}}|\d\d){CLOCK}",
            FLAGS,
        ),
    ],
    MDY: [
        re.compile(rf"(?P<m>\d{{1,2}})([-/])(?P<d>\d{{1,2}})\2(?P<y>\d{{4}}|\d\d){CLOCK}", FLAGS),
        re.compile(
            rf"{WEEKDAY}{MONTH}[-/ ]+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[-/ ]+(?P<y>\d{{4}}|\d\d){CLOCK}",
            FLAGS,
        ),
    ],
}
TIME = re.compile(r"(\d{1,2})(?::(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*([ap])?\.?m?\.?", FLAGS)
#: A day as a spreadsheet counts them: from 1954 to 2119.
SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?", re.ASCII)
SPREADSHEET = (
    "a spreadsheet has made a number of the date. Give the file as it was exported, or let the spreadsheet show the column as "
    "dates such as 2026-01-31 before it saves it"
)
#: Years of two digits from here on are those of the century before.
THIS_CENTURY_UNTIL = 70


class Stamp(NamedTuple):
    """When something was: a day, and a moment in UTC if the file has a time."""

    day: date
    at: datetime | None = None


def readable_in(text: str) -> set[str]:
    """Return the orders in which a text is a day."""
    return {order for order in ORDERS if parts_of(text, order)}


def orders_of(cells: Iterable[str]) -> list[str]:
    """Return the orders in which all of these cells are days that can be read in any; several where it is not clear."""
    found = [orders for cell in cells if (orders := readable_in(cell))]
    common = set(ORDERS).intersection(*found) if found else set()
    return [order for order in ORDERS if order in common]


def parts_of(text: str, order: str) -> tuple[date, str, str] | None:
    """Return day, time and offset of a text; None for what is no day in this order."""
    for pattern in PATTERNS[order]:
        if (match := pattern.fullmatch(text)) and (day := day_of(match)):
            return day, match["clock"] or "", (match["offset"] or "").upper()
    return None


def day_of(match: re.Match[str]) -> date | None:
    year, month = int(match["y"]), month_of(match["m"])
    if len(match["y"]) == 2:
        year += 2000 if year < THIS_CENTURY_UNTIL else 1900
    try:
        return date(year, month, int(match["d"]))
    except ValueError:
        return None


def month_of(text: str) -> int:
    """Return the number of a month; 0 for what is none."""
    if text.isdecimal():
        return int(text)
    low = text.lower()
    low = "sep" if low == "sept" else low
    return next((at for at, name in enumerate(MONTHS, 1) if low in {name, name[:3]}), 0)


def stamp_of(text: str, order: str, zone: ZoneInfo, clock: str = "") -> Stamp:
    """Return when a cell says that something was. `clock`: a time that stands in another cell. `zone`: that of a time that
    does not say its own. Raises Unreadable."""
    found = parts_of(text, order)
    if found is None:
        raise Unreadable(why_no_day(text, order))
    day, own_clock, offset = found
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Unreadable(f"{shown(text)} is not between {FIRST_DAY.year} and {LAST_DAY.year}")
    if not (clock or own_clock):
        return Stamp(day)
    return with_moment(day, time_of(clock or own_clock), "" if clock else offset, zone)


def with_moment(day: date, clock: time, offset: str, zone: ZoneInfo) -> Stamp:
    """Return the day and the moment of a time on the wall. Raises Unreadable for one that clocks never showed."""
    wall = datetime.combine(day, clock)
    if offset:
        at = wall.replace(tzinfo=timezone(offset_of(offset))).astimezone(UTC)
        # The day of its owner: a file in UTC has another one around midnight.
        return Stamp(local_date(at), at)
    moments = moments_on_the_wall(wall, zone)
    if not moments:
        raise Unreadable(
            f"clocks in {zone.key} never showed {wall:%Y-%m-%d %H:%M}, because they went forward. Perhaps the file has another "
            "time zone"
        )
    return Stamp(day, moments[0])


def time_of(text: str) -> time:
    """Return the time that a text such as `7:30 pm` is. Raises Unreadable."""
    match = TIME.fullmatch(text.strip())
    if match:
        hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
        half = (match[4] or "").lower()
        if half and not 1 <= hour <= 12:
            hour = 24
        elif half:
            hour = hour % 12 + (12 if half == "p" else 0)
        is_bare = not (match[2] or half)
        if hour < 24 and minute < 60 and second < 60 and not is_bare:
            return time(hour, minute, second)
    raise Unreadable(f"{shown(text)} is not a time such as 07:30")


def offset_of(text: str) -> timedelta:
    digits = re.sub(r"[^0-9]", "", text)
    if not digits:
        return timedelta(0)
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if length > timedelta(hours=14):
        raise Unreadable(f"{shown(text)} is no offset from UTC")
    return -length if "-" in text else length


def why_no_day(text: str, order: str) -> str:
    if SERIAL.fullmatch(text):
        return f"{shown(text)} is not a date: {SPREADSHEET}"
    others = readable_in(text)
    example = ORDERS[order].split(" such as ")[1]
    hint = ", but it could be read in another order" if others else ""
    return f"{shown(text)} is not a date such as {example}{hint}"
