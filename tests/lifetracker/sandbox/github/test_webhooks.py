"""Deliveries signed as GitHub signs them."""

import hashlib
import hmac
import json
from collections.abc import Iterator

import pytest

from lifetracker.sandbox import outgoing
from tests.lifetracker.sandbox.receiving import Receiver, receiving

from .conftest import PAYLOADS, Caller


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving("/webhooks/github", usual=202) as server:
        yield server


def test_the_vector_of_the_documentation() -> None:
    assert outgoing.sign("It's a Secret to Everybody", b"Hello, World!") == (
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    )


@pytest.mark.parametrize("name", ["webhook_push_branch", "webhook_ping"])
def test_the_recorded_signatures(name: str) -> None:
    headers = json.loads((PAYLOADS / f"{name}.headers.json").read_text())
    body = (PAYLOADS / f"{name}.json").read_bytes()
    signature = outgoing.sign(headers["_secret_for_tests"], body)
    assert signature == headers["X-Hub-Signature-256"]


@pytest.mark.parametrize(
    ("event", "name"), [("push", "webhook_push_branch"), ("ping", "webhook_ping")]
)
def test_a_delivery(caller: Caller, receiver: Receiver, event: str, name: str) -> None:
    to = receiver.url
    assert caller.github.deliver_webhook("shop-relaunch", to, event=event) == 202
    headers, body = receiver.got[0]
    digest = hmac.new(caller.github.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
    recorded = json.loads((PAYLOADS / f"{name}.headers.json").read_text())
    recorded.pop("_secret_for_tests")
    assert recorded.keys() <= headers.keys()
    assert headers["X-GitHub-Event"] == event
    assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    content = json.loads(body)
    wanted = json.loads((PAYLOADS / f"{name}.json").read_text()).keys()
    assert wanted - {"installation"} <= content.keys()  # that of an app
    assert content["repository"]["full_name"] == "mara-lindner/shop-relaunch"


def test_a_push_names_both_ends(caller: Caller, receiver: Receiver) -> None:
    caller.github.add_repository("pushed")
    before, after = (caller.github.commit("pushed", {"a": str(n)}) for n in range(2))
    caller.github.deliver_webhook("pushed", receiver.url)
    caller.github.deliver_webhook("pushed", receiver.url, before=after, after=before, forced=True)
    created, forced = (json.loads(body) for _, body in receiver.got)
    assert (created["ref"], created["after"]) == ("refs/heads/main", after)
    assert (created["created"], created["before"]) == (True, "0" * 40)
    assert (forced["before"], forced["after"], forced["forced"]) == (after, before, True)
    assert (forced["created"], forced["deleted"]) == (False, False)


def test_wrong_and_repeated_deliveries(caller: Caller, receiver: Receiver) -> None:
    name = "X-Hub-Signature-256"
    for how in ({"secret": "other"}, {"signature": "sha256=00"}, {"signature": ""}):
        caller.verb("webhook", name="sketches", to=receiver.url, event="ping", **how)
    other, fixed, none = (headers for headers, _ in receiver.got)
    right = outgoing.sign(caller.github.webhook_secret, receiver.got[0][1])
    assert other[name] != right
    assert fixed[name] == "sha256=00"
    assert name not in none
    receiver.statuses = [500, 500]
    status = caller.github.deliver_webhook("sketches", receiver.url, attempts=3)
    assert status == 202
    assert len({headers["X-GitHub-Delivery"] for headers, _ in receiver.got[3:]}) == 1
    assert len(receiver.got) == 6
    with pytest.raises(ValueError, match="no event"):
        caller.github.deliver_webhook("sketches", receiver.url, event="star")
