"""The series of the life of the demo that something is planted in, without the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from insights.panel import Panel
from insights.statistics.chain import LAGS, Allowed
from insights.statistics.course import Array
from lifetracker.sandbox.dinners import LATE
from lifetracker.sandbox.eating import diary
from lifetracker.sandbox.habits import ALCOHOL, COFFEE, OLD_ALCOHOL, READING, journal
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.whoop.nights import night
from lifetracker.sandbox.whoop.shapes import recovery

DAYS = 1095
HRV, LATE_MEAL, RECOVERY, TRAINING = "HRV", "Late meal", "Recovery", "Training"
KEYS = tuple(sorted((ALCOHOL, COFFEE, HRV, LATE_MEAL, READING, RECOVERY, TRAINING)))
YES_NO = frozenset({ALCOHOL, LATE_MEAL, READING})
OUTCOMES = [KEYS.index(HRV), KEYS.index(RECOVERY)]


def values_of_demo(last: date, days: int = DAYS, seed: int = 1) -> Array:
    """Return what the demo stores of its last days up to `last`, by key and day."""
    life, first = life_of(seed), last - timedelta(days=days - 1)
    # The next noon, when the diary and the journal of the last day are written.
    now = datetime(last.year, last.month, last.day, 12, tzinfo=UTC) + timedelta(days=1)
    values = np.full((len(KEYS), days), np.nan)
    for wording, on, value in journal(life, days, now).answers:
        key = ALCOHOL if wording == OLD_ALCOHOL else wording
        if key in KEYS and first <= on <= last:
            values[KEYS.index(key), (on - first).days] = value
    written = diary(life, days, now)
    late = {
        at.date() for at in (m.at.astimezone(m.clock) for m in written.meals) if at.hour >= LATE
    }
    for on in written.complete:
        if first <= on <= last:
            values[KEYS.index(LATE_MEAL), (on - first).days] = float(on in late)
    for at in range(days):
        on = first + timedelta(days=at)
        values[KEYS.index(TRAINING), at] = life.day(on).load
        if score := recovery(life, night(life, on)).record["score"]:
            values[OUTCOMES, at] = score["hrv_rmssd_milli"], score["recovery_score"]
    return values


def panel_of(values: Array, last: date) -> Panel:
    return Panel(KEYS, values, last - timedelta(days=values.shape[1] - 1), YES_NO)


def allowed() -> Allowed:
    """Everything that she does, with how she is one and two days later."""
    found = np.zeros((len(LAGS), len(KEYS), len(KEYS)), dtype=np.bool_)
    found[1:, :, OUTCOMES] = True
    found[:, OUTCOMES] = False
    return found
