"""`python -m benchmarks.guessing`: how long a monitor waits for the health while twelve clients guess passwords, each
with another name for each guess, so that no lock of a name or an address stops them."""

from __future__ import annotations

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlencode

from benchmarks import report
from benchmarks.load import wait_for
from benchmarks.stage import ROOT, Sqlite, free_port

GUESSERS = 12
WORKERS = 2
# Seconds between two looks at the health.
PAUSE = 0.05


def ask(
    port: int, method: str, path: str, body: str | None, headers: dict[str, str]
) -> tuple[int, str, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Set-Cookie", ""), answer.read().decode()


def guess(port: int, end: float, statuses: Counter[int]) -> None:
    _, cookie, page = ask(port, "GET", "/login/", None, {})
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[0]
    headers = {"Cookie": cookie.split(";")[0], "Content-Type": "application/x-www-form-urlencoded"}
    while time.monotonic() < end:
        form = {"csrfmiddlewaretoken": token, "username": uuid.uuid4().hex, "password": "wrong"}
        statuses[ask(port, "POST", "/login/", urlencode(form), headers)[0]] += 1


def health(port: int, seconds: float) -> list[float]:
    """Milliseconds, one for each time that it was asked."""
    took: list[float] = []
    end = time.monotonic() + seconds
    while len(took) < 2 or time.monotonic() < end:
        begin = time.perf_counter()
        status = ask(port, "GET", "/api/health", None, {})[0]
        took.append((time.perf_counter() - begin) * 1000)
        if status != 200:
            raise SystemExit(f"/api/health answered {status}")
        time.sleep(PAUSE)
    return took


def figures(took: list[float]) -> list[str]:
    cuts = statistics.quantiles(took, n=100, method="inclusive")
    return [f"{statistics.median(took):.0f}", f"{cuts[94]:.0f}", f"{max(took):.0f}"]


@contextmanager
def serving(database: str) -> Iterator[int]:
    """Gunicorn with the project's configuration and two workers, on an empty database. Its port."""
    port = free_port()
    env = os.environ | {"DEMO": "true", "DEBUG": "false", "DATABASE_URL": database}
    env |= {"WEB_CONCURRENCY": str(WORKERS), "LOG_LEVEL": "ERROR"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True
    )
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "lifetracker.wsgi", "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guessing", description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    options = parser.parse_args()
    statuses: Counter[int] = Counter()
    with Sqlite() as databases, serving(databases.url("guessing")) as port:
        quiet = health(port, options.seconds / 2)
        arguments = (port, time.monotonic() + options.seconds, statuses)
        guessers = [threading.Thread(target=guess, args=arguments) for _ in range(GUESSERS)]
        for one in guessers:
            one.start()
        loud = health(port, options.seconds)
        for one in guessers:
            one.join()
    rows = [("nobody guesses", *figures(quiet)), (f"{GUESSERS} clients guess", *figures(loud))]
    print(report.machine())
    print(report.table(("health, in ms", "median", "p95", "slowest"), rows))
    print(f"\nGuesses by status in {options.seconds:g} s: {dict(statuses)}")


if __name__ == "__main__":
    main()
