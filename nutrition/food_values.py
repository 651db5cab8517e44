"""The values of a food as its page shows them: per 100, and per its usual serving."""

from __future__ import annotations

from typing import NamedTuple

from nutrition.amount_words import amount_number
from nutrition.facts import Fact, facts_of
from nutrition.models import FoodItem


class ValueTable(NamedTuple):
    """`heads`: what each column is for, such as `100 g` and `1 slice, 30 g`. `rows`: of each nutrient a fact for each."""

    heads: list[str]
    rows: list[tuple[Fact, ...]]


def value_table(food: FoodItem) -> ValueTable:
    heads, columns = [f"100 {food.measure}"], [food.amounts]
    if servings := food.known_servings:
        first = servings[0]
        heads.append(f"1 {first.name}, {amount_number(first.size)} {food.measure}")
        columns.append(food.amounts_of(first.size))
    return ValueTable(heads, list(zip(*map(facts_of, columns), strict=True)))
