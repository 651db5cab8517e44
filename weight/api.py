"""Weigh-ins as JSON, and what they say over time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker.api import DateRange, RecordViewSet
from lifetracker.days import today
from lifetracker.serializers import ComputedFlag, RecordSerializer, public_fields
from lifetracker.unknown import with_reason
from weight.models import AMBIGUOUS, WeighIn, slope_per_week

FOUR_WEEKS = timedelta(weeks=4)


class WeighInSerializer(RecordSerializer):
    ambiguous = ComputedFlag(lambda attribution: attribution == AMBIGUOUS, "attribution")

    class Meta:
        model = WeighIn
        fields = (*public_fields(WeighIn), "ambiguous")
        read_only_fields = ("id", "source", "date", "attribution", "updated_at")


class WeighIns(RecordViewSet):
    queryset = WeighIn.objects.live()
    serializer_class = WeighInSerializer


class TrendDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    kg = serializers.FloatField(help_text="kg, as weighed")
    trend = serializers.FloatField(help_text="kg, smoothed")


class TrendSerializer(serializers.Serializer[Any]):
    change_per_week = serializers.FloatField(
        allow_null=True, help_text="kg; null where there is too little to tell it from."
    )
    days = TrendDaySerializer(many=True)
    detail = serializers.CharField(
        required=False, help_text="Why nothing may only seem to be there."
    )


class Trend(APIView):
    """The smoothed weight of the asked days, and the change per week of the last four weeks of
    them."""

    query_serializers = (DateRange,)

    @extend_schema(responses=TrendSerializer)
    def get(self, request: Request) -> Response:
        asked = DateRange.of(request)
        points = [point for point in WeighIn.objects.all().trend() if point.date <= asked.last]
        change = slope_per_week(points, FOUR_WEEKS, min(asked.last, today()))
        shown: list[dict[str, Any]] = [
            {"date": point.date, "kg": round(point.kg, 3), "trend": round(point.trend, 3)}
            for point in points
            if point.date >= asked.first
        ]
        found = {"change_per_week": None if change is None else round(change, 3), "days": shown}
        return Response(found if shown else with_reason(found, WeighIn, asked.first))
