"""A worker that is killed while it imports a large file: in processes of their own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from lifetracker.models import FileImport, Lease, SyncRun
from lifetracker.sync import import_files, import_queue
from tests import processes
from weight.models import WeighIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

HEADER = "Date,Weight (kg),Fat mass (kg),Comments\n"
ROWS = 20_000
CARRY_OUT = "from lifetracker import tasks; print(tasks.execute_import({}))"


@pytest.fixture
def job(settings: Any, tmp_path: Path) -> FileImport:
    settings.IMPORTS_DIR = tmp_path / "imports"
    begin = timezone.now() - timedelta(hours=ROWS + 10)
    rows = (f"{begin + timedelta(hours=n):%Y-%m-%d %H:%M:%S},80.5,,\n" for n in range(ROWS))
    content = (HEADER + "".join(rows)).encode()
    path = import_files.store([content], len(content))
    options = {"zone": "UTC", "now": timezone.now().isoformat()}
    user = User.objects.create_user("robin", is_staff=True)
    return FileImport.objects.create(
        user=user,
        kind="withings",
        file_name="weight.csv",
        stored_as=path.name,
        size=len(content),
        options=options,
    )


def worker(job: FileImport) -> Any:
    env = processes.environment(IMPORTS_DIR=str(import_files.folder()))
    return processes.start("shell", "-c", CARRY_OUT.format(job.pk), env=env, new_session=True)


def kill_while_storing(job: FileImport) -> None:
    """Kill a worker once it has told of rows that it stores."""
    process = worker(job)
    processes.wait_until(
        lambda: import_files.live_progress(job).total is not None,
        tell=lambda: str(process.communicate()),
    )
    processes.kill(process)


def run_out(job: FileImport) -> None:
    """Let the lease of the dead worker run out."""
    Lease.objects.filter(name=f"file-import:{job.kind}").update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )


def test_killed_while_it_previews_and_while_it_imports(job: FileImport) -> None:
    kill_while_storing(job)
    job.refresh_from_db()
    assert (job.state, job.step, job.attempts) == ("running", "preview", 1)
    assert not FileImport.objects.stalled(timezone.now()).exists(), "its lease has not run out"
    assert import_queue.execute(job.pk) == import_queue.BUSY
    run_out(job)
    assert FileImport.objects.stalled(timezone.now()).exists()
    assert import_queue.execute(job.pk) == "asks"
    assert import_queue.confirm(job)
    kill_while_storing(job)
    assert (WeighIn.objects.count(), SyncRun.objects.count()) == (0, 0)
    run_out(job)
    process = worker(job)
    code, out, err = processes.finish(process)
    assert (code, out.strip().splitlines()[-1]) == (0, "done"), err
    assert (WeighIn.objects.count(), SyncRun.objects.count()) == (ROWS, 1)
    assert list(import_files.folder().iterdir()) == []


def test_two_workers_at_the_same_moment(job: FileImport, tmp_path: Path) -> None:
    assert import_queue.execute(job.pk) == "asks"
    assert import_queue.confirm(job)
    env = processes.environment(IMPORTS_DIR=str(import_files.folder()))
    code = f"print(tasks.execute_import({job.pk}))"
    found = processes.at_once("from lifetracker import tasks", code, 2, tmp_path, env)
    said = sorted(out.strip().splitlines()[-1] for _, out, _ in found)
    assert said[0] in {import_queue.BUSY, "done"}
    assert said in [sorted(["done", other]) for other in (import_queue.BUSY, import_queue.NOTHING)]
    assert (WeighIn.objects.count(), SyncRun.objects.count()) == (ROWS, 1)


def test_cancelled_while_another_process_stores_it(job: FileImport) -> None:
    """On SQLite nobody else can write meanwhile: the wish is a file beside the other."""
    assert import_queue.execute(job.pk) == "asks"
    assert import_queue.confirm(job)
    process = worker(job)
    processes.wait_until(lambda: import_files.live_progress(job).total is not None)
    import_files.ask_to_cancel(job.stored_as)
    code, out, err = processes.finish(process)
    assert (code, out.strip().splitlines()[-1]) == (0, "cancelled"), err
    assert not WeighIn.objects.exists()
