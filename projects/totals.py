"""What projects come to: hours, commits, lines, and the days on which something was done.

Hours are never divided by commits: that measures nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from github_projects.models import Commit, Repository, RepositoryCommit, plausible_condition
from lifetracker.days import monday_of, today
from projects.models import ProjectTogglProject, toggl_ids_of, unassigned_repositories
from time_logs.models import TimeEntry
from time_logs.sums import MICROSECONDS, Microseconds, of_toggl_projects

HOUR = 3600.0
PROJECT_OF_LINK = "repository__project_links__project"
Commits = TypeVar("Commits", bound=QuerySet[Commit])


@dataclass(kw_only=True)
class Totals:
    """`seconds` of ended entries, which what has no Toggl project has not; `commits` of the owner, and `code_churn`, their
    lines added and deleted. A day is active on which an entry began or a commit was made."""

    seconds: float | None = None
    commits: int = 0
    code_churn: int = 0
    days: set[date] = field(default_factory=set)

    @property
    def hours(self) -> float | None:
        return None if self.seconds is None else round(self.seconds / HOUR, 4)

    @property
    def active_days(self) -> int:
        return len(self.days)

    @property
    def last_activity(self) -> date | None:
        return max(self.days, default=None)

    @property
    def idle_days(self) -> int | None:
        return (today() - self.last_activity).days if self.last_activity else None


@dataclass(kw_only=True)
class Week(Totals):
    #: A Monday.
    week: date


def totals_by_project() -> dict[int | None, Totals]:
    """Return the totals of each project that has a Toggl project or a commit; None stands for what belongs to no
    project."""
    projects = project_by_toggl_id()
    found: dict[int | None, Totals] = defaultdict(Totals)
    found |= {pk: Totals(seconds=0.0) for pk in [None, *projects.values()]}
    entries = TimeEntry.objects.ended().order_by().values_list("project_ref", "date")
    for ref, day, length in entries.annotate(length=Sum(Microseconds("start", "end"))):
        add_time(found[projects.get(ref)], day, int(length))
    for project, day, commits, churn in commits_by_project():
        add_code(found[project], day, commits, churn)
    return found


def project_by_toggl_id() -> dict[str, int]:
    links = ProjectTogglProject.objects.values_list("toggl_project__source_id", "project_id")
    return dict(links)


def add_time(totals: Totals, day: date, microseconds: int) -> None:
    totals.seconds = (totals.seconds or 0.0) + microseconds / MICROSECONDS
    totals.days.add(day)


def add_code(totals: Totals, day: date, commits: int, churn: int) -> None:
    totals.commits += commits
    totals.code_churn += churn
    totals.days.add(day)


def commits_by_project() -> Iterator[tuple[int | None, date, int, int]]:
    """Yield the project, the day, the own commits and their lines: of each project that has a repository, and of the
    counted repositories that belong to none."""
    yield from (
        own_links()
        .values_list(PROJECT_OF_LINK, "commit__date")
        .annotate(Count("pk"), churn=Sum(F("commit__added") + F("commit__deleted")))
    )
    loose = own_commits(unassigned_repositories())
    days = without_project(loose).order_by().values_list("date")
    for day, commits, churn in days.annotate(Count("pk"), churn=Sum(F("added") + F("deleted"))):
        yield None, day, commits, churn


def without_project(commits: Commits) -> Commits:
    """Return those that lie in no repository of a project: a commit that also lies in one belongs to its project."""
    assigned = Repository.objects.exclude(project_links=None).order_by()
    return commits.exclude(Exists(assigned.filter(commit_links__commit=OuterRef("pk"))))


def own_links(*, once: bool = True) -> QuerySet[RepositoryCommit]:
    """Return where the own commits of projects are, each commit once in a project, in however many of its repositories
    it is; or, for who counts nothing, as often as it is there."""
    links = RepositoryCommit.objects.filter(
        plausible_condition("commit__authored_at"),
        Q(**{f"{PROJECT_OF_LINK}__isnull": False}),
        commit__mine=True,
        commit__deleted_at__isnull=True,
    ).order_by()
    if not once:
        return links
    earlier = RepositoryCommit.objects.filter(
        **{PROJECT_OF_LINK: OuterRef(PROJECT_OF_LINK)},
        commit=OuterRef("commit"),
        pk__lt=OuterRef("pk"),
    )
    return links.exclude(Exists(earlier))


def own_commits(repositories: QuerySet[Repository]) -> QuerySet[Commit]:
    rows: QuerySet[Commit] = Commit.objects.each_within(repositories).filter(mine=True)
    return rows.filter(plausible_condition("authored_at"))


def commits_of(project: int) -> QuerySet[Commit]:
    """Return the own commits of a project, each once in however many of its repositories it is."""
    return own_commits(Repository.objects.filter(project_links__project=project))


# --- Weeks ----------------------------------------------------------------------------------------


def weeks_of(project: int, first: date, last: date) -> list[Week]:
    """Return the weeks with activity from the one of `first` to the one of `last`, each whole, newest first. Hours are
    split at local midnight."""
    begin, last = monday_of(first), monday_of(last) + timedelta(days=6)
    weeks: dict[date, Week] = {}
    refs = toggl_ids_of(project)

    def week_of(day: date) -> Week:
        new = Week(week=monday_of(day), seconds=0.0 if refs else None)
        return weeks.setdefault(new.week, new)

    if refs:
        for day, seconds in time_of(refs, begin, last).items():
            week = week_of(day)
            week.seconds = (week.seconds or 0.0) + seconds
        begun = TimeEntry.objects.ended().filter(project_ref__in=refs, date__range=(begin, last))
        for day in begun.order_by().values_list("date", flat=True).distinct():
            week_of(day).days.add(day)
    days = commits_of(project).filter(date__range=(begin, last)).order_by().values_list("date")
    for day, commits, churn in days.annotate(Count("pk"), churn=Sum(F("added") + F("deleted"))):
        add_code(week_of(day), day, commits, churn)
    return [weeks[week] for week in sorted(weeks, reverse=True)]


def time_of(refs: tuple[str, ...], first: date, last: date) -> dict[date, float]:
    """Return the seconds of each day that the entries of these Toggl projects come to."""
    return TimeEntry.objects.all().per_day_and_running(first, last, of_toggl_projects(refs))[0]
