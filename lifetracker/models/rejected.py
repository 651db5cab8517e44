"""What a sync could not store, and what it did not delete."""

from __future__ import annotations

from typing import Self

from django.db import connection, models
from django.utils import timezone

from lifetracker.models import fields
from lifetracker.words import title_of

# Characters of a rejected payload that are kept: enough to see what is wrong with it.
MOST_OF_PAYLOAD = 64 * 1024


class RejectedItemQuerySet(models.QuerySet["RejectedItem"]):
    def pending(self) -> Self:
        """Return those that nobody has dismissed."""
        return self.filter(dismissed_at=None)

    def has_any(self, source: str, stream: str) -> bool:
        """Return whether one is listed, dismissed or not."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM lifetracker_rejecteditem WHERE source = %s AND stream = %s LIMIT 1",
                [source, stream],
            )
            return cursor.fetchone() is not None

    def record(self, source: str, stream: str, item_key: str, *, payload: str, reason: str) -> bool:
        """Keep an item; return whether it is pending. One that was dismissed stays so until its payload
        changes."""
        same = self.filter(source=source, stream=stream, item_key=item_key)
        found = {
            "payload": payload[:MOST_OF_PAYLOAD],
            "payload_length": len(payload),
        }
        dismissed = same.filter(**found).exclude(dismissed_at=None)
        if dismissed.update(reason=reason, last_seen_at=timezone.now()):
            return False
        self.update_or_create(
            source=source,
            stream=stream,
            item_key=item_key,
            defaults={**found, "reason": reason, **NOT_DISMISSED},
        )
        return True

    def dismiss(self, by: str, why: str) -> int:
        """Put aside those that are pending, with the reason and whose word it is; how many."""
        return self.pending().update(
            dismissed_at=timezone.now(), dismissed_by=by, dismissal_reason=why
        )

    def take_back(self) -> int:
        """Let those that were dismissed be pending again; how many."""
        return self.exclude(dismissed_at=None).update(**NOT_DISMISSED)


NOT_DISMISSED = {"dismissed_at": None, "dismissed_by": "", "dismissal_reason": ""}


class RejectedItem(models.Model):
    """An item that could not be stored: kept as received until it can be, never lost and never in
    the others' way. One that was dismissed is not counted and not tried again."""

    exported = True

    source = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    # The item's own id where it can be read, else a digest of the payload: re-reading lists an item
    # once.
    item_key = models.CharField("item", max_length=80)
    # Text, not JSON: what is broken may be something that a JSON column refuses.
    # What is longer is cut.
    payload = models.TextField()
    payload_length = fields.PositiveIntegerField(unit="characters", default=0)
    reason = models.TextField()
    first_seen_at = models.DateTimeField("first seen", auto_now_add=True)
    last_seen_at = models.DateTimeField("last seen", auto_now=True)
    dismissed_at = models.DateTimeField("dismissed", null=True, blank=True)
    # A name and no reference: who it was stays known when the account is gone.
    dismissed_by = models.CharField(max_length=150, blank=True, default="")
    dismissal_reason = models.TextField("reason for dismissing", blank=True, default="")

    objects = RejectedItemQuerySet.as_manager()

    class Meta:
        ordering = ["-last_seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "stream", "item_key"], name="rejected_item_listed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} {self.stream} {self.item_key}"

    @property
    def is_cut(self) -> bool:
        return self.payload_length > len(self.payload)


class PendingDeletionQuerySet(models.QuerySet["PendingDeletion"]):
    def accept(self) -> int:
        """Let the next sync mark the records as deleted, unless the service lists them again; how many."""
        return self.update(accepted=True)


class PendingDeletion(models.Model):
    """A record that its service did not list any more, together with so many others that it was not
    marked as deleted. It is as soon as a run on another day misses it too, or the owner accepts it."""

    source = models.CharField(max_length=20)
    stream = models.CharField(max_length=40)
    source_id = models.CharField("id at the source", max_length=64)
    held_on = models.DateField(
        "missing since", help_text="The first day on which the service did not list the record."
    )
    accepted = models.BooleanField(
        default=False,
        help_text="If set, the next sync marks the record as deleted, unless the service lists it again.",
    )

    objects = PendingDeletionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "source", "stream", "source_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "stream", "source_id"], name="pending_deletion_once"
            )
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} {self.stream} {self.source_id}"
