"""What the measurements stand on: the sandbox, the databases and the measured processes, all gone
afterwards."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

import psycopg2
import requests

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("DATABASE_URL_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
# An empty database of SQLite with every table, which spares who starts many benchmarks to make it each time.
MIGRATED = os.environ.get("BENCHMARK_MIGRATED")
STARTUP_TIME = 60


class Sandbox:
    """The project's stand-in for WHOOP, with a clock that stands still, so that nothing changes."""

    # Of our own brake; 0: none.
    requests_per_minute = 0

    def __init__(self, url: str) -> None:
        self.url = url
        state = self.call("state")
        self.client_id = state["whoop"]["client_id"]
        self.client_secret = state["whoop"]["client_secret"]
        now = datetime.fromisoformat(state["clock"])
        self.post("clock", to=f"{now:%Y-%m-%dT%H:%M:%S}Z")

    @classmethod
    @contextmanager
    def of(cls, days: int) -> Iterator[Self]:
        port = free_port()
        command = [sys.executable, "manage.py", "sandbox", "--port", str(port)]
        child = subprocess.Popen(
            [*command, "--days", str(days), "--rate-limit", "0"],
            cwd=ROOT,
            env=os.environ | {"DEMO": "true"},
            stdout=subprocess.DEVNULL,
        )
        try:
            yield cls(answering(f"http://127.0.0.1:{port}", child))
        finally:
            child.terminate()
            child.wait()

    def call(self, name: str) -> Any:
        answer = requests.get(f"{self.url}/sandbox/{name}", timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, verb: str, **arguments: Any) -> None:
        requests.post(f"{self.url}/sandbox/{verb}", json=arguments, timeout=60).raise_for_status()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answering(url: str, child: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + STARTUP_TIME
    while time.monotonic() < end and child.poll() is None:
        try:
            requests.get(f"{url}/sandbox/state", timeout=STARTUP_TIME).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return url
    raise RuntimeError(f"the sandbox does not answer at {url}")


# --- Databases ------------------------------------------------------------------------------------


class Databases(Protocol):
    name: str

    def url(self, name: str) -> str:
        """For DATABASE_URL."""

    def copy(self, template: str, name: str) -> str:
        """A new database, or an old one made anew, with the template's content; its URL."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


class Sqlite:
    """Temporary files."""

    name = "SQLite"

    def url(self, name: str) -> str:
        path = self.folder / name
        if MIGRATED and not path.exists():
            shutil.copyfile(MIGRATED, path)
        return f"sqlite:///{path}"

    def copy(self, template: str, name: str) -> str:
        shutil.copyfile(self.folder / template, self.folder / name)
        return self.url(name)

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix="lifetracker-benchmarks-"))
        return self

    def __exit__(self, *exc: object) -> None:
        shutil.rmtree(self.folder)


class Postgres:
    """Databases of their own on the server at DATABASE_URL_POSTGRES."""

    name = "PostgreSQL"

    def url(self, name: str) -> str:
        if name not in self.made:
            self.make(name, "template1")
        return urlsplit(POSTGRES)._replace(path=f"/{self.prefix}_{name}").geturl()

    def copy(self, template: str, name: str) -> str:
        self.make(name, f"{self.prefix}_{template}")
        return self.url(name)

    def make(self, name: str, template: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {self.prefix}_{name}")
        self.execute(f"CREATE DATABASE {self.prefix}_{name} TEMPLATE {template}")
        self.made.add(name)

    def execute(self, statement: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)

    def __enter__(self) -> Self:
        self.prefix = f"lifetracker_benchmark_{os.getpid()}"
        self.made: set[str] = set()
        self.connection = psycopg2.connect(POSTGRES)
        self.connection.autocommit = True
        return self

    def __exit__(self, *exc: object) -> None:
        for name in self.made:
            self.execute(f"DROP DATABASE {self.prefix}_{name} WITH (FORCE)")
        self.connection.close()


def all_databases() -> Iterator[Databases]:
    """SQLite always; PostgreSQL where it answers, or where it was named and so must answer, and not where
    the name is empty."""
    yield Sqlite()
    if not POSTGRES:
        return
    try:
        psycopg2.connect(POSTGRES, connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        if "DATABASE_URL_POSTGRES" in os.environ:
            raise
        print(f"PostgreSQL is left out: {error}".strip(), file=sys.stderr)
    else:
        yield Postgres()


# --- Measured processes ---------------------------------------------------------------------------


class Child:
    """A process that carries out one job of `benchmarks.jobs`, from `go` on. `under`: a command that
    runs it."""

    under: Sequence[str] = ()

    def __init__(self, job: str, database: str, sandbox: Sandbox) -> None:
        self.job = job
        self._process = subprocess.Popen(
            [*self.under, sys.executable, "-m", "benchmarks.child", job],
            cwd=ROOT,
            env=environment(database, sandbox),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        self._expect("ready\n")

    def go(self) -> Self:
        assert self._process.stdin  # noqa: S101 - for the reader: it is a pipe
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return self

    def is_running(self) -> bool:
        return self._process.poll() is None

    def result(self) -> dict[str, Any]:
        """What the job returned, with its costs. Ends the standard input, for which some jobs wait."""
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(f"{self.job}: exit status {self._process.returncode}")
        return dict(json.loads(output))

    def _expect(self, line: str) -> None:
        assert self._process.stdout  # noqa: S101
        if self._process.stdout.readline() != line:
            raise RuntimeError(f"{self.job} did not start: exit status {self._process.wait()}")


def environment(database: str, sandbox: Sandbox) -> dict[str, str]:
    """DEMO: so that no .env of a person is read."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "lifetracker.settings",
        "DEMO": "true",
        # The order of sets, and with it the instructions of a run, are the same each time.
        "PYTHONHASHSEED": "0",
        "DATABASE_URL": database,
        "WHOOP_API_URL": f"{sandbox.url}/whoop",
        "WHOOP_CLIENT_ID": sandbox.client_id,
        "WHOOP_CLIENT_SECRET": sandbox.client_secret,
        "WHOOP_REQUESTS_PER_MINUTE": str(sandbox.requests_per_minute),
    }


def measure(job: str, database: str, sandbox: Sandbox) -> dict[str, Any]:
    return Child(job, database, sandbox).go().result()
