"""Nights of an export: one source a night, its stages, and what WHOOP has too."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from apple_health.models import AppleNight, SourceOrder
from tests.apple_health.exports import export, given, imported, record, slept, zone
from whoop.models import WHOOP, WhoopSleep

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def home(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def nights(
    tmp_path: Path, *elements: str, exported: str = "2026-05-02 12:00:00 +0200"
) -> list[AppleNight]:
    imported(given(tmp_path, export(*elements, exported=exported)))
    return list(AppleNight.objects.live().order_by("start_time"))


def whoop_night(start: datetime, end: datetime) -> None:
    WhoopSleep.objects.create(
        source=WHOOP,
        sleep_id="1",
        date=DAY,
        start_time=start,
        end_time=end,
        utc_offset_min=120,
        nap=False,
        score_state="SCORED",
    )


STAGES = (
    slept("InBed", "2026-04-30 22:50:00", "2026-05-01 07:00:00"),
    slept("AsleepCore", "2026-04-30 23:00:00", "2026-05-01 01:00:00"),
    slept("AsleepDeep", "2026-05-01 01:00:00", "2026-05-01 02:30:00"),
    slept("Awake", "2026-05-01 02:30:00", "2026-05-01 02:50:00"),
    slept("AsleepREM", "2026-05-01 02:50:00", "2026-05-01 04:00:00"),
    slept("AsleepCore", "2026-05-01 04:00:00", "2026-05-01 06:50:00"),
)


def test_a_night_with_stages(tmp_path: Path) -> None:
    (night,) = nights(tmp_path, *STAGES)
    assert (night.date, night.nap, night.device) == (DAY, False, "Anna's Watch")
    assert night.start_time == datetime(2026, 4, 30, 20, 50, tzinfo=UTC)
    assert night.end_time == datetime(2026, 5, 1, 5, 0, tzinfo=UTC)
    assert (night.in_bed_min, night.asleep_min, night.awake_min) == (490, 450, 20)
    assert (night.core_min, night.deep_min, night.rem_min) == (290, 90, 70)


def test_the_source_with_stages_counts_else_the_longest(tmp_path: Path) -> None:
    longer = slept(
        "AsleepUnspecified",
        "2026-04-30 22:00:00",
        "2026-05-01 08:00:00",
        source="AutoSleep",
        device="",
    )
    (night,) = nights(tmp_path, *STAGES, longer)
    assert (night.device, night.asleep_min) == ("Anna's Watch", 450)
    short = slept("Asleep", "2026-05-01 23:30:00", "2026-05-02 05:00:00")
    whole = slept(
        "Asleep", "2026-05-01 23:00:00", "2026-05-02 06:00:00", source="AutoSleep", device=""
    )
    *_, second = nights(tmp_path, *STAGES, short, whole)
    assert (second.device, second.asleep_min, second.core_min) == ("AutoSleep", 420, None)


def test_gaps_under_an_hour_are_one_night_and_what_is_apart_is_a_nap(tmp_path: Path) -> None:
    found = nights(
        tmp_path,
        slept("Asleep", "2026-04-30 23:00:00", "2026-05-01 03:00:00"),
        slept("Asleep", "2026-05-01 03:59:00", "2026-05-01 07:00:00"),
        slept("Asleep", "2026-05-01 14:00:00", "2026-05-01 14:30:00"),
    )
    assert [(one.nap, one.asleep_min, one.date) for one in found] == [
        (False, 421, DAY),
        (True, 30, DAY),
    ]


def test_only_the_time_in_bed_is_no_sleep(tmp_path: Path) -> None:
    (night,) = nights(tmp_path, slept("InBed", "2026-04-30 23:00:00", "2026-05-01 07:00:00"))
    assert (night.in_bed_min, night.asleep_min, night.awake_min) == (480, None, None)


def test_the_date_is_that_of_the_end_where_it_was(tmp_path: Path) -> None:
    here = zone("Asia/Tokyo")
    (night,) = nights(
        tmp_path, slept("Asleep", "2026-04-30 16:00:00", "2026-04-30 23:30:00", inner=here)
    )
    assert (night.date, night.utc_offset_min) == (DAY, 540)


def test_a_sleep_value_that_is_not_known_is_rejected(tmp_path: Path) -> None:
    counts = imported(
        given(
            tmp_path,
            export(*STAGES, slept("Dreaming", "2026-05-01 01:00:00", "2026-05-01 02:00:00")),
        )
    )
    assert counts["export"] == {"seen": 1, "rejected": 1}


def test_a_later_export_that_knows_more_of_a_night(tmp_path: Path) -> None:
    nap = slept("Asleep", "2026-05-01 09:00:00", "2026-05-01 10:00:00")
    assert [one.nap for one in nights(tmp_path, *STAGES, nap)] == [False, True]
    bridge = slept("Asleep", "2026-05-01 07:30:00", "2026-05-01 08:40:00")
    (night,) = nights(tmp_path, *STAGES, nap, bridge, exported="2026-05-03 12:00:00 +0200")
    assert night.end_time == datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def test_a_night_that_whoop_has_is_not_told_twice(tmp_path: Path) -> None:
    nights(tmp_path, *STAGES, slept("Asleep", "2026-05-01 23:00:00", "2026-05-02 06:00:00"))
    whoop_night(datetime(2026, 4, 30, 21, tzinfo=UTC), datetime(2026, 5, 1, 5, tzinfo=UTC))

    def counted() -> list[date]:
        return [one.date for one in AppleNight.objects.all().counted().order_by("date")]

    assert counted() == [date(2026, 5, 2)]
    SourceOrder(pk=1, nights=SourceOrder.Nights.APPLE_HEALTH).save()
    assert counted() == [DAY, date(2026, 5, 2)]


def test_an_empty_segment_is_no_night(tmp_path: Path) -> None:
    at = "2026-05-01 23:00:00"
    assert nights(tmp_path, slept("Asleep", at, at), record("StepCount", 1, "count", at)) == []


def test_sleep_that_is_none_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain = (
        slept("InBed", "2026-04-26 22:00:00", "2026-04-27 23:30:00"),
        slept("InBed", "2026-04-27 23:00:00", "2026-04-28 22:30:00"),
    )
    awake = slept("Awake", "2026-04-30 03:00:00", "2026-04-30 03:10:00")
    assert not nights(tmp_path, *chain, awake)
    told = capsys.readouterr().out
    assert "sleep without an hour's gap in more than 48 hours: 2" in told
    assert "records of sleep that name no time asleep or in bed: 1" in told
