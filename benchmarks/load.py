"""`python -m benchmarks.load`: how fast the API answers, beside a page that returns a constant and beside
plain Django; with --while-syncing, whether it answers while a whole history is written."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import requests

from benchmarks import report
from benchmarks.stage import (
    ROOT,
    STARTUP_TIME,
    Child,
    Databases,
    Sandbox,
    Sqlite,
    all_databases,
    environment,
    free_port,
    measure,
)

TEN_YEARS = 3650
WORKERS = 2
CONNECTIONS = 8
CONSTANT, VALUES = "a constant", "365 days by values()"
WEEK, YEAR = "7 days of recovery", "365 days of recovery"
TARGETS = {
    CONSTANT: "/benchmark/constant",
    VALUES: "/benchmark/values",
    WEEK: "/api/whoop/recovery?days=7",
    YEAR: "/api/whoop/recovery?days=365",
    "metrics of 365 days": "/api/whoop/metrics?days=365",
    "health": "/api/health",
}
# Asked while a history is written: as many at once as a few open pages, not as many as go.
READ_MEANWHILE = {name: TARGETS[name] for name in (WEEK, YEAR, "health")}
WRITTEN_MEANWHILE = "/api/weight"
A_FEW, PAUSE = 2, 0.05
SLICE = 0.5


class Figures(NamedTuple):
    """Requests per second, and milliseconds."""

    rate: float
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, took: list[float], seconds: float) -> Self:
        percentiles = statistics.quantiles(took, n=100, method="inclusive")
        return cls(len(took) / seconds, *(percentiles[n - 1] * 1000 for n in (50, 95, 99)))

    @classmethod
    def median(cls, rounds: list[Self]) -> Self:
        return cls(*(statistics.median(column) for column in zip(*rounds, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="of which the median counts")
    parser.add_argument("--seconds", type=float, default=2, help="for each page in each round")
    parser.add_argument("--days", type=int, default=TEN_YEARS, help="of WHOOP")
    parser.add_argument("--while-syncing", action="store_true")
    parser.add_argument("--processes", type=int, default=WORKERS, help="of the server")
    parser.add_argument(
        "--threads", type=int, help="of each; without it, as gunicorn.conf.py has it"
    )
    options = parser.parse_args()
    server = {"WEB_CONCURRENCY": str(options.processes)}
    if options.threads:
        server["GUNICORN_CMD_ARGS"] = f"--threads {options.threads}"
    print(report.machine())
    with Sandbox.of(options.days) as sandbox:
        if options.while_syncing:
            with Sqlite() as sqlite:
                while_syncing(sqlite, sandbox, options.rounds, server)
            return
        for databases in all_databases():
            with databases:
                compare(databases, sandbox, options.rounds, options.seconds, server)


# --- The pages side by side -----------------------------------------------------------------------


def compare(
    databases: Databases, sandbox: Sandbox, rounds: int, seconds: float, server: dict[str, str]
) -> None:
    """`server` is what the environment says of its processes and threads."""
    database = databases.url("load")
    measure("prepare", database, sandbox)
    measure("sync", database, sandbox)
    many: dict[str, list[Figures]] = defaultdict(list)
    one: dict[str, list[Figures]] = defaultdict(list)
    with serving(database, sandbox, server) as client:
        there = {name: path for name, path in TARGETS.items() if client.exists(path)}
        client.warm_up(there.values())
        # In turns, so that a busy minute of the machine meets all of them.
        for _ in range(rounds):
            for name, path in there.items():
                many[name].append(client.measured(path, CONNECTIONS, seconds))
            for name, path in there.items():
                one[name].append(client.measured(path, 1, seconds / 2))
    show(databases.name, many, one)


def show(database: str, many: dict[str, list[Figures]], one: dict[str, list[Figures]]) -> None:
    print(f"\n{database}\n")
    print(f"| | requests/s, {CONNECTIONS} at once | p50 | p95 | p99 | p50 of one alone |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, rounds in many.items():
        found, alone = Figures.median(rounds), Figures.median(one[name])
        times = " | ".join(f"{ms:.1f} ms" for ms in (*found[1:], alone.p50))
        print(f"| {name} | {found.rate:.0f} | {times} |")
    print()
    for name, floor, limit in ((WEEK, CONSTANT, 3.0), (YEAR, VALUES, 2.5)):
        by_time, by_rate = ratios(one, name, floor, "p50"), ratios(many, floor, name, "rate")
        print(
            f"{name} in times of {floor} (at most {limit:g}): {by_time:.2f} by the p50 of one alone, "
            f"{by_rate:.2f} by requests/s: {'reached' if max(by_time, by_rate) <= limit else 'not reached'}"
        )


def ratios(found: dict[str, list[Figures]], upper: str, lower: str, figure: str) -> float:
    """The median over the rounds, each of which compares what was measured within seconds."""
    pairs = zip(found[upper], found[lower], strict=True)
    return float(statistics.median(getattr(a, figure) / getattr(b, figure) for a, b in pairs))


# --- While a history is written -------------------------------------------------------------------


def while_syncing(
    databases: Databases, sandbox: Sandbox, rounds: int, server: dict[str, str]
) -> None:
    measure("prepare", databases.url("template"), sandbox)
    busy, idle = Slices(), Slices()
    written = []
    for number in range(rounds):
        # A name of its own: SQLite keeps a journal beside the file of the one before.
        database = databases.copy("template", f"meanwhile_{number}")
        with serving(database, sandbox, server) as client:
            client.warm_up([*READ_MEANWHILE.values(), WRITTEN_MEANWHILE])
            sync = Child("sync", database, sandbox).go()
            turns = 0
            while sync.is_running():
                busy.ask(client)
                turns += 1
            written.append(sync.result()["facts"])
            # The same answers now that nobody writes but who asks.
            for _ in range(turns):
                idle.ask(client)
    took = statistics.median(facts["end"] - facts["begin"] for facts in written)
    print(
        f"\nSQLite: {rounds} times {written[0]['records']} records written, in {took:.0f} s each\n"
    )
    print("| | answers meanwhile | p50 | p95 | slowest | p95 when idle | p95 in times of that |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, seconds in busy.took.items():
        found, quiet = Figures.of(seconds, 1), Figures.of(idle.took[name], 1)
        figures = (found.p50, found.p95, max(seconds) * 1000, quiet.p95)
        times = " | ".join(f"{ms:.1f} ms" for ms in figures)
        print(f"| {name} | {len(seconds)} | {times} | {found.p95 / quiet.p95:.1f} |")
    print(f"\nAnswers by status: {dict(busy.answers)}. Other than 2xx: {busy.failed}")


class Slices:
    """What came of asking for each page in turn, half a second each."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.answers: Counter[str] = Counter()

    def ask(self, client: Client) -> None:
        for name, path in READ_MEANWHILE.items():
            self.note(name, client.order(path, A_FEW, SLICE, PAUSE))
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        weighed = json.dumps({"measured_at": moment, "weight_kg": 70})
        typed_in = client.order(WRITTEN_MEANWHILE, A_FEW, SLICE, PAUSE, body=weighed)
        self.note("a weight typed in", typed_in)

    def note(self, name: str, result: dict[str, Any]) -> None:
        self.took[name] += result["took"]
        self.answers.update(result["answers"])

    @property
    def failed(self) -> int:
        return sum(n for status, n in self.answers.items() if status[0] in "345")


# --- What they stand on ---------------------------------------------------------------------------


class Client:
    """The process that asks, with the headers of somebody who is logged in."""

    def __init__(self, port: int, server: int, headers: dict[str, str]) -> None:
        self.port = port
        self.server = server
        self.headers = headers
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load_client"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def exists(self, path: str) -> bool:
        """Raises if it is there and does not work."""
        url = f"http://127.0.0.1:{self.port}{path}"
        answer = requests.get(url, headers=self.headers, timeout=STARTUP_TIME)
        if answer.status_code == 404:
            print(f"There is no {path}: left out.", file=sys.stderr)
            return False
        answer.raise_for_status()
        return True

    def warm_up(self, paths: Iterable[str]) -> None:
        """Until every worker has loaded what it needs."""
        for path in paths:
            self.order(path, CONNECTIONS, SLICE)

    def order(
        self, path: str, connections: int, seconds: float, pause: float = 0, **more: str
    ) -> dict[str, Any]:
        order = {"port": self.port, "headers": self.headers, "path": path, "pause": pause}
        order |= {"connections": connections, "seconds": seconds, **more}
        assert self.process.stdin and self.process.stdout  # noqa: S101, PT018 - for the reader: they are pipes
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def measured(self, path: str, connections: int, seconds: float) -> Figures:
        result = self.order(path, connections, seconds)
        if refused := set(result["answers"]) - {"200", "connected anew"}:
            raise RuntimeError(f"{path} answered {refused}")
        return Figures.of(result["took"], result["seconds"])


@contextmanager
def serving(
    database: str, sandbox: Sandbox, shape: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Client]:
    """Gunicorn as in production, and who asks it."""
    headers = measure("log-in", database, sandbox)["facts"]["headers"]
    port = free_port()
    variables = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.load_settings",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "lifetracker.wsgi", "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT,
        env={**environment(database, sandbox), **variables, **shape},
        stdout=subprocess.DEVNULL,
    )
    client = Client(port, server.pid, headers)
    try:
        wait_for(port, server)
        yield client
    finally:
        client.process.communicate()
        server.terminate()
        server.wait()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTUP_TIME
    while time.monotonic() < end and server.poll() is None:
        try:
            requests.get(f"http://127.0.0.1:{port}/api/health", timeout=5).raise_for_status()
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn does not answer")


if __name__ == "__main__":
    main()
