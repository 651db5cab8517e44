"""What a page has its database do, by the counters of the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

# Instructions of SQLite's machine after which it tells of them.
STRIDE = 50
READ = "SELECT COALESCE(SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)), 0) FROM pg_stat_xact_user_tables"


@dataclass
class Cost:
    """`steps`: instructions of SQLite's virtual machine, of which each row and each entry of an index takes
    about five to twenty, or rows that PostgreSQL has read."""

    statements: int = 0
    steps: int = 0


@contextmanager
def counted() -> Iterator[Cost]:
    """Count what the statements in between cost. On PostgreSQL in a transaction, whose rows are known apart from
    those of others."""
    cost = Cost()
    count = count_sqlite if connection.vendor == "sqlite" else count_postgres

    def note(execute: Any, *args: Any) -> Any:
        cost.statements += 1
        return execute(*args)

    with count(cost), connection.execute_wrapper(note):
        yield cost


@contextmanager
def count_sqlite(cost: Cost) -> Iterator[None]:
    def note() -> int:
        cost.steps += STRIDE
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(note, STRIDE)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, STRIDE)


@contextmanager
def count_postgres(cost: Cost) -> Iterator[None]:
    with transaction.atomic():
        before = rows_read()
        yield
        cost.steps = rows_read() - before


def rows_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return int(cursor.fetchone()[0])
