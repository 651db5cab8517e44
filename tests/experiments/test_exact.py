"""The exact test and its interval, beside examples that were computed by hand and a slow computation of the definition."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.exact import interval, rank_of, sign_flip_p, subset_means

pytestmark = pytest.mark.one_database
# On a busy machine even drawing some numbers takes long; the same ones are drawn each time.
quietly = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

whole = st.lists(st.integers(-9, 9), min_size=1, max_size=9)


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_all_differences_of_one_sign_are_two_of_all_choices() -> None:
    assert sign_flip_p(numbers(1, 2, 3, 4, 5, 6)) == 2 / 64
    assert sign_flip_p(numbers(-1, -2, -3, -4, -5, -6)) == 2 / 64
    assert sign_flip_p(numbers(4, 4, 4, 4, 4)) == 2 / 32, "five pairs can never reach 5 %"


def test_one_small_difference_of_the_other_sign() -> None:
    """-1 2 3 4 5 6 sums to 19. All plus is 21, and only turning the 1 alone gives 19; to turn the 2 would give 17. So 2
    choices are as high, and 2 as low."""
    assert sign_flip_p(numbers(-1, 2, 3, 4, 5, 6)) == 4 / 64


def test_three_differences_by_hand() -> None:
    """1 2 -1: the sums are ±4 ±2 ±2 ±0 (1+2+1, 1+2-1, -1+2+1, 1-2+1 and their opposites), and 2 was found: 6 of 8."""
    assert sign_flip_p(numbers(1, 2, -1)) == 6 / 8


def test_nothing_differs_from_nothing() -> None:
    assert sign_flip_p(numbers(0, 0, 0, 0, 0, 0)) == 1
    assert sign_flip_p(numbers()) == 1


@quietly
@given(whole)
def test_the_test_is_the_share_of_all_choices_of_signs(values: list[int]) -> None:
    found = abs(sum(values))
    sums = [
        abs(sum(a * b for a, b in zip(signs, values, strict=True)))
        for signs in product((1, -1), repeat=len(values))
    ]
    assert sign_flip_p(numbers(*values)) == sum(one >= found for one in sums) / len(sums)


def test_the_interval_of_six_pairs_reaches_from_the_least_to_the_greatest() -> None:
    """2.5 % of 64 is 1.6, so that one choice may be as extreme: the limit is the first of the sorted means of subsets."""
    assert interval(numbers(3, 1, 2, 9, 5, 4)) == (1, 9)


def test_the_interval_of_seven_pairs_by_hand() -> None:
    """2.5 % of 128 is 3.2: the third of the sorted means. Of 0 10 20 30 40 50 60 these are 0, 5 (0 and 10), 10, and from
    the other end 60, 55, 50."""
    assert interval(numbers(0, 10, 20, 30, 40, 50, 60)) == (10, 50)


def test_too_few_pairs_have_no_interval() -> None:
    assert interval(numbers(1, 1, 1, 1, 1)) is None
    assert [rank_of(pairs) for pairs in (0, 5, 6, 7, 8, 12)] == [0, 0, 1, 3, 6, 102]


@quietly
@given(st.lists(st.integers(-9, 9), min_size=6, max_size=9))
def test_the_interval_holds_what_the_test_does_not_refuse(values: list[int]) -> None:
    """Beside each limit, a little further out is refused and a little further in is not."""
    found = interval(numbers(*values))
    assert found is not None
    low, high = found
    assert low <= sum(values) / len(values) + 1e-12
    for effect, is_refused in (
        (low - 1e-4, True),
        (low + 1e-4, low + 1e-4 > high),
        (high + 1e-4, True),
        (high - 1e-4, high - 1e-4 < low),
    ):
        assert (sign_flip_p(numbers(*values) - effect) <= 0.05) is is_refused


@quietly
@given(st.lists(st.integers(-9, 9), min_size=6, max_size=9), st.integers(-50, 50))
def test_the_interval_moves_and_turns_with_the_differences(values: list[int], by: int) -> None:
    given_ones = numbers(*values)
    low, high = interval(given_ones) or (0, 0)
    assert interval(given_ones + by) == pytest.approx((low + by, high + by))
    assert interval(-given_ones) == pytest.approx((-high, -low))
    assert interval(given_ones[::-1]) == pytest.approx((low, high))


def test_the_means_of_subsets() -> None:
    means = subset_means(numbers(1, 4, 7))
    wanted = [Fraction(1), 4, 7, Fraction(5, 2), 4, Fraction(11, 2), 4]
    assert sorted(means) == sorted(float(one) for one in wanted)
