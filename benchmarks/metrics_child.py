"""Fills the database at DATABASE_URL with years of a life and asks for its metrics:
`python -m benchmarks.metrics_child YEARS ROUNDS` prints what came of it as one line of JSON."""

from __future__ import annotations

import gc
import gzip
import json
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import django
import orjson

from benchmarks.bare_metrics import bare_chart, bare_metrics

if TYPE_CHECKING:
    from benchmarks.many import Dialect

DAY = 86_400
#: Of each kind of record in a year; a tenth of a nap is none.
A_YEAR = {"nights": 365, "naps": 36, "recoveries": 365, "cycles": 365, "workouts": 438}
A_YEAR |= {"entries": 4015, "fasts": 365, "weigh-ins": 300, "commits": 2000}
REPOSITORIES = 100
#: The day of which everything is asked lies so many days back.
DAYS_BACK = 3
Results = dict[str, Any]


def main(years: int, rounds: int) -> None:
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - only after the setup
    from django.utils import timezone  # noqa: PLC0415

    from lifetracker.days import today  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    fill(years, timezone.now())
    # As in a process of gunicorn, where what is loaded is not looked through again.
    gc.collect()
    gc.freeze()
    days = 365 * years
    chart = f"/api/metrics/series?keys={','.join(bare_metrics())}&days={days}"
    results = {
        "chart": page(chart, rounds),
        "bare": cost(lambda: bare_chart(days), rounds),
        "day": page(f"/api/day/{today() - timedelta(days=DAYS_BACK)}", rounds),
        "alone": alone(days, rounds),
        "apart": apart(chart, days),
    }
    print(json.dumps(results))


# --- A life ---------------------------------------------------------------------------------------


def fill(years: int, now: datetime) -> None:
    """Store so many years of records, up to yesterday, what is running, and that all of it is verified."""
    from django.db import connection, transaction  # noqa: PLC0415

    from benchmarks.many import (  # noqa: PLC0415
        Dialect,
        include_commits,
        insert,
        rare,
        running,
    )

    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    dialect = Dialect(int(midnight.timestamp()) - DAY)
    with transaction.atomic():
        for kind, (name, values) in life(dialect).items():
            insert(dialect, name, A_YEAR[kind] * years, values)
        name = "github_projects.Repository"
        insert(dialect, name, REPOSITORIES, rare(dialect, DAY)[name])
        include_commits()
        for name, values in running(Dialect(int(now.timestamp()))).items():
            insert(dialect, name, 1, values)
        verify_all(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def verify_all(now: datetime) -> None:
    from lifetracker.models import BEGINNING, SyncRun, SyncState  # noqa: PLC0415
    from lifetracker.sync.streams import sources  # noqa: PLC0415

    for source in sources.values():
        SyncRun.objects.create(source=source.name, kind="full", status="success", started_at=now)
        for stream in source.streams:
            SyncState.objects.create(
                source=source.name,
                stream=stream.name,
                verified_from=BEGINNING,
                verified_to=now,
            )


def life(dialect: Dialect) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the model of each kind of record and what stands in its columns."""
    from benchmarks.many import records  # noqa: PLC0415

    def every(seconds: int, name: str, **values: str) -> tuple[str, dict[str, str]]:
        return name, records(dialect, seconds)[name] | values

    year = 365 * DAY
    return {
        "recoveries": every(DAY, "whoop.WhoopRecovery", **recovery()),
        "nights": every(DAY, "whoop.WhoopSleep", **night(dialect)),
        "naps": every(DAY, "whoop.WhoopSleep", **night(dialect) | nap(dialect)),
        "cycles": every(DAY, "whoop.WhoopCycle", **cycle()),
        "workouts": every(
            year // A_YEAR["workouts"],
            "workouts.Workout",
            **numbers(*(f"zone_{zone}_min" for zone in range(6))),
        ),
        "entries": every(year // A_YEAR["entries"], "time_logs.TimeEntry", **entry(dialect)),
        "fasts": every(DAY, "fasting.FastingPeriod", **fast(dialect)),
        "weigh-ins": every(
            year // A_YEAR["weigh-ins"],
            "weight.WeighIn",
            **numbers("weight_kg", "fat_ratio", "lean_mass_kg"),
        ),
        "commits": every(year // A_YEAR["commits"], "github_projects.Commit"),
    }


def chance(below: int, seed: int = 0) -> str:
    """Return a whole number that no rule is seen in, so that answers are not compressed better than those of a life."""
    row = "CAST(number AS BIGINT)"
    return f"({row} * {row} * 7919 + {row} * {104_729 + seed} + {seed}) % 10007 * {below} / 10007"


def numbers(*columns: str) -> dict[str, str]:
    """Return a number with a fraction for each column."""
    return {column: f"20 + ({chance(50_000, at)}) / 1000.0" for at, column in enumerate(columns)}


def recovery() -> dict[str, str]:
    whole = ("recovery_score", "resting_heart_rate")
    return numbers("hrv_rmssd", "spo2_percentage", "skin_temp_celsius") | {
        column: f"40 + {chance(30, at)}" for at, column in enumerate(whole)
    }


def cycle() -> dict[str, str]:
    return numbers("strain", "kilojoules") | {"step_count": chance(10_000)}


def night(dialect: Dialect) -> dict[str, str]:
    """Return a night from about eleven to seven, which ends in the morning of its day."""
    woken = f"number * {DAY} + 17 * 3600"
    need = ("need_baseline_min", "need_from_strain_min", "need_from_debt_min")
    return numbers(
        *(
            "sleep_efficiency",
            "respiratory_rate",
            "rem_sleep_min",
            "deep_sleep_min",
            "total_sleep_hours",
        ),
        *need,
    ) | {
        "date": dialect.day(woken),
        "start_time": dialect.moment(f"{woken} + 8 * 3600 + {chance(7200)}"),
        "end_time": dialect.moment(woken),
        "nap": "(1 = 0)",
    }


def nap(dialect: Dialect) -> dict[str, str]:
    """Return what a nap of each tenth day has instead."""
    woken = f"number * {10 * DAY} + 9 * 3600"
    return {
        "source_id": "'nap-' || number",
        "date": dialect.day(woken),
        "start_time": dialect.moment(f"{woken} + 1800"),
        "end_time": dialect.moment(woken),
        "nap": "(1 = 1)",
    }


def entry(dialect: Dialect) -> dict[str, str]:
    """Return eleven entries of about an hour for each day, on each seventh until after midnight."""
    a_day = A_YEAR["entries"] // 365
    late = f"(CASE WHEN number / {a_day} % 7 = 0 THEN {4 * 3600} ELSE 0 END)"
    ended = f"number / {a_day} * {DAY} + 3 * 3600 - {late} + number % {a_day} * 3700"
    length = f"(3600 - {chance(900)})"
    return {
        "date": dialect.day(f"{ended} + {length}"),
        "start": dialect.moment(f"{ended} + {length}"),
        "end": dialect.moment(ended),
        "duration": length,
        "billable": "(number % 3 = 0)",
        "project": "'Project ' || (number / 3 % 12)",
    }


def fast(dialect: Dialect) -> dict[str, str]:
    """Return a fast from the evening to the noon of its day."""
    ended = f"number * {DAY} + 12 * 3600 - {chance(3600)}"
    return {
        "date": dialect.day(ended),
        "start": dialect.moment(f"{ended} + 16 * 3600"),
        "end": dialect.moment(ended),
        "duration_hours": "16",
        "goal_hours": "16",
    }


# --- What it costs --------------------------------------------------------------------------------


def cost(work: Callable[[], bytes], rounds: int) -> Results:
    """CPU in milliseconds, of this process and of PostgreSQL's, the median of the rounds after one that is not counted;
    and the most memory in MB that the work takes."""
    from benchmarks.child import server_cpu  # noqa: PLC0415

    answer = work()
    took, served = [], server_cpu()
    for _ in range(rounds):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    served = (server_cpu() - served) / rounds
    tracemalloc.start()
    work()
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {
        "cpu": statistics.median(took) * 1000,
        "server": served * 1000,
        "memory": memory / 1e6,
        "bytes": len(answer),
        # As the middleware does.
        "gzipped": len(gzip.compress(answer, compresslevel=6)),
    }


def page(path: str, rounds: int) -> Results:
    from benchmarks.counters import counted  # noqa: PLC0415
    from benchmarks.pages_child import client_for  # noqa: PLC0415

    client = client_for(path)

    def asked() -> bytes:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered with {answer.status_code}")
        return bytes(answer.content)

    found = cost(asked, rounds)
    with counted() as statements:
        asked()
    return found | {"statements": statements.statements}


def apart(path: str, days: int) -> int:
    """Return how many of the numbers the two say differently."""
    from benchmarks.pages_child import client_for  # noqa: PLC0415

    ours, bare = (
        client_for(path).get(path).json()["series"],
        orjson.loads(bare_chart(days))["series"],
    )
    return sum(
        (one is None) != (other is None)
        or abs((one or 0) - (other or 0)) > 0.51 * 10.0 ** -(ours[key]["decimals"] + 1)
        for key, columns in bare.items()
        for name, values in columns.items()
        for one, other in zip(ours[key][name], values, strict=True)
    )


def alone(days: int, rounds: int) -> dict[str, float]:
    """Return what each metric takes alone, with its usual, in milliseconds of CPU."""
    from lifetracker.days import today  # noqa: PLC0415
    from lifetracker.metrics.described import describe  # noqa: PLC0415
    from lifetracker.metrics.registry import metrics  # noqa: PLC0415

    last, found = today(), {}
    for key, metric in metrics.items():
        took = []
        for _ in range(rounds):
            begin = time.process_time()
            _ = describe([metric], last - timedelta(days=days - 1), last)[key].usual
            took.append(time.process_time() - begin)
        found[key] = statistics.median(took) * 1000
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
