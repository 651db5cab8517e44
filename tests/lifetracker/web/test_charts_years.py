"""Years as rows of weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.years import Day, year_rows
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

MONDAY = date(2025, 12, 22)


def days(*values: float | None) -> list[Day]:
    return [
        Day(MONDAY + timedelta(days=at), value, None if value is None else "mid")
        for at, value in enumerate(values)
    ]


def test_a_week_belongs_to_the_year_of_most_of_its_days() -> None:
    root = parsed(year_rows(days(*[60.0] * 9), {}, sentence="x", subject="recovery"))
    assert [one.text for one in root.iter("h3")] == ["2026", "2025"]
    later, earlier = with_class(root, "c-mid")
    assert later.attrib["d"] == "M1 1h8v8h-8zM1 11h8v8h-8z", "29 and 30 December, in the first week"
    assert earlier.attrib["d"].startswith("M511 1h8")


def test_the_mean_of_a_year_is_that_of_its_known_days() -> None:
    rows = year_rows(days(80.0, None, 40.0), {}, sentence="x", subject="mean recovery", unit=" %")
    assert names(parsed(rows)) == ["2025: mean recovery 60 %, 1 day not known"]
    assert words(parsed(rows)).endswith("60 %")
    unknown = year_rows(days(None, None), {}, sentence="x", subject="recovery")
    assert names(parsed(unknown)) == ["2025: recovery not known, 2 days not known"]


def test_unknown_days_are_dotted_bad_ones_have_a_pip_and_today_a_ring() -> None:
    cells = [*days(60.0, None), Day(MONDAY + timedelta(2), 20.0, "low")]
    root = parsed(year_rows(cells, {}, sentence="x", subject="recovery", today=MONDAY))
    for name, path in (
        ("f-none", "M511 11h8v8h-8z"),
        ("pips", "M515 25h0"),
        ("ringed", "M510 0h10v10h-10z"),
    ):
        assert [one.attrib["d"] for one in with_class(root, name)] == [path]


def test_a_week_leads_to_its_days() -> None:
    weeks = {MONDAY: Place("?from=1&to=2", HOSTILE)}
    root = parsed(year_rows(days(*[60.0] * 9), weeks, sentence=HOSTILE, subject=HOSTILE))
    assert links(root) == ["?from=1&to=2"]
    assert [one.text for one in root.iter("title")] == [HOSTILE]
