"""The weeks, months and years that a review looks back on, and their names in addresses: `2026-W48`, `2026-11`, `2026`."""

from __future__ import annotations

import calendar
import enum
import re
from datetime import date, timedelta
from http import HTTPStatus
from typing import NamedTuple, Self

from django.utils.dateformat import format as format_date

from lifetracker.days import FIRST_DAY, LAST_DAY, ONE_DAY, OUT_OF_RANGE, monday_of
from lifetracker.web.sentences import stretch_words

NAME = re.compile(r"(?P<year>\d{4})(?:-W(?P<week>\d\d)|-(?P<month>\d\d))?", re.ASCII)
LAST_OF_WEEK = timedelta(days=6)
DECEMBER = 12


class BadPeriod(ValueError):
    """What is asked for is no week, month or year. Says in words what to do."""

    status = HTTPStatus.BAD_REQUEST


class NoSuchPeriod(BadPeriod):
    """There is nothing to look back on: what is asked for has not come yet, or lies too far away."""

    status = HTTPStatus.NOT_FOUND


class Length(enum.StrEnum):
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Period(NamedTuple):
    """A whole week from Monday, month or year."""

    length: Length
    first: date
    last: date

    @classmethod
    def of(cls, length: Length, day: date) -> Self:
        """Return the one that a day is in."""
        if length is Length.WEEK:
            monday = monday_of(day)
            return cls(length, monday, monday + LAST_OF_WEEK)
        if length is Length.MONTH:
            days = calendar.monthrange(day.year, day.month)[1]
            return cls(length, day.replace(day=1), day.replace(day=days))
        return cls(length, date(day.year, 1, 1), date(day.year, DECEMBER, 31))

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the one with a name. Raises BadPeriod."""
        match = NAME.fullmatch(name)
        if not match:
            raise BadPeriod("Write a week as 2026-W48, a month as 2026-11, or a year as 2026.")
        year, week, month = (
            None if match[part] is None else int(match[part]) for part in ("year", "week", "month")
        )
        try:
            day = first_day(year or 0, week, month)
        except ValueError:
            raise BadPeriod(f"There is no {name} in the calendar.") from None
        if not FIRST_DAY <= day <= LAST_DAY:
            raise NoSuchPeriod(OUT_OF_RANGE)
        length = Length.WEEK if week is not None else Length.YEAR if month is None else Length.MONTH
        return cls.of(length, day)

    @property
    def name(self) -> str:
        if self.length is Length.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}"
        return format_date(self.first, "Y-m" if self.length is Length.MONTH else "Y")

    @property
    def title(self) -> str:
        """Return `23 to 29 November 2026`, `November 2026` or `2026`."""
        if self.length is Length.WEEK:
            return stretch_words(self.first, self.last)
        return format_date(self.first, "F Y" if self.length is Length.MONTH else "Y")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> Self:
        return type(self).of(self.length, self.first - ONE_DAY)

    def after(self) -> Self:
        return type(self).of(self.length, self.last + ONE_DAY)

    @property
    def noun(self) -> str:
        """Return what one is called: `week`, `month` or `year`."""
        return self.length.value

    def is_over(self, today: date) -> bool:
        return self.last < today

    def until(self, today: date) -> date:
        """Return its last day that is over or has come; before its first one where none has."""
        return min(self.last, max(today, self.first - ONE_DAY))


def asked_period(name: str, today: date) -> Period:
    """Return the one that an address names, if it has begun; the last whole week without a name. Raises BadPeriod."""
    if not name:
        return Period.of(Length.WEEK, today).before()
    period = Period.named(name)
    if period.first > today:
        raise NoSuchPeriod(f"{period.title} has not come yet.")
    return period


def first_day(year: int, week: int | None, month: int | None) -> date:
    """Raises ValueError for a week or a month that the year does not have."""
    if week is not None:
        return date.fromisocalendar(year, week, 1)
    return date(year, 1 if month is None else month, 1)
