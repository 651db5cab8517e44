"""What is usual of weeks, by hand: numbers in, numbers out."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from scipy.special import stdtr

from lifetracker.metrics.declaration import Metric, Values
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import Series
from lifetracker.metrics.verified import Verified
from review.amounts import compared_words, value_words
from review.periods import Length, Period
from review.sections import Look, known_words
from review.usual import Rule, beyond, share_by_chance, typical, usual_of, window_mean
from review.windows import Compared, compared, first_read

RECOVERY, HRV, BEDTIME = (metrics[f"whoop.{name}"] for name in ("recovery_score", "hrv", "bedtime"))
SLEEP, STEPS = metrics["whoop.sleep_hours"], metrics["whoop.steps"]
TRACKED, COMMITS = metrics["time.hours"], metrics["github.commits"]
WEEK = Rule(windows=12, least=6, share=(4, 7))
MONDAY = date(2026, 9, 7)
THIS_WEEK = Period.of(Length.WEEK, MONDAY)
LATER = date(2026, 12, 1)


def week(*values: float | None) -> Values:
    return [*values, *[None] * (7 - len(values))]


# --- Numbers in, numbers out ----------------------------------------------------------------------


def test_six_weeks_say_what_is_usual() -> None:
    """60 and 70 by turns: mean 65, deviation sqrt(6 * 25 / 5) = 5.4772; 54 lies 11 / 5.4772 = 2.0083 below."""
    found = usual_of(RECOVERY, 54.0, [60.0, 70.0] * 3, WEEK)
    assert found is not None
    assert (found.value, found.windows) == (65.0, 6)
    assert found.high - 65 == pytest.approx(5.4772, abs=1e-4)
    assert 65 - found.low == pytest.approx(5.4772, abs=1e-4)
    assert found.deviation == pytest.approx(-2.0083, abs=1e-4)


def test_five_weeks_do_not() -> None:
    assert usual_of(RECOVERY, 54.0, [60.0, 70.0, 60.0, 70.0, 60.0], WEEK) is None


def test_a_small_spread_counts_as_the_smallest_difference_that_means_something() -> None:
    found = usual_of(RECOVERY, 61.0, [65.0] * 6, WEEK)
    assert found is not None
    assert (found.low, found.high, found.deviation) == (60.0, 70.0, -0.8)


def test_the_usual_of_a_skewed_metric_is_that_of_logarithms() -> None:
    """50 and 72 by turns: ln 3.91202 and 4.27667, mean 4.09434, exp 60; deviation sqrt(6 * 0.18232^2 / 5) = 0.19972; 80 is
    ln 4.38203: 0.28768 / 0.19972 = 1.4404."""
    found = usual_of(HRV, 80.0, [50.0, 72.0] * 3, WEEK)
    assert found is not None
    assert found.value == pytest.approx(60)
    assert found.high == pytest.approx(60 * math.exp(0.19972), abs=0.01)
    assert found.deviation == pytest.approx(1.4404, abs=1e-3)


def test_times_of_day_go_round_midnight() -> None:
    """23:00 and 01:00 by turns: mean midnight, spread 1.006 h, as formulas.md has it; 02:00 is 2 / 1.006 later."""
    found = usual_of(BEDTIME, 2.0, [23.0, 1.0] * 3, WEEK)
    assert found is not None
    assert found.value % 24 == pytest.approx(0, abs=1e-9)
    assert found.high == pytest.approx(1.006, abs=1e-3)
    assert found.low == pytest.approx(24 - 1.006, abs=1e-3)
    assert found.deviation == pytest.approx(1.988, abs=1e-3)


def test_times_all_around_the_clock_have_no_usual() -> None:
    assert usual_of(BEDTIME, 2.0, [0.0, 6.0, 12.0, 18.0] * 3, WEEK) is None


@pytest.mark.parametrize(
    ("values", "mean"),
    [
        (week(60, 70, 60, 70), 65.0),
        (week(60, 70, 60), None),
        ([60.0, 70.0], 65.0),
        ([60.0, None], None),
        ([], None),
    ],
)
def test_a_window_needs_four_of_seven_days(values: Values, mean: float | None) -> None:
    assert window_mean(RECOVERY, values, WEEK) == mean


def test_the_mean_of_a_skewed_metric_is_that_of_logarithms() -> None:
    assert typical(HRV, [50.0, 72.0]) == pytest.approx(60)
    assert typical(HRV, []) is None
    assert typical(SLEEP, [7.0, 8.0]) == 7.5
    assert typical(BEDTIME, [22.0, 1.0]) == pytest.approx(23.5)


def test_how_many_differ_by_chance() -> None:
    """With 12 weeks the limit is sqrt(12 / 13) = 0.9608 of Student's t with 11 degrees: 0.3574. With very many it is that
    of the normal distribution, 0.3173."""
    assert share_by_chance(12) == pytest.approx(0.3574, abs=5e-4)
    assert share_by_chance(100_000) == pytest.approx(0.3173, abs=5e-4)


# --- Windows --------------------------------------------------------------------------------------


def series(metric: Metric, *weeks: Values, first: date | None = None) -> Series:
    """Return a series whose last week is that of MONDAY."""
    values = [value for one in weeks for value in one]
    return Series(
        metric=metric, first=first or MONDAY - timedelta(weeks=len(weeks) - 1), values=values
    )


def look_at(period: Period, today: date) -> Look:
    return Look(period, today, Verified([]))


def found_of(one: Series, today: date = LATER, excluded: set[date] | None = None) -> Compared:
    found = compared(look_at(THIS_WEEK, today), one, excluded or set())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("2026-W37", date(2026, 6, 15)),
        ("2026-09", date(2025, 9, 1)),
        ("2026", date(2021, 1, 1)),
        ("1901", date(1900, 1, 1)),
    ],
)
def test_so_far_is_read_back(name: str, first: date) -> None:
    assert first_read(Period.named(name)) == first


def test_a_week_lies_to_the_weeks_before() -> None:
    found = found_of(series(RECOVERY, *[[60.0] * 7, [70.0] * 7] * 3, [54.0] * 7))
    assert value_words(found) == "54 %"
    assert compared_words(found, "The week before") == "well below the usual 65 %"
    assert known_words(found.known_days, found.days) == ""
    assert found.before is not None
    assert found.before.value == 70.0


def test_marked_days_stay_out_of_the_usual() -> None:
    """The last week before is of 30 %, and marked."""
    weeks = [*[[60.0] * 7, [70.0] * 7] * 3, [30.0] * 7, [65.0] * 7]
    sick = {MONDAY - timedelta(days=back) for back in range(1, 8)}
    found = found_of(series(RECOVERY, *weeks), excluded=sick)
    assert found.usual is not None
    assert (found.usual.value, found.usual.windows) == (65.0, 6)


def test_sums_are_those_of_the_week() -> None:
    found = found_of(series(TRACKED, *[[2.0] * 7, [3.0] * 7] * 3, [4.0] * 7))
    assert value_words(found) == "28 h 00"
    assert compared_words(found, "The week before") == "well above the usual 17 h 30"


def test_unknown_days_make_a_sum_the_least() -> None:
    found = found_of(series(TRACKED, *[[2.0] * 7, [3.0] * 7] * 3, week(2, 2, 2, 2, 2)))
    assert value_words(found) == "at least 10 h 00"
    assert known_words(found.known_days, found.days) == "5 of 7 days"
    assert compared_words(found, "The week before") == "2 h 00 a day, about the usual 2 h 30 a day"


def test_too_few_known_days_are_not_compared() -> None:
    found = found_of(series(RECOVERY, *[[60.0] * 7] * 6, week(20, 20, 20)))
    assert (value_words(found), known_words(found.known_days, found.days)) == (
        "20 %",
        "3 of 7 days",
    )
    assert (found.usual, found.before, compared_words(found, "The week before")) == (None, None, "")


def test_a_week_without_a_known_day_says_nothing() -> None:
    one = series(RECOVERY, *[[60.0] * 7] * 6, week())
    assert compared(look_at(THIS_WEEK, LATER), one, set()) is None


def test_a_running_week_is_compared_with_the_same_weekdays() -> None:
    """On Wednesday: steps of Monday and Tuesday, sleep of all three nights."""
    wednesday = MONDAY + timedelta(days=2)
    before = [5_000.0, 7_000.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    steps = found_of(series(STEPS, *[before] * 6, [6_500.0, 6_500.0, 10.0]), today=wednesday)
    assert (value_words(steps), steps.days) == ("6,500 a day", 2)
    assert compared_words(steps, "The week before") == "well above the usual 6,000 a day"
    nights = [8.0, 7.0, 6.0, 10.0, 10.0, 10.0, 10.0]
    sleep = found_of(series(SLEEP, *[nights] * 6, [7.0, 7.0, 7.0]), today=wednesday)
    assert (sleep.days, compared_words(sleep, "The week before")) == (3, "about the usual 7 h 00")


def test_a_night_that_is_not_there_yet_is_not_missing() -> None:
    wednesday = MONDAY + timedelta(days=2)
    found = found_of(series(SLEEP, *[[7.0] * 7] * 6, [7.0, 7.0, None]), today=wednesday)
    assert (found.days, known_words(found.known_days, found.days)) == (2, "")


def test_bedtimes_are_earlier_or_later() -> None:
    found = found_of(series(BEDTIME, *[[23.0] * 7] * 6, [0.0] * 7))
    assert value_words(found) == "00:00"
    assert compared_words(found, "The week before") == "far later than the usual 23:00"


def test_means_of_counts_have_a_digit_while_they_are_small() -> None:
    found = found_of(series(COMMITS, *[[0.0] * 6 + [1.0], [0.0] * 6 + [2.0]] * 4, [1.0] * 7))
    assert (value_words(found), compared_words(found, "The week before")) == (
        "7",
        "far above the usual 1.5",
    )


def test_what_was_not_done_yet_is_not_usual() -> None:
    """Zeros before the first commit say nothing: six weeks are left, of which nobody can say that there was nothing."""
    every = series(COMMITS, *[[0.0] * 7] * 5, *[[1.0] * 7] * 6, [1.0] * 7)
    found = found_of(every.unknown_before(MONDAY - timedelta(weeks=6)))
    assert found.usual is not None
    assert (found.usual.value, found.usual.windows) == (7.0, 6)


def test_a_rest_is_usual_too() -> None:
    """Six weeks of rest, then six of 7 h: the mean of 12 weeks is half of that."""
    found = found_of(series(TRACKED, *[[0.0] * 7] * 6, *[[1.0] * 7] * 6, [1.0] * 7))
    assert found.usual is not None
    assert (found.usual.value, found.usual.windows) == (3.5, 12)


def test_nothing_on_the_known_days_is_not_the_least() -> None:
    found = found_of(series(TRACKED, *[[2.0] * 7, [3.0] * 7] * 3, week(0, 0, 0, 0)))
    assert value_words(found) == "none on the known days"
    assert compared_words(found, "") == "far below the usual 2 h 30 a day"


def test_days_of_yes_are_compared_as_days_where_some_are_unknown() -> None:
    """Two days of seven, five of which are known: 2.8 a week, beside 1: 1.8 of the least spread of one day."""
    read = replace(metrics["github.committed_late"], label="Late")
    found = found_of(series(read, *[[1.0] + [0.0] * 6] * 6, week(1, 1, 0, 0, 0)))
    assert value_words(found) == "at least 2 days"
    assert compared_words(found, "") == "40 % of days, a little above the usual 14 % of days"


def test_a_month_is_compared_with_the_months_before() -> None:
    first = date(2025, 9, 1)
    values: Values = [7.0] * ((date(2026, 9, 30) - first).days + 1)
    one = Series(metric=SLEEP, first=first, values=values)
    found = compared(look_at(Period.named("2026-09"), LATER), one, set())
    assert found is not None
    assert found.usual is not None
    assert (found.days, found.usual.windows, found.usual.value) == (30, 12, 7.0)


def test_sums_of_months_are_those_of_as_many_days() -> None:
    """Two hours a day: 60 h in September, whatever months before have 31 days."""
    first = date(2025, 9, 1)
    values: Values = [2.0] * ((date(2026, 9, 30) - first).days + 1)
    one = Series(metric=TRACKED, first=first, values=values)
    found = compared(look_at(Period.named("2026-09"), LATER), one, set())
    assert found is not None
    assert (value_words(found), compared_words(found, "The week before")) == (
        "60 h 00",
        "about the usual 60 h 00",
    )


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 11, 12, 250])
@pytest.mark.parametrize("limit", [0.0, 0.5, 0.96, 2.0, 9.0])
def test_the_share_is_that_of_students_t(degrees: int, limit: float) -> None:
    assert beyond(limit, degrees) == pytest.approx(float(2 * stdtr(degrees, -limit)), abs=1e-12)
