"""Metrics as JSON: their list, their values, the records behind them, and everything of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any, ClassVar, NamedTuple

from django.db.models import Model
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, set_response_etag
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.authentication import limited_to, opens, sees_all
from lifetracker.api.index import Endpoints, class_of
from lifetracker.api.lists import (
    PLAUSIBLE_DATE_VALIDATORS,
    DateRange,
    DateRangeMixin,
    RecordViewSet,
)
from lifetracker.api.metric_answers import (
    ChartSerializer,
    MetricListSerializer,
    RangeOfMetricSerializer,
    RecordBehindSerializer,
    WholeDaySerializer,
)
from lifetracker.api.parameters import ApiView
from lifetracker.api.renderers import FastJSONRenderer
from lifetracker.api.serializers import WrittenDayField
from lifetracker.metrics.answers import chart_answer, day_answer, list_of_metrics, metric_answer
from lifetracker.metrics.buckets import Bucket
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.domains import domains_behind, is_beyond
from lifetracker.metrics.records import Record, records_behind
from lifetracker.metrics.registry import UnknownMetric, metric_of
from lifetracker.models import ApiToken

#: A range can have so many days, a hundred years of them, one answer so many metrics, and so many values.
MOST_DAYS, MOST_KEYS, MOST_VALUES = 36_525, 50, 500_000
NO_SUCH_METRIC = "There is no such metric."
UNCHANGED = "The answer is the one that `If-None-Match` names."


# --- An answer that the caller has already --------------------------------------------------------


class Conditional(ApiView):
    """Names each answer by its content, in `ETag`, and answers 304 to who has it already (`If-None-Match`).

    What an answer holds follows from records, marks, syncs, settings and the clock. It is made anew for each request,
    because nothing less tells for sure that it is the same: what a 304 saves is to send it.
    """

    renderer_classes = (FastJSONRenderer,)
    keeps_to_domains = True

    def finalize_response(self, request: Request, response: Any, *args: Any, **options: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **options)
        if answer.status_code == 200:
            answer.add_post_render_callback(partial(answer_if_changed, request))
        return answer


def answer_if_changed(request: Request, response: Response) -> HttpResponseBase | None:
    set_response_etag(response)
    return get_conditional_response(request._request, etag=response["ETag"], response=response)


IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `ETag` of an earlier answer.",
)


def describes(answer: Any, *parameters: Any, name: str = "") -> Callable[[Any], Any]:
    """Describe an answer that may be a 304. `name`: of the operation, where its address does not tell it from others."""
    return extend_schema(
        parameters=[*parameters, IF_NONE_MATCH],
        responses={200: answer, 304: OpenApiResponse(description=UNCHANGED)},
        operation_id=name or None,
    )


# --- What is asked for ----------------------------------------------------------------------------


class MetricRange(DateRange):
    bucket = serializers.ChoiceField(
        choices=[one.value for one in Bucket],
        default=Bucket.DAY.value,
        help_text="What the days are put together to. Weeks begin on Monday.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = super().validate(attrs)
        if (asked["end"] - asked["start"]).days >= MOST_DAYS:
            raise serializers.ValidationError(
                {"start_date": f"A range can have at most {MOST_DAYS:,} days."}
            )
        return asked | {"bucket": Bucket(attrs["bucket"])}


class SeriesRange(MetricRange):
    keys = serializers.CharField(
        max_length=4000,
        help_text=f"The keys of up to {MOST_KEYS} metrics, separated by commas.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = super().validate(attrs)
        keys = list(dict.fromkeys(filter(None, map(str.strip, attrs["keys"].split(",")))))
        if not keys or len(keys) > MOST_KEYS:
            raise serializers.ValidationError(
                {"keys": f"Name between 1 and {MOST_KEYS} metrics, separated by commas."}
            )
        if ((asked["end"] - asked["start"]).days + 1) * len(keys) > MOST_VALUES:
            raise serializers.ValidationError(
                {
                    "keys": f"One answer can have at most {MOST_VALUES:,} values. Ask for fewer metrics or days."
                }
            )
        return asked | {"keys": keys}


class OneDay(serializers.Serializer[object]):
    date = WrittenDayField(validators=PLAUSIBLE_DATE_VALIDATORS)


def asked_by(request: Request, form: type[serializers.Serializer[object]]) -> dict[str, Any]:
    """Return the parameters. Raises ValidationError by name."""
    asked = form(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def metric_named(request: Request, key: str) -> Metric:
    """Return the metric. Raises NotFound, which names the key, and PermissionDenied for one of a domain that who asks
    may not see."""
    try:
        metric = metric_of(key)
    except UnknownMetric as error:
        # Whether another domain has such a metric or not is none of a token's business.
        if isinstance(request.auth, ApiToken) and is_beyond(key, partial(opens_all, request)):
            raise PermissionDenied(limited_to(request.auth)) from None
        raise NotFound(str(error)) from None
    if isinstance(request.auth, ApiToken) and not may_tell(request, metric):
        raise PermissionDenied(limited_to(request.auth))
    return metric


def may_tell(request: Request, metric: Metric) -> bool:
    return opens_all(request, domains_behind(metric))


def opens_all(request: Request, labels: Iterable[str]) -> bool:
    return all(opens(request, label) for label in labels)


# --- Views ----------------------------------------------------------------------------------------

NAMES_A_METRIC = {404: NO_SUCH_METRIC}


class Metrics(Conditional):
    """All metrics: a number per day each, with the days that are held."""

    @describes(MetricListSerializer, name="metrics_list")
    def get(self, request: Request) -> Response:
        return Response({"metrics": list_of_metrics(partial(may_tell, request))})


class OneMetric(Conditional):
    """The values of a metric by day, week or month, and why days are missing."""

    errors: ClassVar = NAMES_A_METRIC

    query_serializers = (MetricRange,)

    @describes(RangeOfMetricSerializer)
    def get(self, request: Request, key: str) -> Response:
        metric, asked = metric_named(request, key), asked_by(request, MetricRange)
        return Response(metric_answer(metric, asked["start"], asked["end"], asked["bucket"]))


class Charts(Conditional):
    """The values of several metrics as lists, for charts."""

    errors: ClassVar = NAMES_A_METRIC

    query_serializers = (SeriesRange,)

    @describes(ChartSerializer)
    def get(self, request: Request) -> Response:
        asked = asked_by(request, SeriesRange)
        chosen = [metric_named(request, key) for key in asked["keys"]]
        return Response(chart_answer(chosen, asked["start"], asked["end"], asked["bucket"]))


class Day(Conditional):
    """Every number of a day by domain, with what is usual and the records behind it."""

    @describes(
        WholeDaySerializer, OpenApiParameter("date", OpenApiTypes.DATE, OpenApiParameter.PATH)
    )
    def get(self, request: Request, date: str) -> Response:
        asked = OneDay(data={"date": date})
        asked.is_valid(raise_exception=True)
        answer = day_answer(asked.validated_data["date"], partial(may_tell, request))
        # Marks, such as those of an illness, are of no domain.
        return Response(answer if sees_all(request) else answer | {"marks": None})


class RecordsBehind(Conditional, generics.GenericAPIView[Any]):
    """The records that the value of a metric on a day was made of."""

    errors: ClassVar = NAMES_A_METRIC
    serializer_class = RecordBehindSerializer

    query_serializers = (OneDay,)
    is_paged = True

    @describes(RecordBehindSerializer(many=True))
    def get(self, request: Request, key: str) -> Response:
        found = records_behind(metric_named(request, key), asked_by(request, OneDay)["date"])
        page = self.paginate_queryset(found) or ()
        return self.get_paginated_response([record_answer(one) for one in page])


def record_answer(record: Record) -> dict[str, object]:
    place = places().get(record.model)
    return {
        "model": record.model._meta.label,
        "id": record.id,
        "source": record.source,
        "date": record.date,
        "address": place.address_of(record) if place else None,
    }


class Place(NamedTuple):
    """Where the API has the records of a model: one by one, or in a list by days."""

    path: str
    is_list: bool

    def address_of(self, record: Record) -> str:
        if self.is_list:
            return f"{self.path}?start_date={record.date}&end_date={record.date}"
        return f"{self.path}{record.id}"


@cache
def places() -> dict[type[Model], Place]:
    """Return where the records of each model are, as the views say: better one by one than in a list."""
    found: dict[type[Model], Place] = {}
    finder: Any = Endpoints()
    for path, _, method, view in finder.get_api_endpoints():
        kind: Any = class_of(view)
        if method != "GET" or not issubclass(kind, DateRangeMixin):
            continue
        model = kind.queryset.model._meta.concrete_model
        before, is_detail, _ = path.partition("{")
        if is_detail and issubclass(kind, RecordViewSet):
            found[model] = Place(before, is_list=False)
        else:
            found.setdefault(model, Place(path.rstrip("/"), is_list=True))
    return found
