"""The rules that the database keeps, the questions asked of fasts, and starting and stopping."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

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


def test_statistics_count_shared_time_once(django_assert_num_queries: Any) -> None:
    fast(5, 16, source=ZERO)
    fast(4.75, 10, source=ZERO)  # 10 of its hours are within the first
    fast(4.5, 8, source=ZERO)  # 4 of its hours are
    fast(3, 24)
    fast(2, 10, deleted_at=NOW)
    fast(0.5, None)
    with django_assert_num_queries(1):
        assert FastingPeriod.objects.statistics() == {
            "count": 4,
            "mean_hours": 14.5,
            "longest_hours": 24,
            "total_hours": 44,
        }


def test_weeks_sum_up_to_the_whole(django_assert_num_queries: Any) -> None:
    fast(3.5, 26, source=ZERO)  # ends on Monday
    fast(3.2, 3, source=ZERO)  # within the first, on Sunday
    fast(1, 16)
    with django_assert_num_queries(1):
        weeks = FastingPeriod.objects.per_week()
    assert [(week["week"], week["count"], week["total_hours"]) for week in weeks] == [
        (date(2026, 9, 14), 2, 42),
        (date(2026, 9, 7), 1, 0),
    ]
    assert weeks[0]["mean_hours"] == 21
    assert sum(week["total_hours"] for week in weeks) == 42


def test_an_empty_database_has_no_average() -> None:
    assert FastingPeriod.objects.statistics() == {
        "count": 0,
        "mean_hours": None,
        "longest_hours": None,
        "total_hours": 0,
    }
    assert FastingPeriod.objects.per_week() == []
    assert FastingPeriod.objects.longest() is None
    assert FastingPeriod.objects.streak() == 0


def test_the_longest_and_the_running(django_assert_num_queries: Any) -> None:
    fast(9, 30, deleted_at=NOW)
    best, running = fast(7, 20), fast(0.5, None)
    fast(5, 18)
    with django_assert_num_queries(1):
        assert FastingPeriod.objects.longest() == best
    with django_assert_num_queries(1):
        assert list(FastingPeriod.objects.running()) == [running]
    assert FastingPeriod.objects.ended().count() == 2


@pytest.mark.parametrize(
    ("days", "streak"),
    [((1, 2, 3), 3), ((2, 3), 2), ((3, 4), 0), ((1, 3, 4), 1), ((1, 1.1, 2), 2), ((), 0)],
)
def test_a_streak_is_broken_by_a_day_without(
    now: Now, django_assert_num_queries: Any, days: tuple[float, ...], streak: int
) -> None:
    """Each ends 16 hours after its start, on the next day."""
    for day in days:
        fast(day, 16, goal_hours=16, source=ZERO)
    fast(0.9, 3, source=ZERO)  # without a goal
    fast(6, 15.9, goal_hours=16, source=ZERO)
    with django_assert_num_queries(1):
        assert FastingPeriod.objects.streak() == streak


def streak_by_definition() -> int:
    ended = FastingPeriod.objects.filter(deleted_at=None, end__lte=timezone.now() + 5 * MINUTE)
    reached = {one.date for one in ended if one.goal_hours and one.duration_hours >= one.goal_hours}
    today = timezone.localdate()
    last = max(reached, default=None)
    if last not in {today, today - DAY}:
        return 0
    return next(count for count in range(1, 400) if last - count * DAY not in reached)


@pytest.mark.parametrize("seed", range(8))
def test_a_streak_is_what_its_definition_says(now: Now, seed: int) -> None:
    """Also of days that come by the offset of a fast, of which one may be tomorrow."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    for number in range(dice.choice([3, 40, 120])):
        if dice.random() < 0.03:
            continue
        given = {"goal_hours": dice.choice([4, 4, 4, None, 8]), "source": ZERO}
        ended = fast(number - dice.random() / 2, 4 + dice.randrange(3), **given)
        if dice.random() < 0.1:
            FastingPeriod.objects.filter(pk=ended.pk).update(deleted_at=NOW)
        if seed == 5 and number == 0:
            FastingPeriod.objects.filter(pk=ended.pk).update(date=timezone.localdate() + DAY)
    assert FastingPeriod.objects.streak() == streak_by_definition()


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


def test_the_time_within_a_longer_fast_counts_once() -> None:
    fast(5, 40, source=ZERO)
    fast(4.9, 2, source=ZERO)
    fast(4.5, 4, source=ZERO)  # the one before it ended earlier than the first
    assert FastingPeriod.objects.statistics()["total_hours"] == 40


# --- Starting and stopping ------------------------------------------------------------------------


def test_begin_and_finish(now: Now) -> None:
    begun = FastingPeriod.objects.begin(goal_hours=16)
    assert (begun.start, begun.end, begun.source) == (NOW, None, "Manual")
    refused("has been running since 2026-09-16 14:00", FastingPeriod.objects.begin)
    now(NOW + timedelta(hours=17))
    ended = FastingPeriod.objects.finish()
    assert (ended.pk, ended.duration_hours, ended.goal_hours) == (begun.pk, 17, 16)
    refused("No fast is running", FastingPeriod.objects.finish)


def test_begin_and_finish_in_the_past(now: Now) -> None:
    FastingPeriod.objects.begin(NOW - timedelta(hours=20))
    ended = FastingPeriod.objects.finish(NOW - timedelta(hours=2))
    assert ended.duration_hours == 18
    refused(
        "would overlap the fast from 2026-09-15 18:00 to 2026-09-16 12:00",
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
