"""What a record holds, as tools tell it: numbers with their unit, texts marked as what somebody wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Model, QuerySet

from lifetracker.api.serializers import INTERNAL
from lifetracker.metrics.records import Record
from lifetracker.models.fields import NUMERIC, is_identifier, unit_of
from lifetracker.tools.declaration import Answer
from lifetracker.tools.said import reference, untrusted

#: Columns that the program itself fills.
OWN_WORDS = frozenset({"source", "id"})
LONGEST_TEXT = 2_000
SHORTENED = " … (shortened)"


class Parts(NamedTuple):
    """What a record consists of, which is told with it: such as the items of a meal. `rows` returns those of all records
    with these ids, `owner` names the column with the id of their record."""

    rows: Callable[[Collection[int]], QuerySet[Any]]
    owner: str


_parts: dict[type[Model], Parts] = {}


def register_parts(model: type[Model], parts: Parts) -> None:
    _parts[model] = parts


def facts_of(records: Iterable[Record]) -> dict[Record, Answer]:
    """Return what the records hold, by a statement for each kind, and one for the parts of a kind."""
    by_model: dict[type[Model], list[Record]] = defaultdict(list)
    for one in records:
        by_model[one.model].append(one)
    found: dict[Record, Answer] = {}
    for model, wanted in by_model.items():
        columns = columns_of(model)
        manager: Any = model._default_manager
        ids = [one.id for one in wanted]
        rows = {row.pk: row for row in manager.filter(pk__in=ids).only(*columns)}
        parts = parts_of(model, ids)
        for one in wanted:
            if one.id in rows:
                found[one] = holds(rows[one.id], columns) | parts.get(one.id, {})
    return found


def parts_of(model: type[Model], ids: Collection[int]) -> dict[int, Answer]:
    """Return the parts of records by the id of each; none where a record of this kind has none."""
    if model not in _parts:
        return {}
    found: dict[int, Answer] = {}
    for row in _parts[model].rows(ids):
        columns = columns_of(type(row))
        part = {"record": reference(type(row), row.pk)} | holds(row, columns)
        owner = getattr(row, _parts[model].owner)
        found.setdefault(owner, {"parts": []})["parts"].append(part)
    return found


def columns_of(model: type[Model]) -> list[str]:
    """Return what a person knows of it: neither what concerns the sync nor what is kept beside the facts."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.name not in INTERNAL
        and (is_words(field) or not isinstance(field, models.JSONField))
    ]


def is_words(field: Any) -> bool:
    return isinstance(field, models.JSONField) and field.default is list


def holds(row: Model, columns: Iterable[str]) -> Answer:
    fields = {field.name: field for field in row._meta.concrete_fields}
    told = {name: fact(fields[name], getattr(row, fields[name].attname)) for name in columns}
    return {name: value for name, value in told.items() if value is not None}


def fact(field: Any, value: Any) -> object:
    """Return a value as it is told; None for what is unknown or empty."""
    if value in (None, "", []):
        return None
    if isinstance(value, str) and not field.choices and field.name not in OWN_WORDS:
        return untrusted(shortened(value), origin(field))
    if isinstance(value, list):
        words = [shortened(one) for one in value if isinstance(one, str)]
        return untrusted(words, origin(field)) if words else None
    is_number = isinstance(field, NUMERIC) and not isinstance(value, bool)
    if not is_number or field.primary_key or field.remote_field or is_identifier(field):
        return value if isinstance(value, bool) else str(value) if is_number else value
    number = float(value) if isinstance(value, Decimal) else value
    return {"value": number, "unit": unit_of(field) or "count"}


def origin(field: Any) -> str:
    return f"{field.verbose_name} of a {field.model._meta.verbose_name}"


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + SHORTENED
