"""Sums of nutrients, and what cannot be true of a food."""

from __future__ import annotations

import pytest

from nutrition.nutrients import COLUMNS, Amounts, total_of
from nutrition.plausibility import doubts, impossible

SKYR = {"kcal": 63, "protein": 11, "carbohydrate": 4, "fat": 0.2}


def test_a_sum_says_at_least_where_a_part_is_unknown() -> None:
    whole = total_of([Amounts({"kcal": 63, "salt": 0.1}), Amounts({"kcal": 90})])
    assert dict(whole.known) == {"kcal": 153, "salt": 0.1}
    assert whole.at_least == {"salt"}
    assert whole.is_whole("kcal")
    assert not whole.is_whole("salt")
    assert whole["fibre"] is None


def test_what_is_known_in_part_stays_so_in_sums_of_sums() -> None:
    part = total_of([Amounts({"fat": 1}), Amounts()])
    assert total_of([part, Amounts({"fat": 2})]) == Amounts({"fat": 3}, frozenset({"fat"}))


def test_of_nothing_there_is_nothing() -> None:
    assert total_of([]) == Amounts(dict.fromkeys(COLUMNS, 0.0))


def test_amounts_grow_together() -> None:
    assert Amounts(SKYR).times(2.5)["kcal"] == pytest.approx(157.5)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"fat": 510}, ["Fat must be between 0 and 100 g per 100."]),
        ({"kcal": 4590}, ["Energy must be between 0 and 1,000 kcal per 100."]),
        ({"salt": -1}, ["Salt must be between 0 and 100 g per 100."]),
        (
            {"protein": 66.67, "carbohydrate": 60},
            ["Protein, carbohydrate and fat come to 127 g in 100."],
        ),
        (SKYR, []),
        ({}, []),
    ],
)
def test_what_cannot_be(values: dict[str, float], said: list[str]) -> None:
    assert impossible(Amounts(values)) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (SKYR, []),
        ({"kcal": 400}, []),
        # Of a real ham: 15 % off.
        ({"kcal": 107, "protein": 21, "carbohydrate": 1, "fat": 2.5, "fibre": 0}, []),
        (
            {"fat": 3.5, "saturated_fat": 24},
            ["Saturated fat (24 g) is more than fat (3.5 g)."],
        ),
        (
            SKYR | {"kcal": 264},
            [
                "The energy (264 kcal) does not fit protein, carbohydrate and fat, which come to 62 kcal. It may be kJ."
            ],
        ),
        (
            {"kcal": 0, "protein": 0, "carbohydrate": 0, "fat": 93},
            [
                "The energy (0 kcal) does not fit protein, carbohydrate and fat, which come to 837 kcal."
            ],
        ),
    ],
)
def test_what_is_doubtful(values: dict[str, float], said: list[str]) -> None:
    assert doubts(Amounts(values)) == said
