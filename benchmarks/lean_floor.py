"""The harder floor: the leanest means that Python has, and the product's own tables.

It reads the same pages by `http.client` on one connection and orjson, and writes each record with its
payload and the columns that the sync fills by one `executemany` of the driver for each table. What stands in
an item goes into its column as it is: nothing is checked, no instant is understood, no row is compared.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg2.extras import execute_values

from lifetracker.models import SourceRecord
from oauth_integration.models import OAuthCredential
from whoop.models import WHOOP, WhoopCycle, WhoopRecovery, WhoopSleep
from workouts.models import Workout

PAGE = 25
BATCH = 500
MINUTE = 60_000


class Kind(NamedTuple):
    """Columns by the keys of an item, of its score, and of the counts of milliseconds in a part of
    it. `day`: the key of the moment that gives the date."""

    path: str
    model: type[SourceRecord]
    id: str
    day: str
    keys: dict[str, str]
    score: dict[str, str]
    part: str = ""
    minutes: dict[str, str] = {}


KINDS = (
    Kind(
        "cycle",
        WhoopCycle,
        id="id",
        day="start",
        keys={"start_time": "start", "end_time": "end", "cycle_id": "id"}
        | {"step_count": "step_count", "score_state": "score_state"},
        score={"strain": "strain", "kilojoules": "kilojoule"}
        | {name: name for name in ("average_heart_rate", "max_heart_rate")},
    ),
    Kind(
        "activity/sleep",
        WhoopSleep,
        id="id",
        day="end",
        keys={"start_time": "start", "end_time": "end", "sleep_id": "id", "cycle_id": "cycle_id"}
        | {"nap": "nap", "score_state": "score_state"},
        score={
            f"sleep_{n}": f"sleep_{n}_percentage"
            for n in ("performance", "efficiency", "consistency")
        }
        | {"respiratory_rate": "respiratory_rate"},
        part="stage_summary",
        minutes={
            "in_bed_min": "total_in_bed_time_milli",
            "rem_sleep_min": "total_rem_sleep_time_milli",
            "deep_sleep_min": "total_slow_wave_sleep_time_milli",
            "light_sleep_min": "total_light_sleep_time_milli",
            "awake_min": "total_awake_time_milli",
            "no_data_min": "total_no_data_time_milli",
        },
    ),
    Kind(
        "recovery",
        WhoopRecovery,
        id="cycle_id",
        day="created_at",
        keys={"start_time": "created_at", "cycle_id": "cycle_id", "sleep_id": "sleep_id"}
        | {"score_state": "score_state"},
        score={"recovery_score": "recovery_score", "resting_heart_rate": "resting_heart_rate"}
        | {"hrv_rmssd": "hrv_rmssd_milli", "spo2_percentage": "spo2_percentage"}
        | {"skin_temp_celsius": "skin_temp_celsius", "user_calibrating": "user_calibrating"},
    ),
    Kind(
        "activity/workout",
        Workout,
        id="id",
        day="start",
        keys={"start": "start", "end": "end", "sport_id": "sport_id", "sport_name": "sport_name"}
        | {"score_state": "score_state"},
        score={"strain": "strain", "calories": "kilojoule", "distance_meters": "distance_meter"}
        | {"average_heart_rate": "average_heart_rate", "max_heart_rate": "max_heart_rate"}
        | {f"altitude_{n}_meters": f"altitude_{n}_meter" for n in ("gain", "change")}
        | {"percent_recorded": "percent_recorded"},
        part="zone_durations",
        minutes={
            f"zone_{number}_min": f"zone_{name}_milli"
            for number, name in enumerate(("zero", "one", "two", "three", "four", "five"))
        },
    ),
)


class LeanFloor:
    def __init__(self) -> None:
        self.path = urlsplit(settings.WHOOP_API_URL).path
        self.http = http.client.HTTPConnection(urlsplit(settings.WHOOP_API_URL).netloc, timeout=30)
        token = OAuthCredential.objects.of("whoop").access_token
        self.headers = {"Authorization": f"Bearer {token}"}
        self.requests = 0
        self.records = 0

    def __call__(self) -> dict[str, Any]:
        for kind in KINDS:
            table = Table(kind)
            rows = [table.row(item) for items in self.pages(kind) for item in items]
            table.write(rows)
            self.records += len(rows)
        return {"requests": self.requests, "records": self.records}

    def pages(self, kind: Kind) -> Iterator[list[dict[str, Any]]]:
        path = f"{self.path}/developer/v2/{kind.path}?limit={PAGE}"
        more = ""
        while True:
            self.http.request("GET", path + more, headers=self.headers)
            answer = self.http.getresponse()
            page = orjson.loads(answer.read())
            if answer.status != HTTPStatus.OK:
                raise RuntimeError(f"the sandbox answered {answer.status}")
            self.requests += 1
            yield page["records"]
            if not page.get("next_token"):
                return
            more = f"&nextToken={quote(page['next_token'])}"


class Table:
    """One kind's table and the rows for it."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        fields = {field.name: field for field in kind.model._meta.concrete_fields}
        filled = ["source", "source_id", "created_at", "updated_at", "raw", "date"]
        filled += [*kind.keys, *kind.score, *kind.minutes]
        # What the floor leaves empty, as an insert by hand would.
        rest = [name for name in fields if name not in filled and not fields[name].primary_key]
        self.names = [*filled, *rest]
        self.rest = [empty(fields[name]) for name in rest]
        self.now = timezone.now().isoformat()

    def row(self, item: dict[str, Any]) -> list[Any]:
        kind = self.kind
        score = item.get("score") or {}
        part = score.get(kind.part) or {}
        return [
            WHOOP,
            str(item[kind.id]),
            self.now,
            self.now,
            orjson.dumps(item).decode(),
            item[kind.day][:10],
            *[item.get(key) for key in kind.keys.values()],
            *[score.get(key) for key in kind.score.values()],
            *[part[key] / MINUTE if key in part else None for key in kind.minutes.values()],
            *self.rest,
        ]

    def write(self, rows: list[list[Any]]) -> None:
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in self.names[2:])
        names = ", ".join(f'"{name}"' for name in self.names)
        head = f"INSERT INTO {self.kind.model._meta.db_table} ({names}) VALUES "  # noqa: S608 - names of our own
        tail = f" ON CONFLICT (source, source_id) DO UPDATE SET {updates}"
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                execute_values(cursor.cursor, f"{head}%s{tail}", rows, page_size=BATCH)
            else:
                marks = ", ".join("?" * len(self.names))
                connection.connection.executemany(f"{head}({marks}){tail}", rows)


def empty(field: Any) -> Any:
    value = field.get_db_prep_save(field.get_default(), connection)
    return 0 if value is None and not field.null else value
