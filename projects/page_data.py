"""The numbers of the pages of projects, for a range of days: hours and commits by week, of each project and of what belongs
to none."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, NamedTuple, Self

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from github_projects.metrics import commits as commits_metric
from github_projects.models import EARLIEST_DATE, GITHUB, Commit, Repository
from goals.models import Goal
from lifetracker.days import days_from, latest, local_date, today
from lifetracker.metrics.verified import Stretch, Verified
from lifetracker.models.expressions import Unparsed
from lifetracker.models.rows import as_date, raw_rows
from lifetracker.web.charts.scales import begin_of, slices
from lifetracker.web.ranges import Range
from lifetracker.web.source_status import run_summaries
from lifetracker.web.stretches import begin_in_sql
from projects.commit_sums import (
    CommitSums,
    commits_by_project,
    last_days_by_project,
)
from projects.models import Project, ProjectGoal
from projects.totals import (
    HOUR,
    PROJECT_OF_LINK,
    own_links,
)
from time_logs.group_sums import Days
from time_logs.metrics import hours as hours_metric
from time_logs.models import TOGGL, TimeEntry, TogglProject

#: In days: longer ranges are drawn by month, so that no column is too narrow to be seen.
BY_WEEK = 2 * 366
#: In days: of longer ranges the commits of one project are looked through, and not those of each day.
COMMIT_BY_COMMIT = 31
DAYS_OF_A_WEEK = 7
#: What was done in these last days is found by its day; only of the other projects the whole history is looked through.
LATELY = timedelta(days=92)
# The Monday that says with which day weeks begin.
SOME_MONDAY = date(2024, 1, 1)

Unit = Literal["week", "month"]
Sums = dict[date, float]


def unit_of(shown: Range) -> Unit:
    return "week" if shown.days <= BY_WEEK else "month"


def columns_of(shown: Range) -> list[Days]:
    """Return the weeks or months of a range, each as far as the range has it."""
    days = days_from(shown.first, shown.last)
    return [Days(days[part][0], days[part][-1]) for part in slices(days, unit_of(shown))]


def first_weekday() -> int:
    """Return the weekday that weeks begin with, 0 for Monday."""
    return begin_of(SOME_MONDAY, "week").weekday()


# --- What was read --------------------------------------------------------------------------------


class Known(NamedTuple):
    """What was read of Toggl and of GitHub; None for what is not set up."""

    time: Stretch | None
    code: Stretch | None


def what_is_known() -> Known:
    """Return what was read of Toggl and of GitHub, by two statements."""
    found = run_summaries([TOGGL, GITHUB])
    states = [state for one in found.values() for state in one.states]
    verified = Verified(states, {name: one.last_success for name, one in found.items()})
    return Known(verified.of(hours_metric), verified.of(commits_metric))


def known_days(stretch: Stretch | None, first: date, last: date) -> int:
    """Return on how many of the days the absence of records is a fact."""
    if stretch is None:
        return 0
    begin, end = stretch.days
    return max((min(end, last) - max(begin, first)).days + 1, 0)


# --- What a project comes to ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Series:
    """Numbers by column of the range, and on how many of its days they are known. `sums` has only what is not zero."""

    columns: Sequence[Days]
    sums: Sums
    stretch: Stretch | None

    @cached_property
    def values(self) -> list[float | None]:
        """Return a number for each column; None where nothing is known of it."""
        return [
            self.sums.get(one.first, 0.0)
            if one.first in self.sums or known_days(self.stretch, one.first, one.last)
            else None
            for one in self.columns
        ]

    @cached_property
    def total(self) -> float:
        return math.fsum(self.sums.values())

    @property
    def known_days(self) -> int:
        return known_days(self.stretch, self.columns[0].first, self.columns[-1].last)

    @property
    def is_known(self) -> bool:
        return bool(self.sums) or self.known_days > 0

    @property
    def per_week(self) -> float | None:
        """Return what a week of the range costs on average; None where less than a week of it is known."""
        known = self.known_days
        return self.total / known * DAYS_OF_A_WEEK if known >= DAYS_OF_A_WEEK else None


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a project comes to in a range. `hours` are None without a Toggl project, `commits` without a repository."""

    hours: Series | None
    commits: Series | None
    #: Lines added and deleted by the commits.
    churn: int = 0

    @property
    def is_nothing(self) -> bool:
        return not any(one and one.sums for one in (self.hours, self.commits))


def seconds_by_ref(columns: Sequence[Days], refs: Collection[str] | None = None) -> dict[str, Sums]:
    """Return the seconds of the ended entries by Toggl's id of their project and by column, by one statement; with `refs`
    those of these projects alone."""
    found: dict[str, Sums] = defaultdict(dict)
    for first, sums in TimeEntry.objects.all().per_stretch("ref", columns, refs).items():
        for ref, seconds in sums.items():
            found[ref][first] = seconds
    return found


def hours_of(seconds: dict[str, Sums], refs: Iterable[str]) -> Sums:
    """Return the hours of all these Toggl projects together."""
    totals: dict[date, list[float]] = defaultdict(list)
    for ref in refs:
        for first, length in seconds.get(ref, {}).items():
            totals[first].append(length)
    return {first: math.fsum(lengths) / HOUR for first, lengths in totals.items()}


def commits_of_range(shown: Range) -> dict[int, CommitSums]:
    """Return the own commits of each project by column, and of what belongs to none, by one statement."""
    begin = begin_in_sql(unit_of(shown), first_weekday())
    return commits_by_project(shown.first, shown.last, begin)


# --- All projects ---------------------------------------------------------------------------------


BELONGS_OR_LIVE = Q(deleted_at__isnull=True) | Q(project_links__isnull=False)


class Part(NamedTuple):
    """A repository or a Toggl project, and the project that it belongs to."""

    pk: int
    name: str
    project: int | None
    #: What tells it apart from others of its name, such as a Toggl project's client.
    beside: str = ""
    #: Toggl's id.
    ref: str = ""
    #: The first and the last day on which an entry of it began.
    first: date | None = None
    last: date | None = None
    #: The first day of all of its kind, whatever project they are of.
    first_of_all: date | None = None


def dated_commits(rows: QuerySet[Repository], *, by_day: bool = True) -> QuerySet[Commit]:
    """Return the own commits in any of these repositories, for who asks for those of some days, or of all."""
    within = Commit.objects.each_within if by_day else Commit.objects.within
    # Not as a column by whose index the database would rather look than by the date's.
    moment = Coalesce("authored_at", "committed_at")
    found: QuerySet[Commit] = (within(rows).filter(mine=True).alias(moment=moment)).filter(
        moment__range=(EARLIEST_DATE, latest())
    )
    return found


def repositories(only: Q | None = None) -> list[Part]:
    """Return the repositories of projects, and those that may belong to one, by name."""
    code = dated_commits(Repository.objects.live()).filter(date__isnull=False).order_by("date")
    rows = Repository.objects.filter(only or Q(), BELONGS_OR_LIVE).order_by("full_name")
    columns = ("pk", "full_name", "project_links__project", "fork", "archived")
    found = rows.values_list(*columns, Subquery(code.values("date")[:1]))
    return [
        Part(
            pk, name, project, "fork" if fork else "archived" if archived else "", first_of_all=day
        )
        for pk, name, project, fork, archived, day in found
    ]


def toggl_projects(only: Q | None = None) -> list[Part]:
    """Return the Toggl projects of projects, and those that may belong to one, by name."""
    ended = TimeEntry.objects.ended().filter(duration__isnull=False)
    # As a range, so that the order needs the index of both columns. By an equal one, PostgreSQL would go through the entries
    # of all projects by their start, to the end where a project has none.
    ref = OuterRef("source_id")
    of_one = ended.filter(project_ref__gte=ref, project_ref__lte=ref)
    rows = TogglProject.objects.filter(only or Q(), BELONGS_OR_LIVE).order_by("name", "pk")
    found = rows.values_list(
        "pk",
        "name",
        "project_links__project",
        "client",
        "source_id",
        *(
            Subquery(entries.order_by(*order).values("date")[:1])
            for entries, order in (
                (of_one, ("project_ref", "start")),
                (of_one, ("-project_ref", "-start")),
                (ended, ("start",)),
            )
        ),
    )
    return [Part(*row) for row in found]


@dataclass(kw_only=True)
class Member:
    """A project with what belongs to it."""

    project: Project
    repositories: list[Part] = field(default_factory=list)
    toggl_projects: list[Part] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    #: The day of the last own commit.
    last_commit: date | None = None

    @property
    def last_activity(self) -> date | None:
        """Return the last day on which an entry began or a commit was made."""
        days = [*(one.last for one in self.toggl_projects), self.last_commit]
        return max((day for day in days if day), default=None)

    @property
    def idle_days(self) -> int | None:
        return (today() - self.last_activity).days if self.last_activity else None

    @property
    def refs(self) -> list[str]:
        return [one.ref for one in self.toggl_projects]

    def work(self, numbers: Numbers, commits: CommitSums) -> Work:
        """Return what it comes to in the range of these numbers."""
        return Work(
            hours=numbers.hours(self.refs) if self.toggl_projects else None,
            commits=numbers.commits(commits) if self.repositories else None,
            churn=commits.churn,
        )


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What was tracked in a range, by Toggl project, and what is known of it."""

    shown: Range
    columns: Sequence[Days]
    seconds: dict[str, Sums]
    known: Known

    @classmethod
    def read(cls, shown: Range, refs: Collection[str] | None = None) -> Self:
        """Read a range by three statements, of all Toggl projects or of those with these ids."""
        columns = columns_of(shown)
        seconds = seconds_by_ref(columns, refs)
        return cls(shown=shown, columns=columns, seconds=seconds, known=what_is_known())

    def hours(self, refs: Iterable[str]) -> Series:
        sums = hours_of(self.seconds, refs)
        return Series(columns=self.columns, sums=sums, stretch=self.known.time)

    def commits(self, sums: CommitSums) -> Series:
        return Series(columns=self.columns, sums=sums.commits, stretch=self.known.code)


@dataclass(frozen=True, kw_only=True)
class Everything:
    """All projects, the one with the latest activity first, and what belongs to none of them."""

    members: list[Member]
    repositories: list[Part]
    toggl_projects: list[Part]
    #: The first day with an entry or an own commit.
    first: date | None


def everything() -> Everything:
    """Return all projects and what belongs to none, by six statements at most."""
    members = {one.pk: Member(project=one) for one in Project.objects.live()}
    code, time = repositories(), toggl_projects()
    for one in code:
        if one.project in members:
            members[one.project].repositories.append(one)
    for one in time:
        if one.project in members:
            members[one.project].toggl_projects.append(one)
    links = ProjectGoal.objects.filter(goal__deleted_at__isnull=True).select_related("goal")
    for link in links:
        if link.project_id in members:
            members[link.project_id].goals.append(link.goal)
    coded = [pk for pk, member in members.items() if member.repositories]
    for pk, day in last_commits(coded).items():
        members[pk].last_commit = day
    firsts = {one.first_of_all for one in (*code[:1], *time[:1])}
    if not time:
        firsts.add(first_entry())
    return Everything(
        members=sorted(members.values(), key=recency, reverse=True),
        repositories=[one for one in code if one.project is None],
        toggl_projects=[one for one in time if one.project is None],
        first=min((day for day in firsts if day), default=None),
    )


def recency(member: Member) -> tuple[bool, date]:
    """Return what sorts projects by their last activity; those without any come after the others, the newest first."""
    day = member.last_activity
    return day is not None, day or local_date(member.project.created_at)


def last_commits(projects: Collection[int]) -> dict[int, date]:
    """Return the day of the last own commit of each of these projects that has one."""
    if not projects:
        return {}
    found = last_days_by_project(today() - LATELY, today())
    idle = set(projects) - found.keys()
    links = own_links(once=False).filter(**{f"{PROJECT_OF_LINK}__in": idle})
    older = dict(links.values_list(PROJECT_OF_LINK).annotate(Max("commit__date"))) if idle else {}
    return {pk: day for pk, day in (found | older).items() if pk in projects}


def first_entry() -> date | None:
    """Return the first day on which an entry began."""
    entries = TimeEntry.objects.ended().order_by("start")
    return entries.values_list("date", flat=True).first()


# --- One project ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OneProject:
    """A project with its numbers in a range, and what may still be joined."""

    member: Member
    numbers: Numbers
    work: Work
    #: The days of the range on which an entry began or a commit was made.
    active_days: int
    #: The own commits of the range by repository.
    by_repository: dict[int, int]
    #: The first day on which there is anything.
    first: date | None
    #: What belongs to no project, or of goals not to this one.
    free: dict[str, list[Part]]


def member_of(project: Project) -> tuple[Member, dict[str, list[Part]], date | None]:
    """Return a project with what belongs to it, what may still be joined, and the first day on which there is anything, by
    four statements."""
    here_or_free = Q(project_links__isnull=True) | Q(project_links__project=project)
    code, time = repositories(here_or_free), toggl_projects(here_or_free)
    is_here = Exists(ProjectGoal.objects.filter(project=project, goal=OuterRef("pk")))
    goals = list(Goal.objects.live().annotate(is_here=is_here).order_by("name", "pk"))
    days = own_links(once=False).filter(**{PROJECT_OF_LINK: project.pk})
    span = days.aggregate(first=Min("commit__date"), last=Max("commit__date"))
    member = Member(
        project=project,
        repositories=[one for one in code if one.project],
        toggl_projects=[one for one in time if one.project],
        goals=[goal for goal in goals if goal.is_here],
        last_commit=span["last"],
    )
    free = {
        "repository": [one for one in code if not one.project],
        "toggl_project": [one for one in time if not one.project],
        "goal": [Part(goal.pk, goal.name, None) for goal in goals if not goal.is_here],
    }
    firsts = [*(one.first for one in member.toggl_projects), span["first"]]
    return member, free, min((day for day in firsts if day), default=None)


def one_project(
    member: Member, free: dict[str, list[Part]], first: date | None, shown: Range
) -> OneProject:
    """Read a range of a project by six statements."""
    numbers = Numbers.read(shown, member.refs)
    between = {"date__range": (shown.first, shown.last)}
    begun = TimeEntry.objects.ended().filter(project_ref__in=member.refs, **between)
    begun = begun.order_by().annotate(day=Unparsed(F("date"))).values_list("day").distinct()
    days = {as_date(day) for (day,) in raw_rows(begun)}
    rows = (
        dated_commits(
            Repository.objects.filter(project_links__project=member.project),
            by_day=shown.days <= COMMIT_BY_COMMIT,
        )
        .filter(**between)
        .order_by()
        .values("date")
        # The driver of SQLite would parse each date that is a column.
        .annotate(day=Max("date"), number=Count("pk"), churn=Sum(F("added") + F("deleted")))
        .values_list("day", "number", "churn")
    )
    per_day = [(as_date(day), number, int(churn)) for day, number, churn in raw_rows(rows)]
    sums = by_day(shown, per_day)
    return OneProject(
        member=member,
        numbers=numbers,
        work=member.work(numbers, sums),
        active_days=len(days | {day for day, *_ in per_day}),
        by_repository=commits_by_repository(member.project, shown),
        first=first,
        free=free,
    )


def by_day(shown: Range, rows: Iterable[tuple[date, int, int]]) -> CommitSums:
    """Return the sums of days by column."""
    commits: dict[date, float] = defaultdict(float)
    unit, churn = unit_of(shown), 0
    for day, count, lines in rows:
        commits[max(begin_of(day, unit), shown.first)] += count
        churn += lines
    return CommitSums(dict(commits), churn)


def commits_by_repository(project: Project, shown: Range) -> dict[int, int]:
    """Return the own commits in each repository of a project: one that is in two of them counts in each."""
    links = own_links(once=False).filter(
        commit__date__range=(shown.first, shown.last), **{PROJECT_OF_LINK: project.pk}
    )
    return dict(links.values_list("repository").annotate(Count("pk")))
