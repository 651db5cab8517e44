"""Deliveries, good ones and forged ones."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox
from lifetracker.sandbox.whoop.webhooks import sign
from tests.lifetracker.sandbox.receiving import Receiver, receiving

PAYLOADS = Path(__file__).parents[2] / "payloads" / "whoop"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving("/webhooks/whoop?x=1") as server:
        yield server


@pytest.fixture
def sleep_id(sandbox: Sandbox) -> str:
    return str(next(s["id"] for s in sandbox.whoop.records("sleep") if not s["nap"]))


def test_the_signature_is_that_of_the_vector() -> None:
    vector = json.loads((PAYLOADS / "webhook_signed_request.json").read_text())
    headers = vector["headers"]
    signed = sign(
        vector["client_secret"],
        headers["X-WHOOP-Signature-Timestamp"],
        vector["raw_body"].encode(),
    )
    assert signed == headers["X-WHOOP-Signature"]
    assert signed not in vector["must_not_match"].values()


def test_a_delivery_has_the_documented_body_and_a_fresh_signature(
    sandbox: Sandbox, receiver: Receiver, sleep_id: str
) -> None:
    assert sandbox.whoop.deliver_webhook("sleep", sleep_id, receiver.url) == 200
    [(headers, body)] = receiver.got
    event = json.loads(body)
    assert event.keys() == {"user_id", "id", "type", "trace_id"}
    assert (event["id"], event["type"]) == (sleep_id, "sleep.updated")
    assert event["user_id"] == sandbox.whoop.records("sleep")[0]["user_id"]
    timestamp = headers["X-WHOOP-Signature-Timestamp"]
    assert abs(time.time() * 1000 - int(timestamp)) < 5000
    assert headers["X-WHOOP-Signature"] == sign(sandbox.whoop.client_secret, timestamp, body)
    assert headers["Content-Type"] == "application/json"
    assert headers["path"] == "/webhooks/whoop?x=1"


def test_a_recovery_s_event_carries_its_sleep(
    sandbox: Sandbox, receiver: Receiver, sleep_id: str
) -> None:
    recovery = next(r for r in sandbox.whoop.records("recovery") if r["sleep_id"] == sleep_id)
    sandbox.whoop.deliver_webhook("recovery", recovery["cycle_id"], receiver.url, event="deleted")
    event = json.loads(receiver.got[0][1])
    assert (event["id"], event["type"]) == (sleep_id, "recovery.deleted")


def test_it_can_be_wrong_in_every_way(sandbox: Sandbox, receiver: Receiver, sleep_id: str) -> None:
    def deliver(**how: Any) -> tuple[dict[str, str], bytes]:
        sandbox.whoop.deliver_webhook("sleep", sleep_id, receiver.url, **how)
        return receiver.got[-1]

    headers, body = deliver(secret="another")
    timestamp = headers["X-WHOOP-Signature-Timestamp"]
    assert headers["X-WHOOP-Signature"] == sign("another", timestamp, body)
    assert deliver(signature="nonsense")[0]["X-WHOOP-Signature"] == "nonsense"
    assert "X-WHOOP-Signature" not in deliver(signature="")[0]
    old = deliver(age=7200)[0]["X-WHOOP-Signature-Timestamp"]
    assert int(old) < (time.time() - 7000) * 1000
    assert isinstance(json.loads(deliver(legacy=True)[1])["id"], int)
    assert json.loads(deliver(user_id=456)[1])["user_id"] == 456
    twice = [json.loads(deliver(trace_id="the-same")[1])["trace_id"] for _ in range(2)]
    assert twice == ["the-same", "the-same"]


def test_a_refused_delivery_is_tried_again_with_the_same_trace(
    sandbox: Sandbox, receiver: Receiver, sleep_id: str
) -> None:
    receiver.statuses = [500, 503, 200, 200]
    status = sandbox.whoop.deliver_webhook("sleep", sleep_id, receiver.url, attempts=6, pause=0.01)
    assert status == 200
    assert len(receiver.got) == 3
    assert len({json.loads(body)["trace_id"] for _, body in receiver.got}) == 1
    receiver.statuses = [500, 500]
    assert sandbox.whoop.deliver_webhook("sleep", sleep_id, receiver.url) == 500


def test_there_are_no_events_for_cycles(sandbox: Sandbox, receiver: Receiver) -> None:
    cycle_id = sandbox.whoop.records("cycle")[0]["id"]
    with pytest.raises(ValueError, match=r"no cycle\.updated"):
        sandbox.whoop.deliver_webhook("cycle", cycle_id, receiver.url)
    assert not receiver.got
