"""How an item as a service sends it becomes the values of a model's columns: typed and validated,
or refused."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models

from lifetracker.measures import is_filler

Item = dict[str, Any]
Convert = Callable[[Any], Any]


class Unmappable(Exception):
    """The item does not fit its model. The text names the place and what is wrong with it."""


@dataclass(frozen=True)
class Value:
    """What stands at `path`, sent through `convert` unless it is NULL. None of it is NULL as well."""

    path: str
    convert: Convert


def above_zero(path: str, convert: Convert | None = None) -> Value:
    """Return what stands at `path`, and NULL for 0 and -1, neither of which can be measured there."""

    def measure(value: Any) -> Any:
        if is_filler(value):
            return None
        return convert(value) if convert else value

    return Value(path, measure)


def from_zero(path: str, convert: Convert | None = None) -> Value:
    """Return what stands at `path`, and NULL for -1. 0 can be measured there."""

    def measure(value: Any) -> Any:
        if is_filler(value) and value:
            return None
        return convert(value) if convert else value

    return Value(path, measure)


def getter(path: str) -> Convert:
    """Reads a path such as `score?.stage_summary.disturbance_count` from an item.

    `?` after a name: it may be missing. Without it a missing name raises Unmappable. Below a NULL
    everything is NULL.
    """
    steps = [(name.removesuffix("?"), name.endswith("?")) for name in path.split(".")]
    if not all(name for name, _ in steps):
        raise TypeError(f"{path!r} is no path")

    if len(steps) == 1 and not steps[0][1]:
        return itemgetter(steps[0][0])

    def read(item: Any) -> Any:
        value = item
        for name, optional in steps:
            try:
                value = value[name]
            except KeyError:
                if not optional:
                    raise Unmappable(f"there is no {name!r}") from None
                return None
            except TypeError:
                raise Unmappable(f"what should hold {name!r} is no object") from None
            if value is None:
                return None
        return value

    return read


# --- From JSON to a column's type -----------------------------------------------------------------


def to_datetime(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("a time without its zone")
    # Raises OverflowError for a time that no database could hold.
    return instant.astimezone(UTC)


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
    if "\x00" in value:
        raise ValueError("a text with a NUL in it")
    value.encode()  # raises UnicodeEncodeError, a ValueError, for half a character
    return value


# Text rather than objects: what both databases take for a JSON column without another pass.
to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


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
    """The smallest and largest value that the column's validators and its database type allow; None
    for no bound."""
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

BAD_VALUE = (Unmappable, KeyError, TypeError, ValueError, ArithmeticError)


class Column:
    """One column of a mapping; `spec` is a path into the item, a Value, or a function of the whole
    item. `value(item)` raises one of BAD_VALUE, and `explain` says why."""

    def __init__(self, field: models.Field[Any, Any], spec: Any) -> None:
        self.name = field.name
        path = spec.path if isinstance(spec, Value) else spec if isinstance(spec, str) else None
        read = spec if path is None else getter(path)
        if not callable(read):
            raise TypeError(f"{spec!r} is neither a path, nor a Value, nor a function")
        self._place = path or field.name
        self._read: Convert = read
        steps = [spec.convert] if isinstance(spec, Value) else []
        self._steps = [*steps, converter(field), *limits(field)]
        self._null = field.null
        self.value = self._compile()

    def _compile(self) -> Convert:
        """One closure, because this runs for every value of every record."""
        read, steps, null = self._read, self._steps, self._null
        only = steps[0] if len(steps) == 1 else None

        def none() -> None:
            if not null:
                raise Unmappable("empty, but it must have a value")

        def value(item: Item) -> Any:
            found = read(item)
            if found is None:
                return none()
            if only:
                return only(found)
            for step in steps:
                found = step(found)
                if found is None:
                    return none()
            return found

        return value

    def explain(self, item: Item) -> Unmappable | None:
        """What is wrong with this column of the item, and where; None if nothing is."""
        found = None
        try:
            found = self._read(item)
            self.value(item)
        except Unmappable as error:
            return Unmappable(f"{self._place}: {error}")
        except KeyError as error:
            return Unmappable(f"{self._place}: there is no {error}")
        except BAD_VALUE as error:
            return Unmappable(f"{self._place}: {shown(found)}: {error}")
        return None


def limits(field: models.Field[Any, Any]) -> list[Convert]:
    """Checks of a typed value against what the column allows; each returns the value."""
    lower, upper = bounds(field)
    longest = field.max_length if isinstance(field, models.CharField) else None

    def within(value: Any) -> Any:
        if lower is not None and value < lower:
            raise ValueError(f"below {lower}")
        if upper is not None and value > upper:
            raise ValueError(f"above {upper}")
        return value

    def short_enough(value: str) -> str:
        if len(value) > longest:  # type: ignore[operator]
            raise ValueError(f"longer than {longest} characters")
        return value

    checks: list[Convert] = [within] if (lower, upper) != (None, None) else []
    return [*checks, short_enough] if longest is not None else checks


def shown(value: Any) -> str:
    """A value as it may stand in a reason: short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Mapping:
    """The compiled declaration of a stream's fields: `row(item)` gives the values in the order of
    `columns`."""

    def __init__(self, model: type[models.Model], fields: dict[str, Any]) -> None:
        self.model = model
        self.columns = list(fields)
        self._columns = [Column(model._meta.get_field(name), fields[name]) for name in fields]  # type: ignore[arg-type]
        self._values = [column.value for column in self._columns]
        self._id = next((column for column in self._columns if column.name == "source_id"), None)

    def row(self, item: Item) -> list[Any]:
        """Raises Unmappable."""
        try:
            return [value(item) for value in self._values]
        except BAD_VALUE:
            wrong = filter(None, (column.explain(item) for column in self._columns))
            raise next(wrong) from None

    def source_id(self, item: Any) -> str | None:
        """The item's id even where the rest cannot be mapped; None if that is what is broken."""
        if self._id is None:
            return None
        try:
            return str(self._id.value(item))
        except BAD_VALUE:
            return None
