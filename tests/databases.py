"""The database of the tests: migrated once for all of their processes, and emptied between two tests."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.db.models import Model

Rows = list[tuple[Any, ...]]


@contextmanager
def database(shared: Path | None) -> Iterator[None]:
    """Make the database that `TEST` names, and delete it afterwards. With a folder that several processes
    share, the first of them migrates, and the others copy."""
    before, name = connection.settings_dict["NAME"], name_here()
    maker = migrate(name) if shared is None else copy_or_migrate(name, shared)
    connection.ensure_connection()
    try:
        yield
    finally:
        connect_to(before)
        drop(name)
        if shared is not None and maker:
            with locked(shared):
                drop(template_of(name, shared))
                (shared / "migrated").unlink()


def name_here() -> str:
    """Return the name of the database of the tests: on a server its own for each checkout, as a run in another one would
    delete it at its beginning."""
    name = str(connection.creation._get_test_db_name())
    if connection.vendor == "sqlite":
        return name
    checkout = crc32(str(settings.BASE_DIR).encode())
    return name.replace(TEST_DATABASE_PREFIX, f"{TEST_DATABASE_PREFIX}{checkout:08x}_", 1)


def migrate(name: str) -> bool:
    create(name)
    connect_to(name)
    call_command("migrate", verbosity=0, interactive=False)
    return True


def copy_or_migrate(name: str, shared: Path) -> bool:
    """Return whether this process was the one that migrated."""
    with locked(shared):
        if (shared / "migrated").exists():
            create(name, template_of(name, shared))
            connect_to(name)
            return False
        migrate(name)
        connection.close()
        create(template_of(name, shared), name)
        (shared / "migrated").touch()
        return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def template_of(name: str, shared: Path) -> str:
    if connection.vendor == "sqlite":
        return str(shared / "migrated.sqlite3")
    # Beside those of the single processes, such as test_name_gw0.
    return f"{name.rpartition('_')[0]}_migrated"


def connect_to(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def create(name: str, template: str = "") -> None:
    """Make it anew, empty or as the template is, to which nobody may be connected."""
    drop(name)
    if connection.vendor == "sqlite":
        if template:
            shutil.copyfile(template, name)
        return
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"')
        # What is gone at the end need not be on the disk at each commit.
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')


def new_file(path: Path) -> bool:
    """Write a SQLite database as it is after its migrations, and return whether that was possible: it is a copy of the
    one of the tests, before anything is written there."""
    if connection.vendor != "sqlite":
        return False
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as ours:
        ours.execute("VACUUM INTO ?", [str(path)])
    return True


def drop(name: str) -> None:
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
        return
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


Contents = dict[str, Rows]
_kept: dict[str, Contents] = {}


class Initial:
    """The rows that a database has after its migrations."""

    def __init__(self) -> None:
        self.contents = contents()

    def restore(self) -> None:
        """Delete what tests have written. Django's own way, `flush`, truncates all tables and makes the
        content types, permissions and schedules again, each time."""
        now = filled()
        changed = {table: [] for table in now if table not in self.contents} | {
            table: rows
            for table, rows in self.contents.items()
            if table not in now or read(table) != rows
        }
        if changed:
            replace(changed)
            ContentType.objects.clear_cache()


def once(build: Callable[[], Any]) -> None:
    """Let `build` fill the database; from the second time on, write the rows that it left the first time.
    It must find the same rows each time, and do nothing else that matters."""
    # Days are those of the zone.
    name = f"{build.__module__}.{build.__qualname__} {settings.TIME_ZONE}"
    if name in _kept:
        replace(_kept[name])
        return
    before = contents()
    number_again()
    build()
    after = contents()
    tables = before.keys() | after.keys()
    _kept[name] = {
        table: after.get(table, []) for table in tables if before.get(table) != after.get(table)
    }


def number_again() -> None:
    """Number the next rows after those that are there, as if no test had written any before: so what asks for record 1
    finds the same on each database, whichever tests ran."""
    if connection.vendor == "sqlite":
        execute("DELETE FROM sqlite_sequence")
    else:
        reset_sequences(models())


def reset_sequences(written: list[type[Model]]) -> None:
    """Let PostgreSQL's sequences go on after the rows, of which they know nothing."""
    for statement in connection.ops.sequence_reset_sql(no_style(), written):
        execute(statement)


def contents() -> Contents:
    return {table: read(table) for table in filled()}


def filled() -> list[str]:
    """The tables that have a row."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    parts = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quoted(name)})" for name in names]
    return [row[0] for row in execute(" UNION ALL ".join(parts))]


def read(table: str) -> Rows:
    # In SQLite, the value of an expression comes as it is stored, which that of a column does not.
    sign = "+" if connection.vendor == "sqlite" else ""
    wanted = ", ".join(f"{sign}{quoted(column)}" for column in columns_of(table))
    return sorted(execute(f"SELECT {wanted} FROM {quoted(table)}"), key=repr)


def columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {quoted(table)} LIMIT 0")
        return [column[0] for column in cursor.description]


def replace(contents: Contents) -> None:
    with connection.constraint_checks_disabled(), transaction.atomic():
        for table in contents:
            execute(f"DELETE FROM {quoted(table)}")
        for table, rows in contents.items():
            if rows:
                write(table, rows)
        reset_sequences([model for model in models() if contents.get(model._meta.db_table)])


def models() -> list[type[Model]]:
    return apps.get_models(include_auto_created=True)


def write(table: str, rows: Rows) -> None:
    names = ", ".join(map(quoted, columns_of(table)))
    marks = ", ".join(["%s"] * len(rows[0]))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quoted(table)} ({names}) VALUES ({marks})", rows)


def execute(statement: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
