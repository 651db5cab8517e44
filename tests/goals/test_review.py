"""How goals ended in a week, a month and a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from goals.models import FreePeriod, Goal
from goals.review import Outcome, goals_of, lead_of
from lifetracker.days import days_from
from own_metrics.models import OwnMetric, OwnValue
from review.periods import Period
from review.sections import Content, Look, Row
from tests import makers

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
TODAY = NOW.date()
MONDAY, SUNDAY = date(2026, 9, 7), date(2026, 9, 13)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"


@pytest.fixture
def pages(db: None) -> str:
    """Return the key of a metric with ten pages read on each day but Sunday of the last week."""
    own = OwnMetric.objects.create(name="Pages read", unit="pages", per_day=OwnMetric.PerDay.SUM)
    for day in days_from(date(2026, 8, 1), SUNDAY - timedelta(days=1)):
        OwnValue.objects.create(metric=own, date=day, value=10)
    return f"own.{own.pk}"


def goal(metric: str, name: str, target: float, **fields: Any) -> Goal:
    values = {"kind": "total", "per": "week", "start": date(2026, 8, 1)}
    return makers.goal(**values | {"metric": metric, "name": name, "target": target} | fields)


def said(name: str = "2026-W37") -> Content:
    return goals_of(Look(Period.named(name), TODAY))


def words(row: Row) -> tuple[str, str, str, str]:
    return row.name, row.value, row.words, row.known


def test_without_goals_there_is_nothing_to_say(pages: str) -> None:
    assert not said()
    goal(pages, "Later", 50, start=date(2026, 9, 14))
    assert not said()


def test_a_week_that_ended(pages: str) -> None:
    one = goal(pages, "Read", 50)
    goal(pages, "Read more", 70)
    goal(pages, "Read less", 55, direction="at_most")
    content = said()
    assert [words(row) for row in content.rows] == [
        ("Read less", "at least 60 pages", "missed (at most 55 pages a week)", "6 of 7 days"),
        (
            "Read more",
            "at least 60 pages",
            "not known whether reached (70 pages a week)",
            "6 of 7 days",
        ),
        ("Read", "at least 60 pages", "reached (50 pages a week)", "6 of 7 days"),
    ]
    assert content.lead == (
        "1 of 2 goals were reached. Of 1 goal it is not known whether it was reached."
    )
    assert content.suggestions == ["Read less: at most 55 pages a week"]
    assert content.rows[2].url == f"/goals/{one.pk}/"


def test_days_of_a_week_are_counted(pages: str) -> None:
    goal(pages, "Daily", 10, per="day")
    (row,) = said().rows
    assert words(row) == (
        "Daily",
        "reached on 6 of 6 days",
        "10 pages a day",
        "6 of 7 days can be judged",
    )
    assert said().lead == "Of 1 goal it is not known whether it was reached."


def test_weeks_of_a_month_are_counted(pages: str) -> None:
    goal(pages, "Read", 70)
    content = said("2026-08")
    (row,) = content.rows
    assert words(row) == ("Read", "reached in 5 of 5 weeks", "70 pages a week", "")
    assert content.lead == "One goal was reached every time."
    assert content.note == (
        "A week of a goal counts in the month in which it ends; an intention in the month in which its week begins."
    )


def test_what_ends_later_stands_as_it_is(pages: str) -> None:
    goal(pages, "Monthly", 1000, per="month")
    content = said()
    assert [words(row) for row in content.rows] == [
        (
            "Monthly",
            "120 pages",
            "so far: behind by 313.33 pages (1,000 pages a month)",
            "12 of 13 days",
        )
    ]
    assert content.lead == ""


def test_a_running_week_stands_as_it_is(pages: str) -> None:
    goal(pages, "Read", 50)
    (row,) = said("2026-W38").rows
    assert row.words.startswith("so far: ")
    assert row.words.endswith("(50 pages a week)")


def test_free_weeks_ask_for_nothing(pages: str) -> None:
    one = goal(pages, "Read", 50)
    FreePeriod.objects.create(goal=one, start=MONDAY, end=SUNDAY)
    assert [words(row) for row in said().rows] == [("Read", "free", "50 pages a week", "")]


def test_a_value_to_reach_lies_to_its_line() -> None:
    for day in days_from(date(2026, 8, 1), SUNDAY):
        makers.weigh_in(
            measured_at=datetime(day.year, day.month, day.day, 6, tzinfo=UTC), weight_kg=80
        )
    for name, target in (("Lose", 70), ("Gain", 80)):
        goal(
            "weight.trend",
            name,
            target,
            kind="reach",
            per="",
            direction="at_most",
            start=date(2026, 8, 24),
            end=date(2026, 10, 3),
        )
    content = said()
    assert content.lead == "1 of 2 values are on the line to what they shall reach."
    assert not content.suggestions, "a value to reach is nothing to do within a week"
    lose, gain = content.rows
    assert words(gain) == ("Gain", "80 kg", "on its line (80 kg by 3 October)", "")
    assert words(lose) == ("Lose", "80 kg", "5 kg above its line (70 kg by 3 October)", "")


def test_a_goal_on_what_is_gone_says_so(pages: str) -> None:
    goal(pages, "Read", 50)
    OwnMetric.objects.all().delete()
    (row,) = said().rows
    assert row.value == "not known"
    assert row.words.startswith("What this goal measures is not there any more")


def test_many_goals_are_cut_and_counted(pages: str) -> None:
    for number in range(22):
        goal(pages, f"Read {number:02}", 50)
    content = said()
    assert len(content.rows) == 20
    assert [line.text for line in content.lines] == ["2 more goals on the page of goals."]


@pytest.mark.parametrize(
    ("states", "lead"),
    [
        ([], ""),
        (["reached"], "One goal was reached."),
        (["missed"], "One goal was not reached."),
        (["missed", "missed"], "None of 2 goals was reached."),
        (["missed", "reached"], "1 of 2 goals were reached."),
        (["unknown", "unknown"], "Of 2 goals it is not known whether they were reached."),
    ],
)
def test_the_lead_counts_goals(states: list[Any], lead: str) -> None:
    assert lead_of([Outcome(state, Row("Read", "")) for state in states]) == lead


def test_a_year_costs_what_a_week_does(
    pages: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for per in ("day", "week", "month"):
        goal(pages, per, 50, per=per)
    for name, statements in (("2026-W37", 7), ("2026", 4), ("2026-08", 4)):
        look = Look(Period.named(name), TODAY)
        with django_assert_num_queries(statements):
            goals_of(look)
