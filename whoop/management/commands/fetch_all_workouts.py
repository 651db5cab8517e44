from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError

from lifetracker.management.sync_command import SyncCommand, add_accept_deletions, succeeded
from lifetracker.models import SyncRun
from lifetracker.sync.plans import SyncRequest
from whoop.streams import source, workouts


class Command(SyncCommand):
    help = "Read only workouts from WHOOP, but the whole history. An interrupted sync continues where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_accept_deletions(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        accept = options["accept_deletions"]
        order = SyncRequest(SyncRun.Kind.BACKFILL, full=True, accept_deletions=accept)
        # The same source under the same lease, of which no other stream is read or claimed.
        run = self.execute_run(replace(source, streams=(workouts,)), order)
        if not succeeded(run):
            raise CommandError(
                "The workouts were not synced completely. The reason is shown above."
            )
