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

from oauth_integration.models import OAuthCredential
from tests.conftest import NOW
from tests.whoop.test_metrics import cycle, night, recovery, workout
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep

pytestmark = pytest.mark.django_db

TODAY = date(2026, 9, 16)
# Two for who it is, one for what was read of WHOOP, one for all numbers, one for naps, one for the days that are no usual
# ones, four for how the syncs went, one for the mark in the rail.
QUERIES = 11
SCORED = {"score_state": "SCORED"}
STAGES: dict[str, Any] = {
    "deep_sleep_min": 90.0,
    "rem_sleep_min": 100.0,
    "need_baseline_min": 450.0,
    "need_from_strain_min": 10.0,
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""


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
    return words_of(answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0])


def words_of(html: str) -> str:
    words = re.sub(r"<[^>]+>", " ", html)
    return " ".join(unescape(words).replace("\xa0", " ").split())


def table_of(answer: Any) -> str:
    """The words of the table of days."""
    return words_of(section(answer, "days"))


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
    assert "Tue 15 Sep 2026 WHOOP has not scored this night yet." in text
    assert "Mon 14 Sep 2026 Not known: WHOOP could not score this night." in text
    assert "Wed 16 Sep 2026 Not known yet: no night of today was read so far." in text
    assert "Fri 11 Sep 2026 Not known: no night was recorded." in text
    assert " 0 %" not in text
    alone = text_of(visitor.get("/whoop/?from=2026-09-14&to=2026-09-14"))
    assert "The night of 14 September 2026 is not scored." in alone
    assert "No night on 14 September" not in alone
    assert "No night on 11 September 2026." in text_of(
        visitor.get("/whoop/?from=2026-09-11&to=2026-09-11")
    )


def test_the_table_is_paged_from_the_newest_day_on(visitor: Client) -> None:
    days_of_whoop(range(30))
    first, second = (table_of(visitor.get(f"/whoop/?page={page}")) for page in (1, 2))
    assert "1 to 7 of 30" in first
    assert "8 to 14 of 30" in second
    assert first.index("Wed 16 Sep") < first.index("Tue 15 Sep")
    assert "Wed 9 Sep" in second
    assert "29 to 30 of 30" in text_of(visitor.get("/whoop/?page=99"))


def test_a_value_of_a_day_alone_is_not_known(visitor: Client) -> None:
    days_of_whoop(range(3))
    WhoopSleep.objects.filter(date=TODAY - timedelta(days=1)).delete()
    text = table_of(visitor.get("/whoop/?range=7d"))
    row = text.split("Tue 15 Sep 2026 ")[1].split("Mon 14 Sep")[0]
    assert row.startswith("41 % 61 51 – not known")


def test_a_mean_says_of_how_many_days_it_is_and_opens_them(visitor: Client) -> None:
    days_of_whoop(range(20))
    WhoopRecovery.objects.filter(date=TODAY - timedelta(days=3)).update(hrv_rmssd=None)
    answer = visitor.get("/whoop/")
    known = re.findall(r"[^>]* days known", answer.text)
    assert known[:2] == ["20 of 30 days known", "19 of 30 days known"]
    told = visitor.get("/api/metrics/whoop.hrv?days=30", headers={"accept": "application/json"})
    assert sum(one["value"] is not None for one in told.json()["buckets"]) == 19
    assert '<a class="opens" href="?range=30d#days">' in answer.text
    # Where all are known, nothing has to be said.
    assert visitor.get("/whoop/?range=7d").text.count(" of 7 days known") == 1
    assert "days known" not in visitor.get("/whoop/?from=2026-09-16&to=2026-09-16").text


# --- Charts ---------------------------------------------------------------------------------------


def section(answer: Any, name: str) -> str:
    """The markup of a card by the id of its heading."""
    html = str(answer.content.decode())
    return html.split(f'aria-labelledby="{name}"')[1].split("</section>", maxsplit=1)[0]


def test_each_day_is_a_cell_that_opens_it(visitor: Client) -> None:
    days_of_whoop(range(30))
    card = section(visitor.get("/whoop/"), "calendar")
    assert card.count('href="/whoop/2026-') == 30
    assert "Wed 16 Sep: 40 %, yellow" in card
    counts = re.findall(r"<b>(\d+)</b>", card)
    told = visitor.get("/api/whoop/metrics?days=30", headers={"accept": "application/json"}).json()
    bands = told["recovery_score"]["bands"]
    assert counts == [str(bands[one]) for one in ("green", "yellow", "red")] + ["0"]


def test_a_removed_day_is_dotted_and_splits_the_line(visitor: Client) -> None:
    days_of_whoop(range(30))
    before = visitor.get("/whoop/")
    WhoopRecovery.objects.filter(date=TODAY - timedelta(days=10)).delete()
    after = visitor.get("/whoop/")
    assert "Sun 6 Sep: not known" in section(after, "calendar")
    assert section(before, "calendar").count('class="f-none"') == 1
    assert section(after, "calendar").count('class="f-none"') == 2
    lines = [
        re.findall(r'class="trend" d="([^"]*)"', section(answer, "heart"))[0].count("M")
        for answer in (before, after)
    ]
    assert lines[1] == lines[0] + 1


def test_the_numbers_behind_the_charts_are_those_of_the_api(visitor: Client) -> None:
    days_of_whoop(range(30))
    answer = visitor.get("/api/metrics/whoop.hrv?days=30", headers={"accept": "application/json"})
    values = [one["value"] for one in answer.json()["buckets"]]
    rows = section(visitor.get("/whoop/"), "heart").split("<tbody>")[1].split("</tr>")[:-1]
    cells = [re.findall(r"<td>([^<]*)</td>", row)[0] for row in rows]
    assert cells == [f"{value:.0f}" for value in values]


def test_a_year_is_drawn_by_weeks_with_the_hardest_day_and_never_a_sum(visitor: Client) -> None:
    days_of_whoop(range(365))
    rows = rows_of(visitor.get("/whoop/?range=1y"), "night-numbers")
    assert len(rows) == 53
    for *_, mean, most in rows:
        assert 8 <= float(mean) <= float(most) <= 13


def test_nights_go_from_the_evening_before_to_the_morning(visitor: Client) -> None:
    days_of_whoop(range(7))
    card = section(visitor.get("/whoop/?range=7d"), "asleep")
    assert "Mostly 01:00 to 08:00" in card


def rows_of(answer: Any, name: str) -> list[list[str]]:
    """Return the cells of a table behind charts, without the names of the rows."""
    body = answer.content.decode().split(f'<table id="{name}">')[1].split("</table>")[0]
    rows = body.split("<tbody>")[1].split("</tr>")[:-1]
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in rows]


def test_all_of_three_years_has_a_row_of_weeks_for_each(visitor: Client) -> None:
    days_of_whoop(range(1100))
    card = section(visitor.get("/whoop/?range=all"), "calendar")
    assert "Recovery, year by year" in card
    years = re.findall(r"<h3>(\d+)</h3>", card)
    assert years == ["2026", "2025", "2024", "2023"]
    query = "start_date=2026-09-07&end_date=2026-09-13&bucket=week"
    told = visitor.get(
        f"/api/metrics/whoop.recovery_score?{query}", headers={"accept": "application/json"}
    ).json()
    mean = told["buckets"][0]["mean"]
    assert f"Week from 7 Sep 2026: {mean:.0f} %" in card
    assert 'href="/whoop/?from=2026-09-07&amp;to=2026-09-13"' in card


# --- A day that still runs ------------------------------------------------------------------------


def test_the_strain_of_a_day_that_still_runs_is_marked_and_in_no_mean(visitor: Client) -> None:
    days_of_whoop(range(1, 7))
    cycle(0, 20.9, 9000, end_time=None, **SCORED)
    answer = visitor.get("/whoop/?range=7d")
    assert "20.9 so far" in table_of(answer)
    assert rows_of(answer, "night-numbers")[-1][-1] == "20.9 so far"
    strain = section(answer, "strain")
    assert strain.count("f-open") == 1
    assert "The paler column is a day that still runs." in strain
    told = visitor.get("/api/whoop/metrics?days=7", headers={"accept": "application/json"}).json()
    assert f"Day strain {told['strain']['average']:.1f}" in text_of(answer)
    assert told["strain"]["average"] < 14


def test_naps_are_a_cap_of_their_own(visitor: Client) -> None:
    days_of_whoop(range(7))
    WhoopSleep.objects.filter(date=TODAY).update(**STAGES)
    night(0, 0.5, nap=True, **SCORED)
    answer = visitor.get("/whoop/?range=7d")
    assert section(answer, "stages").count('class="f-nap"') == 2, "one in the legend"
    assert rows_of(answer, "night-numbers")[-1][5] == "30 min"
    night(0, None, nap=True, score_state="PENDING_SCORE")
    answer = visitor.get("/whoop/?range=7d")
    assert section(answer, "stages").count('class="f-deep"') == 2, "the night stays"
    assert rows_of(answer, "night-numbers")[-1][5] == "not known"


def test_temperature_and_blood_oxygen_are_drawn_when_asked_for(visitor: Client) -> None:
    days_of_whoop(range(30))
    WhoopRecovery.objects.update(skin_temp_celsius=33.5, spo2_percentage=96.2)
    heart = section(visitor.get("/whoop/"), "heart")
    assert "Skin temperature" not in heart
    assert 'href="?range=30d&amp;more=yes#heart"' in heart
    more = section(visitor.get("/whoop/?range=30d&more=yes"), "heart")
    assert "33.5 °C on average" in more
    assert "96.2 % on average" in more


def test_nights_of_weekdays_are_compared_from_four_weeks_on(visitor: Client) -> None:
    days_of_whoop(range(60))
    assert 'id="weekdays"' not in visitor.get("/whoop/?range=7d").content.decode()
    answer = visitor.get("/whoop/")
    assert [row[0] for row in rows_of(answer, "weekday-numbers")] == ["01:00"] * 7


def test_the_year_of_a_row_is_seen_where_it_is_not_this_one(visitor: Client) -> None:
    days_of_whoop(range(3))

    def seen(query: str) -> list[str]:
        card = section(visitor.get(f"/whoop/{query}"), "days")
        return re.findall(r"(\w+ \d+ \w+)<span> (\d+)", card)

    assert seen("") == []
    assert seen("?from=2025-12-30&to=2026-01-02") == [("Wed 31 Dec", "2025")]
    assert seen("?from=2025-12-01&to=2025-12-31") == [("Wed 31 Dec", "2025")]
    assert "Wed 16 Sep 2026" in text_of(visitor.get("/whoop/"))


# --- A day ----------------------------------------------------------------------------------------


def test_a_day_shows_its_records_and_where_they_came_from(visitor: Client) -> None:
    days_of_whoop(range(30))
    workout(0, 45, 400)
    WhoopRecovery.objects.filter(date=TODAY).update(raw={"cycle_id": 1, "note": "<b>"})
    answer = visitor.get("/whoop/2026-09-16")
    text = text_of(answer)
    assert "Today is yellow, 40 %, after 7 h 00 asleep, a little below usual." in text
    assert "Night 01:00 to 08:00" in text
    assert "Strain 8.0 of 21" in text
    assert "Yoga" in text
    assert text.count("From WHOOP, last changed 16 September 2026 14:00") == 4
    assert "&quot;note&quot;: &quot;&lt;b&gt;&quot;" in answer.content.decode()


def test_the_numbers_of_a_day_are_those_of_the_api(visitor: Client) -> None:
    days_of_whoop(range(30))
    told = visitor.get("/api/day/2026-09-16", headers={"accept": "application/json"}).json()
    domain = next(one for one in told["domains"] if one["domain"] == "whoop")
    hrv = next(one for one in domain["numbers"] if one["key"] == "whoop.hrv")
    words = f"usually {hrv['low']:.0f} to {hrv['high']:.0f} ms {hrv['value']:.0f} ms"
    assert words in text_of(visitor.get("/whoop/2026-09-16"))


def test_a_day_without_records_says_so(visitor: Client) -> None:
    days_of_whoop(range(3))
    text = text_of(visitor.get("/whoop/2026-03-01"))
    assert "Not known: no night was recorded." in text
    assert "No record of WHOOP is stored of this day." in text


def test_today_says_its_strain_so_far_beside_no_usual(visitor: Client) -> None:
    days_of_whoop(range(30))
    WhoopCycle.objects.filter(date=TODAY).update(end_time=None, strain=4.26)
    text = text_of(visitor.get("/whoop/2026-09-16"))
    assert "Day strain , still running 4.3 so far" in text
    # What happened to its records stands after it.
    assert "not known" not in text.split("Show what changed")[0]
    assert "Day so far since" in text


def test_a_day_leads_to_all_of_it_on_today(visitor: Client) -> None:
    days_of_whoop(range(3))
    for day, address in {"2026-09-15": "/?day=2026-09-15", "2026-09-16": "/"}.items():
        page = visitor.get(f"/whoop/{day}").text
        assert f'href="{address}">The whole day' in page


def test_today_without_a_night_is_not_known_yet(visitor: Client) -> None:
    days_of_whoop(range(1, 3))
    assert "no night of today was read so far" in text_of(visitor.get("/whoop/2026-09-16"))


def test_a_pending_day_says_so(visitor: Client) -> None:
    recovery(0, None, score_state="PENDING_SCORE")
    night(0, None, score_state="PENDING_SCORE")
    text = text_of(visitor.get("/whoop/2026-09-16"))
    assert "WHOOP has not scored this night yet." in text
    assert "WHOOP has not scored this yet." in text


def test_a_first_estimate_says_so(visitor: Client) -> None:
    recovery(0, 50, user_calibrating=True, **SCORED)
    assert "WHOOP is still getting to know you" in text_of(visitor.get("/whoop/2026-09-16"))


def test_steps_lead_from_day_to_day_up_to_today(visitor: Client) -> None:
    days_of_whoop(range(3))
    html = visitor.get("/whoop/2026-09-15").content.decode()
    assert 'href="/whoop/2026-09-14" rel="prev"' in html
    assert 'href="/whoop/2026-09-16" rel="next"' in html
    assert 'rel="next"' not in visitor.get("/whoop/2026-09-16").content.decode()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("٢٠٢٦-٠٩-١٦", "There is no day ٢٠٢٦-٠٩-١٦ in the calendar."),
        ("2026-02-30", "There is no day 2026-02-30 in the calendar."),
        ("2026-09-17", "17 September has not come yet."),
        ("1850-01-01", "The year must be between 1900 and 2199."),
    ],
)
def test_no_such_day_is_told_with_the_way_back(visitor: Client, day: str, words: str) -> None:
    answer = visitor.get(f"/whoop/{day}")
    assert answer.status_code == 404
    assert words in text_of(answer)
    assert 'href="/whoop/"' in answer.content.decode()


def test_a_day_needs_a_login(client: Client) -> None:
    assert client.get("/whoop/2026-09-16").status_code == 302


def test_a_day_takes_as_many_queries_however_much_is_stored(
    visitor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    days_of_whoop(range(60))
    for number in range(3):
        workout(0, 30 + number, 300)
    with django_assert_max_num_queries(12):
        visitor.get("/whoop/2026-09-16")


def test_the_home_page_leads_to_the_day(visitor: Client) -> None:
    days_of_whoop(range(1))
    answer = visitor.get("/")
    for name in ("recovery", "sleep", "strain"):
        assert 'href="/whoop/2026-09-16"' in section(answer, name)


# --- CSV, and Sync now ----------------------------------------------------------------------------


def test_the_csv_has_the_numbers_of_the_table(visitor: Client) -> None:
    days_of_whoop(range(1, 10))
    cycle(0, 12.34, 9000, end_time=None, **SCORED)
    answer = visitor.get("/whoop/days.csv?range=7d")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == (
        'attachment; filename="whoop-2026-09-10-to-2026-09-16.csv"'
    )
    assert answer.streaming
    head, today, yesterday, *rest = b"".join(answer).decode().splitlines()
    assert head == (
        "day,recovery (%),heart rate variability (ms),resting heart rate (bpm),"
        "respiratory rate (breaths per minute),asleep (h),asleep of need (%),strain (0 to 21),"
        "strain so far (0 to 21)"
    )
    assert today == "2026-09-16,,,,,,,,12.3"
    assert yesterday == "2026-09-15,41,61,51,14.6,7.25,90,9.0,"
    assert len(rest) == 5


def test_the_csv_needs_a_login_and_a_range(client: Client, visitor: Client) -> None:
    answer = visitor.get("/whoop/days.csv?from=2026-09-09&to=20260903")
    assert answer.status_code == 400
    assert "Choose a first and a last day, each such as 2026-09-16." in answer.content.decode()
    visitor.logout()
    assert visitor.get("/whoop/days.csv").status_code == 302


def test_the_table_leads_to_its_csv(visitor: Client) -> None:
    days_of_whoop(range(3))
    card = section(visitor.get("/whoop/?from=2026-09-01&to=2026-09-16"), "days")
    assert 'href="/whoop/days.csv?from=2026-09-01&amp;to=2026-09-16"' in card


@pytest.fixture
def connected(settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = settings.WHOOP_CLIENT_SECRET = "an-id"
    OAuthCredential.objects.create(provider="whoop", client_id="an-id", refresh_token="r")


def test_sync_now_leads_back_to_the_page(visitor: Client, connected: None) -> None:
    days_of_whoop(range(3))
    page = visitor.get("/whoop/?range=7d").content.decode()
    assert '<form action="/sync/whoop" method="post">' in page
    for came_from, leads_to in (
        ("http://testserver/whoop/?range=7d", "/whoop/?range=7d"),
        ("https://elsewhere.example/whoop/", "/"),
    ):
        answer = visitor.post("/sync/whoop", {"back": "yes"}, headers={"referer": came_from})
        assert (answer.status_code, answer["Location"]) == (302, leads_to)


def test_only_staff_sees_sync_now(client: Client, connected: None) -> None:
    client.force_login(User.objects.create_user("kim"))
    days_of_whoop(range(3))
    assert "/sync/whoop" not in client.get("/whoop/").content.decode()
