"""The parameter `owner_project` of the endpoints of time and code: what belongs to a project, or to none."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from github_projects.models import Repository
from projects.models import Project, toggl_ids_of
from projects.totals import only_of, project_by_toggl_id
from time_logs.models import TimeEntry
from time_logs.sums import EVERY_ENTRY, Only

NONE = "none"


class OwnerProjectQuery(serializers.Serializer[object]):
    """The project whose records are meant."""

    owner_project = serializers.CharField(
        required=False,
        validators=[
            RegexValidator(r"\A(none|[0-9]{1,18})\Z", "Takes the id of a project, or none.")
        ],
        help_text="Only what belongs to the project with this id, or to no project (`none`).",
    )

    @classmethod
    def of(cls, request: Request) -> str:
        """Return what a request asks for; "" for everything. Raises ValidationError, which names the parameter."""
        asked = cls(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return str(asked.validated_data.get("owner_project", ""))


def toggl_ids(asked: str) -> tuple[str, ...]:
    """Return Toggl's ids of the Toggl projects of a project; with `none`, of all projects."""
    return toggl_ids_of(None if asked == NONE else int(asked))


def entries_of(rows: Any, asked: str) -> Any:
    """Return those of the time entries that are asked for."""
    if not asked:
        return rows
    refs = toggl_ids(asked)
    return (
        rows.exclude(project_ref__in=refs) if asked == NONE else rows.filter(project_ref__in=refs)
    )


def condition_of(asked: str) -> Only:
    """Return the same as a condition of the sums by day."""
    if not asked:
        return EVERY_ENTRY
    refs = toggl_ids(asked)
    if asked != NONE:
        return only_of(refs)
    return Only(f"NOT ({only_of(refs).sql})", refs) if refs else EVERY_ENTRY


def repositories_of(rows: Any, asked: str) -> Any:
    """Return those of the repositories that are asked for."""
    if not asked:
        return rows
    return (
        rows.filter(project_links=None)
        if asked == NONE
        else rows.filter(project_links__project=asked)
    )


def seconds_by_project(first: Any, last: Any, asked: str) -> list[dict[str, object]]:
    """Return the seconds of each project, the most first; without an id, of what belongs to none."""
    projects = project_by_toggl_id()
    names = dict(Project.objects.values_list("pk", "name"))
    seconds: dict[int | None, float] = {}
    for ref, length in entries_of(TimeEntry.objects.all(), asked).per("ref", first, last).items():
        project = projects.get(ref)
        seconds[project] = seconds.get(project, 0.0) + length
    return [
        {"owner_project": pk, "name": names[pk] if pk else "", "seconds": length}
        for pk, length in sorted(seconds.items(), key=lambda one: -one[1])
    ]


def commits_by_project(commits: Any, repositories: QuerySet[Repository]) -> list[dict[str, Any]]:
    """Return how many of these commits each project has, the most first; without an id, of the repositories that belong
    to none. A commit counts once in a project, in however many of its repositories it is."""
    counts = Exists(repositories.order_by().filter(pk=OuterRef("repository_links__repository")))
    path = "repository_links__repository__project_links__project"
    rows = commits.order_by().filter(counts).values(owner_project=F(path), name=F(f"{path}__name"))
    found = rows.annotate(commits=Count("pk", distinct=True)).order_by("-commits", "owner_project")
    return [row | {"name": row["name"] or ""} for row in found]
