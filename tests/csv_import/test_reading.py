"""How cells and tables of whatever program are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from csv_import.cells import amount_of, answer_of, decimals_of
from csv_import.dates import DMY, MDY, YMD, orders_of, stamp_of
from csv_import.tables import CsvTable, read_file, table_of, text_of
from lifetracker.sync.files import CannotImport
from lifetracker.sync.tables import Unreadable

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 1, 31)


# --- Dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2026-01-31", YMD),
        ("2026/1/31", YMD),
        ("2026.01.31", YMD),
        ("20260131", YMD),
        ("2026-Jan-31", YMD),
        ("31/01/2026", DMY),
        ("31-1-26", DMY),
        ("31.01.2026", DMY),
        ("31. 1. 2026", DMY),
        ("31 Jan 2026", DMY),
        ("31-Jan-26", DMY),
        ("Sat, 31 January 2026", DMY),
        ("31st of January 2026", DMY),
        ("01/31/2026", MDY),
        ("1-31-26", MDY),
        ("Jan 31, 2026", MDY),
        ("Saturday January 31st 2026", MDY),
    ],
)
def test_days(text: str, order: str) -> None:
    assert stamp_of(text, order, BERLIN) == (DAY, None)
    assert order in orders_of([text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31 07:30", (6, 30)),
        ("2026-01-31T07:30:15", (6, 30)),
        ("2026-01-31 07:30:15.250", (6, 30)),
        ("2026-01-31, 7:30 am", (6, 30)),
        ("2026-01-31 at 7:30 p.m.", (18, 30)),
        ("2026-01-31 12:05 AM", (23, 5)),
        ("2026-01-31T07:30:15Z", (7, 30)),
        ("2026-01-31 07:30:15 UTC", (7, 30)),
        ("2026-01-31T07:30:15-05:00", (12, 30)),
        ("2026-01-31 07:30 +0200", (5, 30)),
    ],
)
def test_moments(text: str, expected: tuple[int, int]) -> None:
    at = stamp_of(text, YMD, BERLIN).at
    assert at
    assert at.tzinfo is UTC
    assert (at.hour, at.minute) == expected


def test_a_time_in_a_column_of_its_own() -> None:
    stamp = stamp_of("31/01/2026", DMY, BERLIN, "7:30 pm")
    assert stamp == (DAY, datetime(2026, 1, 31, 18, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "order", "said"),
    [
        ("45231", YMD, "a spreadsheet has made a number of the date"),
        ("45231.75", YMD, "a spreadsheet has made a number of the date"),
        ("31/01/2026", MDY, "could be read in another order"),
        ("2026-02-30", YMD, "is not a date"),
        ("yesterday", YMD, "is not a date"),
        ("31 Foo 2026", DMY, "is not a date"),
        ("0026-01-31", YMD, "is not between"),
        ("2026-03-29 02:30", YMD, "never showed"),
        ("2026-01-31 25:00", YMD, "is not a time"),
        ("2026-01-31 13:00 pm", YMD, "is not a time"),
        ("2026-01-31 07:30 +99:00", YMD, "no offset"),
    ],
)
def test_what_is_no_date(text: str, order: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        stamp_of(text, order, BERLIN)


@pytest.mark.parametrize(
    ("cells", "orders"),
    [
        (["01/02/2026", "12/11/2026"], [DMY, MDY]),
        (["01/02/2026", "13/02/2026"], [DMY]),
        (["01/02/2026", "02/13/2026"], [MDY]),
        (["01.02.2026"], [DMY]),
        (["2026-01-02"], [YMD]),
        (["13/02/2026", "02/13/2026"], []),
        (["soon"], []),
    ],
)
def test_an_order_is_never_guessed(cells: list[str], orders: list[str]) -> None:
    assert orders_of(cells) == orders


# --- Numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "decimal", "value", "unit"),
    [
        ("45", ".", 45, ""),
        ("45 mg", ".", 45, "mg"),
        ("45mg", ".", 45, "mg"),
        ("1,234.5", ".", 1234.5, ""),
        ("1.234,5", ",", 1234.5, ""),
        ("1 234,5", ",", 1234.5, ""),
        ("1\u202f234", ".", 1234, ""),
        ("1'234.50", ".", 1234.5, ""),
        ("-0.5", ".", -0.5, ""),
        ("−3,2", ",", -3.2, ""),
        (".5", ".", 0.5, ""),
        ("12 %", ".", 12, "%"),
        ("5.1 mmol/l", ".", 5.1, "mmol/l"),
        ("80 μg/l", ".", 80, "µg/l"),
        ("1.0E+3", ".", 1000, ""),
        ("1,5E-2", ",", 0.015, ""),
    ],
)
def test_numbers(text: str, decimal: str, value: float, unit: str) -> None:
    found = amount_of(text, decimal)
    assert (found.value, found.unit) == (pytest.approx(value), unit)
    assert found.is_scientific == ("E" in text)


@pytest.mark.parametrize(
    ("text", "decimal", "said"),
    [
        ("1,5", ".", "has no decimal point"),
        ("1.5", ",", "has no decimal comma"),
        ("<5", ".", "is a limit and not a number"),
        ("5-6", ".", "is not a number"),
        ("1:30", ".", "is not a number"),
        ("1/2", ".", "is not a number"),
        ("12,34,5", ".", "is not a number"),
        ("1.2.3", ".", "is not a number"),
        ("n/a", ".", "is not a number"),
        ("nan", ".", "is not a number"),
        ("inf", ".", "is not a number"),
        ("٣", ".", "is not a number"),
    ],
)
def test_what_is_no_number(text: str, decimal: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        amount_of(text, decimal)


@pytest.mark.parametrize(
    ("cells", "marks"),
    [
        (["1", "20"], ["."]),
        (["1.5"], ["."]),
        (["1,5"], [","]),
        (["1.234,5"], [","]),
        (["1,234.5"], ["."]),
        (["1,234"], [".", ","]),
        (["1,234", "0,5"], [","]),
        (["1,5", "1.5"], [".", ","]),
    ],
)
def test_a_decimal_sign_is_never_guessed(cells: list[str], marks: list[str]) -> None:
    assert decimals_of(cells) == marks


@pytest.mark.parametrize("word", ["yes", "TRUE", "1", "x", "X", "Ja", "Sí", "oui", "Sim", "1.0"])
def test_yes(word: str) -> None:
    assert answer_of(word) is True


@pytest.mark.parametrize("word", ["no", "False", "0", "Nein", "NON", "não", "0,0"])
def test_no(word: str) -> None:
    assert answer_of(word) is False


@pytest.mark.parametrize("word", ["maybe", "2", "-", "?"])
def test_a_word_that_is_neither_yes_nor_no(word: str) -> None:
    with pytest.raises(Unreadable, match="neither yes nor no"):
        answer_of(word)


# --- Tables ---------------------------------------------------------------------------------------


def read(text: str, name: str = "a.csv") -> CsvTable:
    return table_of(name, text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_and_ends_of_lines(delimiter: str, end: str) -> None:
    lines = [["Date", "Mood"], ["2026-01-31", "4"], ["2026-02-01", "5"]]
    found = read(end.join(delimiter.join(line) for line in lines) + end)
    assert found.delimiter == delimiter
    assert found.header == ["Date", "Mood"]
    assert [(row.number, row.cells) for row in found.rows] == [(2, lines[1]), (3, lines[2])]


def test_quotation_marks_and_texts_of_several_lines() -> None:
    found = read('Date,Note,Mood\n2026-01-31,"a, ""b""\nc",4\n')
    assert found.rows[0].cells == ["2026-01-31", 'a, "b"\nc', "4"]
    assert found.rows[0].number == 3


def test_a_decimal_comma_between_semicolons() -> None:
    assert read("Date;Weight;Fat\n2026-01-31;70,5;20,1\n").delimiter == ";"


def test_a_spreadsheet_says_its_delimiter() -> None:
    found = read("sep=;\nDate;A,B,C\n2026-01-31;1\n")
    assert (found.header, found.rows[0].number) == (["Date", "A,B,C"], 3)


def test_names_of_columns_that_are_empty_or_come_twice() -> None:
    assert read("Date,,Mood,mood,\n2026-01-31,1,2,3,\n").header == [
        *("Date", "Column 2", "Mood", "mood (2)"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_letters(encoding: str) -> None:
    text, remarks = text_of("a.csv", "Date,Größe\n".encode(encoding))
    assert text == "Date,Größe\n"
    assert bool(remarks) == (encoding == "latin-1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("Date\n2026-01-31\n", "one column only"),
        ("Date,Mood\n", "no row below it"),
        ('Date,Mood\n2026-01-31,"4\n', "is not CSV"),
        ("Date,Mood,Note\n2026-01-31,4,a\n2026-02", "was cut off"),
        (",".join(map(str, range(300))) + "\n1\n", "300 columns"),
    ],
)
def test_what_is_no_table(text: str, said: str) -> None:
    with pytest.raises(CannotImport, match=said):
        read(text)


def test_a_zip_and_a_folder_with_one_table(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("Date,Mood\n2026-01-31,4\n")
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "in" / "a.csv", "a.csv")
        archive.writestr("readme.md", "x")
    assert len(read_file(tmp_path / "a.zip").rows) == len(read_file(tmp_path / "in").rows) == 1
    (tmp_path / "in" / "b.csv").write_text("Date,Mood\n")
    with pytest.raises(CannotImport, match="holds 2 tables"):
        read_file(tmp_path / "in")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"%PDF-1.4", "is a PDF"), (b"Date,Mood\n\x00\x01\x02,4\n", "is no text"), (b"", "is empty")],
)
def test_other_files(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(CannotImport, match=said):
        read_file(path)
