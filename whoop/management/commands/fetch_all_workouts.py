from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError

from lifetracker.management.sync_command import SyncCommand, add_accept_deletions, succeeded
from lifetracker.models import SyncRun
from lifetracker.sync import Order
from whoop.streams import source, workouts


class Command(SyncCommand):
    help = "Read all of your workouts at WHOOP, and nothing else; an interrupted one goes on where it stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_accept_deletions(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        accept = options["accept_deletions"]
        order = Order(SyncRun.Kind.BACKFILL, full=True, accept_deletions=accept)
        # The same source under the same lease, of which no other stream is read or claimed.
        run = self.carry_out(replace(source, streams=(workouts,)), order)
        if not succeeded(run):
            raise CommandError("The workouts were not read completely; the reason stands above.")
