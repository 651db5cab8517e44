from __future__ import annotations

from lifetracker.management.command import QuickCommand
from lifetracker.ops.housekeeping import clean_up


class Command(QuickCommand):
    help = (
        "Delete data that is no longer needed: ended sessions, old deliveries, notes of the queue and the"
        " like. Workers and `sync_all` do it once a day by themselves."
    )
    requires_migrations_checks = True

    def handle(self, *args: object, **options: object) -> None:
        for title, count in clean_up().items():
            self.stdout.write(f"{title}: {count:,}")
