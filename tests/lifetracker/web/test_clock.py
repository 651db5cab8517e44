"""Times of day and weekdays, as the owner chose to read them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.utils.formats import date_format

from fasting.models import spoken
from lifetracker.doctor.findings import at
from lifetracker.models.preferences import Preferences, read_once, shown_with
from lifetracker.web import clock
from lifetracker.web.charts.calendar import Cell, month_calendar
from lifetracker.web.charts.frame import Place
from lifetracker.web.charts.hours import hour_grid
from lifetracker.web.charts.scales import clock_words
from lifetracker.web.charts.steps import Steps
from lifetracker.web.charts.year import Count, year_calendar
from lifetracker.web.charts.years import Day, calendar_weeks, year_rows
from lifetracker.web.sentences import clock_of
from tests.lifetracker.web.reading import links, parsed, with_class

pytestmark = pytest.mark.one_database

MOMENT = datetime(2026, 9, 16, 19, 5, 9, tzinfo=UTC)
TWELVE = Preferences(clock=12)
SUNDAY = Preferences(first_weekday=6)


@pytest.mark.parametrize(
    ("hour", "minute", "twenty_four", "twelve"),
    [
        (0, 0, "00:00", "12:00 am"),
        (0, 59, "00:59", "12:59 am"),
        (7, 12, "07:12", "7:12 am"),
        (11, 59, "11:59", "11:59 am"),
        (12, 0, "12:00", "12:00 pm"),
        (13, 1, "13:01", "1:01 pm"),
        (23, 59, "23:59", "11:59 pm"),
    ],
)
def test_a_time_of_day(hour: int, minute: int, twenty_four: str, twelve: str) -> None:
    assert clock.time_at(hour, minute) == twenty_four
    assert clock_of(hour + minute / 60) == twenty_four
    assert clock_words(hour * 60 + minute - 24 * 60) == twenty_four
    with shown_with(TWELVE):
        assert clock.time_at(hour, minute) == twelve
        assert clock_of(hour + minute / 60) == twelve


def test_moments(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    assert clock.time_words(MOMENT) == "21:05"
    assert clock.time_words(MOMENT, 330) == "00:35"
    assert clock.date_and_time(MOMENT) == "16 Sep 2026, 21:05"
    with shown_with(TWELVE):
        assert clock.time_words(MOMENT, with_seconds=True) == "9:05:09 pm"
        assert clock.time_words(MOMENT, 330) == "12:35 am"
        assert clock.date_and_time(MOMENT, "l j F") == "Wednesday 16 September 9:05 pm"


def test_hours_of_an_axis() -> None:
    assert [clock.hour_label(hour) for hour in (0, 6, 12, 22, 24)] == ["00", "06", "12", "22", "00"]
    assert [clock.full_hour(hour) for hour in (0, 24)] == ["00:00", "24:00"]
    with shown_with(TWELVE):
        labels = [clock.hour_label(hour) for hour in (0, 6, 12, 22, 24)]
        assert labels == ["12 am", "6 am", "12 pm", "10 pm", "12 am"]
        assert [clock.full_hour(hour) for hour in (0, 24)] == ["12 am", "12 am"]


def test_what_templates_and_the_admin_print() -> None:
    text = (
        '{% load human %}{{ at|clock:None }}, {{ at|at_time:"j M" }}, {{ at|clock_with_seconds }}'
    )
    page = Template(text)
    assert page.render(Context({"at": MOMENT})) == "19:05, 16 Sep 19:05, 19:05:09"
    assert date_format(MOMENT, "DATETIME_FORMAT") == "16 Sep 2026, 19:05"
    with shown_with(TWELVE):
        assert page.render(Context({"at": MOMENT})) == "7:05 pm, 16 Sep 7:05 pm, 7:05:09 pm"
        assert date_format(MOMENT, "DATETIME_FORMAT") == "16 Sep 2026, 7:05 PM"
        assert date_format(MOMENT, "TIME_FORMAT") == "7:05 PM"


# --- Weekdays -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "order", "week"),
    [
        (0, [0, 1, 2, 3, 4, 5, 6], date(2026, 9, 14)),
        (5, [5, 6, 0, 1, 2, 3, 4], date(2026, 9, 12)),
        (6, [6, 0, 1, 2, 3, 4, 5], date(2026, 9, 13)),
    ],
)
def test_a_week(first: int, order: list[int], week: date) -> None:
    with shown_with(Preferences(first_weekday=first)):
        assert clock.weekdays() == order
        assert clock.week_of(MOMENT.date()) == week
        assert clock.row_of(week) == 0


def drawn_weeks(draw: Callable[[], Any]) -> list[str]:
    return re.findall(r">([MTWFS])<", str(draw()))


def test_calendars_begin_with_the_first_weekday() -> None:
    cells = [Cell(date(2026, 9, 1) + timedelta(days=at), 60.0, None) for at in range(30)]

    def month() -> Any:
        return month_calendar(cells, sentence="x", subject="x")

    assert drawn_weeks(month) == ["M", "T", "W", "T", "F", "S", "S"]
    with shown_with(SUNDAY):
        assert drawn_weeks(month) == ["S", "M", "T", "W", "T", "F", "S"]
        first = with_class(parsed(month()), "c-plain")[0]
    # 1 September 2026 was a Tuesday.
    assert first.attrib["x"] == str(2 * 16)


def test_a_year_of_weeks_from_sunday() -> None:
    # A Saturday and a Sunday.
    days = [Count(date(2026, 9, 12), 1), Count(date(2026, 9, 13), 1)]

    def places() -> list[tuple[str, str]]:
        root = parsed(year_calendar(days, Steps([1]), sentence="x"))
        return [(one.attrib["x"], one.attrib["y"]) for one in root.iter("rect")]

    assert places() == [("0", "122"), ("0", "142")]
    with shown_with(SUNDAY):
        assert places() == [("0", "142"), ("20", "22")]


def test_rows_of_years_of_weeks_from_sunday() -> None:
    days = [date(2025, 12, 26) + timedelta(days=at) for at in range(9)]
    rows = [Day(day, 60.0, "mid") for day in days]
    with shown_with(SUNDAY):
        # 28 December is a Sunday; four days of its week are in December.
        assert calendar_weeks(days) == [slice(0, 2), slice(2, 9)]
        weeks = {date(2025, 12, 28): Place("?from=2025-12-28", "x")}
        root = parsed(year_rows(rows, weeks, sentence="x", subject="x"))
        assert [one.text for one in root.iter("h3")] == ["2025"]
        (path,) = (one.attrib["d"] for one in with_class(root, "c-mid"))
        assert path.startswith("M511 51h8v8h-8zM511 61h8v8h-8zM521 1h8")
        assert links(root) == ["?from=2025-12-28"]
    assert calendar_weeks(days) == [slice(0, 3), slice(3, 9)]
    assert calendar_weeks([]) == []


def test_hours_of_the_week_from_sunday() -> None:
    counts = [[0] * 24 for _ in range(7)]
    counts[6][9] = 5
    with shown_with(SUNDAY):
        root = parsed(hour_grid(counts, Steps([5]), sentence="x"))
    assert next(root.iter("li")).text == "Sun"
    cells = list(root.iter("rect"))
    (full,) = (one for one in cells if one.attrib["class"] != "f-sunken")
    assert cells.index(full) == 9


def test_what_fasts_and_the_doctor_say() -> None:
    assert spoken(MOMENT) == at(MOMENT) == "2026-09-16 19:05"
    with shown_with(TWELVE):
        assert spoken(MOMENT) == at(MOMENT) == "2026-09-16 7:05 pm"
        assert at(None) == "never"


@pytest.mark.django_db
def test_the_doctor_speaks_before_there_are_preferences() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE lifetracker_preferences RENAME TO not_migrated_yet")
    with read_once():
        assert at(MOMENT) == "2026-09-16 19:05"


def test_no_template_writes_a_time_of_day_by_itself() -> None:
    """They have `clock` and `at_time`, which know the clock that was chosen."""
    folder = Path(settings.BASE_DIR) / "templates"
    assert [str(one) for one in folder.rglob("*.html") if "H:i" in one.read_text()] == []
