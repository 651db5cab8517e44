"""Lengths of time that the database adds up, exact to the microsecond."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, Func
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from lifetracker.days import ONE_DAY, days_from, latest, local_date, midnight
from lifetracker.models.rows import as_instant

MICROSECOND = timedelta(microseconds=1)
MICROSECONDS = 1_000_000

# SQLite's own functions for dates round to milliseconds, so that fractions of a second go beside them. Most
# moments are whole seconds, for which it takes half the time.
LENGTH_IN_SQLITE = (
    "(CASE WHEN length({0}) = 19 AND length({1}) = 19"
    " THEN CAST(ROUND((julianday({1}) - julianday({0})) * 86400) AS INTEGER) * 1000000 ELSE"
    " CAST(ROUND((julianday(substr({1}, 1, 19)) - julianday(substr({0}, 1, 19))) * 86400) AS INTEGER)"
    " * 1000000 + CAST(substr({1}, 21) AS INTEGER) - CAST(substr({0}, 21) AS INTEGER) END)"
)
LENGTH_IN_POSTGRES = "CAST(EXTRACT(EPOCH FROM {1} - {0}) * 1000000 AS BIGINT)"

# The lists of days and their bounds as a table. With a limit SQLite makes its rows once, and not each column
# anew for each comparison.
DAYS_IN_SQLITE = (
    "(SELECT json_extract(value, '$[0]') AS name, json_extract(value, '$[1]') AS begun, "
    "json_extract(value, '$[2]') AS ended FROM json_each(%s) LIMIT -1)"
)
DAYS_IN_POSTGRES = "unnest(%s::date[], %s::timestamptz[], %s::timestamptz[])"

# The sum over what lies within one day; what reaches over its end; what had begun before the first one; what is
# still running.
SUMS = """
SELECT name, NULL, NULL, (
    SELECT SUM({length}) FROM {table} entry
    WHERE entry.start >= begun AND entry.start < ended AND entry."end" <= ended
    AND entry."end" <= %s AND entry.deleted_at IS NULL{only}
) FROM {days} AS day(name, begun, ended)
UNION ALL
SELECT NULL, entry.start, entry."end", NULL FROM {days} AS day(name, begun, ended)
CROSS JOIN {table} entry
WHERE entry.start >= begun AND entry.start < ended AND entry."end" > ended
AND entry."end" <= %s AND entry.deleted_at IS NULL{only}
UNION ALL
SELECT NULL, entry.start, entry."end", NULL FROM {table} entry
WHERE entry.start >= %s AND entry.start < %s AND entry."end" > %s
AND entry."end" <= %s AND entry.deleted_at IS NULL{only}
UNION ALL
SELECT NULL, entry.start, entry."end", NULL FROM {table} entry
WHERE entry.duration >= {long} AND entry."end" > %s AND entry.start < %s
AND entry."end" <= %s AND entry.deleted_at IS NULL{only}
UNION ALL
SELECT NULL, entry.start, NULL, NULL FROM {table} entry
WHERE entry."end" IS NULL AND entry.start < %s AND entry.deleted_at IS NULL{only}
"""


def microseconds(length: timedelta) -> int:
    return length // MICROSECOND


Sql = tuple[str, tuple[str | int, ...]]


class Microseconds(Func):
    """From the first of two moments to the second."""

    arity = 2
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Sql:
        return self.filled(compiler, LENGTH_IN_SQLITE)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Sql:
        return self.filled(compiler, LENGTH_IN_POSTGRES)

    def filled(self, compiler: SQLCompiler, template: str) -> Sql:
        """Fill the columns in, which bring no parameters."""
        columns = [compiler.compile(part)[0] for part in self.get_source_expressions()]
        return template.format(*columns), ()


class Only(NamedTuple):
    """A condition on `entry`, as SQL and its parameters."""

    sql: str = ""
    values: tuple[str | bool, ...] = ()


EVERY_ENTRY = Only()


def of_toggl_projects(refs: tuple[str, ...]) -> Only:
    """Return the condition for the entries of these Toggl projects, by their ids at Toggl: of none, no entry."""
    places = ", ".join(["%s"] * len(refs))
    # Joined with nothing, so that the database finds the entries of each day by their start. By the index of the
    # projects it would read all entries of these anew for each day.
    return Only(f"entry.project_ref || '' IN ({places})" if refs else "1 = 0", refs)


class DaySum(NamedTuple):
    """The microseconds of all that lies within `day`; or, without a day, what is to be split. What is still
    running has no end."""

    day: date | None
    start: datetime | None
    end: datetime | None
    length: int


def day_sums(
    table: str, long: int, first: date, last: date, only: Only = EVERY_ENTRY
) -> Iterator[DaySum]:
    """Yield what the ended entries of the local days from `first` to `last` come to, in one statement that
    reads the entries of these days alone, and those that are running. An entry that lasts less than `long` seconds, which are about a
    day, began within the day before the days that it reaches into."""
    days = bounds_of(days_between(first, last))
    if not days:
        return
    is_sqlite = connection.vendor == "sqlite"
    lengths = LENGTH_IN_SQLITE if is_sqlite else LENGTH_IN_POSTGRES
    statement = SUMS.format(
        table=connection.ops.quote_name(table),
        length=lengths.format("entry.start", 'entry."end"'),
        days=DAYS_IN_SQLITE if is_sqlite else DAYS_IN_POSTGRES,
        long=long,
        only=f" AND {only.sql}" if only.sql else "",
    )
    if is_sqlite:
        statement = statement.replace(" AS day(name, begun, ended)", "")
    listed = as_parameters(days, is_sqlite)
    come, begin, day_before = map(stored, (latest(), days[0][1], days[0][1] - ONE_DAY))
    conditions = only.values
    within, across = [come, *conditions, *listed], [*listed, come, *conditions]
    before = [day_before, begin, begin, come, *conditions]
    long_before = [begin, day_before, come, *conditions]
    running = [stored(days[-1][2]), *conditions]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*within, *across, *before, *long_before, *running])
        for day, start, end, length in cursor:
            if day is None:
                yield DaySum(None, as_instant(start), end and as_instant(end), 0)
            elif length:
                yield DaySum(date.fromisoformat(str(day)), None, None, int(length))


def days_between(first: date, last: date) -> list[date]:
    """Return the days, up to that of now at the farthest: nothing has ended later."""
    return days_from(first, min(last, local_date(latest())))


def bounds_of(days: list[date]) -> list[tuple[date, datetime, datetime]]:
    """Return each day with its two midnights."""
    zone = timezone.get_current_timezone()
    begun = [midnight(day, zone) for day in days]
    ended = [*begun[1:], *(midnight(day + ONE_DAY, zone) for day in days[-1:])]
    return list(zip(days, begun, ended, strict=True))


def as_parameters(days: list[tuple[date, datetime, datetime]], is_sqlite: bool) -> list[Any]:
    if is_sqlite:
        # As `stored` has it, which takes five times as long: midnights are whole seconds, in UTC.
        begun = [str(begin)[:19] for _, begin, _ in days]
        ended = [*begun[1:], stored(days[-1][2])]
        names = [f"{day}" for day, _, _ in days]
        return [json.dumps(list(zip(names, begun, ended, strict=True)))]
    return [list(column) for column in zip(*days, strict=True)]


def stored(moment: datetime) -> str | datetime | None:
    return connection.ops.adapt_datetimefield_value(moment)
