"""Time that is added up: every second on the day on which it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lifetracker.days import midnight, split_by_day
from tests.makers import MORNING, entry
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

HOUR = 3600


def local(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc,arg-type]


def per_day(first: date, last: date) -> dict[date, float]:
    return TimeEntry.objects.all().per_day(first, last)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Europe/Berlin", date(2026, 7, 1), 24),
    ],
)
def test_an_entry_over_a_change_of_the_clock_has_the_right_seconds(
    settings: Any, zone: str, day: date, hours: int
) -> None:
    """From 22:30 of the day before to 01:15 of the day after, on the wall."""
    settings.TIME_ZONE = zone
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    start = local(zone, before.year, before.month, before.day, 22, 30)
    end = local(zone, after.year, after.month, after.day, 1, 15)
    entry(start=start, end=end)
    assert per_day(before, after) == {
        before: 1.5 * HOUR,
        day: hours * HOUR,
        after: 1.25 * HOUR,
    }
    assert sum(per_day(before, after).values()) == (end - start).total_seconds()
    assert per_day(day, day) == {day: hours * HOUR}, "only the part in the asked days"


def test_a_midnight_that_does_not_exist(settings: Any) -> None:
    """In Beirut clocks jump from 00:00 to 01:00: the day begins with the jump."""
    settings.TIME_ZONE = "Asia/Beirut"
    day = date(2024, 3, 31)
    start, end = datetime(2024, 3, 30, 21, tzinfo=UTC), datetime(2024, 3, 30, 23, tzinfo=UTC)
    assert midnight(day) == datetime(2024, 3, 30, 22, tzinfo=UTC)
    assert list(split_by_day(start, end)) == [(date(2024, 3, 30), HOUR), (day, HOUR)]


def test_a_day_that_was_left_out(settings: Any) -> None:
    """Samoa had no 30 December 2011."""
    settings.TIME_ZONE = "Pacific/Apia"
    start, end = datetime(2011, 12, 30, 9, tzinfo=UTC), datetime(2011, 12, 30, 11, tzinfo=UTC)
    assert dict(split_by_day(start, end)) == {
        date(2011, 12, 29): HOUR,
        date(2011, 12, 31): HOUR,
    }


@given(
    start=st.integers(946_684_800, 2_051_222_400).map(lambda s: datetime.fromtimestamp(s, UTC)),
    length=st.timedeltas(timedelta(0), timedelta(days=9)),
    zone=st.sampled_from(
        ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
    ),
)
def test_no_second_is_lost_or_counted_twice(start: datetime, length: timedelta, zone: str) -> None:
    with timezone.override(zone):
        parts = list(split_by_day(start, start + length))
    assert sum(seconds for _, seconds in parts) == pytest.approx(length.total_seconds())
    days = [day for day, _ in parts]
    assert days == sorted(set(days))
    assert all(0 < seconds <= 25 * HOUR for _, seconds in parts)


def test_a_running_entry_is_shown_and_not_summed(django_assert_num_queries: Any) -> None:
    running = entry(0, None, project="Website")
    entry(0, 30, project="Website")
    with django_assert_num_queries(1):
        assert list(TimeEntry.objects.running()) == [running]
    with django_assert_num_queries(1):
        assert per_day(date(2026, 9, 16), date(2026, 9, 16)) == {date(2026, 9, 16): 1800}
    assert running.elapsed(MORNING + timedelta(minutes=5)) == timedelta(minutes=5)


def test_what_is_gone_is_not_summed() -> None:
    entry(0, 30, deleted_at=MORNING)
    assert per_day(date(2026, 9, 1), date(2026, 9, 30)) == {}


def test_totals_per_project_client_and_tag(django_assert_num_queries: Any) -> None:
    entry(0, 60, project="Website", client="Acme", tags=["focus", "call"])
    entry(0.1, 30, project="Website", client="Globex", tags=["focus"])
    entry(0.2, 45)
    week = date(2026, 9, 14), date(2026, 9, 20)
    for group, expected in (
        ("project", {("Acme", "Website"): 3600, ("", ""): 2700, ("Globex", "Website"): 1800}),
        ("client", {"Acme": 3600, "": 2700, "Globex": 1800}),
        ("tag", {"focus": 5400, "call": 3600, "": 2700}),
    ):
        with django_assert_num_queries(1):
            found = TimeEntry.objects.all().per(group, *week)
        assert list(found.items()) == list(expected.items()), "the most first"


def test_a_total_is_cut_at_the_ends_of_the_asked_days() -> None:
    entry(start=datetime(2026, 9, 15, 23, tzinfo=UTC), end=datetime(2026, 9, 16, 2, tzinfo=UTC))
    day = date(2026, 9, 16)
    assert TimeEntry.objects.all().per("client", day, day) == {"": 2 * HOUR}


def test_overlaps_are_found(django_assert_num_queries: Any) -> None:
    long = entry(start=MORNING, end=MORNING + timedelta(hours=3))
    inside = entry(start=MORNING + timedelta(hours=1), end=MORNING + timedelta(hours=2))
    late = entry(start=MORNING + timedelta(hours=2), end=MORNING + timedelta(hours=4))
    entry(start=MORNING + timedelta(hours=4), end=MORNING + timedelta(hours=5))
    entry(start=MORNING + timedelta(hours=1), end=MORNING + timedelta(hours=1))
    with django_assert_num_queries(1):
        found = list(TimeEntry.objects.all().overlaps(date(2026, 9, 16), date(2026, 9, 16)))
    assert [(pair.first, pair.second, pair.seconds) for pair in found] == [
        (long, inside, HOUR),
        (long, late, HOUR),
    ]


def test_the_end_is_not_before_the_start() -> None:
    with pytest.raises(IntegrityError):
        entry(end=MORNING - timedelta(minutes=1))


def test_the_date_is_that_of_the_local_start(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    evening = datetime(2026, 9, 16, 13, tzinfo=UTC)
    assert entry(start=evening, end=None).date == date(2026, 9, 17)


def test_a_tag_that_is_listed_twice_counts_once() -> None:
    entry(0, 60, tags=["focus", "focus"])
    day = date(2026, 9, 16)
    assert TimeEntry.objects.all().per("tag", day, day) == {"focus": HOUR}


def test_a_running_entry_overlaps_until_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: MORNING + timedelta(hours=2))
    running = entry(0, None)
    inside = entry(start=MORNING + timedelta(hours=1), end=MORNING + timedelta(hours=3))
    found = list(TimeEntry.objects.all().overlaps(date(2026, 9, 16), date(2026, 9, 16)))
    assert [(pair.first, pair.second, pair.seconds) for pair in found] == [(running, inside, HOUR)]


def test_what_is_gone_does_not_run() -> None:
    entry(0, None, deleted_at=MORNING)
    assert not TimeEntry.objects.running().exists()


def test_overlaps_are_found_in_the_order_of_time_whatever_the_order_of_typing() -> None:
    late = entry(start=MORNING + timedelta(hours=1), end=MORNING + timedelta(hours=3))
    early = entry(start=MORNING, end=MORNING + timedelta(hours=2))
    found = list(TimeEntry.objects.all().overlaps(date(2026, 9, 16), date(2026, 9, 16)))
    assert [(pair.first, pair.second) for pair in found] == [(early, late)]
