"""Somebody to whom the stand-ins deliver."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver(ThreadingHTTPServer):
    """Keeps what was delivered, and answers with the next of `statuses`, or else with `usual`."""

    daemon_threads = True

    def __init__(self, path: str, usual: int) -> None:
        super().__init__(("127.0.0.1", 0), _Deliveries)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.usual = usual
        self.url = f"http://127.0.0.1:{self.server_port}{path}"


class _Deliveries(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers) | {"path": self.path}, body))
        self.send_response(
            self.server.statuses.pop(0) if self.server.statuses else self.server.usual
        )
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Silent."""


@contextmanager
def receiving(path: str, usual: int = 200) -> Iterator[Receiver]:
    with Receiver(path, usual) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()
