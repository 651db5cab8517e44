"""Tasks that are none of the program's own, whichever way they come: none is carried out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_q.models import Failure, OrmQ, Schedule, Success, Task
from django_q.signing import SignedPackage
from django_q.tasks import async_task
from django_q.worker import worker as work

from lifetracker import tasks
from lifetracker.ops.queue_messages import own_task
from tests import processes

SCHEDULE = "/admin/django_q/schedule/"


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "it-ran"


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of the queue begin with new ones; here it is the test's own."""
    for module in ("scheduler", "worker"):
        monkeypatch.setattr(f"django_q.{module}.close_old_django_connections", lambda: None)


def touch(mark: Path) -> str:
    return f"touch {mark}"


def schedule(mark: Path, **fields: Any) -> Schedule:
    given = {"name": "theirs", "func": "os.system", "args": repr((touch(mark),))}
    return Schedule.objects.create(**given | {"next_run": timezone.now()} | fields)


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A staff account that may do everything with the queue, and nothing else."""
    user = User.objects.create_user("planner", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="django_q"))
    client.force_login(user)
    return client


# --- The admin ------------------------------------------------------------------------------------


def test_no_task_can_be_added(planner: Client) -> None:
    before = Schedule.objects.count()
    assert planner.get(f"{SCHEDULE}add/").status_code == 403
    answer = planner.post(f"{SCHEDULE}add/", {"func": "os.system", "args": "'true'"})
    assert answer.status_code == 403
    assert Schedule.objects.count() == before


def test_what_a_task_runs_cannot_be_changed(planner: Client, mark: Path) -> None:
    row = Schedule.objects.get(name="Sync Whoop")
    form = {
        "name": "theirs",
        "func": "os.system",
        "args": touch(mark),
        "kwargs": "{}",
        "hook": "os.system",
        "cluster": "theirs",
        "intended_date_kwarg": "sync",
        "cron": "* * * * *",
        "schedule_type": "I",
        "minutes": "90",
        "repeats": "-1",
        "next_run_0": "2026-12-01",
        "next_run_1": "10:00",
    }
    for more in ({}, {"_saveasnew": "1"}, {"_continue": "1"}):
        planner.post(f"{SCHEDULE}{row.pk}/change/", form | more)
    changed = Schedule.objects.get(pk=row.pk)
    kept = ("name", "func", "args", "kwargs", "hook", "cluster", "intended_date_kwarg", "cron")
    assert [getattr(changed, name) for name in kept] == [getattr(row, name) for name in kept]
    assert changed.minutes == 90
    assert not Schedule.objects.filter(func="os.system").exists()


def test_a_kind_that_stops_every_schedule_cannot_be_chosen(planner: Client) -> None:
    row = Schedule.objects.get(name="Sync Whoop")
    form = {"schedule_type": "C", "repeats": "-1", "next_run_0": "2026-12-01"}
    answer = planner.post(f"{SCHEDULE}{row.pk}/change/", form | {"next_run_1": "10:00"})
    assert answer.status_code == 200
    assert "C" not in Schedule.objects.values_list("schedule_type", flat=True)


@pytest.mark.parametrize(("model", "success"), [(Success, True), (Failure, False)])
def test_notes_of_the_queue_are_for_reading(
    planner: Client, mark: Path, model: type[Task], success: bool
) -> None:
    now = timezone.now()
    row = Task.objects.create(
        id="one",
        name="one",
        started=now,
        stopped=now,
        success=success,
        func="os.system",
        hook="os.system",
        args=(touch(mark),),
        kwargs={"sync": True},
        result="x",
    )
    address = f"/admin/django_q/{model._meta.model_name}/"
    assert planner.get(address).status_code == 200
    assert planner.get(f"{address}one/change/").status_code == 200
    again = {"action": "resubmit_task", "_selected_action": row.pk}
    planner.post(address, again)
    assert planner.post(f"{address}one/change/", {}).status_code == 403
    row.save()
    assert not OrmQ.objects.exists()
    assert not mark.exists()
    assert Task.objects.filter(pk="one").exists()


def test_a_waiting_message_is_for_reading(planner: Client) -> None:
    async_task("lifetracker.tasks.resume_stalled_runs")
    row = OrmQ.objects.get()
    address = f"/admin/django_q/ormq/{row.pk}/change/"
    assert planner.get(address).status_code == 200
    assert planner.post(address, {"key": "theirs", "lock_0": "2020-01-01"}).status_code == 403


# --- The worker -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("os.system", "subprocess.run", "builtins.eval", "lifetracker.tasks.os", "", "."),
        *(
            "lifetracker.tasks.async_task",
            "lifetracker.tasks.Schedule.objects",
            "resume_stalled_runs",
        ),
        *("lifetracker.tasks.logger.warning", "lifetracker.tasks.__loader__", "lifetracker.tasks."),
    ],
)
def test_a_name_that_is_none_of_our_tasks(name: str) -> None:
    assert own_task(name) is None


def test_the_programs_own_tasks_are_found() -> None:
    for name in tasks.OWN_TASKS:
        assert own_task(f"lifetracker.tasks.{name}") is getattr(tasks, name)


def test_a_worker_carries_out_no_task_of_others(transactional_db: None, mark: Path) -> None:
    """By a message that is signed, by a hook, and by the schedule."""
    async_task("os.system", touch(mark))
    async_task("lifetracker.tasks.resume_stalled_runs", q_options={"hook": "os.system"})
    async_task("os.system", touch(mark), q_options={"sync": False, "chain": [("os.system",)]})
    worker = processes.start("qcluster", env=processes.environment(QUEUE_WORKERS="1"))
    try:
        processes.wait_until(lambda: Failure.objects.count() == 2)
        processes.wait_until(lambda: not OrmQ.objects.exists())
    finally:
        worker.terminate()
        processes.finish(worker)
    assert not mark.exists()
    assert "not defined" in Failure.objects.first().result


def test_a_task_that_is_run_at_once_is_no_other(db: None, mark: Path) -> None:
    package = SignedPackage.dumps({"sync": True})
    assert "sync" not in package
    with pytest.raises(ValueError, match="is not defined"):
        run_here("os.system", touch(mark))
    assert not mark.exists()


def run_here(name: str, *arguments: Any) -> None:
    waiting: Any = Queue()
    task = {"id": "1", "name": "1", "func": name, "args": arguments, "kwargs": {}, "sync": True}
    waiting.put(task)
    waiting.put("STOP")
    work(waiting, Queue(), Timer(), 10)


class Timer:
    value = 0.0


# --- The schedule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"func": "lifetracker.tasks.resume_stalled_runs", "args": None, "hook": "os.system"},
        {"func": "lifetracker.tasks.resume_stalled_runs", "args": "1 2 3"},
        {"func": "lifetracker.tasks.resume_stalled_runs", "args": None, "kwargs": "x={1}"},
        {"func": "lifetracker.tasks.resume_stalled_runs", "args": None, "cluster": "theirs"},
        {
            "func": "lifetracker.tasks.resume_stalled_runs",
            "args": None,
            "intended_date_kwarg": "sync",
        },
        {"func": "lifetracker.tasks.execute_run", "args": "(1,)"},
    ],
)
def test_the_schedule_is_cleared_of_what_is_not_ours(
    db: None, mark: Path, fields: dict[str, Any]
) -> None:
    own = list(Schedule.objects.order_by("pk").values())
    schedule(mark, **fields)
    OrmQ.objects.all().delete()
    tasks.run_schedule()
    queued = {SignedPackage.loads(one.payload)["func"] for one in OrmQ.objects.all()}
    assert queued <= {f"lifetracker.tasks.{name}" for name in tasks.OWN_TASKS}
    assert list(Schedule.objects.values_list("pk", flat=True).order_by("pk")) == [
        row["id"] for row in own
    ]
    assert not mark.exists()


def test_a_row_of_ours_that_was_changed_gets_its_task_back(db: None, mark: Path) -> None:
    rows = Schedule.objects.order_by("pk")
    what = ("name", "func", "args", "kwargs", "hook", "repeats")
    before = list(rows.values_list(*what))
    rows.update(func="os.system", args=repr((touch(mark),)), hook="os.system")
    assert tasks.remove_foreign_schedules() == ["os.system"] * len(before)
    assert list(rows.values_list(*what)) == before


def test_a_second_schedule_of_our_own_stays(db: None) -> None:
    own = Schedule.objects.get(name="Sync Whoop")
    Schedule.objects.create(name="at night", func=own.func, args=own.args)
    assert tasks.remove_foreign_schedules() == []


# --- A backup -------------------------------------------------------------------------------------


def test_a_backup_brings_no_task_of_others(
    transactional_db: None, tmp_path: Path, mark: Path
) -> None:
    schedule(mark)
    Schedule.objects.filter(name="Sync Whoop").update(func="os.system", minutes=17)
    call_command("backup", str(tmp_path / "b.zip"), stdout=io.StringIO())
    with zipfile.ZipFile(tmp_path / "b.zip") as held:
        assert "os.system" in "".join(held.read(one).decode() for one in held.namelist())
    call_command("flush", interactive=False, verbosity=0)
    call_command("restore", str(tmp_path / "b.zip"), stdout=io.StringIO())
    assert not Schedule.objects.filter(func="os.system").exists()
    assert not Schedule.objects.filter(name="theirs").exists()
    assert Schedule.objects.get(name="Sync Whoop").minutes == 17
    run = set(Schedule.objects.values_list("func", flat=True))
    assert run == {
        f"lifetracker.tasks.{name}"
        for name in (
            *("clean_up", "find_insights", "send_notifications"),
            *("start_sync", "resume_stalled_runs"),
        )
    }
