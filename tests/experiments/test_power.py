"""The power that is shown before the start, and false alarms, on a small scale; `benchmarks/experiments` has the large one.
All seeds are fixed, so that each run of these tests computes the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.experiments import World, lives_of, share_seen
from experiments.design import DAYS_BEFORE, Design
from experiments.power import FEWEST_KNOWN, Past, past_of, power_of, simulated

pytestmark = pytest.mark.one_database

WEEKDAYS = (-0.2, -0.2, -0.2, -0.2, -0.2, 0.5, 0.5)
TEN = Design(block_days=3, washout_days=1, pairs=10)


def life(**changes: float) -> Past:
    facts = {"spread": 1.0, "autocorrelation": 0.3, "trend": 0.004, "known": 1.0} | changes
    return Past(weekdays=WEEKDAYS, **facts)


def test_what_the_past_was_like_is_found_again() -> None:
    """In the mean over 200 lives, each of whose numbers varies by a tenth or so."""
    values = simulated(
        life(spread=8.0, autocorrelation=0.5), DAYS_BEFORE, 2, 200, np.random.default_rng(1)
    )
    found = [past for row in values if (past := past_of(row, 2))]
    assert len(found) == 200
    assert np.mean([one.spread for one in found]) == pytest.approx(8.0, rel=0.03)
    assert np.mean([one.autocorrelation for one in found]) == pytest.approx(0.5, abs=0.03)
    weekdays = np.mean([one.weekdays for one in found], axis=0)
    assert weekdays == pytest.approx(np.array(WEEKDAYS), abs=0.5)


def test_too_little_of_the_past_says_nothing() -> None:
    values = np.full(DAYS_BEFORE, np.nan)
    values[: FEWEST_KNOWN - 1] = np.random.default_rng(1).normal(size=FEWEST_KNOWN - 1)
    assert past_of(values, 0) is None
    values[FEWEST_KNOWN] = 1.0
    assert past_of(values, 0) is not None


@pytest.mark.parametrize("value", [0.0, 64.2])
def test_days_that_are_all_alike_say_nothing(value: float) -> None:
    assert past_of(np.full(DAYS_BEFORE, value), 0) is None


def test_fewer_than_six_pairs_see_nothing() -> None:
    five = power_of(life(), Design(block_days=4, washout_days=1, pairs=5), 0)
    assert five.smallest() is None
    assert five.at(100.0) == 0


def test_power_grows_with_the_effect_and_with_the_pairs_and_shrinks_with_gaps() -> None:
    ten = power_of(life(), TEN, 0)
    shares = [ten.at(effect) for effect in (0.0, 0.5, 1.0, 2.0)]
    assert shares == sorted(shares)
    twenty = power_of(life(), Design(block_days=3, washout_days=1, pairs=20), 0)
    assert (twenty.smallest() or 0) < (ten.smallest() or 0)
    gaps = power_of(life(known=0.6), TEN, 0).smallest()
    assert gaps is None or gaps > (ten.smallest() or 0)


def test_power_is_in_the_unit_of_the_metric() -> None:
    one = power_of(life(), TEN, 0).smallest() or 0
    times_eight = Past(
        spread=8.0,
        autocorrelation=0.3,
        trend=0.032,
        weekdays=tuple(8 * day for day in WEEKDAYS),
        known=1.0,
    )
    assert power_of(times_eight, TEN, 0).smallest() == pytest.approx(8 * one)


def test_the_same_past_is_told_the_same_again() -> None:
    assert power_of(life(), TEN, 4).needed.tolist() == power_of(life(), TEN, 4).needed.tolist()


@pytest.mark.parametrize("autocorrelation", [0.3, 0.6])
def test_false_alarms_and_power_in_made_up_lives(autocorrelation: float) -> None:
    """400 lives: 4.9 % false alarms lie between 2 and 8 with three deviations, and what is seen is what was shown."""
    world = World(TEN, autocorrelation)
    chance = np.random.default_rng(7)
    lives = lives_of(world, 400, chance)
    seeds = chance.integers(2**31, size=400)
    assert 0.02 <= share_seen(world, lives, 0.0, seeds) <= 0.08
    smallest = power_of(world.life, TEN, lives.first_weekday).smallest()
    assert smallest is not None
    assert share_seen(world, lives, smallest, seeds) == pytest.approx(0.8, abs=0.06)
