"""What the page of a day says first. It is made by a rule of numbers: nothing here praises or blames."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date

from lifetracker.days import ONE_DAY
from lifetracker.web.clock import DAYS_OF_A_WEEK
from lifetracker.web.sentences import day_words, number
from lifetracker.words import joined
from nutrition.nutrients import bounded
from nutrition.standing import Standing


class Opening(NamedTuple):
    """What the sentence is made of. `standings`: energy first, then the others in their order."""

    day: date
    today: date
    standings: Sequence[Standing]
    has_meals: bool
    is_complete: bool

    @property
    def is_over(self) -> bool:
        """Return whether nothing more is to come: the day has passed, or is said to be complete."""
        return self.is_complete or self.day < self.today

    @property
    def when(self) -> str:
        """Return `on Thursday`, `on 3 November`, `today`."""
        return "today" if self.day == self.today else f"on {name_of(self.day, self.today)}"


def name_of(day: date, today: date) -> str:
    """Return what a day is called beside today: `Thursday`, or `3 November` where that is a week ago or more."""
    is_near = today - day < DAYS_OF_A_WEEK * ONE_DAY
    return format_date(day, "l") if is_near else day_words(day, today)


def opening(of: Opening) -> str:
    if not of.has_meals:
        return nothing_words(of)
    energy, *others = of.standings
    first = energy_words(energy, of)
    if energy.amount is None:
        return first
    more = contents_words(others) if energy.target is None else apart_words(others, of)
    return f"{first}{more}"


def nothing_words(of: Opening) -> str:
    """Return what a day without a meal was: a fast, or one that nobody wrote down."""
    if of.is_complete:
        return f"Nothing was eaten {of.when}: a day of fasting."
    if of.day == of.today:
        return "Nothing is written down today yet."
    return f"Nothing is written down for {name_of(of.day, of.today)}."


def energy_words(energy: Standing, of: Opening) -> str:
    """Return `1,712 kcal on Thursday, 238 under the target`, without its full stop where there is no target."""
    if energy.amount is None:
        return f"How much energy you ate {of.when} is not known."
    words = energy.words.capitalize() if energy.words[0].isalpha() else energy.words
    when = of.when if of.is_over else "so far today"
    told = f"{words} kcal {when}"
    return told if energy.target is None else f"{told}, {distance_words(energy)}."


def distance_words(energy: Standing) -> str:
    """Return how far the energy is from its target: `238 under the target`, `at most 238 under the target`."""
    left = energy.left or 0
    if left == 0:
        return "exactly the target" if energy.is_whole else "the target or more"
    bound = "" if energy.is_whole else ("at most " if left > 0 else "at least ")
    return f"{bound}{number(abs(left))} {'under' if left > 0 else 'over'} the target"


def contents_words(others: Sequence[Standing]) -> str:
    """Return what the energy was made of, as far as it is known."""
    known = [
        f"{one.words} {one.unit} {one.nutrient.label.lower()}"
        for one in others
        if one.amount is not None
    ]
    return f": {joined(known)}." if known else "."


def apart_words(others: Sequence[Standing], of: Opening) -> str:
    """Return which of the others is farthest from what is wanted of it, by its share; nothing where none is apart."""
    apart = [one for one in others if one.is_passed or (not one.is_limit and (one.left or 0) > 0)]
    if not apart:
        return ""
    one = max(apart, key=lambda standing: abs((standing.share or 0) - 1))
    return f" {one.nutrient.label} is {short_words(one, of)}."


def short_words(one: Standing, of: Opening) -> str:
    """Return `14 g short`, `4 g over the limit`; while the day goes on `14 g short so far`."""
    left = one.left or 0
    if left < 0:
        return f"{bounded(f'{number(-left)} {one.unit}', is_whole=one.is_whole)} over the limit"
    bound = "" if one.is_whole else "at most "
    return f"{bound}{number(left)} {one.unit} short{'' if of.is_over else ' so far'}"
