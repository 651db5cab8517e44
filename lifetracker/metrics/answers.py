"""What is said of metrics to programs: the same to those that ask the API and to those that start the command.

An unknown value is None, never zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from lifetracker import days
from lifetracker.metrics.buckets import Bucket, BucketValues, buckets_of
from lifetracker.metrics.declaration import Known, Metric, Values
from lifetracker.metrics.described import Described, describe, end_of
from lifetracker.metrics.held import Held, held
from lifetracker.metrics.records import RecordId, ids_by_metric
from lifetracker.metrics.registry import all_metrics, metrics
from lifetracker.metrics.series import days_before
from lifetracker.metrics.statistics import HOURS_A_DAY, USUAL_DAYS
from lifetracker.metrics.verified import Verified
from lifetracker.models import DayMark
from lifetracker.models.marks import UNUSUAL

Answer = dict[str, Any]
#: Digits beyond those that a value is shown with: of numbers, and of the lists for charts, which can be long.
DIGITS, CHART_DIGITS = 2, 1


def rounded(value: float | None, digits: int) -> float | None:
    # Plus zero, because -0.0 is no number for people.
    return None if value is None else round(value, digits) + 0.0


def shown(metric: Metric, value: float | None) -> float | None:
    """Return a value of the metric as it leaves; 24 o'clock is 0."""
    found = rounded(value, metric.decimals + DIGITS)
    return 0.0 if metric.circular and found == HOURS_A_DAY else found


def facts_of(metric: Metric) -> Answer:
    return {
        "key": metric.key,
        "label": metric.label,
        "unit": metric.unit,
        "decimals": metric.decimals,
        "domain": metric.domain,
        "additive": metric.additive,
        "circular": metric.circular,
        "absent": metric.absent.value,
        "better": metric.better.value,
    }


# --- All metrics ----------------------------------------------------------------------------------


def every(_metric: Metric) -> bool:
    return True


def list_of_metrics(wanted: Callable[[Metric], bool] = every) -> list[Answer]:
    """Return every wanted metric, with what is held of it. Of those that come with the data, such as the hours of each
    project, that would take a statement each, and is None."""
    verified = Verified()
    found = held(list(filter(wanted, metrics.values())), verified)
    return [
        facts_of(metric)
        | held_facts(found.get(metric.key))
        | {"verified_until": end_of(verified.of(metric))}
        for metric in filter(wanted, all_metrics())
    ]


def held_facts(one: Held | None) -> Answer:
    return {
        "first_day": one.span.first if one else None,
        "last_day": one.span.last if one else None,
        "known_days": one.known_days if one else None,
        "days": one.days if one else None,
        "coverage": rounded(one.coverage, 4) if one else None,
    }


# --- One metric -----------------------------------------------------------------------------------


def metric_answer(metric: Metric, first: date, last: date, bucket: Bucket) -> Answer:
    """Return the days from `first` to `last` of a metric, both included, in buckets."""
    return range_answer(describe([metric], first, last)[metric.key], bucket)


def range_answer(described: Described, bucket: Bucket) -> Answer:
    """Return the days of a series that was read already, in buckets."""
    metric, series = described.metric, described.series
    buckets = [bucket_answer(metric, bucket, one) for one in buckets_of(series, bucket)]
    if bucket is Bucket.DAY:
        buckets = [
            one | day_facts(described, at) | rolling_facts(described, at)
            for at, one in enumerate(buckets)
        ]
    return facts_of(metric) | {
        "start_date": series.first,
        "end_date": series.last,
        "bucket": bucket.value,
        **coverage_facts(described),
        "buckets": buckets,
        "missing": [
            {"start_date": one.first, "end_date": one.last, "reason": one.reason}
            for one in described.missing
        ],
    }


def coverage_facts(described: Described) -> Answer:
    return {
        "days": len(described.series.values),
        "known_days": described.series.known_days,
        "verified_until": described.verified_until,
    }


def bucket_answer(metric: Metric, bucket: Bucket, one: BucketValues) -> Answer:
    return {
        "start_date": one.start,
        "end_date": bucket.end_of(one.start),
        "days": one.days,
        "known_days": one.known_days,
        "sum": shown(metric, one.sum),
        "mean": shown(metric, one.mean),
        "minimum": shown(metric, one.minimum),
        "maximum": shown(metric, one.maximum),
    }


def day_facts(described: Described, at: int) -> Answer:
    """Return what is said of the day at a position."""
    metric, series, usual = described.metric, described.series, described.usual[at]
    day = series.first + timedelta(days=at)
    if usual and day == days.today() and metric.known is not Known.ON_WAKING:
        # What can still change before midnight is neither high nor low.
        usual = usual._replace(deviation=None)
    return {
        "value": shown(metric, series.values[at]),
        "so_far": shown(metric, series.so_far.get(day)),
        "usual": shown(metric, usual.value) if usual else None,
        "low": shown(metric, usual.low) if usual else None,
        "high": shown(metric, usual.high) if usual else None,
        "deviation": rounded(usual.deviation, DIGITS) if usual else None,
        "words": usual.words if usual else "",
    }


def rolling_facts(described: Described, at: int) -> Answer:
    return {
        f"rolling_{length}": shown(described.metric, values[at])
        for length, values in described.rolling.items()
    }


# --- Charts ---------------------------------------------------------------------------------------


def chart_answer(chosen: Sequence[Metric], first: date, last: date, bucket: Bucket) -> Answer:
    """Return the days from `first` to `last` of several metrics as lists: one of the days, or of the first days of the
    weeks or months, and for each metric as many values."""
    found = describe(chosen, first, last)
    every = days.days_from(first, last)
    columns = day_columns if bucket is Bucket.DAY else partial(bucket_columns, bucket=bucket)
    return {
        "start_date": first,
        "end_date": last,
        "bucket": bucket.value,
        "dates": list(dict.fromkeys(bucket.start_of(day) for day in every)),
        "series": {
            key: facts_of(one.metric) | coverage_facts(one) | columns(one)
            for key, one in found.items()
        },
    }


#: The usual, and one deviation below and above it, of days without one.
NOTHING = (None, None, None)


def day_columns(described: Described) -> Answer:
    listed = partial(column, described.metric)
    value, low, high = zip(*(one[:3] if one else NOTHING for one in described.usual), strict=True)
    return {
        "values": listed(described.series.values),
        "sums": None,
        "usual": listed(value),
        "low": listed(low),
        "high": listed(high),
    }


def bucket_columns(described: Described, bucket: Bucket) -> Answer:
    listed = partial(column, described.metric)
    buckets = buckets_of(described.series, bucket)
    return {
        "values": listed(one.mean for one in buckets),
        "sums": listed(one.sum for one in buckets) if described.metric.additive else None,
        "usual": None,
        "low": None,
        "high": None,
    }


def column(metric: Metric, values: Iterable[float | None]) -> Values:
    # Of a chart, to whom it is all the same to which side a half is rounded: `round` takes eight times as long.
    unit, floor = 10.0 ** (metric.decimals + CHART_DIGITS), math.floor
    found = [None if value is None else floor(value * unit + 0.5) / unit for value in values]
    return [0.0 if value == HOURS_A_DAY else value for value in found] if metric.circular else found


# --- A day ----------------------------------------------------------------------------------------


def day_answer(day: date, wanted: Callable[[Metric], bool] = every) -> Answer:
    """Return every declared number of a day that is wanted by domain, with the records that it was made of."""
    chosen = list(filter(wanted, metrics.values()))
    marks = DayMark.objects.confirmed().between(days_before(day, USUAL_DAYS), day)
    kinds = list(marks.order_by("kind").values_list("date", "kind"))
    found = describe(chosen, day, day, {marked for marked, kind in kinds if kind in UNUSUAL})
    ids = ids_by_metric(chosen, day)
    domains: dict[str, list[Answer]] = {metric.domain: [] for metric in chosen}
    for metric in chosen:
        number = number_of_day(found[metric.key], day) | {
            "records": ids_answer(ids.get(metric.key, []))
        }
        domains[metric.domain].append(number)
    return {
        "date": day,
        "is_today": day == days.today(),
        "marks": [kind for marked, kind in kinds if marked == day],
        "domains": [{"domain": domain, "numbers": numbers} for domain, numbers in domains.items()],
    }


def number_of_day(described: Described, day: date) -> Answer:
    metric = described.metric
    return {
        "key": metric.key,
        "label": metric.label,
        "unit": metric.unit,
        "decimals": metric.decimals,
        **day_facts(described, 0),
        "reason": described.reasons.why(metric, day),
        "verified_until": described.verified_until,
    }


def ids_answer(ids: Sequence[RecordId]) -> list[Answer]:
    return [{"model": one.model._meta.label, "id": one.id} for one in ids]


# --- A week ---------------------------------------------------------------------------------------


def week_answer(monday: date, last: date) -> Answer:
    """Return every declared metric on the days of a week up to `last`, each as `metric_answer` has it by day, with what the
    days come to under `week`, as it has that by week. By the same statements as a day."""
    found = describe(list(metrics.values()), monday, last)
    return {
        "start_date": monday,
        "end_date": last,
        "metrics": [
            range_answer(one, Bucket.DAY) | {"week": range_answer(one, Bucket.WEEK)["buckets"][0]}
            for one in found.values()
        ],
    }
