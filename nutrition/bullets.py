"""The four bullets at the head of a day: energy, protein, carbohydrate and fat."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.safestring import SafeString

from lifetracker.web.charts.bullet import bullet
from lifetracker.web.charts.markup import NOTHING
from lifetracker.web.sentences import number
from nutrition.nutrients import bounded
from nutrition.standing import Standing, kilojoules, left_words


class Bullet(NamedTuple):
    """`value` with what stands around it in small letters; `left`: what is left, and `also` what else there is to say."""

    label: str
    before: str
    value: str
    beside: str
    bar: SafeString
    left: str
    also: str
    is_passed: bool
    is_known: bool


def bullets(standings: Iterable[Standing], *, is_over: bool) -> list[Bullet]:
    """Return them. `is_over`: the day is, so that nothing is said to be so far."""
    return [bullet_of(one, is_over=is_over) for one in standings]


def bullet_of(one: Standing, *, is_over: bool) -> Bullet:
    beside = f"of {number(one.target)} {one.unit}" if one.target is not None else one.unit
    if one.amount is None and one.target is None:
        beside = ""
    return Bullet(
        one.nutrient.label,
        "" if one.is_whole or one.amount is None else "at least",
        "not known" if one.amount is None else number(one.amount),
        beside,
        bar_of(one),
        left_words(one, is_over=is_over),
        energy_words(one, is_over=is_over),
        one.is_passed,
        one.amount is not None,
    )


def bar_of(one: Standing) -> SafeString:
    """Return how far the target is reached; past it all of the bar, with a mark where it was. Only past a limit in a colour."""
    if not one.target:
        return NOTHING
    if one.share is not None and one.share > 1:
        return bullet(1.0, "mid" if one.is_passed else None, pace=1 / one.share)
    return bullet(one.share, None)


def energy_words(one: Standing, *, is_over: bool) -> str:
    """Return the energy in kJ, as labels say it as well."""
    if one.nutrient.column != "kcal" or one.amount is None:
        return ""
    words = bounded(kilojoules(one.amount), is_whole=one.is_whole)
    return words if is_over else f"{words} so far"
