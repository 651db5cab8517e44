"""Lines on which a number may belong to the name of a food: `7 up`, `7 up 330 ml`, `2 x 5 alive`, `flour 405`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.core.exceptions import ValidationError

from nutrition.entry_line import AMOUNT, LONGEST, Line, back, check, cleaned, read_line, taken
from nutrition.food_search import foods_called, names_in_words, search_foods
from nutrition.models import FoodItem
from nutrition.search_text import words_of
from nutrition.typed_numbers import NUMBER, number_of
from nutrition.units import unit_named

TIMES = re.compile(rf"({NUMBER})\s*[x×*]\s+(?=\d)", re.IGNORECASE | re.ASCII)
#: A number that a name begins with, and the word behind it.
FIRST_NUMBER = re.compile(r"([0-9]+)(\s*)([^\W\d_]+)\b")


def read_named(text: str, read: Callable[[str], Line] = read_line) -> Line:
    """Return what a line says. No number is taken out of a name by which a food is known. Raises ValidationError, with a
    sentence that says what to type."""
    try:
        usual = read(text)
    except ValidationError:
        for line in numbered(text):
            if foods_begun(line.name):
                return line
        raise
    if usual.barcode or not may_be_name(usual):
        return usual
    return next((line for line in numbered(text) if is_called(line.name)), usual)


def may_be_name(line: Line) -> bool:
    """Return whether a number was taken for an amount, or stands before a word without a blank."""
    is_amount = line.amount is not None or line.kcal is not None
    return is_amount or bool(FIRST_NUMBER.match(line.name))


def read_for(text: str, food: FoodItem) -> Line:
    """Return what a line says of a food that was chosen: the number that its name begins with is no amount of it. Raises
    ValidationError."""
    mine = (line for line in numbered(text) if is_begin_of(words_of(line.name), food))
    return next(mine, None) or read_line(text)


def foods_numbered(text: str) -> list[FoodItem]:
    """Return the stored foods whose name begins with a number that stands on the line."""
    found = (food for line in numbered(text) for food in foods_begun(line.name))
    return list({food.pk: food for food in found}.values())


def numbered(text: str) -> Iterator[Line]:
    """Yield what a line may say if a number on it belongs to a name, the longest name first."""
    text = cleaned(text)
    if len(text) > LONGEST:
        return
    for line in readings(text):
        for name in spellings(line.name):
            # All of it may be a name that begins with a number in a word, too.
            is_number = name == text or any(letter.isdigit() for letter in name)
            if is_number and is_possible(line):
                yield line._replace(name=name)


def readings(text: str) -> Iterator[Line]:
    yield Line(name=text)
    last, name = taken(back, text)
    if amount := last.get(AMOUNT):
        yield Line(amount.amount, amount.unit, name)
    if times := TIMES.match(text):
        yield Line(number_of(times[1]), "", text[times.end() :])


def is_possible(line: Line) -> bool:
    try:
        check(line)
    except ValidationError:
        return False
    return True


def spellings(name: str) -> list[str]:
    """Return a name with and without a blank behind the number that it begins with: `7 up` and `7up`."""
    found = FIRST_NUMBER.match(name)
    if not found or unit_named(found[3].casefold()):
        return [name]
    other = found[1] + ("" if found[2] else " ") + name[found.start(3) :]
    return [name, other]


def is_called(name: str) -> bool:
    """Return whether a food is called so."""
    return bool(foods_called(name))


def foods_begun(name: str) -> list[FoodItem]:
    """Return the foods whose name begins so; its last word may be half typed."""
    words = words_of(name)
    return [food for food in search_foods(name, with_slip=False) if is_begin_of(words, food)]


def is_begin_of(words: list[str], food: FoodItem) -> bool:
    """Return whether a name of a food begins with these words, of which the last may be half typed."""
    *first, last = words or [""]
    at = len(first)
    return bool(last) and any(
        one[:at] == first and len(one) > at and one[at].startswith(last)
        for one in names_in_words(food)
    )
