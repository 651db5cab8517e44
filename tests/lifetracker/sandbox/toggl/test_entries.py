"""`GET /me/time_entries` with every filter, and single entries."""

from datetime import timedelta
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import MORNING, Caller, Item, sample

DAY = timedelta(days=1)


def epoch(days_ago: float) -> int:
    return int((MORNING - days_ago * DAY).timestamp())


def starts(entries: list[Item]) -> list[str]:
    return [entry["start"] for entry in entries]


def test_without_parameters_the_last_ten_days_newest_first(caller: Caller) -> None:
    entries = caller.entries()
    assert len(entries) > 30
    assert starts(entries) == sorted(starts(entries), reverse=True)
    assert min(starts(entries)) >= (MORNING - 10 * DAY).isoformat()
    assert entries == caller.found("/me", with_related_data="true")["time_entries"]
    assert entries == [
        entry for entry in caller.toggl.entries() if entry["start"] >= min(starts(entries))
    ]


def test_both_workspaces_are_in_one_list(caller: Caller) -> None:
    entries = caller.entries(start_date="2026-01-10", end_date="2026-03-10")
    assert {entry["workspace_id"] for entry in entries} == set(caller.toggl.workspace_ids)


def test_an_end_date_is_exclusive(caller: Caller) -> None:
    assert caller.entries(start_date="2026-03-05", end_date="2026-03-05") == []
    one_day = caller.entries(start_date="2026-03-05", end_date="2026-03-06")
    assert {start[:10] for start in starts(one_day)} == {"2026-03-05"}


def test_a_date_begins_in_the_zone_of_the_profile(caller: Caller) -> None:
    late = caller.toggl.add(start="2026-03-04T22:59:59+00:00", stop="2026-03-04T23:30:00+00:00")
    early = caller.toggl.add(start="2026-03-04T23:00:00+00:00", stop="2026-03-04T23:30:00+00:00")
    ids = [entry["id"] for entry in caller.entries(start_date="2026-03-05", end_date="2026-03-06")]
    assert early in ids
    assert late not in ids


def test_instants_with_an_offset_limit_the_start(caller: Caller) -> None:
    span = {"start_date": "2026-03-05T09:00:00+01:00", "end_date": "2026-03-05T12:00:00.5Z"}
    found = starts(caller.entries(**span))
    assert found
    assert all("2026-03-05T08:00:00" <= start <= "2026-03-05T12:00:00.5" for start in found)


@pytest.mark.parametrize("text", ["2026-03-05T09:00Z", "05.03.2026", "2026-02-30", "", "now"])
def test_times_that_are_neither_date_nor_rfc_3339_are_refused(caller: Caller, text: str) -> None:
    status, error = caller.refused("/me/time_entries", start_date=text, end_date="2026-03-06")
    assert (status, error) == (400, f"Invalid start_date: {text}")


def test_start_and_end_belong_together(caller: Caller) -> None:
    for name in ("start_date", "end_date"):
        status, error = caller.refused("/me/time_entries", **{name: "2026-03-05"})
        assert (status, error) == (400, "start_date and end_date must be used together")


def test_the_floor_is_91_days_ago(caller: Caller) -> None:
    assert caller.entries(start_date="2025-12-08", end_date="2026-03-10")
    answer = caller.get("/me/time_entries", start_date="2025-12-07", end_date="2026-03-10")
    assert answer.status_code == 400
    said = sample("error_400_start_date_too_old.txt")
    assert answer.json() == said.replace("2025-08-05", "2025-12-08")
    caller.toggl.options.floor_days = 30
    assert (
        "2026-02-07"
        in caller.refused("/me/time_entries", start_date="2025-12-08", end_date="2026-03-10")[1]
    )


def test_an_error_can_be_bare_text(caller: Caller) -> None:
    caller.toggl.options.error_quotes = False
    answer = caller.get("/me/time_entries", start_date="2025-12-07", end_date="2026-03-10")
    assert answer.text == "start_date must not be earlier than 2025-12-08"
    assert answer.headers["Content-Type"] == "application/json"


def test_since_and_before_exclude_each_other(caller: Caller) -> None:
    answer = caller.refused("/me/time_entries", since=epoch(1), before="2026-03-01")
    assert answer == (400, sample("error_400_since_and_before.txt"))
    span = {"start_date": "2026-03-05", "end_date": "2026-03-06"}
    assert caller.refused("/me/time_entries", since=epoch(1), **span)[0] == 400


def test_before_is_about_the_start(caller: Caller) -> None:
    entries = caller.entries(before="2026-03-01")
    assert len(entries) > 300
    assert "2026-02-2" in entries[0]["start"]
    assert min(starts(entries)) >= "2025-12-07T23:00", "not older than the floor"


def test_since_is_about_the_modification(caller: Caller) -> None:
    now = MORNING.isoformat().replace("+00:00", "Z")
    old = caller.entries(start_date="2026-01-12", end_date="2026-01-13")[0]
    assert caller.modified() == []
    caller.toggl.edit(old["id"], description="later")
    assert caller.modified() == [old | {"description": "later", "at": now}]
    since = caller.entries(since=epoch(30))
    assert all(entry["at"] >= (MORNING - 30 * DAY).isoformat()[:19] for entry in since)
    assert len(since) > 150


def test_since_has_tombstones_with_their_fields(caller: Caller) -> None:
    entry = caller.entries(start_date="2026-01-12", end_date="2026-01-13")[0]
    caller.toggl.delete(entry["id"])
    [tombstone] = caller.modified()
    assert tombstone["server_deleted_at"] == "2026-03-09T09:30:15+00:00"
    assert tombstone["at"] > entry["at"]
    for name in ("start", "stop", "duration", "description", "project_id", "tags"):
        assert tombstone[name] == entry[name]
    assert caller.get(f"/me/time_entries/{entry['id']}").status_code == 404
    day = caller.entries(start_date="2026-01-12", end_date="2026-01-13")
    assert entry["id"] not in [other["id"] for other in day]


def test_life_leaves_tombstones_of_its_own(caller: Caller) -> None:
    deleted = [e for e in caller.entries(since=epoch(85)) if e["server_deleted_at"]]
    assert deleted
    living = {entry["id"] for entry in caller.toggl.entries()}
    assert not living & {entry["id"] for entry in deleted}


def test_a_since_that_is_too_old_is_refused(caller: Caller) -> None:
    assert caller.get("/me/time_entries", since=epoch(91)).status_code == 200
    assert caller.get("/me/time_entries", since=epoch(91.1)).status_code == 400
    caller.toggl.options.since_oldest_days = 10
    assert caller.get("/me/time_entries", since=epoch(11)).status_code == 400
    for text in ("2026-03-01", "-5", "", "1.5"):
        assert caller.get("/me/time_entries", since=text).status_code == 400


def test_more_than_the_cap_is_cut_without_a_word(caller: Caller) -> None:
    for minute in range(700):
        start = f"2026-02-11T{minute // 60:02}:{minute % 60:02}:00+00:00"
        caller.toggl.add(start=start, duration=30)
    span = {"start_date": "2025-12-08", "end_date": "2026-03-10"}
    cut = caller.entries(**span)
    assert len(cut) == 1000
    caller.toggl.options.cap = 5000
    whole = caller.entries(**span)
    assert len(whole) > 1100
    assert cut == whole[:1000], "the oldest are lost"


def test_meta_adds_names(caller: Caller) -> None:
    span: dict[str, Any] = {"start_date": "2026-02-01", "end_date": "2026-03-10"}
    projects = {project["id"]: project for project in caller.toggl.projects()}
    clients = {client["id"]: client["name"] for client in caller.toggl.clients()}
    plain, named = caller.entries(**span), caller.entries(**span, meta="true")
    added = sample("me_time_entries_meta_true.json")[0].keys() - plain[0].keys()
    for before, entry in zip(plain, named, strict=True):
        assert entry.items() >= before.items()
        assert entry["user_name"] == "Mara Lindner"
        project = projects.get(entry["project_id"])
        if project and project["client_id"]:
            assert added <= entry.keys()
            assert entry["client_name"] == clients[project["client_id"]]
        assert entry.get("project_name") == (project["name"] if project else None)
    sharing = caller.entries(**span, include_sharing="true")
    assert sharing[0]["shared_with"] == []


def test_the_running_entry(sandbox: Sandbox, caller: Caller) -> None:
    running = caller.found("/me/time_entries/current")
    assert running["stop"] is None
    assert running["duration"] == -1_773_048_526
    assert running["start"] == "2026-03-09T09:28:46+00:00"
    assert caller.entries()[0] == running
    sandbox.toggl.options.running = "minus_one"
    assert caller.found("/me/time_entries/current")["duration"] == -1
    sandbox.clock.advance(timedelta(hours=4))
    ended = caller.found(f"/me/time_entries/{running['id']}")
    assert ended["duration"] > 0
    assert ended["at"] > running["at"]


def test_nothing_running_is_null(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.clock.set(MORNING.replace(hour=3))
    answer = caller.get("/me/time_entries/current")
    assert (answer.status_code, answer.text) == (200, "null")


def test_at_most_one_timer_runs_at_any_time() -> None:
    sandbox = Sandbox(days=2, now=MORNING)
    for quarter in range(400):
        sandbox.clock.set(MORNING + quarter * timedelta(minutes=17))
        entries = sandbox.toggl.entries()
        assert sum(entry["stop"] is None for entry in entries) <= 1
        assert all(entry["at"][:19] <= sandbox.clock.now().isoformat()[:19] for entry in entries)


def test_empty_lists_can_be_null(caller: Caller) -> None:
    span = {"start_date": "2026-03-05", "end_date": "2026-03-06"}
    assert [] in [entry["tags"] for entry in caller.entries(**span)]
    caller.toggl.options.null_lists = True
    entries = caller.entries(**span)
    assert all(entry["tags"] is None or entry["tags"] for entry in entries)
    assert all((entry["tags"] is None) == (entry["tag_ids"] is None) for entry in entries)
    answer = caller.get("/me/time_entries", start_date="2026-03-05", end_date="2026-03-05")
    assert (answer.status_code, answer.text) == (200, "null")
    assert caller.found("/me/tasks") is None


def test_unknown_paths_and_methods(caller: Caller) -> None:
    assert caller.get("/me/time_entries/5").status_code == 404
    assert caller.get("/me/nothing").status_code == 404
    assert caller.ask("POST", "/api/v9/me/tags").status_code == 405
    assert caller.get("/workspaces/1/projects").status_code == 403
