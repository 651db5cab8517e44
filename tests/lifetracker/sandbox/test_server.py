"""The HTTP server under the stand-ins."""

import http.client
import threading
import time
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest
import requests

from lifetracker.sandbox.messages import Incoming
from lifetracker.sandbox.server import Sandbox

from .conftest import NOON, Caller


def test_it_answers_below_a_prefix_on_the_local_interface_only(sandbox: Sandbox) -> None:
    assert sandbox.url == f"http://127.0.0.1:{sandbox.port}"
    assert sandbox.whoop.url == f"{sandbox.url}/whoop"
    assert requests.get(f"{sandbox.url}/developer/v2/cycle", timeout=5).status_code == 404
    assert requests.get(f"{sandbox.whoop.url}/developer/v2/cycle", timeout=5).status_code == 401


def test_a_connection_is_kept_alive(caller: Caller) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", caller.sandbox.port, timeout=5)
    connection.connect()
    socket = connection.sock
    headers = {"Authorization": f"Bearer {caller.tokens['access_token']}"}
    for _ in range(3):
        connection.request("GET", "/whoop/developer/v2/cycle", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    assert connection.sock is socket
    connection.close()


def test_a_page_of_25_out_of_ten_years_takes_well_under_a_millisecond() -> None:
    sandbox = Sandbox(days=3650, now=NOON)
    headers: Message[str, str] = Message()
    headers["Authorization"] = f"Bearer {sandbox.whoop.issue_tokens()['access_token']}"
    query = {"limit": "25", "start": "2018-01-01T00:00:00Z", "end": "2018-06-01T00:00:00Z"}
    incoming = Incoming("GET", "/whoop/developer/v2/activity/sleep", query, headers)
    times = []
    for _ in range(60):
        began = time.perf_counter()
        assert sandbox.answer(incoming).status == 200
        times.append(time.perf_counter() - began)
    assert sorted(times)[30] < 0.001


def test_after_stop_even_kept_connections_are_dead(sandbox: Sandbox, caller: Caller) -> None:
    assert caller.get("/v2/cycle").status_code == 200
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        caller.get("/v2/cycle")
    sandbox.start()
    assert caller.get("/v2/cycle").status_code == 200


def test_a_taken_port_is_an_error_at_the_start(sandbox: Sandbox) -> None:
    with pytest.raises(OSError, match="in use"):
        Sandbox(days=1, port=sandbox.port).start()


def test_serve_forever_returns_after_stop() -> None:
    sandbox = Sandbox(days=1)
    thread = threading.Thread(target=sandbox.serve_forever)
    thread.start()
    while not sandbox.port:
        time.sleep(0.005)
    assert requests.get(sandbox.url, timeout=5).ok
    sandbox.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_requests_are_kept_with_their_query_and_status(sandbox: Sandbox, caller: Caller) -> None:
    caller.get("/v2/cycle", limit=3)
    caller.get("/v2/cycle/1")
    listed, missing = sandbox.requests
    assert (listed.method, listed.path) == ("GET", "/whoop/developer/v2/cycle")
    assert (listed.query, listed.status, listed.at) == ({"limit": "3"}, 200, NOON)
    assert missing.status == 404
    sandbox.requests.clear()
    assert not sandbox.requests


def test_many_callers_at_once_are_all_answered(sandbox: Sandbox, caller: Caller) -> None:
    statuses: list[int] = []

    def read() -> None:
        other = Caller(sandbox)
        with other.session:
            statuses.extend(other.get("/v2/activity/sleep").status_code for _ in range(5))

    threads = [threading.Thread(target=read) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert statuses == [200] * 60
    assert len(sandbox.requests) == 60


def test_the_page_for_people_names_services_and_verbs(sandbox: Sandbox) -> None:
    page = requests.get(sandbox.url, timeout=5)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "WHOOP" in page.text
    assert sandbox.whoop.url in page.text
    assert "/sandbox/rescore" in page.text
    assert not sandbox.requests, "looking at the sandbox is no request to a service"


def test_the_clock_follows_real_time_unless_it_is_set() -> None:
    clock = Sandbox(days=1).clock
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    clock.advance(timedelta(days=2))
    shifted = clock.now()
    assert shifted - datetime.now(UTC) > timedelta(days=1, hours=23)
    assert clock.now() > shifted, "a shifted clock goes on running"
    clock.set(NOON)
    clock.advance(timedelta(hours=1))
    assert clock.now() == clock.now() == NOON + timedelta(hours=1)
    clock.follow()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    with pytest.raises(ValueError, match="aware"):
        clock.set(NOON.replace(tzinfo=None))
