"""Foods and recipes as JSON."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.api.fields import NumberField, TextField, WholeField
from lifetracker.api.lists import RecordViewSet
from lifetracker.api.parameters import ApiView
from lifetracker.api.serializers import RecordSerializer, RefusesUnknown
from lifetracker.models import SourceRecord
from nutrition.api_fields import (
    NUTRIENT_FIELDS,
    FurtherField,
    NamesField,
    ServingsField,
    refused,
)
from nutrition.food_search import FEWEST_LETTERS, search_foods
from nutrition.models import LEAST_OF_AN_ITEM, MOST_OF_AN_ITEM, FoodItem
from nutrition.online_foods import find_barcode
from nutrition.open_food_facts import Refused, Unavailable
from nutrition.recipes import Part, refuse_impossible, save_recipe

MOST_PARTS = 100
NO_FOOD = "The food does not exist, or it is deleted."


def food_with(pk: int) -> FoodItem:
    """Return a food. Raises the API's ValidationError."""
    food: FoodItem | None = FoodItem.objects.live().filter(pk=pk).first()
    if food is None:
        raise serializers.ValidationError({"food": [NO_FOOD]})
    return food


# --- Foods ----------------------------------------------------------------------------------------


class FoodSerializer(RecordSerializer):
    servings = ServingsField(required=False, help_text="The first is the usual one.")
    further = FurtherField(required=False, help_text='By name with unit: {"Vitamin C (mg)": 12}.')
    at_least = NamesField(help_text="Of a recipe: nutrients that one of its parts does not know.")
    doubts = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="What is unlikely of the values, such as energy that may be kJ.",
    )

    class Meta:
        model = FoodItem
        fields = (
            *("id", "source", "name", "brand", "barcode", "language", "measure", "servings"),
            *("is_recipe", *NUTRIENT_FIELDS, "doubts", "completeness", "popularity", "updated_at"),
        )
        read_only_fields = (
            *("id", "source", "is_recipe", "completeness", "popularity", "updated_at"),
        )


class ByName(RecordViewSet):
    """Foods, which have no day: the own ones by name."""

    query_serializers = ()  # type: ignore[assignment]  # none of days

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.detail else queryset.own().order_by("name", "pk")  # type: ignore[attr-defined]  # of foods

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or ()
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class Foods(ByName):
    """Foods."""

    queryset = FoodItem.objects.live()
    serializer_class = FoodSerializer

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List your own foods and recipes by name. Imported ones are found by the search and by their bar code. All
        values are per 100 g, or per 100 ml where `measure` is `ml`."""
        return super().list(request, *args, **kwargs)

    def check_object_permissions(self, request: Request, obj: SourceRecord) -> None:
        super().check_object_permissions(request, obj)
        if request.method not in SAFE_METHODS and getattr(obj, "is_recipe", False):
            raise PermissionDenied(
                f"This food is a recipe. Change it at /api/nutrition/recipes/{obj.pk}."
            )


class SearchQuery(serializers.Serializer[object]):
    q = serializers.CharField(
        min_length=FEWEST_LETTERS, max_length=200, help_text="Words of the name and the brand."
    )
    own = serializers.BooleanField(
        default=False, help_text="Set to true for foods and recipes that you typed in."
    )


class FoundSerializer(serializers.Serializer[object]):
    foods = FoodSerializer(many=True)


class Search(ApiView):
    """At most 20 stored foods by their names, your own first. Nothing is asked of Open Food Facts."""

    query_serializers = (SearchQuery,)

    @extend_schema(responses=FoundSerializer)
    def get(self, request: Request) -> Response:
        asked = SearchQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = search_foods(asked.validated_data["q"], own_only=asked.validated_data["own"])
        return Response(FoundSerializer({"foods": found}).data)


class NotReachable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE


class Barcode(ApiView):
    """The food with a bar code: your own, a stored one, or that of Open Food Facts, which is stored then."""

    get_starts = True
    errors = {
        404: "No food has this bar code, or what Open Food Facts has of it cannot be used. The answer says why.",
        503: "Open Food Facts cannot be asked. The answer says why.",
    }

    @extend_schema(responses=FoodSerializer)
    def get(self, request: Request, code: str) -> Response:
        try:
            food = find_barcode(code)
        except Refused as error:
            raise NotFound(str(error)) from None
        except Unavailable as error:
            raise NotReachable(str(error)) from None
        if food is None:
            raise NotFound("No food has this bar code. Enter the food yourself.")
        return Response(FoodSerializer(food).data)


# --- Recipes --------------------------------------------------------------------------------------


class PartSerializer(RefusesUnknown):
    food = WholeField(source="food_id", min_value=1, help_text="The id of a food.")
    name = serializers.CharField(source="food.name", read_only=True)
    amount = NumberField(
        min_value=LEAST_OF_AN_ITEM, max_value=MOST_OF_AN_ITEM, help_text="In the unit beside it."
    )
    unit = TextField(
        max_length=40,
        required=False,
        help_text="g, ml or the name of a serving. Default: the measure of the food.",
    )
    size = serializers.FloatField(read_only=True, help_text="The same. Unit: g or ml.")


class PartsField(serializers.ListField):
    def __init__(self, **options: Any) -> None:
        super().__init__(child=PartSerializer(), min_length=1, max_length=MOST_PARTS, **options)

    def get_attribute(self, instance: Any) -> Any:
        return instance.parts.all()


class RecipeSerializer(RecordSerializer):
    parts = PartsField()
    servings = ServingsField(read_only=True, help_text="One portion, if it says how many it makes.")
    further = FurtherField(read_only=True)
    at_least = NamesField(help_text="Nutrients that one of its parts does not know.")

    class Meta:
        model = FoodItem
        fields = (
            *("id", "source", "name", "measure", "yield_size", "portions", "parts", "servings"),
            *(*NUTRIENT_FIELDS, "updated_at"),
        )
        read_only_fields = ("id", "source", "measure", *NUTRIENT_FIELDS, "updated_at")

    def candidate(self, attrs: dict[str, Any]) -> Any:
        return super().candidate({name: one for name, one in attrs.items() if name != "parts"})

    def create(self, validated_data: dict[str, Any]) -> FoodItem:
        return self.store(FoodItem(is_recipe=True), validated_data)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> FoodItem:
        return self.store(instance, validated_data)

    @transaction.atomic
    def store(self, recipe: FoodItem, values: dict[str, Any]) -> FoodItem:
        """Store a recipe. Raises ValidationError for a unit or a sum that is not known."""
        given = values.pop("parts", None)
        for name, value in values.items():
            setattr(recipe, name, value)
        try:
            if given is None:
                recipe.follow_parts()
                refuse_impossible(recipe)
            else:
                save_recipe(recipe, [part_of(one) for one in given])
        except ValidationError as error:
            raise refused(error) from None
        stored: FoodItem = FoodItem.objects.get(pk=recipe.pk)
        return stored


def part_of(given: dict[str, Any]) -> Part:
    """Return the part. Raises the API's ValidationError for a food that is not there."""
    food = food_with(given["food_id"])
    return Part(food, given["amount"], given.get("unit", food.measure))


class Recipes(ByName):
    """Recipes: foods whose values follow from their parts."""

    queryset = FoodItem.objects.live().filter(is_recipe=True).prefetch_related("parts__food")
    serializer_class = RecipeSerializer

    def list(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List your recipes by name. Values are per 100 g, or per 100 ml where `measure` is `ml`."""
        return super().list(request, *args, **kwargs)

    @transaction.atomic
    def create(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Create a recipe. `parts` are given in their order; `yield_size` is what all of it weighs when it is done."""
        return super().create(request, *args, **kwargs)
