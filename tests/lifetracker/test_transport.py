"""What one answer may take of time and memory, against a server that knows no measure."""

from __future__ import annotations

import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from lifetracker.errors import BadResponse, TryLater
from lifetracker.sync import http, transport
from lifetracker.sync.http import HttpClient
from tests.hostile_server import Exchange, HostileServer

MEGABYTE = 1_000_000


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> HttpClient:
    """Of a service whose limits are a hundredth of the real ones, and which waits for nothing between
    its attempts."""
    monkeypatch.setattr(http, "READ_TIMEOUT", 0.3)
    monkeypatch.setattr(http, "ANSWER_TIMEOUT", 0.6)
    monkeypatch.setattr(http, "LONGEST_SILENCE", 0.9)
    monkeypatch.setattr(http, "LONGEST_TRYING", 0.6)
    monkeypatch.setattr(transport, "WAIT_SLICE", 0.1)
    monkeypatch.setattr(HttpClient, "_wait", lambda *_: None)
    return HttpClient("WHOOP")


def memory_of(act: Callable[[], object]) -> int:
    """The most bytes that it held at once."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def refused(client: HttpClient, url: str) -> str:
    with pytest.raises(BadResponse) as failure:
        client.request("GET", url)
    return str(failure.value)


# --- Too much -------------------------------------------------------------------------------------


def test_a_body_of_100_megabytes_is_not_taken_in(server: HostileServer, client: HttpClient) -> None:
    sent = []

    def flood(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(100):
            exchange.raw(b"x" * MEGABYTE)
            sent.append(1)

    server.attack(flood)
    assert memory_of(lambda: refused(client, server.url)) < 60 * MEGABYTE
    assert len(sent) < 40
    assert client.requests_made == 1, "another attempt would bring the same"


@pytest.mark.parametrize(("encoding", "bits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_what_was_compressed_a_thousandfold_is_not_inflated(
    server: HostileServer, client: HttpClient, encoding: str, bits: int
) -> None:
    packer = zlib.compressobj(1, wbits=bits)
    bomb = b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(70)) + packer.flush()
    server.attack(lambda exchange: exchange.send(200, bomb, Content_Encoding=encoding))
    assert len(bomb) < MEGABYTE
    assert memory_of(lambda: refused(client, server.url)) < 60 * MEGABYTE


def test_the_body_of_a_redirect_is_not_taken_in_either(
    server: HostileServer, client: HttpClient
) -> None:
    bomb = zlib.compress(bytes(70 * MEGABYTE))
    headers = {"Location": "/elsewhere", "Content_Encoding": "deflate"}
    server.attack(lambda exchange: exchange.send(302, bomb, **headers))
    assert memory_of(lambda: refused(client, server.url)) < 60 * MEGABYTE


def test_it_is_said_in_words(server: HostileServer, client: HttpClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(transport, "MAX_BODY", 10)
    server.attack(lambda exchange: exchange.send(200, b"x" * 11))
    said = refused(client, f"{server.url}/a?token=1")
    assert said.startswith("WHOOP's answer to 127.0.0.1:")
    assert "/a is larger than the limit of 20 MB" in said


def test_a_body_of_just_the_length_is_whole(
    server: HostileServer, client: HttpClient, monkeypatch: Any
) -> None:
    monkeypatch.setattr(transport, "MAX_BODY", 200_000)
    body = bytes(range(200)) * 1000
    server.attack(
        lambda exchange: exchange.send(200, zlib.compress(body), Content_Encoding="deflate")
    )
    assert client.request("GET", server.url).content == body


# --- Too long -------------------------------------------------------------------------------------

LINES = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
DRIPS = {
    "body": (LINES, b"x"),
    "headers": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    "status": (b"HTTP/1.1 200 ", b"O"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
}


@pytest.mark.parametrize("drip", DRIPS)
def test_an_answer_that_comes_drop_by_drop_ends(
    server: HostileServer, client: HttpClient, drip: str
) -> None:
    first, drop = DRIPS[drip]

    def trickle(exchange: Exchange) -> None:
        exchange.raw(first)
        while exchange.wait(0.02):
            exchange.raw(drop)

    server.attack(trickle)
    began = time.monotonic()
    with pytest.raises(TryLater, match="did not answer in time") as failure:
        client.request("GET", server.url)
    assert 0.5 < time.monotonic() - began < 2
    assert failure.value.after is None, "another endpoint may answer"


def silent(exchange: Exchange) -> None:
    exchange.wait(5)
    exchange.hang_up()


def test_a_service_that_is_silent_for_long_is_left_alone(
    server: HostileServer, client: HttpClient
) -> None:
    server.attack(silent)
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(TryLater, match="did not answer in time") as failure:
            client.request("GET", server.url)
    assert failure.value.after == timedelta(minutes=5)
    assert time.monotonic() - began < 2


def test_one_answer_ends_the_silence(server: HostileServer, client: HttpClient) -> None:
    for _ in range(3):
        server.attack(silent)
        with pytest.raises(TryLater) as failure:
            client.request("GET", server.url)
        assert failure.value.after is None
        server.heal()
        assert client.request("GET", server.url).ok


def test_a_lease_is_renewed_while_an_answer_is_waited_for(
    server: HostileServer, client: HttpClient
) -> None:
    def late(exchange: Exchange) -> None:
        exchange.wait(0.25)
        exchange.send(200, "{}")

    beats: list[float] = []
    client.on_wait = beats.append
    server.attack(late)
    assert client.request("GET", server.url).ok
    assert len(beats) == 2 + 2, "before it, once connected, and twice while waiting"


def test_who_loses_the_lease_while_connecting_sends_nothing(
    server: HostileServer, client: HttpClient
) -> None:
    def lost(_seconds: float) -> None:
        if beats.append(1) or len(beats) == 2:
            raise TryLater("lost")

    beats: list[int] = []
    client.on_wait = lost
    server.attack(lambda exchange: exchange.send(200, "{}"))
    with pytest.raises(TryLater, match="lost"):
        client.request("GET", server.url)
    assert server.struck == 0


# --- In words -------------------------------------------------------------------------------------


def reset(exchange: Exchange) -> None:
    exchange.raw(LINES, b"half")
    exchange.reset()


def cut(exchange: Exchange) -> None:
    exchange.raw(LINES, b"half")
    exchange.hang_up()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (reset, "the connection was interrupted"),
        (cut, "the answer was cut off"),
        (lambda exchange: exchange.hang_up(), "the connection was interrupted"),
        (lambda exchange: exchange.raw(b"garbage\r\n\r\n"), "the answer is not HTTP"),
        (lambda e: e.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), "the answer is not HTTP"),
        (lambda e: e.send(200, b"no gzip", Content_Encoding="gzip"), "not be decompressed"),
    ],
)
def test_why_no_answer_came(
    server: HostileServer, client: HttpClient, fault: Any, words: str
) -> None:
    server.attack(fault)
    with pytest.raises(TryLater, match=words) as failure:
        client.request("GET", server.url, attempts=1)
    assert str(failure.value).startswith("WHOOP: no complete answer from 127.0.0.1")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://no-such-host.invalid/", "the host name was not found"),
        ("http://127.0.0.1:9/", "the connection was refused"),
    ],
)
def test_why_nobody_was_reached(client: HttpClient, url: str, words: str) -> None:
    with pytest.raises(TryLater, match=words):
        client.request("GET", url, attempts=1)


def test_why_nothing_could_be_encrypted(server: HostileServer, client: HttpClient) -> None:
    with pytest.raises(TryLater, match="encrypted connection failed"):
        client.request("GET", server.url.replace("http:", "https:"), attempts=1)


def test_an_encoding_is_not_guessed(server: HostileServer, client: HttpClient) -> None:
    server.attack(lambda exchange: exchange.send(200, '{"a": "ü"}'.encode("latin-1")))
    with pytest.raises(BadResponse, match="not JSON"):
        client.json(client.request("GET", server.url))
