"""The card of what was eaten on Today."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from goals.cards import goals_of_day
from lifetracker.web.cards import Card, Place, Visit, register_card
from lifetracker.web.clock import time_words
from lifetracker.web.lanes import Lane, register_lane
from lifetracker.web.sentences import number
from nutrition.bullets import bar_of
from nutrition.day_address import day_address
from nutrition.day_data import FoodOfDay, food_of_day
from nutrition.day_lane import meal_lane
from nutrition.standing import Standing, left_words, standings_of
from nutrition.targets import targets_in


@dataclass(frozen=True, kw_only=True)
class FoodCard:
    found: FoodOfDay
    energy: Standing
    protein: Standing
    is_past: bool
    href: str

    @property
    def is_eaten(self) -> bool:
        return bool(self.found.own)

    @property
    def unit(self) -> str:
        return "" if self.energy.amount is None else "kcal"

    @property
    def bar(self) -> SafeString:
        return bar_of(self.energy)

    @property
    def last(self) -> str:
        """Return when the last meal was: `last at 19:35`; empty without one, and where a time is not known."""
        if not self.found.own or not all(meal.is_timed for meal in self.found.own):
            return ""
        meal = self.found.own[-1]
        return f"last at {time_words(meal.at, meal.offset)}"

    @property
    def note(self) -> str:
        """Return what is left, the protein, and whether all of the day is written down, in sentences."""
        said = [f"{part}." for part in (self.left, self.protein_words) if part]
        return " ".join([*said, self.state])

    @property
    def left(self) -> str:
        """Return `Target 1,950 kcal: 238 kcal left`; empty without a target, or where the energy is not known."""
        is_over = self.is_past or self.found.is_complete
        words = left_words(self.energy, is_over=is_over)
        return f"Target {number(self.energy.target or 0)} kcal: {words}" if words else ""

    @property
    def protein_words(self) -> str:
        """Return `86 of 100 g protein`, `86 g protein`; empty where nobody knows."""
        if self.protein.amount is None:
            return ""
        target = "" if self.protein.target is None else f" of {number(self.protein.target)}"
        return f"{self.protein.words}{target} g protein"

    @property
    def state(self) -> str:
        return "Complete." if self.found.is_complete else "Not marked complete."

    @property
    def nothing(self) -> str:
        """Return what is said of a day without a meal."""
        if self.found.is_complete:
            return "Nothing was eaten: a day of fasting."
        return f"Nothing is written down{'' if self.is_past else ' yet'}."


def food_card(visit: Visit) -> FoodCard:
    found = visit.once(food_of_day)
    targets = targets_in(visit.once(goals_of_day).standings, visit.day) if found.is_kept else {}
    energy, protein, *_ = standings_of(found.total, targets)
    return FoodCard(
        found=found,
        energy=energy,
        protein=protein,
        is_past=visit.is_past,
        href=day_address(visit.day, visit.today),
    )


def in_short(card: FoodCard) -> str:
    return f"{card.energy.words} kcal eaten" if card.is_eaten and card.energy.amount else ""


register_card(
    Card(
        "food",
        "nutrition/card.html",
        food_card,
        Place.SMALL,
        order=25,
        has_records=lambda card: card.found.is_kept,
        is_optional=True,
        in_short=in_short,
    )
)
register_lane(Lane("meals", order=25, make=meal_lane))
