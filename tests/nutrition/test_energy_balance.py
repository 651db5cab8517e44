"""What its owner uses, by examples computed by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import pytest

from nutrition.energy_balance import LOOKBACK, Expenditure, bias_of, expenditures

FIRST = date(2026, 3, 1)
#: Residuals that no straight line takes away, and of which neighbours are not alike.
ZIGZAG = (1, -1, -1, 1) * 7
Days = Sequence[float | None]


def weights(
    slope: float = -0.05, spread: float = 0.0, number: int = 28, start: float = 80
) -> list[float | None]:
    """Return first weights about a line; `spread`: their standard deviation about it, over 28 days."""
    size = spread * math.sqrt(26 / 28)
    return [start + slope * at + size * ZIGZAG[at % 28] for at in range(number)]


def last(eaten: Days, weighed: Days | None = None, whoop: Days | None = None) -> Expenditure | None:
    weighed = weights(number=len(eaten)) if weighed is None else weighed
    said = None if whoop is None else list(whoop)
    return expenditures(FIRST, list(eaten), list(weighed), said)[-1]


def surely(found: Expenditure | None) -> Expenditure:
    assert found is not None
    return found


def test_who_eats_2000_and_loses_50_grams_a_day_uses_2385() -> None:
    found = surely(last([2000] * 28, weights(-0.05, spread=0.5)))
    assert found.kcal == pytest.approx(2385)
    assert found.error == pytest.approx(90.07, abs=0.01)
    assert (round(found.band), round(found.low), round(found.high)) == (177, 2208, 2562)
    assert (found.days, found.day, found.left_out) == (28, date(2026, 3, 28), 0)


def test_days_that_differ_widen_the_band() -> None:
    # Their variance is 200**2 * 28 / 27 = 41,481, of the mean of 28 of them 1,481: sqrt(1,481 + 90.07**2) = 97.95.
    found = surely(last([1800, 2200] * 14, weights(spread=0.5)))
    assert found.error == pytest.approx(97.95, abs=0.01)


def test_neighbouring_days_that_are_alike_count_for_fewer() -> None:
    # 25 of 27 neighbours are alike: r = 25/27, and 28 days count for 28 * (1 - r) / (1 + r) = 1.08.
    # The variance is 100**2 * 28 / 27 = 10,370: sqrt(10,370 / 1.0769) = 98.1.
    found = surely(last([1900] * 14 + [2100] * 14))
    assert found.error == pytest.approx(98.13, abs=0.01)


@pytest.mark.parametrize(("complete", "is_known"), [(13, False), (14, True)])
def test_fourteen_complete_days_are_needed(complete: int, is_known: bool) -> None:
    found = last([*[None] * (28 - complete), *[2000] * complete])
    assert (found is not None) is is_known
    if found:
        assert found.days == 14


def test_a_day_of_fasting_is_a_day_on_which_nothing_was_eaten() -> None:
    assert surely(last([0, *[2000] * 27])).kcal == pytest.approx(2000 * 27 / 28 + 385)


@pytest.mark.parametrize(
    ("weighed", "is_known"),
    [
        ([80] * 10 + [None] * 18, False),
        ([80] * 9 + [None] * 10 + [80] * 9, True),
        ([80] * 5 + [None] * 19 + [80] * 4, False),
        ([80] * 5 + [None] * 18 + [80] * 5, True),
    ],
    ids=["ten days in a row", "farther apart", "nine", "ten"],
)
def test_a_slope_is_needed(weighed: Days, is_known: bool) -> None:
    assert (last([2000] * 28, weighed) is not None) is is_known


# --- Changes of habits ----------------------------------------------------------------------------


def test_the_week_after_a_large_change_is_left_out() -> None:
    # Of the second two weeks the first seven days are gone: 14 of 2,000 and 7 of 2,600.
    found = surely(last([2000] * 14 + [2600] * 14))
    assert (found.days, found.left_out) == (21, 7)
    assert found.kcal == pytest.approx(2200 + 385)


def test_weights_of_the_week_after_a_change_are_left_out_too() -> None:
    weighed = weights()
    weighed[14:21] = [75.0] * 7
    assert surely(last([2000] * 14 + [2600] * 14, weighed)).slope == pytest.approx(-0.05)


def test_a_change_of_500_kcal_is_none() -> None:
    assert surely(last([2000] * 14 + [2500] * 14)).left_out == 0


def test_a_feast_is_no_change_of_habits() -> None:
    assert surely(last([2000] * 14 + [5000] + [2000] * 13)).left_out == 0


def test_a_change_before_the_window_reaches_into_it() -> None:
    # It happened four days before the window began: three of its days still settle.
    found = surely(last([2000] * 20 + [2600] * 32))
    assert (found.days, found.left_out) == (25, 3)


def test_a_week_of_which_too_little_is_known_is_no_change() -> None:
    assert surely(last([2000] * 24 + [2600] * 3)).left_out == 0
    assert surely(last([2000] * 24 + [2600] * 4)).left_out == 4


def test_what_a_change_leaves_may_be_too_little() -> None:
    eaten = [*[None] * 10, *[2000] * 7, *[2600] * 11]
    assert last(eaten) is None


def test_a_day_is_the_same_in_whichever_range() -> None:
    eaten: list[float | None] = [2000 + 40 * (at % 7) + 650 * (at > 50) for at in range(90)]
    weighed = weights(number=90, spread=0.5)
    whole = expenditures(FIRST, eaten, weighed)
    for at in (45, 53, 60, 75, 89):
        begin = at - LOOKBACK
        part = expenditures(FIRST, eaten[begin : at + 1], weighed[begin : at + 1])[-1]
        both = surely(whole[at]), surely(part)
        assert both[0][1:6] == pytest.approx(both[1][1:6])


# --- WHOOP ----------------------------------------------------------------------------------------


def test_whoop_reads_high_only_where_the_band_leaves_out_that_it_is_right() -> None:
    high = bias_of(surely(last([2000] * 28, weights(spread=0.5), [2600] * 28)))
    assert high is not None
    assert (round(high.kcal), round(100 * high.share), high.is_sure) == (215, 9, True)
    near = bias_of(surely(last([2000] * 28, weights(spread=0.5), [2500] * 28)))
    assert near is not None
    assert (round(near.kcal), near.is_sure) == (115, False)
    low = bias_of(surely(last([2000] * 28, weights(spread=0.5), [2200] * 28)))
    assert low is not None
    assert (round(low.kcal), low.is_sure) == (-185, True)


def test_whoop_counts_on_the_same_days() -> None:
    eaten: list[float | None] = [2000] * 20 + [None] * 8
    found = surely(last(eaten, None, [2500] * 20 + [9000] * 8))
    assert found.whoop == (2500, 20)
    known = surely(last(eaten, None, [None] * 6 + [2500] * 22))
    assert known.whoop == (2500, 14)


def test_nothing_is_said_of_whoop_where_it_knows_too_little() -> None:
    found = surely(last([2000] * 28, None, [None] * 15 + [2500] * 13))
    assert found.whoop is None
    assert bias_of(found) is None
    assert bias_of(surely(last([2000] * 28))) is None
    gaining = surely(last([0] * 28, weights(0.2), [2500] * 28))
    assert gaining.kcal < 0
    assert bias_of(gaining) is None
