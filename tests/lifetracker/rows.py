"""Rows of every table, whatever its columns, with values that a careless copy would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Cast

from apple_health.models import SourceOrder
from lifetracker.backups.tables import state
from lifetracker.models import DayZone, Preferences
from notifications.models import Choices, PushKey

FIRST = datetime(2016, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)
TEXT = 'Zoë\'s «=1+1»\n"日本" \u2028 100 % \\N \t,;'
PAYLOAD = {
    "text": TEXT,
    "tiny": 5e-324,
    "third": 1 / 3,
    "long": 12345678901234567890123,
    "null": None,
    "nested": [[], {}, [True, False, 0, -1.5]],
}
SMALL = (models.SmallIntegerField, models.PositiveSmallIntegerField)
# Both exist in every database, and have another number in each.
GIVEN = {ContentType, Permission}
# Their row has the number 1.
ONE_ROW = {Preferences, SourceOrder, Choices, PushKey}


def fill_every_table() -> None:
    """Two or three rows each: one with a value in every column, one with NULL where that may be, and
    one whose JSON is `null` where that may be."""
    made: dict[Any, list[Any]] = {}
    for table in state():
        rows_of(table.model, made)
    # Else the days would seem to be those of another zone, and would be made anew.
    DayZone.objects.update_or_create(pk=1, defaults={"zone": settings.TIME_ZONE})


def rows_of(model: Any, made: dict[Any, list[Any]]) -> list[Any]:
    if model in GIVEN:
        return list(model.objects.order_by("-pk")[:3])
    if model not in made:
        related = {
            field.attname: rows_of(field.remote_field.model, made)
            for field in model._meta.concrete_fields
            if field.remote_field and field.remote_field.model is not model
        }
        numbers = (1,) if model in ONE_ROW else (1, 2)
        made[model] = [store(model, number, related) for number in numbers]
        if any(field.null and is_json(field) for field in model._meta.concrete_fields):
            made[model].append(
                store(model, 3, related, null=models.Value(None, models.JSONField()))
            )
    return made[model]


def is_json(field: Any) -> bool:
    return isinstance(field, models.JSONField)


def store(model: Any, number: int, related: dict[str, list[Any]], null: Any = None) -> Any:
    row = model()
    for position, field in enumerate(model._meta.concrete_fields):
        if field.primary_key and model in ONE_ROW:
            value: Any = 1
        elif isinstance(field, models.AutoField):
            continue
        elif field.remote_field and field.remote_field.model is model:
            # The first row refers to none, and the others to it.
            value = model._base_manager.order_by("pk").values_list("pk", flat=True).first()
        elif field.attname in related:
            value = related[field.attname][number % 2].pk
        elif field.null and number > 1:
            value = null if is_json(field) else None
        else:
            value = sample(field, number, position)
        setattr(row, field.attname, value)
    # Not save(): each moment and each text as it was set.
    row.save_base(raw=True, force_insert=True)
    return row


# The first that fits counts. Later columns have later moments: an end comes after its start.
SAMPLES: list[tuple[Any, Callable[[int, int], Any]]] = [
    (models.JSONField, lambda number, _: PAYLOAD | {"number": number}),
    (models.BooleanField, lambda number, _: number % 2 == 0),
    (models.DateTimeField, lambda number, at: FIRST + timedelta(days=number * 1000, hours=at)),
    (models.TimeField, lambda number, at: time(number, at, 59, 999_999)),
    (models.DateField, lambda number, _: date(1969 + number, 12, 31)),
    (models.FloatField, lambda number, _: [0.1 + 0.2, 1e-300, -0.0][number % 3]),
    (models.DecimalField, lambda number, _: Decimal("70.0500") + number),
    (SMALL, lambda number, _: 32_767 - number),
    (models.BigIntegerField, lambda number, _: 2**63 - number),
    (models.IntegerField, lambda number, _: 2**31 - number),
    ((models.CharField, models.TextField), lambda number, _: f"{number} {TEXT}"),
]


def sample(field: Any, number: int, position: int) -> Any:
    if field.choices:
        return field.choices[number % len(field.choices)][0]
    value = next(make for kinds, make in SAMPLES if isinstance(field, kinds))(number, position)
    return value[: field.max_length] if isinstance(value, str) else value


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all state, as Python has them; JSON also as it is stored, where that is `null`."""
    return {table.label: contents(table.model) for table in state()}


def contents(model: Any) -> list[tuple[Any, ...]]:
    fields = model._meta.concrete_fields
    found = model._base_manager.order_by("pk").values_list(*columns(fields))
    names = {
        position: {row.pk: row.natural_key() for row in field.remote_field.model.objects.all()}
        for position, field in enumerate(fields)
        if field.remote_field and field.remote_field.model in GIVEN
    }
    return [
        tuple(
            names[position][value] if position in names and value is not None else value
            for position, value in enumerate(row)
        )
        for row in found
    ]


def columns(fields: Iterable[Any]) -> list[Any]:
    as_text = [Cast(f.attname, models.TextField()) for f in fields if is_json(f)]
    return [*(f.attname for f in fields), *(IsNull(text) for text in as_text)]


class IsNull(models.Func):
    template = "(CASE WHEN %(expressions)s = 'null' THEN 1 ELSE 0 END)"
    output_field = models.IntegerField()
