"""The worker: django-q2's cluster, which begins with what was left undone."""

from typing import Any

from django.db import connections
from django_q.management.commands.qcluster import Command as Cluster

from lifetracker.tasks import at_start_up


class Command(Cluster):
    help = (
        "Carries out syncs in the background, those of the schedule and those that are asked for."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at_start_up()
        # Its processes are forked from this one, and none may share a connection.
        connections.close_all()
        super().handle(*args, **options)
