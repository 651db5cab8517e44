"""Calendars: a day that is not known is a dotted cell, in no mean and in no band."""

from __future__ import annotations

from datetime import date

import pytest

from lifetracker.days import days_from
from lifetracker.web.charts.calendar import (
    BandNames,
    Cell,
    band_legend,
    month_calendar,
    recent_days,
)
from lifetracker.web.charts.markup import Band
from lifetracker.web.charts.year import banded_year
from tests.lifetracker.web.reading import HOSTILE, links, names, parsed, with_class, words

pytestmark = pytest.mark.one_database

NAMES = BandNames("Green, 67 and over", "Yellow, 34 to 66", "Red, under 34")


def cell(day: date, value: float | None = 60.0, band: Band | None = "mid") -> Cell:
    return Cell(day, value, band, f"/whoop/{day}", f"{day}: {value}")


def cells(first: date, last: date) -> list[Cell]:
    return [cell(day) for day in days_from(first, last)]


def months(found: list[Cell], today: date | None = None, first_weekday: int = 0) -> str:
    return month_calendar(
        found,
        sentence="Recovery.",
        subject="mean recovery",
        unit=" %",
        today=today,
        first_weekday=first_weekday,
    )


QUARTER = cells(date(2026, 8, 30), date(2026, 11, 27))
YEAR = cells(date(2025, 11, 28), date(2026, 11, 27))


def test_each_day_has_a_cell_and_a_link() -> None:
    root = parsed(months(QUARTER))
    assert len(with_class(root, "c-mid")) == 90
    assert links(root)[0] == "/whoop/2026-08-30"
    assert len(links(root)) == 90
    assert names(root)[0] == "August 2026: mean recovery 60 %"
    heads = ["".join(one.itertext()) for one in root.iter("h3")]
    assert heads == ["August 60 %", "September 60 %", "October 60 %", "November 60 %"]


def test_a_day_removed_is_a_dotted_cell_in_no_mean() -> None:
    found = list(QUARTER)
    found[10] = cell(found[10].day, None, None)
    found[11] = cell(found[11].day, 90, "high")
    root = parsed(months(found))
    assert len(with_class(root, "f-none")) == 1
    assert len(with_class(root, "c-mid")) == 88
    assert "September 2026: mean recovery 61 %, 1 day not known" in names(root)
    assert len(links(root)) == 90, "also a day that is not known has a page"


def test_a_month_of_unknown_days_has_no_mean() -> None:
    found = [cell(day, None, None) for day in days_from(date(2026, 2, 1), date(2026, 2, 28))]
    root = parsed(months(found))
    assert names(root) == ["February 2026: mean recovery not known, 28 days not known"]
    assert len(with_class(root, "f-none")) == 28
    assert not with_class(root, "number")


def test_months_have_the_number_in_each_cell() -> None:
    found = cells(date(2026, 10, 29), date(2026, 11, 27))
    found[3] = cell(found[3].day, None, None)
    found[4] = cell(found[4].day, 0, "low")
    root = parsed(months(found))
    numbers = [one.text for one in with_class(root, "number")]
    assert len(numbers) == 29
    assert numbers.count("0") == 1, "a zero is known; a day that is not known has no number"
    assert not with_class(root, "pip")


def test_months_begin_and_end_with_the_weeks_of_their_cells() -> None:
    root = parsed(months(cells(date(2026, 11, 17), date(2026, 11, 24))))
    [chart] = with_class(root, "chart")
    assert chart.attrib["viewBox"] == "-1 0 112 43", "two weeks"
    assert with_class(root, "c-mid")[0].attrib["y"] == "11"


@pytest.mark.parametrize(("first_weekday", "x", "head"), [(0, "96", "M"), (6, "0", "S")])
def test_weeks_begin_with_the_weekday_that_is_asked_for(
    first_weekday: int, x: str, head: str
) -> None:
    """1 March 2026 is a Sunday."""
    root = parsed(months(cells(date(2026, 3, 1), date(2026, 3, 31)), None, first_weekday))
    first = with_class(root, "c-mid")[0]
    assert (first.attrib["x"], first.attrib["y"]) == (x, "11")
    assert next(iter(root.iter("text"))).text == head


def test_today_is_ringed_and_later_days_are_to_come() -> None:
    today = date(2026, 11, 27)
    root = parsed(months(cells(date(2026, 11, 1), today), today))
    assert len(with_class(root, "ringed")) == 1
    assert len(with_class(root, "f-sunken")) == 3
    assert not with_class(
        parsed(months(cells(date(2026, 10, 1), date(2026, 10, 5)), today)), "f-sunken"
    )


def test_no_cells_no_months() -> None:
    assert names(parsed(months([]))) == []


def test_a_value_without_bands_has_a_plain_cell() -> None:
    root = parsed(months([cell(date(2026, 3, 1), -4, None)]))
    assert with_class(root, "c-plain")
    assert "-4" in words(root)


def test_words_are_escaped() -> None:
    hostile = Cell(date(2026, 3, 1), 5, None, f"/?{HOSTILE}", HOSTILE)
    markup = month_calendar([hostile], sentence=HOSTILE, subject=HOSTILE, unit=HOSTILE)
    root = parsed(markup)
    assert links(root) == [f"/?{HOSTILE}"]
    assert HOSTILE in names(root)[0]
    names_of_bands = BandNames(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    assert words(parsed(band_legend([hostile], names_of_bands))).count(HOSTILE) == 4


def test_the_legend_counts_each_band_and_what_is_not_known() -> None:
    day = date(2026, 3, 1)
    found = [
        cell(day, 80, "high"),
        cell(day),
        cell(day),
        cell(day, 3, "low"),
        cell(day, None, "mid"),
    ]
    assert words(parsed(band_legend(found, NAMES))) == (
        "Green, 67 and over 1Yellow, 34 to 66 2Red, under 34 1Not known 1"
    )


def test_the_last_seven_days() -> None:
    found = cells(date(2026, 11, 20), date(2026, 11, 27))
    found[6] = cell(found[6].day, None, None)
    root = parsed(recent_days(found, sentence="The last seven days.", today=date(2026, 11, 27)))
    assert [one.text for one in root.iter("text")] == list("SSMTWTF")
    assert len(with_class(root, "c-mid")) == 6
    assert len(with_class(root, "f-none")) == 1
    assert len(with_class(root, "ringed")) == 1
    assert names(root) == ["The last seven days."]
    assert links(root)[-1] == "/whoop/2026-11-27"


# --- A year ---------------------------------------------------------------------------------------


def banded(found: list[Cell], today: date | None = None) -> str:
    return banded_year(found, sentence="Recovery.", subject="mean recovery", unit=" %", today=today)


def test_a_year_is_two_drawings_with_the_mean_of_each_month() -> None:
    found = list(YEAR)
    found[40] = cell(found[40].day, None, None)
    found[41] = cell(found[41].day, 90, "high")
    root = parsed(banded(found, found[-1].day))
    assert links(root) == [one.href for one in found]
    assert (len(with_class(root, "c-mid")), len(with_class(root, "f-none"))) == (363, 1)
    assert len(with_class(root, "ringed")) == 1
    first, second = names(root)
    assert first.startswith(
        "Recovery., mean recovery by month, 28 November 2025 to 31 May 2026: November 60 %, December 60 %, January 61 %"
    )
    assert first.endswith("May 60 %, 1 day not known")
    assert second.endswith(
        "1 June 2026 to 27 November 2026: June 60 %, July 60 %, August 60 %, "
        "September 60 %, October 60 %, November 60 %"
    )
    heads = ["".join(one.itertext()) for one in root.iter("text")]
    assert heads[:3] == ["Dec 60", "Jan 61", "Feb 60"]


def test_a_bad_day_can_be_told_without_colours() -> None:
    found = list(YEAR)
    found[10] = cell(found[10].day, 20, "low")
    found[11] = cell(found[11].day, None, "low")
    assert len(with_class(parsed(banded(found)), "pip")) == 1


def test_cells_of_half_a_year_are_as_large_as_those_of_a_whole_one() -> None:
    for found in (YEAR, YEAR[-120:]):
        boxes = {one.attrib["viewBox"] for one in parsed(banded(found)).iter("svg")}
        assert boxes == {"-2 0 540 162"}
