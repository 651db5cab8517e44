"""Weigh-ins as JSON, and what they say over time."""

from __future__ import annotations

from datetime import date, timedelta

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.lists import DateRange, RecordViewSet
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import ComputedFlag, RecordSerializer, public_fields
from lifetracker.days import FOUR_WEEKS, days_from, today
from lifetracker.sync.coverage import with_reason
from weight.forecast import FARTHEST_DAYS, LEAST_DAYS, LEAST_SPAN, SLOPE_DAYS, Line, line_of
from weight.models import AMBIGUOUS, WeighIn, counts, slope_per_week


class WeighInSerializer(RecordSerializer):
    ambiguous = ComputedFlag(
        lambda attribution: attribution == AMBIGUOUS,
        "attribution",
        help_text="True if Withings is not sure whose it is. `is_mine` has what you said of it.",
    )
    counted = ComputedFlag(
        counts,
        "attribution",
        "is_mine",
        help_text="Whether it is surely yours. Others are in no trend, metric or goal.",
    )

    class Meta:
        model = WeighIn
        fields = (*public_fields(WeighIn), "ambiguous", "counted")
        read_only_fields = ("id", "source", "date", "attribution", "is_mine", "updated_at")


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


class Trend(ApiView):
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


# --- Forecast -------------------------------------------------------------------------------------

TOO_FEW = (
    f"A forecast needs weigh-ins on {LEAST_DAYS} of the last {SLOPE_DAYS} days, the first and the last of which are at "
    f"least {LEAST_SPAN} days apart."
)
NO_DATE = "At the present rate no date can be given for the target."


class ForecastQuery(serializers.Serializer[object]):
    """The target of a forecast."""

    target = serializers.FloatField(
        required=False, min_value=0.5, max_value=999, help_text="kg: returns when it is reached."
    )


class ForecastDaySerializer(serializers.Serializer[object]):
    """What is expected on a day. 90 of 100 lie between the low and the high values."""

    date = serializers.DateField()
    kg = serializers.FloatField(help_text="kg, the best guess")
    low = serializers.FloatField(help_text="kg, of the line")
    high = serializers.FloatField(help_text="kg, of the line")
    weigh_in_low = serializers.FloatField(help_text="kg, of a single weigh-in")
    weigh_in_high = serializers.FloatField(help_text="kg, of a single weigh-in")


class TargetSerializer(serializers.Serializer[object]):
    """When a target is reached, with the steepest, the likeliest and the flattest slope of the band of 90 %."""

    kg = serializers.FloatField(help_text="kg")
    soonest = serializers.DateField()
    likely = serializers.DateField()
    latest = serializers.DateField()


class ForecastSerializer(serializers.Serializer[object]):
    known_days = serializers.IntegerField(help_text="Days with a weigh-in, of the last 28.")
    slope_per_week = serializers.FloatField(
        allow_null=True, help_text="kg; null if there is not enough data."
    )
    slope_error_per_week = serializers.FloatField(
        allow_null=True, help_text="kg, the standard error of the slope"
    )
    days = ForecastDaySerializer(many=True, help_text="Today and each week of the next eight.")
    target = TargetSerializer(
        allow_null=True, help_text="Null without a target, and where no date can be given."
    )
    detail = serializers.CharField(required=False, help_text="Why there is no forecast or date.")


class ForecastView(ApiView):
    """Where the weight goes, by the weigh-ins of the last four weeks: the slope, a forecast of eight weeks with its
    band, and the date of a target."""

    query_serializers = (ForecastQuery,)

    @extend_schema(responses=ForecastSerializer)
    def get(self, request: Request) -> Response:
        asked = ForecastQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        last = today()
        days = days_from(last - timedelta(days=SLOPE_DAYS - 1), last)
        known = WeighIn.objects.all().first_of_days(days[0], last)
        line = line_of([known.get(day) for day in days])
        found = {
            "known_days": len(known),
            "slope_per_week": round(line.slope * 7, 3) if line else None,
            "slope_error_per_week": round(line.error * 7, 3) if line else None,
            "days": forecast_days(line, last) if line else [],
            "target": None,
        }
        if line is None:
            return Response({**found, "detail": TOO_FEW})
        return Response({**found, **reached(line, last, asked.validated_data.get("target"))})


def forecast_days(line: Line, last: date) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for ahead in range(0, FARTHEST_DAYS + 1, 7):
        at = line.at(ahead)
        numbers = (at.kg, *at.within(at.mean_error), *at.within(at.weigh_in_error))
        names = ("kg", "low", "high", "weigh_in_low", "weigh_in_high")
        kilograms = {name: round(kg, 2) for name, kg in zip(names, numbers, strict=True)}
        found.append({"date": last + timedelta(days=ahead), **kilograms})
    return found


def reached(line: Line, last: date, target: float | None) -> dict[str, object]:
    """Return when a target is reached, or why that is not said; nothing where there is none."""
    if target is None:
        return {}
    until = line.days_until(target)
    if until is None:
        return {"detail": NO_DATE}
    dates = {name: last + timedelta(days=ahead) for name, ahead in until._asdict().items()}
    return {"target": {"kg": target, **dates}}
