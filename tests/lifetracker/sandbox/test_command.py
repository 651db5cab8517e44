"""`manage.py sandbox` as its own process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

ROOT = Path(__file__).parents[3]
BACK = "http://localhost:5001/somewhere"


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", *arguments],
        cwd=ROOT,
        env=os.environ | {"DEMO": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = start("--port", "0", "--days", "30", "--redirect-uri", BACK, "--rate-limit", "50")
    with command:
        yield command
        command.kill()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_stops_cleanly(
    process: subprocess.Popen[str], stop: signal.Signals
) -> None:
    assert process.stdout
    line = process.stdout.readline()
    url = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
    state = requests.get(f"{url}/sandbox/state", timeout=5).json()["whoop"]
    assert BACK in state["redirect_uris"]
    assert 29 <= state["counts"]["cycle"] <= 31
    answer = requests.get(f"{url}/whoop/developer/v2/cycle", timeout=5)
    assert answer.headers["X-RateLimit-Limit"].startswith("50, 50;window=60")
    process.send_signal(stop)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (0, "", "")


def test_a_taken_port_is_named(sandbox: Sandbox) -> None:
    with start("--port", str(sandbox.port), "--days", "1") as process:
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output == ""
    assert f"Port {sandbox.port} is already in use" in errors
    assert "--port" in errors
    assert "Traceback" not in errors
