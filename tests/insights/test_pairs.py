"""Which metrics may be tested with which: a property of all that are registered."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from insights.pairs import allowed_pairs
from insights.spans import span_of
from insights.statistics.chain import LAGS
from journal.metrics import metric_of
from journal.models import Behaviour
from lifetracker.metrics.declaration import WORK, Metric, Role
from lifetracker.metrics.registry import lineage_of, metrics
from projects.metrics import commits_metric
from projects.metrics import hours_of as project_hours
from time_logs.metrics import project_metric

KINDS = [
    metric_of(Behaviour(pk=number, name="Coffee", kind=kind, unit="cups"), (number,))
    for number, kind in enumerate(Behaviour.Kind, start=1)
]
EVERY = sorted([*metrics.values(), *KINDS], key=lambda one: one.key)
ALLOWED = allowed_pairs(EVERY)


def pairs() -> list[tuple[Metric, Metric, int]]:
    found = np.argwhere(ALLOWED)
    return [(EVERY[action], EVERY[outcome], int(lag)) for lag, action, outcome in found]


def is_allowed(action: str, outcome: str) -> list[int]:
    """Return the lags at which two metrics may be tested."""
    keys = [one.key for one in EVERY]
    return [lag for lag in LAGS if ALLOWED[lag, keys.index(action), keys.index(outcome)]]


def test_forbidden_pairs_never_appear() -> None:
    assert len(pairs()) > 500
    for action, outcome, lag in pairs():
        assert action.role in {Role.ACTION, Role.BOTH}
        assert outcome.role in {Role.OUTCOME, Role.BOTH}
        assert not lineage_of(action) & lineage_of(outcome), (action.key, outcome.key)
        assert span_of(action).end <= span_of(outcome).begin + lag, "it ends before that begins"


def test_an_amount_is_never_tested_with_an_amount_of_the_same() -> None:
    """Those of projects, which come with the data, too."""
    work = [one for one in EVERY if one.amount_of == WORK]
    assert len(work) == 7
    work += [project_hours(1, "One", ("1",)), project_metric("1", "One"), commits_metric(1, "One")]
    assert {one.amount_of for one in work} == {WORK}
    assert not allowed_pairs(work).any()


def test_context_is_never_tested() -> None:
    context = [number for number, one in enumerate(EVERY) if one.role is Role.CONTEXT]
    assert context
    assert not ALLOWED[:, context].any()
    assert not ALLOWED[:, :, context].any()


@pytest.mark.parametrize(
    ("action", "outcome", "lags"),
    [
        ("whoop.bedtime", "whoop.recovery_score", [0, 1, 2]),
        ("nutrition.last_meal_to_sleep", "whoop.hrv", [0, 1, 2]),
        ("nutrition.last_meal", "whoop.recovery_score", [1, 2]),
        ("whoop.sleep_hours", "time.deep_hours", [0, 1, 2]),
        ("whoop.sleep_hours", "whoop.hrv", [1, 2]),
        ("whoop.steps", "github.commits", [1, 2]),
        ("whoop.waking_time", "whoop.hrv", [1, 2]),
        # Parts of each other, and what goes back to the same measurement.
        ("whoop.sleep_hours", "whoop.recovery_score", []),
        ("whoop.sleep_hours", "whoop.sleep_performance", []),
        ("whoop.strain", "whoop.sleep_performance", []),
        ("time.hours", "time.deep_hours", []),
        ("time.focus_share", "time.deep_hours", []),
        # How much one worked, by two sources. That one worked late is something else.
        ("github.active_repositories", "time.deep_hours", []),
        ("github.commits", "time.deep_hours", []),
        ("time.hours", "github.churn", []),
        ("github.late_commits", "time.deep_hours", [1, 2]),
        ("github.active_repositories", "time.focus_share", [1, 2]),
        # From an outcome to an action.
        ("whoop.recovery_score", "workouts.load", []),
        ("whoop.hrv", "whoop.bedtime", []),
    ],
)
def test_pairs(action: str, outcome: str, lags: list[int]) -> None:
    assert is_allowed(action, outcome) == lags


@pytest.mark.parametrize("metric", EVERY, ids=lambda one: one.key)
def test_every_metric_says_what_an_analysis_needs(metric: Metric) -> None:
    assert metric.role
    assert metric.smallest > 0
    if metric.role in {Role.ACTION, Role.BOTH} and not metric.is_yes_no:
        assert metric.step
        assert metric.step.amount >= metric.smallest, "a step that means something"
        assert metric.step.words[0].isdigit()


def test_the_order_of_metrics_changes_nothing() -> None:
    turned = allowed_pairs(EVERY[::-1])
    assert np.array_equal(turned[:, ::-1, ::-1], ALLOWED)


def test_a_parent_that_is_gone_is_no_error() -> None:
    lost = replace(EVERY[0], parents=("made.gone",))
    assert [*product(LAGS, [lost])]
    assert "made.gone" in lineage_of(lost)
