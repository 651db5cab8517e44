from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from whoop.models import WhoopWorkout
from workouts.models import Workout

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 9, 14, 7, tzinfo=UTC)


def workout(days: float = 0, **fields: Any) -> Workout:
    start = MONDAY + timedelta(days=days)
    values = {
        "date": start.date(),
        "start": start,
        "end": start + timedelta(minutes=45),
        "sport_name": "running",
        "duration_min": 45,
    }
    return Workout.objects.create(**values | fields)


def test_weeks_begin_on_monday_and_come_newest_first(django_assert_num_queries: Any) -> None:
    workout(0, strain=5, calories=300)
    workout(6, strain=7, calories=None)
    workout(-1, strain=None)
    workout(1, deleted_at=timezone.now())
    with django_assert_num_queries(1):
        weeks = list(Workout.objects.per_week())
    assert weeks == [
        {"week": date(2026, 9, 14), "count": 2, "strain": 12, "duration_min": 90, "calories": 300},
        {
            "week": date(2026, 9, 7),
            "count": 1,
            "strain": None,
            "duration_min": 45,
            "calories": None,
        },
    ]


def test_the_end_is_not_before_the_start() -> None:
    with pytest.raises(IntegrityError):
        workout(end=MONDAY - timedelta(minutes=1))


def test_one_record_of_a_source_is_one_row() -> None:
    workout(source="Whoop", source_id="a")
    workout(source="Zero", source_id="a")
    with pytest.raises(IntegrityError):
        workout(source="Whoop", source_id="a")


def test_typed_rows_are_manual_and_each_has_an_id() -> None:
    first, second = workout(), workout()
    assert first.source == second.source == "Manual"
    assert first.source_id != second.source_id


def test_whoops_workouts_are_a_part_of_all() -> None:
    typed, synced = workout(), workout(source="Whoop")
    assert [w.pk for w in WhoopWorkout.objects.all()] == [synced.pk]
    assert Workout.objects.filter(pk=typed.pk).exists()
    assert WhoopWorkout._meta.concrete_model is Workout
