"""The demo as its own processes: everything up, an incremental second start, a clean end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings

from tests.processes import FAKETIME, MACHINE, free_ports

SOURCES = ("WHOOP", "Withings", "Toggl", "GitHub", "Zero", "Apple Health")


class Demo:
    """`manage.py demo` on ports and a database of its own."""

    def __init__(self, database: Path, ports: list[int], path: str | None = None) -> None:
        self.port = ports[0]
        self.text = ""
        kept = {name: os.environ[name] for name in (*MACHINE, *FAKETIME) if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo"],
            cwd=settings.BASE_DIR,
            env=kept
            | {"PORT": str(ports[0]), "SANDBOX_PORT": str(ports[1])}
            | ({} if path is None else {"PATH": path})
            | {"DEMO_DATABASE_URL": f"sqlite:///{database}"}
            # A person's own, which must not be touched.
            | {
                "DATABASE_URL": f"sqlite:///{database.parent}/own.sqlite3",
                "WHOOP_CLIENT_ID": "own",
                "TOGGL_API_TOKEN": "own",
                "GITHUB_ACCESS_TOKEN": "own",
                "REDIS_URL": "redis://127.0.0.1:1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.text += line

    def __enter__(self) -> Demo:
        return self

    def __exit__(self, *exc: object) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def ready(self, seconds: float = 180) -> Demo:
        """Wait for a start: a first one syncs three years of each source, imports files and looks for insights, which takes
        half a minute on a machine that does nothing else."""
        end = time.monotonic() + seconds
        while "Ctrl-C to stop" not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < end, self.text
            time.sleep(0.1)
        return self

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.mark.long
def test_demo(tmp_path: Path) -> None:
    database, ports = tmp_path / "demo.sqlite3", free_ports(2)
    with Demo(database, ports) as demo:
        demo.ready()
        for source in SOURCES:
            line = rf"{source}: ([\d,]{{2,}}) \w[\w -]*(, \d+ \w+ 20\d\d to .*)? \([\d,]{{2,}} new"
            assert re.search(line, demo.text), source
        assert re.search(r"Nutrition: 2,\d\d\d meals added", demo.text)
        assert look_around(demo)
        with Demo(database, ports) as rival:
            assert rival.process.wait(30) == 1
        assert f"make demo PORT={ports[0] + 100}" in rival.text
        assert "Traceback" not in rival.text
    # Left by kill -9; not even that leaves something behind that would be in the way of the next
    # start.
    wait_for_silence(ports)
    # And on a machine that has no git.
    with Demo(database, ports, path=str(tmp_path)) as again:
        again.ready()
        assert re.search(r"WHOOP: [\d,]+ records, .*", again.text)
        assert re.search(r"Nutrition: [0-3] meals? added", again.text)
        assert not re.search(r"^(WHOOP|Withings|Toggl): .* new\b", again.text, re.M)
        assert last_seen(database, "cycle") < 30, "the second start reads only the lookback"
        assert "GitHub: left out. GitHub could not be synced: git is not found" in again.text
        assert "GitHub: " not in again.text.replace("GitHub: left out. ", "")
        assert again.stop() == 0
    assert "Stopped" in again.text
    assert "Traceback" not in again.text + demo.text
    assert (tmp_path / "demo.sqlite3.zone").read_text(), "where its person lives, for the next one"
    wait_for_silence(ports)
    assert rows(database) > 1000
    assert not (tmp_path / "own.sqlite3").exists()


def wait_for_silence(ports: list[int]) -> None:
    """Nobody listens any more, soon."""
    end = time.monotonic() + 15
    for port in ports:
        while listening(port):
            assert time.monotonic() < end, port
            time.sleep(0.1)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def rows(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM whoop_whooprecovery").fetchone()[0])


def last_seen(database: Path, stream: str) -> int:
    """Return how many items of a stream the newest run of WHOOP has read."""
    newest = (
        "SELECT counts FROM lifetracker_syncrun WHERE source = 'Whoop' ORDER BY id DESC LIMIT 1"
    )
    with closing(sqlite3.connect(database)) as connection:
        return int(json.loads(connection.execute(newest).fetchone()[0])[stream]["seen"])


def look_around(demo: Demo) -> bool:
    """Log in as the printed words say, and read the pages and the JSON."""
    base = f"http://localhost:{demo.port}"
    assert base in demo.text
    name, password = re.findall(r"User name: (\S+)\nPassword: (\S+)", demo.text)[0]
    session = requests.Session()
    session.headers["Accept"] = "text/html,*/*"  # as a browser does
    page = session.get(f"{base}/login/", timeout=10)
    assert "made-up" in page.text.lower() or "made up" in page.text.lower()
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[0]
    form: dict[str, Any] = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    home = session.post(f"{base}/login/", data=form, timeout=10)
    assert home.url == f"{base}/"
    assert "made-up" in home.text.lower() or "made up" in home.text.lower()
    assert session.get(f"{base}/api/goals", timeout=10).json()["count"] == 6
    for words in ("kg trend", "this week", "The day so far", "Start<span", "</b> imported"):
        assert words in home.text
    connections = session.get(f"{base}/connections/", timeout=10).text
    for words in ("Last file", "Last read", "Key"):
        assert words in connections
    for words in ("never completely", "not yet"):
        assert f"<dd>{words}</dd>" not in connections
    assert session.get(f"{base}/api/whoop/recovery?days=30", timeout=10).json()["count"] > 20
    assert "Demo data" in session.get(f"{base}/admin/", timeout=10).text
    last = session.get(f"{base}/api/health", timeout=10).json()["last_success"]
    assert {"Whoop", "Withings", "Toggl", "GitHub", "Zero"} <= set(last)
    metrics = session.get(f"{base}/api/github/metrics?days=365&mine=true", timeout=10).json()
    assert metrics["commits"] > 100
    job = session.get(f"{base}/api/github/refresh/jobs", timeout=10).json()["results"][0]
    assert job["repositories_processed"] == job["total_repositories"] > 10
    return True
