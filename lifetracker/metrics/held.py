"""From when to when there is something of each metric, and how much of it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model, QuerySet

from lifetracker import days
from lifetracker.metrics.declaration import Absent, Computed, Grouped, Metric
from lifetracker.metrics.described import end_of, with_inputs
from lifetracker.metrics.registry import metric_of, metrics_of
from lifetracker.metrics.series import Series, days_before, read_series
from lifetracker.metrics.verified import Verified
from lifetracker.models.rows import as_date

#: The coverage is that of so many days up to the present one.
COVERED_DAYS = 90


class Span(NamedTuple):
    """The first and the last day with a value; of metrics that are read in their own way, with a record, and of computed
    ones, of all that they are computed from. None where there is no such day."""

    first: date | None
    last: date | None


@dataclass(frozen=True, kw_only=True)
class Held:
    """What there is of a metric. `known_days`: how many of the `days` up to the present one that are verified, or all
    since the first value where no service is read."""

    span: Span
    days: int
    known_days: int
    verified_until: datetime | None

    @property
    def coverage(self) -> float | None:
        return self.known_days / self.days if self.days else None


def held(metrics: Sequence[Metric], verified: Verified) -> dict[str, Held]:
    """Return what there is of metrics by key."""
    today = days.today()
    needed = list(with_inputs(metrics).values())
    recent = read_series(needed, days_before(today, COVERED_DAYS - 1), today, verified)
    spans = spans_of(metrics, recent)
    return {metric.key: held_of(recent[metric.key], spans[metric.key]) for metric in metrics}


def held_of(recent: Series, span: Span) -> Held:
    first, last = recent.first, recent.last
    if recent.verified:
        first, last = max(first, recent.verified.days[0]), min(last, recent.verified.days[1])
    first = max(first, span.first or recent.last + days.ONE_DAY)
    wanted = [recent.on(day) for day in days.days_from(first, last)]
    return Held(
        span=span,
        days=len(wanted),
        known_days=len(wanted) - wanted.count(None),
        verified_until=end_of(recent.verified),
    )


def read_since_first(metrics: Sequence[Metric], first: date, last: date) -> dict[str, Series]:
    """Return the series of metrics by key, as `read_series` does. Where a day without a record counts as zero, the days
    before the first record are unknown: nothing was kept then."""
    series = read_series(list(with_inputs(metrics).values()), first, last)
    zeros = [one for one in metrics if zero_models(one)]
    found = {one.key: series[one.key] for one in metrics}
    for key, span in spans_of(zeros, series).items():
        begin = span.first or last + days.ONE_DAY
        found[key] = found[key].since(max(begin, first))
    return found


def read_kept(
    metrics: Sequence[Metric], first: date, last: date, verified: Verified | None = None
) -> dict[str, Series]:
    """Return the series of metrics by key, as `read_series` does, by one statement more. Where a day without a record
    counts as zero, the days before the first record of all are unknown."""
    found = read_series(metrics, first, last, verified)
    zeros = [one for one in metrics if zero_models(one)]
    measured = {one.key: one for metric in zeros for one in measured_by(metric)}
    days_of_each = read_days([days_with_value(one).order_by("date") for one in measured.values()])
    spans = {key: Span(day, last) for key, day in zip(measured, days_of_each, strict=True)}
    for one in zeros:
        begun = span_of(one, spans).first or last + days.ONE_DAY
        found[one.key] = found[one.key].unknown_before(begun)
    return found


def zero_models(metric: Metric) -> set[type[Model]]:
    """Return the models of which a day without a record counts as zero, in a metric or in what it is computed from."""
    found = {metric.model} if metric.model and metric.absent is Absent.ZERO else set()
    return found.union(*(zero_models(one) for one in metrics_of(metric.inputs)))


# --- First and last days --------------------------------------------------------------------------


def spans_of(metrics: Sequence[Metric], recent: Mapping[str, Series]) -> dict[str, Span]:
    """Return the first and the last day of each metric by key."""
    measured = {one.key: one for metric in metrics for one in measured_by(metric)}
    found = dict(zip(measured, read_spans(list(measured.values()), recent), strict=True))
    return {metric.key: span_of(metric, found) for metric in metrics}


def measured_by(metric: Metric) -> list[Metric]:
    """Return the metric itself, or those that a computed one comes from."""
    if not isinstance(metric.series, Computed):
        return [metric]
    return [one for key in metric.inputs for one in measured_by(metric_of(key))]


def span_of(metric: Metric, found: Mapping[str, Span]) -> Span:
    if metric.key in found:
        return found[metric.key]
    inputs = [span_of(metric_of(key), found) for key in metric.inputs]
    firsts = [one.first for one in inputs if one.first]
    lasts = [one.last for one in inputs if one.last]
    if len(firsts) < len(inputs) or max(firsts) > min(lasts):
        return Span(None, None)
    return Span(max(firsts), min(lasts))


def read_spans(metrics: Sequence[Metric], recent: Mapping[str, Series]) -> list[Span]:
    """Return the first and the last day of metrics with records of their own: one statement for the first days, and one
    for the last days of those without a recent value. An index leads to the first row that counts, from either end;
    only for a metric without any the whole table is looked through."""
    firsts = read_days([days_with_value(one).order_by("date") for one in metrics])
    lasts = [last_known(recent[one.key]) for one in metrics]
    old = [at for at, first in enumerate(firsts) if first and not lasts[at]]
    found = read_days([days_with_value(metrics[at]).order_by("-date") for at in old])
    for at, day in zip(old, found, strict=True):
        lasts[at] = day
    return [Span(*pair) for pair in zip(firsts, lasts, strict=True)]


def last_known(series: Series) -> date | None:
    """Return the last day with a value that a record has: zeros of days without one do not count."""
    return next(
        (
            series.last - timedelta(days=back)
            for back, value in enumerate(reversed(series.values))
            if value
        ),
        None,
    )


def read_days(queries: Sequence[QuerySet[Model, object]]) -> list[date | None]:
    """Return the first day of each query, in one statement for all."""
    if not queries:
        return []
    selects = [one[:1].query.sql_with_params() for one in queries]
    statement = f"SELECT {', '.join(f'({sql})' for sql, _ in selects)}"
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for _, values in selects for value in values])
        return [None if day is None else as_date(day) for day in cursor.fetchone()]


def days_with_value(metric: Metric) -> QuerySet[Model, object]:
    series = metric.series
    rows: QuerySet[Model, object]
    if isinstance(series, Grouped):
        rows = series.rows().order_by().values("date").annotate(value=series.day)
        return rows.filter(value__isnull=False).values("date")
    model: Any = metric.model
    rows = model.objects.happened()
    return rows.values("date")
