"""The page of connections: what each card says in each state, who may do what, and what it costs."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from benchmarks.counters import counted
from lifetracker.models import SyncRun, SyncState
from lifetracker.web.connections.cards import State, cards_of, state_of
from lifetracker.web.source_status import newest_runs, source_statuses
from oauth_integration.models import OAuthCredential
from tests.browser.scenes import NOW

pytestmark = pytest.mark.django_db

# Two for who it is, one for the newest runs, one for rejected items, one for the states, one for the consents, one for
# the schedule, two for what is held by week, two for what was set aside, one for deliveries, one for the history of runs.
QUERIES = 13
#: How many records of a chosen week are stored, and what became of it when it was read again.
CHOSEN = 2
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WHOOP_REFRESH_TOKEN = ""
    settings.WITHINGS_CLIENT_ID = settings.WITHINGS_REFRESH_TOKEN = ""
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = ""


def connect(provider: str, **values: Any) -> OAuthCredential:
    tokens = {"access_token": "a-token", "refresh_token": "r-token", "client_id": "an-id"}
    return OAuthCredential.objects.create(provider=provider, **tokens | values)


def ran(source: str, *, ago: timedelta = timedelta(minutes=12), **values: Any) -> SyncRun:
    begun = NOW - ago
    given = {"kind": "incremental", "status": "success", "finished_at": begun} | values
    return SyncRun.objects.create(source=source, started_at=begun, **given)


def states() -> dict[str, State]:
    return {status.name: state_of(status) for status in source_statuses()}


def card_of(html: str, slug: str) -> str:
    """Return the words of one card."""
    found = re.search(rf'<section[^>]*id="{slug}".*?</section>', html, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_each_state_has_its_word(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = "x" * 20
    settings.WITHINGS_CLIENT_ID = "an-id"
    connect("whoop", needs_reauthorization=True)
    ran("Toggl", status="running", finished_at=None)
    ran("GitHub")
    assert states() == {
        "Whoop": State.NEEDS_PERSON,
        "Withings": State.NOT_CONNECTED,
        "Toggl": State.RUNNING,
        "GitHub": State.CONNECTED,
        "Zero": State.NO_FILE,
        "AppleHealth": State.NO_FILE,
        "CSV": State.NO_FILE,
        "MyFitnessPal": State.NO_FILE,
        "WhoopExport": State.NO_FILE,
        "TogglExport": State.NO_FILE,
        "WithingsExport": State.NO_FILE,
    }


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"status": "queued", "finished_at": None}, State.QUEUED),
        ({"status": "failed"}, State.FAILED),
        ({"status": "partial"}, State.CONNECTED),
        ({"ago": timedelta(hours=40)}, State.STALE),
    ],
)
def test_states_of_runs(settings: Any, values: dict[str, Any], state: State) -> None:
    settings.TOGGL_API_TOKEN = "x" * 20
    ran("Toggl", **values)
    assert states()["Toggl"] is state
    assert states()["GitHub"] is State.NOT_SET_UP


def test_who_needs_the_person_comes_first(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = "x" * 20
    connect("withings", needs_reauthorization=True)
    ran("GitHub", status="running", finished_at=None)
    ran("Toggl")
    cards = cards_of(source_statuses(), {}, {})
    names = [
        "Withings",
        "GitHub",
        "Toggl",
        "AppleHealth",
        "CSV",
        "MyFitnessPal",
        "TogglExport",
        "WhoopExport",
        "WithingsExport",
        "Zero",
        "Whoop",
    ]
    assert [card.source.name for card in cards] == names
    assert "Apple Health" in [card.source.title for card in cards]


def test_a_card_says_what_is_known(visitor: Client) -> None:
    connect("whoop")
    ran("Whoop", counts={"sleep": {"seen": 13, "created": 4, "updated": 9}})
    for stream in ("cycle", "recovery", "sleep", "workout"):
        until = NOW - timedelta(days=2) if stream == "workout" else NOW
        SyncState.objects.create(
            source="Whoop", stream=stream, verified_from=NOW - timedelta(days=90), verified_to=until
        )
    said = card_of(visitor.get("/connections/").text, "whoop")
    assert "WHOOP connected Recovery, nights, cycles, workouts." in said
    assert "Last read 06:58, 4 new, 9 changed" in said or "4 new, 9 changed" in said
    assert "Workouts pending since Monday" in said
    assert "Permission renews itself" in said


def test_a_key_shows_four_characters_at_most(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "0123456789abcdef4f2a"
    settings.GITHUB_ACCESS_TOKEN = "short"
    html = visitor.get("/connections/").text
    assert "Key ends in 4f2a" in card_of(html, "toggl")
    assert "f4f2a" not in html
    assert "short" not in card_of(html, "github")


def test_only_staff_has_buttons(visitor: Client, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "x" * 20
    connect("whoop")
    assert "/sync/toggl" in visitor.get("/connections/").text
    User.objects.update(is_staff=False)
    page = visitor.get("/connections/").text
    assert "/sync/" not in page
    assert "Disconnect" not in page
    assert card_of(page, "whoop")


# --- The mark in the rail -------------------------------------------------------------------------


MARK = ", a source needs you"


def test_the_rail_has_a_mark_while_a_source_needs_the_person(visitor: Client) -> None:
    credential = connect("withings")
    assert MARK not in visitor.get("/fasting/").text
    credential.needs_reauthorization = True
    credential.save()
    # In the rail, and in the bar of a phone at its sheet and at its entry.
    for path in ("/fasting/", "/connections/", "/"):
        assert visitor.get(path).text.count(MARK) == 3, path


def test_what_is_stored_of_no_source_needs_nobody(visitor: Client) -> None:
    connect("somebody", needs_reauthorization=True)
    assert MARK not in visitor.get("/fasting/").text


# --- What it costs --------------------------------------------------------------------------------


def test_the_page_costs_the_same_however_much_there_is(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries, settings: Any
) -> None:
    settings.TOGGL_API_TOKEN = settings.GITHUB_ACCESS_TOKEN = "x" * 20
    connect("whoop")
    visitor.get("/connections/")
    with django_assert_num_queries(QUERIES):
        visitor.get("/connections/")
    for source in ("Whoop", "Toggl", "GitHub", "Zero"):
        for at in range(30):
            ran(source, ago=timedelta(hours=at))
    for stream in ("cycle", "sleep", "workout"):
        SyncState.objects.create(
            source="Whoop", stream=stream, verified_from=NOW - timedelta(days=1), verified_to=NOW
        )
    with django_assert_num_queries(QUERIES + CHOSEN):
        visitor.get(f"/connections/?week={NOW.date()}")
    with django_assert_num_queries(QUERIES):
        answer = visitor.get("/connections/")
    assert len(gzip.compress(answer.content)) < 20_000


def test_a_source_that_was_never_synced_costs_no_look_at_the_runs_of_the_others() -> None:
    SyncRun.objects.bulk_create(
        SyncRun(source="Whoop", kind="today", status="success", started_at=NOW - at * MINUTE)
        for at in range(2_000)
    )
    with counted() as cost:
        newest, successes = newest_runs(["Whoop", "Zero"])
    assert newest == successes == {"Whoop": SyncRun.objects.latest("started_at")}
    assert cost.statements == 1
    assert cost.steps < 1_000
