"""The page of fasts: its numbers are those of the API, its charts those of the clock, its file what is stored."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fasting.models import ZERO, FastingPeriod
from fasting.page_charts import clock_chart
from fasting.page_data import Fast, fasts_of, range_fasts, totals_of
from fasting.stretch_sums import changes_of_zone, sums_by_stretch
from lifetracker.web.charts.scales import Unit, begin_of
from lifetracker.web.ranges import Range
from tests.fasting.conftest import NOW, Now, fast
from tests.fasting.test_pages import said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

HOUR = timedelta(hours=1)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def utc(settings: Any) -> None:
    settings.TIME_ZONE = "UTC"


def figures_of(answer: Any) -> dict[str, tuple[str, str]]:
    return {one.label: (one.value, one.beside) for one in answer.context["figures"]}


def rows_of(table: str) -> list[list[str]]:
    body = table.partition("<tbody>")[2]
    return [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in body.split("</tr>")
        if "<td" in row
    ]


def month(**values: Any) -> None:
    """Fasts of this month and of the one before it."""
    for days, hours, goal in ((2, 16, 16), (4, 13.5, 18), (9, 18.25, 18), (12, 15, None)):
        fast(days, hours, goal_hours=goal, source=ZERO, source_id=str(days), **values)
    for days in (33, 36):
        fast(days, 14, goal_hours=16, source=ZERO, source_id=str(days))


# --- Numbers --------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_api(person: Client) -> None:
    month()
    fast(0.1, None)
    shown = person.get("/fasting/")
    listed = person.get("/api/fasting?days=30").json()["results"]
    ended = [one for one in listed if one["end"]]
    hours = [one["duration_hours"] for one in ended]
    assert (len(ended), sum(hours) / len(hours), max(hours)) == (4, 15.6875, 18.25)
    assert figures_of(shown) == {
        "Fasts": ("4", "+2 on the 30 days before"),
        "Mean length": ("15 h 41", "+1 h 41 on the 30 days before"),
        "Longest": ("18 h 15", "Tue 8 Sep 2026"),
        "Reached the goal": ("2", "of 3 with a goal"),
    }
    longest = next(one for one in ended if one["duration_hours"] == 18.25)
    assert f'<a href="/fasting/{longest["id"]}">18 h 15</a>' in shown.text
    totals = totals_of(TODAY - timedelta(days=29), TODAY)
    assert totals == (4, 15.6875, 18.25, 3, 2)


def test_the_running_fast_is_that_of_the_api(person: Client) -> None:
    fast(0.5, None, goal_hours=18)
    current = person.get("/api/fasting/current").json()
    shown = person.get("/fasting/")
    assert shown.context["numbers"].hours == 12
    assert f'href="/fasting/{current["id"]}"' in shown.text
    text = said(shown)
    assert "12 h 00, since" not in text
    assert "12 h 00 of 18, since 02:00. The goal is reached at 20:00." in text
    assert 'aria-label="Fasting for 12 h 00 of 18"' in shown.text
    # Two thirds of the ring.
    assert 'stroke-dasharray="217.8 326.7"' in shown.text


def test_an_earlier_range_says_nothing_of_now(person: Client) -> None:
    month()
    fast(0.1, None)
    shown = person.get("/fasting/?from=2026-08-10&to=2026-08-16")
    assert "2 fasts from 10 to 16 August 2026, 14 h 00 on average." in said(shown)
    assert "Stop" not in said(shown)
    assert 'class="ring"' not in shown.text


def test_a_range_that_makes_no_sense_is_refused_in_words(person: Client) -> None:
    fast()
    shown = person.get("/fasting/?range=5d")
    assert shown.status_code == 400
    assert "There is no such range." in said(shown)
    assert person.get("/fasting/fasts.csv?range=5d").status_code == 400


def test_the_first_use_says_how_to_begin(person: Client) -> None:
    text = said(person.get("/fasting/"))
    assert "No fasts yet. Start one here." in text
    assert "those of the Zero app can be imported" in text
    assert "The last" not in text
    # A deleted one is none.
    fast(deleted_at=NOW)
    assert "No fasts yet." in said(person.get("/fasting/"))


# --- Charts ---------------------------------------------------------------------------------------


def test_the_last_fasts_stand_up_to_the_line_of_their_goal(person: Client) -> None:
    for days in range(2, 37):
        fast(days, 16, goal_hours=18)
    shown = person.get("/fasting/?range=90d")
    assert "The last 30 fasts" in said(shown)
    rows = rows_of(str(shown.context["last"].numbers))
    assert len(rows) == 30
    assert rows[-1] == ["Tue 15 Sep 2026", "16 h 00", "18 h 00", "14:00", "06:00"]
    assert str(shown.context["last"].chart).count('class="need"') == 30


def test_a_day_without_a_fast_is_not_known(person: Client) -> None:
    fast(3, 16)
    chart = person.get("/fasting/?range=7d").context["clock"]
    rows = rows_of(str(chart.numbers))
    assert [row[1] for row in rows] == [*["not known"] * 4, "14:00", *["not known"] * 2]
    assert str(chart.chart).count('class="f-none"') == 6


def test_of_two_fasts_of_a_day_the_longer_one_is_drawn(person: Client) -> None:
    fast(start=NOW - 14 * HOUR, end=NOW - 4 * HOUR)
    fast(start=NOW - 3 * HOUR, end=NOW - HOUR)
    rows = rows_of(str(person.get("/fasting/?range=7d").context["clock"].numbers))
    assert rows[-1][1:] == ["00:00", "10:00", "00:00 to 10:00, and 1 shorter one"]


def clock_rows(first: date, last: date) -> list[list[str]]:
    numbers = range_fasts(Range(first, last, last), timezone.now())
    return rows_of(str(clock_chart(numbers).numbers))


def test_the_clock_is_that_on_the_wall_in_nights_when_clocks_change(
    settings: Any, now: Now
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    now(datetime(2026, 11, 1, tzinfo=UTC))
    # From 20:00 to 12:00, by clocks: 15 and 17 hours.
    for start, end in (
        (datetime(2026, 3, 28, 19, tzinfo=UTC), datetime(2026, 3, 29, 10, tzinfo=UTC)),
        (datetime(2026, 10, 24, 18, tzinfo=UTC), datetime(2026, 10, 25, 11, tzinfo=UTC)),
    ):
        made = fast(start=start, end=end)
        day = made.date
        assert clock_rows(day, day)[0][1:3] == ["20:00", "12:00"]
        week = sums_by_stretch(day, day, "week")
        (found,) = week.values()
        assert (found.begin, found.end, found.mean) == (-240, 720, made.duration_hours)


@pytest.mark.parametrize("unit", ["week", "month"])
def test_sums_of_stretches_are_those_of_their_fasts(settings: Any, now: Now, unit: Unit) -> None:
    """The one statement says the same as each fast by itself, in a zone with summer time and with offsets of their own."""
    settings.TIME_ZONE = "America/New_York"
    now(datetime(2026, 11, 20, tzinfo=UTC))
    for at in range(60):
        start = datetime(2025, 1, 3, 22, 11, tzinfo=UTC) + timedelta(days=11 * at, minutes=37 * at)
        fast(
            start=start,
            end=start + timedelta(hours=13 + at % 9),
            utc_offset_min=(None, None, 540)[at % 3],
        )
    first, last = date(2025, 1, 1), date(2026, 11, 20)
    fasts = fasts_of(Range(first, last, last))
    assert len(fasts) == 60
    by_stretch: dict[date, list[Fast]] = defaultdict(list)
    for one in fasts:
        by_stretch[begin_of(one.date, unit)].append(one)
    found = sums_by_stretch(first, last, unit)
    assert found.keys() == by_stretch.keys()
    for begin, some in by_stretch.items():
        sums = found[begin]
        starts = [one.minute(one.start) for one in some]
        ends = [one.minute(one.end) for one in some]
        assert (sums.number, sums.latest) == (len(some), max(ends))
        # To a second, as lengths are stored.
        assert sums.earliest == pytest.approx(min(starts), abs=0.02)
        assert sums.begin == pytest.approx(fmean(starts), abs=0.02)
        assert sums.end == pytest.approx(fmean(ends))
        assert sums.mean == pytest.approx(fmean(one.hours for one in some))
        assert sums.longest == max(one.hours for one in some)


def test_the_changes_of_a_zone_are_found_to_the_minute(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    found = changes_of_zone(date(2026, 1, 1), date(2026, 12, 31))
    assert [(one.instant, one.before) for one in found] == [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), 60),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), 120),
        (datetime(2026, 12, 30, 23, tzinfo=UTC), 60),
    ]


def test_a_very_long_fast_leaves_the_others_their_room(person: Client) -> None:
    fast(2, 16)
    fast(20, 24 * 10)
    shown = person.get("/fasting/")
    assert shown.status_code == 200
    assert "17:00" not in str(shown.context["clock"].chart)


# --- The file -------------------------------------------------------------------------------------


def test_the_range_as_csv(person: Client) -> None:
    month()
    fast(0.1, None, goal_hours=18, note="=1+1")
    answer = person.get("/fasting/fasts.csv?range=30d")
    assert (
        answer["Content-Disposition"] == 'attachment; filename="fasts-2026-08-18-to-2026-09-16.csv"'
    )
    lines = list(csv.DictReader(answer.getvalue().decode().splitlines()))
    assert len(lines) == person.get("/api/fasting?days=30").json()["count"] == 5
    assert lines[0] == {
        "date": "2026-09-16",
        "start": "2026-09-16T11:36:00+00:00",
        "end": "",
        "length (h)": "",
        "goal (h)": "18.0",
        "source": "Manual",
        "note": "'=1+1",
    }
    assert lines[1]["length (h)"] == "16.0"
    assert FastingPeriod.objects.count() == 7
