"""Statements that a sync repeats with every batch, written once: to build one of Django's costs several
times what it costs to carry it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from django.db import connection, models

from lifetracker.models.fields import AnyField


def execute(statement: str, parameters: Sequence[datetime | str | int | None]) -> int:
    """Return how many rows it met."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def save(row: models.Model) -> None:
    """Do what `row.save()` does, but for the columns that its model calls `not_rewritten`. A row that is not stored is
    inserted by it."""
    update = _update(type(row))
    values = [f.get_db_prep_save(f.pre_save(row, add=False), connection) for f in update.fields]
    if row.pk is None or execute(update.statement, [*values, row.pk]) != 1:
        row.save()


class Update(NamedTuple):
    fields: list[AnyField]
    statement: str


@cache
def _update(model: type[models.Model]) -> Update:
    quote = connection.ops.quote_name
    kept: frozenset[str] = getattr(model, "not_rewritten", frozenset())
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in kept
    ]
    key = model._meta.pk
    columns = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    return Update(
        fields,
        f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {quote(str(key.column))} = %s",  # noqa: S608 - only names of columns, quoted
    )
