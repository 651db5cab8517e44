"""What is computed from WHOOP's nights: debt, social jet lag, regularity, recovery bands; how HRV varies."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from lifetracker.metrics.declaration import Values
from whoop.metrics import Stretch, agreement, debt, jet_lag, merged, variation_of
from whoop.models import band_of

MONDAY = date(2026, 3, 2)


def test_the_variation_of_hrv_is_that_of_its_logarithms() -> None:
    week: Values = [60, 66, 54, 60, 72, 48, 60]
    assert variation_of(MONDAY, week) == [*[None] * 4, *[pytest.approx(3.2, abs=0.6)] * 3]
    assert variation_of(MONDAY, week)[-1] == pytest.approx(3.20, abs=0.005)
    assert variation_of(MONDAY, [*week, None, None])[-1] is not None, "five are known"
    assert variation_of(MONDAY, [*week, None, None, None])[-1] is None
    assert variation_of(MONDAY, [*week[:6], 0.0])[-1] == variation_of(MONDAY, week[:6])[-1]


def test_debt_over_two_weeks() -> None:
    need: Values = [7.6] * 14
    asleep: Values = [7.0] * 10 + [8.2] * 2 + [None] * 2
    assert debt(MONDAY, need, asleep)[-1] == pytest.approx(5.6)


def test_debt_needs_ten_nights_and_is_never_negative() -> None:
    nine: Values = [*[7.0] * 9, *[None] * 5]
    assert debt(MONDAY, [8.0] * 14, nine)[-1] is None
    assert debt(MONDAY, [7.0] * 14, [8.0] * 14)[-1] == 0
    # A fifteenth night is out of it.
    assert debt(MONDAY, [8.0] * 15, [0.0, *[8.0] * 14])[-1] == 0


def test_regularity_of_two_nights() -> None:
    """From 23:00 to 07:00, then to 08:00, in minutes from noon."""
    share = agreement([(660, 1140)], [(660, 1200)])
    assert share == pytest.approx(1380 / 1440)
    assert 200 * share - 100 == pytest.approx(91.7, abs=0.05)
    assert agreement([(660, 1140)], [(660, 1140)]) == 1
    assert agreement([], [(0, 1440)]) == 0


def test_days_agree_minute_by_minute() -> None:
    """As a count of the minutes says, also of days with naps, and of sleep that two records have."""
    days: list[list[Stretch]] = [
        [(600, 1100), (130, 190)],
        [(640, 1000), (990, 1130), (700, 800)],
        [(0, 30), (30, 45), (1400, 1440)],
        [],
    ]
    for one, other in product(days, days):
        equal = sum(asleep_at(one, minute) == asleep_at(other, minute) for minute in range(1440))
        assert agreement(merged(one), merged(other)) == pytest.approx(equal / 1440)


def asleep_at(stretches: list[Stretch], minute: int) -> bool:
    return any(begin <= minute < until for begin, until in stretches)


def test_social_jet_lag_goes_round_midnight() -> None:
    """Asleep from 22:00 to 04:00 before work days, and from 01:00 to 09:00 before free ones."""
    is_free = [at % 7 >= 5 for at in range(14)]
    bedtimes: Values = [1.0 if free else 22.0 for free in is_free]
    waking: Values = [9.0 if free else 4.0 for free in is_free]
    assert jet_lag(MONDAY, bedtimes, waking)[-1] == pytest.approx(4.0)
    assert jet_lag(MONDAY, bedtimes[:12], waking[:12])[-1] is None, "two free days"


@pytest.mark.parametrize(
    ("score", "band"),
    [(0, "red"), (33, "red"), (34, "yellow"), (66, "yellow"), (67, "green"), (100, "green")],
)
def test_bands_of_recovery(score: int, band: str) -> None:
    assert band_of(score) == band
