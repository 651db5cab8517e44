"""The queue: what is asked for, what workers do with it, and what is left when they die."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage

from lifetracker import tasks
from lifetracker.errors import NotConfigured
from lifetracker.models import HeldLease, Lease, PlannedSync, SyncRun, SyncState
from lifetracker.sync.checks import check_queue
from lifetracker.sync.http import HttpClient
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.runs import LEASE, MOST_ATTEMPTS, RunRecorder
from lifetracker.sync.streams import Window, sources
from oauth_integration.models import OAuthCredential
from tests import processes
from tests.conftest import NOW, assert_equals_upstream
from whoop.models import WhoopSleep
from whoop.services.whoop_client import WhoopAPIClient

MINUTE = timedelta(minutes=1)
Moving = Callable[[datetime], None]


def enqueue(order: SyncRequest | None = None) -> SyncRun:
    return tasks.enqueue(sources["Whoop"], order or SyncRequest())


def messages() -> list[tuple[str, tuple[Any, ...]]]:
    """What waits in the queue: the tasks' names and arguments."""
    found = [SignedPackage.loads(message.payload) for message in OrmQ.objects.order_by("id")]
    return [(task["func"].rpartition(".")[2], task["args"]) for task in found]


def lease_of_another() -> HeldLease:
    lease = Lease.objects.acquire("sync:Whoop", LEASE)
    assert lease is not None
    return lease


# --- Asking ---------------------------------------------------------------------------------------


def test_a_run_waits_in_the_ledger_and_a_message_in_the_queue(whoop: Any) -> None:
    run = enqueue()
    assert (run.status, run.kind, run.in_queue) == ("queued", "incremental", True)
    assert messages() == [("execute_run", (run.pk,))]


def test_the_same_is_asked_for_once_while_it_waits_or_is_at_work(whoop: Any) -> None:
    run = enqueue()
    assert enqueue() == run
    SyncRun.objects.update(status="running")
    assert enqueue() == run
    assert enqueue(SyncRequest(SyncRun.Kind.TODAY, 2)) != run
    assert len(messages()) == 2
    SyncRun.objects.filter(pk=run.pk).update(status="success")
    assert enqueue() != run


def test_the_database_keeps_two_equal_runs_out(whoop: Any) -> None:
    run = enqueue()
    values = {"source": "Whoop", "kind": run.kind, "status": "running"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncRun.objects.create(in_queue=True, **values)
    # Runs of a command are none of the queue's business.
    assert SyncRun.objects.create(**values).pk


def stretch(first: float, last: float) -> SyncRequest:
    """A stretch from so many days before NOW."""
    return SyncRequest.from_stretch(Window(NOW - timedelta(days=first), NOW - timedelta(days=last)))


def test_each_stretch_is_asked_for_once(whoop: Any) -> None:
    run = enqueue(stretch(20, 13))
    assert enqueue(stretch(20, 13)) == run
    assert enqueue(stretch(27, 20)) != run
    assert enqueue() != run
    values = {"asked_from": run.asked_from, "asked_to": run.asked_to, "kind": "backfill"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SyncRun.objects.create(source="Whoop", status="running", in_queue=True, **values)


def test_a_stretch_is_read_again_and_says_nothing_of_now(whoop: Any) -> None:
    full = enqueue(SyncRequest.from_options(full=True))
    tasks.execute_run(full.pk)
    lost = WhoopSleep.objects.live().filter(start_time__lt=NOW - timedelta(days=13)).first()
    assert lost
    lost.delete()
    before = SyncRun.objects.last_success("Whoop")
    known = list(SyncState.objects.values("stream", "verified_from", "verified_to"))
    run = enqueue(stretch((NOW - lost.start_time).days + 1, (NOW - lost.start_time).days))
    assert tasks.execute_run(run.pk) == "success"
    run.refresh_from_db()
    assert (run.window_start, run.window_end) == (run.asked_from, run.asked_to)
    assert run.counts["sleep"]["created"] == 1
    assert_equals_upstream(whoop)
    assert SyncRun.objects.last_success("Whoop") == before
    assert list(SyncState.objects.values("stream", "verified_from", "verified_to")) == known


def test_what_is_not_configured_cannot_be_asked_for(db: None, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = ""
    with pytest.raises(NotConfigured, match=r"docs/whoop\.md"):
        enqueue()
    assert not SyncRun.objects.exists()


# --- Carrying out ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "days"),
    [
        (SyncRequest(), 30),
        (SyncRequest(SyncRun.Kind.TODAY, 2), 2),
        (SyncRequest(SyncRun.Kind.FULL, 100), 100),
    ],
)
def test_a_worker_carries_it_out(whoop: Any, order: SyncRequest, days: int) -> None:
    run = enqueue(order)
    assert tasks.execute_run(run.pk) == "success"
    run.refresh_from_db()
    assert (run.kind, run.status, run.days) == (order.kind, "success", order.days or 0)
    assert (NOW - run.window_start).days == days
    assert SyncRun.objects.count() == 1


def test_the_whole_history_needs_no_number_of_days(whoop: Any) -> None:
    run = enqueue(SyncRequest.from_options(full=True))
    tasks.execute_run(run.pk)
    assert_equals_upstream(whoop)


def test_a_message_that_comes_twice_does_nothing(whoop: Any, sandbox: Any) -> None:
    run = enqueue()
    tasks.execute_run(run.pk)
    before = len(sandbox.requests)
    assert tasks.execute_run(run.pk) == "nothing to do"
    assert tasks.execute_run(run.pk + 1) == "nothing to do"
    assert len(sandbox.requests) == before


def test_a_second_worker_leaves_the_run_to_the_first(whoop: Any, sandbox: Any) -> None:
    run = enqueue()
    SyncRun.objects.update(status="running")
    with lease_of_another():
        assert "is running" in tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert run.status == "running"
    assert not sandbox.requests


def test_while_a_command_reads_the_source_the_run_waits(whoop: Any, at: Moving) -> None:
    run = enqueue()
    with lease_of_another():
        tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.resume_at) == ("queued", NOW + LEASE)
    assert tasks.execute_run(run.pk) == "nothing to do"
    at(NOW + LEASE)
    assert tasks.execute_run(run.pk) == "success"


def test_without_its_settings_a_run_fails_with_the_reason(whoop: Any) -> None:
    run = enqueue()
    OAuthCredential.objects.all().delete()
    tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert run.status == "failed"
    assert "WHOOP" in run.error
    assert run.finished_at == NOW


def test_a_source_that_was_removed_closes_its_runs(whoop: Any) -> None:
    run = SyncRun.objects.create(source="Gone", kind="manual", status="queued", in_queue=True)
    tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "The source Gone no longer exists.")


# --- Going on -------------------------------------------------------------------------------------


def test_a_limit_makes_it_go_on_later(whoop: Any, sandbox: Any, at: Moving) -> None:
    sandbox.faults.add(
        "/activity/sleep", kind="status", status=429, times=None, headers={"Retry-After": "3600"}
    )
    run = enqueue()
    assert tasks.execute_run(run.pk) == "queued"
    run.refresh_from_db()
    assert run.resume_at is not None
    assert NOW + timedelta(minutes=59) < run.resume_at < NOW + timedelta(minutes=61)
    assert "opens again in 1:00:00" in run.error
    assert run.finished_at is None
    before = run.total("created")
    assert before, "what came before is kept"
    sandbox.faults.clear()
    at(run.resume_at)
    assert tasks.execute_run(run.pk) == "success"
    run.refresh_from_db()
    assert run.error == ""
    assert run.resume_at is None
    assert run.total("created") > before, "counts go on, too"


def test_a_run_whose_worker_died_goes_on_as_the_same(whoop: Any, at: Moving) -> None:
    run = enqueue()
    SyncRun.objects.update(status="running", attempts=1, started_at=NOW - MINUTE)
    assert tasks.execute_run(run.pk) == "success"
    run.refresh_from_db()
    assert run.started_at == NOW - MINUTE


def test_a_stopped_worker_gives_the_run_back(whoop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its time is up django-q2 raises this in the middle of it."""

    def stop(*_: Any, **__: Any) -> None:
        raise TimeoutException

    run = enqueue()
    monkeypatch.setattr(HttpClient, "request", stop)
    with pytest.raises(TimeoutException):
        tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.resume_at) == ("queued", NOW)


def test_it_is_given_up_after_some_attempts_without_progress(whoop: Any) -> None:
    run = enqueue()
    SyncRun.objects.update(status="running", attempts=MOST_ATTEMPTS, error="The last reason.")
    tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert run.status == "failed"
    assert run.error == (
        f"Given up: it was resumed {MOST_ATTEMPTS} times without any progress. The last reason."
    )


def test_progress_earns_new_attempts(whoop: Any) -> None:
    run = enqueue()
    SyncRun.objects.update(status="running", attempts=MOST_ATTEMPTS - 1)
    tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.attempts) == ("success", 1)


def test_who_lost_the_lease_writes_no_end(whoop: Any, sandbox: Any) -> None:
    """A process that was frozen wakes up beside the one that took its run over."""
    run = enqueue()

    def take_over(seconds: float) -> None:
        Lease.objects.update(holder="another")
        SyncRun.objects.update(error="written by the other one")

    original = WhoopAPIClient.get
    calls = []

    def get(self: Any, *arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            take_over(0)
        return original(self, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhoopAPIClient, "get", get)
        tasks.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == ("running", "written by the other one")


@pytest.mark.parametrize(
    ("where", "name"),
    [(RunRecorder, "resume"), (WhoopAPIClient, "get")],
    ids=["taken up", "at work"],
)
def test_a_run_that_is_deleted_meanwhile_is_no_error(
    whoop: Any, monkeypatch: pytest.MonkeyPatch, where: type, name: str
) -> None:
    run = enqueue()
    original = getattr(where, name)

    def delete_and_go_on(*arguments: Any) -> Any:
        SyncRun.objects.all().delete()
        return original(*arguments)

    monkeypatch.setattr(where, name, delete_and_go_on)
    tasks.execute_run(run.pk)
    # What was read is told all the same.
    assert [run.status for run in SyncRun.objects.all()] == ["success"] * (name == "get")


def test_what_waited_for_the_source_goes_on_as_soon_as_it_is_free(whoop: Any) -> None:
    first, second, third = (enqueue(SyncRequest(SyncRun.Kind.MANUAL, days)) for days in (1, 2, 3))
    with lease_of_another():
        for run in (second, third):
            tasks.execute_run(run.pk)
    OrmQ.objects.all().delete()
    tasks.execute_run(first.pk)
    assert messages() == [("execute_run", (second.pk,))]
    assert tasks.execute_run(second.pk) == "success"
    assert tasks.execute_run(third.pk) == "success"


def test_a_worker_shows_that_it_is_alive_and_a_signal_to_all_its_processes_ends_it(
    transactional_db: None, tmp_path: Path
) -> None:
    """As platforms send it."""
    heartbeat = tmp_path / "alive"
    env = processes.environment(WORKER_HEARTBEAT_FILE=str(heartbeat))
    worker = processes.start("qcluster", env=env, new_session=True)
    try:
        processes.wait_until(heartbeat.exists)
        os.utime(heartbeat, (0, 0))
        processes.wait_until(lambda: heartbeat.stat().st_mtime > 0)
        assert worker.poll() is None
        os.killpg(worker.pid, signal.SIGTERM)
        processes.finish(worker, timeout=15)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)


# --- Taking up what was left ----------------------------------------------------------------------


def test_a_lost_message_is_sent_again(whoop: Any, at: Moving) -> None:
    run = enqueue()
    OrmQ.objects.all().delete()
    tasks.resume_stalled_runs()
    assert messages() == [], "it may only be waiting for its turn"
    at(NOW + 3 * MINUTE)
    tasks.resume_stalled_runs()
    assert messages() == [("execute_run", (run.pk,))]
    tasks.resume_stalled_runs()
    assert len(messages()) == 1


def test_a_dead_workers_run_is_taken_up_when_its_lease_is_over(whoop: Any, at: Moving) -> None:
    run = enqueue()
    OrmQ.objects.all().delete()
    SyncRun.objects.update(status="running")
    lease_of_another()
    at(NOW + LEASE / 2)
    tasks.on_worker_start()
    assert messages() == []
    at(NOW + LEASE)
    tasks.on_worker_start()
    assert messages() == [("execute_run", (run.pk,))]


def test_what_waits_for_a_limit_is_woken_when_it_opens(whoop: Any, at: Moving) -> None:
    run = enqueue()
    OrmQ.objects.all().delete()
    SyncRun.objects.update(resume_at=NOW + 90 * MINUTE)
    for moment in (NOW + 3 * MINUTE, NOW + 89 * MINUTE):
        at(moment)
        tasks.resume_stalled_runs()
    assert messages() == []
    at(NOW + 90 * MINUTE)
    tasks.resume_stalled_runs()
    tasks.resume_stalled_runs()
    assert messages() == [("execute_run", (run.pk,))]


def test_runs_of_commands_are_not_taken_up(whoop: Any, at: Moving) -> None:
    SyncRun.objects.create(source="Whoop", kind="manual", status="running")
    at(NOW + 60 * MINUTE)
    tasks.resume_stalled_runs()
    assert messages() == []


def test_a_command_closes_its_dead_kind_and_leaves_the_queues_alone(whoop: Any) -> None:
    run = enqueue()
    SyncRun.objects.update(status="running")
    dead = SyncRun.objects.create(source="Whoop", kind="manual", status="running")
    assert SyncRun.objects.close_abandoned("Whoop") == 1
    run.refresh_from_db()
    dead.refresh_from_db()
    assert (run.status, dead.status) == ("running", "failed")


# --- By itself ------------------------------------------------------------------------------------


def planned() -> dict[str, int]:
    schedules = Schedule.objects.filter(name__startswith="Sync")
    return dict(schedules.values_list("name", "minutes"))


@pytest.fixture
def schedules(db: None, settings: Any) -> None:
    PlannedSync.objects.all().delete()
    Schedule.objects.all().delete()
    settings.SYNC_HOURS = dict.fromkeys(sources, 24)
    tasks.plan_schedules()


def test_every_source_is_planned_once(schedules: None) -> None:
    tasks.plan_schedules()
    call_command("migrate", verbosity=0)
    assert planned() == {f"Sync {name}": 1440 for name in ("Whoop", "Withings", "Toggl", "GitHub")}
    assert (
        Schedule.objects.filter(func="lifetracker.tasks.resume_stalled_runs", minutes=1).count()
        == 1
    )
    whoop = Schedule.objects.get(name="Sync Whoop")
    assert (whoop.func, whoop.args) == ("lifetracker.tasks.start_sync", "('Whoop',)")


def test_what_a_person_changed_survives(schedules: None, settings: Any) -> None:
    Schedule.objects.filter(name="Sync Whoop").update(minutes=90)
    Schedule.objects.filter(name="Sync Toggl").delete()
    tasks.plan_schedules()
    assert planned() == {"Sync Whoop": 90, "Sync Withings": 1440, "Sync GitHub": 1440}
    settings.SYNC_HOURS["Withings"] = 6
    settings.SYNC_HOURS["Whoop"] = 6
    tasks.plan_schedules()
    assert planned() == {"Sync Whoop": 90, "Sync Withings": 360, "Sync GitHub": 1440}


def test_a_setting_of_zero_ends_the_schedule_and_another_brings_it_back(
    schedules: None, settings: Any
) -> None:
    settings.SYNC_HOURS["Toggl"] = 0
    tasks.plan_schedules()
    assert "Sync Toggl" not in planned()
    settings.SYNC_HOURS["Toggl"] = 12
    tasks.plan_schedules()
    assert planned()["Sync Toggl"] == 720


def test_the_schedule_asks_for_what_is_configured(whoop: Any, settings: Any) -> None:
    settings.TOGGL_API_TOKEN = ""
    tasks.start_sync("Toggl")
    tasks.start_sync("NoSuch")
    assert not SyncRun.objects.exists()
    tasks.start_sync("Whoop")
    assert SyncRun.objects.get().source == "Whoop"


def test_a_worker_begins_with_what_is_due(whoop: Any, schedules: None, at: Moving) -> None:
    def queued() -> int:
        return SyncRun.objects.filter(status="queued").count()

    tasks.on_worker_start()
    assert queued() == 1, "what was never read"
    tasks.on_worker_start()
    assert queued() == 1
    tasks.execute_run(SyncRun.objects.get().pk)
    at(NOW + timedelta(hours=23))
    tasks.on_worker_start()
    assert queued() == 0
    at(NOW + timedelta(hours=25))
    Schedule.objects.filter(name="Sync Whoop").update(minutes=26 * 60)
    tasks.on_worker_start()
    assert queued() == 0, "the person wants it less often"
    Schedule.objects.filter(name="Sync Whoop").update(schedule_type=Schedule.DAILY)
    tasks.on_worker_start()
    assert queued() == 1
    SyncRun.objects.filter(status="queued").delete()
    Schedule.objects.filter(name="Sync Whoop").update(repeats=0)
    tasks.on_worker_start()
    assert queued() == 0, "the person has paused it"


def test_a_task_is_not_handed_out_again_before_its_time_is_up(settings: Any) -> None:
    assert check_queue() == []
    settings.Q_CLUSTER = django_settings.Q_CLUSTER | {"retry": 60}
    assert [message.id for message in check_queue()] == ["lifetracker.E012"]


# --- The endpoints --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "made"),
    [
        ("refresh/today", {}, ("today", 2)),
        ("refresh", {}, ("manual", 7)),
        ("refresh/", {"days": 30}, ("manual", 30)),
        ("sync/incremental", {}, ("incremental", 0)),
        ("sync/full", {}, ("full", 365)),
        ("sync/full/", {"days": 90}, ("full", 90)),
    ],
)
def test_an_endpoint_starts_a_run(
    person: Client, whoop: Any, path: str, body: dict[str, Any], made: tuple[str, int]
) -> None:
    answer = person.post(f"/api/whoop/{path}", body, content_type="application/json")
    assert answer.status_code == 202
    run = SyncRun.objects.get()
    assert (run.kind, run.days, run.status) == (*made, "queued")
    assert answer.json()["job_id"] == run.pk
    again = person.post(f"/api/whoop/{path}", body, content_type="application/json")
    assert (again.status_code, again.json()["job_id"]) == (202, run.pk)


@pytest.mark.parametrize(
    ("path", "body", "made"),
    [
        ("sync/full?days=90", None, ("full", 90)),
        ("sync/full/?days=90", {}, ("full", 90)),
        ("sync/full?days=90", {"days": 90}, ("full", 90)),
        ("sync/full?days=90", {"days": 30}, ("full", 30)),
        ("refresh?days=3", None, ("manual", 3)),
        ("refresh?days=3&days=3", {}, ("manual", 3)),
    ],
)
def test_the_address_may_hold_the_parameters(
    person: Client, whoop: Any, path: str, body: Any, made: tuple[str, int]
) -> None:
    """A body that says something else wins; none at all, as curl sends it, needs no content type."""
    text = b"" if body is None else json.dumps(body)
    kind = "" if body is None else "application/json"
    answer = person.generic("POST", f"/api/whoop/{path}", text, content_type=kind)
    assert answer.status_code == 202
    run = SyncRun.objects.get()
    assert (run.kind, run.days) == made


@pytest.mark.parametrize("days", [0, 366, "many", None])
def test_days_that_cannot_be_are_named(person: Client, whoop: Any, days: Any) -> None:
    answer = person.post("/api/whoop/refresh", {"days": days}, content_type="application/json")
    assert answer.status_code == 400
    assert "days" in answer.json()
    listed = person.post("/api/whoop/refresh", [days], content_type="application/json")
    assert listed.status_code == 400
    assert not SyncRun.objects.exists()


def test_today_is_refreshed_by_reading_it_once_a_minute(
    person: Client, whoop: Any, at: Moving
) -> None:
    first = person.get("/api/whoop/refresh/today")
    assert first.status_code == 202
    tasks.execute_run(first.json()["job_id"])
    second = person.get("/api/whoop/refresh/today")
    assert (second.status_code, second.json()["status"]) == (200, "success")
    at(NOW + 2 * MINUTE)
    third = person.get("/api/whoop/refresh/today")
    assert third.status_code == 202
    assert third.json()["job_id"] != first.json()["job_id"]


def test_of_two_who_ask_at_once_one_starts_it(whoop: Any, transactional_db: None) -> None:
    """The second finds what the first has started, even where it has ended meanwhile."""
    robin = Client()
    robin.force_login(User.objects.create_user("robin", is_staff=True))
    answers: list[Any] = []

    def ask() -> None:
        answers.append(robin.get("/api/whoop/refresh/today"))
        connection.close()

    second = threading.Thread(target=ask)
    with Lease.objects.wait("refresh today", MINUTE):
        second.start()
        second.join(0.5)
        assert second.is_alive(), "it waits for the first"
        done = SyncRun.objects.create(
            source="Whoop", kind="today", days=2, status="success", started_at=NOW
        )
    second.join(10)
    assert (answers[0].status_code, answers[0].json()["job_id"]) == (200, done.pk)
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("refresh?days=none", {"days": 4}, "days"),
        ("refresh?days=3&days=4", {}, "days"),
        ("sync/full/?days=many", {}, "days"),
        ("sync/full/?days=", {}, "days"),
        ("sync/full/?days=NaN", {}, "days"),
        ("sync/full/?days=true", {}, "days"),
        ("sync/full/?days=366", {}, "days"),
        ("sync/full/?day=3", {}, "day"),
        ("sync/incremental?days=3", {}, "days"),
        ("refresh/today?days=3", {}, "days"),
        ("refresh", {"day": 3}, "day"),
        ("refresh/today", {"days": 3}, "days"),
        ("sync/incremental", {"days": 3}, "days"),
        ("sync/full", {"days": 3.5}, "days"),
    ],
)
def test_what_would_be_ignored_is_refused_by_name(
    person: Client, whoop: Any, path: str, body: dict[str, Any], named: str
) -> None:
    answer = person.post(f"/api/whoop/{path}", body, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (400, [named])
    assert not SyncRun.objects.exists()


def test_a_get_takes_nothing_either(person: Client, whoop: Any) -> None:
    answer = person.get("/api/whoop/refresh/today?days=3")
    assert (answer.status_code, list(answer.json())) == (400, ["days"])
    assert person.head("/api/whoop/refresh/today").status_code == 202
    assert person.options("/api/whoop/refresh/today").status_code == 200


def test_a_run_tells_its_days(person: Client, whoop: Any) -> None:
    answer = person.post("/api/whoop/refresh", {"days": 30}, content_type="application/json")
    assert (answer.json()["source"], answer.json()["days"]) == ("Whoop", 30)


def test_without_settings_the_answer_says_what_to_do(person: Client, settings: Any) -> None:
    settings.WHOOP_CLIENT_ID = ""
    answer = person.post("/api/whoop/refresh", content_type="application/json")
    assert answer.status_code == 409
    assert "docs/" in answer.json()["detail"]


def test_a_stranger_starts_nothing(client: Client, whoop: Any) -> None:
    for path in ("refresh/today", "refresh", "sync/incremental", "sync/full"):
        assert client.post(f"/api/whoop/{path}").status_code == 401
    assert not SyncRun.objects.exists()


def test_health_counts_what_waits(client: Client, whoop: Any) -> None:
    enqueue()
    OrmQ.objects.update(lock=datetime(2020, 1, 1, tzinfo=UTC))
    assert client.get("/api/health").json()["queue"] == {"waiting": get_broker().queue_size()}
    assert timezone.now() == NOW
