"""The units in which people type amounts, as grams or millilitres."""

from __future__ import annotations

from typing import NamedTuple

from nutrition.models import Measure

GRAM, MILLILITRE = Measure.GRAM, Measure.MILLILITRE


class Unit(NamedTuple):
    """`size`: how many g or ml one of them is. `words`: what people call it beside its name, the first of them spelled out; all
    in small letters."""

    name: str
    size: float
    measure: Measure
    words: tuple[str, ...]


#: Avoirdupois and US customary units are exact; those of labels, metric cups and imperial pints differ by some per cent.
UNITS = (
    Unit("g", 1, GRAM, ("gram", "grams", "gramme", "grammes", "gramm", "gr")),
    Unit("kg", 1000, GRAM, ("kilo", "kilos", "kilogram", "kilograms", "kilogramme", "kilogrammes")),
    Unit("mg", 0.001, GRAM, ("milligram", "milligrams")),
    Unit("oz", 28.349523125, GRAM, ("ounce", "ounces")),
    Unit("lb", 453.59237, GRAM, ("pound", "pounds", "lbs")),
    Unit("ml", 1, MILLILITRE, ("millilitre", "millilitres", "milliliter", "milliliters")),
    Unit("cl", 10, MILLILITRE, ("centilitre", "centilitres", "centiliter", "centiliters")),
    Unit("dl", 100, MILLILITRE, ("decilitre", "decilitres", "deciliter", "deciliters")),
    Unit("l", 1000, MILLILITRE, ("litre", "litres", "liter", "liters")),
    Unit("tsp", 4.92892159375, MILLILITRE, ("teaspoon", "teaspoons", "tsps")),
    Unit("tbsp", 14.78676478125, MILLILITRE, ("tablespoon", "tablespoons", "tbsps", "tbs")),
    Unit("fl oz", 29.5735295625, MILLILITRE, ("fluid ounce", "fluid ounces", "floz")),
    Unit("cup", 236.5882365, MILLILITRE, ("cup", "cups")),
    Unit("pint", 473.176473, MILLILITRE, ("pint", "pints", "pt")),
    Unit("quart", 946.352946, MILLILITRE, ("quart", "quarts", "qt")),
)
BY_WORD = {word: unit for unit in UNITS for word in (unit.name, *unit.words)}
#: Words for a part of something: only a food itself knows how much one is of it, by its servings.
PIECES = (
    *(
        "bag",
        "ball",
        "bar",
        "biscuit",
        "bottle",
        "bowl",
        "box",
        "bunch",
        "can",
        "carton",
        "clove",
        "cookie",
    ),
    *(
        "cube",
        "fillet",
        "glass",
        "handful",
        "jar",
        "leaf",
        "loaf",
        "mug",
        "pack",
        "packet",
        "piece",
        "pinch",
    ),
    *(
        "plate",
        "portion",
        "pot",
        "pouch",
        "roll",
        "sachet",
        "scoop",
        "serving",
        "sheet",
        "slice",
        "spoon",
    ),
    *("square", "stick", "tin", "tub", "wedge"),
)


def singulars(word: str) -> set[str]:
    """Return what a word may be the plural of, and itself: `dishes` may be `dish` or `dishe`."""
    found = {word}
    for ending, instead in (("s", ""), ("es", ""), ("ies", "y"), ("ves", "f")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            found.add(word.removesuffix(ending) + instead)
    return found


def unit_named(word: str) -> str:
    """Return the unit or the piece that a word in small letters names, in the singular; empty for any other word."""
    word = word.replace(".", "")
    if word in BY_WORD:
        return BY_WORD[word].name
    return next((one for one in PIECES if one in singulars(word)), "")


def spoken(unit: str) -> str:
    """Return the unit as a word: `millilitre` for `ml`."""
    return BY_WORD[unit].words[0] if unit in BY_WORD else unit


def grams_or_ml(amount: float, unit: str) -> tuple[float, Measure] | None:
    """Return how many g or ml so much is; None for what only a food itself knows, such as slices."""
    word = " ".join(unit.casefold().replace(".", "").split())
    found = BY_WORD.get(word)
    return (amount * found.size, found.measure) if found else None
