"""Gunicorn with the project's configuration and the settings of production, and what is asked of it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple, TextIO
from urllib.parse import urlencode

from django.conf import settings

from tests import processes

HOST = "tracker.example"


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Server:
    """What a test has made it write is `log`, from `begin_a_log` on, or else from its start."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        outputs: tuple[TextIO, TextIO],
        port: int,
        address: str,
    ) -> None:
        self.process = process
        self.outputs = outputs
        self.port = port
        self.address = address
        self.log_begins = 0
        self.has_ended = False

    def ask(
        self,
        path: str,
        method: str = "GET",
        form: dict[str, str] | None = None,
        json_body: str | None = None,
        **headers: str,
    ) -> Answer:
        """As a router does that speaks https with the browser; `X_Request_ID` is X-Request-ID."""
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "Connection": "close"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = json_body
        if form is not None:
            body, sent["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        elif json_body is not None:
            sent["Content-Type"] = "application/json"
        with closing(http.client.HTTPConnection(self.address, self.port, timeout=30)) as connection:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def answers(self, status: int) -> bool:
        try:
            return self.ask("/api/health").status == status
        except OSError:
            assert self.process.poll() is None, self.written()
            return False

    def written(self) -> tuple[str, str]:
        """What it has written to its standard output and error."""
        # Not by reading on, because the process writes where this one would stand.
        out, errors = (
            os.pread(output.fileno(), os.fstat(output.fileno()).st_size, 0).decode()
            for output in self.outputs
        )
        return out, errors

    def begin_a_log(self) -> None:
        self.log_begins = len(self.written()[0])

    @property
    def log(self) -> str:
        return self.written()[0][self.log_begins :]

    def lines(self, name: str = "lifetracker.ops.logs") -> list[dict[str, Any]]:
        """What a logger has written. The line of a request is there before its answer is."""
        said = [json.loads(line) for line in self.log.splitlines()]
        return [line for line in said if line["logger"] == name]

    def end(self) -> None:
        self.has_ended = True
        self.process.terminate()
        self.process.wait(timeout=40)

    def stop(self) -> None:
        """Let it end, unless it has, without an error."""
        if not self.has_ended:
            self.end()
            assert self.written()[1] == ""


def variables(port: int, static_root: Path, **extra: str) -> dict[str, str]:
    kept = processes.environment()
    del kept["DEMO"]
    # Named though they are empty, so that no `.env` of a person names them.
    empty = dict.fromkeys(("REDIS_URL", "SENTRY_DSN", "CSRF_TRUSTED_ORIGINS"), "")
    return {
        **kept,
        **empty,
        "DEBUG": "false",
        "HTTPS": "true",
        "TRUSTED_PROXIES": "1",
        "ALLOWED_HOSTS": HOST,
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "INFO",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "DJANGO_SETTINGS_MODULE": "tests.lifetracker.production_settings",
        "TEST_STATIC_ROOT": str(static_root),
        **extra,
    }


def collected_static_files(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env=variables(1, folder, DATABASE_URL="sqlite:///unused"),
        check=True,
    )
    return folder


@contextmanager
def serving(port: int, static_root: Path, healthy: int = 200, **extra: str) -> Iterator[Server]:
    """From when it answers that it is `healthy`. It listens on 127.0.0.1, or on BIND_ADDRESS."""
    bind = () if "BIND_ADDRESS" in extra else ("--bind", f"127.0.0.1:{port}")
    # Files, because a pipe that nobody reads is full after some hundred requests.
    with TemporaryFile("w+") as out, TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "lifetracker.wsgi", *bind],
            cwd=settings.BASE_DIR,
            env=variables(port, static_root, **extra),
            stdout=out,
            stderr=errors,
            text=True,
        )
        server = Server(process, (out, errors), port, extra.get("BIND_ADDRESS", "127.0.0.1"))
        try:
            processes.wait_until(lambda: server.answers(healthy))
            yield server
            server.stop()
        finally:
            process.kill()
            process.wait()
