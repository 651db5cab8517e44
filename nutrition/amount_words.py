"""Amounts of food as people read them."""

from __future__ import annotations

from lifetracker.web.sentences import number
from lifetracker.words import with_unit
from nutrition.models import MealItem, Measure
from nutrition.nutrients import Amounts, bounded
from nutrition.units import BY_WORD

MEASURES = frozenset(Measure.values)
#: Of these English makes more than one by an s; other names of servings are a person's own, in any language.
TAKES_S = frozenset(
    ("bar", "bottle", "bowl", "can", "cup", "egg", "packet", "piece", "pint", "portion", "quart")
) | frozenset(("scoop", "serving", "slice", "spoon", "tablespoon", "teaspoon"))
TAKES_ES = frozenset(("glass",))
#: Words that are the same for more than one.
SAME = frozenset(("extra large", "jumbo", "large", "medium", "small"))


def amount_number(amount: float) -> str:
    """Return `1,250`, `0.5` or `33.33`: as many decimals as it has, two at most."""
    text = number(amount, 2)
    return text.rstrip("0").rstrip(".")


def amount_words(amount: float, unit: str) -> str:
    """Return `150 g`, `1 slice`, `2 slices`; what has no known plural is counted by a sign."""
    count = amount_number(amount)
    if count == "1":
        return with_unit(count, unit)
    if amount <= 1 or unit in SAME:
        return f"{count} {unit}"
    if unit in TAKES_S:
        return f"{count} {unit}s"
    if unit in BY_WORD:
        return f"{count} {unit}"
    return f"{count} {unit}es" if unit in TAKES_ES else f"{count} × {unit}"


def eaten_words(item: MealItem) -> str:
    """Return how much of it was eaten: `2 slices, 90 g`, `150 g`; of energy alone nothing."""
    if item.food_id is None and item.unit == "portion" and item.amount == 1 and item.size is None:
        return ""
    words = amount_words(item.amount, item.unit)
    if item.size is None or item.unit in MEASURES:
        return words
    measure = item.food.measure if item.food else Measure.GRAM
    return f"{words}, {amount_number(round(item.size))} {measure}"


def kcal_words(amounts: Amounts) -> str:
    """Return `95`, `at least 74` where a part is unknown, or `not known`."""
    kcal = amounts["kcal"]
    if kcal is None:
        return "not known"
    return bounded(number(kcal), is_whole=amounts.is_whole("kcal"))


def kcal_value(kcal: float | None) -> str:
    """Return `95 kcal`; nothing where nobody knows it."""
    return "" if kcal is None else f"{number(kcal)} kcal"
