"""Columns against a target, and an estimate with its band."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifetracker.days import days_from
from lifetracker.web.charts.estimate import domain_of_estimate, estimate_chart
from lifetracker.web.charts.frame import NOTHING_KNOWN, Place
from lifetracker.web.charts.paths import Stretch
from lifetracker.web.charts.scales import month_labels
from lifetracker.web.charts.target_columns import (
    TargetColumn,
    TargetDomain,
    domain_with,
    target_columns,
)
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

FIRST = date(2026, 3, 2)
WHOLE = [TargetColumn(2000, "2,000")] * 7


def days(count: int) -> list[date]:
    return days_from(FIRST, FIRST + timedelta(days=count - 1))


# --- Against a target -----------------------------------------------------------------------------


def test_a_column_is_filled_dotted_or_paler() -> None:
    bars = [
        TargetColumn(1893, "1,893"),
        TargetColumn(780, "780+", "part"),
        TargetColumn(None, HOSTILE),
        TargetColumn(0, "0"),
        TargetColumn(1712, "1,712", "open"),
    ]
    root = parsed(
        target_columns(bars, days(5), targets=[1950.0] * 5, fill="work", sentence=HOSTILE)
    )
    columns = [one.attrib for one in root.iter("rect")]
    assert [one["class"] for one in columns] == [
        "f-work",
        "f-none",
        "f-none",
        "f-work",
        "f-work f-open",
    ]
    heights = [float(one["height"]) for one in columns]
    assert heights[0] > heights[4] > heights[1] > heights[2] > heights[3] > 0
    assert [one.text for one in with_class(root, "strong")] == [
        "1,893",
        "780+",
        HOSTILE,
        "0",
        "1,712",
    ]
    assert names(root) == [HOSTILE]
    assert len(with_class(root, "need")) == 1


def test_a_target_leads_over_the_days_that_have_it() -> None:
    targets = [1950.0, 1950.0, 2400.0, None, None, 1950.0, 1950.0]
    root = parsed(target_columns(WHOLE, days(7), targets=targets, fill="work", sentence="x"))
    lines = [(one.attrib["x1"], one.attrib["x2"]) for one in with_class(root, "need")]
    assert lines == [("0%", "28.57%"), ("28.57%", "42.86%"), ("71.43%", "100%")]


def test_a_target_is_written_instead_of_the_tick_beside_it() -> None:
    assert TargetDomain(0, 2500, 1000, (1950,)).ticks() == [0, 1000, 1950]
    assert TargetDomain(0, 2500, 1000, (1500,)).ticks() == [0, 1000, 1500, 2000]
    assert TargetDomain(0, 2500, 1000, (1950, 2000, 2400)).ticks() == [0, 1000, 1950, 2400]
    assert TargetDomain(0, 2500, 1000).ticks() == [0, 1000, 2000]


def test_the_scale_holds_what_is_drawn_and_what_is_aimed_at() -> None:
    domain = domain_with([100.0, None], [None, 1950.0])
    assert domain is not None
    assert (domain.low, domain.high, domain.targets) == (0, pytest.approx(2184), (1950,))
    fast = domain_with([0.0], [None])
    assert fast is not None
    assert fast.high == 1
    assert domain_with([None], [None]) is None


def test_where_nothing_is_known_that_is_said() -> None:
    none = [TargetColumn(None, "-")] * 7
    root = parsed(target_columns(none, days(7), targets=[None] * 7, fill="work", sentence="x"))
    assert NOTHING_KNOWN in words(root)
    assert list(root.iter("rect")) == []


def test_a_day_leads_somewhere() -> None:
    places = [Place(f"?day={day}", "words") for day in days(7)]
    root = parsed(
        target_columns(WHOLE, days(7), targets=[None] * 7, fill="work", sentence="x", places=places)
    )
    assert links(root)[0] == "?day=2026-03-02"
    with pytest.raises(ValueError, match="A chart of 7 days got 6 values"):
        target_columns(WHOLE, days(7), targets=[None] * 6, fill="work", sentence="x")


# --- Estimates ------------------------------------------------------------------------------------


def test_an_estimate_breaks_where_too_little_is_known() -> None:
    line = [None if 10 <= at < 20 else 2000.0 for at in range(60)]
    band = [None if one is None else Stretch(one - 80, one + 80) for one in line]
    root = parsed(estimate_chart(line, band, [1900.0] * 60, days(60), sentence=HOSTILE))
    (trend,), (area,) = with_class(root, "trend"), with_class(root, "usual-band")
    assert trend.attrib["d"].count("M") == area.attrib["d"].count("M") == 2
    (ground,) = with_class(root, "f-sunken")
    assert (ground.attrib["x"], ground.attrib["width"]) == ("16.67%", "16.67%")
    assert "too few" in words(root)
    assert names(root) == [HOSTILE]


def test_a_short_gap_is_only_a_gap() -> None:
    two = [None if at in {10, 11} else 2000.0 for at in range(60)]
    root = parsed(estimate_chart(two, [None] * 60, [None] * 60, days(60), sentence="x"))
    assert with_class(root, "f-sunken") == []
    five = [None if 10 <= at < 15 else 2000.0 for at in range(60)]
    root = parsed(estimate_chart(five, [None] * 60, [None] * 60, days(60), sentence="x"))
    assert len(with_class(root, "f-sunken")) == 1
    assert "too few" not in words(root)


def test_dots_alone_are_drawn_on_a_ground() -> None:
    nothing: list[None] = [None] * 30
    root = parsed(estimate_chart(nothing, nothing, [1900.0] * 30, days(30), sentence="x"))
    assert len(with_class(root, "f-sunken")) == 1
    assert len(with_class(root, "dots")) == 1
    empty = parsed(estimate_chart(nothing, nothing, nothing, days(30), sentence="x"))
    assert NOTHING_KNOWN in words(empty)


def test_a_feast_does_not_flatten_the_rest() -> None:
    domain = domain_of_estimate([2000.0], [Stretch(1900, 2100)], [2000.0] * 40 + [9000.0], 400)
    assert domain is not None
    assert domain.high - domain.low <= 600
    feast = estimate_chart(
        [2000.0] * 41, [None] * 41, [2000.0] * 40 + [9000.0], days(41), sentence="x"
    )
    assert len(with_class(parsed(feast), "beyond")) == 1
    assert domain_of_estimate([None], [None], [None], 400) is None


def test_months_are_named_where_they_have_room() -> None:
    assert [(one.at, one.text) for one in month_labels(days(84))] == [
        (0, "Mar"),
        (30, "Apr"),
        (60, "May"),
    ]
    late = days_from(date(2026, 3, 28), date(2026, 5, 28))
    assert [one.text for one in month_labels(late)] == ["Apr", "May"]
    assert [one.text for one in month_labels(days(5))] == ["Mar"]
