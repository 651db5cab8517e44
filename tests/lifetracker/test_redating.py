"""After a change of `TIME_ZONE` the days of all records whose day goes by it follow at once."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from io import BytesIO
from threading import Thread
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from fasting.models import ZERO, FastingPeriod
from github_projects.models import Commit
from lifetracker.backups.export import write_export
from lifetracker.models import DayZone, redating
from lifetracker.models.redating import follow_time_zone, on_web_start
from lifetracker.tasks import on_worker_start
from tests.makers import commit, entry, fast, repository, weigh_in
from time_logs.models import TOGGL, TimeEntry
from weight.models import WITHINGS, WeighIn
from whoop.models import WHOOP, WhoopRecovery, WhoopSleep
from workouts.models import Workout

HOUR = timedelta(hours=1)
BERLIN, TOKYO, NEW_YORK = "Europe/Berlin", "Asia/Tokyo", "America/New_York"


@pytest.fixture
def move(settings: Any, db: None) -> Callable[[str], None]:
    """Dates are made in Berlin, and `move(zone)` is a start of the program elsewhere."""

    def start_in(zone: str) -> None:
        settings.TIME_ZONE = zone
        timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]  # of lru_cache
        follow_time_zone()

    start_in(BERLIN)
    return start_in


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dates(model: Any) -> list[str]:
    return [str(day) for day in model.objects.order_by("pk").values_list("date", flat=True)]


def workout(start: datetime, **values: Any) -> Workout:
    given = {"start": start, "end": start + HOUR, "duration_min": 60, "sport_name": "rowing"}
    return Workout.objects.create(**given | {"date": timezone.localtime(start).date()} | values)


# In Berlin the clocks were put forward on 29 March 2026 at 01:00 UTC and back on 25 October, in New York
# on 8 March and 1 November.
NIGHTS = [
    ("2026-03-28T22:30", "2026-03-28", "2026-03-29", "2026-03-28"),
    ("2026-03-28T23:30", "2026-03-29", "2026-03-29", "2026-03-28"),
    ("2026-03-29T22:30", "2026-03-30", "2026-03-30", "2026-03-29"),
    ("2026-10-24T22:30", "2026-10-25", "2026-10-25", "2026-10-24"),
    ("2026-10-25T22:30", "2026-10-25", "2026-10-26", "2026-10-25"),
    ("2026-10-25T23:30", "2026-10-26", "2026-10-26", "2026-10-25"),
    ("2026-03-08T04:30", "2026-03-08", "2026-03-08", "2026-03-07"),
    ("2026-03-09T04:30", "2026-03-09", "2026-03-09", "2026-03-09"),
    ("2026-11-02T04:30", "2026-11-02", "2026-11-02", "2026-11-01"),
]


@pytest.mark.parametrize(("moment", "berlin", "tokyo", "new_york"), NIGHTS)
def test_every_kind_of_record_follows(
    move: Any, moment: str, berlin: str, tokyo: str, new_york: str
) -> None:
    at = utc(moment)
    weigh_in(measured_at=at, source=WITHINGS, source_id="1")
    weigh_in(measured_at=at)
    entry(start=at, end=at + 9 * HOUR, source=TOGGL, source_id="1")
    entry(start=at, end=at + 9 * HOUR)
    entry(start=at, end=None)
    fast(start=at - 16 * HOUR, end=at)
    fast(start=at, end=None)
    fast(start=at - 16 * HOUR, end=at, source=ZERO, source_id="csv:1")
    commit(at=at)
    workout(at)
    models = (WeighIn, TimeEntry, FastingPeriod, Commit, Workout)
    for zone, day in [(TOKYO, tokyo), (NEW_YORK, new_york), (BERLIN, berlin)]:
        move(zone)
        for model in models:
            assert set(dates(model)) == {day}, (zone, model)
        assert Commit.objects.get().hour == timezone.localtime(at).hour


def test_what_has_an_offset_or_a_typed_in_day_keeps_its_day(move: Any) -> None:
    at = utc("2026-09-15T21:30")
    fast(start=at - 16 * HOUR, end=at, utc_offset_min=-300, source=ZERO)
    workout(at, utc_offset_min=-300, date="2026-09-15")
    workout(at, date="2026-09-20")
    move(TOKYO)
    assert dates(FastingPeriod) == ["2026-09-15"]
    assert dates(Workout) == ["2026-09-15", "2026-09-20"]


def test_a_recovery_follows_only_without_its_sleep(move: Any) -> None:
    made_at = "2026-09-15T21:30:00.000Z"
    given = {"source": WHOOP, "score_state": "SCORED", "date": "2026-09-15", "sleep_id": "1"}
    raw = {"created_at": made_at}
    alone = WhoopRecovery.objects.create(source_id="1", cycle_id=1, raw=raw, **given)
    times = {"start_time": utc("2026-09-15T13:00"), "end_time": utc(made_at[:16])}
    WhoopRecovery.objects.create(
        source_id="2", cycle_id=2, raw=raw, start_time=times["start_time"], **given
    )
    WhoopSleep.objects.create(
        source_id="1", cycle_id=2, nap=False, utc_offset_min=0, **given, **times
    )
    move(TOKYO)
    assert dates(WhoopRecovery) == ["2026-09-16", "2026-09-15"]
    assert dates(WhoopSleep) == ["2026-09-15"]
    alone.refresh_from_db()
    assert alone.updated_at > alone.created_at


def test_only_what_gets_another_day_seems_changed(move: Any) -> None:
    late, noon = weigh_in(measured_at=utc("2026-09-15T21:30")), weigh_in()
    move(TOKYO)
    before = {row.pk: row.updated_at for row in (late, noon)}
    changed = [row.pk for row in WeighIn.objects.all() if row.updated_at != before[row.pk]]
    assert changed == [late.pk]


def test_records_that_are_gone_follow_too(move: Any) -> None:
    weigh_in(measured_at=utc("2026-09-15T21:30"), deleted_at=utc("2026-09-16T06:00"))
    move(TOKYO)
    assert dates(WeighIn) == ["2026-09-16"]


def test_days_of_work_of_a_repository_follow(move: Any) -> None:
    portal = repository()
    commit(portal, at=utc("2026-09-15T10:00"))
    commit(portal, at=utc("2026-09-15T21:30"))
    move(TOKYO)
    portal.refresh_from_db()
    assert portal.active_days == 2


def test_a_moment_that_not_every_zone_has_stops_nothing(move: Any) -> None:
    entry(start=datetime.min.replace(tzinfo=UTC) + 2 * HOUR, end=None)
    weigh_in(measured_at=utc("2026-09-15T21:30"))
    move(NEW_YORK)
    move(TOKYO)
    assert dates(WeighIn) == ["2026-09-16"]


def test_days_of_an_older_version_are_made_anew(move: Any) -> None:
    weigh_in(measured_at=utc("2026-09-15T21:30"))
    WeighIn.objects.update(date=date(2026, 9, 14))
    typed_in = workout(utc("2026-09-15T21:30"), date="2026-09-14")
    DayZone.objects.all().delete()
    move(BERLIN)
    assert dates(WeighIn) == ["2026-09-15"]
    typed_in.refresh_from_db()
    assert str(typed_in.date) == "2026-09-14", "nobody knows whether a person has typed it in"
    assert DayZone.objects.get().zone == BERLIN


def test_a_zone_that_is_no_more_is_no_obstacle(move: Any) -> None:
    weigh_in(measured_at=utc("2026-09-15T21:30"))
    DayZone.objects.update(zone="Atlantis/Capital")
    move(TOKYO)
    assert dates(WeighIn) == ["2026-09-16"]


# --- When -----------------------------------------------------------------------------------------


def test_where_nothing_changed_it_is_one_question(
    move: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        follow_time_zone()


def in_berlin(settings: Any) -> None:
    settings.TIME_ZONE = BERLIN
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]  # of lru_cache
    follow_time_zone()


def in_tokyo(settings: Any) -> None:
    settings.TIME_ZONE = TOKYO
    timezone.get_default_timezone.cache_clear()  # type: ignore[attr-defined]  # of lru_cache


def test_a_worker_begins_with_it(move: Any, settings: Any) -> None:
    weigh_in(measured_at=utc("2026-09-15T21:30"))
    in_tokyo(settings)
    on_worker_start()
    assert dates(WeighIn) == ["2026-09-16"]


@pytest.mark.django_db(transaction=True)
def test_an_export_has_the_days_of_now(settings: Any) -> None:
    in_berlin(settings)
    weigh_in(measured_at=utc("2026-09-15T21:30"))
    in_tokyo(settings)
    out = BytesIO()
    write_export(out, lambda *_: None)
    assert b"2026-09-16" in ZipFile(out).read("weight/weigh-ins.csv")


@pytest.mark.django_db(transaction=True)
def test_a_web_process_begins_with_it(settings: Any) -> None:
    in_berlin(settings)
    weigh_in(measured_at=utc("2026-09-15T21:30"))
    in_tokyo(settings)
    sys.modules.pop("lifetracker.wsgi", None)
    import_module("lifetracker.wsgi")
    assert dates(WeighIn) == ["2026-09-16"]


@pytest.mark.django_db(transaction=True)
def test_a_web_process_begins_without_a_database(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: Any) -> None:
        raise DatabaseError("password in the address")

    monkeypatch.setattr(connections["default"], "cursor", away)
    with caplog.at_level(logging.WARNING, redating.__name__):
        on_web_start()
    assert "DatabaseError" in caplog.text
    assert "password" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_several_processes_one_does_it(settings: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a test's SQLite is in memory, where threads share one connection")
    in_berlin(settings)
    for hour in range(200):
        weigh_in(measured_at=utc("2026-09-15T21:30") - hour * HOUR)
    in_tokyo(settings)
    threads = [Thread(target=on_web_start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert DayZone.objects.get().zone == TOKYO
    for row in WeighIn.objects.all():
        assert row.date == timezone.localtime(row.measured_at).date()
