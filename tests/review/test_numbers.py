"""The numbers of a period beside what is usual, by stored records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from apple_health.models import AppleDay
from lifetracker.days import days_from
from lifetracker.metrics.registry import metrics
from lifetracker.models import DayMark, SyncState
from own_metrics.models import OwnMetric, OwnValue
from review.choice import SHOWN
from review.numbers import lead_of, numbers_of
from review.periods import Period
from review.sections import Content, Look, Row
from review.usual import Usual
from review.windows import Compared
from tests.makers import entry, weigh_in

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
    assert not content.title
    assert content.note == (
        "Usual is the mean of up to 12 weeks before, and what lies as close to it as they mostly do; days marked as sick, "
        "travel or holiday stay out of it. In a week like any other, about 1 of these 2 numbers lies outside of that by chance."
    )


def test_before_there_are_six_weeks_nothing_is_compared() -> None:
    walk(MONDAY - timedelta(weeks=5), WEEK.last, 8_000)
    content = review()
    assert content.lead == "What is usual can be said once 6 of the 12 weeks before are known."
    assert content.title == "Beside the week before"
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
    content = review()
    assert row(content, "Steps").words == ""
    assert content.lead == (
        "What is usual can be said once 6 of the 12 weeks before are known and not mostly marked as sick, travel or holiday."
    )


def test_days_of_illness_are_said_before_what_differs() -> None:
    walk(MONDAY - timedelta(weeks=7), MONDAY - timedelta(days=1), 8_000)
    walk(MONDAY, WEEK.last, 1_000)
    for day in days_from(MONDAY, MONDAY + timedelta(days=4)):
        DayMark.objects.create(date=day, kind=DayMark.Kind.SICK)
    assert review().lead == (
        "5 days of this week are marked as sick. Farthest from usual: Steps (far below)."
    )
    DayMark.objects.create(date=WEEK.last, kind=DayMark.Kind.TRAVEL)
    assert review().lead.startswith("5 days of this week are marked as sick, 1 as travel. ")
    DayMark.objects.filter(kind=DayMark.Kind.SICK).update(state=DayMark.State.PROPOSED)
    assert review().lead.startswith("1 day of this week is marked as travel. ")


def lead_by(*deviations: float) -> str:
    """Return the sentence above numbers that lie so far from what is usual."""
    keys = sorted(key for line in SHOWN for key in line)[: len(deviations)]
    found = [
        Compared(
            metrics[key], 1.0, 7, 7, False, Usual(1.0, 0.0, 2.0, deviation, 12), None, [1.0] * 7
        )
        for key, deviation in zip(keys, deviations, strict=True)
    ]
    return lead_of(found, {key: key for key in keys}, WEEK)


def test_no_more_than_chance_brings_is_a_week_like_most() -> None:
    """Of 15 numbers 5.4 are off by chance, and 1.1 so far."""
    few = lead_by(2.5, 1.5, -1.2, *[0.3] * 12)
    assert few.startswith(
        "A week like most: 3 of 15 numbers are off, and by chance about 5 would be. Farthest from usual: "
    )
    for many in ([2.5, 2.1, *[0.3] * 13], [2.5, *[1.5] * 5, *[0.3] * 9]):
        assert lead_by(*many).startswith("Farthest from usual: ")
    assert (
        lead_by(1.5, *[0.3] * 14) == "Nothing is far from usual. 1 of 15 numbers is a little off."
    )


def test_an_illness_without_any_number_is_said() -> None:
    DayMark.objects.create(date=MONDAY, kind=DayMark.Kind.SICK)
    assert review() == Content(lead="1 day of this week is marked as sick.")


def test_a_running_week_says_how_it_is_compared() -> None:
    walk(MONDAY - timedelta(weeks=7), MONDAY + timedelta(days=2), 8_000)
    content = review(today=MONDAY + timedelta(days=2))
    assert row(content, "Steps").known == ""
    assert content.note.endswith(
        " Its days so far are compared with the same days of the weeks before; of today only what its night brought, such "
        "as sleep."
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
    assert (only.value, only.words, only.known) == (
        "8,000 a day",
        "1 January to 19 September 2025: 7,000 a day",
        "",
    )
    assert list(only.values) == [8_000.0] * 9
    assert (content.lead, content.note) == (
        "",
        "Its days so far are compared with as many days of the years before; of today only what its night brought, such "
        "as sleep.",
    )


def track(first: date, last: date, hours: float) -> None:
    """Track so many hours on each day. Toggl was read from the beginning of 2020 on."""
    SyncState.objects.get_or_create(
        source="Toggl",
        stream="entry",
        defaults={
            "verified_from": datetime(2020, 1, 1, tzinfo=UTC),
            "verified_to": datetime(2026, 12, 1, tzinfo=UTC),
        },
    )
    for day in days_from(first, last):
        start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        entry(start=start, end=start + timedelta(hours=hours))


def test_weeks_of_rest_are_known_once_it_has_begun() -> None:
    """7 h on Monday up to 60 weeks ago, rest in the weeks 12 to 7 before, then 7 h again: 42 h in 12 weeks."""
    for back in (60, *range(7)):
        track(MONDAY - timedelta(weeks=back), MONDAY - timedelta(weeks=back), 7)
    assert row(review(), "Tracked time").words == "about the usual 3 h 30"


def test_a_rest_of_twelve_weeks_is_usual() -> None:
    track(MONDAY - timedelta(weeks=14), MONDAY - timedelta(weeks=14), 7)
    track(MONDAY, MONDAY, 7)
    content = review()
    assert row(content, "Tracked time").words.endswith("above the usual 0 min")
    assert "can be said once" not in content.lead


def test_days_before_the_first_record_are_unknown() -> None:
    track(date(2024, 3, 31), date(2024, 4, 1), 3)
    one = row(review("2024"), "Tracked time")
    assert (one.value, one.known, one.words) == ("at least 6 h 00", "276 of 366 days", "")
    one = row(review("2024-03"), "Tracked time")
    assert (one.value, one.known) == ("at least 3 h 00", "1 of 31 days")
    assert list(one.values) == [None] * 30 + [3.0]
    assert not review("2023")


def test_the_year_before_is_what_its_own_review_says() -> None:
    """2024 had 366 days, one of which was marked."""
    walk(date(2024, 1, 1), date(2025, 12, 31), 7_000)
    AppleDay.objects.filter(date=date(2024, 5, 1)).update(steps=737_000)
    DayMark.objects.create(date=date(2024, 5, 1), kind=DayMark.Kind.SICK)
    track(date(2023, 12, 31), date(2025, 1, 1), 1)
    own, before = review("2024"), review("2025")
    assert (row(own, "Steps").value, row(own, "Tracked time").value) == ("8,995 a day", "366 h 00")
    assert row(before, "Steps").words == "2024: 8,995 a day"
    assert row(before, "Tracked time").words == "2024: 366 h 00"


def test_a_running_year_is_beside_the_same_days_of_the_year_before() -> None:
    track(date(2025, 1, 1), date(2025, 3, 1), 1)
    track(date(2026, 1, 1), date(2026, 1, 1), 1)
    words = row(review("2026"), "Tracked time").words
    assert words == "1 January to 19 September 2025: 60 h 00"


def test_a_year_costs_as_many_statements_as_a_week(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    walk(MONDAY, WEEK.last, 8_000)
    pages_of_a_book(MONDAY, WEEK.last, 10)
    for name in ("2026-W37", "2026-09", "2026"):
        with django_assert_num_queries(13):
            review(name)
