"""How a record becomes JSON. A serializer declares it once: one record goes through its fields, a
list goes from columns to JSON without them, and both come out the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import models
from django.utils import timezone
from rest_framework import serializers
from rest_framework.settings import api_settings

from lifetracker import days
from lifetracker.api.fields import BY_COLUMN, AnyField
from lifetracker.api.parameters import refuse_unknown
from lifetracker.models import SourceRecord

# Of every record, these concern the sync and not the person.
INTERNAL = ("raw", "digest", "source_id", "deleted_at", "created_at")


def public_fields(model: type[SourceRecord], *hidden: str) -> tuple[str, ...]:
    """Return what a record's JSON holds: its facts, its source, the id under which it is reached, and
    whether it is dated in the future."""
    facts = (f.name for f in model._meta.concrete_fields if f.name not in {*INTERNAL, *hidden})
    return (*facts, "in_future") if model.moments else tuple(facts)


# Beside its own fields, a form carries this.
CSRF_FIELD = "csrfmiddlewaretoken"

TWICE = "This time occurred twice because clocks were set back. Add the UTC offset, such as +02:00."

# --- Fields ---------------------------------------------------------------------------------------


class InstantField(serializers.DateTimeField):
    """In UTC, so that what is computed from it is about the time that passes and not about clocks;
    within the years that can be meant."""

    def to_internal_value(self, value: datetime | str) -> datetime:
        try:
            instant = super().to_internal_value(value).astimezone(UTC)
        except OverflowError:
            self.fail("overflow")
        if not days.FIRST_DAY.year <= instant.year <= days.LAST_DAY.year:
            raise serializers.ValidationError(days.OUT_OF_RANGE)
        return instant

    def enforce_timezone(self, value: datetime) -> datetime:
        """Return the instant at which clocks in `TIME_ZONE` show a time without an offset. DRF itself
        takes a time that they never show, and moves it by an hour."""
        if timezone.is_aware(value):
            return super().enforce_timezone(value)
        try:
            instant = days.on_the_wall(value)
            if days.comes_twice(value):
                raise serializers.ValidationError(TWICE)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from None
        return instant

    def to_representation(self, value: datetime) -> str:
        """Return it as the JSON of a bare instant: `2026-09-16T06:00:00Z`, whatever TIME_ZONE is."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class WrittenDayField(serializers.DateField):
    """A day that is written as YYYY-MM-DD, and in no other form."""

    def to_internal_value(self, value: date | str) -> date:
        if not isinstance(value, str):
            return super().to_internal_value(value)
        try:
            return days.day_of(value)
        except ValueError:
            self.fail("invalid", format="YYYY-MM-DD")


class DayField(WrittenDayField):
    """A day within the years that can be meant."""

    def to_internal_value(self, value: date | str) -> date:
        day = super().to_internal_value(value)
        if not days.FIRST_DAY <= day <= days.LAST_DAY:
            raise serializers.ValidationError(days.OUT_OF_RANGE)
        return day


class Computed(AnyField):
    """A value that is not stored: `make` of these columns, in their order."""

    def __init__(self, make: Callable[..., object], *columns: str, **options: Any) -> None:
        self.make, self.columns = make, columns
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: object) -> object:
        return self.make(*(getattr(instance, column) for column in self.columns))


class ComputedText(Computed, serializers.CharField):
    pass


class ComputedFlag(Computed, serializers.BooleanField):
    pass


class InFutureFlag(ComputedFlag):
    """Whether a record is dated in the future, by the columns that its model names."""

    def __init__(self) -> None:
        super().__init__(
            days.is_dated_ahead,
            help_text="True for a record dated in the future. It counts in no total or average until that time.",
        )

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.columns = parent.Meta.model.moments


# --- Serializers ----------------------------------------------------------------------------------


class FactSerializer(serializers.ModelSerializer[Any]):
    """Any row of ours."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.DateTimeField: InstantField
    }

    in_future = InFutureFlag()


class RefusesUnknown(serializers.Serializer[object]):
    """A misspelt name must not be taken for one that was left out: what it was to say would be lost."""

    refuses_unknown = True

    def to_internal_value(self, data: object) -> Any:
        given = set(data) if isinstance(data, Mapping) else set()
        refuse_unknown(given - {CSRF_FIELD}, self.fields, "This field does not exist.")
        return super().to_internal_value(data)


class RecordSerializer(RefusesUnknown, FactSerializer):
    """A record that may be typed in: what its model refuses (`clean`) is an answer and no crash."""

    serializer_field_mapping = BY_COLUMN | {
        models.DateTimeField: InstantField,
        models.DateField: DayField,
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance and not self.partial:
            attrs = self._defaults(attrs) | attrs
        record = self.candidate(attrs)
        try:
            record.clean()
            record.validate_constraints(exclude=self._not_given())
        except DjangoValidationError as error:
            found = serializers.as_serializer_error(error)
            if NON_FIELD_ERRORS in found:
                found[api_settings.NON_FIELD_ERRORS_KEY] = found.pop(NON_FIELD_ERRORS)
            raise serializers.ValidationError(found) from None
        return attrs

    def save(self, **values: Any) -> Any:
        try:
            return super().save(**values)
        except DjangoValidationError as error:
            # Another request was quicker.
            raise serializers.ValidationError(serializers.as_serializer_error(error)) from None

    def get_unique_together_validators(self) -> list[Any]:
        """The model's own constraints are asked, which name the field."""
        return []

    def get_uniqueness_extra_kwargs(self, *options: Any) -> Any:
        return options[-1], {}

    def _not_given(self) -> set[str]:
        """Return the columns of which this serializer does not decide the value."""
        written = {field.source for field in self._writable_fields}
        columns = self.Meta.model._meta.concrete_fields  # type: ignore[attr-defined]  # known in each serializer
        return {column.name for column in columns} - written

    def candidate(self, attrs: dict[str, object]) -> Any:
        """Return the record as it would be with these values."""
        record = copy(self.instance) if self.instance else self.Meta.model()  # type: ignore[misc]  # known in each serializer
        for name, value in attrs.items():
            setattr(record, name, value)
        return record

    def _defaults(self, attrs: dict[str, object]) -> dict[str, object]:
        """Return what a whole record has that does not say it: the same as when it is typed in."""
        left_out = [
            field
            for field in self._writable_fields
            # What is for writing alone is no column.
            if field.source not in attrs and not field.write_only
        ]
        columns = [self.Meta.model._meta.get_field(field.source) for field in left_out]  # type: ignore[attr-defined]  # known in each serializer
        return {column.name: column.get_default() for column in columns}


# --- Lists ----------------------------------------------------------------------------------------

# Their JSON is that of the stored value itself.
AS_STORED = {
    kind.to_representation
    for kind in (
        serializers.BigIntegerField,
        serializers.BooleanField,
        serializers.CharField,
        serializers.ChoiceField,
        serializers.DateField,
        serializers.DecimalField,
        serializers.FloatField,
        serializers.IntegerField,
        serializers.JSONField,
        InstantField,
    )
}


@dataclass(frozen=True)
class Columns:
    """What a list reads of each row: the columns of the `names` first, then what else is computed
    from. `computed`: name, function, and where in a row its arguments stand."""

    names: tuple[str, ...]
    paths: tuple[str, ...]
    computed: tuple[tuple[str, Callable[..., object], tuple[int, ...]], ...]

    def as_json(self, rows: Iterable[tuple[object, ...]]) -> list[dict[str, object]]:
        """Return the facts of rows of `values_list(*paths)`."""
        found = list(rows)
        facts = [dict(zip(self.names, row, strict=False)) for row in found]
        for name, make, places in self.computed:
            for fact, row in zip(facts, found, strict=True):
                fact[name] = make(*(row[place] for place in places))
        return facts


@cache
def columns_of(serializer: type[serializers.BaseSerializer[models.Model]]) -> Columns:
    """Return the columns that a serializer's fields are made of. Raises TypeError for a field that a list
    cannot have without an instance."""
    every: dict[str, AnyField] = serializer().fields  # type: ignore[attr-defined]  # a ModelSerializer
    fields = {name: field for name, field in every.items() if not field.write_only}
    computed = {name: field for name, field in fields.items() if isinstance(field, Computed)}
    stored = {name: column_of(field) for name, field in fields.items() if name not in computed}
    needed = [column for field in computed.values() for column in field.columns]
    paths = [*stored.values(), *(c for c in dict.fromkeys(needed) if c not in stored.values())]
    return Columns(
        tuple(stored),
        tuple(paths),
        tuple(
            (name, field.make, tuple(paths.index(column) for column in field.columns))
            for name, field in computed.items()
        ),
    )


def column_of(field: AnyField) -> str:
    source = str(field.source)
    if not is_as_stored(field) or source == "*" or "." in source:
        raise TypeError(f"{field.field_name}: a list can have stored columns and Computed fields.")
    return source


def is_as_stored(field: AnyField) -> bool:
    if isinstance(field, serializers.ListField):
        return field.child is not None and is_as_stored(field.child)
    return type(field).to_representation in AS_STORED
