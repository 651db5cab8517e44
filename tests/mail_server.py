"""A mail server for tests: it listens on this machine, takes mails, and refuses what it is told to."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline():
            word = line.decode().split(" ")[0].strip().upper()
            self.server.said.append(line.decode().strip())
            if word in self.server.refusals:
                self.say(self.server.refusals[word])
            elif word == "EHLO":
                self.say("250-test\r\n250 AUTH PLAIN")
            elif word == "AUTH":
                self.say("235 welcome")
            elif word == "DATA":
                self.take_mail()
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take_mail(self) -> None:
        self.say("354 go on")
        lines = list(iter(self.rfile.readline, b".\r\n"))
        content = b"".join(line.removeprefix(b".") for line in lines)
        self.server.mails.append(message_from_bytes(content, policy=policy.default))
        self.say("250 taken")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.mails: list[EmailMessage] = []
        self.said: list[str] = []
        self.refusals: dict[str, str] = {}
        self.tls = tls
        super().__init__(("127.0.0.1", 0), _Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is what some tests are about."""

    def get_request(self) -> tuple[socket.socket, Any]:
        """Speak TLS from the first byte, where there is a certificate."""
        connection, address = super().get_request()
        return (
            self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
        ), address


class MailServer:
    """`mails`: those that it took. `said`: the lines of its clients. `refusals`: by the word of a line, such as
    `RCPT`, what it answers instead."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = _Server(tls)
        self.port = int(self._server.server_address[1])
        self.mails, self.said = self._server.mails, self._server.said
        self.refusals = self._server.refusals

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
