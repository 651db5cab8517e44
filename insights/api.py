"""Insights as JSON: what may be said, what was once said, and where no difference was seen."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insights.held_back import held_words, trials, untried
from insights.hiding import together_with
from insights.models import Finding, FindingTest, InsightRun
from insights.sentences import NO_CAUSE, bound_words, held, sentence, sides, state_words
from lifetracker.api.parameters import ApiView
from lifetracker.metrics.answers import rounded

#: More than anything is measured with, and fewer than a computation adds of its own.
DIGITS = 6
MOST = 200


class ReckonedField(serializers.FloatField):
    """A number that is computed, without the digits that only its computation has."""

    def to_representation(self, value: Any) -> Any:
        return rounded(float(value), DIGITS)


class InsightTestSerializer(serializers.ModelSerializer[FindingTest]):
    state = serializers.CharField(
        read_only=True, help_text="Such as confirmed, holding, fading or withdrawn."
    )
    effect = ReckonedField(allow_null=True, read_only=True)
    low = ReckonedField(allow_null=True, read_only=True)
    high = ReckonedField(allow_null=True, read_only=True)

    class Meta:
        model = FindingTest
        fields = ("state", "first_day", "last_day", "days", "effect", "low", "high")


class InsightSerializer(serializers.ModelSerializer[Finding]):
    """What is said of a pair. `effect`, `low` and `high` are in the unit of the outcome, for the change that `step` and
    `step_words` say of the action."""

    text = serializers.SerializerMethodField(help_text="What is said of it.")
    basis = serializers.SerializerMethodField(help_text="On which days that is based.")
    status = serializers.SerializerMethodField(help_text="Whether it still holds.")
    state = serializers.CharField(
        read_only=True, help_text="Such as confirmed, holding, fading or withdrawn."
    )
    effect = ReckonedField(allow_null=True, read_only=True)
    low = ReckonedField(allow_null=True, read_only=True)
    high = ReckonedField(allow_null=True, read_only=True)
    tests = InsightTestSerializer(many=True, read_only=True)

    class Meta:
        model = Finding
        fields = (
            *("id", "action", "outcome", "lag", "state", "text", "basis", "status"),
            *("step", "step_words", "unit", "effect", "low", "high"),
            *("days", "more_days", "other_days", "found_on", "confirmed_on", "tested_on"),
            *("first_day", "last_day", "hidden_at", "tests"),
        )

    def get_text(self, finding: Finding) -> str:
        return sentence(finding)

    def get_basis(self, finding: Finding) -> str:
        return f"{sides(finding)} {held(finding)}"

    def get_status(self, finding: Finding) -> str:
        return state_words(finding)


class BoundSerializer(serializers.Serializer[object]):
    action = serializers.CharField()
    outcome = serializers.CharField()
    lag = serializers.IntegerField()
    days = serializers.IntegerField(help_text="On which both are known.")
    step_words = serializers.CharField(
        help_text="The change of the action, such as 30 minutes later; empty of yes and no."
    )
    low = ReckonedField(
        help_text="Lower end of the 95 % interval of the effects that fit the days, in the unit of the outcome, for the change "
        "that `step_words` says."
    )
    high = ReckonedField(help_text="Upper end of that interval.")
    text = serializers.SerializerMethodField()

    def get_text(self, bound: dict[str, Any]) -> str:
        return bound_words(bound)


class InsightsSerializer(serializers.Serializer[object]):
    note = serializers.CharField()
    looked_up_to = serializers.DateField(
        allow_null=True, help_text="The last day of the newest look; null before the first one."
    )
    tested = serializers.IntegerField(help_text="How many pairs and lags that look tested.")
    insights = InsightSerializer(many=True)
    once_said = InsightSerializer(many=True, help_text="What was said before, and withdrawn.")
    not_found = BoundSerializer(
        many=True,
        help_text="Where no difference was seen, and which ones fit the days nevertheless.",
    )
    held_back = serializers.CharField(
        allow_blank=True,
        help_text="What is left out while experiments run; empty where none does.",
    )


def shown_findings() -> QuerySet[Finding]:
    return Finding.objects.shown().visible().untried().prefetch_related("tests")


class InsightsView(ApiView, generics.RetrieveAPIView[Any]):
    """Return what goes together in your days: seen in older ones, and again in newer ones that had not been used to find it.
    Nothing says what causes what."""

    serializer_class = InsightsSerializer

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        run, running = InsightRun.objects.first(), trials()
        once_said = Finding.objects.once_said().visible().untried()
        found = {
            "note": NO_CAUSE,
            "looked_up_to": run and run.last_day,
            "tested": run.tested if run else 0,
            "insights": shown_findings()[:MOST],
            "once_said": once_said.prefetch_related("tests")[:MOST],
            "not_found": untried(run.bounds, running) if run else [],
            "held_back": held_words(running),
        }
        return Response(self.get_serializer(found).data)


class Hide(ApiView, generics.GenericAPIView[Any]):
    """Hides an insight, and what is one thing with it in other numbers, from the page, from Today and from this list."""

    queryset = Finding.objects.said().untried()
    serializer_class = InsightSerializer
    body_serializer = None

    @extend_schema(responses=InsightSerializer)
    def post(self, request: Request, pk: str) -> Response:
        return self.answered()

    def answered(self) -> Response:
        one = self.get_object()
        self.change(type(one).objects.filter(pk__in=together_with(one)))
        one.refresh_from_db()
        return Response(self.get_serializer(one).data)

    def change(self, rows: Any) -> None:
        rows.hide()


class Unhide(Hide):
    """Shows a hidden insight again, and what was hidden with it."""

    def change(self, rows: Any) -> None:
        rows.unhide()
