"""What is planted into the life of the demo: an evening with a drink costs recovery. How much coffee she drinks has nothing
to do with it. Neither has what she reads, but in the months in which she is fit she reads more: over all days, it goes
together with HRV by that coincidence, and from day to day it does not."""

from __future__ import annotations

import math
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
HRV, RECOVERY = "HRV", "Recovery"
KEYS = tuple(sorted((ALCOHOL, COFFEE, READING, HRV, RECOVERY)))


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
            values[KEYS.index(HRV), at] = score["hrv_rmssd_milli"]
    return values


@pytest.mark.one_database
def test_the_planted_truth_is_found_and_the_coincidence_is_not() -> None:
    first = NOW.date() - timedelta(days=DAYS - 1)
    panel = Panel(KEYS, values_of_demo(), first, frozenset({ALCOHOL, READING}))
    allowed = np.zeros((3, len(KEYS), len(KEYS)), dtype=np.bool_)
    outcomes = [KEYS.index(HRV), KEYS.index(RECOVERY)]
    allowed[1:, :, outcomes] = True
    allowed[:, outcomes] = False
    found = look(panel, allowed).verdicts
    held = [one for one in found if one.standing.state in SHOWN]
    assert [one.standing.pair for one in held] == [(ALCOHOL, HRV), (ALCOHOL, RECOVERY)]
    assert {one.standing.lag for one in held} == {1}
    # It does not even stand out, however small.
    assert READING not in {one.standing.action for one in found}
    effect = held[1].evidence.effect
    assert effect
    assert effect.low <= -COST_OF_DRINKING <= effect.high < 0
    assert abs(effect.slope) >= metric_of("whoop.recovery_score").smallest


@pytest.mark.one_database
def test_the_coincidence_would_fool_who_compares_all_days() -> None:
    values = values_of_demo()
    reads, hrv = values[KEYS.index(READING), :-1], values[KEYS.index(HRV), 1:]
    both = ~np.isnan(reads) & ~np.isnan(hrv)
    r = float(np.corrcoef(reads[both], hrv[both])[0, 1])
    # Of unrelated days one in a thousand would go together so well.
    assert r * math.sqrt(both.sum()) > 3.3
