"""How other writers of a table are kept out, where what is found in it has to stay true until something is stored."""

from __future__ import annotations

from django.db import connection, models


def lock_table(model: type[models.Model]) -> None:
    """Keep other writers out for the rest of the transaction that is open."""
    # SQLite's transactions have the write lock from their beginning (settings.py).
    if connection.vendor == "postgresql":
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
