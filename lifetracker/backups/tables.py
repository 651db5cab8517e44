"""What of the database is state, and how a row becomes a line of JSON and comes back, exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.models.functions import Cast

from lifetracker.models.exported import kept_rows
from lifetracker.models.json_values import json_value

# Of the packages and of the machinery; a model of an app says it itself, as `not_backed_up`, with the reason. Every
# other one is in each backup, so that a new model cannot be forgotten.
NOT_STATE = {
    "accounts.UserSession": "where somebody is logged in, which ends with the machine it was made on",
    "axes.AccessAttempt": "wrong passwords of the last minutes, which lock a login for a while",
    "axes.AccessAttemptExpiration": "wrong passwords of the last minutes, which lock a login for a while",
    "axes.AccessFailureLog": "wrong passwords of the last minutes, which lock a login for a while",
    "axes.AccessLog": "wrong passwords of the last minutes, which lock a login for a while",
    "contenttypes.ContentType": "`migrate` makes it; rows that refer to it name the model instead",
    "auth.Permission": "`migrate` makes it; rows that refer to it name the permission instead",
    "sessions.Session": "a login, which ends with the machine it was made on",
    "django_q.OrmQ": "a message to a worker; what is to be done stands in the runs",
    "django_q.Task": "the queue's notes on what it has done; the runs say it too",
    "lifetracker.Lease": "a right of a process that runs, which does not run where it is restored",
}

# `migrate`, or the first start, fills them with what the settings say. The backup's rows, which hold what the person has
# changed since, take their place.
# Whoever knocks at the empty one is in the log.
FILLED_BY_MIGRATE = {
    *("accounts.Event", "django_q.Schedule", "lifetracker.DayZone", "lifetracker.PlannedSync"),
}

# Their numbers differ from one database to the next, so a reference is written as a natural key.
NATURAL_KEYS: dict[type[models.Model], Callable[[], dict[int, list[str]]]] = {
    ContentType: lambda: {row.pk: list(row.natural_key()) for row in ContentType.objects.all()},
    Permission: lambda: {
        row.pk: list(row.natural_key()) for row in Permission.objects.select_related("content_type")
    },
}

# How many different fingerprints there are.
FINGERPRINTS = 2**256

# Rows that are in memory at a time, and that one statement inserts at most.
CHUNK = 500

# What a column holds in JSON.
Value = bool | int | float | str | list[str] | None
Row = list[Value]


def state() -> list[Table]:
    """Return the tables of a backup, in a fixed order."""
    return [Table(model) for model in stored() if not why_no_state(model)]


def stored() -> Iterator[type[models.Model]]:
    every: Iterable[type[models.Model]] = apps.get_models(include_auto_created=True)
    return (model for model in every if model._meta.managed and not model._meta.proxy)


def why_no_state(model: type[models.Model]) -> str:
    """Return why no backup holds the rows of a model; "" for one whose rows it holds."""
    return NOT_STATE.get(model._meta.label) or str(getattr(model, "not_backed_up", ""))


class Column:
    def __init__(self, field: models.Field[Any, Any]) -> None:
        self.field = field
        self.name = field.attname
        # JSON keeps the digits and the NULLs that it was stored with, and what is encrypted stays so.
        self.as_stored = hasattr(field, "from_db_value")
        self.is_json = isinstance(field, models.JSONField)
        related = field.related_model
        self._names = NATURAL_KEYS.get(related) if isinstance(related, type) else None

    @property
    def expression(self) -> str | Cast:
        return Cast(self.name, models.TextField()) if self.as_stored else self.name

    @cached_property
    def _name_of(self) -> dict[int, list[str]]:
        return self._names() if self._names else {}

    @cached_property
    def _number_of(self) -> dict[tuple[str, ...], int]:
        return {tuple(name): number for number, name in self._name_of.items()}

    def to_json(self, value: object) -> Value:
        if self._names and isinstance(value, int):
            return self._name_of[value]
        return json_value(value)

    def to_database(self, value: Value) -> Any:
        """Return the value as the database takes it. Raises KeyError for the name of something that this database does not have, and
        ValidationError for a value that is none of this column."""
        if value is None or self.as_stored:
            return value
        if self._names:
            return self._number_of[tuple(value) if isinstance(value, list) else ()]
        return self.field.get_db_prep_save(self.field.to_python(value), connection)


class Table:
    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.label = model._meta.label
        self.columns = [Column(field) for field in model._meta.concrete_fields]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def quoted_name(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    def count(self) -> int:
        return kept_rows(self.model).count()

    def is_empty(self) -> bool:
        """Return whether there is no row at all, be it one that backups hold or not."""
        return not self.model._base_manager.exists()

    def rows(self) -> Iterator[Row]:
        """Yield the rows in the order of the primary key, in constant memory."""
        columns = self.columns
        found = kept_rows(self.model).order_by("pk")
        values = found.values_list(*(column.expression for column in columns))
        for row in values.iterator(chunk_size=CHUNK):
            yield [column.to_json(value) for column, value in zip(columns, row, strict=True)]

    def insert(self, rows: list[Row]) -> None:
        """Insert the rows as they are: no default, no moment of saving, no signal. Raises what `to_database` and the
        database raise."""
        columns = ", ".join(
            connection.ops.quote_name(str(column.field.column)) for column in self.columns
        )
        most = connection.features.max_query_params or CHUNK * len(self.columns)
        step = max(1, min(CHUNK, most // len(self.columns)))
        places = f"({', '.join(['%s'] * len(self.columns))})"
        with connection.cursor() as cursor:
            for first in range(0, len(rows), step):
                some = rows[first : first + step]
                cursor.execute(
                    f"INSERT INTO {self.quoted_name} ({columns}) VALUES {', '.join([places] * len(some))}",  # noqa: S608 - names of our own models
                    [
                        column.to_database(value)
                        for row in some
                        for column, value in zip(self.columns, row, strict=True)
                    ],
                )

    def fingerprint(self, rows: Iterable[Row]) -> int:
        """Return a number that is equal for the same rows in any order, and for JSON that says the same in other letters:
        databases sort texts and write numbers each in a way of their own."""
        total = 0
        for row in rows:
            same = [
                canonical_json(str(value))
                if column.is_json and value is not None
                else value
                # Minus nought, which SQLite does not know.
                if not isinstance(value, float)
                else value + 0.0
                for column, value in zip(self.columns, row, strict=True)
            ]
            total += int.from_bytes(hashlib.sha256(line(same)).digest())
        return total % FINGERPRINTS


def canonical_json(text: str) -> str:
    return json.dumps(json.loads(text, parse_float=digits, parse_int=digits), sort_keys=True)


def digits(text: str) -> str:
    number = Decimal(text)
    return str(number.normalize()) if number else "0"


def line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
