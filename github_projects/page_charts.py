"""The charts of GitHub's pages. They draw the same numbers as stand in the figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from github_projects.page_data import RangeNumbers, Work, longest_pause, sum_of
from lifetracker.models import preferences
from lifetracker.web.charts.columns import opposed_columns
from lifetracker.web.charts.frame import Place, Source
from lifetracker.web.charts.hours import WEEKDAYS, hour_grid
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.markup import NOTHING
from lifetracker.web.charts.parts import OTHER, parts_bar, shares_of
from lifetracker.web.charts.scales import slices, unit_of_bars
from lifetracker.web.charts.steps import Steps
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.charts.year import Count, step_legend, year_calendar
from lifetracker.web.clock import full_hour, hour_label, weekdays
from lifetracker.web.sentences import MINUS, day_words, number, stretch_words
from lifetracker.words import counted

#: The hours of the table behind the grid: the day in four parts.
PARTS = ((0, 6), (6, 12), (12, 18), (18, 24))
#: Of fewer commits, when they are made says nothing.
LEAST_COMMITS = 10
#: So many hours in a row are named as the ones with the most commits.
SPAN = 3


# --- The year -------------------------------------------------------------------------------------


class Calendar(NamedTuple):
    drawing: SafeString
    legend: SafeString
    #: The stretch that it draws.
    days: str
    pause: str


def calendar_of(numbers: RangeNumbers, address: str) -> Calendar:
    """Return the year that ends with the range. `address` is the page on which each day opens."""
    cells = [cell(numbers, day, address) for day in numbers.calendar_days]
    steps = Steps([one.count or 0 for one in cells])
    today = numbers.shown.today
    return Calendar(
        year_calendar(cells, steps, sentence="Commits by day", today=today),
        step_legend(cells, steps),
        stretch_words(cells[0].day, cells[-1].day),
        pause_words(numbers),
    )


def cell(numbers: RangeNumbers, day: date, address: str) -> Count:
    work = numbers.on(day)
    words = "not known" if work is None else counted(work.commits, "commit")
    href = f"{address}?from={day}&to={day}"
    return Count(day, work.commits if work else None, href, f"{format_date(day, 'D j M')}: {words}")


def pause_words(numbers: RangeNumbers) -> str:
    found = longest_pause(numbers)
    if found is None:
        return ""
    day, length = found
    return f"Longest pause {counted(length, 'day')}, from {day_words(day, numbers.shown.today)}"


# --- Hours ----------------------------------------------------------------------------------------


class Chart(NamedTuple):
    drawing: SafeString
    numbers: SafeString
    note: str = ""
    legend: SafeString = NOTHING
    #: What a mark of it stands for, where that changes with the range.
    unit: str = ""


def hours_of(by_hour: Sequence[Sequence[int]]) -> Chart:
    note = busiest_hours(by_hour)
    steps = Steps([count for row in by_hour for count in row])
    return Chart(
        hour_grid(by_hour, steps, sentence=f"Commits by hour and weekday. {note}".strip()),
        numbers_table(
            ["Hours", *(WEEKDAYS[day] for day in weekdays())],
            [
                Row(
                    f"{part_of_day(first, end)}",
                    [number(sum(by_hour[day][first:end])) for day in weekdays()],
                )
                for first, end in PARTS
            ],
            caption="Commits by weekday and part of the day",
            name="hour-numbers",
        ),
        note,
    )


def part_of_day(first: int, end: int) -> str:
    """Return `18 to 24`, or `6 pm to 12 am`."""
    last = hour_label(end) if preferences().has_twelve_hours else f"{end:02}"
    return f"{hour_label(first)} to {last}"


def busiest_hours(by_hour: Sequence[Sequence[int]]) -> str:
    """Return within which three hours the most commits were made; empty of too few."""
    hours = [sum(row[hour] for row in by_hour) for hour in range(24)]
    total = sum(hours)
    if total < LEAST_COMMITS:
        return ""
    begin = max(range(24 - SPAN + 1), key=lambda at: (sum(hours[at : at + SPAN]), -at))
    share = sum(hours[begin : begin + SPAN]) / total
    return f"{share * 100:.0f} % of the commits were made between {full_hour(begin)} and {full_hour(begin + SPAN)}."


# --- Lines ----------------------------------------------------------------------------------------


def lines_of(numbers: RangeNumbers, address: str) -> Chart:
    """Return the lines added and deleted by day, week or month, without generated ones."""
    unit = unit_of_bars(numbers.shown.days)
    parts = slices(numbers.days, unit)
    sums = [known_sum(numbers.values[part]) for part in parts]
    stretches = [numbers.days[part] for part in parts]
    names = [format_date(days[0], "F" if unit == "month" else "j M") for days in stretches]
    rows = [
        Row(name, lines_cells(work), stretch_address(address, days), days[0].year)
        for name, work, days in zip(names, sums, stretches, strict=True)
    ]
    drawing = opposed_columns(
        [work.added if work else None for work in sums],
        [work.deleted if work else None for work in sums],
        [days[0] for days in stretches],
        sentence=f"Lines by {unit}, added above and deleted below",
        fills=("work", "code"),
        places=[Place(row.href, place_words(row)) for row in rows],
        empty="Nothing is known of these days.",
        source=Source("line-numbers", (1, 2)),
    )
    return Chart(
        drawing,
        numbers_table(
            [unit.capitalize() if unit != "week" else "Week of", "Added", "Deleted", "Commits"],
            rows,
            caption=f"Lines and commits by {unit}",
            name="line-numbers",
        ),
        left_out(numbers.total),
        lines_legend(numbers.total),
        unit,
    )


def known_sum(values: Sequence[Work | None]) -> Work | None:
    """Return the sum of what is known; None where nothing is."""
    return sum_of(values) if any(values) else None


def lines_cells(work: Work | None) -> list[str | None]:
    if work is None:
        return [None, None, None]
    return [number(work.added), number(-work.deleted), number(work.commits)]


def place_words(row: Row) -> str:
    added, deleted, commits = row.cells
    if added is None:
        return f"{row.full_name}: not known"
    return f"{row.full_name}: +{added} and {deleted} lines, {commits} commits"


def stretch_address(address: str, days: Sequence[date]) -> str:
    return f"{address}?from={days[0]}&to={days[-1]}"


def lines_legend(total: Work) -> SafeString:
    return legend(
        [
            Key("f-work", "added", f"+{number(total.added)}"),
            Key("f-code", "deleted", f"{MINUS}{number(total.deleted)}"),
        ]
    )


def left_out(total: Work) -> str:
    if not total.generated:
        return ""
    lines = counted(total.generated, "line")
    return (
        f"Left out: {lines} of lock files, vendored and generated code. Where a commit adds and deletes, "
        "they are taken from both in proportion."
    )


# --- Languages ------------------------------------------------------------------------------------


class Languages(NamedTuple):
    drawing: SafeString
    note: str


def languages_of(languages: Iterable[dict[str, int]]) -> Languages | None:
    """Return the languages of some repositories; None where nothing is known of them."""
    found = [one for one in languages if one]
    sizes: dict[str, int] = {}
    for one in found:
        for name, size in one.items():
            sizes[name] = sizes.get(name, 0) + size
    shares = shares_of(sizes)
    if not shares:
        return None
    named = {one.name for one in shares}
    rest = sorted(sizes.keys() - named, key=lambda name: (-sizes[name], name))
    others = f" {OTHER}: {listed(rest)}." if rest else ""
    repositories = "1 repository" if len(found) == 1 else f"{len(found):,} repositories"
    return Languages(
        parts_bar(shares, subject="Languages"),
        f"By bytes in {repositories}, as GitHub counts.{others}",
    )


def listed(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
