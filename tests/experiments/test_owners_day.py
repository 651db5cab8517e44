"""Away from home, where the day is another one than in `TIME_ZONE`: all places say that the same is asked for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from experiments.design import Arm
from experiments.models import Experiment
from experiments.notices import arms_of_today
from experiments.words import ARM_LETTERS
from lifetracker import days
from lifetracker.days import ONE_DAY
from tests import makers
from tests.browser import scenes
from tests.experiments.lives import planned, running
from tests.experiments.test_pages import words

pytestmark = pytest.mark.django_db
#: It is two in the night where the owner is, and the evening before at home.
NOW = datetime(2026, 6, 6, 2, tzinfo=days.UTC)
TODAY = NOW.date()


@pytest.fixture
def abroad(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    start = NOW - timedelta(hours=4)
    scenes.cycle(utc_offset_min=0, start_time=start, end_time=None, date=TODAY)


def run_with_another_arm_today(**fields: Any) -> Experiment:
    """Return one that asks for A today and for B on the day before."""
    start = TODAY - 3 * ONE_DAY
    for seed in range(100):
        one = running(start=start, block_days=1, seed=seed, **fields)
        if (one.arm_on(TODAY - ONE_DAY), one.arm_on(TODAY)) == (Arm.B, Arm.A):
            return one
        one.delete()
    raise AssertionError("no coin falls so")


@pytest.mark.usefixtures("abroad")
def test_all_places_ask_for_the_same(visitor: Client) -> None:
    one = run_with_another_arm_today(try_words="no alcohol", usual_words="as I like")
    assert days.today() == TODAY - ONE_DAY
    assert days.owners_today() == TODAY
    card = words(visitor.get("/"))
    assert "A: no alcohol" in card
    assert "Day 4 of 12" in card
    asked = "Today is a day of A: no alcohol. Day 4 of 12."
    assert asked in words(visitor.get("/experiments/"))
    page = visitor.get(f"/experiments/{one.pk}/")
    assert asked in words(page)
    now = next(row for row in page.context["blocks"] if row.is_now)
    assert (now.letter, now.cells[0].is_today) == (ARM_LETTERS[Arm.A], True)
    (notice,) = arms_of_today(NOW)
    assert (notice.key, notice.title) == (f"{one.pk} {TODAY}", "Today: no alcohol")


@pytest.mark.usefixtures("abroad")
def test_it_begins_on_the_day_that_is_today_there(visitor: Client) -> None:
    one = planned()
    form = visitor.get(f"/experiments/{one.pk}/").context["start_form"]
    assert form.initial["start"] == TODAY
    key = makers.api_token().secret
    sent = visitor.post(
        f"/api/experiments/{one.pk}/start",
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {key}",
    )
    assert sent.status_code == 200, sent.json()
    assert sent.json()["start"] == TODAY.isoformat()


def marked_day(visitor: Client, one: Experiment) -> date | None:
    return visitor.get(f"/experiments/{one.pk}/").context["mark_day"]  # type: ignore[no-any-return]


@pytest.mark.usefixtures("abroad")
def test_a_day_is_offered_to_be_marked_only_while_that_is_in_time(
    visitor: Client, settings: Any
) -> None:
    """At home it is tomorrow already, by which marks are dated."""
    settings.TIME_ZONE = "Pacific/Kiritimati"
    same_day, morning = running(outcome_lag=0, start=TODAY), running(outcome_lag=1, start=TODAY)
    scenes.WhoopCycle.objects.update(utc_offset_min=-11 * 60)
    assert days.today() == days.owners_today() + ONE_DAY == TODAY
    assert marked_day(visitor, morning) == TODAY
    assert marked_day(visitor, same_day) is None
