"""The schedule: what holds for any seed and any design."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.design import Arm, Design, arms_by_day, blocks, first_arms, is_washout

pytestmark = pytest.mark.one_database
# On a busy machine even drawing some numbers takes long; the same ones are drawn each time.
quietly = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])

seeds = st.integers(0, 2**31 - 1)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    block_days = draw(st.integers(1, 7))
    washout_days = draw(st.integers(0, block_days - 1))
    return Design(block_days=block_days, washout_days=washout_days, pairs=draw(st.integers(6, 20)))


@quietly
@given(designs(), seeds)
def test_each_pair_has_both_arms_and_no_more_than_two_equal_blocks_follow_each_other(
    design: Design, seed: int
) -> None:
    found = list(blocks(design, seed))
    by_pair = [found[at : at + 2] for at in range(0, len(found), 2)]
    assert [{one.arm for one in pair} for pair in by_pair] == [{Arm.A, Arm.B}] * design.pairs
    assert [[one.pair for one in pair] for pair in by_pair] == [[n, n] for n in range(design.pairs)]
    runs = [len(list(run)) for _, run in groupby(one.arm for one in found)]
    assert max(runs) <= 2


@quietly
@given(designs(), seeds)
def test_the_blocks_fill_the_days_without_a_gap(design: Design, seed: int) -> None:
    begins = [block.first for block in blocks(design, seed)]
    assert begins == list(range(0, design.days, design.block_days))
    days = arms_by_day(design, seed)
    assert len(days) == design.days
    assert Counter(days) == {Arm.A: design.days // 2, Arm.B: design.days // 2}
    washed = sum(is_washout(design, day) for day in range(design.days))
    assert washed == 2 * design.pairs * design.washout_days


@quietly
@given(seeds, st.integers(1, 20))
def test_a_seed_says_the_same_again_and_more_pairs_change_nothing_before(
    seed: int, pairs: int
) -> None:
    assert first_arms(seed, pairs) == first_arms(seed, 20)[:pairs]


def test_a_schedule_that_was_stored_stays_what_it_was() -> None:
    """The coin is part of what is kept: a running experiment must not change with a version of anything."""
    assert "".join(first_arms(20, 20)) == STORED


def test_the_coin_is_fair() -> None:
    """Over all seeds up to 2,000 each place of a pair has A first in about half of them: within 4 deviations."""
    tosses = [first_arms(seed, 6) for seed in range(2000)]
    for pair in range(6):
        heads = sum(arms[pair] is Arm.A for arms in tosses)
        assert abs(heads - 1000) < 4 * 2000**0.5 / 2


STORED = "baabbbbabbbabaabbbaa"
