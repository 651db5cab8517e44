"""By how large a change of an action an effect is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from insights.steps import difference_of_halves, step_for
from lifetracker.metrics.declaration import Step
from lifetracker.metrics.registry import metric_of

WIDE = [0.0, 10_000.0]


@pytest.mark.parametrize(
    ("key", "differ_by", "told"),
    [
        # They differ by so much, on average, on days with more and with less than usual.
        ("github.commits", 8.0, "5 more"),
        ("github.commits", 5.0, "5 more"),
        ("github.commits", 2.4, "2 more"),
        ("github.commits", 0.3, "1 more"),
        ("whoop.steps", 1500.0, "1,000 more"),
        ("whoop.bedtime", 0.4, "15 minutes later"),
        ("whoop.bedtime", 0.01, "5 minutes later"),
        ("fasting.hours", 1.5, "1 hour more"),
        ("fasting.hours", 0.9, "30 minutes more"),
        ("workouts.load", 49.0, "20 points higher"),
        ("whoop.strain", 1.2, "1 point higher"),
        ("workouts.count", 0.2, "1 more"),
    ],
)
def test_no_larger_than_days_differ(key: str, differ_by: float, told: str) -> None:
    assert step_for(metric_of(key), [0.0, differ_by] * 20).words == told


def test_yes_is_told_against_no() -> None:
    assert step_for(metric_of("workouts.trained"), [0.0, 1.0]) == Step(1.0, "")


def test_words_without_a_number_stay() -> None:
    odd = replace(metric_of("whoop.steps"), step=Step(2000.0, "a walk more"))
    assert step_for(odd, [0.0, 1.0]).words == "a walk more"


def test_a_smaller_step_is_as_much_in_the_unit_of_its_metric() -> None:
    assert step_for(metric_of("whoop.bedtime"), [0.0, 0.4]).amount == 0.25
    assert step_for(metric_of("workouts.minutes"), [0.0, 20.0]).amount == 15
    assert step_for(metric_of("whoop.steps"), WIDE).amount == 2000


def test_what_halves_differ_by() -> None:
    assert difference_of_halves([]) == 0
    assert difference_of_halves([3.0] * 5) == 0
    # A quarter of the days has one, and the others none.
    assert difference_of_halves([0.0, 0.0, 0.0, 4.0]) == 4
