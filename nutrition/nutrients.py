"""What food is made of: the nutrients that have a column, and amounts of them that know what they do not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

KJ_PER_KCAL = 4.184
#: Salt is sodium chloride, as labels of the EU reckon it.
SALT_PER_SODIUM = 2.5


class Nutrient(NamedTuple):
    """`column`: its name in the models. `whole`: the nutrient that it is a part of; empty for none."""

    column: str
    label: str
    unit: str
    decimals: int = 1
    whole: str = ""


NUTRIENTS = (
    Nutrient("kcal", "Energy", "kcal", 0),
    Nutrient("protein", "Protein", "g"),
    Nutrient("carbohydrate", "Carbohydrate", "g"),
    Nutrient("sugar", "Sugar", "g", whole="carbohydrate"),
    Nutrient("fat", "Fat", "g"),
    Nutrient("saturated_fat", "Saturated fat", "g", whole="fat"),
    Nutrient("fibre", "Fibre", "g"),
    Nutrient("salt", "Salt", "g", 2),
)
COLUMNS = tuple(nutrient.column for nutrient in NUTRIENTS)


@dataclass(frozen=True)
class Amounts:
    """Amounts of nutrients, by column, and of further ones by their name with its unit, such as `Vitamin C (mg)`. What is
    missing is unknown, which is not zero. `at_least`: those of which a part is unknown."""

    known: Mapping[str, float] = field(default_factory=dict)
    at_least: frozenset[str] = frozenset()

    def times(self, factor: float) -> Amounts:
        return Amounts({name: value * factor for name, value in self.known.items()}, self.at_least)

    def __getitem__(self, name: str) -> float | None:
        return self.known.get(name)

    def is_whole(self, name: str) -> bool:
        """Return whether the amount is known, and no part of it is missing."""
        return name in self.known and name not in self.at_least


def bounded(words: str, *, is_whole: bool) -> str:
    """Return an amount in words, with `at least` before it where a part of it is unknown."""
    return words if is_whole else f"at least {words}"


def total_of(parts: Iterable[Amounts]) -> Amounts:
    """Return the sum. Where one part does not know a nutrient, the sum of the others is the least that there is of it; where
    none knows it, nobody does. Of nothing at all there is nothing: 0 of each nutrient that has a column."""
    found = list(parts)
    if not found:
        return Amounts(dict.fromkeys(COLUMNS, 0.0))
    names = dict.fromkeys(name for part in found for name in part.known)
    known = {name: sum(part.known.get(name, 0.0) for part in found) for name in names}
    at_least = {name for name in known if not all(part.is_whole(name) for part in found)}
    return Amounts(known, frozenset(at_least))


def total_of_day(meals: Iterable[Amounts], *, is_complete: bool, is_today: bool) -> Amounts:
    """Return what was eaten on a day, so far where it is today. Of another day of which nothing is written down nobody
    knows it, unless it is complete: then nothing was eaten."""
    found = list(meals)
    return total_of(found) if found or is_complete or is_today else Amounts()
