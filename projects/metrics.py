"""The metrics of each project: its hours and its commits."""

from __future__ import annotations

import re
from functools import partial

from django.db.models import Count, FloatField
from django.db.models.functions import Cast

from github_projects.models import Repository
from lifetracker.metrics.declaration import WORK, Absent, Family, Grouped, Metric, Role, Step
from lifetracker.metrics.registry import register_family
from projects.models import Project, ProjectRepository, ProjectTogglProject
from projects.totals import commits_of
from time_logs.metrics import hours_metric
from time_logs.sums import of_toggl_projects

PREFIX = "projects."
KEY = re.compile(r"projects\.(\d{1,18})\.(hours|commits)")


def hours_of(project: int, name: str, refs: tuple[str, ...]) -> Metric:
    return hours_metric(
        f"{PREFIX}{project}.hours",
        f"Time on {name}",
        of_toggl_projects(refs),
        filters={"project_ref__in": refs},
        parents=("time.hours",),
    )


def commits_metric(project: int, name: str) -> Metric:
    return Metric(
        key=f"{PREFIX}{project}.commits",
        label=f"Commits in {name}",
        unit="",
        series=Grouped(rows=partial(commits_of, project), day=Cast(Count("pk"), FloatField())),
        model=Repository,
        absent=Absent.ZERO,
        additive=True,
        role=Role.BOTH,
        step=Step(5.0, "5 more"),
        parents=("github.commits",),
        amount_of=WORK,
        smallest=1.0,
    )


def members(project: int | None = None) -> list[Metric]:
    """Return the hours of the projects that have a Toggl project, and the commits of those that have a repository."""
    only = {} if project is None else {"project": project}
    names: dict[int, str] = {}
    refs: dict[int, list[str]] = {}
    times = ProjectTogglProject.objects.filter(**only).order_by("project", "pk")
    for pk, name, ref in times.values_list("project", "project__name", "toggl_project__source_id"):
        names[pk] = name
        refs.setdefault(pk, []).append(ref)
    code = ProjectRepository.objects.filter(**only).order_by("project")
    coded = dict(code.values_list("project", "project__name"))
    return [
        *(hours_of(pk, names[pk], tuple(found)) for pk, found in refs.items()),
        *(commits_metric(pk, name) for pk, name in coded.items()),
    ]


def find(key: str) -> Metric | None:
    """Return a metric of a project by its key. One whose project has nothing of the kind is not there."""
    match = KEY.fullmatch(key)
    if match is None or not Project.objects.live().filter(pk=match[1]).exists():
        return None
    return next((one for one in members(int(match[1])) if one.key == key), None)


def find_deleted(key: str) -> Metric | None:
    """Return the same of a project that was deleted: nothing belongs to it any more."""
    match = KEY.fullmatch(key)
    projects = Project.objects.filter(deleted_at__isnull=False)
    name = projects.filter(pk=match[1]).values_list("name", flat=True).first() if match else None
    if match is None or name is None:
        return None
    pk = int(match[1])
    return hours_of(pk, name, ()) if match[2] == "hours" else commits_metric(pk, name)


register_family(Family(prefix=PREFIX, members=members, find=find, find_deleted=find_deleted))
