"""Projects as JSON: what belongs to them, what they come to, and what may belong to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from github_projects.models import Repository
from goals.models import Goal
from lifetracker.api.fields import WholeField
from lifetracker.api.lists import DateRange, LockedChanges
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import RecordSerializer
from projects.models import (
    Project,
    ProjectGoal,
    ProjectRepository,
    ProjectTogglProject,
    Suggestion,
    unassigned_repositories,
    unassigned_toggl_projects,
)
from projects.totals import Totals, totals_by_project, weeks_of
from time_logs.models import TogglProject

WEEKS = 12
Link = ProjectRepository | ProjectTogglProject | ProjectGoal


class OwnerTotalsSerializer(serializers.Serializer[Totals]):
    """What a project comes to in all."""

    hours = serializers.FloatField(
        allow_null=True, help_text="h, of entries that have ended; null without a Toggl project"
    )
    commits = serializers.IntegerField(help_text="Your own commits.")
    code_churn = serializers.IntegerField(help_text="lines added and deleted by them")
    active_days = serializers.IntegerField(
        help_text="Days on which an entry began or a commit was made."
    )
    last_activity = serializers.DateField(allow_null=True)
    idle_days = serializers.IntegerField(
        allow_null=True, help_text="Days since then; null if there was no activity."
    )


class IdsField(serializers.ListField):
    """The ids of what belongs to a project."""

    def __init__(self, rows: Callable[[], QuerySet[Model]], **options: Any) -> None:
        #: Those that may belong to a project.
        self.rows = rows
        child = WholeField(min_value=1)
        super().__init__(child=child, required=False, default=list, max_length=1000, **options)

    def run_validation(self, data: object = serializers.empty) -> list[int]:
        ids = super().run_validation(data)
        if missing := sorted(set(ids) - self.existing(ids)):
            listed = ", ".join(map(str, missing))
            raise serializers.ValidationError(f"There is no record with the id {listed}.")
        return list(dict.fromkeys(ids))

    def existing(self, ids: list[int]) -> set[int]:
        return set(self.rows().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


class OwnerProjectSerializer(RecordSerializer):
    repositories = IdsField(
        Repository.objects.all, source="repository_ids", help_text="Ids of repositories."
    )
    toggl_projects = IdsField(
        TogglProject.objects.all, source="toggl_project_ids", help_text="Ids of Toggl projects."
    )
    goals = IdsField(
        Goal.objects.live, source="goal_ids", help_text="Ids of goals that are not deleted."
    )
    totals = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = (
            *("id", "name", "status", "start", "end", "notes", "repositories", "toggl_projects"),
            *("goals", "totals", "updated_at"),
        )
        read_only_fields = ("id", "updated_at")
        # The model's own constraint says it in words of its own.
        extra_kwargs: ClassVar[dict[str, Any]] = {"name": {"validators": []}}

    @extend_schema_field(OwnerTotalsSerializer)
    def get_totals(self, project: Project) -> Mapping[str, object]:
        # Of all projects at once, for a list as for one.
        found = self.all_totals().get(project.pk, Totals())
        return OwnerTotalsSerializer(found).data

    def all_totals(self) -> dict[int | None, Totals]:
        context: Any = self.context
        if "totals" not in context:
            context["totals"] = totals_by_project()
        found: dict[int | None, Totals] = context["totals"]
        return found

    def candidate(self, attrs: dict[str, Any]) -> Any:
        return super().candidate({k: v for k, v in attrs.items() if not k.endswith("_ids")})

    def create(self, validated_data: dict[str, Any]) -> Project:
        return self.store(Project(), validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Project:
        return self.store(instance, validated_data)

    @transaction.atomic
    def store(self, project: Project, values: dict[str, Any]) -> Project:
        """Store a project and what belongs to it. Raises ValidationError for what belongs to another one."""
        repositories = values.pop("repository_ids", None)
        toggl_projects = values.pop("toggl_project_ids", None)
        goals = values.pop("goal_ids", None)
        for name, value in values.items():
            setattr(project, name, value)
        project.save()
        join(project, ProjectRepository, "repository", "repositories", repositories)
        join(project, ProjectTogglProject, "toggl_project", "toggl_projects", toggl_projects)
        join(project, ProjectGoal, "goal", "goals", goals)
        return Project.objects.get(pk=project.pk)


def join(
    project: Project, link: type[Link], column: str, field: str, ids: list[int] | None
) -> None:
    """Let these belong to the project, and no others; None changes nothing."""
    if ids is None:
        return
    links = link.objects.filter(project=project)
    links.exclude(**{f"{column}__in": ids}).delete()
    known = set(links.values_list(column, flat=True))
    try:
        for pk in ids:
            if pk not in known:
                link(project=project, **{f"{column}_id": pk}).save()
    except ValidationError as error:
        raise serializers.ValidationError({field: error.messages}) from None


class Projects(LockedChanges):
    """Projects, with what belongs to them and what they come to."""

    queryset = Project.objects.live().prefetch_related(
        "repository_links", "toggl_links", "goal_links__goal"
    )
    serializer_class = OwnerProjectSerializer

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List all projects by name."""
        return super().list(request, *args, **kwargs)

    @transaction.atomic
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Create a project."""
        return super().create(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Return one project."""
        return super().retrieve(request, *args, **kwargs)

    def update(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Replace a project."""
        return super().update(request, *args, **kwargs)

    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Delete a project. Its repositories, Toggl projects, goals and their records stay. The page of projects can
        restore it."""
        return super().destroy(request, *args, **kwargs)

    def perform_destroy(self, instance: Project) -> None:
        instance.mark_deleted()


# --- Weeks ----------------------------------------------------------------------------------------


class WeekRange(DateRange):
    """As in the other lists, but of twelve weeks unless something else is asked for."""

    days = serializers.IntegerField(
        min_value=1,
        max_value=36_500,
        default=WEEKS * 7,
        help_text="Number of days up to `end_date`. Ignored if `start_date` is given.",
    )


class WeekSerializer(serializers.Serializer[object]):
    week = serializers.DateField(help_text="The Monday.")
    hours = serializers.FloatField(
        allow_null=True, help_text="h, split at midnight; null without a Toggl project"
    )
    commits = serializers.IntegerField(help_text="Your own commits.")
    code_churn = serializers.IntegerField(help_text="lines added and deleted by them")
    active_days = serializers.IntegerField(
        help_text="Days on which an entry began or a commit was made."
    )


class WeeksSerializer(serializers.Serializer[object]):
    weeks = WeekSerializer(many=True, help_text="Those with activity, newest first.")


class Weeks(ApiView, generics.GenericAPIView[Any]):
    """What a project came to in each week, from the whole week of the first day to the whole week of the last."""

    queryset = Project.objects.live()
    serializer_class = WeeksSerializer
    query_serializers = (WeekRange,)

    @extend_schema(responses=WeeksSerializer)
    def get(self, request: Request, pk: str) -> Response:
        days = WeekRange.of(request)
        weeks = weeks_of(self.get_object().pk, *days)
        return Response(WeeksSerializer({"weeks": weeks}).data)


# --- What belongs to no project -------------------------------------------------------------------


class NamedSerializer(serializers.Serializer[object]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class UnassignedSerializer(serializers.Serializer[object]):
    totals = OwnerTotalsSerializer()
    repositories = NamedSerializer(many=True)
    toggl_projects = NamedSerializer(many=True)


class Unassigned(ApiView):
    """Repositories and Toggl projects that belong to no project, and what all that belongs to none comes to."""

    @extend_schema(responses=UnassignedSerializer)
    def get(self, request: Request) -> Response:
        found = {
            "totals": totals_by_project().get(None, Totals()),
            "repositories": [
                {"id": one.pk, "name": one.full_name} for one in unassigned_repositories()
            ],
            "toggl_projects": [
                {"id": one.pk, "name": one.name} for one in unassigned_toggl_projects()
            ],
        }
        return Response(UnassignedSerializer(found).data)


# --- Suggestions ----------------------------------------------------------------------------------


class SuggestionSerializer(serializers.Serializer[Suggestion]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    project = serializers.IntegerField(source="project_id", allow_null=True)
    repository = serializers.IntegerField(source="repository_id", allow_null=True)
    toggl_project = serializers.IntegerField(source="toggl_project_id", allow_null=True)
    state = serializers.ChoiceField(choices=Suggestion.State.choices)


class SuggestionsSerializer(serializers.Serializer[object]):
    suggestions = SuggestionSerializer(many=True)


class Suggestions(ApiView):
    """What may belong together, by similar names."""

    body_serializer = None
    success_status = 200

    @extend_schema(responses=SuggestionsSerializer)
    def get(self, request: Request) -> Response:
        """List the suggestions that wait for an answer."""
        return self.listed()

    @extend_schema(request=None, responses=SuggestionsSerializer)
    def post(self, request: Request) -> Response:
        """Look for similar names, and list the suggestions that wait. What was refused is not suggested again."""
        Suggestion.objects.find()
        return self.listed()

    def listed(self) -> Response:
        waiting = Suggestion.objects.waiting()
        return Response(SuggestionsSerializer({"suggestions": waiting}).data)


class Confirm(generics.GenericAPIView[Any]):
    """Joins what a suggestion names, in a new project where it names none."""

    queryset = Suggestion.objects.all()
    serializer_class = OwnerProjectSerializer
    body_serializer = None

    @extend_schema(request=None, responses=OwnerProjectSerializer)
    def post(self, request: Request, pk: str) -> Response:
        try:
            project = self.get_object().confirm()
        except ValidationError as error:
            raise serializers.ValidationError(serializers.as_serializer_error(error)) from None
        return Response(OwnerProjectSerializer(project).data)


class Refuse(generics.GenericAPIView[Suggestion]):
    """Refuses a suggestion, unless it was confirmed: it is not made again."""

    queryset = Suggestion.objects.all()
    serializer_class = SuggestionSerializer
    body_serializer = None

    @extend_schema(request=None, responses=SuggestionSerializer)
    def post(self, request: Request, pk: str) -> Response:
        suggestion = self.get_object()
        try:
            suggestion.refuse()
        except ValidationError as error:
            raise serializers.ValidationError(serializers.as_serializer_error(error)) from None
        return Response(SuggestionSerializer(suggestion).data)
