"""Actions that days cannot tell apart, whatever both do by themselves."""

from __future__ import annotations

from datetime import date

import numpy as np

from insights.collinear import collinear_actions
from insights.panel import Panel
from lifetracker.metrics.registry import metrics_of

FIRST = date(2026, 1, 5)
KEYS = ("nutrition.kcal", "whoop.hrv", "whoop.strain", "workouts.minutes")


def found(values: np.ndarray) -> dict[str, list[str]]:
    return collinear_actions(Panel(KEYS, values, FIRST), metrics_of(KEYS))


def test_those_that_go_along_from_day_to_day_are_found_both_ways() -> None:
    chance = np.random.default_rng(8)
    kcal, strain, other = chance.standard_normal((3, 200))
    season = np.arange(200) / 20
    # One eats less in the course of the days in which one trains more; from day to day, both have nothing in common.
    values = np.stack([kcal - season, 3 * strain, strain + season, strain + 0.5 * other])
    assert found(values) == {
        "whoop.strain": ["workouts.minutes"],
        "workouts.minutes": ["whoop.strain"],
    }, "HRV is no action, and a common course is not enough"
    values[3] = strain + 2 * other
    assert found(values) == {}


def test_too_few_common_days_tell_nothing() -> None:
    row = np.random.default_rng(9).standard_normal(200)
    values = np.stack([row, row, row, row])
    values[2, 30:] = np.nan
    assert found(values) == {
        "nutrition.kcal": ["workouts.minutes"],
        "workouts.minutes": ["nutrition.kcal"],
    }
