"""How long other writers of the same SQLite database wait: while nothing happens, while a token is
refreshed, while a history is read."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from benchmarks.stage import Child, Databases, Sandbox

REFRESH_TAKES = 2.0
BEFORE_AND_AFTER = 0.3


def measure_waits(databases: Databases, sandbox: Sandbox, rounds: int) -> dict[str, Any]:
    print("SQLite: how long other writers wait ...", file=sys.stderr, flush=True)
    delay = {"match": "/oauth/oauth2/token", "kind": "delay", "seconds": REFRESH_TAKES}
    found: dict[str, list[float]] = {"control": [], "refresh": [], "sync": []}
    for _ in range(rounds):
        url = databases.copy("template", "work")
        found["control"] += beside(None, url, sandbox)
        sandbox.post("faults", **delay)
        found["refresh"] += beside("refresh", url, sandbox)
        sandbox.post("clear-faults")
        found["sync"] += beside("sync", databases.copy("template", "work"), sandbox)
    return {name: summary(seconds) for name, seconds in found.items()}


def beside(job: str | None, database: str, sandbox: Sandbox) -> list[float]:
    """How long each write that met the job waited for the lock, or, without a job, each in a
    stretch as long as a refresh."""
    writer = Child("write", database, sandbox)
    other = Child(job, database, sandbox) if job else None
    writer.go()
    time.sleep(BEFORE_AND_AFTER)
    begin = time.monotonic()
    if other:
        facts = other.go().result()["facts"]
        begin, end = facts["begin"], facts["end"]
    else:
        time.sleep(REFRESH_TAKES)
        end = time.monotonic()
    time.sleep(BEFORE_AND_AFTER)
    written = writer.result()["facts"]["waits"]
    return [seconds for at, seconds in written if at + seconds >= begin and at <= end]


def summary(seconds: list[float]) -> dict[str, float]:
    """In milliseconds."""
    percentiles = statistics.quantiles(seconds, n=1000)
    return {
        "writes": len(seconds),
        "p50": percentiles[499] * 1000,
        "p99": percentiles[989] * 1000,
        "p99.9": percentiles[998] * 1000,
        "max": max(seconds) * 1000,
    }
