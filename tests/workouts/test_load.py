"""Training load: its averages, its change against three weeks before, and how monotonous it is."""

from __future__ import annotations

from datetime import date

import pytest

from lifetracker.metrics.declaration import Values
from workouts.metrics import average_over, load_change, monotony_of, strain_index_of

FIRST = date(2026, 3, 2)
WEEK: Values = [100, 50, 150, 0, 120, 80, 200]


def test_a_week_against_the_three_weeks_before() -> None:
    changes = load_change(FIRST, [100.0] * 21 + [130.0] * 7)
    assert changes[-1] == pytest.approx(1.30)
    assert changes[:27] == [None] * 27


def test_one_unknown_day_leaves_the_change_unknown() -> None:
    loads: Values = [100.0] * 21 + [130.0] * 8
    loads[3] = None
    assert load_change(FIRST, loads)[27:] == [None, None]
    assert load_change(FIRST, [0.0] * 21 + [130.0] * 7)[-1] is None, "nothing to compare with"


def test_monotony_and_what_it_makes_of_the_load() -> None:
    assert monotony_of(FIRST, WEEK) == [*[None] * 6, pytest.approx(1.525, abs=1e-3)]
    assert strain_index_of(FIRST, WEEK) == [*[None] * 6, pytest.approx(1067.5, abs=0.1)]


def test_one_day_of_twice_the_load_moves_the_acute_and_the_chronic_average() -> None:
    loads: Values = [*[100.0] * 28, 200.0]
    acute, chronic = (average_over(days, loads) for days in (7, 28))
    assert acute == [*[None] * 28, 125]
    assert chronic == [*[None] * 28, pytest.approx(106.897, abs=5e-4)]
    assert acute[-1] is not None
    assert chronic[-1] is not None
    assert acute[-1] / chronic[-1] == pytest.approx(1.169, abs=5e-4)


def test_the_averages_begin_with_the_mean_of_the_first_known_days() -> None:
    loads: Values = [None, *[0.0, 200.0] * 14, 100.0, 180.0]
    assert average_over(7, loads) == [*[None] * 29, 100, 120]


def test_an_unknown_day_enters_no_average() -> None:
    loads: Values = [*[100.0] * 28, None, 200.0]
    assert average_over(7, loads) == [*[None] * 29, 125]


def test_an_average_begins_anew_after_more_than_a_week_of_unknown_days() -> None:
    assert average_over(7, [*[100.0] * 28, *[None] * 7, 200.0])[-1] == 125
    loads: Values = [*[100.0] * 28, *[None] * 8, *[40.0] * 28, 80.0]
    assert average_over(7, loads) == [*[None] * (28 + 8 + 28), 50]


def test_the_averages_of_a_day_are_the_same_in_whichever_range() -> None:
    loads: Values = [None if day % 9 == 4 else float(day * 37 % 211) for day in range(800)]
    for days in (7, 28):
        asked_alone = average_over(days, loads[-(28 + 10 * days) - 1 :])
        assert asked_alone[-1] == pytest.approx(average_over(days, loads)[-1], abs=1e-3)


def test_a_week_that_is_all_alike_has_no_monotony() -> None:
    assert monotony_of(FIRST, [70.0] * 7)[-1] is None
    assert strain_index_of(FIRST, [70.0] * 7)[-1] is None
    assert monotony_of(FIRST, [*WEEK[:6], None])[-1] is None
