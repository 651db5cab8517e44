"""`import_zero`: what is new, changed and gone, the two forms of one fast, and all or nothing."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fasting.models import ZERO, FastingPeriod
from lifetracker.models import RejectedItem, SourceRecord, SyncRun
from lifetracker.sandbox.fasts import Fast as ExportedFast
from lifetracker.sandbox.zero import as_csv
from tests import processes
from tests.fasting.conftest import fast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

SAMPLES = Path(__file__).parents[1] / "payloads" / "zero"
CSV = SAMPLES / "zero_csv_a_us_24h_crlf.csv"
BIODATA = SAMPLES / "biodata.json"
HEADER = "Date,Start,End,Hours,Night Eating\r\n"
# Of files whose rows do not tell it.
ORDER = ("--date-order", "mdy")
SUMMARY = ("new", "changed", "the same", "removed", "rejected", "running", "listed twice")


@pytest.fixture(autouse=True)
def chicago(settings: Any) -> None:
    settings.TIME_ZONE = "America/Chicago"


def call(*words: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_zero", *map(str, words), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def came(*words: Any) -> dict[str, int]:
    """The counts of the summary that are not 0."""
    out, _ = call(*words)
    [line] = [line for line in out.splitlines() if " new, " in line]
    counts = {part.split(" ", 1)[1]: int(part.split()[0]) for part in line.split(", ")}
    matched = counts.pop("matched with the other form of export")
    assert tuple(counts) == SUMMARY
    return {name: count for name, count in (counts | {"matched": matched}).items() if count}


def table(tmp_path: Path, *rows: str, name: str = "zero.csv") -> Path:
    path = tmp_path / name
    path.write_bytes((HEADER + "\r\n".join(rows)).encode())
    return path


def biodata(tmp_path: Path, *fasts: dict[str, Any]) -> Path:
    path = tmp_path / "biodata.json"
    path.write_text(json.dumps({"fast_data": fasts}))
    return path


def firestore(tmp_path: Path, *documents: dict[str, Any]) -> Path:
    path = tmp_path / "firestore.json"
    path.write_text(json.dumps(documents))
    return path


def known() -> list[str]:
    """The living fasts as local times, newest first."""
    return [
        f"{fast.start.astimezone():%m-%d %H:%M} {fast.duration_hours:.2f}"
        for fast in FastingPeriod.objects.live()
    ]


FASTS = json.loads(BIODATA.read_text())["fast_data"]
DOCUMENTS = json.loads((SAMPLES / "firestore.json").read_text())


# --- The samples ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("zero_csv_a_us_24h_crlf.csv", {"new": 8}),
        ("zero_csv_b_running_fast_short_row.csv", {"new": 4, "running": 1}),
        ("zero_csv_b2_running_fast_empty_cells.csv", {"new": 4, "running": 1}),
        ("zero_csv_c_dst_nights_INFERRED.csv", {"new": 3}),
        ("zero_csv_d_locale_dmy_12h_INFERRED.csv", {"new": 3}),
        ("zero_csv_e_duplicate_rows_INFERRED.txt", {"new": 3, "listed twice": 1}),
        ("biodata.json", {"new": 6}),
        ("biodata_running_fast_INFERRED.json", {"new": 6, "running": 1}),
        ("firestore.json", {"new": 6}),
        ("", {"new": 6}),
    ],
)
def test_each_sample_twice(name: str, counts: dict[str, int]) -> None:
    dry = came(SAMPLES / name, "--dry-run")
    assert not FastingPeriod.objects.exists()
    assert not SyncRun.objects.exists()
    assert dry == came(SAMPLES / name) == counts
    assert FastingPeriod.objects.filter(source=ZERO).count() == counts["new"]
    stamps = list(FastingPeriod.objects.values_list("updated_at", flat=True))
    again = counts | {"the same": counts["new"]}
    del again["new"]
    assert came(SAMPLES / name) == again
    assert list(FastingPeriod.objects.values_list("updated_at", flat=True)) == stamps


def test_a_csv_as_it_is_stored() -> None:
    call(CSV)
    record = FastingPeriod.objects.get(source_id="csv:2022-02-11T12:10")
    assert record.start == datetime(2022, 2, 11, 18, 10, tzinfo=UTC)
    assert (record.duration_hours, record.date) == (46.3333, date(2022, 2, 13))
    assert (record.utc_offset_min, record.goal_hours, record.note) == (-360, None, "")
    assert record.raw == {
        "Date": "2/11/22",
        "Start": "12:10",
        "End": "10:30",
        "Hours": "46",
        "Night Eating": "0",
        "zone": "America/Chicago",
    }


def test_a_package_as_it_is_stored() -> None:
    call(SAMPLES)
    record = FastingPeriod.objects.get(source_id="5F3A0000-0000-0001-DAA6-6D2C7DDF743F")
    assert record.start == datetime(2022, 3, 16, 17, 10, 5, tzinfo=UTC)
    assert (record.duration_hours, record.goal_hours, record.note) == (46.3319, 24, "")
    # It ended in New York, where summer time had begun.
    assert (record.utc_offset_min, record.date) == (-240, date(2022, 3, 18))
    assert set(record.raw) == {"biodata", "firestore"}


def test_fasts_of_the_evening_belong_to_the_persons_day() -> None:
    call(BIODATA)
    record = FastingPeriod.objects.get(source_id=FASTS[3]["FastID"])
    assert (record.date, record.utc_offset_min) == (date(2022, 3, 18), None)  # 20:12 in Chicago
    call(BIODATA, "--timezone", "UTC")
    record.refresh_from_db()
    assert (record.date, record.utc_offset_min) == (date(2022, 3, 19), 0)


def test_overlapping_fasts_are_facts() -> None:
    out, _ = call(BIODATA)
    assert (
        "overlap: 2022-03-18 20:02 to 2022-03-18 20:12 and 2022-03-18 20:10 to 2022-03-19 16:10"
        in out
    )
    assert "Pairs of fasts that overlap, all kept: 1" in out


def test_the_ledger() -> None:
    call(CSV)
    run = SyncRun.objects.get()
    assert (run.source, run.kind, run.status) == (ZERO, "import", "success")
    [(stream, counts)] = run.counts.items()
    assert (stream, counts["seen"], counts["created"], counts["rejected"]) == ("csv", 8, 8, 0)
    assert run.total("unchanged") == 0
    assert (run.window_start, run.window_end) == (
        datetime(2022, 2, 6, 2, tzinfo=UTC),
        datetime(2022, 2, 15, 18, 20, tzinfo=UTC),
    )
    assert run.finished_at is not None


# --- A later export -------------------------------------------------------------------------------


def test_a_later_csv_changes_adds_and_removes(tmp_path: Path) -> None:
    rows = ["2/13/22,19:30,13:45,18,1", "2/11/22,12:10,10:30,46,0", "2/9/22,18:00,18:00,24,0"]
    call(table(tmp_path, *rows))
    later = table(
        tmp_path, "2/15/22,20:00,0", "2/14/22,20:05,12:20,16,2", "2/13/22,19:30,14:45,19,1", rows[2]
    )
    out, _ = call(later, "--dry-run")
    assert "  new: 2022-02-14 20:05 to 2022-02-15 12:20 (line 3)" in out
    assert "  changed: 2022-02-13 19:30 to 2022-02-14 13:45 is now 2022-02-13 19:30 to" in out
    assert "  removed: 2022-02-11 12:10 to 2022-02-13 10:30" in out
    assert "  running, not imported: since 2022-02-15 20:00 (line 2)" in out
    assert out.endswith("Nothing was changed: this was a dry run.\n")
    counts = {"new": 1, "changed": 1, "the same": 1, "removed": 1, "running": 1}
    assert came(later, "--dry-run") == came(later) == counts
    assert FastingPeriod.objects.filter(deleted_at__isnull=False).count() == 1
    back = table(tmp_path, *rows)
    out, _ = call(back, "--dry-run")
    assert "  changed: 2022-02-11 12:10 to 2022-02-13 10:30 is back" in out
    assert came(back) == {"changed": 2, "the same": 1}


def test_the_stretch_of_an_export_ends_with_its_last_end(tmp_path: Path) -> None:
    first, then = "2/13/22,20:05,12:20,16,2", "2/14/22,12:20,20:00,7,0"
    call(table(tmp_path, "2/14/22,20:01,12:20,16,2", then, first))
    assert came(table(tmp_path, first)) == {"the same": 1, "removed": 1}


def test_what_lies_outside_of_an_export_stays(tmp_path: Path) -> None:
    call(CSV)
    some = table(tmp_path, "2/9/22,18:00,18:00,24,0", "2/7/22,0:15,16:15,16,6")
    assert came(some, "--date-order", "mdy") == {"the same": 2, "removed": 2}
    assert FastingPeriod.objects.live().count() == 6


def test_the_newest_fast_whose_start_was_moved_back_is_not_two(tmp_path: Path) -> None:
    call(table(tmp_path, "2/14/22,20:05,12:20,16,2", "2/13/22,19:30,13:45,18,1"))
    moved = table(tmp_path, "2/14/22,18:00,12:20,18,2", "2/13/22,19:30,13:45,18,1")
    assert came(moved) == {"new": 1, "the same": 1, "removed": 1}


def test_a_later_package_changes_and_removes(tmp_path: Path) -> None:
    call(BIODATA)
    moved = FASTS[2] | {"StartDTM": "2022-03-16T18:00:00Z", "FastID": FASTS[2]["FastID"].lower()}
    goal = FASTS[5] | {"GoalHours": None}
    path = biodata(tmp_path, FASTS[0], moved, FASTS[3], FASTS[4], goal)
    out, _ = call(path, "--dry-run")
    assert "2022-03-20 18:40 to 2022-03-21 07:40, in its details" in out
    assert came(path) == {"changed": 2, "the same": 3, "removed": 1}
    assert FastingPeriod.objects.get(source_id=FASTS[5]["FastID"]).goal_hours is None
    assert came(BIODATA) == {"changed": 3, "the same": 3}


def test_typed_in_fasts_are_left_alone(tmp_path: Path) -> None:
    typed = FastingPeriod.objects.create(
        start=datetime(2022, 2, 14, 12, tzinfo=UTC), end=datetime(2022, 2, 14, 22, tzinfo=UTC)
    )
    out, _ = call(CSV)
    assert "Pairs of fasts that overlap, all kept: 1" in out
    typed.refresh_from_db()
    assert typed.deleted_at is None


def test_a_running_fast_comes_when_it_has_ended(tmp_path: Path) -> None:
    call(SAMPLES / "zero_csv_b_running_fast_short_row.csv")
    ended = table(
        tmp_path, "2/15/22,19:40,11:40,16,0", "2/14/22,20:05,12:20,16,2", "2/13/22,19:30,13:45,18,1"
    )
    assert came(ended) == {"new": 1, "the same": 2}


# --- Rows that cannot be read ---------------------------------------------------------------------


def test_rejected_rows_are_listed_until_they_are_mended(tmp_path: Path) -> None:
    good = ["2/14/22,20:05,12:20,16,2", "2/11/22,12:10,10:30,46,0", "2/9/22,18:00,18:00,24,0"]
    call(table(tmp_path, *good))
    broken = table(tmp_path, good[0], "2/11/22,12:10,10:30,4,0", "?,18:00,18:00,24,0")
    for _ in range(2):
        out, err = call(broken)
        assert "  rejected: line 3: Hours 4 contradicts the times: from 12:10 to 10:30" in err
        assert "  rejected: line 4: Date '?' is not a date with month first" in err
        assert "2 rejected" in out
        assert "0 removed" in out  # any fast could be that of line 4
        assert RejectedItem.objects.filter(source=ZERO, stream="csv").count() == 2
    item = RejectedItem.objects.get(item_key="csv:2022-02-11T12:10")
    assert item.reason.startswith("line 3: Hours 4 contradicts")
    assert json.loads(item.payload)["Hours"] == "4"
    call(BIODATA)  # another list
    assert RejectedItem.objects.count() == 2
    assert came(table(tmp_path, *good)) == {"the same": 3}
    assert not RejectedItem.objects.exists()


def test_a_row_that_cannot_be_read_is_not_a_row_that_is_gone(tmp_path: Path) -> None:
    call(CSV)
    text = CSV.read_text().replace("12:10,10:30,46", "12:10,10:30,47")
    (tmp_path / "a.csv").write_text(text.replace("2/8/22,6:00,6:20,0,0\n", ""))
    assert came(tmp_path / "a.csv") == {"the same": 6, "removed": 1, "rejected": 1}


def test_a_dry_run_lists_no_rejected_item(tmp_path: Path) -> None:
    call(table(tmp_path, "2/14/22,20:05,12:20,16,2", "?,1,1,1,1"), "--dry-run")
    assert not RejectedItem.objects.exists()


@pytest.mark.one_database
def test_long_lists_are_cut(tmp_path: Path) -> None:
    fasts = [
        FASTS[0] | {"FastID": f"A-{n}", "StartDTM": f"2022-03-14T01:{n:02}:12Z"} for n in range(50)
    ]
    out, _ = call(biodata(tmp_path, *fasts), "--dry-run")
    assert "  new: and 30 more" in out
    assert "  overlap: and 1205 more" in out


# --- The same fast in both forms ------------------------------------------------------------------

# What the CSV shows of the package's fasts, in Chicago.
SAME = [
    *("3/20/22,18:40,7:40,13,0", "3/18/22,20:10,16:10,20,0", "3/18/22,20:02,20:12,0,0"),
    *("3/16/22,12:10,10:30,46,0", "3/14/22,19:30,13:45,18,0", "3/13/22,20:05,12:20,16,0"),
]


def test_the_json_takes_over_what_the_csv_brought(tmp_path: Path) -> None:
    path = table(tmp_path, *SAME, "3/1/22,20:00,12:00,16,0")
    assert came(path) == {"new": 7}
    before = known()
    assert came(BIODATA, "--dry-run") == came(BIODATA) == {"new": 6, "matched": 6}
    assert len(known()) == len(before)
    assert [one.split()[0] for one in known()] == [one.split()[0] for one in before]
    assert came(path) == {"the same": 1, "matched": 6}
    assert came(BIODATA) == {"the same": 6}


def test_the_csv_adds_nothing_to_the_json(tmp_path: Path) -> None:
    call(SAMPLES)
    out, _ = call(table(tmp_path, *SAME))
    assert "0 new" in out
    assert "6 matched with the other form of export" in out
    assert FastingPeriod.objects.count() == 6


def test_in_another_zone_the_firestores_clock_counts(tmp_path: Path) -> None:
    call(SAMPLES)
    assert came(table(tmp_path, *SAME), "--timezone", "Europe/Berlin") == {"matched": 6}
    FastingPeriod.objects.all().delete()
    assert came(table(tmp_path, *SAME), "--timezone", "Europe/Berlin") == {"new": 6}
    assert came(SAMPLES) == {"new": 6, "matched": 6}
    assert FastingPeriod.objects.live().count() == 6


def test_a_wrong_zone_is_noticed_before_it_doubles_everything(tmp_path: Path) -> None:
    call(BIODATA)
    with pytest.raises(CommandError, match=r"5 of its 6 .* Europe/Berlin .* --timezone America"):
        call(table(tmp_path, *SAME), "--timezone", "Europe/Berlin")
    assert FastingPeriod.objects.count() == 6
    FastingPeriod.objects.all().delete()
    call(table(tmp_path, *SAME), "--timezone", "Europe/Berlin")
    with pytest.raises(CommandError, match="--timezone"):
        call(BIODATA, "--timezone", "UTC")
    # Told where the phone was, the JSON finds the rows that were placed wrongly.
    assert came(BIODATA, "--timezone", "America/Chicago") == {"new": 6, "matched": 6}
    assert FastingPeriod.objects.live().count() == 6


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ("3/13/22,20:05,12:20,16,0", {"matched": 1}),
        ("3/13/22,20:06,12:21,16,0", {"matched": 1}),  # as if it had been rounded
        ("3/13/22,20:04,12:19,16,0", {"new": 1}),
        ("3/13/22,20:05,12:22,16,0", {"changed": 1, "matched": 1}),  # edited in the app
        ("3/13/22,20:06,12:25,16,0", {"new": 1}),
        ("3/12/22,20:05,12:20,15,0", {"new": 1}),
    ],
)
def test_the_same_begin_in_the_same_minute(
    tmp_path: Path, row: str, counts: dict[str, int]
) -> None:
    call(biodata(tmp_path, FASTS[0]))
    assert came(table(tmp_path, row), "--date-order", "mdy") == counts


def test_each_has_one_counterpart(tmp_path: Path) -> None:
    twin = FASTS[0] | {"FastID": "TWIN", "StartDTM": "2022-03-14T01:05:40Z"}
    call(biodata(tmp_path, FASTS[0], twin))
    # A single one, so one of the two was deleted in the app.
    one = table(tmp_path, SAME[5])
    assert came(one, "--date-order", "mdy") == {"matched": 1, "removed": 1}
    call(tmp_path / "biodata.json")
    rows = [SAME[5], "3/13/22,20:05,12:21,16,0"]
    assert came(table(tmp_path, *rows), "--date-order", "mdy") == {"matched": 2}


def test_an_end_that_was_edited_between_two_forms(tmp_path: Path) -> None:
    call(SAMPLES)
    record = FastingPeriod.objects.get(source_id=FASTS[0]["FastID"])
    before = (record.pk, record.start, record.goal_hours, record.utc_offset_min)
    path = table(tmp_path, *SAME[:5], "3/13/22,20:05,13:20,17,0")
    out, _ = call(path, "--dry-run")
    assert "  changed: 2022-03-13 20:05 to 2022-03-14 12:20 is now 2022-03-13 20:05 to 2022" in out
    assert came(path) == {"changed": 1, "matched": 6}
    assert came(path) == {"matched": 6}
    record.refresh_from_db()
    assert before == (record.pk, record.start, record.goal_hours, record.utc_offset_min)
    assert record.end == datetime(2022, 3, 14, 18, 20, tzinfo=UTC)
    assert record.raw["csv"]["End"] == "13:20"
    edited = FASTS[0] | {"EndDTM": "2022-03-14T18:20:30Z"}
    assert came(biodata(tmp_path, edited, *FASTS[1:])) == {"changed": 1, "the same": 5}
    record.refresh_from_db()
    assert set(record.raw) == {"biodata", "firestore"}
    assert came(path) == {"matched": 6}
    # The file that comes last counts, be it an older one.
    assert came(SAMPLES) == {"changed": 1, "the same": 5}


def test_a_fast_of_no_length_keeps_its_seconds(tmp_path: Path) -> None:
    short = FASTS[0] | {"EndDTM": FASTS[0]["StartDTM"]}
    call(biodata(tmp_path, FASTS[0], *FASTS[1:]))
    path = table(tmp_path, *SAME[:5], "3/13/22,20:05,20:05,0,0")
    assert came(path) == {"changed": 1, "matched": 6}
    assert came(path) == {"matched": 6}
    assert came(biodata(tmp_path, short, *FASTS[1:]))["the same"] == 5


def test_the_json_brings_the_edited_end_of_what_the_csv_had(tmp_path: Path) -> None:
    call(table(tmp_path, *SAME[:5], "3/13/22,20:05,13:20,17,0"))
    assert came(BIODATA) == {"new": 6, "matched": 6}
    assert len(known()) == 6
    assert known()[-1] == "03-13 20:05 16.26"


def test_what_was_deleted_in_the_app_goes_in_either_form(tmp_path: Path) -> None:
    call(BIODATA)
    path = table(tmp_path, *SAME[:4], SAME[5])
    out, _ = call(path, "--dry-run")
    assert "  removed: 2022-03-14 19:30 to 2022-03-15 13:45" in out
    assert came(path) == {"removed": 1, "matched": 5}
    FastingPeriod.objects.all().delete()
    call(table(tmp_path, *SAME))
    fewer = biodata(
        tmp_path, *(one for one in FASTS if not one["StartDTM"].startswith("2022-03-15"))
    )
    assert came(fewer) == {"new": 5, "removed": 1, "matched": 5}


STRANGERS = ["3/19/22,19:00,19:30,0,0", "3/15/22,19:00,19:30,0,0", "3/13/22,19:00,19:30,0,0"]


def test_what_only_half_a_stranger_lacks_is_kept_and_told(tmp_path: Path) -> None:
    call(BIODATA)
    path = table(tmp_path, SAME[0], *STRANGERS)
    out, _ = call(path)
    assert "3 new" in out
    assert "0 removed" in out
    assert (
        "  kept, though not in this file: 2022-03-14 19:30 to 2022-03-15 13:45 (18 h 15 min)" in out
    )
    assert "Not in this file, and kept: 5 fasts of the other form of export." in out
    assert FastingPeriod.objects.live().count() == 9
    # To the person's word, it is the truth.
    assert came(path, "--replace") == {"the same": 3, "removed": 5, "matched": 1}


# --- Files that know too little of what is stored -------------------------------------------------


def month(*days: int, clock: str = "20:05", end: str = "12:20") -> list[str]:
    """Rows of fasts that began on these days of a March, the newest first."""
    return [f"3/{day}/22,{clock},{end},16,0" for day in sorted(days, reverse=True)]


def package(*days: int, prefix: str = "A") -> list[dict[str, Any]]:
    """The same fasts in the other form."""
    fasts = []
    for day in days:
        start = datetime(2022, 3, day, 20, 5, 12, tzinfo=UTC) + timedelta(hours=6)
        end = start + timedelta(hours=16, minutes=15)
        times = {"StartDTM": f"{start:%FT%TZ}", "EndDTM": f"{end:%FT%TZ}"}
        fasts.append(FASTS[0] | {"FastID": f"{prefix}-{day}"} | times)
    return fasts


def as_form(form: str, tmp_path: Path, *days: int, other: bool = False) -> Path:
    """A file of that form; with `other` of somebody else, who fasts on the same days."""
    own = package(*days, prefix="B" if other else "A")
    tmp_path.mkdir(exist_ok=True)
    if form == "csv":
        return table(
            tmp_path, *(month(*days, clock="19:05", end="11:20") if other else month(*days))
        )
    if form == "firestore":
        documents = [
            DOCUMENTS[0] | {"id": one["FastID"], "start": one["StartDTM"], "end": one["EndDTM"]}
            for one in own
        ]
        return firestore(tmp_path, *documents)
    path = biodata(tmp_path, *own)
    if form == "folder":
        return tmp_path
    if form == "zip":
        with zipfile.ZipFile(tmp_path / "package.zip", "w") as archive:
            archive.write(path, "zero-fasting-data/biodata.json")
        return tmp_path / "package.zip"
    return path


def snapshot() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (FastingPeriod, SyncRun, RejectedItem)
    ]


FORMS = ("csv", "biodata", "firestore", "folder", "zip")


@pytest.mark.parametrize("form", FORMS)
def test_a_file_with_nothing_in_common_asks(tmp_path: Path, form: str) -> None:
    """Whether it is another person's or read wrongly: it has other fasts than those stored."""
    call(as_form(form, tmp_path / "own", *range(1, 12)), *ORDER)
    before = snapshot()
    other = as_form(form, tmp_path / "other", 1, 5, 11, other=True)
    with pytest.raises(CommandError) as refused:
        call(other, *ORDER)
    text = str(refused.value)
    assert re.search(r"has 0 of the 1[01] fasts that are stored from 2022-03-01 to 2022-03-1", text)
    assert re.search(r"would remove 1[01]: 2022-03-01 20:05 to 2022-03-02 1\d:20 \(1\d h", text)
    assert re.search(r"; and [78] more\. Nothing was imported\.", text)
    assert text.endswith("add --replace.")
    assert snapshot() == before
    counts = came(other, "--replace", *ORDER)
    assert (counts["new"], counts["removed"]) == (
        3,
        FastingPeriod.objects.filter(deleted_at__isnull=False).count(),
    )


def test_the_question_is_in_the_dry_run_too(tmp_path: Path) -> None:
    call(table(tmp_path, *month(*range(1, 30))), *ORDER)
    out, err = StringIO(), StringIO()
    other = table(tmp_path, *month(1, 15, 29, clock="19:00", end="11:00"), name="b.csv")
    before = snapshot()
    with pytest.raises(CommandError, match=r"has 0 of the 29 .* would remove 29: "):
        call_command("import_zero", str(other), *ORDER, "--dry-run", stdout=out, stderr=err)
    assert "  new: 2022-03-01 19:00 to 2022-03-02 11:00 (line 4)" in out.getvalue()
    assert out.getvalue().count("  removed: 2022-03-") == 20
    assert "  removed: and 9 more" in out.getvalue()
    assert snapshot() == before


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("stored", "has", "asks"),
    [
        (range(1, 28), range(11, 28), False),  # outside of the stretch of the file
        (range(1, 28), [1, *range(12, 28)], False),  # 10 removed
        (range(1, 28), [1, *range(13, 28)], True),  # 11 of 27
        ([1, 2, 3, 4], [1, 4], False),  # as many removed as known
        ([1, 2, 3, 4], [1], False),  # the others lie behind it
        ([1, 2, 3, 4, 5], [1, 5], True),  # more removed than known
    ],
)
@pytest.mark.parametrize("form", ["csv", "biodata"])
def test_how_much_may_go_without_a_question(
    tmp_path: Path, form: str, stored: list[int], has: list[int], asks: bool
) -> None:
    call(as_form(form, tmp_path, *stored), *ORDER)
    later = as_form(form, tmp_path, *has)
    gone = len([day for day in stored if min(has) <= day <= max(has) and day not in has])
    if asks:
        with pytest.raises(CommandError, match=f"would remove {gone}: "):
            call(later, *ORDER)
        assert FastingPeriod.objects.live().count() == len(stored)
    out, _ = call(later, *ORDER, *(["--replace"] if asks else []))
    assert FastingPeriod.objects.live().count() == len(stored) - gone
    assert out.count("  removed: 2022-03-") == gone
    assert f" {gone} removed," in out


def test_more_than_ten_of_a_long_history_may_go(tmp_path: Path) -> None:
    days = [f"{month}/{day}/21" for month in range(12, 2, -1) for day in range(28, 0, -3)]
    rows = [f"{day},20:05,12:20,16,0" for day in days]
    call(table(tmp_path, *rows))
    assert came(table(tmp_path, *rows[:40], *rows[51:])) == {"the same": 89, "removed": 11}


def test_a_file_of_the_other_form_with_nothing_in_common_asks(tmp_path: Path) -> None:
    call(BIODATA)
    before = snapshot()
    path = table(tmp_path, *STRANGERS)
    with pytest.raises(CommandError, match=r"has 0 of the 5 .* remove none of them, but mix them"):
        call(path)
    assert snapshot() == before
    assert came(path, "--replace") == {"new": 3, "removed": 5}


def test_a_wrong_order_of_dates_has_nothing_in_common(tmp_path: Path) -> None:
    rows = [f"{m}/{d}/22,20:05,12:20,16,0" for m, d in [(6, 5), (5, 4), (4, 3), (3, 2), (2, 1)]]
    call(table(tmp_path, *rows), "--date-order", "mdy")
    with pytest.raises(CommandError, match=r"has 0 of the 4 fasts .* --date-order"):
        call(table(tmp_path, *rows), "--date-order", "dmy")
    assert came(table(tmp_path, *rows), "--date-order", "mdy") == {"the same": 5}


def test_rows_that_cannot_be_read_are_not_absent(tmp_path: Path) -> None:
    """Neither those whose length makes no sense, nor those of which not even the start is told."""
    rows = month(*range(1, 28))
    call(table(tmp_path, *rows))
    broken = [row.replace(",16,0", ",3,0") if at % 2 else row for at, row in enumerate(rows)]
    assert came(table(tmp_path, *broken)) == {"the same": 14, "rejected": 13}
    illegible = [row.replace("20:05", "?") if at % 2 else row for at, row in enumerate(rows)]
    out, err = call(table(tmp_path, *illegible))
    assert "0 removed, 13 rejected" in out
    assert "Not in this file, and kept: 13 fasts. A row that cannot be read could be" in out
    assert err.count("  rejected: ") == 13
    assert FastingPeriod.objects.live().count() == 27
    # Not even with nothing else in the file, and not by force.
    strange = table(tmp_path, *month(1, 27, clock="19:00", end="11:00"), "3/1/22,?,12:20,16,0")
    with pytest.raises(CommandError, match=r"has 0 of the 2[67] .* remove none of them"):
        call(strange)
    assert came(strange, "--replace") == {"new": 2, "rejected": 1}


@pytest.mark.one_database
@pytest.mark.parametrize(
    "content",
    [b"", b"\xef\xbb\xbf", b" \r\n", HEADER.encode(), b"[]", b'{"fast_data": []}', b"{}"],
)
def test_a_file_without_a_fast_changes_nothing(tmp_path: Path, content: bytes) -> None:
    call(CSV)
    before = snapshot()
    (tmp_path / "empty").write_bytes(content)
    for force in ([], ["--replace"]):
        with pytest.raises(CommandError):
            call(tmp_path / "empty", *force)
    assert snapshot() == before


@pytest.mark.one_database
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_same_file_saved_by_another_program_is_the_same(
    tmp_path: Path, encoding: str, delimiter: str, line_end: str
) -> None:
    call(CSV)
    text = CSV.read_text().replace(",", delimiter).replace("\n", line_end)
    (tmp_path / "saved.csv").write_bytes(text.encode(encoding))
    assert came(tmp_path / "saved.csv") == {"the same": 8}


@pytest.mark.parametrize("goal", [None, "16:8", 16, []])
def test_a_document_whose_goal_cannot_be_read_is_not_absent(tmp_path: Path, goal: Any) -> None:
    call(firestore(tmp_path, *DOCUMENTS))
    changed = firestore(tmp_path, DOCUMENTS[0], DOCUMENTS[1] | {"goal": goal}, *DOCUMENTS[2:])
    out, err = call(changed)
    assert "5 the same, 0 removed, 1 rejected" in out
    assert "firestore fast 2: its goal cannot be read, so it may be something other than a" in err
    # In the other file it is surely a fast.
    biodata(tmp_path, *FASTS)
    assert came(tmp_path) == {"changed": 6}
    assert set(FastingPeriod.objects.values_list("goal_hours", flat=True)) == {16, 18, 24, 20, 13}


def test_a_row_that_cannot_be_read_spares_the_others_record(tmp_path: Path) -> None:
    call(BIODATA)
    broken = SAME[4].replace(",18,0", ",3,0")
    assert came(table(tmp_path, *SAME[:4], broken, SAME[5]))["rejected"] == 1
    assert FastingPeriod.objects.live().count() == 6
    out, _ = call(table(tmp_path, *SAME[:3], "?,1,1,1,1", SAME[5]))
    assert "0 removed" in out
    assert "2 fasts of the other form" in out


MONTH = datetime(2022, 2, 20, 5, tzinfo=UTC)
# Minutes since midnight, and of the length; None: not there, or deleted in the app.
EXTRA = st.none() | st.tuples(st.integers(0, 1300), st.integers(0, 360).map(lambda n: 5 * n))
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(["csv", "json"]),
        st.lists(st.integers(1, 300).map(lambda n: 5 * n), min_size=8, max_size=8),
        st.lists(EXTRA, min_size=5, max_size=5),
    ),
    min_size=2,
    max_size=5,
)


def as_lived(lengths: list[int], extras: list[tuple[int, int] | None]) -> list[ExportedFast]:
    """Some fasts whose ends alone are edited, and between them others that come, move and go."""
    times: list[tuple[int, int] | None] = [(1200, length) for length in lengths]
    fasts = []
    for number, both in enumerate([*times, *extras]):
        if both is not None:
            day = 2 * number if number < 8 else 2 * (number - 8) + 1
            start = MONTH + timedelta(days=day, minutes=both[0], seconds=7 * number % 60)
            end = start + timedelta(minutes=both[1], seconds=11)
            fasts.append(ExportedFast(f"A-{number}", start, end, 16, "America/Chicago"))
    return sorted(fasts, key=lambda fast: fast.start)


def as_biodata(fast: ExportedFast) -> dict[str, Any]:
    assert fast.end
    times = {"StartDTM": fast.start.isoformat(), "EndDTM": fast.end.isoformat()}
    return {"FastID": fast.id, "GoalHours": 16, "IsEnded": True} | times


@pytest.mark.one_database
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HISTORIES)
def test_any_order_of_forms_ends_with_what_the_last_export_has(
    tmp_path: Path, history: list[tuple[str, list[int], list[tuple[int, int] | None]]]
) -> None:
    FastingPeriod.objects.all().delete()
    SyncRun.objects.all().delete()
    for form, lengths, extras in history:
        fasts = as_lived(lengths, extras)
        path = tmp_path / "export"
        content = json.dumps({"fast_data": [as_biodata(fast) for fast in fasts]})
        path.write_text(as_csv(fasts) if form == "csv" else content)
        call(path, *(["--date-order", "mdy"] if form == "csv" else []))
        live = list(FastingPeriod.objects.live().order_by("start"))
        starts = [fast.start.replace(second=0) for fast in live]
        assert len(set(starts)) == len(starts)
        last = max(fast.end for fast in fasts if fast.end)
        within = [fast for fast in live if fasts[0].start.replace(second=0) <= fast.start <= last]
        assert len(within) == len(fasts)
        for stored, lived in zip(within, fasts, strict=True):
            assert lived.end
            assert stored.start.replace(second=0) == lived.start.replace(second=0)
            assert abs(stored.end - lived.end) <= timedelta(minutes=1)


# --- Zones and notes ------------------------------------------------------------------------------


def test_a_csv_stays_where_it_was_placed_although_the_person_moved(
    tmp_path: Path, settings: Any
) -> None:
    call(table(tmp_path, "2/14/22,20:05,12:20,16,2"))
    settings.TIME_ZONE = "Europe/Berlin"
    path = table(tmp_path, "2/24/22,20:05,12:20,16,2", "2/14/22,20:05,12:20,16,2")
    assert came(path) == {"new": 1, "the same": 1}
    new, old = FastingPeriod.objects.all()
    assert (new.utc_offset_min, old.utc_offset_min) == (60, -360)
    assert came(path, "--timezone", "Asia/Tokyo") == {"changed": 2}
    assert came(path) == {"the same": 2}


def test_the_zones_that_are_told_are_those_that_are_stored(tmp_path: Path, settings: Any) -> None:
    def says(*words: Any) -> str:
        return call(*words)[0].splitlines()[0].partition(". ")[2]

    call(table(tmp_path, "2/14/22,20:05,12:20,16,2", "2/13/22,19:30,13:45,18,1"))
    settings.TIME_ZONE = "Europe/Berlin"
    path = table(tmp_path, "2/24/22,20:05,12:20,16,2", "2/14/22,20:05,12:20,16,2")
    times = "Times below are those of Europe/Berlin."
    one_of_each = (
        "Fasts stored: 1 in Europe/Berlin, 1 in America/Chicago, as an earlier import placed them. "
    )
    assert says(path, "--dry-run") == one_of_each + times
    assert says(path) == one_of_each + times
    told = "Fasts stored: 2 in Asia/Tokyo. Times below are those of Asia/Tokyo."
    assert says(path, "--timezone", "Asia/Tokyo") == told
    FastingPeriod.objects.all().delete()
    without = "Fasts stored: 6 without a zone, with days by TIME_ZONE (Europe/Berlin). "
    assert says(BIODATA) == without + times
    app = "Fasts stored: 5 in America/Chicago, 1 in America/New_York. "
    assert says(SAMPLES) == app + times
    # What is known from the package already is not stored once more.
    assert says(table(tmp_path, *SAME), "--timezone", "America/Chicago") == (
        "Times below are those of America/Chicago."
    )


def test_what_one_file_tells_stays_when_another_is_silent(tmp_path: Path) -> None:
    call(SAMPLES)
    assert came(BIODATA) == {"the same": 6}
    assert came(SAMPLES / "firestore.json") == {"the same": 6}
    record = FastingPeriod.objects.get(source_id=FASTS[2]["FastID"])
    assert record.utc_offset_min == -240
    call(biodata(tmp_path, FASTS[2] | {"EndDTM": "2022-11-18T15:30:00Z"}), "--replace")
    record.refresh_from_db()
    assert record.utc_offset_min == -300  # still New York, now in winter


def test_a_told_zone_stays_until_a_better_one_comes() -> None:
    call(BIODATA, "--timezone", "Asia/Tokyo")
    assert came(BIODATA) == {"the same": 6}
    assert set(FastingPeriod.objects.values_list("utc_offset_min", flat=True)) == {540}
    assert came(SAMPLES) == {"changed": 6}
    assert came(SAMPLES, "--timezone", "Asia/Tokyo") == {"the same": 6}
    assert 540 not in set(FastingPeriod.objects.values_list("utc_offset_min", flat=True))


def test_notes_are_read_only_if_asked_for(tmp_path: Path) -> None:
    path = firestore(tmp_path, *(DOCUMENTS[0] | {"notes": "SECRET"}, DOCUMENTS[1]))
    call(path)
    record = FastingPeriod.objects.get(source_id=DOCUMENTS[0]["id"])
    assert "SECRET" not in record.note + json.dumps(record.raw)
    assert came(path, "--notes") == {"changed": 2}
    record.refresh_from_db()
    assert record.note == "SECRET"
    # Not reading them does not take them away.
    assert came(path) == {"the same": 2}
    assert came(firestore(tmp_path, *DOCUMENTS[:2]), "--notes") == {"changed": 1, "the same": 1}
    record.refresh_from_db()
    assert record.note == ""


def test_nothing_private_reaches_the_database(tmp_path: Path) -> None:
    secrets = {"ip_address": "SECRET", "notes": "SECRET", "emoji": "SECRET", "library": "SECRET"}
    files = {
        "biodata.json": {"fast_data": [FASTS[0] | secrets, "SECRET"], "rhr_data": ["SECRET"]},
        "firestore.json": [
            *[document | secrets for document in DOCUMENTS],
            {"goal": {"hours": 3, "SECRET": "SECRET"}, "isEnded": True} | secrets,
        ],
        "amplitude.json": [secrets],
    }
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    _, err = call(tmp_path)
    assert err.count("rejected") == 2
    for model in apps.get_models():
        if issubclass(model, (SourceRecord, SyncRun, RejectedItem)):
            for row in model.objects.values():  # type: ignore[attr-defined]
                assert "SECRET" not in str(row).replace("is not a fast", "").replace(
                    "'SECRET'", "", 1 if model is RejectedItem else 0
                )


# --- All or nothing -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_leaves_nothing() -> None:
    """Killed at its last statement."""
    code = (
        "import os, signal;"
        "from lifetracker.models import SyncRun;"
        "from django.core.management import call_command;"
        "SyncRun.objects.create = lambda **_: os.kill(os.getpid(), signal.SIGKILL);"
        f"call_command('import_zero', {str(CSV)!r})"
    )
    status, _, err = processes.command("shell", "-v", "0", "-c", code)
    assert status == -9, err
    assert not FastingPeriod.objects.exists()
    status, out, err = processes.command("import_zero", str(CSV))
    assert (status, err) == (0, "")
    assert "8 new" in out


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_come_one_after_the_other() -> None:
    running = [processes.start("import_zero", str(CSV)) for _ in range(3)]
    results = [processes.finish(process) for process in running]
    assert [status for status, _, _ in results] == [0, 0, 0], results
    assert sorted("8 new" in out for _, out, _ in results) == [False, False, True]
    assert FastingPeriod.objects.count() == 8


def test_a_file_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    call(CSV)
    before = list(FastingPeriod.objects.values())
    for content in ("", HEADER, '{"fast_data": []}', HEADER + "?,1,1,1,1"):
        (tmp_path / "wrong").write_text(content)
        with pytest.raises(CommandError):
            call(tmp_path / "wrong")
    assert list(FastingPeriod.objects.values()) == before
    assert SyncRun.objects.count() == 1


def test_what_the_database_refuses_is_rejected_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Against the constraint that an ended fast has a duration.
    monkeypatch.setattr(
        "fasting.imports.writing.hours_between",
        lambda start, end: 5 if end - start < timedelta(days=1) else None,
    )
    out, err = call(CSV)
    assert "6 new" in out
    assert "2 rejected" in out
    assert "line 4: the database refuses it" in err


def test_the_number_of_queries_does_not_grow(tmp_path: Path) -> None:
    def cost(count: int) -> int:
        first = datetime(2017, 3, 14, 1, tzinfo=UTC)
        fasts = []
        for n in range(count):
            start = first + timedelta(days=n)
            times = {
                "StartDTM": start.isoformat(),
                "EndDTM": (start + timedelta(hours=9)).isoformat(),
            }
            fasts.append(FASTS[0] | {"FastID": f"A-{n}"} | times)
        FastingPeriod.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            assert came(biodata(tmp_path, *fasts)) == {"new": count}
        return len(captured)

    assert cost(5) == cost(200)


# --- What the person types ------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--timezone", "Berlin"], "'Berlin' is not a time zone. Use a name such as Europe"),
        (["--timezone", "../etc/passwd"], "is not a time zone"),
        (["--timezone", ""], "is not a time zone"),
        (["--date-order", "ydm"], "invalid choice"),
        (["--date-order", "dmy"], "Leave --date-order out"),
    ],
)
def test_options_that_cannot_be(words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says.replace(".", r"\.")):
        call(CSV, *words)


@pytest.mark.one_database
def test_no_file() -> None:
    with pytest.raises(CommandError, match="There is no file"):
        call("nowhere.csv")
    with pytest.raises(CommandError, match="required: file"):
        call()
    for empty in ("", " "):
        with pytest.raises(CommandError, match="it is empty"):
            call(empty)


def test_overlapping_with_a_running_fast_is_told() -> None:
    fast(0.2, None, start=datetime(2022, 2, 14, 12, tzinfo=UTC))
    out, _ = call(CSV)
    assert "overlap: 2022-02-13 19:30 to 2022-02-14 13:45 and 2022-02-14 06:00 to now" in out
