"""What every fact from a source has in common."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from lifetracker import days
from lifetracker.models.conflicts import ConstraintsInWords
from lifetracker.models.kept import KeepsRevisions, KeepsRevisionsQuerySet
from lifetracker.models.table_locks import lock_table

MANUAL = "Manual"

# Stands for "as far back as the service has anything".
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


# Farther out not every zone has a date.
DATED_IN_EVERY_ZONE = (datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC))


def new_source_id() -> str:
    return str(uuid.uuid4())


class SourceRecordQuerySet(KeepsRevisionsQuerySet[Any]):
    def live(self) -> Self:
        """Return the records that are not marked as deleted."""
        return self.filter(deleted_at__isnull=True)

    def happened(self) -> Self:
        """Return the live records whose moment has come. All figures and each newest record are of
        these, because the clock of a device may be ahead. To be asked when it is needed, and not
        once for all."""
        if not self.model.moments:
            return self.live()
        # Of one value, which no index offers to find: nearly every record has happened, and an order that
        # comes by an index is worth more.
        moment = Coalesce(*self.model.moments, Value(BEGINNING, models.DateTimeField()))
        return self.live().filter(LessThanOrEqual(moment, days.latest()))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Open a transaction during which nobody else writes a record of this kind, so that what was checked in it
        stays true until it ends."""
        with transaction.atomic():
            self.lock()
            yield

    def lock(self) -> None:
        """Keep other writers out for the rest of the transaction that is open."""
        lock_table(self.model)

    def move_days(self, zone: tzinfo, before: tzinfo | None) -> None:
        """Give the records whose day goes by `TIME_ZONE` their day in `zone`; `before` is the zone in
        which they have it, where that is known. Without an own definition there are none."""

    def date_by(self, moment: Combinable, zone: tzinfo, **also: object) -> int:
        """Let `date` be the day of `moment` on clocks of `zone`, in one statement, and other columns
        what they are said to be; return how many records this changed."""
        values = {"date": TruncDate("at", tzinfo=zone), **also}
        rows = self.annotate(at=moment).filter(at__range=DATED_IN_EVERY_ZONE).exclude(**values)
        return int(rows.update(**values, updated_at=timezone.now()))


class SourceRecord(ConstraintsInWords, KeepsRevisions):
    """One fact, known by (`source`, `source_id`): synced from a service, or typed in with the
    source `Manual`."""

    source = models.CharField(max_length=20, default=MANUAL, editable=False)
    source_id = models.CharField(
        "id at the source", max_length=64, default=new_source_id, editable=False
    )
    created_at = models.DateTimeField("added", auto_now_add=True)
    # Moves only when a value changed: the sync writes nothing for a row that stayed the same.
    updated_at = models.DateTimeField("last changed", auto_now=True)
    deleted_at = models.DateTimeField(
        "deleted",
        null=True,
        blank=True,
        editable=False,
        help_text="When a sync found that the service had deleted the record.",
    )
    raw = models.JSONField(
        null=True, blank=True, editable=False, help_text="The data as the service sent it."
    )
    # Of all synced values together: tells an unchanged row without comparing column by column.
    digest = models.CharField(max_length=32, default="", editable=False)

    # As in one record for each source and day.
    always_checked = frozenset({"source"})
    #: The columns of the moment at which all of it is past; the first that is not NULL counts.
    moments: ClassVar[tuple[str, ...]] = ()

    objects = SourceRecordQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], name="%(app_label)s_%(class)s_source_id_unique"
            )
        ]

    def mark_deleted(self) -> None:
        """Keep the row, and leave it out of everything until it is brought back."""
        self.deleted_at = timezone.now()
        self.save()

    @property
    def in_future(self) -> bool:
        """Return whether it is dated in the future: kept, and in no figure until then."""
        return days.is_dated_ahead(*(getattr(self, column) for column in self.moments))
