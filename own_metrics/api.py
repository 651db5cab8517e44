"""Own metrics and their values as JSON."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.fields import WholeField
from lifetracker.api.lists import DateRange, RecordViewSet
from lifetracker.api.serializers import RecordSerializer, public_fields
from own_metrics.models import OwnMetric, OwnValue

NO_METRIC = "The own metric does not exist, or it is deleted."


class OwnMetricSerializer(RecordSerializer):
    class Meta:
        model = OwnMetric
        fields = ("id", "source", "name", "unit", "decimals", "per_day", "better", "updated_at")
        read_only_fields = ("id", "source", "updated_at")


class OwnMetrics(RecordViewSet):
    """Own metrics, which have no day."""

    queryset = OwnMetric.objects.live()
    serializer_class = OwnMetricSerializer
    query_serializers = ()  # type: ignore[assignment]  # none of days

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.detail else queryset.order_by("folded_name", "pk")

    def first_day(self, request: Request) -> None:
        return None

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List your own metrics by name. The value of each day is that of the metric `own.<id>`."""
        return super().list(request, *args, **kwargs)

    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Delete a metric of your own. Its values are kept, and come back when it is brought back on its page."""
        return super().destroy(request, *args, **kwargs)


class OwnValueSerializer(RecordSerializer):
    metric = WholeField(source="metric_id", min_value=1, help_text="The id of an own metric.")

    class Meta:
        model = OwnValue
        fields = public_fields(OwnValue)
        read_only_fields = ("id", "source", "file_name", "updated_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = attrs.get("metric_id")
        if wanted and not OwnMetric.objects.live().filter(pk=wanted).exists():
            raise serializers.ValidationError({"metric": [NO_METRIC]})
        return super().validate(attrs)


class ValueQuery(serializers.Serializer[object]):
    metric = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="The id of an own metric."
    )


class OwnValues(RecordViewSet):
    """Values of own metrics that are not deleted."""

    queryset = OwnValue.objects.live().filter(metric__deleted_at=None)
    serializer_class = OwnValueSerializer
    query_serializers = (DateRange, ValueQuery)  # type: ignore[assignment]  # one more

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the values of the requested days, newest first. A day without one is unknown."""
        return super().list(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().filter_queryset(queryset)
        if self.detail:
            return rows
        asked = ValueQuery(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data.get("metric")
        return rows.filter(metric=wanted) if wanted else rows
