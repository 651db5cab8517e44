"""What every command of this project is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from lifetracker.models.preferences import read_once


class QuickCommand(BaseCommand):
    """Begins at once. The system checks load all pages, the API and the admin, which takes longer than
    many a command does; what they refuse, `check`, `migrate` and the tests refuse before."""

    requires_system_checks = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Let what is printed ask for the owner's units and clock, once."""
        with read_once():
            return super().execute(*args, **options)
