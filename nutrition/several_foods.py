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
#: More of them are not looked for in the name of a food that stands among others.
MOST_IN_A_NAME = 4


class Part(NamedTuple):
    """A food of a line: what was typed, and what that says."""

    text: str
    line: Line

    @property
    def has_amount(self) -> bool:
        return self.line.amount is not None or self.line.kcal is not None


def foods_on(text: str) -> list[Part]:
    """Return the foods of a line that names several, each of which reads on its own; nothing where it names one."""
    text = cleaned(text)
    spans = spans_of(text)
    if not 1 < len(spans) <= MOST_PARTS:
        return []
    parts = [part for first, end in spans if (part := part_of(text[first:end]))]
    if len(parts) < len(spans) or is_one_food(text, parts):
        return []
    return named_as_a_whole(text, spans, parts)


def spans_of(text: str) -> list[tuple[int, int]]:
    """Return where what stands between the separators of a text begins and ends."""
    found = list(SEPARATOR.finditer(text))
    begins = [0, *(one.end() for one in found)]
    ends = [*(one.start() for one in found), len(text)]
    return [(first, end) for first, end in zip(begins, ends, strict=True) if first < end]


def named_as_a_whole(text: str, spans: list[tuple[int, int]], parts: list[Part]) -> list[Part]:
    """Return the parts of a line, those together that are the name of one food, such as `40 g apple and oat bar`."""
    found: list[Part] = []
    at = 0
    while at < len(parts):
        end = min(at + MOST_IN_A_NAME, len(parts))
        while end > at + 1 and not (joined := joined_part(text, spans[at:end], parts[at:end])):
            end -= 1
        found.append(joined if end > at + 1 and joined else parts[at])
        at = end
    return found


def joined_part(text: str, spans: list[tuple[int, int]], parts: list[Part]) -> Part | None:
    """Return a stretch of a line as one part if it names one food, of one's own where it has only its words."""
    stretch = text[spans[0][0] : spans[-1][1]]
    return part_of(stretch) if is_one_food(stretch, parts, own_only=True) else None


def part_of(text: str) -> Part | None:
    """Return a part that names a food; None for an amount alone, and for what cannot be understood."""
    try:
        line = read_named(text, read_start)
    except ValidationError:
        return None
    return Part(text, line) if line.name or line.barcode else None


def is_one_food(text: str, parts: list[Part], *, own_only: bool = False) -> bool:
    """Return whether a line, or a stretch of it, names one food: one is called so, or has all its words where no part has an
    amount of its own and they are not all names of foods."""
    try:
        whole = read_named(text)
    except ValidationError:
        return False
    are_measured = any(part.has_amount or part.line.barcode for part in parts[1:])
    if whole.kcal is not None and whole.amount is None:
        return not are_measured
    if is_called(whole.name):
        return True
    if are_measured or all(part.line.barcode or is_called(part.line.name) for part in parts):
        return False
    return bool(search_foods(whole.name, most=1, own_only=own_only, with_slip=False))


def is_being_typed(text: str) -> bool:
    """Return whether several foods are typed of which the last one is not there yet, as in `2 eggs, 200 g`."""
    *first, last = SEPARATOR.split(cleaned(text))
    return bool(first) and all(map(part_of, first)) and part_of(last) is None
