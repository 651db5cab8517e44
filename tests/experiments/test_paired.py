"""From days to differences: what is left out, what is evened out, and that order and coin are honoured."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.design import Arm, Design, arms_by_day, first_arms
from experiments.paired import as_numbers, effect_of, evened_out, weekday_deviations

pytestmark = pytest.mark.one_database

DESIGN = Design(block_days=3, washout_days=1, pairs=6)


def days_of(seed: int, a: float, b: float, washed: float = 1000.0) -> list[float | None]:
    """Return the days of the design with a value for each arm, and a wild one on days that do not count."""
    arms = arms_by_day(DESIGN, seed)
    return [
        washed if day % DESIGN.block_days == 0 else a if arm is Arm.A else b
        for day, arm in enumerate(arms)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_the_difference_is_that_of_a_to_b_whichever_came_first(seed: int) -> None:
    found = effect_of(as_numbers(days_of(seed, 12.0, 10.0)), DESIGN, seed)
    assert found.pairs == (2.0,) * 6
    assert (found.estimate, found.low, found.high) == (2.0, 2.0, 2.0)
    assert found.p == 2 / 64


def test_pairs_by_hand() -> None:
    """The first block of the first pair has the counted days 5 and 7, the second one 1 and 2: 6 less 1.5."""
    values = days_of(3, 0.0, 0.0)
    values[0:6] = [99.0, 5.0, 7.0, 99.0, 1.0, 2.0]
    sign = 1 if first_arms(3, 6)[0] is Arm.A else -1
    found = effect_of(as_numbers(values), DESIGN, 3)
    assert found.pairs == (sign * 4.5, 0, 0, 0, 0, 0)
    assert found.estimate == pytest.approx(sign * 0.75)


def test_an_unknown_day_is_left_out_and_never_zero() -> None:
    values = days_of(1, 12.0, 10.0)
    values[1] = None
    assert effect_of(as_numbers(values), DESIGN, 1).pairs == (2.0,) * 6


def test_a_pair_without_a_known_day_in_a_block_is_unknown() -> None:
    values = days_of(1, 12.0, 10.0)
    values[1] = values[2] = None
    found = effect_of(as_numbers(values), DESIGN, 1)
    assert found.pairs == (None, 2.0, 2.0, 2.0, 2.0, 2.0)
    assert found.known_pairs == 5
    assert found.estimate == 2.0
    assert (found.low, found.high, found.p) == (None, None, None), "five pairs cannot tell"


def test_nothing_known_at_all() -> None:
    found = effect_of(as_numbers([None] * DESIGN.days), DESIGN, 1)
    assert (found.known_pairs, found.estimate, found.p) == (0, None, None)


@pytest.mark.parametrize("first_weekday", range(7))
def test_days_of_the_week_are_evened_out(first_weekday: int) -> None:
    """Days that are nothing but their day of the week become equal, whatever day the series begins with."""
    weekly = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 9.0, 9.0])
    before = weekly[(first_weekday + np.arange(120)) % 7]
    deviations = weekday_deviations(before, first_weekday)
    assert deviations == pytest.approx(weekly - 4.0)
    during = weekly[(first_weekday + 120 + np.arange(36)) % 7]
    assert evened_out(during, (first_weekday + 120) % 7, deviations) == pytest.approx(
        np.full(36, 4.0)
    )


def test_too_few_days_of_one_weekday_even_out_nothing() -> None:
    before = np.arange(28.0)
    assert weekday_deviations(before, 0).tolist() == [-3, -2, -1, 0, 1, 2, 3]
    before[3] = np.nan
    assert weekday_deviations(before, 0).tolist() == [0] * 7
