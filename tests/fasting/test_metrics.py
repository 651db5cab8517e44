"""The metrics of fasts."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from fasting.models import FastingPeriod
from fasting.page_data import totals_of
from lifetracker.days import on_the_wall
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import read_series

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 3, 10), date(2026, 3, 13)
KEYS = ("fasting.hours", "fasting.longest", "fasting.eating_window")


def fast(start: str, end: str, source: str = "Manual") -> None:
    begin, finish = (on_the_wall(datetime.fromisoformat(one)) for one in (start, end))
    FastingPeriod.objects.create(start=begin, end=finish, source=source, goal_hours=16)


def read(first: date = FIRST, last: date = LAST) -> dict[str, list[float | None]]:
    found = read_series([metrics[key] for key in KEYS], first, last)
    return {key.removeprefix("fasting."): one.values for key, one in found.items()}


def test_two_fasts_and_the_meals_between_them() -> None:
    fast("2026-03-10T20:00", "2026-03-11T12:00")
    fast("2026-03-11T21:00", "2026-03-12T13:30")
    assert read() == {
        "hours": [4, 15, 13.5, None],
        "longest": [None, 16, 16.5, None],
        "eating_window": [None, 9, None, None],
    }
    found = totals_of(FIRST, LAST)
    assert (found.number, found.mean) == (2, 16.25)
    assert FastingPeriod.objects.filter(duration_hours__gte=16).count() == 2, "both goals reached"


def test_a_window_of_a_day_or_more_is_none() -> None:
    fast("2026-03-10T01:00", "2026-03-10T12:00")
    fast("2026-03-11T12:00", "2026-03-11T20:00")
    fast("2026-03-12T19:59", "2026-03-13T08:00")
    windows = read()["eating_window"]
    assert windows[0] is None
    assert windows[1] == pytest.approx(23 + 59 / 60)


def test_what_two_fasts_share_counts_once() -> None:
    fast("2026-03-10T08:00", "2026-03-10T20:00")
    fast("2026-03-10T10:00", "2026-03-10T12:00", "Zero")
    fast("2026-03-10T18:00", "2026-03-10T22:00", "Zero")
    assert read(FIRST, FIRST) == {"hours": [14], "longest": [12], "eating_window": [None]}


def test_each_day_is_the_same_alone() -> None:
    fast("2026-03-10T20:00", "2026-03-11T12:00")
    fast("2026-03-11T21:00", "2026-03-12T13:30")
    whole = read()
    for number in range(4):
        day = date(2026, 3, 10 + number)
        assert read(day, day) == {
            name: values[number : number + 1] for name, values in whole.items()
        }
