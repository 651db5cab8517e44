"""The charts of the pages of projects, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from django.utils.dateformat import format as format_date
from django.utils.safestring import SafeString

from lifetracker.web.charts.columns import columns
from lifetracker.web.charts.frame import Place, Source, Words
from lifetracker.web.charts.legend import Key, legend
from lifetracker.web.charts.pair import Side, axis_of_pairs, column_pair
from lifetracker.web.charts.scales import number_words
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes, isolated, number, stretch_words
from projects.page_data import Numbers, Series, Work, unit_of
from projects.sentences import commits_words, hours_words
from time_logs.group_sums import Days

TABLE = "weeks-numbers"
#: Of more columns in a row, none is wide enough to be pointed at.
MOST_POINTED_AT = 60
HEIGHT = 150
HEADS = {"week": "Week from", "month": "Month"}


class Scale(NamedTuple):
    """The most hours and the most commits of any column, so that all rows have one scale."""

    hours: float
    commits: float


def scale_of(works: Iterable[Work]) -> Scale:
    found = list(works)
    return Scale(highest(one.hours for one in found), highest(one.commits for one in found))


def highest(series: Iterable[Series | None]) -> float:
    return max((value for one in series if one for value in one.sums.values()), default=0.0)


def pair_of(name: str, work: Work, numbers: Numbers, scale: Scale, url: str) -> SafeString:
    """Return the hours of a project over its commits. `url`: of the page that shows the days of a column."""
    hours, commits, of = work.hours, work.commits, numbers.columns
    return column_pair(
        Side(hours.values, "work", scale.hours) if hours else None,
        Side(commits.values, "code", scale.commits) if commits else None,
        [one.first for one in of],
        sentence=f"{isolated(name)} by {unit_of(numbers.shown)}, {work_words(work)}",
        places=places_of(work, of, url) if len(of) <= MOST_POINTED_AT else (),
    )


def places_of(work: Work, of: Sequence[Days], url: str) -> list[Place]:
    return [
        Place(f"{url}{range_url(one)}", f"{days_words(one)}: {at_words(work, at)}")
        for at, one in enumerate(of)
    ]


def work_words(work: Work) -> str:
    return f"{hours_words(work.hours)}, {commits_words(work.commits)}"


def at_words(work: Work, at: int) -> str:
    """Return what a column comes to, of what a project has."""
    parts = []
    if work.hours:
        parts.append(hours_cell(work.hours.values[at]) or "hours not known")
    if work.commits:
        count = commits_cell(work.commits.values[at])
        parts.append("commits not known" if count is None else f"{count} commits")
    return ", ".join(parts)


def axis(of: Sequence[Days]) -> SafeString:
    return axis_of_pairs([one.first for one in of])


def legend_of_pairs() -> SafeString:
    return legend([Key("f-work", "hours"), Key("f-code", "commits"), Key("f-none", "not known")])


def range_url(one: Days) -> str:
    return f"?from={one.first}&to={one.last}"


def days_words(one: Days) -> str:
    return stretch_words(one.first, one.last)


def hours_cell(value: float | None) -> str | None:
    return None if value is None else hours_and_minutes(value)


def commits_cell(value: float | None) -> str | None:
    return None if value is None else number(value)


def column_name(one: Days, shown: Range) -> str:
    return format_date(one.first, "j M Y" if unit_of(shown) == "week" else "F Y")


def table_of_pairs(works: Sequence[tuple[str, Work]], numbers: Numbers) -> SafeString:
    """Return the numbers behind a list of pairs: a row for each week or month."""
    shown = numbers.shown
    heads, cells = [HEADS[unit_of(shown)]], []
    for name, work in works:
        if work.hours:
            heads.append(f"{name}, hours")
            cells.append([hours_cell(value) for value in work.hours.values])
        if work.commits:
            heads.append(f"{name}, commits")
            cells.append([commits_cell(value) for value in work.commits.values])
    rows = [
        Row(column_name(one, shown), [values[at] for values in cells], range_url(one))
        for at, one in enumerate(numbers.columns)
    ]
    caption = f"Hours and commits by {unit_of(shown)}"
    return numbers_table(heads, rows, caption=caption, name=TABLE)


# --- One project ----------------------------------------------------------------------------------


class Drawn(NamedTuple):
    """The charts of one project, the one below the other on one axis, and the numbers behind both."""

    unit: str
    hours: SafeString | None
    commits: SafeString | None
    numbers: SafeString


def charts_of(work: Work, shown: Range, of: Sequence[Days]) -> Drawn:
    cells = [
        (f"{title}", [words(value) for value in series.values])
        for title, series, words in (
            ("Hours", work.hours, hours_cell),
            ("Commits", work.commits, commits_cell),
        )
        if series
    ]
    rows = [
        Row(column_name(one, shown), [values[at] for _, values in cells], range_url(one))
        for at, one in enumerate(of)
    ]
    unit = unit_of(shown)
    heads = [HEADS[unit], *(title for title, _ in cells)]
    return Drawn(
        unit,
        hours_chart(work.hours, shown, of) if work.hours else None,
        commits_chart(work.commits, shown, of, 2 if work.hours else 1) if work.commits else None,
        numbers_table(heads, rows, caption=f"Hours and commits by {unit}", name=TABLE),
    )


def hours_chart(hours: Series, shown: Range, of: Sequence[Days]) -> SafeString:
    return series_chart(
        hours,
        shown,
        of,
        sentence=f"Hours by {unit_of(shown)}, {range_words(shown)}: {hours_words(hours)}",
        cell=hours_cell,
        fill="work",
        column=1,
        tick_words=lambda value: f"{number(value, 1).removesuffix('.0')} h",
    )


def commits_chart(commits: Series, shown: Range, of: Sequence[Days], column: int) -> SafeString:
    return series_chart(
        commits,
        shown,
        of,
        sentence=f"Commits by {unit_of(shown)}, {range_words(shown)}: {commits_words(commits)}",
        cell=commits_cell,
        fill="code",
        column=column,
    )


def series_chart(
    series: Series,
    shown: Range,
    of: Sequence[Days],
    *,
    sentence: str,
    cell: Callable[[float | None], str | None],
    fill: str,
    column: int,
    tick_words: Words = number_words,
) -> SafeString:
    """Draw one of the two. `sentence` says what it comes to, `cell` a value in words, and `column` is the one of the table
    behind it that has its numbers."""
    return columns(
        series.values,
        [one.first for one in of],
        sentence=sentence,
        fill=fill,
        open_at=open_columns(shown, of),
        places=[
            Place(range_url(one), f"{days_words(one)}: {cell(value) or 'not known'}")
            for one, value in zip(of, series.values, strict=True)
        ],
        height=HEIGHT,
        tick_words=tick_words,
        empty="Nothing is known of these days.",
        source=Source(TABLE, [column]),
    )


def open_columns(shown: Range, of: Sequence[Days]) -> list[int]:
    """Return the column that is not over yet."""
    return [len(of) - 1] if shown.last == shown.today else []


def range_words(shown: Range) -> str:
    return stretch_words(shown.first, shown.last)
