"""The export of a life beside what the API has of the same life: whichever comes first, each fact is there once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from journal.models import Answer
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import read_series
from lifetracker.models import SourceRecord, SyncRun
from lifetracker.sandbox.life import Life, life_of
from lifetracker.sandbox.whoop.export import answers, tables, write_export
from lifetracker.sandbox.whoop.export_words import LANGUAGES
from tests.conftest import DAYS, NOW, assert_equals_upstream, run
from whoop.exports.export import Options
from whoop.exports.reading import export_of
from whoop.exports.tables import Table
from whoop.models import WHOOP, WHOOP_EXPORT, WhoopCycle, WhoopRecovery, WhoopSleep
from whoop.same_facts import Span, Spans
from workouts.models import Workout

pytestmark = pytest.mark.django_db

KINDS: dict[str, type[SourceRecord]] = {
    "cycle": WhoopCycle,
    "recovery": WhoopRecovery,
    "sleep": WhoopSleep,
    "workout": Workout,
}


@pytest.fixture(autouse=True)
def berlin(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def export(tmp_path: Path, language: str = "en") -> Path:
    return write_export(tmp_path, life_of(1), DAYS, NOW, language)


def live(source: str) -> dict[str, int]:
    return {
        name: model._default_manager.filter(source=source, deleted_at=None).count()
        for name, model in KINDS.items()
    }


NOTHING = dict.fromkeys(KINDS, 0)


def test_the_export_first_and_then_the_api(whoop: Any, tmp_path: Path) -> None:
    path = export(tmp_path)
    call_command("import_whoop", str(path))
    before = live(WHOOP_EXPORT)
    assert before["sleep"] > DAYS / 2
    assert live(WHOOP) == NOTHING
    said = set(Answer.objects.live().values_list("behaviour", "date", "value"))
    assert run(full=True).status == SyncRun.Status.SUCCESS
    assert_equals_upstream(whoop)
    assert live(WHOOP_EXPORT) == NOTHING
    assert set(Answer.objects.live().values_list("behaviour", "date", "value")) == said
    # And the file again: the API's values stay.
    call_command("import_whoop", str(path))
    assert live(WHOOP_EXPORT) == NOTHING
    assert_equals_upstream(whoop)


def test_the_api_first_and_then_the_export(whoop: Any, tmp_path: Path) -> None:
    run(full=True)
    stamps = set(WhoopSleep.objects.values_list("pk", "updated_at"))
    call_command("import_whoop", str(export(tmp_path)))
    assert live(WHOOP_EXPORT) == NOTHING
    assert_equals_upstream(whoop)
    assert set(WhoopSleep.objects.values_list("pk", "updated_at")) == stamps
    counts = SyncRun.objects.latest("pk").counts["export"]
    assert (counts["rejected"], counts["updated"], counts["deleted"]) == (0, 0, 0)
    assert counts["created"] == Answer.objects.live().count() > 50


def test_what_is_imported_is_what_the_api_says(whoop: Any, tmp_path: Path) -> None:
    call_command("import_whoop", str(export(tmp_path)))
    imported = {(row.date, row.nap): row for row in WhoopSleep.objects.filter(source=WHOOP_EXPORT)}
    recoveries = {row.date: row for row in WhoopRecovery.objects.filter(source=WHOOP_EXPORT)}
    run(full=True)
    compared = 0
    for row in WhoopSleep.objects.filter(source=WHOOP):
        mine = imported[row.date, row.nap]
        assert mine.start_time == row.start_time.replace(microsecond=0)
        if row.total_sleep_hours is not None:
            assert mine.total_sleep_hours == pytest.approx(row.total_sleep_hours, abs=0.02)
            assert mine.need_from_debt_min == pytest.approx(row.need_from_debt_min, abs=0.51)
            compared += 1
    for recovery in WhoopRecovery.objects.filter(source=WHOOP, recovery_score__isnull=False):
        assert recoveries[recovery.date].recovery_score == recovery.recovery_score
        assert recoveries[recovery.date].start_time == recovery.start_time.replace(microsecond=0)
        compared += 1
    assert compared > DAYS
    cycles = WhoopCycle.objects.filter(deleted_at__isnull=False, strain__isnull=False)
    for cycle in cycles:
        same = WhoopCycle.objects.get(
            source=WHOOP,
            start_time__gte=cycle.start_time,
            start_time__lt=cycle.start_time + timedelta(seconds=1),
        )
        assert (same.date, same.utc_offset_min) == (cycle.date, cycle.utc_offset_min)
        assert cycle.kilojoules == pytest.approx(same.kilojoules, abs=2.2)


def test_what_is_deleted_at_whoop_is_not_brought_back(whoop: Any, tmp_path: Path) -> None:
    run(full=True)
    path = export(tmp_path)
    workout = Workout.objects.filter(source=WHOOP).latest("start")
    whoop.delete("workout", workout.source_id)
    run()
    call_command("import_whoop", str(path))
    assert live(WHOOP_EXPORT)["workout"] == 0


@pytest.mark.parametrize("is_by_api", [True, False])
def test_another_persons_export_is_asked_about(whoop: Any, tmp_path: Path, is_by_api: bool) -> None:
    if is_by_api:
        run(full=True)
    else:
        call_command("import_whoop", str(export(tmp_path)))
    before = live(WHOOP_EXPORT)
    theirs = write_export(tmp_path, life_of(2), DAYS, NOW)
    with pytest.raises(CommandError, match="perhaps another person's") as caught:
        call_command("import_whoop", str(theirs))
    assert "when the file says so" in str(caught.value)
    assert "If it is yours, add --replace." in str(caught.value)
    assert live(WHOOP_EXPORT) == before
    call_command("import_whoop", str(theirs), "--replace")
    assert live(WHOOP_EXPORT) != before


@pytest.mark.parametrize("is_by_api", [True, False])
def test_a_file_with_the_same_nights_and_other_values_is_asked_about(
    whoop: Any, tmp_path: Path, is_by_api: bool
) -> None:
    """As that of somebody who goes to bed in the same second, or one that a program has mixed up."""
    path = export(tmp_path)
    if is_by_api:
        run(full=True)
    else:
        call_command("import_whoop", str(path))
    before = set(WhoopRecovery.objects.values_list("pk", "resting_heart_rate"))
    for row in WhoopRecovery.objects.filter(resting_heart_rate__isnull=False)[:3]:
        row.resting_heart_rate += 9
        row.save()
    call_command("import_whoop", str(path), "--dry-run")
    WhoopRecovery.objects.update(resting_heart_rate=F("resting_heart_rate") + 9)
    changed = set(WhoopRecovery.objects.values_list("pk", "resting_heart_rate"))
    with pytest.raises(CommandError, match="quite another resting heart rate or score"):
        call_command("import_whoop", str(path))
    assert set(WhoopRecovery.objects.values_list("pk", "resting_heart_rate")) == changed != before
    call_command("import_whoop", str(path), "--replace")


def without_offsets(tmp_path: Path) -> Path:
    folder = tmp_path / "without_offsets"
    folder.mkdir()
    for name, text in tables(life_of(1), DAYS, NOW).items():
        (folder / name).write_text(re.sub(r",UTC[^,]*,", ",,", text))
    return folder


def test_times_without_an_offset_are_those_on_the_wall(
    whoop: Any, tmp_path: Path, settings: Any
) -> None:
    """Of no zone in which a night of the API and one of the file would overlap."""
    settings.TIME_ZONE = "Pacific/Auckland"
    path = without_offsets(tmp_path)
    call_command("import_whoop", str(path))
    assert live(WHOOP_EXPORT)["recovery"] > DAYS / 2
    run(full=True)
    assert live(WHOOP_EXPORT) == NOTHING
    WhoopRecovery.objects.filter(source=WHOOP_EXPORT).delete()
    call_command("import_whoop", str(path))
    assert live(WHOOP_EXPORT) == NOTHING
    assert not WhoopRecovery.objects.filter(source=WHOOP_EXPORT).exists()
    assert_equals_upstream(whoop)


def span(start: str, end: str, offset: int) -> Span:
    return Span(*(datetime.fromisoformat(f"2026-{one}+00:00") for one in (start, end)), offset)


def test_a_workout_after_the_clocks_changed_is_that_of_the_api() -> None:
    """In the file it has the offset at which the cycle began, and the API has another one."""
    api = Spans([span("03-29 16:00:05.120", "03-29 16:40:12.700", 0)])
    assert api.has(span("03-29 17:00:05", "03-29 17:40:12", 60))
    # By the same offset, or of another length, it is another one.
    assert not api.has(span("03-29 17:00:05", "03-29 17:40:12", 0))
    assert not api.has(span("03-29 17:00:05", "03-29 17:41:12", 60))


def test_a_night_in_which_the_clocks_changed_is_that_of_the_api() -> None:
    """In Chicago, by the file, and elsewhere, by the API: on the wall only its end is the same."""
    api = Spans([span("03-28 22:54:30", "03-29 05:30:10", 120)])
    assert api.has(span("03-29 04:54:30", "03-29 12:30:10", -300))
    assert not api.has(span("03-29 12:54:30", "03-29 20:30:11", -300))


def test_a_sync_asks_for_the_export_once_for_a_batch_that_wrote(whoop: Any, tmp_path: Path) -> None:
    call_command("import_whoop", str(export(tmp_path)))
    with CaptureQueriesContext(
        connection,
    ) as found:
        run(full=True)
    asked = [one["sql"] for one in found if "'WhoopExport'" in one["sql"]]
    # Of four kinds, one to three batches each: which there are, and that they are hidden.
    assert 8 <= len(asked) <= 2 * 4 * 5
    with CaptureQueriesContext(connection) as found:
        run(full=True)
    assert [one["sql"] for one in found if "'WhoopExport'" in one["sql"]] == []


# --- Languages ------------------------------------------------------------------------------------


def read(life: Life, days: int, now: datetime, language: str) -> Any:
    found = [Table(name, text) for name, text in tables(life, days, now, language).items()]
    return export_of(found, Options(ZoneInfo("Europe/Berlin"), now))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same(language: str) -> None:
    life = life_of(1)
    here, english = read(life, 60, NOW, language), read(life, 60, NOW, "en")
    assert here.tables == ["cycles", "sleeps", "workouts", "journal"]
    assert not here.refusals
    for kind, entries in english.entries.items():
        assert {key: one.item for key, one in here.entries[kind].items()} == {
            key: one.item for key, one in entries.items()
        }
        assert len(entries) > 15
    assert [one[1:3] + one[4:6] for one in here.answers] == [
        one[1:3] + one[4:6] for one in english.answers
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_imported(language: str, tmp_path: Path, at: Any) -> None:
    at(NOW)
    call_command("import_whoop", str(export(tmp_path, language)))
    counts = SyncRun.objects.latest("pk").counts["export"]
    assert counts["created"] == counts["seen"] > 3 * DAYS
    assert Answer.objects.values("behaviour").distinct().count() == 4


# --- The journal and the next morning -------------------------------------------------------------


def test_answers_stand_with_the_recovery_of_the_next_morning(at: Any, tmp_path: Path) -> None:
    """Day by day, over a change of the clocks and a trip."""
    life, now = life_of(1), datetime(2026, 11, 20, 12, tzinfo=UTC)
    at(now)
    call_command("import_whoop", str(write_export(tmp_path, life, 330, now)))
    assert_covers_a_change_and_a_trip(life, now)
    recoveries = dict(WhoopRecovery.objects.values_list("date", "recovery_score"))
    joined = 0
    for answer in Answer.objects.select_related("behaviour"):
        asked = {"Have any alcoholic drinks?": 0, "Traveled on a plane?": 1, "Felt ill?": 2}
        number = asked.get(answer.behaviour.name, 3)
        assert bool(answer.value) == answers(life, answer.date)[number]
        # What is answered belongs to a night that the app has, that of the next morning.
        assert answer.date + timedelta(days=1) in recoveries or is_unscored(life, answer.date)
        joined += answer.date + timedelta(days=1) in recoveries
    assert joined > 500


def assert_covers_a_change_and_a_trip(life: Life, now: datetime) -> None:
    days = [now.date() - timedelta(days=back) for back in range(330)]
    assert date(2026, 3, 29) in days
    assert date(2026, 10, 25) in days
    assert any(life.day(day).away for day in days)


def is_unscored(life: Life, day: date) -> bool:
    night = WhoopSleep.objects.filter(date=day + timedelta(days=1), nap=False).first()
    return night is not None and night.score_state == "UNSCORABLE"


# --- Who reads the records ------------------------------------------------------------------------


def test_without_the_api_the_days_of_the_export_are_known(at: Any, tmp_path: Path) -> None:
    at(NOW)
    call_command("import_whoop", str(export(tmp_path)))
    first, last = (NOW - timedelta(days=40)).date(), (NOW - timedelta(days=1)).date()
    wanted = ["workouts.count", "whoop.recovery_score", "whoop.sleep_hours", "whoop.strain"]
    found = read_series([metrics[key] for key in wanted], first, last)
    trained = found["workouts.count"].values
    # A day without a workout is one, because the file lists them all; but not where the strap lay at home.
    assert trained.count(0.0) > 3
    assert trained.count(None) < 4
    for key in wanted[1:]:
        assert found[key].known_days > 30, key


def test_the_metrics_are_the_same_by_either_way(whoop: Any, tmp_path: Path) -> None:
    first, last = (NOW - timedelta(days=60)).date(), (NOW - timedelta(days=2)).date()
    wanted = ["workouts.count", "whoop.recovery_score", "whoop.sleep_hours", "whoop.strain"]
    call_command("import_whoop", str(export(tmp_path)))
    by_file = read_series([metrics[key] for key in wanted], first, last)
    run(full=True)
    by_api = read_series([metrics[key] for key in wanted], first, last)
    for key in wanted:
        for mine, theirs in zip(by_file[key].values, by_api[key].values, strict=True):
            assert (mine is None) == (theirs is None), key
            assert mine is None or mine == pytest.approx(theirs, abs=0.06), key


def test_lists_and_pages_have_what_only_the_export_has(
    person: Any, at: Any, tmp_path: Path
) -> None:
    at(NOW)
    call_command("import_whoop", str(export(tmp_path)))
    newest = Workout.objects.filter(source=WHOOP_EXPORT).latest("start")
    day = newest.date.isoformat()
    listed = person.get("/api/whoop/workouts", {"days": 30}).json()["results"]
    assert newest.source_id in [one["workout_id"] for one in listed]
    assert person.get("/api/whoop/cycles", {"days": 30}).json()["results"][0]["cycle_id"] is None
    for address in ("/", "/whoop/", f"/whoop/{day}", "/workouts/", f"/workouts/{newest.pk}"):
        assert person.get(address).status_code == 200, address
    assert "From the WHOOP export." in person.get(f"/workouts/{newest.pk}").text
    assert "WHOOP export</td>" in person.get("/workouts/?range=30d").text
