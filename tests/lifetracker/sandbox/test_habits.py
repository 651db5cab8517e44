"""The journal of the invented life: as incomplete as journals are, and what she drinks costs her the next morning."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from statistics import mean

import pytest

from lifetracker.sandbox import habits
from lifetracker.sandbox.habits import Journal, drinks, journal
from lifetracker.sandbox.life import ONE_DAY, Life
from lifetracker.sandbox.whoop.history import entries

LIFE = Life(1)
NOW = datetime(2026, 9, 16, 13, 0, tzinfo=UTC)
TODAY = date(2026, 9, 16)
DAYS = 1095


@pytest.fixture(scope="module")
def written() -> Journal:
    return journal(LIFE, DAYS, NOW)


def test_some_days_are_left_out(written: Journal) -> None:
    by_behaviour = Counter(one.behaviour for one in written.answers)
    alcohol = by_behaviour[habits.ALCOHOL] + by_behaviour[habits.OLD_ALCOHOL]
    assert by_behaviour.keys() == {
        *(habits.MOOD, habits.ALCOHOL, habits.OLD_ALCOHOL, habits.COFFEE, habits.READING),
    }
    assert 0.6 * DAYS < alcohol < 0.85 * DAYS
    assert 120 < len(written.notes) < 400
    assert len({(one.behaviour, one.date) for one in written.answers}) == len(written.answers)


def test_of_today_she_knows_how_she_is_alone(written: Journal) -> None:
    assert {one.behaviour for one in written.answers if one.date == TODAY} <= {habits.MOOD}
    assert all(one.at < NOW for one in written.notes)


def test_what_she_answered_stays_the_next_day(written: Journal) -> None:
    later = journal(LIFE, DAYS, NOW + ONE_DAY)
    recent = TODAY - timedelta(days=600)
    before = [one for one in written.answers if recent <= one.date < TODAY]
    assert [one for one in later.answers if recent <= one.date < TODAY] == before


def test_she_drinks_as_often_as_the_recovery_takes_it() -> None:
    days = [TODAY - back * ONE_DAY for back in range(DAYS)]
    assert mean(drinks(LIFE, on) for on in days) == pytest.approx(habits.USUALLY_DRINKS, abs=0.03)


def test_an_evening_with_a_drink_costs_the_next_morning() -> None:
    scores: dict[bool, list[float]] = {True: [], False: []}
    for back in range(DAYS):
        on = TODAY - back * ONE_DAY
        score = next((one.score for one in entries(LIFE, on) if one.kind == "recovery"), None)
        if score and LIFE.day(on).strap:
            scores[drinks(LIFE, on - ONE_DAY)].append(score["recovery_score"])
    cost = mean(scores[False]) - mean(scores[True])
    assert cost == pytest.approx(habits.COST_OF_DRINKING, abs=4)
