"""Training load: its change against three weeks before, and how monotonous it is."""

from __future__ import annotations

from datetime import date

import pytest

from lifetracker.metrics.declaration import Values
from workouts.metrics import load_change, monotony_of, strain_index_of

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


def test_a_week_that_is_all_alike_has_no_monotony() -> None:
    assert monotony_of(FIRST, [70.0] * 7)[-1] is None
    assert strain_index_of(FIRST, [70.0] * 7)[-1] is None
    assert monotony_of(FIRST, [*WEEK[:6], None])[-1] is None
