"""The search of Reports v3: its range, its filters, its pages, its times."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from lifetracker.sandbox.server import Sandbox

from .conftest import MORNING, Caller, Item, sample

YEAR: dict[str, Any] = {"start_date": "2025-03-10", "end_date": "2026-03-09"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, days=366, now=MORNING) as running:
        yield running


def flat(rows: list[Item]) -> dict[int, Item]:
    return {entry["id"]: entry for row in rows for entry in row["time_entries"]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_year_is_all_that_has_ended_in_this_workspace(caller: Caller) -> None:
    main = caller.toggl.workspace_ids[0]
    expected = {
        entry["id"]: entry
        for entry in caller.toggl.entries()
        if entry["workspace_id"] == main
        and entry["stop"]
        and entry["start"] >= "2025-03-09T23:00:00+00:00"
    }
    found = flat(caller.rows(**YEAR, page_size=1000))
    assert found.keys() == expected.keys()
    assert len(found) > 1500
    for entry_id, entry in found.items():
        own = expected[entry_id]
        assert at(entry["start"]) == at(own["start"])
        assert at(entry["stop"]) == at(own["stop"])
        assert entry["seconds"] == own["duration"]
        assert at(entry["at"]) == at(own["at"]).replace(microsecond=0)


def test_pages_of_fifty_lead_through_everything(caller: Caller) -> None:
    whole = caller.report(**YEAR, user_ids=[caller.toggl.user_id], page_size=1000)
    assert whole.headers["X-Next-Row-Number"] == "1001"
    rows = caller.rows(**YEAR, order_dir="DESC", page_size=50)
    assert [row["row_number"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["time_entries"][0]["id"] for row in rows[:1000]] == [
        row["time_entries"][0]["id"] for row in whole.json()
    ]
    first = caller.report(**YEAR)
    assert len(first.json()) == 50
    assert first.headers["X-Next-ID"] == str(first.json()[-1]["time_entries"][-1]["id"])
    assert first.headers["X-Next-Row-Number"] == "51"


def test_the_last_page_says_nothing_of_a_next_one(caller: Caller) -> None:
    rows = caller.rows(**YEAR)[:4]
    last = caller.report(
        **YEAR, time_entry_ids=[row["time_entries"][0]["id"] for row in rows], page_size=4
    )
    assert len(last.json()) == 4
    assert "X-Next-ID" not in last.headers
    assert "X-Next-Row-Number" not in last.headers


def test_a_cursor_whose_entry_has_gone_goes_by_the_number(caller: Caller) -> None:
    ids = [row["time_entries"][0]["id"] for row in caller.rows(**YEAR)]
    body = {**YEAR, "user_ids": [caller.toggl.user_id], "order_dir": "ASC"}
    cursor = {"first_id": 5, "first_row_number": 101}
    assert flat(caller.report(**body, **cursor).json()).keys() == set(ids[100:150])
    caller.toggl.delete(ids[10])
    cursor = {"first_id": ids[99], "first_row_number": 101}
    answer = caller.report(**body, **cursor)
    assert flat(answer.json()).keys() == set(ids[100:150]), "none is lost"


def test_both_ends_of_the_range_are_days_of_the_profile(caller: Caller) -> None:
    spans = {
        "2026-02-10T22:59:00+00:00": "2026-02-10",
        "2026-02-10T23:00:00+00:00": "2026-02-11",
        "2026-02-11T22:59:00+00:00": "2026-02-11",
        "2026-02-11T23:00:00+00:00": "2026-02-12",
    }
    ids = {caller.toggl.add(start=start, duration=60): day for start, day in spans.items()}
    found = flat(caller.rows(start_date="2026-02-11", end_date="2026-02-11"))
    assert {
        entry_id for entry_id, day in ids.items() if day == "2026-02-11"
    } == ids.keys() & found.keys()


def test_times_have_the_offset_of_the_profile(caller: Caller) -> None:
    entries = flat(caller.rows(**YEAR)).values()
    assert {entry["start"][-6:] for entry in entries} == {"+01:00", "+02:00"}
    assert all(re.fullmatch(r"[-\dT:]{19}\+0[12]:00", e["at"]) for e in entries)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "At least one parameter must be set"),
        ({"start_date": "2025-03-09", "end_date": "2026-03-10"}, "366 days"),
        ({"start_date": "2026-03-09", "end_date": "2026-03-08"}, "must not be before"),
        ({"start_date": "09.03.2026"}, "start_date must be a date"),
        ({"start_date": 20260309}, "start_date must be a date"),
        ({"page_size": 0}, "page_size"),
        ({"page_size": "50"}, "page_size must be a number"),
        ({"rounding": False}, "rounding must be a number"),
        ({"first_id": "4100000102"}, "first_id must be a number"),
        ({"order_by": "colour"}, "order_by"),
        ({"user_ids": 5}, "user_ids must be a list"),
    ],
)
def test_what_it_does_not_understand_it_refuses(caller: Caller, body: Item, error: str) -> None:
    answer = caller.report(**body)
    assert answer.status_code == 400
    assert error in answer.json()


def test_a_range_of_366_days_is_taken(caller: Caller) -> None:
    assert caller.report(start_date="2025-03-09", end_date="2026-03-09").ok
    assert (
        caller.ask(
            "POST",
            f"/reports/api/v3/workspace/{caller.toggl.workspace_ids[0]}/search/time_entries",
            data=b"{",
        ).json()
        == "Invalid JSON input"
    )


def test_without_user_ids_a_colleague_s_entries_come_along(caller: Caller) -> None:
    every = caller.rows(**YEAR, user_ids=None)
    own = caller.rows(**YEAR)
    others = [row for row in every if row["user_id"] != caller.toggl.user_id]
    assert len(every) == len(own) + len(others)
    assert len(others) > 300
    assert {row["username"] for row in others} == {"Jonas Ahrens"}
    assert not flat(others).keys() & flat(own).keys()
    assert not flat(others).keys() & {entry["id"] for entry in caller.toggl.entries()}
    private = caller.rows(caller.toggl.workspace_ids[1], **YEAR, user_ids=None)
    assert private
    assert {row["user_id"] for row in private} == {caller.toggl.user_id}


def test_running_and_deleted_entries_are_not_in_it(caller: Caller) -> None:
    ids = flat(caller.rows(**YEAR))
    running = caller.found("/me/time_entries/current")
    assert running["id"] not in ids
    gone = next(iter(ids))
    caller.toggl.delete(gone)
    caller.toggl.stop(running["id"])
    after = flat(caller.rows(**YEAR))
    assert after.keys() == (ids.keys() | {running["id"]}) - {gone}


def test_the_preference_for_rounding_distorts_times(caller: Caller) -> None:
    entry_id = caller.toggl.add(
        start="2026-02-11T09:07:00+00:00", stop="2026-02-11T10:05:00+00:00", description="x"
    )

    def served(**body: Any) -> tuple[str, int]:
        answer = caller.report(**YEAR, time_entry_ids=[entry_id], **body)
        [entry] = answer.json()[0]["time_entries"]
        return entry["start"], entry["seconds"]

    assert served() == ("2026-02-11T10:00:00+01:00", 3600)
    assert served(rounding=0) == ("2026-02-11T10:07:00+01:00", 3480)
    assert served(rounding=1, rounding_minutes=30)[1] == 3600
    assert served(rounding=-1, rounding_minutes=30)[1] == 1800
    caller.toggl.options.rounding_preference = False
    assert served() == ("2026-02-11T10:07:00+01:00", 3480)


def test_names_only_in_an_enriched_answer(caller: Caller) -> None:
    projects = {project["id"]: project for project in caller.toggl.projects()}
    plain = caller.rows(start_date="2026-02-01")
    named = caller.rows(start_date="2026-02-01", enrich_response=True)
    assert not {"project_name", "client_name", "tag_names"} & plain[0].keys()
    tags = {tag["id"]: tag["name"] for tag in caller.toggl.tags()}
    for row in named:
        project = projects.get(row["project_id"])
        assert row["project_name"] == (project["name"] if project else None)
        assert row["tag_names"] == [tags[tag_id] for tag_id in row["tag_ids"]]
    assert "Nordlicht Energie" in {row["client_name"] for row in named}
    hidden = caller.rows(start_date="2026-02-01", hide_amounts=True)
    assert plain[0].keys() - hidden[0].keys() == {
        "billable_amount_in_cents",
        "hourly_rate_in_cents",
        "currency",
    }


def test_grouped_rows_hold_several_entries(caller: Caller) -> None:
    single, grouped = caller.rows(**YEAR), caller.rows(**YEAR, grouped=True)
    assert {len(row["time_entries"]) for row in single} == {1}
    assert len(grouped) < len(single) / 2
    assert flat(grouped) == flat(single)


def test_filters(caller: Caller) -> None:
    rows = caller.rows(**YEAR)
    projects = caller.toggl.projects()
    project, client = projects[0], projects[0]["client_id"]
    of_client = {p["id"] for p in projects if p["client_id"] == client}
    tag = caller.toggl.tags()[0]["id"]
    for name, wanted, holds in (
        ("project_ids", [project["id"]], lambda row: row["project_id"] == project["id"]),
        ("project_ids", [None], lambda row: row["project_id"] is None),
        ("client_ids", [client], lambda row: row["project_id"] in of_client),
        ("tag_ids", [tag], lambda row: tag in row["tag_ids"]),
        ("tag_ids", [None], lambda row: not row["tag_ids"]),
        ("billable", True, lambda row: row["billable"]),
        ("description", "stand-", lambda row: row["description"] == "Stand-up"),
        ("min_duration_seconds", 3600, lambda row: row["time_entries"][0]["seconds"] >= 3600),
        ("max_duration_seconds", 600, lambda row: row["time_entries"][0]["seconds"] <= 600),
    ):
        expected = [row for row in rows if holds(row)]
        assert 0 < len(expected) < len(rows)
        assert flat(caller.rows(**YEAR, **{name: wanted})) == flat(expected), name


def test_orders(caller: Caller) -> None:
    for order, key in (
        ("duration", lambda row: row["time_entries"][0]["seconds"]),
        ("description", lambda row: row["description"]),
        ("last_update", lambda row: at(row["time_entries"][0]["at"])),
        ("date", lambda row: at(row["time_entries"][0]["start"])),
    ):
        rows = caller.rows(**YEAR, order_by=order)
        assert [key(row) for row in rows] == sorted(key(row) for row in rows)
    users = [row["user_id"] for row in caller.rows(**YEAR, user_ids=None, order_by="user")]
    assert users == sorted(users)


def test_a_page_can_be_limited_in_two_ways(caller: Caller) -> None:
    caller.toggl.options.reports_page_limit = 20
    assert len(caller.report(**YEAR).json()) == 20
    caller.toggl.options.over_page_limit = 400
    assert caller.report(**YEAR).status_code == 400
    assert len(caller.report(**YEAR, page_size=20).json()) == 20


def test_changes_can_be_late(sandbox: Sandbox, caller: Caller) -> None:
    sandbox.toggl.options.reports_delay = 120
    old = caller.toggl.entries()[20]["id"]
    added = caller.toggl.add(description="new")
    imported = caller.toggl.add(description="imported", at="2026-03-01T00:00:00Z")
    caller.toggl.edit(old, description="changed")

    def descriptions() -> dict[int, str]:
        rows = caller.rows(start_date="2026-02-01")
        return {row["time_entries"][0]["id"]: row["description"] for row in rows}

    assert descriptions()[old] != "changed"
    assert added not in descriptions()
    assert imported in descriptions()
    sandbox.clock.advance(timedelta(seconds=121))
    assert descriptions()[old] == "changed"
    assert added in descriptions()


def test_they_can_be_for_paying_customers(caller: Caller) -> None:
    caller.toggl.options.reports_paid = True
    answer = caller.report(**YEAR)
    assert (answer.status_code, "upgrade" in answer.json()) == (402, True)
    assert int(answer.headers["X-Toggl-Quota-Remaining"]) > 0
    caller.toggl.options.reports_paid = "bare"
    answer = caller.report(**YEAR)
    assert answer.status_code == 402
    assert not [name for name in answer.headers if name.startswith("X-Toggl")]
    assert caller.get("/me").status_code == 200


def test_the_request_of_the_samples_is_understood(caller: Caller) -> None:
    body = sample("reports_v3_search_request.json")
    rows = caller.report(**body).json()
    assert len(rows) == 50
    assert rows[0]["time_entries"][0]["start"] >= MORNING.isoformat()[:4].replace("2026", "2025")


def test_other_workspaces_are_out_of_reach(caller: Caller) -> None:
    assert caller.report(5, **YEAR).status_code == 403
