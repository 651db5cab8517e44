"""Days put together to weeks and months."""

from __future__ import annotations

import calendar
import enum
import math
from datetime import date, timedelta
from typing import NamedTuple

from lifetracker.days import ONE_DAY, monday_of
from lifetracker.metrics.series import Series
from lifetracker.metrics.statistics import mean_of


class Bucket(enum.StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def start_of(self, day: date) -> date:
        """Return the first day of the bucket that a day is in: weeks begin on Monday."""
        if self is Bucket.WEEK:
            return monday_of(day)
        return day.replace(day=1) if self is Bucket.MONTH else day

    def end_of(self, day: date) -> date:
        """Return the last day of the bucket that a day is in."""
        if self is Bucket.WEEK:
            return self.start_of(day) + timedelta(days=6)
        if self is Bucket.MONTH:
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
        return day


class BucketValues(NamedTuple):
    """What the days of a range that lie in one bucket come to. `days`: how many these are."""

    start: date
    days: int
    known_days: int
    #: Only of metrics whose days may be added up; None where no day is known.
    sum: float | None
    mean: float | None
    minimum: float | None
    maximum: float | None


def buckets_of(series: Series, bucket: Bucket) -> list[BucketValues]:
    """Return the buckets of a series, oldest first. At both ends they hold the days of the series alone."""
    found, at, day = [], 0, series.first
    start = bucket.start_of(day)
    while at < len(series.values):
        last = bucket.end_of(day)
        after = (last - series.first).days + 1
        found.append(bucket_values(series, start, series.values[at:after]))
        at, start, day = after, last + ONE_DAY, last + ONE_DAY
    return found


def bucket_values(series: Series, start: date, values: list[float | None]) -> BucketValues:
    known = [value for value in values if value is not None]
    ordered = [] if series.metric.circular else known
    return BucketValues(
        start=start,
        days=len(values),
        known_days=len(known),
        sum=math.fsum(known) if known and series.metric.additive else None,
        mean=mean_of(series.metric, known),
        minimum=min(ordered, default=None),
        maximum=max(ordered, default=None),
    )
