"""Where a day stands: how much of each nutrient there is, and what is left of its target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from lifetracker.web.sentences import number
from nutrition.nutrients import KJ_PER_KCAL, NUTRIENTS, Amounts, Nutrient, bounded

#: The four that a day is about, in the order in which they are shown.
SHOWN = ("kcal", "protein", "carbohydrate", "fat")


class Target(Protocol):
    """What is wanted of a nutrient on a day: at least so much, or at most where it is a limit."""

    @property
    def amount(self) -> float: ...

    @property
    def is_limit(self) -> bool: ...


class Standing(NamedTuple):
    """A nutrient of a day. `amount`: None where nothing of it is known. `is_whole`: no part of it is unknown."""

    nutrient: Nutrient
    amount: int | None
    is_whole: bool
    target: int | None = None
    is_limit: bool = False

    @property
    def unit(self) -> str:
        return self.nutrient.unit

    @property
    def left(self) -> int | None:
        """Return what is left of the target, as the two numbers that are shown differ; negative once it is passed."""
        if self.amount is None or self.target is None:
            return None
        return self.target - self.amount

    @property
    def share(self) -> float | None:
        """Return how much of the target there is; None where nobody knows, or nothing is wanted."""
        return self.amount / self.target if self.amount is not None and self.target else None

    @property
    def is_passed(self) -> bool:
        """Return whether it is a limit, and there is more than that."""
        return self.is_limit and self.left is not None and self.left < 0

    @property
    def words(self) -> str:
        """Return `1,712`, or `at least 86` where a part is unknown."""
        if self.amount is None:
            return "not known"
        return bounded(number(self.amount), is_whole=self.is_whole)


def standings_of(total: Amounts, targets: Mapping[str, Target]) -> list[Standing]:
    by_column = {nutrient.column: nutrient for nutrient in NUTRIENTS}
    return [standing_of(by_column[column], total, targets.get(column)) for column in SHOWN]


def standing_of(nutrient: Nutrient, total: Amounts, target: Target | None) -> Standing:
    amount = total[nutrient.column]
    return Standing(
        nutrient,
        None if amount is None else round(amount),
        total.is_whole(nutrient.column),
        round(target.amount) if target else None,
        is_limit=target is not None and target.is_limit,
    )


def kilojoules(kcal: float) -> str:
    return f"{number(kcal * KJ_PER_KCAL)} kJ"


def left_words(one: Standing, *, is_over: bool) -> str:
    """Return `238 kcal left`, `4 g over` or `12 g above the target`; of a day that is over `238 kcal under`, `14 g short`. Nothing
    without a target, or where nothing is known."""
    left = one.left
    if left is None:
        return ""
    if left == 0:
        return "exactly that" if one.is_whole else "at least that"
    # Of what there is at least so much, at most the rest is left.
    bound = "" if one.is_whole else ("at most " if left > 0 else "at least ")
    amount = f"{bound}{number(abs(left))} {one.unit}"
    if left < 0:
        return f"{amount} over" if one.is_limit else f"{amount} above the target"
    if not is_over:
        return f"{amount} left"
    return f"{amount} under" if one.is_limit else f"{amount} short"
