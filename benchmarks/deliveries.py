"""`python -m benchmarks.deliveries`: how soon a webhook is answered, while a worker works off what has
come."""

from __future__ import annotations

import argparse
import http.client
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any

import requests

from benchmarks import report
from benchmarks.load import TEN_YEARS, Figures, serving
from benchmarks.stage import ROOT, Databases, Sandbox, all_databases, environment, measure
from lifetracker.sandbox.whoop.webhooks import Delivery, body, sign

DELIVERIES = 600
AT_ONCE = 4
# Between the deliveries of one connection: more than any service sends for one person; and a flood.
PAUSES = {"25 a second": 0.16, "as many as go": 0.0}
LIMIT = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deliveries", description=__doc__)
    parser.add_argument("--days", type=int, default=TEN_YEARS, help="of WHOOP")
    options = parser.parse_args()
    print(report.machine())
    with Sandbox.of(options.days) as sandbox:
        told = events(sandbox)
        print(f"\n{len(told)} deliveries, {AT_ONCE} at once, at most {LIMIT} ms\n")
        print("| | | p50 | p95 | p99 | slowest | over the limit |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for databases in all_databases():
            with databases:
                tell(databases, sandbox, told)


def events(sandbox: Sandbox) -> list[dict[str, Any]]:
    """One for each of so many sleeps."""
    asked = requests.post(f"{sandbox.url}/sandbox/records", json={"kind": "sleep"}, timeout=60)
    sleeps = asked.json()["result"][:DELIVERIES]
    return [dict(one) for one in sleeps]


def tell(databases: Databases, sandbox: Sandbox, told: list[dict[str, Any]]) -> None:
    database = databases.url("deliveries")
    measure("prepare", database, sandbox)
    measure("sync", database, sandbox)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=ROOT,
        env=environment(database, sandbox) | {"WHOOP_REQUESTS_PER_MINUTE": "0"},
        stdout=subprocess.DEVNULL,
    )
    try:
        with serving(database, sandbox) as client, ThreadPoolExecutor(AT_ONCE) as pool:
            for name, pause in PAUSES.items():
                begin = time.perf_counter()
                took = list(
                    pool.map(partial(deliver, client.port, sandbox.client_secret, pause), told)
                )
                show(f"{databases.name} | {name}", took, time.perf_counter() - begin)
    finally:
        worker.terminate()
        worker.wait()


def show(name: str, took: list[float], seconds: float) -> None:
    found = Figures.of(took, seconds)
    times = " | ".join(f"{ms:.1f} ms" for ms in (*found[1:], max(took) * 1000))
    slow = sum(one * 1000 > LIMIT for one in took)
    print(f"| {name} ({found.rate:.0f}/s) | {times} | {slow} |")


def deliver(port: int, secret: str, pause: float, sleep: dict[str, Any]) -> float:
    """Seconds to the answer, with a connection of its own as a service has it."""
    time.sleep(pause)
    content = body("sleep", sleep["id"], sleep["user_id"], Delivery())
    stamp = str(int(time.time() * 1000))
    headers: dict[str, Any] = {
        "Content-Type": "application/json",
        "X-WHOOP-Signature-Timestamp": stamp,
        "X-WHOOP-Signature": sign(secret, stamp, content),
    }
    begin = time.perf_counter()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("POST", "/webhooks/whoop", content, headers)
        answer = connection.getresponse()
        answer.read()
    if answer.status != 200:
        raise RuntimeError(f"a delivery was answered with {answer.status}")
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
