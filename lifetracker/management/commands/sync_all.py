from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from lifetracker.management.sync_command import SyncCommand, number_of_days
from lifetracker.streams import sources
from lifetracker.sync import Order


class Command(SyncCommand):
    help = "Sync every source that is configured, each whatever becomes of the others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=number_of_days,
            help="Read the last DAYS days whole, whatever is verified.",
        )
        parser.add_argument(
            "--whoop-only", action="store_true", help="Leave the other sources out."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        order = Order.of(options["days"])
        wanted = [s for s in sources.values() if not options["whoop_only"] or s.slug == "whoop"]
        configured = [source for source in wanted if source.is_configured()]
        for source in wanted:
            if source not in configured:
                self.stdout.write(f"{source.name}: skipped, it is not configured")
        if not configured:
            raise CommandError("No source is configured yet: README, «Connect WHOOP», says how.")
        failed = [source.name for source in configured if not self.carry_out(source, order)]
        if failed:
            raise CommandError(
                f"Not synced completely: {', '.join(failed)}. The reasons stand above."
            )
        self.stdout.write(f"All synced: {', '.join(source.name for source in configured)}")
