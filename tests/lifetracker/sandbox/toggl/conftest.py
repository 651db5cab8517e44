"""A sandbox on a morning at work, and a caller with the token."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

# A Monday in spring, a few minutes after a timer was started.
MORNING = datetime(2026, 3, 9, 9, 30, 15, tzinfo=UTC)
DAYS = 100
PAYLOADS = Path(__file__).parents[3] / "payloads" / "toggl"

Item = dict[str, Any]


def sample(name: str) -> Any:
    return json.loads((PAYLOADS / name).read_text())


class Caller:
    """The user with her token, over real HTTP."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.toggl = sandbox, sandbox.toggl
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (self.toggl.api_token, "api_token")

    def ask(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        return self.session.request(method, self.toggl.url + path, timeout=10, **kwargs)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.ask("GET", f"/api/v9{path}", params=query)

    def found(self, path: str, **query: Any) -> Any:
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def entries(self, **query: Any) -> list[Item]:
        return self.found("/me/time_entries", **query)

    def modified(self) -> list[Item]:
        """What changed at or after the morning."""
        return self.entries(since=int(MORNING.timestamp()))

    def refused(self, path: str, **query: Any) -> tuple[int, Any]:
        answer = self.get(path, **query)
        return answer.status_code, answer.json()

    def report(self, workspace_id: int | None = None, **body: Any) -> requests.Response:
        workspace_id = workspace_id or self.toggl.workspace_ids[0]
        path = f"/reports/api/v3/workspace/{workspace_id}/search/time_entries"
        return self.ask("POST", path, json=body)

    def rows(self, workspace_id: int | None = None, **body: Any) -> list[Item]:
        """Every page, of the user alone, without rounding, unless told otherwise."""
        body = {"user_ids": [self.toggl.user_id], "rounding": 0, "order_dir": "ASC"} | body
        body.setdefault("page_size", 400)
        rows: list[Item] = []
        while True:
            answer = self.report(workspace_id, **body)
            assert answer.status_code == 200, answer.text
            rows += answer.json()
            if "X-Next-ID" not in answer.headers:
                return rows
            body["first_id"] = int(answer.headers["X-Next-ID"])
            body["first_row_number"] = int(answer.headers["X-Next-Row-Number"])


class Receiver(ThreadingHTTPServer):
    """Keeps what was delivered; answers with `status`, and with the code unless `silent`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Deliveries)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.silent = False
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks/toggl?x=1"

    def events(self) -> list[Item]:
        return [json.loads(body) for _, body in self.got]


class _Deliveries(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers) | {"path": self.path}, body))
        code = None if self.server.silent else json.loads(body).get("validation_code")
        answer = json.dumps({"validation_code": code}).encode() if code else b"ok"
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, days=DAYS, now=MORNING) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    with caller.session:
        yield caller


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
