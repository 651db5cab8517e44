"""Commits as a list: when, where, by whom, and how many lines."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.utils import timezone

from github_projects.models import Commit, Repository
from github_projects.repository_table import address_of
from lifetracker.web.clock import date_and_time
from lifetracker.web.ranges import Range

A_PAGE = 20
#: Of an object id, so much is shown: as git itself shortens it.
SHORT_OID = 7


class CommitRow(NamedTuple):
    """A commit. `author` is empty where the owner wrote it."""

    oid: str
    when: str
    repository: str
    author: str
    added: int
    deleted: int
    generated: int
    is_merge: bool

    @property
    def name(self) -> str:
        return self.repository.partition("/")[2]

    @property
    def url(self) -> str:
        return address_of(self.repository)


class CommitPage(NamedTuple):
    rows: list[CommitRow]
    page: Page[int]


def page_of_commits(
    commits: QuerySet[Commit], shown: Range, count: int, asked: str | None, within: Combinable
) -> CommitPage:
    """Return a page of the commits of a range, the newest first.

    `count`: how many there are, which was counted before. `within`: the name of the repository of each."""
    pages = Paginator(range(count), A_PAGE)
    page = pages.get_page(asked)
    rows = (
        commits.filter(date__range=(shown.first, shown.last))
        .order_by("-authored_at", "-id")
        .annotate(within=within)
        .values_list(
            *("source_id", "authored_at", "within", "author_name", "mine"),
            *("added", "deleted", "generated", "merge"),
        )
    )
    begin = (page.number - 1) * A_PAGE
    return CommitPage([row_of(one, shown.today) for one in rows[begin : begin + A_PAGE]], page)


def first_counted() -> Subquery:
    """Return the name of the first of the repositories that totals are made of which a commit is in."""
    counted = Repository.objects.counted().filter(commit_links__commit=OuterRef("pk"))
    return Subquery(counted.order_by("pk").values("full_name")[:1])


def row_of(values: tuple[Any, ...], today: date) -> CommitRow:
    oid, moment, name, author, mine, *numbers = values
    return CommitRow(
        oid[:SHORT_OID], when_words(moment, today), name or "", "" if mine else author, *numbers
    )


def when_words(moment: datetime, today: date) -> str:
    """Return `Fri 27 Nov, 14:05`, with the year where it is another one."""
    is_of_this_year = timezone.localtime(moment).year == today.year
    return date_and_time(moment, "D j M," if is_of_this_year else "j M Y,")
