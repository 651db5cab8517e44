"""What WHOOP's app exports: each oddity of the file, the same file twice, a later one, and what is refused."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from journal.models import Answer, Behaviour
from lifetracker.models import RejectedItem, SyncRun
from whoop.exports.cells import Unreadable, moment_in, number_in, offset_in, yes_in
from whoop.exports.headers import columns_of, fold, kind_of
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep, WhoopWorkout

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

NOW = datetime(2025, 9, 20, 14, tzinfo=UTC)
CYCLE_HEADER = (
    "Cycle start time,Cycle end time,Cycle timezone,Recovery score %,Resting heart rate (bpm),Heart rate variability (ms),"
    "Skin temp (celsius),Blood oxygen %,Day Strain,Energy burned (cal),Max HR (bpm),Average HR (bpm),Sleep onset,Wake onset,"
    "Sleep performance %,Respiratory rate (rpm),Asleep duration (min),In bed duration (min),Light sleep duration (min),"
    "Deep (SWS) duration (min),REM duration (min),Awake duration (min),Sleep need (min),Sleep debt (min),Sleep efficiency %,"
    "Sleep consistency %\n"
)
CYCLE = (
    "2025-09-14 23:16:59,2025-09-15 23:08:01,UTC+02:00,61,52,64,33.6,96.31,12.4,2410,171,66,2025-09-14 23:16:59,"
    "2025-09-15 07:02:10,88,14.9,430,465,220,95,115,35,489,21,92,81\n"
)
RUNNING = (
    "2025-09-15 23:08:01,,UTC+02:00,55,53,60,33.5,96.00,,,,,2025-09-15 23:08:01,2025-09-16 06:50:00,80,15.0,400,"
    "440,200,90,110,40,490,30,90,80\n"
)
SLEEP_HEADER = (
    "Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,Sleep performance %,Respiratory rate (rpm),"
    "Asleep duration (min),In bed duration (min),Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),"
    "Awake duration (min),Sleep need (min),Sleep debt (min),Sleep efficiency %,Sleep consistency %,Nap\n"
)
NAP = "2025-09-14 23:16:59,2025-09-15 23:08:01,UTC+02:00,2025-09-15 14:05:00,2025-09-15 14:41:00,,15.2,30,36,30,0,0,6,,,83,,true\n"
WORKOUT_HEADER = (
    "Cycle start time,Cycle end time,Cycle timezone,Workout start time,Workout end time,Duration (min),Activity name,"
    "Activity Strain,Energy burned (cal),Max HR (bpm),Average HR (bpm),HR Zone 1 %,HR Zone 2 %,HR Zone 3 %,HR Zone 4 %,"
    "HR Zone 5 %,GPS enabled,Distance (meters),Altitude gain (meters),Altitude change (meters)\n"
)
WORKOUT = (
    "2025-09-14 23:16:59,2025-09-15 23:08:01,UTC+02:00,2025-09-15 18:00:00,2025-09-15 18:50:00,50,Running,10.3,520,171,"
    "148,10,20,40,20,5,true,9200.5,41.2,-3\n"
)
JOURNAL_HEADER = "Cycle start time,Cycle end time,Cycle timezone,Question text,Answered yes,Notes\n"
# As it stood in somebody's export.
DRANK = "2025-09-14 23:16:59,2025-09-15 23:08:01,UTC+02:00,Have any alcoholic drinks?,TRUE,\n"
FILES = {
    "physiological_cycles.csv": CYCLE_HEADER + CYCLE + RUNNING,
    "sleeps.csv": SLEEP_HEADER + NAP,
    "workouts.csv": WORKOUT_HEADER + WORKOUT,
    "journal_entries.csv": JOURNAL_HEADER + DRANK,
}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def zipped(path: Path, files: dict[str, str], folder: str = "my_whoop_data_2025_09_20/") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(folder + name, text)
    return path


def given(tmp_path: Path, text: str | bytes, name: str = "physiological_cycles.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def imported(path: Path, *options: str) -> dict[str, Any]:
    """Import a file, and return the counts of the run that are not 0."""
    call_command("import_whoop", str(path), *options)
    run = SyncRun.objects.latest("pk")
    return {name: count for name, count in run.counts["export"].items() if count}


def refused(path: Path, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("import_whoop", str(path), *options)
    return str(caught.value)


# --- A whole export -------------------------------------------------------------------------------


def test_a_whole_export(tmp_path: Path) -> None:
    path = zipped(tmp_path / "my_whoop_data.zip", FILES)
    assert imported(path) == {"seen": 8, "created": 8}
    cycle = WhoopCycle.objects.get()
    assert (cycle.source, cycle.source_id) == ("WhoopExport", "cycle 2025-09-14T21:16:59Z")
    assert (cycle.cycle_id, cycle.date, cycle.utc_offset_min) == (None, date(2025, 9, 15), 120)
    # What the file calls calories are kilocalories.
    assert (cycle.strain, cycle.kilojoules, cycle.kilocalories) == (12.4, 10083.44, 2410)
    assert (cycle.max_heart_rate, cycle.average_heart_rate, cycle.step_count) == (171, 66, None)
    night, nap = WhoopSleep.objects.filter(date="2025-09-15").order_by("start_time")
    assert (night.nap, nap.nap) == (False, True)
    assert night.start_time == datetime(2025, 9, 14, 21, 16, 59, tzinfo=UTC)
    assert (night.total_sleep_hours, night.in_bed_min, night.rem_sleep_min) == (7.1667, 465, 115)
    assert (night.need_from_debt_min, night.need_baseline_min, night.no_data_min) == (
        21,
        None,
        None,
    )
    assert (nap.sleep_performance, nap.deep_sleep_min) == (None, 0)
    first = WhoopRecovery.objects.earliest("date")
    assert (first.date, first.recovery_score, first.hrv_rmssd) == (date(2025, 9, 15), 61, 64)
    assert (first.sleep_id, first.score_state) == (night.source_id, "SCORED")
    workout = WhoopWorkout.objects.get()
    assert (workout.sport_name, workout.duration_min, workout.calories) == ("running", 50, 520)
    assert (workout.zone_1_min, workout.zone_5_min, workout.zone_0_min) == (5, 2.5, None)
    assert (workout.distance_meters, workout.altitude_change_meters) == (9200.5, -3)
    run = SyncRun.objects.get()
    assert (run.source, run.status, run.begun_by) == ("WhoopExport", "success", "command")


def test_a_column_that_the_file_calls_otherwise_keeps_what_is_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(given(tmp_path, CYCLE_HEADER + CYCLE))
    assert "does not have" not in capsys.readouterr().out
    header = CYCLE_HEADER.replace("Recovery score %", "Recovery pct")
    header = header.replace("Day Strain,Energy burned (cal)", "Strain,Energy")
    later = header.replace("Sleep debt (min)", "Debt") + CYCLE.replace(",64,", ",70,")
    counts = imported(given(tmp_path, later + RUNNING))
    assert counts == {"seen": 5, "created": 2, "updated": 1, "unchanged": 2}
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "does not have, or calls otherwise: Day strain, Energy burned cal, Recovery score %" in said
    )
    assert "What is stored of them stays" in said
    recovery, new = WhoopRecovery.objects.order_by("date")
    assert (recovery.recovery_score, recovery.hrv_rmssd) == (61, 70)
    assert (new.recovery_score, new.hrv_rmssd) == (None, 60)
    cycle = WhoopCycle.objects.get()
    assert (cycle.strain, cycle.kilojoules, cycle.score_state) == (12.4, 10083.44, "SCORED")
    assert WhoopSleep.objects.earliest("date").need_from_debt_min == 21
    # An empty cell of a column that is there is unknown now.
    imported(given(tmp_path, CYCLE_HEADER + CYCLE.replace(",61,", ",,")))
    assert WhoopRecovery.objects.earliest("date").recovery_score is None


def test_what_one_of_two_tables_lacks_the_other_one_says(tmp_path: Path) -> None:
    night = NAP.replace("09-15 14:05:00", "09-14 23:16:59").replace("14:41:00", "07:02:10")
    header = SLEEP_HEADER.replace("Sleep debt (min)", "Debt")
    files = {"cycles.csv": CYCLE_HEADER + CYCLE, "sleeps.csv": header + night}
    imported(zipped(tmp_path / "export.zip", files))
    assert WhoopSleep.objects.get().need_from_debt_min == 21


def test_what_only_the_file_calls_otherwise_is_not_changed(tmp_path: Path) -> None:
    imported(given(tmp_path, CYCLE_HEADER + CYCLE))
    stamps = list(WhoopCycle.objects.values_list("updated_at", flat=True))
    german = CYCLE_HEADER.replace("Recovery score %", "Erholungswert %")
    german = german.replace("Day Strain", "Tagesbelastung").replace("Asleep", "ASLEEP")
    assert imported(given(tmp_path, german + CYCLE)) == {"seen": 3, "unchanged": 3}
    assert WhoopCycle.objects.get().raw["Tagesbelastung"] == "12.4"
    assert list(WhoopCycle.objects.values_list("updated_at", flat=True)) == stamps


def test_the_running_cycle_is_left_out_and_its_night_is_not(tmp_path: Path) -> None:
    assert imported(given(tmp_path, CYCLE_HEADER + RUNNING)) == {"seen": 2, "created": 2}
    assert not WhoopCycle.objects.exists()
    assert WhoopSleep.objects.get().date == WhoopRecovery.objects.get().date == date(2025, 9, 16)


def test_empty_cells_are_unknown_and_not_zero(tmp_path: Path) -> None:
    row = "2025-09-14 23:16:59,2025-09-15 23:08:01,UTC+02:00" + "," * 23 + "\n"
    imported(given(tmp_path, CYCLE_HEADER + row))
    cycle = WhoopCycle.objects.get()
    assert (cycle.strain, cycle.kilojoules, cycle.score_state) == (None, None, "UNSCORABLE")
    assert not WhoopSleep.objects.exists()
    assert not WhoopRecovery.objects.exists()


def test_no_column_is_needed_but_the_start(tmp_path: Path) -> None:
    text = (
        "Cycle start time,Cycle end time,Day strain\n2025-09-14 23:16:59,2025-09-15 23:08:01,9.5\n"
    )
    assert imported(given(tmp_path, text)) == {"seen": 1, "created": 1}
    # Without a zone it is read at home, which is two hours ahead then.
    assert WhoopCycle.objects.get().start_time == datetime(2025, 9, 14, 21, 16, 59, tzinfo=UTC)
    imported(given(tmp_path, text.replace("09-14", "01-14").replace("09-15", "01-15")))
    first = WhoopCycle.objects.earliest("start_time")
    assert (first.start_time.hour, first.utc_offset_min) == (22, 60)


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", FILES)
    imported(path)
    stamps = list(WhoopSleep.objects.values_list("pk", "updated_at"))
    assert imported(path) == {"seen": 8, "unchanged": 8}
    assert list(WhoopSleep.objects.values_list("pk", "updated_at")) == stamps


def test_a_later_export_follows_changes_and_deletes_nothing(tmp_path: Path) -> None:
    imported(zipped(tmp_path / "first.zip", FILES))
    later = {
        "physiological_cycles.csv": CYCLE_HEADER
        + CYCLE.replace(",61,", ",63,")
        + RUNNING.replace(",,UTC", ",2025-09-16 22:50:00,UTC").replace(
            "96.00,,,,", "96.00,8.1,2000,150,60"
        ),
    }
    counts = imported(zipped(tmp_path / "later.zip", later))
    assert counts == {"seen": 6, "created": 1, "updated": 1, "unchanged": 4}
    assert WhoopRecovery.objects.earliest("date").recovery_score == 63
    assert WhoopCycle.objects.live().count() == 2
    assert WhoopWorkout.objects.live().count() == 1
    assert Answer.objects.live().count() == 1


def test_a_night_whose_beginning_was_edited_is_the_same_night(tmp_path: Path) -> None:
    imported(given(tmp_path, SLEEP_HEADER + NAP, "sleeps.csv"))
    edited = NAP.replace("14:05:00", "14:10:00")
    assert imported(given(tmp_path, SLEEP_HEADER + edited, "sleeps.csv")) == {
        "seen": 1,
        "created": 1,
        "deleted": 1,
    }
    assert WhoopSleep.objects.live().get().start_time.minute == 10


# --- The journal ----------------------------------------------------------------------------------


def test_an_answer_is_about_the_day_before_the_recovery_beside_it(tmp_path: Path) -> None:
    imported(zipped(tmp_path / "export.zip", FILES))
    answer = Answer.objects.get()
    assert (answer.behaviour.name, answer.value) == ("Have any alcoholic drinks?", 1)
    assert (answer.source, answer.date) == ("WhoopExport", date(2025, 9, 14))
    assert Behaviour.objects.get().kind == "yes_no"
    counts = imported(zipped(tmp_path / "export.zip", FILES), "--answers-on-waking-day")
    assert counts == {"seen": 8, "updated": 1, "unchanged": 7}
    assert Answer.objects.live().get().date == date(2025, 9, 15)


def test_all_answers_move_to_the_other_day_at_once(tmp_path: Path) -> None:
    rows = "".join(
        f"2025-09-{day - 1:02} 23:00:00,2025-09-{day:02} 23:00:00,UTC+02:00,Magnesium?,{value},\n"
        for day, value in ((11, "true"), (12, "false"), (13, "true"))
    )
    path = given(tmp_path, JOURNAL_HEADER + rows, "journal_entries.csv")
    imported(path)
    assert imported(path, "--answers-on-waking-day") == {"seen": 3, "updated": 3}
    assert imported(path) == {"seen": 3, "updated": 3}
    found = list(Answer.objects.live().order_by("date").values_list("date", "value"))
    assert found == [(date(2025, 9, 10), 1), (date(2025, 9, 11), 0), (date(2025, 9, 12), 1)]


def test_a_cycle_after_midnight_has_the_day_of_waking(tmp_path: Path) -> None:
    # Asleep at 00:40 on the 15th, and the cycle ends at 01:10 on the 16th: one woke up on the 15th.
    row = "2025-09-15 00:40:00,2025-09-16 01:10:00,UTC+02:00,Read in bed?,true,Long\n"
    imported(given(tmp_path, JOURNAL_HEADER + row, "journal_entries.csv"))
    answer = Answer.objects.get()
    assert (answer.date, answer.note) == (date(2025, 9, 14), "Long")


def test_no_answer_is_not_a_no(tmp_path: Path) -> None:
    rows = DRANK + DRANK.replace("Have any alcoholic drinks?,TRUE", "Caffeine?,")
    rows += DRANK.replace("Have any alcoholic drinks?,TRUE", "Sauna?,maybe")
    rows += DRANK.replace("Have any alcoholic drinks?,TRUE", "Late meal?,false")
    counts = imported(given(tmp_path, JOURNAL_HEADER + rows, "journal.csv"))
    assert counts == {"seen": 2, "created": 2, "rejected": 1}
    assert list(Answer.objects.order_by("value").values_list("value", flat=True)) == [0, 1]
    rejected = RejectedItem.objects.get()
    assert "journal.csv, line 4: Answered yes is 'maybe', neither yes nor no" in rejected.reason


def test_answers_to_two_wordings_of_one_behaviour_are_one_a_day(tmp_path: Path) -> None:
    rows = DRANK + DRANK.replace("Have any alcoholic drinks?,TRUE", "Any alcohol?,false")
    path = given(tmp_path, JOURNAL_HEADER + rows, "journal.csv")
    imported(path)
    old, new = Behaviour.objects.order_by("pk")
    Behaviour.objects.filter(pk=old.pk).update(merged_into=new)
    imported(path)
    assert imported(path)["unchanged"] == 1
    assert Answer.objects.live().get().behaviour == new


# --- Forms of the file ----------------------------------------------------------------------------


def test_it_may_be_a_folder_or_a_single_table_under_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "whoop"
    (folder / "inner").mkdir(parents=True)
    for number, text in enumerate(FILES.values()):
        (folder / "inner" / f"file{number}.csv").write_text(text)
    assert imported(folder) == {"seen": 8, "created": 8}
    assert imported(given(tmp_path, FILES["workouts.csv"], "x.csv")) == {"seen": 1, "unchanged": 1}


def test_byte_order_mark_line_ends_and_quotes(tmp_path: Path) -> None:
    text = (JOURNAL_HEADER + DRANK.replace("TRUE,", 'TRUE,"Two, at ""Joe\'s"""')).replace(
        "\n", "\r\n"
    )
    imported(given(tmp_path, b"\xef\xbb\xbf" + text.encode(), "journal.csv"))
    assert Answer.objects.get().note == 'Two, at "Joe\'s"'


def test_what_a_spreadsheet_saved_again_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (CYCLE_HEADER + CYCLE).replace(",", ";").replace("12.4", "12,4")
    imported(given(tmp_path, text))
    assert WhoopCycle.objects.get().strain == 12.4
    assert "was saved again by a spreadsheet" in capsys.readouterr().out
    german = text.replace("2025-09-14 23:16:59", "14.09.2025 23:16")
    assert "A spreadsheet may have changed it" in refused(given(tmp_path, german))


def test_older_and_shorter_tables(tmp_path: Path) -> None:
    cycles = CYCLE_HEADER.replace(",Sleep consistency %", "") + CYCLE.rsplit(",", 1)[0] + "\n"
    workouts = (WORKOUT_HEADER + WORKOUT).splitlines()
    workouts = [
        ",".join([line.split(",")[0], *line.split(",")[3:17]]).replace("GPS enabled", "GPS Enabled")
        for line in workouts
    ]
    files = {"cycles.csv": cycles, "workouts.csv": "\n".join(workouts)}
    imported(zipped(tmp_path / "old.zip", files))
    assert WhoopSleep.objects.get().sleep_consistency is None
    assert WhoopWorkout.objects.get().distance_meters is None


def test_another_programs_journal(tmp_path: Path) -> None:
    header = JOURNAL_HEADER.replace("Answered yes", "Answered yes/no")
    imported(given(tmp_path, header + DRANK.replace("TRUE", "no"), "journal.csv"))
    assert Answer.objects.get().value == 0


def test_a_workout_after_a_flight_is_that_of_the_api(tmp_path: Path) -> None:
    # WHOOP's clock on the wall was already seven hours later than that of the cycle.
    WhoopWorkout.objects.create(
        source="Whoop",
        source_id="a",
        date="2025-09-15",
        start=datetime(2025, 9, 15, 22, tzinfo=UTC),
        end=datetime(2025, 9, 15, 22, 50, tzinfo=UTC),
        utc_offset_min=-240,
        sport_name="running",
        duration_min=50,
    )
    path = given(tmp_path, FILES["workouts.csv"], "workouts.csv")
    assert imported(path) == {"seen": 1, "unchanged": 1}
    assert WhoopWorkout.objects.count() == 1


# --- What is refused ------------------------------------------------------------------------------


def test_the_privacy_archive_is_refused_by_name(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "gdpr.zip", {"metrics-1.csv": "a,b\n1,2\n"}, "Health/")
    text = refused(archive)
    assert "gdpr.zip is the archive that WHOOP gives by privacy.whoop.com (GDPR)" in text
    assert "More, App Settings, Data Export" in text
    older = 'during,score\n"[2021-05-01T21:00:00,2021-05-02T05:00:00)",80\n'
    assert "(GDPR)" in refused(given(tmp_path, older, "sleeps.csv"))


def test_another_file_is_refused(tmp_path: Path) -> None:
    assert "has none of the headers" in refused(given(tmp_path, "a,b\n1,2\n"))
    assert "is a picture" in refused(given(tmp_path, b"\x89PNG\r\n" + b"x" * 20))
    assert "no row below it that counts" in refused(given(tmp_path, CYCLE_HEADER))
    assert "was cut off" in refused(given(tmp_path, CYCLE_HEADER + CYCLE[:60]))


def test_a_zip_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whoop.exports.files.LARGEST", 2000)
    many = {f"{number}.csv": JOURNAL_HEADER + DRANK * 12 for number in range(3)}
    assert "unpacks to more than" in refused(zipped(tmp_path / "bomb.zip", many))
    one = {"1.csv": JOURNAL_HEADER + DRANK * 40}
    assert "is larger than" in refused(zipped(tmp_path / "large.zip", one))
    monkeypatch.setattr("lifetracker.sync.tables.MOST_FILES", 2)
    assert "holds 3 tables" in refused(zipped(tmp_path / "bomb.zip", many))


def test_times_that_cannot_be_of_the_place_ask_first(tmp_path: Path) -> None:
    rows = "".join(
        CYCLE.replace("09-14 23:16:59", f"09-{day:02} 13:16:59")
        .replace("09-15 23:08:01", f"09-{day + 1:02} 13:08:01")
        .replace("09-15 07:02:10", f"09-{day:02} 21:02:10")
        for day in range(8, 14)
    )
    path = given(tmp_path, CYCLE_HEADER + rows)
    assert "most nights began around 13:00" in refused(path)
    assert not WhoopSleep.objects.exists()
    assert imported(path, "--replace")["created"] == 18


def test_somebody_elses_file_asks_first(tmp_path: Path) -> None:
    rows = "".join(
        CYCLE.replace("09-14", f"09-{day:02}").replace("09-15", f"09-{day + 1:02}")
        for day in range(8, 14)
    )
    imported(given(tmp_path, CYCLE_HEADER + rows))
    other = (
        "2025-09-07 00:00:00,2025-09-07 03:00:00,UTC+02:00,1\n"
        + "2025-09-18 00:00:00,2025-09-18 00:20:00,UTC+02:00,1\n"
    )
    path = given(tmp_path, "Cycle start time,Cycle end time,Cycle timezone,Day strain\n" + other)
    assert "It is perhaps another person's" in refused(path)
    assert imported(path, "--replace")["created"] == 2


def test_a_row_that_no_column_takes_is_rejected_with_its_line(tmp_path: Path) -> None:
    text = CYCLE_HEADER + CYCLE.replace(",61,", ",161,") + CYCLE.replace("UTC+02:00", "Berlin")
    counts = imported(given(tmp_path, text))
    assert counts == {"seen": 3, "created": 2, "rejected": 2}
    reasons = set(RejectedItem.objects.values_list("reason", flat=True))
    assert any("line 2: recovery_score" in one for one in reasons)
    assert any("line 3: the time zone is 'Berlin'" in one for one in reasons)


@pytest.mark.parametrize(
    ("cell", "absurd", "reason"),
    [
        (",2410,", ",1000000000,", "Energy burned (cal) is '1000000000', and at most 100,000 is"),
        (",171,66,", ",171,4000,", "Average HR (bpm) is '4000', and at most 400"),
        (",61,52,64,", ",61,52,6400,", "Heart rate variability (ms) is '6400'"),
        (",33.6,", ",-336,", "Skin temp (celsius) is '-336'"),
        (",430,465,", ",43000,465,", "Asleep duration (min) is '43000'"),
    ],
)
def test_what_nobody_has_is_rejected_with_its_line(
    tmp_path: Path, cell: str, absurd: str, reason: str
) -> None:
    imported(given(tmp_path, CYCLE_HEADER + RUNNING + CYCLE.replace(cell, absurd)))
    (rejected,) = RejectedItem.objects.all()
    assert f"line 3: {reason}" in rejected.reason
    assert not WhoopRecovery.objects.filter(date="2025-09-15").exists()


def test_a_workout_that_nobody_does_is_rejected_with_its_line(tmp_path: Path) -> None:
    text = WORKOUT_HEADER + WORKOUT + WORKOUT.replace("18:", "19:").replace("9200.5", "1e12")
    assert imported(given(tmp_path, text))["rejected"] == 1
    assert "line 3: Distance (meters) is '1e12'" in RejectedItem.objects.get().reason


def test_what_lasts_too_long_is_rejected_with_its_line(tmp_path: Path) -> None:
    nap = NAP.replace("2025-09-15 14:05:00", "2025-09-12 14:05:00")
    assert imported(given(tmp_path, SLEEP_HEADER + nap + NAP, "sleeps.csv"))["rejected"] == 1
    assert "line 2: it lasts longer than 2 days" in RejectedItem.objects.get().reason
    swim = WORKOUT.replace("2025-09-15 18:00:00", "2025-09-05 18:00:00")
    imported(given(tmp_path, WORKOUT_HEADER + WORKOUT + swim, "workouts.csv"))
    assert "line 3: it lasts longer than 7 days" in RejectedItem.objects.latest("pk").reason


def test_a_dry_run_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_whoop", str(zipped(tmp_path / "export.zip", FILES)), "--dry-run")
    said = capsys.readouterr().out
    assert "2 sleeps" not in said
    assert "3 sleeps: 3 new, 0 changed" in said
    assert "running cycles: 1" in said
    assert "are about the day before the night" in said
    for model in (WhoopCycle, SyncRun, Behaviour):
        assert not model.objects.exists()


# --- Cells ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("UTC+02:00", 120),
        ("UTC-05:00", -300),
        ("UTCZ", 0),
        ("UTC", 0),
        ("+01:00", 60),
        ("GMT-5", -300),
        ("UTC+5:30", 330),
        ("", None),
    ],
)
def test_offsets(text: str, minutes: int | None) -> None:
    assert offset_in(text) == minutes


def test_moments() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # The clock of the place, twice a night in October: the offset beside it tells which.
    for offset, hour in ((120, 0), (60, 1)):
        found = moment_in("2024-10-27 02:30:00", offset, berlin, NOW)
        assert found == datetime(2024, 10, 27, hour, 30, tzinfo=UTC)
    for wrong in (
        "2031-01-01 00:00:00",
        "2001-01-01 00:00:00",
        "14.09.2025 23:16",
        "2025-13-01 00:00:00",
    ):
        with pytest.raises(Unreadable):
            moment_in(wrong, 0, berlin, NOW)


def test_numbers_and_answers() -> None:
    assert number_in("12.5", "it") == 12.5
    assert number_in("12,5", "it", decimal_comma=True) == 12.5
    assert number_in(" ", "it") is None
    with pytest.raises(Unreadable):
        number_in("12,5", "it")
    assert [yes_in(text, "it") for text in ("TRUE", "false", "Sí", "Não", "")] == [
        True,
        False,
        True,
        False,
        None,
    ]


def test_headers_of_other_languages() -> None:
    assert fold('Respondió "Sí"') == "respondio_si"
    assert fold("% de oxigênio no sangue") == "pct_de_oxigenio_no_sangue"
    assert kind_of(columns_of(["Startzeit des Zyklus", "Erholungswert %"])) == "cycles"
    french = [
        "Heure de début du cycle",
        "Heure de fin du cycle",
        "Fuseau horaire du cycle",
        "Texte",
        "Oui",
        "Notes",
    ]
    assert columns_of(french)[3:] == ["question", "answer", "notes"]
