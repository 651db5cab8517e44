"""Nutrients as a list of names and values."""

from __future__ import annotations

from typing import NamedTuple

from lifetracker.web.sentences import number
from nutrition.nutrients import COLUMNS, NUTRIENTS, SALT_PER_SODIUM, Amounts, bounded
from nutrition.standing import kilojoules


class Fact(NamedTuple):
    """`beside`: the same in another unit. `is_part`: of what is listed before it, as sugar is of carbohydrate."""

    name: str
    value: str
    beside: str = ""
    is_part: bool = False


def facts_of(amounts: Amounts) -> list[Fact]:
    """Return the nutrients that have a column in the order of labels, then the further ones by their names."""
    own = [
        Fact(
            one.label,
            value_words(amounts, one.column, one.decimals, one.unit),
            beside_of(amounts, one.column),
            bool(one.whole),
        )
        for one in NUTRIENTS
    ]
    further = sorted(name for name in amounts.known if name not in COLUMNS)
    return own + [further_fact(amounts, name) for name in further]


def further_fact(amounts: Amounts, name: str) -> Fact:
    """Return the fact of `Vitamin C (mg)`."""
    label, bracket, unit = name.rpartition(" (")
    if not bracket:
        return Fact(name, value_words(amounts, name, 2, ""))
    return Fact(label, value_words(amounts, name, 2, unit.removesuffix(")")))


def value_words(amounts: Amounts, name: str, decimals: int, unit: str) -> str:
    value = amounts[name]
    if value is None:
        return "not known"
    words = f"{number(value, decimals)} {unit}".strip()
    return bounded(words, is_whole=amounts.is_whole(name))


def beside_of(amounts: Amounts, column: str) -> str:
    """Return the same in another unit: `at least 314 kJ`."""
    value = amounts[column]
    if value is None or column not in {"kcal", "salt"}:
        return ""
    words = (
        kilojoules(value) if column == "kcal" else f"{number(value / SALT_PER_SODIUM, 2)} g sodium"
    )
    return bounded(words, is_whole=amounts.is_whole(column))
