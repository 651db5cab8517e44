"""The worker: django-q2's cluster, which begins with what was left undone."""

import os
import time
from typing import Any

from django.db import connections
from django_q.cluster import Cluster
from django_q.management.commands import qcluster

from lifetracker.child_processes import end_children_with_their_parents
from lifetracker.tasks import at_start_up

# Seconds in which a signal that was sent to all processes has reached each.
TOGETHER = 0.5


class Worker(Cluster):
    def stop(self) -> bool:
        """Platforms send SIGTERM to every process at once. Telling one that is dead by then to stop
        would wait for ever; what it was at is taken up by the next worker."""
        time.sleep(TOGETHER)
        return not has_ended(self.sentinel.pid) and bool(super().stop())


def has_ended(child: int) -> bool:
    """Asked of the system: the signal may have come while Python was taking note of the child's end."""
    try:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


class Command(qcluster.Command):
    help = (
        "Carries out syncs in the background, those of the schedule and those that are asked for."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at_start_up()
        # Its processes are forked from this one, and none may share a connection.
        connections.close_all()
        end_children_with_their_parents()
        qcluster.Cluster = Worker
        super().handle(*args, **options)
