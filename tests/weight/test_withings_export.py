"""The weigh-ins of Withings' download: each oddity of the file, beside the API, and what is refused."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from lifetracker.models import RejectedItem, SyncRun
from lifetracker.words import title_of
from tests.conftest import run
from weight.models import WITHINGS, WITHINGS_EXPORT, MeasureGroup, WeighIn
from weight.same_weigh_ins import CORRECTED, Said, hide_exported, paired

pytestmark = pytest.mark.django_db

HEADER = 'Date,"Weight (kg)","Fat mass (kg)","Bone mass (kg)","Muscle mass (kg)","Hydration (kg)",Comments\n'
# As it stood in somebody's download.
VERBATIM = '"2026-04-25 08:11:51",80.90,16.02,3.22,61.65,43.93,\n'
AT = datetime(2026, 4, 25, 6, 11, 51, tzinfo=UTC)
IN_POUNDS = HEADER.replace("(kg)", "(lb)")
NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def given(tmp_path: Path, text: str | bytes, name: str = "weight.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def imported(path: Path, *options: str) -> dict[str, Any]:
    """Import a file, and return the counts of the run that are not 0."""
    call_command("import_withings", str(path), *options)
    last = SyncRun.objects.filter(source=WITHINGS_EXPORT).latest("pk")
    return {name: count for name, count in last.counts["export"].items() if count}


def refused(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_withings", str(path), *options)
    return str(caught.value)


def live() -> list[WeighIn]:
    rows = WeighIn.objects.live().filter(source=WITHINGS_EXPORT)
    return list(rows.order_by("measured_at", "weight_kg"))


def synced(at: datetime, kg: str, **values: Any) -> WeighIn:
    values = {"source_id": str(int(at.timestamp())), **values}
    return WeighIn.objects.create(source=WITHINGS, measured_at=at, weight_kg=Decimal(kg), **values)


# --- The file -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("now")
def test_a_file_as_withings_writes_it(tmp_path: Path) -> None:
    path = given(tmp_path, b"\xef\xbb\xbf" + (HEADER + VERBATIM).replace("\n", "\r\n").encode())
    assert imported(path) == {"seen": 1, "created": 1}
    (one,) = live()
    assert (one.measured_at, one.date, one.weight_kg) == (AT, date(2026, 4, 25), Decimal("80.9"))
    assert (one.fat_mass_kg, one.bone_mass_kg) == (Decimal("16.02"), Decimal("3.22"))
    assert (one.muscle_mass_kg, one.hydration_kg) == (Decimal("61.65"), Decimal("43.93"))
    # What follows from the two.
    assert (one.fat_ratio, one.lean_mass_kg) == (Decimal("19.8022"), Decimal("64.88"))
    assert (one.heart_pulse, one.attribution, one.is_counted) == (None, None, True)
    assert title_of(one.source) == "Withings export"
    assert imported(path) == {"seen": 1, "unchanged": 1}


@pytest.mark.usefixtures("now")
def test_pounds_by_the_header(tmp_path: Path) -> None:
    imported(given(tmp_path, IN_POUNDS + '"2026-04-25 08:11:51",178.35,35.32,7.1,135.9,96.85,\n'))
    (one,) = live()
    assert (one.weight_kg, one.fat_mass_kg) == (Decimal("80.8982"), Decimal("16.0209"))
    said = refused(given(tmp_path, HEADER.replace("(kg)", "(st)") + VERBATIM))
    assert "has weights in st. Choose kg or lb in the settings of your Withings account" in said


@pytest.mark.usefixtures("now")
def test_what_was_not_measured_is_unknown(tmp_path: Path) -> None:
    rows = '"2026-04-25 08:11:51",80.90,,0.00,,,typed in\n"2026-04-26 08:00:00",,,,,,\n'
    assert imported(given(tmp_path, HEADER + rows)) == {"seen": 1, "created": 1}
    (one,) = live()
    assert (one.fat_mass_kg, one.fat_ratio, one.lean_mass_kg, one.bone_mass_kg) == (None,) * 4
    assert one.raw["comments"] == "typed in"
    assert imported(given(tmp_path, 'Date,"Weight (kg)"\n2026-04-27 08:00,81\n'))["created"] == 1


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('"2026-04-25 08:11:51",a lot,,,,,\n', "weight (kg) is 'a lot', which is not a number"),
        ('"04/25/2026 08:11",80,,,,,\n', "is not a time such as 2026-09-14 08:30:00"),
        ('"2026-03-29 02:30:00",80,,,,,\n', "clocks in Europe/Berlin never showed"),
        ('"2027-04-25 08:11:51",80,,,,,\n', "is in the future"),
        ('"2026-04-25 08:11:51",80,90,,,,\n', "its fat mass is not less than its weight"),
        ('"2026-04-25 08:11:51",8000,,,,,\n', "weight_kg"),
    ],
)
def test_a_row_that_cannot_be_read(tmp_path: Path, row: str, reason: str) -> None:
    good = '"2026-04-20 08:00:00",80.5,,,,,\n'
    counts = imported(given(tmp_path, HEADER + good + row))
    assert counts == {"seen": 2, "created": 1, "rejected": 1}
    assert reason in RejectedItem.objects.get().reason


@pytest.mark.usefixtures("now")
def test_the_zip_with_all_that_withings_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data_ANN.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("README.txt", "What is in here")
        archive.writestr("weight.csv", HEADER + VERBATIM)
        archive.writestr("bp.csv", 'Date,"Heart rate",Systolic,Diastolic,Comments\n')
        archive.writestr("height.csv", 'Date,"Height (m)",Comments\n2020-01-01 08:00:00,1.8,\n')
        archive.writestr("raw_hr_hr.csv", "start,duration,value\n" + "x,[60],[44]\n" * 1000)
    assert imported(path) == {"seen": 1, "created": 1}
    said = capsys.readouterr().out
    assert "Blood pressure has no place here yet, and is left out." in said
    assert "because they have no weigh-ins: 2 tables" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            'Date,"Heart rate",Systolic,Diastolic,Comments\n',
            "holds blood pressure. Blood pressure has no place here yet",
        ),
        (
            'Datum,"Gewicht (kg)"\n',
            "set that of your account to English, and download the data again",
        ),
        (HEADER, "has the header of Withings' weigh-ins, but no row below it"),
        (HEADER + VERBATIM + "2026-04-25\n", "the file was cut off"),
        ("", "weight.csv is empty"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(given(tmp_path, text))
    assert not WeighIn.objects.exists()


# --- A later file, and the API --------------------------------------------------------------------


@pytest.mark.usefixtures("now")
def test_a_later_file_follows_a_correction(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + VERBATIM))
    (before,) = live()
    later = given(tmp_path, HEADER + VERBATIM.replace("80.90", "79.90"))
    assert imported(later) == {"seen": 1, "updated": 1}
    (one,) = live()
    assert (one.pk, one.weight_kg) == (before.pk, Decimal("79.9"))


@pytest.mark.usefixtures("now")
def test_what_a_file_has_no_column_for_stays(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + VERBATIM))
    bare = 'Date,"Weight (kg)"\n"2026-04-25 08:11:51",80.90\n'
    assert imported(given(tmp_path, bare)) == {"seen": 1, "unchanged": 1}
    (one,) = live()
    assert (one.fat_mass_kg, one.fat_ratio) == (Decimal("16.02"), Decimal("19.8022"))


@pytest.mark.usefixtures("now")
def test_two_people_on_a_scale_at_one_moment(tmp_path: Path) -> None:
    path = given(tmp_path, HEADER + VERBATIM + VERBATIM.replace("80.90", "62.30"))
    assert imported(path) == {"seen": 2, "created": 2}
    assert imported(path) == {"seen": 2, "unchanged": 2}


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(
    ("at", "kg", "same"),
    [
        (AT, "80.905", True),
        (AT, "81.2", False),
        # On a journey: the file has the time on the wall.
        (AT + timedelta(hours=6), "80.9", True),
        (AT + timedelta(hours=6, minutes=1), "80.9", False),
    ],
)
def test_what_the_api_has_is_not_stored_again(
    tmp_path: Path, at: datetime, kg: str, same: bool
) -> None:
    synced(at, kg)
    counts = imported(given(tmp_path, HEADER + VERBATIM))
    assert counts == ({"seen": 1, "unchanged": 1} if same else {"seen": 1, "created": 1})


@pytest.mark.usefixtures("now")
def test_an_imported_weigh_in_gives_way_to_the_api(tmp_path: Path) -> None:
    other = VERBATIM.replace("04-25", "04-26")
    path = given(tmp_path, HEADER + VERBATIM + other)
    imported(path)
    synced(AT, "80.9")
    for _ in range(2):
        hide_exported(["source_id", "measured_at"], [["1", AT]])
        assert [one.date for one in live()] == [date(2026, 4, 26)]
    assert imported(path) == {"seen": 2, "unchanged": 2}
    assert [one.date for one in live()] == [date(2026, 4, 26)]


@pytest.mark.usefixtures("now")
def test_what_was_deleted_at_withings_does_not_come_back(tmp_path: Path) -> None:
    synced(AT, "80.9", deleted_at=NOW)
    assert imported(given(tmp_path, HEADER + VERBATIM)) == {"seen": 1, "unchanged": 1}
    assert live() == []


@pytest.mark.usefixtures("now")
def test_a_file_that_has_nothing_of_what_is_stored_is_asked_about(tmp_path: Path) -> None:
    for day in range(5):
        synced(AT + timedelta(days=day, minutes=7), "62.3")
    path = given(tmp_path, HEADER + VERBATIM + VERBATIM.replace("04-25", "04-30"))
    assert "none of the 5 weigh-ins of Withings that are stored from its time" in refused(path)
    assert live() == []
    assert imported(path, "--replace")["created"] == 2


def test_a_whole_account_by_both_ways(withings: Any, tmp_path: Path) -> None:
    """A sync of what the stand-in has, the file of it, which changes nothing, and the other way round."""
    assert run(WITHINGS, full=True).status == SyncRun.Status.SUCCESS
    stored = list(WeighIn.objects.live().filter(source=WITHINGS))
    assert len(stored) > 20
    rows = [
        f'"{one.measured_at.astimezone(ZoneInfo("Europe/Berlin")):%Y-%m-%d %H:%M:%S}",{one.weight_kg:.2f},,,,,\n'
        for one in stored
    ]
    path = given(tmp_path, HEADER + "".join(rows))
    assert imported(path) == {"seen": len(stored), "unchanged": len(stored)}
    assert live() == []
    WeighIn.objects.all().delete()
    assert imported(path)["created"] == len(stored)
    assert len(live()) == len(stored)
    for one in stored:
        synced(one.measured_at, str(one.weight_kg), source_id=one.source_id)
    hide_exported(["measured_at"], [[one.measured_at] for one in stored])
    assert live() == []


def test_a_sync_hides_what_it_brings(withings: Any, tmp_path: Path) -> None:
    assert run(WITHINGS, full=True).status == SyncRun.Status.SUCCESS
    known = WeighIn.objects.live().filter(source=WITHINGS).latest("measured_at")
    wall = known.measured_at.astimezone(ZoneInfo("Europe/Berlin"))
    text = f'"{wall:%Y-%m-%d %H:%M:%S}",{known.weight_kg:.2f},,,,,\n'
    MeasureGroup.objects.all().delete()
    WeighIn.objects.all().delete()
    imported(given(tmp_path, HEADER + text))
    assert len(live()) == 1
    assert run(WITHINGS, full=True).status == SyncRun.Status.SUCCESS
    assert live() == []


def test_pairs_prefer_the_same_second_and_weight() -> None:
    mine = {"a": Said(AT, Decimal(80)), "b": Said(AT, Decimal(62))}
    theirs = {"1": Said(AT, Decimal(62)), "2": Said(AT, Decimal(80))}
    assert paired(mine, theirs) == {"a": "2", "b": "1"}
    corrected = {"1": Said(AT, Decimal(70))}
    assert paired({"a": mine["a"]}, corrected) == {}
    assert paired({"a": mine["a"]}, corrected, CORRECTED) == {"a": "1"}
