"""What weigh-ins say over time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from lifetracker.models.conflicts import ConstraintViolated
from tests import makers
from tests.makers import MORNING, weigh_in
from weight.models import AMBIGUOUS, SAME_MOMENT, WeighIn, slope_per_week, smooth

FIRST = date(2026, 9, 1)
MONTH = timedelta(weeks=4)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_the_trend_of_daily_weights_is_walkers() -> None:
    """His own recursion, by hand: a tenth of the distance each day."""
    weights = [70.0, 71.0, 69.0, 70.5]
    points = smooth((day(n), kg) for n, kg in enumerate(weights))
    trend = 70.0
    for point, kg in zip(points, weights, strict=True):
        trend += 0.1 * (kg - trend)
        assert point.trend == pytest.approx(trend)


def test_a_gap_counts_as_if_the_weight_had_been_the_new_one_each_day() -> None:
    sparse = smooth([(day(0), 80.0), (day(10), 76.0)])
    daily = smooth([(day(0), 80.0), *((day(n), 76.0) for n in range(1, 11))])
    assert sparse[-1].trend == pytest.approx(daily[-1].trend)
    assert sparse[-1].trend == pytest.approx(76 + 4 * 0.9**10)


def test_no_weight_has_no_trend() -> None:
    assert smooth([]) == []
    assert slope_per_week([], MONTH, FIRST) is None


def test_the_change_per_week_is_between_the_ends_of_the_span() -> None:
    points = smooth((day(n), 80 - 0.1 * n) for n in range(200))
    assert slope_per_week(points, MONTH, day(199)) == pytest.approx(-0.7, abs=1e-6)


def test_the_change_reaches_into_a_gap() -> None:
    points = smooth([(day(0), 80.0), (day(50), 75.0)])
    slope = slope_per_week(points, MONTH, day(60))
    assert slope == pytest.approx((points[1].trend - 80) / (50 / 7))


def test_a_few_days_are_no_change_per_week() -> None:
    assert slope_per_week(smooth([(day(0), 80.0), (day(6), 79.0)]), MONTH, day(6)) is None
    assert slope_per_week(smooth([(day(0), 80.0), (day(7), 79.0)]), MONTH, day(7)) is not None


@pytest.mark.django_db
def test_a_day_counts_once_however_often_one_weighs(django_assert_num_queries: Any) -> None:
    weigh_in(1, 70)
    weigh_in(0, 72)
    weigh_in(-0.1, 74)
    weigh_in(0, 95, source="Withings", attribution=AMBIGUOUS)
    weigh_in(0.01, 40, deleted_at=MORNING)
    with django_assert_num_queries(1):
        points = makers.whole_trend()
    assert [(point.date, point.kg) for point in points] == [
        (date(2026, 9, 15), 70),
        (date(2026, 9, 16), 73),
    ]
    assert points[1].trend == pytest.approx(70.3)


@pytest.mark.django_db
def test_a_weigh_in_is_on_its_local_day(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    assert weigh_in(0.4, source="Withings").date == date(2026, 9, 16)
    settings.TIME_ZONE = "America/Los_Angeles"
    assert weigh_in(0.4, kg=Decimal("70.25")).date == date(2026, 9, 15)


def test_weights_of_years_ago_say_nothing_of_the_last_four_weeks() -> None:
    points = smooth((day(n), 80 - 0.1 * n) for n in range(60))
    assert slope_per_week(points, MONTH, day(59 + 27)) is not None
    assert slope_per_week(points, MONTH, day(59 + 28)) is None


@pytest.mark.django_db
def test_two_that_are_typed_in_at_one_time_are_refused_by_the_database() -> None:
    """Also where both passed the form at once. A scale may have two of one moment, and a deleted one takes none."""
    weigh_in(deleted_at=MORNING)
    weigh_in()
    for kg in (70, 58):
        weigh_in(kg=kg, source="Withings")
    with pytest.raises(ConstraintViolated) as refused:
        weigh_in(kg=71)
    assert refused.value.message_dict == {"measured_at": [SAME_MOMENT]}


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_in_at_one_time_before_that_was_refused_is_kept() -> None:
    constraint = next(
        one for one in WeighIn._meta.constraints if one.name == "weigh_in_typed_in_once_a_moment"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(WeighIn, constraint)
    first, second, third, other = weigh_in(kg=70), weigh_in(kg=71), weigh_in(kg=72), weigh_in(1)
    migration = import_module("weight.migrations.0008_typed_in_once_a_moment")
    migration.move_apart(apps, None)
    with connection.schema_editor() as editor:
        editor.add_constraint(WeighIn, constraint)
    moments = dict(WeighIn.objects.values_list("pk", "measured_at"))
    tiny = timedelta(microseconds=1)
    assert moments == {
        first.pk: MORNING,
        second.pk: MORNING + tiny,
        third.pk: MORNING + 2 * tiny,
        other.pk: MORNING - timedelta(days=1),
    }
