"""How foods, amounts and sums stand in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from lifetracker.api.fields import NumberField, TextField
from lifetracker.api.serializers import RefusesUnknown
from lifetracker.models.fields import TypedInBounds
from nutrition.models import LEAST_OF_AN_ITEM, MOST_OF_AN_ITEM
from nutrition.nutrients import COLUMNS, Amounts

MOST_SERVINGS, MOST_FURTHER = 50, 100
#: The columns of what 100 of a food hold, or all of what was eaten.
NUTRIENT_FIELDS = (*COLUMNS, "further", "at_least")


def refused(error: ValidationError) -> serializers.ValidationError:
    return serializers.ValidationError(serializers.as_serializer_error(error))


class ServingSerializer(RefusesUnknown):
    name = TextField(max_length=40)
    size = NumberField(
        validators=[TypedInBounds(LEAST_OF_AN_ITEM, MOST_OF_AN_ITEM, "g or ml")],
        help_text="How much one of them is. Unit: g or ml.",
    )


@extend_schema_field(ServingSerializer(many=True))
class ServingsField(serializers.ListField):
    """Servings, which are stored as pairs of a name and a size."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=ServingSerializer(), max_length=MOST_SERVINGS, **options)

    def to_internal_value(self, data: object) -> list[Any]:
        found = super().to_internal_value(data)  # type: ignore[arg-type]  # it refuses what is no list
        return [[one["name"], one["size"]] for one in found]

    def to_representation(self, data: Any) -> list[Any]:
        return [{"name": name, "size": size} for name, size in data]


class FurtherField(serializers.DictField):
    """Nutrients without a column, by name with unit. What is typed in has bounds, per 100; what comes of it has none, as a
    kilo of a food has ten times as much."""

    def __init__(self, **options: Any) -> None:
        bounds = TypedInBounds(0, MOST_OF_AN_ITEM, "")
        super().__init__(child=NumberField(validators=[bounds]), **options)

    def to_internal_value(self, data: Any) -> dict[str, float]:
        found: dict[str, float] = super().to_internal_value(data)
        if len(found) > MOST_FURTHER:
            raise serializers.ValidationError(f"Name at most {MOST_FURTHER} further nutrients.")
        for name in found:
            if not name.strip() or "\0" in name or name in COLUMNS:
                text = 'Further nutrients need a name with a unit, such as "Vitamin C (mg)".'
                raise serializers.ValidationError(text)
        return found


class NamesField(serializers.ListField):
    """Names of nutrients."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(), read_only=True, **options)


class EatenSerializer(serializers.Serializer[Amounts]):
    """What several items come to. A nutrient that no item knows is not there: it is unknown, which is not 0."""

    known = serializers.DictField(
        child=serializers.FloatField(),
        help_text="By nutrient: kcal for kcal, g for the others that foods have, and further ones by name with unit.",
    )
    at_least = NamesField(help_text="The nutrients that an item does not know: there may be more.")

    def to_representation(self, instance: Amounts) -> dict[str, object]:
        return total_as_json(instance)


def total_as_json(amounts: Amounts) -> dict[str, object]:
    known: Mapping[str, float] = amounts.known
    return {"known": dict(known), "at_least": sorted(amounts.at_least)}
