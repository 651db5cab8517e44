"""Weeks, months and years by their names."""

from __future__ import annotations

from datetime import date

import pytest

from review.periods import BadPeriod, Length, Period


@pytest.mark.parametrize(
    ("name", "first", "last", "title"),
    [
        ("2026-W48", date(2026, 11, 23), date(2026, 11, 29), "23 to 29 November 2026"),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4), "29 December 2025 to 4 January 2026"),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3), "28 December 2026 to 3 January 2027"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
    ],
)
def test_a_period_has_a_name(name: str, first: date, last: date, title: str) -> None:
    period = Period.named(name)
    assert (period.first, period.last, period.title) == (first, last, title)
    assert period.name == name
    assert Period.of(period.length, last) == period


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("2026-W54", "There is no 2026-W54"),
        ("2025-W53", "There is no 2025-W53"),
        ("2026-W00", "There is no 2026-W00"),
        ("2026-13", "There is no 2026-13"),
        ("0000", "There is no 0000"),
        ("1200", "The year must be between 1900 and 2199."),
        ("last week", "Write a week as 2026-W48"),
        ("٢٠٢٦", "Write a week as 2026-W48"),
    ],
)
def test_what_is_no_period_is_refused(name: str, words: str) -> None:
    with pytest.raises(BadPeriod, match=words):
        Period.named(name)


def test_periods_follow_each_other() -> None:
    for length, other in [
        (Length.WEEK, "2026-W01"),
        (Length.MONTH, "2025-12"),
        (Length.YEAR, "2025"),
    ]:
        period = Period.named(other)
        assert period.length is length
        assert period.after().before() == period
        assert period.after().first > period.last


def test_a_period_that_is_on_ends_today() -> None:
    week = Period.named("2026-W48")
    assert week.until(date(2026, 11, 25)) == date(2026, 11, 25)
    assert week.until(date(2026, 12, 25)) == week.last
    assert week.until(date(2026, 11, 1)) == date(2026, 11, 22)
    assert not week.is_over(week.last)
    assert week.is_over(date(2026, 11, 30))
