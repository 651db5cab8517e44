"""What each day of the diary comes to: its nutrients, its first and its last meal, and whether all of it is written down."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    QuerySet,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone

from lifetracker.days import elapsed, latest, today
from lifetracker.metrics.declaration import DayValues
from lifetracker.models.rows import as_date, as_instant, raw_rows
from nutrition.models import CompleteDay, Meal, MealItem
from nutrition.nutrients import COLUMNS, Amounts, total_of

HOUR = timedelta(hours=1)
NUMBER = len(COLUMNS)
#: Where the times stand in the values of a day, after the nutrients.
FIRST_MEAL, LAST_MEAL, WINDOW = NUMBER, NUMBER + 1, NUMBER + 2
KEYS = ("date", "partly", "offset", "timed")
TIMES = ("first", "last")
#: Where the number of items stands in a row, after its day.
ITEMS = 3
SUMS = tuple(f"sum_{name}" for name in COLUMNS)
COUNTS = tuple(f"count_{name}" for name in COLUMNS)


class Part(NamedTuple):
    """Items of one day that are unknown in the same nutrients and were eaten at the same offset from UTC, in minutes; None
    for the usual time zone. `is_timed`: whether their times are known, and not only their day."""

    items: int
    partly: frozenset[str]
    offset: int | None
    is_timed: bool
    first: datetime
    last: datetime
    sums: Sequence[float | None]
    counts: Sequence[int]

    @classmethod
    def of(cls, row: Sequence[Any]) -> Part:
        """Return the part of a row of `items_by_day`, after its day."""
        partly, offset, timed, items, begin, end, *numbers = row
        times = (as_instant(begin), as_instant(end))
        sums, counts = numbers[:NUMBER], numbers[NUMBER : 2 * NUMBER]
        return cls(items, names_in(partly), offset, bool(timed), *times, sums, counts)

    @property
    def amounts(self) -> Amounts:
        """Return what they come to. Where one of them does not know a nutrient, or not all of it, there may be more."""
        columns = list(zip(COLUMNS, self.sums, self.counts, strict=True))
        known = {name: value for name, value, _ in columns if value is not None}
        partly = {name for name, _, count in columns if count < self.items} | self.partly
        return Amounts(known, frozenset(partly & known.keys()))


class EatenDay(NamedTuple):
    """What was eaten on a day. `first` and `last`: the parts with its first and its last meal; None without a meal,
    and where the time of a meal is not known."""

    amounts: Amounts
    is_complete: bool
    first: Part | None
    last: Part | None

    def known(self, name: str) -> float | None:
        """Return so much of a nutrient as is known; on a complete day only where no part of it is missing."""
        is_known = not self.is_complete or self.amounts.is_whole(name)
        return self.amounts[name] if is_known else None


def read_eaten(first: date, last: date) -> dict[date, DayValues]:
    """Return of each day that has meals, or that is complete, what it comes to, by one statement: its nutrients, the hours
    of its first and last meal on a clock, and the hours between these. What there is of a day that is not complete is
    only what there is so far, and of a nutrient that one of its items does not know only a part."""
    zone = timezone.get_current_timezone()
    return {day: values_of(one, zone) for day, one in eaten_between(first, last).items()}


def values_of(day: EatenDay, zone: tzinfo) -> DayValues:
    eaten = day.amounts
    nutrients = (eaten[name] for name in COLUMNS)
    partly = frozenset(at for at, name in enumerate(COLUMNS) if name in eaten.at_least)
    values = (*nutrients, *times_of(day, zone))
    return DayValues(values, is_open=not day.is_complete, partly=partly)


def eaten_between(first: date, last: date) -> dict[date, EatenDay]:
    """Return the days of a range that have meals, or that are complete, by one statement. A complete day without a meal has
    0 of all nutrients."""
    complete: set[date] = set()
    parts: dict[date, list[Part]] = defaultdict(list)
    last = min(last, today())
    statement = items_by_day(first, last).union(complete_days(first, last), all=True)
    for day, *row in raw_rows(statement):
        if is_mark(row):
            complete.add(as_date(day))
        else:
            parts[as_date(day)].append(Part.of(row))
    return {
        day: day_of(parts.get(day, []), is_complete=day in complete)
        for day in sorted({*complete, *parts})
    }


def day_of(parts: Sequence[Part], *, is_complete: bool) -> EatenDay:
    timed = parts if all(part.is_timed for part in parts) else []
    first = min(timed, key=lambda part: part.first, default=None)
    last = max(timed, key=lambda part: part.last, default=None)
    return EatenDay(total_of(part.amounts for part in parts), is_complete, first, last)


def happened_items() -> QuerySet[MealItem]:
    """Return what was eaten: live items of live meals whose time has come."""
    rows: QuerySet[MealItem] = MealItem.objects.live()
    return rows.filter(meal__deleted_at__isnull=True, meal__eaten_at__lte=latest())


def items_by_day(first: date, last: date, **also: Any) -> QuerySet[Any, Any]:
    """Return the parts of days, each in a row. `also`: what else tells parts apart, as columns at the end."""
    sums = {name: Sum(column) for name, column in zip(SUMS, COLUMNS, strict=True)}
    counts = {name: Count(column) for name, column in zip(COUNTS, COLUMNS, strict=True)}
    keys = {
        "date": F("meal__date"),
        "partly": Cast("at_least", TextField()),
        "offset": F("meal__utc_offset_min"),
        "timed": F("meal__is_time_known"),
    }
    rows = happened_items().filter(meal__date__range=(first, last)).order_by()
    grouped: QuerySet[Any, Any] = rows.values(**keys, **also).annotate(
        items=Count("pk"), first=Min("meal__eaten_at"), last=Max("meal__eaten_at"), **sums, **counts
    )
    return grouped.values_list(*KEYS, "items", *TIMES, *SUMS, *COUNTS, *also)


def complete_days(first: date, last: date, **also: Any) -> QuerySet[Any, Any]:
    """Return the complete days of a range, in the columns of what was eaten."""
    rows = CompleteDay.objects.filter(date__range=(first, last)).order_by()
    empty: dict[str, Any] = {
        "partly": Value("", TextField()),
        "offset": nothing(IntegerField()),
        "timed": Value(True, BooleanField()),
        "items": Value(0, IntegerField()),
        **dict.fromkeys(TIMES, nothing(DateTimeField())),
        **dict.fromkeys(SUMS, nothing(FloatField())),
        **dict.fromkeys(COUNTS, Value(0, IntegerField())),
    }
    found: QuerySet[Any, Any] = rows.annotate(**empty, **also)
    return found.values_list(*KEYS, "items", *TIMES, *SUMS, *COUNTS, *also)


def is_mark(row: Sequence[Any]) -> bool:
    """Return whether a row says that its day is complete, and nothing of what was eaten."""
    return not row[ITEMS]


def nothing(kind: Any) -> Cast:
    return Cast(Value(None), kind)


@lru_cache
def names_in(stored: str) -> frozenset[str]:
    return frozenset(json.loads(stored))


def times_of(day: EatenDay, zone: tzinfo) -> tuple[float | None, ...]:
    """Return the hours of the first and the last meal on clocks where they were eaten, and how many passed in between."""
    if day.first is None or day.last is None:
        return (None, None, None)
    first, last = day.first, day.last
    return (
        hour_of(first.first, first.offset, zone),
        hour_of(last.last, last.offset, zone),
        elapsed(first.first, last.last) / HOUR,
    )


def hour_of(moment: datetime, offset: int | None, zone: tzinfo) -> float:
    """Return what a clock shows, in hours with their fraction: by the meal's own offset, else in the usual time zone."""
    if offset is None:
        local = moment.astimezone(zone)
    else:
        local = moment.astimezone(UTC) + timedelta(minutes=offset)
    return local.hour + local.minute / 60 + local.second / 3600


def meals_on(day: date) -> QuerySet[Meal]:
    rows: QuerySet[Meal] = Meal.objects.happened().filter(date=day)
    return rows
