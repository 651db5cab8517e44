"""Tables that a person brings as CSV: their rows by the names of the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from lifetracker.sync.files import MB, CannotImport, Expected, Read, Refusal, base_name
from lifetracker.sync.reporting import report_row
from lifetracker.words import counted

MOST_FILES = 500
MOST_RAW = 400
#: More rows that cannot be read than this, and it is not such a file with mistakes but something else.
MOST_REFUSALS = 500

#: Micrograms are written with either of two letters.
MICRO = str.maketrans({"μ": "µ"})


class Unreadable(ValueError):
    """One row cannot be read. The text says why."""


def shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


@dataclass(frozen=True)
class Row:
    """`cells`: by the names of the header as they stand there."""

    where: str
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """Return the text in a column, whichever letters of its name are large; empty where there is none."""
        return self.cells.get(name, "").strip()


class Table:
    """The rows of a CSV. Names of columns are compared in small letters."""

    def __init__(self, name: str, text: str, delimiters: str = ",") -> None:
        """`delimiters`: which of them may stand between cells; the one that the header has most often does."""
        self.name = name
        first = next((line for line in text.splitlines() if line.strip()), "")
        self.delimiter = max(delimiters, key=first.count)
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter)
        self.header = [cell.strip().translate(MICRO) for cell in self._first()]
        self.names = {name.casefold() for name in self.header}

    def _first(self) -> list[str]:
        try:
            return next((row for row in self._reader if any(row)), [])
        except csv.Error:
            return []

    def rows(self) -> Iterator[Row]:
        """Yield the rows. Raises CannotImport for what is no CSV, and for a last row that was cut off."""
        names = [name.casefold() for name in self.header]
        last = len(names)
        try:
            for cells in self._reader:
                report_row(self._reader.line_num)
                if any(cell.strip() for cell in cells):
                    last = len(cells)
                    yield Row(
                        f"line {self._reader.line_num}", dict(zip(names, cells, strict=False))
                    )
        except csv.Error as error:
            raise CannotImport(
                f"Line {self._reader.line_num} of {self.name} is not CSV ({error})."
            ) from None
        # Some apps leave an empty note out.
        if last < len(names) - 1:
            raise CannotImport(
                f"The last line of {self.name} has {last} of {len(names)} cells: the file was cut off. "
                "Export or copy it again. Nothing was imported."
            )


def raw_of(row: Row) -> dict[str, str]:
    """Return the cells that are not empty, as the file has them."""
    return {name: cell[:MOST_RAW] for name, cell in row.cells.items() if cell.strip()}


@dataclass
class ReadTables:
    """What is known of tables beside their records."""

    refusals: list[Refusal] = field(default_factory=list)
    #: Rows that are left out, by what they are.
    skipped: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def skip(self, what: str) -> None:
        self.skipped[what] = self.skipped.get(what, 0) + 1

    def remark(self, text: str) -> None:
        """Tell the person something about the file, once."""
        if text not in self.remarks:
            self.remarks.append(text)


def tables_of(name: str, members: dict[str, Read], expected: Expected, largest: int) -> list[Table]:
    """Read tables with commas or semicolons, all of them together within bounds. Raises CannotImport."""
    return [Table(path, text, ",;") for path, text in texts_of(name, members, expected, largest)]


def texts_of(
    name: str, members: dict[str, Read], expected: Expected, largest: int
) -> list[tuple[str, str]]:
    """Return the tables as texts, each with its name, all of them together within bounds. Raises CannotImport."""
    is_only_one = len(members) == 1
    paths = [path for path in members if is_only_one or path.casefold().endswith((".csv", ".txt"))]
    if len(paths) > MOST_FILES:
        raise CannotImport(
            f"{name} holds {counted(len(paths), 'table')}, more than can be read. {expected.wanted}"
        )
    left, texts = largest, []
    for path in paths:
        text = expected.text_of(path, members[path], largest)
        left -= len(text)
        if left < 0:
            raise CannotImport(
                f"{name} unpacks to more than {largest // MB} MB. Give its files one by one."
            )
        texts.append((base_name(path), text))
    return texts


def require_rows(name: str, what: str, read: ReadTables, *, is_empty: bool) -> None:
    """Raise CannotImport where nothing could be read, or too much could not. `what`: whose header it has."""
    refusals = read.refusals
    if len(refusals) > MOST_REFUSALS or (refusals and is_empty):
        reasons = "; ".join(f"{one.where}: {one.reason}" for one in refusals[:3])
        raise CannotImport(
            f"{counted(len(refusals), 'row')} of {name} cannot be read, so nothing was imported. The first ones: {reasons}."
        )
    if is_empty:
        raise CannotImport(f"{name} has the header of {what}, but no row below it that counts.")
