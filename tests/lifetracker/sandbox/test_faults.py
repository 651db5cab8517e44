"""Faults that are switched on: what a caller sees of each, and what was carried out."""

import time

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

from .conftest import Caller

SLEEP = "/v2/activity/sleep"
TOKEN = "/oauth2/token"


def statuses(caller: Caller, path: str, times: int) -> list[int]:
    return [caller.get(path).status_code for _ in range(times)]


def test_a_fault_strikes_the_nth_matching_request(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(match=SLEEP, nth=3, times=2, kind="status", status=502)
    caller.get("/v2/cycle")
    assert statuses(caller, SLEEP, 5) == [200, 200, 502, 502, 200]
    assert statuses(caller, "/v2/cycle", 2) == [200, 200]


def test_a_fault_can_last_until_it_is_cleared(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(kind="status", status=503, times=None)
    assert statuses(caller, SLEEP, 4) == [503] * 4
    sandbox.faults.clear()
    assert statuses(caller, SLEEP, 1) == [200]


def test_a_status_has_the_body_and_headers_that_it_is_given(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.faults.add(SLEEP, kind="status", status=429, headers={"Retry-After": "7"}, body=b"no")
    answer = caller.get(SLEEP)
    assert (answer.status_code, answer.content) == (429, b"no")
    assert answer.headers["Retry-After"] == "7"
    sandbox.faults.add(SLEEP, kind="status")
    answer = caller.get(SLEEP)
    assert (answer.status_code, answer.content) == (500, b"")


def test_a_delay_is_only_late(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(SLEEP, kind="delay", seconds=0.2)
    began = time.monotonic()
    assert caller.get(SLEEP).status_code == 200
    assert time.monotonic() - began >= 0.2


def test_a_cut_body_is_shorter_than_announced(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(SLEEP, kind="cut")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        caller.get(SLEEP)
    assert sandbox.requests[0].status == 200
    assert statuses(caller, SLEEP, 1) == [200]


@pytest.mark.parametrize("half", [False, True])
def test_garbage_is_a_200_that_is_no_json(sandbox: Sandbox, caller: Caller, half: bool) -> None:
    sandbox.faults.add(SLEEP, kind="garbage", half=half)
    answer = caller.get(SLEEP)
    assert answer.status_code == 200
    assert answer.text.startswith('{"records":[' if half else "<html>")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_drop_is_not_carried_out(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(TOKEN, kind="drop")
    refresh_token = caller.tokens["refresh_token"]
    with pytest.raises(requests.ConnectionError):
        caller.refresh(refresh_token)
    assert sandbox.whoop.refreshes == 0
    assert sandbox.requests[0].status == 0
    assert caller.refresh(refresh_token).status_code == 200


def test_a_lost_answer_has_rotated_the_tokens(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(TOKEN, kind="lost")
    with pytest.raises(requests.ConnectionError):
        caller.refresh(caller.tokens["refresh_token"])
    assert sandbox.whoop.refreshes == 1
    assert caller.get("/v2/cycle").status_code == 401
    assert caller.refresh(caller.tokens["refresh_token"]).status_code == 400


def test_a_hanging_answer_was_carried_out(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(TOKEN, kind="hang", seconds=0.4)
    form = {"grant_type": "refresh_token", "refresh_token": caller.tokens["refresh_token"]}
    client = {
        "client_id": sandbox.whoop.client_id,
        "client_secret": sandbox.whoop.client_secret,
    }
    with pytest.raises(requests.Timeout):
        requests.post(f"{sandbox.whoop.url}/oauth/oauth2/token", data=form | client, timeout=0.1)
    assert sandbox.whoop.refreshes == 1


def test_a_loop_never_ends(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(SLEEP, kind="loop", times=None)
    first = caller.page("sleep", limit=5)
    assert first["next_token"]
    for _ in range(3):
        assert caller.page("sleep", limit=5, nextToken=first["next_token"]) == first
    one = caller.get(f"{SLEEP}/{first['records'][0]['id']}")
    assert one.json() == first["records"][0]


def test_two_faults_can_strike_together(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(kind="delay", seconds=0.15)
    sandbox.faults.add(SLEEP, kind="status", status=500)
    began = time.monotonic()
    assert caller.get(SLEEP).status_code == 500
    assert time.monotonic() - began >= 0.15


def test_a_fault_that_cannot_be_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        sandbox.faults.add(kind="fire")
    with pytest.raises(ValueError, match="from 1"):
        sandbox.faults.add(kind="drop", nth=0)
