"""Repositories as JSON, what they add up to, and the refresh of them."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from github_projects.models import GITHUB, Commit, Repository
from lifetracker.api import DateRange, ListMixin, StartRun, nothing
from lifetracker.models import SyncRun
from lifetracker.serializers import FactSerializer, InstantField, public_fields
from lifetracker.unknown import with_reason

# What the sync keeps for itself.
HIDDEN = ("tip_oid", "mined_oid", "mined_branch", "mined_push", "todo", "accept_malformed")
# Kinds of repositories that are in no total unless they are asked for.
LEFT_OUT = ("forks", "archived", "gone")


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


class Projects(ListMixin, generics.ListAPIView[Any]):
    """All repositories, forks, archived and gone ones too, which say so; the last worked at first."""

    queryset = Repository.objects.defer("raw")
    serializer_class = RepositorySerializer


class DaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="By the author's date, in the person's zone.")
    commits = serializers.IntegerField()
    added = serializers.IntegerField(help_text="lines")
    deleted = serializers.IntegerField(help_text="lines")


class ProjectSerializer(RepositorySerializer):
    per_day = DaySerializer(many=True)

    class Meta(RepositorySerializer.Meta):
        fields = (*RepositorySerializer.Meta.fields, "per_day")


class Ambiguous(APIException):
    status_code = status.HTTP_409_CONFLICT


class Project(generics.RetrieveAPIView[Any]):
    """One repository, by its name or by `owner/name`."""

    serializer_class = RepositorySerializer
    errors = {409: "Several repositories have this name. The answer lists them."}

    def get_object(self) -> Repository:
        found: list[Repository] = list(
            Repository.objects.named(self.kwargs["name"]).defer("raw")[:10]
        )
        if not found:
            raise nothing(Repository)
        if len(found) > 1:
            names = ", ".join(sorted(one.full_name for one in found))
            raise Ambiguous(f"Several repositories have this name: {names}. Ask for owner/name.")
        return found[0]

    @extend_schema(responses=ProjectSerializer)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        repository = self.get_object()
        commits = Commit.objects.within(Repository.objects.filter(pk=repository.pk))
        return Response(self.get_serializer(repository).data | {"per_day": commits.per_day()})


class Asked(serializers.Serializer[Any]):
    """`mine`: only the person's own commits. `include`: kinds of repositories, with commas, that are
    otherwise left out."""

    mine = serializers.BooleanField(default=False, help_text="Only the person's own commits.")
    include = serializers.CharField(
        default="",
        allow_blank=True,
        validators=[
            RegexValidator(
                r"\A({0})(,({0}))*\Z".format("|".join(LEFT_OUT)),
                f"Takes {', '.join(LEFT_OUT)}, several with commas.",
            )
        ],
        help_text="Kinds that are otherwise left out, with commas.",
    )

    def validate_include(self, text: str) -> set[str]:
        return set(text.split(",")) if text else set()


class ChurnSerializer(serializers.Serializer[Any]):
    """The form of `Churn`."""

    commits = serializers.IntegerField()
    merges = serializers.IntegerField()
    active_days = serializers.IntegerField()
    added = serializers.IntegerField(help_text="lines")
    deleted = serializers.IntegerField(help_text="lines")
    generated = serializers.IntegerField(
        help_text="Of these lines, those in generated, vendored and lock files."
    )


class ShareSerializer(serializers.Serializer[Any]):
    full_name = serializers.CharField()
    commits = serializers.IntegerField()
    added = serializers.IntegerField(help_text="lines")
    deleted = serializers.IntegerField(help_text="lines")


class MetricsSerializer(ChurnSerializer):
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    code_churn = serializers.IntegerField(help_text="Lines added and deleted.")
    repositories = serializers.IntegerField()
    repositories_measured = serializers.IntegerField(help_text="Whose lines were counted.")
    repositories_failed = serializers.IntegerField(
        help_text="That could not be read the last time: what was committed there since is missing."
    )
    loc = serializers.IntegerField(
        allow_null=True, help_text="Lines of code; null where none were counted."
    )
    repository_size_kb = serializers.IntegerField(help_text="kB")
    all_time = ChurnSerializer()
    per_day = DaySerializer(many=True)
    per_repository = ShareSerializer(many=True)
    by_weekday_and_hour = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Commits: seven rows, Monday's first, of 24 hours.",
    )
    detail = serializers.CharField(
        required=False, help_text="Why nothing may only seem to be there."
    )


class Metrics(APIView):
    """What the commits of the asked days come to, over all repositories: a commit that is in two of
    them counts once."""

    query_serializers = (DateRange, Asked)

    @extend_schema(responses=MetricsSerializer)
    def get(self, request: Request) -> Response:
        days = DateRange.of(request)
        asked = Asked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        repositories = included(asked.validated_data["include"])
        every = Commit.objects.within(repositories)
        if asked.validated_data["mine"]:
            every = every.filter(mine=True)
        commits = every.between(*days)
        churn = commits.churn()
        sizes = repositories.sizes()
        found = {
            "start_date": days.first,
            "end_date": days.last,
            **churn._asdict(),
            "code_churn": churn.added + churn.deleted,
            **sizes,
            "all_time": every.churn()._asdict(),
            "per_day": commits.per_day(),
            "per_repository": commits.per_repository(repositories),
            "by_weekday_and_hour": commits.by_weekday_and_hour(),
        }
        return Response(found if sizes["repositories"] else with_reason(found, Repository))


def included(kinds: set[str]) -> Any:
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
    """Looks into the repositories that have changed, in the background."""

    source = GITHUB
    serializer_class = JobSerializer


class Job(generics.RetrieveAPIView[Any]):
    """One refresh, and how far it has come."""

    queryset = SyncRun.objects.filter(source=GITHUB)
    serializer_class = JobSerializer


class Jobs(ListMixin, generics.ListAPIView[Any]):
    """Refreshes, those of the schedule and of the commands too, the newest first."""

    serializer_class = JobSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return SyncRun.objects.filter(source=GITHUB)
