"""What services push, kept until it is processed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from lifetracker.models.leases import has_come
from lifetracker.models.records import new_source_id
from lifetracker.words import title_of

# How long a delivery that could not be worked off waits until it is tried again, in minutes; after
# the last of these it is given up.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440))
GIVEN_UP = "Given up. "
# A service may send a delivery again for so long, and is told that it is known.
KNOWN_FOR = timedelta(days=30)
# The same body under another id is the same delivery for so long.
SAME_BODY_FOR = timedelta(hours=1)


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def waiting(self) -> Self:
        return self.filter(handled_at__isnull=True)

    def due(self) -> Self:
        """Return those that are not processed, and not waiting for a later attempt."""
        now = timezone.now()
        return self.waiting().filter(has_come("resume_at", now))

    def store(
        self,
        source: str,
        delivery_id: str,
        event: str,
        subject: Mapping[str, object],
        *,
        resume_at: datetime | None = None,
        body_digest: str = "",
    ) -> bool:
        """Store a delivery; return whether it is new, or was given up before. Without an id, it is
        known while an equal one waits that nobody has taken up yet; with a digest, for an hour under
        whatever id it comes."""
        if body_digest and self.of_body(source, body_digest).exclude(delivery_id=delivery_id):
            return False
        if not delivery_id:
            equal = self.waiting().filter(source=source, event=event, subject=subject, attempts=0)
            if equal.exists():
                return False
        row, is_new = self.get_or_create(
            source=source,
            delivery_id=delivery_id or new_source_id(),
            defaults={
                "event": event,
                "subject": subject,
                "resume_at": resume_at,
                "body_digest": body_digest,
                "received_at": timezone.now(),
            },
        )
        return is_new or bool(self.filter(pk=row.pk).try_again())

    def of_body(self, source: str, body_digest: str) -> Self:
        """Return those with this body that came within the last hour, and were or will be processed."""
        now = timezone.now()
        near = (now - SAME_BODY_FOR, now + SAME_BODY_FOR)
        same = self.filter(source=source, body_digest=body_digest, received_at__range=near)
        return same.exclude(handled_at__isnull=False, outcome__startswith=GIVEN_UP)

    def try_again(self) -> int:
        """Let those that were given up be tried again; return how many."""
        given_up = self.filter(handled_at__isnull=False, outcome__startswith=GIVEN_UP)
        return given_up.update(handled_at=None, attempts=0, resume_at=None, outcome="")

    def claim(self, source: str, most: int) -> list[WebhookDelivery]:
        """Return those that are due, in the order in which they came, each put off already: whatever
        happens to who has them, they are tried again. For the holder of the source's lease."""
        found = list(self.due().filter(source=source).order_by("pk")[:most])
        now = timezone.now()
        for attempts in {one.attempts for one in found}:
            group = self.filter(pk__in=[one.pk for one in found if one.attempts == attempts])
            if attempts < len(WAITS):
                group.update(attempts=attempts + 1, resume_at=now + WAITS[attempts])
            else:
                group.update(handled_at=now, outcome=Concat(Value(GIVEN_UP), F("outcome")))
        return [one for one in found if one.attempts < len(WAITS)]

    def settle(self, deliveries: Iterable[WebhookDelivery], outcome: str = "") -> None:
        """Mark these deliveries as processed."""
        mine = self.waiting().filter(pk__in=[one.pk for one in deliveries])
        mine.update(handled_at=timezone.now(), resume_at=None, outcome=outcome)

    def forget_old(self) -> int:
        return self.filter(handled_at__lt=timezone.now() - KNOWN_FOR).delete()[0]

    def give_up(self, why: str) -> int:
        """Mark those that wait as given up."""
        return self.waiting().update(
            handled_at=timezone.now(), resume_at=None, outcome=f"{GIVEN_UP}{why}"
        )


class WebhookDelivery(models.Model):
    """What a service pushed: verified, kept until it is worked off, and known by (`source`,
    `delivery_id`) for a while after, so that a double has no effect.

    `subject` says where to look; the record itself is always fetched, so that neither the order
    nor the number of deliveries matters.
    """

    source = models.CharField(max_length=20)
    delivery_id = models.CharField(max_length=80)
    event = models.CharField(max_length=40)
    subject = models.JSONField(default=dict)
    # Of a service that does not sign the id: SHA-256 in hex.
    body_digest = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField("received", default=timezone.now)
    handled_at = models.DateTimeField("processed", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    resume_at = models.DateTimeField("next attempt", null=True, blank=True)
    # What the last attempt met, where it did not do its work.
    outcome = models.TextField(blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "webhook deliveries"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "delivery_id"], name="webhook_delivery_once")
        ]
        indexes = [
            # What `claim` reads, however many were worked off.
            models.Index(
                fields=["source", "id"],
                condition=Q(handled_at__isnull=True),
                name="webhook_delivery_waiting",
            ),
            # The newest of a source: the page of connections.
            models.Index(fields=["source", "-id"], name="webhook_delivery_newest"),
            # What `of_body` looks for.
            models.Index(
                fields=["source", "body_digest"],
                condition=~Q(body_digest=""),
                name="webhook_delivery_body",
            ),
            # What `forget_old` deletes.
            models.Index(fields=["handled_at"], name="webhook_delivery_handled"),
        ]

    def __str__(self) -> str:
        return f"{title_of(self.source)} {self.event} {self.delivery_id}"
