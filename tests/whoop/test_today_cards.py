"""WHOOP's part of Today: its numbers are those of the API, and what is not known is said so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.conftest import NOW
from tests.whoop.test_metrics import cycle, night, recovery
from tests.whoop.test_web_pages import SCORED, STAGES, TODAY, section, words_of
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep

pytestmark = pytest.mark.django_db

#: Two for who it is, one for where they are, and of WHOOP: its numbers, the days that are no usual ones, nights, whether
#: it knew its wearer, and the lane of sleep.
OF_WHOOP = ("whoop_", "lifetracker_daymark", "django_session", "auth_user")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""


def days_of_whoop(days_ago: Iterator[int] | range) -> None:
    """A whole day on each of these, all of them yellow, each with values of its own."""
    for ago in days_ago:
        vitals = {
            "hrv_rmssd": 60.0 + ago % 9,
            "resting_heart_rate": 50.0 + ago % 4,
            "spo2_percentage": 96.0 + ago % 3 / 4,
            "skin_temp_celsius": 33.5 + ago % 5 / 10,
        }
        recovery(ago, 40.0 + ago % 20, **vitals, **SCORED)
        of_night = STAGES | {"light_sleep_min": 230.0, "awake_min": 26.0}
        needs = {"need_from_debt_min": 26.0, "need_from_nap_min": 0.0}
        shares = {"sleep_performance": 86.0, "sleep_efficiency": 93.0, "sleep_consistency": 88.0}
        night(
            ago, 7.0, respiratory_rate=14.5 + ago % 5 / 10, **of_night, **needs, **shares, **SCORED
        )
        cycle(ago, 6.0 + ago % 8, 9000, step_count=9000 + ago, **SCORED)


def card(client: Client, name: str, path: str = "/") -> str:
    return (
        words_of(section(client.get(path), name))
        .replace(" ,", ",")
        .replace(" .", ".")
        .split("> ", 1)[-1]
    )


def numbers_of(client: Client, day: str) -> dict[str, Any]:
    told = client.get(f"/api/day/{day}", headers={"accept": "application/json"}).json()
    domain = next(one for one in told["domains"] if one["domain"] == "whoop")
    return {one["key"]: one for one in domain["numbers"]}


@pytest.mark.parametrize("back", [0, 12])
def test_the_numbers_are_those_of_the_api(visitor: Client, back: int) -> None:
    days_of_whoop(range(60))
    day = (TODAY - timedelta(days=back)).isoformat()
    told, path = numbers_of(visitor, day), f"/?day={day}"
    head = card(visitor, "recovery", path)
    assert f"{told['whoop.recovery_score']['value']:.0f} %" in head
    for key, form, unit in (
        ("whoop.hrv", ".0f", "ms"),
        ("whoop.resting_heart_rate", ".0f", "bpm"),
        ("whoop.respiratory_rate", ".1f", "/min"),
        ("whoop.spo2", ".1f", "%"),
        ("whoop.skin_temperature", ".1f", "°C"),
    ):
        one = told[key]
        usually = f"usually {one['low']:{form}} to {one['high']:{form}} {unit}"
        assert re.search(rf"{re.escape(usually)} (?:[↑↓] )?{one['value']:{form}} {unit}", head), key
    night_card = card(visitor, "sleep", path)
    assert "7 h 00 of 8 h 06 needed" in night_card
    assert told["whoop.sleep_hours"]["value"] == 7.0
    assert f"{told['whoop.sleep_performance']['value']:.0f} % of need" in night_card
    assert f"{told['whoop.strain']['value']:.1f} of 21" in card(visitor, "strain", path)


def test_the_night_is_drawn_against_its_need(visitor: Client) -> None:
    days_of_whoop(range(20))
    html = section(visitor.get("/"), "sleep")
    assert "Stages of the night: 7 h 00 asleep, 1 h 06 short" in html
    text = words_of(html)
    assert "Deep 1 h 30 REM 1 h 40 Light 3 h 50" in text
    # The bar is of sleep, and so the legend names no other.
    assert "f-awake" not in html
    assert (
        "Awake for 26 min. 26 min of debt came into this night. Efficiency 93 %, consistency 88 %."
        in text
    )
    assert "01:00 to 08:00" in text
    rows = html.split("<tbody>")[1].split("</tr>")[:-1]
    assert len(rows) == 14
    assert "Thu 3 Sep 1 h 30 1 h 40 3 h 50 8 h 06" in words_of(rows[0])
    assert 'href="/whoop/2026-09-03"' in rows[0]


def test_a_night_that_is_not_known_is_a_stub_and_never_zero(visitor: Client) -> None:
    days_of_whoop(range(20))
    before = section(visitor.get("/"), "sleep")
    WhoopSleep.objects.filter(date=TODAY - timedelta(days=3)).delete()
    after = section(visitor.get("/"), "sleep")
    assert after.count('class="f-none"') == before.count('class="f-none"') + 1
    assert "Sun 13 Sep: not known" in after


def test_each_number_opens_its_day_and_each_cell_its_own(visitor: Client) -> None:
    days_of_whoop(range(20))
    html = section(visitor.get("/?day=2026-09-10"), "recovery")
    assert html.count('href="/whoop/2026-09-10"') == 7
    cells = re.findall(r'<a href="([^"]+)" tabindex="-1">', html)
    assert cells == [f"/?day=2026-09-{number:02}" for number in range(4, 11)]
    cells = re.findall(r'<a href="([^"]+)" tabindex="-1">', section(visitor.get("/"), "recovery"))
    assert cells[-1] == "/"


def test_strain_lies_over_the_middle_half_of_days_of_its_band(visitor: Client) -> None:
    days_of_whoop(range(60))
    assert "On days like this your strain is mostly 8 to 11." in card(visitor, "recovery")
    assert "Usual for yellow: 8 to 11. 9,000 steps." in card(visitor, "strain")
    WhoopRecovery.objects.filter(date__lt=TODAY).update(recovery_score=80.0)
    assert "On days like this" not in card(visitor, "recovery")
    assert "Usual for" not in card(visitor, "strain")


def test_a_day_that_runs_is_told_so_far(visitor: Client) -> None:
    days_of_whoop(range(3))
    assert "so far" not in card(visitor, "strain")
    WhoopCycle.objects.filter(date=TODAY).update(end_time=None)
    assert "so far" in card(visitor, "strain")
    assert "6.0 of 21" in card(visitor, "strain")


def test_a_pending_night_has_a_dotted_ring_with_its_reason(visitor: Client) -> None:
    days_of_whoop(range(1, 20))
    recovery(0, None, score_state="PENDING_SCORE")
    night(0, None, score_state="PENDING_SCORE")
    html = section(visitor.get("/"), "recovery")
    assert 'class="dotted"' in html
    assert "Not scored yet" in html
    assert '<p class="say">WHOOP has not scored this night yet.</p>' in html
    assert words_of(html).count("not known") >= 6
    assert "On days like this" not in html


def test_an_unscorable_night_says_so(visitor: Client) -> None:
    recovery(0, None, score_state="UNSCORABLE")
    night(0, None, score_state="UNSCORABLE")
    for name in ("recovery", "sleep"):
        assert "Not known: WHOOP could not score this night." in card(visitor, name)


def test_a_day_without_records_says_so(visitor: Client) -> None:
    days_of_whoop(range(3))
    days_of_whoop(range(6, 9))
    for name in ("recovery", "sleep"):
        assert "Not known: no night was recorded." in card(visitor, name, "/?day=2026-09-12")
    assert "Not known: no strain was recorded." in card(visitor, "strain", "/?day=2026-09-12")
    assert "Not known yet: no night of today" not in visitor.get("/?day=2026-09-12").text


def test_the_next_night_before_midnight_is_not_of_this_day(visitor: Client) -> None:
    days_of_whoop(range(3))
    evening = NOW.replace(hour=22, minute=0) - timedelta(days=1)
    WhoopSleep.objects.filter(date=TODAY).update(start_time=evening)
    html = section(visitor.get("/?day=2026-09-15"), "day-chart")
    assert re.search(r"Sleep</dt><dd><a [^>]+>7 h 00</a></dd>", html)


def test_two_nights_of_a_day_are_one_against_one_need(visitor: Client) -> None:
    days_of_whoop(range(1))
    WhoopSleep.objects.update(source_id="other")
    days_of_whoop(range(1))
    text = card(visitor, "sleep")
    assert "14 h 00 of 8 h 06 needed" in text
    assert "Deep 3 h 00" in text
    assert "Efficiency 93 %, consistency 88 %." in text


def test_a_first_estimate_says_so(visitor: Client) -> None:
    recovery(0, 50, user_calibrating=True, **SCORED)
    assert "Yellow, by a first estimate." in card(visitor, "recovery")


def test_without_whoop_none_of_its_cards_is_there(visitor: Client) -> None:
    html = visitor.get("/").text
    for name in ("recovery", "sleep", "strain"):
        assert f'aria-labelledby="{name}"' not in html


def test_today_reads_as_often_however_much_whoop_has(visitor: Client) -> None:
    counts = []
    for stretch in (range(1), range(1, 40), range(40, 120)):
        days_of_whoop(stretch)
        with CaptureQueriesContext(
            connection,
        ) as found:
            visitor.get("/")
        told = [one["sql"] for one in found.captured_queries]
        counts.append(sum(any(f'FROM "{name}' in sql for name in OF_WHOOP) for sql in told))
    assert counts == [6, 6, 6]
