"""What a constraint refuses is said beside a field, and is an error of the database all the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models

from fasting.models import FastingPeriod
from lifetracker.models.conflicts import ConstraintViolated
from time_logs.models import TimeEntry, TogglTag
from whoop.models import WhoopCycle
from workouts.models import Workout

pytestmark = pytest.mark.django_db

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
EARLIER = START - timedelta(hours=1)
DAY = date(2026, 9, 1)


def tag() -> TogglTag:
    return TogglTag(source="Toggl", source_id="1", name="deep")


def running() -> FastingPeriod:
    return FastingPeriod(start=START)


REFUSED = [
    (
        [Workout(date=DAY, start=START, end=EARLIER, sport_name="run", duration_min=1)],
        {"end": ['This does not fit "start".']},
    ),
    ([TimeEntry(start=START, end=EARLIER)], {"end": ['This does not fit "start".']}),
    (
        [WhoopCycle(cycle_id=1, date=DAY, start_time=START, end_time=EARLIER, utc_offset_min=0)],
        {"end_time": ['This does not fit "start time".']},
    ),
    ([running(), running()], {"end": ["There is already such a record."]}),
    ([tag(), tag()], {"source_id": ["There is already a record with this id at the source."]}),
]


@pytest.mark.parametrize(
    ("rows", "said"),
    REFUSED,
    ids=lambda one: str(type(one[0]).__name__) if isinstance(one, list) else "",
)
def test_what_is_refused_has_a_message_beside_its_field(
    rows: list[models.Model], said: dict[str, list[str]]
) -> None:
    *before, last = rows
    for row in before:
        row.save()
    with pytest.raises(ConstraintViolated) as refused:
        last.save()
    assert refused.value.message_dict == said
    assert isinstance(refused.value, IntegrityError)
    assert type(last).objects.count() == len(before)  # type: ignore[attr-defined]


def test_what_no_constraint_explains_stays_an_error_of_the_database() -> None:
    missing: Any = TogglTag(name=None)
    with pytest.raises(IntegrityError) as refused:
        missing.save()
    assert not isinstance(refused.value, ConstraintViolated)
