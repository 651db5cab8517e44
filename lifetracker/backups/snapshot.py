"""One unchanging view of the database, while others write to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

BEGIN = {
    # Not Django's own transaction, which would lock all writers out (`transaction_mode`).
    "sqlite": ["BEGIN DEFERRED"],
    "postgresql": [
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        # A slow reader at the other end of a pipe is no frozen process.
        "SET LOCAL idle_in_transaction_session_timeout = 0",
    ],
}


@contextmanager
def snapshot() -> Iterator[None]:
    """Let all that is read inside be of the moment of the first reading. Nobody waits for it, and
    nothing can be written in it. Not inside another transaction."""
    with connection.cursor() as cursor:
        for statement in BEGIN[connection.vendor]:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
