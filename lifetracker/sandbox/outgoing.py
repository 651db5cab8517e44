"""Requests that the sandbox itself makes: deliveries, and checks of where they go."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT = 10


def dumps(content: dict[str, object]) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def sign(secret: str, raw_body: bytes) -> str:
    """Return `sha256=` and the HMAC-SHA256 of the raw body, in hex."""
    return f"sha256={hmac.new(secret.encode(), raw_body, hashlib.sha256).hexdigest()}"


def send(method: str, to: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> int:
    """Send a request; return the status of the answer. Redirects are not followed. Raises OSError."""
    url = urlsplit(to)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.netloc, timeout=TIMEOUT)
    try:
        target = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connection.request(method, target, body or None, dict(headers or {}))
        return connection.getresponse().status
    finally:
        connection.close()


def post_until_accepted(
    to: str, body: bytes, headers: Mapping[str, str], attempts: int, pause: float
) -> int:
    """POST until it is answered with 2xx or the attempts are used up; return the last status."""
    status = send("POST", to, body, headers)
    for _ in range(attempts - 1):
        if status // 100 == 2:
            break
        time.sleep(pause)
        status = send("POST", to, body, headers)
    return status
