"""Tracked hours by day, whatever was tracked."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifetracker.days import days_touched, midnight
from lifetracker.metrics.buckets import Bucket, buckets_of
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import Series, read_series
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 16), date(2026, 4, 12)
BEGIN = midnight(FIRST)
# Of minutes since the first midnight, and minutes long.
spans = st.tuples(st.integers(0, 26 * 1440), st.integers(1, 2000))
few = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def berlin(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where clocks are put forward on 29 March."""
    settings.TIME_ZONE = "Europe/Berlin"
    later = midnight(LAST) + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)


def bounds(span: tuple[int, int]) -> tuple[datetime, datetime]:
    start = BEGIN + timedelta(minutes=span[0])
    return start, start + timedelta(minutes=span[1])


def track(tracked: Iterable[tuple[int, int]]) -> None:
    TimeEntry.objects.all().delete()
    for span in tracked:
        start, end = bounds(span)
        TimeEntry.objects.create(start=start, end=end)


def hours() -> Series:
    return read_series([metrics["time.hours"]], FIRST, LAST)["time.hours"]


@few
@given(tracked=st.lists(spans, min_size=1, max_size=6))
def test_days_weeks_and_months_sum_to_what_was_tracked(tracked: list[tuple[int, int]]) -> None:
    track(tracked)
    series = hours()
    for bucket in Bucket:
        total = math.fsum(one.sum or 0.0 for one in buckets_of(series, bucket))
        assert total == pytest.approx(sum(length for _, length in tracked) / 60)


@few
@given(tracked=st.lists(spans, min_size=2, max_size=6), number=st.integers(0, 5))
def test_a_changed_or_deleted_entry_moves_its_days_and_no_other(
    tracked: list[tuple[int, int]], number: int
) -> None:
    track(tracked)
    before = hours()
    entry = TimeEntry.objects.order_by("pk")[number % len(tracked)]
    first, last = days_touched(entry.start, entry.end or entry.start)
    touched = {first + timedelta(days=at) for at in range((last - first).days + 1)}
    entry.start += (entry.end or entry.start) - entry.start - timedelta(seconds=30)
    entry.save()
    assert days_that_differ(before, hours()) <= touched
    entry.deleted_at = timezone.now()
    entry.save()
    assert days_that_differ(before, hours()) == touched


def days_that_differ(one: Series, other: Series) -> set[date]:
    pairs = zip(one.values, other.values, strict=True)
    return {FIRST + timedelta(days=at) for at, (a, b) in enumerate(pairs) if a != b}


@few
@given(data=st.data(), tracked=st.lists(spans, min_size=2, max_size=6))
def test_the_order_of_entries_changes_nothing(
    data: st.DataObject, tracked: list[tuple[int, int]]
) -> None:
    track(tracked)
    before = hours().values
    track(data.draw(st.permutations(tracked)))
    assert hours().values == before
