"""Toggl over real HTTP: what is upstream is in the database, whatever happens on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from lifetracker.errors import NotConfigured
from lifetracker.models import BEGINNING, RejectedItem, SyncRun, SyncState
from lifetracker.sandbox.server import Sandbox
from tests import databases
from tests.conftest import NOW, run, total
from time_logs.models import TOGGL, TimeEntry, TogglProject, TogglTag
from time_logs.services.toggl_client import TogglClient

ENTRIES = "/api/v9/me/time_entries"
REPORTS = "/search/time_entries"


def go(**order: Any) -> SyncRun:
    return run(TOGGL, **order)


def good(**order: Any) -> SyncRun:
    record = go(**order)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    return record


def whole() -> None:
    """For `databases.once`: the account as the stand-in has it at first."""
    good(full=True)


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def expected(service: Any) -> dict[str, tuple[Any, ...]]:
    """Computed without the program's own mapping."""
    clients = {one["id"]: one["name"] for one in service.clients()}
    projects = {one["id"]: one for one in service.projects()}
    tags = {one["id"]: one["name"] for one in service.tags()}
    found = {}
    for entry in service.entries():
        project = projects.get(entry["project_id"], {"name": "", "client_id": None})
        found[str(entry["id"])] = (
            instant(entry["start"]),
            instant(entry["stop"]),
            entry["duration"] if entry["duration"] >= 0 else None,
            entry["description"] or "",
            project["name"],
            clients.get(project["client_id"], ""),
            sorted(tags[tag_id] for tag_id in entry["tag_ids"] or []),
            entry["billable"],
        )
    return found


def stored() -> dict[str, tuple[Any, ...]]:
    return {
        row.source_id: (
            row.start,
            row.end,
            row.duration,
            row.description,
            row.project,
            row.client,
            sorted(row.tags),
            row.billable,
        )
        for row in TimeEntry.objects.live().filter(source=TOGGL)
    }


def assert_equals_upstream(service: Any) -> None:
    assert stored() == expected(service)


def put(service: Any, **fields: Any) -> int:
    """One more entry upstream, its times as Toggl writes them."""
    times = {k: v.isoformat() for k, v in fields.items() if isinstance(v, datetime)}
    added: int = service.add(**{**fields, **times})
    return added


def state() -> SyncState:
    return SyncState.objects.get(source=TOGGL, stream="entry")


def requests_of(sandbox: Any, part: str = "/toggl/") -> list[Any]:
    return [r for r in sandbox.requests if part in r.path]


@pytest.fixture
def long_life(settings: Any, db: None, at: Any, sandbox: Sandbox) -> Iterator[Any]:
    """Three years of entries."""
    with Sandbox(seed=3, days=1095, now=NOW) as running:
        settings.TOGGL_API_URL = running.toggl.url
        settings.TOGGL_API_TOKEN = running.toggl.api_token
        settings.TOGGL_REQUESTS_PER_MINUTE = 0
        at(NOW)
        yield running


@pytest.mark.long
def test_three_years_through_the_reports_equal_the_upstream(long_life: Any) -> None:
    good(full=True)
    assert len(stored()) > 3000
    assert_equals_upstream(long_life.toggl)
    assert state().verified_from == BEGINNING
    before = dict(TimeEntry.objects.values_list("source_id", "updated_at"))
    record = good(full=True)
    assert total(record, "created", "updated", "deleted", "rejected") == (0, 0, 0, 0)
    assert dict(TimeEntry.objects.values_list("source_id", "updated_at")) == before


def test_small_pages_of_a_report_are_all_read(toggl: Any, sandbox: Any) -> None:
    toggl.options.configure(reports_page_limit=20, over_page_limit="clamp")
    good(full=True)
    assert_equals_upstream(toggl)


def test_a_refused_page_size_is_given_up(toggl: Any, sandbox: Any) -> None:
    toggl.options.configure(reports_page_limit=50, over_page_limit=400)
    good(full=True)
    assert_equals_upstream(toggl)


def test_an_up_to_date_sync_takes_one_request(toggl: Any, sandbox: Any, at: Any) -> None:
    good()
    for minutes in (10, 20):
        at(NOW + timedelta(minutes=minutes))
        sandbox.requests.clear()
        good()
        assert len(requests_of(sandbox)) == 1
    at(NOW + timedelta(days=1, hours=1))
    sandbox.requests.clear()
    good()
    assert len(requests_of(sandbox)) == 2, "the names are read once a day"


def test_a_second_run_changes_nothing(toggl: Any) -> None:
    good()
    before = list(TimeEntry.objects.values_list("source_id", "updated_at"))
    assert total(good(), "created", "updated", "deleted") == (0, 0, 0)
    assert total(good(days=20), "created", "updated", "deleted") == (0, 0, 0)
    assert list(TimeEntry.objects.values_list("source_id", "updated_at")) == before


def test_changes_of_any_age_are_found(toggl: Any, at: Any) -> None:
    old = put(toggl, start=NOW - timedelta(days=100), description="typed wrong")
    recent = put(toggl, start=NOW - timedelta(days=3))
    good(full=True)
    at(NOW + timedelta(hours=1))
    toggl.edit(old, description="typed right")
    toggl.delete(recent)
    added = put(toggl, start=NOW - timedelta(days=110))
    record = good()
    assert record.total("deleted") == 1
    assert TimeEntry.objects.get(source_id=old).description == "typed right"
    assert TimeEntry.objects.get(source_id=recent).deleted_at is not None
    assert TimeEntry.objects.filter(source_id=added).exists()
    assert_equals_upstream(toggl)


def test_a_tombstone_of_an_entry_that_never_came_is_no_trouble(toggl: Any, at: Any) -> None:
    databases.once(whole)
    at(NOW + timedelta(minutes=5))
    toggl.delete(put(toggl))
    record = good()
    assert record.total("rejected") == 0
    assert_equals_upstream(toggl)


def test_a_running_entry_has_no_end_and_is_closed_later(toggl: Any, at: Any) -> None:
    for form in ("minus_one", "epoch"):
        toggl.options.configure(running=form)
        running = toggl.start("Write", project_id=None)
        good()
        row = TimeEntry.objects.get(source_id=running)
        assert (row.end, row.duration) == (None, None)
        assert row in TimeEntry.objects.running()
        at(NOW + timedelta(hours=2))
        toggl.stop(running)
        good()
        row.refresh_from_db()
        assert row.end is not None
        assert row.duration == (row.end - row.start).total_seconds()


def test_an_entry_that_has_been_running_for_months_is_no_deleted_one(toggl: Any) -> None:
    running = toggl.add(
        start=NOW - timedelta(days=100), stop=None, duration=-1, description="Forgotten"
    )
    good(full=True)
    good(full=True)
    assert TimeEntry.objects.running().filter(source_id=running).exists()


def test_more_than_a_thousand_entries_in_a_month_are_all_there(toggl: Any, sandbox: Any) -> None:
    for number in range(1500):
        start = NOW - timedelta(days=25) + timedelta(minutes=20 * number)
        put(toggl, start=start, stop=start + timedelta(minutes=10))
    good()
    oldest = NOW - timedelta(days=30)
    want = {key for key, entry in expected(toggl).items() if entry[0] >= oldest}
    assert len(want) > 1500
    assert {key for key, (start, *_) in stored().items() if start >= oldest} == want


def test_more_changes_than_are_listed_at_once_are_said_and_cost_the_claim(
    toggl: Any, at: Any
) -> None:
    databases.once(whole)
    at(NOW + timedelta(hours=1))
    for number in range(1100):
        start = NOW - timedelta(days=100) - timedelta(minutes=20 * number)
        put(toggl, start=start, stop=start + timedelta(minutes=10))
    at(NOW + timedelta(hours=1, minutes=1))
    record = go()
    assert record.status == SyncRun.Status.PARTIAL
    assert "sync_toggl --full" in record.error
    assert state().verified_from > NOW - timedelta(days=100), "no more is claimed than is known"
    at(NOW + timedelta(hours=4))
    good()
    good(full=True)
    assert_equals_upstream(toggl)


def test_an_outage_longer_than_the_changes_reach_heals(toggl: Any, at: Any) -> None:
    databases.once(whole)
    gone = put(toggl, start=NOW - timedelta(hours=5))
    good()
    at(NOW + timedelta(days=200))
    toggl.delete(gone)
    record = go()
    assert "changes older than 85 days" in record.error
    assert_equals_upstream(toggl)
    assert state().verified_from > NOW - timedelta(days=91), "older edits were told nowhere"
    good()
    good(full=True)
    assert state().verified_from == BEGINNING


@pytest.mark.parametrize("quotes", [True, False])
def test_a_floor_that_is_nearer_than_documented_is_learned(toggl: Any, quotes: bool) -> None:
    toggl.options.configure(floor_days=60, error_quotes=quotes)
    good(full=True)
    assert_equals_upstream(toggl)


def test_changes_that_are_refused_as_too_old_are_read_by_windows(toggl: Any, at: Any) -> None:
    databases.once(whole)
    toggl.options.configure(since_oldest_days=10)
    at(NOW + timedelta(days=20))
    record = go()
    assert "--full" in record.error
    good()


def test_a_quiet_time_is_not_asked_for_again_and_again(toggl: Any, sandbox: Any, at: Any) -> None:
    good()
    for entry in toggl.entries():
        toggl.replace(entry["id"], {**entry, "at": "2026-01-01T00:00:00Z"})
    SyncState.objects.filter(stream="entry").update(changed_to=NOW - timedelta(days=80))
    at(NOW + timedelta(hours=1))
    sandbox.faults.add(ENTRIES, kind="status", status=200, body="[]")
    good()
    lag = NOW + timedelta(hours=1) - state().changed_to
    assert lag == timedelta(days=7), "a change that shows itself late is still found"


@pytest.mark.parametrize("hours", [-30, 30])
def test_only_the_clock_of_the_service_counts(
    toggl: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """A machine whose clock is wrong by more than a day."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(hours=hours))
    assert "Set this machine's clock." in go().error
    edited = next(e for e in toggl.entries() if e["stop"] and e["start"] > "2026-09-05")
    sandbox.clock.set(NOW + timedelta(minutes=30))
    toggl.edit(edited["id"], description="edited while the clock was wrong")
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(minutes=40))
    sandbox.clock.set(NOW + timedelta(minutes=40))
    good()
    row = TimeEntry.objects.get(source_id=edited["id"])
    assert row.description == "edited while the clock was wrong"


def test_an_interrupted_reading_claims_nothing_that_it_did_not_reach(
    toggl: Any, sandbox: Any
) -> None:
    """Oldest first, with a timer that has just been started."""
    toggl.start("I am working", project_id=None)
    sandbox.faults.add(ENTRIES, kind="status", status=400, body="no", nth=3, times=None)
    assert go(days=200).status == SyncRun.Status.PARTIAL
    sandbox.faults.clear()
    good()
    within = {k for k, entry in expected(toggl).items() if entry[0] >= state().verified_from}
    assert within <= stored().keys()


def test_a_piece_that_no_hour_can_finish_is_made_smaller(toggl: Any, at: Any) -> None:
    for number in range(3000):
        start = NOW - timedelta(days=152) + timedelta(minutes=29 * number)
        put(toggl, start=start, stop=start + timedelta(minutes=10))
    toggl.options.configure(reports_page_limit=50, over_page_limit="clamp")
    reached = []
    for hour in range(6):
        at(NOW + timedelta(hours=hour + 1, minutes=10 * hour))
        toggl.quota.configure(user=30, organization=30, window=3600.0)
        go(full=True)
        reached.append(state().full_from)
    assert min(filter(None, reached)) < NOW - timedelta(days=130)


def test_one_workspace_that_refuses_its_reports_keeps_no_other_from_coming(
    toggl: Any, sandbox: Any
) -> None:
    main, other = toggl.workspace_ids
    sandbox.faults.add(f"/{main}/search", kind="status", status=402, body="no", times=None)
    record = go(full=True)
    assert record.status == SyncRun.Status.PARTIAL
    assert str(main) in record.error
    hobby = {str(e["id"]) for e in toggl.entries() if e["workspace_id"] == other}
    assert hobby <= stored().keys()
    assert not state().whole_history


def test_another_account_without_entries_buries_nothing(toggl: Any, sandbox: Any) -> None:
    good()
    me = json.dumps({"id": 999, "workspaces": [{"id": 1}], "projects": [{"id": 5, "name": "X"}]})
    sandbox.faults.add(ENTRIES, kind="status", status=200, body="[]", times=None)
    sandbox.faults.add("/api/v9/me", kind="status", status=200, body=me, times=None)
    record = go(days=20)
    assert "a different account" in record.error
    assert record.total("deleted") == 0
    assert not TogglProject.objects.filter(name="X").exists()


def test_a_report_that_lags_behind_buries_nothing_new(toggl: Any, at: Any) -> None:
    databases.once(whole)
    at(NOW + timedelta(hours=1))
    added = put(toggl, start=NOW - timedelta(days=100))
    good()
    toggl.options.configure(reports_delay=1800)
    at(NOW + timedelta(hours=1, minutes=10))
    good(full=True)
    assert TimeEntry.objects.live().filter(source_id=added).exists()


def test_an_entry_for_tomorrow_is_there_today(toggl: Any, at: Any) -> None:
    planned = put(toggl, start=NOW + timedelta(days=1), stop=NOW + timedelta(days=1, hours=1))
    at(NOW + timedelta(hours=3))
    good()
    assert TimeEntry.objects.live().filter(source_id=planned).exists()


def test_empty_pages_with_new_cursors_are_an_error(toggl: Any, sandbox: Any) -> None:
    headers = {"X-Next-ID": "7", "X-Next-Row-Number": "8", "Content-Type": "application/json"}
    sandbox.faults.add(REPORTS, kind="status", status=200, body="[]", headers=headers)
    record = go(full=True)
    assert "no end" in record.error


def test_the_quota_of_the_person_is_not_that_of_a_workspace(toggl: Any) -> None:
    toggl.quota.configure(user=None, organization=1, window=3600.0)
    record = go(full=True)
    assert record.status == SyncRun.Status.PARTIAL
    good()


@pytest.mark.parametrize(
    "odd",
    [{"tags": 5}, {"tag_ids": True}, {"user_id": []}, {"start": None}, {"stop": {}}, {"at": 7}],
    ids=str,
)
def test_an_odd_entry_is_one_rejected_item_and_no_crash(toggl: Any, odd: Any) -> None:
    entry_id = put(toggl, start=NOW - timedelta(hours=4))
    entry = next(e for e in toggl.entries() if e["id"] == entry_id)
    toggl.replace(entry_id, {**entry, **odd})
    assert good().total("created") > 10


def test_a_token_in_an_answer_is_not_quoted(toggl: Any, sandbox: Any) -> None:
    body = json.dumps({"id": 1, "api_token": toggl.api_token})
    sandbox.faults.add("/api/v9/me", kind="status", status=203, body=body)
    record = go()
    assert "203" in record.error
    assert toggl.api_token not in record.error


def test_a_token_that_cannot_be_one_is_said(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "тест"
    with pytest.raises(NotConfigured, match="character"):
        TogglClient()


def test_an_archived_project_is_known_as_such(toggl: Any, at: Any) -> None:
    databases.once(whole)
    project = next(one for one in toggl.projects() if one["active"])
    toggl.archive_project(project["id"])
    at(NOW + timedelta(days=2))
    good()
    assert not TogglProject.objects.get(source_id=project["id"]).active
    toggl.rename("project", project["id"], "Renamed in the archive")
    good(full=True)
    assert TogglProject.objects.filter(name="Renamed in the archive").exists()


# --- Names ----------------------------------------------------------------------------------------


def test_a_renamed_project_client_and_tag_are_renamed_everywhere(toggl: Any, at: Any) -> None:
    databases.once(whole)
    project = next(one for one in toggl.projects() if one["client_id"] and one["active"])
    at(NOW + timedelta(days=2))
    toggl.rename("project", project["id"], "New project name")
    toggl.rename("client", project["client_id"], "New client name")
    used = next(entry["tag_ids"][0] for entry in toggl.entries() if entry["tag_ids"])
    toggl.rename("tag", used, "new tag name")
    good()
    assert_equals_upstream(toggl)
    assert TimeEntry.objects.filter(project="New project name", client="New client name").exists()


def test_a_rename_reaches_the_entries_even_if_the_run_was_killed_between(
    toggl: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases.once(whole)
    project = next(one for one in toggl.projects() if one["active"])
    at(NOW + timedelta(days=2))
    toggl.rename("project", project["id"], "Renamed")

    def killed(_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("lifetracker.sync.writer.RecordWriter.repair", killed)
        with pytest.raises(KeyboardInterrupt):
            go()
    at(NOW + timedelta(days=2, minutes=1))
    good()
    assert_equals_upstream(toggl)


def test_a_new_project_is_known_at_once(toggl: Any, at: Any, sandbox: Any) -> None:
    databases.once(whole)
    at(NOW + timedelta(hours=1))
    client = toggl.add_client("Fresh client")
    project = toggl.add_project("Fresh project", client_id=client)
    tag = toggl.add_tag("fresh")
    put(toggl, project_id=project, tag_ids=[tag], tags=["fresh"])
    good()
    assert_equals_upstream(toggl)
    at(NOW + timedelta(hours=2))
    sandbox.requests.clear()
    good()
    assert len(requests_of(sandbox)) <= 2


def test_an_archived_project_keeps_its_name(toggl: Any, at: Any) -> None:
    project = toggl.add_project("Long ago")
    put(toggl, project_id=project)
    toggl.archive_project(project)
    good()
    assert TimeEntry.objects.filter(project="Long ago").exists()


def test_null_lists_are_empty_ones(toggl: Any) -> None:
    toggl.options.configure(null_lists=True)
    good(full=True)
    assert_equals_upstream(toggl)


# --- Limits and errors ------------------------------------------------------------------------------


def test_a_quota_that_ends_in_the_middle_is_resumed_after_the_reset(toggl: Any) -> None:
    toggl.quota.configure(user=30, organization=4, window=200.0)
    record = go(full=True)
    assert record.status == SyncRun.Status.PARTIAL
    assert "limit" in record.error
    some = len(stored())
    assert some > 100
    behind = state().full_from
    toggl.quota.configure(user=30, organization=30, window=200.0)
    good(full=True)
    assert behind is not None
    assert_equals_upstream(toggl)


def test_a_short_wait_for_the_quota_is_waited_out(toggl: Any) -> None:
    toggl.quota.configure(user=4, organization=4, window=1.0)
    good(days=130)
    assert_equals_upstream(toggl)


def test_a_used_up_quota_is_not_asked_again(toggl: Any, sandbox: Any) -> None:
    toggl.quota.configure(user=1, organization=1, window=3600.0)
    record = go()
    assert "opens again in" in record.error
    assert [r.status for r in requests_of(sandbox)] == [200]


def test_the_bucket_is_waited_for(
    toggl: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = "<html><body><h1>429 Too Many Requests</h1></body></html>"
    monkeypatch.setattr("lifetracker.sync.http.HttpClient._wait", lambda *_: None)
    sandbox.faults.add(ENTRIES, kind="status", status=429, body=html, times=2)
    good()


def test_a_plan_without_reports_is_said_as_what_it_is(toggl: Any) -> None:
    toggl.options.configure(reports_paid=True)
    record = go(full=True)
    assert record.status == SyncRun.Status.PARTIAL
    assert "your plan does not include" in record.error
    assert stored(), "what the plan gives is there"
    good()


def test_a_wrong_token_is_said_with_what_to_do(toggl: Any, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = "wrong-token"
    record = go()
    assert "profile page" in record.error
    assert "wrong-token" not in record.error


def test_no_token_is_said(settings: Any) -> None:
    settings.TOGGL_API_TOKEN = ""
    with pytest.raises(NotConfigured, match="TOGGL_API_TOKEN"):
        TogglClient()


def test_another_persons_token_is_refused(toggl: Any, at: Any) -> None:
    good()
    at(NOW + timedelta(minutes=5))
    put(toggl, user_id=999)
    record = go()
    assert "a different account" in record.error
    assert not TimeEntry.objects.filter(raw__user_id=999).exists()


@pytest.mark.parametrize(
    "fault", [{"kind": "garbage"}, {"kind": "status", "status": 200, "body": '{"a": 1}'}]
)
def test_an_answer_that_is_no_list_is_said(toggl: Any, sandbox: Any, fault: Any) -> None:
    sandbox.faults.add(ENTRIES, times=None, **fault)
    record = go()
    assert record.status == SyncRun.Status.PARTIAL
    assert ENTRIES in record.error


def test_a_report_that_leads_in_a_circle_is_an_error(toggl: Any, sandbox: Any) -> None:
    headers = {"X-Next-ID": "7", "X-Next-Row-Number": "8", "Content-Type": "application/json"}
    sandbox.faults.add(REPORTS, kind="status", status=200, body="[]", headers=headers, times=None)
    record = go(full=True)
    assert "no end" in record.error
    assert not state().whole_history


def test_a_failing_page_keeps_what_came_and_claims_nothing(toggl: Any, sandbox: Any) -> None:
    toggl.options.configure(reports_page_limit=20, over_page_limit="clamp")
    sandbox.faults.add(REPORTS, kind="status", status=400, nth=2, times=None, body="no")
    record = go(full=True)
    assert record.status == SyncRun.Status.PARTIAL
    assert stored()
    assert not state().whole_history
    sandbox.faults.clear()
    good(full=True)
    assert_equals_upstream(toggl)


def test_an_entry_that_cannot_be_mapped_stops_no_other_and_is_not_lost(toggl: Any, at: Any) -> None:
    bad = put(toggl, start="yesterday", stop=None)
    backwards = put(toggl, start=NOW, stop=NOW - timedelta(hours=1), duration=-3600)
    good(full=True)
    at(NOW + timedelta(minutes=5))
    toggl.edit(bad, description="still broken")
    good()
    listed = RejectedItem.objects.get(item_key=str(bad))
    assert "yesterday" in listed.reason
    assert json.loads(listed.payload)["id"] == bad
    assert RejectedItem.objects.filter(item_key=str(backwards)).exists()
    toggl.delete(bad)
    toggl.edit(backwards, stop=(NOW + timedelta(hours=1)).isoformat(), duration=3600)
    at(NOW + timedelta(minutes=10))
    good()
    assert not RejectedItem.objects.exists()
    assert_equals_upstream(toggl)


def test_no_secret_in_what_is_kept(toggl: Any, sandbox: Any) -> None:
    sandbox.faults.add(REPORTS, kind="status", status=418, body="tea", times=None)
    go(full=True)
    kept = [*SyncRun.objects.values_list("error", "counts")]
    for model in (TimeEntry, TogglProject, TogglTag):
        kept += model.objects.values_list("raw", flat=True)
    assert toggl.api_token not in str(kept)
