"""A stand-in for a service that is reached by OAuth, to start from: a consent page, tokens, lists. It is written
after the service's documentation, and not after our client."""

import json
import secrets
from collections.abc import Callable, Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

CONSENT = "/oauth/authorize"
FORM = '<!doctype html><title>Consent</title><form method="post">{}<button>Allow</button></form>'
FIELD = '<input type="hidden" name="{}" value="{}">'


class StandIn:
    """Answers at `url` while it is open. `paths`: for each path of the API, what the parameters of a question are
    answered with."""

    def __init__(self, paths: Mapping[str, Callable[[dict[str, str]], Any]]) -> None:
        self.paths = paths
        self.good: set[str] = set()  # codes, access tokens and refresh tokens
        self.asked: list[tuple[str, dict[str, str]]] = []
        handler = type("Handler", (Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def new(self) -> str:
        self.good.add(value := secrets.token_hex(8))
        return value

    def tokens(self, form: Mapping[str, str]) -> tuple[int, Any]:
        """A new pair for a code or a refresh token, each of which is good once."""
        spent = form.get("code") or form.get("refresh_token", "")
        if spent not in self.good:
            return 400, {"error": "invalid_grant"}
        self.good.remove(spent)
        return 200, {"access_token": self.new(), "refresh_token": self.new(), "expires_in": 3600}

    def data(self, path: str, asked: dict[str, str], token: str) -> tuple[int, Any]:
        if token.removeprefix("Bearer ") not in self.good:
            return 401, {"error": "invalid_token"}
        self.asked.append((path, asked))
        return (200, self.paths[path](asked)) if path in self.paths else (404, {})


class Handler(BaseHTTPRequestHandler):
    service: StandIn

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        if path == CONSENT:
            fields = "".join(FIELD.format(*map(escape, pair)) for pair in asked.items())
            self.answer(200, FORM.format(fields), "text/html")
        else:
            token = self.headers.get("Authorization", "")
            self.answer_json(self.service.data(path, asked, token))

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if not self.path.startswith(CONSENT):
            self.answer_json(self.service.tokens(form))
            return
        query = urlencode({"code": self.service.new(), "state": form["state"]})
        self.answer(302, "", "text/plain", f"{form['redirect_uri']}?{query}")

    def answer_json(self, found: tuple[int, Any]) -> None:
        self.answer(found[0], json.dumps(found[1]), "application/json")

    def answer(self, status: int, body: str, kind: str, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body.encode())))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass
