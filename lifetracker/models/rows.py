"""Rows as the driver of the database hands them out: of thousands of them, Django's converters would take longer than the
statement does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
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


def plain_rows(query: QuerySet[Model, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a query of named values, as its `values_list` has them. Moments, dates and flags, which are most
    of what comes by the hundred, are read the shortest way; all else by Django's converters."""
    compiler = query.query.get_compiler(connection=connection)
    try:
        statement, parameters = compiler.as_sql()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    selected = [one[0] for one in compiler.select]
    readers = {
        at: SHORTEST.get(expression.output_field.get_internal_type())
        or in_turn(converters, expression)
        for at, (converters, expression) in compiler.get_converters(selected).items()
    }
    return read_columns(rows, readers)


def read_columns(
    rows: list[tuple[Any, ...]], readers: Mapping[int, Callable[[Any], Any]]
) -> list[tuple[Any, ...]]:
    """Return the rows with the values of some columns, by their place, as their readers read them."""
    if not readers or not rows:
        return rows
    columns = list(zip(*rows, strict=True))
    for at, reader in readers.items():
        columns[at] = tuple(None if value is None else reader(value) for value in columns[at])
    return list(zip(*columns, strict=True))


def reader_of(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """Return what reads the values of a column, the shortest way; None where the driver hands them out as they are."""
    if shortest := SHORTEST.get(field.get_internal_type()):
        return shortest
    expression = field.cached_col
    converters = [
        *connection.ops.get_db_converters(expression),
        *field.get_db_converters(connection),
    ]
    return in_turn(converters, expression) if converters else None


def in_turn(converters: Sequence[Any], expression: Any) -> Callable[[Any], Any]:
    """Return a reader of values that has each of Django's converters in turn."""

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, expression, connection)
        return value

    return read


def as_date(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


def as_dates(days: Sequence[Any]) -> list[date]:
    """Return many days at once, all of them handed out alike."""
    if days and isinstance(days[0], str):
        return list(map(date.fromisoformat, days))
    return list(days)


def as_instant(moment: datetime | str) -> datetime:
    """Return a moment. SQLite's are in UTC without saying so."""
    found = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


#: How values of these fields are read.
SHORTEST: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": as_instant,
    "DateField": as_date,
    "BooleanField": bool,
}
