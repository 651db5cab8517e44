"""The numbers of a period beside what is usual, by stored records."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from apple_health.models import AppleDay
from lifetracker.days import days_from
from lifetracker.metrics.registry import metrics
from lifetracker.models import DayMark
from own_metrics.models import OwnMetric, OwnValue
from review.choice import SHOWN
from review.numbers import numbers_of
from review.periods import Period
from review.sections import Content, Look, Row
from tests.makers import weigh_in

pytestmark = pytest.mark.django_db

WEEK = Period.named("2026-W37")
LATER = date(2026, 9, 20)
MONDAY = date(2026, 9, 7)


def steps(day: date, number: int) -> AppleDay:
    return AppleDay(
        source="AppleHealth",
        source_id=f"{day}",
        date=day,
        reported_at="2026-09-20T00:00Z",
        steps=number,
    )


def walk(first: date, last: date, number: int) -> None:
    AppleDay.objects.bulk_create(steps(day, number) for day in days_from(first, last))


def pages_of_a_book(first: date, last: date, number: float) -> None:
    own, _ = OwnMetric.objects.get_or_create(name="Pages read", unit="pages")
    for day in days_from(first, last):
        OwnValue.objects.create(metric=own, date=day, value=number)


def review(name: str = "2026-W37", today: date = LATER) -> Content:
    return numbers_of(Look(Period.named(name), today))


def row(content: Content, name: str) -> Row:
    return next(one for one in content.rows if one.name == name)


def test_every_number_that_may_be_shown_is_there() -> None:
    keys = [key for line in SHOWN for key in line]
    assert set(keys) <= metrics.keys()
    assert len(keys) == len(set(keys))
    assert len(SHOWN) <= 16


def test_who_has_nothing_reads_nothing() -> None:
    assert not review()


def test_a_week_that_has_not_come_says_nothing() -> None:
    assert not review("2026-W50")


def test_what_differs_stands_first() -> None:
    walk(MONDAY - timedelta(weeks=12), MONDAY - timedelta(days=1), 8_000)
    walk(MONDAY, WEEK.last, 8_050)
    pages_of_a_book(MONDAY - timedelta(weeks=7), MONDAY - timedelta(days=1), 10)
    pages_of_a_book(MONDAY, WEEK.last - timedelta(days=1), 12)
    content = review()
    assert [one.name for one in content.rows] == ["Pages read", "Steps"]
    own, steps_of = content.rows
    assert (own.value, own.known) == ("12 pages", "6 of 7 days")
    assert own.words == "well above the usual 10 pages"
    assert list(own.values) == [12.0] * 6 + [None]
    assert own.url == "/own-metrics/"
    assert (steps_of.value, steps_of.known) == ("8,050 a day", "")
    assert steps_of.words == "about the usual 8,000 a day"
    assert steps_of.url == "/apple-health/?from=2026-09-07&to=2026-09-13"
    assert content.lead == "Farthest from usual: Pages read (well above)."
    assert content.note == (
        "Usual is the mean of up to 12 weeks before, give or take their standard deviation; days marked as sick, travel "
        "or holiday stay out of it. In a week like any other, about 1 of these 2 numbers lies outside of that by chance."
    )


def test_before_there_are_six_weeks_nothing_is_compared() -> None:
    walk(MONDAY - timedelta(weeks=5), WEEK.last, 8_000)
    content = review()
    assert content.lead == "What is usual can be said once 6 of the 12 weeks before are known."
    assert [(one.value, one.words) for one in content.rows] == [
        ("8,000 a day", "31 August to 6 September 2026: 8,000 a day")
    ]
    assert content.note == ""


def test_marked_days_stay_out() -> None:
    """Seven weeks, two of which are marked, leave five."""
    walk(MONDAY - timedelta(weeks=7), WEEK.last, 8_000)
    assert row(review(), "Steps").words == "about the usual 8,000 a day"
    for day in days_from(MONDAY - timedelta(weeks=2), MONDAY - timedelta(days=1)):
        DayMark.objects.create(date=day, kind=DayMark.Kind.SICK)
    assert row(review(), "Steps").words == ""


def test_a_running_week_says_how_it_is_compared() -> None:
    walk(MONDAY - timedelta(weeks=7), MONDAY + timedelta(days=2), 8_000)
    content = review(today=MONDAY + timedelta(days=2))
    assert row(content, "Steps").known == ""
    assert content.note.endswith(
        " Its days so far are compared with the same days of the weeks before; today counts only in what is known on "
        "waking."
    )


def test_weights_are_in_the_unit_of_their_owner() -> None:
    for back in range(3, 80):
        weigh_in(back, 70)
    assert row(review(), "Weight").words == "about the usual 70.0 kg"


def test_a_year_is_compared_with_the_one_before_while_there_are_few() -> None:
    walk(date(2025, 1, 1), date(2025, 12, 31), 7_000)
    walk(date(2026, 1, 1), date(2026, 9, 19), 8_000)
    content = review("2026")
    (only,) = content.rows
    assert (only.value, only.words, only.known) == ("8,000 a day", "2025: 7,000 a day", "")
    assert list(only.values) == [8_000.0] * 9
    assert (content.lead, content.note) == (
        "",
        "Its days so far are compared with as many days of the years before; today counts only in what is known on "
        "waking.",
    )


def test_a_year_costs_as_many_statements_as_a_week(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    walk(MONDAY, WEEK.last, 8_000)
    pages_of_a_book(MONDAY, WEEK.last, 10)
    for name in ("2026-W37", "2026-09", "2026"):
        with django_assert_num_queries(12):
            review(name)
