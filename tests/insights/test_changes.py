"""Whether the newest weeks of a series are other than those before, since when, and what becomes of it."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from benchmarks.changes import WORLDS, World, looks_of, one_look, series_of, shifted, unrelated_year
from benchmarks.insights_lives import noise
from insights.changes import Change, Daily, follow, weekly_ends
from insights.looking import find_insights
from insights.models import InsightRun, MetricChange, MetricChangeTest
from insights.states import ChangeState
from insights.statistics.course import Array
from insights.statistics.means import (
    DAYS,
    LEAST_Z,
    Means,
    compare,
    is_gradual,
    is_larger_than_own,
    lasting_share,
    turning_point,
)
from journal.models import Answer, Behaviour
from lifetracker.models import DayMark
from own_metrics.models import OwnMetric, OwnValue

FIRST = date(2026, 1, 5)
WEEKDAYS = np.arange(DAYS) % 7
LAST = date(2026, 9, 15)


def hand_made() -> Array:
    """Return 56 days of 54 and 56 in turn, and 28 days of 51 and 53."""
    return np.where(np.arange(DAYS) < 56, 55.0, 52.0) + np.where(np.arange(DAYS) % 2, 1.0, -1.0)


# --- The numbers ------------------------------------------------------------------------------------


def test_a_hand_made_example() -> None:
    found = compare(hand_made()[None, :], WEEKDAYS)
    assert (found.before[0], found.after[0]) == pytest.approx((55.0, 52.0))
    # All residuals are 1 or -1: 84 of them, of which seven days of the week and the difference are free.
    spread = math.sqrt(84 / 76)
    assert found.spread[0] == pytest.approx(spread)
    # A day is unlike the one before, so that no day counts as less than one.
    error = spread * math.sqrt(1 / 28 + 1 / 56)
    assert found.error[0] == pytest.approx(error)
    assert found.z[0] == pytest.approx(-12.33, abs=0.01)
    assert (found.known_before[0], found.known_after[0]) == (56, 28)
    # t of 76 days, 0.99: 2.642.
    assert found.interval() == pytest.approx((-3 - 2.642 * error, -3 + 2.642 * error), abs=0.001)
    assert turning_point(hand_made(), WEEKDAYS) == 56
    assert not is_gradual(hand_made(), WEEKDAYS)


def means_of(differences: Array, freedom: float = 60.0) -> Means:
    """Return means of which each difference has an error of 1."""
    ones = np.ones(len(differences))
    return Means(0 * ones, differences, ones, ones, freedom * ones, *[np.full(len(ones), 28)] * 2)


@pytest.mark.parametrize("size", [2.0, 4.0, 5.0, 8.0])
def test_the_interval_holds_the_true_size_of_what_was_told(size: float) -> None:
    """Of differences of which only the large ones are told, those that are told hold it in 95 of 100 cases, or in more."""
    drawn = np.random.default_rng([2, int(size)]).normal(size, 1.0, 200_000 if size < 3 else 4_000)
    large = drawn[np.abs(drawn) >= LEAST_Z][:600]
    means = means_of(large, freedom=1e6)
    ends = [means.interval(row, 0.95) for row in range(len(large))]
    assert np.mean([low <= size <= high for low, high in ends]) >= 0.93


@pytest.mark.parametrize("freedom", [2.0, 8.0, 30.0, 1e6])
def test_the_interval_holds_the_difference_itself(freedom: float) -> None:
    """However little it stands out at a later look, and it changes little where that is about as much."""
    sizes = np.concatenate([np.linspace(-60.0, 60.0, 41), np.arange(-8.0, 8.0, 0.05)])
    means = means_of(np.sort(sizes), freedom)
    ends = np.array([means.interval(row) for row in range(len(sizes))])
    assert (ends[:, 0] < means.difference).all()
    assert (means.difference < ends[:, 1]).all()
    assert (np.diff(ends, axis=0) >= -1e-6).all(), "one that stands out more is no smaller"
    near = np.abs(means.difference[1:]) < 8
    assert (np.diff(ends, axis=0)[near & (np.diff(means.difference) < 0.06)] < 1).all(), "no jump"


def test_what_only_just_stands_out_may_be_nothing() -> None:
    means = means_of(np.array([4.1, 9.0, -4.1, 3.9]))
    just, far, other, less = (means.interval(row) for row in range(4))
    assert just[0] < 0 < just[1]
    assert far == pytest.approx((9 - 2.66, 9 + 2.66), abs=0.1)
    assert other == pytest.approx(tuple(-end for end in reversed(just)))
    assert less[0] <= just[0], "nor does a later look know better at which it stands out less"


def test_days_of_the_week_are_no_change() -> None:
    row = hand_made() + 5 * (WEEKDAYS >= 5)
    plain, weekends = (compare(one[None, :], WEEKDAYS) for one in (hand_made(), row))
    assert weekends.z[0] == pytest.approx(plain.z[0])
    assert weekends.difference[0] == pytest.approx(-3)


def test_days_that_are_alike_count_as_fewer() -> None:
    chance = np.random.default_rng(1)
    found = [compare(noise(chance, 200, DAYS, one), WEEKDAYS) for one in (0.0, 0.7)]
    plain, alike = (float(np.median(one.error / one.spread)) for one in found)
    # Without any likeness: sqrt(1/28 + 1/56).
    assert plain == pytest.approx(0.23, abs=0.02)
    assert alike > 1.5 * plain
    assert np.median(found[1].freedom) < 0.5 * np.median(found[0].freedom)


def test_half_of_the_days_must_be_known() -> None:
    row = hand_made()
    row[56:70] = np.nan
    row[:28] = np.nan
    assert compare(row[None, :], WEEKDAYS).stands()[0]
    for at in (28, 83):
        fewer = row.copy()
        fewer[at] = np.nan
        found = compare(fewer[None, :], WEEKDAYS)
        assert np.isnan(found.error[0])
        assert not found.stands()[0]


def test_what_does_not_vary_is_no_change() -> None:
    assert not compare(np.full((1, DAYS), 3.0), WEEKDAYS).stands()[0]
    assert not compare(np.full((1, DAYS), np.nan), WEEKDAYS).stands()[0]


def test_units_change_nothing() -> None:
    row = series_of(np.random.default_rng(3), WORLDS[0], DAYS)
    row[:, 56:] += 1
    kg, lb = compare(row, WEEKDAYS), compare(80 + row / 0.45359237, WEEKDAYS)
    assert kg.z == pytest.approx(lb.z)


def test_a_difference_is_larger_than_those_of_the_own_two_years() -> None:
    chance = np.random.default_rng(4)
    row = chance.standard_normal(800)
    assert is_larger_than_own(row, 800, 0, 1.0)
    assert not is_larger_than_own(row, 800, 0, 0.05)
    # Up and down by 1 every eight weeks: such a difference is nothing new.
    row += (np.arange(800) // 56) % 2
    assert not is_larger_than_own(row, 800, 0, 1.0)
    assert is_larger_than_own(row[-200:], 200, 0, 1.0), "too few weeks to say so"


def test_what_comes_bit_by_bit() -> None:
    row = np.linspace(82.0, 80.0, DAYS) + 0.1 * np.random.default_rng(5).standard_normal(DAYS)
    assert is_gradual(row, WEEKDAYS)
    assert not compare(row[None, :], WEEKDAYS).stands()[0], "each day is like the one before"


# --- What becomes of it -----------------------------------------------------------------------------


def told(values: Array, until: int | None = None) -> list[Change]:
    return [one.change for one in looks_of(values[:until], DAYS)]


def life(*levels: tuple[int, float], seed: int = 6) -> Array:
    """Return days at one level after another with a spread of 1."""
    steps = np.concatenate([np.full(days, level) for days, level in levels])
    return steps + np.random.default_rng(seed).standard_normal(len(steps))


def test_a_change_is_told_when_it_still_holds_two_weeks_later() -> None:
    found = told(life((140, 55.0), (200, 52.0)))
    states = [one.state for one in found]
    assert states[:2] == [ChangeState.MAYBE, ChangeState.CHANGED]
    assert states[-1] is ChangeState.SETTLED
    assert set(states[2:-1]) == {ChangeState.CHANGED}
    maybe, changed = found[:2]
    assert (changed.tested_on - maybe.found_on).days == 14
    assert changed.confirmed_on == changed.tested_on
    turn = FIRST.replace(year=2023, day=2) + timedelta(days=140)
    assert abs((changed.around - turn).days) <= 2
    assert changed.size == pytest.approx(-3, abs=0.6)
    assert (found[-1].tested_on - maybe.found_on).days == 84
    assert all(one.base == maybe.base for one in found), "what was before stays the same"


def test_what_goes_back_at_once_is_taken_back_and_never_told() -> None:
    found = told(life((140, 55.0), (21, 51.0), (60, 55.0)))
    assert [one.state for one in found] == [ChangeState.MAYBE, ChangeState.TAKEN_BACK]


def test_what_goes_back_later_is_over_and_the_way_back_is_no_second_change() -> None:
    found = told(life((140, 55.0), (56, 51.0), (75, 55.0)))
    assert [one.state for one in found][-1] is ChangeState.OVER
    assert sum(one.state is ChangeState.MAYBE for one in found) == 1


def test_while_too_few_days_are_known_it_waits() -> None:
    row = life((140, 55.0), (120, 52.0))
    [maybe] = [one for one in told(row, 170) if one.state is ChangeState.MAYBE][:1]
    at = (maybe.found_on - date(2023, 1, 2)).days
    row[at + 1 :] = np.nan
    assert [one.state for one in told(row)] == [ChangeState.MAYBE, ChangeState.TAKEN_BACK]
    last = told(row)[-1]
    assert (last.tested_on - maybe.found_on).days >= 56


def test_weeks_that_were_missed_are_looked_at_later() -> None:
    ends = weekly_ends(LAST, None)
    assert (len(ends), ends[0], ends[-1]) == (12, LAST - timedelta(weeks=11), LAST)
    assert weekly_ends(LAST, LAST - timedelta(days=6)) == []
    assert weekly_ends(LAST, LAST - timedelta(days=7)) == [LAST]
    assert weekly_ends(LAST, LAST - timedelta(days=15)) == [LAST - timedelta(days=7), LAST]
    assert weekly_ends(LAST, LAST + timedelta(days=3)) == []


def test_looks_one_by_one_say_what_looks_at_once_say() -> None:
    row = life((140, 55.0), (60, 52.0))
    last = FIRST + timedelta(days=199)
    at_once = [one.change for one in follow(Daily(row, FIRST), None, weekly_ends(last, None))]
    known, one_by_one = None, []
    for end in weekly_ends(last, None):
        so_far = Daily(row[: (end - FIRST).days + 1], FIRST)
        for one in follow(so_far, known, [end]):
            known = one.change
            one_by_one.append(known)
    assert at_once == one_by_one
    assert at_once


# --- How often it is wrong --------------------------------------------------------------------------


def test_a_single_look_is_seldom_wrong() -> None:
    for world, most in zip(WORLDS, (0.6, 1.6, 2.6), strict=False):
        assert one_look(world, 0.0, 1000) <= most
        assert one_look(world, 1.0, 1000) >= 15


def test_of_twenty_unchanged_series_about_one_a_year_is_told() -> None:
    years = [unrelated_year(WORLDS[1], number) for number in range(4)]
    assert sum(one.told for one in years) <= 8
    assert sum(one.told for one in years) <= sum(one.seen for one in years) / 2


def test_where_days_are_much_alike_two_years_say_how_many_are_independent() -> None:
    def shares(lag_one: float, days: int = 812) -> list[float]:
        rows = noise(np.random.default_rng(8), 20, days, lag_one)
        return [lasting_share(row, days, 0) for row in rows]

    assert shares(0.5) == [1.0] * 20, "84 days say it"
    assert np.mean(shares(0.85)) < 0.2
    assert np.mean([one == 0.0 for one in shares(0.95)]) > 0.7, "most of what wanders is left out"
    assert np.mean([one == 0.0 for one in shares(0.95, 200)]) > 0.6, "also by half a year"


@pytest.mark.parametrize("lag_one", [0.8, 0.9, 0.95])
def test_of_twenty_that_are_much_alike_no_more_than_three_a_year_are_told(lag_one: float) -> None:
    years = [unrelated_year(World(lag_one), number) for number in range(4)]
    assert sum(one.told for one in years) <= 12


def test_a_large_shift_is_mostly_told_and_with_about_its_day() -> None:
    found = [shifted(WORLDS[0], 1.5, 0, number) for number in range(20)]
    assert sum(one.told for one in found) >= 12
    assert np.median([abs(one.off) for one in found if one.told]) <= 5


@pytest.mark.parametrize("world", WORLDS[:2])
def test_the_interval_holds_a_shift_when_it_is_told_and_at_later_looks(world: World) -> None:
    found = [shifted(world, 1.0, 0, number) for number in range(100)]
    first = [one.covered for one in found if one.told]
    later = [held for one in found for held in one.covered_later]
    assert (len(first) >= 25, len(later) >= 200) == (True, True)
    assert np.mean(first) >= 0.85
    assert np.mean(later) >= 0.85


# --- What is stored ---------------------------------------------------------------------------------


def stored_life(*levels: tuple[int, float], unit: str = "bpm") -> str:
    metric = OwnMetric.objects.create(name="Pulse", unit=unit, decimals=0)
    values = life(*levels)
    first = LAST - timedelta(days=len(values) - 1)
    OwnValue.objects.bulk_create(
        OwnValue(
            metric=metric,
            date=first + timedelta(days=at),
            value=float(value),
            source="Manual",
            source_id=f"{at}",
        )
        for at, value in enumerate(values)
    )
    return f"own.{metric.pk}"


@pytest.fixture
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 9, 16, 12, tzinfo=UTC))


@pytest.mark.django_db
@pytest.mark.usefixtures("_now")
class TestStored:
    def test_a_first_look_tells_what_it_would_have_told_by_now(self) -> None:
        key = stored_life((200, 55.0), (50, 52.0))
        run = find_insights()
        assert run
        assert run.compared == [key]
        change = MetricChange.objects.shown().get()
        assert (change.metric, change.metric_name, change.unit) == (key, "Pulse", "bpm")
        assert change.difference == pytest.approx(-3, abs=0.6)
        assert change.low < -3 < change.high
        assert abs((change.around - (LAST - timedelta(days=49))).days) <= 3
        assert change.confirmed_on == change.found_on + timedelta(days=14)
        assert (change.known_before, change.known_after) == (56, 28)
        assert change.points[-1][0] == str(change.tested_on)
        states = list(MetricChangeTest.objects.order_by("pk").values_list("state", flat=True))
        assert states[:2] == ["maybe", "changed"]

    def test_two_looks_within_a_week_say_the_same(self) -> None:
        stored_life((200, 55.0), (50, 52.0))
        find_insights()
        tests = MetricChangeTest.objects.count()
        run = find_insights()
        assert run
        assert run.compared == []
        assert MetricChangeTest.objects.count() == tests

    def test_the_next_look_goes_on(self) -> None:
        stored_life((200, 55.0), (50, 52.0))
        find_insights(LAST - timedelta(days=21))
        known = list(MetricChange.objects.values_list("state", flat=True))
        find_insights(LAST)
        assert known in ([], ["maybe"])
        assert MetricChange.objects.get().state == "changed"

    def test_what_is_gone_ends(self) -> None:
        stored_life((200, 55.0), (50, 52.0))
        find_insights()
        OwnMetric.objects.update(deleted_at=timezone.now())
        MetricChange.objects.update(found_on=LAST - timedelta(days=84))
        InsightRun.objects.all().delete()
        find_insights()
        assert MetricChange.objects.get().state == "settled"

    def test_marked_days_are_unknown(self) -> None:
        stored_life((200, 55.0), (50, 52.0))
        marks: list[Any] = [
            DayMark(date=LAST - timedelta(days=at), kind="travel") for at in range(50)
        ]
        DayMark.objects.bulk_create(marks)
        find_insights()
        assert not MetricChange.objects.exists()

    def test_yes_and_no_are_not_compared(self) -> None:
        one = Behaviour.objects.create(name="Late meal")
        chance = np.random.default_rng(1)
        for at in range(150):
            value = float(chance.random() < 0.4)
            Answer.objects.create(behaviour=one, date=LAST - timedelta(days=at), value=value)
        run = find_insights()
        assert run
        assert run.series
        assert run.compared == []
