"""GitHub's pages: a range of days over all repositories, and each repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from github_projects import page_charts
from github_projects.commit_list import first_counted, page_of_commits
from github_projects.metrics import own_commits
from github_projects.models import GITHUB, Repository
from github_projects.page_data import (
    Commits,
    RangeNumbers,
    commits_by_repository,
    commits_in,
    figures,
    first_day,
    lines_of_code,
    own_commits_in,
    range_numbers,
)
from github_projects.repository_table import (
    A_PAGE,
    MINE,
    Asked,
    BadTable,
    Links,
    Row,
    address_of,
    chosen,
    most_commits,
    read_asked,
    read_rows,
    shown_rows,
)
from github_projects.sentences import (
    CONNECT,
    READING,
    Opening,
    Trouble,
    live_words,
    opening,
    trouble_of,
)
from lifetracker import days
from lifetracker.accounts.script_policy import with_script
from lifetracker.metrics.verified import Verified
from lifetracker.models import SyncRun
from lifetracker.sync.streams import sources
from lifetracker.web.ranges import (
    Range,
    range_links,
    range_or_default,
    range_steps,
)
from lifetracker.web.sentences import date_words, stretch_words
from lifetracker.web.source_status import SourceStatus, one_source_status


# While a run is followed, the page asks for a part of itself.
@method_decorator(with_script, name="dispatch")
class CommitsView(LoginRequiredMixin, TemplateView):
    """A page of the own commits of a range."""

    def commits(self) -> Commits:
        return own_commits()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today, commits, query = days.today(), self.commits(), request.GET.dict()
        asked, known = Asked(), partial(first_day, commits)
        shown, refused = range_or_default(query, today, known)
        try:
            asked = read_asked(query)
        except BadTable as error:
            refused = refused or str(error)
        context = self.get_context_data(shown=shown, asked=asked, refused=refused, commits=commits)
        status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
        return self.render_to_response(context, status=status)


def github_status() -> SourceStatus:
    return one_source_status(sources[GITHUB])


def read_numbers(commits: Commits, shown: Range, status: SourceStatus) -> RangeNumbers:
    return range_numbers(commits, shown, Verified(status.runs.states))


def shared(numbers: RangeNumbers, status: SourceStatus, address: str) -> dict[str, Any]:
    """Return what both pages show of a range."""
    run = status.runs.last_run
    return {
        "numbers": numbers,
        "calendar": page_charts.calendar_of(numbers, address),
        "hours": page_charts.hours_of(numbers.by_hour),
        "lines": page_charts.lines_of(numbers, address),
        "ranges": range_links(numbers.shown),
        "steps": range_steps(numbers.shown),
        "fresh": [stretch_words(numbers.shown.first, numbers.shown.last)],
        "github": status,
        "run": run if run and run.is_active else None,
        "live": live_words(run) if run and run.is_active else "",
    }


def opening_of(
    numbers: RangeNumbers, failed: int, busiest: tuple[str, int] | None = None
) -> Opening:
    compared = numbers.compared
    return Opening(
        shown=numbers.shown,
        commits=numbers.total.commits,
        active_days=numbers.active_days,
        before=None if compared is None else sum(work.commits for work in compared),
        known_days=numbers.known_days,
        known_to=numbers.known_to,
        failed=failed,
        busiest=busiest,
        fullest=numbers.fullest,
    )


# --- All repositories -----------------------------------------------------------------------------


class RangeView(CommitsView):
    """The own commits of a range, against the stretch of the same length before it, and all repositories."""

    template_name = "github_projects/range.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        status, rows = github_status(), read_rows()
        numbers = read_numbers(kwargs["commits"], shown, status)
        own = [row for row in rows if row.kind == MINE]
        troubled = [row for row in rows if row.is_troubled]
        failed = sum(row.is_troubled for row in own)
        busiest = busiest_of(own, commits_of_rows(own, kwargs["commits"], shown))
        return super().get_context_data(
            sentence=opening(opening_of(numbers, failed, busiest)),
            begin=begin_words(rows, status),
            is_nobodys=is_nobodys(own),
            figures=[*figures(numbers), lines_of_code([row.loc for row in own])],
            languages=page_charts.languages_of(row.languages for row in own),
            troubles=[(row, trouble_of_row(row)) for row in troubled],
            **shared(numbers, status, reverse("github")),
            **self.table(rows, kwargs["asked"], shown),
            **self.commits_of_day(numbers),
            **kwargs,
        )

    def table(self, rows: Sequence[Row], asked: Asked, shown: Range) -> dict[str, Any]:
        """Return the part of the table that the address asks for, and the ways to others."""
        found = chosen(rows, asked)
        page = Paginator(found, A_PAGE).get_page(self.request.GET.get("page"))
        links = Links(shown.query, asked)
        return {
            "repositories": shown_rows(list(page), most_commits(found), shown.today),
            "page_obj": page,
            "heads": links.heads(),
            "chips": links.chips(rows),
            "hidden": links.hidden(),
            "table_query": links.to().partition("#")[0],
        }

    def commits_of_day(self, numbers: RangeNumbers) -> dict[str, Any]:
        """Return the commits of a range of one day; of more, only their numbers are shown."""
        if numbers.shown.days > 1:
            return {}
        count, asked = numbers.total.commits, self.request.GET.get("commits")
        return {
            "commit_list": page_of_commits(
                own_commits(), numbers.shown, count, asked, first_counted()
            )
        }


def commits_of_rows(rows: Sequence[Row], commits: Commits, shown: Range) -> Mapping[int, int]:
    """Return how many of the commits of a range are in each repository; of all there is, as the sync has counted them."""
    if shown.is_all:
        return {row.pk: row.my_commit_count or 0 for row in rows}
    return commits_by_repository(commits, shown)


def busiest_of(rows: Sequence[Row], counts: Mapping[int, int]) -> tuple[str, int] | None:
    """Return the repository with the most commits, the first by name of equal ones, where there are several."""
    if len(rows) < 2:
        return None
    row = min(rows, key=lambda row: (-counts.get(row.pk, 0), row.name))
    return row.name, counts.get(row.pk, 0)


def begin_words(rows: Sequence[Row], status: SourceStatus) -> str:
    """Return how to begin where nothing was ever read; empty where something was."""
    if rows or status.runs.last_success:
        return ""
    run = status.runs.last_run
    return READING if run and run.is_active else CONNECT


def is_nobodys(rows: Sequence[Row]) -> bool:
    """Return whether there are commits and none is known to be the owner's."""
    return any(row.commit_count for row in rows) and not any(row.my_commit_count for row in rows)


# --- One repository -------------------------------------------------------------------------------


class RepositoryView(CommitsView):
    """The own commits of a range in one repository, its numbers, and what everybody did in it."""

    template_name = "github_projects/repository.html"
    repository: Repository

    def commits(self) -> Commits:
        full_name = f"{self.kwargs['owner']}/{self.kwargs['name']}"
        found = Repository.objects.named(full_name)
        if found is None:
            raise Http404(f"There is no repository {full_name}.")
        self.repository = found
        return own_commits_in(found)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        repository, status = self.repository, github_status()
        numbers = read_numbers(kwargs["commits"], shown, status)
        row = Row(*(getattr(repository, name) for name in Row._fields))
        everybody = commits_in(repository)
        count = everybody.filter(date__range=(shown.first, shown.last)).count()
        return super().get_context_data(
            repository=repository,
            row=row,
            trouble=trouble_of_row(row),
            sentence=opening(opening_of(numbers, int(row.is_troubled))),
            figures=[*figures(numbers), lines_of_code([row.loc])],
            languages=page_charts.languages_of([row.languages]),
            commit_list=page_of_commits(
                everybody,
                shown,
                count,
                self.request.GET.get("commits"),
                Value(repository.full_name),
            ),
            **shared(numbers, status, address_of(repository.full_name)),
            **kwargs,
        )


def trouble_of_row(row: Row) -> Trouble | None:
    return trouble_of(
        gone=since(row.deleted_at),
        hidden=since(row.not_visible_since),
        failure=row.failure,
    )


def since(moment: datetime | None) -> str:
    return date_words(days.local_date(moment)) if moment else ""


# --- What runs now --------------------------------------------------------------------------------


class LiveView(LoginRequiredMixin, TemplateView):
    """How far the newest run is: a part of the page, which asks for it again while it runs."""

    template_name = "github_projects/live.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer htmx with the part, and lead whoever asks for it alone to the whole page."""
        if "HX-Request" not in request.headers:
            return redirect("github")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = SyncRun.objects.syncs().filter(source=GITHUB).first()
        return super().get_context_data(run=run, live=live_words(run) if run else "", **kwargs)
