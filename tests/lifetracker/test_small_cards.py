"""The small cards of Today: weight, fast, time and code, in each state of the data."""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.safestring import SafeString

from github_projects.cards import code_card
from github_projects.models import Commit, Repository
from lifetracker.web.cards import Visit
from lifetracker.web.source_status import source_statuses
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY
from tests.lifetracker.test_pages import read as words_of
from tests.lifetracker.web.reading import parsed, with_class
from time_logs.cards import time_card
from time_logs.models import TimeEntry
from weight.cards import weight_card

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
MINUS = "\N{MINUS SIGN}"


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WITHINGS_CLIENT_ID = ""
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""


def read(client: Client, path: str = "/") -> dict[str, str]:
    return {
        name: text.replace("\N{NO-BREAK SPACE}", " ")
        for name, text in words_of(client, path).items()
    }


def visit() -> Visit:
    return Visit(NOW, TODAY, TODAY, {status.name: status for status in source_statuses()})


def heights(chart: SafeString) -> list[str]:
    drawn: Element = with_class(parsed(chart), "chart")[0]
    return [one.attrib["height"] for one in drawn.iter("rect")]


def titles(chart: SafeString) -> list[str | None]:
    return [one.text for one in parsed(chart).iter("title")]


# --- Weight ---------------------------------------------------------------------------------------


def test_no_weigh_in_is_no_zero(visitor: Client) -> None:
    card = read(visitor)["weight"]
    assert "No weigh-ins yet" in card
    assert "Withings is not set up." in card
    assert not re.search(r"\d", card)


def test_the_weight_is_that_of_the_trend(visitor: Client) -> None:
    for back in range(30):
        scenes.weigh_in(back, weight_kg=72 + back / 10)
    card = read(visitor)["weight"]
    assert "05:09" in card
    trend = weight_card(visit()).trend
    assert trend is not None
    assert f"{trend.trend:.1f} kg trend" in card
    assert "Down 0.70 kg a week for four weeks (give or take 0.00)." in card
    assert 'aria-label="Trend of the last 90 days' in visitor.get("/").text


def test_what_may_be_somebody_elses_is_in_no_figure(visitor: Client) -> None:
    scenes.weigh_in(1, weight_kg=72.5)
    before = read(visitor)["weight"]
    scenes.ambiguous(weight_kg=58.2)
    after = read(visitor)["weight"]
    assert after.startswith(before.partition(" Weigh in, kg")[0])
    assert "whether the weigh-in of 05:09 is yours" in after
    assert "58.2" not in after


def test_only_ambiguous_weigh_ins_are_told(visitor: Client) -> None:
    scenes.ambiguous(weight_kg=58.2)
    page = read(visitor)
    assert "No weigh-ins yet" in page["weight"]
    assert "Withings is not sure" in page["weight"]
    assert "welcome" not in page


def test_one_weigh_in_is_no_line_yet(visitor: Client) -> None:
    scenes.weigh_in(weight_kg=72.5)
    card = read(visitor)["weight"]
    assert "72.5 kg trend" in card
    assert "Too few weigh-ins for a change a week." in card
    assert weight_card(visit()).drawing == ""


def test_an_old_weigh_in_says_its_date(visitor: Client) -> None:
    scenes.weigh_in(170, weight_kg=79)
    scenes.weigh_in(200, weight_kg=80)
    card = read(visitor)["weight"]
    assert "30 Mar" in card
    assert weight_card(visit()).drawing == ""


def test_the_line_has_ninety_days() -> None:
    for back, kg in ((95, 90), (89, 74), (45, 73), (0, 72)):
        scenes.weigh_in(back, weight_kg=kg)
    line = with_class(parsed(weight_card(visit()).drawing), "trend")[0].attrib["d"]
    assert [place.split()[0] for place in line[1:].split("L")] == ["0", "494.4", "1000"]


def test_an_earlier_day_has_its_own_weight(visitor: Client) -> None:
    scenes.weigh_in(3, weight_kg=80)
    scenes.weigh_in(0, weight_kg=60)
    card = read(visitor, f"/?day={YESTERDAY}")["weight"]
    assert "80.0 kg trend" in card
    assert "13 Sep" in card


# --- Fast -----------------------------------------------------------------------------------------


def test_no_fast_yet(visitor: Client) -> None:
    assert "No fasts yet" in read(visitor)["fasting"]
    assert 'action="/fasting/start" method="post"' in visitor.get("/").text
    assert "No fast ended on this day." in read(visitor, f"/?day={YESTERDAY}")["fasting"]


def test_a_running_fast_says_how_far_it_is(visitor: Client) -> None:
    scenes.fast(14.3, None)
    card = read(visitor)["fasting"]
    for words in ("since 02:22", "14 h 18 of 16", "18:22", "1 h 42 left", "Stop the fast"):
        assert words in card
    html = visitor.get("/").text
    assert 'action="/fasting/stop" method="post"' in html
    assert 'class="f-fast" width="89.38%"' in html


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (24, "24 Thu 02:22 9 h 42 left"),
        (12, "12 02:22 14:22 Goal reached"),
        (100, "100 02:22 Sun 06:22 85 h 42 left"),
        (16.5, "of 16 h 30"),
    ],
)
def test_goals_lie_behind_or_ahead(visitor: Client, goal: float, words: str) -> None:
    scenes.fast(14.3, None, goal_hours=goal)
    card = re.sub(r"(\d\d:\d\d)(?=\w)", r"\1 ", read(visitor)["fasting"])
    assert words.split(" ", 1)[-1] in card


def test_a_fast_without_a_goal(visitor: Client) -> None:
    scenes.fast(30, None, goal_hours=None)
    card = read(visitor)["fasting"]
    assert "since Tue 10:40 30 h 00 Stop" in card
    assert " of " not in card
    assert "left" not in card


def test_a_fast_that_nobody_stopped_is_asked_about(visitor: Client) -> None:
    scenes.fast(80, None)
    card = read(visitor)["fasting"]
    assert "This fast has been running for 80 h. If you forgot to stop it, edit its end." in card


def test_an_imported_fast_has_no_stop(visitor: Client) -> None:
    scenes.fast(5, None, source="Zero")
    card = read(visitor)["fasting"]
    assert "5 h 00 of 16" in card
    assert "Stop" not in card


def test_the_last_fast_and_the_next(visitor: Client) -> None:
    scenes.fast(40, 16.5, goal_hours=18)
    card = read(visitor)["fasting"]
    for words in ("yesterday", "16 h 30 of 18", "Start a fast", "Started earlier"):
        assert words in card
    assert 'value="18"' in visitor.get("/").text, "the next goal is the last one"


def test_an_earlier_day_has_its_fast_and_no_acts(visitor: Client) -> None:
    scenes.fast(40, 16.5, goal_hours=18)
    scenes.fast(3, None)
    page = visitor.get(f"/?day={YESTERDAY}").text
    card = read(visitor, f"/?day={YESTERDAY}")["fasting"]
    assert "16 h 30 of 18" in card
    assert "/fasting/start" not in page
    assert "/fasting/stop" not in page


def test_a_fast_over_midnight_is_told_whole_and_only_on_the_day_on_which_it_ended(
    visitor: Client,
) -> None:
    scenes.fast(22, 16.5, goal_hours=16)
    card = read(visitor, f"/?day={YESTERDAY}")["fasting"]
    assert "No fast ended on this day." in card
    assert " of 16" not in card
    assert "16 h 30 of 16" in read(visitor)["fasting"]


# --- Time -----------------------------------------------------------------------------------------


def test_no_time_entry_yet(visitor: Client) -> None:
    card = read(visitor)["time"]
    assert "No time entries of the last two weeks." in card
    assert "Toggl is not set up." in card
    assert not re.search(r"\d", card)


def test_a_day_is_cut_at_its_midnight(visitor: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    # From 23:00 to 01:30 in Berlin.
    scenes.entry((16 + 40 / 60) + 3, 150)
    card = read(visitor)["time"]
    assert "1 h 30 today" in card
    assert "Week 2 h 30." in card


def test_what_is_running_counts_up_to_now(visitor: Client) -> None:
    scenes.entry(3, 30)
    scenes.entry(0.7, None, project="Shop relaunch")
    card = read(visitor)["time"]
    assert "running" in card
    assert "1 h 12 today" in card
    assert "Shop relaunch runs, 42 min so far. Week 30 min before it." in card


def test_what_began_yesterday_counts_from_midnight(visitor: Client) -> None:
    scenes.entry(30, None, project="", description="")
    card = read(visitor)["time"]
    assert "16 h 40 today" in card
    assert "Untitled runs, 30 h 00 so far." in card


def test_an_entry_of_a_clock_that_is_fast_has_lasted_no_time(visitor: Client) -> None:
    scenes.entry(-0.05, None)
    assert "runs, 0 min so far." in read(visitor)["time"]


def test_the_last_two_weeks_are_drawn() -> None:
    scenes.entry(24 * 15, 600)
    assert time_card(visit()).columns == ""
    scenes.entry(24 * 13, 60)
    scenes.entry(3, 90)
    card = time_card(visit())
    assert heights(card.columns) == ["34.7", *["1.5"] * 12, "52"]
    assert titles(card.columns)[0] == "Thursday 3 September: 1 h 00"


def test_nothing_is_not_passed_off_as_read(visitor: Client, settings: Any) -> None:
    scenes.entry(28, 60)
    assert "Nothing tracked today" in read(visitor)["time"]
    settings.TOGGL_API_TOKEN = "a-token"
    assert "Toggl has not been synced completely yet" in read(visitor)["time"]
    scenes.run(back=1, source="Toggl")
    card = read(visitor)["time"]
    assert "Not synced yet today" in card
    assert "Toggl was last synced 1 day ago. Week 1 h 00." in card
    scenes.run(source="Toggl")
    assert "Nothing tracked today" in read(visitor)["time"]


def test_an_earlier_day_has_its_own_time(visitor: Client) -> None:
    scenes.entry(28, 60)
    assert "1 h 00 tracked" in read(visitor, f"/?day={YESTERDAY}")["time"]
    scenes.entry(24 * 9, 60)
    old = TODAY - timedelta(days=3)
    assert "Nothing tracked " in read(visitor, f"/?day={old}")["time"]


# --- Code -----------------------------------------------------------------------------------------


def test_no_repository_yet(visitor: Client) -> None:
    assert read(visitor)["code"] == (
        " Code No repositories yet. Life Tracker reads them from GitHub. GitHub is not set up. "
    )


def test_a_days_code(visitor: Client) -> None:
    one, two = scenes.repository("one"), scenes.repository("two")
    scenes.commit(one, added=1_500, deleted=20)
    scenes.commit(one, two, added=5, deleted=0)
    scenes.commit(one, hours_ago=26, added=1, deleted=1)
    card = read(visitor)["code"]
    assert "today 2 commits" in card
    assert f"3 this week, +1,506 and {MINUS}21 lines." in card
    assert "could not be read" not in card
    assert "1 commit" in read(visitor, f"/?day={YESTERDAY}")["code"]


def test_only_what_counts_is_counted(visitor: Client) -> None:
    here = scenes.repository("here")
    scenes.commit(here)
    for one in (
        scenes.repository("fork", fork=True),
        scenes.repository("archived", archived=True),
        scenes.repository("gone", deleted_at=NOW),
    ):
        scenes.commit(one)
    scenes.commit(here, mine=False)
    scenes.commit(here, deleted_at=NOW)
    card = read(visitor)["code"]
    assert "1 commit " in card
    assert "1 this week" in card
    counted = Repository.objects.counted()
    assert set(Commit.objects.each_within(counted)) == set(Commit.objects.within(counted))


def test_a_week_begins_on_monday_and_a_day_at_midnight(visitor: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    one = scenes.repository()
    for hours_ago in (18.5, 18.8, 42.5, 66.5, 66.8):  # before and after midnights in Berlin
        scenes.commit(one, hours_ago=hours_ago)
    card = read(visitor)["code"]
    assert "1 commit " in card
    assert "4 this week" in card


def test_the_last_two_weeks_of_code_are_drawn() -> None:
    one = scenes.repository()
    scenes.commit(one, hours_ago=24 * 14)
    assert code_card(visit()).columns == ""
    scenes.commit(one, hours_ago=24 * 13)
    for _ in range(3):
        scenes.commit(one)
    card = code_card(visit())
    assert heights(card.columns) == ["17.3", *["1.5"] * 12, "52"]
    assert titles(card.columns)[0] == "Thursday 3 September: 1 commit"
    assert titles(card.columns)[-1] == "Wednesday 16 September: 3 commits"


def test_commits_lead_to_the_page_of_their_day(visitor: Client) -> None:
    User.objects.update(is_staff=False)
    one = scenes.repository()
    scenes.commit(one)
    scenes.commit(one, hours_ago=26)
    html = visitor.get("/").text
    for day in (TODAY, YESTERDAY):
        assert f'href="/github/?from={day}&amp;to={day}"' in html
    answer = visitor.get(f"/github/?from={YESTERDAY}&to={YESTERDAY}")
    assert answer.status_code == 200
    assert "1 commit on 15 September 2026" in answer.text


def test_commits_of_nobody_ask_for_addresses(visitor: Client) -> None:
    scenes.waiting()
    card = read(visitor)["code"]
    assert "None of the commits is known to be yours" in card
    assert "GITHUB_EMAILS" in card
    scenes.commit(scenes.repository("mine"))
    Repository.objects.recount()
    assert "GITHUB_EMAILS" not in read(visitor)["code"]


def test_repositories_that_could_not_be_read_are_told(visitor: Client) -> None:
    scenes.failed()
    assert "1 repository could not be read: repositories." in read(visitor)["code"]
    scenes.repository("fork", fork=True, failure=scenes.TOO_LARGE)
    scenes.repository("gone", deleted_at=NOW, failure=scenes.TOO_LARGE)
    assert "2 repositories could not be read: repositories." in read(visitor)["code"]
    assert '<a href="/github/#repositories">repositories</a>' in visitor.get("/").text


def test_no_commit_is_sure_only_if_all_were_read(visitor: Client) -> None:
    scenes.commit(scenes.repository(), hours_ago=24 * 20)
    assert "No commits today None this week." in read(visitor)["code"]
    scenes.repository("scans", failure=scenes.TOO_LARGE)
    assert "No commits found today None found this week." in read(visitor)["code"]


def test_no_commit_is_not_passed_off_as_read(visitor: Client, settings: Any) -> None:
    scenes.repository()
    assert "No commits today" in read(visitor)["code"]
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    assert "GitHub has not been synced completely yet" in read(visitor)["code"]
    scenes.run(back=1, source="GitHub")
    assert "Not synced yet today GitHub was last synced 1 day ago" in read(visitor)["code"]
    assert "Not known" not in read(visitor, f"/?day={YESTERDAY - timedelta(days=1)}")["code"]
    scenes.run(source="GitHub")
    assert "No commits today" in read(visitor)["code"]


# --- Numbers lead to their records ----------------------------------------------------------------


def test_whoever_is_logged_in_opens_every_number(visitor: Client) -> None:
    User.objects.update(is_staff=False)
    scenes.full()
    html = visitor.get("/").text
    assert "/admin/" not in html
    entry = TimeEntry.objects.filter(date=YESTERDAY + timedelta(days=1)).first()
    assert entry
    for address in (
        "/weight/?from=2026-09-16&to=2026-09-16#weigh-ins",
        "/time/entries?from=2026-09-16&to=2026-09-16",
        "/github/?from=2026-09-16&to=2026-09-16",
        f"/time/entries/{entry.pk}",
        "/whoop/2026-09-16",
    ):
        assert f'href="{escape(address)}"' in html
        assert visitor.get(address).status_code == 200
