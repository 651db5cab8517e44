"""Entries that a client creates, stops, changes and deletes."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

from .conftest import Caller, Item


@pytest.fixture
def main(sandbox: Sandbox) -> int:
    return sandbox.toggl.workspace_ids[0]


def write(caller: Caller, method: str, tail: str = "", **body: Any) -> requests.Response:
    main = caller.toggl.workspace_ids[0]
    return caller.ask(method, f"/api/v9/workspaces/{main}/time_entries{tail}", json=body)


def create(caller: Caller, **body: Any) -> requests.Response:
    needed = {
        "created_with": "tests",
        "workspace_id": caller.toggl.workspace_ids[0],
        "start": "2026-03-09T09:00:00Z",
    }
    return write(caller, "POST", **needed | body)


def test_a_timer_runs_until_it_is_stopped(sandbox: Sandbox, caller: Caller) -> None:
    before = caller.found("/me/time_entries/current")["id"]
    made = create(caller, duration=-1, description="timer").json()
    assert (made["start"], made["stop"], made["duration"]) == ("2026-03-09T09:00:00Z", None, -1)
    assert made["tags"] is None
    assert caller.found("/me/time_entries/current")["id"] == made["id"]
    assert caller.found(f"/me/time_entries/{before}")["stop"]
    sandbox.clock.advance(timedelta(minutes=5))
    stopped = write(caller, "PATCH", f"/{made['id']}/stop").json()
    assert (stopped["stop"], stopped["duration"]) == ("2026-03-09T09:35:15Z", 2115)
    again = write(caller, "PATCH", f"/{made['id']}/stop")
    assert (again.status_code, again.json()) == (409, "Time entry already stopped")


def test_an_entry_with_both_ends(caller: Caller) -> None:
    made = create(caller, stop="2026-03-09T09:10:00Z", tags=["call"], project_id=180000116).json()
    served = caller.found(f"/me/time_entries/{made['id']}")
    assert served["duration"] == 600
    assert served["stop"] == "2026-03-09T09:10:00+00:00"
    assert (served["tags"], served["pid"]) == (["call"], 180000116)
    lasting = create(caller, duration=90).json()
    assert lasting["stop"] == "2026-03-09T09:01:30Z"


def test_an_entry_without_an_end_gets_one_later(caller: Caller) -> None:
    made = create(caller).json()
    assert (made["stop"], made["duration"]) == (None, 0)
    served = caller.found(f"/me/time_entries/{made['id']}")
    assert (served["stop"], served["duration"]) == ("2026-03-09T09:00:00+00:00", 0)


def test_changing_and_deleting(caller: Caller) -> None:
    made = create(caller, duration=90).json()
    changed = write(caller, "PUT", f"/{made['id']}", description="new", billable=True).json()
    assert (changed["description"], changed["billable"]) == ("new", True)
    assert (made["at"], changed["at"]) == ("2026-03-09T09:30:15Z", "2026-03-09T09:30:15.001Z")
    assert write(caller, "DELETE", f"/{made['id']}").status_code == 200
    assert caller.modified()[0]["server_deleted_at"]
    for method, tail in (("PUT", ""), ("DELETE", ""), ("PATCH", "/stop")):
        assert write(caller, method, f"/{made['id']}{tail}").status_code == 404


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"workspace_id": 5}, "workspace_id does not match"),
        ({"start": "yesterday"}, "start must be"),
        ({"stop": 5}, "stop must be"),
        ({"duration": "1h"}, "duration must be"),
    ],
)
def test_what_cannot_be_is_refused(caller: Caller, body: Item, error: str) -> None:
    answer = create(caller, **body)
    assert answer.status_code == 400
    assert error in answer.json()


def test_what_is_missing_is_named(caller: Caller, main: int) -> None:
    assert write(caller, "POST", start="2026-03-09T09:00:00Z").json() == "created_with must be set"
    path = f"/api/v9/workspaces/{main}/time_entries"
    for raw_body in (b"", b"{", b"[]"):
        assert caller.ask("POST", path, data=raw_body).status_code == 400


def test_an_entry_belongs_to_its_workspace(caller: Caller) -> None:
    main, own = caller.toggl.workspace_ids
    made = caller.toggl.add(workspace_id=own)
    path = f"/api/v9/workspaces/{main}/time_entries/{made}"
    assert caller.ask("DELETE", path).status_code == 404
    assert caller.ask("DELETE", path.replace(str(main), str(own))).status_code == 200
