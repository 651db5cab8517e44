"""What all apps share and may need its owner, for notifications: connections and backups. What is said is the doctor's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lifetracker.doctor.backups import failed_backup
from lifetracker.doctor.connections import of_connection, of_stale
from lifetracker.doctor.findings import at
from lifetracker.ops.notices import Notice, NoticeKind, register_notices
from lifetracker.web.source_status import SourceStatus, source_statuses


def connections_in_need(now: datetime) -> Iterator[Notice]:
    """Yield the services whose consent is gone, and those that could not be read for long."""
    for status in source_statuses():
        yield from notices_of(status)


def notices_of(status: SourceStatus) -> Iterator[Notice]:
    if not status.configured:
        return
    if status.needs_consent:
        since, found = status.needs_consent_since, of_connection(status)
    elif status.is_connected and status.runs.last_success:
        since, found = status.runs.last_success.started_at, of_stale(status)
    else:
        return
    for one in found:
        yield Notice(
            key=f"{status.name} {since.isoformat() if since else 'unreadable'}",
            title=f"{status.title} needs you",
            text=one.text,
            path="connections/",
        )


def failed_backups(now: datetime) -> Iterator[Notice]:
    """Yield the last backup, if that failed."""
    if failed := failed_backup():
        yield Notice(
            key=f"{failed.pk} {failed.at.isoformat()}",
            title="The backup failed",
            text=f"At {at(failed.at)}: {failed.detail}",
            path="settings/data/",
        )


register_notices(
    NoticeKind(
        name="connection",
        title="A connection needs you",
        about="When a service no longer takes your consent, or has not been read for a day and a half.",
        due=connections_in_need,
        order=10,
    )
)
register_notices(
    NoticeKind(
        name="backup",
        title="A backup failed",
        about="When `backup` ended without a file, until one succeeds.",
        due=failed_backups,
        order=15,
    )
)
