"""The table of repositories: which are shown, in which order, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse
from django.utils.dateformat import format as format_date

from github_projects.models import Repository
from lifetracker.days import local_date
from lifetracker.models.rows import plain_rows
from lifetracker.web.charts.markup import percent
from lifetracker.web.clock import time_words
from lifetracker.web.sentences import hours_and_minutes, number

A_PAGE = 25
KINDS = {"mine": "Mine", "forks": "Forks", "archived": "Archived", "gone": "Deleted"}
MINE = "mine"
DEFAULT_SORT = "-commit_count"
#: By what the table can be sorted: the names of the API, with those of the heads. `-` before them sorts from the most.
HEADS = {
    "name": "Repository",
    "loc": "Lines of code",
    "commit_count": "Commits",
    "active_days": "Active days",
    "time_spent_min": "Time span",
    "code_churn": "Churn",
    "repository_size_kb": "Size",
    "last_commit_date": "Last commit",
}
KB_OF_MB = 1024
FORTNIGHT = timedelta(weeks=2)


class BadTable(ValueError):
    """What is asked for is no table. Says in words what to do."""


class Row(NamedTuple):
    """A repository of the list, with the numbers that the API gives. Numbers are None where they are not known."""

    pk: int
    name: str
    full_name: str
    fork: bool
    archived: bool
    deleted_at: datetime | None
    primary_language: str | None
    loc: int | None
    commit_count: int | None
    active_days: int | None
    time_spent_min: int | None
    code_churn: int | None
    repository_size_kb: int
    last_commit_date: datetime | None
    my_commit_count: int | None
    languages: dict[str, int]
    not_visible_since: datetime | None
    failure: str
    mined_at: datetime | None

    @property
    def kind(self) -> str:
        if self.deleted_at:
            return "gone"
        if self.fork:
            return "forks"
        return "archived" if self.archived else MINE

    @property
    def url(self) -> str:
        return address_of(self.full_name)

    @property
    def is_troubled(self) -> bool:
        """Return whether it is in the account and its newest commits could not be read."""
        return not self.deleted_at and bool(self.failure or self.not_visible_since)

    @property
    def why(self) -> str:
        """Return why its newest commits are missing, short; empty where they are not."""
        if not self.is_troubled:
            return "" if self.mined_at else "Not read yet."
        if self.not_visible_since:
            return f"Not known since {day_of(self.not_visible_since)}: GitHub does not show it."
        return "Not known: it could not be read."

    @property
    def span(self) -> str:
        return span_words(self.time_spent_min)

    @property
    def size(self) -> str:
        return size_words(self.repository_size_kb)


def address_of(full_name: str) -> str:
    owner, _, name = full_name.partition("/")
    return reverse("github-repository", args=[owner, name])


def day_of(moment: datetime) -> str:
    return format_date(local_date(moment), "j M Y")


def span_words(minutes: int | None) -> str:
    """Return the time from the first to the last commit: `3 years`, `41 days`, or `2 h 05` of less than two days."""
    if minutes is None:
        return ""
    days = minutes // (24 * 60)
    if days < 2:
        return hours_and_minutes(minutes / 60)
    return f"{days:,} days" if days < 2 * 365 else f"{days / 365.25:.1f} years"


def size_words(kilobytes: int) -> str:
    if kilobytes < 10 * KB_OF_MB:
        return f"{kilobytes:,} kB"
    return f"{number(kilobytes / KB_OF_MB, 1)} MB"


def read_rows() -> list[Row]:
    """Return all repositories, by one statement, and without what GitHub sent of them."""
    rows = Repository.objects.order_by("pk").values_list(*Row._fields)
    return [Row(*values) for values in plain_rows(rows)]


# --- What is asked for ----------------------------------------------------------------------------


class Asked(NamedTuple):
    """What the address says of the table."""

    sort: str = DEFAULT_SORT
    kind: str = MINE
    search: str = ""

    @property
    def column(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def query(self) -> dict[str, str]:
        """Return the part of the address that differs from the usual."""
        values = {"sort": self.sort, "kind": self.kind, "q": self.search}
        usual = {"sort": DEFAULT_SORT, "kind": MINE, "q": ""}
        return {name: value for name, value in values.items() if value != usual[name]}


def read_asked(query: Mapping[str, str]) -> Asked:
    """Return what an address asks for. Raises BadTable."""
    asked = Asked(
        query.get("sort", "").strip() or DEFAULT_SORT,
        query.get("kind", "").strip() or MINE,
        query.get("q", "").strip(),
    )
    if asked.column not in HEADS:
        raise BadTable(f"There is no such order. Sort by one of {', '.join(HEADS)}.")
    if asked.kind not in KINDS:
        raise BadTable(f"There are no such repositories. Choose one of {', '.join(KINDS)}.")
    return asked


def chosen(rows: Iterable[Row], asked: Asked) -> list[Row]:
    """Return the rows that are asked for, in order. What is not known stands last, whichever way it is sorted."""
    words = asked.search.casefold()
    found = [
        row
        for row in rows
        if row.kind == asked.kind and (words in row.full_name.casefold() or not words)
    ]
    known = [row for row in found if value_of(row, asked.column) is not None]
    known.sort(key=lambda row: row.full_name.casefold())
    known.sort(key=lambda row: value_of(row, asked.column), reverse=asked.is_descending)  # type: ignore[arg-type,return-value]  # those that are known
    return [*known, *(row for row in found if value_of(row, asked.column) is None)]


def value_of(row: Row, column: str) -> str | int | datetime | None:
    value: str | int | datetime | None = getattr(row, column)
    return value.casefold() if isinstance(value, str) else value


# --- Ways to other tables -------------------------------------------------------------------------


class Head(NamedTuple):
    """The head of a column: a way to sort by it, from the most first, but names from A on."""

    title: str
    url: str
    #: What `aria-sort` says: `ascending`, `descending`, or nothing.
    sorted: str

    @property
    def arrow(self) -> str:
        return {"ascending": " ↑", "descending": " ↓"}.get(self.sorted, "")


@dataclass(frozen=True)
class Chip:
    title: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class Links:
    """Addresses of the same page with another table. `shown` is the query of the range: `?range=30d`."""

    shown: str
    asked: Asked

    def to(self, **changes: str) -> str:
        query = urlencode(self.asked._replace(**changes).query)
        return f"{self.shown}&{query}#repositories" if query else f"{self.shown}#repositories"

    def hidden(self) -> list[tuple[str, str]]:
        """Return what a form that searches keeps of the address."""
        query = self.asked._replace(search="").query
        return [*parse_qsl(self.shown.removeprefix("?")), *query.items()]

    def heads(self) -> list[Head]:
        return [self.head(column, title) for column, title in HEADS.items()]

    def head(self, column: str, title: str) -> Head:
        first = column if column == "name" else f"-{column}"
        other = f"-{column}" if column == "name" else column
        is_sorted = self.asked.column == column
        direction = "descending" if self.asked.is_descending else "ascending"
        return Head(
            title,
            self.to(sort=other if self.asked.sort == first else first),
            direction if is_sorted else "",
        )

    def chips(self, rows: Sequence[Row]) -> list[Chip]:
        """Return a chip for each kind that there is, and always that of the person's own."""
        counts = {kind: sum(row.kind == kind for row in rows) for kind in KINDS}
        return [
            Chip(title, counts[kind], self.to(kind=kind), kind == self.asked.kind)
            for kind, title in KINDS.items()
            if counts[kind] or kind in {MINE, self.asked.kind}
        ]


# --- As it is shown -------------------------------------------------------------------------------


class Shown(NamedTuple):
    """A row with what is drawn of it: where the bar of its commits begins and how wide it is, in percent."""

    row: Row
    bar_begin: str
    bar_width: str
    last_commit: str


def shown_rows(rows: Sequence[Row], most: int, today: date) -> list[Shown]:
    """Return rows as they are shown; `most`: the commits of the repository with the most."""
    return [shown_row(row, (row.commit_count or 0) / most if most else 0.0, today) for row in rows]


def shown_row(row: Row, share: float, today: date) -> Shown:
    last = "" if row.last_commit_date is None else last_commit_words(row.last_commit_date, today)
    return Shown(row, percent(1 - share), percent(share), last)


def most_commits(rows: Iterable[Row]) -> int:
    return max((row.commit_count or 0 for row in rows), default=0)


def last_commit_words(moment: datetime, today: date) -> str:
    """Return `today 09:02`, `Fri 20 Nov` of the last two weeks, else `2 Nov`, with the year where it is another one."""
    day = local_date(moment)
    if day == today:
        return f"today {time_words(moment)}"
    if timedelta(0) < today - day < FORTNIGHT:
        return format_date(day, "D j M")
    return format_date(day, "j M" if day.year == today.year else "j M Y")
