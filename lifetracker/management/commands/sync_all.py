from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from lifetracker.housekeeping import clean_up_daily
from lifetracker.management.sync_command import (
    COUNTS,
    SyncCommand,
    add_accept_deletions,
    number_of_days,
    succeeded,
)
from lifetracker.models import SyncRun
from lifetracker.streams import Source, sources
from lifetracker.sync import Order

Outcomes = dict[str, SyncRun | None]


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
        add_accept_deletions(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = [s for s in sources.values() if not options["whoop_only"] or s.slug == "whoop"]
        configured = [source for source in wanted if source.is_configured()]
        for source in wanted:
            if source not in configured:
                self.stdout.write(f"{source.name}: skipped, it is not configured")
        if not configured:
            raise CommandError(
                "No source is configured yet: README, «Connect your services», says how."
            )
        connected = [source for source in configured if not self.lacks_first_consent(source)]
        if not connected:
            raise CommandError("No source is connected yet; the next steps stand above.")
        outcomes: Outcomes = {}
        order = Order.of(options["days"], accept_deletions=options["accept_deletions"])
        self.carry_out_each(connected, order, outcomes)
        # Where no worker runs, nobody else does it.
        clean_up_daily()
        failed = [name for name, run in outcomes.items() if not succeeded(run)]
        if failed:
            raise CommandError(
                f"Not synced completely: {', '.join(failed)}. The reasons stand above."
            )

    def lacks_first_consent(self, source: Source) -> bool:
        """Name a source whose consent was never given: that is no failure of its sync. A consent that
        is no good any more is one, because something has ended."""
        missing = source.missing_consent()
        if missing is None or missing.was_given:
            return False
        self.stdout.write(f"{source.name}: skipped, it waits for your consent. {missing.text}")
        return True

    def carry_out_each(self, left: list[Source], order: Order, outcomes: Outcomes) -> None:
        """Even a fault of this program's own in one source surfaces only after the others had
        their turn. Only the person stops them all."""
        if not left:
            self.summarize(outcomes)
            return
        source, *others = left
        outcomes[source.name] = None
        try:
            outcomes[source.name] = self.carry_out(source, order)
        except CommandError:
            others = []
            raise
        finally:
            self.carry_out_each(others, order, outcomes)

    def summarize(self, outcomes: Outcomes) -> None:
        self.stdout.write("")
        for name, run in outcomes.items():
            if run is None:
                self.stdout.write(f"{name}: failed")
                continue
            counts = ", ".join(f"{run.total(count)} {count}" for count in COUNTS)
            self.stdout.write(f"{name}: {run.status}: {counts}")
        runs = [run for run in outcomes.values() if run is not None and succeeded(run)]
        if len(runs) < len(outcomes):
            return
        if gaps := [run.source for run in runs if run.has_gaps]:
            self.stdout.write(f"Synced, with the remarks above on {', '.join(gaps)}")
        else:
            self.stdout.write(f"All synced: {', '.join(outcomes)}")
