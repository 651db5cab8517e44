"""Toggl's detailed report: each oddity of the file, the same file twice, beside the API, and what is refused."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import read_series
from lifetracker.models import RejectedItem, Revision, SyncRun, SyncState
from lifetracker.words import title_of
from tests.conftest import run
from time_logs import same_entries
from time_logs.models import TOGGL, TOGGL_EXPORT, TimeEntry, TogglProject
from time_logs.same_entries import Said, paired
from time_logs.streams import entries as stream

pytestmark = pytest.mark.django_db

HEADER = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (USD)\n"
# As it stood in somebody's export.
VERBATIM = 'Ditt Navn,din@epost.no,,,,beskrivelse1,No,2019-04-01,08:00:00,2019-04-01,08:15:00,00:15:00,"timekode:32010000-1",\n'


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def row(
    text: str = "write",
    start: str = "2026-03-02 09:00:00",
    end: str = "2026-03-02 10:00:00",
    duration: str = "01:00:00",
    *,
    project: str = "",
    email: str = "ann@example.org",
    tags: str = "",
    billable: str = "No",
) -> str:
    day, clock = start.split(" ")
    last, until = end.split(" ")
    return f'Ann,{email},,{project},,{text},{billable},{day},{clock},{last},{until},{duration},"{tags}",\n'


def given(tmp_path: Path, text: str | bytes, name: str = "report.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def imported(path: Path, *options: str) -> dict[str, Any]:
    """Import a file, and return the counts of the run that are not 0."""
    call_command("import_toggl", str(path), *options)
    last = SyncRun.objects.filter(source=TOGGL_EXPORT).latest("pk")
    return {name: count for name, count in last.counts["export"].items() if count}


def refused(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_toggl", str(path), *options)
    return str(caught.value)


def live(source: str = TOGGL_EXPORT) -> list[TimeEntry]:
    return list(TimeEntry.objects.live().filter(source=source).order_by("start", "description"))


def synced(source_id: str, text: str, start: datetime, **values: Any) -> TimeEntry:
    end = values.pop("end", start + timedelta(hours=1))
    values = {"description": text, "start": start, "end": end, **values}
    return TimeEntry.objects.create(source=TOGGL, source_id=source_id, **values)


NINE = datetime(2026, 3, 2, 8, tzinfo=UTC)


# --- The file -------------------------------------------------------------------------------------


def test_a_file_as_toggl_writes_it(tmp_path: Path) -> None:
    path = given(tmp_path, b"\xef\xbb\xbf" + (HEADER + VERBATIM).replace("\n", "\r\n").encode())
    assert imported(path) == {"seen": 1, "created": 1}
    (entry,) = live()
    assert (entry.description, entry.project, entry.client) == ("beskrivelse1", "", "")
    assert (entry.tags, entry.billable) == (["timekode:32010000-1"], False)
    assert entry.start == datetime(2019, 4, 1, 6, tzinfo=UTC)
    assert entry.end == datetime(2019, 4, 1, 6, 15, tzinfo=UTC)
    assert (entry.duration, entry.date) == (900, date(2019, 4, 1))
    assert entry.raw["email"] == "din@epost.no"
    last = SyncRun.objects.get()
    assert (last.source, last.status, last.begun_by) == ("TogglExport", "success", "command")
    assert title_of(TOGGL_EXPORT) == "Toggl export"
    # A report may be filtered: what it lacks may exist all the same.
    assert not SyncState.objects.filter(source=TOGGL_EXPORT).exists()


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    path = given(tmp_path, HEADER + row() + row("b", "2026-03-03 09:00:00", "2026-03-03 10:00:00"))
    imported(path)
    stamps = set(TimeEntry.objects.values_list("pk", "updated_at"))
    assert imported(path) == {"seen": 2, "unchanged": 2}
    assert set(TimeEntry.objects.values_list("pk", "updated_at")) == stamps


def test_a_dry_run_says_all_and_stores_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_toggl", str(given(tmp_path, HEADER + row())), "--dry-run")
    said = capsys.readouterr().out
    assert "new: 2026-03-02 09:00:00 write (line 2)" in said
    assert "1 entry: 1 new, 0 changed, 0 the same, 0 as the API has them, 0 rejected" in said
    assert "Its times are read as those of Europe/Berlin." in said
    assert not TimeEntry.objects.exists()
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("last", ["Amount (EUR)", "Amount ()", "Amount (USD),Something new"])
def test_columns_come_and_go(tmp_path: Path, last: str) -> None:
    header = HEADER.replace("Amount (USD)", last)
    text = row().replace("\n", ",new\n") if "new" in last else row()
    assert imported(given(tmp_path, header + text)) == {"seen": 1, "created": 1}
    kept = live()[0].raw.get("something new")
    assert kept == ("new" if "new" in last else None)


#: As newer reports have their columns, in another order and under other names.
NEWER = (
    "Description,Billable,Duration,Member,Email,Project,Client,Task,Tags,Start date,Start time,Stop date,Stop time\n"
    "write,Yes,01:30:00,Ann,ann@example.org,Blog,Kim,,home,2026-03-02,23:00:00,2026-03-03,00:30:00\n"
)


def test_a_newer_report_says_stop_and_member(tmp_path: Path) -> None:
    imported(given(tmp_path, NEWER))
    (entry,) = live()
    assert entry.end == datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert (entry.project, entry.client, entry.tags) == ("Blog", "Kim", ["home"])
    assert (entry.billable, entry.duration) == (True, 5400)
    assert entry.raw["stop time"] == "00:30:00"
    other = NEWER.splitlines()[1].replace("Ann,ann", "Bob,bob")
    assert "several people" in refused(given(tmp_path, f"{NEWER}{other}\n"))
    assert imported(given(tmp_path, f"{NEWER}{other}\n"), "--user", "ann") == {
        "seen": 1,
        "unchanged": 1,
    }


def test_an_older_and_a_newer_report_hold_the_same_entry(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row(project="Blog")))
    names = HEADER.replace("End", "Stop").replace("User", "User name").replace("Tags", "Tag names")
    names = names.replace("Project", "Project name").replace("Description", "Time entry")
    assert imported(given(tmp_path, names + row(project="Blog"))) == {"seen": 1, "unchanged": 1}


def test_without_the_last_column_or_all_that_is_not_needed(tmp_path: Path) -> None:
    whole = given(tmp_path, HEADER.replace(",Amount (USD)", "") + row().replace('"",\n', '""\n'))
    assert imported(whole)["created"] == 1
    header = "Start date,Start time,Duration\n"
    bare = given(tmp_path, header + "2026-03-05,09:00:00,00:30:00\n")
    assert imported(bare)["created"] == 1
    assert live()[1].end == datetime(2026, 3, 5, 8, 30, tzinfo=UTC)
    header = "End time,Start time,Start date\n"
    assert imported(given(tmp_path, header + "09:20:00,09:00:00,2026-03-06\n"))["created"] == 1
    assert live()[2].duration == 1200


def test_tags_in_one_cell_and_billable(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row(tags="deep, with a client", billable="Yes")))
    assert live()[0].tags == ["deep", "with a client"]
    assert live()[0].billable
    text = HEADER + row() + row("b", billable="perhaps")
    assert imported(given(tmp_path, text))["rejected"] == 1
    item = RejectedItem.objects.get()
    assert item.reason == "line 3: Billable is 'perhaps', neither Yes nor No"


def test_a_duration_of_more_than_a_day(tmp_path: Path) -> None:
    text = row(end="2026-03-03 12:30:00", duration="27:30:00")
    imported(given(tmp_path, HEADER + text))
    assert live()[0].duration == 27.5 * 3600


def test_the_zone_of_the_profile(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row()), "--timezone", "America/New_York")
    assert live()[0].start == datetime(2026, 3, 2, 14, tzinfo=UTC)


def test_the_night_in_which_clocks_go_back(tmp_path: Path) -> None:
    """Both begin at half past two: the duration tells which of the two that is."""
    rows = [
        row("first", "2025-10-26 02:30:00", "2025-10-26 03:30:00", "02:00:00"),
        row("second", "2025-10-26 02:30:00", "2025-10-26 03:30:00", "01:00:00"),
    ]
    imported(given(tmp_path, HEADER + "".join(rows)))
    starts = {one.description: one.start for one in live()}
    assert starts == {
        "first": datetime(2025, 10, 26, 0, 30, tzinfo=UTC),
        "second": datetime(2025, 10, 26, 1, 30, tzinfo=UTC),
    }


def test_an_entry_of_which_nobody_knows_the_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = row("either", "2025-10-26 02:10:00", "2025-10-26 02:20:00", "00:10:00")
    imported(given(tmp_path, HEADER + text))
    assert live()[0].start == datetime(2025, 10, 26, 0, 10, tzinfo=UTC)
    assert "an hour that clocks showed twice" in capsys.readouterr().out


REJECTED = {
    "clocks in Europe/Berlin never showed 2026-03-29 02:30:00": row(
        start="2026-03-29 02:30:00", end="2026-03-29 03:30:00"
    ),
    "its duration is '00:45:00', but from its start to its end are 1:00:00": row(
        duration="00:45:00"
    ),
    "its end is before its start": row(end="2026-03-02 08:00:00"),
    "Duration is '90 min', and not such as 01:30:00": row(duration="90 min"),
    "'03/02/2026 09:00:00' is not a time such as": row(start="03/02/2026 09:00:00"),
    "'2026-03-02 9:00:00 AM' is not a time": row().replace("09:00:00", "9:00:00 AM"),
    "'2026-02-30 09:00:00' is not a time": row(start="2026-02-30 09:00:00"),
    "2005-03-02 is too long ago": row(start="2005-03-02 09:00:00", end="2005-03-02 10:00:00"),
    "2036-03-02 is too far in the future": row(
        start="2036-03-02 09:00:00", end="2036-03-02 10:00:00"
    ),
    "it is longer than a year": row(
        start="2020-03-02 09:00:00", end="2026-03-02 10:00:00", duration=""
    ),
    "it has neither an end nor a duration": row().replace("10:00:00,01:00:00", ","),
    "project:": row(project="p" * 300),
}


@pytest.mark.parametrize("reason", REJECTED)
def test_a_row_that_cannot_be_read(tmp_path: Path, reason: str) -> None:
    good = row("good", "2026-03-04 09:00:00", "2026-03-04 10:00:00")
    assert imported(given(tmp_path, HEADER + good + REJECTED[reason])) == {
        "seen": 2,
        "created": 1,
        "rejected": 1,
    }
    assert reason in RejectedItem.objects.get().reason
    # And nothing is rejected any more by a file that has it right.
    imported(given(tmp_path, HEADER + good))
    assert not RejectedItem.objects.exists()


def test_equal_entries_of_the_same_second_are_counted(tmp_path: Path) -> None:
    path = given(tmp_path, HEADER + row() * 2)
    assert imported(path) == {"seen": 2, "created": 2}
    assert imported(path) == {"seen": 2, "unchanged": 2}


def test_files_that_overlap_hold_an_entry_once(tmp_path: Path) -> None:
    later = row("later", "2026-03-03 09:00:00", "2026-03-03 10:00:00")
    path = tmp_path / "reports.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2025/report.csv", HEADER + row())
        archive.writestr("2026/report.csv", HEADER + row() + later)
        archive.writestr("__MACOSX/._report.csv", b"\x00\x01")
    assert imported(path) == {"seen": 2, "created": 2}
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "any name.csv").write_text(HEADER + row() + later, encoding="utf-8")
    (folder / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert imported(folder) == {"seen": 2, "unchanged": 2}


def test_a_report_of_several_people(tmp_path: Path) -> None:
    path = given(tmp_path, HEADER + row() + row("talk", email="bob@example.org"))
    said = refused(path)
    assert "several people: ann@example.org and bob@example.org" in said
    assert "with --user and your e-mail" in said
    assert "The file has no entry of eve." in refused(path, "--user", "eve")
    assert imported(path, "--user", "Bob@example.org") == {"seen": 1, "created": 1}
    assert [one.description for one in live()] == ["talk"]


def test_a_file_that_a_spreadsheet_saved_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (HEADER + row()).replace(",", ";")
    assert imported(given(tmp_path, text))["created"] == 1
    assert "report.csv was saved again by a spreadsheet" in capsys.readouterr().out


REFUSED = {
    "is a report of Clockify": "Project,Client,Description,Start Date,Start Time,End Date,End Time,Duration (h)\n",
    "is the summary report of Toggl": "Project,Client,Duration\nA,B,01:00:00\n",
    "has none of the columns Start date and Start time": "Date,Weight (kg)\n2026-03-02,80\n",
    "but no row below it": HEADER,
    "report.csv is empty": "",
    "the file was cut off": HEADER + row() + "Ann,ann@example.org,,,\n",
    "cannot be read, so nothing was imported": HEADER + row(duration="x"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_no_such_report_is_refused(tmp_path: Path, words: str) -> None:
    assert words in refused(given(tmp_path, REFUSED[words]))
    assert not TimeEntry.objects.exists()


def test_a_zip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time_logs.toggl_export.files.LARGEST", 10_000)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.csv", HEADER + row() * 60)
    assert "unpacks to more than" in refused(path)
    assert not TimeEntry.objects.exists()


def test_nothing_is_imported_of_a_zip_with_a_report_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("2025.csv", HEADER + row())
        archive.writestr("2026.csv", HEADER + row() + "Ann,ann@example.org,,,\n")
    assert "was cut off" in refused(path)
    assert not TimeEntry.objects.exists()
    assert not SyncRun.objects.exists()


def test_a_description_with_quotes_commas_and_lines(tmp_path: Path) -> None:
    text = row("TEXT").replace("TEXT", '"Call, with ""Kim""\nand Ann"')
    assert imported(given(tmp_path, HEADER + text)) == {"seen": 1, "created": 1}
    assert live()[0].description == 'Call, with "Kim"\nand Ann'


def test_the_amount_is_kept_as_it_came(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row().replace('"",', '"",12.50')))
    assert live()[0].raw["amount (usd)"] == "12.50"


def test_the_export_of_a_workspace_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "workspace.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/projects.json", json.dumps([]))
    assert "the export of a workspace of Toggl, which has no time entries" in refused(path)


# --- A later file ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "later",
    [
        row("another text"),
        row(project="Book"),
        row(end="2026-03-02 10:30:00", duration="01:30:00"),
        row(start="2026-03-02 08:50:00", duration="01:10:00"),
    ],
    ids=["text", "project", "end", "start"],
)
def test_a_later_file_follows_an_edit(tmp_path: Path, later: str) -> None:
    imported(given(tmp_path, HEADER + row()))
    (before,) = live()
    assert imported(given(tmp_path, HEADER + later)) == {"seen": 1, "updated": 1}
    (entry,) = live()
    assert entry.pk == before.pk
    assert Revision.objects.exists()
    # The former version under its former id does not take the place of the new one.
    assert imported(given(tmp_path, HEADER + later + row("beside"))) == {
        "seen": 2,
        "created": 1,
        "unchanged": 1,
    }


def test_what_a_file_has_no_column_for_stays(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row(project="Book", tags="deep", billable="Yes")))
    bare = "Start date,Start time,End date,End time\n2026-03-02,09:00:00,2026-03-02,10:00:00\n"
    assert imported(given(tmp_path, bare)) == {"seen": 1, "unchanged": 1}
    (entry,) = live()
    assert (entry.description, entry.project) == ("write", "Book")
    assert (entry.tags, entry.billable) == (["deep"], True)
    # An amount of money is no value of ours: where it alone differs, nothing has changed.
    paid = HEADER + row(project="Book", tags="deep", billable="Yes").replace(",\n", ",12.50\n")
    assert imported(given(tmp_path, paid)) == {"seen": 1, "unchanged": 1}
    assert live()[0].raw["amount (usd)"] == "12.50"


def test_what_a_file_lacks_stays(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row()))
    imported(given(tmp_path, HEADER + row("next", "2026-03-05 09:00:00", "2026-03-05 10:00:00")))
    assert [one.description for one in live()] == ["write", "next"]


def test_an_id_that_an_edited_entry_has_is_not_given_again(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row("one")))
    imported(given(tmp_path, HEADER + row("two")))
    imported(given(tmp_path, HEADER + row("two") + row("one")))
    assert [one.description for one in live()] == ["one", "two"]


def test_a_day_without_an_entry_is_unknown_by_a_file_alone(tmp_path: Path) -> None:
    imported(
        given(tmp_path, HEADER + row() + row("b", "2026-03-04 09:00:00", "2026-03-04 10:00:00"))
    )
    hours = read_series([metrics["time.hours"]], date(2026, 3, 2), date(2026, 3, 4))
    assert hours["time.hours"].values == [1, None, 1]


# --- Beside the API -------------------------------------------------------------------------------


def test_what_the_api_has_is_not_stored_again(tmp_path: Path) -> None:
    mine = synced("7", "write", NINE, project="Book", raw={"id": 7})
    path = given(tmp_path, HEADER + row(project="Book", tags="new"))
    assert imported(path) == {"seen": 1, "unchanged": 1}
    assert [one.pk for one in TimeEntry.objects.all()] == [mine.pk]
    mine.refresh_from_db()
    assert mine.tags == []


def test_what_was_deleted_at_toggl_does_not_come_back(tmp_path: Path) -> None:
    synced("7", "write", NINE, deleted_at=NINE)
    assert imported(given(tmp_path, HEADER + row())) == {"seen": 1, "unchanged": 1}
    assert not TimeEntry.objects.live().exists()


def test_two_of_the_same_second_of_which_the_api_has_one(tmp_path: Path) -> None:
    """The other one is of a workspace that the API does not list any more."""
    synced("7", "write", NINE)
    path = given(tmp_path, HEADER + row("elsewhere") + row())
    assert imported(path) == {"seen": 2, "created": 1, "unchanged": 1}
    assert [one.description for one in live()] == ["elsewhere"]


def test_a_project_is_known_by_its_name(tmp_path: Path) -> None:
    for ref, name in (("1", "Book"), ("2", "Twice"), ("3", "Twice")):
        TogglProject.objects.create(source=TOGGL, source_id=ref, name=name)
    text = row(project="Book") + row(
        "b", "2026-03-03 09:00:00", "2026-03-03 10:00:00", project="Twice"
    )
    imported(given(tmp_path, HEADER + text))
    assert [one.project_ref for one in live()] == ["1", ""]


def test_a_file_that_has_nothing_of_what_is_stored_is_asked_about(tmp_path: Path) -> None:
    for number in range(5):
        synced(str(number), f"t{number}", NINE + timedelta(hours=3 * number))
    texts = [row("x", f"2026-03-0{day} 03:00:00", f"2026-03-0{day} 04:00:00") for day in (1, 4)]
    path = given(tmp_path, HEADER + "".join(texts))
    said = refused(path)
    assert "none of the 5 entries of Toggl that are stored from its time" in said
    assert "Perhaps your profile at Toggl is not in Europe/Berlin" in said
    assert live() == []
    assert imported(path, "--replace")["created"] == 2


def api_brings(*rows: tuple[str, datetime, datetime]) -> None:
    """Do what a sync does once it has written these."""
    columns = ["source_id", "start"]
    same_entries.hide_exported(columns, [[name, start] for name, start, _ in rows])


def test_the_stream_hides_what_it_brings() -> None:
    assert stream.hide_same is same_entries.hide_exported


@pytest.mark.parametrize(
    ("text", "start", "minutes"),
    [
        ("write", NINE, 60),
        ("renamed meanwhile", NINE, 60),
        ("renamed and longer", NINE, 75),
        ("write", NINE - timedelta(minutes=10), 70),
    ],
)
def test_an_imported_entry_gives_way_to_the_api(
    tmp_path: Path, text: str, start: datetime, minutes: int
) -> None:
    path = given(
        tmp_path, HEADER + row() + row("other", "2026-03-03 09:00:00", "2026-03-03 10:00:00")
    )
    imported(path)
    entry = synced("7", text, start, end=start + timedelta(minutes=minutes))
    api_brings(("7", start, entry.end or start))
    assert [one.description for one in live()] == ["other"]
    # The file again brings nothing back.
    assert imported(path) == {"seen": 2, "unchanged": 2}
    assert [one.description for one in live()] == ["other"]


def test_entries_of_the_same_words_that_touch_are_not_the_same(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row()))
    synced("7", "write", NINE + timedelta(minutes=50))
    api_brings(("7", NINE + timedelta(minutes=50), NINE))
    assert [one.description for one in live()] == ["write"]


def test_reading_an_entry_again_hides_no_other_one(tmp_path: Path) -> None:
    imported(given(tmp_path, HEADER + row() * 2))
    synced("7", "write", NINE)
    for _ in range(2):
        api_brings(("7", NINE, NINE))
        assert len(live()) == 1


def test_a_batch_without_imported_entries_costs_one_statement() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        api_brings(("7", NINE, NINE))
    assert len(asked) == 1


def test_a_whole_account_by_both_ways(toggl: Any, tmp_path: Path) -> None:
    """The report of what the stand-in has, then a sync of it, and the file once more."""
    rows = list(report_of(toggl))
    assert len(rows) > 50
    path = given(tmp_path, HEADER + "".join(rows))
    assert imported(path, "--timezone", "UTC")["created"] == len(rows)
    assert run(TOGGL, full=True).status == SyncRun.Status.SUCCESS
    assert live() == []
    assert imported(path, "--timezone", "UTC") == {"seen": len(rows), "unchanged": len(rows)}
    assert live() == []


def report_of(service: Any) -> Sequence[str]:
    names = {one["id"]: one["name"] for one in service.projects()}
    return [
        row(
            (one["description"] or "").replace(",", ""),
            start.strftime("%Y-%m-%d %H:%M:%S"),
            end.strftime("%Y-%m-%d %H:%M:%S"),
            f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
            project=names.get(one["project_id"], "").replace(",", ""),
        )
        for one in service.entries()
        if one["stop"]
        for start in [datetime.fromisoformat(one["start"]).astimezone(UTC)]
        for end in [datetime.fromisoformat(one["stop"]).astimezone(UTC)]
        for seconds in [int((end - start).total_seconds())]
    ]


# --- Pairs ----------------------------------------------------------------------------------------


def test_pairs_prefer_what_says_the_same() -> None:
    def said(text: str, minutes: int = 60) -> Said:
        return Said(NINE, NINE + timedelta(minutes=minutes), text, "")

    mine = {"a": said("x"), "b": said("y"), "c": said("z", 30)}
    theirs = {"1": said("new", 30), "2": said("y"), "3": said("x", 90)}
    assert paired(mine, theirs) == {"a": "3", "b": "2", "c": "1"}
    running = Said(NINE, None, "x", "")
    assert paired({"a": said("x")}, {"1": running}) == {"a": "1"}
    late = running._replace(start=NINE + timedelta(minutes=1))
    assert paired({"a": said("x")}, {"1": late}) == {}
