"""A run that its owner stops: what stays, what goes on later, and what two who act at once make of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from github_projects import analysis, analyzer
from github_projects.models import Repository
from lifetracker import tasks
from lifetracker.models import STOPPED, SYNC_LEASE, HeldLease, Lease, SyncRun, SyncState
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync import runs
from lifetracker.sync.job import sync
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.runs import LEASE, Listener, RunRecorder
from lifetracker.sync.stopping import Stop, stop
from lifetracker.sync.streams import Extent, sources
from tests import processes
from tests.conftest import NOW, assert_equals_upstream, run, store_tokens, stored, use
from tests.github_projects.test_sync import few
from whoop.models import WhoopProfile

SLEEPS = "/developer/v2/activity/sleep"
FULL = SyncRequest.from_options(full=True)
Moving = Callable[[datetime], None]


@pytest.fixture
def looks_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that looks before each request, and not once a second, so that it is the same on every machine."""
    monkeypatch.setattr(runs, "STOP_INTERVAL", 0)


class Stopper(Listener):
    """Stops the run after so many batches of a stream, so many pieces, or as soon as it waits."""

    def __init__(self, batches: int = 0, pieces: int | None = None, *, waits: bool = False) -> None:
        self._batches, self._pieces, self._waits = batches, pieces, waits
        self.outcomes: list[Stop] = []

    def progress(self, stream: str, extent: Extent, seen: int) -> None:
        self._batches -= 1
        if not self._batches:
            self._stop()

    def working(self, run: SyncRun) -> None:
        if self._pieces == run.progress_done and not self.outcomes:
            self._stop()

    def waiting(self, seconds: float, why: str) -> None:
        if self._waits and not self.outcomes:
            self._stop()

    def _stop(self) -> None:
        self.outcomes.append(stop(SyncRun.objects.active().get().pk))


def enqueue(request: SyncRequest = FULL, source: str = "Whoop") -> SyncRun:
    return tasks.enqueue(sources[source], request)


def begin(run: SyncRun, listener: Listener) -> SyncRun:
    return sync(sources[run.source], SyncRequest.from_run(run), listener, run=run)


def lease_of_another() -> HeldLease:
    lease = Lease.objects.acquire(SYNC_LEASE + "Whoop", LEASE)
    assert lease is not None
    return lease


# --- While it waits -------------------------------------------------------------------------------


def test_a_run_that_waits_is_stopped_at_once_and_never_begins(whoop: Any, sandbox: Any) -> None:
    waiting = enqueue()
    assert stop(waiting.pk) is Stop.STOPPED
    assert tasks.execute_run(waiting.pk) == "nothing to do"
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error, waiting.finished_at) == ("stopped", STOPPED, NOW)
    assert sandbox.requests == []


def test_one_that_waits_for_another_is_stopped_while_that_goes_on(whoop: Any) -> None:
    waiting = enqueue(SyncRequest())
    with lease_of_another():
        assert stop(waiting.pk) is Stop.STOPPED
    assert SyncRun.objects.get().status == "stopped"


def test_who_takes_it_up_at_the_same_moment_ends_before_the_first_request(
    whoop: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = enqueue()
    resume = RunRecorder.resume

    def resume_then_stop(recorder: RunRecorder, run: SyncRun) -> bool:
        goes_on = resume(recorder, run)
        assert stop(run.pk) is Stop.STOPPED
        return goes_on

    monkeypatch.setattr(RunRecorder, "resume", resume_then_stop)
    assert tasks.execute_run(taken.pk) == "stopped"
    taken.refresh_from_db()
    assert (taken.status, taken.error, taken.requests) == ("stopped", STOPPED, 0)
    assert sandbox.requests == []


# --- At work --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("looks_always")
def test_what_was_read_stays_and_the_next_run_goes_on_from_there(whoop: Any, sandbox: Any) -> None:
    listener = Stopper(batches=9)
    stopped = begin(enqueue(), listener)
    assert listener.outcomes == [Stop.ENDING]
    assert (stopped.status, stopped.error, stopped.finished_at) == ("stopped", STOPPED, NOW)
    kept = {kind: stored(kind) for kind in ("cycle", "sleep", "recovery", "workout")}
    assert stopped.total("created") == sum(map(len, kept.values())) + WhoopProfile.objects.count()
    assert min(map(len, kept.values())) > 0
    read = {state.stream: state.full_from for state in SyncState.objects.all() if state.full_from}
    assert read
    sandbox.requests.clear()

    following = tasks.next_request(sources["Whoop"])
    assert following.full
    assert begin(enqueue(following), Listener()).status == "success"
    assert_equals_upstream(whoop)
    asked = [r.query for r in sandbox.requests if r.path.endswith(SLEEPS)]
    boundary = read["sleep"].strftime("%Y-%m-%dT%H:%M")
    # The lookback of every run, and what is older than what the stopped one has read.
    assert [query["start"][:10] for query in asked if query["end"] > f"{boundary}:01"] == [
        "2026-09-02"
    ]
    assert boundary in {query["end"][:16] for query in asked}


@pytest.mark.usefixtures("looks_always")
def test_a_run_that_waits_for_the_service_can_be_stopped(whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(match=SLEEPS, kind="status", status=429, headers={"Retry-After": "100"})
    listener = Stopper(waits=True)
    stopped = begin(enqueue(SyncRequest()), listener)
    assert listener.outcomes == [Stop.ENDING]
    assert (stopped.status, stopped.error) == ("stopped", STOPPED)


@pytest.mark.usefixtures("looks_always")
def test_what_went_wrong_before_is_still_said(whoop: Any, sandbox: Any) -> None:
    sandbox.faults.add(match="/v2/cycle", kind="status", status=400)
    stopped = begin(enqueue(SyncRequest()), Stopper(batches=1))
    assert stopped.status == "stopped"
    assert stopped.error.startswith(STOPPED)


@pytest.mark.usefixtures("looks_always")
def test_a_command_is_stopped_in_the_same_way(whoop: Any) -> None:
    ended = sync(sources["Whoop"], FULL, Stopper(batches=2))
    assert (ended.status, ended.in_queue, ended.error) == ("stopped", False, STOPPED)


@pytest.mark.usefixtures("looks_always")
def test_repositories_that_are_done_stay_and_the_others_follow(
    github: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(github)
    # One after the other, and each is counted.
    monkeypatch.setattr(analyzer, "PARALLEL", 1)
    monkeypatch.setattr(analysis, "POLL_INTERVAL", 0)
    stopped = begin(enqueue(SyncRequest(), "GitHub"), Stopper(pieces=1))
    assert stopped.status == "stopped"
    done = set(Repository.objects.exclude(mined_at=None).values_list("pk", "mined_at"))
    assert 0 < len(done) < Repository.objects.count()
    assert run("GitHub").status == "success"
    assert not Repository.objects.filter(mined_at=None).exists()
    assert done <= set(Repository.objects.values_list("pk", "mined_at"))


def test_in_another_process(transactional_db: None, settings: Any, running_clock: Any) -> None:
    with Sandbox(seed=2, days=1100, shift=running_clock.shift) as sandbox:
        use(settings, sandbox)
        store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
        sandbox.faults.add(match=SLEEPS, nth=3, times=None, kind="delay", seconds=0.5)
        variables = {"WHOOP_API_URL": sandbox.whoop.url, "WHOOP_REQUESTS_PER_MINUTE": "0"}
        child = processes.start("sync_whoop", "--full", env=processes.environment(**variables))
        processes.wait_until(lambda: len([r for r in sandbox.requests if SLEEPS in r.path]) > 4)
        begun = SyncRun.objects.get()
        assert stop(begun.pk) is Stop.ENDING
        # The other process may have noticed the first meanwhile.
        assert stop(begun.pk) in {Stop.ALREADY_ENDING, Stop.ENDED}
        code, _, said = processes.finish(child)
        assert code == 1
        assert f"WHOOP was not synced to the end:\n{STOPPED}" in said
        begun.refresh_from_db()
        assert (begun.status, begun.error) == ("stopped", STOPPED)
        assert stop(begun.pk) is Stop.ENDED
        sandbox.faults.clear()
        assert run(full=True).status == "success"
        assert_equals_upstream(sandbox.whoop)


# --- Too late, twice, and after a kill ------------------------------------------------------------


def test_a_run_that_has_just_ended_stays_as_it_ended(whoop: Any) -> None:
    done = begin(enqueue(SyncRequest()), Listener())
    assert stop(done.pk) is Stop.ENDED
    done.refresh_from_db()
    assert (done.status, done.stop_asked_at) == ("success", None)


def test_two_who_press_at_once_stop_it_once(whoop: Any, at: Moving) -> None:
    SyncRun.objects.filter(pk=(at_work := enqueue()).pk).update(status="running")
    with lease_of_another():
        assert stop(at_work.pk) is Stop.ENDING
        at(NOW + timedelta(seconds=5))
        assert stop(at_work.pk) is Stop.ALREADY_ENDING
    at_work.refresh_from_db()
    assert at_work.stop_asked_at == NOW


def test_a_run_whose_worker_died_ends_as_soon_as_its_lease_is_over(whoop: Any, at: Moving) -> None:
    SyncRun.objects.filter(pk=(dead := enqueue()).pk).update(status="running")
    lease_of_another()
    assert stop(dead.pk) is Stop.ENDING
    at(NOW + LEASE + timedelta(seconds=1))
    assert stop(dead.pk) is Stop.STOPPED
    assert SyncRun.objects.get().status == "stopped"
    assert Lease.objects.acquire(SYNC_LEASE + "Whoop", LEASE), "it is free for the next run"


def test_a_worker_that_takes_up_a_dead_one_ends_it_unread(
    whoop: Any, sandbox: Any, at: Moving
) -> None:
    SyncRun.objects.filter(pk=(dead := enqueue()).pk).update(status="running")
    lease_of_another()
    assert stop(dead.pk) is Stop.ENDING
    at(NOW + LEASE + timedelta(seconds=1))
    tasks.resume_stalled_runs()
    assert tasks.execute_run(dead.pk) == "stopped"
    assert sandbox.requests == []
    assert SyncRun.objects.get().error == STOPPED


def test_what_is_asked_for_while_one_ends_is_read_after_it(whoop: Any) -> None:
    SyncRun.objects.filter(pk=(ending := enqueue()).pk).update(status="running")
    with lease_of_another():
        stop(ending.pk)
        following = enqueue()
        assert following.pk != ending.pk
        assert enqueue() == following
    assert tasks.execute_run(ending.pk) == "stopped"
    assert tasks.execute_run(following.pk) == "success"
    assert_equals_upstream(whoop)


# --- The API and the admin ------------------------------------------------------------------------


@pytest.fixture
def staff(client: Client, whoop: Any) -> Client:
    client.force_login(User.objects.create_superuser("robin"))
    return client


def test_by_the_api(staff: Client, whoop: Any) -> None:
    waiting = enqueue()
    answer = staff.post(f"/api/sync/runs/{waiting.pk}/stop")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["error"]) == ("stopped", STOPPED)
    assert staff.post(f"/api/sync/runs/{waiting.pk}/stop").json() == answer.json()
    assert staff.post(f"/api/sync/runs/{waiting.pk + 1}/stop").status_code == 404
    SyncRun.objects.filter(pk=(at_work := enqueue()).pk).update(status="running")
    with lease_of_another():
        answer = staff.post(f"/api/sync/runs/{at_work.pk}/stop")
    assert answer.status_code == 202
    assert answer.json()["stop_asked_at"] == timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert staff.get("/api/sync/runs?status=stopped").json()["count"] == 1


def test_only_staff_stops(client: Client, whoop: Any) -> None:
    waiting = enqueue()
    assert client.post(f"/api/sync/runs/{waiting.pk}/stop").status_code in {401, 403}
    client.force_login(User.objects.create_user("guest"))
    for path in (f"/api/sync/runs/{waiting.pk}/stop", f"/connections/runs/{waiting.pk}/stop"):
        assert client.post(path).status_code == 403
    assert SyncRun.objects.get().status == "queued"


def test_in_the_admin(staff: Client, whoop: Any) -> None:
    done = begin(enqueue(SyncRequest()), Listener())
    waiting = enqueue()
    chosen = {"action": "stop", "_selected_action": [done.pk, waiting.pk]}
    page = staff.post("/admin/lifetracker/syncrun/", chosen, follow=True).content.decode()
    assert "1 run: the sync has been stopped. What was read stays." in page
    assert "1 run: the sync had already ended." in page
    assert set(SyncRun.objects.values_list("status", flat=True)) == {"success", "stopped"}
