"""The stretch of days that a page shows, by its address: `?range=30d`, or `?from=2026-03-03&to=2026-03-18`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from lifetracker.days import FIRST_DAY, ONE_DAY, OUT_OF_RANGE, day_of
from lifetracker.words import counted

#: The ranges that have a name: how many days each has, and what it is called.
LENGTHS = {"7d": (7, "7 d"), "30d": (30, "30 d"), "90d": (90, "90 d"), "1y": (365, "1 y")}
DEFAULT, ALL = "30d", "all"
NAMES = (*LENGTHS, ALL)
LONGEST_YEARS = 60
LONGEST = LONGEST_YEARS * 366


class BadRange(ValueError):
    """What is asked for is no range. Says in words what to do."""


class Link(NamedTuple):
    """A way to another range, as `frame/ranges.html` and `frame/steps.html` show it."""

    title: str
    url: str
    is_current: bool = False


class Steps(NamedTuple):
    before: Link | None
    after: Link | None


class Range(NamedTuple):
    """The days from `first` to `last`, both included. `is_all`: all that there is."""

    first: date
    last: date
    today: date
    is_all: bool = False

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def name(self) -> str:
        """Return the name of a range of this length; empty where there is none."""
        if self.is_all:
            return ALL
        return next((name for name, (days, _) in LENGTHS.items() if days == self.days), "")

    @property
    def words(self) -> str:
        """Return what a stretch of this length is called: `year`, `30 days`, `day`."""
        if self.days == 1:
            return "day"
        return "year" if self.days == LENGTHS["1y"][0] else counted(self.days, "day")

    @property
    def query(self) -> str:
        """Return the address without its path. One that ends today goes by its name, and so stays the present one."""
        if self.name and (self.is_all or self.last == self.today):
            return f"?range={self.name}"
        return "?" + urlencode({"from": self.first.isoformat(), "to": self.last.isoformat()})

    def before(self) -> Range | None:
        """Return the stretch of the same length before it; None before all that there is."""
        if self.is_all or (self.first - FIRST_DAY).days < self.days:
            return None
        return Range(self.first - timedelta(days=self.days), self.first - ONE_DAY, self.today)

    def after(self) -> Range | None:
        """Return the stretch of the same length after it, which ends today at the latest; None where that is this one."""
        if self.last >= self.today:
            return None
        last = min(self.last + timedelta(days=self.days), self.today)
        return Range(last - timedelta(days=self.days - 1), last, self.today)


def read_range(
    query: Mapping[str, str], today: date, first_known: Callable[[], date | None]
) -> Range:
    """Return the range that an address asks for, 30 days if it asks for none. `first_known` is asked for the first day
    of all that there is. Raises BadRange."""
    name, first, last = (query.get(key, "").strip() for key in ("range", "from", "to"))
    if name and (first or last):
        raise BadRange("Choose either a range or two days, not both.")
    if first or last:
        return chosen_range(first, last, today)
    return named_range(name or DEFAULT, today, first_known)


def range_or_default(
    query: Mapping[str, str], today: date, first_known: Callable[[], date | None]
) -> tuple[Range, str]:
    """Return the range that an address asks for and "", or the last 30 days and why it cannot be had."""
    try:
        return read_range(query, today, first_known), ""
    except BadRange as error:
        return named_range(DEFAULT, today, first_known), f"{error} These are the last 30 days."


def named_range(name: str, today: date, first_known: Callable[[], date | None]) -> Range:
    if name in LENGTHS:
        return Range(today - timedelta(days=LENGTHS[name][0] - 1), today, today)
    if name != ALL:
        raise BadRange(f"There is no such range. Choose one of {', '.join(NAMES)}, or two days.")
    first = min(first_known() or today, today)
    return Range(max(first, today - timedelta(days=LONGEST - 1)), today, today, is_all=True)


def chosen_range(first: str, last: str, today: date) -> Range:
    """Return the range between two days that a person chose, and no day that has not come."""
    begin, end = chosen_day(first), chosen_day(last)
    if begin > end:
        raise BadRange("The first day must not be after the last one.")
    if begin > today:
        raise BadRange("These days have not come yet. Choose earlier ones.")
    found = Range(begin, min(end, today), today)
    if found.days > LONGEST:
        raise BadRange(f"A range can be at most {LONGEST_YEARS} years long.")
    return found


def chosen_day(text: str) -> date:
    try:
        day = day_of(text)
    except ValueError:
        raise BadRange("Choose a first and a last day, each such as 2026-09-16.") from None
    if day < FIRST_DAY:
        raise BadRange(OUT_OF_RANGE)
    return day


# --- Ways to others -------------------------------------------------------------------------------


def kept_query(query: Mapping[str, str], today: date) -> str:
    """Return the choice of days in an address as another page takes it; empty where there is none, or none that can be
    had. A single day is a place in a list, which is not kept."""
    name, first, last = (query.get(key, "").strip() for key in ("range", "from", "to"))
    if name in NAMES and not (first or last):
        return f"?range={name}"
    if name or not (first and last):
        return ""
    try:
        chosen = chosen_range(first, last, today)
    except BadRange:
        return ""
    return chosen.query if chosen.days > 1 else ""


def range_links(shown: Range) -> list[Link]:
    """Return the ranges that have a name. The one shown is current by its length, also where it ends earlier."""
    titles = {name: title for name, (_, title) in LENGTHS.items()} | {ALL: "All"}
    return [Link(title, f"?range={name}", name == shown.name) for name, title in titles.items()]


def range_steps(shown: Range) -> Steps:
    before, after = shown.before(), shown.after()
    return Steps(
        before and Link(f"The {shown.words} before", before.query),
        after and Link(f"The {shown.words} after", after.query),
    )
