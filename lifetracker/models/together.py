"""Rows of several tables, few of each, in one statement: a page with many small parts asks once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import JSONObject


@dataclass(frozen=True)
class Few:
    """The rows of a query, so few that each may travel as JSON. What it is ordered by does not count."""

    rows: QuerySet[Any, Any]
    #: All that is read of each row: numbers, texts, dates and flags.
    fields: frozenset[str]


def read_together(asked: Mapping[str, Few]) -> dict[str, list[Any]]:
    """Return the objects that each query finds, under its name and in the order of their keys. A field that was not
    asked for is deferred, as Django's `only` leaves it: it costs a statement of its own."""
    found: dict[str, list[Any]] = {name: [] for name in asked}
    if not asked:
        return found
    first, *others = [as_json(name, few) for name, few in asked.items()]
    for name, row in first.union(*others, all=True):
        found[name].append(object_of(asked[name].rows.model, row))
    return {name: sorted(objects, key=lambda one: one.pk) for name, objects in found.items()}


def as_json(name: str, few: Few) -> QuerySet[Any, Any]:
    fields = {field: F(field) for field in few.fields | {"id"}}
    named = Value(name, output_field=CharField())
    return few.rows.order_by().values_list(named, JSONObject(**fields))


def object_of(model: type[Model], row: Mapping[str, Any]) -> Model:
    """Return an object that has these fields of a row. JSON knows no dates, so that fields read them from texts."""
    fields: Iterable[Any] = [one for one in model._meta.concrete_fields if one.name in row]
    values = [one.to_python(row[one.name]) for one in fields]
    return model.from_db(None, [one.attname for one in fields], values)
