"""Home, login and error pages: what they say in each state of the data."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.template import engines
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lifetracker.templatetags import human
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""


@pytest.fixture
def visitor(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin"))
    return client


class Sections(HTMLParser):
    """The text of each `<section>` by its `aria-labelledby`, and of the whole page as ``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, str] = {"": ""}
        self._within = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "section":
            self._within = dict(attrs)["aria-labelledby"] or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "section":
            self._within = ""

    def handle_data(self, data: str) -> None:
        for name in {"", self._within}:
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
    for words in ("Today so far", "11.4", "of 21", "67 bpm", "8,215 kJ", "9,342", "Still running"):
        assert words in page["strain"]
    for words in ("Complete", "Wednesday 16 September, 16:27 UTC", "3 new, 2 changed, 41 as they"):
        assert words in page["sync"]
    assert "Connected" in page["connection"]


def test_home_costs_as_many_queries_however_much_there_is(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scenes.full()
    with django_assert_num_queries(9):
        visitor.get("/")
    for back in range(1, 20):
        scenes.recovery(back)
        scenes.sleep(back)
        scenes.cycle(back)
        scenes.run(back)
        scenes.rejected(back)
    with django_assert_num_queries(9):
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
    assert "46 records so far" in page["sync"]


def test_what_cannot_be_scored_is_told_apart(visitor: Client) -> None:
    scenes.recovery(score_state="UNSCORABLE", **scenes.SCORELESS_RECOVERY)
    scenes.sleep(score_state="UNSCORABLE", **scenes.SCORELESS_SLEEP)
    scenes.cycle(score_state="SOMETHING_NEW", **scenes.SCORELESS_CYCLE)
    page = read(visitor)
    assert "Not enough data" in page["recovery"]
    assert "Not enough data" in page["sleep"]
    assert "it says SOMETHING_NEW" in page["strain"]


def test_a_real_zero_is_shown(visitor: Client) -> None:
    scenes.cycle(strain=0.0, step_count=0)
    page = read(visitor)
    assert "0.0 of 21" in page["strain"].replace("0.0of", "0.0 of")
    assert "Steps 0" in page["strain"].replace("Steps0", "Steps 0")


def test_missing_parts_leave_the_others(visitor: Client) -> None:
    scenes.recovery(spo2_percentage=None, skin_temp_celsius=None, user_calibrating=True)
    page = read(visitor)
    assert "Blood oxygen" not in page["recovery"]
    assert "first estimate" in page["recovery"]
    assert "No night yet" in page["sleep"]
    assert "No day yet" in page["strain"]


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
    assert "none for today yet" in page["recovery"]
    assert "still running when WHOOP was last read" in page["strain"]
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


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (59.6, "1 h"), (61, "1 h 1 min"), (436.0, "7 h 16 min")]
)
def test_durations_as_a_person_says_them(minutes: float, text: str) -> None:
    markup = human.duration(minutes).replace("\N{NO-BREAK SPACE}", " ")
    assert re.sub("<[^>]+>", "", markup) == text


# --- Sync -----------------------------------------------------------------------------------------


def test_a_failed_sync_says_why_and_what_to_do(visitor: Client) -> None:
    scenes.failed()
    page = read(visitor)
    assert "Failed" in page["sync"]
    assert (
        "WHOOP no longer accepts the stored consent. Run python manage.py whoop_auth"
        in page["sync"]
    )
    assert "What to do: connect WHOOP again" in page["sync"]
    assert "The last complete sync ended 3" in page["sync"]
    assert "1 item could not be understood and is kept aside." in page["sync"]
    assert "needs reauthorization" in page["connection"]
    assert "Connect WHOOP again" in page["connection"]


def test_a_partial_sync_says_what_is_missing(visitor: Client) -> None:
    scenes.connection()
    scenes.run(status="partial", error="sleep: <b>503</b>\nrecovery: no answer")
    page = read(visitor)
    assert "Incomplete" in page["sync"]
    assert "sleep: <b>503</b>recovery: no answer" in page["sync"]
    assert "nothing is lost" in page["sync"]
    assert "No sync has been complete yet." in page["sync"]


def test_a_run_that_takes_too_long_is_doubted(visitor: Client) -> None:
    scenes.run(status="running", started_at=NOW - timedelta(hours=5))
    assert "That is long." in read(visitor)["sync"]


def test_an_old_success_is_not_passed_off_as_fresh(visitor: Client) -> None:
    scenes.run(back=3)
    assert "The last complete sync ended 3" in read(visitor)["sync"]


def test_a_queued_run_waits(visitor: Client) -> None:
    scenes.run(status="queued")
    assert "waiting for its turn" in read(visitor)["sync"]


# --- Connection -----------------------------------------------------------------------------------


def test_a_fresh_install_says_the_next_steps(visitor: Client) -> None:
    page = read(visitor)
    for words in ("WHOOP_CLIENT_ID", "python manage.py whoop_auth", "python manage.py sync_whoop"):
        assert words in page["welcome"]
    assert "recovery" not in page
    assert "Not set up" in page["connection"]
    assert "Done" not in page["welcome"]
    assert "No sync has run yet" in page["sync"]


def test_steps_that_are_done_are_ticked_off(visitor: Client) -> None:
    scenes.connection()
    assert read(visitor)["welcome"].count("Done") == 2


def test_connecting_and_disconnecting_are_posts(visitor: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = "a-client"
    html = visitor.get("/").text
    assert f'<form action="{reverse("oauth-connect", args=["whoop"])}" method="post">' in html
    scenes.connection()
    html = visitor.get("/").text
    assert f'<form action="{reverse("oauth-disconnect", args=["whoop"])}" method="post">' in html
    assert html.count("csrfmiddlewaretoken") == 2  # and logging out


def test_tokens_under_another_key_are_told(visitor: Client, settings: Any) -> None:
    scenes.connection()
    settings.SECRET_KEY = "another"
    visitor.force_login(User.objects.get())
    assert "SECRET_KEY_FALLBACKS" in read(visitor)["connection"]


def test_messages_are_shown(visitor: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = "a-client"
    settings.WHOOP_CLIENT_SECRET = ""
    answer = visitor.post(reverse("oauth-connect", args=["whoop"]), follow=True)
    assert "WHOOP_CLIENT_SECRET is not set" in answer.text


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
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", html)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
        assert '<html lang="en">' in html
        assert 'href="#main"' in html


def test_the_style_sheet_asks_nobody(settings: Any) -> None:
    for name in ("site.css", "admin.css"):
        path = finders.find(f"lifetracker/{name}")
        assert path
        with open(path, encoding="utf-8") as sheet:  # noqa: PTH123 - the finder's own
            assert not re.search(r"url\(|@import|https?:", sheet.read())
