"""What is planted into the life of the demo: an evening with a drink costs recovery. How much coffee she drinks has nothing
to do with it. Neither has what she reads, but she reads on evenings without a drink alone: that goes together with recovery
by chance, too little to be said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from insights.engine import look
from insights.panel import Panel
from insights.states import SHOWN
from lifetracker.metrics.registry import metric_of
from lifetracker.sandbox.habits import (
    ALCOHOL,
    COFFEE,
    COST_OF_DRINKING,
    OLD_ALCOHOL,
    READING,
    journal,
)
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.whoop.nights import night
from lifetracker.sandbox.whoop.shapes import recovery

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAYS = 1095
RECOVERY = "Recovery"
KEYS = tuple(sorted((ALCOHOL, COFFEE, READING, RECOVERY)))


def values_of_demo() -> np.ndarray:
    """Return the answers and the recoveries of the life of the demo, by key and day."""
    life, last = life_of(1), NOW.date()
    first = last - timedelta(days=DAYS - 1)
    values = np.full((len(KEYS), DAYS), np.nan)
    for wording, on, value in journal(life, DAYS - 1, NOW).answers:
        key = ALCOHOL if wording == OLD_ALCOHOL else wording
        if key in KEYS:
            values[KEYS.index(key), (on - first).days] = value
    for at in range(DAYS):
        score = recovery(life, night(life, first + timedelta(days=at))).record["score"]
        if score:
            values[KEYS.index(RECOVERY), at] = score["recovery_score"]
    return values


@pytest.mark.one_database
def test_the_planted_truth_is_found_and_the_coincidence_is_not() -> None:
    first = NOW.date() - timedelta(days=DAYS - 1)
    panel = Panel(KEYS, values_of_demo(), first, frozenset({ALCOHOL, READING}))
    allowed = np.zeros((3, len(KEYS), len(KEYS)), dtype=np.bool_)
    allowed[1:, :, KEYS.index(RECOVERY)] = True
    allowed[:, KEYS.index(RECOVERY)] = False
    held = [one for one in look(panel, allowed).verdicts if one.standing.state in SHOWN]
    least = metric_of("whoop.recovery_score").smallest
    # What is said is at least so large.
    shown = [one for one in held if one.evidence.effect and abs(one.evidence.effect.slope) >= least]
    assert [one.standing.pair for one in shown] == [(ALCOHOL, RECOVERY)]
    assert shown[0].standing.lag == 1
    effect = shown[0].evidence.effect
    assert effect
    assert effect.low <= -COST_OF_DRINKING <= effect.high < 0
