"""What a line of the diary means, by the foods that there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.core.exceptions import ValidationError

from nutrition.barcodes import may_be_printed
from nutrition.diary import Wanted
from nutrition.entry_line import Line, wanted
from nutrition.food_search import foods_called, has_words
from nutrition.models import FoodItem
from nutrition.numbered_names import read_for, read_named
from nutrition.offers import fitting_foods, only_one, several_have_it
from nutrition.online_foods import find_barcode
from nutrition.open_food_facts import Unavailable
from nutrition.search_text import words_of
from nutrition.several_foods import Part
from nutrition.suggestions import suggestions

#: Of a number with a wrong check digit.
A_SLIP = "Its last digit does not fit the others: there may be a slip in it."


class Unclear(Exception):
    """A line may mean several foods, or none. Says in words what to do. `is_one`: whatever it says, it may be one food."""

    def __init__(self, text: str, *, is_one: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.is_one = is_one


def meant_by(text: str, moment: datetime) -> Wanted:
    """Return what a line means. Raises Unclear, Unavailable, ValidationError."""
    line = read_named(text)
    if line.kcal is not None:
        return Wanted(name=line.name, kcal=line.kcal)
    if line.barcode:
        return of_barcode(line, moment)
    found = fitting_foods(text, line, moment)
    if not found:
        raise Unclear(f"No food of yours is called “{line.name}”.")
    if one := only_one(line, found):
        return wanted(read_for(text, one.food), one.food)
    # More foods may fit than are offered, the one of that name not among them.
    if len(called := foods_called(line.name)) == 1:
        return wanted(read_for(text, called[0]), called[0])
    raise Unclear("")


def of_barcode(line: Line, moment: datetime) -> Wanted:
    """Return so much of the food with a bar code, which is asked for at Open Food Facts where it is not stored. Raises
    Unclear where several have it, or none, and Unavailable."""
    if several_have_it(suggestions(line, moment)):
        raise Unclear(f"Several foods have the bar code {line.barcode}.")
    food = find_barcode(line.barcode)
    if food is None:
        text = f"No food was found with the bar code {line.barcode}."
        raise Unclear(text if may_be_printed(line.barcode) else f"{text} {A_SLIP}")
    return wanted(line, food)


# --- Several foods ---


class Left(NamedTuple):
    """A part of a line that means nothing, or several foods, with why. `is_unknown`: nothing is called so."""

    text: str
    why: str
    is_unknown: bool = False


class Understood(NamedTuple):
    """What several foods of a line mean. `is_measured`: at least one of them has an amount."""

    wanted: list[Wanted]
    left: list[Left]
    is_measured: bool

    def require_any(self) -> None:
        """Raise Unclear where nothing is understood, and where all of it may as well be the name of one food, such as `chicken,
        grilled`."""
        is_name = not self.is_measured and any(one.is_unknown for one in self.left)
        if is_name or not self.wanted:
            why = " ".join(one.why for one in self.left)
            raise Unclear(f"{why} Nothing was added.", is_one=is_name)


def meant_together(parts: Sequence[Part], moment: datetime) -> Understood:
    """Return what several foods of a line mean, each by itself. Raises Unclear where two of them may be one name."""
    found = Understood([], [], any(part.has_amount for part in parts))
    meant: list[tuple[Part, FoodItem | None]] = []
    for part in parts:
        try:
            one = meant_by(part.text, moment)
            meant.append((part, one.food))
            found.wanted.append(one)
        except Unclear as question:
            why = question.text or f"There are several foods for “{part.line.name}”."
            found.left.append(Left(part.text, why, is_unknown=bool(question.text)))
        except Unavailable as error:
            found.left.append(Left(part.text, str(error)))
        except ValidationError as error:
            found.left.append(Left(part.text, " ".join(error.messages)))
    for (before, food), (after, next_food) in pairwise(meant):
        if food and food == next_food:
            require_two(before, after, food)
    return found


def require_two(one: Part, other: Part, food: FoodItem) -> None:
    """Raise Unclear where two parts of a line mean the same food by different words, at most one of them with an amount: they
    may be its name, with a slip in it."""
    if one.has_amount and other.has_amount:
        return
    words, others = words_of(one.line.name), words_of(other.line.name)
    if not has_words(words, " ".join(others)) and not has_words(others, " ".join(words)):
        raise Unclear(
            f"“{one.text}” and “{other.text}” would both be {food.name}. Nothing was added. Type its whole name, or an "
            "amount for each."
        )
