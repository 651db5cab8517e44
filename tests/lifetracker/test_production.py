"""The web process as it runs in production: a real gunicorn with the project's configuration."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django_q.models import Failure
from django_q.tasks import async_task

from lifetracker.sandbox.server import Sandbox
from lifetracker.settings import redis_within
from tests import processes
from tests.conftest import RunningClock, store_tokens
from tests.lifetracker.serving import (
    HOST,
    Answer,
    Server,
    serving,
    variables,
)
from weight.models import WeighIn
from whoop.models import WhoopRecovery

PERSONAL = ("robin", "Diary", "5678-SECRET", "swordfish", "weekdays")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def kept_server(static_root: Path, django_db_setup: None) -> Iterator[Server]:
    with serving(free_port(), static_root) as server:
        yield server
        server.log_begins = 0
        server.stop()
        assert not [word for word in PERSONAL if word in server.log]


@pytest.fixture
def server(kept_server: Server, transactional_db: None) -> Server:
    """One for all tests that neither stop it nor set variables, with a log of this one."""
    kept_server.begin_a_log()
    return kept_server


@pytest.fixture
def serve(static_root: Path, transactional_db: None) -> Iterator[Callable[..., Server]]:
    """`serve(NAME="value")`: a server of its own with these variables."""
    with ExitStack() as running:
        yield lambda **extra: running.enter_context(serving(free_port(), static_root, **extra))


@pytest.fixture
def cookie(client: Client, transactional_db: None) -> str:
    client.force_login(User.objects.create_superuser("robin", password="swordfish"))
    return f"sessionid={client.cookies['sessionid'].value}"


# --- The log --------------------------------------------------------------------------------------


def test_a_request_leaves_one_line_and_nothing_personal(
    serve: Callable[..., Server], cookie: str
) -> None:
    # Heroku asks for an access log, which would have the queries.
    server = serve(GUNICORN_CMD_ARGS="--access-logfile -", FORWARDED_ALLOW_IPS="*")
    asked = [
        server.ask("/oauth/whoop/callback?code=5678-SECRET&state=weekdays", Cookie=cookie),
        server.ask("/api/github/project/Diary", Cookie=cookie),
        server.ask("/api/whoop/recovery?days=weekdays", Cookie=cookie),
        server.ask("/Diary/of/robin?weekdays", Cookie=cookie),
        server.ask("/login/", "POST", {"username": "robin", "password": "swordfish"}),
        server.ask("/api/health", Host="robin.example"),
    ]
    assert [answer.status for answer in asked] == [302, 404, 400, 404, 403, 400]
    lines = {line["id"]: line for line in server.lines()}
    told = [lines[answer.headers["X-Request-ID"]] for answer in asked]
    assert [(line["method"], line["route"], line["status"]) for line in told] == [
        ("GET", "/oauth/<slug:provider>/callback", 302),
        ("GET", "/api/github/project/(?P<name>[^/]+(?:/[^/]+)?)/?$", 404),
        ("GET", "/api/whoop/recovery/?$", 400),
        ("GET", "unknown", 404),
        ("POST", "/login/", 403),
        ("GET", "unknown", 400),
    ]
    assert all(line["ms"] > 0 and line["level"] == "INFO" and line["time"] for line in told)
    server.stop()
    # A refused host is named, because that is what the person has to set.
    said = server.log.replace("'robin.example'", "")
    assert not [word for word in PERSONAL if word in said]


@pytest.mark.one_database
def test_the_routers_id_is_taken_over_if_it_is_one(server: Server) -> None:
    ours = server.ask("/api/health", X_Request_ID="0b5e6e9c-2a0f-4b6e-9a53-8f1b2f7c7c11")
    assert ours.headers["X-Request-ID"] == "0b5e6e9c-2a0f-4b6e-9a53-8f1b2f7c7c11"
    for strange in ('"}, {"level": "', "short", "x" * 81):
        made = server.ask("/api/health", X_Request_ID=strange).headers["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{32}", made)
    assert len({line["id"] for line in server.lines()}) == len(server.lines())


def fail(server: Server, cookie: str) -> Answer:
    note = {"note": "5678-SECRET"}
    return server.ask("/fails/robin?day=weekdays", "POST", note, Cookie=cookie)


def test_a_fault_is_told_by_its_kind_and_place(server: Server, cookie: str) -> None:
    answer = fail(server, cookie)
    assert answer.status == 500
    assert b"Traceback" not in answer.body
    assert b"SECRET" not in answer.body
    assert server.ask("/without-database").status == 500
    first, second = server.lines("django.request")
    assert first["id"] == answer.headers["X-Request-ID"]
    assert first["message"] == "Internal Server Error: /fails/<name>"
    assert "production_urls.py" in first["exc_info"]
    assert re.search(
        r"builtins\.ValueError\nThen:\n(?s:.*)builtins\.RuntimeError$", first["exc_info"]
    )
    assert second["exc_info"].endswith("OperationalError: no space left on the server")
    assert not [word for word in PERSONAL if word in server.log]


def test_a_worker_tells_its_tasks_without_what_is_personal(
    static_root: Path, transactional_db: None
) -> None:
    tasks = "lifetracker.tasks"
    async_task(f"{tasks}.lend_a_hand", 17)
    async_task(f"{tasks}.lend_a_hand", "robin")
    worker = processes.start("qcluster", env=variables(1, static_root, QUEUE_WORKERS="1"))
    processes.wait_until(Failure.objects.exists)
    worker.terminate()
    code, said, errors = processes.finish(worker)
    assert (code, errors) == (0, "")
    lines = [json.loads(line) for line in said.splitlines()]
    hands = [line for line in lines if line.get("task") == "help_with_run"]
    assert [(line["level"], line.get("run")) for line in hands] == [("INFO", 17), ("ERROR", None)]
    assert hands[0]["id"] != hands[1]["id"]
    assert hands[1]["exc_info"].endswith("builtins.ValueError")
    assert "robin" not in said


@pytest.mark.one_database
def test_what_is_no_request_is_not_quoted(server: Server) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.port))) as connection:
        connection.sendall(b"GET /Diary of robin HTTP/1.1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    said = [line["message"] for line in server.lines("gunicorn.error")]
    assert "Invalid request from …" in said
    assert not [word for word in PERSONAL if word in server.log]


@pytest.mark.one_database
def test_lines_for_people_leave_out_the_same(serve: Callable[..., Server], cookie: str) -> None:
    server = serve(LOG_FORMAT="line")
    answer = fail(server, cookie)
    server.end()
    said, errors = server.written()
    assert said == ""
    assert f"[{answer.headers['X-Request-ID']}] POST /fails/<name> 500 in " in errors
    assert "builtins.RuntimeError" in errors
    assert not [word for word in PERSONAL if word in errors]


class Inbox(BaseHTTPRequestHandler):
    """Stands for Sentry: keeps the envelopes."""

    received: list[str]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        gzipped = self.headers.get("Content-Encoding") == "gzip"
        self.received.append((gzip.decompress(body) if gzipped else body).decode())
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def inbox() -> Iterator[tuple[str, list[str]]]:
    """A DSN, and what came there."""
    received: list[str] = []
    with HTTPServer(("127.0.0.1", 0), type("Ours", (Inbox,), {"received": received})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://public@127.0.0.1:{server.server_port}/1", received
        server.shutdown()


@pytest.mark.one_database
def test_sentry_is_told_what_and_where(
    serve: Callable[..., Server], cookie: str, inbox: tuple[str, list[str]]
) -> None:
    dsn, received = inbox
    server = serve(SENTRY_DSN=dsn)
    server.ask("/login/?next=weekdays", Host="robin.example")
    answer = fail(server, cookie)
    server.stop()
    assert len(received) == 1, "a refused host is no fault"
    event = json.loads(received[0].splitlines()[2])
    kinds = [value["type"] for value in event["exception"]["values"]]
    assert kinds == ["ValueError", "RuntimeError"]
    last = event["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert (last["function"], "vars" in last) == ("fails", False)
    assert event["tags"] == {"id": answer.headers["X-Request-ID"]}
    assert event.keys().isdisjoint({"request", "user", "breadcrumbs", "extra", "server_name"})
    secrets = (*PERSONAL, settings.SECRET_KEY, cookie, socket.gethostname())
    assert not [word for word in secrets if word in received[0]]


def test_without_a_dsn_sentry_is_not_even_loaded() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import django, sys; django.setup(); print('sentry_sdk' in sys.modules)",
        ],
        cwd=settings.BASE_DIR,
        env=variables(1, Path(), DATABASE_URL="sqlite:///unused")
        | {"DJANGO_SETTINGS_MODULE": "lifetracker.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n"


# --- While others write ---------------------------------------------------------------------------


@pytest.mark.long
def test_every_request_is_answered_while_a_history_is_written(
    running_clock: RunningClock, serve: Callable[..., Server], cookie: str
) -> None:
    with Sandbox(seed=2, days=1200, shift=running_clock.shift) as sandbox:
        store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
        server = serve()
        url = {"WHOOP_API_URL": sandbox.whoop.url, "WHOOP_REQUESTS_PER_MINUTE": "0"}
        sync = processes.start("sync_whoop", "--full", env=processes.environment(**url))
        statuses: Counter[tuple[str, int]] = Counter()
        while sync.poll() is None:
            for path in ("/api/whoop/recovery?days=365", "/api/health", "/"):
                statuses["GET", server.ask(path, Cookie=cookie).status] += 1
            statuses["POST", type_in(server, cookie, statuses.total()).status] += 1
        assert processes.finish(sync)[0] == 0
    assert statuses.keys() == {("GET", 200), ("POST", 201)}
    assert WhoopRecovery.objects.count() > 1000
    assert WeighIn.objects.count() == statuses["POST", 201]
    server.stop()
    assert "locked" not in server.log


def type_in(server: Server, cookie: str, seconds: int) -> Answer:
    """A weigh-in, so many seconds after six: there are no two at one moment."""
    moment = datetime(2026, 9, 16, 6, tzinfo=UTC) + timedelta(seconds=seconds)
    weighed = json.dumps({"measured_at": moment.isoformat(), "weight_kg": 70})
    proof = "x" * 32
    with_proof = {"Cookie": f"{cookie}; csrftoken={proof}", "X_CSRFToken": proof}
    referer = {"Referer": f"https://{HOST}/"}
    return server.ask("/api/weight", "POST", json_body=weighed, **referer, **with_proof)


# --- Stopping -------------------------------------------------------------------------------------


def ask_slowly(server: Server, begun: Path) -> tuple[threading.Thread, list[Answer]]:
    """A request that is being answered by now."""
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(server.ask(f"/slow{begun}")))
    thread.start()
    processes.wait_until(begun.exists)
    return thread, answers


def test_what_is_being_answered_when_the_process_is_told_to_end(
    serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve()
    thread, answers = ask_slowly(server, tmp_path / "begun")
    server.stop()
    thread.join()
    assert answers[0].body.startswith(b"whole")
    assert server.process.returncode == 0


def test_new_workers_take_over_from_old_ones(server: Server, tmp_path: Path) -> None:
    thread, answers = ask_slowly(server, tmp_path / "before")
    server.process.send_signal(signal.SIGHUP)
    thread.join()
    again, later = ask_slowly(server, tmp_path / "after")
    again.join()
    assert answers[0].body.startswith(b"whole")
    assert later[0].body.startswith(b"whole")
    assert answers[0].body != later[0].body, "the same process"


# --- Files, hosts, limits -------------------------------------------------------------------------


def test_what_forks_holds_nothing_that_must_not_be_shared(serve: Callable[..., Server]) -> None:
    """No thread, whose locks a child would find locked for ever, and no connection to a database."""
    # Whose client begins a thread with the first fault that it tells.
    server = serve(SENTRY_DSN="http://public@127.0.0.1:9/1")
    first = Path(f"/proc/{server.process.pid}")
    assert len(list((first / "task").iterdir())) == 1
    opened = [str(handle.readlink()) for handle in (first / "fd").iterdir()]
    name = str(connection.settings_dict["NAME"])
    assert not [path for path in opened if name in path]
    sockets = [path for path in opened if path.startswith("socket:")]
    assert len(sockets) == 1, "the one that it listens on"
    children = (first / "task" / str(server.process.pid) / "children").read_text()
    assert children, "and what answers is another process"


@pytest.mark.one_database
def test_pages_and_json_are_compressed_unless_they_are_short(server: Server) -> None:
    page, plain = server.ask("/login/", Accept_Encoding="gzip"), server.ask("/login/").body
    assert page.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page.headers["Vary"]
    assert len(page.body) < len(plain) == len(gzip.decompress(page.body))
    lengths = {len(server.ask("/login/", Accept_Encoding="gzip").body) for _ in range(8)}
    assert len(lengths) > 1, "random bytes hide how well it could be compressed (BREACH)"
    short = server.ask("/api/weight", Accept_Encoding="gzip")
    assert "Content-Encoding" not in short.headers
    assert len(short.body) < 200


@pytest.mark.one_database
def test_files_are_compressed_and_kept_by_browsers_for_ever(server: Server) -> None:
    page = server.ask("/login/").body.decode()
    path = next(iter(re.findall(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)))
    answer = server.ask(path, Accept_Encoding="gzip")
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    plain = server.ask(path).body
    assert gzip.decompress(answer.body) == plain
    assert len(answer.body) < len(plain)
    assert {line["route"] for line in server.lines() if line["status"] == 200} >= {"/static/"}


@pytest.mark.one_database
def test_a_form_comes_through_a_proxy(server: Server, cookie: str) -> None:
    """The proxy passes the name on and says that the browser came over https: then nothing more need
    be set."""
    shown = server.ask("/login/")
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', shown.body.decode())[0]
    form = {"username": "robin", "password": "swordfish", "csrfmiddlewaretoken": token}
    sent = {"Cookie": f"csrftoken={shown.headers['Set-Cookie'].split('=')[1].split(';')[0]}"}
    foreign = server.ask("/login/", "POST", form, Origin="https://elsewhere.example", **sent)
    ours = server.ask("/login/", "POST", form, Origin=f"https://{HOST}", **sent)
    assert (foreign.status, ours.status) == (403, 302)


def test_who_asks_for_the_health_and_by_which_name(serve: Callable[..., Server]) -> None:
    server = serve(RAILWAY_PUBLIC_DOMAIN="up.railway.example")
    for host in ("localhost", "healthcheck.railway.app", "up.railway.example", HOST):
        assert server.ask("/api/health", X_Forwarded_Proto="http", Host=host).status == 200
    assert server.ask("/api/health", Host="elsewhere.example").status == 400
    moved = server.ask("/login/", X_Forwarded_Proto="http")
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}/login/")


@pytest.mark.one_database
def test_requests_that_are_too_large(server: Server) -> None:
    assert server.ask(f"/login/?{'x' * 5000}").status == 414
    assert server.ask("/login/", Cookie="x" * 9000).status == 431
    assert server.ask("/login/", **{f"X_{n}": "x" for n in range(70)}).status == 431
    assert server.ask("/login/", Script_Name="/elsewhere").status == 200


# --- Where it is reached --------------------------------------------------------------------------


def has_ipv6() -> bool:
    try:
        with closing(socket.socket(socket.AF_INET6)) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.one_database
def test_under_a_path_over_ipv6_behind_a_proxy_that_writes_in_capitals(
    serve: Callable[..., Server], cookie: str
) -> None:
    """All that only a process shows, by one of them."""
    address = "::1" if has_ipv6() else "127.0.0.1"
    server = serve(
        BIND_ADDRESS=address,
        FORCE_SCRIPT_NAME="/tracker/",
        ALLOWED_HOSTS=f"{HOST}:8443, ::1",
    )
    capitals: dict[str, str] = {"X_Forwarded_Proto": "HTTPS", "Cookie": cookie}
    # From a proxy that takes the path away, and from one that leaves it.
    for prefix in ("", "/tracker"):
        page = server.ask(f"{prefix}/", Accept="text/html", **capitals)
        assert page.status == 200
        text = page.body.decode()
        links = re.findall(r'(?:href|src|action)="(/[^"]*)"', text)
        assert len(links) > 5
        assert [one for one in links if not one.startswith("/tracker/")] == []
        style = next(one for one in links if "tokens." in one and one.endswith(".css"))
        assert style.startswith("/tracker/static/")
        assert server.ask(style.removeprefix("/tracker") if not prefix else style).status == 200
    login = server.ask("/settings/tokens/", X_Forwarded_Proto="HTTPS")
    assert login.headers["Location"] == "/tracker/login/?next=/tracker/settings/tokens/"
    form = server.ask("/login/", X_Forwarded_Proto="Https")
    assert "Path=/tracker" in form.headers["Set-Cookie"]
    # Over http it leads to https, under the same path; the health is asked for from within.
    moved = server.ask("/login/", X_Forwarded_Proto="http")
    assert moved.headers["Location"] == f"https://{HOST}/tracker/login/"
    for path in ("/api/health", "/tracker/api/health"):
        assert server.ask(path, X_Forwarded_Proto="http", Host=HOST).status == 200
    for hour in range(2):
        WeighIn.objects.create(
            measured_at=datetime.now(UTC) - timedelta(hours=hour), weight_kg=70 + hour
        )
    listed = json.loads(server.ask("/api/weight", **capitals).body)
    assert listed["count"] == 2
    index = json.loads(server.ask("/", Accept="application/json", **capitals).body)
    assert all(one["path"].startswith("/tracker/") for one in index["endpoints"])
    described = json.loads(server.ask("/api/schema?format=json", **capitals).body)
    assert described["servers"] == [{"url": "/tracker"}]
    assert server.ask("/api/health", Host="[::1]:5001").status == 200
    assert server.ask("/api/health", Host=f"{HOST}:9000").status == 200


# --- Redis ----------------------------------------------------------------------------------------


@pytest.fixture
def redis_with_its_own_certificate(tmp_path: Path) -> Iterator[str]:
    """As Heroku's: over TLS, by a certificate that nobody vouches for. Its address."""
    if not (server := shutil.which("redis-server")):
        if "TEST_REDIS_URL" in os.environ:
            pytest.fail("there is no redis-server")
        pytest.skip("there is no redis-server")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    self_sign(key, certificate)
    port = free_port()
    options = {
        "port": 0,
        "bind": "127.0.0.1",
        "tls-port": port,
        "tls-cert-file": certificate,
        "tls-key-file": key,
        "tls-auth-clients": "no",
        "save": "",
        "dir": tmp_path,
    }
    process = subprocess.Popen(
        [server, *(str(word) for name, value in options.items() for word in (f"--{name}", value))],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"rediss://localhost:{port}/0"
    finally:
        process.terminate()
        process.wait()


def self_sign(key_file: Path, certificate_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    key_file.write_bytes(key.private_bytes(pem, form, plain))
    certificate_file.write_bytes(certificate.public_bytes(pem))


def test_redis_with_a_certificate_of_its_own(
    static_root: Path, transactional_db: None, redis_with_its_own_certificate: str
) -> None:
    url = redis_with_its_own_certificate
    trusting = {"REDIS_URL": url, "REDIS_VERIFY_CERTIFICATE": "false"}
    with serving(free_port(), static_root, **trusting) as server:
        assert json.loads(server.ask("/api/health").body)["queue"] == {"waiting": 0}
    with serving(free_port(), static_root, healthy=503, REDIS_URL=url) as server:
        answer = server.ask("/api/health")
    assert json.loads(answer.body)["queue"] == "not reachable"


def test_a_redis_that_does_not_answer_keeps_no_page_waiting() -> None:
    """What the address says itself is left as it is."""
    url = redis_within("redis://:secret@queue:6379/2?socket_timeout=3", 5, 10)
    assert url == "redis://:secret@queue:6379/2?socket_connect_timeout=5&socket_timeout=3"
    assert "ssl" not in redis_within("rediss://queue:6379/0", 5, 10)
