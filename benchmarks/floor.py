"""The floor: the least that brings the same records into the same database by the same means.

It reads the same pages by one `requests.Session` and writes each record with its payload and nine
columns, 500 to a batch. What it leaves out stands in README.md. `lean_floor.py` has a harder one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import requests
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from oauth_integration.models import OAuthCredential

PAGE = 25
BATCH = 500


class Kind(NamedTuple):
    path: str
    id: str
    score: tuple[str, str, str]


KINDS = {
    "floor_cycle": Kind("cycle", "id", ("strain", "kilojoule", "average_heart_rate")),
    "floor_sleep": Kind(
        "activity/sleep",
        "id",
        ("sleep_performance_percentage", "sleep_efficiency_percentage", "respiratory_rate"),
    ),
    "floor_recovery": Kind(
        "recovery", "cycle_id", ("recovery_score", "resting_heart_rate", "hrv_rmssd_milli")
    ),
    "floor_workout": Kind("activity/workout", "id", ("strain", "average_heart_rate", "kilojoule")),
}
COLUMNS = (
    "source",
    "source_id",
    "begins",
    "ends",
    "state",
    "one",
    "two",
    "three",
    "updated",
    "raw",
)
TABLE = """
    CREATE TABLE {table} (
        source varchar(20) NOT NULL, source_id varchar(64) NOT NULL,
        begins varchar(40), ends varchar(40), state varchar(20),
        one double precision, two double precision, three double precision,
        updated varchar(40) NOT NULL, raw {json} NOT NULL, PRIMARY KEY (source, source_id)
    )
"""
MARKS = f"({', '.join(['%s'] * len(COLUMNS))})"


class Floor:
    def __init__(self) -> None:
        json_type = "jsonb" if connection.vendor == "postgresql" else "text"
        with connection.cursor() as cursor:
            for table in KINDS:
                cursor.execute(TABLE.format(table=table, json=json_type))
        self.session = requests.Session()
        token = OAuthCredential.objects.of("whoop").access_token
        self.session.headers["Authorization"] = f"Bearer {token}"
        self.requests = 0
        self.records = 0

    def __call__(self) -> dict[str, Any]:
        for table, kind in KINDS.items():
            waiting: list[tuple[Any, ...]] = []
            for records in self.pages(kind):
                waiting += [row_of(record, kind) for record in records]
                if len(waiting) >= BATCH:
                    self.store(table, waiting)
                    waiting = []
            if waiting:
                self.store(table, waiting)
        return {"requests": self.requests, "records": self.records}

    def pages(self, kind: Kind) -> Iterator[list[dict[str, Any]]]:
        url = f"{settings.WHOOP_API_URL}/developer/v2/{kind.path}"
        params: dict[str, Any] = {"limit": PAGE}
        while True:
            answer = self.session.get(url, params=params, timeout=30)
            answer.raise_for_status()
            self.requests += 1
            page = answer.json()
            yield page["records"]
            if not page.get("next_token"):
                return
            params["nextToken"] = page["next_token"]

    def store(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            self.write(cursor, table, rows)
        self.records += len(rows)

    def write(self, cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
        cursor.executemany(upsert_into(table, MARKS), rows)


class FloorInOneStatement(Floor):
    """The same with a multi-row `VALUES`: psycopg2's `executemany` sends a statement per row."""

    def write(self, cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
        values = [value for row in rows for value in row]
        cursor.execute(upsert_into(table, ", ".join([MARKS] * len(rows))), values)


def row_of(record: dict[str, Any], kind: Kind) -> tuple[Any, ...]:
    score = record.get("score") or {}
    return (
        "Whoop",
        str(record[kind.id]),
        record.get("start"),
        record.get("end"),
        record["score_state"],
        *(score.get(name) for name in kind.score),
        timezone.now().isoformat(),
        json.dumps(record),
    )


def upsert_into(table: str, values: str) -> str:
    updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:])
    return (
        f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES {values} "  # noqa: S608 - names of this file only
        f"ON CONFLICT (source, source_id) DO UPDATE SET {updates}"
    )
