"""A caller with a token for everything, and somebody whom callbacks can reach."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

PAYLOADS = Path(__file__).parents[3] / "payloads" / "withings"
Record = dict[str, Any]


def sample(name: str) -> Record:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def real(group: Record, kind: int) -> float:
    """The value of the first measure of a type."""
    measure = next(one for one in group["measures"] if one["type"] == kind)
    return measure["value"] * 10.0 ** measure["unit"]


def of_type(groups: list[Record], kind: int) -> list[Record]:
    return [group for group in groups if any(one["type"] == kind for one in group["measures"])]


class Caller:
    """Somebody with an access token, over real HTTP."""

    def __init__(self, sandbox: Sandbox, scope: str | None = None) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        self.use(sandbox.withings.issue_tokens(scope))

    def use(self, tokens: Record) -> None:
        self.tokens = tokens
        self.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def post(self, path: str, **form: Any) -> Record:
        answer = self.session.post(f"{self.sandbox.withings.url}{path}", data=form, timeout=10)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        return answer.json()

    def status(self) -> int:
        """Whether the access token is good (0) or not (401); a use of it."""
        return self.post("/v2/user", action="getgoals")["status"]

    def page(self, **form: Any) -> Record:
        answer = self.post("/measure", action="getmeas", **form)
        assert answer["status"] == 0, answer
        return answer["body"]

    def walk(self, **form: Any) -> list[Record]:
        page = self.page(**form)
        groups = page["measuregrps"]
        while page.get("more"):
            page = self.page(**form, offset=page["offset"])
            groups += page["measuregrps"]
        return groups

    def token(self, **form: str) -> Record:
        """POST to the token endpoint as our client."""
        client = {
            "action": "requesttoken",
            "client_id": self.sandbox.withings.client_id,
            "client_secret": self.sandbox.withings.client_secret,
        }
        return self.post("/v2/oauth2", **client | form)

    def refresh(self, refresh_token: str) -> Record:
        return self.token(grant_type="refresh_token", refresh_token=refresh_token)

    def verb(self, name: str, **body: Any) -> requests.Response:
        body = {"service": "withings"} | body
        return self.session.post(f"{self.sandbox.url}/sandbox/{name}", json=body, timeout=10)


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    with caller.session:
        yield caller


class Receiver(ThreadingHTTPServer):
    """Keeps what was delivered, and answers with the next of `statuses`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Deliveries)
        self.got: list[Record] = []
        self.heads: list[str] = []
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/callbacks/withings?x=1"


class _Deliveries(BaseHTTPRequestHandler):
    server: Receiver

    def do_HEAD(self) -> None:
        self.server.heads.append(self.path)
        self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        self.server.got.append(dict(parse_qsl(body)))
        self._answer()

    def _answer(self) -> None:
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
