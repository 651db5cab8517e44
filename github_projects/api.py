"""The API of repositories: lists, totals and refreshes."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from github_projects.models import (
    GITHUB,
    Churn,
    Commit,
    DayTotals,
    Repository,
    RepositoryQuerySet,
    RepositoryShare,
)
from lifetracker.api.lists import DateRange, ListMixin, not_found
from lifetracker.api.parameters import ApiView
from lifetracker.api.runs import StartRun
from lifetracker.api.serializers import FactSerializer, InstantField, public_fields
from lifetracker.models import SyncRun
from lifetracker.sync.coverage import with_reason
from projects import query
from projects.query import OwnerProjectQuery

# Fields that only the sync uses.
HIDDEN = ("tip_oid", "mined_oid", "mined_branch", "mined_push", "pending_run", "accept_malformed")
# Kinds of repositories that are in no total unless `include` names them.
EXCLUDED_KINDS = ("forks", "archived", "gone")


@extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
class LanguagesField(serializers.JSONField):
    """A number by language."""


class RepositorySerializer(FactSerializer):
    gone_at = InstantField(source="deleted_at", allow_null=True)
    languages = LanguagesField(help_text="Bytes by language, as GitHub counts.")
    loc_by_language = LanguagesField(help_text="Lines by language, prose and data too.")

    class Meta:
        model = Repository
        fields = (*public_fields(Repository, "source", *HIDDEN), "gone_at")


class Projects(ListMixin, generics.ListAPIView[Repository]):
    """All repositories, also forks, archived and deleted ones; those with the newest commit first."""

    queryset = Repository.objects.defer("raw")
    serializer_class = RepositorySerializer
    query_serializers = (OwnerProjectQuery,)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = OwnerProjectQuery.of(self.request)
        return query.repositories_of(super().filter_queryset(queryset), asked)


class DaySerializer(serializers.Serializer[DayTotals]):
    date = serializers.DateField(help_text="The author's date in your time zone.")
    commits = serializers.IntegerField()
    added = serializers.IntegerField(help_text="lines")
    deleted = serializers.IntegerField(help_text="lines")


class ProjectSerializer(RepositorySerializer):
    per_day = DaySerializer(many=True)

    class Meta(RepositorySerializer.Meta):
        fields = (*RepositorySerializer.Meta.fields, "per_day")


class Ambiguous(APIException):
    status_code = status.HTTP_409_CONFLICT


class Project(ApiView, generics.RetrieveAPIView[Repository]):
    """One repository, by its name or by `owner/name`, with its commits per day."""

    serializer_class = RepositorySerializer
    errors = {409: "Several repositories have this name. The answer lists them."}

    def get_object(self) -> Repository:
        found: list[Repository] = list(
            Repository.objects.with_name(self.kwargs["name"]).defer("raw")[:10]
        )
        if not found:
            raise not_found(Repository)
        if len(found) > 1:
            names = ", ".join(sorted(one.full_name for one in found))
            raise Ambiguous(f"Several repositories have this name: {names}. Ask for owner/name.")
        return found[0]

    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        repository = self.get_object()
        commits = Commit.objects.within(Repository.objects.filter(pk=repository.pk))
        return Response(self.get_serializer(repository).data | {"per_day": commits.per_day()})


class MetricsQuery(OwnerProjectQuery):
    """The parameters of the metrics."""

    mine = serializers.BooleanField(default=False, help_text="Only your own commits.")
    include = serializers.CharField(
        required=False,
        allow_blank=True,
        validators=[
            RegexValidator(
                r"\A({0})(,({0}))*\Z".format("|".join(EXCLUDED_KINDS)),
                f"Takes {', '.join(EXCLUDED_KINDS)}, several separated by commas.",
            )
        ],
        help_text="Kinds of repositories that are otherwise excluded, separated by commas. Of one project all kinds "
        "count unless you say which.",
    )

    def validate_include(self, text: str) -> set[str]:
        return set(text.split(",")) if text else set()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        # What was put into a project counts in it, whatever it is.
        of_one = attrs.get("owner_project", query.NONE) != query.NONE
        return {"include": set(EXCLUDED_KINDS) if of_one else set()} | attrs


class ChurnSerializer(serializers.Serializer[Churn]):
    """The totals of a set of commits."""

    commits = serializers.IntegerField()
    merges = serializers.IntegerField()
    active_days = serializers.IntegerField()
    added = serializers.IntegerField(help_text="lines")
    deleted = serializers.IntegerField(help_text="lines")
    generated = serializers.IntegerField(
        help_text="The part of these lines in generated, vendored and lock files."
    )


class ShareSerializer(serializers.Serializer[RepositoryShare]):
    full_name = serializers.CharField()
    commits = serializers.IntegerField()
    added = serializers.IntegerField(help_text="lines")
    deleted = serializers.IntegerField(help_text="lines")


class OwnerShareSerializer(serializers.Serializer[object]):
    owner_project = serializers.IntegerField(
        allow_null=True, help_text="The id; null for repositories that belong to no project."
    )
    name = serializers.CharField()
    commits = serializers.IntegerField()
    added = serializers.IntegerField(help_text="lines")
    deleted = serializers.IntegerField(help_text="lines")


class MetricsSerializer(ChurnSerializer):
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    code_churn = serializers.IntegerField(help_text="Lines added and deleted.")
    repositories = serializers.IntegerField()
    repositories_measured = serializers.IntegerField(
        help_text="Repositories whose lines were counted."
    )
    repositories_failed = serializers.IntegerField(
        help_text="Repositories that could not be read the last time: their newest commits are missing."
    )
    loc = serializers.IntegerField(
        allow_null=True, help_text="Lines of code; null where none were counted."
    )
    repository_size_kb = serializers.IntegerField(help_text="kB")
    all_time = ChurnSerializer()
    per_day = DaySerializer(many=True)
    per_repository = ShareSerializer(many=True)
    per_owner_project = OwnerShareSerializer(
        many=True, help_text="By the projects that the repositories belong to."
    )
    by_weekday_and_hour = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Commits in seven rows of 24 hours, Monday first.",
    )
    detail = serializers.CharField(required=False, help_text="Why data may be missing.")


class Metrics(ApiView):
    """Totals of the commits of these days over all repositories. A commit in two of them counts once."""

    query_serializers = (DateRange, MetricsQuery)

    @extend_schema(responses=MetricsSerializer)
    def get(self, request: Request) -> Response:
        days = DateRange.of(request)
        asked = MetricsQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        project = asked.validated_data.get("owner_project", "")
        repositories = query.repositories_of(
            repositories_of(asked.validated_data["include"]), project
        )
        own = {"mine": True} if asked.validated_data["mine"] else {}
        within = Commit.objects.each_within(repositories).filter(**own).between(*days)
        commits = query.commits_of(within, project)
        ever = query.commits_of(Commit.objects.within(repositories).filter(**own), project)
        activity = commits.activity()
        churn = activity.churn()
        sizes = repositories.sizes()
        metrics = {
            "start_date": days.first,
            "end_date": days.last,
            **churn._asdict(),
            "code_churn": churn.added + churn.deleted,
            **sizes,
            "all_time": ever.churn()._asdict(),
            "per_day": activity.per_day(),
            "per_repository": commits.per_repository(repositories),
            "per_owner_project": query.commits_by_project(commits, repositories),
            "by_weekday_and_hour": activity.by_weekday_and_hour(),
        }
        return Response(metrics if sizes["repositories"] else with_reason(metrics, Repository))


def repositories_of(kinds: set[str]) -> RepositoryQuerySet:
    """Return the repositories that totals are made of, with the excluded ones of these kinds."""
    repositories = Repository.objects.all()
    if "gone" not in kinds:
        repositories = repositories.live()
    if "forks" not in kinds:
        repositories = repositories.filter(fork=False)
    return repositories if "archived" in kinds else repositories.filter(archived=False)


# --- Refresh --------------------------------------------------------------------------------------


class JobSerializer(FactSerializer):
    job_id = serializers.IntegerField(source="id")
    completed_at = InstantField(source="finished_at", allow_null=True)
    error_message = serializers.CharField(source="error")
    repositories_processed = serializers.IntegerField(source="progress_done")
    repositories_failed = serializers.IntegerField(source="progress_failed")
    total_repositories = serializers.IntegerField(source="progress_total", allow_null=True)

    class Meta:
        model = SyncRun
        fields = (
            "id",
            "job_id",
            "kind",
            "status",
            "started_at",
            "completed_at",
            "error_message",
            "repositories_processed",
            "repositories_failed",
            "total_repositories",
            "resume_at",
        )


class Refresh(StartRun):
    """Analyze the repositories that have changed, in the background."""

    source = GITHUB
    serializer_class = JobSerializer


class RefreshJob(ApiView, generics.RetrieveAPIView[SyncRun]):
    """One refresh and its progress."""

    queryset = SyncRun.objects.filter(source=GITHUB)
    serializer_class = JobSerializer


class RefreshJobs(ListMixin, generics.ListAPIView[SyncRun]):
    """All refreshes, also those of the schedule and of commands, newest first."""

    serializer_class = JobSerializer

    def get_queryset(self) -> QuerySet[SyncRun]:
        return SyncRun.objects.filter(source=GITHUB)
