"""A sync that is followed on the page of connections: its words, the fragment that is asked for, and its end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lifetracker.models import SyncRun, SyncState
from lifetracker.sync.streams import sources
from lifetracker.web.connections.progress import NO_WORKER, TAKES_LONG, progress_of
from lifetracker.web.source_status import one_source_status
from oauth_integration.models import OAuthCredential
from tests.browser.scenes import NOW, TODAY

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WITHINGS_CLIENT_ID = settings.TOGGL_API_TOKEN = ""
    settings.GITHUB_ACCESS_TOKEN = "x" * 20


def on(source: str = "GitHub", **values: Any) -> SyncRun:
    given = {"kind": "incremental", "status": "running", "in_queue": True} | values
    return SyncRun.objects.create(
        source=source, **{"started_at": NOW - timedelta(seconds=40)} | given
    )


def words_of(name: str) -> list[str]:
    progress = progress_of(one_source_status(sources[name]), TODAY)
    assert progress
    return progress.words


def texts(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"progress_done": 312}, ["312 records so far."]),
        ({"progress_done": 1, "counts": {"a": {"created": 1200}}}, ["1 record so far, 1,200 new."]),
        ({"progress_done": 7, "progress_total": 10}, ["7 of 10 up to date."]),
        (
            {"progress_done": 7, "progress_total": 10, "progress_failed": 2},
            ["5 of 10 up to date, 2 could not be read."],
        ),
        (
            {"started_at": NOW - timedelta(hours=4), "progress_done": 3},
            ["3 records so far.", TAKES_LONG.format("sync_github")],
        ),
        ({"status": "queued"}, ["It waits for its turn."]),
        ({"status": "queued", "kind": "full"}, ["The whole history waits for its turn."]),
        ({"status": "queued", "kind": "full", "days": 30}, ["It waits for its turn."]),
        (
            {"status": "queued", "resume_at": NOW + timedelta(hours=1), "progress_done": 5},
            ["It goes on by itself: 08:12.", "5 records so far."],
        ),
        (
            {"status": "queued", "started_at": NOW - timedelta(minutes=3)},
            [NO_WORKER],
        ),
    ],
)
def test_words(values: dict[str, Any], words: list[str]) -> None:
    on(**values)
    clock = f"{NOW + timedelta(hours=1):%H:%M}"
    assert words_of("GitHub") == [one.replace("08:12", clock) for one in words]


def test_a_run_that_waits_for_a_consent(settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = "an-id"
    on("Whoop", status="queued")
    assert words_of("Whoop") == ["It waits for your consent."]


def test_the_history_says_how_far_back() -> None:
    OAuthCredential.objects.create(provider="whoop", client_id="an-id", refresh_token="r")
    on(
        "Whoop",
        kind="full",
        progress_done=1270,
        counts={"cycle": {"seen": 850}, "sleep": {"seen": 420}},
    )
    SyncState.objects.create(
        source="Whoop", stream="cycle", verified_from=NOW.replace(year=2025), verified_to=NOW,
        full_from=NOW.replace(year=2025),
    )  # fmt: skip
    assert words_of("Whoop") == [
        "1,270 records so far.",
        "Cycles: 850, back to September 2025.",
        "Sleeps: 420.",
    ]


def test_nothing_to_say_of_a_source_that_is_not_read() -> None:
    assert progress_of(one_source_status(sources["GitHub"]), TODAY) is None
    on(status="success", finished_at=NOW)
    assert progress_of(one_source_status(sources["GitHub"]), TODAY) is None


# --- The page -------------------------------------------------------------------------------------


def test_the_page_asks_only_while_something_runs(visitor: Client) -> None:
    quiet = visitor.get("/connections/")
    assert "htmx" not in quiet.text
    assert "hx-get" not in quiet.text
    assert 'http-equiv="refresh"' not in quiet.text
    on(progress_done=7, progress_total=10)
    page = visitor.get("/connections/")
    assert page.text.count('hx-get="/connections/github/progress"') == 1
    assert '<progress max="10" value="7" aria-label="Reading GitHub">' in page.text
    assert "django_htmx/htmx-2.min" in page.text
    assert "connect-src 'self'" in page["Content-Security-Policy"]


def test_without_a_script_the_page_reloads_until_told_otherwise(visitor: Client) -> None:
    on()
    page = visitor.get("/connections/").text
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in page
    assert "Stop reloading" in page
    still = visitor.get("/connections/?still=yes").text
    assert 'http-equiv="refresh"' not in still
    assert "Stop reloading" not in still


@pytest.mark.parametrize(
    "values",
    [
        {"status": "queued", "resume_at": NOW + timedelta(hours=1)},
        {"status": "queued", "started_at": NOW - timedelta(minutes=3)},
    ],
)
def test_nobody_asks_for_what_will_not_move(visitor: Client, values: dict[str, Any]) -> None:
    on(**values)
    assert "hx-get" not in visitor.get("/connections/").text


# --- The fragment ---------------------------------------------------------------------------------


def test_the_fragment_is_small_and_cheap(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    on(progress_done=8, progress_total=10)
    # Two for who it is, one for the runs, one for the states.
    with django_assert_num_queries(4):
        answer = visitor.get("/connections/github/progress", headers=HTMX)
    assert texts(answer.text) == "8 of 10 up to date."
    assert "HX-Retarget" not in answer.headers
    assert len(answer.content) < 400


def test_at_its_end_the_card_and_what_else_changed_come(visitor: Client) -> None:
    run = on()
    SyncRun.objects.update(status="success", finished_at=NOW, counts={"a": {"created": 3}})
    answer = visitor.get("/connections/github/progress", headers=HTMX)
    assert answer["HX-Retarget"] == "#github"
    assert answer["HX-Reswap"] == "outerHTML"
    assert "hx-get" not in answer.text, "nobody asks again"
    assert answer.text.count('hx-swap-oob="true"') == 3
    said = texts(answer.text)
    assert said.startswith("GitHub connected")
    assert "Everything is read to" in said
    assert f"/connections/runs/{run.pk}" in answer.text
    assert "<html" not in answer.text


def test_a_run_that_failed_says_what_stays(visitor: Client) -> None:
    on(status="failed", finished_at=NOW, error="GitHub answered 500.\nTwice.\nThrice.\nAgain.")
    said = texts(visitor.get("/connections/github/progress", headers=HTMX).text)
    assert said.startswith("GitHub failed")
    words = "GitHub answered 500. Twice. Thrice. And 1 more. What was read before stays."
    assert words in said
    assert "Again." not in said.split("What was read")[0]


def test_a_login_that_has_ended_leads_the_page_to_the_login(client: Client) -> None:
    there = {"Referer": "http://testserver/connections/"}
    answer = client.get("/connections/github/progress", headers=HTMX | there)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/login/?next=/connections/"
    assert not answer.content


def test_only_sources_have_progress(visitor: Client) -> None:
    assert visitor.get("/connections/zero/progress").status_code == 404
    assert visitor.get("/connections/nobody/progress").status_code == 404
    assert visitor.post("/connections/github/progress").status_code == 405
