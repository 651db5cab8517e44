"""Where weight goes: slopes, forecasts with their band, the date of a target."""

from __future__ import annotations

import math
import random
from datetime import date

import pytest

from lifetracker.metrics.likeness import likeness
from weight.forecast import Line, line_of
from weight.models import smooth

# A line with the figures of the examples: 28 daily weigh-ins that scatter by 0.5 kg.
SQUARES = 28 * (28**2 - 1) / 12
LINE = Line(
    end=80.0,
    slope=-0.05,
    error=0.5 / math.sqrt(SQUARES),
    spread=0.5,
    days=28,
    middle=13.5,
    squares=SQUARES,
)


def test_the_error_of_a_slope_over_28_days() -> None:
    assert SQUARES == 1827
    assert LINE.error == pytest.approx(0.0117, abs=5e-5)
    assert LINE.error * 7 == pytest.approx(0.082, abs=5e-4)


def test_a_forecast_has_a_band() -> None:
    soon, late = LINE.at(14), LINE.at(40)
    assert soon == pytest.approx((79.3, 0.335, 0.602), abs=5e-4)
    assert late == pytest.approx((78.0, 0.633, 0.807), abs=5e-4)


def test_a_forecast_ends_after_twice_the_window() -> None:
    assert LINE.at(56).kg == pytest.approx(77.2)
    for ahead in (57, -1):
        with pytest.raises(ValueError, match="no further than 56 days"):
            LINE.at(ahead)


def test_the_date_of_a_target() -> None:
    assert LINE.days_until(78) == (29, 40, 65)


def test_no_date_where_the_slope_may_as_well_be_the_other_way() -> None:
    assert LINE.days_until(81) is None, "away from it"
    assert LINE._replace(slope=-0.01).days_until(78) is None, "not told from none"
    assert LINE._replace(slope=0.05).days_until(82) == (29, 40, 65)


def test_no_date_that_may_be_more_than_half_a_year_away() -> None:
    assert LINE.days_until(75) == (72, 100, 163)
    assert LINE.days_until(74) is None


def test_a_straight_line_is_found_again() -> None:
    line = line_of([70.0] * 60 + [80 - 0.05 * day for day in range(28)])
    assert line is not None
    assert (line.end, line.slope) == (pytest.approx(78.65), pytest.approx(-0.05))
    assert (line.days, line.middle, line.squares) == (28, 13.5, 1827)
    assert line.spread == pytest.approx(0, abs=1e-9)
    assert line.days_until(78.15) == (10, 10, 10)


def test_it_equals_a_plain_reference_with_gaps() -> None:
    weights = [80.0, None, 80.4, 79.9, None, 80.1, 79.5, None, None, 79.8, 79.4, 79.9, 79.0]
    weights += [None] * 8 + [79.2, 78.9]
    line = line_of(weights)
    assert line is not None
    points = [(at - len(weights) + 1, kg) for at, kg in enumerate(weights) if kg is not None]
    number = len(points)
    x, y = (sum(one[axis] for one in points) / number for axis in (0, 1))
    slope = sum(a * b for a, b in points) - number * x * y
    slope /= sum(a * a for a, _ in points) - number * x * x
    assert line.slope == pytest.approx(slope)
    assert line.end == pytest.approx(y - slope * x)
    rest = [kg - y - slope * (at - x) for at, kg in points]
    assert line.spread == pytest.approx(math.sqrt(sum(r * r for r in rest) / (number - 2)))


def test_too_few_days_or_too_short_a_span_have_no_slope() -> None:
    assert line_of([80.0] * 20) is None
    assert line_of([80.0] * 21) is not None
    assert line_of(([80.0, None, None] * 7)[:21]) is None, "seven known days"
    assert line_of([80.0] * 9 + [None] * 18 + [80.0]) is not None, "ten, from the first to the last"
    assert line_of([]) is None


def test_neighbouring_days_that_are_alike_widen_the_error() -> None:
    assert likeness({0: 1.0, 1: -1.0, 2: 1.0, 3: -1.0}) == 0
    assert likeness({0: 1.0, 2: 1.0, 4: -1.0}) == 0, "no neighbours"
    assert likeness({0: 1.0, 1: 1.0, 2: -1.0, 3: -1.0}) == pytest.approx(1 / 3)
    alike = [80.0 + (0.5 if day % 8 < 4 else -0.5) for day in range(28)]
    line = line_of(alike)
    assert line is not None
    assert line.error > 1.4 * line.spread / math.sqrt(line.squares)


def test_the_band_of_a_slope_holds_for_random_weights() -> None:
    """Of 400 made-up months without autocorrelation, 85 to 95 % have the true slope within the band of 90 %."""
    chance = random.Random(7)  # noqa: S311 - no secret
    within = 0
    for _ in range(400):
        line = line_of([80 - 0.05 * day + chance.gauss(0, 0.5) for day in range(28)])
        assert line is not None
        within += abs(line.slope + 0.05) < 1.645 * line.error
    assert 0.85 <= within / 400 <= 0.95


def test_the_trend_of_the_example() -> None:
    days = [date(2026, 3, day) for day in (1, 2, 3, 6)]
    points = smooth(zip(days, [80.0, 81.0, 80.5, 79.5], strict=True))
    assert [point.trend for point in points] == pytest.approx([80.0, 80.1, 80.14, 79.967], abs=1e-3)
