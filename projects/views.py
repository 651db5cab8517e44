"""The pages of projects: all of them, and each."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.generic import TemplateView

from github_projects.repository_table import address_of
from goals.models import Goal
from lifetracker import days
from lifetracker.web.figures import Figure
from lifetracker.web.ranges import Range, range_links, range_or_default, range_steps
from lifetracker.web.sentences import hours_and_minutes, number, stretch_words
from lifetracker.words import counted
from projects import sentences
from projects.commit_sums import NO_COMMITS, NO_PROJECT, CommitSums
from projects.forms import NOUNS, JoinForm
from projects.models import Project, Suggestion
from projects.page_charts import (
    Scale,
    axis,
    charts_of,
    legend_of_pairs,
    pair_of,
    scale_of,
    table_of_pairs,
)
from projects.page_data import (
    Everything,
    Member,
    Numbers,
    OneProject,
    Part,
    Work,
    commits_of_range,
    everything,
    member_of,
    one_project,
)
from time_logs.names import entries_url

A_PAGE = 20
DEFAULT = "90d"
#: So many of what may be joined stand in a list.
OFFERED = 500
#: So many of what belongs to no project are named, and so many suggestions are shown at once.
LISTED = 12
STATUSES = {"paused": "asks", "finished": "good"}


def asked_range(query: dict[str, str], first_known: Any) -> tuple[Range, str]:
    """Return the range that an address asks for, 90 days if it asks for none, and why it cannot be had."""
    if not {"range", "from", "to"} & query.keys():
        query = query | {"range": DEFAULT}
    return range_or_default(query, days.today(), first_known)


def goal_url(goal: Goal) -> str:
    return reverse("goal", args=[goal.pk])


# --- All projects ---------------------------------------------------------------------------------


class Shown(NamedTuple):
    """A row of the list of projects."""

    project: Project
    url: str
    #: The class of the pill that says its status; empty for one that is active.
    pill: str
    goals: list[tuple[str, str]]
    pair: SafeString
    hours: str
    cost: str
    commits: str
    commit_cost: str
    last: str
    idle: str

    @property
    def has_no_time(self) -> bool:
        return self.hours in {sentences.NO_TOGGL, sentences.NOT_KNOWN}

    @property
    def has_no_code(self) -> bool:
        return self.commits in {sentences.NO_REPOSITORY, sentences.NOT_KNOWN}


class ProjectsView(LoginRequiredMixin, TemplateView):
    """All projects with the hours and commits of a range, and what belongs to none."""

    template_name = "projects/projects.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = everything()
        shown, refused = asked_range(request.GET.dict(), lambda: found.first)
        context = self.get_context_data(found=found, shown=shown, refused=refused)
        status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        found: Everything = kwargs["found"]
        members = found.members
        page = Paginator(members, A_PAGE).get_page(self.request.GET.get("page"))
        numbers = Numbers.read(shown)
        commits = commits_of_range(shown)
        works = {one.project.pk: work_of(one, numbers, commits) for one in members}
        left = loose_work(members, numbers, commits.get(NO_PROJECT, NO_COMMITS))
        on_page = [(one, works[one.project.pk]) for one in page]
        scale = scale_of([*(work for _, work in on_page), left])
        return super().get_context_data(
            sentence=sentences.opening(sums_of(members, works, left), shown),
            rows=[row_of(one, work, numbers, scale) for one, work in on_page],
            page=page,
            is_empty=not members,
            axis=axis(numbers.columns),
            legend=legend_of_pairs(),
            table=table_of_pairs(
                [*((one.project.name, work) for one, work in on_page), ("No project", left)],
                numbers,
            ),
            loose=loose_shown(found, left, numbers, scale),
            **suggested(),
            has_refused=self.request.GET.get("show") == "refused",
            ranges=range_links(shown),
            steps=range_steps(shown),
            fresh=[stretch_words(shown.first, shown.last)],
            **kwargs,
        )


def suggested() -> dict[str, Any]:
    """Return what is suggested, and what was refused, the newest first, by one statement."""
    states = (Suggestion.State.PROPOSED, Suggestion.State.REFUSED)
    found = list(Suggestion.objects.answerable().filter(state__in=states)[:OFFERED])
    waiting = [one for one in found if one.state == Suggestion.State.PROPOSED]
    return {
        "suggestions": waiting[:LISTED],
        "more_suggestions": len(waiting[LISTED:]),
        "refusals": [one for one in found if one.state == Suggestion.State.REFUSED][:OFFERED],
    }


def work_of(member: Member, numbers: Numbers, commits: dict[int, CommitSums]) -> Work:
    return member.work(numbers, commits.get(member.project.pk, NO_COMMITS))


def loose_work(members: list[Member], numbers: Numbers, sums: CommitSums) -> Work:
    """Return what belongs to no project: also the entries without a Toggl project."""
    taken = {ref for one in members for ref in one.refs}
    return Work(
        hours=numbers.hours(numbers.seconds.keys() - taken),
        commits=numbers.commits(sums),
        churn=sums.churn,
    )


def sums_of(members: list[Member], works: dict[int, Work], left: Work) -> sentences.Sums:
    hours = {
        one.project.name: work.hours.total
        for one in members
        if (work := works[one.project.pk]).hours and work.hours.sums
    }
    commits = [work.commits.total for work in works.values() if work.commits]
    series = [one for work in works.values() for one in (work.hours, work.commits) if one]
    return sentences.Sums(
        active=sum(not work.is_nothing for work in works.values()),
        projects=len(members),
        hours=sum(hours.values()),
        commits=round(sum(commits)),
        loose_hours=left.hours.total if left.hours else 0.0,
        most=max(hours.items(), key=lambda one: one[1], default=None),
        is_known=not series or any(one.is_known for one in series),
    )


def row_of(member: Member, work: Work, numbers: Numbers, scale: Scale) -> Shown:
    project, shown = member.project, numbers.shown
    url = reverse("project", args=[project.pk])
    return Shown(
        project,
        url,
        STATUSES.get(project.status, ""),
        [(goal.name, goal_url(goal)) for goal in member.goals],
        pair_of(project.name, work, numbers, scale, url),
        sentences.hours_words(work.hours),
        sentences.cost_words(work.hours),
        sentences.commits_words(work.commits),
        commit_cost(work),
        sentences.activity_words(member.last_activity, shown.today),
        sentences.idle_words(member.idle_days),
    )


def commit_cost(work: Work) -> str:
    """Return `5.2 a week`, or nothing where less than a week is known."""
    if work.commits is None or work.commits.per_week is None:
        return ""
    return f"{number(work.commits.per_week, 1)} a week"


def loose_shown(found: Everything, work: Work, numbers: Numbers, scale: Scale) -> dict[str, Any]:
    """Return what the page shows of what belongs to no project: of Toggl projects those with the most hours."""
    shown = numbers.shown
    code = [one for one in found.repositories if not one.beside]
    time = sorted(found.toggl_projects, key=lambda one: -numbers.hours([one.ref]).total)
    return {
        "pair": pair_of("No project", work, numbers, scale, reverse("time")),
        "hours": sentences.hours_words(work.hours),
        "hours_url": entries_url(shown.first, shown.last),
        "cost": sentences.cost_words(work.hours),
        "commits": sentences.commits_words(work.commits),
        "commit_cost": commit_cost(work),
        "repositories": [(one, address_of(one.name)) for one in code[:LISTED]],
        "more_repositories": len(code[LISTED:]),
        "toggl_projects": [toggl_row(one, numbers) for one in time[:LISTED]],
        "more_toggl_projects": len(time[LISTED:]),
        "nameless": hours_and_minutes(numbers.hours([""]).total) if "" in numbers.seconds else "",
    }


def toggl_row(part: Part, numbers: Numbers) -> tuple[Part, str, str]:
    """Return a Toggl project with its hours in the range and the address of their entries."""
    name = urlencode({"client": part.beside, "project": part.name})
    url = entries_url(numbers.shown.first, numbers.shown.last, name)
    return part, sentences.hours_words(numbers.hours([part.ref])), url


# --- One project ----------------------------------------------------------------------------------


class ProjectView(LoginRequiredMixin, TemplateView):
    """One project with the hours and commits of a range, and what belongs to it."""

    template_name = "projects/project.html"
    #: What could not be joined, with the reason.
    join: JoinForm | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        project = get_object_or_404(Project.objects.live(), pk=kwargs["pk"])
        member, free, first = member_of(project)
        shown, refused = asked_range(request.GET.dict(), lambda: first)
        found = one_project(member, free, first, shown)
        context = self.get_context_data(found=found, refused=refused, **kwargs)
        is_bad = refused or self.join is not None
        return self.render_to_response(
            context, status=HTTPStatus.BAD_REQUEST if is_bad else HTTPStatus.OK
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: OneProject = kwargs["found"]
        numbers, member = found.numbers, found.member
        shown = numbers.shown
        return super().get_context_data(
            project=member.project,
            pill=STATUSES.get(member.project.status, ""),
            sentence=sentences.opening_of_one(member, found.work, shown),
            figures=figures(found),
            charts=charts_of(found.work, shown, numbers.columns),
            repositories=[
                (one, f"{address_of(one.name)}{shown.query}", found.by_repository.get(one.pk, 0))
                for one in member.repositories
            ],
            toggl_projects=[toggl_row(one, numbers) for one in member.toggl_projects],
            goals=[(goal, goal_url(goal)) for goal in member.goals],
            facts=facts(found),
            joins=[join_list(kind, found.free[kind], self.join) for kind in NOUNS],
            shown=shown,
            ranges=range_links(shown),
            steps=range_steps(shown),
            fresh=[stretch_words(shown.first, shown.last)],
            **kwargs,
        )


def figures(found: OneProject) -> list[Figure]:
    """Return the numbers of the range, each with the days on which it is known where these are not all."""
    work, shown = found.work, found.numbers.shown
    made: list[Figure] = []
    if work.hours:
        beside = sentences.known_words(work.hours, shown) or sentences.cost_words(work.hours)
        made.append(Figure("Hours", sentences.hours_words(work.hours), beside, "#toggl_project"))
    if work.commits:
        is_known = work.commits.is_known
        beside = sentences.known_words(work.commits, shown) or commit_cost(work)
        count = number(work.commits.total) if is_known else sentences.NOT_KNOWN
        lines = number(work.churn) if is_known else sentences.NOT_KNOWN
        made.append(Figure("Commits", count, beside, "#repository"))
        made.append(Figure("Lines changed", lines, "added and deleted", "#repository"))
    if made:
        of = counted(shown.days, "day")
        made.append(
            Figure("Active days", number(found.active_days), f"of {of}, with an entry or a commit")
        )
    return made


def facts(found: OneProject) -> list[tuple[str, str]]:
    project, member, today = found.member.project, found.member, found.numbers.shown.today
    told = [("Status", project.get_status_display())]
    told += [
        (label, sentences.activity_words(day, today))
        for label, day in (("Start", project.start), ("End", project.end))
        if day
    ]
    told.append(("First activity", sentences.activity_words(found.first, today)))
    idle = sentences.idle_words(member.idle_days)
    last = sentences.activity_words(member.last_activity, today)
    return [*told, ("Last activity", f"{last}, {idle}" if idle else last)]


class JoinList(NamedTuple):
    """What may be joined, of one kind; `errors` and `chosen` of what was refused."""

    kind: str
    noun: str
    free: list[Part]
    others: int
    errors: list[str]
    chosen: int


def join_list(kind: str, free: list[Part], refused: JoinForm | None) -> JoinList:
    errors: list[str] = []
    chosen = 0
    if refused is not None and refused.kind == kind:
        errors = [str(error) for error in refused.errors.get(kind, [])]
        chosen = getattr(refused.cleaned_data.get(kind), "pk", 0)
    return JoinList(kind, NOUNS[kind], free[:OFFERED], len(free[OFFERED:]), errors, chosen)
