"""Cells of the tables of other apps: numbers, dates and times as these apps write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from lifetracker.sync.files import CannotImport
from lifetracker.sync.tables import Row, Unreadable, shown
from nutrition.diary_import.entries import EARLIEST
from nutrition.models import MOST_KCAL_OF_AN_ITEM, MOST_OF_AN_ITEM, Measure
from nutrition.nutrients import COLUMNS, KJ_PER_KCAL, SALT_PER_SODIUM
from nutrition.units import grams_or_ml

#: What stands where a value is not known.
UNKNOWN = {"", "n/a", "na", "-", "--", "null", "none", "nan"}
#: Also with commas between thousands.
NUMBER = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::\d\d)?(?:\s*([ap])\.?\s*m\.?)?", re.IGNORECASE)
ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", re.ASCII)
US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
#: The unit at the end of a name, such as `Iron (mg)`.
WITH_UNIT = re.compile(r"(?P<name>.*?)\s*\((?P<unit>[^()]*)\)")


# --- Values ---------------------------------------------------------------------------------------


def number(text: str, what: str = "it") -> float | None:
    """Return the number; None where the app does not know it. Raises Unreadable for anything else, and below 0."""
    plain = text.strip()
    if plain.casefold() in UNKNOWN:
        return None
    if not NUMBER.fullmatch(plain):
        raise Unreadable(f"{what} is {shown(plain)}, which is not a number")
    value = float(plain.replace(",", ""))
    if value < 0:
        raise Unreadable(f"{what} is {shown(plain)}, and cannot be below 0")
    return value


def day_in(text: str, now: datetime, pattern: re.Pattern[str] = ISO_DATE) -> date:
    """Return the day. Raises Unreadable."""
    found = pattern.fullmatch(text.strip())
    parts = [int(part) for part in found.groups()] if found else []
    try:
        year, month, day = parts if pattern is ISO_DATE else (parts[2], parts[0], parts[1])
        value = date(year, month, day)
    except (ValueError, IndexError):
        form = "2026-09-16" if pattern is ISO_DATE else "09/16/2026"
        raise Unreadable(f"{shown(text)} is not a date such as {form}") from None
    # A day may have come elsewhere already.
    if value < EARLIEST or datetime.combine(value, time(), now.tzinfo) > now + timedelta(days=1):
        raise Unreadable(f"{value} is {'in the future' if value > EARLIEST else 'too long ago'}")
    return value


def clock(text: str) -> time | None:
    """Return the time of day; None for an empty text. Raises Unreadable."""
    plain = text.strip()
    if not plain:
        return None
    found = CLOCK.fullmatch(plain)
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 99)
    if found and found[3]:
        hour = hour % 12 + 12 * (found[3].lower() == "p") if 1 <= hour <= 12 else 99
    if hour > 23 or minute > 59:
        raise Unreadable(f"{shown(plain)} is not a time of day")
    return time(hour, minute)


def size_of(amount: float, unit: str) -> float | None:
    """Return how many g so much of something is; None where that depends on what it is, as with a cup of it."""
    found = grams_or_ml(amount, unit.strip().casefold())
    return found[0] if found and found[1] == Measure.GRAM else None


# --- Nutrients ------------------------------------------------------------------------------------

#: How apps call what has a column here.
CALLED = {
    "kcal": ("energy", "calories", "calories eaten", "kilojoules"),
    "protein": ("protein",),
    "carbohydrate": ("net carbs", "carbohydrates", "carbohydrate", "carbs", "total carbs"),
    "sugar": ("sugars", "sugar"),
    "fat": ("fat", "total fat"),
    "saturated_fat": ("saturated", "saturated fat", "saturated fats"),
    "fibre": ("fiber", "fibre", "dietary fiber"),
    "salt": ("salt", "sodium"),
}
BY_NAME = {name: column for column, names in CALLED.items() for name in names}
#: In grams; energy in kcal.
FACTORS = {"g": 1.0, "mg": 1e-3, "µg": 1e-6, "mcg": 1e-6, "kcal": 1.0, "kj": 1 / KJ_PER_KCAL}
#: What stands without a unit, in the unit in which all of these apps have it.
UNITS = {"sodium": "mg", "kilojoules": "kj", "potassium": "mg", "cholesterol": "mg"}
#: What apps shorten.
SPELLED_OUT = {
    "monounsaturated": "Monounsaturated fat",
    "polyunsaturated": "Polyunsaturated fat",
    "trans-fats": "Trans fat",
    "trans fat": "Trans fat",
}
#: What was planned is not what was eaten.
PLANS = ("target", "goal")
#: Whatever has a unit that nutrients have.
FURTHER_UNITS = {"g": "g", "mg": "mg", "µg": "µg", "mcg": "µg", "iu": "IU"}


class NutrientColumn(NamedTuple):
    """`column`: of the models, else the name of a further nutrient. `header`: as it is called in the file."""

    header: str
    column: str
    factor: float


def nutrient_columns(header: Iterable[str], further: Iterable[str] = ()) -> list[NutrientColumn]:
    """Return which columns of a table are nutrients. Those with a unit are; `further`: those without one that are in grams.
    What has another unit is left to the raw row."""
    found: dict[str, NutrientColumn] = {}
    for title in header:
        parts = WITH_UNIT.fullmatch(title)
        name = (parts["name"] if parts else title).strip()
        plain = name.casefold()
        unit = parts["unit"].strip().lower() if parts else UNITS.get(plain, "")
        one = known_column(title, plain, unit) or further_column(title, name, unit, further)
        # Net carbohydrates come before those with fibre, wherever they stand.
        if one and (one.column not in found or plain == "net carbs"):
            found[one.column] = one
    return list(found.values())


def known_column(title: str, name: str, unit: str) -> NutrientColumn | None:
    column = BY_NAME.get(name)
    if column is None:
        return None
    expected = "kcal" if column == "kcal" else "g"
    factor = FACTORS.get(unit or expected)
    is_energy = (unit or expected) in {"kcal", "kj"}
    if factor is None or is_energy != (column == "kcal"):
        raise CannotImport(
            f"Its column {title} is in a unit that is not known here. Export the diary in kcal or kJ, and in grams."
        )
    salt = SALT_PER_SODIUM if name == "sodium" else 1
    return NutrientColumn(title.casefold(), column, factor * salt)


def further_column(
    title: str, name: str, unit: str, further: Iterable[str]
) -> NutrientColumn | None:
    unit = unit or ("g" if name.casefold() in further else "")
    if unit not in FURTHER_UNITS or not name or name.casefold().startswith(PLANS):
        return None
    label = SPELLED_OUT.get(name.casefold(), name)
    return NutrientColumn(title.casefold(), f"{label} ({FURTHER_UNITS[unit]})", 1.0)


def amounts_in(
    row: Row, columns: Iterable[NutrientColumn], *, zero_is_unknown: bool = False
) -> dict[str, float]:
    """Return what a row says of nutrients. `zero_is_unknown`: the app writes 0 for what nobody has entered, but for energy.
    Raises Unreadable for what cannot be."""
    found: dict[str, float] = {}
    for header, column, factor in columns:
        value = number(row[header], header.capitalize())
        if value is None or (zero_is_unknown and not value and column != "kcal"):
            continue
        amount = round(value * factor, 6)
        if column in COLUMNS and amount > most_of(column):
            raise Unreadable(f"{header.capitalize()} is {row[header]}, more than anybody eats")
        found[column] = amount
    return found


def most_of(column: str) -> float:
    return MOST_KCAL_OF_AN_ITEM if column == "kcal" else MOST_OF_AN_ITEM
