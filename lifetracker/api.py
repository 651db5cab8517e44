"""What every endpoint shares, and the endpoints that belong to no app: the health answer."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.urls import URLPattern, re_path
from django_q.brokers import get_broker
from drf_spectacular.utils import extend_schema, extend_schema_field
from redis.exceptions import RedisError
from rest_framework import generics, serializers, status, viewsets
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker import days
from lifetracker.fields import from_text
from lifetracker.http import NeedsReauthorization, NotAllowed, NotConfigured, SyncError, TryLater
from lifetracker.models import MANUAL, PendingDeletion, RejectedItem, SyncRun, SyncState
from lifetracker.serializers import CSRF_FIELD, FactSerializer, columns_of
from lifetracker.streams import file_sources, sources
from lifetracker.sync import Order
from lifetracker.tasks import enqueue
from lifetracker.unknown import why_unknown, with_reason

# The status of a source that no run has read yet.
NEVER = "never"
A_MINUTE = timedelta(minutes=1)
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


class ListMixin(generics.GenericAPIView[Any]):
    """Lists records from their columns, without an instance or a serializer's field for each: a list
    of a year costs little more than the statement that reads it."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        columns = columns_of(self.get_serializer_class())  # type: ignore[arg-type]  # a class is hashable
        rows = self.filter_queryset(self.get_queryset()).values_list(*columns.paths)
        answer = self.get_paginated_response(columns.as_json(self.paginate_queryset(rows) or ()))
        if not answer.data["count"]:
            answer.data = with_reason(answer.data, rows.model, self.first_day(request))
        return answer

    def first_day(self, request: Request) -> date | None:
        """Return the first of the asked days, where it is days that are asked for."""
        return None


class DateRangeMixin(ListMixin):
    """Lists the records of the asked days."""

    query_serializers = (DateRange,)

    def first_day(self, request: Request) -> date | None:
        return DateRange.of(request).first

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset).filter(date__range=DateRange.of(self.request))


class RecordViewSet(DateRangeMixin, viewsets.ModelViewSet[Any]):
    """The records of a domain from all sources. Those typed in may be changed and deleted; what a
    service sent is changed at that service."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.detail else super().filter_queryset(queryset)

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().defer("raw")
        # What is to be changed is locked until it is: two that change one record come one after the
        # other, each with what the other one wrote.
        return rows if self.request.method in SAFE_METHODS else rows.select_for_update()

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)

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
    """The newest record whose moment has come, by the model's own order."""

    def get_object(self) -> Any:
        records: Any = self.get_queryset()
        newest = records.happened().defer("raw").first()
        if newest is None:
            raise nothing(records.model)
        return newest


def nothing(model: type[Any]) -> NotFound:
    """Return the error for a record that is not there, with the reason why it may only seem so."""
    return NotFound(f"There is no such record. {why_unknown(model)}".strip())


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
    """By stream: how many of its items were seen, created and so on, how many records were deleted, how many
    deletions were held back (`held`), and its error if it had one."""


class SyncRunSerializer(FactSerializer):
    counts = CountsField(read_only=True)

    class Meta:
        model = SyncRun
        fields: tuple[str, ...] = (
            "id",
            "source",
            "kind",
            "days",
            "status",
            "window_start",
            "window_end",
            "counts",
            "requests",
            "progress_done",
            "progress_total",
            "progress_failed",
            "started_at",
            "finished_at",
            "resume_at",
            "error",
        )


class StartedRunSerializer(SyncRunSerializer):
    job_id = serializers.IntegerField(source="pk", read_only=True)

    class Meta(SyncRunSerializer.Meta):
        fields = ("job_id", *SyncRunSerializer.Meta.fields)


class SyncStateSerializer(FactSerializer):
    class Meta:
        model = SyncState
        fields = ("stream", "verified_from", "verified_to", "whole_history")


class SyncStatusSerializer(serializers.Serializer[Any]):
    """The form of `sync_status`."""

    status = serializers.ChoiceField(
        choices=[NEVER, *SyncRun.Status.values],
        help_text="Of the newest run. What follows is of the newest run that has ended.",
    )
    last_sync_at = serializers.DateTimeField(allow_null=True, help_text="When it ended.")
    last_sync_type = serializers.ChoiceField(choices=SyncRun.Kind.choices, allow_null=True)
    records_synced = serializers.IntegerField(
        allow_null=True, help_text="Records that it created, changed, or found as they were."
    )
    error_message = serializers.CharField(help_text="Empty if nothing went wrong.")
    running = serializers.BooleanField()
    last_run = SyncRunSerializer(allow_null=True)
    last_success = serializers.DateTimeField(allow_null=True)
    rejected_items = serializers.IntegerField(
        help_text="How many could not be understood, and are kept."
    )
    pending_deletions = serializers.IntegerField(
        help_text="How many records the service did not list any more, and were not marked as deleted because they are so many."
    )
    streams = SyncStateSerializer(many=True)


def sync_status(source: str) -> dict[str, Any]:
    """What the ledger knows of a source."""
    runs = SyncRun.objects.syncs().filter(source=source)
    last_run = runs.first()
    ended = runs.ended().first() if last_run and last_run.is_active else last_run
    last_success = SyncRun.objects.last_success(source)
    return {
        "status": last_run.status if last_run else NEVER,
        "last_sync_at": ended.finished_at if ended else None,
        "last_sync_type": ended.kind if ended else None,
        "records_synced": ended.records_synced if ended else None,
        "error_message": ended.error if ended else "",
        "running": last_run is not None and last_run.status == SyncRun.Status.RUNNING,
        "last_run": SyncRunSerializer(last_run).data if last_run else None,
        "last_success": last_success.finished_at if last_success else None,
        "rejected_items": RejectedItem.objects.pending().filter(source=source).count(),
        "pending_deletions": PendingDeletion.objects.filter(source=source).count(),
        "streams": SyncStateSerializer(SyncState.objects.filter(source=source), many=True).data,
    }


class ServiceTrouble(APIException):
    """What came between us and a service, as the status that says who can mend it: the person (409),
    time (503, with Retry-After), nobody here (502)."""

    def __init__(self, error: SyncError) -> None:
        super().__init__(str(error))
        self.status_code = status.HTTP_502_BAD_GATEWAY
        if isinstance(error, NotConfigured | NeedsReauthorization | NotAllowed):
            self.status_code = status.HTTP_409_CONFLICT
        elif isinstance(error, TryLater):
            self.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
            # DRF makes Retry-After of it.
            self.wait = math.ceil((error.after or A_MINUTE).total_seconds()) or 1


class ServiceView(APIView):
    """A view that may need a service: what comes between becomes an answer."""

    errors = {
        409: "The source is not set up or not connected. The answer says what is missing.",
        502: "The service answered what is not understood.",
        503: "The service cannot be asked now; Retry-After says when.",
    }

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(ServiceTrouble(exc) if isinstance(exc, SyncError) else exc)


def asked_in_query(
    request: Request, serializer_class: type[serializers.Serializer[Any]]
) -> dict[str, Any]:
    """Return what the address says of the fields of a body. Raises ValidationError by name."""
    query = request.query_params
    fields = dict(serializer_class().fields.items())
    repeated = [name for name in fields if len(set(query.getlist(name))) > 1]
    if repeated:
        raise serializers.ValidationError({name: ["Is given twice."] for name in repeated})
    given = {name: from_text(fields[name], query[name]) for name in fields if name in query}
    asked = serializer_class(data=given, partial=True)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class StartRun(ServiceView):
    """Starts a run of one source in the queue, and answers 202 with it; a second call, while it waits
    or is at work, answers with the same one."""

    source: str
    kind: SyncRun.Kind = SyncRun.Kind.INCREMENTAL
    serializer_class: type[serializers.BaseSerializer[Any]] = StartedRunSerializer
    success_status = status.HTTP_202_ACCEPTED
    errors = {409: ServiceView.errors[409]}
    # What validates the parameters, which stand in the body or in the address; nothing else may be
    # asked for.
    body_serializer: type[serializers.Serializer[Any]] | None = None
    takes_query = True

    def post(self, request: Request) -> Response:
        run = enqueue(sources[self.source], self.order(self.asked(request)))
        return Response(self.describe(run), status=status.HTTP_202_ACCEPTED)

    def asked(self, request: Request) -> dict[str, Any]:
        """Return the parameters: those of the body, and for what it does not say those of the
        address. Raises ValidationError by name, also for unknown ones, which would else be ignored."""
        serializer_class = self.body_serializer or serializers.Serializer
        in_query = asked_in_query(request, serializer_class)
        body = serializer_class(data=request.data)
        body.is_valid(raise_exception=True)
        given = {*request.data, *request.query_params} - {CSRF_FIELD}
        # A name may hold characters that no answer can.
        if unknown := {repr(name)[1:-1] for name in given - set(body.fields)}:
            raise serializers.ValidationError({name: ["Unknown."] for name in unknown})
        return {**in_query, **body.validated_data}

    def order(self, asked: dict[str, Any]) -> Order:
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
            answer["last_success"] = SyncRun.objects.last_success_per_source(
                [*sources, *file_sources]
            )
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
