"""Weigh-ins as JSON, and what they say over time."""

from __future__ import annotations

from datetime import date

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.api.lists import DateRange, RecordViewSet
from lifetracker.api.serializers import ComputedFlag, RecordSerializer, public_fields
from lifetracker.days import FOUR_WEEKS, today
from lifetracker.sync.coverage import with_reason
from weight.models import AMBIGUOUS, WeighIn, slope_per_week


class WeighInSerializer(RecordSerializer):
    ambiguous = ComputedFlag(lambda attribution: attribution == AMBIGUOUS, "attribution")

    class Meta:
        model = WeighIn
        fields = (*public_fields(WeighIn), "ambiguous")
        read_only_fields = ("id", "source", "date", "attribution", "updated_at")


class WeighIns(RecordViewSet):
    queryset = WeighIn.objects.live()
    serializer_class = WeighInSerializer


class TrendDaySerializer(serializers.Serializer[object]):
    date = serializers.DateField()
    kg = serializers.FloatField(help_text="kg, measured")
    trend = serializers.FloatField(help_text="kg, smoothed")


class TrendSerializer(serializers.Serializer[object]):
    change_per_week = serializers.FloatField(
        allow_null=True, help_text="kg; null if there is not enough data."
    )
    days = TrendDaySerializer(many=True)
    detail = serializers.CharField(
        required=False,
        help_text="Why records may be missing, such as a source that is not connected.",
    )


class Trend(APIView):
    """The smoothed weight of the asked days, and the change per week of the last four weeks of
    them."""

    query_serializers = (DateRange,)

    @extend_schema(responses=TrendSerializer)
    def get(self, request: Request) -> Response:
        asked = DateRange.of(request)
        until = min(asked.last, today())
        # The change is of four weeks up to a point that may itself be nearly four weeks old.
        since = min(asked.first, until - 2 * FOUR_WEEKS)
        points = WeighIn.objects.all().trend_of(since, asked.last)
        change = slope_per_week(points, FOUR_WEEKS, until)
        shown: list[dict[str, date | float]] = [
            {"date": point.date, "kg": round(point.kg, 3), "trend": round(point.trend, 3)}
            for point in points
            if point.date >= asked.first
        ]
        found = {"change_per_week": None if change is None else round(change, 3), "days": shown}
        return Response(found if shown else with_reason(found, WeighIn, asked.first))
