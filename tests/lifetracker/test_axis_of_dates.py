"""A stream whose service filters by date: what is asked, and on which days what is not listed is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from lifetracker.models import BEGINNING
from lifetracker.sync.checks import check_source
from lifetracker.sync.streams import Between, BetweenDays, Stream, Window
from whoop.models import WHOOP, WhoopRecovery
from whoop.streams import recoveries, source


def window(start: str, end: str) -> Window:
    return Window(datetime.fromisoformat(start), datetime.fromisoformat(end))


DAY = timedelta(days=1)
BY_DAY = BetweenDays(start="from", end="to", lookback=3 * DAY)


def stream(between: Between = BY_DAY) -> Stream:
    return replace(recoveries, window=between, axis="date", related=())


@pytest.mark.parametrize(
    ("zone", "asked", "first", "last"),
    [
        ("UTC", window("2026-09-14T10:00Z", "2026-09-16T14:00Z"), "2026-09-14", "2026-09-16"),
        ("UTC", window("2026-09-14T00:00Z", "2026-09-16T00:00Z"), "2026-09-14", "2026-09-15"),
        (
            "Asia/Tokyo",
            window("2026-09-14T10:00Z", "2026-09-16T15:30Z"),
            "2026-09-14",
            "2026-09-17",
        ),
        (
            "America/New_York",
            window("2026-09-14T03:00Z", "2026-09-16T04:00Z"),
            "2026-09-13",
            "2026-09-15",
        ),
        # A day of 25 hours.
        (
            "Europe/Berlin",
            window("2026-10-24T22:00Z", "2026-10-25T23:00Z"),
            "2026-10-25",
            "2026-10-25",
        ),
    ],
)
def test_a_window_asks_for_the_days_that_it_touches(
    settings: Any, zone: str, asked: Window, first: str, last: str
) -> None:
    settings.TIME_ZONE = zone
    assert BY_DAY.params(asked) == {"from": first, "to": last}
    until = replace(BY_DAY, end_included=False).params(asked)
    assert until == {"from": first, "to": str(date.fromisoformat(last) + DAY)}


def test_the_form_of_the_service_and_more_at_both_ends() -> None:
    between = replace(BY_DAY, padding=DAY, format=lambda day: day.strftime("%d.%m.%Y"))
    asked = window("2026-09-14T10:00Z", "2026-09-16T14:00Z")
    assert between.params(asked) == {"from": "13.09.2026", "to": "17.09.2026"}


def test_the_whole_past() -> None:
    asked = Window(BEGINNING, datetime(2026, 9, 16, 14, tzinfo=UTC))
    assert BY_DAY.params(asked) == {"to": "2026-09-16"}
    assert replace(BY_DAY, optional=False).params(asked)["from"] == "1970-01-01"


def stored(*days: str) -> None:
    for day in days:
        WhoopRecovery.objects.create(
            source=WHOOP, source_id=day, cycle_id=int(day.replace("-", "")), sleep_id=day, date=day,
            score_state="SCORED", raw={},
        )  # fmt: skip


def dates(rows: Any) -> list[str]:
    return sorted(str(row.date) for row in rows)


@pytest.mark.django_db
def test_only_a_day_that_is_over_can_lack_a_record() -> None:
    stored("2026-09-13", "2026-09-14", "2026-09-15", "2026-09-16", "2026-09-17")
    asked = window("2026-09-14T10:00Z", "2026-09-16T14:00Z")
    found = stream().rows_within(WhoopRecovery.objects.all(), asked)
    assert dates(found) == ["2026-09-14", "2026-09-15"], "asked for as whole days, and over"


@pytest.mark.django_db
def test_windows_that_adjoin_leave_no_day_out() -> None:
    stored("2026-09-13", "2026-09-14", "2026-09-15")
    rows = WhoopRecovery.objects.all()
    older, newer = (
        dates(stream().rows_within(rows, one))
        for one in (
            window("2026-09-13T09:00Z", "2026-09-14T15:00Z"),
            window("2026-09-14T15:00Z", "2026-09-16T14:00Z"),
        )
    )
    assert [*older, *newer] == ["2026-09-13", "2026-09-14", "2026-09-15"]


@pytest.mark.django_db
def test_what_lies_outside_is_asked_for_by_its_own_day(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    stored("2026-09-12", "2026-09-14", "2026-09-15", "2026-09-18")
    asked = window("2026-09-13T15:00Z", "2026-09-15T12:00Z")
    found = stream().dated_outside(WhoopRecovery.objects.all(), asked)
    assert found == [
        ("2026-09-12", window("2026-09-11T15:00Z", "2026-09-12T15:00Z")),
        ("2026-09-18", window("2026-09-17T15:00Z", "2026-09-18T15:00Z")),
    ]
    assert BY_DAY.params(found[0][1]) == {"from": "2026-09-12", "to": "2026-09-12"}


def test_the_axis_fits_the_window() -> None:
    def problems(one: Stream) -> set[str | None]:
        return {m.id for m in check_source(replace(source, streams=(one,)))} - {"lifetracker.E009"}

    assert problems(stream()) == set()
    assert problems(replace(stream(), axis="start_time")) == {"lifetracker.E007"}
    assert problems(replace(recoveries, axis="date")) == {"lifetracker.E007"}
    assert problems(replace(stream(), axis="")) == {"lifetracker.E007"}
