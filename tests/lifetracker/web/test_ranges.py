"""The ranges of pages: what an address asks for, what is refused, and the way to other ranges."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifetracker.web.ranges import (
    LONGEST,
    BadRange,
    Range,
    range_links,
    range_steps,
    read_range,
)

TODAY = date(2026, 9, 16)
FIRST = date(2026, 2, 1)


def asked(first_known: date | None = FIRST, **query: str) -> Range:
    named = {key.rstrip("_"): value for key, value in query.items()}
    return read_range(named, TODAY, lambda: first_known)


@pytest.mark.parametrize(
    ("name", "days", "words"),
    [("7d", 7, "7 days"), ("30d", 30, "30 days"), ("90d", 90, "90 days"), ("1y", 365, "year")],
)
def test_a_named_range_ends_today(name: str, days: int, words: str) -> None:
    found = asked(range=name)
    assert (found.last, found.days, found.words) == (TODAY, days, words)
    assert (found.name, found.query) == (name, f"?range={name}")


def test_without_words_it_is_thirty_days() -> None:
    assert asked() == asked(range="30d")


def test_all_begins_with_the_first_known_day() -> None:
    found = asked(range="all")
    assert (found.first, found.last, found.query) == (FIRST, TODAY, "?range=all")
    assert found.before() is None
    assert found.after() is None
    assert asked(None, range="all").first == TODAY
    assert asked(date(1900, 1, 1), range="all").days == LONGEST


def test_all_of_a_year_is_still_all() -> None:
    found = asked(TODAY - timedelta(days=364), range="all")
    assert found.name == "all"


def test_two_days_are_a_range() -> None:
    found = asked(from_="2026-03-03", to="2026-03-09")
    assert (found.first, found.last, found.days) == (date(2026, 3, 3), date(2026, 3, 9), 7)
    assert found.query == "?from=2026-03-03&to=2026-03-09"
    assert asked(from_="2026-09-10", to="2026-12-31").last == TODAY
    assert asked(from_="2026-09-16", to="2026-09-16").words == "day"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"range": "5d"}, "no such range. Choose one of 7d, 30d, 90d, 1y, all"),
        ({"range": "7d", "from_": "2026-01-01"}, "either a range or two days"),
        ({"from_": "2026-01-01"}, "a first and a last day"),
        ({"from_": "20260101", "to": "20260109"}, "a first and a last day"),
        ({"from_": "2026-W10-1", "to": "2026-W11-1"}, "a first and a last day"),
        ({"to": "2026-01-01"}, "a first and a last day"),
        ({"from_": "yesterday", "to": "2026-01-01"}, "such as 2026-09-16"),
        ({"from_": "2026-02-30", "to": "2026-03-01"}, "such as 2026-09-16"),
        ({"from_": "2026-03-02", "to": "2026-03-01"}, "must not be after"),
        ({"from_": "2026-10-01", "to": "2026-10-02"}, "have not come yet"),
        ({"from_": "1899-12-31", "to": "1900-01-02"}, "between 1900 and 2199"),
        ({"from_": "1900-01-01", "to": "2026-01-02"}, "at most 60 years"),
    ],
)
def test_what_is_no_range_is_answered_in_words(query: dict[str, str], words: str) -> None:
    with pytest.raises(BadRange, match=words):
        asked(**query)


def test_steps_go_by_the_length_and_come_back() -> None:
    steps = range_steps(asked(range="7d"))
    assert steps.after is None
    assert steps.before
    assert steps.before.title == "The 7 days before"
    assert steps.before.url == "?from=2026-09-03&to=2026-09-09"
    back = range_steps(asked(from_="2026-09-03", to="2026-09-09")).after
    assert back
    assert back.url == "?range=7d"


def test_the_step_after_ends_today_at_the_latest() -> None:
    after = range_steps(asked(from_="2026-09-01", to="2026-09-12")).after
    assert after
    assert after.url == "?from=2026-09-05&to=2026-09-16"


def test_no_step_leads_before_the_first_year() -> None:
    assert range_steps(asked(from_="1900-01-03", to="1900-01-09")).before is None


def test_the_link_of_the_length_is_the_current_one() -> None:
    assert [one.title for one in range_links(asked(range="90d")) if one.is_current] == ["90 d"]
    stepped = range_links(asked(from_="2026-09-03", to="2026-09-09"))
    assert [one.url for one in stepped if one.is_current] == ["?range=7d"]
    odd = range_links(asked(from_="2026-09-03", to="2026-09-05"))
    assert not any(one.is_current for one in odd)
