from __future__ import annotations

import csv
import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from django.core.management.base import CommandError

from lifetracker import days
from lifetracker.management.command import QuickCommand
from lifetracker.metrics.answers import Answer, list_of_metrics, metric_answer
from lifetracker.metrics.buckets import Bucket
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import UnknownMetric, metrics_of

# As many as the API answers with if nothing else is asked for.
DEFAULT_DAYS = 7
#: What the list shows of each metric.
LISTED = ("key", "label", "unit", "first_day", "last_day", "coverage", "verified_until")
#: What is shown of each week or month.
SUMMED = ("start_date", "end_date", "days", "known_days", "sum", "mean", "minimum", "maximum")

Table = list[list[object]]


class Command(QuickCommand):
    help = (
        "Show metrics as the API has them: all that there are, or the values of some by day, week or month. A value that "
        "is not known is an empty cell, never 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "keys", nargs="*", metavar="KEY", help="Such as weight.kg; all metrics without it."
        )
        parser.add_argument("--from", dest="first", type=a_day, help="The first day (YYYY-MM-DD).")
        parser.add_argument("--to", dest="last", type=a_day, help="The last day. Default: today.")
        buckets = [one.value for one in Bucket]
        parser.add_argument("--bucket", choices=buckets, help="Default: day.")
        parser.add_argument(
            "--format", dest="form", choices=["table", "csv", "json"], default="table"
        )

    def handle(
        self,
        *,
        keys: list[str],
        first: date | None,
        last: date | None,
        bucket: str | None,
        form: str,
        **_: object,
    ) -> None:
        if not keys:
            if first or last or bucket:
                raise CommandError(
                    "Name a metric with --from, --to or --bucket, such as weight.kg."
                )
            listed = list_of_metrics()
            self.show(listed, table_of(LISTED, listed), form)
            return
        last = last or days.today()
        first = first or last - timedelta(days=DEFAULT_DAYS - 1)
        if first > last:
            raise CommandError("The first day (--from) must not be after the last day (--to).")
        size = Bucket(bucket or Bucket.DAY)
        found = [metric_answer(one, first, last, size) for one in metrics_named(keys)]
        make = table_of_days if size is Bucket.DAY else table_of_buckets
        self.show(found, make(found), form)

    def show(self, found: Sequence[Answer], table: Table, form: str) -> None:
        if form == "json":
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False, default=as_text))
        elif form == "csv":
            csv.writer(self.stdout, lineterminator="\n").writerows(map(texts, table))
        else:
            for line in aligned(table):
                self.stdout.write(line)


def a_day(text: str) -> date:
    try:
        day = days.day_of(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day such as 2026-09-16") from None
    if not days.FIRST_DAY <= day <= days.LAST_DAY:
        raise ArgumentTypeError(days.OUT_OF_RANGE)
    return day


def metrics_named(keys: Iterable[str]) -> list[Metric]:
    try:
        return metrics_of(keys)
    except UnknownMetric as error:
        raise CommandError(f"{error} `manage.py metrics` lists all that there are.") from None


def table_of(names: Sequence[str], rows: Iterable[Answer]) -> Table:
    return [[*names], *([row[name] for name in names] for row in rows)]


def table_of_days(found: Sequence[Answer]) -> Table:
    """Return a line for each day, with a column for each metric."""
    table: Table = [["date", *(one["key"] for one in found)]]
    for same_day in zip(*(one["buckets"] for one in found), strict=True):
        table.append([same_day[0]["start_date"], *(one["value"] for one in same_day)])
    return table


def table_of_buckets(found: Sequence[Answer]) -> Table:
    """Return a line for each week or month of each metric."""
    rows = [{"key": answer["key"], **one} for answer in found for one in answer["buckets"]]
    return table_of(("key", *SUMMED), rows)


# --- Text -----------------------------------------------------------------------------------------


def as_text(value: object) -> str:
    """Return a value as the API writes it; an empty text for what is unknown."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def texts(row: Iterable[object]) -> list[str]:
    return [as_text(value) for value in row]


def aligned(table: Table) -> Iterator[str]:
    """Yield the lines of a table, numbers at the right of their columns."""
    is_number = [
        any(isinstance(one, float | int) for one in column)
        for column in zip(*table[1:], strict=True)
    ]
    rows = [texts(row) for row in table]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, is_number or [False] * len(row), strict=True)
        ]
        yield "  ".join(cells).rstrip()
