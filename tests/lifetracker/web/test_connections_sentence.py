"""The sentence that the page of connections opens with: each branch, and what is said of several at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lifetracker.models import BEGINNING, SyncRun, SyncState
from lifetracker.web.connections import sentence as said
from lifetracker.web.connections.cards import ORDER, SourceCard
from lifetracker.web.connections.words import moment_words, short_moment, since_words
from lifetracker.web.source_status import RunSummary, SourceStatus
from oauth_integration.models import OAuthCredential
from tests.browser.scenes import NOW

TODAY = date(2026, 9, 16)
READ = NOW - timedelta(minutes=12)
NIGHT = NOW - timedelta(days=2)


def run(status: str, at: datetime | None = READ, source: str = "Whoop") -> SyncRun:
    return SyncRun(
        source=source, status=status, kind="incremental", started_at=at or NOW, finished_at=at
    )


def source(
    title: str,
    *,
    last: SyncRun | None = None,
    success: SyncRun | None = None,
    states: list[SyncState] | None = None,
    credential: OAuthCredential | None = None,
    configured: bool = True,
) -> SourceStatus:
    return SourceStatus(
        name=title,
        title=title,
        command="",
        configured=configured,
        credential=credential,
        stream_titles={"workout": "workouts", "cycle": "cycles", "sleep": "sleeps"},
        runs=RunSummary(last, success, states or [], {}),
    )


def read(title: str, at: datetime = READ, states: list[SyncState] | None = None) -> SourceStatus:
    return source(title, last=run("success", at), success=run("success", at), states=states)


def failed(title: str, at: datetime = READ) -> SourceStatus:
    return source(title, last=run("failed", at), success=run("success", NIGHT))


def needing(title: str, since: datetime = READ) -> SourceStatus:
    one = OAuthCredential(provider="whoop", refresh_token="r", needs_reauthorization=True)
    one.updated_at = since
    return source(title, success=run("success", NIGHT), credential=one)


def state(stream: str, until: datetime | None) -> SyncState:
    begun = BEGINNING if until else None
    return SyncState(source="Whoop", stream=stream, verified_from=begun, verified_to=until)


def cards(*sources: SourceStatus) -> list[SourceCard]:
    made = [SourceCard(source=one, today=TODAY) for one in sources]
    return sorted(made, key=lambda card: ORDER.index(card.state))


def sentence(*sources: SourceStatus) -> str:
    return said.sentence(cards(*sources), TODAY)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    settings.TIME_ZONE = "UTC"


CLOCK = moment_words(READ, TODAY)


def test_nothing_is_connected() -> None:
    words = "No service is connected yet. Each card says how to connect it."
    assert sentence(source("WHOOP", configured=False)) == words
    assert sentence() == words


def test_everything_is_read() -> None:
    earlier = NOW - timedelta(hours=3)
    assert sentence(read("WHOOP"), read("Toggl")) == f"Everything is read to {CLOCK}."
    words = f"Everything is read to {moment_words(earlier, TODAY)}."
    assert sentence(read("WHOOP"), read("Toggl", earlier)) == words


def test_connected_and_not_read() -> None:
    assert sentence(source("WHOOP")) == "WHOOP was not read yet."
    words = f"All else is read to {CLOCK}. WHOOP and Toggl were not read yet."
    assert sentence(source("WHOOP"), source("Toggl"), read("GitHub")) == words


def test_one_needs_the_person() -> None:
    words = f"Withings needs you since {CLOCK}. All else is read to {CLOCK}."
    assert sentence(needing("Withings"), read("WHOOP")) == words
    assert sentence(needing("Withings", NIGHT)) == "Withings needs you since Monday."


def test_a_moment_that_is_not_known_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OAuthCredential, "is_unreadable", True)
    one = source("Withings", credential=OAuthCredential(provider="withings", refresh_token="r"))
    assert sentence(one) == "Withings needs you."


def test_several_need_the_person() -> None:
    assert sentence(needing("Withings"), needing("WHOOP")) == "Withings and WHOOP need you."


def test_what_failed() -> None:
    words = f"Toggl could not be read at {CLOCK}. All else is read to {CLOCK}."
    assert sentence(failed("Toggl"), read("WHOOP")) == words
    assert sentence(failed("Toggl", NIGHT)).startswith("Toggl could not be read on Monday ")
    assert sentence(failed("Toggl"), failed("GitHub")) == "Toggl and GitHub could not be read."


def test_what_was_not_read_lately() -> None:
    words = f"Toggl was last read on {moment_words(NIGHT, TODAY)}."
    assert sentence(read("Toggl", NIGHT)) == words


def test_what_is_being_read() -> None:
    on, waits = run("running", None), run("queued", None)
    words = f"GitHub is being read. All else is read to {CLOCK}."
    assert sentence(source("GitHub", last=on), read("WHOOP")) == words
    assert sentence(source("GitHub", last=on), source("Toggl", last=on)) == (
        "GitHub and Toggl are being read."
    )
    assert sentence(source("GitHub", last=waits)) == "GitHub waits for its turn."
    both = sentence(source("GitHub", last=waits), source("Toggl", last=waits))
    assert both == "GitHub and Toggl wait for their turn."


def test_a_stream_is_pending() -> None:
    one = read("WHOOP", states=[state("cycle", READ), state("workout", NIGHT)])
    words = f"WHOOP's workouts are pending since Monday. All else is read to {CLOCK}."
    assert sentence(one) == words
    two = read(
        "WHOOP",
        states=[
            state("cycle", READ),
            state("sleep", READ - timedelta(hours=2)),
            state("workout", NIGHT),
        ],
    )
    assert sentence(two).startswith("WHOOP's sleeps and workouts are pending since Monday.")
    never = read("WHOOP", states=[state("cycle", READ), state("workout", None)])
    assert sentence(never).startswith("WHOOP's workouts are pending from the beginning.")


def test_all_streams_read_or_none() -> None:
    known = [state("cycle", READ), state("workout", READ - timedelta(minutes=59))]
    assert sentence(read("WHOOP", states=known)) == f"Everything is read to {CLOCK}."
    unread = [state("cycle", None), state("workout", None)]
    assert sentence(read("WHOOP", states=unread)) == f"Everything is read to {CLOCK}."


def test_complete_to() -> None:
    found = said.complete_words(cards(read("WHOOP"), needing("Withings")), TODAY)
    assert found == [f"Complete to {CLOCK}, without Withings"]
    assert said.complete_words(cards(read("WHOOP")), TODAY) == [f"Complete to {CLOCK}"]
    assert said.complete_words(cards(read("WHOOP"), source("Toggl")), TODAY) == []
    assert said.complete_words([], TODAY) == []


@pytest.mark.parametrize(
    ("days", "long", "short", "since"),
    [
        (0, "09:30", "09:30", "since 09:30"),
        (-1, "tomorrow 09:30", "17 Sep 09:30", "since 17 Sep"),
        (1, "Tuesday 09:30", "Tue 09:30", "since Tuesday"),
        (6, "Thursday 09:30", "Thu 09:30", "since Thursday"),
        (7, "9 Sep 09:30", "9 Sep 09:30", "since 9 Sep"),
        (300, "20 Nov 2025 09:30", "20 Nov 2025 09:30", "since 20 Nov 2025"),
    ],
)
def test_moments(days: int, long: str, short: str, since: str) -> None:
    instant = NOW.replace(hour=9, minute=30) - timedelta(days=days)
    assert moment_words(instant, TODAY) == long
    assert short_moment(instant, TODAY) == short
    assert since_words(instant, TODAY) == since
