"""A table of WHOOP's export: its rows by what their columns hold."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lifetracker.sync.files import CannotImport
from lifetracker.sync.reporting import report_row
from whoop.exports.cells import moment_in, number_in, offset_at, offset_in, yes_in
from whoop.exports.headers import CALLED, PRIVACY_ARCHIVE, columns_of, fold, kind_of
from workouts.models import MOST_METERS

MOST_RAW = 400
#: Nobody has more, by column, in the units of the file. What a column of the database bounds itself is not here.
MOST: dict[str, float] = {
    "energy": 100_000,
    **dict.fromkeys(("resting_heart_rate", "average_heart_rate", "max_heart_rate"), 400),
    "hrv": 1000,
    "skin_temperature": 60,
    "respiratory_rate": 100,
    # Two days, which no sleep lasts.
    **dict.fromkeys(
        (
            "asleep",
            "in_bed",
            "light_sleep",
            "deep_sleep",
            "rem_sleep",
            "awake",
            "sleep_need",
            "sleep_debt",
        ),
        2880,
    ),
    **dict.fromkeys(("sleep_performance", "sleep_efficiency", "sleep_consistency"), 200),
    **{f"zone_{n}": 100 for n in range(1, 6)},
    "distance": MOST_METERS,
    "altitude_gain": 100_000,
    "altitude_change": 20_000,
}


@dataclass(frozen=True)
class Row:
    """`cells`: by what they hold. `titles`: the same columns as the file calls them."""

    where: str
    cells: dict[str, str]
    titles: dict[str, str]
    decimal_comma: bool
    home: ZoneInfo
    now: datetime

    def text(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def number(self, column: str) -> float | None:
        """Return the number in a column; None where it is empty or missing. Raises Unreadable."""
        text = self.text(column)
        return number_in(
            text,
            self.titles.get(column, column),
            decimal_comma=self.decimal_comma,
            most=MOST.get(column, math.inf),
        )

    def says_yes(self, column: str) -> bool | None:
        """Return what a cell says; None where it is empty or missing. Raises Unreadable."""
        return yes_in(self.text(column), self.titles.get(column, column))

    def has_columns(self, columns: Iterable[str]) -> bool:
        return all(column in self.titles for column in columns)

    @property
    def offset(self) -> int | None:
        """Return the offset that the row names, in minutes east of UTC. Raises Unreadable."""
        return offset_in(self.text("zone"))

    def moment(self, column: str) -> datetime | None:
        """Return the moment in a column; None where it is empty or missing. Raises Unreadable."""
        return moment_in(self.text(column), self.offset, self.home, self.now)

    def offset_of(self, moment: datetime) -> int:
        """Return the minutes east of UTC by which the row is dated. Raises Unreadable."""
        return offset_at(moment, self.offset, self.home)

    @property
    def raw(self) -> dict[str, str]:
        """Return the cells that are not empty, as the file has them."""
        return self.raw_without(())

    def raw_without(self, columns: Iterable[str]) -> dict[str, str]:
        """Return the same without some columns."""
        left_out = set(columns)
        return {
            self.titles[name]: cell[:MOST_RAW]
            for name, cell in self.cells.items()
            if cell.strip() and name not in left_out
        }


class Table:
    """The rows of a CSV. `kind`: which table it is; empty for another one."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        first = next((line for line in text.splitlines() if line.strip()), "")
        self.delimiter = ";" if first.count(";") > first.count(",") else ","
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        self.header = [cell.strip() for cell in self._first()]
        self.columns = columns_of(self.header)
        self.kind = kind_of(self.columns)

    @property
    def was_saved_again(self) -> bool:
        """Return whether a spreadsheet wrote it: WHOOP writes commas."""
        return self.delimiter == ";"

    @property
    def unknown(self) -> list[str]:
        """Return the titles of the columns whose meaning is not known."""
        return [
            title
            for title, column in zip(self.header, self.columns, strict=True)
            if title and column not in CALLED
        ]

    @property
    def is_of_privacy_archive(self) -> bool:
        return bool(PRIVACY_ARCHIVE & set(map(fold, self.header)))

    def _first(self) -> list[str]:
        try:
            return next((row for row in self._reader if any(row)), [])
        except csv.Error:
            return []

    def rows(self, home: ZoneInfo, now: datetime) -> Iterator[Row]:
        """Yield the rows. Raises CannotImport for what is no CSV, and for a last row that was cut off."""
        titles = dict(zip(self.columns, self.header, strict=True))
        last = len(self.columns)
        try:
            for cells in self._reader:
                report_row(self._reader.line_num)
                if any(cell.strip() for cell in cells):
                    last = len(cells)
                    found = dict(zip(self.columns, cells, strict=False))
                    where = f"{self.name}, line {self._reader.line_num}"
                    yield Row(where, found, titles, self.was_saved_again, home, now)
        except csv.Error as error:
            raise CannotImport(
                f"Line {self._reader.line_num} of {self.name} is not CSV ({error})."
            ) from None
        # Some programs leave an empty note out.
        if last < len(self.columns) - 1:
            raise CannotImport(
                f"The last line of {self.name} has {last} of {len(self.columns)} cells: the file was cut off. "
                "Download the export again. Nothing was imported."
            )
