"""Years as rows of weeks: a flat cell for each day, the first of its week at the top."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from lifetracker.web.charts.frame import Place, hit
from lifetracker.web.charts.markup import Band, joined, percent, shape
from lifetracker.web.charts.scales import mean
from lifetracker.web.clock import DAYS_OF_A_WEEK, first_weekday, week_of

# A year has 52 or 53 weeks.
WEEKS = 53
# In units of the drawing, which is stretched to its place: the distance of cells, and how large they are. In pixels: the
# height of a year.
STEP, CELL, HEIGHT = 10, 8, 50


# The drawings of the days of a year of weeks, from the first day of its first week on: what is the same in all years is made once.
CORNERS = [(day // 7 * STEP + 1, day % 7 * STEP + 1) for day in range(WEEKS * 7)]
CELLS = [f"M{x} {y}h{CELL}v{CELL}h-{CELL}z" for x, y in CORNERS]
PIPS = [f"M{x + CELL // 2} {y + CELL // 2}h0" for x, y in CORNERS]
RINGS = [f"M{x - 1} {y - 1}h{STEP}v{STEP}h-{STEP}z" for x, y in CORNERS]

#: The classes of cells by their bands.
NAMES: dict[Band | None, str] = {
    "high": "c-high",
    "mid": "c-mid",
    "low": "c-low",
    None: "c-plain",
}


class Day(NamedTuple):
    """A day of the rows: its value, which is None if it is not known, and its band, which is None without a value."""

    day: date
    value: float | None
    band: Band | None


def year_rows(
    days: Sequence[Day],
    weeks: Mapping[date, Place],
    *,
    sentence: str,
    subject: str,
    unit: str = "",
    today: date | None = None,
) -> SafeString:
    """Return a row for each year, the latest at the top, with the mean of its days.

    Days are in order, and belong to the year that most of their week is in (as in ISO 8601). One that is not known is a
    dotted cell; one that is not given is left empty. `weeks` leads from the first day of a week to where it is shown.
    `sentence` names the whole; `subject` is what the numbers are of, as in `mean recovery`, and `unit` stands behind
    them."""
    first = first_weekday()
    years = _years_of(days, first)
    return format_html(
        '<div class="years" role="group" aria-label="{}">{}{}</div>',
        sentence,
        _heads(),
        joined(_one_year(year, weeks, subject, unit, today) for year in reversed(years)),
    )


def _years_of(days: Sequence[Day], first: int) -> list[YearOfWeeks]:
    """Return the years of weeks that have days. Weeks begin on the weekday `first`, 0 for Monday."""
    found, at = [], 0
    while at < len(days):
        year = year_of(days[at].day, first)
        after = date.fromordinal(first_of_year(year + 1, first))
        end = bisect_left(days, after, at, key=attrgetter("day"))
        found.append(YearOfWeeks(year, first_of_year(year, first), days[at:end]))
        at = end
    return found


def first_of_year(year: int, first: int) -> int:
    """Return the number of the first day of a year of weeks."""
    return week_start(date(year, 1, 4).toordinal(), first)


class YearOfWeeks(NamedTuple):
    """The days that belong to a year of weeks, and the number (`date.toordinal`) of the first day of its first week."""

    year: int
    begin: int
    days: Sequence[Day]


def week_start(number: int, first: int) -> int:
    """Return the number of the first day of the week that a day is in. `first`: its weekday, 0 for Monday."""
    # The first day of the calendar was a Monday.
    return number - (number - 1 - first) % DAYS_OF_A_WEEK


def year_of(day: date, first: int) -> int:
    """Return the year that most days of its week are in."""
    middle = week_start(day.toordinal(), first) + DAYS_OF_A_WEEK // 2
    return date.fromordinal(middle).year


def calendar_weeks(days: Sequence[date]) -> list[slice]:
    """Return for each week of a calendar the part of the days that lies in it. The days follow each other."""
    if not days:
        return []
    start = (week_of(days[0]) - days[0]).days
    ends = [0, *range(start + DAYS_OF_A_WEEK, len(days), DAYS_OF_A_WEEK), len(days)]
    return [slice(*both) for both in pairwise(ends)]


def _heads() -> SafeString:
    """Return the names of months over the weeks in which they begin; a phone shows each third."""
    return format_html(
        '<svg class="chart" height="16" aria-hidden="true" focusable="false">{}</svg>',
        joined(_head(date(2026, month, 1)) for month in range(1, 13)),
    )


def _head(first: date) -> SafeString:
    x = percent(first.timetuple().tm_yday / 7 / WEEKS)
    return shape(
        f'<text class="{"" if first.month % 3 == 1 else "wide"}" x="{x}" y="11">{first:%b}</text>'
    )


def _one_year(
    one: YearOfWeeks, weeks: Mapping[date, Place], subject: str, unit: str, today: date | None
) -> SafeString:
    average = mean([value for _, value, _ in one.days])
    words = "not known" if average is None else f"{average:.0f}{unit}"
    return format_html(
        '<h3>{}</h3><div class="plot"><svg class="chart" height="{}" viewBox="0 0 {} {}"'
        ' preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>{}</div><span class="cap">{}</span>',
        one.year,
        HEIGHT,
        WEEKS * STEP,
        7 * STEP,
        f"{one.year}: {subject} {words}{_unknown_words(one.days)}",
        _drawn(one, today),
        _hits(one, weeks),
        words,
    )


def _unknown_words(days: Sequence[Day]) -> str:
    count = [value for _, value, _ in days].count(None)
    return f", {count} {'day' if count == 1 else 'days'} not known" if count else ""


def _drawn(year: YearOfWeeks, today: date | None) -> SafeString:
    """Return a path for each band: a year has 366 cells, and a life many years."""
    cells: dict[str, list[str]] = defaultdict(list)
    begin = year.begin
    for day, value, band in year.days:
        slot = day.toordinal() - begin
        cells["f-none" if value is None else NAMES[band]].append(CELLS[slot])
        if band == "low":
            cells["pips"].append(PIPS[slot])
        if day == today:
            cells["ringed"].append(RINGS[slot])
    return joined(shape(f'<path class="{name}" d="{"".join(cells[name])}"/>') for name in cells)


def _hits(year: YearOfWeeks, weeks: Mapping[date, Place]) -> SafeString:
    """Return the links over the weeks. Keys reach the same days in the table behind the charts."""
    width = percent(1 / WEEKS)
    begin = year.begin
    columns = dict.fromkeys(
        [(day.toordinal() - begin) // DAYS_OF_A_WEEK for day, _, _ in year.days]
    )
    firsts = [(at, date.fromordinal(year.begin + at * DAYS_OF_A_WEEK)) for at in columns]
    return format_html(
        '<svg class="hits" height="{}" aria-hidden="true">{}</svg>',
        HEIGHT,
        joined(
            hit(weeks[day].href, weeks[day].words, f'x="{percent(at / WEEKS)}" width="{width}"')
            for at, day in firsts
            if day in weeks
        ),
    )
