"""What can be done to entries while the sandbox runs."""

from datetime import UTC, datetime, timedelta

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import MORNING, Caller, Item

NOW = "2026-03-09T09:30:15Z"


def by_id(caller: Caller, entry_id: int) -> Item:
    return caller.found(f"/me/time_entries/{entry_id}")


def test_an_entry_is_added_with_what_is_missing_made_up(caller: Caller) -> None:
    entry_id = caller.toggl.add(description="by hand")
    entry = by_id(caller, entry_id)
    assert entry == {
        "id": entry_id,
        "workspace_id": caller.toggl.workspace_ids[0],
        "project_id": None,
        "task_id": None,
        "billable": False,
        "start": "2026-03-09T08:30:15+00:00",
        "stop": "2026-03-09T09:30:15+00:00",
        "duration": 3600,
        "description": "by hand",
        "tags": [],
        "tag_ids": [],
        "duronly": True,
        "at": NOW,
        "server_deleted_at": None,
        "user_id": caller.toggl.user_id,
        "uid": caller.toggl.user_id,
        "wid": caller.toggl.workspace_ids[0],
    }
    assert caller.modified() == [entry]
    assert entry in caller.toggl.entries()


@pytest.mark.parametrize(
    ("given", "start", "stop", "duration"),
    [
        ({"start": "2026-03-01T10:00:00Z"}, "10:00:00Z", "11:00:00+00:00", 3600),
        ({"start": "2026-03-01T10:00:00Z", "duration": 90}, "10:00:00Z", "10:01:30+00:00", 90),
        ({"stop": "2026-03-01T10:00:00Z"}, "09:00:00+00:00", "10:00:00Z", 3600),
        (
            {"start": "2026-03-01T10:00:00Z", "stop": "2026-03-01T10:20:00Z"},
            "10:00:00Z",
            "10:20:00Z",
            1200,
        ),
    ],
)
def test_times_that_are_missing_fit_those_that_are_given(
    sandbox: Sandbox, given: Item, start: str, stop: str, duration: int
) -> None:
    entry_id = sandbox.toggl.add(**given)
    entry = next(entry for entry in sandbox.toggl.entries() if entry["id"] == entry_id)
    assert (entry["start"][11:], entry["stop"][11:]) == (start, stop)
    assert entry["duration"] == duration


@pytest.mark.parametrize(
    "odd",
    [
        {"start": "yesterday"},
        {"start": None, "stop": None, "duration": None},
        {"duration": "long"},
        {"duration": -7, "stop": "2026-03-09T09:00:00Z"},
        {"tags": "deploy", "tag_ids": 5},
        {"tags": [None, 4], "tag_ids": ["a"]},
        {"project_id": "none", "wid": None, "at": "now"},
        {"project_id": 7, "pid": 8},
        {"description": {"text": 1}, "billable": "yes"},
    ],
)
def test_what_is_given_is_served_however_malformed(caller: Caller, odd: Item) -> None:
    entry_id = caller.toggl.add(**odd)
    served = next(entry for entry in caller.toggl.entries() if entry["id"] == entry_id)
    assert served.items() >= odd.items()
    assert by_id(caller, entry_id) == served
    for grouped in (False, True):
        caller.rows(start_date="2026-03-09", enrich_response=True, grouped=grouped)
    assert caller.get("/me/time_entries", meta="true").status_code == 200
    assert caller.get("/me/projects").status_code == 200


def test_names_and_ids_of_tags_and_projects_belong_together(caller: Caller) -> None:
    known = {tag["name"]: tag["id"] for tag in caller.toggl.tags()}
    project = caller.toggl.projects()[0]["id"]
    entry_id = caller.toggl.add(tags=["review", "unheard of"], project_id=project)
    entry = by_id(caller, entry_id)
    assert entry["pid"] == project
    assert entry["tag_ids"][0] == known["review"]
    assert caller.found("/me/tags")[-1] == {
        "id": entry["tag_ids"][1],
        "workspace_id": caller.toggl.workspace_ids[0],
        "name": "unheard of",
        "at": NOW,
        "creator_id": caller.toggl.user_id,
    }
    caller.toggl.edit(entry_id, tag_ids=[known["call"]], project_id=None)
    edited = by_id(caller, entry_id)
    assert edited["tags"] == ["call"]
    assert "pid" not in edited


def test_an_edit_moves_at_also_while_the_clock_stands(caller: Caller) -> None:
    entry = caller.toggl.entries()[5]
    caller.toggl.edit(entry["id"], description="first")
    first = by_id(caller, entry["id"])
    assert first == entry | {"description": "first", "at": NOW}
    caller.toggl.edit(entry["id"], description="second")
    assert by_id(caller, entry["id"])["at"] == "2026-03-09T09:30:15.001Z"


def test_an_edited_end_brings_its_length(caller: Caller) -> None:
    entry_id = caller.toggl.add()
    caller.toggl.edit(entry_id, stop="2026-03-09T09:00:15+00:00")
    assert by_id(caller, entry_id)["duration"] == 1800
    caller.toggl.edit(entry_id, stop="2026-03-09T09:10:15+00:00", duration=7)
    assert by_id(caller, entry_id)["duration"] == 7


def test_a_moved_entry_is_found_at_its_new_time(caller: Caller) -> None:
    entry_id = caller.toggl.add()
    caller.toggl.edit(entry_id, start="2026-01-06T10:00:00+00:00", stop="2026-01-06T11:00:00+00:00")
    day = caller.entries(start_date="2026-01-06", end_date="2026-01-07")
    assert entry_id in [entry["id"] for entry in day]
    assert entry_id not in [entry["id"] for entry in caller.entries()]
    caller.toggl.edit(entry_id, start="nonsense")
    assert by_id(caller, entry_id)["start"] == "nonsense"


def test_starting_stops_what_ran_before(sandbox: Sandbox, caller: Caller) -> None:
    before = caller.found("/me/time_entries/current")
    entry_id = sandbox.toggl.start("something new", billable=True)
    current = caller.found("/me/time_entries/current")
    assert (current["id"], current["description"], current["billable"]) == (
        entry_id,
        "something new",
        True,
    )
    assert (current["start"], current["stop"]) == ("2026-03-09T09:30:15+00:00", None)
    stopped = by_id(caller, before["id"])
    assert (stopped["stop"], stopped["duration"]) == ("2026-03-09T09:30:15+00:00", 89)
    sandbox.clock.advance(timedelta(minutes=10))
    sandbox.toggl.stop(entry_id)
    entry = by_id(caller, entry_id)
    assert (entry["duration"], entry["stop"]) == (600, "2026-03-09T09:40:15+00:00")
    assert caller.found("/me/time_entries/current") is None
    with pytest.raises(ValueError, match="ended already"):
        sandbox.toggl.stop(entry_id)


def test_a_stopped_timer_stays_stopped_and_an_edited_one_goes_on(
    sandbox: Sandbox, caller: Caller
) -> None:
    entry_id = caller.found("/me/time_entries/current")["id"]
    sandbox.toggl.edit(entry_id, description="described meanwhile")
    assert by_id(caller, entry_id)["stop"] is None
    sandbox.clock.advance(timedelta(hours=3))
    ended = by_id(caller, entry_id)
    assert ended["description"] == "described meanwhile"
    assert ended["duration"] > 0
    assert ended["at"] > NOW


def test_edits_stay_when_the_clock_goes_on_and_back(sandbox: Sandbox, caller: Caller) -> None:
    entry = caller.toggl.entries()[5]
    sandbox.toggl.delete(entry["id"])
    sandbox.clock.advance(timedelta(days=500))
    assert entry["id"] not in [other["id"] for other in sandbox.toggl.entries()]
    sandbox.clock.set(MORNING - timedelta(seconds=1))
    assert by_id(caller, entry["id"]) == entry, "then it was not deleted yet"


def test_an_item_can_be_replaced_by_anything(caller: Caller) -> None:
    entry = caller.toggl.entries()[5]
    odd = {"id": entry["id"], "start": 5, "tags": {}}
    caller.toggl.replace(entry["id"], odd)
    assert by_id(caller, entry["id"]) == odd
    assert odd in caller.entries()
    assert odd in caller.modified()
    caller.rows(start_date="2026-03-01")
    caller.toggl.replace(entry["id"], {**entry, "start": "2026-02-01T10:00:00Z"})
    assert caller.entries(start_date="2026-02-01", end_date="2026-02-02")


def test_what_does_not_exist_cannot_be_changed(sandbox: Sandbox) -> None:
    toggl = sandbox.toggl
    entry_id = toggl.entries()[0]["id"]
    for change in (toggl.edit, toggl.stop, toggl.delete):
        with pytest.raises(LookupError, match="no time entry 5"):
            change(5)
    with pytest.raises(ValueError, match="already"):
        toggl.add(id=entry_id)
    toggl.delete(entry_id)
    with pytest.raises(LookupError):
        toggl.edit(entry_id, description="gone")
    with pytest.raises(ValueError, match="no kind 'projects'"):
        toggl.rename("projects", 1, "x")


def test_entries_are_copies_and_changes_stay_in_their_sandbox() -> None:
    one, other = (Sandbox(seed=1, days=45, now=MORNING).toggl for _ in range(2))
    before = other.entries()
    for entry in one.entries():
        entry["tags"].append("changed")
        entry["description"] = "changed"
    assert one.entries() == before
    one.edit(before[3]["id"], tags=["call"])
    one.delete(before[4]["id"])
    one.rename("tag", one.tags()[0]["id"], "changed")
    assert one.entries() != before
    assert other.entries() == before


def test_options_are_checked(sandbox: Sandbox) -> None:
    options = sandbox.toggl.options
    with pytest.raises(ValueError, match="no option 'colour'"):
        options.configure(colour="red")
    with pytest.raises(ValueError, match="running must be one of"):
        options.running = "always"
    with pytest.raises(ValueError, match="cap must be a number"):
        options.cap = -1
    assert options.configure(cap=7)["cap"] == 7
    assert {name: getattr(Sandbox(days=1).toggl.options, name) for name in options.NUMBERS} == {
        "floor_days": 91,
        "since_oldest_days": 91,
        "cap": 1000,
        "reports_page_limit": 1000,
        "reports_delay": 0,
    }


def test_an_added_entry_has_a_new_high_id(sandbox: Sandbox) -> None:
    ids = [sandbox.toggl.add() for _ in range(3)]
    newest = max(entry["id"] for entry in sandbox.toggl.entries() if entry["id"] not in ids)
    assert sorted(ids) == ids
    assert ids[0] > newest > 2**31
    sandbox.clock.set(datetime(2026, 3, 10, 5, tzinfo=UTC))
    assert sandbox.toggl.add() > ids[-1]
