"""The brake on deletions, over real HTTP: an empty answer hides nothing, and what is really gone goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from github_projects.models import GITHUB, Repository
from lifetracker.models import BEGINNING, PendingDeletion, RejectedItem, SyncRun, SyncState
from lifetracker.sync.deletions import Deletions
from lifetracker.sync.streams import sources
from tests.conftest import NOW, run
from tests.lifetracker.test_commands import call
from tests.makers import repository
from time_logs.models import TOGGL
from weight.models import WITHINGS, MeasureGroup, WeighIn
from whoop.models import WHOOP

Moving = Callable[[datetime], None]
DAY = timedelta(days=1)

NO_GROUPS = {"status": 0, "body": {"updatetime": 1, "timezone": "UTC", "measuregrps": []}}
# By source, which answers are empty, though well-formed.
EMPTY: dict[str, list[tuple[str, Any]]] = {
    WHOOP: [
        ("/v2/cycle", {"records": []}),
        ("/v2/recovery", {"records": []}),
        ("/v2/activity", {"records": []}),
    ],
    WITHINGS: [("/measure", NO_GROUPS)],
    TOGGL: [("/me/time_entries", []), ("/search/time_entries", [])],
}


def fall_empty(sandbox: Any, source: str) -> None:
    for match, body in EMPTY[source]:
        sandbox.faults.add(match, kind="status", status=200, times=None, body=json.dumps(body))


@pytest.fixture(params=list(EMPTY))
def source(request: pytest.FixtureRequest) -> str:
    """Each service, connected, with its whole history read."""
    request.getfixturevalue(request.param.lower())
    good(request.param, full=True)
    return str(request.param)


def good(source: str, **order: Any) -> SyncRun:
    record = run(source, **order)
    assert record.status == SyncRun.Status.SUCCESS, record.error
    return record


def living(source: str) -> dict[str, set[str]]:
    """By stream that deletes what is missing, the live records."""
    return {
        stream.name: set(
            stream.model._default_manager.live()
            .filter(source=source)
            .values_list("source_id", flat=True)
        )
        for stream in sources[source].streams
        if stream.deletes_by_absence
    }


def claims(source: str) -> set[tuple[Any, ...]]:
    """Of the streams whose claims come from windows alone: that nothing has changed is claimed of
    Toggl all the same."""
    streams = [stream for stream in sources[source].streams if stream.deletes_by_absence]
    names = [
        stream.name for stream in streams if not (stream.changes and stream.changes.is_deleted)
    ]
    states = SyncState.objects.filter(source=source, stream__in=names)
    return set(states.values_list("stream", "verified_from", "verified_to"))


def is_held(record: SyncRun, before: dict[str, set[str]]) -> None:
    assert record.status == SyncRun.Status.PARTIAL
    assert record.total("deleted") == 0
    for stream, ids in before.items():
        assert f"{stream}: " in record.error
        assert f"no longer lists {len(ids):,} of {len(ids):,} records" in record.error
        assert record.counts[stream]["held"] == len(ids)
    assert "--accept-deletions" in record.error
    assert "another day" in record.error


def test_an_empty_answer_hides_nothing(source: str, sandbox: Any, at: Moving) -> None:
    before, claimed = living(source), claims(source)
    assert all(len(ids) > 10 for ids in before.values())
    fall_empty(sandbox, source)
    for hours in (1, 2):
        at(NOW + timedelta(hours=hours))
        is_held(run(source, full=True), before)
        assert living(source) == before
        assert claims(source) == claimed, "nothing is claimed of what was not believed"
    sandbox.faults.clear()
    good(source, full=True)
    assert all(living(source)[stream] >= ids for stream, ids in before.items())
    assert not PendingDeletion.objects.exists(), "all of them were seen again"


def test_what_is_missing_on_another_day_too_is_deleted(
    source: str, sandbox: Any, at: Moving
) -> None:
    before = living(source)
    fall_empty(sandbox, source)
    is_held(run(source, full=True), before)
    at(NOW + DAY)
    record = good(source, full=True)
    assert record.total("deleted") == sum(map(len, before.values()))
    assert not any(living(source).values())
    assert not PendingDeletion.objects.exists()


def test_the_owner_may_accept_at_once(source: str, sandbox: Any) -> None:
    before = living(source)
    fall_empty(sandbox, source)
    out, _ = call(f"sync_{source.lower()}", "--full", "--accept-deletions", "--verbosity", "2")
    for stream, ids in before.items():
        (line,) = (one for one in out.splitlines() if one.startswith(f"  {stream}:"))
        assert f" {len(ids)} deleted" in line
    assert not any(living(source).values())


def test_all_sources_may_be_told_so(withings: Any, sandbox: Any) -> None:
    good(WITHINGS)
    fall_empty(sandbox, WITHINGS)
    call("sync_all", "--days", "29", "--accept-deletions")
    moments = MeasureGroup.objects.live().values_list("measured_at", flat=True)
    assert all(moment < NOW - 29 * DAY for moment in moments)


def test_only_what_was_missing_on_both_days_is_deleted(
    withings: Any, sandbox: Any, at: Moving
) -> None:
    good(WITHINGS, full=True)
    before = living(WITHINGS)["measure"]
    fall_empty(sandbox, WITHINGS)
    run(WITHINGS, full=True)
    sandbox.faults.clear()
    at(NOW + DAY)
    gone = sorted(before)[:100]
    for grpid in gone:
        withings.delete(int(grpid))
    good(WITHINGS, full=True)
    assert before - living(WITHINGS)["measure"] == set(gone)


def test_another_day_is_one_of_the_owner(
    withings: Any, sandbox: Any, at: Moving, settings: Any
) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"  # twelve hours ahead on this day
    at(datetime(2026, 9, 16, 11, 30, tzinfo=UTC))
    good(WITHINGS, full=True)
    before = living(WITHINGS)
    fall_empty(sandbox, WITHINGS)
    is_held(run(WITHINGS, full=True), before)
    at(datetime(2026, 9, 16, 12, 30, tzinfo=UTC))
    good(WITHINGS, full=True)
    assert not living(WITHINGS)["measure"]


def test_an_incremental_run_meets_its_own_again_although_its_window_moves(
    withings: Any, sandbox: Any, at: Moving
) -> None:
    good(WITHINGS, full=True)
    fall_empty(sandbox, WITHINGS)
    first = run(WITHINGS)
    assert first.status == SyncRun.Status.PARTIAL
    recent = set(PendingDeletion.objects.values_list("source_id", flat=True))
    assert len(recent) == first.total("held") > 10
    at(NOW + DAY)
    record = good(WITHINGS)
    assert record.total("deleted") == len(recent)


def empty_history(withings: Any) -> None:
    for group in withings.groups():
        withings.delete(group["grpid"])


def weigh(withings: Any, *days_ago: float) -> list[int]:
    found: list[int] = []
    for days in days_ago:
        found += withings.weigh(70, NOW - days * DAY, pulse=None)
    return found


@pytest.mark.parametrize(
    ("rows", "gone", "held"),
    [(11, 10, False), (11, 11, True), (60, 12, False), (60, 13, True), (12, 10, False)],
)
def test_more_than_ten_and_more_than_a_fifth_are_too_many(
    withings: Any, rows: int, gone: int, held: bool
) -> None:
    empty_history(withings)
    groups = weigh(withings, *(n / 4 for n in range(1, rows + 1)))
    good(WITHINGS, days=20)
    assert MeasureGroup.objects.live().count() == rows
    for grpid in groups[:gone]:
        withings.delete(grpid)
    record = run(WITHINGS, days=20)
    assert (record.status == SyncRun.Status.PARTIAL) is held
    assert record.total("deleted") == (0 if held else gone)
    assert WeighIn.objects.live().count() == rows - record.total("deleted")


def test_many_small_windows_together_are_judged_too(withings: Any, at: Moving) -> None:
    empty_history(withings)
    # Six in each year of twenty.
    groups = weigh(withings, *(100 + 61 * n for n in range(120)))
    good(WITHINGS, full=True)
    for grpid in groups:
        withings.delete(grpid)
    record = run(WITHINGS, full=True)
    assert record.status == SyncRun.Status.PARTIAL
    assert record.total("deleted") <= 10
    assert record.total("deleted") + record.total("held") == 120
    at(NOW + DAY)
    good(WITHINGS, full=True)
    assert not living(WITHINGS)["measure"].intersection(map(str, groups))


@pytest.mark.parametrize("full", [True, False])
def test_what_seems_to_be_of_another_kind_is_held_back_too(
    withings: Any, at: Moving, full: bool
) -> None:
    withings.options.configure(category_filter=False)
    good(WITHINGS, full=True)
    before = living(WITHINGS)
    weigh_ins = WeighIn.objects.live().count()
    at(NOW + timedelta(hours=1))
    for group in withings.groups():
        withings.edit(group["grpid"], category=2)
    record = run(WITHINGS, full=full)
    assert record.status == SyncRun.Status.PARTIAL
    assert living(WITHINGS) == before
    assert WeighIn.objects.live().count() == weigh_ins
    at(NOW + DAY)
    good(WITHINGS, full=full)
    assert not living(WITHINGS)["measure"] & before["measure"]
    assert not WeighIn.objects.live().filter(measured_at__lte=NOW).exists()


def test_a_whole_list_that_is_empty_hides_nothing(
    github: Any, sandbox: Any, settings: Any, at: Moving
) -> None:
    """With a classic token, from which nothing is hidden: others delete no repository at all."""
    github.options.configure(token_kind="classic")
    settings.GITHUB_ACCESS_TOKEN = github.token
    for number in range(12):
        repository(f"r{number}")
    viewer = {
        "login": github.login,
        "databaseId": github.user_id,
        "repositories": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []},
    }
    body = json.dumps({"data": {"viewer": viewer}})
    sandbox.faults.add("/graphql", kind="status", status=200, times=None, body=body)
    record = run(GITHUB)
    assert record.status == SyncRun.Status.PARTIAL
    assert "12 of 12 records" in record.error
    assert Repository.objects.live().count() == 12
    assert not SyncState.objects.filter(source=GITHUB, verified_to__isnull=False).exists()
    at(NOW + DAY)
    assert good(GITHUB).total("deleted") == 12


def test_what_the_service_itself_calls_deleted_goes_at_once(toggl: Any, at: Moving) -> None:
    good(TOGGL)
    recent = sorted(living(TOGGL)["entry"])
    at(NOW + timedelta(hours=1))
    for entry in recent:
        toggl.delete(int(entry))
    record = good(TOGGL)
    assert record.total("deleted") == len(recent) > 10


def test_a_full_pass_goes_on_from_what_it_did_not_claim(
    withings: Any, sandbox: Any, at: Moving
) -> None:
    withings.options.configure(page_size=1000)
    weigh(withings, *(200 + 7 * n for n in range(30)))
    good(WITHINGS, full=True)
    # The changes and the newest window are as they were; the one behind it is empty, and so is what is older.
    body = json.dumps(NO_GROUPS)
    sandbox.faults.add("/measure", kind="status", status=200, nth=3, times=None, body=body)
    assert run(WITHINGS, full=True).status == SyncRun.Status.PARTIAL
    state = SyncState.objects.get(source=WITHINGS)
    assert state.full_from == NOW - 90 * DAY
    sandbox.faults.clear()
    good(WITHINGS, full=True)
    state = SyncState.objects.get(source=WITHINGS)
    assert state.full_from is None
    assert state.verified_from == BEGINNING


def test_what_is_pending_for_long_confirms_nothing(withings: Any, sandbox: Any, at: Moving) -> None:
    good(WITHINGS, full=True)
    before = living(WITHINGS)
    fall_empty(sandbox, WITHINGS)
    run(WITHINGS, full=True)
    at(NOW + 31 * DAY)
    is_held(run(WITHINGS, full=True), before)
    assert living(WITHINGS) == before


def test_the_owner_may_accept_in_the_admin(withings: Any, sandbox: Any, client: Client) -> None:
    good(WITHINGS, full=True)
    fall_empty(sandbox, WITHINGS)
    run(WITHINGS, full=True)
    client.force_login(User.objects.create_superuser("robin"))
    address = reverse("admin:lifetracker_pendingdeletion_changelist")
    chosen = list(PendingDeletion.objects.values_list("pk", flat=True))
    page = client.post(
        address, {"action": "accept", "_selected_action": chosen, "select_across": 1}, follow=True
    )
    assert f"Deletions accepted: {len(chosen)}" in page.content.decode()
    assert good(WITHINGS, full=True).total("deleted") == len(chosen)


def test_the_status_and_the_page_say_it(whoop: Any, sandbox: Any, client: Client) -> None:
    good(WHOOP, full=True)
    fall_empty(sandbox, WHOOP)
    record = run(WHOOP, full=True)
    client.force_login(User.objects.create_user("robin"))
    told = client.get("/api/whoop/sync/status").json()
    assert told["pending_deletions"] == PendingDeletion.objects.count() == record.total("held")
    assert told["last_run"]["counts"]["cycle"]["held"] > 10
    assert "--accept-deletions" in client.get("/connections/").text
    run(WHOOP, full=True, accept_deletions=True)
    deleted = client.get("/api/sync/runs").json()["results"][0]["counts"]
    assert sum(one["deleted"] for one in deleted.values()) == record.total("held")
    assert f"{record.total('held')} deleted" in client.get("/connections/").text


def test_a_rejected_item_that_is_tried_again_is_not_seen_again(withings: Any, sandbox: Any) -> None:
    good(WITHINGS, full=True)
    fall_empty(sandbox, WITHINGS)
    run(WITHINGS, full=True)
    pending = PendingDeletion.objects.count()
    group = MeasureGroup.objects.live().first()
    assert group is not None
    RejectedItem.objects.create(
        source=WITHINGS,
        stream="measure",
        item_key=group.source_id,
        payload=json.dumps(group.raw),
        reason="",
    )
    call("sync_withings", "--retry-rejected")
    assert not RejectedItem.objects.exists()
    assert PendingDeletion.objects.count() == pending


@pytest.mark.django_db
def test_what_is_held_today_stays_held_today_in_however_small_a_window() -> None:
    rows = {str(number) for number in range(100)}
    assert Deletions("X").hold("s", rows, rows)
    later = Deletions("X")
    assert later.hold("s", {"1"}, rows)
    later.settle("s", {"1"})
    assert not PendingDeletion.objects.filter(source_id="1").exists()
    assert PendingDeletion.objects.count() == 99


@pytest.mark.django_db
def test_a_clock_that_was_ahead_confirms_nothing() -> None:
    rows = {str(number) for number in range(100)}
    assert Deletions("X").hold("s", rows, rows)
    PendingDeletion.objects.update(held_on=datetime.now(UTC).date() + 400 * DAY)
    assert Deletions("X").hold("s", rows, rows)
