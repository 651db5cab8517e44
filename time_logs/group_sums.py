"""What time comes to by stretch of days and by name, such as the hours of each project in each week, by one statement.

The lengths are those of `sums.py`, and what reaches over the end of a stretch is split at local midnight as there.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from lifetracker.days import ONE_DAY, latest, midnight, split_by_day
from lifetracker.models.rows import as_instant
from time_logs.sums import (
    LENGTH_IN_POSTGRES,
    LENGTH_IN_SQLITE,
    MICROSECONDS,
    Only,
    stored,
)


class Days(NamedTuple):
    """A stretch of local days, both included."""

    first: date
    last: date


#: The seconds of each stretch, by its first day and by name.
Seconds = dict[date, dict[Any, float]]

# `near`: within a day before the end, where all begins that reaches over it, but for what is very long.
SPANS_IN_SQLITE = (
    "(SELECT json_extract(value, '$[0]') AS name, json_extract(value, '$[1]') AS begun, "
    "json_extract(value, '$[2]') AS ended, json_extract(value, '$[3]') AS near FROM json_each(%s) LIMIT -1) span"
)
SPANS_IN_POSTGRES = (
    "unnest(%s::date[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[])"
    " AS span(name, begun, ended, near)"
)

#: From so many days on, each project is looked up in its index.
LONG_DAYS = 400

LENGTHS = {True: LENGTH_IN_SQLITE, False: LENGTH_IN_POSTGRES}

LIVE = 'entry."end" <= %s AND entry.deleted_at IS NULL'
INSIDE = f'entry.start >= begun AND entry.start < ended AND entry."end" <= ended AND {LIVE}'

GROUPED = """
SELECT name, {names}, NULL, NULL, SUM({length}) FROM {spans} CROSS JOIN {table} entry
WHERE {inside} GROUP BY name, {names}
"""
# One look into the index of projects for each project and stretch. SQLite would else sort all entries.
BY_PROJECT = """
SELECT name, {known}, NULL, NULL, (
    SELECT SUM({length}) FROM {table} entry WHERE {same} AND entry.duration IS NOT NULL AND {inside}
) FROM ({asked}) known CROSS JOIN {spans}
"""
ALL_PROJECTS = "SELECT DISTINCT {columns} FROM {table} WHERE deleted_at IS NULL AND duration IS NOT NULL LIMIT -1"
SOME_REFS = "SELECT value AS project_ref FROM json_each(%s) LIMIT -1"
ACROSS = """
UNION ALL
SELECT NULL, {names}, entry.start, entry."end", NULL FROM {spans} CROSS JOIN {table} entry
WHERE entry.start >= near AND entry.start < ended AND entry."end" > ended AND entry.duration < {long} AND {live}
UNION ALL
SELECT NULL, {names}, entry.start, entry."end", NULL FROM {table} entry
WHERE entry.start >= %s AND entry.start < %s AND entry."end" > %s AND entry.duration < {long} AND {live}
UNION ALL
SELECT NULL, {names}, entry.start, entry."end", NULL FROM {table} entry
WHERE entry.duration >= {long} AND entry."end" > %s AND entry.start < %s AND {live}
AND NOT EXISTS (SELECT 1 FROM {spans} WHERE entry.start >= begun AND entry."end" <= ended)
"""


class Grouping(NamedTuple):
    """The columns of an entry that name what it counts for, and the names that their values stand for."""

    columns: tuple[str, ...]
    keys: Callable[..., Iterable[Any]]


def tags_of(text: str) -> Iterable[str]:
    """Return each tag once, of the text in which the database keeps them; an empty name where there is none."""
    return dict.fromkeys(json.loads(text)) or [""]


#: The columns that have an index of their own.
INDEXED = (("client", "project"), ("project_ref",))

GROUPINGS = {
    "ref": Grouping(("project_ref",), lambda ref: [ref]),
    "project": Grouping(("client", "project"), lambda client, project: [(client, project)]),
    "client": Grouping(("client", "project"), lambda client, _: [client]),
    "tag": Grouping(("tags",), tags_of),
    "description": Grouping(("description",), lambda description: [description]),
}


def group_sums(
    table: str, long: int, spans: Sequence[Days], by: str, refs: Collection[str] | None = None
) -> Seconds:
    """Return the seconds of the ended entries in each of the stretches, which follow each other without a gap, by
    `project` (as a pair of client and project), `ref` (a project's id at its source), `client`, `tag` or `description`. An
    entry with several tags counts wholly in each. `long`: seconds from which on an entry may have begun more than a day before its end.
    `refs`: by `ref`, which of them alone are asked for."""
    totals: dict[date, dict[Any, int]] = {span.first: defaultdict(int) for span in spans}
    for first, keys, length in parts(table, long, spans, GROUPINGS[by], refs):
        for key in keys:
            if refs is None or key in refs:
                totals[first][key] += length
    return {
        first: {key: length / MICROSECONDS for key, length in sums.items()}
        for first, sums in totals.items()
    }


def parts(
    table: str,
    long: int,
    spans: Sequence[Days],
    grouping: Grouping,
    refs: Collection[str] | None,
) -> Iterator[tuple[date, Iterable[Any], int]]:
    """Yield the microseconds that belong to a stretch and to names, of which there may be more than `refs`."""
    if not spans:
        return
    firsts = [span.first for span in spans]
    begin, finish = midnight(spans[0].first), midnight(spans[-1].last + ONE_DAY)
    for name, *values, start, end, length in rows(table, long, spans, grouping.columns, refs):
        keys = list(grouping.keys(*values))
        if name is None:
            cut = max(as_instant(start), begin), min(as_instant(end), finish)
            for day, seconds in split_by_day(*cut):
                yield firsts[bisect(firsts, day) - 1], keys, round(seconds * MICROSECONDS)
        elif length:
            yield date.fromisoformat(str(name)), keys, int(length)


def rows(
    table: str,
    long: int,
    spans: Sequence[Days],
    columns: tuple[str, ...],
    refs: Collection[str] | None,
) -> list[Any]:
    """Return what lies within one stretch, added up, and each entry that is to be split."""
    is_sqlite = connection.vendor == "sqlite"
    by_project = is_sqlite and columns in INDEXED and is_long(spans)
    entry = "entry.{}" if is_sqlite else "CAST(entry.{} AS TEXT)"
    quoted = connection.ops.quote_name(table)
    every = ALL_PROJECTS.format(columns=", ".join(columns), table=quoted)
    filled = {
        "table": quoted,
        "names": ", ".join(entry.format(column) for column in columns),
        "asked": every if refs is None else SOME_REFS,
        "known": ", ".join(f"known.{column}" for column in columns),
        "same": " AND ".join(f"entry.{column} = known.{column}" for column in columns),
        "length": LENGTHS[is_sqlite].format("entry.start", 'entry."end"'),
        "spans": SPANS_IN_SQLITE if is_sqlite else SPANS_IN_POSTGRES,
        "inside": INSIDE,
        "live": LIVE,
        "long": long,
    }
    statement = (BY_PROJECT if by_project else GROUPED) + ACROSS
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**filled), parameters(spans, by_project, refs))
        return list(cursor)


def is_long(spans: Sequence[Days]) -> bool:
    """Return whether so much time is asked for that the index of projects, all of which is read, is the shorter way."""
    return (spans[-1].last - spans[0].first).days > LONG_DAYS


def parameters(spans: Sequence[Days], by_project: bool, refs: Collection[str] | None) -> list[Any]:
    listed = bounds_of(spans)
    begin, finish = midnight(spans[0].first), midnight(spans[-1].last + ONE_DAY)
    before, first, last, come = map(stored, (begin - ONE_DAY, begin, finish, latest()))
    asked = [] if refs is None else [json.dumps(list(refs))]
    inside = [come, *asked, *listed] if by_project else [*listed, come]
    return [*inside, *listed, come, before, first, first, come, first, last, come, *listed]


def bounds_of(spans: Sequence[Days]) -> list[Any]:
    """Return the stretches as parameters: the first day, its midnight, the midnight after the last day, and from when on
    what reaches over that can have begun."""
    zone = timezone.get_current_timezone()
    table = []
    for span in spans:
        begun, ended = midnight(span.first, zone), midnight(span.last + ONE_DAY, zone)
        table.append((span.first, begun, ended, max(begun, ended - ONE_DAY)))
    if connection.vendor != "sqlite":
        return [list(column) for column in zip(*table, strict=True)]
    # As `stored` has it: midnights are whole seconds, in UTC.
    return [json.dumps([[str(day), *(str(one)[:19] for one in rest)] for day, *rest in table])]


# --- Entries of one name --------------------------------------------------------------------------

TAG_IN_SQLITE = "EXISTS (SELECT 1 FROM json_each(entry.tags) WHERE value = %s)"
TAG_IN_POSTGRES = "entry.tags @> jsonb_build_array(%s::text)"
NO_TAG = {True: "entry.tags = '[]'", False: "entry.tags = '[]'::jsonb"}


def of_name(by: str, key: Any) -> Only:
    """Return the condition for the entries that count for a name."""
    if by == "project":
        client, project = key
        return Only("entry.client = %s AND entry.project = %s", (client, project))
    if by == "tag":
        is_sqlite = connection.vendor == "sqlite"
        if not key:
            return Only(NO_TAG[is_sqlite])
        return Only(TAG_IN_SQLITE if is_sqlite else TAG_IN_POSTGRES, (key,))
    return Only(f"entry.{by} = %s", (key,))
