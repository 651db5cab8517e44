"""The page of the review: a week, a month, a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lifetracker import urls  # noqa: F401 - with which the sections are found
from review.mail_parts import parts_of
from review.periods import Period
from review.reading import read_review
from review.sections import Content, Line, Look, Row, Section, register_section, sections
from tests import makers

pytestmark = pytest.mark.django_db
# A Wednesday.
NOW = datetime(2026, 9, 16, 12, tzinfo=UTC)
LAST_WEEK, THIS_WEEK, NEXT_WEEK = "2026-W37", "2026-W38", "2026-W39"
#: Of a page, with the two of the login.
STATEMENTS = [("", 31), ("2026-08", 31), ("2025", 31)]
RUNNING = [
    (THIS_WEEK, "This week is not over. 2 of its 7 days are, and"),
    ("2026-09", "This month is not over. 15 of its 30 days are, and"),
    ("2026", "This year is not over. 258 of its 365 days are, and"),
]


@pytest.fixture
def page(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(User.objects.create_superuser("robin"))
    return client


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Look]]:
    """Leave the sections of all apps out, and have one that keeps what it was asked."""
    looks: list[Look] = []

    def read(look: Look) -> Content:
        looks.append(look)
        return Content(
            lead=f"{look.period.days} days.",
            rows=[Row("Sleep <b>", "7 h 04", "as usual", "6 of 7 days", "/whoop/", [7, None, 8])],
            lines=[Line("Nothing stood out.", "/insights/")],
            note="Made up.",
        )

    kept = dict(sections)
    sections.clear()
    register_section(Section("made-up", "Made up", 10, read))
    yield looks
    sections.clear()
    sections.update(kept)


def shown(page: Client, name: str = "", status: int = 200) -> str:
    answer: Any = page.get(f"/review/{name}", headers={"accept": "text/html"})
    assert answer.status_code == status
    return str(answer.text)


def test_it_opens_with_the_last_whole_week(page: Client, asked: list[Look]) -> None:
    said = shown(page)
    assert "7 to 13 September 2026" in said
    assert (asked[0].period.name, asked[0].last) == (LAST_WEEK, date(2026, 9, 13))
    assert "is not over" not in said
    assert f'href="/review/{THIS_WEEK}" rel="next"' in said
    assert 'href="/review/2026-W36" rel="prev"' in said
    assert said.count("7 days.") == 1
    assert "Sleep &lt;b&gt;" in said
    assert "6 of 7 days" in said
    assert 'aria-label="Sleep &lt;b&gt;: 2 of 3 values known."' in said


@pytest.mark.parametrize(("name", "words"), RUNNING)
def test_what_is_not_over_says_so(page: Client, asked: list[Look], name: str, words: str) -> None:
    said = shown(page, name)
    assert words in said
    assert asked[0].last == NOW.date()
    assert 'rel="next"' not in said


def test_on_its_first_day_nothing_is_over(
    page: Client, asked: list[Look], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW - timedelta(days=2))
    assert "This week has begun today." in shown(page, THIS_WEEK)
    monkeypatch.setattr(timezone, "now", lambda: NOW - timedelta(days=1))
    assert "1 of its 7 days is, and only" in shown(page, THIS_WEEK)


def test_each_length_leads_to_the_others(page: Client, asked: list[Look]) -> None:
    assert f'href="/review/{LAST_WEEK}" aria-current="true">Week' in shown(page)
    said = shown(page, "2026-08")
    assert 'href="/review/2026-W36">Week' in said
    assert 'href="/review/2026-08" aria-current="true">Month' in said
    assert 'href="/review/2026">Year' in said
    assert 'href="/review/2026-W38">Week' in shown(page, "2026"), "of a year, the running week"


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("2026-48", 400, "There is no 2026-48 in the calendar."),
        ("2025-W53", 400, "There is no 2025-W53 in the calendar."),
        ("today", 400, "Write a week as 2026-W48, a month as 2026-11, or a year as 2026."),
        (NEXT_WEEK, 404, "21 to 27 September 2026 has not come yet."),
        ("2027", 404, "2027 has not come yet."),
        ("1850", 404, "The year must be between 1900 and 2199."),
    ],
)
def test_wrong_names_say_what_to_write(page: Client, name: str, status: int, words: str) -> None:
    said = shown(page, name, status)
    assert words in said
    assert 'href="/review/">Go to the last whole week' in said


def test_days_before_the_first_record_are_named(page: Client, asked: list[Look]) -> None:
    assert "There are no records yet." in shown(page)
    makers.weigh_in(measured_at=NOW - timedelta(days=5))
    first = "Your first record is of Friday 11 September."
    assert f"{first} Nothing is known of the days before it in this week." in shown(page)
    assert "It is later than this year." in shown(page, "2025")
    assert "first record" not in shown(page, THIS_WEEK)


def test_without_sections_there_is_nothing_to_say(page: Client, asked: list[Look]) -> None:
    sections.clear()
    assert "There is nothing to say of this month." in shown(page, "2026-08")
    assert "One intention a week" in shown(page)


def test_what_stands_above_alone_is_no_empty_card(page: Client, asked: list[Look]) -> None:
    sections.clear()
    register_section(Section("made-up", "Made up", 10, lambda _: Content(lead="Nothing new.")))
    said = shown(page, "2026-08")
    assert said.count("Nothing new.") == 1
    assert "Made up" not in said
    assert [part.title for part in parts_of(read_review(Period.named("2026-08"), NOW.date()))] == []


@pytest.mark.parametrize(("name", "statements"), STATEMENTS)
def test_it_costs_the_same_however_much_there_is(
    page: Client, django_assert_num_queries: DjangoAssertNumQueries, name: str, statements: int
) -> None:
    shown(page, name)
    for first in range(2):
        for back in range(first, 700, 14 if first else 2):
            makers.weigh_in(back, 70)
            makers.intention(back // 2 * 2 + first, "Read more")
        with django_assert_num_queries(statements):
            shown(page, name)


def test_today_leads_to_it_on_a_monday(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    way = '<a href="/review/">Last week on one page</a>'
    monkeypatch.setattr(timezone, "now", lambda: NOW - timedelta(days=2))
    assert way not in today(page), "without a record it leads to the first steps"
    makers.weigh_in(measured_at=NOW - timedelta(days=3))
    assert way in today(page)
    assert way not in today(page, "?day=2026-09-07"), "a Monday that is over"
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    assert way not in today(page)


def today(page: Client, query: str = "") -> str:
    answer: Any = page.get(f"/{query}", headers={"accept": "text/html"})
    return str(answer.text)


def test_insights_lead_to_it(page: Client) -> None:
    answer: Any = page.get("/insights/", headers={"accept": "text/html"})
    assert 'href="/review/">Review of last week' in answer.text
