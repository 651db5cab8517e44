"""What was not read is not empty: every answer without a record, and every card, says why it may only
seem so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from lifetracker.models import SyncState
from tests import makers
from tests.conftest import NOW, run, store_tokens, use

WHOOP_LISTS = [f"/api/whoop/{name}" for name in ("recovery", "sleep", "workouts", "cycles")]
# Each answer of the API that can be empty, and whose records are missing in it.
LISTS = [
    *((path, "WHOOP") for path in [*WHOOP_LISTS, "/api/whoop/metrics", "/api/workouts"]),
    *(("/api/weight", "Withings"), ("/api/weight/trend", "Withings")),
    *(("/api/time-entries", "Toggl"), ("/api/time-entries/totals", "Toggl")),
    *(("/api/github/projects", "GitHub"), ("/api/github/metrics", "GitHub")),
]
ONES = [
    *((f"{path}/latest", "WHOOP") for path in WHOOP_LISTS),
    *(("/api/whoop/profile", "WHOOP"), ("/api/github/project/portal", "GitHub")),
]
CARDS = {"weight": "Withings", "time": "Toggl", "code": "GitHub"}


@pytest.fixture
def robin(client: Client, db: None) -> Client:
    client.force_login(User.objects.create_user("robin"))
    return client


@pytest.fixture
def nothing(settings: Any) -> None:
    for name in ("WHOOP_CLIENT_ID", "WITHINGS_CLIENT_ID", "TOGGL_API_TOKEN", "GITHUB_ACCESS_TOKEN"):
        setattr(settings, name, "")


@pytest.fixture
def unread(settings: Any, sandbox: Any, at: Any) -> Any:
    """Everything is set up and connected, and no records yet."""
    at(NOW)
    use(settings, sandbox)
    for service in (sandbox.whoop, sandbox.withings):
        store_tokens(service, service.issue_tokens())
    settings.TOGGL_API_TOKEN = sandbox.toggl.api_token
    settings.GITHUB_ACCESS_TOKEN = sandbox.github.token
    return sandbox


@pytest.mark.parametrize(("path", "name"), LISTS)
def test_a_source_that_is_not_set_up(robin: Client, nothing: None, path: str, name: str) -> None:
    answer = robin.get(path)
    assert answer.status_code == 200
    assert answer.json()["detail"] == (f"{name} is not set up. See docs/{name.lower()}.md.")


@pytest.mark.parametrize(("path", "name"), ONES)
def test_one_record_of_it(robin: Client, nothing: None, path: str, name: str) -> None:
    answer = robin.get(path)
    assert answer.status_code == 404
    assert f"{name} is not set up" in answer.json()["detail"]


@pytest.mark.parametrize(("path", "name"), LISTS)
def test_a_source_that_was_not_read(robin: Client, unread: Any, path: str, name: str) -> None:
    assert robin.get(path).json()["detail"] == f"{name} has not been synced yet."


def test_a_source_that_waits_for_consent(robin: Client, settings: Any, nothing: None) -> None:
    settings.WHOOP_CLIENT_ID, settings.WHOOP_CLIENT_SECRET = "an-id", "a-secret"
    assert "WHOOP is not connected yet." in robin.get("/api/whoop/sleep").json()["detail"]
    assert "detail" not in robin.get("/api/fasting").json(), "what is typed in is all there is"


def test_days_before_those_that_were_read(robin: Client, unread: Any) -> None:
    run(days=30)
    before = "/api/whoop/sleep?start_date=2026-06-01&end_date=2026-06-03"
    assert robin.get(before).json()["detail"] == (
        "WHOOP has been synced back to 2026-08-17, not further."
    )
    known = robin.get("/api/whoop/sleep?days=3").json()
    assert known["count"]
    assert "detail" not in known
    run(full=True)
    empty = robin.get("/api/whoop/sleep?start_date=1999-06-01&end_date=1999-06-03").json()
    assert (empty["count"], "detail" in empty) == (0, False), "the whole history is known"


def test_an_empty_list_of_what_was_read_is_empty(
    robin: Client, nothing: None, settings: Any
) -> None:
    settings.GITHUB_ACCESS_TOKEN = "a-token"
    read = {"verified_from": NOW - timedelta(days=30), "verified_to": NOW}
    SyncState.objects.create(source="GitHub", stream="repository", **read)
    assert "detail" not in robin.get("/api/github/projects").json()


def test_the_cards_say_it_too(robin: Client, nothing: None, settings: Any) -> None:
    page = robin.get("/").text
    for card, title in CARDS.items():
        text = page.partition(f'aria-labelledby="{card}"')[2].partition("</section>")[0]
        assert f"{title} is not set up." in text
    settings.WITHINGS_CLIENT_ID = "an-id"
    assert "or type one in. Withings is waiting for your consent." in robin.get("/").text
    settings.TOGGL_API_TOKEN = "a-token"
    makers.weigh_in()
    page = robin.get("/").text
    assert "Withings is waiting" not in page.partition('class="card sources"')[0]
    assert "Toggl has not been synced completely yet." in page
