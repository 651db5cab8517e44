"""What all apps share and may need its owner, for notifications: connections and backups. What is said is the doctor's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from lifetracker.doctor.backups import (
    SEE_CRON,
    attempts,
    failed_backup,
    overdue_since,
    overdue_words,
)
from lifetracker.doctor.connections import of_connection, of_stale
from lifetracker.doctor.findings import at
from lifetracker.models import SyncRun
from lifetracker.ops.notices import Notice, NoticeKind, register_notices
from lifetracker.web.source_status import STALE, SourceStatus, source_statuses


def connections_in_need(now: datetime) -> Iterator[Notice]:
    """Yield the services whose consent is gone, and those that could not be read for long."""
    for status in source_statuses():
        yield from notices_of(status, now)


def notices_of(status: SourceStatus, now: datetime) -> Iterator[Notice]:
    """Yield what a service needs. It is the same for as long as nothing could be read since: how often its row is saved
    meanwhile, as by `rotate_encryption`, changes nothing."""
    read = status.runs.last_success
    since = read.started_at.isoformat() if read else "never"
    if status.needs_consent:
        for one in of_connection(status):
            yield in_need(status, f"consent {since}", one.text)
    # Where no sync comes by itself, none was missed.
    elif status.is_connected and settings.SYNC_HOURS.get(status.name) != 0:
        for one in of_stale(status):
            yield in_need(status, since, one.text)
        if is_unread_for_long(status, now):
            yield in_need(status, since, "It could never be read since it was set up.")


def is_unread_for_long(status: SourceStatus, now: datetime) -> bool:
    """Return whether every sync of a service has failed, the first of them long ago."""
    if status.is_import or status.runs.last_success or not status.went_wrong:
        return False
    return SyncRun.objects.syncs().filter(source=status.name, started_at__lt=now - STALE).exists()


def in_need(status: SourceStatus, key: str, text: str) -> Notice:
    return Notice(
        key=f"{status.name} {key}",
        title=f"{status.title} needs you",
        text=text,
        path="connections/",
    )


def backups_in_need(now: datetime) -> Iterator[Notice]:
    """Yield the last backup, if that failed, and the one that should have come by now."""
    made = attempts()
    if failed := failed_backup(made):
        yield Notice(
            key=f"{failed.pk} {failed.at.isoformat()}",
            title="The backup failed",
            text=f"At {at(failed.at)}: {failed.detail}",
            path="settings/data/",
        )
    if since := overdue_since(made, now):
        yield Notice(
            key=f"overdue {since.isoformat()}",
            title="A backup is overdue",
            text=f"{overdue_words(made)} {SEE_CRON}",
            path="settings/data/",
        )


register_notices(
    NoticeKind(
        name="connection",
        title="A connection needs you",
        about="When a service no longer takes your consent, or has not been read for a day and a half, or never.",
        due=connections_in_need,
        order=10,
    )
)
register_notices(
    NoticeKind(
        name="backup",
        title="A backup failed or is overdue",
        about="When `backup` failed, until one succeeds, or when none has come for twice as long as usual.",
        due=backups_in_need,
        order=15,
    )
)
