"""Columns of numbers that know their unit. The lists and forms of the admin, the description of the API, the
cards and the export take it from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import NOT_PROVIDED
from django.utils.functional import cached_property
from django.utils.text import capfirst

Set = TypeVar("Set")
Get = TypeVar("Get")
if not TYPE_CHECKING:
    # The classes below are generic for mypy, and Django's own cannot be subscripted while the program runs.
    models.Field.__class_getitem__ = classmethod(lambda cls, _: cls)

#: The units that have a longer form where there is room for it. An empty unit is that of a plain number.
SPELLED_OUT = {
    "": "number",
    "bpm": "beats per minute",
    "h": "hours",
    "min": "minutes",
    "s": "seconds",
}
IDENTIFIER = "identifier"
#: A column of whatever type.
AnyField = models.Field[Any, Any]


@dataclass(frozen=True)
class TypedInBounds:
    """The least and the highest number that a person may type in. The least is None where another validator says it."""

    least: float | None
    most: float
    unit: str

    def __call__(self, value: float) -> None:
        """Raise ValidationError for what is not between them, NaN among it."""
        if not (self.least is None or self.least <= value) or not value <= self.most:
            limits = f"at most {self.most:,}"
            if self.least is not None:
                limits = f"a number between {self.least:,} and {self.most:,}"
            raise ValidationError(f"Enter {limits} {self.unit}".strip() + ".")


class Measured(models.Field[Set, Get]):
    """Take these beside the options of Django's class of the same name.

    `unit`: what stands behind the number, such as `kg`. It is empty for a plain number, such as a count, and None while
    nobody has declared it.
    `typed_in`: the least and the highest number that a person may type in. Other than Django's validators it binds
    no sync: what a service sends is stored, unless no such number can be.

    Migrations mention neither these nor the classes: they change nothing in the database.
    """

    unit: str | None = None
    typed_in: tuple[float | None, float] | None = None

    # The type checker looks for `null` and `default` by their names.
    def __init__(
        self,
        verbose_name: str | None = None,
        *,
        unit: str | None = None,
        typed_in: tuple[float | None, float] | None = None,
        null: bool = False,
        default: object = NOT_PROVIDED,
        **options: Any,
    ) -> None:
        self.unit = unit
        self.typed_in = typed_in
        super().__init__(verbose_name, null=null, default=default, **options)

    @cached_property
    def validators(self) -> list[Callable[[Any], None]]:
        found = list(super().validators)
        return [*found, TypedInBounds(*self.typed_in, self.unit or "")] if self.typed_in else found

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path.replace(__name__, "django.db.models"), args, options

    def formfield(self, *args: Any, **options: Any) -> Any:
        return super().formfield(*args, **{"label": label_of(self), **options})


class BigIntegerField(Measured[Set, Get], models.BigIntegerField[Set, Get]):
    pass


class DecimalField(Measured[Set, Get], models.DecimalField[Set, Get]):
    pass


class FloatField(Measured[Set, Get], models.FloatField[Set, Get]):
    pass


class IntegerField(Measured[Set, Get], models.IntegerField[Set, Get]):
    pass


class PositiveBigIntegerField(Measured[Set, Get], models.PositiveBigIntegerField[Set, Get]):
    pass


class PositiveIntegerField(Measured[Set, Get], models.PositiveIntegerField[Set, Get]):
    pass


class PositiveSmallIntegerField(Measured[Set, Get], models.PositiveSmallIntegerField[Set, Get]):
    pass


class SmallIntegerField(Measured[Set, Get], models.SmallIntegerField[Set, Get]):
    pass


FARTHEST_OFFSET = 14 * 60


def utc_offset(help_text: str) -> SmallIntegerField[Any, Any]:
    """Return a column for how far local clocks were from UTC at a record, where that is known."""
    return SmallIntegerField(
        "UTC offset",
        unit="minutes east of UTC",
        null=True,
        blank=True,
        validators=[MinValueValidator(-FARTHEST_OFFSET), MaxValueValidator(FARTHEST_OFFSET)],
        help_text=help_text,
    )


NUMERIC = (models.DecimalField, models.FloatField, models.IntegerField)


def unit_of(field: object) -> str | None:
    """Return the unit of a column; None for one that has none: a text, an identifier, a date."""
    return getattr(field, "unit", None)


def spelled_out(field: AnyField) -> str:
    """Return the unit of a column in full, such as `beats per minute`; "" for what is no number. Raises
    LookupError for a number whose unit nobody has declared."""
    if field.primary_key or field.remote_field or is_identifier(field):
        return IDENTIFIER
    if not isinstance(field, NUMERIC):
        return ""
    unit = unit_of(field)
    if unit is None:
        raise LookupError(
            f'{field}: declare its unit, such as unit="kg"; unit="" for a plain number.'
        )
    return SPELLED_OUT.get(unit, unit)


def is_identifier(field: AnyField) -> bool:
    """Return whether it is the number of something at a service."""
    return isinstance(field, models.IntegerField) and field.name.endswith("_id")


def label_of(field: AnyField, title: str = "") -> str:
    """Return what stands over a column or beside an input: `Weight (kg)`."""
    name = title or capfirst(str(field.verbose_name))
    unit = unit_of(field)
    is_said = not unit or unit in name.lower().split()
    return name if is_said else f"{name} ({unit})"
