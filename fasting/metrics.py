"""The metrics of fasts: hours fasted, the longest fast, the time between two fasts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from fasting.models import FastingPeriod
from lifetracker.days import ONE_DAY, days_from, elapsed, local_date, midnight, split_by_day, today
from lifetracker.metrics.declaration import EATING, DayValues, Metric, Own, Role, Step
from lifetracker.metrics.registry import register_metrics
from lifetracker.models.rows import as_date, as_instant, raw_rows

HOUR = timedelta(hours=1)
# Between two fasts that are farther apart lie days of which nobody knows.
LONGEST_WINDOW = timedelta(hours=24)
# No fast lasts that long. Not the limit for new ones, which may have been another when a stored one was taken.
LONGEST_EVER = timedelta(days=366)


class Fast(NamedTuple):
    date: date
    start: datetime
    end: datetime | None


class Ended(NamedTuple):
    date: date
    start: datetime
    end: datetime


def read_fasts(first: date, last: date) -> dict[date, DayValues]:
    """Return of each day that a fast touches: the hours fasted in it, the hours of the longest fast that ended on it,
    and those of the eating window that began on it."""
    fasts = fasts_near(first, last)
    ended = [Ended(fast.date, fast.start, fast.end) for fast in fasts if fast.end]
    hours, longest, windows = hours_by_day(ended), longest_by_day(ended), windows_by_day(fasts)
    running = next((fast.start for fast in fasts if fast.end is None), None)
    is_open = set(days_from(local_date(running), today())) if running else set()
    return {
        day: DayValues((hours.get(day), longest.get(day), windows.get(day)), day in is_open)
        for day in {*hours, *longest, *windows, *is_open}
        if first <= day <= last
    }


def fasts_near(first: date, last: date) -> list[Fast]:
    """Return the fasts with a part in these days or beside them, by their start."""
    rows = FastingPeriod.objects.filter(pk__in=ids_between(first - ONE_DAY, last + ONE_DAY))
    found = [
        Fast(as_date(day), as_instant(start), end and as_instant(end))
        for day, start, end in raw_rows(rows.order_by().values_list("date", "start", "end"))
    ]
    return sorted(found, key=lambda fast: fast.start)


def ids_between(first: date, last: date) -> QuerySet[FastingPeriod, object]:
    """Return the ids of the fasts with a part in these days, and of the running ones. Those that ended are dated by their
    end, which leads to them."""
    happened = FastingPeriod.objects.happened().order_by()
    ended = happened.crossing(midnight(first), midnight(last + ONE_DAY)).filter(
        end__isnull=False, date__range=(first - ONE_DAY, last + LONGEST_EVER)
    )
    # With the column of the index of running fasts, which is the shortest way to them.
    running = happened.running().filter(source__gte="")
    ids: QuerySet[FastingPeriod, object] = ended.values("pk").union(running.values("pk"), all=True)
    return ids


def hours_by_day(fasts: Iterable[Ended]) -> dict[date, float]:
    """Add up the fasts split at midnight. What two of them share counts once."""
    hours: dict[date, float] = defaultdict(float)
    zone, hour = timezone.get_current_timezone(), HOUR.total_seconds()
    covered: datetime | None = None
    for _, start, end in fasts:
        begin = max(start, covered) if covered else start
        for day, seconds in split_by_day(begin, end, zone):
            hours[day] += seconds / hour
        covered = max(end, covered) if covered else end
    return hours


def longest_by_day(fasts: Iterable[Ended]) -> dict[date, float]:
    longest: dict[date, float] = {}
    for day, start, end in fasts:
        longest[day] = max(elapsed(start, end) / HOUR, longest.get(day, 0.0))
    return longest


def windows_by_day(fasts: Iterable[Fast]) -> dict[date, float]:
    """Return the hours from the end of a fast to the start of the next one, by the day of that end. What lies within
    another fast is no window."""
    windows: dict[date, float] = {}
    before: Ended | None = None
    for day, start, end in fasts:
        if before and timedelta(0) <= (length := elapsed(before.end, start)) < LONGEST_WINDOW:
            windows[before.date] = length / HOUR
        if end is None:
            break
        if before is None or end > before.end:
            before = Ended(day, start, end)
    return windows


def fasts_on(day: date) -> QuerySet[FastingPeriod]:
    """Return the fasts with a part in a day."""
    rows: QuerySet[FastingPeriod] = FastingPeriod.objects.filter(
        pk__in=ids_between(day, day), start__lt=midnight(day + ONE_DAY)
    )
    return rows


def of_fasts(column: int) -> Own:
    return Own(read=read_fasts, column=column, records=fasts_on)


fast_metric = partial(
    Metric,
    unit="h",
    decimals=1,
    model=FastingPeriod,
    why_open="A fast is running.",
    role=Role.ACTION,
)


LONGER = Step(2.0, "2 hours longer")

hours = fast_metric(
    key="fasting.hours",
    step=Step(2.0, "2 hours more"),
    series=of_fasts(0),
    label="Hours fasted",
    smallest=0.5,
    additive=True,
    bounds=(0, 25),
    parents=("fasting.longest",),
)
longest = fast_metric(
    key="fasting.longest", series=of_fasts(1), label="Longest fast", smallest=0.5, step=LONGER
)
eating_window = fast_metric(
    key="fasting.eating_window",
    step=LONGER,
    series=of_fasts(2),
    label="Eating window",
    smallest=0.5,
    bounds=(0, 24),
    parents=("fasting.longest",),
    amount_of=EATING,
)

register_metrics(hours, longest, eating_window)
