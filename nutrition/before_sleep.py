"""How long before the night its owner last ate."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import DateTimeField, F, IntegerField, QuerySet, Value

from lifetracker.days import ONE_DAY, days_from, elapsed, local_date
from lifetracker.metrics.declaration import DayValues
from lifetracker.models.rows import as_date, as_instant, raw_rows
from nutrition.eaten_days import HOUR, happened_items, nothing
from nutrition.models import CompleteDay, Meal
from whoop.models import ScoreState, WhoopSleep

#: What was eaten longer ago is no last meal of the evening.
LONGEST = timedelta(hours=24)
MEAL, NIGHT, COMPLETE = range(3)
COLUMNS = ("kind", "day", "offset_min", "begin", "until")


class Night(NamedTuple):
    """`offset`: of the clocks where it began, in minutes east of UTC."""

    date: date
    offset: int
    start: datetime
    end: datetime


class Eaten(NamedTuple):
    at: datetime
    date: date


def read_before_sleep(first: date, last: date) -> dict[date, DayValues]:
    """Return the hours from the last meal to the start of the night, by the day on which the night ended, in one statement.

    Known where the days from that meal to the start of the night are complete, so that nothing was eaten in between. A
    night before which nothing was eaten since the night before it, or for 24 hours, has none."""
    meals, nights, complete = found_near(first, last)
    moments = [meal.at for meal in meals]
    values: dict[date, DayValues] = {}
    woke: datetime | None = None
    for night in nights:
        if first <= night.date <= last and night.date not in values:
            at = bisect_right(moments, night.start) - 1
            values[night.date] = gap_of(night, meals[at] if at >= 0 else None, woke, complete)
        woke = night.end
    return values


def gap_of(
    night: Night, meal: Eaten | None, woke: datetime | None, complete: frozenset[date]
) -> DayValues:
    if meal is None or (woke and meal.at < woke):
        return DayValues((None,))
    if (length := elapsed(meal.at, night.start)) > LONGEST:
        return DayValues((None,))
    asleep = local_date(night.start, night.offset)
    between = {meal.date, asleep, *days_from(meal.date, asleep)}
    return DayValues((length / HOUR,), is_open=not complete.issuperset(between))


def found_near(first: date, last: date) -> tuple[list[Eaten], list[Night], frozenset[date]]:
    """Return the meals, the nights and the complete days of these days and of those before them, each in their order."""
    begin = first - 2 * ONE_DAY
    statement = meals(begin, last).union(nights(begin, last), complete_days(begin, last), all=True)
    rows: list[list[Sequence[Any]]] = [[], [], []]
    for kind, *row in raw_rows(statement):
        rows[kind].append(row)
    return (
        sorted(Eaten(as_instant(at), as_date(day)) for day, _, at, _ in rows[MEAL]),
        sorted(
            (
                Night(as_date(day), offset, as_instant(start), as_instant(end))
                for day, offset, start, end in rows[NIGHT]
            ),
            key=lambda night: night.start,
        ),
        frozenset(as_date(day) for day, *_ in rows[COMPLETE]),
    )


def meals(first: date, last: date) -> QuerySet[Any, Any]:
    rows = happened_items().filter(meal__date__range=(first, last), meal__is_time_known=True)
    rows = rows.order_by()
    return selected(rows, MEAL, day=F("meal__date"), begin=F("meal__eaten_at")).distinct()


def nights(first: date, last: date) -> QuerySet[Any, Any]:
    """Return the main sleeps that have a score: until then WHOOP may still move their start."""
    rows = WhoopSleep.objects.nights().happened().exclude(score_state=ScoreState.PENDING)
    return selected(
        rows.filter(date__range=(first, last)).order_by(),
        NIGHT,
        day=F("date"),
        offset_min=F("utc_offset_min"),
        begin=F("start_time"),
        until=F("end_time"),
    )


def complete_days(first: date, last: date) -> QuerySet[Any, Any]:
    # When the last meal was is not known of a day of which no one has said when all of them were.
    untimed = Meal.objects.live().filter(date__range=(first, last), is_time_known=False)
    rows = CompleteDay.objects.filter(date__range=(first, last)).order_by()
    rows = rows.exclude(date__in=untimed.order_by().values("date"))
    return selected(rows, COMPLETE, day=F("date"))


def selected(rows: QuerySet[Any, Any], kind: int, **columns: Any) -> QuerySet[Any, Any]:
    """Return the rows in the columns that all kinds have."""
    empty = {"offset_min": nothing(IntegerField())}
    empty |= dict.fromkeys(("begin", "until"), nothing(DateTimeField()))
    found: QuerySet[Any, Any] = rows.annotate(
        kind=Value(kind, IntegerField()), **empty | columns
    ).values_list(*COLUMNS)
    return found
