"""The metrics of behaviours, and the behaviours that follow from records."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from goals.models import Goal
from journal.metrics import key_of
from journal.models import Behaviour
from lifetracker.metrics.behaviours import behaviours
from lifetracker.metrics.registry import UnknownMetric, all_metrics, metric_of, metrics_of
from lifetracker.metrics.series import read_series
from lifetracker.models import SyncRun, SyncState
from tests import makers

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 16)
BEFORE = DAY - timedelta(days=1)


def values(key: str, first: date = BEFORE, last: date = DAY) -> list[float | None]:
    return read_series([metric_of(key)], first, last)[key].values


def test_a_day_without_an_answer_is_unknown() -> None:
    one = makers.behaviour()
    makers.answer(one, 0)
    assert values(key_of(one.pk)) == [None, 0.0]


def test_the_share_of_yes_is_that_of_answered_days(person: Client) -> None:
    one = makers.behaviour()
    for back, value in ((0, 1), (1, 0), (2, 1), (4, 1)):
        makers.answer(one, value, back)
    path = f"/api/metrics/{key_of(one.pk)}?start_date=2026-09-01&end_date=2026-09-30&bucket=month"
    month = person.get(path).json()["buckets"][0]
    assert (month["known_days"], month["sum"], month["mean"]) == (4, 3, 0.75)


def test_a_metric_has_the_answer_that_counts() -> None:
    one, wording = makers.behaviour(), makers.behaviour("Drinks?")
    makers.answer(wording, 1, source="WhoopExport")
    makers.answer(wording, 1, 1)
    assert values(key_of(one.pk)) == [None, None]
    wording.merged_into = one
    wording.save()
    assert values(key_of(one.pk)) == [1.0, 1.0]
    makers.answer(one, 0)
    assert values(key_of(one.pk)) == [1.0, 0.0]
    found = metric_of(key_of(wording.pk))
    assert (found.key, found.label) == (key_of(one.pk), one.name), "what asks for it goes on"
    both = metrics_of([key_of(wording.pk), key_of(one.pk)])
    assert [each.key for each in both] == [found.key], "each once"
    assert [metric.key for metric in all_metrics() if metric.key == key_of(wording.pk)] == []
    Behaviour.objects.filter(pk=one.pk).update(deleted_at=timezone.now())
    with pytest.raises(UnknownMetric):
        metric_of(key_of(wording.pk))


def test_units_and_bounds_follow_the_kind() -> None:
    amount = makers.behaviour("Coffee", kind="amount", unit="cups")
    mood = makers.behaviour("Mood", kind="scale")
    found = [metric_of(key_of(one.pk)) for one in (amount, mood)]
    assert [(one.unit, one.additive, one.bounds) for one in found] == [
        ("cups", True, (0, None)),
        ("of 5", False, (1, 5)),
    ]


def test_those_that_are_asked_come_first_and_deleted_ones_are_gone() -> None:
    old = makers.behaviour("Old", archived_at="2026-01-01T00:00:00Z", position=0)
    new = makers.behaviour("New", position=1)
    gone = makers.behaviour("Gone")
    gone.mark_deleted()
    found = [one.key for one in all_metrics() if one.key.startswith("journal.")]
    assert found == [key_of(new.pk), key_of(old.pk)]


def test_a_goal_on_a_behaviour() -> None:
    one = makers.behaviour("Reading")
    goal = Goal(name="Read", metric=key_of(one.pk), kind="total", per="week", target=4)
    goal.full_clean()
    mood = makers.behaviour("Mood", kind="scale")
    with pytest.raises(ValidationError, match="cannot be added up"):
        Goal(name="a", metric=key_of(mood.pk), kind="total", per="week", target=4).full_clean()


def test_every_behaviour_of_the_records_has_its_metric() -> None:
    assert {one.key for one in behaviours} == {
        *("fasting.fasted_16_hours", "workouts.trained"),
        *("github.committed_late", "nutrition.late_meal"),
    }
    assert not Behaviour.objects.exists(), "they are not stored"


@pytest.mark.parametrize(("hours", "wanted"), [(16, 1.0), (15.9, 0.0)])
def test_a_fast_of_16_hours(hours: float, wanted: float) -> None:
    makers.fast(0, hours)
    assert values("fasting.fasted_16_hours") == [None, wanted]


def test_trained_is_unknown_where_the_strap_was_not_worn() -> None:
    assert values("workouts.trained") == [None, None]


@pytest.mark.parametrize(("hour", "wanted"), [(23, 1.0), (22, 0.0)])
def test_a_late_commit(hour: int, wanted: float) -> None:
    start = makers.MORNING - timedelta(days=30)
    until = makers.MORNING + timedelta(days=2)
    SyncRun.objects.create(
        source="GitHub", kind="full", status="success", started_at=until, finished_at=until
    )
    SyncState.objects.create(
        source="GitHub", stream="repository", verified_from=start, verified_to=until
    )
    late = makers.commit(makers.repository(), days_ago=0, mine=True)
    type(late).objects.filter(pk=late.pk).update(hour=hour)
    found = values("github.committed_late")
    assert found[1] == wanted
    assert values("github.late_commits")[1] == wanted
