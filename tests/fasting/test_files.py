"""What a person may give the importer by mistake: told in plain words, and never half imported."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fasting.zero import (
    Export,
    Options,
    read_export,
)
from lifetracker.sync.files import CannotImport

SAMPLES = Path(__file__).parents[1] / "payloads" / "zero"
OPTIONS = Options(ZoneInfo("America/Chicago"), datetime(2026, 9, 16, 14, tzinfo=UTC))
CSV = (SAMPLES / "zero_csv_a_us_24h_crlf.csv").read_bytes()
BIODATA = (SAMPLES / "biodata.json").read_bytes()
FIRESTORE = (SAMPLES / "firestore.json").read_bytes()
OTHERS = {
    "zero-api.json": {"user": {"email": "SECRET@example.com"}},
    "amplitude.json": [{"event_type": "fast", "ip_address": "SECRET", "id": 1, "start": 2}],
    "braze.json": {"external_id": "SECRET", "fasts": []},
    "delighted.json": [],
    "recombee.json": [{"goal": "SECRET", "start": "2022-03-14T01:05:12Z"}],
    "revenuecat.json": {"subscriber": {"goal": {"hours": 16}}},
}


def read(path: Path) -> Export:
    return read_export(path, OPTIONS)


def refused(path: Path) -> str:
    with pytest.raises(CannotImport) as caught:
        read(path)
    text = str(caught.value)
    assert "SECRET" not in text
    return text


def given_file(tmp_path: Path, content: bytes, name: str = "zero.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


def given_zip(tmp_path: Path, members: dict[str, bytes], name: str = "zero.zip") -> Path:
    path = tmp_path / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def package(folder: str = "zero-fasting-data_5f3a/") -> dict[str, bytes]:
    files = {"biodata.json": BIODATA, "firestore.json": FIRESTORE}
    files |= {name: json.dumps(content).encode() for name, content in OTHERS.items()}
    return {folder + name: content for name, content in files.items()}


# --- What is right, under any name ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["zero.csv", "zero_export.txt", "fasts.json", "download", "a.zip"])
@pytest.mark.parametrize(
    ("content", "form", "count"), [(CSV, "csv", 8), (BIODATA, "json", 6), (FIRESTORE, "json", 6)]
)
def test_a_file_is_known_by_what_it_holds(
    tmp_path: Path, name: str, content: bytes, form: str, count: int
) -> None:
    export = read(given_file(tmp_path, content, name))
    assert (export.form, len(export.fasts)) == (form, count)


@pytest.mark.parametrize(
    "dressed",
    [
        b"\xef\xbb\xbf" + CSV,
        CSV.decode().encode("utf-16"),
        b"\xfe\xff" + CSV.decode().encode("utf-16-be"),
        CSV.replace(b"\r\n", b"\n"),
        b"\n\n" + CSV + b"\r\n\r\n",
        b"\xef\xbb\xbf" + BIODATA,
        b"\n  " + BIODATA,
    ],
)
def test_encodings_and_line_ends(tmp_path: Path, dressed: bytes) -> None:
    assert len(read(given_file(tmp_path, dressed)).fasts) in {6, 8}


@pytest.mark.parametrize("folder", ["", "zero-fasting-data_5f3a/", "a/b c/"])
def test_the_package_as_a_zip_or_a_folder(tmp_path: Path, folder: str) -> None:
    litter = {f"__MACOSX/{folder}._biodata.json": b"\x00\x05", "._firestore.json": b"\x00"}
    path = given_zip(tmp_path, package(folder) | litter)
    zipped = read(path)
    assert len(zipped.fasts) == 6
    assert {fast.end_zone for fast in zipped.fasts} == {"America/Chicago", "America/New_York"}
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert read(tmp_path / "unpacked").fasts == zipped.fasts


def test_a_zip_from_windows_and_one_with_a_csv(tmp_path: Path) -> None:
    assert len(read(given_zip(tmp_path, {"data\\BIODATA.json": BIODATA})).fasts) == 6
    assert len(read(given_zip(tmp_path, {"export/zero.csv": CSV})).fasts) == 8


@pytest.mark.parametrize(
    "beside",
    [
        {"readme.txt": b"Your data.", "LICENSE.txt": b"\xff\xfe\x00"},
        {"other.csv": b"Date,Weight\r\n2/14/22,70"},
        {"empty.txt": b""},
    ],
)
def test_the_csv_is_found_beside_other_texts(tmp_path: Path, beside: dict[str, bytes]) -> None:
    assert len(read(given_zip(tmp_path, {"zero.csv": CSV} | beside)).fasts) == 8


def test_nothing_else_of_a_package_is_opened(tmp_path: Path) -> None:
    """The other files are broken, and nobody notices."""
    files = {
        name: b"\xff{" if "SECRET" in content.decode() else content
        for name, content in package().items()
    }
    assert len(read(given_zip(tmp_path, files)).fasts) == 6


def test_only_what_is_wanted_is_kept() -> None:
    [fast] = [f for f in read(SAMPLES).fasts if f.source_id.endswith("C15")]
    assert fast.raw == {
        "biodata": {
            "FastID": "5F3A0000-0000-0000-9E37-79B97F4A7C15",
            "StartDTM": "2022-03-14T01:05:12Z",
            "EndDTM": "2022-03-14T17:20:44Z",
            "GoalHours": 16,
            "IsEnded": True,
            "GoalID": "sixteen-intermittent",
        },
        "firestore": {
            "id": "5F3A0000-0000-0000-9E37-79B97F4A7C15",
            "start": "2022-03-14T01:05:12Z",
            "end": "2022-03-14T17:20:44Z",
            "startTimeZone": "America/Chicago",
            "endTimeZone": "America/Chicago",
            "isEnded": True,
            "goal": {"goalId": "sixteen-intermittent", "hours": 16, "name": "16:8 TRF"},
        },
    }


# --- JSON that is not as it should be -------------------------------------------------------------


def fast_data(*fasts: Any) -> bytes:
    return json.dumps({"fast_data": list(fasts)}).encode()


GOOD = json.loads(BIODATA)["fast_data"][0]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"FastID": None}, "no id"),
        ({"FastID": 7}, "no id"),
        ({"FastID": "'; DROP TABLE"}, "no id"),
        ({"StartDTM": None}, "start None is not a time"),
        ({"StartDTM": "2022-03-14"}, "has no time zone"),
        ({"StartDTM": "2022-03-14T01:05:12"}, "has no time zone"),
        ({"EndDTM": "soon"}, "end 'soon' is not a time"),
        ({"EndDTM": 1647277244}, "is not a time"),
        ({"EndDTM": "2022-03-14T01:05:11Z"}, "ends before it starts"),
        ({"EndDTM": "2053-03-14T01:05:11Z"}, "future"),
        ({"StartDTM": "1991-03-14T01:05:11Z"}, "long before there was a Zero app"),
        ({"StartDTM": "0001-01-01T00:00:00+14:00"}, "is not a time"),
    ],
)
def test_a_fast_that_cannot_be_read_stops_no_other(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    other = GOOD | {"FastID": "OTHER"}
    export = read(given_file(tmp_path, fast_data(GOOD | change, other)))
    assert [fast.source_id for fast in export.fasts] == ["OTHER"]
    [refusal] = export.refusals
    assert refusal.where == "biodata fast 1"
    assert reason in refusal.reason


@pytest.mark.parametrize(
    ("change", "goal"),
    [
        ({}, 16),
        ({"GoalHours": None}, None),
        ({"GoalHours": 0}, None),
        ({"GoalHours": "16"}, None),
        ({"GoalHours": True}, None),
        ({"GoalHours": 1e300}, None),
        ({"GoalHours": float("nan")}, None),
        ({"GoalHours": 22.5}, 22.5),
        ({"GoalID": {"deep": [1]}}, 16),
        ({"GoalID": "new\x00 one\ud800"}, 16),
        ({"IsEnded": None}, 16),
        ({"Surprise": "SECRET"}, 16),
    ],
)
def test_details_that_are_odd_take_nothing_from_the_fast(
    tmp_path: Path, change: dict[str, Any], goal: float | None
) -> None:
    [fast] = read(given_file(tmp_path, fast_data(GOOD | change))).fasts
    assert fast.goal_hours == goal
    assert "SECRET" not in str(fast.raw)
    assert "\x00" not in json.dumps(fast.raw, allow_nan=False, ensure_ascii=False)


def test_a_fast_listed_twice_is_one_and_its_id_has_no_case(tmp_path: Path) -> None:
    later = GOOD | {"FastID": GOOD["FastID"].lower(), "EndDTM": "2022-03-14T18:00:00Z"}
    export = read(given_file(tmp_path, fast_data(GOOD, later)))
    assert [fast.source_id for fast in export.fasts] == [GOOD["FastID"]]
    assert export.fasts[0].end.hour == 18
    assert export.duplicates == 1


def test_a_running_fast_is_left_out_and_told() -> None:
    export = read(SAMPLES / "biodata_running_fast_INFERRED.json")
    assert len(export.fasts) == 6
    assert [one.since for one in export.running] == ["2022-03-22 00:15 UTC"]


@pytest.mark.parametrize(
    "change", [{"IsEnded": False}, {"EndDTM": None}, {"EndDTM": None, "IsEnded": False}]
)
def test_a_file_with_nothing_but_a_running_fast(tmp_path: Path, change: dict[str, Any]) -> None:
    assert "running since" in refused(given_file(tmp_path, fast_data(GOOD | change)))


def test_times_are_biodatas_and_zones_firestores(tmp_path: Path) -> None:
    documents = json.loads(FIRESTORE)
    documents[0] |= {"end": "2022-03-14T19:00:00Z", "endTimeZone": "Asia/Tokyo"}
    documents[1] |= {"startTimeZone": "Mars/Olympus", "endTimeZone": "../../etc/passwd"}
    only = {"id": "ONLY-HERE", "start": "2022-05-01T01:00:00Z", "end": "2022-05-01T17:00:00Z"}
    documents.append(only | {"goal": {"hours": 16}, "isEnded": True})
    files = package() | {"zero-fasting-data_5f3a/firestore.json": json.dumps(documents).encode()}
    fasts = {fast.source_id: fast for fast in read(given_zip(tmp_path, files)).fasts}
    first, second = (fasts[one["id"]] for one in documents[:2])
    assert first.end == datetime(2022, 3, 14, 17, 20, 44, tzinfo=UTC)
    assert (first.end_zone, second.end_zone) == ("Asia/Tokyo", None)
    assert fasts["ONLY-HERE"].goal_hours == 16
    assert len(fasts) == 7


@pytest.mark.parametrize("goal", [{}, {"usesSunset": True}, {"hours": None}, {"name": ["new"]}])
def test_a_goal_of_which_nothing_is_known_takes_nothing_from_the_fast(
    tmp_path: Path, goal: dict[str, Any]
) -> None:
    documents = json.loads(FIRESTORE)
    documents[0]["goal"] = goal
    export = read(given_file(tmp_path, json.dumps(documents).encode()))
    goals = {fast.source_id: fast.goal_hours for fast in export.fasts}
    assert (len(goals), goals[documents[0]["id"]]) == (6, None)


def test_a_document_with_a_goal_and_no_times_is_rejected(tmp_path: Path) -> None:
    documents = [*json.loads(FIRESTORE), {"id": "ODD", "goal": {"usesSunset": False}}]
    export = read(given_file(tmp_path, json.dumps(documents).encode()))
    assert len(export.fasts) == 6
    assert [(one.source_id, one.reason) for one in export.refusals] == [
        ("ODD", "its start None is not a time")
    ]


# --- What is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "content"), OTHERS.items(), ids=list(OTHERS))
def test_each_of_the_other_six_files(tmp_path: Path, name: str, content: Any) -> None:
    text = refused(given_file(tmp_path, json.dumps(content).encode(), name))
    assert f"{name} is JSON, but not one of the two files" in text
    assert "biodata.json" in text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b" \r\n\t ", "is empty"),
        (b"\xef\xbb\xbf", "not an export"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is a picture and not an export from Zero. Give Zero's CSV"),
        (b"\xff\xd8\xff\xe0\x00", "is a picture and not an export from Zero. Give Zero's CSV"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"SQLite format 3\x00", "database"),
        (b"{}", "not one of the two files"),
        (b"[]", "not one of the two files"),
        (b'{"fast_data": {}}', "not one of the two files"),
        (b'{"fast_data": []}', "contains no fasts"),
        (b'{"fast_data": [1, null]}', "2 of its fasts cannot be read"),
        (b'{"fast_data": [' + BIODATA[:500], "not complete JSON"),
        (b"[" * 200_000, "not complete JSON"),
        (b'{"fast_data": ' + b"9" * 5000 + b"}", "not complete JSON"),
        (b"{'fast_data': []}", "not complete JSON"),
        (b"Date,Start,End,Hours,Night Eating", "no fast below it"),
        (b"Date,Start,End,Hours\r\n?,1,1,1\r\n!,2,2,2", "2 of its fasts cannot be read"),
        (b"Date,Start,End\r\n2/14/22,20:05,12:20", "first line is not Date,Start,End,Hours"),
        (b"Datum,Beginn,Ende,Stunden\r\n14.2.22,20:05,12:20,16", "first line is not"),
        (b"2/14/22,20:05,12:20,16,2", "first line is not"),
        (b"Date,Weight\r\n2/14/22,70", "first line is not"),
        (b"hello", "first line is not"),
        (b"Date,Start,End,Hours\r\n2/14/22,20:05,12:20\x00,16", "another program saved"),
        (b"Date,Start,End,Hours\r\n2/14/22,8\xa0PM,12:20,16", "another program saved"),
        (CSV.decode().encode("utf-16-le"), "another program saved"),
        (CSV.decode().encode("utf-32"), "another program saved"),
        (os.urandom(5000).replace(b"PK", b"??"), ""),
        (b"\x01\xfe\x80\x00" * 1000, "is no text and not an export from Zero. Give Zero's CSV"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "is a picture and not an export"),
        (b"\x00\x00\x00\x18ftypM4A \x00\x00", "is a sound and not an export"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00", "is a film and not an export"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "is a picture and not an export"),
        (b'Date,Start,End,Hours\r\n"' + b"x" * 200_000, "is not CSV"),
    ],
)
def test_files_that_are_no_export(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in refused(given_file(tmp_path, content))


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({}, "holds neither biodata.json nor firestore.json"),
        ({"amplitude.json": b"{}"}, "holds neither"),
        ({"a/biodata.json": BIODATA, "b/biodata.json": BIODATA}, "more than one biodata.json"),
        ({"biodata.json": b"{}"}, "not one of the two files"),
        ({"biodata.json": b""}, "not complete JSON"),
        ({"biodata.json": BIODATA[:-300]}, "not complete JSON"),
        ({"one.csv": CSV, "two.csv": CSV}, "contains more than one CSV from Zero"),
        ({"one.csv": b"a,b", "two.txt": b"\xff\x00"}, "holds neither"),
        ({"__MACOSX/biodata.json": BIODATA}, "holds neither"),
        ({"inner.zip": b"PK\x03\x04"}, "is not Zero's data package: it holds neither"),
        ({"word/document.xml": b"<w/>"}, "is a Word document and not an export from Zero"),
        ({"xl/workbook.xml": b"<w/>"}, "is an Excel workbook and not an export from Zero"),
    ],
)
def test_packages_without_fasts(tmp_path: Path, members: dict[str, bytes], says: str) -> None:
    assert says in refused(given_zip(tmp_path, members))
    folder = tmp_path / "folder"
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    folder.mkdir(exist_ok=True)
    assert says in refused(folder)


def test_a_zip_that_was_cut_anywhere(tmp_path: Path) -> None:
    whole = given_zip(tmp_path, package()).read_bytes()
    for length in range(0, len(whole) - 1, 97):
        refused(given_file(tmp_path, whole[:length], "cut.zip"))


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    content = given_zip(tmp_path, {"biodata.json": BIODATA}).read_bytes()
    locked = bytearray(content)
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[content.index(signature) + flags] |= 1
    assert "password" in refused(given_file(tmp_path, bytes(locked), "locked.zip"))


def test_zip_bombs(tmp_path: Path) -> None:
    bomb = b'{"fast_data": [' + b" " * 60_000_000 + b"]}"
    path = given_zip(tmp_path, {"biodata.json": bomb})
    assert path.stat().st_size < 100_000
    assert "larger than 50 MB" in refused(path)
    lying = bytearray(path.read_bytes())
    at = lying.index(b"PK\x01\x02") + 24
    lying[at : at + 4] = (1000).to_bytes(4, "little")
    refused(given_file(tmp_path, bytes(lying), "lying.zip"))


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"Date,Start,End,Hours,Night Eating\r\n", "larger than 2 MB"),
        (b'{"fast_data": [', "larger than 50 MB"),
        (b"rubbish\n", "first line is not"),
    ],
)
def test_a_huge_file_is_refused_at_once(tmp_path: Path, head: bytes, says: str) -> None:
    path = given_file(tmp_path, head + b" " * 5000)
    with path.open("ab") as file:
        file.truncate(200_000_000)
    assert says in refused(path)


def test_many_rows_of_rubbish_are_refused_together(tmp_path: Path) -> None:
    rows = b"Date,Start,End,Hours\r\n2/14/22,20:05,12:20,16\r\n" + b"2/1/22,x\r\n" * 20_000
    assert "20000 of its fasts cannot be read" in refused(given_file(tmp_path, rows))


def test_years_of_other_measurements_are_skipped(tmp_path: Path) -> None:
    glucose = [
        {"Value": n, "MeasuredDTM": "2022-03-14T01:05:12Z", "SECRET": n} for n in range(200_000)
    ]
    content = json.dumps(json.loads(BIODATA) | {"glucose_data": glucose}).encode()
    assert len(read(given_file(tmp_path, content)).fasts) == 6


def test_paths_that_are_no_file(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path / "missing.csv")
    assert "There is no file" in refused(tmp_path / "zero\x00.csv")
    assert "There is no file" in refused(given_file(tmp_path, CSV) / "below")
    assert "cannot be read" in refused(tmp_path / ("x" * 300))
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    refused(loop)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    assert "is not a file" in refused(fifo)
    assert "is not a file" in refused(Path("/dev/zero"))


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(path: Path, *args: Any, **kwargs: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    given_file(tmp_path, BIODATA, "biodata.json")
    monkeypatch.setattr(Path, "open", deny)
    for path in (tmp_path, tmp_path / "biodata.json"):
        assert "biodata.json cannot be read: Permission denied" in refused(path)


# --- Anything at all ------------------------------------------------------------------------------


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """The content with some bytes replaced, and perhaps cut."""
    places = st.lists(
        st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=20
    )

    def damage(changes: list[tuple[int, int]], length: int) -> bytes:
        result = bytearray(content)
        for at, byte in changes:
            result[at] = byte
        return bytes(result[:length])

    return st.builds(damage, places, st.integers(len(content) // 2, 2 * len(content)))


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/biodata.json", BIODATA)
        archive.writestr("a/firestore.json", FIRESTORE)
    return buffer.getvalue()


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(*map(damaged, (CSV, BIODATA, FIRESTORE, zipped()))))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = given_file(tmp_path, content, "damaged")
    try:
        export = read(path)
    except CannotImport:
        return
    assert export.fasts
