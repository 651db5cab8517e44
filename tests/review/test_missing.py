"""What is missing in the data of a period, each reason once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from journal.models import Answer, Behaviour
from lifetracker.days import days_from
from lifetracker.metrics.reasons import NO_RECORD, PARTLY_KNOWN, Cause, Reason
from lifetracker.models import DayMark, SyncState
from review.missing import missing_of, reason_words, some
from review.periods import Period
from review.sections import Content, Look
from tests.makers import entry, meal
from tests.review.test_numbers import pages_of_a_book, walk
from time_logs.models import TimeEntry

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
TODAY = NOW.date()
MONDAY, SUNDAY = date(2026, 9, 7), date(2026, 9, 13)


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"
    settings.TOGGL_API_TOKEN = "token"


def said(name: str = "2026-W37") -> Content:
    return missing_of(Look(Period.named(name), TODAY))


def lines(name: str = "2026-W37") -> list[str]:
    return [line.text for line in said(name).lines]


def answer(behaviour: Behaviour, first: date, last: date) -> None:
    for day in days_from(first, last):
        Answer.objects.create(behaviour=behaviour, date=day, value=1)


def test_who_records_nothing_misses_nothing() -> None:
    assert not said()


def test_nothing_is_missing() -> None:
    pages_of_a_book(MONDAY, SUNDAY, 10)
    content = said()
    assert content.lead == "Nothing is missing of what you record on most days."
    assert not content.lines


def test_what_nobody_wrote_down_is_told_once() -> None:
    pages_of_a_book(date(2026, 8, 1), MONDAY + timedelta(days=3), 10)
    alcohol, mood = (Behaviour.objects.create(name=name) for name in ("Alcohol", "Mood"))
    answer(alcohol, date(2026, 9, 1), MONDAY + timedelta(days=5))
    answer(mood, date(2026, 9, 1), MONDAY + timedelta(days=3))
    (line,) = said().lines
    assert line.text == "No record: Mood and Pages read on 3 days, Alcohol on 1 day."
    assert line.url == "/journal/"


def test_what_is_written_down_seldom_is_not_missing() -> None:
    pages_of_a_book(MONDAY, MONDAY, 10)
    assert not said(), "nor is nothing missing"


def test_what_began_in_the_period_was_not_missing_before() -> None:
    pages_of_a_book(MONDAY + timedelta(days=4), SUNDAY, 10)
    assert not said(), "nor is nothing missing"


def test_a_question_that_is_not_answered_any_more_is_not_missing() -> None:
    answer(Behaviour.objects.create(name="Alcohol"), date(2026, 8, 20), date(2026, 9, 1))
    assert not said()


def test_what_was_not_read_is_told_first_and_leads_to_connections() -> None:
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 9, 12, tzinfo=UTC)
    SyncState.objects.create(source="Toggl", stream="entry", verified_from=begin, verified_to=end)
    entry(start=datetime(2026, 9, 8, 9, tzinfo=UTC), end=datetime(2026, 9, 8, 11, tzinfo=UTC))
    pages_of_a_book(MONDAY, MONDAY + timedelta(days=3), 10)
    content = said()
    assert [line.text for line in content.lines] == [
        "Toggl has been synced up to 11 September, not further: Tracked time and Deep work on 2 days.",
        "No record: Pages read on 3 days.",
    ]
    assert [line.url for line in content.lines] == ["/connections/", "/own-metrics/"]


def test_before_the_first_record_nothing_is_said() -> None:
    """Toggl was read from 2020 on, and the first entry is of September."""
    moments = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 9, 16, tzinfo=UTC)
    SyncState.objects.create(
        source="Toggl", stream="entry", verified_from=moments[0], verified_to=moments[1]
    )
    entry(start=datetime(2026, 9, 8, 9, tzinfo=UTC), end=datetime(2026, 9, 8, 11, tzinfo=UTC))
    for name in ("2025", "2026-W20", "2000-W01"):
        assert not said(name)
    assert said("2026-W36").lead == ""


def test_a_service_that_is_not_set_up_is_no_reason(settings: Any) -> None:
    """Its export was imported: a day without an entry has no record, and of seldom days nothing is said."""
    settings.TOGGL_API_TOKEN = ""
    for day in (*range(7, 12), *range(1, 6)):
        start = datetime(2026, 9, day, 9, tzinfo=UTC)
        entry(start=start, end=start + timedelta(hours=2))
    assert lines() == ["No record: Tracked time and Deep work on 2 days."]
    TimeEntry.objects.exclude(date=MONDAY).delete()
    assert not lines()


def test_days_of_the_diary_that_are_not_complete_are_told() -> None:
    meal(eaten_at=datetime(2026, 9, 8, 9, tzinfo=UTC))
    walk(MONDAY, SUNDAY, 8_000)
    assert not lines(), "a diary without a complete day says nothing"


def test_today_and_later_days_are_not_missing() -> None:
    pages_of_a_book(MONDAY, TODAY - timedelta(days=1), 10)
    assert said("2026-W38").lead == "Nothing is missing of what you record on most days."


def test_days_that_wait_for_an_answer_are_told() -> None:
    pages_of_a_book(MONDAY, SUNDAY, 10)
    for day, kind in ((8, "sick"), (9, "sick"), (10, "travel")):
        DayMark.objects.create(date=date(2026, 9, day), kind=kind, state=DayMark.State.PROPOSED)
    content = said()
    assert [line.text for line in content.lines] == [
        "2 days proposed as sick wait for your answer.",
        "1 day proposed as travel waits for your answer.",
    ]
    assert content.lines[0].url == "/insights/#day-marks"


def test_reasons_have_dates_as_people_write_them() -> None:
    more = "WHOOP has been synced back to {}, not further."
    reason = Reason(Cause.READ_SERVICE, NO_RECORD, more, date(2025, 12, 31))
    assert (
        reason_words(reason, TODAY) == "WHOOP has been synced back to 31 December 2025, not further"
    )
    assert reason.said() == (
        "There is no record of this day. WHOOP has been synced back to 2025-12-31, not further."
    )


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(Cause.NONE, PARTLY_KNOWN), "Known only in part"),
        (
            Reason(Cause.NONE, NO_RECORD, "Without Strain nobody knows whether there was none."),
            "Without Strain nobody knows whether there was none",
        ),
        (Reason(Cause.RECORD_IT, NO_RECORD, of="Weight"), "Weight: no record"),
        (Reason(Cause.NONE, "Not marked complete."), "Not marked complete"),
    ],
)
def test_reasons_are_short(reason: Reason, words: str) -> None:
    assert reason_words(reason, TODAY) == words


def test_many_names_are_cut() -> None:
    assert some(["A", "B", "C", "D"]) == "A, B, C and D"
    assert some(["A", "B", "C", "D", "E"]) == "A, B, C, D and 1 other"
    assert some(["A", "B", "C", "D", "E", "F"]) == "A, B, C, D and 2 others"


def test_a_year_costs_as_many_statements_as_a_week(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    pages_of_a_book(MONDAY, SUNDAY, 10)
    for name in ("2026-W37", "2026-09", "2026"):
        look = Look(Period.named(name), TODAY)
        with django_assert_num_queries(12):
            missing_of(look)
