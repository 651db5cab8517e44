"""Files made by hand, one for each oddity of Withings' download that somebody has met."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from lifetracker.models import SyncRun
from tests.weight.test_withings_export import (
    HEADER,
    VERBATIM,
    given,
    home,
    imported,
    live,
    now,
    refused,
)
from weight.models import WeighIn

__all__ = ["home", "now"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

#: Other tables of the zip, as they stood in somebody's.
OTHERS = {
    "bp.csv": 'Date,"Heart rate",Systolic,Diastolic,Comments\n"2026-04-25 08:12:51",61,118,76,\n',
    "height.csv": 'Date,"Height (ft)",Comments\n"2020-01-01 08:00:00","5\' 10.0\'\'",\n',
    "sleep.csv": 'from,to,"light (s)","deep (s)","rem (s)","awake (s)","wake up","Snoring (s)"\n'
    "2026-04-24T23:02:00+02:00,2026-04-25T06:50:00+02:00,14000,5000,6000,900,1,0\n",
    "activities.csv": "from,to,Timezone,Activity type\n2026-04-25,2026-04-25,Europe/Berlin,Walking\n",
    "aggregates_steps.csv": "date,value\n2026-04-25,8120\n",
    "raw_hr_hr.csv": "start,duration,value\n2022-01-06T12:50:26+01:00,[60],[44.1]\n",
    "raw_tracker_sleep-state.csv": "start,duration,value\n2022-01-06T00:50:26+01:00,[60],[2]\n",
}


def test_only_the_weigh_ins_are_read_of_all_that_is_in_the_zip(tmp_path: Path) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in OTHERS.items():
            archive.writestr(name, text)
        archive.writestr("weight.csv", HEADER + VERBATIM)
    assert imported(path) == {"seen": 1, "created": 1}
    assert live()[0].raw == {
        "date": "2026-04-25 08:11:51",
        "weight (kg)": "80.90",
        "fat mass (kg)": "16.02",
        "bone mass (kg)": "3.22",
        "muscle mass (kg)": "61.65",
        "hydration (kg)": "43.93",
    }


@pytest.mark.parametrize("name", [one for one in OTHERS if one != "bp.csv"])
def test_none_of_the_other_tables_is_taken_for_weigh_ins(tmp_path: Path, name: str) -> None:
    assert "has no weigh-ins that can be read" in refused(given(tmp_path, OTHERS[name], name))


def test_it_is_known_by_its_header_in_a_folder_too(tmp_path: Path) -> None:
    folder = tmp_path / "download"
    folder.mkdir()
    (folder / "anything.csv").write_text(HEADER + VERBATIM, encoding="utf-8")
    (folder / "weight.csv").write_text(OTHERS["aggregates_steps.csv"], encoding="utf-8")
    assert imported(folder) == {"seen": 1, "created": 1}


def test_the_order_of_rows_and_columns_says_nothing(tmp_path: Path) -> None:
    older = VERBATIM.replace("04-25", "04-20").replace("80.90", "81.40")
    imported(given(tmp_path, HEADER + VERBATIM + older))
    names = 'Comments,"Weight (kg)",Date\n'
    rows = ',81.40,"2026-04-20 08:11:51"\n,80.90,"2026-04-25 08:11:51"\n'
    assert imported(given(tmp_path, names + rows)) == {"seen": 2, "unchanged": 2}
    assert [one.weight_kg for one in live()] == [Decimal("81.4"), Decimal("80.9")]


def test_a_column_that_nobody_knows_is_kept(tmp_path: Path) -> None:
    header = HEADER.replace("Comments", 'Comments,"Visceral fat"')
    imported(given(tmp_path, header + VERBATIM.replace(",\n", ",,7\n")))
    assert live()[0].raw["visceral fat"] == "7"


def test_a_spreadsheet_that_saved_it_again_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(given(tmp_path, (HEADER + VERBATIM).replace(",", ";")))
    assert "was saved again by a spreadsheet" in capsys.readouterr().out


def test_a_dry_run_says_all_and_stores_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = given(tmp_path, HEADER + VERBATIM + VERBATIM.replace("80.90", "much"))
    call_command("import_withings", str(path), "--dry-run")
    said = "".join(capsys.readouterr())
    assert "1 new, 0 changed, 0 the same, 0 as the API has them, 1 rejected" in said
    assert "line 3: weight (kg) is 'much', which is not a number" in said
    assert not WeighIn.objects.exists()
    assert not SyncRun.objects.exists()


def test_a_zip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weight.withings_export.files.LARGEST", 10_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.csv", HEADER + VERBATIM * 100)
    assert "unpacks to more than" in refused(path)
    assert not WeighIn.objects.exists()


def test_nothing_is_imported_of_a_zip_with_a_table_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("weight.csv", HEADER + VERBATIM)
        archive.writestr("old/weight.csv", HEADER + VERBATIM.replace("2026", "2025") + '"2025-01')
    assert "cut off" in refused(path) or "not CSV" in refused(path)
    assert not WeighIn.objects.exists()
