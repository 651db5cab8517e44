"""Rows as the driver of the database hands them out: of thousands of them, Django's converters would take longer than the
statement does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

#: How many are fetched at a time.
BATCH = 2000


def raw_rows(query: QuerySet[Model, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query of named values, in whose order they come. SQLite may hand out days and moments
    as texts, for which there are `as_date` and `as_instant`."""
    try:
        statement, parameters = query.query.sql_with_params()
    except EmptyResultSet:
        # Of what nothing can meet, Django asks no database either.
        return
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        while found := cursor.fetchmany(BATCH):
            yield from found


def as_date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def as_instant(moment: datetime | str) -> datetime:
    """Return a moment. SQLite's are in UTC without saying so."""
    found = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
