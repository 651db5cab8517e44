"""Typing in, editing and deleting time entries: nothing typed is lost, and what a service sent is only shown."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.conftest import NOW
from tests.whoop.test_web_pages import text_of
from time_logs.models import TOGGL, TimeEntry

pytestmark = pytest.mark.django_db

TYPED = {
    "start": "2026-09-15T23:20",
    "end": "2026-09-16T00:45",
    "description": "Restore test",
    "project": "Internal",
    "client": "",
    "tags": "ops, night",
}


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.fixture
def person(client: Client) -> Client:
    """Somebody without staff rights, who may type in."""
    client.force_login(User.objects.create_user("robin"))
    return client


def stored(**fields: Any) -> TimeEntry:
    start = datetime(2026, 9, 15, 9, 0, 30, tzinfo=UTC)
    values = {"start": start, "end": start + timedelta(hours=1), "description": "Mine"}
    return TimeEntry.objects.create(**values | fields)


def typed_again(entry: TimeEntry, **changes: str) -> dict[str, str]:
    """What the form of an entry has, with changes."""
    local = [
        timezone.localtime(one).strftime("%Y-%m-%dT%H:%M")
        for one in (entry.start, entry.end)
        if one
    ]
    known = {"start": local[0], "end": local[1], "description": entry.description}
    return known | {"project": entry.project, "client": "", "tags": ""} | changes


def test_an_entry_over_midnight_is_typed_in_and_listed(person: Client) -> None:
    answer = person.post("/time/entries/new", TYPED, follow=True)
    entry = TimeEntry.objects.get()
    assert (entry.source, entry.project, entry.tags) == ("Manual", "Internal", ["ops", "night"])
    assert entry.start == datetime(2026, 9, 15, 21, 20, tzinfo=UTC)
    assert entry.duration == 85 * 60
    assert "The entry was saved." in text_of(answer)
    assert "40 min in 1 entry." in text_of(answer)
    later = text_of(person.get("/time/entries?from=2026-09-16&to=2026-09-16"))
    assert "45 min in 1 entry." in later


def test_a_new_form_offers_an_hour_ago_and_the_names_of_before(person: Client) -> None:
    stored(project="Ticketing", client="Museum")
    html = person.get("/time/entries/new").content.decode()
    assert 'value="2026-09-16T15:00"' in html
    assert '<option value="Ticketing">' in html
    assert '<option value="Museum">' in html
    other = person.get("/time/entries/new?day=2026-09-01").content.decode()
    assert 'value="2026-09-01T15:00"' in other
    assert 'value="2026-09-16T15:00"' in person.get("/time/entries/new?day=soon").content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"end": "2026-09-15T22:00"}, "The end must not be before the start."),
        ({"start": "2027-01-01T08:00", "end": ""}, "This time must not be in the future."),
        ({"start": "yesterday"}, "Enter a valid date/time."),
        ({"start": "2026-03-29T02:30"}, "This time did not exist because clocks were set forward."),
        ({"start": ""}, "This field is required."),
        ({"start": "2020-01-01T08:00"}, "An entry cannot be longer than a year."),
        ({"project": "x" * 256}, "at most 255 characters"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    person: Client, change: dict[str, str], words: str
) -> None:
    answer = person.post("/time/entries/new", TYPED | change)
    html = answer.content.decode()
    assert words in html
    for value in (TYPED | change).values():
        assert not value or f'value="{value}"' in html
    assert not TimeEntry.objects.exists()


def test_the_hour_that_comes_twice_stays_the_one_it_was(person: Client) -> None:
    second = datetime(2025, 10, 26, 1, 30, 15, tzinfo=UTC)
    entry = stored(start=second, end=second + timedelta(minutes=20))
    person.post(f"/time/entries/{entry.pk}", typed_again(entry, description="Changed"))
    entry.refresh_from_db()
    assert (entry.description, entry.start) == ("Changed", second)


def test_an_entry_is_edited(person: Client) -> None:
    entry = stored()
    assert "Edit this entry" in text_of(person.get(f"/time/entries/{entry.pk}"))
    person.post(f"/time/entries/{entry.pk}", typed_again(entry, project="Ticketing"))
    entry.refresh_from_db()
    assert entry.project == "Ticketing"
    assert entry.start.second == 30


def test_a_running_entry_gets_its_end(person: Client) -> None:
    entry = stored(end=None)
    person.post(
        f"/time/entries/{entry.pk}",
        typed_again(entry, end="2026-09-15T12:00")
        if entry.end
        else {"start": "2026-09-15T11:00", "end": "2026-09-15T12:00", "description": "Mine"},
    )
    entry.refresh_from_db()
    assert entry.duration == 3570


def test_an_entry_is_deleted_and_brought_back(person: Client) -> None:
    entry = stored()
    assert "Delete this entry?" in text_of(person.get(f"/time/entries/{entry.pk}/delete"))
    answer = person.post(f"/time/entries/{entry.pk}/delete", follow=True)
    assert "The entry was deleted" in text_of(answer)
    assert not TimeEntry.objects.live().exists()
    gone = person.get(f"/time/entries/{entry.pk}")
    assert gone["Location"] == f"/time/entries/{entry.pk}/deleted"
    action = re.findall(r'action="([^"]+restore)"', answer.content.decode())[0]
    assert person.get(action).status_code == 405
    back = person.post(action, follow=True)
    assert "The entry is back." in text_of(back)
    assert TimeEntry.objects.live().get() == entry


def test_what_toggl_sent_is_shown_and_refused(person: Client) -> None:
    entry = stored(source=TOGGL, source_id="7", raw={"id": 7, "note": "<b>"})
    answer = person.get(f"/time/entries/{entry.pk}")
    text = text_of(answer)
    assert "This entry comes from Toggl. Change it there" in text
    assert 'href="https://track.toggl.com/timer"' in answer.content.decode()
    assert "&quot;note&quot;: &quot;&lt;b&gt;&quot;" in answer.content.decode()
    assert "Save" not in text
    for path in ("", "/delete"):
        assert person.post(f"/time/entries/{entry.pk}{path}", TYPED).status_code == 403
    assert person.get(f"/time/entries/{entry.pk}/delete").status_code == 403
    assert person.post(f"/time/entries/{entry.pk}/restore").status_code == 404
    entry.refresh_from_db()
    assert (entry.description, entry.deleted_at) == ("Mine", None)


def test_nothing_is_written_by_looking(person: Client) -> None:
    entry = stored()
    for path in ("", "/delete"):
        person.get(f"/time/entries/{entry.pk}{path}")
    assert person.get(f"/time/entries/{entry.pk}/deleted").status_code == 404
    assert TimeEntry.objects.live().count() == 1
