"""What its owner uses, read from what is stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lifetracker.days import ONE_DAY, midnight
from lifetracker.metrics.reasons import Reasons
from lifetracker.metrics.registry import metrics, metrics_of
from lifetracker.metrics.series import read_series
from lifetracker.metrics.verified import Verified
from nutrition.expenditure import used_between
from nutrition.models import CompleteDay
from tests import makers
from tests.nutrition.eating import complete, days_of, eat
from whoop.models import KILOJOULES_PER_KILOCALORIE, WhoopCycle

pytestmark = pytest.mark.django_db

FIRST = date(2026, 3, 10)
LAST = FIRST + 27 * ONE_DAY
DAYS = days_of(FIRST, 28)


def moment(day: date, hour: float) -> datetime:
    return midnight(day) + timedelta(hours=hour)


@pytest.fixture
def weeks() -> None:
    """Four complete weeks of 2,000 kcal a day, in which 50 g a day were lost, and of which WHOOP says 2,600 kcal."""
    for at, day in enumerate(DAYS):
        eat(moment(day, 12), kcal=1500)
        eat(moment(day, 18), kcal=500)
        makers.weigh_in(measured_at=moment(day, 7), weight_kg=80 - 0.05 * at)
        # What one weighs in the evening enters no slope.
        makers.weigh_in(measured_at=moment(day, 21), weight_kg=82)
        WhoopCycle.objects.create(
            source="Whoop", source_id=str(at), cycle_id=at, date=day, score_state="SCORED",
            start_time=moment(day, 0), end_time=moment(day, 23), utc_offset_min=0, strain=10,
            kilojoules=2600 * KILOJOULES_PER_KILOCALORIE,
        )  # fmt: skip
    complete(*DAYS)


@pytest.mark.usefixtures("weeks")
def test_four_weeks_of_a_diary() -> None:
    found = used_between(LAST, LAST).newest
    assert found
    assert found.kcal == pytest.approx(2385)
    assert found.whoop
    assert found.whoop.kcal == pytest.approx(2600)
    assert (found.day, found.days, found.whoop.days) == (LAST, 28, 28)
    # Two weeks later 14 complete days are left, and a day after that 13; the weights span 14 days by then.
    later = used_between(LAST, LAST + 10 * ONE_DAY).days
    assert [one is not None for one in later] == [True] * 8 + [False] * 3


@pytest.mark.usefixtures("weeks")
def test_the_metric_says_the_same_with_its_band() -> None:
    CompleteDay.objects.filter(date__in=DAYS[3:8]).delete()
    wanted = [metrics[f"nutrition.{name}"] for name in ("expenditure", "expenditure_band")]
    kcal, band = read_series(wanted, DAYS[-5], LAST).values()
    said = used_between(DAYS[-5], LAST).days
    assert all(said)
    assert kcal.values == [one and one.kcal for one in said]
    assert band.values == [one and one.band for one in said]


@pytest.mark.usefixtures("weeks")
def test_too_few_days_are_said_to_be_too_few() -> None:
    verified = Verified()
    keys = ("nutrition.expenditure", "nutrition.kcal", "weight.morning")
    reasons = Reasons(verified, read_series(metrics_of(keys), FIRST, LAST, verified))
    metric = metrics["nutrition.expenditure"]
    assert reasons.why(metric, DAYS[12]) == "Too few of the days before it are known."
    assert reasons.why(metric, LAST) == ""


@pytest.mark.usefixtures("weeks")
def test_a_year_costs_as_many_statements_as_a_day(django_assert_max_num_queries: Any) -> None:
    for first in (LAST, LAST - timedelta(days=365)):
        with django_assert_max_num_queries(2):
            used_between(first, LAST)
