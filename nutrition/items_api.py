"""What is in a meal, as JSON: adding, changing, deleting, restoring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.fields import FlagField, NumberField, TextField, WholeField
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import (
    InstantField,
    RefusesUnknown,
)
from lifetracker.models import MANUAL
from lifetracker.words import title_of
from nutrition import diary
from nutrition.api_fields import (
    NUTRIENT_FIELDS,
    FurtherField,
    NamesField,
    refused,
)
from nutrition.diary import Wanted
from nutrition.entry_line import wanted
from nutrition.foods_api import food_with
from nutrition.models import (
    LEAST_OF_AN_ITEM,
    MOST_KCAL_OF_AN_ITEM,
    MOST_OF_AN_ITEM,
    Meal,
    MealItem,
)
from nutrition.numbered_names import read_for, read_named
from nutrition.offers import fitting_foods

MOST_ITEMS = 100

NOT_STORED = "No food is stored that has this name or bar code."

# --- Items ----------------------------------------------------------------------------------------


class ItemSerializer(serializers.ModelSerializer[MealItem]):
    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping
    food = serializers.IntegerField(
        source="food_id",
        allow_null=True,
        read_only=True,
        help_text="The id of the food; null for energy alone, and where the food is gone.",
    )
    meal = serializers.IntegerField(source="meal_id", read_only=True, help_text="Its id.")
    further = FurtherField(read_only=True)
    at_least = NamesField(help_text="The nutrients of which a part is unknown.")
    updated_at = InstantField(read_only=True)

    class Meta:
        model = MealItem
        fields = (
            *("id", "meal", "food", "name", "amount", "unit", "size", *NUTRIENT_FIELDS),
            "updated_at",
        )
        read_only_fields = fields


class NewItemSerializer(RefusesUnknown):
    """So much of a food; or a `text` such as `200 g skyr`, as on the page; or a `name` with its energy alone."""

    food = WholeField(required=False, min_value=1, help_text="The id of a food.")
    amount = NumberField(
        required=False,
        min_value=LEAST_OF_AN_ITEM,
        max_value=MOST_OF_AN_ITEM,
        help_text="Of a food, in the unit beside it.",
    )
    unit = TextField(
        required=False,
        max_length=40,
        help_text="g, ml or the name of a serving. Default: the measure of the food.",
    )
    name = TextField(required=False, max_length=400, help_text="What it was, without a food.")
    kcal = NumberField(
        required=False, min_value=0, max_value=MOST_KCAL_OF_AN_ITEM, help_text="Unit: kcal."
    )
    text = TextField(
        required=False,
        max_length=300,
        help_text="Such as `200 g skyr`, `350 kcal pizza` or a bar code. Without an amount: as much as the last time.",
    )

    def validate(self, attrs: dict[str, Any]) -> Wanted:
        given = set(attrs)
        if given == {"text"}:
            return wanted_by(attrs["text"])
        if given == {"name", "kcal"}:
            return Wanted(name=attrs["name"], kcal=attrs["kcal"])
        if {"food", "amount"} <= given <= {"food", "amount", "unit"}:
            food = food_with(attrs["food"])
            return Wanted(food, attrs["amount"], attrs.get("unit", food.measure))
        raise serializers.ValidationError("Give food and amount, or name and kcal, or text alone.")


def wanted_by(text: str) -> Wanted:
    """Return what a line means: of several foods, the one that the page would offer first. Raises the API's ValidationError."""
    try:
        line = read_named(text)
        if line.kcal is not None and line.amount is None:
            return Wanted(name=line.name, kcal=line.kcal)
        found = fitting_foods(text, line, timezone.now(), most=1)
        if not found:
            raise serializers.ValidationError({"text": [NOT_STORED]})
        food = found[0].food
        return wanted(read_for(text, food), food)
    except ValidationError as error:
        raise serializers.ValidationError({"text": error.messages}) from None


class ItemChangeSerializer(RefusesUnknown):
    """Another amount, or the values that its food has by now. What is left out stays."""

    amount = NumberField(
        required=False,
        min_value=LEAST_OF_AN_ITEM,
        max_value=MOST_OF_AN_ITEM,
        help_text="In the unit beside it.",
    )
    unit = TextField(required=False, max_length=40, help_text="g, ml or the name of a serving.")
    new_values = FlagField(
        required=False,
        help_text="Set to true to take over the values that its food has now. Without it they stay.",
    )


class MealItems(ApiView):
    """Adds to a meal."""

    @extend_schema(request=NewItemSerializer, responses={201: ItemSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Add an item to a meal. It keeps the values that its food has now."""
        meal = typed_in_meal(pk)
        asked = NewItemSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        (item,) = done(lambda: diary.put_into(meal, [asked.validated_data]))
        return Response(ItemSerializer(item).data, status=status.HTTP_201_CREATED)


def typed_in_meal(pk: str) -> Meal:
    meal: Meal | None = Meal.objects.live().filter(pk=pk).defer("raw").first()
    if meal is None:
        raise NotFound("The record does not exist.")
    require_typed_in(meal)
    return meal


def require_typed_in(meal: Meal) -> None:
    if meal.source != MANUAL:
        raise PermissionDenied(
            f"This record comes from {title_of(meal.source)} and can only be changed there."
        )


def done(change: Callable[[], Any]) -> Any:
    """Return what a change of the diary returns. Raises the API's errors."""
    try:
        return change()
    except ValidationError as error:
        raise refused(error) from None
    except (Meal.DoesNotExist, MealItem.DoesNotExist):
        raise NotFound("The record does not exist.") from None


class Item(ApiView, generics.GenericAPIView[MealItem]):
    """One item of a meal."""

    queryset = MealItem.objects.live().filter(meal__deleted_at=None).select_related("meal")
    serializer_class = ItemSerializer

    def check_object_permissions(self, request: Request, obj: MealItem) -> None:
        super().check_object_permissions(request, obj)
        if request.method not in SAFE_METHODS:
            require_typed_in(obj.meal)

    @extend_schema(responses=ItemSerializer)
    def get(self, request: Request, pk: str) -> Response:
        """Return one item of a meal."""
        return Response(ItemSerializer(self.get_object()).data)

    @extend_schema(request=ItemChangeSerializer, responses=ItemSerializer)
    def patch(self, request: Request, pk: str) -> Response:
        """Change how much of something was eaten: its values grow with it. Or take over the values that its food has by
        now."""
        item = self.get_object()
        asked = ItemChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = asked.validated_data
        if "amount" in found or "unit" in found:
            amount, unit = found.get("amount", item.amount), found.get("unit", item.unit)
            item = done(lambda: diary.resize(item.pk, amount, unit))
        if found.get("new_values"):
            item = done(lambda: diary.take_new_values(item.pk))
        return Response(ItemSerializer(item).data)

    def delete(self, request: Request, pk: str) -> Response:
        """Delete an item, and its meal once nothing is left of it. It can be restored."""
        done(lambda: diary.remove(self.get_object().pk))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RestoreItem(ApiView, generics.GenericAPIView[MealItem]):
    """Brings a deleted item back, and its meal with it."""

    queryset = MealItem.objects.all()
    serializer_class = ItemSerializer
    body_serializer = None

    @extend_schema(request=None, responses=ItemSerializer)
    def post(self, request: Request, pk: str) -> Response:
        item = self.get_object()
        if item.deleted_at:
            item = done(lambda: diary.restore(item.pk))
        return Response(ItemSerializer(item).data)
