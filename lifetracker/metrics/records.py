"""The records that the numbers of a day were made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import IntegerField, Model, QuerySet, Value

from lifetracker.days import days_from
from lifetracker.metrics.declaration import Computed, Grouped, Metric, Rows
from lifetracker.metrics.registry import metrics_of
from lifetracker.metrics.series import days_before


class Record(NamedTuple):
    model: type[Model]
    id: int
    source: str
    date: date


class RecordId(NamedTuple):
    model: type[Model]
    id: int


def records_behind(metric: Metric, day: date) -> list[Record]:
    """Return the records that the value of a day was made of, newest first: of a computed metric all that it looks back
    on."""
    found = {
        Record(rows.model, *row)
        for rows in rows_between(metric, day, day)
        for row in rows.order_by().values_list("pk", "source", "date")
    }
    return sorted(found, key=lambda one: (one.date, one.model._meta.label, one.id), reverse=True)


def rows_between(metric: Metric, first: date, last: date) -> Iterator[QuerySet[Model]]:
    """Yield the rows behind the days of a metric, by one query for each kind of row."""
    series = metric.series
    if isinstance(series, Computed):
        for one in metrics_of(metric.inputs):
            yield from rows_between(one, days_before(first, series.lookback), last)
    elif isinstance(series, Grouped):
        yield series.rows().filter(date__range=(first, last))
    else:
        for day in days_from(first, last):
            yield series.records(day)


def ids_by_metric(metrics: Sequence[Metric], day: date) -> dict[str, list[RecordId]]:
    """Return the ids of the records of a day by the key of the metric, in one statement for all: of computed metrics
    those of the same day that they are computed from."""
    queries = queries_on(metrics, day)
    selects = [
        query.rows.order_by().annotate(query=Value(at, IntegerField())).values_list("query", "pk")
        for at, query in enumerate(queries)
    ]
    found: dict[str, dict[RecordId, None]] = defaultdict(dict)
    for at, pk in sorted(selects[0].union(*selects[1:], all=True)) if selects else ():
        for key in queries[at].keys:
            found[key][RecordId(queries[at].rows.model, pk)] = None
    return {key: list(ids) for key, ids in found.items()}


class DayQuery(NamedTuple):
    """The records of a day, and the keys of the metrics that they are behind."""

    rows: QuerySet[Model]
    keys: list[str]


def queries_on(metrics: Sequence[Metric], day: date) -> list[DayQuery]:
    """Return the queries for the records of a day, each once."""
    queries: dict[object, DayQuery] = {}
    for metric in metrics:
        for one, records in measured(metric):
            if records not in queries:
                (rows,) = rows_between(one, day, day)
                queries[records] = DayQuery(rows, [])
            queries[records].keys.append(metric.key)
    return list(queries.values())


def measured(metric: Metric) -> Iterator[tuple[Metric, Rows | Callable[[date], object]]]:
    """Yield the metric itself, or those that it is computed from, with what returns their records."""
    series = metric.series
    if isinstance(series, Computed):
        for one in metrics_of(metric.inputs):
            yield from measured(one)
    elif isinstance(series, Grouped):
        yield metric, series.rows
    else:
        yield metric, series.records
