"""The chart of the hours of a range. It draws the same numbers as stand in the legend and the table behind it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.days import ONE_DAY, days_from
from lifetracker.web.charts.columns import Part, stacked_columns
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.free import stretches_of as free_stretches
from lifetracker.web.charts.legend import Key as LegendKey
from lifetracker.web.charts.legend import legend
from lifetracker.web.charts.scales import Unit, begin_of
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.sentences import hours_and_minutes, number, stretch_words
from lifetracker.web.stretches import Slice, columns_between
from time_logs.metrics import HOUR
from time_logs.names import entries_url, name_of
from time_logs.page_data import RangeHours, folded

#: The parts from the bottom up, the largest first; the last is what all others come to.
FILLS = ("work", "step-3", "step-2", "code", "part-5", "part-6")
OTHER = "Other"
TABLE = "hours-numbers"
HEIGHT = 204


class Drawn(NamedTuple):
    """The chart with its heading, its legend, and the numbers behind it."""

    title: str
    chart: SafeString
    legend: SafeString
    numbers: SafeString
    note: str


class Series(NamedTuple):
    """A part of the columns: its name, and its hours in each of them; None where nothing is known of a column."""

    name: str
    values: list[float | None]

    @property
    def total(self) -> float:
        return math.fsum(value for value in self.values if value)


def columns_of(numbers: RangeHours, unit: Unit) -> list[Slice]:
    return list(columns_between(numbers.shown.first, numbers.shown.last, unit))


def series_of(numbers: RangeHours, columns: list[Slice]) -> list[Series]:
    """Return the five largest names, and what all others come to."""
    unit, by = numbers.asked.unit, partition(numbers)
    sums = folded(numbers.seconds, unit)
    totals = numbers.totals
    largest = list(totals)[: len(FILLS) - 1]
    rest = list(totals)[len(largest) :]
    found = [
        Series(name_of(by, key).text, values_of(numbers, columns, [key], sums)) for key in largest
    ]
    if rest:
        found.append(Series(OTHER, values_of(numbers, columns, rest, sums)))
    return found or [Series("Hours", values_of(numbers, columns, [], sums))]


def partition(numbers: RangeHours) -> str:
    """Return what the columns are put together of, such that each entry counts once."""
    return "project" if numbers.asked.by == "tag" else numbers.asked.by


def values_of(
    numbers: RangeHours,
    columns: list[Slice],
    keys: Iterable[object],
    sums: dict[date, dict[object, float]],
) -> list[float | None]:
    keys = set(keys)
    found: list[float | None] = []
    for one in columns:
        inside = sums[begin_of(one.first, numbers.asked.unit)]
        if inside or numbers.is_known(*one):
            found.append(math.fsum(inside[key] for key in inside.keys() & keys) / HOUR)
        else:
            found.append(None)
    return found


def hours_chart(numbers: RangeHours, ringed: set[date], marked: Mapping[date, str]) -> Drawn:
    """Draw the hours by day, week or month. `ringed`: the days on which an entry is to be looked at; `marked`: what the
    days of illness, travel and holiday are."""
    unit, columns = numbers.asked.unit, columns_of(numbers, numbers.asked.unit)
    free = free_stretches([is_free(one, marked) for one in columns])
    series = series_of(numbers, columns)
    chart = stacked_columns(
        [Part(fill, one.values) for fill, one in zip(FILLS, series, strict=False)],
        [one.first for one in columns],
        sentence=sentence_of(numbers, series),
        places=[
            place_of(one, total, marked)
            for one, total in zip(columns, sums_of(series), strict=True)
        ],
        expected=expected_of(numbers, columns),
        free=free,
        ringed={at for at, one in enumerate(columns) if holds(one, ringed)},
        height=HEIGHT,
        tick_words=lambda hours: f"{number(hours)} h",
        empty="No time entries in this range.",
        source=Source(TABLE, range(1, len(series) + 2)),
    )
    title = f"Hours by {unit}"
    return Drawn(
        title,
        chart,
        legend_of(series, is_ringed=bool(ringed), has_free=bool(free)),
        table_of(series, columns, unit),
        note_of(numbers),
    )


def holds(one: Slice, days: set[date]) -> bool:
    return any(one.first <= day <= one.last for day in days)


def sentence_of(numbers: RangeHours, series: list[Series]) -> str:
    words = stretch_words(numbers.shown.first, numbers.shown.last)
    told = ", ".join(f"{one.name} {hours_and_minutes(one.total)}" for one in series)
    return f"Hours by {numbers.asked.unit}, {words}: {told}"


def sums_of(series: list[Series]) -> list[float | None]:
    """Return what each column comes to; None where nothing is known of it."""
    columns = zip(*(one.values for one in series), strict=True)
    return [None if None in values else math.fsum(filter(None, values)) for values in columns]


def expected_of(numbers: RangeHours, columns: list[Slice]) -> list[float | None]:
    """Return what is usual on today's weekday, at its own column; nothing of columns that are no days."""
    if numbers.asked.unit != "day":
        return []
    today = numbers.shown.today
    return [numbers.usual_on(today) if one.first == today else None for one in columns]


def is_free(one: Slice, marked: Mapping[date, str]) -> bool:
    """Return whether all days of a column are marked."""
    return all(day in marked for day in days_from(*one))


def place_of(one: Slice, hours: float | None, marked: Mapping[date, str]) -> Place:
    told = "not known" if hours is None else hours_and_minutes(hours)
    kind = f" ({marked[one.first]})" if one.first == one.last and one.first in marked else ""
    return Place(entries_url(*one), f"{days_words(one)}: {told}{kind}")


def days_words(one: Slice) -> str:
    if one.first == one.last:
        return format_date(one.first, "D j M")
    return f"{format_date(one.first, 'j M')} to {format_date(one.last, 'j M Y')}"


def legend_of(series: list[Series], *, is_ringed: bool, has_free: bool) -> SafeString:
    keys = [
        LegendKey(f"f-{fill}", one.name, hours_and_minutes(one.total))
        for fill, one in zip(FILLS, series, strict=False)
    ]
    if is_ringed:
        keys.append(LegendKey("ringed asks", "to look at"))
    if has_free:
        keys.append(LegendKey("f-sunken", "free: illness, travel or holiday"))
    return legend(keys)


def table_of(series: list[Series], columns: list[Slice], unit: Unit) -> SafeString:
    head = {"day": "Day", "week": "Week from", "month": "Month"}[unit]
    words = {"day": "D j M", "week": "j M", "month": "F"}[unit]
    values = [*(one.values for one in series), sums_of(series)]
    rows = [
        Row(
            format_date(one.first, words),
            [hours_or_none(column[at]) for column in values],
            entries_url(*one),
            one.first.year,
        )
        for at, one in enumerate(columns)
    ]
    heads = [head, *(one.name for one in series), "All"]
    return numbers_table(heads, rows, caption=f"Hours by {unit}", name=TABLE)


def hours_or_none(value: float | None) -> str | None:
    return None if value is None else hours_and_minutes(value)


def note_of(numbers: RangeHours) -> str:
    if numbers.asked.by == "tag":
        return "The columns are put together of projects, because an entry can have several tags."
    return ""


def is_cut(one: Slice, unit: Unit) -> bool:
    """Return whether the range has only a part of a week or a month."""
    after = one.last + ONE_DAY
    return begin_of(one.first, unit) != one.first or begin_of(after, unit) != after
