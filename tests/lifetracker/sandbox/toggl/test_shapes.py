"""Everything has the shape of the samples: the same keys, with values of the same types."""

import re
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import MORNING, Caller, Item, sample

UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
MODIFIED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?Z")
KINDS = {
    "me_projects.json": "/me/projects",
    "me_clients.json": "/me/clients",
    "me_tags.json": "/me/tags",
    "me_quota.json": "/me/quota",
}
# Documented, but missing in the recordings.
BESIDES: dict[str, set[type]] = {
    name: {type(None)} for name in ("description", "project_id", "client_id", "cid")
}


def types(items: list[Item]) -> dict[str, set[type]]:
    found: dict[str, set[type]] = {}
    for item in items:
        for name, value in item.items():
            found.setdefault(name, set()).add(type(value))
    return found


def assert_alike(served: list[Item], samples: list[Item]) -> None:
    allowed, seen = types(samples), types(served)
    assert seen.keys() == allowed.keys()
    odd = {name: kinds - allowed[name] - BESIDES.get(name, set()) for name, kinds in seen.items()}
    assert not any(odd.values()), odd


@pytest.mark.parametrize("name", KINDS)
def test_lists_of_names(caller: Caller, name: str) -> None:
    assert_alike(caller.found(KINDS[name]), sample(name))


def test_the_user_with_related_data(caller: Caller) -> None:
    served = caller.found("/me", with_related_data="true")
    assert_alike([served], [sample("me_with_related_data.json")])
    assert_alike([caller.found("/me")], [sample("me.json")])
    assert_alike(served["workspaces"], sample("me_with_related_data.json")["workspaces"])


def test_entries_of_a_year() -> None:
    entries = Sandbox(seed=3, days=400, now=MORNING).toggl.entries()
    samples = [*sample("me_time_entries.json"), sample("time_entries_current_running.json")]
    assert_alike(entries, samples)
    for entry in entries:
        assert UTC_TIME.fullmatch(entry["start"])
        assert entry["stop"] is None or UTC_TIME.fullmatch(entry["stop"])
        assert MODIFIED.fullmatch(entry["at"])
        assert (entry["wid"], entry["uid"]) == (entry["workspace_id"], entry["user_id"])
        assert entry.get("pid") == entry["project_id"]
        assert ("pid" in entry) == (entry["project_id"] is not None)
        assert len(entry["tags"]) == len(entry["tag_ids"])


def test_tombstones_and_meta(caller: Caller) -> None:
    entry = next(e for e in caller.toggl.entries()[3:] if e["project_id"])
    caller.toggl.delete(entry["id"])
    assert_alike(caller.modified(), [sample("me_time_entries_since_with_deleted.json")[1]])
    assert UTC_TIME.fullmatch(caller.modified()[0]["server_deleted_at"])
    portal = caller.toggl.projects()[0]["id"]
    named = caller.toggl.add(project_id=portal)
    served = caller.found(f"/me/time_entries/{named}", meta="true")
    assert_alike([served], sample("me_time_entries_meta_true.json"))


def test_a_running_entry(caller: Caller) -> None:
    served = caller.found("/me/time_entries/current")
    served = {**served, "project_id": 5, "pid": 5}
    assert_alike([served], [sample("time_entries_current_running.json")])
    start = sample("time_entries_current_running.json")
    assert abs(start["duration"] + 1_761_697_106) <= 1, "the epoch of its start"


def test_rows_of_a_report(caller: Caller) -> None:
    rows = caller.rows(start_date="2026-01-01")
    samples = sample("reports_v3_search_page1.json")
    assert_alike(rows, samples)
    assert_alike(
        [row["time_entries"][0] for row in rows], [row["time_entries"][0] for row in samples]
    )


def test_headers_of_a_report(caller: Caller) -> None:
    first = caller.report(start_date="2026-01-01", page_size=2)
    assert first.headers.keys() >= {
        "X-Next-ID",
        "X-Next-Row-Number",
        "X-Toggl-Quota-Remaining",
        "X-Toggl-Quota-Resets-In",
    }
    assert first.headers["X-Next-Row-Number"] == "3"


def test_answers_to_writes(caller: Caller) -> None:
    main = caller.toggl.workspace_ids[0]
    body: dict[str, Any] = {"created_with": "tests", "workspace_id": main, "duration": -1}
    made = caller.ask(
        "POST",
        f"/api/v9/workspaces/{main}/time_entries",
        json=body | {"start": "2026-03-09T09:00:00Z"},
    ).json()
    assert_alike([made], [sample("post_time_entry_running_response.json")])
    path = f"/api/v9/workspaces/{main}/time_entries/{made['id']}/stop"
    stopped = caller.ask("PATCH", path).json()
    assert_alike([stopped], [sample("patch_stop_response.json")])
