"""What is planted into the life of the demo: a late meal costs recovery, and so does an evening with a drink and a hard day.
How much coffee she drinks has nothing to do with it. Neither has what she reads, but in the months in which she is fit she
reads more: over all days, it goes together with HRV by that coincidence, and from day to day it does not."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import stdtr

from insights.engine import look
from insights.standing import Verdict
from insights.states import SHOWN
from insights.statistics.course import Array
from lifetracker.metrics.registry import metric_of
from lifetracker.sandbox.eating import COST_OF_EATING_LATE
from lifetracker.sandbox.habits import ALCOHOL, COFFEE, COST_OF_DRINKING, READING
from tests.insights.demo_life import (
    DAYS,
    HRV,
    KEYS,
    LATE_MEAL,
    RECOVERY,
    TRAINING,
    allowed,
    panel_of,
    values_of_demo,
)

LAST = date(2026, 11, 28)
YEAR = 365
#: Days on which the demo may be started, over a year.
STARTS = range(0, YEAR, 40)
COSTS = {LATE_MEAL: COST_OF_EATING_LATE, ALCOHOL: COST_OF_DRINKING}
pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def years() -> Array:
    """Return the days of all of these demos."""
    return values_of_demo(LAST + timedelta(days=YEAR), DAYS + YEAR)


class Demo(NamedTuple):
    """One that is started on some day: its days, and what is found in them."""

    values: Array
    found: dict[tuple[str, str], Verdict]


@pytest.fixture(scope="module", params=STARTS)
def demo(request: pytest.FixtureRequest, years: Array) -> Demo:
    values = years[:, request.param : request.param + DAYS]
    panel = panel_of(values, LAST + timedelta(days=request.param))
    return Demo(values, {one.standing.pair: one for one in look(panel, allowed()).verdicts})


def raw(values: Array, action: str, outcome: str) -> tuple[float, float]:
    """Return r of all days and the next ones, and the p of who takes each for independent."""
    x, y = values[KEYS.index(action), :-1], values[KEYS.index(outcome), 1:]
    both = ~np.isnan(x) & ~np.isnan(y)
    r = float(np.corrcoef(x[both], y[both])[0, 1])
    free = int(both.sum()) - 2
    return r, float(2 * stdtr(free, -abs(r) * math.sqrt(free / (1 - r * r))))


def test_the_planted_truths_are_found(demo: Demo) -> None:
    smallest = metric_of("whoop.recovery_score").smallest
    for action, cost in COSTS.items():
        one = demo.found[action, RECOVERY]
        assert one.standing.state in SHOWN
        assert one.standing.lag == 1
        effect = one.evidence.effect
        assert effect
        assert effect.low <= -cost <= effect.high < 0
        assert abs(effect.slope) >= smallest, "it is told"
    shown = {pair for pair, one in demo.found.items() if one.standing.state in SHOWN}
    assert shown == {(action, y) for action in (*COSTS, TRAINING) for y in (HRV, RECOVERY)}


def test_the_coincidence_fools_who_compares_all_days_and_nobody_else(demo: Demo) -> None:
    r, p = raw(demo.values, READING, HRV)
    assert r > 0.15
    assert p < 0.0001
    # It does not even stand out, however small.
    assert not {READING, COFFEE} & {action for action, _ in demo.found}


def test_the_demo_of_a_shorter_life_is_a_part_of_it(years: Array) -> None:
    own = values_of_demo(LAST, 200)
    row = KEYS.index(RECOVERY)
    np.testing.assert_array_equal(own[row], years[row, DAYS - 200 : DAYS])
    # What she writes down of the last day depends on when that is.
    for key in (LATE_MEAL, READING):
        row = KEYS.index(key)
        same = own[row, :-2], years[row, DAYS - 200 : DAYS - 2]
        np.testing.assert_array_equal(*same)
