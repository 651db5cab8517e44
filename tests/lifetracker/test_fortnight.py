"""Every metric of a fortnight made by hand: with gaps, naps, two zones, a change of the clocks, a deleted record, a
pending score, and an entry and a fast that run over midnight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from fasting.models import FastingPeriod
from lifetracker.days import midnight
from lifetracker.metrics.registry import metric_of, metrics
from lifetracker.metrics.series import Series, read_series
from lifetracker.metrics.verified import Verified
from lifetracker.models import SyncRun, SyncState
from tests.makers import commit, repository, toggl_project
from time_logs.models import TimeEntry
from weight.models import AMBIGUOUS, WeighIn
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep
from workouts.models import Workout

pytestmark = pytest.mark.django_db

DAYS = 14
# The clocks change on the seventh day, a Sunday.
SPRING, AUTUMN = date(2026, 3, 23), date(2026, 10, 19)
NEW_YORK = -240
DOMAINS = {"whoop", "workouts", "weight", "time", "fasting", "github"}
X = None
UNKNOWN = [X] * DAYS
CYCLES: list[float | None] = [1, 1, 1, X, 1, 1, 1, 1, 1, 1, 1, 1, 1, X]
NIGHTS: list[float | None] = [1, 1, 1, X, 1, 1, 1, 1, X, 1, 1, X, X, 1]
SCORES: list[float | None] = [1, 1, 1, X, 1, 1, 1, 1, X, 1, X, X, X, 1]


def times(marks: list[float | None], value: float) -> list[float | None]:
    return [one and one * value for one in marks]


class Fortnight(NamedTuple):
    first: date
    #: Of the seventh day.
    hours: int

    def at(self, number: float, clock: str) -> datetime:
        """Return the moment at which clocks in Berlin showed this on a day, counted from 0."""
        day = self.first + timedelta(days=int(number))
        zone = timezone.get_current_timezone()
        return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)

    def offset(self, moment: datetime) -> int:
        shift = timezone.localtime(moment).utcoffset()
        assert shift is not None
        return int(shift.total_seconds()) // 60

    @property
    def last(self) -> date:
        return self.first + timedelta(days=DAYS - 1)

    def read(self, *keys: str) -> dict[str, Series]:
        return read_series([metric_of(key) for key in keys], self.first, self.last)


@pytest.fixture(params=[(SPRING, 23), (AUTUMN, 25)], ids=["spring", "autumn"])
def fortnight(request: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Fortnight:
    settings.TIME_ZONE = "Europe/Berlin"
    made = Fortnight(*request.param)
    now = made.at(DAYS - 1, "20:00")
    monkeypatch.setattr(timezone, "now", lambda: now)
    change = made.first + timedelta(days=6)
    assert midnight(change + timedelta(days=1)) - midnight(change) == timedelta(hours=made.hours)
    for fill in (fill_whoop, fill_workouts, fill_weight, fill_time, fill_fasting, fill_github):
        fill(made)
    return made


# --- What happened --------------------------------------------------------------------------------


def whoop_record(model: Any, made: Fortnight, number: int, **fields: Any) -> Any:
    fields.setdefault("source_id", f"{number}-{model.objects.count()}")
    day = made.first + timedelta(days=number)
    values = {"source": "Whoop", "date": day, "cycle_id": number, "score_state": "SCORED"}
    return model.objects.create(**values | fields)


def sleep(
    made: Fortnight, number: int, start: datetime, end: datetime, hours: float | None, **more: Any
) -> None:
    measures = {
        "sleep_performance": 90,
        "sleep_efficiency": 95,
        "respiratory_rate": 15,
        "deep_sleep_min": 60,
        "rem_sleep_min": 90,
        "need_baseline_min": 450,
        "need_from_strain_min": 30,
        "need_from_debt_min": 30,
    }
    if hours is None:
        measures = {}
    values = {
        "start_time": start,
        "end_time": end,
        "utc_offset_min": made.offset(start),
        "nap": False,
        "total_sleep_hours": hours,
    }
    whoop_record(WhoopSleep, made, number, **values | measures | more)


def fill_whoop(made: Fortnight) -> None:
    gone = timezone.now()
    for number in (0, 1, 4, 5, 6, 7, 13):
        sleep(made, number, made.at(number - 1, "23:00"), made.at(number, "07:00"), 7.0)
    sleep(made, 2, made.at(2, "00:00"), made.at(2, "03:00"), 3.0)
    sleep(made, 2, made.at(2, "04:00"), made.at(2, "07:00"), 2.5)
    # Day 3 is without the strap.
    sleep(made, 4, made.at(4, "01:00"), made.at(4, "04:00"), 3.0, deleted_at=gone)
    sleep(made, 5, made.at(5, "14:00"), made.at(5, "15:00"), 0.8, nap=True)
    sleep(made, 8, made.at(7, "23:00"), made.at(8, "07:00"), 7.0, deleted_at=gone)
    # Asleep in Berlin, and after the flight in New York.
    sleep(made, 9, made.at(8, "23:00"), made.at(9, "03:00"), 4.0)
    abroad = datetime.combine(made.first + timedelta(days=9), time(7), UTC) + timedelta(hours=4)
    sleep(made, 9, abroad, abroad + timedelta(hours=2), 2.0, utc_offset_min=NEW_YORK)
    evening = abroad + timedelta(hours=16)
    sleep(made, 10, evening, evening + timedelta(hours=8), 7.0, utc_offset_min=NEW_YORK)
    pending = {"score_state": "PENDING_SCORE"}
    sleep(made, 11, made.at(10, "23:00"), made.at(11, "07:00"), None, **pending)
    sleep(made, 12, made.at(12, "14:00"), made.at(12, "15:00"), 0.8, nap=True)
    measures = {"resting_heart_rate": 50, "hrv_rmssd": 60, "spo2_percentage": 96.5}
    measures |= {"recovery_score": 70, "skin_temp_celsius": 33.5}
    for number, mark in enumerate(SCORES):
        if mark:
            whoop_record(WhoopRecovery, made, number, sleep_id="", **measures)
    whoop_record(WhoopRecovery, made, 8, sleep_id="", deleted_at=gone, **measures)
    whoop_record(WhoopRecovery, made, 10, sleep_id="", score_state="UNSCORABLE")
    whoop_record(WhoopRecovery, made, 11, sleep_id="", **pending)
    for number in (*range(3), *range(4, DAYS)):
        start, is_running = made.at(number - 1, "23:00"), number == DAYS - 1
        whoop_record(
            WhoopCycle,
            made,
            number,
            start_time=start,
            end_time=None if is_running else made.at(number, "23:00"),
            utc_offset_min=made.offset(start),
            strain=10,
            kilojoules=4184 if is_running else 8368,
            step_count=5000,
        )


def verify(stream: str, start: datetime, source: str = "Whoop") -> None:
    SyncState.objects.create(
        source=source, stream=stream, verified_from=start, verified_to=timezone.now()
    )


def fill_workouts(made: Fortnight) -> None:
    verify("workout", made.at(1, "00:00"))

    def workout(number: int, minutes: float, zones: tuple[int, ...] = (), **fields: Any) -> None:
        start = made.at(number, "18:00")
        values = {
            "source": "Whoop",
            "source_id": f"{number}-{minutes}",
            "date": made.first + timedelta(days=number),
            "start": start,
            "end": start + timedelta(minutes=minutes),
            "sport_name": "running",
            "duration_min": minutes,
            "score_state": "SCORED",
        }
        in_zones = {f"zone_{at}_min": minutes for at, minutes in enumerate(zones, 1)}
        Workout.objects.create(**values | in_zones | fields)

    workout(1, 50, (10, 20, 15, 5, 0))
    workout(4, 30, (30, 0, 0, 0, 0))
    workout(4, 40, source="Manual", score_state="")
    workout(6, 60, (60, 0, 0, 0, 0), deleted_at=timezone.now())
    workout(11, 20, score_state="PENDING_SCORE")


def fill_weight(made: Fortnight) -> None:
    def weigh(number: int, clock: str, kg: float, **fields: Any) -> None:
        moment = made.at(number, clock)
        WeighIn.objects.create(measured_at=moment, weight_kg=kg, **fields)

    weigh(0, "07:00", 80.0, fat_ratio=20, lean_mass_kg=64)
    weigh(1, "07:00", 81.0)
    weigh(2, "07:00", 80.5)
    weigh(5, "07:00", 79.5)
    weigh(6, "07:00", 60.0, attribution=AMBIGUOUS)
    weigh(8, "07:00", 99.0, deleted_at=timezone.now())
    weigh(9, "00:30", 79.0, fat_ratio=21)
    weigh(9, "23:30", 80.0)


def fill_time(made: Fortnight) -> None:
    verify("entry", made.at(2, "00:00"), source="Toggl")
    toggl_project(1, name="Garden")

    def entry(number: int, start: str, end: str, project: str = "", **fields: Any) -> None:
        until = int(fields.pop("until", number))
        ended = made.at(until, end) if end else None
        named = {"project": project, "project_ref": "1" if project == "Garden" else ""}
        TimeEntry.objects.create(start=made.at(number, start), end=ended, **named | fields)

    entry(0, "10:00", "12:00", "Garden", billable=True)
    entry(5, "22:00", "07:00", until=6)
    entry(8, "10:00", "12:00", "Garden", deleted_at=timezone.now())
    entry(9, "09:00", "09:50", "Garden")
    entry(9, "09:53", "10:20", "Garden")
    entry(9, "10:20", "10:40", "House")
    entry(9, "10:40", "11:30", "Garden")
    entry(12, "08:00", "09:00")
    entry(12, "23:00", "")


def fill_fasting(made: Fortnight) -> None:
    def fast(start: datetime, end: datetime | None, **fields: Any) -> None:
        FastingPeriod.objects.create(start=start, end=end, **fields)

    fast(made.at(0, "20:00"), made.at(1, "12:00"), goal_hours=16)
    fast(made.at(1, "21:00"), made.at(2, "13:30"), goal_hours=16)
    fast(made.at(5, "20:00"), made.at(6, "12:00"))
    fast(made.at(7, "20:00"), made.at(8, "12:00"), deleted_at=timezone.now())
    fast(made.at(12, "21:00"), None)


def fill_github(made: Fortnight) -> None:
    start = made.at(DAYS - 1, "06:00")
    SyncRun.objects.create(
        source="GitHub", kind="incremental", status="success", started_at=start, finished_at=start
    )
    portal, garden = repository("portal"), repository("garden")
    commit(portal, garden, at=made.at(1, "10:00"), mine=True)
    commit(portal, at=made.at(1, "23:30"), mine=True)
    commit(portal, at=made.at(4, "10:00"), mine=False)
    commit(portal, at=made.at(6, "10:00"), mine=True, deleted_at=timezone.now())
    commit(garden, at=made.at(9, "10:00"), mine=True)


# --- What it comes to -----------------------------------------------------------------------------


def expected(hours: int) -> dict[str, list[float | None]]:
    """Return each metric's days; `hours`: of the day on which the clocks change."""
    shift = hours - 24
    return {
        "whoop.recovery_score": times(SCORES, 70),
        "whoop.hrv": times(SCORES, 60),
        # On the days with five scores among the last seven.
        "whoop.hrv_variation": [*[X] * 5, *[0] * 6, X, X, X],
        "whoop.resting_heart_rate": times(SCORES, 50),
        "whoop.spo2": times(SCORES, 96.5),
        "whoop.skin_temperature": times(SCORES, 33.5),
        "whoop.sleep_hours": [7, 7, 5.5, X, 7, 7, 7, 7, X, 6, 7, X, X, 7],
        "whoop.sleep_with_naps": [7, 7, 5.5, X, 7, 7.8, 7, 7, X, 6, 7, X, X, 7],
        "whoop.sleep_need": times(NIGHTS, 8),
        "whoop.sleep_debt_by_whoop": times(NIGHTS, 0.5),
        "whoop.sleep_performance": times(NIGHTS, 90),
        "whoop.sleep_efficiency": times(NIGHTS, 95),
        "whoop.respiratory_rate": times(NIGHTS, 15),
        "whoop.deep_sleep_hours": [1, 1, 2, X, 1, 1, 1, 1, X, 2, 1, X, X, 1],
        "whoop.rem_sleep_hours": [1.5, 1.5, 3, X, 1.5, 1.5, 1.5, 1.5, X, 3, 1.5, X, X, 1.5],
        "whoop.bedtime": [23, 23, 0, X, 23, 23, 23, 23, X, 23, 23, X, X, 23],
        # By the offset with which the record came, that of falling asleep.
        "whoop.waking_time": [7, 7, 7, X, 7, 7, 7 + shift, 7, X, 9, 7, X, X, 7],
        # The lacks of the ten known nights: 1, 1, 2.5, 1, 0.2, 1, 1, 2, 1, 1.
        "whoop.sleep_debt": [*UNKNOWN[:13], 11.7 * 14 / 10],
        # Seven pairs, of which these minutes agree: 1440, 1320, 1440, 1320, 1320, 1080, 1440.
        "whoop.sleep_regularity": [*UNKNOWN[:11], 9360 / 1440 / 7 * 200 - 100, X, 600 / 7],
        "whoop.social_jet_lag": UNKNOWN,
        "whoop.strain": times(CYCLES, 10),
        "whoop.energy": times(CYCLES, 2000),
        "whoop.steps": times(CYCLES, 5000),
        "workouts.count": [X, 1, 0, X, 2, 0, 0, 0, 0, 0, 0, 1, 0, X],
        "workouts.minutes": [X, 50, 0, X, 70, 0, 0, 0, 0, 0, 0, 20, 0, X],
        "workouts.load": [X, 115, 0, X, X, 0, 0, 0, 0, 0, 0, X, 0, X],
        "workouts.acute_load": UNKNOWN,
        "workouts.chronic_load": UNKNOWN,
        "workouts.load_change": UNKNOWN,
        "workouts.monotony": UNKNOWN,
        "workouts.strain_index": UNKNOWN,
        "workouts.trained": [X, 1, 0, X, 1, 0, 0, 0, 0, 0, 0, 1, 0, X],
        "weight.kg": [80, 81, 80.5, X, X, 79.5, X, X, X, 79.5, X, X, X, X],
        "weight.morning": [80, 81, 80.5, X, X, 79.5, X, X, X, 79, X, X, X, X],
        "weight.trend": [80, 80.1, 80.14, X, X, 79.96656, X, X, X, 79.806118, X, X, X, X],
        "weight.fat_ratio": [20, *UNKNOWN[:8], 21, X, X, X, X],
        "weight.lean_mass": [64, *UNKNOWN[1:]],
        "time.hours": [2, X, 0, 0, 0, 2, 7 + shift, 0, 0, 2.45, 0, 0, X, X],
        "time.billable_hours": [2, X, *[0] * 12],
        "time.project-1": [2, X, 0, 0, 0, 0, 0, 0, 0, 127 / 60, 0, 0, 0, 0],
        "time.deep_hours": [2, X, 0, 0, 0, 9 + shift, 0, 0, 0, 127 / 60, 0, 0, X, X],
        "time.focus_share": [100, X, X, X, X, 100, X, X, X, 127 / 1.47, X, X, X, X],
        "time.longest_block": [120, X, X, X, X, 540 + shift * 60, X, X, X, 77, X, X, X, X],
        "time.switches": [0, X, X, X, X, 0, X, X, X, 2 / 2.45, X, X, X, X],
        "fasting.hours": [4, 15, 13.5, X, X, 4, 12 + shift, X, X, X, X, X, X, X],
        "fasting.longest": [X, 16, 16.5, X, X, X, 16 + shift, X, X, X, X, X, X, X],
        "fasting.fasted_16_hours": [X, 1, 1, X, X, X, int(hours > 23), X, X, X, X, X, X, X],
        "fasting.eating_window": [X, 9, *UNKNOWN[2:]],
        "github.commits": [0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        "github.late_commits": [0, 1, *[0] * 12],
        "github.committed_late": [0, 1, *[0] * 12],
        "github.churn": [0, 28, 0, 0, 0, 0, 0, 0, 0, 14, 0, 0, 0, 0],
        "github.sitting_hours": [0] * 14,
        "github.active_repositories": [0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
    }


def test_each_metric_of_the_fortnight(fortnight: Fortnight) -> None:
    wanted = expected(fortnight.hours)
    declared = {key for key, one in metrics.items() if one.domain in DOMAINS}
    assert wanted.keys() == declared | {"time.project-1"}
    for key, series in fortnight.read(*wanted).items():
        assert series.values == pytest.approx(wanted[key], abs=1e-5), key
        assert series.known_days == DAYS - wanted[key].count(None), key
        assert (series.first, series.last) == (fortnight.first, fortnight.last)


def test_each_metric_is_the_same_alone_and_day_by_day(fortnight: Fortnight) -> None:
    """Whatever else is read with it, and wherever the range begins and ends."""
    for key, wanted in expected(fortnight.hours).items():
        verified = Verified()
        for number in (0, 5, 9, 13):
            day = fortnight.first + timedelta(days=number)
            alone = read_series([metric_of(key)], day, day, verified)[key]
            assert alone.values == pytest.approx(wanted[number : number + 1], abs=1e-5), (key, day)
            assert alone.valueless <= {day}


def test_what_is_open_is_unknown_and_says_what_there_is_so_far(fortnight: Fortnight) -> None:
    days = [fortnight.first + timedelta(days=number) for number in range(DAYS)]
    keys = ("time.hours", "time.deep_hours", "time.focus_share", "fasting.hours")
    found = fortnight.read(*keys, "whoop.sleep_hours", "whoop.energy", "workouts.load")
    so_far = {key: series.so_far for key, series in found.items()}
    assert so_far == {
        "time.hours": {days[12]: 1, days[13]: 0},
        "time.deep_hours": {days[12]: 1, days[13]: 0},
        "time.focus_share": {days[12]: 100, days[13]: None},
        "fasting.hours": {days[12]: None, days[13]: None},
        "whoop.sleep_hours": {days[11]: None},
        "whoop.energy": {days[13]: 1000},
        "workouts.load": {days[11]: None},
    }


def test_days_with_records_and_without_a_value_are_told(fortnight: Fortnight) -> None:
    days = [fortnight.first + timedelta(days=number) for number in range(DAYS)]
    found = fortnight.read("whoop.recovery_score", "whoop.sleep_with_naps", "weight.fat_ratio")
    assert {key: one.valueless for key, one in found.items()} == {
        "whoop.recovery_score": {days[10], days[11]},
        "whoop.sleep_with_naps": {days[11], days[12]},
        "weight.fat_ratio": {days[1], days[2], days[5]},
    }


def test_nothing_is_known_of_days_that_have_not_come(fortnight: Fortnight) -> None:
    wanted = expected(fortnight.hours)
    later = [fortnight.last + timedelta(days=number) for number in (1, 5)]
    for key, series in read_series([metric_of(key) for key in wanted], *later).items():
        assert series.values == [None] * 5, key


@pytest.mark.parametrize(
    ("change", "moved"),
    [
        (lambda: WeighIn.objects.filter(weight_kg=81), {1}),
        (lambda: TimeEntry.objects.filter(project="House"), {9}),
        (lambda: TimeEntry.objects.filter(start__hour__gte=20, end__isnull=False), {5, 6}),
        (lambda: WhoopSleep.objects.filter(nap=True), {5}),
        (lambda: Workout.objects.filter(duration_min=50), {1}),
    ],
    ids=["weigh-in", "entry", "entry over midnight", "nap", "workout"],
)
def test_a_deleted_record_moves_its_days_and_no_other(
    fortnight: Fortnight, change: Callable[[], Any], moved: set[int]
) -> None:
    keys = ("weight.kg", "time.hours", "whoop.sleep_with_naps", "workouts.minutes")
    before = fortnight.read(*keys)
    assert change().update(deleted_at=timezone.now())
    after = fortnight.read(*keys)
    differ = {
        at
        for key in keys
        for at, pair in enumerate(zip(before[key].values, after[key].values, strict=True))
        if pair[0] != pair[1]
    }
    assert differ == moved


def test_a_changed_record_moves_its_day_and_no_other(fortnight: Fortnight) -> None:
    before = fortnight.read("whoop.hrv")["whoop.hrv"].values
    WhoopRecovery.objects.filter(date=fortnight.first).update(hrv_rmssd=44)
    after = fortnight.read("whoop.hrv")["whoop.hrv"].values
    assert after == [44.0, *before[1:]]


def test_absence_is_zero_on_verified_days_alone(fortnight: Fortnight) -> None:
    SyncState.objects.filter(stream="entry").update(
        verified_from=fortnight.at(3, "00:01"), verified_to=fortnight.at(8, "00:00")
    )
    hours = fortnight.read("time.hours")["time.hours"]
    known = [at for at, value in enumerate(hours.values) if value is not None]
    assert known == [0, 4, 5, 6, 7]
    # Of what came after the last day that was read whole, there may be more.
    assert hours.so_far[fortnight.first + timedelta(days=9)]
    SyncRun.objects.all().delete()
    commits = fortnight.read("github.commits")["github.commits"]
    assert commits.values == [X, 2, *UNKNOWN[:7], 1, X, X, X, X]
