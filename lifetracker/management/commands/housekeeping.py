from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lifetracker.housekeeping import clean_up


class Command(BaseCommand):
    help = (
        "Remove what is no longer needed: ended sessions, old deliveries, notes of the queue and the"
        " like. Workers and `sync_all` do it once a day by themselves."
    )
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        for title, count in clean_up().items():
            self.stdout.write(f"{count} {title}")
