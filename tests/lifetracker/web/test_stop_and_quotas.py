"""Cards of connections: Stop, what is left of a service's quota, and the end of a connection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from lifetracker.models import STOPPED, SYNC_LEASE, Lease, Preferences, SyncRun
from lifetracker.models.preferences import read_once
from lifetracker.sync.quotas import RequestQuota
from lifetracker.sync.runs import LEASE
from lifetracker.sync.streams import sources
from lifetracker.web.connections.cards import State, state_of
from lifetracker.web.connections.progress import NOT_STOPPED, STOPPING, progress_of
from lifetracker.web.connections.quotas import words_of
from lifetracker.web.connections.words import at_words
from lifetracker.web.source_status import one_source_status, source_statuses
from oauth_integration.models import OAuthCredential
from tests.browser.scenes import NOW, TODAY
from tests.lifetracker.web.test_connections import card_of, connect, ran

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.WHOOP_CLIENT_ID = settings.WITHINGS_CLIENT_ID = settings.TOGGL_API_TOKEN = ""
    settings.GITHUB_ACCESS_TOKEN = "x" * 20


def at_work(**values: Any) -> SyncRun:
    return ran("GitHub", **{"status": "running", "finished_at": None, "in_queue": True} | values)


def github_card(visitor: Client) -> str:
    return card_of(visitor.get("/connections/").text, "github")


# --- Stop -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["queued", "running"])
def test_what_is_on_can_be_stopped(visitor: Client, status: str) -> None:
    run = at_work(status=status)
    page = visitor.get("/connections/").text
    assert f'action="/connections/runs/{run.pk}/stop"' in page
    assert "Stop the sync of GitHub" in github_card(visitor)
    User.objects.update(is_staff=False)
    assert "/stop" not in visitor.get("/connections/").text


def test_nothing_can_be_stopped_that_has_ended(visitor: Client) -> None:
    ran("GitHub")
    assert "/stop" not in visitor.get("/connections/").text


def test_stop_says_what_became_of_it(visitor: Client) -> None:
    run = at_work(counts={"repository": {"seen": 9, "created": 4}})
    Lease.objects.acquire(SYNC_LEASE + "GitHub", LEASE)
    answer = visitor.post(f"/connections/runs/{run.pk}/stop", follow=True)
    assert answer.redirect_chain == [("/connections/#github", 302)]
    assert "GitHub: the sync stops after what is being read now." in answer.text
    card = card_of(answer.text, "github")
    assert card.startswith("GitHub stopping")
    assert STOPPING in card
    assert "Stop the sync" not in card
    assert "GitHub is being stopped." in answer.text
    Lease.objects.all().delete()
    answer = visitor.post(f"/connections/runs/{run.pk}/stop", follow=True)
    assert "GitHub: the sync has been stopped. What was read stays." in answer.text
    card = card_of(answer.text, "github")
    assert STOPPED in card
    assert f"Tried {NOW:%H:%M}, stopped, 4 new" in card
    assert "Read now" in card
    answer = visitor.post(f"/connections/runs/{run.pk}/stop", follow=True)
    assert "GitHub: the sync had already ended." in answer.text


def test_a_run_that_does_not_end_can_be_stopped_once_more(visitor: Client) -> None:
    run = at_work(stop_asked_at=NOW - 3 * MINUTE)
    progress = progress_of(one_source_status(sources["GitHub"]), TODAY)
    assert progress is not None
    assert progress.words[0] == NOT_STOPPED
    assert f"/connections/runs/{run.pk}/stop" in visitor.get("/connections/").text


def test_the_row_and_the_page_of_a_run_say_that_it_was_stopped(visitor: Client) -> None:
    run = at_work()
    page = visitor.get(f"/connections/runs/{run.pk}").text
    assert f'action="/connections/runs/{run.pk}/stop"' in page
    visitor.post(
        f"/connections/runs/{run.pk}/stop",
        {"back": "yes"},
        headers={"referer": f"http://testserver/connections/runs/{run.pk}"},
    )
    page = visitor.get(f"/connections/runs/{run.pk}").text
    assert STOPPED in page
    assert "/stop" not in page
    rows = visitor.get("/connections/runs?outcome=stopped").text
    assert '<span class="pill ">stopped</span>' in rows
    assert STOPPED in rows


def test_a_stopped_source_is_connected_and_nothing_has_failed(visitor: Client) -> None:
    ran("GitHub", ago=2 * HOUR)
    ran("GitHub", status="stopped", error=STOPPED)
    status = one_source_status(sources["GitHub"])
    assert state_of(status) is State.CONNECTED
    assert not status.went_wrong
    assert 'class="note info"' in visitor.get("/connections/").text


def test_what_cannot_be_stopped_is_not_found(visitor: Client) -> None:
    assert visitor.post("/connections/runs/1/stop").status_code == 404
    assert visitor.get("/connections/runs/1/stop").status_code == 405


# --- Requests left --------------------------------------------------------------------------------


def quota(**values: Any) -> RequestQuota:
    given: dict[str, Any] = {
        "name": "",
        "remaining": 4812,
        "limit": 5000,
        "window": 3600,
        "resets_at": NOW + HOUR,
        "said_at": NOW - 12 * MINUTE,
    }
    return RequestQuota(**given | values)


@pytest.mark.parametrize(
    ("values", "name", "words"),
    [
        ({}, "Requests left at 16:28", "4,812 of 5,000 until 17:40"),
        ({"remaining": 0}, "Requests left at 16:28", "none of 5,000 until 17:40"),
        ({"limit": None}, "Requests left at 16:28", "4,812 until 17:40"),
        ({"name": "GraphQL points"}, "GraphQL points left at 16:28", "4,812 of 5,000 until 17:40"),
        # The hour is over, so that nobody knows.
        ({"resets_at": NOW - MINUTE}, "Requests left at 16:28", "4,812 of 5,000 an hour"),
        (
            {"resets_at": NOW + MINUTE, "window": 60},
            "Requests left at 16:28",
            "4,812 of 5,000 a minute",
        ),
        ({"resets_at": None, "limit": None}, "Requests left at 16:28", "4,812"),
        ({"window": None, "resets_at": None}, "Requests left at 16:28", "4,812 of 5,000"),
        (
            {"resets_at": NOW + 9 * HOUR, "said_at": NOW - 26 * HOUR},
            "Requests left on Tuesday 14:40",
            "4,812 of 5,000 until tomorrow 01:40",
        ),
    ],
)
def test_words_of_a_quota(values: dict[str, Any], name: str, words: str) -> None:
    assert words_of(quota(**values), TODAY) == (name, words)


def test_the_card_says_the_quota_that_is_used_up_first(visitor: Client) -> None:
    points = quota(name="GraphQL points", remaining=40, resets_at=NOW + MINUTE)
    ran("GitHub", quotas=[quota().as_json(), points.as_json()])
    said = "GraphQL points left at 16:28 40 of 5,000 until 16:41"
    assert said in github_card(visitor)
    # A run that has just begun has asked nothing yet.
    at_work(ago=timedelta(seconds=5))
    assert said in github_card(visitor)


def test_a_count_that_has_begun_anew_is_not_the_one_of_now(visitor: Client) -> None:
    over = quota(name="GraphQL points", remaining=40, resets_at=NOW - MINUTE)
    ran("GitHub", quotas=[quota().as_json(), over.as_json()])
    assert "Requests left at 16:28 4,812 of 5,000 until 17:40" in github_card(visitor)


def test_a_service_that_does_not_say_is_not_known(visitor: Client) -> None:
    assert "Requests left" not in github_card(visitor)
    connect("withings")
    ran("Withings")
    card = card_of(visitor.get("/connections/").text, "withings")
    assert "Requests left Withings has not said" in card


# --- The end of a connection ----------------------------------------------------------------------


def test_who_needs_the_person_can_be_disconnected_too(visitor: Client) -> None:
    connect("whoop", needs_reauthorization=True)
    ran("Whoop", counts={"sleep": {"created": 4}})
    page = visitor.get("/connections/").text
    assert 'action="/oauth/whoop/connect"' in page
    assert 'action="/oauth/whoop/disconnect"' in page
    assert (
        "The tokens stored here are deleted, and no sync is tried any more. Everything that was read stays and can still "
        "be looked at and exported."
    ) in card_of(page, "whoop")
    answer = visitor.post("/oauth/whoop/disconnect", follow=True)
    assert "the tokens were deleted here" in answer.text
    stored = OAuthCredential.objects.get()
    assert (stored.refresh_token, stored.access_token, stored.needs_reauthorization) == (
        "",
        "",
        False,
    )
    assert {one.name: state_of(one) for one in source_statuses()}["Whoop"] is State.NOT_CONNECTED
    assert SyncRun.objects.get().total("created") == 4


@pytest.mark.parametrize("provider", ["whoop", "withings"])
def test_tokens_that_cannot_be_read_can_be_deleted(
    visitor: Client, settings: Any, provider: str
) -> None:
    connect(provider, client_secret="s3cret")
    settings.SECRET_KEY = "another " * 8
    visitor.force_login(User.objects.get())
    assert "encrypted with another" in card_of(visitor.get("/connections/").text, provider)
    answer = visitor.post(f"/oauth/{provider}/disconnect", follow=True)
    assert answer.status_code == 200
    assert "the tokens were deleted here" in answer.text
    assert "not connected" in card_of(answer.text, provider)


def test_a_source_with_a_key_says_how_it_ends(visitor: Client) -> None:
    card = github_card(visitor)
    assert "GitHub is read with the key in GITHUB_ACCESS_TOKEN . Delete that line from .env" in card
    assert "Everything that was read stays." in card


def test_moments_are_read_back_as_they_were_written() -> None:
    assert RequestQuota.from_json(quota().as_json()) == quota()
    assert RequestQuota.from_json(quota(resets_at=None).as_json()).resets_at is None


# --- Where messages stand -------------------------------------------------------------------------


def test_what_became_of_a_button_stands_in_its_card(visitor: Client) -> None:
    """The answer leads to the card, from where nobody sees the top of the page."""
    connect("whoop", needs_reauthorization=True)
    answer = visitor.post("/sync/github", follow=True)
    assert "GitHub: a sync has been queued." in card_of(answer.text, "github")
    assert answer.text.count("a sync has been queued.") == 1
    assert answer.text.count('class="messages"') == 1
    assert "a sync has been queued." not in visitor.get("/connections/").text
    answer = visitor.get("/oauth/whoop/callback?code=abc&state=another", follow=True)
    assert "This consent was not begun here" in card_of(answer.text, "whoop")


def test_a_message_of_what_is_not_on_the_page_stands_at_the_top(visitor: Client) -> None:
    answer = visitor.post("/connections/accept-deletions", {"held_on": "never"}, follow=True)
    assert answer.redirect_chain == [("/connections/#missing", 302)]
    before_the_cards = answer.text.partition('class="grid connections"')[0]
    assert "Nothing was accepted." in before_the_cards


def test_the_same_messages_show_on_other_pages(visitor: Client) -> None:
    visitor.post("/sync/github")
    assert "GitHub: a sync has been queued." in visitor.get("/connections/runs").text


def test_a_wrong_password_is_what_is_typed_in_again(client: Client) -> None:
    page = client.get("/login/").text
    assert 'name="username" autofocus' in " ".join(page.split())
    page = client.post("/login/", {"username": "robin", "password": "wrong"}).text
    (password,) = [one for one in page.split("<input") if 'name="password"' in one]
    (name,) = [one for one in page.split("<input") if 'name="username"' in one]
    assert " autofocus" in password
    assert "autofocus" not in name
    assert 'value="robin"' in name


def test_steps_are_for_who_never_connected(visitor: Client) -> None:
    """Whoever has disconnected a service has its settings still."""
    credential = connect("whoop")
    credential.forget_tokens()
    assert 'id="whoop-steps"' in visitor.get("/connections/").text
    ran("Whoop")
    page = visitor.get("/connections/").text
    assert 'id="whoop-steps"' not in page
    assert 'action="/oauth/whoop/connect"' in page


def test_a_source_without_a_file_says_so(visitor: Client) -> None:
    assert card_of(visitor.get("/connections/").text, "zero").startswith("Zero no file yet")
    ran("Zero")
    assert card_of(visitor.get("/connections/").text, "zero").startswith("Zero by file")


def test_a_time_of_today_follows_at_also_by_a_clock_of_twelve_hours(db: None) -> None:
    Preferences(pk=1, clock=12).save()
    with read_once():
        assert at_words(NOW, TODAY).split() == ["at", "4:40", "pm"]
        assert at_words(NOW - 48 * HOUR, TODAY).startswith("on ")
