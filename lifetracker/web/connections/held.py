"""The section of Connections that shows what is held by week, and what is said of a chosen week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils.safestring import SafeString

from lifetracker import days
from lifetracker.metrics.held import read_days
from lifetracker.models import SyncRun
from lifetracker.sync.streams import Window
from lifetracker.web.charts.coverage import (
    NAMES,
    State,
    WeekCell,
    coverage_legend,
    coverage_row,
)
from lifetracker.web.charts.table import Row as TableRow
from lifetracker.web.charts.table import numbers_table
from lifetracker.web.connections.coverage import (
    ONE_WEEK,
    Row,
    coverage_rows,
    last_weeks,
    weeks_of_year,
    window_of_week,
)
from lifetracker.web.connections.words import moment_words
from lifetracker.web.ranges import Link
from lifetracker.web.sentences import stretch_words
from lifetracker.web.source_status import RunSummary, SourceStatus
from lifetracker.words import counted

#: Where the section begins on its page.
ANCHOR = "#held"
# Chips of years, of a history that is longer than most.
MOST_YEARS = 12


class BadWeek(ValueError):
    """What is asked for is no week, no year or no stream of the section. Says in words what to do."""


@dataclass(frozen=True)
class DrawnRow:
    row: Row
    drawing: SafeString


class ShownWeek(NamedTuple):
    """A week that every row shows: worked out once, because it takes longer than to draw it."""

    monday: date
    window: Window
    words: str


@dataclass(frozen=True)
class ChosenWeek:
    """A week of a stream, and what is known of it. `others`: the same week of the other streams."""

    row: Row
    first: date
    last: date
    state: State
    sentences: list[str]
    others: list[Link]

    @property
    def title(self) -> str:
        return f"{self.row.name}, {stretch_words(self.first, self.last)}: {NAMES[self.state]}"

    @property
    def slug(self) -> str:
        return self.row.source.lower()


@dataclass(frozen=True)
class CoverageSection:
    """What the section shows. `refused`: why it does not show what was asked for."""

    chips: list[Link]
    rows: list[DrawnRow]
    legend: SafeString
    table: SafeString
    chosen: ChosenWeek | None
    #: The sources of which a stretch can be read again.
    again: list[SourceStatus]
    refused: str = ""

    @property
    def can_read_again(self) -> bool:
        """Return whether the chosen week can be read again by itself."""
        return self.chosen is not None and self.chosen.row.source in {
            one.name for one in self.again
        }


@dataclass(frozen=True)
class _Asked:
    """What the address asks for."""

    year: int | None
    week: date | None
    stream: str


def coverage_section(
    query: Mapping[str, str], statuses: Sequence[SourceStatus], now: datetime
) -> CoverageSection:
    """Return the section in two statements, and two more for a chosen week."""
    runs = {one.name: one.runs for one in statuses}
    rows = coverage_rows({one.name for one in statuses if one.configured}, runs, now)
    today, refused = days.local_date(now), ""
    first = first_year(rows, today)
    try:
        asked = read_query(query, rows, first, today)
    except BadWeek as error:
        asked, refused = _Asked(None, None, ""), str(error)
    weeks = shown_weeks(asked, now)
    if asked.week and rows:
        row = row_of(rows, asked.stream, window_of_week(asked.week, now))
        asked = replace(asked, stream=row.key)
    return CoverageSection(
        chips=year_chips(first, today, asked.year),
        rows=[DrawnRow(row, drawn(row, weeks, asked)) for row in rows],
        legend=coverage_legend(),
        table=table_of(rows, weeks, asked),
        chosen=chosen_week(rows, asked, runs, now),
        again=[one for one in statuses if one.is_connected and has_stretches(rows, one.name)],
        refused=refused,
    )


def has_stretches(rows: Sequence[Row], source: str) -> bool:
    return any(row.has_stretches for row in rows if row.source == source)


# --- What is asked for ----------------------------------------------------------------------------


def read_query(query: Mapping[str, str], rows: Sequence[Row], first: int, today: date) -> _Asked:
    """Return what an address asks for. Raises BadWeek."""
    year = year_of(query["year"], first, today) if query.get("year") else None
    week = week_of(query["week"], today) if query.get("week") else None
    stream = query.get("stream", "")
    if stream and stream not in {row.key for row in rows}:
        raise BadWeek("There is no such kind of records. Choose a week below.")
    return _Asked(year, week, stream)


def year_of(text: str, first: int, today: date) -> int:
    if text.isascii() and text.isdigit() and first <= int(text[:9]) <= today.year:
        return int(text)
    raise BadWeek("Nothing is held of such a year. Choose one of the years shown.")


def week_of(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadWeek("Choose a week by its first day, such as 2026-09-14.") from None
    if not days.FIRST_DAY <= day <= today:
        raise BadWeek("This week has not come yet, or lies too far back. Choose a week below.")
    return days.monday_of(day)


def first_year(rows: Sequence[Row], today: date) -> int:
    """Return the year of the first day that has a record of one of the streams, by their indexes in one statement."""
    models = dict.fromkeys(row.model for row in rows if has_days(row))
    firsts = read_days([model.objects.live().order_by("date").values("date") for model in models])
    years = [day.year for day in firsts if day]
    return max(min([*years, today.year]), today.year - MOST_YEARS)


def has_days(row: Row) -> bool:
    return any(field.name == "date" for field in row.model._meta.fields)


def address(asked: _Asked, week: date | None = None, stream: str = "") -> str:
    """Return the address of a week of a stream, on the page of the year that is shown."""
    values = {"year": asked.year, "week": week, "stream": stream}
    return f"?{urlencode({name: value for name, value in values.items() if value})}{ANCHOR}"


def year_chips(first: int, today: date, chosen: int | None) -> list[Link]:
    years = range(first, today.year)
    return [
        *(Link(str(year), f"?year={year}{ANCHOR}", year == chosen) for year in years),
        Link("Last 52 weeks", f"?{ANCHOR}", chosen is None),
    ]


# --- Rows -----------------------------------------------------------------------------------------


def shown_weeks(asked: _Asked, now: datetime) -> list[ShownWeek]:
    """Return the weeks of the year that is asked for, else the last ones."""
    today = days.local_date(now)
    weeks = weeks_of_year(asked.year, today) if asked.year else last_weeks(today)
    return [ShownWeek(week, window_of_week(week, now), week_words(week)) for week in weeks]


def drawn(row: Row, weeks: Sequence[ShownWeek], asked: _Asked) -> SafeString:
    states = [row.state_in(week.window) for week in weeks]
    cells = [
        WeekCell(
            state,
            address(asked, week.monday, row.key),
            f"{row.name}, {week.words}: {NAMES[state]}",
            is_chosen=week.monday == asked.week and row.key == asked.stream,
        )
        for week, state in zip(weeks, states, strict=True)
    ]
    return coverage_row(cells, sentence=f"{row.name}: {row.words}. {count_words(states)}")


def week_words(week: date) -> str:
    return stretch_words(week, week + ONE_WEEK - days.ONE_DAY)


def count_words(states: Sequence[State]) -> str:
    """Return how many weeks are in each state: `51 weeks verified, 1 pending.`"""
    counts = Counter(states)
    parts = [(counts[state], name) for state, name in NAMES.items() if counts[state]]
    first, *rest = parts
    words = [f"{counted(first[0], 'week')} {first[1]}", *(f"{n} {name}" for n, name in rest)]
    return f"{', '.join(words)}."


def table_of(rows: Sequence[Row], weeks: Sequence[ShownWeek], asked: _Asked) -> SafeString:
    """Return the table behind the rows, the newest week first. A week leads to the row that needs a look most."""
    lines = [
        TableRow(
            week.words,
            [NAMES[row.state_in(week.window)] for row in rows],
            address(asked, week.monday),
        )
        for week in reversed(weeks)
    ]
    return numbers_table(
        ["Week", *(row.name for row in rows)],
        lines,
        caption="What is held, by week",
        name="held-weeks",
        summary="Show the weeks as a table",
    )


# --- The chosen week ------------------------------------------------------------------------------


def chosen_week(
    rows: Sequence[Row], asked: _Asked, runs: Mapping[str, RunSummary], now: datetime
) -> ChosenWeek | None:
    if asked.week is None or not rows:
        return None
    row = next(row for row in rows if row.key == asked.stream)
    state = row.state_in(window_of_week(asked.week, now))
    count = stored_in(row, asked.week)
    said = [what_happened(row, state, runs[row.source].last_run, now), *stored_words(row, count)]
    if state in {"pending", "failed"} or (state == "never" and count):
        said.append("There may be more.")
    return ChosenWeek(
        row,
        asked.week,
        min(asked.week + ONE_WEEK - days.ONE_DAY, days.local_date(now)),
        state,
        [*said, *read_again_words(row, asked.week, now)],
        [Link(one.name, address(asked, asked.week, one.key), one == row) for one in rows],
    )


def row_of(rows: Sequence[Row], stream: str, window: Window) -> Row:
    """Return the row of a stream; without one, the first that is not verified in the week."""
    named = next((row for row in rows if row.key == stream), None)
    return named or next((row for row in rows if row.state_in(window) != "verified"), rows[0])


def stored_in(row: Row, week: date) -> int | None:
    """Return how many records of the week are stored; None for a kind that has no days."""
    if not has_days(row):
        return None
    last = week + ONE_WEEK - days.ONE_DAY
    records = row.model.objects.live().filter(date__range=(week, last))
    # Not among the conditions: SQLite would take the index of the source, and go through all of its records.
    found = records.aggregate(count=Count("pk", filter=Q(source=row.source)))
    return int(found["count"])


def stored_words(row: Row, count: int | None) -> list[str]:
    if count is None:
        return []
    meta = row.model._meta
    if not count:
        return [f"No {meta.verbose_name_plural} of this week are stored."]
    noun = counted(count, str(meta.verbose_name), str(meta.verbose_name_plural))
    return [f"{noun} of this week {'is' if count == 1 else 'are'} stored."]


def what_happened(row: Row, state: State, run: SyncRun | None, now: datetime) -> str:
    if row.is_file:
        return "A file holds this week." if state == "verified" else "No file holds all of it."
    if state == "verified":
        return f"{row.title} was read completely."
    if state == "never":
        return f"{row.title} was not asked for all of it."
    if state == "failed" and run is not None:
        error = run.counts[row.stream]["error"]
        return f"The sync of {moment_words(run.started_at, days.local_date(now))} failed: {error}"
    return f"{row.title} was not read completely yet."


def read_again_words(row: Row, week: date, now: datetime) -> list[str]:
    """Return what became of it when the week was last read again, if it was."""
    window = Window(days.midnight(week), days.midnight(week + ONE_WEEK))
    run = SyncRun.objects.of_stretch(row.source, window.start, window.end).first()
    if run is None or not row.has_stretches:
        return []
    when = moment_words(run.started_at, days.local_date(now))
    if run.status == SyncRun.Status.QUEUED:
        return ["It is queued to be read again."]
    if run.status == SyncRun.Status.RUNNING:
        return ["It is being read again now."]
    if run.status == SyncRun.Status.FAILED:
        return [f"Reading it again failed ({when}): {run.error}"]
    counts = run.counts.get(row.stream, {})
    part = (
        "Read again in part, then stopped" if run.status == SyncRun.Status.STOPPED else "Read again"
    )
    return [
        f"{part} ({when}): {counts.get('created', 0)} new, {counts.get('updated', 0)} changed, "
        f"{counts.get('deleted', 0)} deleted."
    ]
