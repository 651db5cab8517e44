"""Series of rows that have a day: all of them are read by one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, repeat
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    FloatField,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast

from lifetracker.metrics.declaration import Grouped, Rows, Values
from lifetracker.models.expressions import Unparsed
from lifetracker.models.rows import as_dates, raw_rows

#: From so many days on, rows of which most days have one are read one by one: SQLite takes twice as long to group them.
ONE_BY_ONE_FROM = 366
#: Up to so many days of several rows are read once more by themselves.
MOST_AGAIN = 100


class ReadDays(NamedTuple):
    """What the days with records come to. No object for each value, because Python would look through all of them again and
    again for what can be thrown away."""

    first: date
    #: A value for each day from the first on; None where there is none.
    values: Values
    #: The days that have records; metrics of the same rows share them.
    recorded: frozenset[date]
    #: Those on which something is still running or has no score yet, so that the value is only what there is so far.
    open_days: frozenset[date]
    #: Those of which a part is not known, whether or not they are open.
    partly_known: frozenset[date] = frozenset()

    def so_far(self, last_whole: date) -> dict[date, float | None]:
        """Return the values that are only parts: those of open days, of days of which a part is not known, and of days after
        the last whole one."""
        parts = set(self.open_days | self.partly_known)
        if last_whole != date.max:
            parts.update(day for day in self.recorded if day > last_whole)
        return {day: self.values[(day - self.first).days] for day in sorted(parts)}


def placed(
    days: Sequence[date], rows: Iterable[Sequence[Any]], first: date, last: date, width: int
) -> list[Values]:
    """Return the columns of rows, so many of them, with the row of each day in its place and None on days without one."""
    begin, nothing = first.toordinal(), (None,) * width
    found: list[Sequence[Any]] = [nothing] * max((last - first).days + 1, 0)
    for day, row in zip(map(date.toordinal, days), rows, strict=True):
        found[day - begin] = row
    return [list(column) for column in zip(*found, strict=True)] or [[] for _ in nothing]


class Group(NamedTuple):
    """Metrics of the same rows, and the first day on which one of them is wanted."""

    rows: Rows
    declared: Mapping[str, Grouped]
    first: date

    @property
    def open_rows(self) -> list[Q]:
        """Return the conditions of rows that make a day unknown, each once: most metrics share theirs."""
        found: list[Q] = []
        for one in self.declared.values():
            if one.open_rows is not None and one.open_rows not in found:
                found.append(one.open_rows)
        return found

    def open_position(self, one: Grouped) -> int | None:
        """Return which of the numbers of open rows is that of a metric; None where it has none."""
        return None if one.open_rows is None else self.open_rows.index(one.open_rows)

    @property
    def is_one_by_one(self) -> bool:
        return all(one.has_one_row for one in self.declared.values())


class NoValue(Cast):
    """NULL as a number. It is a constant, which groups nothing: with it, SQLite would sort the rows once more."""

    def __init__(self) -> None:
        super().__init__(Value(None), FloatField())

    def get_group_by_cols(self) -> list[Any]:
        return []


NO_VALUE = NoValue()


class Reading(NamedTuple):
    """The groups that one statement reads, up to a day. Each select has as many columns as the widest has."""

    groups: Sequence[Group]
    last: date

    @property
    def width(self) -> int:
        """Return how many values there are in a row."""
        return max(len(group.declared) for group in self.groups)

    @property
    def most_open(self) -> int:
        """Return how many numbers of open rows there are in a row."""
        return max(len(group.open_rows) for group in self.groups)

    @property
    def days(self) -> int:
        return max((self.last - group.first).days + 1 for group in self.groups)

    @property
    def is_one_by_one(self) -> bool:
        """Return whether rows are read that are not grouped."""
        return self.days >= ONE_BY_ONE_FROM and any(group.is_one_by_one for group in self.groups)

    @property
    def most_rows(self) -> int:
        """Return how many rows there are at most, where few days have several."""
        return len(self.groups) * (self.days + MOST_AGAIN)

    def rows(
        self, *, one_by_one: bool = False, days: Collection[date] | None = None
    ) -> Iterator[Row]:
        """Yield the rows of all groups, or of some days, grouped by day unless they may be read one by one; of these there
        are at most so many."""
        selects = [
            self.select(number, one_by_one=one_by_one and group.is_one_by_one, days=days)
            for number, group in enumerate(self.groups)
        ]
        union = selects[0].union(*selects[1:], all=True) if selects[1:] else selects[0]
        return raw_rows(union[: self.most_rows] if one_by_one else union)

    def select(
        self, number: int, *, one_by_one: bool, days: Collection[date] | None
    ) -> QuerySet[Any, Any]:
        group = self.groups[number]
        rows = group.rows().filter(date__range=(group.first, self.last)).order_by()
        rows = rows if days is None else rows.filter(date__in=days)
        columns = of_rows(group) if one_by_one else of_days(group)
        values = names("value", self.width)
        opened = names("open", self.most_open)
        select: QuerySet[Any, Any] = (rows if one_by_one else rows.values("date")).annotate(
            group=Value(number, IntegerField()),
            day=columns.day,
            **dict(zip(values, chain(columns.values, repeat(NO_VALUE)), strict=False)),
            **dict(zip(opened, chain(columns.opened, repeat(Value(0))), strict=False)),
        )
        return select.values_list(*COLUMNS, *values, *opened)


#: What stands before the values of a row: the number of its group, and its day.
COLUMNS = ("group", "day")
Row = tuple[Any, ...]
#: The row of each day, which is as the database hands it out.
ByDay = dict[Any, Row]


def names(of: str, width: int) -> list[str]:
    return [f"{of}_{position}" for position in range(width)]


class Columns(NamedTuple):
    """The expressions of a select: its day, its values, and how many of its rows are open."""

    day: Any
    values: list[Any]
    opened: list[Any]


def of_days(group: Group) -> Columns:
    """Return what the rows of each day come to."""
    return Columns(
        # The driver of SQLite would parse each date that is a column, which takes longer than to read the row.
        Max("date"),
        [Cast(one.day, FloatField()) for one in group.declared.values()],
        [Count("pk", filter=one) for one in group.open_rows],
    )


def of_rows(group: Group) -> Columns:
    """Return what each row comes to by itself."""
    return Columns(
        Unparsed("date"),
        [Cast(one.of_one_row, FloatField()) for one in group.declared.values()],
        [Case(When(one, then=Value(1)), default=Value(0)) for one in group.open_rows],
    )


def read_groups(groups: Sequence[Group], last: date) -> dict[str, ReadDays]:
    """Return the days that have rows, by the key of the metric: one statement for all groups, and one more where days have
    several rows of which most have one."""
    if not groups:
        return {}
    reading = Reading(groups, last)
    return {
        key: read
        for group, rows in zip(groups, read_rows(reading), strict=True)
        for key, read in read_columns(group, rows, last, reading.width).items()
    }


def read_rows(reading: Reading) -> list[ByDay]:
    """Return the row of each day that has any, by group."""
    return (read_one_by_one(reading) if reading.is_one_by_one else None) or by_day(
        reading, reading.rows()
    )


def read_one_by_one(reading: Reading) -> list[ByDay] | None:
    """Return the same of rows that are mostly alone on their days; None where too many are not."""
    found: list[ByDay] = [{} for _ in reading.groups]
    several, repeated = set(), 0
    for row in reading.rows(one_by_one=True):
        group, day = found[row[0]], row[1]
        if day in group:
            several.add(day)
            repeated += 1
            if len(several) > MOST_AGAIN:
                return None
        group[day] = row
    if sum(map(len, found)) + repeated == reading.most_rows:
        return None
    if several:
        again = by_day(reading, reading.rows(days=as_dates(list(several))))
        for rows, better in zip(found, again, strict=True):
            rows.update(better)
    return found


def by_day(reading: Reading, rows: Iterable[Row]) -> list[ByDay]:
    found: list[ByDay] = [{} for _ in reading.groups]
    for row in rows:
        found[row[0]][row[1]] = row
    return found


def read_columns(group: Group, rows: ByDay, last: date, width: int) -> dict[str, ReadDays]:
    """Return the values of the group's metrics by key. `width`: how many columns of values there are before those of open
    rows."""
    first_value, first_open = len(COLUMNS), len(COLUMNS) + width
    days = as_dates(list(rows))
    row_width = max(map(len, rows.values()), default=first_open)
    columns = placed(days, rows.values(), group.first, last, row_width)
    recorded = frozenset(days)
    opened = [
        frozenset(day for day, row in zip(days, rows.values(), strict=True) if row[at])
        for at in range(first_open, first_open + len(group.open_rows))
    ]
    found = {}
    for at, (key, one) in enumerate(group.declared.items(), first_value):
        position = group.open_position(one)
        open_days = frozenset[date]() if position is None else opened[position]
        found[key] = ReadDays(group.first, columns[at], recorded, open_days)
    return found
