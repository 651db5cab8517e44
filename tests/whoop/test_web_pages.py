"""The pages of WHOOP: their numbers are those of the API, and what is not known is said so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.conftest import NOW
from tests.whoop.test_metrics import cycle, night, recovery
from whoop.models import WhoopRecovery, WhoopSleep

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 16)
# Two for who it is, one for what was read of WHOOP, one for all numbers, one for the days that are no usual ones, six
# for how the syncs went.
QUERIES = 11
SCORED = {"score_state": "SCORED"}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def days_of_whoop(days_ago: Iterator[int] | range) -> None:
    """A recovery, a night and a cycle on each of these days, each with values of its own."""
    for ago in days_ago:
        recovery(
            ago,
            40.0 + ago % 50,
            hrv_rmssd=60.0 + ago % 9,
            resting_heart_rate=50.0 + ago % 4,
            **SCORED,
        )
        night(
            ago,
            7 + ago % 3 / 4,
            respiratory_rate=14.5 + ago % 5 / 10,
            sleep_performance=90.0,
            **SCORED,
        )
        cycle(ago, 8 + ago % 6, 9000, **SCORED)


def text_of(answer: Any) -> str:
    main = answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
    words = re.sub(r"<[^>]+>", " ", main.replace("\xa0", " "))
    return " ".join(unescape(words).replace("\xa0", " ").split())


def test_nobody_sees_it_without_a_login(client: Client) -> None:
    answer = client.get("/whoop/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_figures_are_those_of_the_api(visitor: Client) -> None:
    days_of_whoop(range(100))
    text = text_of(visitor.get("/whoop/"))
    told = visitor.get("/api/whoop/metrics?days=30", headers={"accept": "application/json"}).json()
    recovery_score, resting = told["recovery_score"], told["resting_heart_rate"]
    assert f"Recovery averaged {recovery_score['average']:.0f} %" in text
    assert f"Heart rate variability {told['hrv_rmssd']['average']:.0f} ms" in text
    assert f"Resting heart rate {resting['average']:.0f} bpm" in text
    hours, minutes = divmod(round(told["total_sleep_hours"]["average"] * 60), 60)
    assert f"Asleep {hours} h {minutes:02}" in text
    assert f"Day strain {told['strain']['average']:.1f}" in text
    change = recovery_score["change"]
    assert f"{'+' if change > 0 else '−'}{abs(change):.0f} on the 30 days before" in text


def test_the_last_day_lies_beside_the_usual_of_the_api(visitor: Client) -> None:
    days_of_whoop(range(60))
    WhoopRecovery.objects.filter(date=TODAY).update(hrv_rmssd=90)
    one = visitor.get("/api/metrics/whoop.hrv?days=1", headers={"accept": "application/json"})
    words = one.json()["buckets"][0]["words"]
    assert words == "far above usual"
    assert f"last 90, {words}" in text_of(visitor.get("/whoop/"))


@pytest.mark.parametrize("query", ["?range=7d", "?range=90d", "?range=1y", "?range=all"])
def test_each_range_takes_as_many_queries(
    visitor: Client, query: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    days_of_whoop(range(5))
    visitor.get("/whoop/")
    extra = 1 if query == "?range=all" else 0
    with django_assert_num_queries(QUERIES + extra):
        visitor.get(f"/whoop/{query}")
    days_of_whoop(range(5, 100))
    with django_assert_num_queries(QUERIES + extra):
        visitor.get(f"/whoop/{query}")


def test_before_the_first_connection_it_says_how_to_begin(visitor: Client) -> None:
    text = text_of(visitor.get("/whoop/"))
    assert "Connect WHOOP to see your nights here." in text
    assert "Recovery averaged" not in text


def test_one_day_is_enough(visitor: Client) -> None:
    days_of_whoop(range(1))
    text = text_of(visitor.get("/whoop/?range=all"))
    assert "Recovery averaged 40 %." in text
    assert "1 to 1 of 1" in text


def test_a_range_without_nights_says_so(visitor: Client) -> None:
    days_of_whoop(range(3))
    answer = visitor.get("/whoop/?from=2026-03-03&to=2026-03-09")
    text = text_of(answer)
    assert "No nights from 3 to 9 March 2026." in text
    assert "Not known in this range" in text


def test_a_bad_range_is_answered_in_words(visitor: Client) -> None:
    days_of_whoop(range(3))
    answer = visitor.get("/whoop/?from=2026-03-09&to=2026-03-03")
    assert answer.status_code == 400
    assert "The first day must not be after the last one. These are the last 30 days." in text_of(
        answer
    )


def test_pending_and_unscorable_nights_are_words_and_never_zero(visitor: Client) -> None:
    recovery(1, None, score_state="PENDING_SCORE")
    night(1, None, score_state="PENDING_SCORE")
    recovery(2, None, score_state="UNSCORABLE")
    night(2, None, score_state="UNSCORABLE")
    days_of_whoop(range(3, 5))
    text = text_of(visitor.get("/whoop/?range=7d"))
    assert "Tue 15 Sep WHOOP has not scored this night yet." in text
    assert "Mon 14 Sep Not known: WHOOP could not score this night." in text
    assert "Wed 16 Sep Not known yet: no night of today was read so far." in text
    assert "Fri 11 Sep Not known: no night was recorded." in text
    assert " 0 %" not in text


def test_the_table_is_paged_from_the_newest_day_on(visitor: Client) -> None:
    days_of_whoop(range(30))
    first, second = (text_of(visitor.get(f"/whoop/?page={page}")) for page in (1, 2))
    assert "1 to 7 of 30" in first
    assert "8 to 14 of 30" in second
    assert first.index("Wed 16 Sep") < first.index("Tue 15 Sep")
    assert "Wed 9 Sep" in second
    assert "29 to 30 of 30" in text_of(visitor.get("/whoop/?page=99"))


def test_a_value_of_a_day_alone_is_not_known(visitor: Client) -> None:
    days_of_whoop(range(3))
    WhoopSleep.objects.filter(date=TODAY - timedelta(days=1)).delete()
    text = text_of(visitor.get("/whoop/?range=7d"))
    row = text.split("Tue 15 Sep ")[1].split("Mon 14 Sep")[0]
    assert row.startswith("41 % 61 51 – not known")
