"""What WHOOP's records of a range of days come to, as JSON."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.lists import DateRange
from lifetracker.api.parameters import ApiView
from lifetracker.sync.coverage import with_reason
from whoop.models import WhoopRecovery
from whoop.summary import summary


class MetricSerializer(serializers.Serializer[object]):
    """Over the days that have a value; `change` is that of the average."""

    days = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True)
    minimum = serializers.FloatField(allow_null=True)
    maximum = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True)


class RecoveryBandsSerializer(serializers.Serializer[object]):
    """Days of each colour: red 0 to 33, yellow 34 to 66, green 67 to 100."""

    red = serializers.IntegerField(allow_null=True)
    yellow = serializers.IntegerField(allow_null=True)
    green = serializers.IntegerField(allow_null=True)


class RecoveryMetricSerializer(MetricSerializer):
    bands = RecoveryBandsSerializer()


class WorkoutsMetricSerializer(serializers.Serializer[object]):
    days = serializers.IntegerField(help_text="Number of days with a workout.")
    count = serializers.IntegerField(allow_null=True)
    count_change = serializers.IntegerField(allow_null=True)
    total_min = serializers.FloatField(allow_null=True)
    total_min_change = serializers.FloatField(allow_null=True)
    average_min = serializers.FloatField(allow_null=True, help_text="Average minutes of a workout.")
    minimum_min = serializers.FloatField(allow_null=True)
    maximum_min = serializers.FloatField(allow_null=True)
    total_calories = serializers.FloatField(
        allow_null=True, help_text="kcal; only days on which every workout is scored."
    )
    total_calories_change = serializers.FloatField(allow_null=True)


class WhoopMetricsSerializer(serializers.Serializer[object]):
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    previous_start_date = serializers.DateField()
    previous_end_date = serializers.DateField()
    recovery_score = RecoveryMetricSerializer(help_text="%")
    hrv_rmssd = MetricSerializer(help_text="ms")
    resting_heart_rate = MetricSerializer(help_text="bpm")
    total_sleep_hours = MetricSerializer(help_text="Hours; nights only.")
    sleep_performance = MetricSerializer(help_text="% of the sleep needed, nights only.")
    strain = MetricSerializer(help_text="0 to 21; only cycles that have ended.")
    calories = MetricSerializer(help_text="kcal; all energy of the day, not only workouts.")
    workouts = WorkoutsMetricSerializer()
    detail = serializers.CharField(
        required=False,
        help_text="Why records may be missing, such as a source that is not connected.",
    )


class Metrics(ApiView):
    """Averages, extremes and colours of the asked days, and the change against the days before."""

    query_serializers = (DateRange,)

    @extend_schema(responses=WhoopMetricsSerializer)
    def get(self, request: Request) -> Response:
        days = DateRange.of(request)
        found = summary(*days)
        has_values = any(part["days"] for part in found.values() if isinstance(part, dict))
        return Response(found if has_values else with_reason(found, WhoopRecovery, days.first))
