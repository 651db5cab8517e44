"""Any table that is written as CSV, with any delimiter, form of dates and decimal sign, comes back as the same values."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csv_import.cells import amount_of, decimals_of
from csv_import.dates import DMY, MDY, YMD, orders_of, stamp_of
from csv_import.tables import table_of, text_of
from lifetracker.sync.tables import Unreadable

FORMS = [
    (YMD, "%Y-%m-%d"),
    (YMD, "%Y/%m/%d"),
    (YMD, "%Y%m%d"),
    (DMY, "%d/%m/%Y"),
    (DMY, "%d.%m.%Y"),
    (DMY, "%d %b %Y"),
    (DMY, "%d-%b-%y"),
    (MDY, "%m/%d/%Y"),
    (MDY, "%B %d, %Y"),
]
DAYS = st.dates(date(1971, 1, 1), date(2069, 12, 31))
#: As people write them: up to six digits behind the point.
NUMBERS = st.decimals(-99_999_999, 99_999_999, places=4).map(float)
#: Spaces around a cell are not kept, nor are bytes that no text has.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=30).map(
    str.strip
)


def number_text(value: float, decimal: str, *, grouped: bool) -> str:
    text = f"{value:,.4f}" if grouped else f"{value:.4f}"
    return text if decimal == "." else text.translate(str.maketrans({",": ".", ".": ","}))


class Form(NamedTuple):
    """How a program writes its tables."""

    dates: tuple[str, str]
    delimiter: str
    end: str
    decimal: str
    encoding: str
    quoting: Literal[0, 1]
    grouped: bool


FORM = st.builds(
    Form,
    st.sampled_from(FORMS),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(".,"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
)


@pytest.mark.one_database
@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(DAYS, NUMBERS, TEXTS), min_size=1, max_size=15), FORM)
def test_any_table_comes_back(rows: list[tuple[date, float, str]], form: Form) -> None:
    order, pattern = form.dates
    file = io.StringIO(newline="")
    writer = csv.writer(
        file, delimiter=form.delimiter, lineterminator=form.end, quoting=form.quoting
    )
    writer.writerow(["Date", "Dose", "Note"])
    for day, value, note in rows:
        dose = number_text(value, form.decimal, grouped=form.grouped)
        writer.writerow([day.strftime(pattern), dose, note])
    text, remarks = text_of("a.csv", file.getvalue().encode(form.encoding))
    table = table_of("a.csv", text, form.delimiter)
    assert not remarks
    assert order in orders_of(table.column("Date"))
    assert form.decimal in decimals_of(table.column("Dose"))
    found = [
        (
            stamp_of(row.cells[0], order, ZoneInfo("UTC")).day,
            amount_of(row.cells[1], form.decimal).value,
            row.cells[2],
        )
        for row in table.rows
    ]
    assert found == rows


@pytest.mark.one_database
@settings(max_examples=200, deadline=None)
@given(
    rows=st.lists(st.tuples(DAYS, NUMBERS), min_size=2, max_size=15),
    delimiter=st.sampled_from(",;\t"),
    decimal=st.sampled_from(".,"),
)
def test_the_delimiter_is_found(
    rows: list[tuple[date, float]], delimiter: str, decimal: str
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["Date", "Dose"])
    for day, value in rows:
        writer.writerow([day, number_text(value, decimal, grouped=False)])
    assert table_of("a.csv", file.getvalue()).delimiter == delimiter


@pytest.mark.one_database
@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.sampled_from([YMD, DMY, MDY]), st.sampled_from(".,"))
def test_no_cell_breaks_what_reads_it(text: str, order: str, decimal: str) -> None:
    """It is read, or refused as what cannot be read."""
    with suppress(Unreadable):
        assert stamp_of(text, order, ZoneInfo("Europe/Berlin")).day
    with suppress(Unreadable):
        assert isinstance(amount_of(text, decimal).value, float)
