"""What the pages of own metrics show."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils.safestring import SafeString

from lifetracker.days import ONE_DAY
from lifetracker.metrics.series import read_series
from lifetracker.web.charts.trend import Series, bridged, trend_chart
from lifetracker.web.sentences import number
from lifetracker.words import with_unit
from own_metrics.metrics import key_of, metric_of
from own_metrics.models import OwnMetric, OwnValue

#: So many days the chart of a metric shows.
CHART_DAYS = 365
HEIGHT = 210


class Listed(NamedTuple):
    """A metric of the list. `newest`: its last value in words, empty where it has none."""

    metric: OwnMetric
    newest: str
    day: date | None


def listed() -> list[Listed]:
    """Return all own metrics by name, with their newest values, by one statement."""
    newest = OwnValue.objects.live().filter(metric=OuterRef("pk")).newest_first()
    rows = OwnMetric.objects.all().in_order().defer("raw")
    found = rows.annotate(
        newest=Subquery(newest.values("value")[:1]),
        day=Subquery(newest.values("date")[:1]),
    )
    return [
        Listed(
            one,
            "" if one.newest is None else value_words(one, one.newest),
            one.day,
        )
        for one in found
    ]


def value_words(metric: OwnMetric, value: float) -> str:
    """Return a value with its unit, with at least as many digits as the metric shows."""
    decimals = metric.decimals
    while decimals < 4 and round(value, decimals) != round(value, 6):
        decimals += 1
    return with_unit(number(value, decimals), metric.unit)


def chart_of(metric: OwnMetric, today: date) -> SafeString:
    """Return the chart of the last year."""
    first = today - (CHART_DAYS - 1) * ONE_DAY
    series = read_series([metric_of(metric)], first, today)[key_of(metric.pk)]
    # A line from value to value, however far apart these are: a blood test comes now and then.
    line = bridged(series.values, CHART_DAYS)
    return trend_chart(
        Series(line=line, dots=series.values),
        [first + at * ONE_DAY for at in range(CHART_DAYS)],
        sentence=f"{metric.name} of the last year. The values stand in the list below.",
        height=HEIGHT,
        least_span=10.0**-metric.decimals,
        empty="No value in the last year.",
    )
