"""Metrics over more than a year: rows that are alone on their day are read as they are, and say the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Aggregate
from django.test.utils import CaptureQueriesContext

from lifetracker.metrics.declaration import Grouped
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.whole_day import WholeDay
from whoop import metrics as of_whoop
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep

pytestmark = pytest.mark.django_db

LAST = date(2026, 9, 16)
DAYS = 400
FIRST = LAST - timedelta(days=DAYS - 1)
ALONE = [
    one for one in metrics.values() if isinstance(one.series, Grouped) and one.series.has_one_row
]


def known(number: int, of_day: int) -> dict[str, Any]:
    day = FIRST + timedelta(days=number)
    start = datetime(day.year, day.month, day.day, of_day, tzinfo=UTC)
    times = {"start_time": start, "end_time": start + timedelta(minutes=30)}
    return {
        "source": "Whoop",
        "source_id": f"{number}-{of_day}",
        "date": day,
        "cycle_id": 1,
        **times,
    }


def night(number: int, hours: float | None, of_day: int = 0, **fields: Any) -> WhoopSleep:
    """Return a night that ends on the day with this number; of several on one day each has its own hour."""
    values = known(number, of_day) | {"nap": False, "utc_offset_min": 60, **fields}
    return WhoopSleep(total_sleep_hours=hours, **values)


def read(first: date = FIRST) -> Series:
    return read_series([of_whoop.sleep_hours], first, LAST)["whoop.sleep_hours"]


def statements(first: date = FIRST) -> int:
    with CaptureQueriesContext(connection) as asked:
        read(first)
    return len([one for one in asked if "whoop_whoopsleep" in one["sql"]])


def test_a_day_of_several_nights_among_days_of_one() -> None:
    nights = [night(number, 7) for number in range(DAYS) if number not in {3, 4, 5, 6}]
    WhoopSleep.objects.bulk_create(
        [
            *nights,
            *(night(3, 2.5), night(3, 4, 9)),
            # One of them is not known, so neither is the day.
            *(night(4, 7), night(4, None, 9)),
            night(5, None, score_state="PENDING_SCORE"),
            # Deleted ones are no second rows.
            night(7, 1, 9, deleted_at=datetime(2026, 9, 1, tzinfo=UTC)),
        ]
    )
    found = read()
    assert found.values == [7, 7, 7, 6.5, None, None, None, *[7] * (DAYS - 7)]
    assert found.valueless == {FIRST + timedelta(days=4), FIRST + timedelta(days=5)}
    assert found.so_far == {FIRST + timedelta(days=5): None}
    assert found.recorded == {one.date for one in WhoopSleep.objects.live()}


def test_the_days_of_several_rows_cost_one_statement_more() -> None:
    WhoopSleep.objects.bulk_create([night(number, 7) for number in range(DAYS)])
    assert statements() == 1
    WhoopSleep.objects.bulk_create([night(8, 1, 9)])
    assert statements() == 2
    # Of a year and less all are grouped at once.
    assert statements(LAST - timedelta(days=100)) == 1


@pytest.mark.parametrize(
    ("days", "nights"), [(150, 2), (60, 12)], ids=["many days of several", "very many on some days"]
)
def test_many_days_of_several_nights(days: int, nights: int) -> None:
    WhoopSleep.objects.bulk_create(
        [night(number, 1, hour) for number in range(days) for hour in range(nights)]
        + [night(number, 7) for number in range(days, DAYS)]
    )
    assert read().values == [*[nights] * days, *[7] * (DAYS - days)]


def test_each_metric_is_the_same_in_long_and_in_short_ranges() -> None:
    sleep: dict[str, Any] = {
        "sleep_performance": 80,
        "sleep_efficiency": 90,
        "respiratory_rate": 15,
    }
    sleep |= {"deep_sleep_min": 70, "rem_sleep_min": 95, "need_from_debt_min": 12}
    sleep |= {"need_baseline_min": 450, "need_from_strain_min": 20}
    heart: dict[str, Any] = {"recovery_score": 60, "hrv_rmssd": 55.5, "resting_heart_rate": 52}
    heart |= {"spo2_percentage": 96.5, "skin_temp_celsius": 33.25}
    numbers = [0, 1, 200, DAYS - 20, DAYS - 1]
    for number in numbers:
        night(number, 6 + number / 100, **sleep).save()
        recovery = known(number, 0) | heart | {"hrv_rmssd": 50 + number / 100}
        del recovery["end_time"]
        WhoopRecovery.objects.create(**recovery)
        values = {"strain": number / 20, "kilojoules": 8000, "step_count": 9000 + number}
        WhoopCycle.objects.create(**known(number, 0), utc_offset_min=0, **values)
    night(1, 1, 9, **sleep | {"sleep_performance": 60}).save()
    long = read_series(ALONE, FIRST, LAST)
    for number in numbers:
        day = FIRST + timedelta(days=number)
        short = read_series(ALONE, day, day)
        for key, one in short.items():
            assert one.values == [long[key].on(day)], (key, day)
            assert one.values != [None], key


@pytest.mark.one_database
def test_what_a_row_comes_to_alone_has_no_aggregate() -> None:
    assert len(ALONE) > 15
    for metric in ALONE:
        assert isinstance(metric.series, Grouped)
        alone: Any = metric.series.of_one_row
        parts = alone.flatten() if hasattr(alone, "flatten") else [alone]
        assert not any(isinstance(part, Aggregate | WholeDay) for part in parts), metric.key
