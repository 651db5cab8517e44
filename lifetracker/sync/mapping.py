"""How an item as a service sends it becomes the values of a model's columns: typed and validated,
or refused."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models

from lifetracker.models.fields import AnyField
from lifetracker.sync.lossless import Json, NotFinite, to_json
from lifetracker.sync.measures import is_filler
from lifetracker.sync.versions import version_of

# The number next to 0.
SMALLEST = math.ulp(0.0)

Item = dict[str, Any]
Convert = Callable[[Any], Any]


class Unmappable(Exception):
    """The item does not fit its model. The text names the place and what is wrong with it."""


@dataclass(frozen=True)
class PathValue:
    """What stands at `path`, sent through `convert` unless it is NULL. None of it is NULL as well.

    `measure`: the conversion of what was measured, and `least`: from which number on surely nothing
    is a filler.
    """

    path: str
    convert: Convert
    measure: Convert | None = None
    least: float | None = None


def above_zero(path: str, convert: Convert | None = None) -> PathValue:
    """Return what stands at `path`, and NULL for 0 and -1, neither of which can be measured there."""

    def measure(value: object) -> object:
        if is_filler(value):
            return None
        return convert(value) if convert else value

    return PathValue(path, measure, convert, least=SMALLEST)


def from_zero(path: str, convert: Convert | None = None) -> PathValue:
    """Return what stands at `path`, and NULL for -1. 0 can be measured there."""

    def measure(value: object) -> object:
        if is_filler(value) and value:
            return None
        return convert(value) if convert else value

    return PathValue(path, measure, convert, least=0)


def getter(path: str) -> Convert:
    """Return what reads a path such as `score?.stage_summary.disturbance_count` from an item.

    `?` after a name: it may be missing. Without it a missing name raises Unmappable. Below a NULL
    everything is NULL.
    """
    steps = [(name.removesuffix("?"), name.endswith("?")) for name in path.split(".")]
    if not all(name for name, _ in steps):
        raise TypeError(f"{path!r} is not a path")

    if len(steps) == 1 and not steps[0][1]:
        return itemgetter(steps[0][0])

    def read(item: Item) -> object:
        value: Any = item
        for name, optional in steps:
            try:
                value = value[name]
            except KeyError:
                if not optional:
                    raise Unmappable(f"{name!r} is missing") from None
                return None
            except TypeError:
                raise Unmappable(f"the parent of {name!r} is not an object") from None
            if value is None:
                return None
        return value

    return read


# --- From JSON to a column's type -----------------------------------------------------------------


def to_datetime(value: Any) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if instant.tzinfo is UTC:
        return instant
    if instant.tzinfo is None:
        raise ValueError("a time without a time zone")
    # Raises OverflowError for a time that no database could hold.
    return instant.astimezone(UTC)


def to_date(value: Any) -> date:
    return value if type(value) is date else date.fromisoformat(value)


def to_float(value: float) -> float:
    if type(value) not in {float, int, NotFinite}:
        raise ValueError("not a number")
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return float(value)


def to_decimal(value: Decimal | float) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(to_float(value)))


def to_int(value: float) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise ValueError("not a whole number")


def to_bool(value: object) -> bool:
    if type(value) is not bool:
        raise ValueError("neither true nor false")
    return value


def to_text(value: object) -> str:
    if type(value) is int:
        return str(value)
    if type(value) is not str:
        raise ValueError("not text")
    if "\x00" in value:
        raise ValueError("text with a NUL character")
    value.encode()  # raises UnicodeEncodeError, a ValueError, for half a character
    return value


CONVERTERS: list[tuple[type[AnyField], Convert]] = [
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


def converter(column: AnyField) -> Convert:
    """Return what converts to the type of a column. Raises TypeError for one that no service has needed yet."""
    for kind, convert in CONVERTERS:
        if isinstance(column, kind):
            return convert
    raise TypeError(f"{column}: no conversion to {type(column).__name__}")


def bounds(column: AnyField) -> tuple[float | None, float | None]:
    """Return the smallest and largest value that the column's validators and its database type allow; None
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


class ColumnMapping:
    """One column of a mapping; `spec` is a path into the item, a PathValue, or a function of the whole
    item. `value(item)` raises one of BAD_VALUE, and `explain` says why."""

    def __init__(self, field: AnyField, spec: object) -> None:
        self.name = field.name
        path = spec.path if isinstance(spec, PathValue) else spec if isinstance(spec, str) else None
        read = spec if path is None else getter(path)
        if not callable(read):
            raise TypeError(f"{spec!r} is not a path, a PathValue or a function")
        self.path = path
        self._place = path or field.name
        self.read: Convert = read
        steps = [spec.convert] if isinstance(spec, PathValue) else []
        self._steps = [*steps, converter(field), *limits(field)]
        self._null = field.null
        self.finish = quick(field, spec, self._thorough())

    def none(self) -> None:
        if not self._null:
            raise Unmappable("a value is required")

    def _thorough(self) -> Convert:
        """Return what types and validates a value. One closure, because this runs for every value of every
        record."""
        steps, none = self._steps, self.none

        def finish(found: object) -> object:
            for step in steps:
                found = step(found)
                if found is None:
                    none()
                    return None
            return found

        return steps[0] if len(steps) == 1 else finish

    def value(self, item: Json) -> object:
        found = self.read(item)
        if found is None:
            self.none()
            return None
        return self.finish(found)

    def explain(self, item: Json) -> Unmappable | None:
        """Return what is wrong with this column of the item, and where; None if nothing is."""
        found = None
        try:
            found = self.read(item)
            self.value(item)
        except Unmappable as error:
            return Unmappable(f"{self._place}: {error}")
        except KeyError as error:
            return Unmappable(f"{self._place}: {error} is missing")
        except BAD_VALUE as error:
            return Unmappable(f"{self._place}: {shown(found)}: {error}")
        return None


def quick(field: AnyField, spec: object, thorough: Convert) -> Convert:
    """Return the same as `thorough`, which is asked wherever a look is not enough: whether it is a number within
    the bounds that is no filler, or a plain text that is short enough."""
    found_as = spec if isinstance(spec, PathValue) else PathValue("", thorough, least=-math.inf)
    least, measure = found_as.least, found_as.measure
    if isinstance(field, models.FloatField) and least is not None:
        return quick_number(field, least, measure, thorough)
    if isinstance(field, models.IntegerField) and least is not None and measure is None:
        return quick_whole_number(field, least, thorough)
    if isinstance(field, models.CharField) and not isinstance(spec, PathValue):
        return quick_text(field.max_length or sys.maxsize, thorough)
    return thorough


def quick_number(
    field: AnyField, least: float, convert: Convert | None, thorough: Convert
) -> Convert:
    bottom, top = bounds(field)
    lower = -sys.float_info.max if bottom is None else bottom
    upper = sys.float_info.max if top is None else top

    def unconverted(found: object) -> object:
        if (type(found) is float or type(found) is int) and (
            found >= least and lower <= found <= upper
        ):
            return float(found)
        return thorough(found)

    if convert is None:
        return unconverted

    def converted(found: object) -> object:
        if (type(found) is float or type(found) is int) and found >= least:
            value = convert(found)
            if type(value) is float and lower <= value <= upper:
                return value
        return thorough(found)

    return converted


def quick_whole_number(field: AnyField, least: float, thorough: Convert) -> Convert:
    bottom, top = bounds(field)
    if bottom is None or top is None:
        return thorough

    def whole(found: object) -> object:
        if type(found) is int and found >= least and bottom <= found <= top:
            return found
        return thorough(found)

    return whole


def quick_text(longest: int, thorough: Convert) -> Convert:
    def text(found: object) -> object:
        if type(found) is str and len(found) <= longest and found.isascii() and "\0" not in found:
            return found
        return thorough(found)

    return text


def compiled(columns: list[ColumnMapping]) -> Callable[[Item], list[object]]:
    """Return one function that gives all values of an item, and reads what paths have in common once. It raises
    where a column would."""
    names: dict[str, Any] = {}
    lines = ["def row(item):"]
    parents = {"": "item"}
    for n, column in enumerate(columns):
        names |= {f"read{n}": column.read, f"none{n}": column.none, f"finish{n}": column.finish}
        if column.path is None:
            lines.append(f" found = read{n}(item)")
        else:
            *above, last = column.path.split(".")
            parent = path = ""
            for step in above:
                parent, path = path, f"{path}.{step}"
                if path not in parents:
                    name = f"part{len(parents)}"
                    lines.append(f" {name} = {taken(parents[parent], step)}")
                    parents[path] = name
            lines.append(f" found = {taken(parents[path], last)}")
        lines.append(f" value{n} = none{n}() if found is None else finish{n}(found)")
    lines.append(f" return [{', '.join(f'value{n}' for n in range(len(columns)))}]")
    exec("\n".join(lines), names)  # noqa: S102 - made of our own declarations, as dataclasses make theirs
    made: Callable[[Item], list[object]] = names["row"]
    return made


def taken(parent: str, step: str) -> str:
    """Return an expression for what stands under a name; of what is NULL everything is NULL."""
    name = step.removesuffix("?")
    read = f"{parent}.get({name!r})" if step.endswith("?") else f"{parent}[{name!r}]"
    return read if parent == "item" else f"None if {parent} is None else {read}"


def limits(field: AnyField) -> list[Convert]:
    """Return checks of a typed value against what the column allows; each returns the value."""
    lower, upper = bounds(field)
    longest = field.max_length if isinstance(field, models.CharField) else None

    def within(value: float) -> float:
        if lower is not None and value < lower:
            raise ValueError(f"below {lower}")
        if upper is not None and value > upper:
            raise ValueError(f"above {upper}")
        return value

    checks: list[Convert] = [within] if (lower, upper) != (None, None) else []
    return checks if longest is None else [*checks, at_most(longest)]


def at_most(longest: int) -> Convert:
    def short_enough(value: str) -> str:
        if len(value) > longest:
            raise ValueError(f"longer than {longest} characters")
        return value

    return short_enough


def shown(value: object) -> str:
    """Return a value as it may stand in a reason: short."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class FieldMapping:
    """The compiled declaration of a stream's fields: `row(item)` gives the values in the order of
    `columns`."""

    def __init__(self, model: type[models.Model], fields: Mapping[str, object]) -> None:
        self.model = model
        self.columns = list(fields)
        self._fields = fields
        columns = {column.name: column for column in model._meta.concrete_fields}
        self._columns = [ColumnMapping(columns[name], fields[name]) for name in fields]
        self._row = compiled(self._columns)
        self._id = next((column for column in self._columns if column.name == "source_id"), None)

    @cached_property
    def version(self) -> bytes:
        """Return the version, which changes with whatever decides what becomes of an item, so that no
        stored row passes for one that this program would make."""
        return version_of(self._fields.items()).encode()

    def row(self, item: Item) -> list[object]:
        """Return the values of an item. Raises Unmappable."""
        try:
            return self._row(item)
        except (*BAD_VALUE, AttributeError):
            wrong = filter(None, (column.explain(item) for column in self._columns))
            raise next(wrong) from None

    def wrong(self, item: Item) -> dict[str, Unmappable]:
        """Return what is wrong with an item, by column; empty where nothing is."""
        found = {column.name: column.explain(item) for column in self._columns}
        return {name: error for name, error in found.items() if error}

    def source_id(self, item: Json) -> str | None:
        """Return the item's id even where the rest cannot be mapped; None if that is what is broken."""
        if self._id is None:
            return None
        try:
            return str(self._id.value(item))
        except BAD_VALUE:
            return None
