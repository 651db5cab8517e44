"""A value that is measured now and then: gaps, a forecast that lies ahead, and an aim."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifetracker.days import days_from
from lifetracker.web.charts.paths import Stretch
from lifetracker.web.charts.trend import Series, bridged, domain_with_aim, holds_aim, trend_chart
from tests.lifetracker.web.reading import HOSTILE, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

FIRST = date(2026, 3, 2)


def days(count: int) -> list[date]:
    return days_from(FIRST, FIRST + timedelta(days=count - 1))


def test_short_gaps_are_led_over_and_long_ones_are_not() -> None:
    values = [1.0, None, None, 4.0, None, None, None, 8.0]
    assert bridged(values, 3) == [1, 2, 3, 4, None, None, None, 8]
    assert bridged(values, 4) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert bridged([None, 2.0, None], 9) == [None, 2, None], "nothing leads beyond the ends"
    assert bridged([], 3) == []


def test_each_part_is_drawn_in_its_class() -> None:
    series = Series(
        line=[70.0, 70.5, 70.2, None, None],
        dots=[70.1, None, 70.3, None, None],
        ahead=[None, None, 70.2, 70.1, 70.0],
        ahead_band=[None, None, Stretch(70, 70.4), Stretch(69.8, 70.4), Stretch(69.5, 70.5)],
        aim=[71.0, 70.8, 70.6, 70.4, 70.2],
    )
    root = parsed(trend_chart(series, days(5), sentence=HOSTILE))
    for name in ("trend", "ahead", "ahead-band", "aimed", "begins"):
        assert len(with_class(root, name)) == 1, name
    assert names(root) == [HOSTILE]
    assert with_class(root, "dots")[0].attrib["d"].count("h0") == 2


def test_nothing_known_says_so_and_draws_nothing() -> None:
    chart = trend_chart(Series(line=[None] * 7), days(7), sentence="x", empty="No weigh-ins.")
    root = parsed(chart)
    assert "No weigh-ins." in words(root)
    assert with_class(root, "trend") == []


def test_the_scale_holds_the_forecast_and_is_no_less_high_than_asked() -> None:
    flat = Series(line=[70.0, 70.01], ahead_band=[None, Stretch(68, 73)], ahead=[None, 70.0])
    domain = domain_with_aim(flat, 1.0, 4)
    assert domain is not None
    assert (domain.low <= 68, domain.high >= 73) == (True, True)
    alone = domain_with_aim(Series(line=[70.0, 70.01]), 1.0, 4)
    assert alone is not None
    assert alone.high - alone.low >= 1


def test_an_aim_that_is_far_away_squeezes_nothing() -> None:
    near = Series(line=[70.0, 71.0], aim=[69.0, 68.5])
    far = Series(line=[70.0, 71.0], aim=[50.0, 49.0])
    assert holds_aim(near, 1.0)
    assert not holds_aim(far, 1.0)
    assert with_class(parsed(trend_chart(far, days(2), sentence="x")), "aimed") == []


def test_series_have_a_value_for_each_slice() -> None:
    with pytest.raises(ValueError, match="5 days got 2 values"):
        trend_chart(Series(line=[1.0, 2.0]), days(5), sentence="x")
