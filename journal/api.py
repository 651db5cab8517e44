"""Behaviours, answers and notes as JSON."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

from journal.answers import next_position
from journal.has_tag import HasTag
from journal.merging import merge, refusal_of_merging, take_apart
from journal.models import LONGEST_TAG, MOST_TAGS, Answer, Behaviour, Note
from lifetracker.api.fields import FlagField, TextField, WholeField
from lifetracker.api.lists import DateRange, RecordViewSet
from lifetracker.api.serializers import RecordSerializer, public_fields

NO_BEHAVIOUR = "The behaviour does not exist, or it is deleted."
MERGED = "It was merged into another behaviour. Answer that one, whose id is {}."


class BehaviourSerializer(RecordSerializer):
    merged_into = WholeField(
        source="merged_into_id",
        min_value=1,
        required=False,
        allow_null=True,
        help_text="The id of the behaviour that its answers count for. Null takes it apart again.",
    )
    archived = FlagField(
        required=False, write_only=True, help_text="Whether it is not asked any more."
    )

    class Meta:
        model = Behaviour
        fields = (
            *("id", "source", "name", "kind", "unit", "position", "archived_at", "archived"),
            *("merged_into", "updated_at"),
        )
        read_only_fields = ("id", "source", "archived_at", "updated_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        is_archived = attrs.pop("archived", None)
        merged_into = attrs.pop("merged_into_id", empty)
        attrs = super().validate(attrs)
        if is_archived is not None:
            was = getattr(self.instance, "archived_at", None)
            attrs["archived_at"] = (was or timezone.now()) if is_archived else None
        if merged_into is not empty:
            attrs["into"] = self.target(merged_into, attrs)
        return attrs

    def target(self, pk: int | None, attrs: dict[str, Any]) -> Behaviour | None:
        """Return what it is to be merged into. Raises the API's ValidationError."""
        if pk is None:
            return None
        into = behaviour_with(pk, "merged_into")
        if reason := refusal_of_merging(self.candidate(attrs), into):
            raise serializers.ValidationError({"merged_into": [reason]})
        return into

    @transaction.atomic
    def create(self, validated_data: dict[str, Any]) -> Behaviour:
        into = validated_data.pop("into", None)
        validated_data.setdefault("position", next_position())
        made: Behaviour = super().create(validated_data)
        if into:
            merge(made, into)
        return made

    @transaction.atomic
    def update(self, instance: Any, validated_data: dict[str, Any]) -> Behaviour:
        into = validated_data.pop("into", instance.merged_into)
        changed: Behaviour = super().update(instance, validated_data)
        if into is None:
            take_apart(changed, [])
        elif into.pk != changed.merged_into_id:
            merge(changed, into)
        return changed


def behaviour_with(pk: int, field: str) -> Behaviour:
    """Return a live behaviour. Raises the API's ValidationError, which names the field."""
    found: Behaviour | None = Behaviour.objects.live().filter(pk=pk).first()
    if found is None:
        raise serializers.ValidationError({field: [NO_BEHAVIOUR]})
    return found


class BehaviourQuery(serializers.Serializer[object]):
    archived = serializers.BooleanField(
        required=False,
        help_text="Whether those that are not asked any more are listed alone, or left out.",
    )


class Behaviours(RecordViewSet):
    """Behaviours, which have no day."""

    queryset = Behaviour.objects.live()
    serializer_class = BehaviourSerializer
    query_serializers = (BehaviourQuery,)  # type: ignore[assignment]  # none of days

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.detail:
            return queryset
        asked = BehaviourQuery(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        if "archived" in asked.validated_data:
            is_asked = not asked.validated_data["archived"]
            queryset = queryset.filter(archived_at__isnull=is_asked)
        return queryset.order_by("position", "pk")

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the behaviours in your order, with the wordings that were merged into others. The value of each day is that
        of the metric `journal.<id>`."""
        return super().list(request, *args, **kwargs)

    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Delete a behaviour, with the wordings that were merged into it. All answers are kept, and come back when it is
        brought back on its page."""
        return super().destroy(request, *args, **kwargs)


# --- Answers --------------------------------------------------------------------------------------


class BehaviourAnswerSerializer(RecordSerializer):
    behaviour = WholeField(source="behaviour_id", min_value=1, help_text="The id of a behaviour.")

    class Meta:
        model = Answer
        fields = public_fields(Answer)
        read_only_fields = ("id", "source", "updated_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "behaviour_id" in attrs:
            asked = behaviour_with(attrs["behaviour_id"], "behaviour")
            if asked.merged_into_id:
                text = MERGED.format(asked.merged_into_id)
                raise serializers.ValidationError({"behaviour": [text]})
        return super().validate(attrs)


class AnswerQuery(serializers.Serializer[object]):
    behaviour = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text="The id of a behaviour. Answers in wordings that were merged into it are listed, too.",
    )


class Answers(RecordViewSet):
    """Answers of behaviours that are not deleted."""

    queryset = Answer.objects.live().filter(behaviour__deleted_at=None)
    serializer_class = BehaviourAnswerSerializer
    query_serializers = (DateRange, AnswerQuery)  # type: ignore[assignment]  # one more

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the answers of the requested days, newest first. A day without one is unknown. Where a day has several, what
        was typed in counts, and else the newest: the metric `journal.<id>` has that one alone."""
        return super().list(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        if self.detail:
            return rows
        asked = AnswerQuery(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        if wanted := asked.validated_data.get("behaviour"):
            counts_for = Behaviour.objects.all().counts_for()
            rows = rows.filter(
                behaviour__in=[pk for pk, into in counts_for.items() if into == wanted]
            )
        return rows


# --- Notes ----------------------------------------------------------------------------------------


class NoteSerializer(RecordSerializer):
    tags = serializers.ListField(
        child=TextField(max_length=LONGEST_TAG, allow_blank=True),
        max_length=MOST_TAGS,
        required=False,
        default=list,
        help_text="Words to find it by, without #.",
    )

    class Meta:
        model = Note
        fields = public_fields(Note)
        read_only_fields = ("id", "source", "date", "updated_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "tags" in attrs:
            # As `clean` leaves them.
            candidate = self.candidate(attrs)
            candidate.clean()
            attrs["tags"] = candidate.tags
        return attrs


class NoteQuery(serializers.Serializer[object]):
    tag = serializers.CharField(
        required=False, max_length=LONGEST_TAG, help_text="A tag that the notes have."
    )


class Notes(RecordViewSet):
    """Notes."""

    queryset = Note.objects.live()
    serializer_class = NoteSerializer
    query_serializers = (DateRange, NoteQuery)  # type: ignore[assignment]  # one more

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        if self.detail:
            return rows
        asked = NoteQuery(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        tag = asked.validated_data.get("tag")
        return rows.filter(HasTag("tags", tag)) if tag else rows
