"""What stands between a caller and an answer: limits and faults."""

import time

import pytest
import requests

from lifetracker.sandbox.faults import HTML, HTML_HEADERS
from lifetracker.sandbox.server import Sandbox

from .conftest import Caller, sample


def test_over_the_limit_is_a_601_that_says_how_long_to_wait(
    sandbox: Sandbox, caller: Caller
) -> None:
    sandbox.withings.limits.configure(limit=2, window=1)
    assert [caller.status() for _ in range(2)] == [0, 0]
    refused = caller.post("/measure", action="getmeas")
    assert refused["status"] == 601
    assert refused["body"] == {"wait_seconds": 1}
    assert caller.refresh("x")["status"] == 601, "the limit is the whole application's"
    time.sleep(refused["body"]["wait_seconds"])
    assert caller.status() == 0
    sandbox.withings.limits.configure(limit=None)
    assert [caller.status() for _ in range(4)] == [0] * 4


def test_the_limit_is_120_a_minute_once_it_is_on(sandbox: Sandbox, caller: Caller) -> None:
    assert [caller.status() for _ in range(121)] == [0] * 121
    sandbox.withings.limits.configure()
    assert [caller.status() for _ in range(121)] == [0] * 120 + [601]


def test_the_same_arguments_within_ten_seconds(sandbox: Sandbox, caller: Caller) -> None:
    assert caller.page(meastypes="1") == caller.page(meastypes="1")
    sandbox.withings.options.identical = True
    caller.page(meastypes="1")
    refused = caller.post("/measure", action="getmeas", meastypes="1")
    expected = sample("error_601_wait_seconds")
    assert (refused["status"], refused["error"]) == (expected["status"], expected["error"])
    assert 0 < refused["body"]["wait_seconds"] <= 10
    caller.page(meastypes="1", offset=0)
    caller.use(caller.refresh(caller.tokens["refresh_token"])["body"])
    assert caller.post("/measure", action="getmeas", meastypes="1")["status"] == 601


def test_a_601_may_keep_the_wait_to_itself(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.withings.limits.configure(limit=1)
    sandbox.withings.options.wait_seconds = False
    caller.status()
    assert caller.post("/measure")["body"] == {}


def test_any_status_can_be_made_to_happen(sandbox: Sandbox, caller: Caller) -> None:
    withings = sandbox.withings
    withings.fail(401)
    assert caller.post("/measure") == sample("error_401_invalid_token")
    withings.fail(601, wait_seconds=188)
    refused = caller.post("/measure")
    assert (refused["status"], refused["body"]) == (601, {"wait_seconds": 188})
    withings.fail(601, times=2, nth=2)
    assert [caller.post("/measure")["status"] for _ in range(4)] == [2554, 601, 601, 2554]
    withings.fail(503, "/v2/oauth2")
    assert caller.refresh(caller.tokens["refresh_token"])["status"] == 503
    assert withings.refreshes == 0
    withings.fail(3011, "")
    assert caller.post("/notify", action="list")["status"] == 3011
    assert not sandbox.withings.subscriptions()


def test_a_gateway_may_answer_in_html(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.faults.add(
        "/withings/measure", kind="status", status=502, body=HTML, headers=HTML_HEADERS
    )
    url = f"{sandbox.withings.url}/measure"
    answer = caller.session.post(url, data={"action": "getmeas"}, timeout=5)
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert caller.page()["measuregrps"]


@pytest.mark.parametrize("kind", ["cut", "drop", "lost"])
def test_answers_get_lost_on_the_way(sandbox: Sandbox, caller: Caller, kind: str) -> None:
    sandbox.faults.add("/withings/measure", kind=kind)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        caller.page()
    assert caller.page()["measuregrps"]
