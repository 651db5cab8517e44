"""What every command of this project is."""

from __future__ import annotations

from django.core.management.base import BaseCommand


class QuickCommand(BaseCommand):
    """Begins at once. The system checks load all pages, the API and the admin, which takes longer than
    many a command does; what they refuse, `check`, `migrate` and the tests refuse before."""

    requires_system_checks = []
