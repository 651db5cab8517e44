"""A server that takes what is posted to it, as ntfy and the push services of browsers do, and a browser."""

from __future__ import annotations

import json
import secrets
import struct
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Posted(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.append(Posted(self.path, dict(self.headers), body))
        status = self.server.answers.get(self.path, self.server.status)
        self.send_response(status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        answer = self.server.answer if status == HTTPStatus.OK else b""
        self.send_header("Content-Length", f"{len(answer)}")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.answers: dict[str, int] = {}
        self.headers: dict[str, str] = {}
        self.status = 200
        # What ntfy says of a message that it took.
        self.answer = b'{"id": "wWDqJQmLsDHk", "time": 1789567200, "event": "message"}'
        super().__init__(("127.0.0.1", 0), _Handler)


class PostServer:
    """`posted`: what came. `status`: what it answers, and `answers` by path."""

    def __init__(self) -> None:
        self._server = _Server()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.posted, self.answers = self._server.posted, self._server.answers
        self.headers = self._server.headers

    def say(self, body: bytes) -> None:
        """Let this be the body of an answer of status 200."""
        self._server.answer = body

    def answer(self, status: int, **headers: str) -> None:
        self._server.status = status
        self.headers |= {name.replace("_", "-"): value for name, value in headers.items()}

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def text_of(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """A browser's own end of web push, written after RFC 8188 and RFC 8291."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = secrets.token_bytes(16)

    @property
    def point(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def form(self) -> dict[str, str]:
        """What its script sends."""
        return {
            "endpoint": self.endpoint,
            "p256dh": text_of(self.point),
            "auth": text_of(self._auth),
        }

    def read(self, body: bytes) -> dict[str, Any]:
        """The message that a body holds. Raises InvalidTag for one that is not for this browser."""
        salt, (_, length) = body[:16], struct.unpack("!LB", body[16:21])
        theirs, encrypted = body[21 : 21 + length], body[21 + length :]
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self._key.exchange(ec.ECDH(), sender)
        info = b"WebPush: info\x00" + self.point + theirs
        secret = HKDF(SHA256(), 32, self._auth, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
        plain = AESGCM(key).decrypt(nonce, encrypted, None)
        assert plain[-1:] == b"\x02", "the last piece"
        found: dict[str, Any] = json.loads(plain[:-1])
        return found


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
