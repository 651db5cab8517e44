"""Several foods on one line: `2 eggs, 200 g skyr and a banana`."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.core.exceptions import ValidationError

from nutrition.entry_line import Line, cleaned, read_start
from nutrition.food_search import search_foods
from nutrition.numbered_names import is_called, read_named

#: Commas outside of numbers, plus signs and words between foods.
SEPARATOR = re.compile(
    r"\s*(?:(?<!\d),|,(?!\d)|[;+])\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+", re.IGNORECASE | re.ASCII
)
MOST_PARTS = 20


class Part(NamedTuple):
    """A food of a line: what was typed, and what that says."""

    text: str
    line: Line

    @property
    def has_amount(self) -> bool:
        return self.line.amount is not None or self.line.kcal is not None


def foods_on(text: str) -> list[Part]:
    """Return the foods of a line that names several, each of which reads on its own; nothing where it names one."""
    texts = [one for one in SEPARATOR.split(cleaned(text)) if one]
    if not 1 < len(texts) <= MOST_PARTS:
        return []
    parts = [part for one in texts if (part := part_of(one))]
    return [] if len(parts) < len(texts) or is_one_food(text, parts) else parts


def part_of(text: str) -> Part | None:
    """Return a part that names a food; None for an amount alone, and for what cannot be understood."""
    try:
        line = read_named(text, read_start)
    except ValidationError:
        return None
    return Part(text, line) if line.name or line.barcode else None


def is_one_food(text: str, parts: list[Part]) -> bool:
    """Return whether a line names one food: one is called so, or has all its words where the parts neither have amounts of
    their own nor are all names of foods."""
    try:
        whole = read_named(text)
    except ValidationError:
        return False
    are_measured = all(part.has_amount or part.line.barcode for part in parts[1:])
    if whole.kcal is not None and whole.amount is None:
        return not are_measured
    if is_called(whole.name):
        return True
    if are_measured or all(part.line.barcode or is_called(part.line.name) for part in parts):
        return False
    return bool(search_foods(whole.name, most=1, with_slip=False))


def is_being_typed(text: str) -> bool:
    """Return whether several foods are typed of which the last one is not there yet, as in `2 eggs, 200 g`."""
    *first, last = SEPARATOR.split(cleaned(text))
    return bool(first) and all(map(part_of, first)) and part_of(last) is None
