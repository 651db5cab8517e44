"""Of which pairs it is said that no difference was seen."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from insights.bounds import bounds_of, in_turn
from insights.engine import look
from insights.inputs import inputs_of
from insights.pairs import allowed_pairs
from lifetracker.metrics.registry import metric_of

DAYS = 300
KEYS = (
    *("workouts.count", "workouts.minutes", "whoop.steps", "nutrition.kcal", "github.commits"),
    *("whoop.hrv", "whoop.sleep_hours", "whoop.sleep_efficiency", "weight.kg", "time.deep_hours"),
)


@pytest.mark.django_db
def test_they_are_about_how_one_is_and_not_about_counts_or_parts() -> None:
    chance = np.random.default_rng(7)
    values = {key: 50 + 5 * chance.standard_normal(DAYS) for key in KEYS}
    inputs = inputs_of([metric_of(key) for key in KEYS], values, date(2026, 1, 1), [])
    told = bounds_of(look(inputs.panel, allowed_pairs(inputs.metrics)), inputs)
    first = [one["outcome"] for one in told[:4]]
    # What the others are computed from, then what is better higher, then the rest.
    assert set(first[:2]) == {"whoop.hrv", "whoop.sleep_hours"}
    assert first[2:] == ["weight.kg", "whoop.sleep_efficiency"]
    assert {one["outcome"] for one in told} == set(first), "no commits, no deep work"
    assert "workouts.minutes" not in {one["action"] for one in told}, "a part of the workouts"
    assert len({one["action"] for one in told[:4]}) > 2


@pytest.mark.django_db
def test_what_little_there_may_be_is_judged_over_the_span_of_the_action() -> None:
    chance = np.random.default_rng(7)
    steps, hrv = (5000 + 1000 * chance.standard_normal(DAYS), 50 + 5 * chance.standard_normal(DAYS))
    keys = ("whoop.hrv", "whoop.steps")
    values = {"whoop.steps": steps, "whoop.hrv": hrv}
    inputs = inputs_of([metric_of(key) for key in keys], values, date(2026, 1, 1), [])
    (one,) = bounds_of(look(inputs.panel, allowed_pairs(inputs.metrics)), inputs)
    assert one["step_words"] == "1,000 more"
    low, high = np.quantile(steps[: DAYS - one["lag"]], (0.05, 0.95))
    share = max(abs(one["low"]), abs(one["high"])) / one["over_span"]
    assert share == pytest.approx(1000 / (high - low), rel=0.1)


def test_actions_come_in_turn() -> None:
    def rows(outcome: str, *actions: str) -> list[dict[str, Any]]:
        return [{"outcome": outcome, "action": action} for action in actions]

    told = in_turn(
        [rows("hrv", "steps", "meal"), rows("mood", "steps", "meal"), rows("kg", "meal")]
    )
    assert [(one["outcome"], one["action"]) for one in told] == [
        *(("hrv", "steps"), ("mood", "meal"), ("kg", "meal"), ("hrv", "meal"), ("mood", "steps"))
    ]
