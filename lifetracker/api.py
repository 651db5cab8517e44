"""What every endpoint shares, and the endpoints that belong to no app: the health answer."""

from __future__ import annotations

from copy import copy
from datetime import UTC, date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, models
from django.db.models import QuerySet
from django.urls import URLPattern, re_path
from django_q.brokers import get_broker
from drf_spectacular.utils import extend_schema, extend_schema_field
from redis.exceptions import RedisError
from rest_framework import generics, serializers, status, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker import days
from lifetracker.fields import BY_COLUMN
from lifetracker.http import NotConfigured
from lifetracker.models import MANUAL, RejectedItem, SourceRecord, SyncRun, SyncState
from lifetracker.streams import sources
from lifetracker.sync import Order
from lifetracker.tasks import enqueue

# Of every record, these concern the sync and not the person.
INTERNAL = ("raw", "digest", "source_id", "deleted_at", "created_at")


MEANT = [MinValueValidator(days.FIRST_DAY), MaxValueValidator(days.LAST_DAY)]


class Days(NamedTuple):
    """From `first` to `last`, both included."""

    first: date
    last: date


class DateRange(serializers.Serializer[Any]):
    """`days` back from today (7), or `start_date` to `end_date`, both inclusive, by the person's
    day."""

    @classmethod
    def of(cls, request: Request) -> Days:
        """What a request asks for. Raises ValidationError, which names the parameter."""
        asked = cls(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return Days(asked.validated_data["start"], asked.validated_data["end"])

    days = serializers.IntegerField(
        min_value=1,
        max_value=36_500,
        default=7,
        help_text="So many days up to `end_date`; without a meaning where `start_date` is given.",
    )
    start_date = serializers.DateField(
        required=False, validators=MEANT, help_text="The first day, included."
    )
    end_date = serializers.DateField(
        required=False, validators=MEANT, help_text="The last day, included; today if left out."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end = attrs.get("end_date") or days.today()
        start = attrs.get("start_date") or end - timedelta(days=attrs["days"] - 1)
        if start > end:
            raise serializers.ValidationError({"start_date": "Lies after the end of the range."})
        return {"start": start, "end": end}


class DateRangeMixin(generics.GenericAPIView[Any]):
    """Lists the records of the asked days."""

    query_serializers = (DateRange,)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset).filter(date__range=DateRange.of(self.request))


def public_fields(model: type[SourceRecord], *hidden: str) -> tuple[str, ...]:
    """What a record's JSON holds: its facts, its source, and the id under which it is reached."""
    return tuple(f.name for f in model._meta.concrete_fields if f.name not in {*INTERNAL, *hidden})


class InstantField(serializers.DateTimeField):
    """In UTC, so that what is computed from it is about the time that passes and not about clocks;
    within the years that can be meant."""

    def to_internal_value(self, value: Any) -> Any:
        try:
            instant = super().to_internal_value(value).astimezone(UTC)
        except OverflowError:
            self.fail("overflow")
        if not days.FIRST_DAY.year <= instant.year <= days.LAST_DAY.year:
            raise serializers.ValidationError(f"This lies {days.FARTHEST_YEARS}.")
        return instant


class RecordSerializer(serializers.ModelSerializer[Any]):
    """A record that may be typed in: what its model refuses (`clean`) is an answer and no crash."""

    serializer_field_mapping = BY_COLUMN | {models.DateTimeField: InstantField}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        candidate = copy(self.instance) if self.instance else self.Meta.model()  # type: ignore[misc]  # known in each serializer
        for name, value in attrs.items():
            setattr(candidate, name, value)
        try:
            candidate.clean()
        except DjangoValidationError as error:
            raise serializers.ValidationError(serializers.as_serializer_error(error)) from None
        return attrs


class RecordViewSet(DateRangeMixin, viewsets.ModelViewSet[Any]):
    """The records of a domain from all sources. Those typed in may be changed and deleted; what a
    service sent is changed at that service."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.detail else super().filter_queryset(queryset)

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().defer("raw")

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        super().check_object_permissions(request, obj)
        if request.method not in SAFE_METHODS and obj.source != MANUAL:
            raise PermissionDenied(
                f"This record comes from {obj.source}: change it there, and the next sync brings it here."
            )


def record_urls(prefix: str, viewset: type[RecordViewSet]) -> list[URLPattern]:
    """`prefix` for the list and for typing in, `prefix/<id>` for one record; with or without a slash
    at the end."""
    one: dict[str, Any] = {
        "get": "retrieve",
        "put": "update",
        "patch": "partial_update",
        "delete": "destroy",
    }
    every = viewset.as_view({"get": "list", "post": "create"}, detail=False)
    return [
        re_path(rf"^{prefix}/?$", every),
        re_path(rf"^{prefix}/(?P<pk>\d{{1,18}})/?$", viewset.as_view(one, detail=True)),
    ]


class LatestView(generics.RetrieveAPIView[Any]):
    """The newest record, by the model's own order."""

    def get_object(self) -> Any:
        return generics.get_object_or_404(self.get_queryset()[:1])


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {"error": {"type": "string"}},
            "additionalProperties": {"type": "integer"},
        },
    }
)
class CountsField(serializers.JSONField):
    """By stream: how many of its items were seen, created and so on, and its error if it had one."""


class SyncRunSerializer(serializers.ModelSerializer[SyncRun]):
    counts = CountsField(read_only=True)

    class Meta:
        model = SyncRun
        fields = (
            "id",
            "kind",
            "status",
            "window_start",
            "window_end",
            "counts",
            "requests",
            "progress_done",
            "progress_total",
            "started_at",
            "finished_at",
            "error",
        )


class StartedRunSerializer(SyncRunSerializer):
    job_id = serializers.IntegerField(source="pk", read_only=True)

    class Meta:
        model = SyncRun
        fields = ("job_id", *SyncRunSerializer.Meta.fields)


class SyncStateSerializer(serializers.ModelSerializer[SyncState]):
    class Meta:
        model = SyncState
        fields = ("stream", "verified_from", "verified_to", "whole_history")


class SyncStatusSerializer(serializers.Serializer[Any]):
    """The form of `sync_status`."""

    running = serializers.BooleanField()
    last_run = SyncRunSerializer(allow_null=True)
    last_success = serializers.DateTimeField(allow_null=True)
    rejected_items = serializers.IntegerField(
        help_text="How many could not be understood, and are kept."
    )
    streams = SyncStateSerializer(many=True)


def sync_status(source: str) -> dict[str, Any]:
    """What the ledger knows of a source."""
    last_run = SyncRun.objects.filter(source=source).first()
    last_success = SyncRun.objects.last_success(source)
    return {
        "running": last_run is not None and last_run.status == SyncRun.Status.RUNNING,
        "last_run": SyncRunSerializer(last_run).data if last_run else None,
        "last_success": last_success.finished_at if last_success else None,
        "rejected_items": RejectedItem.objects.filter(source=source).count(),
        "streams": SyncStateSerializer(SyncState.objects.filter(source=source), many=True).data,
    }


class StartRun(APIView):
    """Starts a run of one source in the queue, and answers 202 with it; a second call, while it waits
    or is at work, answers with the same one."""

    source: str
    kind: SyncRun.Kind = SyncRun.Kind.INCREMENTAL
    serializer_class: type[serializers.ModelSerializer[SyncRun]] = StartedRunSerializer
    body_serializer: type[serializers.Serializer[Any]] | None = None
    success_status = status.HTTP_202_ACCEPTED
    errors = {409: "The source is not set up. The answer says what is missing."}

    def post(self, request: Request) -> Response:
        try:
            run = enqueue(sources[self.source], self.order(request))
        except NotConfigured as error:
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
        return Response(self.describe(run), status=status.HTTP_202_ACCEPTED)

    def order(self, request: Request) -> Order:
        return Order(self.kind)

    def describe(self, run: SyncRun) -> dict[str, Any]:
        return dict(self.serializer_class(run).data)


class QueueSerializer(serializers.Serializer[Any]):
    waiting = serializers.IntegerField(help_text="Messages that no worker has taken yet.")


class HealthSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["ok"])
    version = serializers.CharField()
    last_success = serializers.DictField(
        child=serializers.DateTimeField(), help_text="By source; without those that had none."
    )
    queue = QueueSerializer()
    database = serializers.ChoiceField(choices=["ok"])


class UnhealthySerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=["error"])
    version = serializers.CharField()
    last_success = serializers.DictField(child=serializers.DateTimeField(), required=False)
    queue = serializers.CharField(required=False)
    database = serializers.CharField()


class HealthView(APIView):
    """For monitors: open to all, and without a personal value."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    # What watches over this must get its answer, and it costs two queries.
    throttle_classes = ()

    @extend_schema(responses={200: HealthSerializer, 503: UnhealthySerializer})
    def get(self, request: Request) -> Response:
        answer: dict[str, Any] = {"status": "ok", "version": settings.VERSION}
        try:
            answer["last_success"] = SyncRun.objects.last_success_per_source()
            answer["queue"] = {"waiting": get_broker().queue_size()}
        except DatabaseError:
            return Response(
                answer | {"status": "error", "database": "not reachable"},
                status=status.HTTP_503_SERVICE_UNAVAILABLE,
            )
        except RedisError:
            return Response(
                answer | {"status": "error", "database": "ok", "queue": "not reachable"},
                status=status.HTTP_503_SERVICE_UNAVAILABLE,
            )
        return Response(answer | {"database": "ok"})
