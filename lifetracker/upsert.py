"""The one way in which synced rows are written: whole batches, by (`source`, `source_id`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any

from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from lifetracker.models import SourceRecord
from lifetracker.streams import Joined

# Columns that the upsert itself fills; a stream's fields are the others.
OWN = ("source", "digest", "created_at", "updated_at", "deleted_at")


@dataclass
class Batch:
    """Typed rows of one model, in the order of `columns`, which includes `source_id`."""

    model: type[SourceRecord]
    source: str
    columns: list[str]
    rows: list[list[Any]]

    @property
    def ids(self) -> list[str]:
        position = self.columns.index("source_id")
        return [row[position] for row in self.rows]


@dataclass
class Written:
    """What came of a batch. `refused` holds the rows that the database did not take, each with the
    reason."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[list[Any], str]] = field(default_factory=list)

    def add(self, other: Written) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused += other.refused


def upsert(batch: Batch) -> Written:
    """What `update_or_create` for every row would do, in two statements however many rows there
    are.

    An unchanged row is not written. A row with a tombstone comes back to life. A value that is None
    now becomes NULL. Where the database refuses the batch (a constraint), the rows go one by one,
    so that only the guilty ones are refused.
    """
    try:
        with transaction.atomic():
            return _upsert(batch)
    except (DataError, IntegrityError, ValueError, OverflowError) as error:
        if len(batch.rows) == 1:
            return Written(refused=[(batch.rows[0], str(error).split("\n")[0])])
    written = Written()
    for row in batch.rows:
        written.add(upsert(Batch(batch.model, batch.source, batch.columns, [row])))
    return written


def _upsert(batch: Batch) -> Written:
    # The last one counts where a page shift brought an item twice: one statement may not write a
    # row twice.
    rows = dict(zip(batch.ids, batch.rows, strict=True))
    digests = {source_id: digest(row) for source_id, row in rows.items()}
    stored = batch.model._default_manager.filter(source=batch.source, source_id__in=rows).order_by()
    known = {
        source_id: known_digest if deleted_at is None else None
        for source_id, known_digest, deleted_at in stored.values_list(
            "source_id", "digest", "deleted_at"
        )
    }
    changed = [source_id for source_id in rows if known.get(source_id) != digests[source_id]]
    if changed:
        _write(batch, [(rows[source_id], digests[source_id]) for source_id in changed])
    created = sum(source_id not in known for source_id in changed)
    return Written(created, len(changed) - created, len(rows) - len(changed))


def digest(row: Sequence[Any]) -> str:
    return hashlib.blake2b(repr(row).encode(), digest_size=16).hexdigest()


def _write(batch: Batch, rows: list[tuple[list[Any], str]]) -> None:
    statement = Statement.of(batch.model, tuple(batch.columns))
    with connection.cursor() as cursor:
        statement.execute(cursor, rows, batch.source)


class Statement:
    """`INSERT ... ON CONFLICT DO UPDATE` for one model and one set of columns, on the database in
    use.

    Written out because building and binding model instances costs three times as much as all the
    rest of a sync (`benchmarks/README.md`).
    """

    def __init__(self, model: type[SourceRecord], columns: tuple[str, ...]) -> None:
        fields = {f.name: f for f in model._meta.concrete_fields}
        # Columns that no stream fills still need their default in a new row.
        rest = [
            f for name, f in fields.items() if name not in {*columns, *OWN} and not f.primary_key
        ]
        self._rest = [f.get_db_prep_save(f.get_default(), connection) for f in rest]
        preparers = [(i, _preparer(fields[name])) for i, name in enumerate(columns)]
        self._prepare = [(i, prepare) for i, prepare in preparers if prepare]
        names = [str(fields[name].column) for name in (*columns, *OWN)]
        quote = connection.ops.quote_name
        every = ", ".join(map(quote, [*names, *(str(f.column) for f in rest)]))
        self._head = f"INSERT INTO {quote(str(model._meta.db_table))} ({every}) VALUES "  # noqa: S608 - only names of columns, quoted
        self._row = f"({', '.join(['%s'] * (len(names) + len(rest)))})"
        kept = {"source", "source_id", "created_at"}
        updates = ", ".join(f"{quote(n)} = excluded.{quote(n)}" for n in names if n not in kept)
        target = f"({quote('source')}, {quote('source_id')})"
        self._tail = f" ON CONFLICT {target} DO UPDATE SET {updates}"

    @staticmethod
    def of(model: type[SourceRecord], columns: tuple[str, ...]) -> Statement:
        return _statement(model, columns, connection.vendor)

    def execute(
        self, cursor: CursorWrapper, rows: list[tuple[list[Any], str]], source: str
    ) -> None:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        values = [
            (*self._prepared(row), source, row_digest, now, now, None, *self._rest)
            for row, row_digest in rows
        ]
        if connection.vendor == "sqlite":
            # One small program, run for every row, instead of a large one for every number of rows.
            cursor.executemany(self._head + self._row + self._tail, values)
        else:
            # Its driver sends what `executemany` gets row by row, and waits for each answer.
            every = ", ".join([self._row] * len(values))
            cursor.execute(self._head + every + self._tail, list(chain.from_iterable(values)))

    def _prepared(self, row: list[Any]) -> list[Any]:
        values = row.copy()
        for i, prepare in self._prepare:
            if values[i] is not None:
                values[i] = prepare(values[i])
        return values


@lru_cache(maxsize=100)
def _statement(model: type[SourceRecord], columns: tuple[str, ...], _vendor: str) -> Statement:
    return Statement(model, columns)


def _preparer(column: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """What turns a typed value into one that the database's driver takes; None where that is the
    value itself."""
    if isinstance(column, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    if isinstance(column, models.DateField):
        return connection.ops.adapt_datefield_value
    if isinstance(column, models.DecimalField):
        return lambda value: column.get_db_prep_save(value, connection)
    return None


def ids_of(rows: models.QuerySet[Any]) -> set[str]:
    return set(rows.order_by().values_list("source_id", flat=True))


def bury(rows: models.QuerySet[Any], ids: Iterable[str]) -> int:
    """Give a tombstone to the living among the rows with these ids, which are of one source."""
    now = timezone.now()
    living = rows.filter(source_id__in=ids, deleted_at__isnull=True)
    return living.update(deleted_at=now, updated_at=now)


def join(joined: Joined, parts: models.QuerySet[Any], source: str, keys: set[Any]) -> None:
    """Make the records anew whose parts have these values of `joined.by`, by a constant number of
    statements. `parts` are the living rows of the source."""
    found: dict[Any, list[Any]] = {key: [] for key in keys}
    for part in parts.filter(**{f"{joined.by}__in": keys}).defer("raw"):
        found[getattr(part, joined.by)].append(part)
    made = {
        joined.source_id(key): joined.make(rows) if rows else None for key, rows in found.items()
    }
    rows = [[source_id, *values] for source_id, values in made.items() if values is not None]
    if rows:
        upsert(Batch(joined.model, source, ["source_id", *joined.columns], rows))
    stored = joined.model._default_manager.filter(source=source)
    bury(stored, [source_id for source_id, values in made.items() if values is None])
