"""The metrics of Apple Health, and its API."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from apple_health.models import SourceOrder
from tests import makers
from whoop.models import WHOOP, WhoopSleep

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 16, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def values(person: Client, key: str) -> list[float | None]:
    """The values of the last three days, oldest first."""
    answer = person.get(f"/api/metrics/series?keys={key}&days=3").json()
    found: list[float | None] = answer["series"][key]["values"]
    return found


def test_a_day_that_was_not_over_is_so_far(person: Client) -> None:
    makers.apple_day(0, steps=4_000)
    makers.apple_day(1, steps=9_000)
    assert values(person, "apple_health.steps") == [None, 9_000, None]
    answer = person.get("/api/metrics/apple_health.steps?days=3").json()
    assert "before this day was over" in str(answer)
    makers.apple_day(2, steps=None, resting_heart_rate=54)
    assert values(person, "apple_health.steps") == [None, 9_000, None], "unknown is never zero"
    assert values(person, "apple_health.resting_heart_rate") == [54, None, None]


def test_sdnn_is_no_series_with_rmssd(person: Client) -> None:
    makers.apple_day(1, hrv_sdnn=48)
    assert values(person, "apple_health.hrv_sdnn") == [None, 48, None]
    assert values(person, "whoop.hrv") == [None] * 3


def test_food_is_no_part_of_the_diary(person: Client) -> None:
    makers.apple_day(1, dietary_energy_kcal=2_000, protein_g=90)
    assert values(person, "apple_health.dietary_energy") == [None, 2_000, None]
    assert values(person, "apple_health.protein") == [None, 90, None]
    assert values(person, "nutrition.kcal") == [None] * 3


def test_nights_follow_the_order_of_sources(person: Client) -> None:
    makers.apple_night(0)
    makers.apple_night(1)
    makers.apple_night(
        0.4,
        nap=True,
        source_id="nap",
        start_time=NOW - timedelta(hours=5),
        end_time=NOW - timedelta(hours=4),
    )
    end = makers.MORNING
    WhoopSleep.objects.create(
        source=WHOOP,
        source_id="1",
        sleep_id="1",
        date=date(2026, 9, 16),
        start_time=end - timedelta(hours=7),
        end_time=end,
        utc_offset_min=120,
        nap=False,
        score_state="SCORED",
    )
    assert values(person, "apple_health.asleep_hours") == [None, 7.5, None]
    SourceOrder(pk=1, nights=SourceOrder.Nights.APPLE_HEALTH).save()
    assert values(person, "apple_health.asleep_hours") == [None, 7.5, 7.5]


def test_the_api_lists_days_and_nights(person: Client) -> None:
    makers.apple_day(0)
    makers.apple_night(0)
    (day,) = person.get("/api/apple-health/days").json()["results"]
    assert (day["date"], day["steps"], day["hrv_sdnn"]) == ("2026-09-16", 8_000, None)
    (night,) = person.get("/api/apple-health/nights").json()["results"]
    assert (night["date"], night["asleep_min"], night["source"]) == (
        "2026-09-16",
        450,
        "AppleHealth",
    )
