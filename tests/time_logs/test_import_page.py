"""The page that imports a report of Toggl: a preview first, and then exactly what was previewed."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import Preview
from tests.time_logs.test_toggl_export import HEADER, NINE, home, row, synced
from time_logs import import_views
from time_logs.housekeeping import delete_pending_exports
from time_logs.models import PendingTogglExport, TimeEntry

__all__ = ["home"]

pytestmark = pytest.mark.django_db

PAGE = "/time/import"


def upload(text: str, name: str = "report.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def send(client: Client, text: str, **values: object) -> Any:
    return client.post(PAGE, {"file": upload(text)} | values, follow=True)


def confirm(client: Client, **values: str) -> Any:
    return client.post(f"{PAGE}/confirm", values, follow=True)


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def counts() -> dict[str, int]:
    found = Preview.from_json(PendingTogglExport.objects.get().preview).counts
    return {name: count for name, count in found.items() if count}


def test_a_report_is_previewed_and_then_imported(person: Client) -> None:
    assert "At Toggl: Reports, Detailed." in said(person.get(PAGE))
    bad = row("bad", "2026-03-03 09:00:00", "2026-03-03 10:00:00", "02:00:00")
    answer = send(person, HEADER + row() + bad)
    assert answer.redirect_chain == [(PAGE, 302)]
    assert counts() == {"new": 1, "rejected": 1}
    text = said(answer)
    assert "1 new record. Nothing is stored yet." in text
    assert "line 3: its duration is '02:00:00'" in text
    assert "Its times are read as those of Europe/Berlin." in text
    assert not TimeEntry.objects.exists()
    answer = confirm(person)
    assert "report.csv: 1 new entry, 0 changed, 0 unchanged, 1 rejected." in said(answer)
    assert answer.redirect_chain[0][0].startswith("/time/entries?")
    assert "write" in said(answer)
    run = SyncRun.objects.get()
    assert (run.source, run.begun_by) == ("TogglExport", "person")
    assert not PendingTogglExport.objects.exists()
    assert "Everything in this file is stored already." in said(send(person, HEADER + row()))


def test_the_zone_and_the_person_are_chosen(person: Client) -> None:
    text = HEADER + row() + row("talk", email="bob@example.org")
    answer = said(send(person, text))
    assert "Say which of them you are, by your e-mail in the field below." in answer
    send(person, text, user="bob@example.org", zone="UTC")
    confirm(person)
    entry = TimeEntry.objects.get()
    assert (entry.description, entry.start) == ("talk", NINE + timedelta(hours=1))
    assert "There is no time zone Nowhere." in said(send(person, text, zone="Nowhere"))


def test_what_has_changed_meanwhile_is_shown_again(person: Client) -> None:
    send(person, HEADER + row())
    synced("7", "write", NINE)
    assert "what is stored has changed since the preview" in said(confirm(person))
    assert counts() == {"as the API has them": 1}


def test_a_file_that_asks_first(person: Client) -> None:
    for number in range(5):
        synced(str(number), f"t{number}", NINE + timedelta(hours=3 * number))
    rows = [row("x", f"2026-03-0{day} 03:00:00", f"2026-03-0{day} 04:00:00") for day in (1, 4)]
    text = said(send(person, HEADER + "".join(rows)))
    assert "Check this file first" in text
    assert "If it is right as it is, tick the box below." in text
    assert "This file is mine, and its time zone is right" in text
    assert "Nothing was imported. Tick the box" in said(confirm(person))
    confirm(person, replace="yes")
    assert TimeEntry.objects.filter(source="TogglExport").count() == 2


def test_what_cannot_be_imported_is_said_beside_the_file(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(send(person, "Date,Weight (kg)\n2026-03-02,80\n"))
    assert "has none of the columns Start date and Start time" in text
    assert "Browsers do not keep a file: choose it again." in text
    assert "Choose the file that Toggl exported." in said(person.post(PAGE, {}))
    monkeypatch.setattr(import_views.ReportForm, "largest", 10)
    assert "which no export from Toggl is" in said(send(person, HEADER + row()))


def test_a_preview_is_discarded_or_forgotten(person: Client) -> None:
    send(person, HEADER + row())
    person.post(f"{PAGE}/discard")
    assert not PendingTogglExport.objects.exists()
    send(person, HEADER + row())
    assert delete_pending_exports(timezone.now()) == 0
    assert delete_pending_exports(timezone.now() + timedelta(days=2)) == 1


def test_connections_leads_there_and_the_entry_says_where_it_is_from(person: Client) -> None:
    assert 'href="/time/import"' in person.get("/connections/").text
    send(person, HEADER + row())
    confirm(person)
    assert "by file" in said(person.get("/connections/"))
    page = said(person.get(f"/time/entries/{TimeEntry.objects.get().pk}"))
    assert "From the Toggl export. Change it in Toggl: a newer file brings the change." in page
    assert "Show what Toggl export sent" in page
