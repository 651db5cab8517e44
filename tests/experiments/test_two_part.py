"""The power of outcomes that have one and the same value on many days. All seeds are fixed."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.design import DAYS_BEFORE, Arm, Design, arms_by_day
from experiments.exact import Numbers
from experiments.paired import effect_of, evened_out, weekday_deviations
from experiments.power import Past, past_of, power_of
from experiments.reckoning import Before, power_facts, within
from experiments.two_part import TwoPart, power_of_two_part, two_part_of

pytestmark = pytest.mark.one_database

TEN = Design(block_days=3, washout_days=1, pairs=10)
YES_NO = (0.0, 1.0)


def yes_on(share: float, chance: np.random.Generator, days: int = DAYS_BEFORE) -> Numbers:
    return (chance.random(days) < share).astype(np.float64)


def found_in(values: Numbers) -> TwoPart | None:
    past = past_of(values, 0)
    assert past is not None
    return two_part_of(values, past)


@pytest.mark.parametrize(("share", "sign"), [(0.1, 1), (0.6, -1)])
def test_what_is_promised_of_yes_or_no_is_seen(share: float, sign: int) -> None:
    """In four of five of 800 lives, with three deviations. With moved instead of drawn days it was 57 % of a rare yes."""
    past = Past(spread=0.3, autocorrelation=0.0, trend=0.0, weekdays=(0.0,) * 7, known=1.0)
    model = TwoPart(base=0.0, others=np.ones(1), share=share, autocorrelation=0.0, past=past)
    smallest = power_of_two_part(model, TEN, 1, sign, runs=2000).smallest()
    assert smallest is not None
    chance, seen = np.random.default_rng(12), 0
    for seed in range(800):
        arms = np.array([arm is Arm.A for arm in arms_by_day(TEN, seed)])
        during = (chance.random(TEN.days) < share + sign * smallest * arms).astype(np.float64)
        deviations = weekday_deviations(yes_on(share, chance), 0)
        found = effect_of(evened_out(during, 1, deviations), TEN, seed)
        seen += found.low is not None and found.high is not None and found.low * found.high > 0
    assert seen / 800 == pytest.approx(0.8, abs=0.05)


def test_a_rare_yes_needs_more_than_days_that_are_moved() -> None:
    values = yes_on(0.1, np.random.default_rng(2))
    past, model = past_of(values, 0), found_in(values)
    assert past is not None
    assert model is not None
    moved = power_of(past, TEN, 1).smallest() or 0.0
    assert (power_of_two_part(model, TEN, 1, 1).smallest() or 0.0) > 1.2 * moved


def test_nothing_is_yes_more_often_than_always_or_less_than_never() -> None:
    values = yes_on(0.9, np.random.default_rng(2))
    model = found_in(values)
    assert model is not None
    assert power_of_two_part(model, TEN, 1, 1).smallest() is None
    assert power_of_two_part(model, TEN, 1, -1).smallest() is not None
    before = Before([float(one) for one in values], 0)
    facts = power_facts(before, TEN, 1, 1, YES_NO)
    assert facts["smallest"] is None
    assert facts["yes"] == pytest.approx(values.mean(), abs=1e-6)


def test_what_is_drawn() -> None:
    chance = np.random.default_rng(3)
    minutes = np.where(chance.random(DAYS_BEFORE) < 0.3, chance.gamma(4, 10, DAYS_BEFORE), 0.0)
    model = found_in(minutes)
    assert model is not None
    assert model.base == 0
    assert model.share == pytest.approx(np.mean(minutes > 0))
    assert power_of_two_part(model, TEN, 1, 1).smallest() is not None
    assert found_in(chance.normal(size=DAYS_BEFORE)) is None, "all days differ"
    assert power_of_two_part(model, TEN, 4, 1).needed.tolist() == (
        power_of_two_part(model, TEN, 4, 1).needed.tolist()
    )


def test_no_difference_leads_beyond_what_is_possible() -> None:
    assert within(10.0, 95.0, 1, (0, 100)) is None
    assert within(10.0, 95.0, -1, (0, 100)) == 10.0
    assert within(10.0, 95.0, 1, (0, None)) == 10.0
