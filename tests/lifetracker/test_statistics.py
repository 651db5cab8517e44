"""What is usual, what several days come to, and times of the day."""

from __future__ import annotations

import math
import statistics
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifetracker.metrics.buckets import Bucket, buckets_of
from lifetracker.metrics.declaration import Metric, Values
from lifetracker.metrics.registry import metrics
from lifetracker.metrics.series import Series
from lifetracker.metrics.statistics import (
    ROLLING,
    hours_apart,
    mean_hour,
    mean_time,
    rolling_means,
    usual_of,
    vector_of,
)

HEART_RATE = metrics["whoop.resting_heart_rate"]
HRV = metrics["whoop.hrv"]
BEDTIME = metrics["whoop.bedtime"]
HOURS = metrics["time.hours"]
FIRST = date(2026, 2, 25)

known = st.one_of(st.none(), st.floats(0, 200).map(lambda one: round(one, 2)))
histories = st.lists(known, min_size=1, max_size=100)
few = settings(max_examples=30, deadline=None)


def series(metric: Metric, values: Values) -> Series:
    return Series(metric=metric, first=FIRST, values=values)


# --- The usual ------------------------------------------------------------------------------------


def test_the_usual_of_fourteen_known_days() -> None:
    usual = usual_of(HEART_RATE, [48.0, 52.0] * 7 + [45.0])[-1]
    assert usual is not None
    assert usual.value == 50
    assert usual.value - usual.low == pytest.approx(2.0755, abs=1e-4)
    assert usual.high - usual.value == pytest.approx(2.0755, abs=1e-4)
    assert usual.deviation == pytest.approx(-2.409, abs=1e-3)
    assert (usual.known_days, usual.words) == (14, "well below usual")


def test_thirteen_days_are_not_enough() -> None:
    assert usual_of(HEART_RATE, [48.0, 52.0] * 6 + [48.0, 45.0])[-1] is None


def test_the_usual_is_of_the_28_days_before_the_day_without_it() -> None:
    values: Values = [500.0, *[50.0, 54.0] * 14, 999.0]
    usual = usual_of(HEART_RATE, values)[-1]
    assert usual is not None
    assert (usual.value, usual.known_days) == (52, 28)


def test_no_deviation_is_told_from_a_spread_smaller_than_a_step() -> None:
    usual = usual_of(HEART_RATE, [*[50.0] * 20, 52.0])[-1]
    assert usual is not None
    assert (usual.low, usual.high, usual.deviation) == (49, 51, 2)


def test_the_usual_of_hrv_is_that_of_its_logarithms() -> None:
    values = [40.0, 90.0] * 7
    usual = usual_of(HRV, [*values, 60.0])[-1]
    assert usual is not None
    logs = [math.log(one) for one in values]
    mean, spread = statistics.mean(logs), statistics.stdev(logs)
    assert usual.value == pytest.approx(60.0)
    assert usual.low == pytest.approx(math.exp(mean - spread))
    assert usual.high == pytest.approx(math.exp(mean + spread))
    assert usual.deviation == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (50.0, "usual"),
        (51.9, "usual"),
        (52.1, "a little above usual"),
        (46.9, "a little below usual"),
        (54.5, "well above usual"),
        (57.0, "far above usual"),
        (43.0, "far below usual"),
        (None, ""),
    ],
)
def test_deviations_in_words(value: float | None, words: str) -> None:
    usual = usual_of(HEART_RATE, [48.0, 52.0] * 14 + [value])[-1]
    assert usual is not None
    assert usual.words == words


@few
@given(values=histories)
def test_the_usual_equals_that_of_a_plain_reference(values: Values) -> None:
    for at, usual in enumerate(usual_of(HEART_RATE, values)):
        before = [one for one in values[max(at - 28, 0) : at] if one is not None]
        if len(before) < 14:
            assert usual is None
            continue
        assert usual is not None
        spread = max(statistics.stdev(before), 1.0)
        assert usual.value == pytest.approx(statistics.mean(before), abs=1e-6)
        assert usual.high - usual.value == pytest.approx(spread, abs=1e-4)


# --- Times of the day -----------------------------------------------------------------------------


def test_the_mean_of_bedtimes_goes_round_midnight() -> None:
    assert hours_apart(mean_hour([23.0, 1.0]) or 0.0, 0.0) == pytest.approx(0, abs=1e-9)
    east, north = (sum(axis) for axis in zip(vector_of(23), vector_of(1), strict=True))
    found = mean_time(2, east, north)
    assert found is not None
    assert math.hypot(east, north) / 2 == pytest.approx(0.965926, abs=1e-6)
    assert found[1] == pytest.approx(1.006, abs=1e-3)


def test_times_all_around_the_clock_have_no_mean() -> None:
    assert mean_hour([0.0, 12.0]) is None
    assert mean_hour([]) is None
    assert mean_hour([0.0, 8.0, 16.0]) is None


def test_the_usual_bedtime_goes_round_midnight() -> None:
    usual = usual_of(BEDTIME, [23.0, 1.0] * 7 + [2.0])[-1]
    assert usual is not None
    assert hours_apart(usual.value, 0) == pytest.approx(0, abs=1e-9)
    assert usual.low == pytest.approx(24 - 1.006, abs=1e-3)
    assert usual.high == pytest.approx(1.006, abs=1e-3)
    assert usual.deviation == pytest.approx(2 / 1.006, abs=1e-3)


# --- Rolling means and buckets --------------------------------------------------------------------


@few
@given(values=histories, length=st.sampled_from(sorted(ROLLING)))
def test_rolling_means_equal_those_of_a_plain_reference(values: Values, length: int) -> None:
    for at, mean in enumerate(rolling_means(HEART_RATE, values, length)):
        window = [one for one in values[max(at - length + 1, 0) : at + 1] if one is not None]
        enough = len(window) >= ROLLING[length]
        assert mean == (pytest.approx(statistics.mean(window), abs=1e-6) if enough else None)


def test_rolling_bedtimes_go_round_midnight() -> None:
    means = rolling_means(BEDTIME, [23.0, 1.0, 23.0, 1.0, 0.0, None, None, None], 7)
    assert means[:4] == [None] * 4
    assert all(hours_apart(one or 0.0, 0.0) == pytest.approx(0, abs=1e-9) for one in means[4:7])
    assert means[7] is None


@few
@given(values=histories)
def test_the_sum_of_days_is_that_of_weeks_and_of_months(values: Values) -> None:
    made = series(HOURS, values)
    sums = {
        bucket: math.fsum(one.sum or 0.0 for one in buckets_of(made, bucket)) for bucket in Bucket
    }
    assert sums[Bucket.WEEK] == pytest.approx(sums[Bucket.DAY])
    assert sums[Bucket.MONTH] == pytest.approx(sums[Bucket.DAY])
    for bucket in Bucket:
        found = buckets_of(made, bucket)
        assert sum(one.days for one in found) == len(values)
        assert sum(one.known_days for one in found) == made.known_days


@few
@given(values=histories)
def test_unknown_days_move_no_mean(values: Values) -> None:
    """Each week comes to what its known days come to, wherever the unknown ones lie."""
    for week in buckets_of(series(HEART_RATE, values), Bucket.WEEK):
        at = (max(week.start, FIRST) - FIRST).days
        days = [one for one in values[at : at + week.days] if one is not None]
        assert week.known_days == len(days)
        assert week.sum is None, "of what is not added up"
        assert week.mean == (pytest.approx(statistics.mean(days)) if days else None)
        assert (week.minimum, week.maximum) == (min(days, default=None), max(days, default=None))


@few
@given(days=st.permutations([None, 1.5, 2.5, 0.1, 0.2, None, 7.25]))
def test_the_order_of_days_changes_no_week(days: list[float | None]) -> None:
    monday = date(2026, 3, 2)
    (week,) = buckets_of(replace(series(HOURS, days), first=monday), Bucket.WEEK)
    assert (week.sum, week.known_days, week.minimum, week.maximum) == (11.55, 5, 0.1, 7.25)
    assert week.mean == 11.55 / 5


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    made = series(HOURS, [1.0] * 40)
    assert [one.start for one in buckets_of(made, Bucket.WEEK)] == [
        date(2026, 2, 23) + timedelta(weeks=number) for number in range(6)
    ]
    months = buckets_of(made, Bucket.MONTH)
    assert [(one.start, one.sum) for one in months] == [
        (date(2026, 2, 1), 4),
        (date(2026, 3, 1), 31),
        (date(2026, 4, 1), 5),
    ]


def test_a_week_of_bedtimes_has_a_mean_and_no_extremes() -> None:
    (week,) = buckets_of(
        replace(series(BEDTIME, [23.0, 1.0, None]), first=date(2026, 3, 2)), Bucket.WEEK
    )
    assert hours_apart(week.mean or 0.0, 0) == pytest.approx(0, abs=1e-9)
    assert (week.sum, week.minimum, week.maximum) == (None, None, None)
