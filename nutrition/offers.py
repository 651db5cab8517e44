"""The foods that are offered while one types, each with the amount that the line means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError

from lifetracker.models import MANUAL
from nutrition.amount_words import amount_words, kcal_value
from nutrition.entry_line import Line, cleaned, read_start
from nutrition.food_search import names_in_words
from nutrition.numbered_names import foods_numbered, read_for, read_named
from nutrition.search_text import words_of
from nutrition.several_foods import foods_on, is_being_typed
from nutrition.suggestions import Suggestion, suggested, suggestions

#: So many foods are offered at most, and so many of these for a number that may belong to a name.
MOST, MOST_NUMBERED = 8, 3
#: Before a choice for the last of several foods: the others on the line are added with it.
WITH_OTHERS = "+"


class Offer(NamedTuple):
    """`choice`: what the form sends for it; empty for the line as it stands. `before`, `typed` and `after` are its name."""

    choice: str
    before: str
    typed: str
    after: str
    beside: str
    amount: str
    value: str


class Offered(NamedTuple):
    """`fault`: why nothing can be offered. `text`: what was typed. `is_sure`: Enter may take the first one. `is_shared`: several have the bar
    code that was typed. `is_last`: it is for the last of several foods."""

    offers: list[Offer]
    fault: str = ""
    line: Line = Line()
    text: str = ""
    is_shared: bool = False
    is_last: bool = False

    @property
    def is_sure(self) -> bool:
        return (
            bool(self.offers) and bool(self.line.name or self.line.barcode) and not self.is_shared
        )

    @property
    def choices(self) -> list[Offer]:
        """Return those that are foods, one of which can be chosen."""
        return [one for one in self.offers if one.choice]

    @property
    def may_search(self) -> bool:
        """Return whether Open Food Facts can be asked for what was typed."""
        return bool(self.line.name) and self.line.kcal is None and not self.is_last

    @property
    def numbered_name(self) -> str:
        """Return all that was typed where its number may belong to the name of a food that is not stored; else nothing."""
        is_plain = self.line.amount is not None and not self.line.unit
        is_name = is_plain and self.may_search and not self.choices and self.text[:1].isdigit()
        return self.text if is_name else ""


def offered_for(text: str, moment: datetime) -> Offered:
    """Return what is offered for a line; where it names several foods, for the last of them."""
    if parts := foods_on(text):
        last = offered_for_one(parts[-1].text, moment)
        return last._replace(offers=[with_others(one) for one in last.offers], is_last=True)
    return offered_for_one(text, moment)


def with_others(one: Offer) -> Offer:
    """Return an offer for the last of several foods. What is no choice is the line as it stands, with all of them."""
    return one._replace(choice=f"{WITH_OTHERS}{one.choice}") if one.choice else one


def offered_for_one(text: str, moment: datetime) -> Offered:
    try:
        line = read_named(text, read_start)
    except ValidationError as error:
        return Offered([], "" if is_being_typed(text) else " ".join(error.messages))
    plain = [energy_alone(line)] if line.kcal is not None else []
    fitting = fitting_foods(text, line, moment)
    found = [*plain, *(offer_of(one, line.name) for one in fitting)]
    if line.barcode and not found:
        found = [Offer("", line.barcode, "", "", "is looked up at Open Food Facts", "", "")]
    return Offered(
        found,
        line=line,
        text=cleaned(text),
        is_shared=bool(line.barcode and several_have_it(fitting)),
    )


def fitting_foods(text: str, line: Line, moment: datetime, most: int = MOST) -> list[Suggestion]:
    """Return the likeliest foods for a text, after those for what it says as a line: those whose name begins with a number that
    the line takes for an amount."""
    found = suggestions(line, moment, most)
    if line.amount is None:
        return found
    numbered = foods_numbered(text)[:MOST_NUMBERED]
    more = suggested([(read_for(text, food), food) for food in numbered])
    others = [one for one in found if one.food not in numbered]
    return (others[: max(1, most - len(more))] + more)[:most]


def energy_alone(line: Line) -> Offer:
    return Offer("", line.name or "Calories", "", "", "energy alone", "", kcal_value(line.kcal))


def offer_of(one: Suggestion, typed: str) -> Offer:
    before, mark, after = marked(one.food.name, typed.split())
    return Offer(
        f"{one.food.pk}:{one.amount!r}:{one.unit}",
        before,
        mark,
        after,
        ", ".join(filter(None, (one.food.brand, one.origin))),
        # Weighed or counted in a unit that the food is not known by.
        amount_words(one.amount, one.unit) if one.size else f"only in {one.food.measure}",
        kcal_value(one.kcal),
    )


def marked(name: str, words: Iterable[str]) -> tuple[str, str, str]:
    """Return a name in three parts, of which the middle one was typed; empty where none was."""
    small = name.lower()
    if len(small) == len(name):
        for word in words:
            if (at := small.find(word.lower())) >= 0:
                end = at + len(word)
                return name[:at], name[at:end], name[end:]
    return name, "", ""


def only_one(line: Line, found: Iterable[Suggestion]) -> Suggestion | None:
    """Return the food that a line can only mean: the one of its name, or the only one that fits."""
    fitting = list(found)
    words = words_of(line.name)
    same = [one for one in fitting if words in names_in_words(one.food)]
    if len(same) == 1:
        return same[0]
    return fitting[0] if len(fitting) == 1 else None


def several_have_it(found: Sequence[Suggestion]) -> bool:
    """Return whether a bar code may mean several of the foods that have it: an own one goes before those of others."""
    return len(found) > 1 and is_own(found[0]) == is_own(found[1])


def is_own(one: Suggestion) -> bool:
    return bool(one.food.source == MANUAL)
