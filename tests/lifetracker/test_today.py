"""Today: the day that is shown, the way to others, and where the cards stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from lifetracker.days import OUT_OF_RANGE
from lifetracker.metrics.verified import Verified
from lifetracker.web.cards import Place, Visit, cards_in_order
from lifetracker.web.freshness import completeness, flags, last_reads
from lifetracker.web.source_status import source_statuses
from lifetracker.web.today import sentence_of
from tests.browser import scenes
from tests.browser.scenes import NOW, TODAY
from tests.nutrition.eating import eat
from tests.whoop.test_web_pages import text_of
from whoop.metrics import strain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    settings.TIME_ZONE = "UTC"


def test_steps_lead_from_day_to_day_up_to_today(visitor: Client) -> None:
    html = visitor.get("/").text
    assert 'href="/?day=2026-09-15" rel="prev" aria-label="Tuesday 15 September"' in html
    assert 'rel="next"' not in html
    html = visitor.get("/?day=2026-09-15").text
    assert 'href="/?day=2026-09-14" rel="prev"' in html
    assert 'href="/" rel="next" aria-label="Wednesday 16 September"' in html
    assert '<time datetime="2026-09-15">Tuesday 15 September</time>' in html


def test_a_day_of_another_year_says_it(visitor: Client) -> None:
    html = visitor.get("/?day=2025-12-31").text
    assert "Wednesday 31 December 2025</time>" in html
    assert 'aria-label="Thursday 1 January"' in html


def test_the_first_day_has_none_before_it(visitor: Client) -> None:
    assert 'rel="prev"' not in visitor.get("/?day=1900-01-01").text


@pytest.mark.parametrize(
    ("day", "status", "words"),
    [
        (
            "2026-02-30",
            400,
            "There is no day 2026-02-30 in the calendar. Choose one such as 2026-09-16.",
        ),
        ("yesterday", 400, "There is no day yesterday in the calendar."),
        ("<b>", 400, "There is no day <b> in the calendar."),
        ("2026-09-17", 404, "17 September has not come yet."),
        ("1850-01-01", 404, OUT_OF_RANGE),
        ("2300-01-01", 404, OUT_OF_RANGE),
    ],
)
def test_no_such_day_is_told_with_the_way_back(
    visitor: Client, day: str, status: int, words: str
) -> None:
    answer = visitor.get("/", {"day": day})
    assert answer.status_code == status
    assert f"Error {status}" in text_of(answer)
    assert words in text_of(answer)
    assert '<a class="button primary" href="/">Go to today</a>' in answer.text


def test_the_owners_day_may_be_asked_for_before_it_has_come_at_home(visitor: Client) -> None:
    scenes.cycle(utc_offset_min=14 * 60)
    answer = visitor.get("/?day=2026-09-17")
    assert answer.status_code == 200
    assert "Thursday 17 September" in text_of(answer)


def test_a_day_before_today_is_over() -> None:
    assert Visit(NOW, TODAY, TODAY - timedelta(days=1), {}).is_past
    assert not Visit(NOW, TODAY, TODAY, {}).is_past


def test_cards_of_the_same_records_read_them_once() -> None:
    asked: list[Visit] = []

    def read(visit: Visit) -> int:
        asked.append(visit)
        return len(asked)

    visit = Visit(NOW, TODAY, TODAY, {})
    assert (visit.once(read), visit.once(read)) == (1, 1)
    assert asked == [visit]


def test_a_visit_knows_what_was_read_without_a_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    scenes.state("cycle")
    scenes.connection()
    visit = Visit(NOW, TODAY, TODAY, {one.name: one for one in source_statuses()})
    with django_assert_num_queries(0):
        told = visit.verified.of(strain)
    assert told == Verified().of(strain)
    assert told is not None
    assert told.end == NOW


def test_each_card_stands_in_its_place(visitor: Client) -> None:
    scenes.full()
    scenes.apple_health()
    eat(NOW, kcal=700)
    html = visitor.get("/").text
    row = html.split('class="grid small-row"')[1]
    for card in cards_in_order():
        if card.place is Place.SMALL:
            assert f'aria-labelledby="{ {"cycle": "strain"}.get(card.name, card.name) }"' in row


# --- The sentence of a page without WHOOP ---------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "back", "sentence"),
    [
        ([], 0, "Nothing is known of this day yet."),
        (["", ""], 1, "Nothing is known of this day."),
        (["72.4 kg", ""], 0, "So far today: 72.4 kg."),
        (["72.4 kg", "3 commits"], 0, "So far today: 72.4 kg and 3 commits."),
        (
            ["72.4 kg", "30 min tracked", "1 commit"],
            1,
            "On this day: 72.4 kg, 30 min tracked and 1 commit.",
        ),
    ],
)
def test_the_sentence_of_what_cards_know(words: list[str], back: int, sentence: str) -> None:
    visit = Visit(NOW, TODAY, TODAY - timedelta(days=back), {})
    assert sentence_of(words, visit) == sentence


def test_without_whoop_the_day_begins_with_what_else_is_known(visitor: Client) -> None:
    scenes.weigh_in(weight_kg=72.4)
    scenes.entry(3, 30)
    assert "So far today: 72.4 kg and 30 min tracked." in text_of(visitor.get("/"))
    assert "Nothing is known of this day." in text_of(visitor.get("/?day=2026-03-01"))


def test_with_whoop_its_sentence_is_the_only_one(visitor: Client) -> None:
    scenes.full()
    text = text_of(visitor.get("/"))
    assert "So far today" not in text
    assert visitor.get("/").text.count('class="say') == 1


# --- How far the data reach -----------------------------------------------------------------------


def visit_of(back: int = 0) -> Visit:
    return Visit(
        NOW, TODAY, TODAY - timedelta(days=back), {one.name: one for one in source_statuses()}
    )


def read_up_to(moment: datetime, *streams: str) -> None:
    for stream in streams or ("cycle", "recovery", "sleep", "workout"):
        state = scenes.state(stream)
        state.verified_to = moment
        state.save()


def test_it_is_complete_to_the_least_verified_moment() -> None:
    scenes.connection()
    read_up_to(NOW, "cycle", "recovery", "sleep")
    assert completeness(visit_of()) == []
    read_up_to(NOW - timedelta(hours=2), "workout")
    assert completeness(visit_of()) == ["Complete to 14:40"]
    assert completeness(visit_of(1)) == ["Complete"]


def test_a_day_that_was_read_in_part_says_so() -> None:
    scenes.connection()
    read_up_to(NOW - timedelta(days=2))
    assert completeness(visit_of(1)) == ["Complete to Monday 16:40"]
    assert completeness(visit_of(2)) == ["Complete to Monday 16:40"]
    assert completeness(visit_of(3)) == ["Complete"]


def test_without_a_source_nothing_is_said() -> None:
    assert completeness(visit_of()) == []
    assert flags(visit_of()) == []
    assert last_reads(visit_of()) == []


def test_what_needs_its_owner_is_the_first_flag() -> None:
    scenes.connection()
    scenes.run(back=3)
    scenes.connection(provider="withings", needs_reauthorization=True)
    assert flags(visit_of()) == [
        ("Withings needs you", "/connections/#withings"),
        ("WHOOP: last read Sunday 16:27", "/connections/#whoop"),
    ]


def test_what_failed_since_it_was_read_is_a_flag() -> None:
    scenes.connection()
    scenes.run(back=1)
    scenes.run(status="failed")
    assert [one.words for one in flags(visit_of())] == ["WHOOP could not be synced"]


def test_each_source_says_when_it_was_read() -> None:
    scenes.connection()
    scenes.run()
    scenes.connection(provider="withings", needs_reauthorization=True)
    scenes.run(back=9, source="Zero")
    assert [(one.title, one.words, one.asks) for one in last_reads(visit_of())] == [
        ("WHOOP", "16:27", False),
        ("Withings", "connect again", True),
        ("Zero", "imported 7 Sep", False),
    ]


def test_a_source_that_was_not_read_yet_says_so(visitor: Client) -> None:
    scenes.connection()
    assert [one.words for one in last_reads(visit_of())] == ["not read yet"]
    html = visitor.get("/").text
    assert '<a href="/connections/#whoop"><b>WHOOP</b> not read yet</a>' in html


@pytest.mark.parametrize(("back", "words"), [(0, "today"), (2, "Monday"), (9, "7 Sep")])
def test_an_import_of_today_says_so(back: int, words: str) -> None:
    scenes.run(back=back, source="Zero")
    assert [one.words for one in last_reads(visit_of())] == [f"imported {words}"]
