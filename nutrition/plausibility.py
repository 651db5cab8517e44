"""Which values of a food cannot be, and which are only doubtful. The limits are those of Open Food Facts' own checks."""

from __future__ import annotations

from collections.abc import Iterator

from nutrition.nutrients import KJ_PER_KCAL, NUTRIENTS, Amounts

MOST_KCAL = 1000
#: More of it is in no 100 g or 100 ml, but in heavy liquids.
MOST_GRAMS = 100
MOST_GRAMS_TOGETHER = 105
#: Rounding on labels.
SLACK = 0.1
#: kcal per gram; fibre and the rest by the rules of the EU for labels.
KCAL_PER_GRAM = {"protein": 4, "carbohydrate": 4, "fat": 9, "fibre": 2}
#: By so much the energy may differ from that of its parts.
ENERGY_SHARE, ENERGY_KCAL, LEAST_KCAL = 0.30, 5, 13
MACROS = ("protein", "carbohydrate", "fat")


def impossible(food: Amounts) -> list[str]:
    """Return what cannot be of values per 100 g or 100 ml, each as a sentence."""
    return [sentence for _, sentence in impossible_by_column(food)]


def impossible_by_column(food: Amounts) -> Iterator[tuple[str, str]]:
    """Yield what cannot be with the column that it is about; without one where it is about several."""
    for nutrient in NUTRIENTS:
        value = food[nutrient.column]
        most = MOST_KCAL if nutrient.column == "kcal" else MOST_GRAMS
        if value is not None and not 0 <= value <= most:
            yield (
                nutrient.column,
                f"{nutrient.label} must be between 0 and {most:,} {nutrient.unit} per 100.",
            )
    grams = [food[name] or 0 for name in MACROS]
    if max(grams) <= MOST_GRAMS and sum(grams) > MOST_GRAMS_TOGETHER:
        yield "", f"Protein, carbohydrate and fat come to {sum(grams):.0f} g in 100."


def doubts(food: Amounts) -> list[str]:
    """Return what is unlikely of values per 100 g or 100 ml, each as a sentence: alcohol and sweeteners break the rule of
    the energy, and a part that is larger than its whole is a slip."""
    return [*_larger_parts(food), *_energy(food)]


def _larger_parts(food: Amounts) -> Iterator[str]:
    labels = {nutrient.column: nutrient.label for nutrient in NUTRIENTS}
    for nutrient in NUTRIENTS:
        part, whole = food[nutrient.column], food[nutrient.whole]
        if part is not None and whole is not None and part > whole + SLACK:
            yield f"{nutrient.label} ({part:g} g) is more than {labels[nutrient.whole].lower()} ({whole:g} g)."


def _energy(food: Amounts) -> Iterator[str]:
    kcal = food["kcal"]
    if kcal is None or any(food[name] is None for name in MACROS):
        return
    parts = sum((food[name] or 0) * each for name, each in KCAL_PER_GRAM.items())
    if max(kcal, parts) > LEAST_KCAL and abs(kcal - parts) > ENERGY_SHARE * parts + ENERGY_KCAL:
        hint = " It may be kJ." if abs(kcal / KJ_PER_KCAL - parts) <= ENERGY_SHARE * parts else ""
        yield f"The energy ({kcal:.0f} kcal) does not fit protein, carbohydrate and fat, which come to {parts:.0f} kcal.{hint}"
