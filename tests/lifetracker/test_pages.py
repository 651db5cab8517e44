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
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from pytest_django import DjangoAssertNumQueries

from fasting.models import FastingPeriod
from lifetracker import admin as life_admin
from lifetracker.models import SyncRun
from lifetracker.tasks import MINUTES_TASK
from lifetracker.web import template_tags as human
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY

pytestmark = pytest.mark.django_db

# Of Today: two for who it is, one for where they are, four for WHOOP's cards, three for the sources; one each for the weight,
# fasts, meals, entries, workouts, commits and experiments; four for goals: with their lines, free days, sums of hours, other metrics.
QUERIES = 20
# Without goals these take one; without commits it is asked why there are none.
QUERIES_OF_NOTHING = 18
HOURS_AGO = timedelta(hours=5)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""
    settings.WITHINGS_CLIENT_ID = settings.WITHINGS_REFRESH_TOKEN = ""
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""


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
        if tag in {"dd", "dt", "p", "span"}:
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


def card_of(client: Client, slug: str) -> str:
    """Return the words of a source's card on the page of connections."""
    return read(client, "/connections/")[f"source-{slug}"]


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
    assert "WHOOP 16:27" in page[""]
    for words in ("74%", "Green", "68 ms", "52 bpm", "96.4 %", "33.7 °C"):
        assert words in page["recovery"]
    for words in ("Last night", "7 h 16", "23:14 to 06:52", "UTC+2", "89 %", "REM 2 h 01"):
        assert words in page["sleep"]
    for words in ("so far", "11.4", "of 21", "9,342 steps"):
        assert words in page["strain"]
    for words in ("connected", "Last read 16:27, 3 new, 2 changed"):
        assert words in card_of(visitor, "whoop")
    for words in ("05:09", "72.6 kg trend", "kg a week for four weeks"):
        assert words in page["weight"]
    for words in ("6 h 05 today", "Week"):
        assert words in page["time"]
    for words in ("16 h 18 of 16", "17:40", "09:58"):
        assert words in page["fasting"]
    for words in ("3 commits", "16 this week"):
        assert words in page["code"]


def test_home_costs_as_many_queries_however_much_there_is(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(QUERIES_OF_NOTHING):
        visitor.get("/")
    scenes.now_on()
    scenes.goals()
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


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("score", "word", "band"),
    [
        (0, "Red", "low"),
        (33, "Red", "low"),
        (34, "Yellow", "mid"),
        (66, "Yellow", "mid"),
        (67, "Green", "high"),
    ],
)
def test_the_ring_has_whoops_colour(visitor: Client, score: int, word: str, band: str) -> None:
    scenes.recovery(recovery_score=score)
    html = visitor.get("/").text
    assert f'class="value {band}-s"' in html
    assert f'<span class="{band}-t">{word}</span>' in html


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
    for name in ("recovery", "sleep"):
        assert "WHOOP has not scored this night yet." in page[name]
    assert "WHOOP has not scored this day yet." in page["strain"]
    for name in ("recovery", "sleep", "strain"):
        assert not re.search(r"\b0\b", page[name])
        assert "None" not in page[name]
    assert "23:14" in page["sleep"]
    assert "46 records so far" in card_of(visitor, "whoop")


def test_what_cannot_be_scored_is_told_apart(visitor: Client) -> None:
    scenes.recovery(score_state="UNSCORABLE", **scenes.SCORELESS_RECOVERY)
    scenes.sleep(score_state="UNSCORABLE", **scenes.SCORELESS_SLEEP)
    scenes.cycle(score_state="SOMETHING_NEW", **scenes.SCORELESS_CYCLE)
    page = read(visitor)
    assert "Not known: WHOOP could not score this night." in page["recovery"]
    assert "Not known: WHOOP could not score this night." in page["sleep"]
    assert "WHOOP has not scored this day yet." in page["strain"]


def test_a_real_zero_is_shown(visitor: Client) -> None:
    scenes.cycle(strain=0.0, step_count=0)
    page = read(visitor)
    assert "0.0 of 21" in page["strain"]
    assert "0 steps." in page["strain"]


def test_missing_parts_leave_the_others(visitor: Client) -> None:
    scenes.recovery(spo2_percentage=None, skin_temp_celsius=None, user_calibrating=True)
    page = read(visitor)
    assert "Blood oxygen , not known" in page["recovery"]
    assert "Green, by a first estimate." in page["recovery"]
    assert "WHOOP is still getting to know you." in page["recovery"]
    assert "Not known yet: no night of today was read so far." in page["sleep"]
    assert "Not known yet: no strain of today was read so far." in page["strain"]


def test_a_tombstone_and_a_nap_are_not_the_latest(visitor: Client) -> None:
    scenes.recovery(deleted_at=NOW, recovery_score=11)
    scenes.recovery(1, recovery_score=55)
    scenes.sleep(nap=True, total_sleep_hours=0.4)
    scenes.sleep(1)
    page = read(visitor)
    assert "11%" not in page["recovery"]
    assert "no night of today was read so far" in page["sleep"]
    page = read(visitor, "/?day=2026-09-15")
    assert "55%" in page["recovery"]
    assert "7 h 16" in page["sleep"]


# --- Old data -------------------------------------------------------------------------------------


def test_old_data_are_those_of_their_day_alone(visitor: Client) -> None:
    scenes.failed()
    page = read(visitor)
    assert "28%" not in page["recovery"]
    assert "Not known yet" in page["recovery"]
    page = read(visitor, "/?day=2026-09-13")
    assert "Sunday 13 September" in page[""]
    assert "28%" in page["recovery"]
    assert "This day was still running when WHOOP was last read." in page["strain"]
    assert "so far" not in page["strain"]


@pytest.mark.one_database
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


def test_names_of_others_turn_no_text_around_them(visitor: Client) -> None:
    """By the mark that reverses what follows it."""
    turned = "\u202eevil"
    scenes.entry(3, 60, project=turned, client=turned)
    scenes.entry(1, None, project=turned, description=turned)
    scenes.commit(scenes.repository(turned))
    html = visitor.get("/").text
    isolated = f"\u2068{turned}\u2069"
    assert html.count(turned) == html.count(isolated) == 6


# --- Fasting --------------------------------------------------------------------------------------

START, STOP = "/fasting/start", "/fasting/stop"


def test_starting_and_stopping_a_fast(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = visitor.post(START, {"goal_hours": "16.5"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "The fast has started." in answer.text
    fast = FastingPeriod.objects.get()
    assert (fast.start, fast.end, fast.goal_hours, fast.source) == (NOW, None, 16.5, "Manual")
    later = NOW + timedelta(hours=16, minutes=12)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = visitor.post(STOP, follow=True)
    assert "The fast ended after 16 h 12." in answer.text
    assert FastingPeriod.objects.get().end == later


def test_a_fast_needs_no_goal(visitor: Client) -> None:
    visitor.post(START, {"goal_hours": ""})
    assert FastingPeriod.objects.get().goal_hours is None


@pytest.mark.one_database
@pytest.mark.parametrize("goal", ["0", "-1", "1001", "sixteen", "nan", "inf"])
def test_a_goal_that_makes_no_sense_is_refused(visitor: Client, goal: str) -> None:
    answer = visitor.post(START, {"goal_hours": goal}, follow=True)
    assert answer.status_code == 400
    assert "goal_hours" in answer.context["form"].errors
    assert f'value="{goal}"' in answer.text
    assert not FastingPeriod.objects.exists()


def test_a_second_fast_is_refused(visitor: Client) -> None:
    scenes.fast(3, None)
    answer = visitor.post(START, follow=True)
    assert "A fast has been running since 16 Sep 2026, 13:40." in answer.text
    assert FastingPeriod.objects.count() == 1


def test_stopping_what_does_not_run_is_told(visitor: Client) -> None:
    assert "No fast is running.</div>" in visitor.post(STOP, follow=True).text
    scenes.fast(20, 16)
    told = visitor.post(STOP, follow=True).text
    assert "No fast is running. The last one ended on 16 Sep 2026, 12:40." in told


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


def test_every_source_has_a_card(visitor: Client) -> None:
    page = read(visitor, "/connections/")
    for name in ("whoop", "withings", "toggl", "github"):
        assert f"{name}_".upper() in page[f"steps-{name}"]
        assert "not set up" in page[f"source-{name}"]
    assert "GITHUB_ACCESS_TOKEN=" in page["steps-github"]
    assert "into the file .env" in page["steps-github"]
    assert "Import a file" in page["source-zero"]


def test_a_failed_sync_says_why_and_what_to_do(visitor: Client) -> None:
    scenes.failed()
    page = read(visitor)
    assert "WHOOP needs you" in page[""].split("Recovery")[0]
    assert "Complete" not in page[""].split("Recovery")[0]
    card = card_of(visitor, "whoop")
    for words in (
        "needs you",
        "WHOOP no longer accepts your consent. What was read stays.",
        "Tried 16:27, failed, nothing new",
        "Connect again",
        "Last read Sunday 16:27",
        "Rejected 1 item",
    ):
        assert words in card
    page = read(visitor, "/connections/")
    assert "WHOOP needs you" in page[""].split("source-whoop")[0]
    assert "Complete to" not in page[""]
    said = "WHOOP no longer accepts the stored consent. Run python manage.py whoop_auth"
    run = SyncRun.objects.get(source="Whoop", status="failed")
    assert said in read(visitor, f"/connections/runs/{run.pk}")["said"]


@pytest.mark.usefixtures("token")
def test_a_failed_sync_of_a_connected_source_says_what_stays(visitor: Client) -> None:
    scenes.run(back=3, source="GitHub")
    scenes.run(source="GitHub", status="failed", counts={}, error="GitHub answered 500.")
    card = card_of(visitor, "github")
    for words in (
        "GitHub answered 500.",
        "What was read before stays. The next run reads what is missing.",
        "Last read Sunday 16:27",
        "Tried 16:27, failed, nothing new",
        "Read now",
    ):
        assert words in card


def test_only_staff_dismisses_rejected_items(visitor: Client) -> None:
    User.objects.update(is_staff=False)
    scenes.rejected()
    assert "Dismiss" not in read(visitor, "/connections/")["rejected-title"]
    assert "All 1 item" in read(visitor, "/connections/")["rejected-title"]
    User.objects.update(is_staff=True)
    assert "Dismiss" in read(visitor, "/connections/")["rejected-title"]
    assert "Rejected 1 item" in card_of(visitor, "whoop")


def test_a_partial_sync_says_what_is_missing(visitor: Client) -> None:
    scenes.connection()
    scenes.run(status="partial", error="sleep: <b>503</b>\nrecovery: no answer")
    assert "WHOOP could not be synced" in read(visitor)[""]
    card = card_of(visitor, "whoop")
    for words in (
        "sleep: <b>503</b> recovery: no answer The next run reads what is missing.",
        "Last read never completely",
        "Tried 16:27, in part, 3 new, 2 changed",
    ):
        assert words in card


def test_a_failure_without_a_message_says_so(visitor: Client) -> None:
    scenes.connection()
    scenes.run(status="failed", error="")
    assert "No error message was recorded." in card_of(visitor, "whoop")


def test_a_run_that_takes_too_long_is_doubted(visitor: Client) -> None:
    run = scenes.run(status="running", started_at=NOW - timedelta(hours=5))
    words = "This is taking long. If the process was stopped, python manage.py sync_whoop continues from there."
    assert words in card_of(visitor, "whoop")
    run.started_at = NOW - timedelta(hours=3)
    run.save()
    assert "This is taking long." not in card_of(visitor, "whoop")


def test_an_old_success_is_not_passed_off_as_fresh(visitor: Client) -> None:
    scenes.connection()
    scenes.run(back=3)
    assert "WHOOP: last read Sunday 16:27" in read(visitor)[""]
    card = card_of(visitor, "whoop")
    assert "not read lately" in card
    assert "Last read Sunday 16:27" in card


def test_a_queued_run_waits(visitor: Client) -> None:
    scenes.run(status="queued", started_at=NOW - timedelta(seconds=100))
    card = card_of(visitor, "whoop")
    assert "It waits for its turn." in card
    assert "Asked for 16:38" in card
    assert "qcluster" not in card


def test_a_run_that_nobody_takes_up_needs_a_worker(visitor: Client) -> None:
    run = scenes.run(status="queued", started_at=NOW - timedelta(seconds=130))
    words = "It waits for a worker, and none is running. Start one with python manage.py qcluster (see docs/workers.md)"
    assert words in card_of(visitor, "whoop")
    run.resume_at = NOW - timedelta(seconds=60)
    run.save()
    assert "qcluster" not in card_of(visitor, "whoop")


@pytest.mark.usefixtures("token")
def test_a_run_that_must_wait_says_until_when_and_why(visitor: Client) -> None:
    scenes.waiting()
    card = card_of(visitor, "github")
    for words in (
        "waiting",
        "It goes on by itself: 17:17. 12 of 30 up to date.",
        "GitHub allows no more requests until 19:17.",
    ):
        assert words in card
    assert "qcluster" not in card
    assert '<div class="note info">' in visitor.get("/connections/").text


def test_progress_is_told_in_what_there_is_to_do(visitor: Client) -> None:
    scenes.now_on()
    card = card_of(visitor, "github")
    assert "12 of 30 up to date." in card
    assert "Begun 16:39" in card
    assert "records" not in card
    assert '<progress max="30" value="12"' in visitor.get("/connections/").text


def test_what_could_not_be_read_is_not_up_to_date(visitor: Client) -> None:
    scenes.now_on()
    SyncRun.objects.filter(status="running").update(progress_failed=2)
    assert "10 of 30 up to date, 2 could not be read." in card_of(visitor, "github")


@pytest.mark.usefixtures("token")
def test_a_success_with_remarks_tells_them(visitor: Client) -> None:
    scenes.failed()
    card = card_of(visitor, "github")
    for words in ("The token expires on 2026-09-20.", f"robin/scans: {scenes.TOO_LARGE}"):
        assert words in card
    assert "more" not in card
    assert "reads what is missing" not in card
    assert "Tried" not in card
    assert "GitHub could not be synced" not in read(visitor)[""]


def test_many_remarks_are_cut(visitor: Client) -> None:
    scenes.connection()
    scenes.run(error="\n".join(f"robin/{n}: <b>too large</b>" for n in range(9)))
    card = card_of(visitor, "whoop")
    assert "robin/2: <b>too large</b>" in card
    assert "robin/3" not in card
    assert "And 6 more. What this run did" in card
    assert "robin/8" in read(visitor, f"/connections/runs/{SyncRun.objects.get().pk}")["said"]


# --- Sync now -------------------------------------------------------------------------------------


@pytest.fixture
def token(settings: Any) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"


def ask(client: Client, source: str = "github") -> str:
    answer = client.post(f"/sync/{source}", follow=True)
    assert answer.redirect_chain == [(f"/connections/#{source}", 302)]
    return answer.text


@pytest.mark.usefixtures("token")
def test_a_sync_is_queued(visitor: Client) -> None:
    form = '<form class="acts" action="/sync/github" method="post">'
    assert form in visitor.get("/connections/").text
    text = ask(visitor)
    assert '<div class="note success">GitHub: a sync has been queued.</div>' in text
    assert 'action="/sync/github"' not in text
    run = SyncRun.objects.get()
    assert (run.source, run.kind, run.status) == ("GitHub", "incremental", "queued")
    assert OrmQ.objects.count() == 1


@pytest.mark.usefixtures("token")
def test_a_sync_that_no_worker_takes_says_so_at_once(visitor: Client) -> None:
    Schedule.objects.filter(name=MINUTES_TASK).update(next_run=NOW - timedelta(minutes=2))
    text = ask(visitor)
    assert '<div class="note warning">GitHub: a sync has been queued. It waits for a worker' in text
    assert "python manage.py qcluster" in text


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
    assert "Read now" not in card_of(visitor, "github")


def test_only_what_is_connected_has_a_button(visitor: Client) -> None:
    scenes.run(source="Zero")
    credential = scenes.connection()
    assert visitor.get("/connections/").text.count('value="whole"') == 1
    assert "Read now : WHOOP" in card_of(visitor, "whoop")
    credential.needs_reauthorization = True
    credential.save()
    assert "Read now :" not in read(visitor, "/connections/")[""]


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


@pytest.mark.one_database
@pytest.mark.parametrize("slug", ["zero", "nothing", "GitHub"])
def test_there_is_nothing_else_to_sync(visitor: Client, slug: str) -> None:
    assert visitor.post(f"/sync/{slug}").status_code == 404


def test_all_is_synced_when_the_last_one_was(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "a-token"
    scenes.connection()
    for stream in ("cycle", "recovery", "sleep", "workout"):
        scenes.state(stream)
    scenes.run()
    assert "Complete" not in read(visitor)[""]
    scenes.run(source="Toggl", started_at=NOW - HOURS_AGO, finished_at=NOW - HOURS_AGO)
    state = scenes.state("entry")
    state.source, state.verified_to = "Toggl", NOW - HOURS_AGO
    state.save()
    assert "Complete to 11:40" in read(visitor)[""]
    card = card_of(visitor, "toggl")
    assert "connected" in card
    assert "Last read 11:40" in card


def test_each_source_has_the_newest_of_its_own_runs(visitor: Client) -> None:
    scenes.connection()
    scenes.run(counts={"sleep": {"seen": 7, "created": 7}})
    scenes.run(back=1, counts={"sleep": {"seen": 9, "created": 9}})
    scenes.connection(provider="withings")
    scenes.run(source="Withings", status="failed", counts={}, error="It is down.")
    page = read(visitor, "/connections/")
    assert "7 new" in page["source-whoop"]
    assert "It is down." not in page["source-whoop"]
    assert "It is down." in page["source-withings"]
    assert "Withings could not be synced" in read(visitor)[""]


def test_an_import_is_never_late(visitor: Client) -> None:
    scenes.run(back=90, source="Zero", counts={"csv": {"seen": 212, "created": 212}})
    assert "Last file 18 Jun 16:27, 212 new" in card_of(visitor, "zero")
    assert "lately" not in read(visitor, "/connections/")[""]
    assert "last read" not in read(visitor)[""]


# --- Connection -----------------------------------------------------------------------------------


def test_a_fresh_install_says_the_next_steps(visitor: Client) -> None:
    page = read(visitor)
    for words in ("three ways to begin", "Connect", "Import a file", "made up", "make demo"):
        assert words in page["welcome"]
    assert "WHOOP, Withings, Toggl and GitHub are read by themselves" in page["welcome"]
    assert "Fasts, from what the Zero app exports as a file." in page["welcome"]
    assert "recovery" not in page


@pytest.mark.parametrize("scene", [scenes.weigh_in, scenes.repository])
def test_whoever_has_no_strap_sees_no_empty_cards_of_it(
    visitor: Client, scene: Callable[[], Any]
) -> None:
    scene()
    page = read(visitor)
    assert not {"recovery", "sleep", "strain", "welcome"} & set(page)


def test_a_first_read_is_led_to(visitor: Client) -> None:
    scenes.connection()
    page = read(visitor)
    assert "Your first days are on their way. Follow the first read" in page["welcome"]
    card = card_of(visitor, "whoop")
    assert "Last read not yet" in card
    assert "Read now" in card


@pytest.mark.parametrize("provider", ["whoop", "withings"])
def test_connecting_and_disconnecting_are_posts(
    visitor: Client, settings: Any, provider: str
) -> None:
    setattr(settings, f"{provider}_CLIENT_ID".upper(), "a-client")
    html = visitor.get("/connections/").text
    assert f'<form action="{reverse("oauth-connect", args=[provider])}" method="post">' in html
    scenes.connection(provider=provider)
    html = visitor.get("/connections/").text
    assert f'<form action="{reverse("oauth-disconnect", args=[provider])}" method="post">' in html
    # And reading it, reading days of it again, and logging out.
    assert html.count("csrfmiddlewaretoken") == 4


def test_tokens_under_another_key_are_told(visitor: Client, settings: Any) -> None:
    scenes.connection()
    settings.SECRET_KEY = "another"
    visitor.force_login(User.objects.get())
    card = card_of(visitor, "whoop")
    assert "SECRET_KEY_FALLBACKS" in card
    assert "Connect again WHOOP" in card


def test_messages_are_shown(visitor: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = "a-client"
    settings.WHOOP_CLIENT_SECRET = ""
    answer = visitor.post(reverse("oauth-connect", args=["whoop"]), follow=True)
    assert "WHOOP_CLIENT_SECRET is not set" in answer.text


# --- The admin's side bar -------------------------------------------------------------------------


def test_the_side_bar_has_an_order_and_misses_nothing(client: Client, rf: Any) -> None:
    client.get("/admin/login/")  # by the first request all parts of the admin are loaded
    request = rf.get("/admin/")
    request.user = User.objects.create_superuser("robin")
    groups = {
        group["title"]: [item["title"] for item in group["items"]]
        for group in life_admin.sidebar(request)
    }
    assert list(groups)[:2] == ["Life", "WHOOP"]
    assert groups["Life"] == [
        *("Weigh-ins", "Fasts", "Meals", "Foods", "Complete days"),
        *("Behaviours", "Answers", "Notes", "Own metrics", "Values of own metrics"),
        *("Time entries", "Workouts"),
        *(
            "Goals",
            "Free periods",
            "Experiments",
            "Intentions",
            "Findings",
            "Looks for insights",
            "Changes of metrics",
            "Projects",
            "Suggestions",
            "Marked days",
        ),
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


@pytest.mark.one_database
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
