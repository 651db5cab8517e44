"""The chart of twelve metrics by bare SQL: one statement for each metric, with its usual over the same 28 days, by the driver
and orjson.

It leaves out what the product says beside the numbers, or looks after: which days are verified (zeros stand on all days), what
is pending or lies in the future, days that stay out of the usual, rounding, fractions of seconds, fasts that cross each other,
and what ends more than one midnight after it began.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

# The usual needs 28 days before the first one, and the sleep debt of these 13 more.
DAYS_BEFORE = 41

USUAL = """
WITH found AS ({found}),
known AS (SELECT day.date AS date, COALESCE(found.value, {absent}) AS value FROM day LEFT JOIN found ON found.date = day.date)
"""
# With SQLite's own functions: Django would put Python's in their place.
MEANS = """, scaled AS (SELECT date, value, {scaled} AS x FROM known),
sums AS (
    SELECT date, value, COUNT(x) OVER earlier AS n, SUM(x) OVER earlier AS total, SUM(x * x) OVER earlier AS squares
    FROM scaled WINDOW earlier AS (ORDER BY date ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING)
),
spread AS (
    SELECT date, value, total / n AS mean, SQRT({greatest}((squares - total * total / n) / (n - 1), 0)) AS deviation
    FROM sums WHERE n >= 14 UNION ALL SELECT date, value, NULL, NULL FROM sums WHERE n < 14
)
SELECT value, {middle}, {low}, {high} FROM spread ORDER BY date
"""
TIMES = """, vector AS (SELECT date, value, COS(value * PI() / 12) AS x, SIN(value * PI() / 12) AS y FROM known),
sums AS (
    SELECT date, value, COUNT(x) OVER earlier AS n, SUM(x) OVER earlier AS east, SUM(y) OVER earlier AS north
    FROM vector WINDOW earlier AS (ORDER BY date ROWS BETWEEN 28 PRECEDING AND 1 PRECEDING)
),
spread AS (
    SELECT date, value, ATAN2(north, east) * 12 / PI() + 24 AS mean,
    SQRT({greatest}(-2 * LN(SQRT(north * north + east * east) / n), 0)) * 12 / PI() AS deviation
    FROM sums WHERE n >= 14 UNION ALL SELECT date, value, NULL, NULL FROM sums WHERE n < 14
),
wide AS (SELECT date, value, mean, {greatest}(deviation, {smallest}) AS deviation FROM spread)
SELECT value, {clock[0]}, {clock[1]}, {clock[2]} FROM wide ORDER BY date
"""

PLAIN = "SELECT date, {value} AS value FROM {table} WHERE deleted_at IS NULL{also} GROUP BY date"
# What begins on a day, up to its end; and what is left of it on the next day.
SPLIT = """
SELECT date, SUM(seconds) / 3600.0 AS value FROM (
    SELECT day.date AS date, CASE WHEN part."end" <= day.ended THEN {part_end} ELSE {day_end} END - {part_start} AS seconds
    FROM day JOIN {table} part ON part.start >= day.begun AND part.start < day.ended
    WHERE part.deleted_at IS NULL AND part."end" IS NOT NULL
    UNION ALL
    SELECT day.date, {part_end} - {day_begin} FROM day JOIN {table} part
    ON part.start >= day.before AND part.start < day.begun AND part."end" > day.begun WHERE part.deleted_at IS NULL
) parts GROUP BY date
"""
DEBT = """
SELECT date, CASE WHEN COUNT(lack) OVER weeks >= 10 THEN {greatest}(AVG(lack) OVER weeks * 14, 0) END AS value FROM (
    SELECT day.date AS date, need - asleep AS lack FROM day LEFT JOIN (
        SELECT date, MAX(CASE WHEN NOT nap THEN need_baseline_min + need_from_strain_min END) / 60.0 AS need,
        SUM(total_sleep_hours) AS asleep FROM whoop_whoopsleep WHERE deleted_at IS NULL GROUP BY date
    ) night ON night.date = day.date
) lacks WINDOW weeks AS (ORDER BY date ROWS BETWEEN 13 PRECEDING AND CURRENT ROW)
"""
COMMITS = """
SELECT date, COUNT(*) AS value FROM github_projects_commit c WHERE deleted_at IS NULL AND mine AND EXISTS (
    SELECT 1 FROM github_projects_repositorycommit link JOIN github_projects_repository r ON r.id = link.repository_id
    WHERE link.commit_id = c.id AND r.deleted_at IS NULL AND NOT r.archived AND NOT r.fork
) GROUP BY date
"""


class Bare(NamedTuple):
    """How a metric is found, and what its usual is made of."""

    found: str
    smallest: float
    absent: str = "NULL"
    logarithmic: bool = False
    circular: bool = False


def plain(table: str, value: str, smallest: float, also: str = "", absent: str = "NULL") -> Bare:
    condition = f" AND {also}" if also else ""
    return Bare(PLAIN.format(table=table, value=value, also=condition), smallest, absent)


def split(table: str, smallest: float, absent: str = "NULL") -> Bare:
    seconds = "CAST(strftime('%s', {}) AS INTEGER)"
    if not is_sqlite():
        seconds = "EXTRACT(EPOCH FROM {})::float8"
    ends = {"part_start": "part.start", "part_end": 'part."end"'}
    ends |= {"day_begin": "day.begun", "day_end": "day.ended"}
    each = {name: seconds.format(column) for name, column in ends.items()}
    return Bare(SPLIT.format(table=table, **each), smallest, absent)


def is_sqlite() -> bool:
    return bool(connection.vendor == "sqlite")


def greatest() -> str:
    return "MAX" if is_sqlite() else "GREATEST"


def bare_metrics() -> dict[str, Bare]:
    """Return the metrics of the chart: means and sums of rows, logarithms, times of the day, what is split at midnight, what
    is computed from others, and zeros where nothing was."""
    recovery = "whoop_whooprecovery"
    wall = "CAST(strftime('%s', start_time) AS INTEGER)"
    if not is_sqlite():
        wall = "EXTRACT(EPOCH FROM start_time)::bigint"
    bedtime = f"MIN({wall} + utc_offset_min * 60) % 86400 / 3600.0"
    load = f"SUM({' + '.join(f'zone_{zone}_min * {zone}' for zone in range(1, 6))})"
    return {
        "whoop.recovery_score": plain(recovery, "AVG(recovery_score)", 5.0),
        "whoop.hrv": plain(recovery, "AVG(hrv_rmssd)", 2.0)._replace(logarithmic=True),
        "whoop.resting_heart_rate": plain(recovery, "AVG(resting_heart_rate)", 1.0),
        "whoop.sleep_hours": plain("whoop_whoopsleep", "SUM(total_sleep_hours)", 0.25, "NOT nap"),
        "whoop.sleep_debt": Bare(DEBT.format(greatest=greatest()), 0.5),
        "whoop.bedtime": plain("whoop_whoopsleep", bedtime, 0.25, "NOT nap")._replace(
            circular=True
        ),
        "whoop.strain": plain("whoop_whoopcycle", "AVG(strain)", 0.5, "end_time IS NOT NULL"),
        "workouts.load": plain("workouts_workout", load, 5.0, absent="0"),
        "weight.kg": plain("weight_weighin", "AVG(weight_kg)", 0.2),
        "fasting.hours": split("fasting_fastingperiod", 0.5),
        "time.hours": split("time_logs_timeentry", 0.25, absent="0"),
        "github.commits": Bare(COMMITS, 1.0, absent="0"),
    }


def statement_of(metric: Bare) -> str:
    head = USUAL.format(found=metric.found, absent=metric.absent)
    most, smallest = greatest(), metric.smallest
    if metric.circular:
        hours = [f"mean {side}" for side in ("", "- deviation", "+ deviation")]
        clock = [f"{hour} - 24 * FLOOR(({hour}) / 24)" for hour in hours]
        return head + TIMES.format(greatest=most, smallest=smallest, clock=clock)
    if metric.logarithmic:
        spread = f"{most}(deviation, {smallest} / EXP(mean))"
        edges = ["EXP(mean)", f"EXP(mean - {spread})", f"EXP(mean + {spread})"]
    else:
        spread = f"{most}(deviation, {smallest})"
        edges = ["mean", f"mean - {spread}", f"mean + {spread}"]
    scaled = "CASE WHEN value > 0 THEN LN(value) END" if metric.logarithmic else "value"
    return head + MEANS.format(
        greatest=most,
        scaled=scaled + (" * 1.0" if is_sqlite() else "::float8"),
        **dict(zip(("middle", "low", "high"), edges, strict=True)),
    )


# --- The chart ------------------------------------------------------------------------------------


def bare_chart(days: int) -> bytes:
    """Return the values and the usual, and one deviation below and above it, of so many days up to the present one."""
    from lifetracker.days import days_from, today  # noqa: PLC0415 - only after the setup

    last = today()
    every = days_from(last - timedelta(days=days - 1 + DAYS_BEFORE), last)
    with prepared(every) as cursor:
        series = {}
        for key, metric in bare_metrics().items():
            cursor.execute(statement_of(metric))
            columns = zip(*cursor.fetchall()[DAYS_BEFORE:], strict=True)
            series[key] = dict(zip(("values", "usual", "low", "high"), columns, strict=True))
    return orjson.dumps({"dates": every[DAYS_BEFORE:], "series": series}, default=float)


@contextmanager
def prepared(every: list[date]) -> Iterator[Any]:
    """Yield a cursor of the driver's own, for which there is a table of the days. On PostgreSQL it is that of Django's
    connection, the CPU time of whose server is known."""
    if is_sqlite():
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as connected:
            cursor = connected.cursor()
            make_days(cursor, every)
            yield cursor
        return
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        make_days(cursor, every)
        yield cursor
        cursor.execute("DROP TABLE day")


def make_days(cursor: Any, every: list[date]) -> None:
    """Make a table of the days with the midnights before, at their begin and at their end."""
    from lifetracker.days import ONE_DAY, midnight  # noqa: PLC0415

    around = [every[0] - ONE_DAY, *every, every[-1] + ONE_DAY]
    zone = timezone.get_current_timezone()
    midnights = [midnight(day, zone) for day in around]
    rows = list(zip(every, midnights, midnights[1:], midnights[2:], strict=False))
    if is_sqlite():
        texts = [(str(day), *(str(moment)[:19] for moment in moments)) for day, *moments in rows]
        cursor.execute("CREATE TEMP TABLE day (date PRIMARY KEY, before, begun, ended)")
        cursor.executemany("INSERT INTO day VALUES (?, ?, ?, ?)", texts)
        return
    cursor.execute(
        "CREATE TEMP TABLE day AS SELECT * FROM unnest(%s::date[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])"
        " AS day(date, before, begun, ended)",
        [list(column) for column in zip(*rows, strict=True)],
    )
    cursor.execute("ANALYZE day")
