"""What is proposed for a file that nobody has mapped yet. What is not clear is left open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from csv_import.cells import decimals_of, is_answer, is_number
from csv_import.choices import FAT, KG, LB, WEIGHT, folded
from csv_import.dates import ORDERS, SERIAL, orders_of, readable_in
from csv_import.tables import CsvTable

#: So many cells of a column are looked at; of days all are, because one of them may tell the order.
LOOKED_AT = 500
MOST_WORDS = 60
DATE_NAMES = ("date", "day", "datum", "fecha", "data", "timestamp", "time", "when")
NAME_NAMES = (
    "name",
    "metric",
    "test",
    "marker",
    "type",
    "item",
    "parameter",
    "category",
    "measurement",
)
VALUE_NAMES = ("value", "result", "amount", "quantity", "score", "wert", "valor")
WEIGHT_NAMES = {
    "weight",
    "weight_kg",
    "weight_lb",
    "weight_lbs",
    "body_weight",
    "gewicht",
    "peso",
    "poids",
}
FAT_NAMES = {"fat", "body_fat", "fat_pct", "body_fat_pct", "fat_percent"}


@dataclass(frozen=True)
class Column:
    """What a column seems to hold. `samples`: its first cells that are not empty. `count`: how many there are."""

    name: str
    samples: list[str]
    count: int
    dates: float
    numbers: float
    answers: float
    serials: float


@dataclass(frozen=True)
class Proposal:
    """Empty texts and lists are what the person has to say. `orders`, `decimals`: all that are possible."""

    columns: list[Column]
    date: str
    orders: list[str]
    decimals: list[str]
    name: str = ""
    value: str = ""
    mass: str = ""
    #: Whether dates of a column are numbers, as a spreadsheet leaves them.
    spreadsheet: str = ""

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.name == name)

    def target(self, name: str) -> str:
        """Return what is proposed for a column: a weigh-in by its name, and else nothing."""
        plain = folded(name)
        return WEIGHT if plain in WEIGHT_NAMES else FAT if plain in FAT_NAMES else ""


def share(cells: Sequence[str], holds: object) -> float:
    check = holds if callable(holds) else bool
    return sum(map(bool, map(check, cells))) / len(cells) if cells else 0.0


def columns_of(table: CsvTable) -> list[Column]:
    return [column_of(name, table.column(name)) for name in table.header]


def column_of(name: str, cells: list[str]) -> Column:
    some = cells[:LOOKED_AT]
    return Column(
        name,
        cells[:3],
        len(cells),
        dates=share(some, readable_in),
        numbers=share(some, is_number),
        answers=share(some, is_answer),
        serials=share(some, SERIAL.fullmatch),
    )


def proposal_of(table: CsvTable) -> Proposal:
    columns = columns_of(table)
    date = date_column(columns)
    orders = orders_of(table.column(date)) if date else []
    name, value = long_columns(table, columns, date)
    numbers = [one.name for one in columns if one.numbers > 0.5 and one.name != date]
    return Proposal(
        columns,
        date,
        orders or (list(ORDERS) if date else []),
        decimals_of(cell for one in numbers for cell in table.column(one)[:LOOKED_AT]),
        name,
        value,
        mass_of(columns),
        spreadsheet_column(columns) if not date else "",
    )


def date_column(columns: list[Column]) -> str:
    """Return the column that holds days, the one that is called so before others; empty where none does."""
    found = [one for one in columns if one.dates > 0.5]

    def rank(one: Column) -> tuple[bool, float]:
        return not is_called(one, DATE_NAMES), -one.dates

    return min(found, key=rank).name if found else ""


def spreadsheet_column(columns: list[Column]) -> str:
    found = [one.name for one in columns if one.serials > 0.5]
    named = [one.name for one in columns if one.name in found and is_called(one, DATE_NAMES)]
    return next(iter(named), "")


def is_called(column: Column, names: Sequence[str]) -> bool:
    return any(part in names for part in folded(column.name).split("_"))


def long_columns(table: CsvTable, columns: list[Column], date: str) -> tuple[str, str]:
    """Return the columns of names and values of a table in which each row has one value; empty ones where it is none."""
    others = [one for one in columns if one.name != date]
    named = [one for one in others if is_called(one, NAME_NAMES) and one.numbers < 0.5]
    valued = [one for one in others if is_called(one, VALUE_NAMES)]
    if not (named and valued):
        return "", ""
    words = words_of(table, named[0].name)
    return (named[0].name, valued[0].name) if 0 < len(words) < MOST_WORDS else ("", "")


def words_of(table: CsvTable, name: str) -> list[str]:
    """Return the different words of a column, in the order in which they come."""
    found: dict[str, str] = {}
    for cell in table.column(name):
        found.setdefault(folded(cell), cell)
    return list(found.values())


def mass_of(columns: list[Column]) -> str:
    """Return the unit of weights that a header or the cells name; empty where none does."""
    for one in columns:
        if folded(one.name) not in WEIGHT_NAMES:
            continue
        text = " ".join([one.name, *one.samples]).casefold()
        if re.search(r"\b(lbs?|pounds?)\b|_lbs?\b|\d\s*lbs?\b", text):
            return LB
        if re.search(r"\bkg\b|_kg\b|\d\s*kg\b", text):
            return KG
    return ""
