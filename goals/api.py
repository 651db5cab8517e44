"""Goals as JSON: what was typed in, and what comes of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from goals.models import FreePeriod, Goal, GoalLine
from goals.pace import Pace
from goals.progress import Past, Status
from goals.reading import Standing, history_of, standing_of
from goals.validation import FIXED
from lifetracker.api.fields import WholeField
from lifetracker.api.lists import ListMixin, LockedChanges
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import RecordSerializer
from lifetracker.metrics.answers import rounded
from lifetracker.words import counted

MORE = "Whether there is more than `value`, as days are not known, or a part of one is not."
#: More than any amount is measured with, and fewer than a computation adds of its own.
DIGITS = 6
NO_GOAL = "The goal does not exist, or it is deleted."


class GoalSerializer(RecordSerializer):
    class Meta:
        model = Goal
        fields = (
            *("id", "name", "metric", "kind", "per", "rolling_days", "weekdays", "direction"),
            *("target", "unit"),
            *("day_at_least", "day_at_most", "start", "start_value", "end", "notes"),
            *("created_at", "updated_at", "deleted_at"),
        )
        read_only_fields = ("id", "created_at", "updated_at", "deleted_at")

    def _defaults(self, attrs: dict[str, object]) -> dict[str, object]:
        """Leave what makes it this goal as it is, where nothing is said of it."""
        return {
            name: value for name, value in super()._defaults(attrs).items() if name not in FIXED
        }


class FreePeriodSerializer(RecordSerializer):
    # The number itself, which a list can have without a row of the other table.
    goal = WholeField(
        source="goal_id",
        required=False,
        allow_null=True,
        min_value=1,
        help_text="The id of a goal. Null: all goals.",
    )

    def validate_goal(self, pk: int | None) -> int | None:
        if pk is not None and not Goal.objects.live().filter(pk=pk).exists():
            raise serializers.ValidationError(NO_GOAL)
        return pk

    class Meta:
        model = FreePeriod
        fields = ("id", "goal", "start", "end", "mark", "note", "created_at", "updated_at")
        read_only_fields = ("id", "created_at", "updated_at")


class TypedIn(ListMixin, LockedChanges):
    """What a person types in that has no day of its own."""

    @transaction.atomic
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        return super().create(request, *args, **kwargs)


class Asked(serializers.Serializer[object]):
    deleted = serializers.BooleanField(
        default=False, help_text="Lists the goals that are deleted instead."
    )


class Goals(TypedIn):
    queryset = Goal.objects.all()
    serializer_class = GoalSerializer
    query_serializers = (Asked,)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        if self.detail:
            return rows.live()  # type: ignore[attr-defined,no-any-return]  # of goals
        asked = Asked(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return rows.filter(deleted_at__isnull=not asked.validated_data["deleted"])

    def perform_destroy(self, instance: Goal) -> None:
        Goal.objects.filter(pk=instance.pk).mark_deleted()


class FreePeriods(TypedIn):
    queryset = FreePeriod.objects.live()
    serializer_class = FreePeriodSerializer

    def perform_destroy(self, instance: FreePeriod) -> None:
        FreePeriod.objects.filter(pk=instance.pk).mark_deleted()


class Restore(generics.GenericAPIView[Any]):
    """Brings a deleted goal back."""

    queryset = Goal.objects.all()
    serializer_class = GoalSerializer
    body_serializer = None

    @extend_schema(responses=GoalSerializer)
    def post(self, request: Request, pk: str) -> Response:
        goal = self.get_object()
        Goal.objects.filter(pk=goal.pk).restore()
        goal.refresh_from_db()
        return Response(self.get_serializer(goal).data)


# --- Progress -------------------------------------------------------------------------------------


class ReckonedField(serializers.FloatField):
    """A number that is computed, without the digits that only its computation has."""

    def to_representation(self, value: Any) -> Any:  # Elsewhere text may leave instead.
        return rounded(float(value), DIGITS)


class PeriodSerializer(serializers.Serializer[object]):
    start = serializers.DateField(source="first")
    end = serializers.DateField(source="last")


class DueSerializer(serializers.Serializer[object]):
    date = serializers.DateField(source="day")
    amount = ReckonedField()


class PaceSerializer(serializers.Serializer[object]):
    needed = ReckonedField(
        help_text="What each day that is left must come to; of a limit, may come to; of a value to reach, how much it "
        "must change."
    )
    own = ReckonedField(
        allow_null=True,
        help_text="The mean of the same days of earlier weeks, as far back as `weeks` says.",
    )
    weeks = serializers.IntegerField(
        help_text="Over how many weeks before what is left your own pace is taken."
    )
    windows = serializers.IntegerField(help_text="How many of the last 26 weeks are known.")
    reached = serializers.IntegerField(help_text="In how many of them you came to what is needed.")
    text = serializers.SerializerMethodField()

    def get_text(self, pace: Pace) -> str:
        return f"You did that in {pace.reached} of {counted(pace.windows, pace.noun)}."


class UnverifiedSerializer(serializers.Serializer[object]):
    service = serializers.CharField()
    reason = serializers.CharField()


class ProgressSerializer(serializers.Serializer[object]):
    """Where a goal stands today. Amounts are in its unit; what cannot be said is null."""

    goal = serializers.IntegerField()
    unit = serializers.CharField(allow_blank=True)
    date = serializers.DateField(
        source="day", help_text="Today, or the last day of a goal that is over."
    )
    period = PeriodSerializer()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    reason = serializers.CharField(allow_blank=True, help_text="Why the status is unknown or free.")
    unverified = UnverifiedSerializer(
        many=True, help_text="The services whose records are not complete."
    )
    summary = serializers.CharField()
    value = ReckonedField(allow_null=True, help_text="What there is now.")
    at_least = serializers.BooleanField(source="is_least", help_text=MORE)
    target = ReckonedField(allow_null=True, help_text="What is asked for at the end of the period.")
    line = ReckonedField(allow_null=True, help_text="What there has to be at the end of this day.")
    due_today = ReckonedField(
        allow_null=True,
        help_text="What is missing today; of a mean, the value that today needs. Null for a limit.",
    )
    next_due = DueSerializer(allow_null=True)
    slack_days = serializers.IntegerField(
        allow_null=True,
        help_text="For how many days after today nothing is due; -1 if something is due today. Of a limit or a mean: "
        "how many of your usual days it lasts. At most 366.",
    )
    budget_left = ReckonedField(allow_null=True, help_text="What a limit leaves for the period.")
    days_left = serializers.IntegerField(allow_null=True)
    pace = PaceSerializer(allow_null=True)
    odds = serializers.IntegerField(
        allow_null=True, help_text="How likely it is reached, in percent, in steps of ten."
    )
    odds_reason = serializers.CharField(allow_blank=True, help_text="Why there are no odds.")
    known_days = serializers.IntegerField(help_text="The known days of the period up to now.")
    unknown_days = serializers.IntegerField()


def facts_of(standing: Standing) -> dict[str, object]:
    """Return what the serializer takes: the progress, and what is said of it."""
    odds = standing.progress.odds
    sources = [{"service": title, "reason": why} for title, why in standing.unverified.items()]
    return vars(standing.progress) | {
        "goal": standing.goal.pk,
        "unit": standing.goal.unit,
        "unverified": sources,
        "summary": standing.summary,
        "odds": odds.percent,
        "odds_reason": odds.reason,
    }


class LineSerializer(serializers.ModelSerializer[GoalLine]):
    class Meta:
        model = GoalLine
        fields = ("begins", "target", "end", "day_at_least", "day_at_most", "created_at")


class PastSerializer(serializers.Serializer[Past]):
    start = serializers.DateField(source="period.first")
    end = serializers.DateField(source="period.last")
    value = ReckonedField(allow_null=True)
    at_least = serializers.BooleanField(source="is_least", help_text=MORE)
    target = ReckonedField(allow_null=True)
    reached = serializers.BooleanField(
        source="is_reached",
        allow_null=True,
        help_text="Null if days that are not known could change it.",
    )
    known_days = serializers.IntegerField()
    unknown_days = serializers.IntegerField()


class HistorySerializer(serializers.Serializer[object]):
    """The periods that are over, newest first, and the lines of the goal, oldest first."""

    periods = PastSerializer(many=True)
    lines = LineSerializer(many=True)


class HowMany(serializers.Serializer[object]):
    periods = serializers.IntegerField(
        min_value=1, max_value=520, default=26, help_text="The most periods to list."
    )


class ProgressView(ApiView, generics.RetrieveAPIView[Any]):
    """Return where a goal stands today: value, what is due, slack, pace, odds and status."""

    queryset = Goal.objects.live()
    serializer_class = ProgressSerializer

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        standing = standing_of(self.get_object())
        return Response(self.get_serializer(facts_of(standing)).data)


class HistoryView(ApiView, generics.RetrieveAPIView[Any]):
    """Return the periods of a goal that are over, and the lines that it has had."""

    queryset = Goal.objects.live()
    serializer_class = HistorySerializer
    query_serializers = (HowMany,)

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        asked = HowMany(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        goal = self.get_object()
        found = {
            "periods": history_of(goal, asked.validated_data["periods"]),
            "lines": goal.lines.all(),
        }
        return Response(self.get_serializer(found).data)
