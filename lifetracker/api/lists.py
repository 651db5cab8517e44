"""Lists of records by day, and single records: what the endpoints of every domain share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.db.models import Model, QuerySet
from django.urls import URLPattern, re_path
from rest_framework import generics, serializers, viewsets
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker import days
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import WrittenDayField, columns_of
from lifetracker.models import (
    MANUAL,
    SourceRecord,
)
from lifetracker.sync.coverage import why_unknown, with_reason
from lifetracker.words import title_of

PLAUSIBLE_DATE_VALIDATORS = [MinValueValidator(days.FIRST_DAY), MaxValueValidator(days.LAST_DAY)]


class Days(NamedTuple):
    """From `first` to `last`, both included."""

    first: date
    last: date


class DateRange(serializers.Serializer[object]):
    """`days` back from today (7), or `start_date` to `end_date`, both inclusive, by the person's
    day."""

    @classmethod
    def of(cls, request: Request) -> Days:
        """Return the days that a request asks for. Raises ValidationError, which names the parameter."""
        asked = cls(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return Days(asked.validated_data["start"], asked.validated_data["end"])

    days = serializers.IntegerField(
        min_value=1,
        max_value=36_500,
        default=7,
        help_text="Number of days up to `end_date`. Ignored if `start_date` is given.",
    )
    start_date = WrittenDayField(
        required=False,
        validators=PLAUSIBLE_DATE_VALIDATORS,
        help_text="The first day, inclusive, as YYYY-MM-DD.",
    )
    end_date = WrittenDayField(
        required=False,
        validators=PLAUSIBLE_DATE_VALIDATORS,
        help_text="The last day, inclusive, as YYYY-MM-DD. Default: today.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        end = attrs.get("end_date") or days.today()
        start = attrs.get("start_date") or end - timedelta(days=attrs["days"] - 1)
        if start > end:
            raise serializers.ValidationError(
                {"start_date": "The start date must not be after the end date."}
            )
        return {"start": start, "end": end}


class ListMixin(ApiView, generics.GenericAPIView[Any]):
    """Lists records from their columns, without an instance or a serializer's field for each: a list
    of a year costs little more than the statement that reads it."""

    is_paged = True

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
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


class LockedChanges(ApiView, viewsets.ModelViewSet[Any]):
    """Locks what is to be changed until it is: two that change one record come one after the other, each with what the
    other one wrote."""

    is_paged = True

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return rows if self.request.method in SAFE_METHODS else rows.select_for_update()

    @transaction.atomic
    def update(self, request: Request, *args: object, **kwargs: object) -> Response:
        return super().update(request, *args, **kwargs)

    @transaction.atomic
    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        return super().destroy(request, *args, **kwargs)


class RecordViewSet(DateRangeMixin, LockedChanges):
    """The records of a domain from all sources. Those typed in may be changed and deleted; what a
    service sent is changed at that service."""

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.detail else super().filter_queryset(queryset)

    def get_queryset(self) -> QuerySet[Model]:
        return super().get_queryset().defer("raw")

    def check_object_permissions(self, request: Request, obj: SourceRecord) -> None:
        super().check_object_permissions(request, obj)
        if request.method not in SAFE_METHODS and obj.source != MANUAL:
            raise PermissionDenied(
                f"This record comes from {title_of(obj.source)} and can only be changed there."
            )

    def perform_destroy(self, instance: SourceRecord) -> None:
        instance.mark_deleted()


def record_urls(prefix: str, viewset: type[RecordViewSet]) -> list[URLPattern]:
    """Return the routes: `prefix` for the list and for typing in, `prefix/<id>` for one record; with
    or without a slash at the end."""
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


class LatestView(ApiView, generics.RetrieveAPIView[SourceRecord]):
    """The newest record whose moment has come, by the model's own order."""

    def get_object(self) -> SourceRecord:
        records: Any = self.get_queryset()
        newest: SourceRecord | None = records.happened().defer("raw").first()
        if newest is None:
            raise not_found(records.model)
        return newest


def not_found(model: type[Model]) -> NotFound:
    """Return the error for a record that is not there, with the reason why it may only seem so."""
    return NotFound(f"The record does not exist. {why_unknown(model)}".strip())
