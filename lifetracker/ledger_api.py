"""The books of the sync as JSON: the runs of all sources, and what is verified of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.api import ListMixin, StartedRunSerializer
from lifetracker.models import RejectedItem, SyncRun, SyncState
from lifetracker.serializers import InstantField
from lifetracker.streams import Source, Stream, sources

# A sync that is late by less than this is not missed.
TOLERANCE = timedelta(hours=1)


class RunFilter(serializers.Serializer[Any]):
    source = serializers.ChoiceField(  # type: ignore[assignment]  # fields are taken off the class
        choices=list(sources), required=False
    )
    kind = serializers.ChoiceField(choices=SyncRun.Kind.choices, required=False)
    status = serializers.ChoiceField(choices=SyncRun.Status.choices, required=False)


class Runs(ListMixin, generics.ListAPIView[Any]):
    """The runs of all sources, also those of the schedule and of commands, the newest first."""

    queryset = SyncRun.objects.all()
    serializer_class = StartedRunSerializer
    query_serializers = (RunFilter,)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = RunFilter(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return super().filter_queryset(queryset).filter(**asked.validated_data)


class Run(generics.RetrieveAPIView[Any]):
    """One run, and how it gets on."""

    queryset = SyncRun.objects.all()
    serializer_class = StartedRunSerializer


# --- Coverage -------------------------------------------------------------------------------------


class GapSerializer(serializers.Serializer[Any]):
    """What was not read: from the beginning where `start` is null, until now where `end` is."""

    start = InstantField(allow_null=True)
    end = InstantField(allow_null=True)


class StreamCoverageSerializer(serializers.Serializer[Any]):
    stream = serializers.CharField()
    verified_from = InstantField(allow_null=True)
    verified_to = InstantField(allow_null=True)
    whole_history = serializers.BooleanField()
    history_read_to = InstantField(
        allow_null=True, help_text="How far back an unfinished pass over the history has come."
    )
    rejected_items = serializers.IntegerField()
    gaps = GapSerializer(many=True)


class SourceCoverageSerializer(serializers.Serializer[Any]):
    source = serializers.CharField()  # type: ignore[assignment]  # as above
    configured = serializers.BooleanField()
    last_success = InstantField(allow_null=True)
    streams = StreamCoverageSerializer(many=True)


class CoverageSerializer(serializers.Serializer[Any]):
    sources = SourceCoverageSerializer(many=True)


class Coverage(APIView):
    """How far each stream of each source is verified, and what is missing."""

    @extend_schema(responses=CoverageSerializer)
    def get(self, request: Request) -> Response:
        return Response(CoverageSerializer({"sources": coverage()}).data)


def coverage() -> list[dict[str, Any]]:
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
    """A record that each run reads again, such as a profile, has no stretch that is verified."""
    return bool(stream.window or stream.every or stream.deletes_by_absence)


def stream_coverage(source: Source, state: SyncState, name: str, rejected: int) -> dict[str, Any]:
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
    """What was not read. The time since the last sync is none as long as the next is not late."""
    if state.verified_from is None or state.verified_to is None:
        return [{"start": None, "end": None}]
    found: list[dict[str, datetime | None]] = []
    if not state.whole_history:
        found.append({"start": None, "end": state.verified_from})
    interval = timedelta(hours=settings.SYNC_HOURS.get(source.name) or 24)
    if state.verified_to < now - interval - TOLERANCE:
        found.append({"start": state.verified_to, "end": None})
    return found
