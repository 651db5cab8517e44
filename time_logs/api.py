"""Time entries as JSON, and what they add up to."""

from __future__ import annotations

from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.fields import TextField
from lifetracker.api.lists import DateRange, RecordViewSet
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import ComputedFlag, RecordSerializer, public_fields
from lifetracker.sync.coverage import with_reason
from projects.query import OwnerProjectQuery, condition_of, entries_of, seconds_by_project
from time_logs.models import TimeEntry


class TimeEntrySerializer(RecordSerializer):
    tags = serializers.ListField(child=TextField(max_length=255), required=False, default=list)
    running = ComputedFlag(lambda end: end is None, "end")

    class Meta:
        model = TimeEntry
        fields = (*public_fields(TimeEntry, "project_ref", "tag_refs"), "running")
        read_only_fields = ("id", "source", "date", "duration", "updated_at")


class TimeEntries(RecordViewSet):
    queryset = TimeEntry.objects.live()
    serializer_class = TimeEntrySerializer
    query_serializers = (DateRange, OwnerProjectQuery)  # type: ignore[assignment]  # one more

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        return rows if self.detail else entries_of(rows, OwnerProjectQuery.of(self.request))


OWNER_PROJECT = "owner_project"


class Asked(OwnerProjectQuery):
    by = serializers.ChoiceField(
        choices=["day", "project", "client", "tag", OWNER_PROJECT], default="day"
    )


class TotalSerializer(serializers.Serializer[object]):
    """By what was asked for: `date`; `project` and `client`; `client`; `tag`; or `owner_project` and `name`."""

    seconds = serializers.FloatField(min_value=0)
    date = serializers.DateField(required=False)
    project = serializers.CharField(required=False)
    client = serializers.CharField(required=False)
    tag = serializers.CharField(required=False)
    owner_project = serializers.IntegerField(
        required=False, allow_null=True, help_text="The id; null for what belongs to no project."
    )
    name = serializers.CharField(required=False)


class TotalsSerializer(serializers.Serializer[object]):
    totals = TotalSerializer(many=True)
    running = TimeEntrySerializer(many=True)
    detail = serializers.CharField(
        required=False,
        help_text="Why records may be missing, such as a source that is not connected.",
    )


class OverlapSerializer(serializers.Serializer[object]):
    first = TimeEntrySerializer()
    second = TimeEntrySerializer()
    seconds = serializers.FloatField(min_value=0)


class Totals(ApiView):
    """Return the seconds per day, project, client, tag or owner's project, split at local midnight. The running entry is listed apart
    and not counted."""

    query_serializers = (DateRange, Asked)

    @extend_schema(responses=TotalsSerializer)
    def get(self, request: Request) -> Response:
        days = DateRange.of(request)
        asked = Asked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        running = TimeEntrySerializer(TimeEntry.objects.running().defer("raw"), many=True)
        owner_project = str(asked.validated_data.get(OWNER_PROJECT, ""))
        totals = self.totals(asked.validated_data["by"], days, owner_project)
        found = {"totals": totals, "running": running.data}
        return Response(found if totals else with_reason(found, TimeEntry, days.first))

    def totals(
        self, by: str, days: tuple[date, date], owner_project: str
    ) -> list[dict[str, object]]:
        if by == OWNER_PROJECT:
            return seconds_by_project(*days, owner_project)
        if by == "day":
            only = condition_of(owner_project)
            per_day = TimeEntry.objects.all().per_day_and_running(*days, only)[0]
            return [{"date": day, "seconds": seconds} for day, seconds in per_day.items()]
        found = entries_of(TimeEntry.objects.all(), owner_project).per(by, *days)
        if by == "project":
            return [
                {"project": project, "client": client, "seconds": seconds}
                for (client, project), seconds in found.items()
            ]
        return [{by: name, "seconds": seconds} for name, seconds in found.items()]


# Each entry that nobody has stopped is on at the same time as all after it.
MOST_OVERLAPS = 1000


class Overlaps(ApiView):
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
