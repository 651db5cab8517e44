"""The same things over HTTP, for a sandbox that runs as its own process."""

from typing import Any

import requests

from lifetracker.sandbox.server import Sandbox

from .conftest import Caller, Receiver


def verb(caller: Caller, verb_name: str, /, **body: Any) -> Any:
    url = f"{caller.sandbox.url}/sandbox/{verb_name}"
    answer = requests.post(url, json={"service": "toggl", **body}, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_the_state_has_what_a_demo_needs(sandbox: Sandbox) -> None:
    state = requests.get(f"{sandbox.url}/sandbox/state", timeout=5).json()["toggl"]
    assert state["api_token"] == sandbox.toggl.api_token
    assert state["url"] == sandbox.toggl.url == f"{sandbox.url}/toggl"
    assert state["user_id"] == sandbox.toggl.user_id
    assert state["workspace_ids"] == sandbox.toggl.workspace_ids
    assert state["counts"]["time_entry"] == len(sandbox.toggl.entries())
    assert state["counts"]["project"] == len(sandbox.toggl.projects())
    assert state["options"]["cap"] == 1000


def test_entries_are_changed_by_verbs(caller: Caller) -> None:
    made = verb(caller, "add", description="by verb")
    assert caller.entries()[0]["id"] != made
    verb(caller, "edit", id=made, description="edited")
    assert caller.found(f"/me/time_entries/{made}")["description"] == "edited"
    running = verb(caller, "start", description="running")
    assert caller.found("/me/time_entries/current")["id"] == running
    verb(caller, "stop", id=running)
    verb(caller, "replace", id=made, item={"id": made, "odd": 1})
    assert {"id": made, "odd": 1} in verb(caller, "entries")
    verb(caller, "delete", id=made)
    assert caller.get(f"/me/time_entries/{made}").status_code == 404


def test_names_are_changed_by_verbs(caller: Caller) -> None:
    client = verb(caller, "add-client", name="Leuchtturm")
    project = verb(caller, "add-project", name="Beacon", client_id=client)
    tag = verb(caller, "add-tag", name="light")
    verb(caller, "rename", kind="tag", id=tag, name="dark")
    assert verb(caller, "tags")[-1]["name"] == "dark"
    assert verb(caller, "clients")[-1]["id"] == client
    verb(caller, "archive-project", id=project)
    assert next(p for p in verb(caller, "projects") if p["id"] == project)["active"] is False
    verb(caller, "delete-project", id=project)
    assert project not in [p["id"] for p in verb(caller, "projects")]


def test_limits_options_and_webhooks_by_verbs(caller: Caller, receiver: Receiver) -> None:
    assert verb(caller, "options", cap=3)["cap"] == 3
    assert len(caller.entries()) == 3
    entry = caller.entries()[0]["id"]
    assert verb(caller, "webhook", id=entry, to=receiver.url) == 200
    verb(caller, "quota", user=1)
    assert [caller.get("/me").status_code for _ in range(2)] == [200, 402]
    verb(caller, "quota")
    verb(caller, "bucket", per_second=0.1, burst=1)
    assert [caller.get("/me").status_code for _ in range(2)] == [200, 429]
