"""Scales: domains, ticks, what a mark stands for, and the words below."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest

from lifetracker.days import days_from
from lifetracker.web.charts.scales import (
    Domain,
    buckets,
    clock_words,
    day_labels,
    domain_from_zero,
    domain_of,
    number_words,
    percentile,
    slices,
    unit_of_bars,
    unit_of_lines,
)

pytestmark = pytest.mark.one_database

MONDAY = date(2026, 3, 2)


def days(count: int, first: date = MONDAY) -> list[date]:
    return days_from(first, first + timedelta(days=count - 1))


def test_a_domain_is_rounded_outwards_and_does_not_begin_at_zero() -> None:
    domain = domain_of([47.0, None, 98.0])
    assert domain == Domain(40.0, 100.0, 20.0)
    assert domain.ticks() == [40, 60, 80, 100]


def test_a_domain_leaves_out_a_hundredth_at_each_end() -> None:
    domain = domain_of([50.0] * 150 + [52.0] * 150 + [400.0])
    assert domain
    assert domain.high < 60
    assert not domain.holds(400)
    assert domain.share(400) == 1.0
    assert domain.share(-5) == 0.0


@pytest.mark.parametrize("value", [0.0, 14.9, -3.0, 1e6])
def test_equal_values_lie_in_the_middle(value: float) -> None:
    domain = domain_of([value, value])
    assert domain
    assert domain.low < value < domain.high
    assert 0.2 < domain.share(value) < 0.8
    assert 2 <= len(domain.ticks()) <= 7


def test_errors_of_rounding_do_not_stretch_the_axis() -> None:
    assert domain_of([0.3, 0.1 + 0.2]) == domain_of([0.3, 0.3])
    assert domain_from_zero([5e-324]) == Domain(0.0, 1.0, 1.0)


@pytest.mark.parametrize("value", [5e-324, 1e308, -1e308, 1e15])
def test_the_smallest_and_the_largest_numbers_have_a_domain(value: float) -> None:
    for domain in (domain_of([value, 0.0]), domain_from_zero([value]), domain_of([value])):
        assert domain
        assert 0 <= domain.share(value) <= 1
        assert 1 <= len(domain.ticks()) <= 9


def test_what_is_no_number_has_no_domain() -> None:
    assert domain_of([math.nan, math.inf]) is None
    assert domain_of([math.nan, 4.0]) == domain_of([4.0])


def test_a_domain_without_height_has_all_in_its_middle() -> None:
    assert Domain(1, 1, 1).share(1) == Domain(1, 1, 1).share(7) == 0.5
    assert Domain(1, 1, 1).ticks() == [1]


def test_nothing_known_has_no_domain() -> None:
    assert domain_of([None, None]) is None
    assert domain_of([]) is None
    assert domain_from_zero([None]) is None


def test_a_domain_of_few_values_holds_each_of_them() -> None:
    domain = domain_of([50.0] * 40 + [121.0], bounds=[30.0])
    assert domain
    assert domain.holds(121)
    assert domain.holds(30)


def test_a_domain_has_a_least_span() -> None:
    domain = domain_of([65.2, 65.3], least_span=1)
    assert domain
    assert domain.high - domain.low >= 1


def test_columns_begin_at_zero_and_reach_below_it() -> None:
    assert domain_from_zero([6.0, 8.4]) == Domain(0.0, 10.0, 5.0)
    below = domain_from_zero([-3.0, 8.0])
    assert below
    assert below.low <= -3
    assert below.holds(0)
    assert domain_from_zero([0.0, 0.0]) == Domain(0.0, 1.0, 1.0)


def test_ticks_are_multiples_of_the_step() -> None:
    assert Domain(0, 21, 7).ticks() == [0, 7, 14, 21]
    assert Domain(-0.4, 0.4, 0.2).ticks() == [-0.4, -0.2, 0.0, 0.2, 0.4]
    assert Domain(35, 105, 20).ticks() == [40, 60, 80, 100]


def test_a_percentile_lies_between_two_numbers() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2
    assert percentile([1.0, 2.0], 25) == 1.25
    assert percentile([7.0], 99) == 7


def test_words_of_ticks() -> None:
    assert [number_words(value) for value in (1200, 0.5, -3, 40.0, 0.0)] == [
        "1,200",
        "0.5",
        "−3",
        "40",
        "0",
    ]
    assert [clock_words(value) for value in (-90, 0, 615, 1500)] == [
        "22:30",
        "00:00",
        "10:15",
        "01:00",
    ]


@pytest.mark.parametrize(
    ("count", "of_bars", "of_lines"),
    [
        (7, "day", "day"),
        (92, "day", "day"),
        (365, "week", "day"),
        (1826, "week", "week"),
        (3650, "month", "month"),
    ],
)
def test_at_most_one_mark_for_two_pixels(count: int, of_bars: str, of_lines: str) -> None:
    assert unit_of_bars(count) == of_bars
    assert unit_of_lines(count) == of_lines


def test_weeks_begin_on_monday_and_are_cut_by_the_range() -> None:
    wednesday = days(8, MONDAY + timedelta(days=2))
    assert slices(wednesday, "week") == [slice(0, 5), slice(5, 8)]
    assert slices(days(60), "month") == [slice(0, 30), slice(30, 60)]
    assert slices([], "week") == []


def test_a_bucket_has_the_mean_of_what_is_known() -> None:
    fortnight = days(14)
    values: list[float | None] = [1.0, None, 3.0, None, None, 5.0, None, *[None] * 7]
    first, second = buckets(fortnight, values, slices(fortnight, "week"))
    assert (first.mean, first.least, first.most, first.known_days) == (3, 1, 5, 3)
    assert (second.mean, second.least, second.most, second.known_days) == (None, None, None, 0)
    assert (second.first, second.last) == (date(2026, 3, 9), date(2026, 3, 15))


def test_one_value_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="A chart of 3 days got 2 values"):
        buckets(days(3), [1.0, 2.0], slices(days(3), "day"))


def test_words_below_a_chart() -> None:
    assert [label.text + label.rest for label in day_labels(days(3))] == ["Mon 2", "Tue 3", "Wed 4"]
    assert len(day_labels(days(90))) == 7, "each second Monday"
    assert [label.text for label in day_labels(days(30))] == [
        "2 Mar",
        "9 Mar",
        "16 Mar",
        "23 Mar",
        "30 Mar",
    ]
    year = day_labels(days(365))
    assert [label.text for label in year][:3] == ["Apr", "May", "Jun"]
    assert [label.wide for label in year][:4] == [False, True, True, False]
    assert [label.text for label in day_labels(days(1200))] == ["2027", "2028", "2029"]
    assert day_labels([]) == []
