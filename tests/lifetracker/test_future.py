"""Records that are dated in the future, because the clock of a device was ahead: kept, marked, and in
no figure and no newest record until their moment has come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from fasting.cards import fasting_card
from fasting.models import ZERO
from fasting.page_data import totals_of
from fasting.stretch_sums import sums_by_stretch
from github_projects.models import Repository
from journal.models import Answer
from lifetracker.days import CLOCK_ERROR, local_date
from lifetracker.models import SourceRecord
from lifetracker.web.cards import Visit
from lifetracker.web.ranges import Range
from lifetracker.web.source_status import source_statuses
from review.models import Intention
from tests import makers
from tests.makers import MORNING, commit, entry, fast, measure_group, repository, weigh_in
from time_logs.cards import time_card
from time_logs.models import TOGGL, TimeEntry
from weight.cards import weight_card
from weight.models import WITHINGS, MeasureGroup
from whoop.models import WHOOP, WhoopCycle, WhoopRecovery, WhoopSleep
from whoop.summary import summary
from workouts.models import Workout
from workouts.page_data import groups_in

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NOW = MORNING + 8 * HOUR
LATER = NOW + 30 * HOUR


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def move(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    move(NOW)
    return move


def visit() -> Visit:
    day = local_date(NOW)
    return Visit(NOW, day, day, {status.name: status for status in source_statuses()})


def of_whoop(model: Any, number: int, start: datetime, end: datetime | None, **values: Any) -> Any:
    given = {"source": WHOOP, "source_id": str(number), "cycle_id": number, "date": day_of(start)}
    times = {"start_time": start, "end_time": end, "utc_offset_min": 0}
    return model.objects.create(**given | times | {"score_state": "SCORED"} | values)


def day_of(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def sleep(number: int, end: datetime, **values: Any) -> WhoopSleep:
    given = {"sleep_id": str(number), "nap": False, "total_sleep_hours": 7}
    return of_whoop(WhoopSleep, number, end - 8 * HOUR, end, **given | values)  # type: ignore[no-any-return]


def cycle(number: int, start: datetime, end: datetime | None, **values: Any) -> WhoopCycle:
    return of_whoop(WhoopCycle, number, start, end, **{"strain": 10} | values)  # type: ignore[no-any-return]


def recovery(number: int, start: datetime | None, **values: Any) -> WhoopRecovery:
    given = {"source": WHOOP, "source_id": str(number), "cycle_id": number, "sleep_id": "1"}
    dates = {"start_time": start, "date": day_of(start or NOW), "score_state": "SCORED"}
    return WhoopRecovery.objects.create(**given | dates | {"recovery_score": 50} | values)


def workout(end: datetime, **values: Any) -> Workout:
    given = {"start": end - HOUR, "end": end, "duration_min": 60, "sport_name": "rowing"}
    return Workout.objects.create(date=day_of(end), **given | values)


MAKERS: list[Callable[[datetime], SourceRecord]] = [
    lambda at: weigh_in(measured_at=at, source=WITHINGS),
    lambda at: measure_group(measured_at=at),
    lambda at: entry(start=at - HOUR, end=at, source=TOGGL),
    lambda at: entry(start=at, end=None, source=TOGGL),
    lambda at: fast(start=at - 16 * HOUR, end=at, source=ZERO),
    lambda at: fast(start=at, end=None, source=ZERO),
    lambda at: commit(at=at),
    lambda at: sleep(1, at),
    lambda at: cycle(1, at - 20 * HOUR, at),
    lambda at: cycle(1, at, None),
    lambda at: recovery(1, at),
    workout,
]


@pytest.mark.parametrize("make", MAKERS)
def test_what_has_happened(make: Callable[[datetime], Any], now: Any) -> None:
    row = make(LATER)
    happened = type(row).objects.happened
    assert row.in_future
    assert not happened().exists()
    assert type(row).objects.live().get() == row
    now(LATER - CLOCK_ERROR)
    assert not row.in_future
    assert happened().get() == row
    type(row).objects.update(deleted_at=LATER)
    assert not happened().exists()


def test_every_record_with_a_day_of_its_own_has_a_moment() -> None:
    # An answer is about a day and has no time; of a day that has not come none is taken. An intention is for a week that may come.
    for model in set(SourceRecord.__subclasses__()) - {Answer, Intention}:
        names = {field.name for field in model._meta.get_fields()}
        assert bool(model.moments) == bool(names & {"date", "measured_at"}), model


def test_a_recovery_whose_sleep_is_not_known_has_happened() -> None:
    row = recovery(1, None)
    assert not row.in_future
    assert WhoopRecovery.objects.happened().get() == row


# --- Figures --------------------------------------------------------------------------------------


def test_a_weigh_in_is_in_no_trend_and_not_the_latest() -> None:
    today = weigh_in(kg=70)
    weigh_in(kg=90, measured_at=LATER, source=WITHINGS)
    assert [point.kg for point in makers.whole_trend()] == [70]
    card = weight_card(visit())
    assert (card.at, card.doubtful_at) == (today.measured_at, None)


def test_an_entry_is_in_no_sum_and_does_not_run() -> None:
    past = entry(0, 60)
    entry(start=LATER, end=None, source=TOGGL)
    # An entry that is planned: it has begun, and its end is to come.
    entry(start=NOW - HOUR, end=NOW + HOUR, source=TOGGL)
    first, last = past.date, LATER.date() + timedelta(days=2)
    assert TimeEntry.objects.all().per_day(first, last) == {past.date: 3600}
    assert not TimeEntry.objects.all().running().exists()
    assert not list(TimeEntry.objects.all().overlaps(first, last))


def test_the_time_card() -> None:
    past = entry(0, 60)
    entry(start=LATER - HOUR, end=LATER, source=TOGGL)
    found = time_card(visit()).entries
    assert ([one.pk for one in found.entries], found.seconds) == ([past.pk], 3600)


def test_a_fast_is_in_no_figure_and_does_not_run() -> None:
    past = fast(0, 16, goal_hours=16)
    fast(start=LATER - 200 * HOUR, end=LATER, goal_hours=16, source=ZERO)
    fast(start=LATER, end=None, source=ZERO)
    days = (NOW - 3000 * HOUR).date(), (NOW + 3000 * HOUR).date()
    assert totals_of(*days).number == 1
    assert [week.number for week in sums_by_stretch(*days, "week").values()] == [1]
    card = fasting_card(NOW)
    assert (card.running, card.last) == (None, past)


def test_a_workout_is_in_no_week() -> None:
    workout(MORNING)
    workout(LATER)
    first, last = (NOW - 720 * HOUR).date(), (NOW + 720 * HOUR).date()
    assert [one.sessions for one in groups_in(Range(first, last, last))] == [1]


def test_records_of_whoop_are_in_no_figure() -> None:
    sleep(1, MORNING, total_sleep_hours=7)
    sleep(2, LATER, total_sleep_hours=3)
    recovery(1, MORNING - 8 * HOUR, recovery_score=60)
    recovery(2, LATER, recovery_score=10)
    cycle(1, MORNING - 24 * HOUR, MORNING, strain=8)
    cycle(2, LATER - 20 * HOUR, LATER, strain=20)
    workout(MORNING, source=WHOOP)
    workout(LATER, source=WHOOP)
    found = summary(MORNING.date() - timedelta(days=3), LATER.date() + timedelta(days=2))
    assert found["total_sleep_hours"]["average"] == 7
    assert found["recovery_score"]["average"] == 60
    assert found["strain"]["average"] == 8
    assert found["workouts"]["count"] == 1


def test_a_commit_counts_on_its_day_once_that_has_come(now: Any) -> None:
    portal = repository(mined_at=NOW)
    commit(portal)
    commit(portal, at=LATER)
    Repository.objects.recount()
    portal.refresh_from_db()
    assert (portal.active_days, portal.last_commit_date) == (1, MORNING)
    assert not Repository.objects.counted_too_early().exists()
    now(LATER)
    Repository.objects.counted_too_early().recount()
    portal.refresh_from_db()
    assert (portal.active_days, portal.last_commit_date) == (2, LATER)


# --- Answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/api/weight", lambda at: weigh_in(measured_at=at)),
        ("/api/time-entries", lambda at: entry(start=at - HOUR, end=at)),
        ("/api/fasting", lambda at: fast(start=at - HOUR, end=at)),
        ("/api/workouts", workout),
        ("/api/whoop/workouts", lambda at: workout(at, source=WHOOP)),
        ("/api/whoop/sleep", lambda at: sleep(int(at.timestamp()), at)),
        ("/api/whoop/recovery", lambda at: recovery(int(at.timestamp()), at)),
        (
            "/api/whoop/cycles",
            lambda at: cycle(int(at.timestamp()), at - HOUR, at),
        ),
    ],
)
def test_a_list_marks_them(person: Client, path: str, make: Callable[[datetime], Any]) -> None:
    make(MORNING)
    make(LATER)
    found = person.get(path, {"days": "10", "end_date": "2026-09-20"}).json()["results"]
    assert [one["in_future"] for one in found] == [True, False]


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("sleep", lambda at: sleep(int(at.timestamp()), at)),
        ("recovery", lambda at: recovery(int(at.timestamp()), at)),
    ],
)
def test_the_latest_has_happened(
    person: Client, path: str, make: Callable[[datetime], Any]
) -> None:
    past, _ = make(MORNING), make(LATER)
    found = person.get(f"/api/whoop/{path}/latest").json()
    assert (found["cycle_id"], found["in_future"]) == (past.cycle_id, False)


def test_no_fast_runs_that_is_yet_to_begin(person: Client) -> None:
    fast(start=LATER, end=None, source=ZERO)
    assert person.get("/api/fasting/current").status_code == 404


def test_the_home_page_shows_what_has_happened(person: Client) -> None:
    sleep(1, MORNING, date=day_of(NOW), total_sleep_hours=7)
    sleep(2, LATER, date=day_of(NOW), total_sleep_hours=3)
    cycle(1, MORNING, None, strain=8)
    cycle(2, LATER, None, strain=20)
    recovery(1, MORNING - 8 * HOUR, date=day_of(NOW), recovery_score=60)
    recovery(2, LATER, date=day_of(NOW), recovery_score=10)
    shown = person.get("/").context
    assert (shown["sleep"].asleep, shown["strain"].strain) == ("7 h 00", 8)
    assert "60" in shown["recovery"].ring


def test_the_admin_marks_them(client: Client) -> None:
    client.force_login(User.objects.create_superuser("robin"))
    group = measure_group(measured_at=LATER)
    assert "in the future" in client.get("/admin/weight/measuregroup/").content.decode()
    page = client.get(f"/admin/weight/measuregroup/{group.pk}/change/").content.decode()
    assert "Dated in the future" in page
    MeasureGroup.objects.update(measured_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert "in the future" not in client.get("/admin/weight/measuregroup/").content.decode()
