"""Entries put together to blocks of work."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lifetracker.days import on_the_wall
from time_logs.blocks import BlockDay, block_days
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)
MINUTE = 60


@pytest.fixture(autouse=True)
def later(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    now = moment("23:59", DAY + timedelta(days=5))
    monkeypatch.setattr(timezone, "now", lambda: now)


def moment(clock: str, day: date = DAY) -> datetime:
    return on_the_wall(datetime.combine(day, time.fromisoformat(clock)))


def track(project: str, start: str, end: str, day: date = DAY, **fields: object) -> None:
    values = {"project": project, "start": moment(start, day)}
    values["end"] = moment(end, day) if end else None
    TimeEntry.objects.create(**values | fields)


def blocks(first: date = DAY, last: date = DAY) -> dict[date, BlockDay]:
    return block_days(TimeEntry._meta.db_table, first, last)[0]


def minutes(day: BlockDay) -> tuple[float, float, float, float]:
    return day.tracked / MINUTE, day.deep / MINUTE, day.longest / MINUTE, day.switches


def test_the_example() -> None:
    track("A", "09:00", "09:50")
    track("A", "09:53", "10:20")
    track("B", "10:20", "10:40")
    track("A", "10:40", "11:30")
    (found,) = blocks().values()
    assert minutes(found) == (147, 127, 77, 2)
    assert found.deep / found.tracked == pytest.approx(0.864, abs=5e-4)
    assert found.switches / (found.tracked / 3600) == pytest.approx(0.82, abs=5e-3)


def test_a_gap_of_over_five_minutes_ends_a_block() -> None:
    track("A", "09:00", "09:30")
    track("A", "09:35", "09:50")
    track("A", "09:56", "10:10")
    assert minutes(blocks()[DAY]) == (59, 45, 45, 0)


def test_another_project_after_over_fifteen_minutes_is_no_switch() -> None:
    track("A", "09:00", "09:30")
    track("B", "09:45", "10:00")
    track("A", "10:16", "10:30")
    assert minutes(blocks()[DAY]) == (59, 0, 30, 1)


def test_what_two_entries_share_counts_once() -> None:
    track("A", "09:00", "10:00")
    track("A", "09:30", "09:45")
    track("A", "09:50", "10:20")
    assert minutes(blocks()[DAY]) == (80, 80, 80, 0)


def test_projects_of_one_name_and_two_clients_are_two() -> None:
    track("A", "09:00", "09:30", client="one")
    track("A", "09:30", "10:00", client="two")
    assert minutes(blocks()[DAY]) == (60, 0, 30, 1)


def test_entries_of_over_twelve_hours_and_deleted_ones_are_left_out() -> None:
    track("A", "01:00", "13:01")
    track("B", "14:00", "15:00")
    track("B", "16:00", "17:00", deleted_at=timezone.now())
    assert minutes(blocks()[DAY]) == (60, 60, 60, 0)


def test_a_block_over_midnight_belongs_to_the_day_on_which_it_began() -> None:
    """Whichever of the two days is asked for."""
    after = DAY + timedelta(days=1)
    track("A", "23:30", "23:59")
    track("A", "00:02", "00:40", after)
    assert blocks() == blocks(DAY, after)
    assert minutes(blocks()[DAY]) == (67, 67, 67, 0)
    assert blocks(after, after) == {}


def test_since_when_an_entry_is_running_comes_with_the_same_statement() -> None:
    track("A", "09:00", "10:00")
    assert block_days(TimeEntry._meta.db_table, DAY, DAY)[1] is None
    track("A", "11:00", "")
    track("A", "10:30", "", deleted_at=timezone.now())
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found, running = block_days(TimeEntry._meta.db_table, DAY, DAY)
    assert running == moment("11:00")
    assert minutes(found[DAY]) == (60, 60, 60, 0)
    assert len(asked) == 1
