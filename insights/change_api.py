"""Changes as JSON: what is other than it was, what may be, and what was."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api import MOST, Hide, ReckonedField
from insights.change_words import NO_WHY, change_sentence, change_status
from insights.models import InsightRun, MetricChange, MetricChangeQuerySet, MetricChangeTest
from lifetracker.api.parameters import ApiView


class ChangeTestSerializer(serializers.ModelSerializer[MetricChangeTest]):
    state = serializers.CharField(read_only=True, help_text="What the look made of it.")
    before = ReckonedField(allow_null=True, read_only=True)
    after = ReckonedField(allow_null=True, read_only=True)
    z = ReckonedField(allow_null=True, read_only=True)

    class Meta:
        model = MetricChangeTest
        fields = ("state", "last_day", "before", "after", "z")


class ChangeSerializer(serializers.ModelSerializer[MetricChange]):
    """A change of a metric. `before`, `after`, `difference`, `low` and `high` are in its unit."""

    text = serializers.SerializerMethodField(help_text="What is said of it.")
    status = serializers.SerializerMethodField(help_text="Whether it held.")
    state = serializers.CharField(
        read_only=True, help_text="`changed`, later `settled` or `over`; at first `maybe`."
    )
    before = ReckonedField(read_only=True)
    after = ReckonedField(read_only=True)
    difference = ReckonedField(read_only=True)
    low = ReckonedField(read_only=True)
    high = ReckonedField(read_only=True)
    tests = ChangeTestSerializer(many=True, read_only=True)

    class Meta:
        model = MetricChange
        fields = (
            *("id", "metric", "state", "text", "status", "around", "is_gradual", "unit"),
            *("before", "after", "difference", "low", "high", "known_before", "known_after"),
            *("found_on", "confirmed_on", "tested_on", "hidden_at", "tests"),
        )

    def get_text(self, change: MetricChange) -> str:
        return change_sentence(change)

    def get_status(self, change: MetricChange) -> str:
        return change_status(change)


class WaitingSerializer(serializers.ModelSerializer[MetricChange]):
    class Meta:
        model = MetricChange
        fields = ("metric", "found_on")


class ChangesSerializer(serializers.Serializer[object]):
    note = serializers.CharField()
    looked_up_to = serializers.DateField(
        allow_null=True, help_text="The last day of the newest look; null before the first one."
    )
    changes = ChangeSerializer(many=True)
    may_have_changed = WaitingSerializer(
        many=True, help_text="What is shown once it is still so two weeks later."
    )
    earlier = ChangeSerializer(many=True, help_text="What is usual by now, or went back.")


class ChangesView(ApiView, generics.RetrieveAPIView[Any]):
    """Return which metrics have been other for four weeks than in the eight before, and still were two weeks later."""

    serializer_class = ChangesSerializer

    def retrieve(self, request: Request, *args: object, **kwargs: object) -> Response:
        run = InsightRun.objects.first()
        changes = MetricChange.objects.visible().defer("points").prefetch_related("tests")
        found = {
            "note": NO_WHY,
            "looked_up_to": run and run.last_day,
            "changes": changes.shown()[:MOST],
            "may_have_changed": MetricChange.objects.waiting().defer("points")[:MOST],
            "earlier": changes.earlier()[:MOST],
        }
        return Response(self.get_serializer(found).data)


class HideChange(Hide):
    """Hides a change from the page and from this list."""

    queryset = MetricChange.objects.told()  # type: ignore[assignment]  # of another model
    serializer_class = ChangeSerializer  # type: ignore[assignment]

    def get_queryset(self) -> MetricChangeQuerySet:  # type: ignore[override]
        return MetricChange.objects.told()

    @extend_schema(responses=ChangeSerializer)
    def post(self, request: Request, pk: str) -> Response:
        return self.answered()


class UnhideChange(HideChange):
    """Shows a hidden change again."""

    def change(self, rows: Any) -> None:
        rows.unhide()
