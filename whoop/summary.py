"""Averages, extremes and totals of a range of days, beside the range of the same length before it.

Each figure is one of days: where a day has several values, they become one first. A day without a
value, because nothing was worn or WHOOP has not scored it, counts nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import partial

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

from lifetracker.days import ONE_DAY
from whoop.models import (
    WhoopCycle,
    WhoopRecovery,
    WhoopSleep,
    WhoopWorkout,
    band_of,
    kilocalories,
)

BANDS = ("red", "yellow", "green")

Record = WhoopCycle | WhoopRecovery | WhoopSleep | WhoopWorkout
#: The days of one kind that have a record, with their figures.
Days = QuerySet[Record, dict[str, date | float | None]]
#: The same of any kind, as rows of one width: kind, date, figures.
Rows = QuerySet[Record, tuple[str, date, *tuple[float | None, ...]]]
#: The values of those days of a range that have one, by figure.
Values = dict[str, list[float]]
Metric = dict[str, float | None]
Summary = dict[str, date | dict[str, float | dict[str, int | None] | None]]


def summary(first: date, last: date) -> Summary:
    """Summarize the days from `first` to `last`, both included, by one statement. Averages, totals and
    changes are rounded to three decimals; `change` is None unless both ranges have a value."""
    begin = first - (last - first + ONE_DAY)
    now, before = values_of_ranges(begin, first, last)
    compared = partial(compare, now, before)
    return {
        "start_date": first,
        "end_date": last,
        "previous_start_date": begin,
        "previous_end_date": first - ONE_DAY,
        "recovery_score": {**compared("recovery"), "bands": bands(now["recovery"])},
        "hrv_rmssd": {**compared("hrv")},
        "resting_heart_rate": {**compared("resting")},
        "total_sleep_hours": {**compared("asleep")},
        "sleep_performance": {**compared("performance")},
        "strain": {**compared("day_strain")},
        "calories": {**compared("energy")},
        "workouts": {**workouts(now, before)},
    }


# --- Queries --------------------------------------------------------------------------------------


def workout_days(first: date, last: date) -> Days:
    days: Days = per_day(WhoopWorkout.objects.happened(), first, last).annotate(
        # Numbers as all other figures, beside which they stand in one column.
        count=Count("*", output_field=FloatField()),
        total_min=Sum("duration_min"),
        minimum_min=Min("duration_min"),
        maximum_min=Max("duration_min"),
        total_calories=whole("calories"),
    )
    return days


def recovery_days(first: date, last: date) -> Days:
    days: Days = per_day(WhoopRecovery.objects.happened(), first, last).annotate(
        recovery=Avg("recovery_score"),
        hrv=Avg("hrv_rmssd"),
        resting=Avg("resting_heart_rate"),
    )
    return days


def night_days(first: date, last: date) -> Days:
    """Group nights only: a nap is no part of the night before it."""
    days: Days = per_day(WhoopSleep.objects.nights().happened(), first, last).annotate(
        asleep=whole("total_sleep_hours"), performance=Avg("sleep_performance")
    )
    return days


def cycle_days(first: date, last: date) -> Days:
    """Group cycles that have ended: the strain and the energy of the one that runs still grow."""
    ended = WhoopCycle.objects.happened().filter(end_time__isnull=False)
    days: Days = per_day(ended, first, last).annotate(
        day_strain=Avg("strain"), energy=whole("kilojoules")
    )
    return days


def per_day(rows: QuerySet[Record], first: date, last: date) -> Days:
    within = rows.filter(date__range=(first, last)).order_by()
    days: Days = within.values("date").annotate(parts=Count("*"))
    return days


def whole(column: str) -> Case:
    """Return the sum over a day, and NULL where a part of it is not known."""
    return Case(When(Q(parts=Count(column)), then=Sum(column)))


# Each query, and its figures. The first one has the most of them, so that all columns have a type.
QUERIES = {
    "workout": (
        workout_days,
        ("count", "total_min", "minimum_min", "maximum_min", "total_calories"),
    ),
    "recovery": (recovery_days, ("recovery", "hrv", "resting")),
    "night": (night_days, ("asleep", "performance")),
    "cycle": (cycle_days, ("day_strain", "energy")),
}
WIDTH = max(len(figures) for _, figures in QUERIES.values())


def values_of_ranges(begin: date, first: date, last: date) -> tuple[Values, Values]:
    """Return the values from `first` to `last`, and those from `begin` to before `first`."""
    head, *tail = (
        in_one_width(kind, query(begin, last), figures)
        for kind, (query, figures) in QUERIES.items()
    )
    now: Values = defaultdict(list)
    before: Values = defaultdict(list)
    for kind, day, *values in head.union(*tail, all=True):
        _, figures = QUERIES[kind]
        for figure, value in zip(figures, values, strict=False):
            if value is not None:
                (now if day >= first else before)[figure].append(
                    kilocalories(value) if figure == "energy" else value
                )
    return now, before


def in_one_width(kind: str, days: Days, figures: tuple[str, ...]) -> Rows:
    """Return the days as rows that all kinds have in common: the kind, the date and the figures, filled
    up with NULL."""
    missing = {f"none_{n}": Value(None, FloatField()) for n in range(WIDTH - len(figures))}
    named = days.annotate(kind=Value(kind, CharField()), **missing)
    rows: Rows = named.values_list("kind", "date", *figures, *missing)
    return rows


# --- Figures --------------------------------------------------------------------------------------


def compare(now: Values, before: Values, figure: str) -> Metric:
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
    """Count the days of each colour; nothing is known of a range without a score."""
    colours = [band_of(score) for score in scores]
    return {band: colours.count(band) if scores else None for band in BANDS}


def workouts(now: Values, before: Values) -> Metric:
    """Compare the workouts. `average_min`, `minimum_min` and `maximum_min` are of one workout.
    `total_calories` leaves out the days of which a workout is not scored."""
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
    """Add up a figure of the workouts. Without a workout it is 0 if anything else is known of the range,
    because then the strap was worn; otherwise it is unknown."""
    if not values["count"]:
        return 0 if any(values[other] for other in ("recovery", "asleep", "day_strain")) else None
    return sum(values[figure]) if values[figure] else None


def difference(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else round(now - before, 3)


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def whole_number(value: float | None) -> int | None:
    return None if value is None else int(value)
