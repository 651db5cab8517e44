"""What a range of days comes to, beside the range of the same length before it.

Figures are of days: what a day has several of is one value first. A day without a value, because
nothing was worn or WHOOP has not scored it, enters nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import (
    Avg,
    Case,
    CharField,
    Count,
    FloatField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast

from whoop.models import (
    WhoopCycle,
    WhoopRecovery,
    WhoopSleep,
    WhoopWorkout,
    band_of,
    kilocalories,
)

BANDS = ("red", "yellow", "green")
UNKNOWN = Max(Cast(Value(None), FloatField()))

# The values of the days of a range that have one, by figure.
Values = dict[str, list[float]]


def whole(column: str) -> Case:
    """The sum over a day, and NULL where a part of it is not known."""
    return Case(When(Q(parts=Count(column)), then=Sum(column)))


# Which rows make days of a kind, and what one day of it has. Of sleeps only nights: a nap is no part
# of the night before it. Of cycles only those that have ended: the strain and the energy of the one
# that runs still grow.
KINDS: dict[str, tuple[Callable[[], QuerySet[Any]], dict[str, Any]]] = {
    "recovery": (
        WhoopRecovery.objects.happened,
        {
            "recovery_score": Avg("recovery_score"),
            "hrv_rmssd": Avg("hrv_rmssd"),
            "resting_heart_rate": Avg("resting_heart_rate"),
        },
    ),
    "sleep": (
        lambda: WhoopSleep.objects.nights().happened(),
        {
            "total_sleep_hours": whole("total_sleep_hours"),
            "sleep_performance": Avg("sleep_performance"),
        },
    ),
    "cycle": (
        lambda: WhoopCycle.objects.happened().filter(end_time__isnull=False),
        {"strain": Avg("strain"), "kilojoules": whole("kilojoules")},
    ),
    "workout": (
        WhoopWorkout.objects.happened,
        {
            "count": Count("*"),
            "total_min": Sum("duration_min"),
            "minimum_min": Min("duration_min"),
            "maximum_min": Max("duration_min"),
            "total_calories": whole("calories"),
        },
    ),
}
WIDTH = max(len(figures) for _, figures in KINDS.values())


def summary(first: date, last: date) -> dict[str, Any]:
    """Of the days from `first` to `last`, both included, by one statement. Averages, totals and
    changes are rounded to three decimals; `change` is None unless both ranges have a value."""
    length = last - first + timedelta(days=1)
    rows = list(daily(first - length, first, last))
    now, before = (values_of([row for row in rows if row[1] == part]) for part in (True, False))
    compared = partial(compare, now, before)
    return {
        "start_date": first,
        "end_date": last,
        "previous_start_date": first - length,
        "previous_end_date": first - timedelta(days=1),
        "recovery_score": {**compared("recovery_score"), "bands": bands(now["recovery_score"])},
        "hrv_rmssd": compared("hrv_rmssd"),
        "resting_heart_rate": compared("resting_heart_rate"),
        "total_sleep_hours": compared("total_sleep_hours"),
        "sleep_performance": compared("sleep_performance"),
        "strain": compared("strain"),
        "calories": compared("calories"),
        "workouts": workouts(now, before),
    }


def daily(since: date, current: date, last: date) -> QuerySet[Any]:
    """A row for each day and kind: kind, whether it is of the current range, and the figures of the
    kind, filled up with NULL to one width."""
    parts: list[QuerySet[Any]] = [
        days_of(kind, rows().filter(date__range=(since, last)), figures, current)
        for kind, (rows, figures) in KINDS.items()
    ]
    return parts[0].union(*parts[1:], all=True)


def days_of(
    kind: str, rows: QuerySet[Any], figures: dict[str, Any], current: date
) -> QuerySet[Any]:
    columns = [*figures.values(), *[UNKNOWN] * (WIDTH - len(figures))]
    values = {f"value_{place}": column for place, column in enumerate(columns)}
    found: QuerySet[Any] = (
        rows.order_by()
        .values("date")
        .annotate(day=Max("date"))
        .annotate(
            kind=Value(kind, CharField()),
            # As aggregates, because the rows are to be grouped by nothing but the date.
            is_current=Case(When(Q(day__gte=current), then=True), default=False),
            parts=Count("*"),
        )
        .annotate(**values)
        .values_list("kind", "is_current", *values)
    )
    return found


def values_of(rows: list[tuple[Any, ...]]) -> Values:
    values: Values = defaultdict(list)
    for kind, (_, figures) in KINDS.items():
        columns = zip(*(row[2:] for row in rows if row[0] == kind), strict=True)
        for figure, column in zip(figures, columns, strict=False):
            values[figure] = [value for value in column if value is not None]
    values["calories"] = [kilocalories(value) for value in values["kilojoules"]]
    return values


def compare(now: Values, before: Values, figure: str) -> dict[str, Any]:
    values = now[figure]
    average, earlier = mean(values), mean(before[figure])
    return {
        "days": len(values),
        "average": rounded(average),
        "minimum": min(values, default=None),
        "maximum": max(values, default=None),
        "change": difference(average, earlier),
    }


def bands(scores: list[float]) -> dict[str, int | None]:
    """How many days were of each colour; nothing is known of a range without a score."""
    colours = [band_of(score) for score in scores]
    return {band: colours.count(band) if scores else None for band in BANDS}


def workouts(now: Values, before: Values) -> dict[str, Any]:
    """`average_min`, `minimum_min` and `maximum_min` are of one workout. `total_calories` leaves out
    the days of which a workout is not scored."""
    figures = ("count", "total_min", "total_calories")
    count, minutes, calories = (total(now, figure) for figure in figures)
    changes = [difference(total(now, figure), total(before, figure)) for figure in figures]
    return {
        "days": len(now["count"]),
        "count": whole_number(count),
        "count_change": whole_number(changes[0]),
        "total_min": rounded(minutes),
        "total_min_change": changes[1],
        "average_min": rounded(minutes / count) if minutes and count else None,
        "minimum_min": min(now["minimum_min"], default=None),
        "maximum_min": max(now["maximum_min"], default=None),
        "total_calories": rounded(calories),
        "total_calories_change": changes[2],
    }


def mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


def total(values: Values, figure: str) -> float | None:
    """Of the workouts. Without one it is 0 if anything else is known of the range, because then the
    strap was worn; else nobody knows."""
    if not values["count"]:
        others = ("recovery_score", "total_sleep_hours", "strain")
        return 0 if any(values[other] for other in others) else None
    return sum(values[figure]) if values[figure] else None


def difference(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else round(now - before, 3)


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def whole_number(value: float | None) -> int | None:
    return None if value is None else int(value)
