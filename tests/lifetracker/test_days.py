from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lifetracker.days import day_of, elapsed, local_date, offset_minutes, today


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+02:00", 120), ("-04:00", -240), ("+05:30", 330), ("Z", 0), ("+0545", 345), ("-00:30", -30)],
)
def test_offsets(text: str, minutes: int) -> None:
    assert offset_minutes(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "CET", "2", "+2:00", "+15:00", "+01:75", "-99:99", "+02:00:00"]
)
def test_what_is_no_offset(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|zone"):
        offset_minutes(text)


ODD_DAYS = [
    "20260916",
    "2026-W38-3",
    "2026W383",
    "2026-9-16",
    "2026-09-16T00:00",
    "2026-13-01",
    "٢٠٢٦-٠٩-١٦",
    "",
]


def test_a_day_is_written_in_one_form() -> None:
    assert day_of("2026-09-16") == date(2026, 9, 16)


@pytest.mark.parametrize("text", ODD_DAYS)
def test_other_forms_of_a_day_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no day such as|month must be"):
        day_of(text)


def test_the_day_is_the_one_on_the_wall(settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    instant = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
    assert local_date(instant, 330) == date(2026, 3, 8)
    assert local_date(instant, -480) == date(2026, 3, 7)
    assert local_date(instant) == date(2026, 3, 7), "without an offset the person's zone"
    assert local_date(instant, 0) == date(2026, 3, 8)


def test_today_is_the_persons(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 1, 1, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    settings.TIME_ZONE = "Pacific/Kiritimati"
    assert today() == date(2026, 1, 2)


@pytest.mark.parametrize(("day", "hours"), [(28, 9), (27, 10)])
def test_elapsed_time_is_no_difference_of_clocks(day: int, hours: int) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, day, 22, tzinfo=berlin)
    end = datetime(2026, 3, day + 1, 8, tzinfo=berlin)
    assert elapsed(start, end) == timedelta(hours=hours)


def test_a_repeated_hour_does_not_run_backwards() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 25, 2, 50, tzinfo=berlin)
    end = datetime(2026, 10, 25, 2, 10, fold=1, tzinfo=berlin)
    assert elapsed(start, end) == timedelta(minutes=20)
