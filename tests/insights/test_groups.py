"""What is one thing in several numbers, by the days that are drawn."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from insights.groups import groups_of
from insights.models import Finding
from insights.statistics.course import Array

DAYS = 180
pytestmark = pytest.mark.django_db


def finding(number: int, action: str, x: Array, y: Array, lag: int = 1) -> Finding:
    """Return a finding of which these days are drawn, surer the smaller its number."""
    first = date(2026, 1, 1) - timedelta(days=lag)
    points = [
        (f"{first + timedelta(days=at)}", float(a), float(b))
        for at, (a, b) in enumerate(zip(x, y, strict=True))
    ]
    sure = {"effect": -3.0, "low": -4.0 - number, "high": -2.0}
    return Finding(
        pk=number, action=action, outcome="whoop.recovery_score", lag=lag, points=points, **sure
    )


@pytest.mark.parametrize("lag", [1, 2])
def test_what_goes_along_with_a_surer_cause_stands_under_it(lag: int) -> None:
    chance = np.random.default_rng(5)
    load = chance.standard_normal(DAYS)
    # More is eaten after a hard day, and only that day costs recovery.
    fat = 0.6 * load + 0.8 * chance.standard_normal(DAYS)
    recovery = -0.7 * load + 0.7 * chance.standard_normal(DAYS)
    assert abs(np.corrcoef(load, fat)[0, 1]) < 0.7
    surer = finding(1, "workouts.load", load, recovery)
    other = finding(2, "nutrition.fat", fat, recovery, lag)
    (group,) = groups_of([other, surer])
    assert (group.strongest, group.others, group.explained) == (surer, [other], [other])


def test_what_comes_from_the_same_records_is_told_apart_where_days_can() -> None:
    """Of whether one trains, little is left beside how hard; of minutes nobody can say."""
    chance = np.random.default_rng(7)
    load = np.maximum(chance.standard_normal(DAYS), 0)
    trained = (load > 0).astype(float) * (chance.random(DAYS) < 0.8)
    assert abs(np.corrcoef(load, trained)[0, 1]) < 0.7
    minutes = load + 0.1 * chance.standard_normal(DAYS)
    recovery = -0.9 * load + 0.5 * chance.standard_normal(DAYS)
    surer = finding(1, "workouts.load", load, recovery)
    apart = finding(2, "workouts.trained", trained, recovery)
    along = finding(3, "workouts.minutes", minutes, recovery)
    (group,) = groups_of([apart, along, surer])
    assert (group.strongest, group.others, group.explained) == (surer, [apart, along], [apart])


def test_two_causes_stay_two() -> None:
    chance = np.random.default_rng(6)
    load = chance.standard_normal(DAYS)
    bedtime = 0.4 * load + 0.9 * chance.standard_normal(DAYS)
    recovery = -0.4 * load - 0.4 * bedtime + 0.7 * chance.standard_normal(DAYS)
    one = finding(1, "workouts.load", load, recovery)
    assert len(groups_of([one, finding(2, "whoop.bedtime", bedtime, recovery)])) == 2
    few = finding(2, "nutrition.fat", load[:39], recovery[:39])
    assert len(groups_of([one, few])) == 2, "too few days to say"
    same = finding(2, "nutrition.fat", np.ones(DAYS), recovery)
    assert len(groups_of([one, same])) == 2
