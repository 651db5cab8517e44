"""The cells that a person wants, each as one fact: of what, when, and how much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from csv_import.cells import amount_of, answer_of
from csv_import.choices import BEHAVIOUR, FAT, WEIGHT, Choices, folded
from csv_import.dates import Stamp, stamp_of
from csv_import.tables import CsvRow, CsvTable
from journal.models import NO, YES, Behaviour
from lifetracker.days import is_future, today
from lifetracker.sync.files import CannotImport, Refusal
from lifetracker.sync.reporting import report_row
from lifetracker.sync.tables import MOST_RAW, Unreadable
from lifetracker.words import counted

SCIENTIFIC = (
    "Some numbers are written like 1.0E+3, as a spreadsheet does, which may have lost digits: the file as it was exported is "
    "better."
)
MOST_REFUSED = 500


@dataclass(frozen=True)
class Target:
    """What a column goes to. `pk`: of the behaviour or the metric. `unit`: of what is stored; empty where none is known."""

    to: str
    name: str
    pk: int = 0
    kind: str = ""
    unit: str = ""

    @property
    def is_yes_no(self) -> bool:
        return self.to == BEHAVIOUR and self.kind == Behaviour.Kind.YES_NO


class Fact(NamedTuple):
    target: Target
    stamp: Stamp
    value: float
    #: What stood behind the number.
    unit: str
    where: str
    raw: dict[str, str]


@dataclass
class Facts:
    """What a file says. `empty`: as many cells of what is wanted are empty, and so unknown."""

    found: list[Fact] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    empty: int = 0
    #: Rows of names that go nowhere, by these.
    others: Counter[str] = field(default_factory=Counter)

    def remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)


def facts_of(table: CsvTable, choices: Choices, targets: dict[str, Target]) -> Facts:
    """Return what a table says of what is wanted. Raises CannotImport where nothing can be read of it."""
    facts = Facts(remarks=list(table.remarks))
    reader = Reader(table, choices, targets, facts)
    for number, row in enumerate(table.rows, 1):
        reader.read(row)
        report_row(number)
    if len(facts.refusals) > MOST_REFUSED or (facts.refusals and not facts.found):
        reasons = "; ".join(f"{one.where}: {one.reason}" for one in facts.refusals[:3])
        raise CannotImport(
            f"{counted(len(facts.refusals), 'row or cell', 'rows or cells')} of {table.name} cannot be read, so nothing was imported. "
            f"The first ones: {reasons}."
        )
    if not facts.found:
        raise CannotImport(f"{table.name} has no value in the columns that were chosen.")
    return facts


class Reader:
    """Reads the rows of one table."""

    def __init__(
        self, table: CsvTable, choices: Choices, targets: dict[str, Target], facts: Facts
    ) -> None:
        self.table, self.choices, self.facts = table, choices, facts
        self.at = {name: at for at, name in enumerate(table.header)}
        self.targets = targets
        self.by_word = {folded(name): one for name, one in targets.items()}
        self.units: dict[Target, str] = {}
        self.today = today()

    def cell(self, row: CsvRow, name: str) -> str:
        at = self.at[name] if name else len(row.cells)
        return row.cells[at] if at < len(row.cells) else ""

    def read(self, row: CsvRow) -> None:
        if len(row.cells) > len(self.table.header) and any(row.cells[len(self.table.header) :]):
            self.refuse(
                row,
                "it has more cells than the header: a text with a comma may lack its quotation marks",
            )
            return
        wanted = self.wanted(row)
        cells = [(name, target, cell) for name, target, cell in wanted if cell]
        self.facts.empty += len(wanted) - len(cells)
        if not cells:
            return
        try:
            stamp = self.stamp(row)
        except Unreadable as error:
            self.refuse(row, str(error))
            return
        raw = {name: cell[:MOST_RAW] for name, cell in self.table.raw(row).items()}
        for name, target, cell in cells:
            try:
                value, unit = self.value(target, cell)
            except Unreadable as error:
                self.refuse(row, str(error), name)
            else:
                self.facts.found.append(Fact(target, stamp, value, unit, row.where, raw))

    def wanted(self, row: CsvRow) -> list[tuple[str, Target, str]]:
        """Return the cells of a row that go somewhere, with the names of their columns."""
        if not self.choices.is_long:
            return [(name, target, self.cell(row, name)) for name, target in self.targets.items()]
        word = self.cell(row, self.choices.name)
        target = self.by_word.get(folded(word))
        if target is None:
            self.facts.others[word] += 1
            return []
        return [(word, target, self.cell(row, self.choices.value))]

    def stamp(self, row: CsvRow) -> Stamp:
        """Return when a row is about. Raises Unreadable."""
        text = self.cell(row, self.choices.date)
        if not text:
            raise Unreadable("it has no date")
        clock = self.cell(row, self.choices.time)
        stamp = stamp_of(text, self.choices.order, self.choices.home, clock)
        if stamp.day > self.today or (stamp.at and is_future(stamp.at)):
            raise Unreadable(f"{text} is in the future")
        return stamp

    def value(self, target: Target, cell: str) -> tuple[float, str]:
        """Return the value of a cell and the unit behind it. Raises Unreadable."""
        if target.is_yes_no:
            return (YES if answer_of(cell) else NO), ""
        amount = amount_of(cell, self.choices.decimal)
        if amount.is_scientific:
            self.facts.remark(SCIENTIFIC)
        if target.to != WEIGHT:
            self.check_unit(target, amount.unit, cell)
        return amount.value, amount.unit

    def check_unit(self, target: Target, unit: str, cell: str) -> None:
        """Raise Unreadable for a unit that is another one than the target has, or than the cells before."""
        if not unit:
            return
        expected = target.unit or self.units.setdefault(target, unit)
        if target.to == FAT:
            expected = "%"
        if unit.casefold() != expected.casefold():
            raise Unreadable(f"{cell!r} is not in {expected}, and nothing is converted")

    def refuse(self, row: CsvRow, reason: str, name: str = "") -> None:
        where = f"{row.where}, {name}" if name else row.where
        raw = {name: cell[:MOST_RAW] for name, cell in self.table.raw(row).items()}
        self.facts.refusals.append(Refusal(where, reason, raw))
