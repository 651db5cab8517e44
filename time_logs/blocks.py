"""Entries put together to blocks of work: those of one project that follow each other closely.

The rules are ours, and nobody has proven them: entries with a gap of at most 5 minutes are one block, a block of at
least 45 tracked minutes is deep work, and another project within 15 minutes is a switch. Running entries are left out, and so are those of over 12 hours, which nobody
works at a stretch.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from lifetracker.days import ONE_DAY, latest
from lifetracker.models.rows import as_instant

LONGEST_GAP = timedelta(minutes=5)
LEAST_DEEP = timedelta(minutes=45)
LONGEST_SWITCH = timedelta(minutes=15)
LONGEST_ENTRY = timedelta(hours=12)

SECONDS_IN_SQLITE = "CAST(strftime('%%s', {}) AS INTEGER)"
SECONDS_IN_POSTGRES = "CAST(EXTRACT(EPOCH FROM {}) AS DOUBLE PRECISION)"

# `covered`: up to when the entries before have come, so that two at the same time count once. The entry before is the
# last of its window and no LAG, for which SQLite would go through all of them once more.
PARTS = """
WITH entry AS (
    SELECT id, date, client, project, project_ref, {begun} AS begun, {ended} AS ended
    FROM {table}
    WHERE date BETWEEN %s AND %s AND "end" <= %s AND deleted_at IS NULL AND duration <= %s
), followed AS (
    SELECT id, date, client, project, begun, ended,
    MAX(ended) OVER earlier AS covered,
    CASE WHEN client = LAST_VALUE(client) OVER earlier AND project = LAST_VALUE(project) OVER earlier
    AND project_ref = LAST_VALUE(project_ref) OVER earlier THEN 1 ELSE 0 END AS is_same
    FROM entry WINDOW earlier AS (ORDER BY begun, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), part AS (
    SELECT id, date, client, project, begun, ended,
    CASE WHEN covered IS NULL OR covered <= begun THEN ended - begun
    WHEN covered < ended THEN ended - covered ELSE 0 END AS seconds,
    CASE WHEN is_same = 1 AND begun - covered <= %s THEN 0 ELSE 1 END AS begins,
    CASE WHEN is_same = 0 AND begun - covered <= %s THEN 1 ELSE 0 END AS switches
    FROM followed
), numbered AS (
    SELECT date, client, project, begun, ended, seconds, switches, SUM(begins) OVER (ORDER BY begun, id ROWS UNBOUNDED PRECEDING) AS block FROM part
), block AS (
    SELECT MIN(date) AS date, MIN(client) AS client, MIN(project) AS project, MIN(begun) AS begun, MAX(ended) AS ended,
    SUM(seconds) AS seconds, SUM(switches) AS switches FROM numbered GROUP BY block
)
"""
BY_DAY = """
SELECT date, SUM(seconds), SUM(CASE WHEN seconds >= %s THEN seconds ELSE 0 END), MAX(seconds), SUM(switches), NULL
FROM block WHERE date BETWEEN %s AND %s GROUP BY date
UNION ALL
SELECT NULL, 0, 0, 0, 0, MIN(start) FROM {table} WHERE "end" IS NULL AND deleted_at IS NULL AND start <= %s
"""
EACH = "SELECT begun, ended, seconds, client, project FROM block WHERE date BETWEEN %s AND %s ORDER BY begun"


class BlockDay(NamedTuple):
    """The seconds of the blocks that began on a day, and how many of them began with a switch."""

    tracked: float
    deep: float
    longest: float
    switches: float


class Block(NamedTuple):
    """A stretch of work on one project, and how many seconds of it are tracked: the gaps in it are not."""

    start: datetime
    end: datetime
    seconds: float
    client: str
    project: str

    @property
    def is_deep(self) -> bool:
        return self.seconds >= LEAST_DEEP.total_seconds()


def blocks_between(table: str, first: date, last: date) -> list[Block]:
    """Return the blocks that began on these days, the earliest first, by one statement."""
    *shared, _deep, begin, end, _until = parameters_of(first, last)
    with connection.cursor() as cursor:
        cursor.execute(statement_of(table, EACH), [*shared, begin, end])
        return [
            Block(moment(begun), moment(ended), float(seconds), client, project)
            for begun, ended, seconds, client, project in cursor
        ]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def statement_of(table: str, ending: str) -> str:
    seconds = SECONDS_IN_SQLITE if connection.vendor == "sqlite" else SECONDS_IN_POSTGRES
    return (PARTS + ending).format(
        table=connection.ops.quote_name(table),
        begun=seconds.format("start"),
        ended=seconds.format('"end"'),
    )


def block_days(table: str, first: date, last: date) -> tuple[dict[date, BlockDay], datetime | None]:
    """Return the days on which blocks began, and since when an entry is running, by one statement. A block over
    midnight belongs to the day on which it began."""
    found: dict[date, BlockDay] = {}
    running = None
    with connection.cursor() as cursor:
        cursor.execute(statement_of(table, BY_DAY), parameters_of(first, last))
        for day, *numbers, started in cursor:
            if day is None:
                running = started and as_instant(started)
            else:
                found[date.fromisoformat(str(day))] = BlockDay(*map(float, numbers))
    return found, running


def parameters_of(first: date, last: date) -> list[Any]:
    # With the day before, whose last block may go on, and the day after, into which one may go.
    before, begin, end, after = (
        connection.ops.adapt_datefield_value(day)
        for day in (first - ONE_DAY, first, last, last + ONE_DAY)
    )
    until = connection.ops.adapt_datetimefield_value(latest())
    entry, gap, switch, deep = (
        one.total_seconds() for one in (LONGEST_ENTRY, LONGEST_GAP, LONGEST_SWITCH, LEAST_DEEP)
    )
    return [before, after, until, entry, gap, switch, deep, begin, end, until]
