"""The worker: django-q2's cluster, which begins with what was left undone."""

import gc
import os
import time
from pathlib import Path

from django.conf import settings
from django.db import connections
from django_q import cluster
from django_q.cluster import Cluster
from django_q.management.commands import qcluster

from lifetracker.management.command import QuickCommand
from lifetracker.ops.child_processes import end_children_with_their_parents
from lifetracker.ops.shared_queue import Guard
from lifetracker.tasks import on_worker_start, run_schedule

# Seconds in which a signal that was sent to all processes has reached each.
TOGETHER = 0.5


# Seconds between two signs of life.
HEARTBEAT = 5


class GuardWithHeartbeat(Guard):
    """The guard that touches a file as long as it does: so a health check
    from outside sees whether it hangs."""

    last_beat = 0.0

    def status(self) -> str:
        # Asked for on every round of the guard's loop.
        if time.monotonic() - self.last_beat >= HEARTBEAT:
            self.last_beat = time.monotonic()
            Path(settings.WORKER_HEARTBEAT_FILE).touch()
        return str(super().status())


class Worker(Cluster):
    def stop(self) -> bool:
        """Platforms send SIGTERM to every process at once. Telling one that is dead by then to stop
        would wait for ever; what it was at is taken up by the next worker."""
        time.sleep(TOGETHER)
        return not has_ended(self.sentinel.pid) and bool(super().stop())


def has_ended(child: int) -> bool:
    """Return whether it has ended, as the system says: the signal may have come while Python was taking
    note of the child's end."""
    try:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


class Command(qcluster.Command):
    help = "Run scheduled and requested syncs in the background."
    requires_system_checks = QuickCommand.requires_system_checks

    def handle(self, *args: object, **options: object) -> None:
        on_worker_start()
        # Its processes are forked from this one, and none may share a connection.
        connections.close_all()
        end_children_with_their_parents()
        cluster.Sentinel = GuardWithHeartbeat if settings.WORKER_HEARTBEAT_FILE else Guard
        # What they share is not looked at by the garbage collector of each, which would copy it.
        gc.collect()
        gc.freeze()
        qcluster.Cluster = Worker
        cluster.scheduler = run_schedule
        super().handle(*args, **options)
