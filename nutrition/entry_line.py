"""What a person types to write down what was eaten: `200 g skyr`, `2 eggs`, `skyr 200`, `350 kcal pizza`, a bar code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import ValidationError

from nutrition.barcodes import EAN_8, digits_of
from nutrition.diary import Wanted
from nutrition.models import (
    MOST_KCAL_OF_AN_ITEM,
    MOST_OF_AN_ITEM,
    FoodItem,
    MealItem,
)
from nutrition.nutrients import KJ_PER_KCAL
from nutrition.servings import amount_of, by_energy, usual
from nutrition.typed_numbers import NUMBER, number_of
from nutrition.units import BY_WORD, PIECES, grams_or_ml, unit_named

#: So many of the newest items of a food are looked at for the one that was eaten last.
NEWEST = 100
#: Longer than the longest name that is stored.
LONGEST = 300
#: So exactly amounts are kept, so that a third is read again as it is printed.
DECIMALS = 6
KCAL = dict.fromkeys(
    ("kcal", "kcals", "cal", "cals", "calories", "kilocalories"), 1.0
) | dict.fromkeys(("kj", "kilojoule", "kilojoules"), 1 / KJ_PER_KCAL)
PLURALS = {"leaf": "leaves", "loaf": "loaves"}
COUNTS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
WORDS = (
    {word: float(number) for number, word in enumerate(COUNTS, 1)}
    | dict.fromkeys(("a", "an", "another"), 1.0)
    | dict.fromkeys(("couple", "a couple"), 2.0)
    | {"half a dozen": 6.0}
    | dict.fromkeys(("dozen", "a dozen", "one dozen"), 12.0)
)
#: What energy is called of which nobody says what it was.
ENERGY_ALONE = "Calories"
EXAMPLE = "such as “200 g skyr” or “2 eggs”"


def either(words: list[str]) -> str:
    """Return a pattern for one of these words, the longest that fits."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\.?\ +") for word in longest_first)


_PIECES = [form for one in PIECES for form in (one, f"{one}s", f"{one}es", PLURALS.get(one, one))]
UNIT = rf"(?:{either([*BY_WORD, *_PIECES, *KCAL])})\.?(?![\w%])"
_END = r"(?!\s*%)(?=\s|$)"
_SPOKEN = (
    rf"half\s+a\s+dozen(?=\s)|half\s+an?(?=\s)|half(?=\s+(?:{UNIT}))|(?:(?:a|one)\s+)?dozen(?=\s)"
    rf"|(?:a\s+)?couple(?=\s+of\s)|an?(?=\s)|another(?=\s)|one(?=\s)"
    rf"|(?:{'|'.join(COUNTS[1:])})(?=\s+(?:{UNIT}|\w+s\b))"
)
#: `6 x 90 g`, `200g`, `2 x`, `2`.
QUANTITY = rf"(?:(?P<times>{NUMBER})\s*[x×*]\s*)?(?P<number>{NUMBER})(?:\s*(?P<unit>{UNIT})|{_END})"
FRONT = re.compile(
    rf"(?:{QUANTITY}|(?P<alone>{NUMBER})\s*[x×*]{_END}|(?P<spoken>{_SPOKEN})(?:\s+(?P<spoken_unit>{UNIT}))?)"
    r"\s*(?:of\s+)?",
    re.I | re.A,
)
BACK = re.compile(rf"(?:^|[\s,:;=@(–-]+)(?:(?<=\s)[x×*]\s*)?{QUANTITY}\)?$", re.I | re.A)
MEASURED = re.compile(rf"{NUMBER}\s*{UNIT}", re.I | re.A)
NEGATIVE = re.compile(rf"[-−–]\s*{NUMBER}", re.A)
AMOUNT, ENERGY = "amount", "energy"
#: Nobody can say more exactly how much it was, or it is written as the next thing of a list.
ABOUT = re.compile(
    r"(?:[~≈]|\+(?=\s*\d)|(?:about|around|roughly|circa|approximately|approx\.?|ca\.?)(?=\s*(?:\d|half\s|an?\s)))\s*",
    re.IGNORECASE,
)
RANGE = re.compile(rf"(?<![\w.,]){NUMBER}\s*[-–]\s*{NUMBER}\s*{UNIT}", re.I | re.A)
BAR_CODE = re.compile(r"(?<!\S)\d{8,24}(?!\S)", re.A)


class Line(NamedTuple):
    """What a line says. `amount` None: nothing. `unit`: in the singular; empty where none was typed. `kcal`: energy of all
    of it. `barcode`: its digits, and then there is no name."""

    amount: float | None = None
    unit: str = ""
    name: str = ""
    kcal: float | None = None
    barcode: str = ""

    def __str__(self) -> str:
        amount = "" if self.amount is None else printed(self.amount)
        energy = "" if self.kcal is None else f"{printed(self.kcal)} kcal"
        return " ".join(filter(None, [energy, amount, self.unit, self.barcode or self.name]))


class Quantity(NamedTuple):
    amount: float
    unit: str

    @property
    def kcal(self) -> float | None:
        factor = KCAL.get(self.unit)
        return None if factor is None else round(self.amount * factor, DECIMALS)


Take = Callable[[str], tuple[Quantity | None, str]]


def read_line(text: str) -> Line:
    """Return what a line says. Raises ValidationError, with a sentence that says what to type."""
    line = read_start(text)
    if line.kcal is None and not (line.name or line.barcode):
        what = "what it was as well" if line.amount else "what you ate"
        raise ValidationError(f"Type {what}, {EXAMPLE}.")
    return line._replace(name=line.name or ENERGY_ALONE) if line.kcal is not None else line


def read_start(text: str) -> Line:
    """Return what a line says that may be half typed: nothing at all, or an amount without a name. Raises ValidationError,
    with a sentence that says what to type."""
    text = cleaned(text)
    if len(text) > LONGEST:
        raise ValidationError(f"Type at most {LONGEST} letters.")
    if NEGATIVE.match(text):
        raise ValidationError(f"Type an amount above 0, {EXAMPLE}.")
    text = text[found.end() :] if (found := ABOUT.match(text)) else text
    line = with_barcode(text) or parsed(text)
    check(line)
    return line


def cleaned(text: str) -> str:
    """Return the text without what no name has, and which a database may refuse: control characters, half surrogates."""
    plain = unicodedata.normalize("NFC", text.replace("\N{FRACTION SLASH}", "/"))
    letters = (" " if unicodedata.category(one)[0] in "CZ" else one for one in plain)
    return " ".join("".join(letters).split())


def with_barcode(text: str) -> Line | None:
    """Return the line if it is a bar code, alone or with an amount."""
    if found := BAR_CODE.search(text):
        rest = " ".join((text[: found.start()] + text[found.end() :]).split())
        line = parsed(rest)
        if not rest or (line.amount and not line.name):
            return line._replace(barcode=found[0])
    digits = digits_of(text)
    return Line(barcode=digits) if len(digits) >= EAN_8 else None


def parsed(text: str) -> Line:
    first, rest = taken(front, text)
    last, name = taken(back_with_unit if AMOUNT in first else back, rest)
    amounts = [one[AMOUNT] for one in (first, last) if AMOUNT in one]
    energies = [one[ENERGY].kcal for one in (first, last) if ENERGY in one]
    amount = amounts[0] if amounts else None
    if (
        len(amounts) > 1
        or RANGE.search(text)
        or (amount and not amount.unit and MEASURED.match(name))
    ):
        hint = "such as “300 g yoghurt”, or “2 x 150 g yoghurt” for several"
        raise ValidationError(f"There are two amounts. Type one, {hint}.")
    kcal = energies[0] if energies else None
    name = name.strip(" ,;:=–-~≈")
    return Line(amount and amount.amount, amount.unit if amount else "", name, kcal)


def taken(take: Take, text: str) -> tuple[dict[str, Quantity], str]:
    """Return the amount and the energy that stand at one end of a text, and what remains of it."""
    found: dict[str, Quantity] = {}
    while True:
        one, rest = take(text)
        kind = AMOUNT if one is None or one.kcal is None else ENERGY
        if one is None or kind in found:
            return found, text
        found[kind] = one
        text = rest


def front(text: str) -> tuple[Quantity | None, str]:
    """Return the amount at the beginning, and what follows it."""
    found = FRONT.match(text)
    if not found:
        return None, text
    if spoken_number := found["spoken"]:
        number = WORDS.get(" ".join(spoken_number.casefold().split()), 0.5)
        amount = Quantity(number, unit_of(found["spoken_unit"]))
    elif found["alone"]:
        amount = Quantity(number_of(found["alone"]), "")
    else:
        amount = quantity_of(found)
    return amount, text[found.end() :]


def back(text: str) -> tuple[Quantity | None, str]:
    """Return the amount at the end, and what stands before it."""
    found = BACK.search(text)
    return (quantity_of(found), text[: found.start()]) if found else (None, text)


def back_with_unit(text: str) -> tuple[Quantity | None, str]:
    """Return the same, but leave a plain number to the name, as in `500 g flour 405`."""
    found, rest = back(text)
    return (found, rest) if found and found.unit else (None, text)


def quantity_of(found: re.Match[str]) -> Quantity:
    times = number_of(found["times"]) if found["times"] else 1
    return Quantity(round(times * number_of(found["number"]), DECIMALS), unit_of(found["unit"]))


def unit_of(typed: str | None) -> str:
    word = " ".join((typed or "").casefold().replace(".", "").split())
    return word if word in KCAL else unit_named(word)


def check(line: Line) -> None:
    """Raise ValidationError for what nobody eats."""
    if line.amount == 0 or line.kcal == 0:
        raise ValidationError(f"Type an amount above 0, {EXAMPLE}.")
    size, measure = grams_or_ml(line.amount or 0, line.unit) or (line.amount or 0, "g")
    if max(size, line.amount or 0) > MOST_OF_AN_ITEM:
        raise ValidationError(f"Type an amount of at most {MOST_OF_AN_ITEM:,} {measure}.")
    if (line.kcal or 0) > MOST_KCAL_OF_AN_ITEM:
        raise ValidationError(f"Type at most {MOST_KCAL_OF_AN_ITEM:,} kcal.")


def printed(number: float) -> str:
    return f"{number:.{DECIMALS}f}".rstrip("0").rstrip(".")


# --- What it means for a food ---------------------------------------------------------------------


def wanted(line: Line, food: FoodItem) -> Wanted:
    """Return so much of a food as a line says; without an amount what was eaten of it last, else a serving, else 100. Raises
    ValidationError, which says what is missing."""
    if line.amount is not None or line.kcal is not None:
        return wanted_after(line, food, None)
    items = MealItem.objects.live().filter(food=food, meal__deleted_at=None).order_by("-pk")
    eaten = max(items.values_list("meal__eaten_at", "amount", "unit")[:NEWEST], default=None)
    return wanted_after(line, food, eaten and eaten[1:])


def wanted_after(line: Line, food: FoodItem, last: tuple[float, str] | None) -> Wanted:
    """Return the same, where it is known how much was eaten last. Asks nothing of the database."""
    if line.amount is not None:
        return Wanted(food, *amount_of(food, line.amount, line.unit, line.name))
    if line.kcal is not None:
        return Wanted(food, *by_energy(food, line.kcal))
    return Wanted(food, *usual(food, last))
