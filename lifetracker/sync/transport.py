"""How the bytes of an answer come in: within a total time, and no more of them than are sensible."""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool, HTTPSConnectionPool

from lifetracker.ops.sockets import Patience, Reader

# What may stand in a query; a list stands in it item by item.
Param = str | int | float | list[str] | None
Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]

# Bytes of a body, after it was decompressed.
MAX_BODY = 20_000_000
CHUNK = 64 * 1024
# Seconds after which a wait for bytes is interrupted, so that a lease can be renewed.
WAIT_SLICE = 10.0


class BodyTooLong(Exception):
    """The body of an answer has more than `MAX_BODY` bytes."""


class PrivateAddress(Exception):
    """The host is on a private network, and was named by somebody whose addresses must not lead there."""


@dataclass(frozen=True)
class Limits:
    """What one answer may take, in seconds: as a `whole`, with its headers, and in `silence`, without
    a byte. `on_wait` is called once the connection is there and while bytes are waited for. `public_only`: whether only
    hosts of the public internet are asked."""

    whole: float
    silence: float
    on_wait: Callable[[], None]
    public_only: bool = False


_limits: ContextVar[Limits | None] = ContextVar("limits", default=None)


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Apply these limits to what a session with an `Adapter` asks for within the block."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        limits = _limits.get()
        if limits:
            patience = Patience(
                whole=limits.whole,
                silence=limits.silence,
                on_wait=limits.on_wait,
                pause=WAIT_SLICE,
            )
            self.fp = io.BufferedReader(Reader(sock, self.fp, patience))


# `response_class` is http.client's answer, which urllib3 makes its own of.


class _Http(HTTPConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        is_proxy = self.proxy is not None
        refuse_private(self.host, self.port, is_proxy=is_proxy)
        return checked(super()._new_conn(), is_proxy=is_proxy)

    def connect(self) -> None:
        super().connect()
        is_connected()


class _Https(HTTPSConnection):
    response_class = _Response

    def _new_conn(self) -> socket.socket:
        is_proxy = self.proxy is not None
        refuse_private(self.host, self.port, is_proxy=is_proxy)
        return checked(super()._new_conn(), is_proxy=is_proxy)

    def connect(self) -> None:
        super().connect()
        is_connected()


def refuse_private(host: str, port: int, *, is_proxy: bool) -> None:
    """Refuse a host of a private network before it is connected to: that alone would tell who named it whether something
    listens there. A name that is not found is left to who connects, who says so. Raises PrivateAddress."""
    limits = _limits.get()
    if limits is None or not limits.public_only or is_proxy:
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    if not all(ipaddress.ip_address(address[0]).is_global for *_, address in found):
        raise PrivateAddress


def checked(sock: socket.socket, *, is_proxy: bool) -> socket.socket:
    """Return a socket that has just been connected, before anything is sent by it. What counts is where it leads, and not what
    a name said a moment before. Of a proxy, which its owner has named, that is the proxy's matter.

    Raises PrivateAddress."""
    limits = _limits.get()
    is_limited = limits is not None and limits.public_only and not is_proxy
    if is_limited and not ipaddress.ip_address(sock.getpeername()[0]).is_global:
        sock.close()
        raise PrivateAddress
    return sock


def is_connected() -> None:
    """Call `on_wait` before anything is sent: who has lost a lease meanwhile sends nothing."""
    if limits := _limits.get():
        limits.on_wait()


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class Adapter(HTTPAdapter):
    """Connections that keep to what `limited` says."""

    def __init__(self) -> None:
        self._pools: dict[tuple[object, ...], ConnectionPool] = {}
        super().__init__()

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> ConnectionPool:
        """Return the pool of the request's host, which is looked for once: that takes as long as sending
        a request does."""
        host = str(request.url).split("/", 3)[:3]
        key = (*host, verify, cert, *(proxies or {}).items())
        if key not in self._pools:
            self._pools[key] = super().get_connection_with_tls_context(
                request, verify, proxies=proxies, cert=cert
            )
        return self._pools[key]

    def close(self) -> None:
        self._pools.clear()
        super().close()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        # A SOCKS proxy has connections of its own kind.
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        return manager


class Session(requests.Session):
    """A session whose answers can be limited."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.mount(scheme, Adapter())

    def fetch(
        self,
        url: str,
        *,
        params: Mapping[str, Param] | None = None,
        auth: Auth | None = None,
        **options: Any,
    ) -> requests.Response:
        """Send a GET, as `request` does it for a session without cookies. What `request` does for questions of
        any kind takes as long as all the rest of a plain one."""
        request = requests.PreparedRequest()
        request.method = "GET"
        known = {name: value for name, value in (params or {}).items() if value is not None}
        base = prepared(url)
        query = urlencode(known, doseq=True)
        request.url = f"{base}{'&' if '?' in base else '?'}{query}" if query else base
        request.headers = CaseInsensitiveDict(self.headers)  # type: ignore[arg-type]  # none is of bytes
        if auth:
            auth(request)
        return self.send(request, allow_redirects=False, **options)

    def get_redirect_target(self, _response: requests.Response) -> None:
        """Return None: no redirect is followed. To prepare for one, the base class would read its whole body."""
        return


@lru_cache(maxsize=100)
def prepared(url: str) -> str:
    """Return the address as it is sent. Raises what `requests` raises for one that is none."""
    request = requests.PreparedRequest()
    request.prepare_url(url, None)
    return str(request.url)


def read_body(response: requests.Response) -> None:
    """Take the body in, piece by piece, so that neither a long one nor one that was compressed a
    thousandfold is ever in memory as a whole. Raises BodyTooLong."""
    body = bytearray()
    for piece in response.iter_content(CHUNK):
        body += piece
        if len(body) > MAX_BODY:
            response.close()
            raise BodyTooLong
    response._content = bytes(body)
