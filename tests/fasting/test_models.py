"""The rules that the database keeps, the questions asked of fasts, and starting and stopping."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from fasting.models import ZERO, FastConflict, FastingPeriod, Overlaps
from tests import processes
from tests.fasting.conftest import NOW, Now, fast

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def refused(text: str, call: Callable[[], Any]) -> None:
    with pytest.raises(FastConflict) as caught:
        call()
    assert text in caught.value.text


# --- What is computed -----------------------------------------------------------------------------


def test_date_and_duration_follow_from_the_times(settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    start = datetime(2026, 9, 15, 0, 30, tzinfo=UTC)
    record = FastingPeriod.objects.create(start=start)
    assert (record.date, record.duration_hours) == (date(2026, 9, 14), None)
    record.end = start + timedelta(hours=27, minutes=15)
    record.save()
    assert (record.date, record.duration_hours) == (date(2026, 9, 15), 27.25)
    record.utc_offset_min = 330
    record.save()
    assert record.date == date(2026, 9, 16)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_every_way_to_a_duration_counts_what_passes(now: Now, zone: str) -> None:
    night = {"Europe/Berlin": (10, 25), "America/New_York": (11, 1)}[zone]
    start = datetime(2025, *night, 20, tzinfo=ZoneInfo(zone))
    end = start + timedelta(hours=16)  # by the clock
    now(end + timedelta(hours=1))
    typed = FastingPeriod(start=start, end=end)
    typed.clean()
    typed.save()
    assert typed.duration_hours == 17
    typed.delete()
    FastingPeriod.objects.begin(start)
    assert FastingPeriod.objects.finish(end).duration_hours == 17


def test_names() -> None:
    assert str(fast(2)) == "fast of 16.0 h on 2026-09-15"
    assert str(fast(0.5, None)) == "fast running since 2026-09-16 02:00"


# --- What the database refuses --------------------------------------------------------------------


def test_no_end_before_the_start() -> None:
    fast(3, 0, source=ZERO)
    with pytest.raises(IntegrityError):
        fast(1, -1)


def test_a_duration_belongs_to_an_end() -> None:
    record = fast()
    with pytest.raises(IntegrityError):
        FastingPeriod.objects.filter(pk=record.pk).update(duration_hours=None)


def test_one_running_fast_of_a_source() -> None:
    fast(1, None, source=ZERO, deleted_at=NOW)
    fast(1, None, source=ZERO)
    fast(1, None)
    with pytest.raises(DatabaseError):
        fast(9, None)


def test_one_record_of_a_source_is_one_row() -> None:
    fast(5, source=ZERO, source_id="a")
    with pytest.raises(IntegrityError):
        fast(1, source=ZERO, source_id="a")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can")
def test_postgresql_itself_keeps_typed_fasts_apart() -> None:
    fast(3, 24)
    fast(2, 24)
    fast(2.5, 3, source=ZERO)
    fast(2.5, 3, deleted_at=NOW)
    for wrong in (fast_at(2.5, 3), fast_at(2.5, None), fast_at(9, 24 * 8.5)):
        with pytest.raises(IntegrityError, match="fast_typed_in_without_overlap"), atomic():
            wrong()


def fast_at(*times: Any) -> Callable[[], FastingPeriod]:
    return lambda: fast(*times)


def atomic() -> Any:
    return transaction.atomic()


# --- Questions ------------------------------------------------------------------------------------


def test_the_running_one_is_found_by_a_statement(django_assert_num_queries: Any) -> None:
    fast(9, None, deleted_at=NOW)
    running = fast(0.5, None)
    fast(5, 18)
    with django_assert_num_queries(1):
        assert list(FastingPeriod.objects.running()) == [running]
    assert FastingPeriod.objects.ended().count() == 1


def test_overlaps_are_found_in_pairs(django_assert_num_queries: Any) -> None:
    first, inside = fast(9, 16, source=ZERO), fast(8.9, 1, source=ZERO)
    across, alone = fast(8.5, 20, source=ZERO), fast(5, 16)
    touching = fast(5 - 16 / 24, 3)
    running, later = fast(2, None), fast(1, 3, source=ZERO)
    fast(9, 16, source=ZERO, deleted_at=NOW)
    with django_assert_num_queries(1):
        overlaps = FastingPeriod.objects.overlaps()
    pairs = overlaps.pairs
    assert pairs == [(first, inside), (first, across), (running, later)]
    assert overlaps.count == 3
    assert FastingPeriod.objects.overlaps(most=2) == Overlaps(3, pairs[:2])
    assert {alone, touching}.isdisjoint(record for pair in pairs for record in pair)


def test_a_fast_of_no_length_shares_no_time(now: Now) -> None:
    fast(1, 0, source=ZERO)
    fast(1.2, 16, source=ZERO)
    assert FastingPeriod.objects.overlaps().count == 0
    fast(3, 0, source=ZERO)
    typed = FastingPeriod(start=NOW - timedelta(days=3.1), end=NOW - timedelta(days=2.9))
    typed.clean()
    typed.save()
    assert FastingPeriod.objects.overlaps() == Overlaps()


def test_thousands_of_overlaps_are_counted_and_not_listed(django_assert_num_queries: Any) -> None:
    end = NOW + timedelta(hours=1)
    FastingPeriod.objects.bulk_create(
        FastingPeriod(
            source=ZERO,
            date=NOW.date(),
            start=NOW - timedelta(seconds=n),
            end=end,
            duration_hours=1,
        )
        for n in range(3000)
    )
    with django_assert_num_queries(1):
        overlaps = FastingPeriod.objects.overlaps()
    assert (overlaps.count, len(overlaps.pairs)) == (3000 * 2999 / 2, 20)


# --- Starting and stopping ------------------------------------------------------------------------


def test_begin_and_finish(now: Now) -> None:
    begun = FastingPeriod.objects.begin(goal_hours=16)
    assert (begun.start, begun.end, begun.source) == (NOW, None, "Manual")
    refused("has been running since 16 Sep 2026, 14:00", FastingPeriod.objects.begin)
    now(NOW + timedelta(hours=17))
    ended = FastingPeriod.objects.finish()
    assert (ended.pk, ended.duration_hours, ended.goal_hours) == (begun.pk, 17, 16)
    refused("No fast is running", FastingPeriod.objects.finish)


def test_begin_and_finish_in_the_past(now: Now) -> None:
    FastingPeriod.objects.begin(NOW - timedelta(hours=20))
    ended = FastingPeriod.objects.finish(NOW - timedelta(hours=2))
    assert ended.duration_hours == 18
    refused(
        "would overlap the fast from 15 Sep 2026, 18:00 to 16 Sep 2026, 12:00",
        lambda: FastingPeriod.objects.begin(NOW - timedelta(hours=3)),
    )
    FastingPeriod.objects.begin(NOW - timedelta(hours=2))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOW + timedelta(hours=1), "between 1970 and now"),
        (datetime(1960, 1, 1, tzinfo=UTC), "between 1970 and now"),
        (datetime(1970, 1, 1, 12, tzinfo=UTC), "between 1970 and now"),
        (datetime(1, 1, 1, tzinfo=UTC), "between 1970 and now"),
        (datetime(1, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")), "between 1970 and now"),
        (datetime(9999, 12, 31, 23, tzinfo=UTC), "between 1970 and now"),
    ],
)
def test_a_start_that_cannot_be(now: Now, at: datetime, text: str) -> None:
    refused(text, lambda: FastingPeriod.objects.begin(at))
    assert not FastingPeriod.objects.exists()


def test_an_end_that_cannot_be(now: Now) -> None:
    FastingPeriod.objects.begin(NOW - timedelta(hours=1))
    refused(
        "must be after the start", lambda: FastingPeriod.objects.finish(NOW - timedelta(hours=1))
    )
    refused("in the future", lambda: FastingPeriod.objects.finish(NOW + timedelta(hours=1)))
    assert FastingPeriod.objects.running().exists()


def test_an_imported_fast_counts_as_taken_time(now: Now) -> None:
    fast(1, 22, source=ZERO)
    fast(9, 22, source=ZERO, deleted_at=NOW)
    refused("would overlap", lambda: FastingPeriod.objects.begin(NOW - timedelta(hours=5)))


def test_a_fast_that_an_import_came_to_overlap_can_still_be_stopped(now: Now) -> None:
    running = FastingPeriod.objects.begin(NOW - timedelta(hours=10))
    fast(0.4, 5, source=ZERO)
    ended = FastingPeriod.objects.finish()
    assert ended.pk == running.pk
    ended.note = "edited"
    ended.full_clean()
    ended.start -= timedelta(hours=1)
    with pytest.raises(ValidationError, match="would overlap"):
        ended.full_clean()


@pytest.mark.django_db(transaction=True)
def test_of_many_that_begin_at_once_one_does() -> None:
    code = "from fasting.models import *; print(FastingPeriod.objects.begin().pk)"
    starting = [processes.start("shell", "-v", "0", "-c", code) for _ in range(4)]
    results = [processes.finish(process) for process in starting]
    assert [status for status, _, _ in results].count(0) == 1, results
    assert all("has been running since" in err for status, _, err in results if status)
    assert FastingPeriod.objects.count() == 1
