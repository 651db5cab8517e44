"""How a product of Open Food Facts becomes a food."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from django.conf import settings

from nutrition.barcodes import digits_of, normalized
from nutrition.models import OPEN_FOOD_FACTS, FoodItem, Serving
from nutrition.nutrients import COLUMNS
from nutrition.plausibility import impossible
from nutrition.product_values import amounts_of, declared_of, number_of
from nutrition.search_text import folded, searched_as

LONGEST_NAME = 200
#: What no text may have: halves of characters, and NUL, which PostgreSQL refuses.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
LANGUAGE = re.compile(r"[a-z]{2,3}")
#: Nothing was changed at Open Food Facts before it began, and nothing so far ahead.
BEGAN, ENDS = 1_325_376_000, 4_102_444_800
MOST_SCANS = 2_147_483_647
#: Units as packages have them, in the g or ml that they are. `ONZ`, `OZA`, `GRM` and `MLT` are codes of the United States.
UNITS = {
    **dict.fromkeys(("g", "gr", "grm", "gram", "grams", "gramm", "grammes"), (1.0, "g")),
    "kg": (1000.0, "g"),
    **dict.fromkeys(("oz", "onz", "ounce", "ounces"), (28.349523125, "g")),
    **dict.fromkeys(("lb", "lbs"), (453.59237, "g")),
    **dict.fromkeys(("ml", "mlt", "millilitre", "millilitres"), (1.0, "ml")),
    "cl": (10.0, "ml"),
    "dl": (100.0, "ml"),
    **dict.fromkeys(("l", "litre", "litres", "liter", "liters"), (1000.0, "ml")),
    **dict.fromkeys(("fl oz", "oza"), (29.5735295625, "ml")),
}
AMOUNT = r"(?P<amount>\d+(?:[.,]\d+)?)\s*(?P<unit>fl\.? ?oz|[a-z]+)"
#: Such as `(60 g)`, or the whole text.
IN_BRACKETS = re.compile(rf"\(\s*{AMOUNT}\.?\s*\)", re.IGNORECASE)
ALONE = re.compile(rf"\s*(?:\d+\s*[x×]\s*)?{AMOUNT}\.?\b.*", re.IGNORECASE)
#: Such as `2 cookies` in `2 cookies (30 g)`.
HOUSEHOLD = re.compile(r"(?P<count>\d+(?:[.,]\d+)?|\d+/\d+)?\s*(?P<name>[^\W\d][^\d(]*)")
#: These say no more than that it is one.
PLAIN = {"", "serving", "servings", "portion", "portions", "serve", "serves"}
LARGEST_SERVING = 2000


class Unavailable(Exception):
    """No food can be had. The text says why, and what to do."""


class Refused(Unavailable):
    """A product that cannot become a food. `reason`: one of a few codes, by which they are counted; the text says it."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def food_of(product: Mapping[str, object]) -> FoodItem:
    """Return the food, which is not saved. Raises Refused for a product without a number, a name or nutrients, and for
    values that cannot be."""
    code = code_of(product)
    name, language = name_of(product)
    declared, said = declared_of(product)
    measure = measure_of(product, said)
    amounts = amounts_of(declared, measure)
    if is_on(product.get("no_nutrition_data")) or all(
        amounts[column] is None for column in COLUMNS
    ):
        raise Refused("no nutrients", f"Open Food Facts knows no values per 100 g of {name}.")
    if found := impossible(amounts):
        raise Refused("implausible", f"The values of {name} cannot be right. {' '.join(found)}")
    food = FoodItem(source=OPEN_FOOD_FACTS, source_id=code, barcode=code, name=name)
    food.language, food.measure, food.amounts = language, measure, amounts
    food.brand = brand_of(product)
    food.servings = [list(one) for one in servings_of(product, measure)]
    food.completeness = share_of(product.get("completeness"))
    food.popularity = int(min(number_of(product.get("unique_scans_n")) or 0, MOST_SCANS))
    food.changed_at_source = moment_of(product.get("last_modified_t"))
    food.search_text = searched_as(food.name, food.brand)
    return food


def code_of(product: Mapping[str, object]) -> str:
    """Return the number of a product in the form in which it is compared."""
    code = text_of(product.get("code")) or text_of(product.get("_id"))
    # Exports have some with more zeros before them than any code has digits.
    if not (digits := digits_of(code.lstrip("0").rjust(8, "0"))) or not digits.strip("0"):
        raise Refused("no code", "The product has no bar code.")
    return normalized(digits)


# --- Texts ----------------------------------------------------------------------------------------


def text_of(value: object) -> str:
    """Return a text in one line, with nothing in it that cannot be stored; empty for what is no text."""
    if not isinstance(value, str):
        return ""
    plain = html.unescape(value) if "&" in value else value
    # As nearly all of them are: there is nothing to replace.
    if not plain.isprintable() or "  " in plain:
        plain = BLANKS.sub(" ", UNSTORABLE.sub("", plain))
    return plain.strip()[:LONGEST_NAME].rstrip()


def name_of(product: Mapping[str, object]) -> tuple[str, str]:
    """Return the name, in the language of the owner where it has one, and the language of it. Raises Refused."""
    for key, language in name_keys(product):
        if name := text_of(product.get(key)):
            return name, language
    raise Refused("no name", "Open Food Facts has no name of this product.")


def name_keys(product: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    own = settings.OPENFOODFACTS_LANGUAGE
    main = language_of(product.get("lang"))
    yield f"product_name_{own}", own
    yield "product_name", main
    yield f"product_name_{main}", main
    yield "product_name_en", "en"
    for key in product:
        if key.startswith("product_name_"):
            yield key, language_of(key.removeprefix("product_name_"))
    yield "abbreviated_product_name", main
    yield "generic_name", main


def language_of(value: object) -> str:
    """Return the code of a language; empty for none and for `xx`, which stands for an unknown one."""
    text = text_of(value)
    return text if LANGUAGE.fullmatch(text) and text != "xx" else ""


def brand_of(product: Mapping[str, object]) -> str:
    """Return the brands, of which search hands out a list, each once."""
    stored = product.get("brands")
    names = stored if isinstance(stored, list) else text_of(stored).split(",")
    distinct: dict[str, str] = {}
    for name in filter(None, map(text_of, names)):
        distinct.setdefault(folded(name), name)
    return text_of(", ".join(distinct.values()))


def is_on(value: object) -> bool:
    return value in ("on", "1", 1, True)


# --- Numbers --------------------------------------------------------------------------------------


def share_of(value: object) -> float | None:
    """Return a part from 0 to 1, of which some are a hair more."""
    share = number_of(value)
    return None if share is None else min(share, 1.0)


def moment_of(value: object) -> datetime | None:
    seconds = number_of(value)
    return (
        datetime.fromtimestamp(seconds, UTC)
        if seconds is not None and BEGAN <= seconds < ENDS
        else None
    )


# --- Measures and servings ------------------------------------------------------------------------


def measure_of(product: Mapping[str, object], said: str) -> str:
    """Return `g` or `ml`: what 100 of are meant. 100 g is what forms begin with, so that a package in ml is believed more."""
    signs = (
        said if said == "ml" else "",
        unit_of(product.get("product_quantity_unit")),
        size_in(ALONE, product.get("quantity"))[1],
        size_in(IN_BRACKETS, product.get("serving_size"))[1],
        size_in(ALONE, product.get("serving_size"))[1],
        unit_of(product.get("serving_quantity_unit")),
    )
    return next(filter(None, signs), "g")


def unit_of(value: object) -> str:
    return UNITS.get(text_of(value).lower(), (0, ""))[1]


def size_in(pattern: re.Pattern[str], value: object) -> tuple[float, str]:
    """Return the size that a text says, in g or ml; 0 and an empty text where it says none."""
    found = (
        pattern.search(text_of(value)) if pattern is IN_BRACKETS else pattern.match(text_of(value))
    )
    unit = found["unit"].lower().replace("fl.", "fl").replace("floz", "fl oz") if found else ""
    if found is None or unit not in UNITS:
        return 0, ""
    factor, measure = UNITS[unit]
    return float(found["amount"].replace(",", ".")) * factor, measure


def servings_of(product: Mapping[str, object], measure: str) -> list[Serving]:
    """Return the servings whose size is known in the measure of the food: nothing tells how heavy a millilitre is."""
    size = serving_size(product, measure)
    found = list(named_servings(text_of(product.get("serving_size")), size)) if size else []
    whole = number_of(product.get("product_quantity")) or 0
    if unit_of(product.get("product_quantity_unit") or measure) == measure:
        found.append(Serving("package", whole))
    sizes: dict[float, Serving] = {}
    for one in found:
        rounded = round(one.size, 2)
        if 0 < rounded <= LARGEST_SERVING:
            sizes.setdefault(rounded, Serving(one.name, rounded))
    return list(sizes.values())


def serving_size(product: Mapping[str, object], measure: str) -> float:
    """Return how large a serving is; 0 where nobody knows it. The text goes first, because the unit beside it may be wrong."""
    text = product.get("serving_size")
    for pattern in (IN_BRACKETS, ALONE):
        size, unit = size_in(pattern, text)
        if unit:
            return size if unit == measure else 0
    said = text_of(product.get("serving_quantity_unit"))
    is_ours = unit_of(said or measure) == measure
    return (number_of(product.get("serving_quantity")) or 0) if is_ours else 0


def named_servings(text: str, size: float) -> Iterator[Serving]:
    """Yield what a package calls its serving: `1 bar (60 g)` is a bar, `2 cookies (30 g)` a serving and twice a cookie."""
    found = HOUSEHOLD.match(text)
    name = found["name"].strip(" ,.;:-/").lower()[:40] if found else ""
    count = count_of(found["count"] if found else None)
    if name in PLAIN or name in UNITS or not count:
        yield Serving("serving", size)
    elif count == 1:
        yield Serving(name, size)
    else:
        yield Serving("serving", size)
        yield Serving(singular(name), size / count)


def count_of(text: str | None) -> float:
    above, _, below = (text or "1").replace(",", ".").partition("/")
    return float(above) / float(below or 1) if float(below or 1) else 0


def singular(name: str) -> str:
    """Return one of what a package has several of, as English and French do it."""
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name
