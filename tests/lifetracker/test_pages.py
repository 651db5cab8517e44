"""Home, login and error pages: what they say in each state of the data."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import DjangoAssertNumQueries

from fasting.models import FastingPeriod
from github_projects import cards
from github_projects.cards import CodeCard
from github_projects.models import Commit, Repository
from lifetracker import admin as life_admin
from lifetracker.models import SyncRun
from lifetracker.web import template_tags as human
from lifetracker.web.source_status import source_statuses
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY
from time_logs.cards import time_card
from weight.cards import weight_card

pytestmark = pytest.mark.django_db

# Of the home page: two for who it is, three for WHOOP's cards, three for the weight, four for the
# time, four for the code, three for the fasts, five for the sources.
QUERIES = 24
HOURS_AGO = timedelta(hours=5)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""
    settings.WITHINGS_CLIENT_ID = settings.WITHINGS_REFRESH_TOKEN = ""
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


class Sections(HTMLParser):
    """The text of each `<section>` by its `aria-labelledby`, and of the whole page as ``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {"": ""}
        self._within = [""]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._within.append(dict(attrs)["aria-labelledby"] or "")
        if tag in {"dd", "span"}:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._within.pop()

    def handle_data(self, data: str) -> None:
        for name in self._within:
            self.texts[name] = self.texts.get(name, "") + data


def read(client: Client, path: str = "/") -> dict[str, str]:
    answer = client.get(path)
    assert answer.status_code == 200
    texts = Sections(answer.text).texts
    return {name: re.sub(r"\s+", " ", unescape(text)) for name, text in texts.items()}


# --- Who may --------------------------------------------------------------------------------------


def test_visitors_get_the_login_page(client: Client) -> None:
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [("/login/?next=/", 302)]
    assert "<h1" in answer.text
    assert 'autocomplete="current-password"' in answer.text


def test_logging_out_needs_a_post(visitor: Client) -> None:
    assert visitor.get("/logout/").status_code == 405
    assert visitor.post("/logout/").url == "/login/"
    assert visitor.get("/").status_code == 302


def test_login_says_what_is_wrong(client: Client) -> None:
    answer = client.post("/login/", {"username": "robin", "password": "wrong"})
    assert 'role="alert"' in answer.text


def test_only_staff_is_led_to_the_admin(visitor: Client) -> None:
    User.objects.update(is_staff=False)
    assert reverse("admin:index") not in visitor.get("/").text
    User.objects.update(is_staff=True)
    assert reverse("admin:index") in visitor.get("/").text


# --- A whole day ----------------------------------------------------------------------------------


def test_home_tells_the_day(visitor: Client) -> None:
    scenes.full()
    page = read(visitor)
    assert "Wednesday 16 September" in page[""]
    assert "Synced 12 minutes ago" in page[""]
    for words in ("Today", "74%", "green", "68 ms", "52 bpm", "96.4 %", "33.7 °C"):
        assert words in page["recovery"]
    for words in ("Last night", "7 h 16 min", "23:14", "06:52", "UTC+2", "89 %", "REM 2 h 1 min"):
        assert words in page["sleep"]
    for words in (
        "Today so far",
        "11.4",
        "of 21",
        "67 bpm",
        "8,215 kJ",
        "9,342",
        "This cycle runs",
    ):
        assert words in page["strain"]
    for words in ("Connected", "Synced 12 minutes ago: 3 new, 2 changed, 41 unchanged"):
        assert words in page["source-whoop"]
    for words in ("Today", "72.4 kg", "05:09", "Trend 72.6 kg", "kg/week", "Body fat 18.2 %"):
        assert words in page["weight"]
    for words in ("6 h 5 min tracked today", "Customer portal Nordlicht Energie", "3 h 30 min"):
        assert words in page["time"]
    for words in ("16 h 18 min", "with a goal of 16 h", "From 17:40", "to 09:58", "The last 11"):
        assert words in page["fasting"]
    for words in ("3 commits today", "This week 16 commits", "reader robin 5 commits"):
        assert words in page["code"]


def test_home_costs_as_many_queries_however_much_there_is(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES):
        visitor.get("/")
    scenes.now_on()
    with django_assert_num_queries(QUERIES):
        visitor.get("/")
    for back in range(1, 20):
        scenes.recovery(back)
        scenes.sleep(back)
        scenes.cycle(back)
        scenes.run(back)
        scenes.run(back, source="Toggl", status="failed")
        scenes.rejected(back)
        scenes.ambiguous(back)
        scenes.entry(back / 2, 10, project=f"Project {back}")
        scenes.fast(1000 + 24 * back)
        scenes.commit(scenes.repository(f"one of {back}"), scenes.repository(f"two of {back}"))
        scenes.run(back, source="GitHub", status="partial")
    with django_assert_num_queries(QUERIES):
        visitor.get("/")


@pytest.mark.parametrize(
    ("score", "band"), [(0, "red"), (33, "red"), (34, "yellow"), (66, "yellow"), (67, "green")]
)
def test_the_ring_has_whoops_colour(visitor: Client, score: int, band: str) -> None:
    scenes.recovery(recovery_score=score)
    assert f'class="ring {band}"' in visitor.get("/").text


def test_the_stages_fill_the_bar(visitor: Client) -> None:
    parts = human.stages(scenes.sleep(awake_min=None, no_data_min=11))
    assert [part.name for part in parts] == ["Deep", "REM", "Light", "No data"]
    assert parts[0].start == 0
    assert all(a.start + a.width == b.start for a, b in pairwise(parts))
    assert parts[-1].start + parts[-1].width == human.BAR


def test_times_are_those_of_the_place(visitor: Client) -> None:
    scenes.sleep(utc_offset_min=-210)
    assert "17:44" in read(visitor)["sleep"]
    assert "UTC\N{MINUS SIGN}3:30" in read(visitor)["sleep"]


def test_the_day_is_that_of_the_place(visitor: Client) -> None:
    """At 16:40 UTC it is the next day already in Kiritimati."""
    scenes.cycle(utc_offset_min=14 * 60)
    assert "Thursday 17 September" in read(visitor)[""]


# --- NULL is not zero -----------------------------------------------------------------------------


def test_what_whoop_is_still_scoring_is_not_zero(visitor: Client) -> None:
    scenes.pending()
    page = read(visitor)
    for name in ("recovery", "sleep", "strain"):
        assert "WHOOP is still scoring" in page[name]
        assert not re.search(r"\b0\b", page[name])
        assert "None" not in page[name]
    assert "23:14" in page["sleep"]
    assert "46 records so far" in page["source-whoop"]


def test_what_cannot_be_scored_is_told_apart(visitor: Client) -> None:
    scenes.recovery(score_state="UNSCORABLE", **scenes.SCORELESS_RECOVERY)
    scenes.sleep(score_state="UNSCORABLE", **scenes.SCORELESS_SLEEP)
    scenes.cycle(score_state="SOMETHING_NEW", **scenes.SCORELESS_CYCLE)
    page = read(visitor)
    assert "Not enough data" in page["recovery"]
    assert "Not enough data" in page["sleep"]
    assert "state: SOMETHING_NEW" in page["strain"]


def test_a_real_zero_is_shown(visitor: Client) -> None:
    scenes.cycle(strain=0.0, step_count=0)
    page = read(visitor)
    assert "0.0 of 21" in page["strain"]
    assert "Steps 0" in page["strain"]


def test_missing_parts_leave_the_others(visitor: Client) -> None:
    scenes.recovery(spo2_percentage=None, skin_temp_celsius=None, user_calibrating=True)
    page = read(visitor)
    assert "Blood oxygen" not in page["recovery"]
    assert "This score is an estimate" in page["recovery"]
    assert "No sleep yet" in page["sleep"]
    assert "No strain yet" in page["strain"]


def test_a_tombstone_and_a_nap_are_not_the_latest(visitor: Client) -> None:
    scenes.recovery(deleted_at=NOW, recovery_score=11)
    scenes.recovery(1, recovery_score=55)
    scenes.sleep(nap=True, total_sleep_hours=0.4)
    scenes.sleep(1)
    page = read(visitor)
    assert "55%" in page["recovery"]
    assert "7 h 16 min" in page["sleep"]


# --- Old data -------------------------------------------------------------------------------------


def test_old_data_say_their_date(visitor: Client) -> None:
    scenes.failed()
    page = read(visitor)
    for name in ("recovery", "sleep", "strain"):
        assert "Sunday 13 September" in page[name]
    assert "Today's is not available yet" in page["recovery"]
    assert "still running at the last WHOOP sync" in page["strain"]
    assert "so far" not in page["strain"]


@pytest.mark.parametrize(
    ("back", "text"),
    [
        (0, "Today"),
        (1, "Yesterday"),
        (2, "Monday 14 September"),
        (300, "Thursday 20 November 2025"),
    ],
)
def test_days_as_a_person_says_them(back: int, text: str) -> None:
    assert human.day(TODAY - timedelta(days=back), TODAY) == text
    within = {"Today": "today", "Yesterday": "yesterday"}.get(text, text)
    assert human.day_in_sentence(TODAY - timedelta(days=back), TODAY) == within


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (59.6, "1 h"), (61, "1 h 1 min"), (436.0, "7 h 16 min")]
)
def test_durations_as_a_person_says_them(minutes: float, text: str) -> None:
    markup = human.duration(minutes).replace("\N{NO-BREAK SPACE}", " ")
    assert re.sub("<[^>]+>", "", markup) == text


# --- Weight ---------------------------------------------------------------------------------------


def test_no_weigh_in_is_no_zero(visitor: Client) -> None:
    assert "No weigh-ins yet" in read(visitor)["weight"]
    assert not re.search(r"\d", read(visitor)["weight"])


def test_what_may_be_somebody_elses_is_in_no_figure(visitor: Client) -> None:
    scenes.weigh_in(1, weight_kg=72.5)
    before = read(visitor)["weight"]
    assert "somebody else" not in before
    scenes.ambiguous(weight_kg=58.2)
    after = read(visitor)["weight"]
    assert after.startswith(before.rstrip())
    assert "whether the weigh-in of 05:09 is yours" in after
    assert "58.2" not in after


def test_only_ambiguous_weigh_ins_are_told(visitor: Client) -> None:
    scenes.ambiguous(weight_kg=58.2)
    page = read(visitor)
    assert "No weigh-ins yet" in page["weight"]
    assert "Withings is not sure" in page["weight"]
    assert "welcome" not in page


def test_one_weigh_in_is_no_trend_yet(visitor: Client) -> None:
    scenes.weigh_in(fat_ratio=None, weight_kg=72.5)
    html = visitor.get("/").text
    assert '<path class="line"' not in html
    page = read(visitor)["weight"]
    assert "Trend 72.5 kg" in page
    for words in ("kg/week", "Body fat", "90 days", "None"):
        assert words not in page


def test_an_old_weigh_in_says_its_date(visitor: Client) -> None:
    scenes.weigh_in(200, weight_kg=80)
    scenes.weigh_in(170, weight_kg=79)
    page = read(visitor)["weight"]
    assert "Monday 30 March" in page
    assert "90 days" not in page


def test_the_trend_is_drawn_over_ninety_days(visitor: Client) -> None:
    for back, kg in ((95, 90), (89, 74), (45, 73), (0, 72)):
        scenes.weigh_in(back, weight_kg=kg)
    drawing = human.drawing(weight_card())
    assert drawing is not None
    places = [tuple(map(float, place.split())) for place in drawing.line[1:].split("L")]
    assert [x for x, _ in places] == [0, pytest.approx(494, abs=1), human.BAR]
    assert all(0 <= y <= human.HEIGHT for _, y in places)
    assert places[0][1] < places[1][1] < places[2][1], "less is farther down"
    assert drawing.dots.count("M") == 3


def test_a_days_noise_is_drawn_small(visitor: Client) -> None:
    for back, kg in ((2, 72.0), (1, 72.1), (0, 72.0)):
        scenes.weigh_in(back, weight_kg=kg)
    drawing = human.drawing(weight_card())
    assert drawing is not None
    heights = [float(place.split()[1]) for place in drawing.line[1:].split("L")]
    assert max(heights) - min(heights) < human.HEIGHT / 8


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.254, "+0.25"), (-0.25, "\N{MINUS SIGN}0.25"), (0.004, "0.00"), (-0.004, "0.00")],
)
def test_changes_have_a_sign(value: float, text: str) -> None:
    assert human.signed(value, 2) == text


# --- Time -----------------------------------------------------------------------------------------


def test_no_time_entry_yet(visitor: Client) -> None:
    assert "No time entries yet" in read(visitor)["time"]
    assert not re.search(r"\d", read(visitor)["time"])


def test_a_day_is_cut_at_its_midnight(visitor: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    # From 23:00 to 01:30 in Berlin.
    scenes.entry((16 + 40 / 60) + 3, 150)
    page = read(visitor)["time"]
    assert "1 h 30 min tracked today" in page
    assert "This week 2 h 30 min" in page


def test_what_is_running_is_not_summed(visitor: Client) -> None:
    scenes.entry(3, 30)
    scenes.entry(0.7, None, project="Shop relaunch")
    page = read(visitor)["time"]
    assert "Running Shop relaunch" in page
    assert "42 min since 15:58" in page
    assert "30 min tracked today, not counting the running entry" in page
    assert "This week 30 min" in page


def test_only_what_is_running(visitor: Client) -> None:
    scenes.entry(30, None, project="", description="")
    page = read(visitor)["time"]
    assert "Untitled" in page
    assert "30 h since yesterday 10:40" in page
    assert "No finished entries today" in page
    assert "This week" not in page


def test_an_entry_of_a_clock_that_is_fast_has_lasted_no_time(visitor: Client) -> None:
    scenes.entry(-0.05, None)
    assert "0 min since 16:43" in read(visitor)["time"]


@pytest.mark.parametrize(("number", "named", "others"), [(5, 5, 0), (6, 4, 2), (9, 4, 5)])
def test_the_top_projects_are_named(visitor: Client, number: int, named: int, others: int) -> None:
    for n in range(number):
        scenes.entry(10, 10 + n, project=f"Project {n}", client="")
    page = read(visitor)["time"]
    assert len(set(re.findall(r"Project \d", page))) == named
    assert f"Project {number - 1}" in page
    assert ("others" in page) == bool(others)
    assert not others or f"{others} others" in page


def test_the_last_two_weeks_are_drawn(visitor: Client) -> None:
    scenes.entry(24 * 15, 600)
    assert "The last 14 days" not in read(visitor)["time"]
    scenes.entry(24 * 13, 60)
    scenes.entry(3, 90)
    card = time_card(NOW, source_statuses()[0])
    assert list(card.per_day.values()) == [3600, *[0] * 12, 5400]
    assert (card.week, card.total) == (5400, 5400)
    drawn = human.day_columns(card)
    assert [column.height for column in drawn] == [67, *[0] * 12, 100]
    assert drawn[0].title == "Thursday 3 September: 1\N{NO-BREAK SPACE}h"


def test_nothing_is_not_passed_off_as_read(visitor: Client, settings: Any) -> None:
    scenes.entry(28, 60)
    assert "Nothing tracked today" in read(visitor)["time"]
    settings.TOGGL_API_TOKEN = "a-token"
    assert "Toggl has not been synced completely yet" in read(visitor)["time"]
    scenes.run(back=1, source="Toggl")
    page = read(visitor)["time"]
    assert "Not synced yet today Toggl was last synced 1 day ago" in page
    assert "Last entry Yesterday" in page
    scenes.run(source="Toggl")
    assert "Nothing tracked today" in read(visitor)["time"]


# --- Code -----------------------------------------------------------------------------------------


def code_card() -> CodeCard:
    books = {book.name: book for book in source_statuses()}
    return cards.code_card(books["GitHub"])


def test_no_repository_yet(visitor: Client) -> None:
    assert read(visitor)["code"] == (
        " Code No repositories yet. Life Tracker reads them from GitHub. GitHub is not set up. "
    )


def test_a_days_code(visitor: Client) -> None:
    one, two = scenes.repository("one", loc=1_200), scenes.repository("two", loc=34)
    scenes.commit(one, added=1_500, deleted=20)
    scenes.commit(one, two, added=5, deleted=0)
    scenes.commit(one, hours_ago=26, added=1, deleted=1)
    page = read(visitor)["code"]
    for words in (
        "Today 2 commits today",
        "This week 3 commits",
        "Lines this week +1,506 and \N{MINUS SIGN}21",
        "one robin 3 commits two robin 1 commit ",
        "Lines of code 1,234 in 2 repositories",
    ):
        assert words in page
    assert "Last commit" not in page
    assert "could not be read" not in page


def test_only_what_counts_is_counted(visitor: Client) -> None:
    here = scenes.repository("here", loc=100)
    scenes.commit(here)
    others = [
        scenes.repository("fork", fork=True, loc=9_000),
        scenes.repository("archived", archived=True, loc=9_000),
        scenes.repository("gone", deleted_at=NOW, loc=9_000),
    ]
    for one in others:
        scenes.commit(one)
    scenes.commit(here, mine=False)
    scenes.commit(here, deleted_at=NOW)
    page = read(visitor)["code"]
    assert "1 commit today" in page
    assert "This week 1 commit " in page
    assert "100 in 1 repository " in page
    assert not re.search("fork|archived|gone", page)
    counted = Repository.objects.counted()
    assert set(Commit.objects.each_within(counted)) == set(Commit.objects.within(counted))


def test_a_week_begins_on_monday_and_a_day_at_midnight(visitor: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    one = scenes.repository()
    for hours_ago in (18.5, 18.8, 42.5, 66.5, 66.8):  # before and after midnights in Berlin
        scenes.commit(one, hours_ago=hours_ago)
    page = read(visitor)["code"]
    assert "1 commit today" in page
    assert "This week 4 commits" in page


def test_the_last_two_weeks_of_code_are_drawn(visitor: Client) -> None:
    one = scenes.repository()
    scenes.commit(one, hours_ago=24 * 14)
    assert "The last 14 days" not in read(visitor)["code"]
    scenes.commit(one, hours_ago=24 * 13)
    for _ in range(3):
        scenes.commit(one)
    card = code_card()
    assert list(card.per_day.values()) == [1, *[0] * 12, 3]
    drawn = human.commit_columns(card)
    assert [column.height for column in drawn] == [33, *[0] * 12, 100]
    assert drawn[-1].style == "part unfinished"
    assert drawn[0].title == "Thursday 3 September: 1 commit"
    assert drawn[-1].title == "Wednesday 16 September: 3 commits"


def test_a_little_beside_very_much_can_be_seen() -> None:
    told = [human.Amount(TODAY, amount, "", "part") for amount in (1, 5_000, 0)]
    assert [column.height for column in human.columns(told, 3)] == [human.LEAST_HEIGHT, 100, 0]


@pytest.mark.parametrize(("number", "named", "others"), [(5, 5, 0), (6, 4, 2), (9, 4, 5)])
def test_the_busiest_repositories_are_named(
    visitor: Client, number: int, named: int, others: int
) -> None:
    for n in range(number):
        repository = scenes.repository(f"repository-{n}")
        for _ in range(n + 1):
            scenes.commit(repository)
    page = read(visitor)["code"]
    assert len(set(re.findall(r"repository-\d", page))) == named
    assert f"repository-{number - 1}" in page
    left = sum(range(1, others + 1))
    assert f"{others} others {left} commits" in page if others else "others" not in page


def test_an_old_commit_says_its_date(visitor: Client) -> None:
    scenes.commit(scenes.repository(), hours_ago=24 * 20)
    # Of a clock that goes ahead.
    scenes.commit(scenes.repository(), hours_ago=-20)
    page = read(visitor)["code"]
    for words in ("No commits today", "This week none", "Thursday 27 August"):
        assert words in page
    assert "Lines this week" not in page


def test_commits_of_nobody_ask_for_addresses(visitor: Client) -> None:
    scenes.waiting()
    page = read(visitor)["code"]
    assert "None of the commits is known to be yours" in page
    assert "GITHUB_EMAILS" in page
    assert "today" not in page
    scenes.commit(scenes.repository("mine"))
    Repository.objects.recount()
    assert "GITHUB_EMAILS" not in read(visitor)["code"]


def test_lines_that_were_not_counted_are_not_zero(visitor: Client) -> None:
    scenes.repository(loc=None)
    assert "Lines of code" not in read(visitor)["code"]
    scenes.repository("empty", loc=0)
    assert "Lines of code 0 in 1 repository " in read(visitor)["code"]


def test_repositories_that_could_not_be_read_are_told(visitor: Client) -> None:
    User.objects.update(is_staff=False)
    scenes.failed()
    assert "1 repository could not be read." in read(visitor)["code"]
    scenes.repository("fork", fork=True, failure=scenes.TOO_LARGE)
    scenes.repository("gone", deleted_at=NOW, failure=scenes.TOO_LARGE)
    assert "2 repositories could not be read." in read(visitor)["code"]
    User.objects.update(is_staff=True)
    address = "/admin/github_projects/repository/?failed=yes&amp;gone=no"
    assert f'<a href="{address}">details</a>' in visitor.get("/").text


def test_names_of_others_turn_no_text_around_them(visitor: Client) -> None:
    """By the mark that reverses what follows it."""
    turned = "\u202eevil"
    scenes.entry(3, 60, project=turned, client=turned)
    scenes.entry(1, None, project=turned, description=turned)
    scenes.commit(scenes.repository(turned))
    html = visitor.get("/").text
    assert html.count(turned) == html.count(f"<bdi>{turned}</bdi>") == 5


def test_no_commit_is_sure_only_if_all_were_read(visitor: Client) -> None:
    scenes.commit(scenes.repository(), hours_ago=24 * 20)
    scenes.repository("scans", failure=scenes.TOO_LARGE)
    page = read(visitor)["code"]
    assert "No commits found today" in page
    assert "This week none found" in page
    assert "Nothing committed" not in page


def test_no_commit_is_not_passed_off_as_read(visitor: Client, settings: Any) -> None:
    scenes.repository()
    assert "No commits today" in read(visitor)["code"]
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    assert "GitHub has not been synced completely yet" in read(visitor)["code"]
    scenes.run(back=1, source="GitHub")
    assert "Not synced yet today GitHub was last synced 1 day ago" in read(visitor)["code"]
    scenes.run(source="GitHub")
    assert "No commits today" in read(visitor)["code"]


# --- Fasting --------------------------------------------------------------------------------------

START, STOP = "/fasting/start", "/fasting/stop"


def test_no_fast_yet(visitor: Client) -> None:
    assert "No fasts yet" in read(visitor)["fasting"]
    assert f'<form class="inline" action="{START}" method="post">' in visitor.get("/").text


def test_a_running_fast_tells_its_goal(visitor: Client) -> None:
    scenes.fast(14.3, None)
    page = read(visitor)["fasting"]
    for words in ("Running", "14 h 18 min", "since 02:22", "Goal of 16 h: 18:22"):
        assert words in page
    assert f'<form action="{STOP}" method="post">' in visitor.get("/").text


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (24, "Goal of 24 h: tomorrow 02:22"),
        (12, "Goal of 12 h reached at 14:22"),
        (100, "Sunday 20 September 06:22"),
    ],
)
def test_goals_lie_behind_or_ahead(visitor: Client, goal: float, words: str) -> None:
    scenes.fast(14.3, None, goal_hours=goal)
    assert words in read(visitor)["fasting"]


def test_a_fast_without_a_goal(visitor: Client) -> None:
    scenes.fast(30, None, goal_hours=None)
    page = read(visitor)["fasting"]
    assert "30 h since yesterday 10:40" in page
    assert "Goal" not in page


def test_the_last_fast_has_the_times_of_its_place(visitor: Client) -> None:
    scenes.fast(40, 16.5, goal_hours=18, utc_offset_min=120, source="Zero")
    page = read(visitor)["fasting"]
    for words in ("Yesterday", "16 h 30 min", "with a goal of 18 h", "From 02:40", "to 19:10"):
        assert words in page
    assert 'value="18"' in visitor.get("/").text, "the next goal is the last one"


def test_fasts_are_drawn_against_the_longest(visitor: Client) -> None:
    fasts = [scenes.fast(100 - 30 * n, hours) for n, hours in enumerate((8, 16, 0))]
    drawn = human.fast_columns(fasts, 14)
    assert [column.height for column in drawn] == [50, 100, 0]
    assert [column.style for column in drawn] == ["part", "reached", "part"]
    assert drawn[-1].x + drawn[-1].width < human.BAR
    assert human.fast_columns(fasts[2:], 14) == human.fast_columns([], 14) == []


def test_starting_and_stopping_a_fast(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = visitor.post(START, {"goal_hours": "16.5"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "The fast has started." in answer.text
    fast = FastingPeriod.objects.get()
    assert (fast.start, fast.end, fast.goal_hours, fast.source) == (NOW, None, 16.5, "Manual")
    later = NOW + timedelta(hours=16, minutes=12)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = visitor.post(STOP, follow=True)
    assert "The fast ended after 16.2 hours." in answer.text
    assert FastingPeriod.objects.get().end == later


def test_a_fast_needs_no_goal(visitor: Client) -> None:
    visitor.post(START, {"goal_hours": ""})
    assert FastingPeriod.objects.get().goal_hours is None


@pytest.mark.parametrize("goal", ["0", "-1", "1001", "sixteen", "nan", "inf"])
def test_a_goal_that_makes_no_sense_is_refused(visitor: Client, goal: str) -> None:
    answer = visitor.post(START, {"goal_hours": goal}, follow=True)
    assert "The fast was not started. Goal:" in answer.text
    assert not FastingPeriod.objects.exists()


def test_a_second_fast_is_refused(visitor: Client) -> None:
    scenes.fast(3, None)
    answer = visitor.post(START, follow=True)
    assert "A fast has been running since 2026-09-16 13:40." in answer.text
    assert FastingPeriod.objects.count() == 1


def test_stopping_what_does_not_run_is_told(visitor: Client) -> None:
    assert "No fast is running." in visitor.post(STOP, follow=True).text


@pytest.mark.parametrize("path", [START, STOP])
def test_the_buttons_are_posts_of_the_person(client: Client, path: str) -> None:
    scenes.fast(3, None)
    assert client.post(path).url == "/login/?next=/"
    person = User.objects.create_user("robin", is_staff=True)
    client.force_login(person)
    assert client.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    assert strict.post(path).status_code == 403
    assert FastingPeriod.objects.get().end is None


# --- Sources --------------------------------------------------------------------------------------


def test_every_source_has_a_row(visitor: Client) -> None:
    page = read(visitor)
    for name in ("whoop", "withings", "toggl", "github"):
        assert f"{name}_".upper() in page[f"source-{name}"]
        assert "Not set up" in page[f"source-{name}"]
    assert "Put GITHUB_ACCESS_TOKEN into .env" in page["source-github"]
    assert "python manage.py import_zero FILE" in page["source-zero"]


def test_a_failed_sync_says_why_and_what_to_do(visitor: Client) -> None:
    scenes.failed()
    page = read(visitor)
    assert "WHOOP needs attention" in page[""].split("Recovery")[0]
    row = page["source-whoop"]
    for words in (
        "Action needed",
        "needs reauthorization",
        "Failed Tried 12 minutes ago: no records.",
        "WHOOP no longer accepts the stored consent. Run python manage.py whoop_auth",
        "Connect WHOOP again",
        "After you connect again: python manage.py sync_whoop",
        "Last complete sync: 3",
        "1 item could not be understood and was set aside: details.",
    ):
        assert words in row
    assert "Synced" not in page[""].split("Recovery")[0]


def test_only_staff_is_led_to_the_rejected_items(visitor: Client) -> None:
    User.objects.update(is_staff=False)
    scenes.rejected()
    assert "details" not in read(visitor)["source-whoop"]
    User.objects.update(is_staff=True)
    assert "/admin/lifetracker/rejecteditem/?source=Whoop&amp;dismissed=no" in visitor.get("/").text


def test_a_partial_sync_says_what_is_missing(visitor: Client) -> None:
    scenes.connection()
    scenes.run(status="partial", error="sleep: <b>503</b>\nrecovery: no answer")
    page = read(visitor)
    assert "WHOOP could not be synced" in page[""]
    row = page["source-whoop"]
    assert "Incomplete" in row
    assert "sleep: <b>503</b>recovery: no answer" in row
    assert "The next sync reads what is missing" in row
    assert "There has been no complete sync yet." in row


def test_a_run_that_takes_too_long_is_doubted(visitor: Client) -> None:
    scenes.run(status="running", started_at=NOW - timedelta(hours=5))
    assert "This is taking long." in read(visitor)["source-whoop"]


def test_an_old_success_is_not_passed_off_as_fresh(visitor: Client) -> None:
    scenes.connection()
    scenes.run(back=3)
    page = read(visitor)
    assert "WHOOP has not been synced lately" in page[""]
    assert "Last complete sync: 3" in page["source-whoop"]


def test_a_queued_run_waits(visitor: Client) -> None:
    scenes.run(status="queued", started_at=NOW - timedelta(seconds=100))
    page = read(visitor)["source-whoop"]
    assert "The sync requested 1 minute ago is waiting for its turn." in page
    assert "qcluster" not in page


def test_a_run_that_nobody_takes_up_needs_a_worker(visitor: Client) -> None:
    run = scenes.run(status="queued", started_at=NOW - timedelta(seconds=130))
    words = "No worker is running. Start one to run the sync: python manage.py qcluster (see docs/workers.md)"
    assert words in read(visitor)["source-whoop"]
    run.resume_at = NOW - timedelta(seconds=60)
    run.save()
    assert "qcluster" not in read(visitor)["source-whoop"]


def test_a_run_that_must_wait_says_until_when_and_why(visitor: Client) -> None:
    scenes.waiting()
    row = read(visitor)["source-github"]
    for words in (
        "Waiting The sync continues automatically: 17:17. 12 of 30 are up to date.",
        "GitHub allows no more requests until 19:17.",
    ):
        assert words in row
    assert "qcluster" not in row


def test_progress_is_told_in_what_there_is_to_do(visitor: Client) -> None:
    scenes.now_on()
    row = read(visitor)["source-github"]
    assert "Running Started 1 minute ago: 12 of 30 are up to date." in row
    assert "records" not in row
    assert '<progress max="30" value="12"' in visitor.get("/").text


def test_what_could_not_be_read_is_not_up_to_date(visitor: Client) -> None:
    scenes.now_on()
    SyncRun.objects.filter(status="running").update(progress_failed=2)
    row = read(visitor)["source-github"]
    assert "10 of 30 are up to date, 2 could not be read." in row


def test_a_success_with_remarks_tells_them(visitor: Client) -> None:
    scenes.failed()
    page = read(visitor)
    row = page["source-github"]
    for words in ("The token expires on 2026-09-20.", f"robin/scans: {scenes.TOO_LARGE}"):
        assert words in row
    assert "more" not in row
    assert "The next sync reads what is missing" not in row
    assert "GitHub could not be synced" not in page[""]


def test_many_remarks_are_cut(visitor: Client) -> None:
    scenes.run(error="\n".join(f"robin/{n}: <b>too large</b>" for n in range(9)))
    row = read(visitor)["source-whoop"]
    assert "robin/4: <b>too large</b>" in row
    assert "robin/5" not in row
    assert "And 4 more." in row


# --- Sync now -------------------------------------------------------------------------------------


@pytest.fixture
def token(settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"


def ask(client: Client, source: str = "github") -> str:
    answer = client.post(f"/sync/{source}", follow=True)
    assert answer.redirect_chain == [("/", 302)]
    return answer.text


@pytest.mark.usefixtures("token")
def test_a_sync_is_queued(visitor: Client) -> None:
    assert '<form action="/sync/github" method="post">' in visitor.get("/").text
    text = ask(visitor)
    assert '<li class="note success">GitHub: a sync has been queued.</li>' in text
    assert 'action="/sync/github"' not in text
    run = SyncRun.objects.get()
    assert (run.source, run.kind, run.status) == ("GitHub", "incremental", "queued")
    assert OrmQ.objects.count() == 1


@pytest.mark.usefixtures("token")
def test_a_second_sync_is_not_queued(visitor: Client) -> None:
    ask(visitor)
    assert "GitHub: a sync is already queued." in ask(visitor)
    SyncRun.objects.update(status="running")
    assert "GitHub: a sync is already running." in ask(visitor)
    assert SyncRun.objects.count() == OrmQ.objects.count() == 1
    SyncRun.objects.update(status="success", finished_at=NOW)
    assert "GitHub: a sync has been queued." in ask(visitor)
    assert SyncRun.objects.count() == 2


@pytest.mark.parametrize("status", ["queued", "running"])
@pytest.mark.usefixtures("token")
def test_what_is_on_has_no_button(visitor: Client, status: str) -> None:
    scenes.github_run(status=status)
    assert "Sync now" not in visitor.get("/").text


def test_only_what_is_connected_has_a_button(visitor: Client) -> None:
    scenes.run(source="Zero")
    credential = scenes.connection()
    assert visitor.get("/").text.count("Sync now") == 1
    assert "Sync now : WHOOP" in read(visitor)["source-whoop"]
    credential.needs_reauthorization = True
    credential.save()
    assert "Sync now" not in visitor.get("/").text


def test_titles_are_those_of_the_services(visitor: Client) -> None:
    scenes.connection()
    assert "WHOOP: a sync of the whole history has been queued." in ask(visitor, "whoop")


def test_what_is_not_configured_is_not_queued(visitor: Client) -> None:
    assert "GitHub is not set up." in ask(visitor)
    assert not SyncRun.objects.exists()


@pytest.mark.usefixtures("token")
def test_asking_for_a_sync_is_a_post_of_the_person(client: Client) -> None:
    path = reverse("sync-now", args=["github"])
    assert client.post(path).url == "/login/?next=/"
    person = User.objects.create_user("robin", is_staff=True)
    client.force_login(person)
    assert client.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    assert strict.post(path).status_code == 403
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("slug", ["zero", "nothing", "GitHub"])
def test_there_is_nothing_else_to_sync(visitor: Client, slug: str) -> None:
    assert visitor.post(f"/sync/{slug}").status_code == 404


def test_all_is_synced_when_the_last_one_was(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "a-token"
    scenes.connection()
    scenes.run()
    assert "Synced" not in read(visitor)[""].split("No weigh-in")[0]
    scenes.run(source="Toggl", started_at=NOW - timedelta(hours=5), finished_at=NOW - HOURS_AGO)
    assert "Synced 5 hours ago" in read(visitor)[""].split("No weigh-in")[0]
    assert "Token set Synced 5 hours ago" in read(visitor)["source-toggl"]


def test_each_source_has_the_newest_of_its_own_runs(visitor: Client) -> None:
    scenes.connection()
    scenes.run(counts={"sleep": {"seen": 7, "created": 7}})
    scenes.run(back=1, counts={"sleep": {"seen": 9, "created": 9}})
    scenes.connection(provider="withings")
    scenes.run(source="Withings", status="failed", counts={}, error="It is down.")
    page = read(visitor)
    assert "7 new" in page["source-whoop"]
    assert "It is down." not in page["source-whoop"]
    assert "It is down." in page["source-withings"]
    assert "Withings could not be synced" in page[""]


def test_an_import_is_never_late(visitor: Client) -> None:
    scenes.run(back=90, source="Zero", counts={"csv": {"seen": 212, "created": 212}})
    page = read(visitor)
    assert "Imported 2 months ago: 212 new" in page["source-zero"]
    assert "lately" not in page[""]


# --- Connection -----------------------------------------------------------------------------------


def test_a_fresh_install_says_the_next_steps(visitor: Client) -> None:
    page = read(visitor)
    for words in (".env", "python manage.py whoop_auth", "python manage.py sync_all"):
        assert words in page["welcome"]
    assert "recovery" not in page
    assert "Done" not in page["welcome"]


@pytest.mark.parametrize("scene", [scenes.weigh_in, scenes.repository])
def test_whoever_has_no_strap_sees_no_empty_cards_of_it(
    visitor: Client, scene: Callable[[], Any]
) -> None:
    scene()
    page = read(visitor)
    assert not {"recovery", "sleep", "strain", "welcome"} & set(page)


def test_steps_that_are_done_are_ticked_off(visitor: Client) -> None:
    scenes.connection()
    page = read(visitor)
    assert page["welcome"].count("Done") == 2
    assert "Not synced yet. To sync now: python manage.py sync_whoop" in page["source-whoop"]


@pytest.mark.parametrize("provider", ["whoop", "withings"])
def test_connecting_and_disconnecting_are_posts(
    visitor: Client, settings: Any, provider: str
) -> None:
    setattr(settings, f"{provider}_CLIENT_ID".upper(), "a-client")
    html = visitor.get("/").text
    assert f'<form action="{reverse("oauth-connect", args=[provider])}" method="post">' in html
    scenes.connection(provider=provider)
    html = visitor.get("/").text
    assert f'<form action="{reverse("oauth-disconnect", args=[provider])}" method="post">' in html
    # And syncing it, logging out, and starting a fast.
    assert html.count("csrfmiddlewaretoken") == 4


def test_tokens_under_another_key_are_told(visitor: Client, settings: Any) -> None:
    scenes.connection()
    settings.SECRET_KEY = "another"
    visitor.force_login(User.objects.get())
    page = read(visitor)
    assert "SECRET_KEY_FALLBACKS" in page["source-whoop"]
    assert "Connect WHOOP again" in page["source-whoop"]


def test_messages_are_shown(visitor: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = "a-client"
    settings.WHOOP_CLIENT_SECRET = ""
    answer = visitor.post(reverse("oauth-connect", args=["whoop"]), follow=True)
    assert "WHOOP_CLIENT_SECRET is not set" in answer.text


# --- The admin's side bar -------------------------------------------------------------------------


def test_the_side_bar_has_an_order_and_misses_nothing(client: Client, rf: Any) -> None:
    request = rf.get("/admin/")
    request.user = User.objects.create_superuser("robin")
    groups = {
        group["title"]: [item["title"] for item in group["items"]]
        for group in life_admin.sidebar(request)
    }
    assert list(groups)[:2] == ["Life", "WHOOP"]
    assert groups["Life"] == [
        *("Weigh-ins", "Fasts", "Time entries", "Workouts"),
        *("Goals", "Free periods", "Projects", "Suggestions", "Marked days"),
    ]
    registered = sum(len(app["models"]) for app in admin.site.get_app_list(request))
    assert sum(len(titles) for titles in groups.values()) == registered
    assert "More" not in groups


def test_the_admin_begins_with_what_the_person_lives(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    groups = client.get("/admin/").context["app_list"]
    assert [group["name"] for group in groups[:2]] == ["Life", "WHOOP"]


def test_the_side_bar_shows_what_a_person_may_see(rf: Any) -> None:
    request = rf.get("/admin/")
    request.user = User.objects.create_user("guest", is_staff=True)
    assert life_admin.sidebar(request) == []


# --- Every page -----------------------------------------------------------------------------------


def every_page(client: Client) -> dict[str, str]:
    strict = Client(enforce_csrf_checks=True)
    return {
        "login": client.get("/login/").text,
        "404": client.get("/nowhere").text,
        "403 csrf": strict.post("/login/").text,
    }


def test_the_demo_says_so_on_every_page(client: Client, settings: Any) -> None:
    for page, html in every_page(client).items():
        assert "made up" not in html, page
    settings.DEMO = True
    for page, html in every_page(client).items():
        assert "made up" in html, page
    assert "made up" in client.get("/admin/login/").text
    client.force_login(User.objects.create_superuser("robin"))
    assert "made up" in client.get("/").text


def test_error_pages_need_nothing(rf: Any) -> None:
    """Django renders some of them without a context, and must not stumble over it."""
    for code in (400, 403, 404, 500):
        html = engines["django"].get_template(f"{code}.html").render({})
        assert f"Error {code}" in html
        assert 'href="/"' in html


def test_pages_hold_nothing_that_a_strict_policy_forbids(visitor: Client) -> None:
    scenes.full()
    for html in [visitor.get("/").text, *every_page(Client()).values()]:
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|javascript:", html)
        assert "</script>" not in re.sub(r"<script [^>]*></script>", "", html)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
        assert '<html lang="en">' in html
        assert 'href="#main"' in html


def test_the_style_sheets_ask_nobody(settings: Any) -> None:
    for name in ("tokens", "frame", "components", "charts", "cards", "admin"):
        path = finders.find(f"lifetracker/{name}.css")
        assert path
        with open(path, encoding="utf-8") as sheet:  # noqa: PTH123 - the finder's own
            assert not re.search(r"url\(|@import|https?:", sheet.read())


def test_a_phone_can_install_the_pages(client: Client) -> None:
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    said = answer.json()
    assert said["start_url"] == said["scope"] == "/"
    for icon in said["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))
