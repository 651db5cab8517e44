from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from datetime import date, timedelta

from lifetracker import days
from lifetracker.management.command import QuickCommand
from lifetracker.management.sync_command import number_of_days
from lifetracker.metrics.proposals import LOOK_BACK_DAYS, propose_day_marks
from lifetracker.words import counted


class Command(QuickCommand):
    help = (
        "Look for days of illness and travel in the records, and propose to mark them. Workers and `sync_all` do it "
        f"after a sync, for the last {LOOK_BACK_DAYS} days."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=number_of_days,
            default=LOOK_BACK_DAYS,
            help=f"Look at the last DAYS days (default: {LOOK_BACK_DAYS}).",
        )

    def handle(self, *args: object, days: int, **options: object) -> None:
        outcome = propose_day_marks(first=first_of(days))
        self.stdout.write(f"Proposed: {listed(outcome.proposed)}")
        self.stdout.write(f"Withdrawn: {listed(outcome.withdrawn)}")
        self.stdout.write(f"{counted(outcome.waiting, 'proposal')} to confirm or refuse")


def first_of(number: int) -> date:
    return days.today() - timedelta(days=number - 1)


def listed(counts: Counter[str]) -> str:
    """Return `2 days sick, 9 days travel`."""
    found = [f"{counted(number, 'day')} {kind}" for kind, number in sorted(counts.items())]
    return ", ".join(found) or "nothing"
