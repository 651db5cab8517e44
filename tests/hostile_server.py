"""A server that stands before the sandbox, passes requests on, and does harm where it is told to."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl

from lifetracker.sandbox.messages import Answer, Incoming
from lifetracker.sandbox.server import Sandbox

HOST = "127.0.0.1"


class Exchange:
    """A request on which a fault falls; `number` counts these requests from 1."""

    def __init__(self, handler: _Handler, incoming: Incoming, number: int) -> None:
        self._handler = handler
        self.incoming = incoming
        self.number = number

    def passed(self) -> Answer:
        """What the sandbox answers."""
        return self._handler.server.hostile.sandbox_answer(self.incoming)

    def passed_from_the_first_page(self) -> Answer:
        """The same without what asks for a later page."""
        one = self.incoming
        query = {name: value for name, value in one.query.items() if name != "nextToken"}
        body = re.sub(rb"&?offset=\w*", b"", one.body)
        body = re.sub(rb'"after": *"[^"]*"', b'"after": null', body)
        whole = replace(one, query=query, body=body)
        return self._handler.server.hostile.sandbox_answer(whole)

    def send(self, status: int = 200, body: bytes | str = b"", **headers: str) -> None:
        """A whole answer; a header is written `Retry_After="1"`."""
        content = body.encode() if isinstance(body, str) else body
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer(Answer(status, content, {"Content-Type": "application/json"} | told))

    def answer(self, answer: Answer) -> None:
        lines = [f"HTTP/1.1 {answer.status} {'OK' if answer.status == 200 else 'Other'}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(answer.body)}")
        self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), answer.body)

    def raw(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._handler.wfile.write(piece)

    def hang_up(self) -> None:
        self._handler.close_connection = True

    def reset(self) -> None:
        """As a router does that has forgotten the connection."""
        connection = self._handler.connection
        at_once = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        self.hang_up()
        os.close(connection.detach())

    def wait(self, seconds: float) -> bool:
        """Whether the server is still wanted then."""
        return not self._handler.server.hostile.over.wait(seconds)


Fault = Callable[[Exchange], None]


class HostileServer:
    """On a port of its own. `fault` falls on requests whose path has one of `targets` in it."""

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self._sandbox = sandbox
        self.over = threading.Event()
        self.heal()

    def attack(self, fault: Fault, *targets: str) -> None:
        self.fault, self.targets, self.struck = fault, targets or ("",), 0
        self.over = threading.Event()

    def heal(self) -> None:
        self.over.set()
        self.fault: Fault | None = None
        self.targets: tuple[str, ...] = ()
        self.struck = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def sandbox_answer(self, incoming: Incoming) -> Answer:
        return self._sandbox.answer(incoming) if self._sandbox else Answer(200, b"{}")

    def handle(self, handler: _Handler, incoming: Incoming) -> None:
        fault = self.fault
        if fault and any(target in incoming.path for target in self.targets):
            self.struck += 1
            fault(Exchange(handler, incoming, self.struck))
        else:
            passing = Exchange(handler, incoming, 0)
            passing.answer(passing.passed())

    def __enter__(self) -> Self:
        self._server = _Server((HOST, 0), self)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], hostile: HostileServer) -> None:
        self.hostile = hostile
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = dict(parse_qsl(query, keep_blank_values=True))
        incoming = Incoming(self.command, path, asked, self.headers, body)
        try:
            self.server.hostile.handle(self, incoming)
        except ConnectionError:  # the other side has had enough
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - http.server's names

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *args: Any) -> None:
        """Silent."""
