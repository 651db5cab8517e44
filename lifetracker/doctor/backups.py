"""Whether the last backup was written."""

from __future__ import annotations

from collections.abc import Iterator

from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import Event
from lifetracker.doctor.findings import Finding, at


def failed_backup() -> Event | None:
    """Return what the log says of the last backup, if that failed."""
    newest = Event.objects.filter(kind__in=[Kind.BACKUP, Kind.BACKUP_FAILED]).first()
    return newest if newest and newest.kind == Kind.BACKUP_FAILED else None


def of_backups() -> Iterator[Finding]:
    """Whoever never made one may save the database in another way."""
    if failed := failed_backup():
        yield Finding(
            "Backup",
            f"The last one, at {at(failed.at)}, failed: {failed.detail}",
            "Correct what the reason names, then run `backup`.",
        )
