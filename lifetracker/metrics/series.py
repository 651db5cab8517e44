"""The values of metrics day by day, read in as few statements as there are kinds of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import compress, count
from operator import is_

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
from lifetracker.metrics.grouped import Group, ReadDays, placed, read_groups
from lifetracker.metrics.registry import metrics_of
from lifetracker.metrics.statistics import Usual, usual_of
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.models import excluded_days

is_unknown = partial(is_, None)


@dataclass(frozen=True, kw_only=True)
class Series:
    """The days of a metric from `first` on. A value of None is unknown."""

    metric: Metric
    first: date
    values: Values
    #: What there is of the days that are not complete yet, or of which a part is not known: their value is unknown.
    so_far: Mapping[date, float | None] = field(default_factory=dict)
    #: The days of which a part is not known, so that there is more than what there is so far.
    partly_known: frozenset[date] = frozenset()
    #: The days on which something is still running or has no score yet.
    open_days: frozenset[date] = frozenset()
    #: The days that have records.
    recorded: frozenset[date] = frozenset()
    #: What the services behind it were read of; None where there is no such service.
    verified: Stretch | None = None

    @property
    def last(self) -> date:
        return self.first + timedelta(days=len(self.values) - 1)

    @property
    def known_days(self) -> int:
        return len(self.values) - self.values.count(None)

    @cached_property
    def valueless(self) -> frozenset[date]:
        """Return the days that have records, and yet no value."""
        begin = self.first.toordinal()
        unknown = compress(count(begin), map(is_unknown, self.values))
        days = self.recorded.intersection(map(date.fromordinal, unknown))
        return frozenset(day for day in days if self.so_far.get(day) is None)

    def on(self, day: date) -> float | None:
        """Return the value of a day; None outside of the series too."""
        position = (day - self.first).days
        return self.values[position] if 0 <= position < len(self.values) else None

    def since(self, first: date) -> Series:
        """Return the part from a later day on."""
        if first == self.first:
            return self
        later = {day: value for day, value in self.so_far.items() if day >= first}
        values = self.values[(first - self.first).days :]
        return replace(self, first=first, values=values, so_far=later)

    def unknown_before(self, day: date) -> Series:
        """Return the same days, with those before that one as unknown."""
        number = min(max((day - self.first).days, 0), len(self.values))
        return replace(self, values=[*[None] * number, *self.values[number:]])

    def until(self, last: date) -> Series:
        """Return the part up to an earlier day; all of it where that day is not earlier."""
        length = (last - self.first).days + 1
        if length >= len(self.values):
            return self
        earlier = {day: value for day, value in self.so_far.items() if day <= last}
        return replace(self, values=self.values[: max(length, 0)], so_far=earlier)

    def positions_of(self, days: Collection[date]) -> set[int]:
        """Return where in the series those of the days are that it has."""
        return {(day - self.first).days for day in days if self.first <= day <= self.last}

    def usual(
        self, excluded: Collection[date] | None = None, chosen: Sequence[int] | None = None
    ) -> list[Usual | None]:
        """Return what is usual on each day, or on those at the `chosen` positions, by the days of the series before it
        (`usual_of`).

        `excluded`: days that stay out of it. Left out, these are the days of illness, travel and holiday that their
        owner confirmed, by one statement: for many series, ask once for `excluded_days`.
        """
        if excluded is None:
            excluded = excluded_days(self.first, self.last)
        return usual_of(self.metric, self.values, self.positions_of(excluded), chosen)


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
        begin = first.toordinal()
        values = found.values[(first - found.first).days :]
        stretch = self._verified.of(metric)
        so_far = found.so_far(last_whole_day(metric, stretch))
        for day in so_far:
            if day >= first:
                values[day.toordinal() - begin] = None
        if metric.absent is Absent.ZERO and stretch:
            self._fill_zeros(metric, values, so_far, stretch)
        return Series(
            metric=metric,
            first=first,
            values=values,
            so_far=so_far,
            partly_known=found.partly_known,
            open_days=found.open_days,
            recorded=found.recorded,
            verified=stretch,
        )

    def _fill_zeros(
        self, metric: Metric, values: Values, so_far: Mapping[date, object], stretch: Stretch
    ) -> None:
        first, days = self._first[metric.key], self._found[metric.key].recorded
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


def read_own(
    read: Read, declared: Mapping[str, Own], first: date, last: date
) -> dict[str, ReadDays]:
    found = {day: one for day, one in read(first, last).items() if first <= day <= last}
    open_days = frozenset(day for day, one in found.items() if one.is_open)
    recorded, days = frozenset(found), list(found)
    width = 1 + max(own.column for own in declared.values())
    rows = (one.values[:width] for one in found.values())
    columns = placed(days, rows, first, last, width)
    partly: dict[int, set[date]] = defaultdict(set)
    for day, one in found.items():
        for column in one.partly:
            partly[column].add(day)
    return {
        key: ReadDays(
            first, columns[own.column], recorded, open_days, frozenset(partly[own.column])
        )
        for key, own in declared.items()
    }


def days_before(day: date, number: int) -> date:
    """Return the day so many days earlier, at the earliest the first one that there is."""
    return day - timedelta(days=min(number, (day - date.min).days))
