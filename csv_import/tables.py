"""A CSV of whatever program: its encoding, its delimiter, its header and its rows."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from lifetracker.sync.files import MB, CannotImport, Expected, Read
from lifetracker.sync.tables import MICRO

#: Of a file. A hundred columns of ten years are less than half of it.
LARGEST = 50 * MB
MOST_COLUMNS = 200
#: By the lines at the beginning it is found what stands between cells.
LOOKED_AT = 50
DELIMITERS = (",", ";", "\t")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab"}
WANTED = "Give a CSV with one date column: text, with a header, and commas, semicolons or tabs between its cells."
EXPECTED = Expected("another app", WANTED)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: A program that opens spreadsheets says by such a line what stands between the cells.
SAID = "sep="


@dataclass(frozen=True)
class CsvRow:
    """`number`: its last line in the file. `cells`: in the order of the header, without spaces around them."""

    number: int
    cells: list[str]

    @property
    def where(self) -> str:
        return f"line {self.number}"


@dataclass
class CsvTable:
    """All of a file. `header`: names that differ, also where the file repeats one or leaves one out."""

    name: str
    header: list[str]
    rows: list[CsvRow]
    delimiter: str
    remarks: list[str] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """Return the cells below a name that are not empty. Raises ValueError for a name that is not there."""
        at = self.header.index(name)
        return [cell for row in self.rows if at < len(row.cells) and (cell := row.cells[at])]

    def raw(self, row: CsvRow) -> dict[str, str]:
        """Return the cells of a row that are not empty, by the header."""
        return {name: cell for name, cell in zip(self.header, row.cells, strict=False) if cell}


def read_file(path: Path, delimiter: str = "") -> CsvTable:
    """Return the table that a file holds, or a folder or zip with one. Raises CannotImport."""
    with EXPECTED.opened(path) as (name, members):
        return read_members(name, members, delimiter)


def read_upload(name: str, file: BinaryIO, delimiter: str = "") -> CsvTable:
    """Return the table of a file that is open and can be read from its beginning. Raises CannotImport."""
    with EXPECTED.files_in(name, file) as members:
        return read_members(name, members, delimiter)


def read_members(name: str, members: dict[str, Read], delimiter: str) -> CsvTable:
    EXPECTED.refuse_other_zips(name, members)
    wanted = (".csv", ".tsv", ".txt")
    paths = [path for path in members if len(members) == 1 or path.casefold().endswith(wanted)]
    if len(paths) != 1:
        found = f"holds {len(paths)} tables" if paths else "holds no table"
        raise CannotImport(f"{name} {found}. Give one CSV at a time.")
    content = members[paths[0]](LARGEST)
    if len(content) > LARGEST:
        raise CannotImport(f"{name} is larger than {LARGEST // MB} MB. Give it in parts.")
    text, remarks = text_of(name, content)
    return table_of(name, text, delimiter, remarks)


def text_of(name: str, content: bytes) -> tuple[str, list[str]]:
    """Return the text of a file, and what is to be said of its letters. Raises CannotImport for what is no text."""
    remarks = []
    try:
        text = content.decode("utf-16" if content.startswith(UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        # Every byte is a letter of it.
        text = content.decode("latin-1")
        remarks = [
            "Its letters are not those of UTF-8, and were read as Latin-1. Look whether names with accents are right."
        ]
    if "\x00" in text:
        raise CannotImport(f"{name} is no text. {WANTED}")
    return text, remarks


def table_of(
    name: str, text: str, delimiter: str = "", remarks: list[str] | None = None
) -> CsvTable:
    """Return the table that a text is. Raises CannotImport."""
    lines = text.split("\n", 1)
    if lines[0].strip().casefold().startswith(SAID) and len(lines[0].strip()) == len(SAID) + 1:
        delimiter = delimiter or lines[0].strip()[-1]
        # The numbers of lines stay those of the file.
        text = f"\n{lines[1] if len(lines) > 1 else ''}"
    chosen = delimiter or delimiter_of(text)
    rows = rows_of(name, text, chosen)
    if not rows:
        raise CannotImport(f"{name} is empty. {WANTED}")
    header = header_of(rows[0].cells)
    if len(header) < 2:
        raise CannotImport(f"{name} has one column only. {WANTED}")
    if len(header) > MOST_COLUMNS:
        raise CannotImport(
            f"{name} has {len(header)} columns, and {MOST_COLUMNS} are read at most."
        )
    if len(rows) == 1:
        raise CannotImport(f"{name} has a header, but no row below it.")
    refuse_cut_off(name, text, rows[-1], len(header))
    return CsvTable(name, header, rows[1:], chosen, remarks or [])


def delimiter_of(text: str) -> str:
    """Return what stands between the cells: that which most lines at the beginning have as often as the header, and the
    header most often."""

    def fits(delimiter: str) -> tuple[int, int]:
        head = text.splitlines(keepends=True)[:LOOKED_AT]
        try:
            rows = [row for row in csv.reader(head, delimiter=delimiter) if any(row)]
        except csv.Error:
            return 0, 0
        if not rows or len(rows[0]) < 2:
            return 0, 0
        return sum(len(row) == len(rows[0]) for row in rows), len(rows[0])

    return max(DELIMITERS, key=fits)


def rows_of(name: str, text: str, delimiter: str) -> list[CsvRow]:
    """Return the rows that are not empty. Raises CannotImport for what is no CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [
            CsvRow(reader.line_num, [cell.strip() for cell in cells])
            for cells in reader
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise CannotImport(
            f"Line {reader.line_num} of {name} is not CSV with a {NAMES.get(delimiter, delimiter)} between its cells ({error}). "
            "A quotation mark may be missing."
        ) from None


def header_of(cells: list[str]) -> list[str]:
    """Return the names of the columns, each once: a name that comes again has its number behind it."""
    # A comma behind the last name makes no column.
    while cells and not cells[-1]:
        cells = cells[:-1]
    taken: Counter[str] = Counter()
    names = []
    for at, cell in enumerate(cells, 1):
        plain = " ".join(cell.translate(MICRO).split()) or f"Column {at}"
        taken[plain.casefold()] += 1
        count = taken[plain.casefold()]
        names.append(plain if count == 1 else f"{plain} ({count})")
    return names


def refuse_cut_off(name: str, text: str, last: CsvRow, columns: int) -> None:
    """Raise CannotImport for a file whose last line was not written to its end."""
    if len(last.cells) < columns and not text.endswith(("\n", "\r")):
        raise CannotImport(
            f"The last line of {name} has {len(last.cells)} of {columns} cells, and no end: the file was cut off. "
            "Export or copy it again. Nothing was imported."
        )
