"""Experiments in a week, a month and a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from experiments.design import Arm
from experiments.models import Experiment
from experiments.review import experiments_of
from lifetracker.days import days_from, midnight
from lifetracker.models import DayMark
from review.periods import Period
from review.sections import Content, Look, Row
from tests import makers

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
TODAY = NOW.date()
RESULT = {
    "verdict": "keep",
    "reason": "better",
    "effect": {"estimate": 4.2, "low": 1.1, "high": 7.3, "known_pairs": 10},
    "smallest": 3.0,
}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"


def experiment(start: date, state: str = "running", **fields: Any) -> Experiment:
    made = makers.experiment(**fields)
    Experiment.objects.filter(pk=made.pk).update(start=start, state=state)
    made.refresh_from_db()
    return made


def said(name: str = "2026-W37", today: date = TODAY) -> Content:
    return experiments_of(Look(Period.named(name), today))


def fast_by_the_plan(one: Experiment, first: date, last: date, broken: int = 0) -> None:
    for at, day in enumerate(days_from(first, last)):
        is_long = (one.arm_on(day) is Arm.A) != (at < broken)
        end = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        hours = 18 if is_long else 14
        makers.fast(start=end - timedelta(hours=hours), end=end)


def test_without_experiments_there_is_nothing_to_say() -> None:
    assert not said()
    makers.experiment()
    experiment(date(2026, 9, 14))
    assert not said()


def test_of_a_running_one_the_kept_days_are_told_and_no_outcome() -> None:
    """The first day of each block does not count, be it kept or not."""
    one = experiment(date(2026, 9, 9))
    fast_by_the_plan(one, date(2026, 9, 9), date(2026, 9, 12), broken=1)
    (row,) = said().rows
    assert row == Row(
        "Does a long fast lift my HRV?",
        "2 of 2 days kept",
        "of those that count; in all, 5 of 60 days are over",
        "2 of 3 days",
        f"/experiments/{one.pk}/",
    )


def test_today_is_not_over() -> None:
    experiment(date(2026, 9, 14))
    (row,) = said("2026-W38").rows
    assert (row.value, row.words, row.known) == (
        "not known",
        "of those that count; in all, 2 of 60 days are over",
        "0 of 1 day",
    )


def test_one_that_nothing_judges_says_so() -> None:
    experiment(date(2026, 9, 7), action="", try_at_least=None, usual_below=None)
    (row,) = said().rows
    assert (row.value, row.words, row.known) == (
        "",
        "7 of 60 days are over, whether they were kept is not checked",
        "",
    )


def test_days_that_are_not_checked_are_not_counted() -> None:
    one = experiment(date(2026, 9, 7), usual_below=None)
    (row,) = said().rows
    week = days_from(date(2026, 9, 7), date(2026, 9, 13))
    days = sum(one.arm_on(day) is Arm.A and at % 3 > 0 for at, day in enumerate(week))
    assert (row.value, row.known) == ("not known", f"0 of {days} days")
    fast_by_the_plan(one, date(2026, 9, 7), date(2026, 9, 13))
    assert said().rows[0].value == f"{days} of {days} days of A kept"


def test_marked_days_are_not_counted() -> None:
    one = experiment(date(2026, 9, 7), washout_days=0)
    fast_by_the_plan(one, date(2026, 9, 7), date(2026, 9, 13))
    assert (said().rows[0].value, said().rows[0].words) == (
        "7 of 7 days kept",
        "7 of 60 days are over",
    )
    day = date(2026, 9, 9)
    DayMark.objects.create(date=day, kind="sick", confirmed_at=midnight(day))
    assert (said().rows[0].value, said().rows[0].words) == (
        "6 of 6 days kept",
        "of those that count; in all, 7 of 60 days are over",
    )


def test_what_came_of_one_that_ended_is_told() -> None:
    """Sixty days up to 11 September, and the outcome of the day after."""
    one = experiment(date(2026, 7, 14), "ended")
    content = said()
    assert [line.text for line in content.lines] == [
        "Does a long fast lift my HRV? Its days are over. Its result is reckoned two days after the last outcome."
    ]
    Experiment.objects.filter(pk=one.pk).update(result=RESULT)
    (line,) = said().lines
    assert line.text == (
        "Does a long fast lift my HRV? HRV was 4.2 ms higher on days of “fast for 17 hours” than on days of "
        "“eat as usual” (likely 1.1 to 7.3 ms higher). Keep it: you wanted it higher, and chance alone seldom brings as much."
    )
    assert line.url == f"/experiments/{one.pk}/"
    assert not said("2026-W38")
    assert len(said("2026-W36").rows) == 1, "it ran then"


def test_one_that_was_stopped_is_told() -> None:
    experiment(date(2026, 9, 1), "stopped", stopped_on=date(2026, 9, 10), question="More tea")
    assert [line.text for line in said().lines] == [
        "More tea: Not decided: it was stopped on 10 September 2026, before its end."
    ]


def test_a_year_costs_what_a_week_does(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for back in (0, 3):
        experiment(date(2026, 9, 7) - timedelta(days=back))
    for name in ("2026-W37", "2026"):
        look = Look(Period.named(name), TODAY)
        with django_assert_num_queries(4):
            experiments_of(look)
