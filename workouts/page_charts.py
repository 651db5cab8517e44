"""The charts of a range of workouts. They draw the same numbers as stand in the tables behind them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.web.charts.columns import Part, stacked_columns
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.steps import Steps
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.charts.year import Count, step_legend, year_calendar
from lifetracker.web.sentences import hours_and_minutes, number, short_day, stretch_words
from lifetracker.web.stretches import Slice
from lifetracker.words import counted
from workouts.page_data import ZONES, RangeWorkouts
from workouts.sports import sport_words

#: Four sports by size, and what all others come to.
FILLS, OTHER_FILL = ("work", "step-3", "step-2", "code"), "part-6"
OTHER = "Other"
#: From the calmest to the hardest; the last one stands out.
ZONE_FILLS = ("part-6", "step-1", "step-2", "step-3", "step-4", "move")
TIME_TABLE, ZONE_TABLE, CALENDAR_TABLE = "time-numbers", "zone-numbers", "calendar-numbers"


class Drawn(NamedTuple):
    """A chart with its heading, what stands beside it, and the numbers behind it."""

    title: str
    chart: SafeString
    legend: SafeString
    numbers: SafeString | str = ""
    note: str = ""


class Series(NamedTuple):
    """A part of the columns: its colour, its name, and its hours in each of them; None where nothing is known of one."""

    fill: str
    name: str
    values: list[float | None]

    @property
    def total(self) -> float:
        return math.fsum(value for value in self.values if value)


def words_in(numbers: RangeWorkouts) -> str:
    return stretch_words(numbers.shown.first, numbers.shown.last)


def url_of(numbers: RangeWorkouts, first: date, last: date) -> str:
    root, behind = numbers.addresses
    return f"{root}?from={first}&to={last}{behind}"


# --- Time by sport --------------------------------------------------------------------------------


def time_chart(numbers: RangeWorkouts) -> Drawn:
    """Draw the hours by day, week or month, stacked by sport."""
    series = sports_of(numbers)
    told = ", ".join(f"{one.name} {hours_and_minutes(one.total)}" for one in series)
    sentence = f"Hours of workouts by {numbers.unit}, {words_in(numbers)}: {told}"
    title = f"Time by {numbers.unit}"
    return stacked(numbers, series, sentence, title, TIME_TABLE)


def sports_of(numbers: RangeWorkouts) -> list[Series]:
    names = list(numbers.sports)
    largest = names[: len(FILLS)]
    found = [
        Series(fill, sport_words(name), hours_of(numbers, {name}))
        for fill, name in zip(FILLS, largest, strict=False)
    ]
    if rest := set(names) - set(largest):
        found.append(Series(OTHER_FILL, OTHER, hours_of(numbers, rest)))
    return found or [Series(FILLS[0], "Workouts", hours_of(numbers, set()))]


def hours_of(numbers: RangeWorkouts, names: set[str]) -> list[float | None]:
    found: list[float | None] = []
    for column in numbers.columns:
        groups = numbers.groups_of(column)
        found.append(
            None
            if groups is None
            else math.fsum(one.minutes for one in groups if one.sport in names) / 60
        )
    return found


# --- Zones ----------------------------------------------------------------------------------------


def zone_chart(numbers: RangeWorkouts) -> Drawn | None:
    """Draw the hours in each zone of the heart rate, one column for each day, week or month; None where no workout of the
    range has zones."""
    series = [
        Series(fill, f"Zone {zone}", zone_hours(numbers, zone))
        for zone, fill in zip(ZONES, ZONE_FILLS, strict=True)
    ]
    if not any(one.total for one in series):
        return None
    told = ", ".join(f"{one.name} {hours_and_minutes(one.total)}" for one in series)
    sentence = (
        f"Hours in each zone of the heart rate by {numbers.unit}, {words_in(numbers)}: {told}"
    )
    drawn = stacked(numbers, series, sentence, "Heart rate zones", ZONE_TABLE)
    without = sum(one.unzoned for one in numbers.found)
    note = f"{counted(without, 'session')} without known zones left out." if without else ""
    return drawn._replace(note=note)


def zone_hours(numbers: RangeWorkouts, zone: int) -> list[float | None]:
    """Return the hours in a zone; None of a column whose workouts all lack it."""
    found: list[float | None] = []
    for column in numbers.columns:
        groups = numbers.groups_of(column)
        known = [one.zones[zone] for one in groups or [] if one.sessions > one.unzoned]
        is_known = groups is not None and (bool(known) or not groups)
        found.append(math.fsum(filter(None, known)) / 60 if is_known else None)
    return found


# --- What both are made of ------------------------------------------------------------------------


def stacked(
    numbers: RangeWorkouts, series: Sequence[Series], sentence: str, title: str, table: str
) -> Drawn:
    columns = numbers.columns
    sums = sums_of(series)
    chart = stacked_columns(
        [Part(one.fill, one.values) for one in series],
        [column.first for column in columns],
        sentence=sentence,
        places=[
            Place(url_of(numbers, *column), f"{days_words(column)}: {length_or_unknown(hours)}")
            for column, hours in zip(columns, sums, strict=True)
        ],
        tick_words=lambda hours: f"{number(hours, 0 if hours == round(hours) else 1)} h",
        empty="Nothing is known of workouts in this range.",
        source=Source(table, range(1, len(series) + 2)),
    )
    keys = [Key(f"f-{one.fill}", one.name, hours_and_minutes(one.total)) for one in series]
    return Drawn(title, chart, legend(keys), table_of(numbers, series, sums, title, table))


def sums_of(series: Sequence[Series]) -> list[float | None]:
    columns = zip(*(one.values for one in series), strict=True)
    return [None if None in values else math.fsum(filter(None, values)) for values in columns]


def days_words(column: Slice) -> str:
    if column.first == column.last:
        return short_day(column.first)
    return stretch_words(column.first, column.last)


def length_or_unknown(hours: float | None) -> str:
    return "not known" if hours is None else hours_and_minutes(hours)


def table_of(
    numbers: RangeWorkouts,
    series: Sequence[Series],
    sums: Sequence[float | None],
    caption: str,
    name: str,
) -> SafeString:
    head = {"day": "Day", "week": "Week from", "month": "Month"}[numbers.unit]
    words = {"day": "D j M Y", "week": "j M Y", "month": "F Y"}[numbers.unit]
    values = [*(one.values for one in series), sums]
    rows = [
        Row(
            format_date(column.first, words),
            [None if one[at] is None else hours_and_minutes(one[at] or 0.0) for one in values],
            url_of(numbers, *column),
        )
        for at, column in enumerate(numbers.columns)
    ]
    heads = [head, *(one.name for one in series), "All"]
    return numbers_table(heads, rows, caption=caption, name=name)


# --- Calendar -------------------------------------------------------------------------------------


def calendar_of(numbers: RangeWorkouts) -> Drawn:
    """Draw the minutes of each day of a year that ends with the range."""
    days = [count_of(numbers, day) for day in numbers.calendar_days]
    steps = Steps([one.count for one in days if one.count is not None])
    chart = year_calendar(
        days, steps, sentence="Minutes of workouts of each day", today=numbers.shown.today
    )
    return Drawn(
        "Minutes, day by day",
        chart,
        step_legend(days, steps),
        calendar_table(numbers, days),
        active_words(days),
    )


def calendar_table(numbers: RangeWorkouts, days: Sequence[Count]) -> SafeString:
    """Return the months of the calendar, each with its days and minutes."""
    months = [list(some) for _, some in groupby(days, key=lambda one: one.day.replace(day=1))]
    rows = [
        Row(
            format_date(month[0].day, "F Y"),
            month_cells(month),
            url_of(numbers, month[0].day, month[-1].day),
        )
        for month in months
    ]
    heads = ["Month", "Days with a workout", "Minutes", "Days not known"]
    return numbers_table(heads, rows, caption="Minutes by month", name=CALENDAR_TABLE)


def month_cells(month: Sequence[Count]) -> list[str | None]:
    known = [one.count for one in month if one.count is not None]
    unknown = str(len(month) - len(known))
    if not known:
        return [None, None, unknown]
    return [str(sum(count > 0 for count in known)), f"{sum(known):,}", unknown]


def count_of(numbers: RangeWorkouts, day: date) -> Count:
    minutes = numbers.minutes_on(day)
    words = "not known" if minutes is None else f"{number(minutes)} min"
    count = None if minutes is None else max(round(minutes), 1 if minutes else 0)
    return Count(day, count, url_of(numbers, day, day), f"{short_day(day)}: {words}")


def active_words(days: Sequence[Count]) -> str:
    known = [one.count for one in days if one.count is not None]
    active = sum(count > 0 for count in known)
    if not known:
        return ""
    return f"A workout on {active:,} of {counted(len(known), 'known day')}."
