"""What does not parse is rejected with its reason, and neither skipped nor taken for an end or an empty list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from requests import Response

from github_projects.models import GITHUB, Repository
from github_projects.services.github_client import GitHubClient, as_rest, viewer_of
from lifetracker.errors import BadResponse
from lifetracker.models import RejectedItem, SyncRun, SyncState
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync.streams import token
from tests.conftest import DAYS, NOW, run
from tests.makers import repository
from time_logs.models import TOGGL, TimeEntry
from time_logs.services.toggl_client import cursor_of
from time_logs.streams import entries_of
from time_logs.streams import projects as project_stream
from weight.models import WITHINGS, MeasureGroup, WeighIn
from weight.streams import next_offset
from whoop.models import WHOOP, WhoopCycle, WhoopProfile, WhoopWorkout

DAY = timedelta(days=1)


@pytest.fixture
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Of a month: what is not understood is so after few days as well. Toggl is asked in another way for what is
    older than three months."""
    days = DAYS if "toggl" in request.fixturenames else 30
    with Sandbox(seed=1, days=days, now=NOW) as running:
        yield running


def good(source: str, **order: Any) -> SyncRun:
    record = run(source, **order)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    return record


def answer(sandbox: Any, match: str, body: Any, **how: Any) -> None:
    how = {"times": None} | how
    sandbox.faults.add(match, kind="status", status=200, body=json.dumps(body), **how)


# --- Filters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", ["1", "2", 3, True, None, [1], 1.5], ids=str)
@pytest.mark.parametrize("full", [True, False])
def test_a_category_that_is_not_known_is_rejected_and_deletes_nothing(
    withings: Any, at: Any, category: Any, full: bool
) -> None:
    withings.options.configure(category_filter=False)
    good(WITHINGS, full=True)
    weigh_ins = WeighIn.objects.live().count()
    at(NOW + timedelta(hours=1))
    groups = withings.groups()
    for group in groups:
        withings.edit(group["grpid"], category=category)
    record = good(WITHINGS, full=full)
    assert record.total("deleted") == 0
    assert record.total("rejected") >= MeasureGroup.objects.live().count() > 10
    assert WeighIn.objects.live().count() == weigh_ins
    assert f"category: {category!r}" in RejectedItem.objects.all()[0].reason


@pytest.mark.parametrize("deleted", [False, 0, "", "yes", {}], ids=repr)
def test_an_entry_that_is_perhaps_deleted_is_rejected(
    toggl: Any, sandbox: Any, at: Any, deleted: Any
) -> None:
    good(TOGGL)
    row = TimeEntry.objects.live().exclude(end=None)[0]
    at(NOW + timedelta(minutes=5))
    changed = {**(row.raw or {}), "at": "2026-09-16T14:01:00Z", "server_deleted_at": deleted}
    answer(sandbox, "/me/time_entries", [changed], times=1)
    record = run(TOGGL)
    assert record.total("deleted") == 0
    assert TimeEntry.objects.live().filter(pk=row.pk).exists()
    assert "server_deleted_at" in RejectedItem.objects.get(item_key=row.source_id).reason


@pytest.mark.parametrize("state", [5, True, ["SCORED"], {}], ids=repr)
def test_a_state_of_another_type_takes_no_score_away(whoop: Any, state: Any) -> None:
    good(WHOOP)
    cycle = whoop.records("cycle")[3]
    before = WhoopCycle.objects.get(cycle_id=cycle["id"]).strain
    assert before is not None
    whoop.replace("cycle", cycle["id"], {**cycle, "score_state": state})
    good(WHOOP)
    assert WhoopCycle.objects.get(cycle_id=cycle["id"]).strain == before
    assert "score_state" in RejectedItem.objects.get().reason


@pytest.mark.parametrize("active", ["false", 0, []], ids=repr)
def test_a_project_is_active_or_not(active: Any) -> None:
    item = {"id": 1, "name": "a", "client": "", "color": "", "active": active}
    with pytest.raises(Exception, match="true nor false"):
        project_stream.mapping.row(item)


# --- Items that cannot be known ---------------------------------------------------------------------

PAGES: dict[str, tuple[str, Any]] = {
    WHOOP: ("/activity/workout", lambda items: {"records": items}),
    WITHINGS: (
        "/measure",
        lambda items: {"status": 0, "body": {"updatetime": 1, "measuregrps": items}},
    ),
    TOGGL: ("/me/time_entries", lambda items: items),
}
STREAMS = {WHOOP: "workout", WITHINGS: "measure", TOGGL: "entry"}


@pytest.mark.parametrize("source", list(PAGES))
@pytest.mark.parametrize("odd", [None, 7, "text", ["list"], {}, {"id": None, "grpid": []}], ids=str)
def test_where_an_item_cannot_be_known_nothing_is_claimed(
    request: pytest.FixtureRequest, sandbox: Any, source: str, odd: Any
) -> None:
    request.getfixturevalue(source.lower())
    match, page = PAGES[source]
    answer(sandbox, match, page([odd]))
    record = run(source, days=3)
    assert record.status == SyncRun.Status.PARTIAL
    assert "without a valid id" in record.counts[STREAMS[source]]["error"]
    kept = RejectedItem.objects.get(source=source)
    assert json.loads(kept.payload) == odd or source == TOGGL
    states = SyncState.objects.filter(source=source, stream=STREAMS[source])
    assert not states.filter(verified_to__isnull=False).exists()
    sandbox.faults.clear()
    good(source, days=3)
    assert states.filter(verified_to__isnull=False).exists()


def test_a_full_pass_reads_again_what_could_not_be_known(whoop: Any, sandbox: Any) -> None:
    answer(sandbox, "/activity/workout", {"records": ["text"]}, times=1)
    run(WHOOP, full=True)
    state = SyncState.objects.get(source=WHOOP, stream="workout")
    assert state.full_from is None, "the newest window is to be read again"
    good(WHOOP, full=True)
    stored = set(WhoopWorkout.objects.live().values_list("source_id", flat=True))
    assert stored == {one["id"] for one in whoop.records("workout")}


@pytest.mark.parametrize("node", [None, 5, "text", {"name": "without an id"}], ids=str)
def test_a_repository_that_cannot_be_known_deletes_none(
    github: Any, sandbox: Any, node: Any
) -> None:
    repository("stays")
    viewer = {
        "login": github.login,
        "databaseId": github.user_id,
        "repositories": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": [node]},
    }
    answer(sandbox, "/graphql", {"data": {"viewer": viewer}})
    record = run(GITHUB)
    assert record.status == SyncRun.Status.PARTIAL
    assert Repository.objects.live().get().name == "stays"
    assert RejectedItem.objects.get().source == GITHUB


def test_a_row_of_a_report_without_an_entry_is_not_understood() -> None:
    row = {"user_id": 1, "time_entries": []}
    assert entries_of([row], 5)[0].get("id") is None


# --- Lists, and where they end ----------------------------------------------------------------------


@pytest.mark.parametrize("match", ["/me/time_entries", "/search/time_entries"])
def test_null_is_no_proof_that_entries_are_gone(toggl: Any, sandbox: Any, match: str) -> None:
    good(TOGGL, full=True)
    before = TimeEntry.objects.live().count()
    answer(sandbox, match, None)
    record = run(TOGGL, full=True)
    assert record.status != SyncRun.Status.SUCCESS
    assert "null instead of a list" in record.error
    assert TimeEntry.objects.live().count() == before


@pytest.mark.parametrize("name", ["projects", "clients", "tags"])
def test_null_is_an_empty_list_of_names(toggl: Any, sandbox: Any, name: str) -> None:
    answer(sandbox, f"/me/{name}", None)
    good(TOGGL, full=True)


@pytest.mark.parametrize(
    ("source", "match", "body"),
    [
        (WHOOP, "/v2/cycle", {"records": None}),
        (WITHINGS, "/measure", {"status": 0, "body": {"measuregrps": None}}),
        (WITHINGS, "/measure", {"status": 0, "body": {}}),
    ],
)
def test_null_is_no_empty_list(
    request: pytest.FixtureRequest, sandbox: Any, source: str, match: str, body: Any
) -> None:
    request.getfixturevalue(source.lower())
    answer(sandbox, match, body)
    record = run(source)
    assert record.status != SyncRun.Status.SUCCESS
    assert "has no list" in record.error


def test_null_is_no_body_without_measures(whoop: Any, sandbox: Any) -> None:
    good(WHOOP)
    before = WhoopProfile.objects.get().weight_kilogram
    assert before is not None
    answer(sandbox, "/measurement/body", None)
    assert run(WHOOP).status == SyncRun.Status.PARTIAL
    assert WhoopProfile.objects.get().weight_kilogram == before


@pytest.mark.parametrize("named", [0, False, [], {}, 5], ids=repr)
def test_a_next_page_that_is_no_text_is_no_end(named: Any) -> None:
    next_page = token(read="next_token", send="nextToken")
    with pytest.raises(BadResponse):
        next_page({"next_token": named})


@pytest.mark.parametrize("answered", [{}, {"next_token": None}, {"next_token": ""}])
def test_three_ways_to_say_that_a_list_ends(answered: Any) -> None:
    assert token(read="next_token", send="nextToken")(answered) is None


@pytest.mark.parametrize(
    "answered",
    [{"more": "0"}, {"more": 2, "offset": 5}, {"more": 1}, {"more": True, "offset": "5"}],
    ids=str,
)
def test_more_measures_that_cannot_be_found(answered: Any) -> None:
    with pytest.raises(BadResponse):
        next_offset(answered)


@pytest.mark.parametrize("answered", [{}, {"more": 0}, {"more": False, "offset": 0}], ids=str)
def test_no_more_measures(answered: Any) -> None:
    assert next_offset(answered) is None


def test_a_cursor_that_is_none_is_no_end() -> None:
    response = Response()
    assert cursor_of(response) is None
    response.headers["X-Next-ID"] = "12"
    with pytest.raises(BadResponse):
        cursor_of(response)


@pytest.mark.parametrize("more", [None, 0, "true", 1], ids=repr)
def test_a_list_of_repositories_that_does_not_say_whether_it_ends(more: Any) -> None:
    page = {"pageInfo": {"hasNextPage": more, "endCursor": "abc"}, "nodes": []}
    with pytest.raises(BadResponse):
        viewer_of({"data": {"viewer": {"login": "a", "databaseId": 1, "repositories": page}}})


NODE: dict[str, Any] = {
    **dict.fromkeys(("name", "nameWithOwner", "url"), "a"),
    **dict.fromkeys(("isPrivate", "isFork", "isArchived", "isDisabled"), False),
    "databaseId": 1,
    "primaryLanguage": None,
    "diskUsage": 0,
    "pushedAt": None,
    "languages": {"edges": []},
}


@pytest.mark.parametrize(
    ("is_empty", "branch", "tip"),
    [
        (True, None, ""),
        (False, None, None),
        (False, {"name": "main", "target": None}, None),
        (False, {"name": "main", "target": {"oid": "f" * 40}}, "f" * 40),
    ],
)
def test_a_branch_whose_commit_is_not_told_is_no_empty_repository(
    is_empty: bool, branch: Any, tip: Any
) -> None:
    node = {**NODE, "isEmpty": is_empty, "defaultBranchRef": branch}
    assert as_rest(node)["tip_oid"] == tip


def test_languages_and_addresses_that_cannot_be_read_are_not_none(
    github: Any, sandbox: Any
) -> None:
    class NoAnswers:
        def find(self, _: str) -> None: ...

        def store(self, *_: Any) -> None: ...

    client = GitHubClient(NoAnswers())
    answer(sandbox, "/languages", None)
    answer(sandbox, "/user/emails", [{"verified": True}])
    with pytest.raises(BadResponse):
        client.languages("1")
    with pytest.raises(BadResponse):
        client.emails()
