"""Receiving the code of a consent at the redirect URI, in the browser or on this machine."""

from __future__ import annotations

import hmac
import socket
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

from lifetracker.errors import BadResponse, NeedsReauthorization, NotConfigured

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}


class IPv6Server(HTTPServer):
    address_family = socket.AF_INET6


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Life Tracker</title>
<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui;max-width:32rem;margin:20vh auto;padding:0 1rem}}</style>
<h1>{title}</h1><p>{text}</p></html>"""


def code_of(query: Mapping[str, str], state: str) -> str:
    """Return the code that came to the redirect URI with the right `state`.

    Raises BadResponse for another state, NeedsReauthorization for a refusal.
    """
    if not state or not hmac.compare_digest(query.get("state", "").encode(), state.encode()):
        raise BadResponse("This consent was not begun here, or it was used already. Start again.")
    if query.get("error") == "access_denied":
        raise NeedsReauthorization("You did not give your consent, so nothing has changed.")
    if error := query.get("error"):
        reason = query.get("error_description", "")
        raise NeedsReauthorization(f"Consent was not given ({error}). {reason}".strip())
    if not query.get("code"):
        raise BadResponse("The service sent no code. Start again.")
    return query["code"]


def code_from_pasted(text: str, state: str) -> str:
    """Return the code from what was pasted: the address that the browser was sent to, or the code alone."""
    text = text.strip()
    if not text:
        raise BadResponse("Nothing was pasted. Start again.")
    address, mark, query = text.partition("?")
    if not mark and "=" not in text:
        return text
    return code_of(dict(parse_qsl(query or address)), state)


def port_of(redirect_uri: str) -> int:
    """Return the port. Raises NotConfigured."""
    try:
        return urlsplit(redirect_uri).port or 80
    except ValueError:
        raise NotConfigured(f"The redirect URI {redirect_uri} has an invalid port.") from None


def server_at(host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> HTTPServer:
    """Return a server at the address that a browser uses for this name. Raises OSError."""
    if host == "::1":
        return IPv6Server((host, port), handler)
    return HTTPServer(("127.0.0.1", port), handler)


class CallbackListener:
    """Waits on the redirect URI's own port on this machine for the browser to come back."""

    def __init__(self, redirect_uri: str, state: str) -> None:
        """Listen on the port. Raises NotConfigured for another machine's address or a port that is in use."""
        parts = urlsplit(redirect_uri)
        port = port_of(redirect_uri)
        if parts.hostname not in LOCAL_HOSTS or parts.scheme != "http":
            raise NotConfigured(
                f"The redirect URI {redirect_uri} does not lead to this machine, so the consent cannot be received here. Use --no-browser, or press Connect on the page of connections."
            )
        self.code: str | None = None
        self._path = parts.path or "/"
        self._state = state
        self._refusal: Exception | None = None
        try:
            self._server = server_at(str(parts.hostname), port, self._handler())
        except OSError as error:
            raise NotConfigured(
                f"Port {port} of the redirect URI {redirect_uri} cannot be used ({error.strerror}). If Life Tracker's web page runs there, press Connect on it, or use --no-browser."
            ) from None

    def wait(self, seconds: float) -> str:
        """Return the code. Raises NeedsReauthorization after a refusal, or when nobody comes in time."""
        end = time.monotonic() + seconds
        with self._server:
            while self.code is None and self._refusal is None:
                self._server.timeout = end - time.monotonic()
                if self._server.timeout <= 0:
                    raise NeedsReauthorization(
                        "The browser did not come back from the consent page in time. Start again."
                    )
                self._server.handle_request()
        if self._refusal:
            raise self._refusal
        return str(self.code)

    def receive(self, query: dict[str, str]) -> tuple[HTTPStatus, str]:
        """Return the status and the page for a visitor at the redirect URI.

        One with another state changes nothing: it may be forged.
        """
        try:
            self.code = code_of(query, self._state)
        except BadResponse as error:
            return HTTPStatus.BAD_REQUEST, PAGE.format(title="Not connected", text=error)
        except NeedsReauthorization as error:
            self._refusal = error
            text = "You did not give consent. You can close this window."
            return HTTPStatus.OK, PAGE.format(title="Not connected", text=text)
        text = "You can close this window and go back to the terminal."
        return HTTPStatus.OK, PAGE.format(title="Consent received", text=text)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path != listener._path:
                    self.send_error(HTTPStatus.NOT_FOUND)
                    return
                status, page = listener.receive(dict(parse_qsl(parts.query)))
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: object) -> None:
                """Log nothing: the address holds the code."""

        return Handler
