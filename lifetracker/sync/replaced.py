"""What a batch of a sync or an import is about to replace is kept, in the transaction that replaces it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from django.db import connection, models

from lifetracker.models import SourceRecord
from lifetracker.models.kept import value_columns
from lifetracker.models.revisions import Change, Kind, Revision, are_kept
from lifetracker.models.rows import read_columns, reader_of
from lifetracker.sync.lossless import read_json

#: What stands in a column that nothing has filled yet. A number and "no" are values.
EMPTY: tuple[object, ...] = (None, "", [], {})


class OldValues:
    """How the stored rows of one model are read and compared, on the database in use.

    Written out, as the upsert is: it comes with every batch of a sync that changes something.
    """

    def __init__(self, model: type[SourceRecord], columns: tuple[str, ...]) -> None:
        self._model = model
        fields = {field.name: field for field in model._meta.concrete_fields}
        kept = set(value_columns(model))
        chosen = [
            (at, fields[name]) for at, name in enumerate(columns) if fields[name].attname in kept
        ]
        self._names = [field.attname for _, field in chosen]
        self._places = [at for at, _ in chosen]
        self._json = [
            n for n, (_, field) in enumerate(chosen) if isinstance(field, models.JSONField)
        ]
        self._readers = {
            n: reader for n, (_, field) in enumerate(chosen, 3) if (reader := reader_of(field))
        }
        quote = connection.ops.quote_name
        names = ["id", "source_id", "deleted_at", *(str(field.column) for _, field in chosen)]
        # Of PostgreSQL's transactions two may write at a time; SQLite's come one after the other.
        is_locked = connection.features.has_select_for_update
        self._head = (
            f"SELECT {', '.join(map(quote, names))} FROM {quote(model._meta.db_table)} "  # noqa: S608 - only names, quoted
            "WHERE source = %s AND source_id "
        )
        self._tail = " FOR UPDATE" if is_locked else ""

    def keep(
        self,
        source: str,
        among: tuple[str, str | list[str]],
        rows: dict[str, list[object]],
        *,
        stays_deleted: bool,
        is_filling: bool,
    ) -> None:
        """Keep what differs between the stored rows with these ids and those that replace them. `is_filling`: nothing of a row
        of which only empty columns are filled."""
        condition, ids = among
        with connection.cursor() as cursor:
            cursor.execute(self._head + condition + self._tail, [source, ids])
            stored = read_columns(cursor.fetchall(), self._readers)
        changes = (
            self._change(pk, deleted_at is not None and not stays_deleted, old, rows[source_id])
            for pk, source_id, deleted_at, *old in stored
        )
        kept = [
            change for change in changes if change and not (is_filling and replaces_nothing(change))
        ]
        Revision.objects.store(self._model, kept)

    def _change(
        self, pk: int, returns: bool, old: Sequence[object], row: Sequence[object]
    ) -> Change | None:
        new = [row[at] for at in self._places]
        for at in self._json:
            if new[at] is not None:
                new[at] = read_json(str(new[at]).encode())
        if new == old and not returns:
            return None
        differing = {
            name: before
            for name, before, now in zip(self._names, old, new, strict=True)
            if before != now
        }
        return Change(pk, Kind.RETURNED if returns else Kind.CHANGED, differing)


def replaces_nothing(change: Change) -> bool:
    """Return whether only columns were filled that had no value."""
    return change.kind is Kind.CHANGED and all(old in EMPTY for old in change.old.values())


@lru_cache(maxsize=100)
def old_values(model: type[SourceRecord], columns: tuple[str, ...], _vendor: str) -> OldValues:
    return OldValues(model, columns)


def keep_replaced(
    model: type[SourceRecord],
    source: str,
    columns: Iterable[str],
    rows: dict[str, list[object]],
    among: Callable[[list[str]], tuple[str, str | list[str]]],
    *,
    stays_deleted: bool,
    is_filling: bool,
) -> None:
    """Keep what the stored rows with these ids were, if they differ from the rows that replace them: by two statements,
    and by none where none is stored."""
    if rows and are_kept():
        how = old_values(model, tuple(columns), connection.vendor)
        how.keep(
            source, among(list(rows)), rows, stays_deleted=stays_deleted, is_filling=is_filling
        )
