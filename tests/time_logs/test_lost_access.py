"""A workspace that was left, and lists that are refused: what is stored of them stays."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests import databases
from tests.conftest import NOW
from tests.time_logs.test_sync import (
    REPORTS,
    assert_equals_upstream,
    go,
    good,
    put,
    requests_of,
    state,
    stored,
    whole,
)
from time_logs.models import TimeEntry, TogglProject, TogglTag

DAILY = timedelta(days=1, hours=1)


def of_workspace(workspace: int) -> dict[str, Any]:
    rows = TimeEntry.objects.live().filter(raw__workspace_id=workspace)
    of_it = set(rows.values_list("source_id", flat=True))
    return {key: row for key, row in stored().items() if key in of_it}


@pytest.mark.parametrize("order", [{}, {"days": 20}, {"full": True}], ids=str)
def test_the_entries_of_a_workspace_that_was_left_stay(
    toggl: Any, at: Any, order: dict[str, Any]
) -> None:
    databases.once(whole)
    main, other = toggl.workspace_ids
    before, names = stored(), list(TogglProject.objects.order_by("pk").values("name", "client"))
    tags = list(TogglTag.objects.order_by("pk").values("name"))
    at(NOW + DAILY)
    toggl.leave_workspace(main)
    record = go(**order)
    assert record.total("deleted") == 0
    assert record.status == "success"
    of_it = len(of_workspace(main))
    assert f"workspace {main} among yours any more. {of_it:,} entries" in record.error
    assert record.error.count("among yours any more") == 1, "one number for one workspace"
    assert str(other) not in record.error
    after = stored()
    assert {key: after[key] for key in before} == before, "with their projects, clients and tags"
    assert list(TogglProject.objects.order_by("pk").values("name", "client")) == names
    assert list(TogglTag.objects.order_by("pk").values("name")) == tags

    at(NOW + 2 * DAILY)
    toggl.join_workspace(main)
    assert good(full=True).error == ""
    assert_equals_upstream(toggl)


def test_three_entries_of_a_small_workspace_stay_and_others_are_deleted(
    toggl: Any, at: Any
) -> None:
    main, other = toggl.workspace_ids
    for entry in toggl.entries():
        toggl.delete(entry["id"])
    start = NOW - timedelta(days=3)
    lost = [put(toggl, workspace_id=other, start=start, description=str(n)) for n in range(3)]
    mine = [put(toggl, workspace_id=main, start=start, description=str(n)) for n in range(3)]
    good(days=10)
    assert len(stored()) == 6
    toggl.leave_workspace(other)
    toggl.delete(mine[0])
    record = go(days=10)
    assert record.total("deleted") == 1
    assert stored().keys() == {*map(str, lost), *map(str, mine[1:])}
    assert f"workspace {other} among yours any more. 3 entries" in record.error


def test_who_is_in_no_workspace_any_more_keeps_all(toggl: Any, at: Any) -> None:
    databases.once(whole)
    before = stored()
    for workspace in toggl.workspace_ids:
        toggl.leave_workspace(workspace)
    for order in ({}, {"days": 20}, {"full": True}):
        record = go(**order)
        assert record.total("deleted") == 0
        assert stored() == before


def test_one_who_left_long_ago_is_not_reminded_every_day(toggl: Any, at: Any) -> None:
    databases.once(whole)
    toggl.leave_workspace(toggl.workspace_ids[1])
    at(NOW + DAILY)
    assert "any more" in good().error
    TimeEntry.objects.filter(raw__workspace_id=toggl.workspace_ids[1]).update(
        start=NOW - timedelta(days=400), end=NOW - timedelta(days=400)
    )
    at(NOW + 2 * DAILY)
    assert good().error == ""


def test_a_left_workspace_costs_no_further_requests(toggl: Any, sandbox: Any, at: Any) -> None:
    databases.once(whole)
    toggl.leave_workspace(toggl.workspace_ids[0])
    at(NOW + DAILY)
    sandbox.requests.clear()
    good()
    assert len(requests_of(sandbox)) == 2, "the names, and what has changed"


def test_a_workspace_that_refuses_its_reports_claims_and_deletes_nothing(
    toggl: Any, sandbox: Any
) -> None:
    databases.once(whole)
    before = stored()
    main = toggl.workspace_ids[0]
    sandbox.faults.add(f"/{main}{REPORTS}", kind="status", status=403, body="no", times=None)
    record = go(full=True)
    assert record.status == "partial"
    assert f"Workspace {main}" in record.error
    assert "membership or plan may have changed" in record.error
    assert stored() == before


@pytest.mark.parametrize("part", ["/me/projects", "/me/clients"])
@pytest.mark.parametrize("status", [403, 402, 404])
def test_a_list_of_names_that_is_refused_blanks_no_name(
    toggl: Any, sandbox: Any, part: str, status: int
) -> None:
    databases.once(whole)
    before, projects = stored(), list(TogglProject.objects.order_by("pk").values())
    sandbox.faults.add(f"/api/v9{part}", kind="status", status=status, body="no", times=None)
    record = go(full=True)
    assert record.status == "partial"
    assert part in record.counts["project"]["error"]
    assert not record.counts["entry"].get("error"), "entries and tags go on"
    assert state().verified_to == NOW
    assert stored() == before
    assert list(TogglProject.objects.order_by("pk").values()) == projects


def test_a_client_that_is_not_listed_keeps_its_name(toggl: Any, sandbox: Any, at: Any) -> None:
    databases.once(whole)
    before = stored()
    assert any(row[5] for row in before.values())
    me = {
        "id": toggl.user_id,
        "workspaces": [{"id": one} for one in toggl.workspace_ids],
        "projects": [one for one in toggl.projects() if one["active"]],
        "clients": None,
        "tags": None,
    }
    at(NOW + DAILY)
    body = json.dumps(me)
    sandbox.faults.add("/api/v9/me", kind="status", status=200, body=body)
    good()
    after = stored()
    assert {key: after[key][4:7] for key in before} == {k: row[4:7] for k, row in before.items()}


def test_a_wrong_token_is_still_told_from_a_part_that_is_refused(toggl: Any, sandbox: Any) -> None:
    sandbox.faults.add("/api/v9/me", kind="status", status=403, body="no", times=None)
    record = go()
    assert record.status == "failed"
    assert "does not accept TOGGL_API_TOKEN" in record.error
