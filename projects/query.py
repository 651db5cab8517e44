"""The parameter `owner_project` of the endpoints of time and code: what belongs to a project, or to none."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, TypeVar, cast

from django.core.validators import RegexValidator
from django.db.models import (
    BigIntegerField,
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from rest_framework import serializers
from rest_framework.request import Request

from github_projects.models import Commit, Repository, RepositoryCommit
from projects.models import Project, toggl_ids_of
from projects.totals import Commits, project_by_toggl_id, without_project
from time_logs.models import TimeEntry
from time_logs.sums import EVERY_ENTRY, Only, of_toggl_projects

NONE = "none"
Rows = TypeVar("Rows", bound=QuerySet[Model])


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


def entries_of(rows: Rows, asked: str) -> Rows:
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
        return of_toggl_projects(refs)
    return Only(f"NOT ({of_toggl_projects(refs).sql})", refs) if refs else EVERY_ENTRY


def commits_of(rows: Commits, asked: str) -> Commits:
    """Return those of the commits of the repositories asked for that are asked for: none of a project with `none`."""
    return without_project(rows) if asked == NONE else rows


def repositories_of(rows: Rows, asked: str) -> Rows:
    """Return those of the repositories that are asked for."""
    if not asked:
        return rows
    return (
        rows.filter(project_links=None)
        if asked == NONE
        else rows.filter(project_links__project=asked)
    )


def seconds_by_project(first: date, last: date, asked: str) -> list[dict[str, object]]:
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


class ProjectShare(TypedDict):
    """The commits of a project and their lines; without an id, of the repositories that belong to none."""

    owner_project: int | None
    name: str
    commits: int
    added: int
    deleted: int


def commits_by_project(
    commits: QuerySet[Commit], repositories: QuerySet[Repository]
) -> list[ProjectShare]:
    """Return the share of each project that has any of these commits in these repositories, the busiest first. A commit
    counts once in a project, in however many of its repositories it is; to none belongs what is in no project."""
    path = "repository_links__repository__project_links__project"
    counted = repositories.order_by()
    counts = Exists(counted.filter(pk=OuterRef("repository_links__repository")))
    # NULL, which is no project, equals no other NULL.
    better = (
        RepositoryCommit.objects.filter(commit=OuterRef("pk"), repository__in=counted)
        .alias(project=Coalesce("repository__project_links__project", 0))
        .alias(own=Coalesce(OuterRef(path), 0, output_field=BigIntegerField()))
        .filter(Q(project=F("own"), pk__lt=OuterRef("repository_links")) | Q(own=0, project__gt=0))
    )
    # Both by one call, because each would join the links anew.
    rows = commits.order_by().filter(counts, ~Exists(better))
    shares = rows.values(owner_project=F(path), name=Coalesce(F(f"{path}__name"), Value("")))
    shares = shares.annotate(commits=Count("pk"), added=Sum("added"), deleted=Sum("deleted"))
    return cast("list[ProjectShare]", list(shares.order_by("-commits", "owner_project")))
