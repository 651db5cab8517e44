"""Experiments as JSON. What the outcome came to is told when an experiment has ended, and nowhere before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from experiments.acts import begin, finish, stop, warnings_of
from experiments.design import Arm
from experiments.models import Experiment
from experiments.reading import days_of
from experiments.validation import MOST_SECONDARY
from experiments.verdict import Reason, Verdict
from lifetracker import days
from lifetracker.api.fields import TextField
from lifetracker.api.lists import ListMixin, LockedChanges
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import DayField, RecordSerializer, RefusesUnknown

ARMS = [arm.value for arm in Arm]


class EffectSerializer(serializers.Serializer[object]):
    """What A came to more than B, in the unit of the metric."""

    pairs = serializers.ListField(
        child=serializers.FloatField(allow_null=True),
        help_text="The difference of each pair of blocks, A less B; null where none of a block's days is known.",
    )
    known_pairs = serializers.IntegerField()
    estimate = serializers.FloatField(allow_null=True, help_text="The mean of the known pairs.")
    low = serializers.FloatField(
        allow_null=True, help_text="The least effect that the data do not speak against (95 %)."
    )
    high = serializers.FloatField(allow_null=True, help_text="The greatest one.")
    p = serializers.FloatField(
        allow_null=True,
        help_text="In which share of all ways in which the coins could have fallen chance alone brings as much.",
    )


class SecondarySerializer(EffectSerializer):
    metric = serializers.CharField()


class KeptSerializer(serializers.Serializer[object]):
    """Days that count, by whether they were kept. Older results count those that are left out, too."""

    kept = serializers.IntegerField()
    not_kept = serializers.IntegerField()
    unknown = serializers.IntegerField()


class KeptByArmSerializer(serializers.Serializer[object]):
    a = KeptSerializer()
    b = KeptSerializer()


class DayCountsSerializer(serializers.Serializer[object]):
    counted = serializers.IntegerField(help_text="The days that count by the plan.")
    known = serializers.IntegerField(help_text="Of these, the ones whose outcome is known.")
    marked = serializers.IntegerField(
        help_text="Left out: marked as days of illness, travel or holiday before the outcome could be known."
    )
    marked_later = serializers.IntegerField(
        required=False,
        help_text="Marked later, when the outcome could be known, and not left out. Older results lack it.",
    )
    unmarked_later = serializers.IntegerField(
        required=False,
        help_text="Left out although the mark was taken away, when the outcome could be known. Older results lack it.",
    )


class ArmCountsSerializer(serializers.Serializer[object]):
    counted = serializers.IntegerField(help_text="The days that count by the plan.")
    known = serializers.IntegerField(help_text="Of these, the ones whose outcome is known.")
    left_out = serializers.IntegerField(help_text="Of these, the ones that marks leave out.")


class CountsByArmSerializer(serializers.Serializer[object]):
    a = ArmCountsSerializer()
    b = ArmCountsSerializer()


class ResultSerializer(serializers.Serializer[object]):
    """What came of an experiment that has ended."""

    verdict = serializers.ChoiceField(choices=[one.value for one in Verdict])
    reason = serializers.ChoiceField(choices=[one.value for one in Reason])
    effect = EffectSerializer(help_text="As the coin assigned the days: this decides.")
    per_protocol = EffectSerializer(
        allow_null=True,
        help_text="Without the days that are known not to be kept. Null where there are none. No coin chose these days, so that "
        "they have no interval and no p; older results have them.",
    )
    smallest = serializers.FloatField(
        allow_null=True, help_text="The effect that would have been seen in 4 of 5 cases."
    )
    secondary = SecondarySerializer(many=True, help_text="Other metrics, which decide nothing.")
    kept = KeptByArmSerializer()
    days = DayCountsSerializer()
    by_arm = CountsByArmSerializer(
        required=False,
        help_text="The days of A and of B. Where many more are known of one, which days are missing may be a part of the "
        "difference. Older results lack it.",
    )


class PowerSerializer(serializers.Serializer[object]):
    """What was said before the start. Empty for an experiment that is planned."""

    smallest = serializers.FloatField(
        allow_null=True,
        required=False,
        help_text="The effect that is seen in 4 of 5 cases, in the unit of the outcome.",
    )
    spread = serializers.FloatField(
        allow_null=True,
        required=False,
        help_text="The standard deviation of days around their trend and day of the week, as it is reckoned with: higher than "
        "what was found, because so few days leave it open.",
    )
    deviation = serializers.FloatField(
        allow_null=True,
        required=False,
        help_text="The standard deviation of the known days. Older plans lack it.",
    )
    yes = serializers.FloatField(
        allow_null=True,
        required=False,
        help_text="Of an outcome that is yes or no the share of the known days with yes. Null of any other.",
    )
    known = serializers.IntegerField(
        required=False, help_text="On how many of the 120 days before the start that rests."
    )
    needed = serializers.IntegerField(required=False, help_text="How many days that needs.")


@extend_schema_field(PowerSerializer)
class PowerField(serializers.JSONField):
    pass


@extend_schema_field(ResultSerializer(allow_null=True))
class ResultField(serializers.JSONField):
    pass


class ExperimentSerializer(RecordSerializer):
    secondary = serializers.ListField(
        child=TextField(max_length=100),
        max_length=MOST_SECONDARY,
        required=False,
        default=list,
        help_text="Keys of metrics that are looked at beside the outcome, and decide nothing.",
    )
    power = PowerField(read_only=True)
    result = ResultField(read_only=True, help_text="Null before the experiment has ended.")

    class Meta:
        model = Experiment
        fields = (
            *("id", "question", "state", "start", "try_words", "usual_words", "action"),
            *("try_at_least", "try_below", "usual_at_least", "usual_below"),
            *("outcome", "better", "worth", "secondary", "outcome_lag"),
            *("block_days", "washout_days", "pairs", "notes"),
            *("power", "stopped_on", "stop_reason", "result", "reckoned_at"),
            *("created_at", "updated_at", "deleted_at"),
        )
        read_only_fields = (
            *("id", "state", "start", "stopped_on", "stop_reason", "reckoned_at"),
            *("created_at", "updated_at", "deleted_at"),
        )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "secondary" in attrs:
            # As `clean` leaves them.
            candidate = self.candidate(attrs)
            candidate.clean()
            attrs["secondary"] = candidate.secondary
        return attrs


class Asked(serializers.Serializer[object]):
    deleted = serializers.BooleanField(
        default=False, help_text="Lists the experiments that are deleted instead."
    )


class Experiments(ListMixin, LockedChanges):
    """Experiments of one person."""

    queryset = Experiment.objects.all()
    serializer_class = ExperimentSerializer
    query_serializers = (Asked,)

    @transaction.atomic
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        return super().create(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        if self.detail:
            return rows.live()  # type: ignore[attr-defined,no-any-return]  # of experiments
        asked = Asked(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return rows.filter(deleted_at__isnull=not asked.validated_data["deleted"])

    def perform_destroy(self, instance: Experiment) -> None:
        Experiment.objects.filter(pk=instance.pk).mark_deleted()


# --- What becomes of one --------------------------------------------------------------------------


class StartSerializer(RefusesUnknown):
    start = DayField(
        required=False, help_text="The first day: today or a day to come. Default: today."
    )


class StopSerializer(RefusesUnknown):
    reason = TextField(max_length=1000, help_text="Why you stop. It is then not decided.")


class Act(ApiView, generics.GenericAPIView[Any]):
    """Something that becomes of an experiment."""

    queryset = Experiment.objects.live()
    serializer_class = ExperimentSerializer

    def done(self, act: Callable[[Experiment], None]) -> Response:
        """Do it under a lock; what is refused is an answer by field."""
        with transaction.atomic():
            experiment = generics.get_object_or_404(
                self.get_queryset().select_for_update(), pk=self.kwargs["pk"]
            )
            try:
                act(experiment)
            except DjangoValidationError as error:
                raise serializers.ValidationError(serializers.as_serializer_error(error)) from None
        return Response(self.get_serializer(experiment).data)


class Start(Act):
    """Lets a planned experiment begin. The days of each arm are fixed from then on."""

    body_serializer = StartSerializer

    @extend_schema(responses=ExperimentSerializer)
    def post(self, request: Request, pk: str) -> Response:
        asked = StartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return self.done(
            lambda one: begin(one, asked.validated_data.get("start") or days.owners_today())
        )


class Stop(Act):
    """Stops a running experiment, which is then not decided."""

    body_serializer = StopSerializer

    @extend_schema(responses=ExperimentSerializer)
    def post(self, request: Request, pk: str) -> Response:
        asked = StopSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return self.done(lambda one: stop(one, asked.validated_data["reason"]))


class Finish(Act):
    """Reckons the result of an experiment whose days are over."""

    body_serializer = None

    @extend_schema(responses=ExperimentSerializer)
    def post(self, request: Request, pk: str) -> Response:
        return self.done(finish)


class Restore(Act):
    """Brings a deleted experiment back."""

    queryset = Experiment.objects.all()
    body_serializer = None

    @extend_schema(responses=ExperimentSerializer)
    def post(self, request: Request, pk: str) -> Response:
        experiment = self.get_object()
        Experiment.objects.filter(pk=experiment.pk).restore()
        experiment.refresh_from_db()
        return Response(self.get_serializer(experiment).data)


# --- Days -----------------------------------------------------------------------------------------


class ExperimentDaySerializer(serializers.Serializer[object]):
    date = serializers.DateField(source="day")
    arm = serializers.ChoiceField(choices=ARMS)
    counts = serializers.BooleanField(help_text="False for days that are left out by the plan.")
    kept = serializers.BooleanField(
        source="is_kept", allow_null=True, help_text="Null where no record says it, or not yet."
    )
    mark = serializers.CharField(
        allow_blank=True, help_text="Such as sick: then the day does not count."
    )
    late_mark = serializers.CharField(
        allow_blank=True,
        help_text="The same, marked when the outcome could be known: then the day counts all the same.",
    )
    unmarked_later = serializers.BooleanField(
        source="is_unmarked",
        help_text="Whether the mark was taken away when the outcome could be known: then the day does not count all the same.",
    )


class ScheduleSerializer(serializers.Serializer[object]):
    """The days of an experiment, and what speaks against it. No outcome stands here."""

    days = ExperimentDaySerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())


class Schedule(ApiView, generics.RetrieveAPIView[Any]):
    """Return the arm of each day, and whether it was kept as far as records tell. Empty before a start is set."""

    queryset = Experiment.objects.live()
    serializer_class = ScheduleSerializer

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        experiment = self.get_object()
        found = {"days": days_of(experiment), "warnings": warnings_of(experiment)}
        return Response(self.get_serializer(found).data)
