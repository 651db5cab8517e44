"""What own metrics and their values are, and which metric comes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from goals.models import Goal
from lifetracker.days import ONE_DAY, today
from lifetracker.metrics.registry import UnknownMetric, all_metrics, metric_of
from lifetracker.metrics.series import read_series
from lifetracker.models.redating import follow_time_zone
from own_metrics.metrics import key_of
from own_metrics.models import OwnMetric, OwnValue
from tests import makers

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 16)
BEFORE = DAY - timedelta(days=1)


def values(own: OwnMetric, first: date = BEFORE, last: date = DAY) -> list[float | None]:
    key = key_of(own.pk)
    return read_series([metric_of(key)], first, last)[key].values


def at(hour: int) -> datetime:
    return datetime(2026, 9, 16, hour, tzinfo=UTC)


@pytest.mark.parametrize(("per_day", "expected"), [("mean", 4), ("sum", 12), ("last", 5)])
def test_what_several_values_of_one_day_come_to(per_day: str, expected: float) -> None:
    own = makers.own_metric(per_day=per_day)
    makers.own_value(own, 3, measured_at=at(6))
    makers.own_value(own, 5, measured_at=at(9))
    makers.own_value(own, 4)
    assert values(own) == [None, expected]


def test_of_two_without_a_time_the_later_one_is_the_last() -> None:
    own = makers.own_metric(per_day="last")
    makers.own_value(own, 1)
    second = makers.own_value(own, 2)
    assert values(own) == [None, 2]
    second.mark_deleted()
    assert values(own) == [None, 1]


def test_a_day_without_a_value_is_unknown_and_zero_is_a_value() -> None:
    own = makers.own_metric(per_day="sum")
    makers.own_value(own, 0)
    assert values(own) == [None, 0]


def test_a_metric_says_what_its_definition_says() -> None:
    own = makers.own_metric(decimals=2, per_day="sum", better="lower")
    found = metric_of(key_of(own.pk))
    assert (found.label, found.unit, found.decimals) == ("Ferritin", "µg/l", 2)
    assert (found.additive, found.better.value, found.bounds) == (True, "lower", (None, None))
    assert found.key in {one.key for one in all_metrics()}


def test_a_deleted_metric_is_gone_with_its_values_and_comes_back_with_them() -> None:
    own = makers.own_metric()
    makers.own_value(own, 3)
    own.mark_deleted()
    with pytest.raises(UnknownMetric):
        metric_of(key_of(own.pk))
    own.deleted_at = None
    own.save()
    assert values(own) == [None, 3]


@pytest.mark.parametrize("key", ["own.", "own.x", "own.0", "own.99999999999999999999"])
def test_a_key_of_no_metric(key: str) -> None:
    with pytest.raises(UnknownMetric):
        metric_of(key)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"date": today() + ONE_DAY}, "date"),
        ({"measured_at": at(6)}, "measured_at"),
        ({"value": float("nan")}, "value"),
        ({"value": 1e12}, "value"),
    ],
)
def test_a_value_that_cannot_be(fields: dict[str, Any], named: str) -> None:
    one = OwnValue(**{"metric": makers.own_metric(), "date": date(2026, 9, 1), "value": 1} | fields)
    with pytest.raises(ValidationError) as error:
        one.full_clean()
    assert list(error.value.message_dict) == [named]


@pytest.mark.parametrize("name", ["ferritin", " FERRITIN ", "   "])
def test_a_name_that_cannot_be(name: str) -> None:
    makers.own_metric()
    with pytest.raises(ValidationError) as error:
        OwnMetric(name=name).full_clean()
    assert "name" in error.value.message_dict


def test_the_day_of_a_moment_follows_the_zone_and_a_day_alone_does_not(settings: Any) -> None:
    own = makers.own_metric()
    night = makers.own_value(own, 1, measured_at=datetime(2026, 9, 16, 2, tzinfo=UTC))
    alone = makers.own_value(own, 2)
    settings.TIME_ZONE = "America/New_York"
    follow_time_zone()
    assert OwnValue.objects.get(pk=night.pk).date == BEFORE
    assert OwnValue.objects.get(pk=alone.pk).date == DAY


def test_goals_and_the_api_of_metrics_have_it(person: Client) -> None:
    own = makers.own_metric(per_day="sum", unit="ml")
    makers.own_value(own, 1500)
    path = f"/api/metrics/{key_of(own.pk)}?start_date=2026-09-15&end_date=2026-09-16"
    found = person.get(path).json()
    assert (found["days"], found["known_days"], found["unit"]) == (2, 1, "ml")
    goal = Goal(
        name="Water", metric=key_of(own.pk), kind="total", per="day", target=2000, start=DAY
    )
    goal.full_clean()
