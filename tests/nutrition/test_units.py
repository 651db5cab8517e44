"""Units that people type, by the exact factors of their definitions."""

from __future__ import annotations

import pytest

from nutrition.models import Measure
from nutrition.units import BY_WORD, PIECES, UNITS, grams_or_ml, singulars, spoken, unit_named


@pytest.mark.parametrize(
    ("unit", "size", "measure"),
    [
        ("g", 2, "g"),
        ("grams", 2, "g"),
        ("kg", 2000, "g"),
        ("mg", 0.002, "g"),
        # An ounce is 28.349523125 g, a pound 16 of them.
        ("oz", 56.69904625, "g"),
        ("Ounces", 56.69904625, "g"),
        ("lbs", 907.18474, "g"),
        ("ml", 2, "ml"),
        ("cl", 20, "ml"),
        ("dl", 200, "ml"),
        ("litres", 2000, "ml"),
        # A US gallon is 3,785.411784 ml: 4 quarts, 8 pints, 16 cups, 128 fl oz, 256 tbsp, 768 tsp.
        ("quart", 2 * 3785.411784 / 4, "ml"),
        ("pints", 2 * 3785.411784 / 8, "ml"),
        ("cups", 2 * 3785.411784 / 16, "ml"),
        ("fl oz", 2 * 3785.411784 / 128, "ml"),
        ("fl. oz.", 2 * 3785.411784 / 128, "ml"),
        ("tbsp", 2 * 3785.411784 / 256, "ml"),
        ("tsp", 2 * 3785.411784 / 768, "ml"),
    ],
)
def test_units_are_exact(unit: str, size: float, measure: str) -> None:
    assert grams_or_ml(2, unit) == (pytest.approx(size, rel=1e-12), measure)


@pytest.mark.parametrize("unit", ["slice", "egg", "", "portion", "kcal"])
def test_what_only_a_food_knows_is_no_unit(unit: str) -> None:
    assert grams_or_ml(2, unit) is None


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("grams", "g"),
        ("tbsp.", "tbsp"),
        ("slices", "slice"),
        ("glasses", "glass"),
        ("glass", "glass"),
        ("loaves", "loaf"),
        ("egg", ""),
    ],
)
def test_units_have_one_name(word: str, name: str) -> None:
    assert unit_named(word) == name


def test_a_word_names_one_unit() -> None:
    assert len(BY_WORD) == sum(1 + len({unit.name, *unit.words} - {unit.name}) for unit in UNITS)
    assert not BY_WORD.keys() & set(PIECES)


def test_plurals() -> None:
    assert singulars("eggs") == {"egg", "eggs"}
    assert "dish" in singulars("dishes")
    assert "berry" in singulars("berries")
    assert singulars("as") == {"as"}


def test_units_are_spelled_out() -> None:
    assert [spoken(unit) for unit in ("ml", "cup", "oz", "slice")] == [
        *("millilitre", "cup", "ounce", "slice")
    ]
    assert {unit.measure for unit in UNITS} == set(Measure)
