"""The page that imports the diary of another app: a preview first, and then exactly what was previewed."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lifetracker.models import RejectedItem, SyncRun
from lifetracker.sync.file_imports import Preview
from nutrition import import_views
from nutrition.diary_import.entries import Diary, Options
from nutrition.diary_import.files import read_diary
from nutrition.housekeeping import delete_pending_diaries
from nutrition.importers import DIARIES_OF_APPS
from nutrition.models import CompleteDay, Meal, PendingDiary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SAMPLES = Path(__file__).parents[1] / "payloads" / "nutrition"
PAGE = "/nutrition/import"
NOW = datetime(2026, 9, 16, 14, tzinfo=UTC)
SERVINGS = (SAMPLES / "cronometer_servings.csv").read_text()
SUMMARY = (SAMPLES / "cronometer_dailysummary.csv").read_text()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def upload(text: str, name: str = "servings.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def send(client: Client, file: Any, **values: object) -> Any:
    return client.post(PAGE, {"file": file} | values, follow=True)


def confirm(client: Client, **values: str) -> Any:
    return client.post(f"{PAGE}/confirm", values, follow=True)


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def counts() -> dict[str, int]:
    found = Preview.from_json(PendingDiary.objects.get().preview).counts
    return {name: count for name, count in found.items() if count}


def test_a_diary_is_previewed_before_anything_is_stored(person: Client) -> None:
    text = said(person.get(PAGE))
    assert "Choose the file that another app exported." in text
    answer = send(person, upload(SERVINGS.replace("420.00", "lots")))
    assert answer.redirect_chain == [(PAGE, 302)]
    assert counts() == {"new": 2, "rejected": 1}
    text = said(answer)
    assert "2 new meals. Nothing is stored yet." in text
    assert "2026-09-10 07:30 breakfast, 3 items, 224 kcal (line 2)" in text
    assert "line 6: Energy (kcal) is 'lots', which is not a number" in text
    assert not Meal.objects.exists()
    assert not SyncRun.objects.exists()


def test_exactly_what_was_previewed_is_imported(person: Client) -> None:
    send(person, upload(SERVINGS), zone="America/New_York")
    answer = confirm(person)
    assert answer.redirect_chain == [("/nutrition/?day=2026-09-11", 302)]
    assert "servings.csv: 3 new meals, 0 changed, 0 unchanged." in said(answer)
    run = SyncRun.objects.get()
    assert (run.source, run.begun_by) == ("Cronometer", "person")
    first = Meal.objects.earliest("eaten_at")
    assert first.eaten_at == datetime(2026, 9, 10, 11, 30, tzinfo=UTC)
    assert not PendingDiary.objects.exists()
    assert not RejectedItem.objects.exists()
    send(person, upload(SUMMARY, "dailysummary.csv"))
    assert "2 marked as complete days" in said(confirm(person))
    assert CompleteDay.objects.count() == 2


def test_what_has_changed_meanwhile_is_shown_again(person: Client) -> None:
    send(person, upload(SERVINGS))
    kept = PendingDiary.objects.get()
    send(person, upload("\n".join(SERVINGS.splitlines()[:2])))
    confirm(person)
    kept.pk = None
    kept.save()
    assert "what is stored has changed since the preview" in said(confirm(person))
    assert counts() == {"new": 2, "changed": 1}
    confirm(person)
    assert Meal.objects.count() == 3


def test_marks_of_days_are_changes(person: Client) -> None:
    send(person, upload(SERVINGS))
    confirm(person)
    text = said(send(person, upload(SUMMARY)))
    assert "2 days marked as complete. Nothing is stored yet." in text
    assert "stored already" not in text
    confirm(person)
    assert "Everything in this file is stored already." in said(send(person, upload(SUMMARY)))
    text = said(send(person, upload(SUMMARY.replace("27.05,true", "27.05,false"))))
    assert "1 day no longer complete. Nothing is stored yet." in text


def test_a_file_that_knows_too_little_asks_first(person: Client) -> None:
    head = "Date,Meal,Calories,Protein (g)\n"
    rows = [
        f"2026-09-{day:02},{meal},500,1\n" for day in range(1, 8) for meal in ("Lunch", "Dinner")
    ]
    send(person, upload(head + "".join(rows)))
    confirm(person)
    text = said(send(person, upload(head + rows[0] + rows[-1])))
    assert "If it is, tick the box below." in text
    assert "This file replaces what is stored from its first meal to its last one" in text
    assert "--" not in text
    assert "Nothing was imported. Tick the box" in said(confirm(person))
    assert "12 removed" in said(confirm(person, replace="yes"))
    assert Meal.objects.live().count() == 2


def test_a_preview_can_be_thrown_away(person: Client) -> None:
    send(person, upload(SERVINGS))
    assert "The preview was deleted." in said(person.post(f"{PAGE}/discard", follow=True))
    assert "There is no preview to import." in said(confirm(person))


@pytest.mark.parametrize(
    ("file", "values", "why"),
    [
        ("", {}, "Choose the file that the other app exported."),
        (upload(""), {}, "This file is empty."),
        (upload("%PDF-1.7"), {}, "is a PDF and not an export from these apps"),
        (upload("a,b\n1,2\n"), {}, "is not a diary that can be imported"),
        (upload(SERVINGS), {"zone": "Mars/Base"}, "There is no time zone Mars/Base."),
    ],
)
def test_what_cannot_be_imported_says_why(
    person: Client, file: Any, values: dict[str, str], why: str
) -> None:
    if file:
        file.seek(0)
    text = said(send(person, file, **values))
    assert why in text
    assert "choose it again" in text
    assert not PendingDiary.objects.exists()


def test_what_is_too_large(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_views.DiaryForm, "largest", 100)
    assert "larger than 0 MB" in said(send(person, upload(SERVINGS)))


def test_only_staff_imports_and_a_preview_is_good_for_a_day(person: Client) -> None:
    send(person, upload(SERVINGS))
    guest = Client()
    guest.force_login(User.objects.create_user("guest"))
    assert guest.get(PAGE).status_code == confirm(guest).status_code == 403
    assert "Import a diary" not in guest.get("/nutrition/").text
    assert "Import a diary" in person.get("/nutrition/").text
    assert 'href="/nutrition/import"' in person.get("/connections/").text
    assert delete_pending_diaries(NOW + timedelta(hours=23)) == 0
    assert delete_pending_diaries(NOW + timedelta(hours=25)) == 1


def test_connections_has_one_card_of_diaries(person: Client) -> None:
    text = said(person.get("/connections/"))
    assert "Food diaries" in text
    assert "Cronometer" not in text.replace("MyFitnessPal, Cronometer, MacroFactor", "")
    send(person, upload(SERVINGS))
    confirm(person)
    assert "Cronometer" in said(person.get("/connections/")).replace(
        "MyFitnessPal, Cronometer, MacroFactor", ""
    )


def test_a_diary_is_kept_without_loss(tmp_path: Path) -> None:
    path = tmp_path / "servings.csv"
    path.write_text(SERVINGS.replace("420.00", "lots"))
    options = Options(timezone.get_default_timezone(), timezone.now())  # type: ignore[arg-type]
    diary = read_diary(path, options)
    summary = tmp_path / "dailysummary.csv"
    summary.write_text(SUMMARY)
    diary.add(read_diary(summary, options))
    assert diary.unsure == {date(2026, 9, 11)}
    assert isinstance(diary, Diary)
    kept = json.dumps(DIARIES_OF_APPS.to_json(diary), default=str)
    assert DIARIES_OF_APPS.from_json(json.loads(kept)) == diary
