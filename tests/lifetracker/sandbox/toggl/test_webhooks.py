"""Subscriptions, their validation, and signed deliveries."""

import hashlib
import hmac
import json
from typing import Any

import pytest
import requests

from lifetracker.sandbox.outgoing import sign
from lifetracker.sandbox.server import Sandbox

from .conftest import PAYLOADS, Caller, Item, Receiver, sample

EVERY = [{"entity": "time_entry", "action": "*"}]


def hooks(caller: Caller, method: str, path: str, **body: Any) -> requests.Response:
    return caller.ask(method, f"/webhooks/api/v1{path}", json=body)


def subscribe(caller: Caller, receiver: Receiver, **body: Any) -> requests.Response:
    wanted = {"url_callback": receiver.url, "event_filters": EVERY, "description": "life tracker"}
    main = caller.toggl.workspace_ids[0]
    return hooks(caller, "POST", f"/subscriptions/{main}", **wanted | body)


@pytest.fixture
def subscription(caller: Caller, receiver: Receiver) -> Item:
    """A validated one; its ping is forgotten."""
    answer = subscribe(caller, receiver, secret="s3cret")
    assert answer.status_code == 200, answer.text
    receiver.got.clear()
    return answer.json()


def test_the_signature_is_that_of_the_vector() -> None:
    vector = (PAYLOADS / "webhook_ping.signature.txt").read_text()
    secret, signature = (line.split("=", 1)[-1] for line in vector.strip().split("\n", 1))
    raw_body = (PAYLOADS / "webhook_ping.raw.json").read_bytes()
    assert signature.endswith(sign(secret, raw_body).removeprefix("sha256="))


def test_a_receiver_that_answers_with_the_code_is_validated(
    caller: Caller, receiver: Receiver
) -> None:
    made = subscribe(caller, receiver).json()
    assert made["validated_at"] == "2026-03-09T09:30:15Z"
    assert made["enabled"] is True
    assert len(made["secret"]) == 20
    [(headers, body)] = receiver.got
    ping = json.loads(body)
    assert (ping["payload"], ping["event_id"]) == ("ping", 0)
    assert ping["subscription_id"] == made["subscription_id"]
    assert ping.keys() >= sample("webhook_ping.raw.json").keys()
    assert headers["X-Webhook-Signature-256"] == sign(made["secret"], body)
    assert headers["path"] == "/webhooks/toggl?x=1"


def test_a_silent_receiver_is_validated_by_the_address(caller: Caller, receiver: Receiver) -> None:
    receiver.silent = True
    made = subscribe(caller, receiver).json()
    assert made["validated_at"] is None
    caller.toggl.add()
    assert len(receiver.got) == 1, "no events before it is validated"
    url = receiver.events()[0]["validation_code_url"]
    assert requests.get(f"{url}x", timeout=5).status_code == 400
    assert requests.get(url, timeout=5).status_code == 200
    caller.toggl.add()
    assert receiver.events()[1]["metadata"]["action"] == "created"


def test_a_receiver_must_be_there(caller: Caller, receiver: Receiver) -> None:
    receiver.statuses = [500]
    refused = subscribe(caller, receiver)
    assert (refused.status_code, refused.json()) == (400, "url_callback could not be reached")
    assert subscribe(caller, receiver, url_callback="http://127.0.0.1:9/x").status_code == 400
    main = caller.toggl.workspace_ids[0]
    assert hooks(caller, "GET", f"/subscriptions/{main}").json() == []


def test_changes_are_delivered_and_signed(
    caller: Caller, receiver: Receiver, subscription: Item
) -> None:
    made = caller.toggl.add(description="new")
    caller.toggl.edit(made, description="newer")
    caller.toggl.delete(made)
    main = caller.toggl.workspace_ids[0]
    assert [event["metadata"]["action"] for event in receiver.events()] == [
        "created",
        "updated",
        "deleted",
    ]
    headers, body = receiver.got[-1]
    digest = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["X-Webhook-Signature-256"] == f"sha256={digest}"
    event, like = json.loads(body), sample("webhook_time_entry_deleted.raw.json")
    assert event.keys() == like.keys()
    assert event["metadata"].keys() == like["metadata"].keys()
    assert event["metadata"]["time_entry_id"] == str(made)
    assert event["metadata"]["workspace_id"] == str(main)
    assert event["payload"]["server_deleted_at"]
    assert event["payload"] == caller.modified()[0]
    listed = hooks(caller, "GET", f"/subscriptions/{main}/{subscription['subscription_id']}/events")
    assert [event["event_id"] for event in listed.json()] == [
        event["event_id"] for event in reversed(receiver.events())
    ]


def test_writes_of_clients_are_delivered_too(
    caller: Caller, receiver: Receiver, subscription: Item
) -> None:
    main = caller.toggl.workspace_ids[0]
    path = f"/api/v9/workspaces/{main}/time_entries"
    body = {"created_with": "tests", "workspace_id": main, "start": "2026-03-09T09:00:00Z"}
    made = caller.ask("POST", path, json=body | {"duration": 60}).json()
    caller.ask("DELETE", f"{path}/{made['id']}")
    assert [event["payload"]["id"] for event in receiver.events()] == [made["id"]] * 2


def test_only_what_is_wanted_is_delivered(caller: Caller, receiver: Receiver) -> None:
    main, own = caller.toggl.workspace_ids
    filters = [
        {"entity": "project", "action": "*"},
        {"entity": "client", "action": "updated"},
        {"entity": "time_entry", "action": "deleted"},
    ]
    made = subscribe(caller, receiver, event_filters=filters).json()
    receiver.got.clear()
    entry = caller.toggl.add()
    caller.toggl.delete(caller.toggl.add(workspace_id=own))
    caller.toggl.add_client("Leuchtturm")
    caller.toggl.add_tag("light")
    assert not receiver.got
    caller.toggl.delete(entry)
    project = caller.toggl.add_project("Beacon")
    caller.toggl.rename("client", caller.toggl.clients()[0]["id"], "Renamed")
    caller.toggl.archive_project(project)
    caller.toggl.delete_project(project)
    assert [(e["metadata"]["model"], e["metadata"]["action"]) for e in receiver.events()] == [
        ("time_entry", "deleted"),
        ("project", "created"),
        ("client", "updated"),
        ("project", "updated"),
        ("project", "deleted"),
    ]
    path = f"/subscriptions/{main}/{made['subscription_id']}"
    assert hooks(caller, "PATCH", path, enabled=False).json()["enabled"] is False
    caller.toggl.add_project("Another")
    assert len(receiver.got) == 5


def test_what_was_refused_comes_with_the_next_event(
    caller: Caller, receiver: Receiver, subscription: Item
) -> None:
    main = caller.toggl.workspace_ids[0]
    receiver.statuses = [500]
    first = caller.toggl.add()
    assert hooks(caller, "GET", f"/subscriptions/{main}").json()[0]["has_pending_events"]
    second = caller.toggl.add()
    assert [event["payload"]["id"] for event in receiver.events()] == [first, first, second]
    assert receiver.events()[0] == receiver.events()[1]
    assert not hooks(caller, "GET", f"/subscriptions/{main}").json()[0]["has_pending_events"]


def test_a_new_address_is_validated_anew(
    caller: Caller, receiver: Receiver, subscription: Item
) -> None:
    receiver.silent = True
    path = f"/subscriptions/{caller.toggl.workspace_ids[0]}/{subscription['subscription_id']}"
    changed = hooks(caller, "PUT", path, url_callback=f"{receiver.url}&y=2").json()
    assert changed["validated_at"] is None
    receiver.silent = False
    ping = path.replace("/subscriptions", "/ping")
    assert hooks(caller, "POST", ping).status_code == 200
    assert len(receiver.got) == 2
    assert hooks(caller, "DELETE", path).status_code == 200
    assert hooks(caller, "PUT", path).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"url_callback": ""},
        {"url_callback": "ftp://127.0.0.1"},
        {"description": ""},
        {"event_filters": []},
        {"event_filters": EVERY * 4},
        {"event_filters": [{"entity": "time_entry", "action": "touched"}]},
        {"event_filters": [{"entity": "colour", "action": "*"}]},
        {"event_filters": ["*"]},
    ],
)
def test_what_cannot_be_subscribed_to(caller: Caller, receiver: Receiver, body: Item) -> None:
    assert subscribe(caller, receiver, **body).status_code == 400
    assert not receiver.got


def test_the_free_plan_has_one_webhook_a_workspace(
    caller: Caller, receiver: Receiver, subscription: Item
) -> None:
    main, own = caller.toggl.workspace_ids
    assert "unique" in subscribe(caller, receiver).json()
    assert "limit" in subscribe(caller, receiver, description="second").json()
    body = {"url_callback": receiver.url, "event_filters": EVERY, "description": "second"}
    assert hooks(caller, "POST", f"/subscriptions/{own}", **body).status_code == 200
    assert hooks(caller, "GET", f"/limits/{main}").json()["subscriptions"] == 1
    assert "time_entry" in hooks(caller, "GET", "/event_filters").json()
    assert hooks(caller, "GET", "/status").json() == {"status": "OK"}
    assert hooks(caller, "GET", "/subscriptions/5").status_code == 403


def test_a_delivery_by_hand_can_be_wrong_in_every_way(
    sandbox: Sandbox, caller: Caller, receiver: Receiver
) -> None:
    toggl, entry = sandbox.toggl, caller.toggl.entries()[3]

    def deliver(**how: Any) -> tuple[dict[str, str], bytes]:
        toggl.deliver_webhook(entry["id"], receiver.url, **how)
        return receiver.got[-1]

    headers, body = deliver()
    assert headers["X-Webhook-Signature-256"] == sign(toggl.webhook_secret, body)
    assert json.loads(body)["payload"] == entry
    headers, body = deliver(secret="another", event_id=7)
    assert headers["X-Webhook-Signature-256"] == sign("another", body)
    assert json.loads(body)["event_id"] == 7
    assert deliver(signature="sha256=00")[0]["X-Webhook-Signature-256"] == "sha256=00"
    assert "X-Webhook-Signature-256" not in deliver(signature="")[0]
    receiver.got.clear()
    receiver.statuses = [500, 503, 200]
    assert toggl.deliver_webhook(entry["id"], receiver.url, attempts=5, pause=0.01) == 200
    assert len(receiver.got) == 3
    assert toggl.deliver_webhook(entry["id"], "http://127.0.0.1:9/x") == 0
    with pytest.raises(ValueError, match="no action 'touched'"):
        deliver(action="touched")
