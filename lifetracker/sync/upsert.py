"""The one way in which synced rows are written: whole batches, by (`source`, `source_id`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain

from django.db import DataError, IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from lifetracker.models import SourceRecord
from lifetracker.models.fields import AnyField
from lifetracker.sync.digests import COLUMNS_ONLY, HALF, digest, digest_of_columns
from lifetracker.sync.lossless import to_json
from lifetracker.sync.mapping import Convert
from lifetracker.sync.replaced import keep_replaced
from lifetracker.sync.streams import Aggregate

# Columns that the upsert itself fills; a stream's fields are the others.
OWN = ("source", "digest", "created_at", "updated_at", "deleted_at")
# What PostgreSQL makes of a text for a column of another type.
CASTS = {"raw": "::jsonb"}


# The values of a row, in the order of its columns.
Row = list[object]


@dataclass
class Batch:
    """Typed rows of one model, in the order of `columns`, which includes `source_id`.

    `digests`: of each row, in two halves, where a later item is to be known before it is mapped.
    `known`: what `stored_digests` tells of them, where that was asked already.
    """

    model: type[SourceRecord]
    source: str
    columns: list[str]
    rows: list[Row]
    digests: list[str] | None = None
    known: dict[str, str] | None = None
    #: `raw`, the last column, may differ where the values are the same.
    keeps_received: bool = False
    #: Rows that are marked as deleted stay so.
    keeps_deleted: bool = False
    #: A row of which only empty columns are filled was not changed: it leaves no revision.
    is_filling: bool = False

    @property
    def ids(self) -> list[str]:
        position = self.columns.index("source_id")
        return [str(row[position]) for row in self.rows]

    def only(self, number: int) -> Batch:
        """Return a batch of one of its rows."""
        digests = self.digests and [self.digests[number]]
        return replace(self, rows=[self.rows[number]], digests=digests)


@dataclass
class Written:
    """What came of a batch. `refused` holds the rows that the database did not take, each with the
    reason."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[Row, str]] = field(default_factory=list)

    def add(self, other: Written) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refused += other.refused


def upsert(batch: Batch) -> Written:
    """Do what `update_or_create` for every row would do, in two statements however many rows there
    are.

    An unchanged row is not written. A row that is marked as deleted is live again. A value that is None
    now becomes NULL. Where the database refuses the batch (a constraint), the rows go one by one,
    so that only the guilty ones are refused.
    """
    try:
        return _upsert(batch)
    except (DataError, IntegrityError, ValueError, OverflowError) as error:
        if len(batch.rows) == 1:
            return Written(refused=[(batch.rows[0], str(error).split("\n")[0])])
    written = Written()
    for number in range(len(batch.rows)):
        written.add(upsert(batch.only(number)))
    return written


def _upsert(batch: Batch) -> Written:
    # The last one counts where a page shift brought an item twice: one statement may not write a
    # row twice.
    rows = dict(zip(batch.ids, batch.rows, strict=True))
    every = batch.digests or [digest(row) for row in batch.rows]
    digests = dict(zip(batch.ids, every, strict=True))
    known = batch.known
    if known is None:
        known = stored_digests(batch.model, batch.source, list(rows))
    changed: list[str] = []
    renamed: list[str] = []
    received: list[str] = []
    for source_id, row in rows.items():
        before, now = known.get(source_id), digests[source_id]
        if before is None or not is_same_row(before, now, row):
            changed.append(source_id)
        elif before != now:
            keeps = batch.keeps_received or before.startswith(COLUMNS_ONLY)
            (received if keeps else renamed).append(source_id)
    if changed or renamed or received:
        with transaction.atomic():
            if changed:
                _keep_replaced(batch, {one: rows[one] for one in changed if one in known})
                _write(batch, [(rows[source_id], digests[source_id]) for source_id in changed])
            if renamed:
                _set_columns(batch, ["digest"], [(digests[one], one) for one in renamed])
            if received:
                # The payload comes last, as its text.
                last = [(digests[one], str(rows[one][-1]), one) for one in received]
                _set_columns(batch, ["digest", "raw"], last)
    created = sum(source_id not in known for source_id in changed)
    return Written(created, len(changed) - created, len(rows) - len(changed))


# --- Digests --------------------------------------------------------------------------------------


def is_same_row(before: str, now: str, row: Row) -> bool:
    """Return whether the stored row with the digest `before` has these values, by whatever version of the
    program it was written."""
    if before.startswith(COLUMNS_ONLY):
        # The payload comes last, as its text.
        return before == digest_of_columns(row[:-1])
    return before == now or before[HALF:] == now[HALF:] or before == digest(row)


def stored_digests(model: type[SourceRecord], source: str, source_ids: list[str]) -> dict[str, str]:
    """Return the digest of each stored row with one of these ids, by one statement with one parameter
    for all of them; empty for a row that is marked as deleted, which is no digest of any row."""
    among, ids = among_ids(source_ids)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT source_id, digest, deleted_at IS NOT NULL FROM {table} "  # noqa: S608 - only the name of a table
            f"WHERE source = %s AND source_id {among}",
            [source, ids],
        )
        return {source_id: "" if gone else known for source_id, known, gone in cursor.fetchall()}


def among_ids(ids: list[str]) -> tuple[str, str | list[str]]:
    """Return the condition that something is one of many texts, and its one parameter."""
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))", to_json(ids)
    return "= ANY(%s)", ids


def _set_columns(batch: Batch, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Set texts of stored rows, in the order of the columns, whose id comes last. The values of the record are
    the same, so that `updated_at` stays as it is."""
    table = batch.model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Its driver waits for each answer of `executemany`.
            names = ", ".join([*columns, "source_id"])
            marks = ", ".join(["%s"] * (len(columns) + 1))
            sets = ", ".join(f"{name} = v.{name}{CASTS.get(name, '')}" for name in columns)
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM unnest({marks}) AS v({names}) "  # noqa: S608 - only names of columns
                f"WHERE {table}.source = %s AND {table}.source_id = v.source_id",
                [*map(list, zip(*rows, strict=True)), batch.source],
            )
        else:
            sets = ", ".join(f"{name} = %s" for name in columns)
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE source_id = %s AND source = %s",  # noqa: S608
                [(*one, batch.source) for one in rows],
            )


def _keep_replaced(batch: Batch, rows: dict[str, Row]) -> None:
    """Keep what the stored rows were that these replace."""
    keep_replaced(
        batch.model,
        batch.source,
        batch.columns,
        rows,
        among_ids,
        stays_deleted=batch.keeps_deleted,
        is_filling=batch.is_filling,
    )


# --- Statements -----------------------------------------------------------------------------------


def _write(batch: Batch, rows: list[tuple[Row, str]]) -> None:
    statement = Statement.of(batch.model, tuple(batch.columns), batch.keeps_deleted)
    with connection.cursor() as cursor:
        statement.execute(cursor, rows, batch.source)


class Statement:
    """`INSERT ... ON CONFLICT DO UPDATE` for one model and one set of columns, on the database in
    use.

    Written out because building and binding model instances costs three times as much as all the
    rest of a sync (`benchmarks/README.md`).
    """

    def __init__(
        self, model: type[SourceRecord], columns: tuple[str, ...], keeps_deleted: bool
    ) -> None:
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
        kept = {"source", "source_id", "created_at"} | ({"deleted_at"} if keeps_deleted else set())
        updates = ", ".join(f"{quote(n)} = excluded.{quote(n)}" for n in names if n not in kept)
        target = f"({quote('source')}, {quote('source_id')})"
        self._tail = f" ON CONFLICT {target} DO UPDATE SET {updates}"

    @staticmethod
    def of(
        model: type[SourceRecord],
        columns: tuple[str, ...],
        keeps_deleted: bool = False,
    ) -> Statement:
        return _statement(model, columns, keeps_deleted, connection.vendor)

    def execute(self, cursor: CursorWrapper, rows: list[tuple[Row, str]], source: str) -> None:
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

    def _prepared(self, row: Row) -> Row:
        values = row.copy()
        for i, prepare in self._prepare:
            if values[i] is not None:
                values[i] = prepare(values[i])
        return values


@lru_cache(maxsize=100)
def _statement(
    model: type[SourceRecord], columns: tuple[str, ...], keeps_deleted: bool, _vendor: str
) -> Statement:
    return Statement(model, columns, keeps_deleted)


def _preparer(column: AnyField) -> Convert | None:
    """Return what turns a typed value into one that the database's driver takes; None where that is the
    value itself."""
    on_sqlite = connection.vendor == "sqlite"
    if isinstance(column, models.DateTimeField):
        return instant_text if on_sqlite else connection.ops.adapt_datetimefield_value
    if isinstance(column, models.DateField):
        return date.isoformat if on_sqlite else connection.ops.adapt_datefield_value
    if isinstance(column, models.DecimalField):
        return lambda value: column.get_db_prep_save(value, connection)
    return None


def instant_text(instant: datetime) -> str:
    """Return what Django makes of an instant for SQLite."""
    if instant.tzinfo is UTC:
        return instant.isoformat(" ")[:-6]
    return str(connection.ops.adapt_datetimefield_value(instant))


def ids_of(rows: models.QuerySet[SourceRecord]) -> set[str]:
    """Return the ids that the source gave these rows."""
    return set(rows.order_by().values_list("source_id", flat=True))


def mark_deleted(rows: models.QuerySet[SourceRecord], ids: Iterable[str]) -> int:
    """Mark those of the rows with these ids as deleted that are not yet; return how many. They are of one
    source."""
    now = timezone.now()
    live = rows.filter(source_id__in=ids, deleted_at__isnull=True)
    return live.update(deleted_at=now, updated_at=now)


def update_aggregates(
    aggregate: Aggregate,
    parts: models.QuerySet[SourceRecord],
    source: str,
    keys: set[object],
    *,
    is_filling: bool,
) -> None:
    """Make the records anew whose parts have these values of `aggregate.by`, by a constant number of
    statements. `parts` are the live rows of the source."""
    found: dict[object, list[SourceRecord]] = {key: [] for key in keys}
    for part in parts.filter(**{f"{aggregate.by}__in": keys}).defer("raw"):
        found[getattr(part, aggregate.by)].append(part)
    made = {
        aggregate.source_id(key): aggregate.make(rows) if rows else None
        for key, rows in found.items()
    }
    rows = [[source_id, *values] for source_id, values in made.items() if values is not None]
    if rows:
        columns = ["source_id", *aggregate.columns]
        upsert(Batch(aggregate.model, source, columns, rows, is_filling=is_filling))
    stored = aggregate.model._default_manager.filter(source=source)
    mark_deleted(stored, [source_id for source_id, values in made.items() if values is None])
