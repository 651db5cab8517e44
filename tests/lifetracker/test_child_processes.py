"""That the worker's processes end with the first of them, by real ones."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty

import pytest
from django.conf import settings
from django_q.models import OrmQ

from lifetracker.ops.shared_queue import SharedQueue
from lifetracker.tasks import send
from tests import processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def children_of(pid: int) -> set[int]:
    """All processes below this one."""
    below: dict[int, set[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                below.setdefault(int(fields[1]), set()).add(int(folder.name))
    found: set[int] = set()
    waiting = {pid}
    while waiting:
        waiting = {child for one in waiting for child in below.get(one, ())}
        found |= waiting
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def end(pids: set[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_no_process_behind() -> None:
    worker = processes.start("qcluster", env=processes.environment(QUEUE_WORKERS="2"))
    found: set[int] = set()

    def has_all() -> bool:
        found.update(children_of(worker.pid))
        assert worker.poll() is None, worker.communicate()
        return len(found) >= 5

    try:
        # The guard, two workers, the pusher and the monitor.
        processes.wait_until(has_all)
        worker.kill()
        worker.wait()
        processes.wait_until(lambda: not any(map(is_alive, found)), seconds=10)
    finally:
        end({worker.pid, *found})
        worker.communicate()


@pytest.mark.django_db(transaction=True)
def test_processes_that_are_killed_while_they_wait_for_work_are_replaced_and_work_goes_on() -> None:
    worker = processes.start("qcluster", env=processes.environment(QUEUE_WORKERS="2"))
    guards: set[int] = set()
    found: set[int] = set()

    def has_all() -> bool:
        assert worker.poll() is None, worker.communicate()
        guards.update(children_of(worker.pid) if not guards else ())
        found.update(*map(children_of, guards))
        return len([one for one in found if is_alive(one)]) == 4 and not OrmQ.objects.exists()

    try:
        processes.wait_until(has_all)
        send("resume_stalled_runs")
        processes.wait_until(has_all)
        # Two workers, the pusher and the monitor.
        end(set(found))
        processes.wait_until(has_all)
        assert len(found) == 8
        send("resume_stalled_runs")
        processes.wait_until(has_all)
    finally:
        end({worker.pid, *guards, *found})
        worker.communicate()


def test_a_reader_that_is_killed_leaves_its_queue_to_others() -> None:
    queue = SharedQueue()
    reader = multiprocessing.get_context("fork").Process(target=queue.get)
    reader.start()
    processes.wait_until(lambda: queue.reader == reader.pid)
    reader.kill()
    reader.join()
    queue.put("work")
    with pytest.raises(Empty):
        queue.get(timeout=0.1)
    queue.free_of(os.getpid())
    assert queue.reader == reader.pid
    queue.free_of(int(reader.pid or 0))
    assert (queue.get(timeout=10), queue.reader) == ("work", 0)
    queue.close()


def test_where_the_system_does_not_tell_the_children_look() -> None:
    """As on macOS."""
    script = (
        "import sys, time, os; sys.platform = 'darwin'\n"
        "from lifetracker.ops import child_processes as c\n"
        "c.LOOK = 0.05; c.end_children_with_their_parents()\n"
        "os.fork()\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=settings.BASE_DIR
    )
    found: set[int] = set()

    def forked() -> bool:
        found.update(children_of(parent.pid))
        return bool(found)

    try:
        processes.wait_until(forked)
        parent.kill()
        parent.wait()
        processes.wait_until(lambda: not any(map(is_alive, found)), seconds=10)
    finally:
        end({parent.pid, *found})
        parent.communicate()
