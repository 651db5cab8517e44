"""The dinners of the invented life: on some evenings late, whatever else there is, and that costs the next morning."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import correlation, mean
from zoneinfo import ZoneInfo

import pytest

from lifetracker.sandbox.dinners import LATE, dinner, late_dinner
from lifetracker.sandbox.eating import COST_OF_EATING_LATE, USUALLY_EATS_LATE, eats_late
from lifetracker.sandbox.habits import drinks
from lifetracker.sandbox.life import ONE_DAY, SATURDAY, Life
from lifetracker.sandbox.whoop.history import entries

LIFE = Life(1)
TODAY = date(2026, 9, 16)
DAYS = [TODAY - timedelta(days=back) for back in range(1095)]
LATE_ON = {on: eats_late(LIFE, on) for on in DAYS}


def share(days: list[date]) -> float:
    return mean(LATE_ON[on] for on in days)


def test_a_dinner_is_before_nine_unless_it_is_a_late_one() -> None:
    for on in DAYS:
        at = dinner(LIFE, on).astimezone(ZoneInfo(LIFE.day(on).zone))
        is_late = at.date() == on and at.hour >= LATE
        assert is_late == (late_dinner(LIFE, on) is not None), on
        assert at < LIFE.day(on + ONE_DAY).bed - timedelta(minutes=39), "she has eaten before"


def test_she_eats_late_as_often_as_the_recovery_takes_it() -> None:
    assert share(DAYS) == pytest.approx(USUALLY_EATS_LATE, abs=0.02)


def test_late_dinners_go_with_nothing_else() -> None:
    free = [on for on in DAYS if (on + ONE_DAY).weekday() >= SATURDAY]
    summer = [on for on in DAYS if 4 <= on.month <= 9]
    for days in (free, summer):
        assert share(days) == pytest.approx(share(DAYS), abs=0.04)
    late = [float(LATE_ON[on]) for on in DAYS]
    others = {
        "drinks": [float(drinks(LIFE, on)) for on in DAYS],
        "training": [LIFE.day(on).load for on in DAYS],
        "fitness": [LIFE.day(on).fitness for on in DAYS],
        "sleep": [
            (LIFE.day(on + ONE_DAY).wake - LIFE.day(on + ONE_DAY).bed).seconds for on in DAYS
        ],
        "evening before": [float(eats_late(LIFE, on - ONE_DAY)) for on in DAYS],
    }
    for name, values in others.items():
        assert abs(correlation(late, values)) < 0.07, name


def test_a_late_dinner_costs_the_next_morning() -> None:
    scores: dict[bool, list[float]] = {True: [], False: []}
    hearts: dict[bool, list[float]] = {True: [], False: []}
    for on in DAYS:
        score = next((one.score for one in entries(LIFE, on) if one.kind == "recovery"), None)
        if score and LIFE.day(on).strap:
            is_late = eats_late(LIFE, on - ONE_DAY)
            scores[is_late].append(score["recovery_score"])
            hearts[is_late].append(score["resting_heart_rate"])
    assert mean(scores[False]) - mean(scores[True]) == pytest.approx(COST_OF_EATING_LATE, abs=3)
    # 0.085 beats for a point.
    assert mean(hearts[True]) - mean(hearts[False]) == pytest.approx(0.85, abs=0.4)
