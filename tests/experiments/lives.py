"""An invented person, of whose HRV every day is known, and who tries something in a planned way."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from experiments.design import Arm, arms_by_day
from experiments.models import Experiment
from lifetracker import days
from tests import makers
from whoop.models import WhoopRecovery

#: The first day of the experiments below. `makers.MORNING` is 16 September 2026.
START = date(2026, 6, 1)
BEFORE = 130


def recovery(day: date, hrv: float) -> WhoopRecovery:
    """Return the recovery of a morning."""
    number = day.toordinal()
    return WhoopRecovery(
        source="Whoop",
        source_id=f"{number}",
        cycle_id=number,
        sleep_id=f"5b1c0000-0000-4000-8000-{number:012}",
        date=day,
        start_time=days.midnight(day),
        recovery_score=60,
        hrv_rmssd=hrv,
        resting_heart_rate=50,
        score_state="SCORED",
        raw={},
    )


def planned(**fields: Any) -> Experiment:
    """Six pairs of blocks of two days, none of which is left out."""
    values = {"pairs": 6, "block_days": 2, "washout_days": 0, "seed": 5}
    return makers.experiment(**values | fields)


def running(start: date = START, **fields: Any) -> Experiment:
    return planned(**{"state": "running", "start": start} | fields)


def ended(outcome: str, *, checked_by: str, beside: str) -> Experiment:
    """Six pairs, in which the outcome, and a metric beside it, was 1.2 higher on days of A. Nothing says what was kept."""
    effect = {"pairs": [1.2] * 6, "known_pairs": 6, "estimate": 1.2, "low": 0.2, "high": 2.2}
    effect |= {"p": 0.03}
    none = {"kept": 0, "not_kept": 0, "unknown": 12}
    result = {
        "verdict": "keep",
        "reason": "better",
        "effect": effect,
        "per_protocol": None,
        "smallest": None,
        "secondary": [effect | {"metric": beside}],
        "kept": {"a": none, "b": none},
        "days": {"counted": 24, "known": 24, "marked": 0, "marked_later": 0},
    }
    metrics = {"outcome": outcome, "action": checked_by, "secondary": [beside]}
    return running(state="ended", result=result, **metrics)


def live(experiment: Experiment, effect: float, unknown: Collection[int] = ()) -> None:
    """Store the mornings before and during an experiment: after a day of A the HRV is higher by so much. `unknown`: days of
    the experiment whose mornings are missing."""
    chance = random.Random(1)  # noqa: S311 - to be the same again
    start = experiment.start or START
    arms = arms_by_day(experiment.design, experiment.seed)
    rows = []
    for at in range(-BEFORE, len(arms)):
        is_tried = at >= 0 and arms[at] is Arm.A
        if at not in unknown:
            hrv = 60 + chance.gauss(0, 2) + (effect if is_tried else 0)
            rows.append(recovery(start + timedelta(days=at + 1), hrv))
    WhoopRecovery.objects.bulk_create(rows)
