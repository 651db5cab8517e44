"""Lets the days of stored records follow a change of `TIME_ZONE`, before anything asks for them.

It is looked at once when a process starts: a worker, a web process, a run of a sync, an export. That is
one SELECT where nothing has changed, and none for a request.
"""

from __future__ import annotations

import logging
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lifetracker.models import DayZone, SourceRecord
from lifetracker.models.revisions import without_revisions

logger = logging.getLogger(__name__)
ONLY_ROW = 1


def follow_time_zone() -> None:
    """Date the records anew whose day goes by `TIME_ZONE`, if they were dated in another zone. Of
    processes that start together one does it, and the others wait until it is done."""
    if DayZone.objects.filter(pk=ONLY_ROW, zone=settings.TIME_ZONE).exists():
        return
    with transaction.atomic():
        DayZone.objects.get_or_create(pk=ONLY_ROW)
        stored = DayZone.objects.select_for_update().get(pk=ONLY_ROW)
        if stored.zone != settings.TIME_ZONE:
            move_days(zone_of(stored.zone))
            stored.zone = settings.TIME_ZONE
            stored.save()


def move_days(before: tzinfo | None) -> None:
    zone = timezone.get_default_timezone()
    with without_revisions():
        for model in apps.get_models():
            if issubclass(model, SourceRecord) and not model._meta.proxy:
                model._default_manager.all().move_days(zone, before)


def zone_of(name: str) -> tzinfo | None:
    """Return the zone; None where nobody has stored it yet, or it has been renamed since."""
    try:
        return ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def on_web_start() -> None:
    """Follow the time zone where that is possible; where the database cannot be asked, the worker does it."""
    try:
        follow_time_zone()
    except DatabaseError as error:
        logger.warning("The days could not be compared with TIME_ZONE (%s).", type(error).__name__)
    finally:
        # Requests run in other threads, each with a connection of its own.
        connection.close()
