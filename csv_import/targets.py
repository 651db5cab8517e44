"""What columns go to, as it is stored: behaviours, own metrics, weigh-ins."""

from __future__ import annotations

import re
from collections import Counter

from csv_import.cells import amount_of
from csv_import.choices import (
    BEHAVIOUR,
    FAT,
    METRIC,
    NEW,
    WEIGHT,
    Choices,
    folded,
)
from csv_import.facts import Target
from csv_import.tables import CsvTable
from journal.answers import LONGEST_NAME, behaviour_named
from journal.models import Behaviour
from lifetracker.sync.files import CannotImport
from lifetracker.sync.tables import Unreadable
from own_metrics.models import MOST_DECIMALS, OwnMetric, folded_name

#: A unit in a header: `Ferritin (µg/l)`, `Dose [mg]`.
#: A number there is none: it is that of a name which comes again.
WITH_UNIT = re.compile(r"(.+?)\s*[(\[](?!\d+[)\]])([^()\[\]]{1,40})[)\]]")
GONE = "{} goes to something that was deleted. Choose again what it is."


def checked(choices: Choices, table: CsvTable) -> None:
    """Raise CannotImport for choices that do not fit the columns of a table."""
    columns = [choices.date, choices.time, choices.name, choices.value]
    wanted = [name for name in columns if name]
    if not choices.is_long:
        wanted += choices.targets
    lacking = [name for name in wanted if name not in table.header]
    if lacking:
        raise CannotImport(
            f"{table.name} has no column {lacking[0]}. It has: {', '.join(table.header)}."
        )
    if not choices.date:
        raise CannotImport("Say which column has the date.")
    if choices.is_long != bool(choices.value):
        raise CannotImport("Say both: which column has the names, and which one the values.")
    if not choices.targets:
        raise CannotImport("Say of at least one column what it is.")
    goes_to = Counter(to for to in choices.targets.values() if to.split(":")[1:2] != [NEW])
    twice = next((to for to, count in goes_to.items() if count > 1), "")
    if twice:
        names = [name for name, to in choices.targets.items() if to == twice]
        raise CannotImport(f"{' and '.join(names)} go to the same. Choose one of them.")
    if FAT in goes_to and WEIGHT not in goes_to:
        raise CannotImport("Body fat is part of a weigh-in: say which column has the weight.")


def of_this_table(choices: Choices, table: CsvTable) -> Choices:
    """Return the choices without those of names that a long table does not have."""
    if not choices.is_long:
        return choices
    words = {folded(cell) for cell in table.column(choices.name)}
    here = {name: to for name, to in choices.targets.items() if folded(name) in words}
    return choices.with_targets(here)


def targets_of(choices: Choices, table: CsvTable) -> tuple[dict[str, Target], Choices]:
    """Return what each column goes to, and the choices with the ids of what is stored. What is new is added. Raises
    CannotImport."""
    found = {name: target_of(name, to, choices, table) for name, to in choices.targets.items()}
    same = Counter((one.to, one.pk) for one in found.values())
    for name, one in found.items():
        if same[one.to, one.pk] > 1:
            raise CannotImport(f"{name} goes to {one.name}, and another column, too.")
    known = {name: f"{one.to}:{one.pk}" if one.pk else one.to for name, one in found.items()}
    return found, choices.with_targets(known)


def target_of(name: str, to: str, choices: Choices, table: CsvTable) -> Target:
    what, _, which = to.partition(":")
    if what == WEIGHT:
        return Target(WEIGHT, "weight")
    if what == FAT:
        return Target(FAT, "body fat", unit="%")
    if what == METRIC:
        metric = new_metric(name, choices, table) if which == NEW else stored_metric(name, which)
        return Target(METRIC, metric.name, metric.pk, unit=metric.unit)
    if what == BEHAVIOUR:
        kind = which.partition(":")[2]
        one = (
            behaviour_named(plain_and_unit(name)[0][:LONGEST_NAME], kind, unit_for(name, kind))
            if which.startswith(NEW)
            else stored_behaviour(name, which)
        )
        return Target(BEHAVIOUR, one.name, one.pk, one.kind, one.unit)
    raise CannotImport(f"{to!r} is nothing that {name} can go to.")


def unit_for(name: str, kind: str) -> str:
    return plain_and_unit(name)[1] if kind == Behaviour.Kind.AMOUNT else ""


def stored_metric(name: str, pk: str) -> OwnMetric:
    found: OwnMetric | None = OwnMetric.objects.live().filter(pk=number_of(pk)).first()
    if found is None:
        raise CannotImport(GONE.format(name))
    return found


def stored_behaviour(name: str, pk: str) -> Behaviour:
    """Return the behaviour with an id, also one that was merged meanwhile: its answers count for the other, and a file that
    comes again finds them where they are."""
    found: Behaviour | None = (
        Behaviour.objects.all().with_wordings().filter(pk=number_of(pk)).first()
    )
    if found is None:
        raise CannotImport(GONE.format(name))
    return found


def number_of(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 18 else 0


def plain_and_unit(name: str) -> tuple[str, str]:
    """Return the name of a column without the unit in brackets behind it, and that."""
    match = WITH_UNIT.fullmatch(name)
    return (match[1], match[2].strip()) if match else (name, "")


def new_metric(name: str, choices: Choices, table: CsvTable) -> OwnMetric:
    """Return the metric that is called like a column, or add it with the unit and the digits that its cells have."""
    plain, unit = plain_and_unit(name)
    plain = plain[:LONGEST_NAME]
    stored: OwnMetric | None = (
        OwnMetric.objects.live().filter(folded_name=folded_name(plain)).first()
    )
    if stored is not None:
        return stored
    units, digits = units_and_digits(cells_of(name, choices, table), choices.decimal)
    unit = unit or (units.most_common(1)[0][0] if units else "")
    made = OwnMetric(name=plain, unit=unit[:40], decimals=min(digits, MOST_DECIMALS))
    made.full_clean(exclude=["folded_name"])
    made.save()
    return made


def cells_of(name: str, choices: Choices, table: CsvTable) -> list[str]:
    """Return the cells of a column, or those beside a name of a long table."""
    if not choices.is_long:
        return table.column(name)
    named, valued = table.header.index(choices.name), table.header.index(choices.value)
    rows = [row.cells for row in table.rows if max(named, valued) < len(row.cells)]
    return [cells[valued] for cells in rows if cells[named] == name and cells[valued]]


def units_and_digits(cells: list[str], decimal: str) -> tuple[Counter[str], int]:
    """Return which units stand behind numbers, and the most digits behind the point."""
    units: Counter[str] = Counter()
    digits = 0
    for cell in cells:
        try:
            amount = amount_of(cell, decimal)
        except Unreadable:
            continue
        if amount.unit:
            units[amount.unit] += 1
        digits = max(digits, len(f"{amount.value:.6f}".rstrip("0").partition(".")[2]))
    return units, digits
