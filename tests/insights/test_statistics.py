"""What is reckoned on arrays, against hand-made figures and by what must not change it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks.insights_lives import noise
from insights.statistics.chain import Block, Measured, is_confirmed
from insights.statistics.correlation import (
    associate,
    autocorrelations,
    correlations,
    effective_days,
    t_quantile,
)
from insights.statistics.course import Adjusted, adjust, design
from insights.statistics.effects import effect_of
from insights.statistics.selection import benjamini_hochberg
from insights.statistics.shifts import share_of_shifts, shifts_of
from insights.statistics.uneven import evened

NAN = math.nan
CHANCE = np.random.default_rng(3)


def test_a_course_of_straight_pieces_and_weekdays_leaves_nothing() -> None:
    day = np.arange(200.0)
    bent = np.where(day < 56, day, 56 - (day - 56) * 2)
    series = 70 + bent / 10 + (day % 7 >= 5) * 3.0
    left = adjust(series[None, :], weekday=2).values
    assert np.abs(left).max() < 1e-9


def test_a_knot_each_56_days_and_no_short_last_piece() -> None:
    # 7 days of the week, and the knots but the first: 56 and 82; 112, 168 and 224 without 196 and 140.
    assert design(83, 0).shape == (83, 8), "27 days are no piece of their own"
    assert design(84, 0).shape == (84, 8)
    assert design(85, 0).shape == (85, 9)
    assert np.linalg.matrix_rank(design(365, 3)) == design(365, 3).shape[1]


def test_unknown_days_stay_unknown_and_count_for_nothing() -> None:
    series = CHANCE.standard_normal((2, 150))
    series[0, 20:90] = NAN
    left = adjust(series, 0).values
    assert np.isnan(left[0, 20:90]).all()
    assert not np.isnan(left[1]).any()
    alone = adjust(series[:1], 0).values
    assert np.array_equal(alone[0], left[0], equal_nan=True)


def test_correlations_are_over_the_days_known_of_both() -> None:
    x = np.array([[1.0, 2.0, NAN, 4.0, 9.0]])
    y = np.array([[2.0, 1.0, 5.0, 4.0, NAN], [1.0, 1.0, 1.0, 1.0, 1.0]])
    days, r = correlations(x, y)
    assert days.tolist() == [[3, 4]]
    assert r[0, 0] == pytest.approx(np.corrcoef([1, 2, 4], [2, 1, 4])[0, 1])
    assert r[0, 1] == 0, "what does not vary goes together with nothing"


def test_days_that_are_alike_are_worth_fewer() -> None:
    # Autocorrelations of 0.5 and 0.4 to the power of the distance: their products are 0.2, 0.04, ...
    lags = np.arange(1, 31)
    days = np.array([[100.0]])
    found = effective_days(days, 0.5 ** lags[None, :], 0.4 ** lags[None, :])
    assert found[0, 0] == pytest.approx(
        100 / (1 + 2 * sum((1 - k / 100) * 0.2**k for k in range(1, 11)))
    )
    against = effective_days(days, 0.5 ** lags[None, :], (-0.9) ** lags[None, :])
    assert against[0, 0] == 100, "never more than there are"


def test_autocorrelations_over_known_pairs() -> None:
    series = np.tile([1.0, -1.0], 50)[None, :].copy()
    assert autocorrelations(series)[0, :2] == pytest.approx([-1, 1])
    series[0, ::2] = NAN
    assert autocorrelations(series)[0, 0] == 0, "no two neighbours are known"


def test_the_test_of_a_correlation() -> None:
    series = CHANCE.standard_normal((2, 100))
    found = associate(Adjusted(series, 10), lag=1, least_days=40)
    r, freedom = found.r[0, 1], found.effective[0, 1] - 2
    t = abs(r) * math.sqrt(freedom / (1 - r * r))
    assert found.days[0, 1] == 99
    assert t_quantile(freedom, 1 - found.p[0, 1] / 2) == pytest.approx(t)
    few = associate(Adjusted(series, 10), lag=1, least_days=100)
    assert np.isnan(few.p).all(), "too few days are no test"


@pytest.mark.parametrize("lag_one", [0.3, 0.8])
def test_chance_is_as_often_as_the_test_says_and_no_oftener(lag_one: float) -> None:
    # Two months are few days beside the columns that were fitted: these are neither forgotten nor counted twice.
    chance = np.random.default_rng(5)
    p = []
    for _ in range(200):
        rows = noise(chance, 12, 60, lag_one)
        p.append(associate(adjust(rows, 0), lag=1, least_days=25).p[:6, 6:])
    assert 0.06 < np.mean(np.array(p) < 0.1) < 0.11


def test_days_that_vary_more_are_worth_fewer() -> None:
    chance = np.random.default_rng(6)
    yes = (chance.random(600) < 0.1).astype(float)
    noise = chance.standard_normal(600)
    even = evened(yes[None, :], noise[None, :], np.array([[500.0]]), 0)
    assert 430 < even[0, 0] <= 500
    # The spread is twice as large on a tenth of the days: what that does to the error of their mean is known.
    wild = evened(yes[None, :], (noise * (1 + yes))[None, :], np.array([[500.0]]), 0)
    times = (0.9 * 4 + 0.1) / (0.1 * 4 + 0.9)
    assert wild[0, 0] == pytest.approx(500 / times, rel=0.3)


def test_a_single_stretch_is_worth_hardly_more_than_one_day() -> None:
    chance = np.random.default_rng(7)
    rows = chance.standard_normal((2, 400))
    rows[:, 200:210] += 6
    rows -= rows.mean(axis=1, keepdims=True)
    found = evened(rows[:1], rows[1:], np.array([[400.0]]), 0)
    assert found[0, 0] < 40
    rows[0, 300:] = NAN
    assert evened(rows[:1], rows[1:], np.array([[300.0]]), 0)[0, 0] < 40, (
        "unknown days count nothing"
    )


def test_of_many_tests_those_that_stand() -> None:
    # Of five tests the limits are 0.01, 0.02, 0.03, 0.04 and 0.05: the third is within, and takes the second along.
    p = np.array([0.9, 0.001, NAN, 0.025, 0.029, 0.5])
    assert benjamini_hochberg(p).tolist() == [False, True, False, True, True, False]
    assert not benjamini_hochberg(np.array([0.02, 0.9, 0.9])).any()
    assert not benjamini_hochberg(np.array([NAN, NAN])).any()
    assert not benjamini_hochberg(np.array([])).any()


def test_shifts_are_whole_weeks_and_not_near() -> None:
    assert shifts_of(60, 1) == [14, 21, 28, 35, 42]
    assert shifts_of(20, 1) == []
    many = shifts_of(4000, 1)
    assert len(many) == 500
    assert many == shifts_of(4000, 1)
    assert many != shifts_of(4000, 2)


def test_a_link_stands_the_shifts_and_a_shared_course_does_not() -> None:
    x = CHANCE.standard_normal(300)
    assert share_of_shifts(x, x + CHANCE.standard_normal(300)) == 0
    waves = np.sin(np.arange(350) * 2 * math.pi / 35)
    noisy = [waves + 0.1 * CHANCE.standard_normal(350) for _ in range(2)]
    assert share_of_shifts(*noisy) > 0.02
    assert share_of_shifts(x[:20], x[:20]) == 1, "too short to be shifted"


def test_effects_have_an_interval_that_shrinks_with_the_days() -> None:
    x = CHANCE.standard_normal(2000)
    y = 3 * x + CHANCE.standard_normal(2000)
    many, few = (effect_of(x[:days], y[:days], days) for days in (2000, 40))
    assert many
    assert few
    assert many.low < 3 < many.high
    assert many.high - many.low < few.high - few.low
    half = many.times(-0.5)
    assert (half.low, half.slope, half.high) == pytest.approx(
        (-many.high / 2, -many.slope / 2, -many.low / 2)
    )
    assert effect_of(np.ones(50), y[:50], 50) is None


@pytest.mark.parametrize(
    ("r", "p", "holds"),
    [
        (0.3, 0.09, True),
        (0.3, 0.11, False),
        (-0.3, 0.01, False),
        (0.13, 0.01, False),
        (0.3, NAN, False),
    ],
)
def test_what_confirms(r: float, p: float, holds: bool) -> None:
    assert is_confirmed(0.4, Measured(r, 60, 50.0, p)) is holds


def test_the_newest_third_is_held_out() -> None:
    assert Block(np.zeros((1, 365)), 0).cut == 244
    assert Block(np.zeros((1, 120)), 0).cut == 80
    assert Block(np.zeros((1, 365)), 3).part(10, 20).weekday == 6
