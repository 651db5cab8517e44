"""Meals and days as JSON. Everything is changed through `nutrition.diary`, as on the pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker import days
from lifetracker.api.fields import BY_COLUMN, FlagField
from lifetracker.api.lists import PLAUSIBLE_DATE_VALIDATORS, RecordViewSet
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import (
    InstantField,
    RecordSerializer,
    RefusesUnknown,
    WrittenDayField,
    public_fields,
)
from lifetracker.sync.coverage import with_reason
from nutrition import diary
from nutrition.api_fields import (
    EatenSerializer,
    total_as_json,
)
from nutrition.diary import Wanted
from nutrition.items_api import (
    ItemSerializer,
    NewItemSerializer,
    done,
    require_typed_in,
)
from nutrition.models import (
    CompleteDay,
    Meal,
    MealItem,
)
from nutrition.nutrients import total_of_day

MOST_ITEMS = 100

# --- Meals ----------------------------------------------------------------------------------------


class MealSerializer(RecordSerializer):
    items = ItemSerializer(many=True, read_only=True, help_text="In the order of the page.")
    total = EatenSerializer(read_only=True)

    class Meta:
        model = Meal
        fields = (*public_fields(Meal), "items", "total")
        read_only_fields = ("id", "source", "date", "is_time_known", "updated_at")


class NewMealSerializer(RefusesUnknown, serializers.ModelSerializer[Meal]):
    serializer_field_mapping = BY_COLUMN
    eaten_at = InstantField(required=False, help_text="Default: now.")
    kind = serializers.ChoiceField(
        choices=Meal.Kind.choices, required=False, help_text="Default: by the hour."
    )
    items = serializers.ListField(child=NewItemSerializer(), min_length=1, max_length=MOST_ITEMS)

    class Meta:
        model = Meal
        fields = ("eaten_at", "kind", "note", "utc_offset_min", "items")


class Meals(RecordViewSet):
    """Meals."""

    queryset = Meal.objects.live().prefetch_related(
        Prefetch("items", MealItem.objects.live().order_by("position", "pk"))
    )
    serializer_class = MealSerializer

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the meals of the requested days with their items, newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or ()
        answer = self.get_paginated_response(self.get_serializer(page, many=True).data)
        if not answer.data["count"]:
            answer.data = with_reason(answer.data, Meal, self.first_day(request))
        return answer

    @extend_schema(request=NewMealSerializer, responses={201: MealSerializer})
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Create a meal with its items. They keep the values that their foods have now."""
        asked = NewMealSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        wanted: Iterable[Wanted] = values.pop("items")
        moment: datetime = values.setdefault("eaten_at", timezone.now())
        values.setdefault("kind", diary.kind_at(moment))
        meal = done(lambda: diary.new_meal(Meal(**values), wanted))
        found = self.get_serializer(self.get_queryset().get(pk=meal.pk)).data
        return Response(found, status=status.HTTP_201_CREATED)

    def update(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Change when a meal was, its kind and its note. Its items have addresses of their own."""
        return super().update(request, *args, **kwargs)

    def partial_update(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Change when a meal was, its kind or its note. Its items have addresses of their own."""
        return super().partial_update(request, *args, **kwargs)

    def destroy(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Delete a meal. It can be restored."""
        return super().destroy(request, *args, **kwargs)


class RestoreMeal(ApiView, generics.GenericAPIView[Any]):
    """Brings a deleted meal back, with what was in it."""

    queryset = Meal.objects.all()
    serializer_class = MealSerializer
    body_serializer = None

    @extend_schema(request=None, responses=MealSerializer)
    def post(self, request: Request, pk: str) -> Response:
        meal = self.get_object()
        require_typed_in(meal)
        done(lambda: diary.restore_meal(meal.pk))
        return Response(MealSerializer(Meals.queryset.all().get(pk=meal.pk)).data)


# --- Days -----------------------------------------------------------------------------------------


class CompleteSerializer(RefusesUnknown):
    complete = FlagField(help_text="Whether everything eaten on this day is written down.")


class EatenDaySerializer(serializers.Serializer[object]):
    date = serializers.DateField()
    complete = serializers.BooleanField(
        help_text="Whether everything eaten is written down. Only such days enter averages."
    )
    meals = MealSerializer(many=True, help_text="In the order in which they were eaten.")
    total = EatenSerializer(
        help_text="Of all meals: on a day that is not complete, so far. Without a meal it is 0 today and on a complete day, "
        "and unknown on any other."
    )


class PathDay(serializers.Serializer[object]):
    date = WrittenDayField(validators=PLAUSIBLE_DATE_VALIDATORS)


DATE = OpenApiParameter("date", OpenApiTypes.DATE, OpenApiParameter.PATH)


class OneDay(ApiView):
    """What was eaten on a day."""

    @extend_schema(parameters=[DATE], responses=EatenDaySerializer)
    def get(self, request: Request, date: str) -> Response:
        """Return the meals of a day, what they come to, and whether it is complete."""
        return Response(self.answer(day_in_path(date)))

    @extend_schema(parameters=[DATE], request=CompleteSerializer, responses=EatenDaySerializer)
    def put(self, request: Request, date: str) -> Response:
        """Say whether everything eaten on a day is written down. A complete day without a meal was a day of fasting."""
        found = day_in_path(date)
        asked = CompleteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        change = diary.mark_complete if asked.validated_data["complete"] else diary.unmark_complete
        try:
            change(found)
        except ValidationError as error:
            raise serializers.ValidationError({"complete": error.messages}) from None
        return Response(self.answer(found))

    def answer(self, day: date) -> dict[str, object]:
        meals = list(Meal.objects.all().of_day(day))
        is_complete = CompleteDay.objects.filter(date=day).exists()
        total = total_of_day(
            (meal.total for meal in meals), is_complete=is_complete, is_today=day == days.today()
        )
        return {
            "date": day,
            "complete": is_complete,
            "meals": MealSerializer(meals, many=True).data,
            "total": total_as_json(total),
        }


def day_in_path(text: str) -> date:
    asked = PathDay(data={"date": text})
    asked.is_valid(raise_exception=True)
    found: date = asked.validated_data["date"]
    return found
