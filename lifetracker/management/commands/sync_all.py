from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from lifetracker.management.sync_command import (
    SyncCommand,
    add_accept_deletions,
    number_of_days,
    succeeded,
)
from lifetracker.metrics.proposals import propose_after
from lifetracker.models import SyncRun
from lifetracker.ops.housekeeping import clean_up_daily
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import Source, sources
from lifetracker.words import title_of

Outcomes = dict[str, SyncRun | None]


class Command(SyncCommand):
    help = "Sync every configured source. If one fails, the others are still synced."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=number_of_days,
            help="Read the last DAYS days completely, even if they are verified.",
        )
        parser.add_argument("--whoop-only", action="store_true", help="Sync only WHOOP.")
        add_accept_deletions(parser)

    def handle(
        self, *, whoop_only: bool, days: int | None, accept_deletions: bool, **_: object
    ) -> None:
        wanted = [s for s in sources.values() if not whoop_only or s.slug == "whoop"]
        configured = [source for source in wanted if source.is_configured()]
        for source in wanted:
            if source not in configured:
                self.say(f"{source.title}: skipped, not set up")
        if not configured:
            raise CommandError("No source is configured yet: README.md says how.")
        connected = [source for source in configured if not self.lacks_first_consent(source)]
        if not connected:
            raise CommandError("No source is connected yet. The next steps are shown above.")
        outcomes: Outcomes = {}
        order = SyncRequest.from_options(days, accept_deletions=accept_deletions)
        self.carry_out_each(connected, order, outcomes)
        # Where no worker runs, nobody else does it.
        clean_up_daily()
        for run in outcomes.values():
            if run is not None:
                propose_after(run)
        failed = [title_of(name) for name, run in outcomes.items() if not succeeded(run)]
        if failed:
            raise CommandError(
                f"Not synced completely: {', '.join(failed)}. The reasons are shown above."
            )

    def lacks_first_consent(self, source: Source) -> bool:
        """Name a source whose consent was never given: that is no failure of its sync. A consent that
        is no good any more is one, because something has ended."""
        missing = source.missing_consent()
        if missing is None or missing.was_given:
            return False
        self.stdout.write(f"{source.title}: skipped, waiting for your consent. {missing.text}")
        return True

    def carry_out_each(self, left: list[Source], order: SyncRequest, outcomes: Outcomes) -> None:
        """Even a fault of this program's own in one source surfaces only after the others had
        their turn. Only the person stops them all."""
        if not left:
            self.summarize(outcomes)
            return
        source, *others = left
        outcomes[source.name] = None
        try:
            outcomes[source.name] = self.execute_run(source, order)
        except CommandError:
            others = []
            raise
        finally:
            self.carry_out_each(others, order, outcomes)

    def summarize(self, outcomes: Outcomes) -> None:
        if not all(map(succeeded, outcomes.values())):
            return
        runs = [run for run in outcomes.values() if run is not None]
        if gaps := [title_of(run.source) for run in runs if run.has_gaps]:
            self.say(f"All sources synced, with remarks on {', '.join(gaps)}")
        else:
            self.say(f"All sources synced: {', '.join(map(title_of, outcomes))}")
