"""What the small charts beside the numbers of a review draw, and on which scale."""

from __future__ import annotations

from collections.abc import Sequence

from lifetracker.metrics.buckets import Bucket, buckets_of
from lifetracker.metrics.declaration import Known, Metric
from lifetracker.metrics.series import Series
from review.amounts import amount
from review.sections import Look, Scale
from review.windows import Compared

#: Of more days, each month has a mark.
BY_MONTH = 62
#: So many of the smallest differences that mean something fill a chart at least.
LEAST_SPAN = 4


def chart_values(one: Compared, look: Look) -> list[float | None]:
    """Return the days of a week or a month, or the months of a year; none where columns from zero up would mislead."""
    if one.metric.circular or any(value is not None and value < 0 for value in one.values):
        return []
    if len(one.values) <= BY_MONTH:
        return one.values
    months = buckets_of(
        Series(metric=one.metric, first=look.period.first, values=one.values), Bucket.MONTH
    )
    return [month.sum if one.is_sum else month.mean for month in months]


def scale_of(one: Compared, values: Sequence[float | None]) -> Scale | None:
    """Return the scale of what there is once, such as a night, a weight or a score, and never near zero; None for what is
    done, of which columns begin at zero."""
    known = [value for value in values if value is not None]
    if is_amount_of_day(one.metric) or not known:
        return None
    words = f"From {amount(one.metric, min(known))} to {amount(one.metric, max(known))}."
    usual = (one.usual.low, one.usual.high) if one.usual else None
    if usual:
        low, high = (amount(one.metric, value) for value in usual)
        words += f" Usual is {low} to {high}."
    return Scale(words, LEAST_SPAN * one.metric.smallest, usual)


def is_amount_of_day(metric: Metric) -> bool:
    """Return whether it grows through the day from nothing."""
    return metric.additive and metric.known is not Known.ON_WAKING
