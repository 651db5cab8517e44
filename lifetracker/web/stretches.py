"""Days, weeks and months: the columns of a range, and within a statement, without a call of Python for each row."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.db import connection
from django.db.models import F, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Substr

from lifetracker.days import days_from
from lifetracker.models.expressions import WallSeconds
from lifetracker.web.charts.scales import Unit, begin_of, slices


class Slice(NamedTuple):
    """The days of a column, as far as a range has them."""

    first: date
    last: date


@lru_cache(maxsize=16)
def columns_between(first: date, last: date, unit: Unit) -> tuple[Slice, ...]:
    """Return the columns of a range, which its charts, tables and figures have in common."""
    days = days_from(first, last)
    return tuple(Slice(days[part.start], days[part.stop - 1]) for part in slices(days, unit))


DAY_SECONDS = 86_400
EPOCH = date(1970, 1, 1)


def stretch_of(unit: Unit, first: date) -> Combinable:
    """Return what tells the days, weeks or months of the column `date` from one another. No row is before the stretch of
    `first`."""
    if unit == "day":
        return F("date")
    if unit == "month":
        return Substr(Cast("date", TextField()), 1, len("2026-09"))
    begin = (begin_of(first, unit) - EPOCH).days * DAY_SECONDS
    weeks: Combinable = (WallSeconds(F("date"), Value(0)) - Value(begin)) / Value(7 * DAY_SECONDS)
    return weeks


def begin_in_sql(unit: Unit, weekday: int, column: str = "day") -> str:
    """Return the SQL of the first day of the stretch that the day in a column is in; `weekday` is the one that weeks begin
    with, 0 for Monday."""
    if unit == "day":
        return column
    is_sqlite = connection.vendor == "sqlite"
    if unit == "month":
        if is_sqlite:
            return f"date({column}, 'start of month')"
        return f"date_trunc('month', {column})::date"
    if is_sqlite:
        # Forward to the last day of the week, by SQLite's numbers with 0 for Sunday.
        return f"date({column}, 'weekday {weekday:d}', '-6 days')"
    return f"(date_trunc('week', {column} - {weekday:d})::date + {weekday:d})"
