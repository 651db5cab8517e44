"""The values of metrics day by day, read in as few statements as there are kinds of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, FloatField, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast

from lifetracker.days import today
from lifetracker.metrics.declaration import (
    Absent,
    Computed,
    Grouped,
    Metric,
    Own,
    Read,
    Rows,
    Values,
)
from lifetracker.metrics.registry import metrics_of
from lifetracker.metrics.statistics import Usual, usual_of
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.models import excluded_days
from lifetracker.models.rows import as_date, raw_rows


@dataclass(frozen=True, kw_only=True)
class Series:
    """The days of a metric from `first` on. A value of None is unknown."""

    metric: Metric
    first: date
    values: Values
    #: What there is so far of the days that are not complete yet, whose value is unknown.
    so_far: Mapping[date, float | None] = field(default_factory=dict)
    #: The days that have records, and yet no value.
    valueless: frozenset[date] = frozenset()
    #: What the services behind it were read of; None where there is no such service.
    verified: Stretch | None = None

    @property
    def last(self) -> date:
        return self.first + timedelta(days=len(self.values) - 1)

    @property
    def known_days(self) -> int:
        return len(self.values) - self.values.count(None)

    def on(self, day: date) -> float | None:
        """Return the value of a day; None outside of the series too."""
        position = (day - self.first).days
        return self.values[position] if 0 <= position < len(self.values) else None

    def since(self, first: date) -> Series:
        """Return the part from a later day on."""
        later = {day: value for day, value in self.so_far.items() if day >= first}
        values = self.values[(first - self.first).days :]
        valueless = frozenset(day for day in self.valueless if day >= first)
        return replace(self, first=first, values=values, so_far=later, valueless=valueless)

    def positions_of(self, days: Collection[date]) -> set[int]:
        """Return where in the series those of the days are that it has."""
        return {(day - self.first).days for day in days if self.first <= day <= self.last}

    def usual(self, excluded: Collection[date] | None = None) -> list[Usual | None]:
        """Return what is usual on each day, by the days of the series before it (`usual_of`).

        `excluded`: days that stay out of it. Left out, these are the days of illness, travel and holiday that their
        owner confirmed, by one statement: for many series, ask once for `excluded_days`.
        """
        if excluded is None:
            excluded = excluded_days(self.first, self.last)
        return usual_of(self.metric, self.values, self.positions_of(excluded))


def read_series(
    metrics: Sequence[Metric], first: date, last: date, verified: Verified | None = None
) -> dict[str, Series]:
    """Return the series of the metrics by key, from `first` to `last`, both included."""
    reading = SeriesReader(verified or Verified(), last)
    for metric in metrics:
        reading.want(metric, first)
    reading.read()
    return {metric.key: reading.series_of(metric.key).since(first) for metric in metrics}


class SeriesReader:
    """Reads series that end with one day, and all that they are computed from."""

    def __init__(self, verified: Verified, last: date) -> None:
        self._verified = verified
        self._last = last
        self._first: dict[str, date] = {}
        self._metrics: dict[str, Metric] = {}
        self._found: dict[str, ReadDays] = {}
        self._series: dict[str, Series] = {}

    def want(self, metric: Metric, first: date) -> None:
        """Note a metric and what it depends on, from its first day on."""
        self._metrics[metric.key] = metric
        self._first[metric.key] = min(first, self._first.get(metric.key, first))
        needed = set(metric.inputs) | ({metric.zero_where} - {""})
        if isinstance(metric.series, Computed):
            first = days_before(first, metric.series.lookback)
        for one in metrics_of(needed):
            self.want(one, first)

    def read(self) -> None:
        grouped: dict[Rows, dict[str, Grouped]] = defaultdict(dict)
        own: dict[Read, dict[str, Own]] = defaultdict(dict)
        for metric in self._metrics.values():
            if isinstance(metric.series, Grouped):
                grouped[metric.series.rows][metric.key] = metric.series
            elif isinstance(metric.series, Own):
                own[metric.series.read][metric.key] = metric.series
        groups = [
            Group(rows, declared, self._begin(declared)) for rows, declared in grouped.items()
        ]
        self._found |= read_groups(groups, self._last)
        for read, known in own.items():
            self._found |= read_own(read, known, self._begin(known), self._last)

    def _begin(self, keys: Iterable[str]) -> date:
        return min(self._first[key] for key in keys)

    def series_of(self, key: str) -> Series:
        if key not in self._series:
            metric = self._metrics[key]
            series = metric.series
            self._series[key] = (
                self._compute(metric, series)
                if isinstance(series, Computed)
                else self._fill(metric)
            )
        return self._series[key]

    def _fill(self, metric: Metric) -> Series:
        """Put the read days into their places, and zero where that is known."""
        first, found = self._first[metric.key], self._found[metric.key]
        values: Values = [None] * ((self._last - first).days + 1)
        so_far, begin = {}, first.toordinal()
        stretch = self._verified.of(metric)
        last_whole = last_whole_day(metric, stretch)
        for day, value in zip(found.days, found.values, strict=True):
            if day in found.open_days or day > last_whole:
                so_far[day] = value
            elif day >= first:
                values[day.toordinal() - begin] = value
        if metric.absent is Absent.ZERO and stretch:
            self._fill_zeros(metric, values, so_far, stretch)
        return Series(
            metric=metric,
            first=first,
            values=values,
            so_far=so_far,
            valueless=found.valueless,
            verified=stretch,
        )

    def _fill_zeros(
        self, metric: Metric, values: Values, so_far: Mapping[date, object], stretch: Stretch
    ) -> None:
        first, days = self._first[metric.key], frozenset(self._found[metric.key].days)
        begin, end = (max(stretch.days[0], first), min(stretch.days[1], self._last))
        condition = self.series_of(metric.zero_where) if metric.zero_where else None
        for position in range((begin - first).days, (end - first).days + 1):
            day = first + timedelta(days=position)
            if day not in days and (condition is None or condition.on(day) is not None):
                values[position] = 0.0

    def _compute(self, metric: Metric, series: Computed) -> Series:
        first = self._first[metric.key]
        begin = days_before(first, series.lookback)
        inputs = [self.series_of(key).since(begin) for key in series.inputs]
        values = series.compute(begin, *(one.values for one in inputs))
        # What is computed from the days before it could be computed for days that have not come.
        come = max((today() - begin).days + 1, 0)
        values = [*values[:come], *[None] * len(values[come:])]
        whole = Series(
            metric=metric, first=begin, values=values, verified=self._verified.of(metric)
        )
        return whole.since(first)


def last_whole_day(metric: Metric, stretch: Stretch | None) -> date:
    """Return the last day whose value is no part of one. Where a missing record is a zero, each record adds to the value of
    its day: after the last day that was read whole, it is only what there is so far."""
    return stretch.days[1] if metric.absent is Absent.ZERO and stretch else date.max


class ReadDays(NamedTuple):
    """What the days with records come to: as many values as days. No object for each value, because Python would look
    through all of them again and again for what can be thrown away."""

    days: Sequence[date]
    values: Sequence[float | None]
    #: Those on which something is still running or has no score yet, so that the value is only what there is so far.
    open_days: frozenset[date]

    @property
    def valueless(self) -> frozenset[date]:
        pairs = zip(self.days, self.values, strict=True)
        return frozenset(day for day, value in pairs if value is None)


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

    def open_column(self, one: Grouped, first: int) -> int | None:
        """Return where the number of its open rows stands, if those of the group stand from `first` on."""
        return None if one.open_rows is None else first + self.open_rows.index(one.open_rows)


NO_VALUE = Cast(Value(None), FloatField())


def read_groups(groups: Sequence[Group], last: date) -> dict[str, ReadDays]:
    """Return the days that have rows, by the key of the metric: one statement for all groups."""
    if not groups:
        return {}
    width = max(len(group.declared) for group in groups)
    most_open = max(len(group.open_rows) for group in groups)
    selects = [
        select_days(group, number, width, most_open, last).values_list(
            *COLUMNS, *names("value", width), *names("open", most_open)
        )
        for number, group in enumerate(groups)
    ]
    tables = [Table([], []) for _ in groups]
    for row in raw_rows(selects[0].union(*selects[1:], all=True) if selects[1:] else selects[0]):
        table = tables[row[0]]
        table.days.append(as_date(row[1]))
        table.rows.append(row)
    begin = len(COLUMNS)
    return {
        key: tables[number].column(begin + position, group.open_column(one, begin + width))
        for number, group in enumerate(groups)
        for position, (key, one) in enumerate(group.declared.items())
    }


class Table(NamedTuple):
    """The days of a group, and their rows."""

    days: list[date]
    rows: list[tuple[Any, ...]]

    def column(self, position: int, open_position: int | None) -> ReadDays:
        """Return one value of each day."""
        values = [row[position] for row in self.rows]
        if open_position is None:
            return ReadDays(self.days, values, frozenset())
        pairs = zip(self.days, self.rows, strict=True)
        return ReadDays(
            self.days, values, frozenset(day for day, row in pairs if row[open_position])
        )


#: What stands before the values of a row: the number of its group, and its day.
COLUMNS = ("group", "date")


def names(of: str, width: int) -> list[str]:
    return [f"{of}_{position}" for position in range(width)]


def select_days(
    group: Group, number: int, width: int, most_open: int, last: date
) -> QuerySet[Any, Any]:
    """Return the select of a group, with as many values, and numbers of open rows, as any group has."""
    values: list[Any] = [Cast(one.day, FloatField()) for one in group.declared.values()]
    values += [NO_VALUE] * (width - len(values))
    opened: list[Any] = [Count("pk", filter=one) for one in group.open_rows]
    opened += [Value(0)] * (most_open - len(opened))
    rows = group.rows().filter(date__range=(group.first, last)).order_by().values("date")
    select: QuerySet[Any, Any] = rows.annotate(
        group=Value(number, IntegerField()),
        **dict(zip(names("value", width), values, strict=True)),
        **dict(zip(names("open", most_open), opened, strict=True)),
    )
    return select


def read_own(
    read: Read, declared: Mapping[str, Own], first: date, last: date
) -> dict[str, ReadDays]:
    found = read(first, last)
    open_days = frozenset(day for day, one in found.items() if one.is_open)
    return {
        key: ReadDays(list(found), [one.values[own.column] for one in found.values()], open_days)
        for key, own in declared.items()
    }


def days_before(day: date, number: int) -> date:
    """Return the day so many days earlier, at the earliest the first one that there is."""
    return day - timedelta(days=min(number, (day - date.min).days))
