"""The runs of the sync as JSON: started, listed, the status of a source, and how far each is verified."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Model, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.accounts.rights import IsStaff
from lifetracker.api.authentication import opens, sees_all
from lifetracker.api.fields import from_text
from lifetracker.api.lists import ListMixin
from lifetracker.api.parameters import UNKNOWN_PARAMETER, ApiView, refuse_unknown
from lifetracker.api.serializers import CSRF_FIELD, FactSerializer, InstantField
from lifetracker.errors import NeedsReauthorization, NotAllowed, NotConfigured, SyncError, TryLater
from lifetracker.models import PendingDeletion, RejectedItem, SyncRun, SyncState
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.stopping import stop
from lifetracker.sync.streams import Source, Stream, domain_of_source, file_sources, sources
from lifetracker.tasks import enqueue
from lifetracker.words import title_of

# The status of a source that no run has read yet.
NEVER = "never"


DEFAULT_WAIT = timedelta(minutes=1)


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


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "remaining": {"type": "integer"},
                "limit": {"type": "integer", "nullable": True},
                "window": {"type": "integer", "nullable": True, "description": "In seconds."},
                "resets_at": {"type": "string", "format": "date-time", "nullable": True},
                "said_at": {"type": "string", "format": "date-time"},
            },
        },
    }
)
class QuotasField(serializers.JSONField):
    """How many requests the service still takes, for each of its counts, as it said with its last answers."""


class SyncRunSerializer(FactSerializer):
    counts = CountsField(read_only=True)
    quotas = QuotasField(read_only=True)

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
            "stop_asked_at",
            "quotas",
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


class SyncStatusSerializer(serializers.Serializer[object]):
    """The form of `sync_status`."""

    status = serializers.ChoiceField(
        choices=[NEVER, *SyncRun.Status.values],
        help_text="Status of the newest run. The fields below describe the newest run that has ended.",
    )
    last_sync_at = serializers.DateTimeField(allow_null=True, help_text="When the run ended.")
    last_sync_type = serializers.ChoiceField(choices=SyncRun.Kind.choices, allow_null=True)
    records_synced = serializers.IntegerField(
        allow_null=True, help_text="Records that the run created, updated or found unchanged."
    )
    error_message = serializers.CharField(help_text="Empty if the run had no errors.")
    running = serializers.BooleanField()
    last_run = SyncRunSerializer(allow_null=True)
    last_success = serializers.DateTimeField(allow_null=True)
    rejected_items = serializers.IntegerField(
        help_text="Number of items that could not be stored as records and are kept for another try."
    )
    pending_deletions = serializers.IntegerField(
        help_text="Number of records that the service no longer lists and that are not marked as deleted yet, because they are unusually many."
    )
    streams = SyncStateSerializer(many=True)


def sync_status(source: str) -> dict[str, object]:
    """Return what the sync history says of a source."""
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


class ServiceError(APIException):
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
            self.wait = math.ceil((error.after or DEFAULT_WAIT).total_seconds()) or 1


class ServiceView(ApiView):
    """A view that may need a service: what comes between becomes an answer."""

    errors = {
        409: "The source is not set up or not connected. The answer says what is missing.",
        502: "The service sent an answer that cannot be used.",
        503: "The service is not available now. Retry-After says when to try again.",
    }

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(ServiceError(exc) if isinstance(exc, SyncError) else exc)


def query_values(
    request: Request, serializer_class: type[serializers.Serializer[object]]
) -> dict[str, object]:
    """Return what the address says of the fields of a body. Raises ValidationError by name."""
    query = request.query_params
    fields = dict(serializer_class().fields.items())
    repeated = [name for name in fields if len(set(query.getlist(name))) > 1]
    if repeated:
        raise serializers.ValidationError(
            {name: ["This parameter was given twice."] for name in repeated}
        )
    given = {name: from_text(fields[name], query[name]) for name in fields if name in query}
    asked = serializer_class(data=given, partial=True)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class StartRun(ServiceView):
    """Starts a run of one source in the queue, and answers 202 with it; a second call, while it waits
    or is at work, answers with the same one."""

    permission_classes = (IsStaff,)
    source: str
    kind: SyncRun.Kind = SyncRun.Kind.INCREMENTAL
    serializer_class: type[serializers.BaseSerializer[Model]] = StartedRunSerializer
    success_status = status.HTTP_202_ACCEPTED
    errors = {409: ServiceView.errors[409]}
    # What validates the parameters, which stand in the body or in the address; nothing else may be
    # asked for.
    body_serializer: type[serializers.Serializer[object]] | None = None
    takes_query = True

    def post(self, request: Request) -> Response:
        run = enqueue(sources[self.source], self.order(self.asked(request)), SyncRun.BegunBy.API)
        return Response(self.describe(run), status=status.HTTP_202_ACCEPTED)

    def asked(self, request: Request) -> dict[str, object]:
        """Return the parameters: those of the body, and for what it does not say those of the
        address. Raises ValidationError by name, also for unknown ones, which would else be ignored."""
        serializer_class = self.body_serializer or serializers.Serializer
        in_query = query_values(request, serializer_class)
        body = serializer_class(data=request.data)
        body.is_valid(raise_exception=True)
        given = {*request.data, *request.query_params} - {CSRF_FIELD}
        refuse_unknown(given, body.fields, UNKNOWN_PARAMETER)
        return {**in_query, **body.validated_data}

    def order(self, asked: dict[str, object]) -> SyncRequest:
        return SyncRequest(self.kind)

    def describe(self, run: SyncRun) -> dict[str, object]:
        return dict(self.serializer_class(run).data)


# A sync that is late by less than this is not missed.
TOLERANCE = timedelta(hours=1)


class RunFilter(serializers.Serializer[object]):
    source = serializers.ChoiceField(  # type: ignore[assignment]  # fields are taken off the class
        choices=[(name, title_of(name)) for name in [*sources, *file_sources]], required=False
    )
    kind = serializers.ChoiceField(choices=SyncRun.Kind.choices, required=False)
    status = serializers.ChoiceField(choices=SyncRun.Status.choices, required=False)


class Runs(ListMixin, generics.ListAPIView[SyncRun]):
    """The runs of all sources, also those of the schedule and of commands, the newest first."""

    queryset = SyncRun.objects.all()
    serializer_class = StartedRunSerializer
    query_serializers = (RunFilter,)
    keeps_to_domains = True

    def get_queryset(self) -> QuerySet[Any]:
        return runs_for(self.request)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = RunFilter(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return super().filter_queryset(queryset).filter(**asked.validated_data)


class Run(ApiView, generics.RetrieveAPIView[SyncRun]):
    """One run, and how it gets on."""

    queryset = SyncRun.objects.all()
    serializer_class = StartedRunSerializer
    keeps_to_domains = True

    def get_queryset(self) -> QuerySet[Any]:
        return runs_for(self.request)


def runs_for(request: Request) -> QuerySet[SyncRun]:
    """Return the runs of the sources that who asks may see."""
    runs = SyncRun.objects.all()
    if sees_all(request):
        return runs
    exports = [one.declaration.export_name for one in sources.values()]
    names = [*sources, *file_sources, *filter(None, exports)]
    return runs.filter(source__in=[one for one in names if opens(request, domain_of_source(one))])


class StopRun(generics.GenericAPIView[SyncRun]):
    """Ends a run that waits or is at work: at once where it waits, else between two requests. What was read stays."""

    permission_classes = (IsStaff,)
    queryset = SyncRun.objects.all()
    serializer_class = StartedRunSerializer

    @extend_schema(request=None, responses={200: StartedRunSerializer, 202: StartedRunSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Stop a run. 200 means that it has ended, 202 that it is about to."""
        run = self.get_object()
        stop(run.pk)
        run.refresh_from_db()
        status_code = status.HTTP_202_ACCEPTED if run.is_active else status.HTTP_200_OK
        return Response(self.get_serializer(run).data, status=status_code)


# --- Coverage -------------------------------------------------------------------------------------


class GapSerializer(serializers.Serializer[object]):
    """What was not read: from the beginning where `start` is null, until now where `end` is."""

    start = InstantField(allow_null=True)
    end = InstantField(allow_null=True)


class StreamCoverageSerializer(serializers.Serializer[object]):
    stream = serializers.CharField()
    verified_from = InstantField(allow_null=True)
    verified_to = InstantField(allow_null=True)
    whole_history = serializers.BooleanField()
    history_read_to = InstantField(
        allow_null=True, help_text="How far back an unfinished sync of the whole history has read."
    )
    rejected_items = serializers.IntegerField()
    gaps = GapSerializer(many=True)


class SourceCoverageSerializer(serializers.Serializer[object]):
    source = serializers.CharField()  # type: ignore[assignment]  # as above
    configured = serializers.BooleanField()
    last_success = InstantField(allow_null=True)
    streams = StreamCoverageSerializer(many=True)


class CoverageSerializer(serializers.Serializer[object]):
    sources = SourceCoverageSerializer(many=True)


class Coverage(ApiView):
    """How far each stream of each source is verified, and what is missing."""

    keeps_to_domains = True

    @extend_schema(responses=CoverageSerializer)
    def get(self, request: Request) -> Response:
        found = [one for one in coverage() if opens(request, domain_of_source(str(one["source"])))]
        return Response(CoverageSerializer({"sources": found}).data)


def coverage() -> list[dict[str, object]]:
    states = {(state.source, state.stream): state for state in SyncState.objects.all()}
    rejected = rejected_per_stream()
    successes = SyncRun.objects.last_success_per_source(sources)
    return [
        {
            "source": source.name,
            "configured": source.is_configured(),
            "last_success": successes.get(source.name),
            "streams": [
                stream_coverage(
                    source,
                    states.get((source.name, stream.name)) or SyncState(),
                    stream.name,
                    rejected.get((source.name, stream.name), 0),
                )
                for stream in source.streams
                if keeps_state(stream)
            ],
        }
        for source in sources.values()
    ]


def rejected_per_stream() -> dict[tuple[str, str], int]:
    counts = (
        RejectedItem.objects.pending()
        .order_by()
        .values_list("source", "stream")
        .annotate(Count("id"))
    )
    return {(source, stream): count for source, stream, count in counts}


def keeps_state(stream: Stream) -> bool:
    """Return whether a stretch of it is verified: a record that each run reads again, such as a
    profile, has none."""
    return bool(stream.window or stream.refresh_interval or stream.deletes_by_absence)


def stream_coverage(
    source: Source, state: SyncState, name: str, rejected: int
) -> dict[str, object]:
    return {
        "stream": name,
        "verified_from": state.verified_from,
        "verified_to": state.verified_to,
        "whole_history": state.whole_history,
        "history_read_to": state.full_from,
        "rejected_items": rejected,
        "gaps": gaps(source, state, timezone.now()),
    }


def gaps(source: Source, state: SyncState, now: datetime) -> list[dict[str, datetime | None]]:
    """Return what was not read. The time since the last sync is none as long as the next is not late."""
    if state.verified_from is None or state.verified_to is None:
        return [{"start": None, "end": None}]
    found: list[dict[str, datetime | None]] = []
    if not state.whole_history:
        found.append({"start": None, "end": state.verified_from})
    interval = timedelta(hours=settings.SYNC_HOURS.get(source.name) or 24)
    if state.verified_to < now - interval - TOLERANCE:
        found.append({"start": state.verified_to, "end": None})
    return found
