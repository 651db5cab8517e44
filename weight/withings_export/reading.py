"""What the rows of a file of weigh-ins mean."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from lifetracker.days import local_date
from lifetracker.sync.files import CannotImport, Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.tables import Row, Table, Unreadable, raw_of, shown
from lifetracker.sync.wall_times import moments_of
from weight.withings_export.export import Entry, Export, Options

#: Withings sold its first scale in 2009, and takes older weights that are typed in.
EARLIEST = datetime(1970, 1, 3, tzinfo=UTC)
NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
WITH_UNIT = re.compile(r"(?P<name>.+?) \((?P<unit>[^()]+)\)")
#: In kg.
UNITS = {"kg": Decimal(1), "lb": Decimal("0.45359237"), "lbs": Decimal("0.45359237")}
PLACES = Decimal("0.0001")
WEIGHT = "weight"
COLUMNS = {
    WEIGHT: "weight_kg",
    "fat mass": "fat_mass_kg",
    "bone mass": "bone_mass_kg",
    "muscle mass": "muscle_mass_kg",
    "hydration": "hydration_kg",
}
#: What follows from the fat.
FROM_FAT = {"fat_ratio", "lean_mass_kg"}
BLOOD_PRESSURE = {"systolic", "diastolic"}


class Column(NamedTuple):
    """A column of the file, in small letters. `kilograms`: how much one of its unit is."""

    title: str
    name: str
    kilograms: Decimal


def is_of_weigh_ins(table: Table) -> bool:
    """Return whether a table is a list of weigh-ins, by its header, in whichever unit."""
    return "date" in table.names and any(name.startswith("weight (") for name in table.names)


def is_of_blood_pressure(table: Table) -> bool:
    return table.names >= BLOOD_PRESSURE


def columns_of(table: Table) -> list[Column]:
    """Return the columns that are read. Raises CannotImport for one in a unit that is not known."""
    found = []
    for title in sorted(table.names):
        parts = WITH_UNIT.fullmatch(title)
        if parts and parts["name"] in COLUMNS:
            if parts["unit"] not in UNITS:
                raise CannotImport(
                    f"{table.name} has weights in {parts['unit']}. Choose kg or lb in the settings of your Withings account, "
                    "and download the data again."
                )
            found.append(Column(title, COLUMNS[parts["name"]], UNITS[parts["unit"]]))
    return found


def export_of(tables: list[Table], options: Options) -> Export:
    """Return what the tables hold. Raises CannotImport."""
    export = Export()
    for table in tables:
        if table.delimiter == ";":
            export.remark(
                f"{table.name} was saved again by a spreadsheet, which may have changed its times. Withings' own file is better."
            )
        read_table(table, export, options)
    return export


def read_table(table: Table, export: Export, options: Options) -> None:
    """Read a table. Equal rows of one table are several weigh-ins, and the same ones in another table."""
    columns, equals = columns_of(table), Counter[str]()
    lacking = lacking_of(columns)
    for row in table.rows():
        raw = raw_of(row)
        try:
            item = item_of(row, columns, options)
        except Unreadable as error:
            export.refusals.append(Refusal(row.where, str(error), raw))
            continue
        if item is None:
            export.skip("rows without a weight")
            continue
        key = (
            f"{datetime.fromisoformat(item['measured_at']):%Y-%m-%dT%H:%M:%SZ} {item['weight_kg']}"
        )
        equals[key] += 1
        number = equals[key]
        export.entries[key if number == 1 else f"{key} {number}"] = Entry(
            row.where, item, raw, lacking
        )


def lacking_of(columns: list[Column]) -> list[str]:
    """Return the columns of a weigh-in of which a table says nothing."""
    found = set(COLUMNS.values()) - {one.name for one in columns}
    return sorted(found | FROM_FAT if "fat_mass_kg" in found else found)


def item_of(row: Row, columns: list[Column], options: Options) -> Item | None:
    """Return the values of a row; None for one without a weight. Raises Unreadable."""
    values = {one.name: kilograms_in(row, one) for one in columns}
    weight, fat = values.get("weight_kg"), values.get("fat_mass_kg")
    if weight is None:
        return None
    if fat is not None and fat >= weight:
        raise Unreadable("its fat mass is not less than its weight")
    day, _, clock = row["date"].partition(" ")
    at = moments_of(day, clock, options.zone)[0]
    if not EARLIEST <= at <= options.now + timedelta(days=1):
        raise Unreadable(f"{row['date']} is {'in the future' if at > EARLIEST else 'too long ago'}")
    return {
        "measured_at": at.isoformat(),
        "date": local_date(at).isoformat(),
        **{name: None if value is None else str(value) for name, value in values.items()},
        "fat_ratio": None if fat is None else str((fat / weight * 100).quantize(PLACES)),
        "lean_mass_kg": None if fat is None else str(weight - fat),
    }


def kilograms_in(row: Row, column: Column) -> Decimal | None:
    """Return what a cell says; None where it is empty, and for 0, which stands for what was not measured. Raises
    Unreadable."""
    text = row[column.title]
    if not text:
        return None
    if not NUMBER.fullmatch(text) or len(text) > 12:
        raise Unreadable(f"{column.title} is {shown(text)}, which is not a number")
    return (Decimal(text) * column.kilograms).quantize(PLACES) or None
