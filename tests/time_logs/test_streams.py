"""Each payload of Toggl through the real client, stream and upsert, over HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lifetracker.errors import BadResponse, NeedsReauthorization, TryLater
from lifetracker.models import RejectedItem, SyncRun, SyncState
from lifetracker.sync.streams import Window
from tests.conftest import NOW, run
from time_logs.models import TOGGL, TimeEntry, TogglProject, TogglTag
from time_logs.services.toggl_client import Cursor, TogglClient, TooOld
from time_logs.streams import entries, normal_entry, project_ref, tags_in_order, tags_of, within

PAYLOADS = Path(__file__).parent.parent / "payloads" / "toggl"
LIST = "/me/time_entries"
JSON = {"Content-Type": "application/json"}


def text(name: str) -> str:
    return (PAYLOADS / name).read_text()


def items(name: str) -> list[dict[str, Any]]:
    found = json.loads(text(name))
    return found if isinstance(found, list) else [found]


def headers_of(name: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text(name).splitlines() if line)


def answer(sandbox: Any, path: str, name: str, nth: int = 1, **how: Any) -> None:
    how = {"status": 200, "headers": JSON, **how}
    sandbox.faults.add(path, kind="status", body=text(name), nth=nth, **how)


def recorded(sandbox: Any, name: str) -> None:
    """A `.http` file: status line, headers, an empty line, the body."""
    head, _, body = text(name).partition("\n\n")
    status, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    headers.pop("Content-Length", None)
    code = int(status.split()[1])
    sandbox.faults.add(LIST, kind="status", status=code, body=body, headers=headers, times=None)


@pytest.fixture
def client(toggl: Any) -> TogglClient:
    return TogglClient()


def sync_changes(sandbox: Any, name: str) -> SyncRun:
    """As the answer to the question what has changed."""
    long_ago = NOW - timedelta(days=30)
    SyncState.objects.create(
        source=TOGGL,
        stream="entry",
        verified_from=long_ago,
        verified_to=NOW - timedelta(days=1),
        changed_to=NOW - timedelta(days=1),
    )
    answer(sandbox, LIST, name)
    record = run(TOGGL)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    return record


@pytest.mark.parametrize(
    "name",
    [
        "me_time_entries.json",
        "me_time_entries_meta_true.json",
        "time_entries_running_minus_one.json",
    ],
)
def test_entries(toggl: Any, sandbox: Any, name: str) -> None:
    sync_changes(sandbox, name)
    assert not RejectedItem.objects.exists()
    sent = {str(item["id"]): item for item in items(name)}
    rows = {row.source_id: row for row in TimeEntry.objects.filter(source_id__in=sent)}
    assert rows.keys() == sent.keys()
    for key, row in rows.items():
        item = sent[key]
        assert row.start == datetime.fromisoformat(item["start"])
        assert row.end == (item["stop"] and datetime.fromisoformat(item["stop"]))
        assert row.duration == (item["duration"] if item["duration"] >= 0 else None)
        assert row.description == (item["description"] or "")
        assert row.project_ref == ("" if item["project_id"] is None else str(item["project_id"]))


def test_names_of_tags_without_their_ids_are_kept(toggl: Any, sandbox: Any) -> None:
    sync_changes(sandbox, "me_time_entries_tags_without_ids.json")
    assert not RejectedItem.objects.exists()
    without, fewer = (TimeEntry.objects.get(source_id=f"44001100{n}") for n in (22, 23))
    assert (without.tags, fewer.tags) == (["deep", "home"], ["a", "b"])
    assert fewer.raw["tag_ids"] == [11]


def test_tags_without_pairs_do_not_seem_changed_by_known_names(toggl: Any, sandbox: Any) -> None:
    TogglTag.objects.create(source=TOGGL, source_id="11", name="a")
    sync_changes(sandbox, "me_time_entries_tags_without_ids.json")
    before = TimeEntry.objects.get(source_id="4400110023")
    run(TOGGL, full=True)
    after = TimeEntry.objects.get(source_id="4400110023")
    assert (after.tags, after.updated_at) == (before.tags, before.updated_at)


@pytest.mark.parametrize(
    ("ids", "names", "tags"),
    [
        ([12, 11], ["b", "a"], {"tag_ids": [11, 12], "tags": ["a", "b"]}),
        ([], ["b", "a"], {"tag_ids": [], "tags": ["a", "b"]}),
        ([12, 11], [], {"tag_ids": [11, 12], "tags": []}),
        ([12, 11], ["b"], {"tag_ids": [], "tags": ["b"], "unpaired_tag_ids": [11, 12]}),
        ([], [], {"tag_ids": [], "tags": []}),
    ],
)
def test_tags_and_their_ids(ids: list[int], names: list[str], tags: dict[str, Any]) -> None:
    assert tags_in_order(ids, names) == tags


@pytest.mark.parametrize(("known", "tags"), [([], []), (["a"], ["a"]), (["a", "b"], ["a", "b"])])
def test_of_tags_by_their_ids_the_known_names_are_shown(known: list[str], tags: list[str]) -> None:
    rows = [{"name": name} for name in known]
    assert tags_of({"tag_ids": [11, 12], "tags": [], "tag_rows": rows}) == tags


@pytest.mark.parametrize("filler", [None, 0, -1])
def test_no_project_is_none(filler: int | None) -> None:
    assert project_ref({"project_id": filler}) == ""


def test_tombstones(toggl: Any, sandbox: Any) -> None:
    TimeEntry.objects.create(
        source=TOGGL,
        source_id="4100000379",
        start=NOW - timedelta(days=300),
        end=NOW - timedelta(days=299),
        raw={},
    )
    record = sync_changes(sandbox, "me_time_entries_since_with_deleted.json")
    assert record.counts["entry"]["deleted"] == 1
    living = TimeEntry.objects.live().filter(source_id__startswith="41000")
    assert set(living.values_list("source_id", flat=True)) == {"4100001293", "4100000389"}
    state = SyncState.objects.get(stream="entry")
    assert state.changed_to == datetime(2026, 9, 15, 14, tzinfo=UTC), "never backwards"


def test_names(toggl: Any, sandbox: Any) -> None:
    answer(sandbox, "/api/v9/me", "me_with_related_data.json", times=None)
    sandbox.faults.add("/me/projects", kind="status", status=200, body=text("me_projects.json"))
    client = TogglClient()
    me = client.me
    assert me["id"] == 7000001
    assert "0123456789abcdef" not in str(me), "the token is not kept"
    assert len(me["tags"]) == len(json.loads(text("me_with_related_data.json"))["tags"])


@pytest.mark.parametrize(
    ("name", "path", "call"),
    [
        ("me_projects.json", "/me/projects", "projects"),
        ("me_clients.json", "/me/clients", "clients"),
    ],
)
def test_a_list_of_names(
    client: TogglClient, sandbox: Any, name: str, path: str, call: str
) -> None:
    answer(sandbox, path, name)
    assert getattr(client, call)() == items(name)


def test_projects_and_tags_are_stored(toggl: Any, sandbox: Any) -> None:
    me = json.loads(text("me_with_related_data.json"))
    sandbox.faults.add("/api/v9/me", kind="status", status=200, body=json.dumps(me), headers=JSON)
    answer(sandbox, "/me/projects", "me_projects.json")
    answer(sandbox, "/me/clients", "me_clients.json")
    answer(sandbox, LIST, "me_time_entries.json")
    record = run(TOGGL)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert TogglProject.objects.count() == len(
        {one["id"] for one in [*me["projects"], *items("me_projects.json")]}
    )
    assert TogglTag.objects.count() == len(me["tags"])
    website = TogglProject.objects.get(source_id="180000116")
    assert (website.name, website.client, website.color) == ("Website", "Acme", "#0b83d9")
    assert TimeEntry.objects.exclude(project="").exists()
    assert me["api_token"] not in str(list(TogglProject.objects.values_list("raw", flat=True)))


def test_me_alone(client: TogglClient, sandbox: Any) -> None:
    answer(sandbox, "/api/v9/me", "me.json")
    assert client.me == {
        "id": 7000001,
        "workspaces": [],
        "clients": [],
        "projects": [],
        "tags": [],
    }


def test_tags_as_listed(client: TogglClient, sandbox: Any) -> None:
    me = {"id": 1, "tags": items("me_tags.json")}
    sandbox.faults.add("/api/v9/me", kind="status", status=200, body=json.dumps(me), headers=JSON)
    assert client.me["tags"] == items("me_tags.json")


def test_nothing_runs(client: TogglClient, sandbox: Any) -> None:
    answer(sandbox, "/current", "time_entries_current_none.json")
    assert client.current == []


@pytest.mark.parametrize(
    ("name", "running"),
    [
        ("time_entries_current_running.json", True),
        ("post_time_entry_running_response.json", True),
        ("patch_stop_response.json", False),
    ],
)
def test_one_entry(client: TogglClient, sandbox: Any, name: str, running: bool) -> None:
    answer(sandbox, "/current", name)
    (item,) = client.current
    row = dict(zip(entries.mapping.columns, entries.mapping.row(normal_entry(item)), strict=True))
    assert (row["end"] is None) is running
    assert (row["duration"] is None) is running
    assert json.loads(row["tags"]) == []


def test_a_report_is_paged_by_its_headers(client: TogglClient, sandbox: Any) -> None:
    client.__dict__["me"] = {"id": 7000001, "workspaces": []}
    pages = ("reports_v3_search_page1", "reports_v3_search_page2_last")
    for number, name in enumerate(pages, 1):
        headers = JSON | headers_of(f"{name}.headers.txt")
        answer(sandbox, "/search/", f"{name}.json", nth=number, headers=headers)
    first = datetime(2025, 1, 1, tzinfo=UTC)
    rows, cursor = client.report(5000001, first.date(), first.date(), None)
    assert rows == items("reports_v3_search_page1.json")
    assert cursor == Cursor(4100000102, 3)
    rows, cursor = client.report(5000001, first.date(), first.date(), cursor)
    assert rows == items("reports_v3_search_page2_last.json")
    assert cursor is None


def test_the_rows_of_a_report_become_entries(toggl: Any, sandbox: Any) -> None:
    for path in (LIST, "/me/projects", "/me/clients"):
        sandbox.faults.add(path, kind="status", status=200, body="[]", headers=JSON, times=None)
    me = json.dumps({"id": 7000001, "workspaces": [{"id": 5000001}]})
    sandbox.faults.add("/api/v9/me", kind="status", status=200, body=me, headers=JSON, times=None)
    pages = ("reports_v3_search_page1", "reports_v3_search_page2_last")
    for number, name in enumerate(pages, 1):
        headers = JSON | headers_of(f"{name}.headers.txt")
        answer(sandbox, "/search/", f"{name}.json", nth=number, headers=headers)
    sandbox.faults.add(
        "/search/", kind="status", status=200, body="[]", headers=JSON, nth=3, times=None
    )
    record = run(TOGGL, days=700)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    assert not RejectedItem.objects.exists()
    rows = TimeEntry.objects.order_by("start")
    assert [(row.source_id, row.duration, row.description) for row in rows] == [
        ("4100000101", 5400, "Write chapter 3"),
        ("4100000102", 900, ""),
        ("4100000103", 3600, "Weekly review"),
    ]
    assert rows[0].start == datetime(2025, 1, 6, 8, tzinfo=UTC)


def test_the_report_is_asked_as_documented(client: TogglClient, sandbox: Any) -> None:
    asked: dict[str, Any] = {}
    client.__dict__["me"] = {"id": 7, "workspaces": []}
    send = client.session.send

    def spy(method: str, path: str, **options: Any) -> Any:
        asked.update(options["json"])
        return send(method, path, **options)

    client.session.send = spy  # type: ignore[method-assign]
    day = datetime(2025, 1, 1, tzinfo=UTC).date()
    answer(sandbox, "/search/", "reports_v3_search_page2_last.json")
    client.report(1, day, day, None)
    documented = json.loads(text("reports_v3_search_request.json"))
    assert documented.keys() <= asked.keys()
    same = documented.keys() - {"start_date", "end_date", "page_size"}
    assert {key: asked[key] for key in same} == {key: documented[key] for key in same}
    assert asked["user_ids"] == [7]


# --- Errors ---------------------------------------------------------------------------------------


def test_no_token_is_an_empty_401(client: TogglClient, sandbox: Any) -> None:
    recorded(sandbox, "error_401_empty.http")
    with pytest.raises(NeedsReauthorization, match="TOGGL_API_TOKEN"):
        client.entries()


def test_a_used_up_quota_says_when(client: TogglClient, sandbox: Any) -> None:
    recorded(sandbox, "error_402_quota.http")
    with pytest.raises(TryLater) as caught:
        client.entries()
    assert caught.value.after is not None
    assert 133 <= caught.value.after.total_seconds() <= 135


def test_the_bucket_answers_with_a_page_of_html(
    client: TogglClient, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifetracker.sync.http.HttpClient._wait", lambda *_: None)
    recorded(sandbox, "error_429_leaky_bucket.http")
    with pytest.raises(TryLater, match="rate limit"):
        client.entries()


@pytest.mark.parametrize(
    "name", ["error_400_start_date_too_old.txt", "error_400_start_date_too_old_unquoted.txt"]
)
def test_the_floor_is_read_from_the_error(client: TogglClient, sandbox: Any, name: str) -> None:
    answer(sandbox, LIST, name, status=400)
    with pytest.raises(TooOld) as caught:
        client.entries()
    assert caught.value.earliest.isoformat() == "2025-08-05"


def test_other_errors_are_said_in_toggls_words(client: TogglClient, sandbox: Any) -> None:
    answer(sandbox, LIST, "error_400_since_and_before.txt", status=400)
    with pytest.raises(BadResponse, match="can not be present simultaneously") as caught:
        client.entries()
    assert '"' not in str(caught.value)


def test_the_quota_as_listed(client: TogglClient, sandbox: Any) -> None:
    answer(sandbox, "/me/quota", "me_quota.json")
    assert client.get("/api/v9/me/quota", {}) == items("me_quota.json")


def test_both_forms_of_an_entry_are_one(toggl: Any) -> None:
    listed = {
        "id": 1,
        "workspace_id": 5,
        "user_id": 7,
        "project_id": None,
        "task_id": None,
        "billable": False,
        "duration": 60,
        "start": "2026-09-16T08:00:00+00:00",
        "stop": "2026-09-16T08:01:00Z",
        "description": None,
        "tags": ["b", "a"],
        "tag_ids": [2, 1],
        "at": "2026-09-16T08:01:00.64444Z",
        "server_deleted_at": None,
        "duronly": True,
        "wid": 5,
    }
    reported = {
        "id": 1,
        "workspace_id": 5,
        "user_id": 7,
        "project_id": None,
        "task_id": None,
        "billable": False,
        "duration": 60,
        "start": "2026-09-16T10:00:00+02:00",
        "stop": "2026-09-16T10:01:00+02:00",
        "description": "",
        "tags": ["a", "b"],
        "tag_ids": [1, 2],
        "at": "2026-09-16T10:01:00+02:00",
        "row_number": 3,
    }
    assert normal_entry(listed) == normal_entry(reported)


def test_ids_are_larger_than_32_bits(toggl: Any, sandbox: Any) -> None:
    sync_changes(sandbox, "me_time_entries.json")
    assert all(int(row.source_id) > 2**31 for row in TimeEntry.objects.all())


def test_the_newest_quarter_is_listed_even_if_a_run_takes_its_time(
    toggl: Any, sandbox: Any, at: Any
) -> None:
    """Reports have a quota of their own, and take a request for each workspace."""
    at(NOW + timedelta(minutes=20))
    sandbox.requests.clear()
    list(within(TogglClient(), Window(NOW - timedelta(days=90), NOW)))
    assert not [r.path for r in sandbox.requests if "reports" in r.path]


def test_a_workspace_that_refuses_its_reports_is_no_bad_token(toggl: Any, sandbox: Any) -> None:
    sandbox.faults.add("/search/", kind="status", status=403, body="no rights", times=None)
    record = run(TOGGL, full=True)
    assert "403" in record.error
    assert "TOGGL_API_TOKEN" not in record.error


def test_workspaces_that_are_not_told_are_an_error(toggl: Any, sandbox: Any) -> None:
    me = json.dumps({"id": toggl.user_id, "workspaces": []})
    sandbox.faults.add("/api/v9/me", kind="status", status=200, body=me, headers=JSON)
    record = run(TOGGL, full=True)
    assert "workspaces" in record.error
    assert not SyncState.objects.get(stream="entry").whole_history
