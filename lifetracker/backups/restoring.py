"""The way back: into an empty database, whole or not at all."""

from __future__ import annotations

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from lifetracker.backups.archive import (
    Archive,
    Held,
    Migrations,
    Progress,
    UnusableBackup,
    chunks,
    migrations,
)
from lifetracker.backups.tables import FILLED_BY_MIGRATE, FINGERPRINTS, Row, Table, state
from lifetracker.tasks import remove_foreign_schedules
from lifetracker.words import counted

REFUSED = (DatabaseError, ValidationError, KeyError, TypeError, ValueError)


class Proof(NamedTuple):
    """Rows of one table, counted on both sides after all were written."""

    table: str
    in_file: int
    in_database: int


def restore(archive: Archive, progress: Progress) -> list[Proof]:
    """Restore everything as it was; what the file holds of each table is read back from the database and
    compared, before the one transaction ends. Raises UnusableBackup, and then nothing was changed."""
    tables = {table.label: table for table in state()}
    refuse_other_tables(archive, tables)
    archive.verify(progress)
    with transaction.atomic():
        lock(tables)
        refuse_unless_empty(tables)
        for label in FILLED_BY_MIGRATE:
            tables[label].model._base_manager.all().delete()
        pairs = [(held, tables[held.table]) for held in archive.manifest.tables]
        fingerprints = [fill(table, archive, held, progress) for held, table in pairs]
        refuse_loose_ends()
        set_sequences(tables)
        proofs = [
            prove(table, held, fingerprint)
            for (held, table), fingerprint in zip(pairs, fingerprints, strict=True)
        ]
        # A file may have been written by anybody, and a worker runs what a schedule names.
        remove_foreign_schedules()
        return proofs


# --- Before ---------------------------------------------------------------------------------------


def refuse_other_tables(archive: Archive, tables: dict[str, Table]) -> None:
    """Raise UnusableBackup unless the tables have the form that they had when the backup was made."""
    here, there = migrations(tables.values()), archive.manifest.migrations
    version = archive.manifest.version
    lacking, more = beside(there, here), beside(here, there)
    if lacking:
        known = MigrationLoader(connection).disk_migrations
        if all(name in known for name in lacking):
            raise UnusableBackup("The database is not ready. First: python manage.py migrate")
        raise UnusableBackup(
            f"Life Tracker {version} made this backup, and its tables have changed since yours "
            f"({listing(lacking)}). Update the program and run `migrate` first."
        )
    if more:
        raise UnusableBackup(
            f"Life Tracker {version} made this backup, with fewer changes to its tables than yours "
            f"({listing(more)}). Restore it with that version into an empty database that it has "
            "migrated; then update the program and run `migrate`."
        )
    columns = {held.table: held.columns for held in archive.manifest.tables}
    if columns != {label: table.names for label, table in tables.items()}:
        raise UnusableBackup(
            f"The tables of this backup are not those of this program. Restore it with version {version}."
        )


def beside(these: Migrations, those: Migrations) -> list[tuple[str, str]]:
    return [
        (app, name)
        for app, names in these.items()
        for name in names
        if name not in those.get(app, [])
    ]


def listing(names: list[tuple[str, str]]) -> str:
    rest = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(f"{app} {name}" for app, name in names[:2]) + rest


def lock(tables: dict[str, Table]) -> None:
    """Keep others from writing beside it, until the end of the transaction. SQLite's transactions do
    that by themselves (`transaction_mode`)."""
    if connection.vendor != "postgresql":
        return
    names = ", ".join(table.quoted_name for table in tables.values())
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        # Comparing a large table asks nothing of the database for a while.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def refuse_unless_empty(tables: dict[str, Table]) -> None:
    found = [
        f"{label} {table.model._base_manager.count()}"
        for label, table in tables.items()
        if label not in FILLED_BY_MIGRATE and not table.is_empty()
    ]
    if found:
        raise UnusableBackup(
            f"The database is not empty: it has {', '.join(found)}. "
            "Name a new one in DATABASE_URL, run `migrate`, and restore into that."
        )


# --- Writing --------------------------------------------------------------------------------------


def fill(table: Table, archive: Archive, held: Held, progress: Progress) -> int:
    """Insert the rows; return their fingerprint."""
    fingerprint = 0
    for rows in chunks(archive.rows(held)):
        try:
            # A savepoint: so that the database still answers when it has refused a row.
            with transaction.atomic():
                table.insert(rows)
        except REFUSED as error:
            raise UnusableBackup(refusal(table, rows, error)) from error
        fingerprint += table.fingerprint(rows)
        progress(table.label, len(rows))
    return fingerprint % FINGERPRINTS


def refusal(table: Table, rows: list[Row], error: Exception) -> str:
    """Return a sentence that names the first row that cannot be stored by itself."""
    key = table.names.index(table.model._meta.pk.attname)
    for row in rows:
        try:
            with transaction.atomic():
                table.insert([row])
        except REFUSED as own:
            return f"{table.label}: the database refuses the row {row[key]!r}: {first_line(own)}"
    return f"{table.label}: the database refuses it: {first_line(error)}"


def first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(error.messages)
    return (str(error).splitlines() or [type(error).__name__])[0]


def refuse_loose_ends() -> None:
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise UnusableBackup(
            f"A row refers to one that is not there: {first_line(error)}"
        ) from error


def set_sequences(tables: dict[str, Table]) -> None:
    """Let the next number that the database gives come after those restored."""
    models = [table.model for table in tables.values()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


# --- After ----------------------------------------------------------------------------------------


def prove(table: Table, held: Held, fingerprint: int) -> Proof:
    """Return the proof that the database holds what the file does. Raises UnusableBackup where it does not."""
    proof = Proof(table.label, held.rows, table.count())
    if proof.in_file != proof.in_database:
        raise UnusableBackup(
            f"{proof.table}: the file has {counted(proof.in_file, 'row')}, but the database {proof.in_database:,}."
        )
    if table.fingerprint(table.rows()) != fingerprint:
        raise UnusableBackup(f"{proof.table}: the database has made something else of some rows.")
    return proof
