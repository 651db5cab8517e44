"""The journal of an invented life beside the recovery of the next morning, day by day, over a change of the clocks and a trip. What
the program joins is compared with what follows from the life itself, without any of the program's days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from journal.examples import add_example_journal
from journal.metrics import key_of
from journal.models import Behaviour
from lifetracker.metrics.registry import metric_of, metrics
from lifetracker.metrics.series import read_series
from lifetracker.sandbox.habits import ALCOHOL, MOOD, READING, journal
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.whoop.export import Shown, answers, write_export
from lifetracker.sandbox.whoop.export_words import LANGUAGES, QUESTIONS
from tests.conftest import DAYS, run

pytestmark = [pytest.mark.django_db, pytest.mark.long]

LIFE, NOW = life_of(1), datetime(2026, 11, 20, 12, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
CLOCKS_CHANGE = date(2026, 10, 25)
LAST = NOW.date() - 2 * ONE_DAY
FIRST = NOW.date() - (DAYS - 10) * ONE_DAY
DAYS_SHOWN = [FIRST + back * ONE_DAY for back in range((LAST - FIRST).days + 1)]

#: By day, what was answered and the recovery of the next morning.
Pairs = dict[date, tuple[float, float]]


def recoveries_of_the_life() -> dict[date, float]:
    """Return the recoveries by the date on the calendar of the place where she woke up, from what the stand-in made of her
    nights."""
    shown = Shown(LIFE, DAYS, NOW)
    nights = {one["id"]: one for one in shown.of("sleep") if not one["nap"]}
    found: dict[date, float] = {}
    for recovery in shown.of("recovery"):
        night, score = nights.get(recovery["sleep_id"]), recovery["score"]
        if night is None or not score:
            continue
        text = str(night["timezone_offset"]).replace("Z", "+00:00")
        offset = datetime.fromisoformat(f"2026-01-01T00:00:00{text}").utcoffset()
        assert offset is not None
        end = datetime.fromisoformat(str(night["end"]))
        woken = (end.replace(tzinfo=None) + offset).date()
        found[woken] = float(score["recovery_score"])
    return found


def joined_by_the_life(said: dict[date, float]) -> Pairs:
    recoveries = recoveries_of_the_life()
    return {
        day: (said[day], recoveries[day + ONE_DAY])
        for day in DAYS_SHOWN
        if day in said and day + ONE_DAY in recoveries
    }


def joined_by_the_program(behaviour: Behaviour) -> Pairs:
    one, recovery = metric_of(key_of(behaviour.pk)), metrics["whoop.recovery_score"]
    found = read_series([one, recovery], FIRST, LAST + ONE_DAY)
    pairs = {
        day: (found[one.key].on(day), found[recovery.key].on(day + ONE_DAY)) for day in DAYS_SHOWN
    }
    return {
        day: (said, score)
        for day, (said, score) in pairs.items()
        if said is not None and score is not None
    }


def assert_covers_a_change_and_a_trip(pairs: Pairs) -> None:
    near = [CLOCKS_CHANGE - ONE_DAY, CLOCKS_CHANGE]
    assert all(day in DAYS_SHOWN for day in near)
    assert any(day in pairs for day in near)
    assert any(LIFE.day(day).away for day in pairs)
    assert any(LIFE.day(day).away != LIFE.day(day + ONE_DAY).away for day in DAYS_SHOWN)


@pytest.fixture
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.mark.usefixtures("home")
def test_her_own_answers_meet_the_recovery_of_the_next_morning(whoop: Any, at: Any) -> None:
    """What she typed in, and what the API says."""
    at(NOW)
    run(full=True)
    written = journal(LIFE, DAYS, NOW)
    add_example_journal(written)
    for name in (ALCOHOL, MOOD, READING):
        said = {one.date: one.value for one in written.answers if one.behaviour == name}
        expected = joined_by_the_life(said)
        assert len(expected) > 40, name
        assert joined_by_the_program(Behaviour.objects.get(name=name)) == expected, name
        if name == MOOD:
            assert_covers_a_change_and_a_trip(expected)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_of_the_export_do_too(at: Any, tmp_path: Path, language: str) -> None:
    at(NOW)
    call_command("import_whoop", str(write_export(tmp_path, LIFE, DAYS, NOW, language)))
    drinks = Behaviour.objects.get(name=QUESTIONS[language][0])
    said = {day: float(given[0]) for day in DAYS_SHOWN if 0 in (given := answers(LIFE, day))}
    expected = {
        day: pair for day, pair in joined_by_the_life(said).items() if is_in_the_export(day)
    }
    assert len(expected) > 60
    assert_covers_a_change_and_a_trip(expected)
    assert joined_by_the_program(drinks) == expected


def is_in_the_export(day: date) -> bool:
    """Return whether the app asked about a day: it asks on waking up, and on some mornings nobody wore it."""
    return LIFE.day(day + ONE_DAY).strap
