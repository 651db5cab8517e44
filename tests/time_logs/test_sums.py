"""Time that the database adds up comes to what adding up entry by entry comes to."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Q

from benchmarks.counters import counted
from lifetracker.days import latest, local_date, midnight, split_by_day
from tests.makers import MORNING
from time_logs.models import TimeEntry
from time_logs.sums import EVERY_ENTRY, of_toggl_projects

pytestmark = pytest.mark.django_db

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
DAY = timedelta(days=1)


def shares(first: date, last: date) -> Iterator[tuple[TimeEntry, date, float]]:
    """Each part of each entry, by its plain definition."""
    begin, end = midnight(first), midnight(last + DAY)
    happened = Q(end__lte=latest(), deleted_at=None)
    for entry in TimeEntry.objects.filter(happened, start__lt=end, end__gt=begin).order_by("start"):
        for day, seconds in split_by_day(max(entry.start, begin), min(entry.end, end)):
            yield entry, day, seconds


def per_day(first: date, last: date) -> dict[date, float]:
    totals: dict[date, float] = defaultdict(float)
    for _, day, seconds in shares(first, last):
        totals[day] += seconds
    return totals


def per(group: str, first: date, last: date) -> dict[Any, float]:
    totals: dict[Any, float] = defaultdict(float)
    for entry, _, seconds in shares(first, last):
        keys = {
            "project": [(entry.client, entry.project)],
            "client": [entry.client],
            "tag": dict.fromkeys(entry.tags) or [""],
        }[group]
        for key in keys:
            totals[key] += seconds
    return totals


def overlapping(first: date, last: date) -> set[tuple[int, int]]:
    now = latest() - timedelta(minutes=5)
    begin, end = midnight(first), min(midnight(last + DAY), latest())
    rows = [
        (entry.start, entry.pk, entry.end or max(now, entry.start))
        for entry in TimeEntry.objects.filter(deleted_at=None, start__lt=end).order_by(
            "start", "id"
        )
        if entry.end is None or entry.end > begin
    ]
    return {
        (rows[one][1], rows[two][1])
        for two in range(len(rows))
        for one in range(two)
        if min(rows[one][2], rows[two][2]) > rows[two][0]
    }


def random_entry(dice: random.Random, number: int, edges: list[datetime]) -> TimeEntry:
    """Many begin or end at a midnight, or a moment beside it; some last for weeks, some run."""
    near = dice.choice([timedelta(0), timedelta(microseconds=1), timedelta(hours=3), DAY * 0.9])
    start = dice.choice(edges) + dice.choice([-1, 1]) * near
    length = dice.choice(
        [
            timedelta(0),
            timedelta(microseconds=dice.randrange(1, 5_000_000)),
            timedelta(seconds=dice.randrange(1, 30_000)),
            DAY - timedelta(microseconds=1),
            DAY,
            dice.choice(edges) - start,
            DAY * dice.randrange(1, 40),
        ]
    )
    end = None if number % 40 == 7 else start + max(length, timedelta(0))
    return TimeEntry(
        source_id=str(number),
        start=start,
        end=end,
        date=local_date(start),
        duration=None if end is None else int((end - start).total_seconds()),
        client=dice.choice(["", "Acme", "Globex"]),
        project=dice.choice(["", "Website", "Reading"]),
        tags=dice.choice([[], ["focus"], ["focus", "call"], ["call", "call"]]),
        deleted_at=MORNING if dice.random() < 0.1 else None,
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("around", [date(2026, 3, 29), date(2025, 11, 2), date(2026, 9, 10)])
def test_sums_are_those_of_the_parts(
    settings: Any, monkeypatch: Any, zone: str, around: date
) -> None:
    """Around days on which clocks change, and around now."""
    settings.TIME_ZONE = zone
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 9, 12, 9, tzinfo=UTC))
    dice = random.Random(f"{zone} {around}")  # noqa: S311 - not for secrets
    midnights = [midnight(around + DAY * number) for number in range(-6, 7)]
    TimeEntry.objects.bulk_create(random_entry(dice, number, midnights) for number in range(250))
    for first, last in [(-3, 3), (0, 0), (-1, 0), (2, 5), (-20, 20), (0, 400)]:
        asked = around + DAY * first, around + DAY * last
        found = TimeEntry.objects.all()
        days, expected = found.per_day(*asked), per_day(*asked)
        assert list(days) == sorted(expected)
        assert days == pytest.approx(expected, abs=1e-6)
        for group in ("project", "client", "tag"):
            assert found.per(group, *asked) == pytest.approx(per(group, *asked), abs=1e-6)
        pairs = {(pair.first.pk, pair.second.pk) for pair in found.overlaps(*asked)}
        assert pairs == overlapping(*asked)


def test_a_fraction_of_a_second_is_neither_lost_nor_rounded(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 9, 15, 10, 0, 0, 999_999, tzinfo=zone).astimezone(UTC)
    TimeEntry.objects.create(start=start, end=start + timedelta(microseconds=2))
    day = date(2026, 9, 15)
    assert TimeEntry.objects.all().per_day(day, day) == {day: 0.000_002}
    assert TimeEntry.objects.all().per("client", day, day) == {"": 0.000_002}


def test_an_empty_range_of_days_to_come() -> None:
    future = latest().date() + 40 * DAY
    assert TimeEntry.objects.all().per_day(future, future + DAY) == {}


def test_the_hours_of_one_project_cost_no_more_than_all_hours() -> None:
    begin = MORNING - timedelta(days=400)
    starts = [begin + timedelta(days=number) for number in range(400)]
    TimeEntry.objects.bulk_create(
        TimeEntry(start=start, end=start + timedelta(hours=1), date=start.date(), project_ref="7")
        for start in starts
    )
    costs, sums = [], []
    for only in (EVERY_ENTRY, of_toggl_projects(("7",))):
        with counted() as cost:
            days = TimeEntry.objects.all().per_day_and_running(
                starts[0].date(), starts[-1].date(), only
            )[0]
        costs.append(cost.steps)
        sums.append(sum(days.values()))
    assert sums == [400 * 3600] * 2
    assert costs[1] < 2 * costs[0]
