"""The pages of Apple Health: a range, the order of sources, and an export that a worker imports."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apple_health.models import AppleDay, AppleNight, SourceOrder
from lifetracker import tasks
from lifetracker.models import FileImport, SyncRun
from tests import makers
from tests.apple_health.exports import export, slept, steps
from whoop.models import WHOOP, WhoopSleep

pytestmark = pytest.mark.django_db
DAY = "2026-05-01"
ONE = steps(100, f"{DAY} 08:00:00", f"{DAY} 08:01:00")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.IMPORTS_DIR = tmp_path / "imports"
    settings.TIME_ZONE = "Europe/Berlin"
    now = makers.MORNING + timedelta(hours=12)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def person(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def test_without_data_the_page_leads_to_the_import(person: Client) -> None:
    page = person.get("/apple-health/").text
    assert "Nothing of Apple Health yet" in page
    assert "/apple-health/import" in page


def test_a_range_says_its_means(person: Client) -> None:
    for back in range(3):
        makers.apple_day(back, steps=8_000 + 1_000 * back, resting_heart_rate=54)
        makers.apple_night(back)
    page = person.get("/apple-health/?range=7d").text
    assert "9,000 steps a day on average, on 3 days" in page
    assert "7 h 30 asleep in 3 nights" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "1 to 3 of 3" in page


def test_a_range_without_nights_shows_what_else_is_known(person: Client) -> None:
    for back in range(3):
        makers.apple_day(back, active_energy_kcal=400, mindful_min=None if back else 12)
    page = person.get("/apple-health/?range=7d").text
    assert "Mindful minutes by day" in page
    assert "mean of 1 day" in page
    assert "Asleep by day" not in page
    # A third would stand alone.
    assert "Active energy in kcal by day" not in page
    assert "No night of these days is stored" in page
    makers.apple_night(0)
    page = person.get("/apple-health/?range=7d").text
    for heading in ("Steps", "Asleep", "Mindful minutes", "Active energy in kcal"):
        assert f"{heading} by day" in page


def test_a_page_costs_as_many_statements_for_any_range(
    person: Client, django_assert_max_num_queries: Any
) -> None:
    for back in range(60):
        makers.apple_day(back)
        makers.apple_night(back)
    for asked in ("7d", "all"):
        with django_assert_max_num_queries(11):
            assert person.get(f"/apple-health/?range={asked}").status_code == 200
    assert person.get("/apple-health/?range=never").status_code == 400


def test_the_order_of_nights_is_changed_on_its_page(person: Client) -> None:
    makers.apple_night(0)
    end = makers.MORNING
    WhoopSleep.objects.create(
        source=WHOOP,
        source_id="1",
        sleep_id="1",
        date=date(2026, 9, 16),
        start_time=end - timedelta(hours=7),
        end_time=end,
        utc_offset_min=120,
        nap=False,
        score_state="SCORED",
    )
    page = person.get("/apple-health/").text
    assert "1 is on the page" in page
    values = {"nights": "AppleHealth", "steps": SourceOrder.Steps.PHONE_WATCH_OTHER}
    answer = person.post("/apple-health/order", values, follow=True).text
    assert "Steps follow when you import an export again" in answer
    assert "1 to 1 of 1" in answer
    assert SourceOrder.current().ranks == {"phone": 0, "watch": 1, "other": 2}
    assert "selected" in person.get("/apple-health/order").text


def send(person: Client, text: str, **values: str) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("apple_health_export/export.xml", text)
    file = SimpleUploadedFile("export.zip", packed.getvalue())
    return person.post("/apple-health/import", {"file": file} | values, follow=True).text


def work() -> None:
    tasks.execute_import(FileImport.objects.order_by("-pk")[0].pk)


def test_an_export_is_previewed_by_a_worker_and_then_imported(person: Client) -> None:
    night = slept("InBed", "2026-04-30 23:00:00", f"{DAY} 07:00:00")
    assert "a worker goes through it" in send(person, export(ONE, night, steps("x", DAY)))
    work()
    page = person.get("/apple-health/import").text
    assert "2 new records" in page
    assert "is not a time with its offset" in page
    assert not AppleDay.objects.exists()
    person.post("/apple-health/import/confirm")
    work()
    assert (AppleDay.objects.get().steps, AppleNight.objects.count()) == (100, 1)
    run = SyncRun.objects.get()
    assert (run.kind, run.status, run.total("created")) == ("import", "success", 2)
    assert "1 new day, 1 new night" in person.get("/apple-health/import").text


def test_a_changed_preview_is_shown_again(person: Client) -> None:
    send(person, export(ONE))
    work()
    makers.apple_day(0, date=DAY, source_id=DAY, steps=100)
    person.post("/apple-health/import/confirm")
    work()
    job = FileImport.objects.get()
    assert (job.state, job.step) == ("waiting", "preview")


def test_what_is_no_export_is_refused_by_the_worker(person: Client) -> None:
    send(person, "<ClinicalDocument/>")
    work()
    assert "holds no export of Apple Health" in person.get("/apple-health/import").text
