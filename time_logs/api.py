"""Time entries as JSON, and what they add up to."""

from __future__ import annotations

from itertools import islice
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.api import DateRange, RecordViewSet
from lifetracker.fields import TextField
from lifetracker.serializers import ComputedFlag, RecordSerializer, public_fields
from lifetracker.unknown import with_reason
from time_logs.models import GROUPS, TimeEntry


class TimeEntrySerializer(RecordSerializer):
    tags = serializers.ListField(child=TextField(max_length=255), required=False, default=list)
    running = ComputedFlag(lambda end: end is None, "end")

    class Meta:
        model = TimeEntry
        fields = (*public_fields(TimeEntry, "project_ref"), "running")
        read_only_fields = ("id", "source", "date", "duration", "updated_at")


class TimeEntries(RecordViewSet):
    queryset = TimeEntry.objects.live()
    serializer_class = TimeEntrySerializer


class Asked(serializers.Serializer[Any]):
    by = serializers.ChoiceField(choices=["day", *GROUPS], default="day")


class TotalSerializer(serializers.Serializer[Any]):
    """By what was asked for: `date`; `project` and `client`; `client`; or `tag`."""

    seconds = serializers.FloatField(min_value=0)
    date = serializers.DateField(required=False)
    project = serializers.CharField(required=False)
    client = serializers.CharField(required=False)
    tag = serializers.CharField(required=False)


class TotalsSerializer(serializers.Serializer[Any]):
    totals = TotalSerializer(many=True)
    running = TimeEntrySerializer(many=True)
    detail = serializers.CharField(
        required=False, help_text="Why nothing may only seem to be there."
    )


class OverlapSerializer(serializers.Serializer[Any]):
    first = TimeEntrySerializer()
    second = TimeEntrySerializer()
    seconds = serializers.FloatField(min_value=0)


class Totals(APIView):
    """Seconds by day, project, client or tag, split at the person's midnight, and what is running
    now, which is in no sum."""

    query_serializers = (DateRange, Asked)

    @extend_schema(responses=TotalsSerializer)
    def get(self, request: Request) -> Response:
        days = DateRange.of(request)
        asked = Asked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        running = TimeEntrySerializer(TimeEntry.objects.running().defer("raw"), many=True)
        totals = self.totals(asked.validated_data["by"], days)
        found = {"totals": totals, "running": running.data}
        return Response(found if totals else with_reason(found, TimeEntry, days.first))

    def totals(self, by: str, days: tuple[Any, Any]) -> list[dict[str, Any]]:
        if by == "day":
            per_day = TimeEntry.objects.all().per_day(*days)
            return [{"date": day, "seconds": seconds} for day, seconds in per_day.items()]
        found = TimeEntry.objects.all().per(by, *days)
        if by == "project":
            return [
                {"project": project, "client": client, "seconds": seconds}
                for (client, project), seconds in found.items()
            ]
        return [{by: name, "seconds": seconds} for name, seconds in found.items()]


# Each entry that nobody has stopped is on at the same time as all after it.
MOST_OVERLAPS = 1000


class Overlaps(APIView):
    """Pairs of entries that are on at the same time: at most the first thousand of the range."""

    query_serializers = (DateRange,)

    @extend_schema(responses=OverlapSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = TimeEntry.objects.all().overlaps(*DateRange.of(request))
        return Response(
            [
                {
                    "first": TimeEntrySerializer(pair.first).data,
                    "second": TimeEntrySerializer(pair.second).data,
                    "seconds": pair.seconds,
                }
                for pair in islice(found, MOST_OVERLAPS)
            ]
        )
