"""How an item as a service sends it becomes the values of a model's columns: typed and validated, or refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models

Item = dict[str, Any]
Convert = Callable[[Any], Any]
# A path into the item, a Value, or a function of the whole item.
Spec = "str | Value | Callable[[Item], Any]"


class Unmappable(Exception):
    """The item does not fit its model. The text names the place and what is wrong with it."""


@dataclass(frozen=True)
class Value:
    """What stands at `path`, sent through `convert` unless it is NULL."""

    path: str
    convert: Convert


def getter(path: str) -> Convert:
    """Reads a path such as `score?.stage_summary.disturbance_count` from an item.

    `?` after a name: it may be missing. Without it a missing name raises Unmappable. Below a NULL everything is NULL.
    """
    steps = [(name.removesuffix("?"), name.endswith("?")) for name in path.split(".")]
    if not all(name for name, _ in steps):
        raise TypeError(f"{path!r} is no path")

    def read(item: Any) -> Any:
        value = item
        for name, optional in steps:
            try:
                value = value[name]
            except KeyError:
                if not optional:
                    raise Unmappable(f"{path}: there is no {name!r}") from None
                return None
            except TypeError:
                raise Unmappable(f"{path}: what should hold {name!r} is no object") from None
            if value is None:
                return None
        return value

    return read


# --- From JSON to a column's type -----------------------------------------------------------------


def to_datetime(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("a time without its zone")
    return instant


def to_date(value: Any) -> date:
    return value if type(value) is date else date.fromisoformat(value)


def to_float(value: Any) -> float:
    if type(value) is not float and type(value) is not int:
        raise ValueError("not a number")
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return float(value)


def to_decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(to_float(value)))


def to_int(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise ValueError("not a whole number")


def to_bool(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("neither true nor false")
    return value


def to_text(value: Any) -> str:
    if type(value) is int:
        return str(value)
    if type(value) is not str:
        raise ValueError("not a text")
    return value


def to_json(value: Any) -> str:
    """Text rather than objects: what both databases take for a JSON column without another pass."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


CONVERTERS: list[tuple[type[models.Field[Any, Any]], Convert]] = [
    (models.DateTimeField, to_datetime),
    (models.DateField, to_date),
    (models.BooleanField, to_bool),
    (models.FloatField, to_float),
    (models.DecimalField, to_decimal),
    (models.IntegerField, to_int),
    (models.CharField, to_text),
    (models.TextField, to_text),
    (models.UUIDField, to_text),
    (models.JSONField, to_json),
]


def converter(column: models.Field[Any, Any]) -> Convert:
    """Raises TypeError for a kind of column that no service has needed yet."""
    for kind, convert in CONVERTERS:
        if isinstance(column, kind):
            return convert
    raise TypeError(f"{column}: no conversion to {type(column).__name__}")


def bounds(column: models.Field[Any, Any]) -> tuple[Any, Any]:
    """The smallest and largest value that the column's validators and its database type allow; None for no bound."""
    lower, upper = None, None
    if isinstance(column, models.IntegerField):
        lower, upper = connection.ops.integer_field_range(column.get_internal_type())
    for validator in column._validators:  # type: ignore[attr-defined]  # `validators` would ask the database
        if isinstance(validator, MinValueValidator):
            lower = validator.limit_value
        elif isinstance(validator, MaxValueValidator):
            upper = validator.limit_value
    return lower, upper


# --- One column, and a whole row ------------------------------------------------------------------


class ColumnMap:
    """One column of a mapping."""

    def __init__(self, column: models.Field[Any, Any], spec: Any) -> None:
        self.name = column.name
        self._column = column
        self._path = spec.path if isinstance(spec, Value) else spec if isinstance(spec, str) else ""
        self._read: Convert = getter(self._path) if isinstance(spec, str | Value) else spec
        if not callable(self._read):
            raise TypeError(f"{spec!r} is neither a path, nor a Value, nor a function")
        self._own: Convert | None = spec.convert if isinstance(spec, Value) else None
        self._convert = converter(column)
        self._lower, self._upper = bounds(column)
        self._longest = column.max_length if isinstance(column, models.CharField) else None

    def value(self, item: Item) -> Any:
        """The column's value. Raises Unmappable."""
        value = None
        try:
            value = self._read(item)
            if value is not None:
                value = self._convert(self._own(value) if self._own else value)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise Unmappable(f"{self._path or self.name}: {shown(value)}: {error}") from None
        if value is not None:
            self._check(value)
        elif not self._column.null:
            raise Unmappable(f"{self._path or self.name}: empty, but {self.name} must have a value")
        return value

    def _check(self, value: Any) -> None:
        if self._lower is not None and value < self._lower:
            raise Unmappable(f"{self._path or self.name}: {shown(value)} is below {self._lower}")
        if self._upper is not None and value > self._upper:
            raise Unmappable(f"{self._path or self.name}: {shown(value)} is above {self._upper}")
        if self._longest is not None and len(value) > self._longest:
            raise Unmappable(f"{self._path or self.name}: longer than {self._longest} characters")


def shown(value: Any) -> str:
    """A value as it may stand in a reason: short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Mapping:
    """The compiled declaration of a stream's fields: `row(item)` gives the values in the order of `columns`."""

    def __init__(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        self.model = model
        self._maps = [ColumnMap(model._meta.get_field(name), spec) for name, spec in fields.items()]  # type: ignore[arg-type]
        self.columns = list(fields)
        self._id = next((m for m in self._maps if m.name == "source_id"), None)

    def row(self, item: Item) -> list[Any]:
        """Raises Unmappable."""
        return [column.value(item) for column in self._maps]

    def source_id(self, item: Any) -> str | None:
        """The item's id even where the rest cannot be mapped; None if that is what is broken."""
        if self._id is None:
            return None
        try:
            return str(self._id.value(item))
        except Unmappable:
            return None
