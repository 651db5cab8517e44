"""What every endpoint shares, and the endpoints that belong to no app: the health answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import QuerySet
from django_q.models import OrmQ
from rest_framework import generics, serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lifetracker import days
from lifetracker.models import RejectedItem, SyncRun, SyncState


class DateRange(serializers.Serializer[Any]):
    """`days` back from today (7), or `start_date` to `end_date`, both inclusive, by the person's
    day."""

    days = serializers.IntegerField(min_value=1, max_value=36_500, default=7)
    start_date = serializers.DateField(required=False)
    end_date = serializers.DateField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end = attrs.get("end_date") or days.today()
        try:
            start = attrs.get("start_date") or end - timedelta(days=attrs["days"] - 1)
        except OverflowError:
            raise serializers.ValidationError(
                {"days": "Goes back before the first year."}
            ) from None
        if start > end:
            raise serializers.ValidationError({"start_date": "Lies after the end of the range."})
        return {"date__gte": start, "date__lte": end}


class DateRangeMixin(generics.GenericAPIView[Any]):
    """Lists the records of the asked days."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = DateRange(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return super().filter_queryset(queryset).filter(**asked.validated_data)

    def paginate_queryset(self, queryset: Any) -> Any:
        try:
            return super().paginate_queryset(queryset)
        except NotFound as error:
            raise serializers.ValidationError({"page": error.detail}) from None


class LatestView(generics.RetrieveAPIView[Any]):
    """The newest record, by the model's own order."""

    def get_object(self) -> Any:
        return generics.get_object_or_404(self.get_queryset()[:1])


class SyncRunSerializer(serializers.ModelSerializer[SyncRun]):
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


class SyncStateSerializer(serializers.ModelSerializer[SyncState]):
    class Meta:
        model = SyncState
        fields = ("stream", "verified_from", "verified_to", "whole_history")


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


class HealthView(APIView):
    """For monitors: open to all, and without a personal value."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        answer: dict[str, Any] = {"status": "ok", "version": settings.VERSION}
        try:
            answer["last_success"] = SyncRun.objects.last_success_per_source()
            answer["queue"] = {"waiting": OrmQ.objects.count()}
        except DatabaseError:
            return Response(
                answer | {"status": "error", "database": "not reachable"},
                status=status.HTTP_503_SERVICE_UNAVAILABLE,
            )
        return Response(answer | {"database": "ok"})
