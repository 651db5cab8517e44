from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

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
