"""Fields of JSON bodies that take their own type alone: no number for a text, no text for a number, no
1 for true. What was meant by another type is for the caller to say."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from rest_framework import serializers
from rest_framework.fields import empty

# The library's fields are generic in four types that nothing here needs.
AnyField = serializers.Field[Any, Any, Any, Any]


class Strict(AnyField):
    # By the exact type: Python takes true for a number.
    json_types: tuple[type, ...] = ()

    def validate_empty_values(self, data: object) -> tuple[bool, object]:
        # Before anything else: DRF takes an empty text for null here and there.
        if data is not empty and data is not None and type(data) not in self.json_types:
            self.fail("invalid")
        return super().validate_empty_values(data)


class TextField(Strict, serializers.CharField):
    json_types = (str,)


class FlagField(Strict, serializers.BooleanField):
    json_types = (bool,)


class WholeField(Strict, serializers.IntegerField):
    # 5.0 is a whole number in JSON.
    json_types = (int, float)

    def __init__(self, **options: Any) -> None:
        # What a column holds in PostgreSQL; SQLite says that it takes more, which could not be moved.
        least, most = -(2**31), 2**31 - 1
        options["min_value"] = max(options.get("min_value", least), least)
        options["max_value"] = min(options.get("max_value", most), most)
        super().__init__(**options)


class NumberField(Strict, serializers.FloatField):
    json_types = (int, float)


class FixedField(Strict, serializers.DecimalField):
    json_types = (int, float)


def from_text(field: AnyField, text: str) -> object:
    """Return the value that a parameter of an address stands for: addresses hold nothing but text. What
    is no value of the field's type stays text, which the field refuses by name."""
    if not isinstance(field, Strict) or str in field.json_types:
        return text
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


STRICT = {field.__mro__[2]: field for field in Strict.__subclasses__()}
# For a ModelSerializer's `serializer_field_mapping`.
BY_COLUMN = {
    column: STRICT.get(field, field)
    for column, field in serializers.ModelSerializer.serializer_field_mapping.items()
}
