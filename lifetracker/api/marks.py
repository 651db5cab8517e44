"""Marked days as JSON: listed, made, confirmed, refused, deleted."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.fields import FlagField, TextField
from lifetracker.api.lists import DateRange, DateRangeMixin
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import RecordSerializer, RefusesUnknown
from lifetracker.models import DayMark


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "text": {"type": "string"},
                "date": {"type": "string", "format": "date"},
                "metric": {"type": "string"},
                "value": {"type": "number"},
                "usual": {"type": "number"},
                "deviation": {"type": "number"},
                "offset_min": {"type": "integer"},
                "home_offset_min": {"type": "integer"},
                "shift_hours": {"type": "number"},
                "jet_lag_days": {"type": "integer"},
            },
            "required": ["text"],
        },
    }
)
class ReasonsField(serializers.JSONField):
    """What a proposal is based on. Each reason has a text, and the numbers that it speaks of."""


class DayMarkSerializer(RecordSerializer):
    reasons = ReasonsField(read_only=True)

    class Meta:
        model = DayMark
        read_only_fields = ("id", "state", "spell", "confirmed_at", "updated_at")
        fields = ("date", "kind", "note", "reasons", *read_only_fields)


class MarkFilter(serializers.Serializer[object]):
    kind = serializers.ChoiceField(choices=DayMark.Kind.choices, required=False)
    state = serializers.ChoiceField(choices=DayMark.State.choices, required=False)


class DayMarks(DateRangeMixin, generics.ListCreateAPIView[Any]):
    """Marked days."""

    queryset = DayMark.objects.all()
    serializer_class = DayMarkSerializer
    query_serializers = (DateRange, MarkFilter)  # type: ignore[assignment]  # one more

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the marks of the requested days, newest first."""
        return super().get(request, *args, **kwargs)

    def post(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Mark a day. The mark is confirmed."""
        return super().post(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = MarkFilter(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return super().filter_queryset(queryset).filter(**asked.validated_data)


class OneDayMark(ApiView, generics.RetrieveDestroyAPIView[Any]):
    """One marked day."""

    queryset = DayMark.objects.all()
    serializer_class = DayMarkSerializer

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Return one mark."""
        return super().get(request, *args, **kwargs)

    def delete(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Delete a mark. What a rule finds there may be proposed again; to prevent that, refuse it."""
        return super().delete(request, *args, **kwargs)


class AnswerSerializer(RefusesUnknown):
    only_this_day = FlagField(
        default=False,
        help_text="Set to true to leave the other proposed days of the same illness, trip or stay as they are.",
    )
    note = TextField(required=False, allow_blank=True, help_text="Replaces the note of this day.")


class AnsweredSerializer(serializers.Serializer[object]):
    marks = DayMarkSerializer(many=True, help_text="The days that were answered, oldest first.")


class Answer(generics.GenericAPIView[Any]):
    """Answers a proposal, or changes an earlier answer."""

    queryset = DayMark.objects.all()
    serializer_class = AnswerSerializer
    state: DayMark.State

    def answer(self, request: Request) -> Response:
        asked = self.get_serializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with transaction.atomic():
            marks = self.answered_days(self.get_object(), asked.validated_data)
        return Response(AnsweredSerializer({"marks": marks}).data)

    def answered_days(self, mark: DayMark, asked: dict[str, Any]) -> QuerySet[DayMark]:
        this_day = DayMark.objects.filter(pk=mark.pk)
        days = this_day if asked["only_this_day"] else mark.with_spell()
        numbers = list(days.values_list("pk", flat=True))
        DayMark.objects.filter(pk__in=numbers).answer(self.state)
        if "note" in asked:
            this_day.update(note=asked["note"])
        return DayMark.objects.filter(pk__in=numbers).order_by("date")


class Confirm(Answer):
    state = DayMark.State.CONFIRMED

    @extend_schema(responses=AnsweredSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Confirm a mark, and the other proposed days of the same illness, trip or stay."""
        return self.answer(request)


class Refuse(Answer):
    state = DayMark.State.REFUSED

    @extend_schema(responses=AnsweredSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Refuse a mark, and the other proposed days of the same illness, trip or stay. They are not proposed again."""
        return self.answer(request)
