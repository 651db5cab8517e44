"""What a product of Open Food Facts is made of, per 100 g or 100 ml, out of either of its two shapes: `nutriments`, and since
2025 `nutrition`. What is missing, empty, negative or no number is unknown, and never zero."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from nutrition.nutrients import KJ_PER_KCAL, SALT_PER_SODIUM, Amounts
from nutrition.plausibility import MOST_GRAMS

#: A value that is computed from others, and not on the label.
COMPUTED = "~"
#: Of a value that is not on the label at all.
NOT_THERE = "-"
#: More decimals are noise of floats.
DECIMALS = 4
NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
#: The names at Open Food Facts of what has a column here.
COLUMNS = {
    "kcal": "energy",
    "protein": "proteins",
    "carbohydrate": "carbohydrates",
    "sugar": "sugars",
    "fat": "fat",
    "saturated_fat": "saturated-fat",
    "fibre": "fiber",
    "salt": "salt",
}
#: Further nutrients: how they are called here, in which unit, and how many of these are a gram.
PER_GRAM = {"g": 1, "mg": 1e3, "µg": 1e6}
FURTHER = {
    "added-sugars": ("Added sugar", "g"),
    "polyols": ("Polyols", "g"),
    "starch": ("Starch", "g"),
    "monounsaturated-fat": ("Monounsaturated fat", "g"),
    "polyunsaturated-fat": ("Polyunsaturated fat", "g"),
    "omega-3-fat": ("Omega-3 fat", "g"),
    "trans-fat": ("Trans fat", "g"),
    "cholesterol": ("Cholesterol", "mg"),
    "caffeine": ("Caffeine", "mg"),
    "calcium": ("Calcium", "mg"),
    "iron": ("Iron", "mg"),
    "magnesium": ("Magnesium", "mg"),
    "phosphorus": ("Phosphorus", "mg"),
    "potassium": ("Potassium", "mg"),
    "zinc": ("Zinc", "mg"),
    "iodine": ("Iodine", "µg"),
    "selenium": ("Selenium", "µg"),
    "vitamin-a": ("Vitamin A", "µg"),
    "vitamin-b1": ("Vitamin B1", "mg"),
    "vitamin-b2": ("Vitamin B2", "mg"),
    "vitamin-pp": ("Vitamin B3", "mg"),
    "vitamin-b6": ("Vitamin B6", "mg"),
    "vitamin-b9": ("Vitamin B9", "µg"),
    "vitamin-b12": ("Vitamin B12", "µg"),
    "vitamin-c": ("Vitamin C", "mg"),
    "vitamin-d": ("Vitamin D", "µg"),
    "vitamin-e": ("Vitamin E", "mg"),
    "vitamin-k": ("Vitamin K", "µg"),
}
READ = frozenset(
    {*COLUMNS.values(), *FURTHER, "sodium", "carbohydrates-total", "alcohol"} - {"energy"}
)
#: The names of their values per 100 in the older shape.
PER_100 = {f"{name}_100g": name for name in READ}
#: Grams of a millilitre of alcohol, which is given in percent of the volume.
ALCOHOL = 0.789
#: What one of a unit is of the unit that counts here: grams, kcal.
SCALES = {
    "": 1.0,
    "g": 1.0,
    "mg": 1e-3,
    "µg": 1e-6,
    "μg": 1e-6,
    "mcg": 1e-6,
    "kcal": 1.0,
    "kj": 1 / KJ_PER_KCAL,
    "% vol": 1.0,
}
#: Of the sets of values of a product: which are believed first.
TRUSTED = ("manufacturer", "packaging", "usda")
HUNDREDS = {"100g": "g", "100ml": "ml"}
#: Values of less than this were rounded too much to tell what 100 of it have.
LEAST_SERVING = 5


class Declared(NamedTuple):
    """A value per 100. `is_computed`: from others, and perhaps not from all of them."""

    value: float
    is_computed: bool = False


#: By their names at Open Food Facts: energy in kcal, alcohol in percent of the volume, all else in grams.
Nutriments = dict[str, Declared]


def declared_of(product: Mapping[str, object]) -> tuple[Nutriments, str]:
    """Return what a product declares, from the newer shape where that says something, and of which measure 100 are meant:
    `g`, `ml`, or empty where the values do not say it."""
    newer, measure = _of_nutrition(mapping(product.get("nutrition")))
    older = {} if newer else _of_nutriments(mapping(product.get("nutriments")))
    said = str(product.get("nutrition_data_per") or "").replace(" ", "").lower()
    # A form begins with 100 g, so that only ml was chosen by somebody.
    return newer or older, "ml" if HUNDREDS.get(said) == "ml" else measure


def number_of(value: object) -> float | None:
    """Return a number that is 0 or more, also one that is written as text; None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        value = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and value >= 0 else None


def mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


# --- The older shape ------------------------------------------------------------------------------


def _of_nutriments(nutriments: Mapping[str, object]) -> Nutriments:
    """Read `X_100g` alone: the bare `X` is per whatever the label says, and `X_serving` per a serving."""
    found: Nutriments = {}
    for key in PER_100.keys() & nutriments.keys():
        if declared := _per_100(nutriments, PER_100[key]):
            found[PER_100[key]] = declared
    energies = [
        _per_100(nutriments, "energy-kcal"),
        _kilojoules(_per_100(nutriments, "energy-kj")),
        # It is in kJ, also where its unit says kcal.
        _kilojoules(_per_100(nutriments, "energy")),
    ]
    return _with_energy(found, energies)


def _per_100(nutriments: Mapping[str, object], name: str) -> Declared | None:
    value = number_of(nutriments.get(f"{name}_100g"))
    modifier = nutriments.get(f"{name}_modifier")
    if value is None or modifier == NOT_THERE:
        return None
    return Declared(value, modifier == COMPUTED)


def _kilojoules(energy: Declared | None) -> Declared | None:
    return energy and energy._replace(value=energy.value / KJ_PER_KCAL)


def _with_energy(found: Nutriments, energies: list[Declared | None]) -> Nutriments:
    """Add the energy: what is on the label goes before what is computed from the other values."""
    known = sorted(filter(None, energies), key=lambda energy: energy.is_computed)
    return {**found, "energy": known[0]} if known else found


# --- The newer shape ------------------------------------------------------------------------------


class ValueSet(NamedTuple):
    """Values of one origin. `factor` makes values per 100 of them."""

    nutrients: Mapping[str, object]
    measure: str
    factor: float = 1.0


def _of_nutrition(nutrition: Mapping[str, object]) -> tuple[Nutriments, str]:
    """Return the values of the product as it is sold, each from the best set that has it, and of which measure they are."""
    sets = [*_aggregate(nutrition), *_input_sets(nutrition)]
    found: Nutriments = {}
    measure = ""
    for one in sets:
        if found and one.measure != measure:
            continue
        read = {name: value for name, value in _read(one) if name not in found}
        if read and not found:
            measure = one.measure
        found |= read
    return found, measure


def _aggregate(nutrition: Mapping[str, object]) -> Iterator[ValueSet]:
    """Yield the set that the service has put together, unless that is of the product as it is prepared."""
    aggregate = mapping(nutrition.get("aggregated_set"))
    nutrients = mapping(aggregate.get("nutrients"))
    per = str(aggregate.get("per") or "")
    if aggregate.get("preparation", "as_sold") != "as_sold" or per not in HUNDREDS:
        return
    origins = {str(mapping(one).get("source_per") or per) for one in nutrients.values()}
    # What was entered per 100 ml has been called per 100 g.
    yield ValueSet(nutrients, "ml" if origins == {"100ml"} else HUNDREDS[per])


def _input_sets(nutrition: Mapping[str, object]) -> Iterator[ValueSet]:
    stored = nutrition.get("input_sets")
    sets = [mapping(one) for one in stored] if isinstance(stored, list) else []
    usable = [
        (rank, made)
        for one in sets
        if one.get("preparation", "as_sold") == "as_sold" and one.get("source") != "estimate"
        for rank, made in _per_hundred(one)
    ]
    yield from (made for _, made in sorted(usable, key=lambda pair: pair[0]))


def _per_hundred(one: Mapping[str, object]) -> Iterator[tuple[tuple[int, int], ValueSet]]:
    """Yield the set with its rank, if it can be told what 100 have."""
    source = str(one.get("source") or "")
    trust = TRUSTED.index(source) if source in TRUSTED else len(TRUSTED)
    nutrients = mapping(one.get("nutrients"))
    per = str(one.get("per") or "")
    if per in HUNDREDS:
        yield (trust, list(HUNDREDS).index(per)), ValueSet(nutrients, HUNDREDS[per])
        return
    unit = str(one.get("per_unit") or "").lower()
    size = number_of(one.get("per_quantity")) or 0
    # 100 of an unknown unit are what the product is measured in.
    is_known = unit in HUNDREDS.values() or (unit == "" and size == 100)
    if per in {"", "serving"} and is_known and size >= LEAST_SERVING:
        yield (trust, len(HUNDREDS)), ValueSet(nutrients, unit, 100 / size)


def _read(one: ValueSet) -> Iterator[tuple[str, Declared]]:
    for name in READ & one.nutrients.keys():
        if declared := _declared(mapping(one.nutrients[name]), "", one.factor):
            yield name, declared
    energies = [
        _declared(mapping(one.nutrients.get(name)), unit, one.factor)
        for name, unit in (("energy-kcal", "kcal"), ("energy-kj", "kJ"), ("energy", "kJ"))
    ]
    yield from _with_energy({}, energies).items()


def _declared(entry: Mapping[str, object], unit: str, factor: float) -> Declared | None:
    """Return the value of one nutrient in the unit that counts here. `unit`: the one that it has where it says none."""
    unit = str(entry.get("unit") or unit).strip().lower()
    modifier = entry.get("modifier")
    if entry.get("source") == "estimate" or modifier == NOT_THERE or unit not in SCALES:
        return None
    scale = SCALES[unit] * factor
    if (value := number_of(entry.get("value"))) is not None:
        return Declared(value * scale, modifier == COMPUTED)
    computed = number_of(entry.get("value_computed"))
    return None if computed is None else Declared(computed * scale, is_computed=True)


# --- Amounts --------------------------------------------------------------------------------------


def amounts_of(declared: Nutriments, measure: str) -> Amounts:
    """Return the amounts per 100 g or ml. The alcohol of what is weighed cannot be told."""
    columns = {column: declared.get(name) for column, name in COLUMNS.items()}
    known = {column: one.value for column, one in columns.items() if one}
    if "salt" not in known and "sodium" in declared:
        known["salt"] = declared["sodium"].value * SALT_PER_SODIUM
    total = declared.get("carbohydrates-total")
    if "carbohydrate" not in known and total and "fibre" in known:
        # As labels of the United States and Canada have it: with the fibre.
        known["carbohydrate"] = max(total.value - known["fibre"], 0)
    known |= dict(_further(declared))
    if measure == "ml" and (share := declared.get("alcohol")) and 0 < share.value <= 100:
        known["Alcohol (g)"] = share.value * ALCOHOL
    return Amounts({name: round(value, DECIMALS) for name, value in known.items()})


def _further(declared: Nutriments) -> Iterator[tuple[str, float]]:
    for name, (label, unit) in FURTHER.items():
        one = declared.get(name)
        if one and one.value <= MOST_GRAMS and not one.is_computed:
            yield f"{label} ({unit})", one.value * PER_GRAM[unit]
