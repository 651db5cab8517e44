"""The hours of a range, and its entries, for files."""

from __future__ import annotations

import sys

from lifetracker.web.charts.shaded import ShadedRow
from time_logs.metrics import HOUR
from time_logs.models import TimeEntry
from time_logs.names import TITLES
from time_logs.page_data import RangeHours
from time_logs.pivot import rows_of

ENTRY_HEAD = (
    "id",
    "source",
    "start",
    "end",
    "length (h)",
    "description",
    "project",
    "client",
    "tags",
    "billable",
)


def hours_table(numbers: RangeHours) -> tuple[list[str], list[list[object]]]:
    """Return the heads and the rows of the whole table, in hours. The head of a column is its first day in the range."""
    has_usual = numbers.usual_week is not None
    found = rows_of(numbers, sys.maxsize)
    columns = [f"{one.first} (h)" for one in found.columns]
    usual = ["usual week (h)"] if has_usual else []
    head = [TITLES[numbers.asked.by].lower(), "client", *columns, "sum (h)", *usual]
    return head, [cells_of(row, has_usual=has_usual) for row in (*found.rows, found.foot)]


def cells_of(row: ShadedRow, *, has_usual: bool) -> list[object]:
    usual = [rounded(row.usual)] if has_usual else []
    return [row.name, row.beside, *map(rounded, row.values), rounded(row.total), *usual]


def rounded(hours: float | None) -> float | None:
    return None if hours is None else round(hours, 4)


def entry_cells(entry: TimeEntry) -> list[object]:
    hours = None if entry.duration is None else round(entry.duration / HOUR, 4)
    tags = ", ".join(entry.tags)
    return [
        entry.pk,
        entry.source,
        entry.start,
        entry.end,
        hours,
        entry.description,
        entry.project,
        entry.client,
        tags,
        "yes" if entry.billable else "no",
    ]
