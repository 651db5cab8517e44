"""What WHOOP's pages say: each rule on either side of its limits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifetracker.days import ONE_DAY
from lifetracker.metrics.series import Series
from lifetracker.web.ranges import Range
from whoop import metrics, sentences
from whoop.sentences import Opening, day_sentence, opening, short_nights, why_no_night

TODAY = date(2026, 9, 16)
# A Monday.
MONDAY = date(2026, 8, 24)


def shown(days: int, *, is_all: bool = False) -> Range:
    return Range(TODAY - timedelta(days=days - 1), TODAY, TODAY, is_all)


def recovery(values: list[float | None], first: date | None = None) -> Series:
    begin = first or TODAY - timedelta(days=len(values) - 1)
    return Series(metric=metrics.recovery_score, first=begin, values=values)


def told(
    values: list[float | None],
    before: list[float | None] | None = None,
    strain: list[float | None] | None = None,
    *,
    is_all: bool = False,
) -> str:
    hard = strain or [None] * len(values)
    stretch = shown(len(values), is_all=is_all)
    earlier = None if before is None else recovery(before)
    return opening(Opening(stretch, recovery(values), earlier, recovery(hard))).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([60.0], ", up 4 on the 7 days before"),
        ([70.0], ", down 6 on the 7 days before"),
        ([64.2], ", as in the 7 days before"),
        ([None], ""),
        (None, ""),
    ],
)
def test_the_change(before: list[float | None] | None, words: str) -> None:
    assert told([64.0] * 7, before) == f"Recovery averaged 64 %{words}."


def test_unknown_days_are_in_no_mean() -> None:
    assert told([60.0, None, 70.0]) == "Recovery averaged 65 %."


def test_of_one_day() -> None:
    assert told([60.0], [50.0]) == "Recovery averaged 60 %, up 10 on the day before."


@pytest.mark.parametrize(
    ("days", "is_all", "words"),
    [
        (7, False, "No nights from 10 to 16 September 2026."),
        (1, False, "No night on 16 September 2026."),
        (7, True, "No nights are stored yet."),
    ],
)
def test_without_a_night(days: int, is_all: bool, words: str) -> None:
    assert told([None] * days, is_all=is_all) == words


def weeks(*means: float | None) -> list[float | None]:
    """Four weeks up to Sunday 20 September end after today, so the last has three days."""
    values = [mean for mean in means for _ in range(7)]
    return values[: (TODAY - MONDAY).days + 1]


def test_best_and_hardest_week() -> None:
    found = told(weeks(50, 70, 60, 10), strain=weeks(9, 8, 12, 1))
    assert found.endswith(
        "Your best week began on 31 August; the hardest week began on 7 September."
    )


def test_a_week_that_began_before_the_range_is_not_compared() -> None:
    values = weeks(99, 70, 60, 65)[1:]
    strain = weeks(20, 8, 12, 9)[1:]
    found = told(values, strain=strain)
    assert found.endswith("Your best week began on 7 September.") is False
    assert "31 August" not in found


def test_the_latest_of_equal_weeks() -> None:
    assert "best week began on 7 September" in told(weeks(50, 70, 70, None))


def test_only_the_hardest_week() -> None:
    found = told(weeks(50, None, None, None), strain=weeks(9, 8, 12, None))
    assert found == "Recovery averaged 50 %. The hardest week began on 7 September."


def test_two_weeks_are_too_few_to_compare() -> None:
    assert told(weeks(50, 70, None, None)) == "Recovery averaged 60 %."


def test_a_week_of_three_known_days_is_not_compared() -> None:
    values = weeks(50, 70, 99, None)
    values[17:21] = [None] * 4
    assert "best" not in told(values)


def test_the_best_month_of_a_year() -> None:
    first = TODAY - timedelta(days=364)
    values: list[float | None] = [
        80.0 if (first + at * ONE_DAY).month == 4 else 50.0 for at in range(365)
    ]
    assert told(values).endswith("%. April was your best month.")


def test_the_best_month_of_years_names_its_year() -> None:
    first = TODAY - timedelta(days=999)
    values: list[float | None] = [
        80.0 if (first + at * ONE_DAY).strftime("%Y-%m") == "2024-04" else 50.0
        for at in range(1000)
    ]
    assert told(values, is_all=True).endswith("%. April 2024 was your best month.")


def test_why_there_is_no_night() -> None:
    day = TODAY - ONE_DAY
    series = Series(
        metric=metrics.sleep_hours,
        first=TODAY - timedelta(days=3),
        values=[None] * 4,
        so_far={day: None},
        recorded=frozenset({TODAY - timedelta(days=2)}),
    )
    assert why_no_night(series, day, TODAY) == sentences.PENDING
    assert why_no_night(series, TODAY - timedelta(days=2), TODAY) == sentences.UNSCORABLE
    assert why_no_night(series, TODAY - timedelta(days=3), TODAY) == sentences.NO_NIGHT
    assert why_no_night(series, TODAY, TODAY) == sentences.NO_NIGHT_YET


@pytest.mark.parametrize(
    ("count", "known", "words"),
    [
        (3, 20, "3 of the 20 known nights gave less than 85 % of what was needed."),
        (0, 20, "None of the 20 known nights gave less than 85 % of what was needed."),
        (1, 1, "1 of the one known night gave less than 85 % of what was needed."),
        (0, 0, ""),
    ],
)
def test_short_nights(count: int, known: int, words: str) -> None:
    assert short_nights(count, known) == words


@pytest.mark.parametrize(
    ("recovery", "asleep", "usual", "state", "words"),
    [
        (
            67,
            6.3,
            "a little below usual",
            "SCORED",
            "16 September was green, 67 %, after 6 h 18 asleep, a little below usual.",
        ),
        (60, 6.3, "", "SCORED", "16 September was yellow, 60 %, after 6 h 18 asleep."),
        (20, None, "", "SCORED", "16 September was red, 20 %."),
        (None, None, "", "PENDING_SCORE", "WHOOP has not scored this night yet."),
        (None, None, "", "UNSCORABLE", "Not known: WHOOP could not score this night."),
        (None, None, "", None, "Not known: no night was recorded."),
        (None, 7, "usual", None, "Recovery is not known, after 7 h 00 asleep, as usual."),
    ],
)
def test_a_day(
    recovery: float | None, asleep: float | None, usual: str, state: str | None, words: str
) -> None:
    found = day_sentence(recovery, asleep, usual, state, "16 September")
    assert found.replace("\xa0", " ") == words


def test_today_is_said_as_such() -> None:
    found = day_sentence(77, 7.6, "usual", "SCORED", "")
    assert found.replace("\xa0", " ") == "Today is green, 77 %, after 7 h 36 asleep, as usual."
    assert day_sentence(None, None, "", None, "") == sentences.NO_NIGHT_YET
