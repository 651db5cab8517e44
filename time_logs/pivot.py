"""The table of the hours of a range: names by day, week or month."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.web.charts.scales import Unit, begin_of
from lifetracker.web.charts.shaded import Column, ShadedRow, shaded_table
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes
from lifetracker.web.stretches import Slice
from lifetracker.words import counted
from time_logs.metrics import HOUR
from time_logs.names import PLURALS, TITLES, entries_url, is_named, name_of, query_of
from time_logs.page_charts import columns_of, is_cut
from time_logs.page_data import USUAL_WEEKS, Key, RangeHours, folded, totals_of

#: So many rows are shown, unless all are asked for: of these so many.
ROWS, MOST_ROWS = 30, 300
#: The longest ranges whose table can have such columns, in days.
LONGEST: dict[Unit, int] = {"day": 92, "week": 731, "month": 60 * 366}


class Pivot(NamedTuple):
    title: str
    table: SafeString
    #: How many rows "Other" stands for.
    hidden: int
    notes: list[str]
    has_rows: bool


def columns_for(days: int) -> Unit:
    """Return what a column of the table is, if nothing else is asked for."""
    if days <= 14:
        return "day"
    return "week" if days <= LONGEST["day"] else "month"


class Rows(NamedTuple):
    """The rows of the table with its columns; `foot` is what all come to, and `hidden` so many rows stand together."""

    columns: list[Slice]
    rows: list[ShadedRow]
    foot: ShadedRow
    hidden: int


def rows_of(numbers: RangeHours, most: int) -> Rows:
    """Return the largest rows, and one for all others where there are more."""
    unit = numbers.asked.columns
    columns = columns_of(numbers, unit)
    cells = folded(numbers.row_seconds, unit)
    totals = totals_of(numbers.row_seconds)
    # One row more is as short as a row for it.
    shown = list(totals)[: most if len(totals) > most + 1 else most + 1]
    rest = list(totals)[len(shown) :]
    rows = [row_of(numbers, columns, key, cells, totals[key]) for key in shown]
    if rest:
        rows.append(other_row(numbers, columns, rest, cells))
    return Rows(columns, rows, all_row(numbers, columns), len(rest))


def pivot(numbers: RangeHours) -> Pivot:
    by, unit = numbers.asked.by, numbers.asked.columns
    found = rows_of(numbers, MOST_ROWS if numbers.asked.is_whole else ROWS)
    table = shaded_table(
        TITLES[by],
        [column_of(one, unit, numbers.shown) for one in found.columns],
        found.rows,
        found.foot,
        caption=f"Hours by {by} and {unit}",
        words=hours_and_minutes,
        usual="Usual week" if numbers.usual_week is not None else "",
    )
    title = f"{PLURALS[by]} by {unit}"
    return Pivot(title, table, found.hidden, notes_of(numbers, found.columns), bool(found.rows))


def column_of(one: Slice, unit: Unit, shown: Range) -> Column:
    words = {"day": "D j M", "week": "j M", "month": "M Y"}[unit]
    if unit != "month" and one.first.year != shown.last.year:
        words += " Y"
    is_part = unit != "day" and is_cut(one, unit)
    return Column(format_date(one.first, words), "part" if is_part else "")


def row_of(
    numbers: RangeHours,
    columns: list[Slice],
    key: Key,
    cells: dict[date, dict[Key, float]],
    total: float,
) -> ShadedRow:
    name, unit = name_of(numbers.asked.by, key), numbers.asked.columns
    query = query_of(numbers.asked.by, key)
    values = [cells[begin_of(one.first, unit)].get(key, 0.0) / HOUR for one in columns]
    return ShadedRow(
        name.text,
        [value or None for value in values],
        total / HOUR,
        beside=name.beside,
        hrefs=[entries_url(*one, query) for one in columns],
        href=entries_url(numbers.shown.first, numbers.shown.last, query),
        # What has no name is often the most, beside which all else would be pale.
        is_shaded=is_named(numbers.asked.by, key),
        usual=usual_of(numbers, [key]),
    )


def usual_of(numbers: RangeHours, keys: Iterable[Key]) -> float | None:
    """Return the hours of these names in a usual week; None where that is not known."""
    if numbers.usual_week is None:
        return None
    return math.fsum(numbers.usual_week.get(key, 0.0) for key in keys) / HOUR


def other_row(
    numbers: RangeHours,
    columns: list[Slice],
    keys: list[Key],
    cells: dict[date, dict[Key, float]],
) -> ShadedRow:
    """Return what all other rows come to. It opens nothing: its entries have many names."""
    hidden, unit = set(keys), numbers.asked.columns
    values = []
    for one in columns:
        inside = cells[begin_of(one.first, unit)]
        values.append(math.fsum(inside[key] for key in inside.keys() & hidden) / HOUR)
    noun = TITLES[numbers.asked.by].lower()
    return ShadedRow(
        "Other",
        [value or None for value in values],
        math.fsum(values),
        beside=counted(len(keys), noun),
        is_shaded=False,
        usual=usual_of(numbers, keys),
    )


def all_row(numbers: RangeHours, columns: list[Slice]) -> ShadedRow:
    """Return what the entries of each column come to, each counted once."""
    sums = {
        first: math.fsum(inside.values())
        for first, inside in folded(numbers.seconds, numbers.asked.columns).items()
    }
    values = [sums[begin_of(one.first, numbers.asked.columns)] / HOUR for one in columns]
    return ShadedRow(
        "All",
        [value or None for value in values],
        numbers.total / HOUR,
        hrefs=[entries_url(*one) for one in columns],
        href=entries_url(numbers.shown.first, numbers.shown.last),
        is_shaded=False,
        usual=None if numbers.asked.by == "tag" else usual_of(numbers, numbers.usual_week or ()),
    )


def notes_of(numbers: RangeHours, columns: list[Slice]) -> list[str]:
    unit = numbers.asked.columns
    found = ["A cell opens its entries."]
    if unit == "week":
        found.insert(0, "Weeks go from Monday to Sunday.")
    if unit != "day" and any(is_cut(one, unit) for one in columns):
        found.append(f"Part: the range has only a part of this {unit}.")
    if numbers.usual_week is not None:
        found.append(f"A usual week is the mean of the {USUAL_WEEKS} weeks before these.")
    if numbers.asked.by == "tag":
        found.append(
            "An entry with several tags counts in each of them, and once in the sums below."
        )
    return found
