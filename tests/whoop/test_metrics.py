"""`/api/whoop/metrics`: figures computed by hand, unknown days, borders, one statement."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.conftest import run
from whoop.models import (
    WhoopCycle,
    WhoopRecovery,
    WhoopSleep,
    WhoopWorkout,
    band_of,
)
from workouts.models import Workout

TODAY = date(2026, 9, 16)
NUMBERS = count(1)
SIMPLE = {
    *("hrv_rmssd", "resting_heart_rate", "total_sleep_hours", "sleep_performance", "strain"),
    *("recovery_score", "calories"),
}


def common(days_ago: int) -> dict[str, Any]:
    day = TODAY - timedelta(days=days_ago)
    return {"source": "Whoop", "source_id": str(next(NUMBERS)), "date": day}


def times(days_ago: int) -> dict[str, Any]:
    start = datetime(2026, 9, 16, 1, tzinfo=UTC) - timedelta(days=days_ago)
    return {"start_time": start, "end_time": start + timedelta(hours=7), "utc_offset_min": 0}


def recovery(days_ago: int, score: float | None, **fields: Any) -> None:
    WhoopRecovery.objects.create(cycle_id=1, recovery_score=score, **common(days_ago), **fields)


def night(days_ago: int, hours: float | None, **fields: Any) -> None:
    values = {"cycle_id": 1, "nap": False, "total_sleep_hours": hours} | fields
    WhoopSleep.objects.create(**common(days_ago), **times(days_ago), **values)


def cycle(days_ago: int, strain: float | None, kilojoules: float | None, **fields: Any) -> None:
    values = times(days_ago) | {"cycle_id": 1, "strain": strain, "kilojoules": kilojoules} | fields
    WhoopCycle.objects.create(**common(days_ago), **values)


def workout(days_ago: int, minutes: float, calories: float | None, **fields: Any) -> None:
    start = times(days_ago)["start_time"]
    values = common(days_ago) | {"start": start, "end": start, "sport_name": "yoga"} | fields
    Workout.objects.create(duration_min=minutes, calories=calories, **values)


def metrics(person: Client, **query: Any) -> Any:
    answer = person.get("/api/whoop/metrics", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("slash", ["", "/"])
def test_nothing_without_a_login(client: Client, db: None, slash: str) -> None:
    assert client.get(f"/api/whoop/metrics{slash}").status_code == 401


def test_figures_by_hand(person: Client) -> None:
    recovery(0, 80, hrv_rmssd=60, resting_heart_rate=50)
    recovery(1, 50, hrv_rmssd=40, resting_heart_rate=53)
    recovery(2, 20, hrv_rmssd=None, resting_heart_rate=55)
    recovery(7, 90, hrv_rmssd=44, resting_heart_rate=None)
    recovery(14, 1)  # before the previous range
    found = metrics(person)
    assert found["recovery_score"] == {
        "days": 3,
        "average": 50,
        "minimum": 20,
        "maximum": 80,
        "change": -40,
        "bands": {"red": 1, "yellow": 1, "green": 1},
    }
    assert found["hrv_rmssd"] == {
        "days": 2,
        "average": 50,
        "minimum": 40,
        "maximum": 60,
        "change": 6,
    }
    assert found["resting_heart_rate"]["average"] == pytest.approx(52.667)
    assert found["resting_heart_rate"]["change"] is None, "nothing to compare with"


def test_the_ranges_are_told(person: Client) -> None:
    found = metrics(person)
    assert [found[f"{name}_date"] for name in ("start", "end")] == ["2026-09-10", "2026-09-16"]
    assert found["previous_start_date"] == "2026-09-03"
    assert found["previous_end_date"] == "2026-09-09"
    one_day = metrics(person, start_date="2026-09-01", end_date="2026-09-01")
    assert one_day["previous_start_date"] == one_day["previous_end_date"] == "2026-08-31"


def test_of_what_is_unknown_nothing_is_said(person: Client) -> None:
    recovery(0, None)
    night(0, None)
    cycle(0, None, None)
    recovery(7, 50)
    found = metrics(person)
    for name in SIMPLE:
        metric = found[name] | {"bands": None}
        assert metric == {
            "days": 0,
            "average": None,
            "minimum": None,
            "maximum": None,
            "change": None,
            "bands": None,
        }, name
    assert found["recovery_score"]["bands"] == {"red": None, "yellow": None, "green": None}
    none = found["workouts"]
    assert none.pop("days") == 0
    assert set(none.values()) == {None}


def test_days_without_a_workout_are_known_where_the_strap_was_worn(person: Client) -> None:
    recovery(0, 50)
    workout(1, 30, 200)
    now, before = (
        metrics(person, days=1, end_date=day)["workouts"]
        for day in (TODAY, TODAY - timedelta(days=1))
    )
    assert (now["count"], now["count_change"]) == (0, -1)
    assert (now["total_min"], now["total_min_change"]) == (0, -30)
    assert (now["total_calories"], now["average_min"]) == (0, None)
    assert (before["count"], before["count_change"]) == (1, None)


def test_a_score_of_zero_is_a_score(person: Client) -> None:
    recovery(0, 0)
    found = metrics(person)["recovery_score"]
    assert (found["days"], found["average"], found["bands"]["red"]) == (1, 0, 1)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        *((0, "red"), (33, "red"), (33.4, "red"), (33.5, "yellow"), (34, "yellow")),
        *((66, "yellow"), (66.4, "yellow"), (66.5, "green"), (66.7, "green"), (67, "green")),
        (100, "green"),
    ],
)
def test_no_score_falls_between_two_colours(person: Client, score: float, band: str) -> None:
    recovery(0, score)
    assert band_of(score) == band
    bands = metrics(person)["recovery_score"]["bands"]
    assert bands == {"red": 0, "yellow": 0, "green": 0} | {band: 1}


def test_a_day_of_two_nights_is_one_value_and_naps_are_none(person: Client) -> None:
    night(0, 4, sleep_performance=50)
    night(0, 2, sleep_performance=30)
    night(0, 1.5, nap=True, sleep_performance=100)
    night(1, 8, sleep_performance=90)
    night(2, 3)
    night(2, None)  # so nobody knows how long that day's sleep was
    night(7, 6.5)
    found = metrics(person)
    hours = found["total_sleep_hours"]
    assert (hours["days"], hours["average"], hours["minimum"], hours["maximum"]) == (2, 7, 6, 8)
    assert hours["change"] == 0.5
    performance = found["sleep_performance"]
    assert (performance["days"], performance["average"], performance["minimum"]) == (2, 65, 40)


def test_the_cycle_that_runs_is_not_known_yet(person: Client) -> None:
    cycle(0, 20, 9_000, end_time=None)
    cycle(1, 10, 8_368)
    cycle(2, 14, 12_552)
    cycle(8, 6, 4_184)
    found = metrics(person)
    strain = found["strain"]
    assert (strain["days"], strain["average"], strain["maximum"]) == (2, 12, 14)
    assert strain["change"] == 6
    calories = found["calories"]
    assert (calories["days"], calories["average"], calories["minimum"]) == (2, 2_500, 2_000)
    assert calories["change"] == 1_500


def test_workouts(person: Client) -> None:
    workout(0, 30, 200)
    workout(0, 60, 400)
    workout(1, 45, None)
    workout(7, 100, 500)
    workout(0, 1000, 1, source="Manual")
    assert metrics(person)["workouts"] == {
        "days": 2,
        "count": 3,
        "count_change": 2,
        "total_min": 135,
        "total_min_change": 35,
        "average_min": 45,
        "minimum_min": 30,
        "maximum_min": 60,
        "total_calories": 600,
        "total_calories_change": 100,
    }


def test_what_is_gone_is_in_no_figure(person: Client) -> None:
    gone = {"deleted_at": timezone.now()}
    recovery(0, 50, **gone)
    night(0, 8, **gone)
    cycle(0, 10, 10, **gone)
    workout(0, 10, 10, **gone)
    found = metrics(person)
    assert {found[name]["days"] for name in [*SIMPLE, "workouts"]} == {0}


def test_it_is_what_the_rows_say(person: Client, whoop: Any) -> None:
    """Against plain sums over the records of the stand-in."""
    run(days=90)
    found = metrics(person, days=30)
    days = (TODAY - timedelta(days=29), TODAY)
    scores = [
        row.recovery_score
        for row in WhoopRecovery.objects.filter(date__range=days)
        if row.recovery_score is not None
    ]
    assert found["recovery_score"]["days"] == len(scores) > 20
    assert found["recovery_score"]["average"] == pytest.approx(sum(scores) / len(scores), abs=1e-3)
    assert sum(found["recovery_score"]["bands"].values()) == len(scores)
    minutes = [row.duration_min for row in WhoopWorkout.objects.filter(date__range=days)]
    assert found["workouts"]["count"] == len(minutes)
    assert found["workouts"]["total_min"] == pytest.approx(sum(minutes), abs=1e-3)
    assert all(found[name]["change"] is not None for name in SIMPLE)


def test_one_statement_whatever_the_range(person: Client, django_assert_num_queries: Any) -> None:
    recovery(0, 50)
    for days in (1, 7, 365):
        with django_assert_num_queries(3):  # session, person, the figures
            metrics(person, days=days)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"days": "0"}, "days"),
        ({"start_date": "x"}, "start_date"),
        ({"end_date": "2026-02-30"}, "end_date"),
        ({"start_date": "2026-09-02", "end_date": "2026-09-01"}, "start_date"),
    ],
)
def test_a_bad_parameter_is_named(person: Client, query: dict[str, str], named: str) -> None:
    answer = person.get("/api/whoop/metrics", query)
    assert (answer.status_code, list(answer.json())) == (400, [named])


def test_the_longest_range_is_answered(person: Client) -> None:
    assert metrics(person, days=36_500, end_date="1900-01-01")["workouts"]["count"] is None
