"""How the program starts on a machine: what it says of ports, files and disks, and how it waits."""

from __future__ import annotations

import errno
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import OperationalError

import manage
from lifetracker.environment import read_file
from lifetracker.ops import machine_zone, processes
from lifetracker.ops.failures import database_failure, file_failure
from tests.processes import environment, finish, free_ports, start

# --- What the machine refuses ---------------------------------------------------------------------


def read_only(folder: Path) -> None:
    path = folder / "records.sqlite3"
    sqlite3.connect(path).close()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        database.execute("CREATE TABLE a (b)")


def full(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "records.sqlite3")) as database:
        database.execute("PRAGMA max_page_count = 1")
        database.execute("CREATE TABLE a (b)")


def without_a_folder(folder: Path) -> None:
    sqlite3.connect(folder / "missing" / "records.sqlite3")


def something_else(folder: Path) -> None:
    path = folder / "records.sqlite3"
    path.write_text("no database, but long enough for the head of one " * 20)
    with closing(sqlite3.connect(path)) as database:
        database.execute("SELECT * FROM sqlite_master")


def in_use(folder: Path) -> None:
    path = folder / "records.sqlite3"
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path, timeout=0)) as other:
        one.execute("BEGIN EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (
            read_only,
            "cannot be written because this user has only read permission for the file or its folder.",
        ),
        (full, "The disk is full: the database"),
        (without_a_folder, "cannot be opened. Its folder is missing"),
        (something_else, "is not an SQLite database"),
        (in_use, "is locked by another program"),
    ],
)
def test_what_sqlite_refuses_is_one_sentence(
    trouble: object, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(sqlite3.DatabaseError) as refused:
        trouble(tmp_path)  # type: ignore[operator]
    said = database_failure(OperationalError(str(refused.value)))
    assert sentence in said
    assert "migrate" not in said


def test_another_failure_of_the_database_says_what_may_help() -> None:
    said = database_failure(OperationalError("no such table: whoop_whoopsleep\nLINE 1"))
    assert said.startswith("Database: no such table: whoop_whoopsleep\n")
    assert "manage.py migrate" in said


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full: /somewhere/file could not be written."),
        (errno.EROFS, "/somewhere/file is on a read-only file system."),
        (errno.EACCES, "This user does not have permission to read or write /somewhere/file."),
        (errno.ECONNRESET, None),
    ],
)
def test_what_the_disk_refuses(number: int, sentence: str | None) -> None:
    assert file_failure(OSError(number, "words of the system", "/somewhere/file")) == sentence


def test_a_command_that_meets_a_full_disk_says_so() -> None:
    """/dev/full is one."""
    with Path("/dev/full").open("w") as disk:
        done = subprocess.run(
            [sys.executable, "manage.py", "diffsettings"],
            cwd=settings.BASE_DIR,
            env=environment(),
            stdout=disk,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "The disk is full: a file could not be written.\n")


def test_an_env_file_that_cannot_be_read_is_not_taken_for_absent(tmp_path: Path) -> None:
    assert read_file(tmp_path / "absent", {}) == set()
    with pytest.raises(ImproperlyConfigured, match=r"cannot be read \(Is a directory\)"):
        read_file(tmp_path, {})


def test_a_key_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(manage, "DEMO_DATABASE", tmp_path / "demo.sqlite3")
    monkeypatch.setattr(sys, "argv", ["manage.py", "api_token", "list"])
    missing = ImproperlyConfigured("Set the SECRET_KEY environment variable")
    assert manage.hint_at_a_key(missing) == "\n`make run` makes a .env with one."
    (tmp_path / "demo.sqlite3").touch()
    assert "DEMO=true .venv/bin/python manage.py api_token list" in manage.hint_at_a_key(missing)
    assert manage.hint_at_a_key(ImproperlyConfigured("TIME_ZONE: it is no zone")) == ""


# --- The zone of the machine ----------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One without a zone, whose files are in this folder."""
    monkeypatch.delenv("TZ", raising=False)
    monkeypatch.setattr(machine_zone, "LOCALTIME", tmp_path / "localtime")
    monkeypatch.setattr(machine_zone, "TIMEZONE", tmp_path / "timezone")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "zone"),
    [
        ("usr/share/zoneinfo/America/New_York", "America/New_York"),
        ("var/db/timezone/zoneinfo/Asia/Kolkata", "Asia/Kolkata"),
        ("usr/share/zoneinfo/right/Europe/Paris", "Europe/Paris"),
        ("usr/share/zoneinfo/Nowhere/Land", "UTC"),
        ("somewhere/else", "UTC"),
    ],
)
def test_the_zone_by_the_link_of_the_machine(machine: Path, path: str, zone: str) -> None:
    (machine / "localtime").symlink_to(machine / path)
    assert machine_zone.machine_zone() == zone


def test_the_zone_where_the_link_is_a_copy(machine: Path) -> None:
    (machine / "localtime").write_bytes(b"TZif")
    assert machine_zone.machine_zone() == "UTC"
    (machine / "timezone").write_text("Europe/Lisbon\n")
    assert machine_zone.machine_zone() == "Europe/Lisbon"


@pytest.mark.parametrize(
    ("variable", "zone"),
    [
        ("Europe/Rome", "Europe/Rome"),
        (":Europe/Rome", "Europe/Rome"),
        ("/usr/share/zoneinfo/Europe/Rome", "Europe/Rome"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Lisbon"),
        ("localtime", "Europe/Lisbon"),
    ],
)
def test_the_variable_goes_first(
    machine: Path, monkeypatch: pytest.MonkeyPatch, variable: str, zone: str
) -> None:
    (machine / "timezone").write_text("Europe/Lisbon\n")
    monkeypatch.setenv("TZ", variable)
    assert machine_zone.machine_zone() == zone


def test_the_person_of_the_demo_stays_where_they_lived_at_its_first_start(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manage, "DEMO_DATABASE", machine / "demo.sqlite3")
    monkeypatch.delenv("DEMO_DATABASE_URL", raising=False)
    monkeypatch.delenv("TIME_ZONE", raising=False)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert manage.home_of_the_demo() == "Asia/Tokyo"
    (machine / "demo.sqlite3").touch()
    assert manage.home_of_the_demo() == "Europe/Berlin", "of a demo from before this was kept"
    (machine / "demo.sqlite3.zone").write_text("America/Lima")
    assert manage.home_of_the_demo() == "America/Lima"


# --- Ports, processes, and the wait for an answer -------------------------------------------------


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=rf"Port {port} is in use.*make run PORT=\d+"):
            processes.require_free_port(port, "PORT", "make run")
    processes.require_free_port(port, "PORT", "make run")


def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    processes.require_space(tmp_path)
    monkeypatch.setattr(processes, "FREE_MB", 10**12)
    with pytest.raises(CommandError, match=r"The disk is full: .+ has \d+ MB free"):
        processes.require_space(tmp_path)
    with pytest.raises(CommandError, match="does not exist"):
        processes.require_space(tmp_path / "missing")


SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503); self.end_headers()
    def log_message(self, *args): pass
end = time.process_time() + 1
while time.process_time() < end: pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.fixture
def short_silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(processes, "SILENCE", 0.4)
    monkeypatch.setattr(processes, "PATIENCE", 0.3)
    return


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has computed")
def test_a_start_that_takes_long_is_waited_for_while_it_works(short_silence: None) -> None:
    [port] = free_ports(1)
    told: list[str] = []
    with processes.child("The page", sys.executable, "-c", SERVER, str(port)) as page:
        answer = processes.wait_for(f"http://127.0.0.1:{port}/", page, told.append)
    assert answer.status_code == 503
    assert "The page is still starting" in told[0]
    assert page.process.returncode is not None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has computed")
def test_a_start_that_hangs_is_given_up(short_silence: None) -> None:
    [port] = free_ports(1)
    # Python's own start is work.
    command = "import time; time.sleep(60)"
    with (
        processes.child("The page", sys.executable, "-S", "-c", command) as page,
        pytest.raises(CommandError, match=r"The page does not answer .* has been idle for"),
    ):
        processes.wait_for(f"http://127.0.0.1:{port}/", page, print)


def test_a_start_that_fails_is_told_at_once() -> None:
    [port] = free_ports(1)
    with (
        processes.child("The page", sys.executable, "-c", "raise SystemExit(3)") as page,
        pytest.raises(CommandError, match="The page ended with status 3"),
    ):
        processes.wait_for(f"http://127.0.0.1:{port}/", page, print)


@pytest.mark.long
def test_make_run_serves_until_it_is_told_to_stop(transactional_db: None) -> None:
    [port] = free_ports(1)
    running = start("run", env=environment(PORT=str(port)), new_session=True)
    said = []
    assert running.stdout
    for line in running.stdout:
        said.append(line)
        if "Ctrl-C stops" in line:
            break
    assert re.search(rf"http://localhost:{port} ", said[-1]), said
    assert requests.get(f"http://127.0.0.1:{port}/api/health", timeout=20).status_code == 200
    rival = start("run", env=environment(PORT=str(port)))
    code, _, err = finish(rival)
    assert code == 1
    assert err.startswith(f"CommandError: Port {port} is in use")
    running.send_signal(signal.SIGTERM)
    code, out, err = finish(running)
    assert (code, "Stopped." in out, "Traceback" in err) == (0, True, False)
    processes.require_free_port(port, "PORT", "make run")
