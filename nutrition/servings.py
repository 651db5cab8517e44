"""How much of a food is meant: its own servings by their names, grams and millilitres, plain numbers."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

from nutrition.models import MOST_OF_AN_ITEM, FoodItem, Measure, Serving
from nutrition.search_text import folded
from nutrition.units import grams_or_ml, singulars, spoken, unit_named

#: A plain number below it is one of servings, else of g or ml, unless so many servings come to less than a kilo.
FIRST_WEIGHT, MOST_OF_PIECES = 20, 1000
#: Servings of which one is simply one of the food.
ONE_OF_IT = frozenset({"piece", "portion", "serving"})
SPELLED_OUT = {Measure.GRAM: "grams", Measure.MILLILITRE: "millilitres"}


def usual(food: FoodItem, eaten: tuple[float, str] | None) -> tuple[float, str]:
    """Return how much is likely, if so much was eaten last. A unit counts only while the food is known by it."""
    names = [one.name for one in food.known_servings]
    if eaten and folded(eaten[1]) in map(folded, [food.measure, *names]):
        return eaten
    return (1, names[0]) if names else (100, food.measure)


def amount_of(food: FoodItem, amount: float, unit: str, name: str) -> tuple[float, str]:
    """Return how much of a food somebody means who typed an amount, in a unit or in none, and a name. Raises
    ValidationError."""
    found = in_unit(food, amount, unit, name) if unit else of_pieces(food, amount, name)
    return within_limits(food, *found)


def by_energy(food: FoodItem, kcal: float) -> tuple[float, str]:
    """Return how much of a food has so much energy. Raises ValidationError."""
    if not food.kcal:
        measure = SPELLED_OUT[Measure(food.measure)]
        raise ValidationError(f"The energy of {food.name} is not known. Enter {measure}.")
    return within_limits(food, round(kcal / food.kcal * 100, 1), food.measure)


def within_limits(food: FoodItem, amount: float, unit: str) -> tuple[float, str]:
    if not 0 < max(amount, food.size_of(amount, unit)) <= MOST_OF_AN_ITEM:
        most = f"{MOST_OF_AN_ITEM:,} {food.measure}"
        raise ValidationError(f"Enter an amount above 0 and of at most {most} of {food.name}.")
    return amount, unit


def in_unit(food: FoodItem, amount: float, unit: str, name: str) -> tuple[float, str]:
    general = grams_or_ml(amount, unit)
    if unit != food.measure and (own := serving_for(unit, food)):
        return amount, own.name
    if general and (density := per_unit_of(general[1], food)):
        return float(f"{general[0] * density:.6g}"), str(food.measure)
    if is_among(unit, food.name):
        # "2 cup noodles" are two of "Cup noodles".
        return of_pieces(food, amount, name)
    raise ValidationError(question(unit, food))


def serving_for(unit: str, food: FoodItem) -> Serving | None:
    """Return the serving that is called like a unit, such as `cup`, `Cups` or `1 cup (150 g)`."""
    return next((one for one in food.known_servings if unit_of_serving(one) == unit), None)


def unit_of_serving(serving: Serving) -> str:
    bare = re.sub(r"^1\s+|\s*\(.*", "", folded(serving.name))
    return unit_named(bare) or bare


def per_unit_of(measure: Measure, food: FoodItem) -> float | None:
    """Return how many g or ml of a food 1 ml or 1 g of it is, as far as one of its servings says so: 1 cup of 150 g."""
    if measure == food.measure:
        return 1
    for serving in food.known_servings:
        general = grams_or_ml(1, unit_of_serving(serving))
        if general and general[1] == measure:
            return serving.size / general[0]
    return None


def question(unit: str, food: FoodItem) -> str:
    if unit == "oz" and food.measure == Measure.MILLILITRE:
        return f"{food.name} is measured in millilitres. Enter fl oz or ml."
    word, measure = spoken(unit), SPELLED_OUT[Measure(food.measure)]
    article = "an" if word[0] in "aeiou" else "a"
    how_many = f"How many {measure} is {article} {word} of {food.name}?"
    return f"{how_many} Enter {measure}, or add a serving “{unit}” to the food."


def of_pieces(food: FoodItem, amount: float, name: str) -> tuple[float, str]:
    """Return what a plain number means: servings that are called as was typed, such as eggs, else any, else g or ml."""
    servings = food.known_servings
    called = [one for one in servings if any(is_among(each, one.name) for each in name.split())]
    for one in called:
        if amount < FIRST_WEIGHT or amount * one.size <= MOST_OF_PIECES:
            return amount, one.name
    if amount >= FIRST_WEIGHT:
        return amount, str(food.measure)
    if not servings:
        measure = SPELLED_OUT[Measure(food.measure)]
        raise ValidationError(
            f"How many {measure} is one {food.name}? Enter {measure}, or add a serving to the food."
        )
    plain = (one for one in servings if unit_of_serving(one) in ONE_OF_IT)
    return amount, next(plain, servings[0]).name


def is_among(word: str, text: str) -> bool:
    """Return whether a word is one of a text, in the singular or in the plural."""
    wanted_forms = singulars(folded(word))
    return any(wanted_forms & singulars(one) for one in folded(text).split())
