"""Insights as JSON: what may be said, what was once said, and where no difference was seen."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insights.groups import Group, groups_alone
from insights.held_back import held_words, trials, tried_actions
from insights.hiding import together_with
from insights.models import Finding, FindingQuerySet, FindingTest, InsightRun
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
        read_only=True,
        help_text="Such as confirmed, holding, fading or withdrawn; corrected where the days that confirmed it are known "
        "otherwise by now.",
    )
    effect = ReckonedField(allow_null=True, read_only=True)
    low = ReckonedField(allow_null=True, read_only=True)
    high = ReckonedField(allow_null=True, read_only=True)

    class Meta:
        model = FindingTest
        fields = ("state", "first_day", "last_day", "days", "effect", "low", "high")


class AlikeSerializer(serializers.ModelSerializer[Finding]):
    class Meta:
        model = Finding
        fields = ("id", "action", "action_name", "outcome", "outcome_name")


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
    could_just_as_well_be = serializers.SerializerMethodField(
        help_text="Of other actions that share its records or come on the same days: one thing, not several."
    )
    hardly_seen_beside_it = serializers.SerializerMethodField(
        help_text="Of other actions of which hardly anything is left among days that are alike in its own."
    )
    also_seen_in = serializers.SerializerMethodField(
        help_text="Of other outcomes in which the same thing was seen."
    )
    tests = InsightTestSerializer(many=True, read_only=True)

    class Meta:
        model = Finding
        fields = (
            *("id", "action", "outcome", "lag", "state", "text", "basis", "status"),
            *("step", "step_words", "unit", "effect", "low", "high"),
            *("days", "more_days", "other_days", "found_on", "confirmed_on", "tested_on"),
            *("first_day", "last_day", "hidden_at"),
            *("could_just_as_well_be", "hardly_seen_beside_it", "also_seen_in", "tests"),
        )

    @extend_schema_field(AlikeSerializer(many=True))
    def get_could_just_as_well_be(self, finding: Finding) -> Any:
        return AlikeSerializer(self.group_of(finding).alike, many=True).data

    @extend_schema_field(AlikeSerializer(many=True))
    def get_hardly_seen_beside_it(self, finding: Finding) -> Any:
        return AlikeSerializer(self.group_of(finding).hardly_seen, many=True).data

    @extend_schema_field(AlikeSerializer(many=True))
    def get_also_seen_in(self, finding: Finding) -> Any:
        return AlikeSerializer(self.group_of(finding).in_others, many=True).data

    def group_of(self, finding: Finding) -> Group:
        found: Group = self.context["groups"].get(finding.pk, Group(finding))
        return found

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


def shown_findings(tried: Collection[str]) -> FindingQuerySet:
    return Finding.objects.shown().visible().untried(tried).prefetch_related("tests")


class InsightsView(ApiView, generics.RetrieveAPIView[Any]):
    """Return what goes together in your days: seen in older ones, and again in newer ones that had not been used to find it.
    Nothing says what causes what."""

    serializer_class = InsightsSerializer

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        run, running = InsightRun.objects.first(), trials()
        tried = tried_actions(running)
        once_said = Finding.objects.once_said().visible().untried(tried)
        shown = list(shown_findings(tried)[:MOST])
        found = {
            "note": NO_CAUSE,
            "looked_up_to": run and run.last_day,
            "tested": run.tested if run else 0,
            "insights": shown,
            "once_said": once_said.prefetch_related("tests")[:MOST],
            "not_found": run.untried_bounds(tried) if run else [],
            "held_back": held_words(running),
        }
        context = {**self.get_serializer_context(), "groups": groups_alone(shown)}
        return Response(self.serializer_class(found, context=context).data)


class Hide(ApiView, generics.GenericAPIView[Any]):
    """Hides an insight, and what is one thing with it in other numbers, from the page, from Today and from this list."""

    queryset = Finding.objects.said()
    serializer_class = InsightSerializer
    body_serializer = None

    def get_queryset(self) -> FindingQuerySet:
        return Finding.objects.said().untried()

    @extend_schema(responses=InsightSerializer)
    def post(self, request: Request, pk: str) -> Response:
        return self.answered()

    def answered(self) -> Response:
        one = self.get_object()
        together = type(one).objects.filter(pk__in=together_with(one))
        groups = groups_alone(together) if isinstance(one, Finding) else {}
        self.change(together)
        one.refresh_from_db()
        context = {**self.get_serializer_context(), "groups": groups}
        serializer = self.get_serializer_class()
        return Response(serializer(one, context=context).data)

    def change(self, rows: Any) -> None:
        rows.hide()


class Unhide(Hide):
    """Shows a hidden insight again, and what was hidden with it."""

    def change(self, rows: Any) -> None:
        rows.unhide()
