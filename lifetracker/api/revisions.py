"""What records were before they changed, as JSON."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.authentication import opens, sees_all
from lifetracker.api.lists import ListMixin
from lifetracker.api.serializers import ComputedText, FactSerializer
from lifetracker.models import Revision
from lifetracker.models.kept import KeepsRevisions
from lifetracker.models.revisions import type_of

# In digits. Databases have no longer ones.
LONGEST_ID = 18


class RecordReference(serializers.CharField):
    """A kind of record and an id, such as `weight.WeighIn:12`."""

    default_error_messages = {
        "unknown": "There is no record with this name. Write its kind and its id, such as weight.WeighIn:12."
    }

    def to_internal_value(self, data: Any) -> Any:
        label, _, number = str(super().to_internal_value(data)).partition(":")
        is_id = number.isascii() and number.isdecimal() and len(number) <= LONGEST_ID
        if not is_id or (known := type_named(label)) is None:
            self.fail("unknown")
        return {"record_type": known, "record_id": int(number)}


def type_named(label: str) -> str | None:
    """Return what records with this label are kept under; None where there are none."""
    try:
        model: type[models.Model] = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    return type_of(model) if issubclass(model, KeepsRevisions) else None


class RevisionFilter(serializers.Serializer[object]):
    record = RecordReference(
        required=False,
        max_length=130,
        help_text="The record whose revisions are wanted, such as `weight.WeighIn:12`. Without it, those of all records.",
    )


@extend_schema_field({"type": "object", "additionalProperties": True})
class OldValuesField(serializers.JSONField):
    """By column, the values before, as the export writes them. A record that was deleted for good has all of them."""


class RevisionSerializer(FactSerializer):
    record = ComputedText(
        "{}:{}".format,
        "record_type",
        "record_id",
        help_text="What was changed, such as `weight.WeighIn:12`.",
    )
    old_values = OldValuesField(read_only=True)
    run = serializers.IntegerField(
        source="run_id",
        read_only=True,
        allow_null=True,
        help_text="The run that changed it, as in `/api/sync/runs`.",
    )

    class Meta:
        model = Revision
        fields = ("id", "record", "kind", "old_values", "changed_at", "run", "changed_by")


class Revisions(ListMixin, generics.ListAPIView[Revision]):
    """What records were before a sync, an import or a person changed them."""

    queryset = Revision.objects.all()
    serializer_class = RevisionSerializer
    query_serializers = (RevisionFilter,)
    keeps_to_domains = True

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List revisions, newest first. The value that a column got stands in the next newer one that has it, or in the
        record."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        revisions = super().get_queryset()
        if sees_all(self.request):
            return revisions
        kinds = [type_of(one) for one in apps.get_models() if issubclass(one, KeepsRevisions)]
        seen = {one for one in kinds if opens(self.request, one.partition(".")[0])}
        return revisions.filter(record_type__in=sorted(seen))

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = RevisionFilter(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return super().filter_queryset(queryset).filter(**asked.validated_data.get("record", {}))
