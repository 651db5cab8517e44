"""The file of an export: how it may come, what is wrong with some, and what is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from apple_health.export import xml_stream
from apple_health.models import AppleDay, AppleNight
from apple_health.names import APPLE_HEALTH
from lifetracker.models import RejectedItem, SyncRun
from lifetracker.words import title_of
from tests.apple_health.exports import (
    DTD,
    MALFORMED_DTD,
    export,
    given,
    imported,
    record,
    refused,
    slept,
    steps,
    zipped,
)

pytestmark = pytest.mark.django_db
ONE = steps(100, "2026-05-01 08:00:00", "2026-05-01 08:01:00")
DAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def steps_of_the_day() -> int | None:
    return AppleDay.objects.get(date=DAY).steps


def test_zip_folder_and_xml_say_the_same(tmp_path: Path) -> None:
    assert imported(zipped(tmp_path, export(ONE)))["days"] == {"seen": 1, "created": 1}
    assert imported(zipped(tmp_path, export(ONE), "apple_health_export/exportación.xml"))[
        "days"
    ] == {
        "seen": 1,
        "unchanged": 1,
    }
    assert imported(given(tmp_path, export(ONE)))["days"] == {"seen": 1, "unchanged": 1}
    folder = tmp_path / "somewhere" / "apple_health_export"
    folder.mkdir(parents=True)
    given(folder, export(ONE))
    given(folder, "<ClinicalDocument>" + " " * 100_000 + "</ClinicalDocument>", "export_cda.xml")
    assert imported(tmp_path / "somewhere")["days"] == {"seen": 1, "unchanged": 1}


def test_a_run_is_told_of(tmp_path: Path) -> None:
    imported(
        given(tmp_path, export(ONE, slept("InBed", "2026-05-01 00:00:00", "2026-05-01 07:00:00")))
    )
    run = SyncRun.objects.get()
    assert (run.source, run.status, run.records_synced) == (APPLE_HEALTH, "success", 2)
    assert run.window_end == datetime(2026, 5, 1, 6, 1, tzinfo=UTC)
    assert title_of(APPLE_HEALTH) == "Apple Health"


def test_a_dry_run_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = given(tmp_path, export(ONE, steps("many", "2026-05-01 08:00:00")))
    call_command("import_apple_health", str(path), "--dry-run")
    told = capsys.readouterr()
    assert "1 day: 1 new, 0 changed, 0 the same" in told.out
    assert "Nothing was changed" in told.out
    assert "the value 'many' is not a number" in told.err
    for model in (AppleDay, SyncRun, RejectedItem):
        assert not model.objects.exists()


@pytest.mark.parametrize(
    "dtd",
    [
        "",
        DTD,
        MALFORMED_DTD,
        "<!DOCTYPE HealthData [ <!ATTLIST Record a CDATA",
        "\n" * 300_000,
    ],
)
def test_no_dtd_matters(tmp_path: Path, dtd: str) -> None:
    imported(given(tmp_path, export(ONE, dtd=dtd)))
    assert steps_of_the_day() == 100


@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_control_characters_are_scrubbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(xml_stream, "CHUNK", chunk)
    bad = ONE.replace("Anna's Watch", "Anna\x0b\x01's&#x8;&#11; &#65;&amp;\x1f Watch")
    night = slept("InBed", "2026-05-01 00:00:00", "2026-05-01 07:00:00", source="here")
    imported(given(tmp_path, export(bad, night.replace("here", "A\x00&#0;B"))))
    assert steps_of_the_day() == 100
    assert AppleNight.objects.get().device == "AB"


def test_old_exports_without_a_date(tmp_path: Path) -> None:
    imported(given(tmp_path, export(ONE, exported="")))
    assert AppleDay.objects.get().reported_at == datetime(2026, 5, 1, 6, 1, tzinfo=UTC)


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    elements = (
        ONE,
        slept("AsleepCore", "2026-05-01 00:00:00", "2026-05-01 07:00:00"),
        record("BodyMass", 80.25, "kg", "2026-05-01 07:10:00"),
        record("BodyFatPercentage", 0.215, "%", "2026-05-01 07:10:00"),
        '<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="45" durationUnit="min"'
        ' sourceName="Watch" startDate="2026-05-01 18:00:00 +0200" endDate="2026-05-01 18:45:00 +0200"/>',
    )
    path = given(tmp_path, export(*elements))
    first = imported(path)
    assert len(first) == 4
    assert all(counts == {"seen": 1, "created": 1} for counts in first.values())
    changed = [one.updated_at for one in (AppleDay.objects.get(), AppleNight.objects.get())]
    again = imported(path)
    assert all(counts == {"seen": 1, "unchanged": 1} for counts in again.values())
    assert changed == [one.updated_at for one in (AppleDay.objects.get(), AppleNight.objects.get())]


def test_a_later_export_follows_and_an_older_one_does_not(tmp_path: Path) -> None:
    path = given(tmp_path, export(ONE))
    later = export(
        ONE,
        steps(50, "2026-05-01 20:00:00", "2026-05-01 20:01:00"),
        exported="2026-05-03 08:00:00 +0200",
    )
    imported(path)
    counts = imported(given(tmp_path, later, "later.xml"))
    assert counts["days"] == {"seen": 1, "updated": 1}
    assert steps_of_the_day() == 150
    older = export(ONE, record("RestingHeartRate", 50, "count/min", "2026-05-01 08:00:00"))
    imported(given(tmp_path, older))
    day = AppleDay.objects.get()
    assert (day.steps, day.resting_heart_rate) == (150, 50), "it only fills what is unknown"


def test_nothing_is_deleted_by_absence(tmp_path: Path) -> None:
    imported(given(tmp_path, export(ONE)))
    other = steps(70, "2026-05-02 08:00:00", "2026-05-02 08:01:00")
    imported(given(tmp_path, export(other, exported="2026-05-04 08:00:00 +0200")))
    assert [one.steps for one in AppleDay.objects.live().order_by("date")] == [100, 70]


def test_what_is_not_read_is_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heart = record("HeartRate", 60, "count/min", "2026-05-01 08:00:00")
    imported(given(tmp_path, export(ONE, heart, heart)))
    assert "records of kinds that are not read: 2" in capsys.readouterr().out


# --- What is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("%PDF-1.4", "is a PDF"),
        ("<ClinicalDocument/>", "the clinical document"),
        ('{"data": {"metrics": []}}', "JSON of Health Auto Export"),
        ("Cycle start time,Cycle end time\n", "a table of WHOOP's export"),
        ("<gpx></gpx>", "the route of one workout"),
        ("<html></html>", "is not an export of Apple Health"),
        (export(ONE)[:-20], "was cut off"),
        (export("<Record type='a' type='b'/>"), "cannot be read at line 13: duplicate attribute"),
        (export("&boom;"), "undefined entity"),
        (export(ONE, dtd='<!DOCTYPE HealthData [<!ENTITY a "b">]>'), "declares entities"),
        (export("<a>" * 20), "nested deeper"),
        (export("<a>" * 20).replace("HealthData", "OtherData"), "is not an export of Apple Health"),
        (export(), "without a single record"),
        (export(f'<Record type="{"x" * 5_000_000}"/>'), "longer than any"),
        (export(ONE).encode("utf-16"), "in UTF-16"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, content: str | bytes, reason: str) -> None:
    path = given(tmp_path, content)
    assert reason in refused(path)
    assert not AppleDay.objects.exists()
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ("my_whoop_data/physiological_cycles.csv", "is WHOOP's export"),
        ("Takeout/Fit/a.csv", "Google Takeout"),
        ("weight.csv", "an archive of Withings"),
        ("apple_id_account_information/a.csv", "privacy.apple.com"),
        ("xl/workbook.xml", "an Excel workbook"),
        ("other.xml", "holds no export"),
    ],
)
def test_other_zips_are_refused_by_name(tmp_path: Path, member: str, reason: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(member, "<a/>")
    assert reason in refused(given(tmp_path, content.getvalue(), "given.zip"))


def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apple_health.export.job.LARGEST", 1_000_000)
    path = zipped(tmp_path, export(ONE * 10_000))
    assert path.stat().st_size < 100_000
    assert "unpacks to more than 1 MB" in refused(path)


def test_a_damaged_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path, export(ONE * 1_000))
    whole = path.read_bytes()
    assert "damaged or was cut off" in refused(given(tmp_path, whole[:-100], "cut.zip"))
    broken = whole[:200] + b"\x00" * 20 + whole[220:]
    assert "damaged or was cut off" in refused(given(tmp_path, broken, "broken.zip"))


def test_a_file_of_which_much_cannot_be_read(tmp_path: Path) -> None:
    bad = [steps("x", "2026-05-01 08:00:00") for _ in range(600)]
    assert "600 records of export.xml cannot be read" in refused(given(tmp_path, export(ONE, *bad)))


def test_another_persons_export_is_asked_about(tmp_path: Path) -> None:
    def life(count: int) -> str:
        return export(*(steps(count + day, f"2026-04-{day:02} 08:00:00") for day in range(1, 9)))

    imported(given(tmp_path, life(1000)))
    other = given(tmp_path, life(5000))
    assert "perhaps another person's" in refused(other)
    assert AppleDay.objects.get(date=date(2026, 4, 1)).steps == 1001
    imported(other, "--replace")
    assert AppleDay.objects.get(date=date(2026, 4, 1)).steps == 5001


def test_a_date_of_export_that_lies_ahead_keeps_no_later_export_out(tmp_path: Path) -> None:
    ahead = export(steps(5, "2026-05-01 08:00:00"), exported="2199-01-01 00:00:00 +0000")
    imported(given(tmp_path, ahead))
    later = export(steps(6, "2026-05-01 09:00:00"), exported="2198-01-01 00:00:00 +0000")
    imported(given(tmp_path, later))
    assert steps_of_the_day() == 6


def test_one_value_that_cannot_be_leaves_the_rest_of_its_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cold = record("AppleSleepingWristTemperature", -3, "degC", "2026-05-01 05:00:00")
    counts = imported(given(tmp_path, export(steps(5, "2026-05-01 08:00:00"), cold)))
    assert counts == {"days": {"seen": 1, "created": 1}, "export": {"seen": 1, "rejected": 1}}
    assert steps_of_the_day() == 5
    assert "wrist_temperature: -3.0: below 0" in capsys.readouterr().err
