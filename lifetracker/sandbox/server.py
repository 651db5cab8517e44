"""The sandbox as a running HTTP server: one port, each service below a prefix of its own."""

import contextlib
import socket
import sys
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

from lifetracker.sandbox import control, page
from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.faults import Faults
from lifetracker.sandbox.github.service import GitHub
from lifetracker.sandbox.host import Service
from lifetracker.sandbox.life import life_of
from lifetracker.sandbox.messages import Answer, Incoming, Request, RequestLog
from lifetracker.sandbox.openfoodfacts.service import OpenFoodFacts
from lifetracker.sandbox.toggl.service import Toggl
from lifetracker.sandbox.whoop.service import Whoop
from lifetracker.sandbox.withings.service import Withings

HOST = "127.0.0.1"  # never wider: the sandbox hands out its own secrets


class Sandbox:
    """All stand-ins behind one port. `days` of history before today are there at once.

    `now` stops the clock from the beginning, so that a test is the same on every day. A clock that
    goes on can be ahead of the real time by `shift`, or behind.
    """

    def __init__(
        self,
        seed: int = 1,
        days: int = 90,
        port: int = 0,
        *,
        now: datetime | None = None,
        shift: timedelta = timedelta(0),
        redirect_uris: Iterable[str] = (),
    ) -> None:
        self.port = port
        self.clock = Clock(now, shift)
        self.faults = Faults()
        self.requests = RequestLog()
        self.life = life_of(seed)
        uris = list(redirect_uris)
        self.whoop = Whoop(self, life=self.life, days=days, redirect_uris=uris)
        self.withings = Withings(self, life=self.life, days=days, redirect_uris=uris)
        self.toggl = Toggl(self, life=self.life, days=days)
        self.github = GitHub(self, life=self.life, days=days)
        self.openfoodfacts = OpenFoodFacts(self)
        services: tuple[Service, ...] = (
            *(self.whoop, self.withings, self.toggl, self.github),
            self.openfoodfacts,
        )
        self.services: dict[str, Service] = {service.name: service for service in services}
        self._server: _Server | None = None
        self._stopped = threading.Event()

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> Self:
        """Answer from a daemon thread. Raises OSError when the port is taken."""
        self._server = _Server((HOST, self.port), self)
        self.port = self._server.server_address[1]
        self._stopped.clear()
        threading.Thread(
            target=self._server.serve_forever, args=(0.01,), name="sandbox", daemon=True
        ).start()
        return self

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None
        self.github.close()
        self._stopped.set()

    def wait(self) -> None:
        """Return once `stop` was called from elsewhere."""
        self._stopped.wait()

    def serve_forever(self) -> None:
        """Start and serve until `stop`, or until an exception such as Ctrl-C ends the wait."""
        self.start()
        try:
            self.wait()
        finally:
            self.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def answer(self, incoming: Incoming) -> Answer:
        first = incoming.path.split("/", 2)[1]
        if first == "sandbox":
            return control.answer(self, incoming)
        if first == "":
            return page.answer(self)
        answer = self.faults.around(incoming, self._answer_of_service)
        self.requests.append(
            Request(incoming.method, incoming.path, incoming.query, answer.status, self.clock.now())
        )
        return answer

    def _answer_of_service(self, incoming: Incoming) -> Answer:
        name, _, rest = incoming.path[1:].partition("/")
        service = self.services.get(name)
        return service.answer(incoming, f"/{rest}") if service else Answer(404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # the default of 5 refuses a burst of workers

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer looks its own name up in the DNS here, which can take seconds.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Close what clients keep alive: a stopped service does not answer."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):  # the other side was faster
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """A client that went away is its own business; anything else is a bug and is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        incoming = Incoming(
            self.command,
            path,
            dict(parse_qsl(query, keep_blank_values=True)),
            self.headers,
            self._body(),
        )
        self._send(self.server.sandbox.answer(incoming))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

    def _body(self) -> bytes:
        if (self.headers.get("Transfer-Encoding") or "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers, which nobody needs
            pass
        return b"".join(chunks)

    def _send(self, answer: Answer) -> None:
        """Head and body in one write: two would cost a round trip on a busy connection."""
        if answer.send != "all":
            self.close_connection = True
        if answer.send == "nothing":
            return
        body = answer.body[: len(answer.body) // 2] if answer.send == "half" else answer.body
        self.wfile.write(self._head(answer) + body)

    def _head(self, answer: Answer) -> bytes:
        phrase = responses.get(answer.status, "")
        lines = [f"HTTP/1.1 {answer.status} {phrase}", f"Date: {self._date()}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            lines.append(f"Content-Length: {len(answer.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _date(self) -> str:
        """By the sandbox's clock: a service has one."""
        return format_datetime(self.server.sandbox.clock.now(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: `Sandbox.requests` is the log."""
