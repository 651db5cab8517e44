"""The page that imports WHOOP's export: a preview first, and then exactly what was previewed."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from journal.models import Answer
from lifetracker.models import SyncRun
from lifetracker.sync.file_imports import Preview
from tests.conftest import NOW
from tests.whoop.test_export_import import (
    CYCLE,
    CYCLE_HEADER,
    DRANK,
    FILES,
    JOURNAL_HEADER,
    now,
    zipped,
)
from whoop import import_views
from whoop.housekeeping import delete_pending_exports
from whoop.models import PendingWhoopExport, WhoopCycle, WhoopSleep

__all__ = ["now"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

PAGE = "/whoop/import"


def upload(text: str | bytes, name: str = "physiological_cycles.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def whole(tmp_path: Path) -> SimpleUploadedFile:
    return upload(zipped(tmp_path / "whoop.zip", FILES).read_bytes(), "whoop.zip")


def send(client: Client, file: Any, **values: object) -> Any:
    return client.post(PAGE, {"file": file} | values, follow=True)


def confirm(client: Client, **values: str) -> Any:
    return client.post(f"{PAGE}/confirm", values, follow=True)


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def counts() -> dict[str, int]:
    found = Preview.from_json(PendingWhoopExport.objects.get().preview).counts
    return {name: count for name, count in found.items() if count}


def test_an_export_is_previewed_and_then_imported(person: Client, tmp_path: Path) -> None:
    assert "More, App Settings, Data Export" in said(person.get(PAGE))
    answer = send(person, whole(tmp_path))
    assert answer.redirect_chain == [(PAGE, 302)]
    assert counts() == {"new": 8}
    text = said(answer)
    assert "8 new records. Nothing is stored yet." in text
    assert "3 sleeps: 3 new" in text
    assert "are about the day before the night" in text
    assert "running cycles: 1" in text
    assert not WhoopCycle.objects.exists()
    assert not SyncRun.objects.exists()
    answer = confirm(person)
    assert answer.redirect_chain == [("/whoop/", 302)]
    assert "whoop.zip: 8 new records, 0 changed, 0 unchanged." in said(answer)
    run = SyncRun.objects.get()
    assert (run.source, run.begun_by, run.counts["export"]["created"]) == (
        "WhoopExport",
        "person",
        8,
    )
    assert Answer.objects.get().date == date(2025, 9, 14)
    assert not PendingWhoopExport.objects.exists()
    assert "Everything in this file is stored already." in said(send(person, whole(tmp_path)))


def test_the_day_of_answers_is_chosen(person: Client) -> None:
    send(person, upload(JOURNAL_HEADER + DRANK), day="waking")
    confirm(person)
    assert Answer.objects.get().date == date(2025, 9, 15)


def test_what_has_changed_meanwhile_is_shown_again(person: Client) -> None:
    send(person, upload(CYCLE_HEADER + CYCLE))
    kept = PendingWhoopExport.objects.get()
    confirm(person)
    WhoopSleep.objects.all().delete()
    kept.pk = None
    kept.save()
    assert "what is stored has changed since the preview" in said(confirm(person))
    assert counts() == {"new": 1, "unchanged": 2}
    confirm(person)
    assert WhoopSleep.objects.count() == 1


def test_a_file_that_asks_first(person: Client) -> None:
    rows = "".join(
        CYCLE.replace("09-14 23:16:59", f"09-{day:02} 13:16:59")
        .replace("09-15 23:08:01", f"09-{day + 1:02} 13:08:01")
        .replace("09-15 07:02:10", f"09-{day:02} 21:02:10")
        for day in range(8, 14)
    )
    text = said(send(person, upload(CYCLE_HEADER + rows)))
    assert "Check this file first" in text
    assert "If you do sleep by day, tick the box below." in text
    assert "This file is mine, and its times are those of the place where I was" in text
    assert "Nothing was imported. Tick the box" in said(confirm(person))
    assert not WhoopSleep.objects.exists()
    confirm(person, replace="yes")
    assert WhoopSleep.objects.count() == 6


def test_what_cannot_be_imported_is_said_beside_the_file(
    person: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(send(person, upload("during,score\n1,2\n", "sleeps.csv")))
    assert "privacy.whoop.com (GDPR)" in text
    assert "Browsers do not keep a file: choose it again." in text
    assert "Choose the file that WHOOP sent you." in said(person.post(PAGE, {}))
    monkeypatch.setattr(import_views.ExportForm, "largest", 10)
    text = said(send(person, upload(CYCLE_HEADER + CYCLE)))
    assert "which no export from WHOOP is" in text


def test_a_preview_is_discarded_or_forgotten(person: Client) -> None:
    send(person, upload(CYCLE_HEADER + CYCLE))
    person.post(f"{PAGE}/discard")
    assert not PendingWhoopExport.objects.exists()
    send(person, upload(CYCLE_HEADER + CYCLE))
    assert delete_pending_exports(NOW) == 0
    assert delete_pending_exports(NOW + timedelta(days=2)) == 1


def test_connections_leads_there_and_shows_what_came(person: Client, tmp_path: Path) -> None:
    text = person.get("/connections/").text
    assert 'href="/whoop/import"' in text
    assert "WHOOP export" in text
    send(person, whole(tmp_path))
    confirm(person)
    assert "by file" in said(person.get("/connections/"))
    page = said(person.get("/whoop/2025-09-15"))
    assert "WHOOP export" in page
    assert "Running" in page
