"""Words of numbers and days that all pages share."""

from __future__ import annotations

from datetime import date

import pytest

from lifetracker.web import sentences


@pytest.mark.parametrize(
    ("value", "decimals", "words"),
    [(1270, 0, "1,270"), (14.94, 1, "14.9"), (-0.5, 1, "−0.5"), (-0.04, 1, "0.0"), (0, 0, "0")],
)
def test_number(value: float, decimals: int, words: str) -> None:
    assert sentences.number(value, decimals) == words


@pytest.mark.parametrize(
    ("value", "words"), [(4, "+4"), (-4, "−4"), (0.4, "0"), (-0.4, "0"), (1000, "+1,000")]
)
def test_signed(value: float, words: str) -> None:
    assert sentences.signed(value) == words


@pytest.mark.parametrize(
    ("hours", "words"),
    [(7.07, "7 h 04"), (0.8, "48 min"), (0, "0 min"), (-1.5, "−1 h 30"), (7.999, "8 h 00")],
)
def test_hours_and_minutes(hours: float, words: str) -> None:
    assert sentences.hours_and_minutes(hours) == words


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("after 6 h 30 asleep", "after 6_h_30 asleep"),
        ("1 h 36 longer, 63 % of 12 min", "1_h_36 longer, 63_% of 12_min"),
        ("16 of them in 30 days", "16 of them in 30 days"),
        ("at 7 have 5 hours", "at 7 have 5 hours"),
    ],
)
def test_a_number_stays_with_its_unit(words: str, kept: str) -> None:
    assert sentences.with_units_kept(words).replace("\N{NO-BREAK SPACE}", "_") == kept


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (23.5, "23:30"),
        (0, "00:00"),
        (23.999, "23:59"),
        (19 + 35.9 / 60, "19:35"),
        (-1.5, "22:30"),
        (24, "00:00"),
    ],
)
def test_clock(hour: float, words: str) -> None:
    assert sentences.clock_of(hour) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 3), date(2026, 3, 9), "3 to 9 March 2026"),
        (date(2026, 3, 30), date(2026, 4, 5), "30 March to 5 April 2026"),
        (date(2025, 11, 28), date(2026, 11, 27), "28 November 2025 to 27 November 2026"),
        (date(2026, 3, 3), date(2026, 3, 3), "3 March 2026"),
    ],
)
def test_stretch(first: date, last: date, words: str) -> None:
    assert sentences.stretch_words(first, last) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (3.6, "+4 on the year before"),
        (-1.2, "−1 on the year before"),
        (0.2, "as the year before"),
        (None, "nothing known of the year before"),
    ],
)
def test_change(change: float | None, words: str) -> None:
    assert sentences.change_words(change, 0, "year") == words
