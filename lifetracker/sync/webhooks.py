"""What services push, declared as their streams are: an app's `webhooks.py` says how a delivery is
verified, what it says, and how it is processed. `lifetracker.api.webhooks` receives it.

A delivery is a hint and never data: a run of kind `webhook`, under the source's lease as any other,
fetches what it speaks of and stores it by the source's own streams.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from lifetracker.errors import BadResponse, NotConfigured, SyncError, TryLater
from lifetracker.models import LeaseLost, WebhookDelivery
from lifetracker.sync.job import Client, SyncJob
from lifetracker.sync.plans import SyncRequest
from lifetracker.words import title_of

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
# Far more than any event of a service but GitHub's.
MOST_BYTES = 1_000_000
# So many deliveries are looked at together, so that doubles among them cost one fetch.
DELIVERIES_AT_ONCE = 1000
# So many records in a row that a service cannot answer for, and it is left alone for now.
MOST_FAILURES = 3


class WebhookRejected(Exception):
    """A delivery that is not taken, with the status and the text to answer. Nothing is stored."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class WebhookEvent(NamedTuple):
    """What is kept of a delivery. `id` is the service's own for it, the same when it is sent
    again; empty for a service that numbers nothing."""

    id: str
    event: str
    subject: Mapping[str, object]


class ImmediateResponse(NamedTuple):
    """The whole answer to a delivery that leaves nothing to do."""

    content: Mapping[str, object]


NOTHING_TO_DO = ImmediateResponse({"detail": "This event needs no action."})


class Subscriptions(Protocol):
    """How a service is told to push, where it has an API for that. Each raises SyncError."""

    def list(self) -> Iterable[str]:
        """Return a line for each subscription, without a secret."""

    def subscribe(self, address: str) -> Iterable[str]: ...

    def unsubscribe(self, address: str) -> Iterable[str]: ...


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """How a source's deliveries are received and processed."""

    #: The name of the source.
    source: str
    #: Looks at the request and the raw body before anything is parsed. Raises WebhookRejected.
    verify: Callable[[HttpRequest, bytes], None]
    #: Returns what the headers and the parsed content say. Raises WebhookRejected.
    read: Callable[[Mapping[str, str], dict[str, Any]], WebhookEvent | ImmediateResponse]
    #: Does what claimed deliveries ask for. Those that it neither completes nor defers are complete when it returns.
    work: Callable[[SyncJob[Any], DeliveryBatch], None]
    #: How to set it up.
    hint: str
    #: The content type of its deliveries.
    content_type: str = JSON
    #: The most bytes that the body of a delivery may have.
    most_bytes: int = MOST_BYTES
    #: Whether the service asks with HEAD or GET if somebody is there.
    is_checked: bool = False
    #: False where whoever has seen a delivery can send it again under another id: the same body is then known
    #: for an hour. Only for bodies that are never equal for two changes, such as those with a moment in them.
    id_is_signed: bool = True
    #: How long deliveries are collected after a run, where each run costs a part of a small quota.
    pause: timedelta = timedelta(0)
    #: Returns the query of its address, such as a secret.
    query: Callable[[], str] = str
    #: Makes what creates and lists subscriptions, where the service has an API for that.
    subscriptions: Callable[[], Subscriptions] | None = None

    @property
    def slug(self) -> str:
        return self.source.lower()

    @property
    def path(self) -> str:
        return f"/webhooks/{self.slug}"

    def address(self) -> str:
        """Return where the service is to deliver, with the secret if it has one. Raises NotConfigured."""
        if not settings.PUBLIC_URL:
            raise NotConfigured(
                "PUBLIC_URL is not set. Add the https address at which services can reach this program to .env."
            )
        return f"{settings.PUBLIC_URL}{self.path}{self.query()}"


webhooks: dict[str, Webhook] = {}


def register_webhook(webhook: Webhook) -> Webhook:
    webhooks[webhook.source] = webhook
    return webhook


# --- Verifying ------------------------------------------------------------------------------------


def own_secrets(slug: str) -> list[str]:
    """Return our secrets for services that take one: made of SECRET_KEY, so that nobody has to invent and
    keep one; behind it those of older keys."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    # The services keep these secrets, so the salt must not follow the name of this module.
    salt = f"lifetracker.webhooks.{slug}"
    return [salted_hmac(salt, slug, secret=key, algorithm="sha256").hexdigest() for key in keys]


def require_one_of(given: str, expected: Iterable[str]) -> None:
    """Raise WebhookRejected unless it is one of them. Each is compared in constant time."""
    if not any([constant_time_compare(given, one) for one in expected]):  # noqa: C419 - all of them
        raise WebhookRejected(
            HTTPStatus.UNAUTHORIZED, "The signature or secret of this delivery is wrong."
        )


def sha256_signatures(secrets: Iterable[str], body: bytes) -> list[str]:
    """Return `sha256=` and the HMAC of the raw body in hex, as GitHub and Toggl sign."""
    return [f"sha256={hmac.new(s.encode(), body, hashlib.sha256).hexdigest()}" for s in secrets]


def require_setup(webhook_is_set_up: object, source: str) -> None:
    if not webhook_is_set_up:
        raise WebhookRejected(
            HTTPStatus.NOT_FOUND,
            f"Webhooks from {title_of(source)} are not set up. See docs/webhooks.md.",
        )


def unreadable(what: str) -> WebhookRejected:
    return WebhookRejected(HTTPStatus.BAD_REQUEST, f"This delivery cannot be read: {what}.")


# --- Processing -----------------------------------------------------------------------------------


@dataclass
class DeliveryBatch:
    """Deliveries that a run has claimed together, of which some are settled already."""

    deliveries: list[WebhookDelivery]
    _left: set[int] = field(default_factory=set)
    # What is being worked at; None where it is all of them at once.
    _tried: list[WebhookDelivery] | None = None
    _failures: int = 0

    @contextmanager
    def attempt(
        self, job: SyncJob[Client], stream: str, deliveries: list[WebhookDelivery]
    ) -> Iterator[None]:
        """Limit what goes wrong inside to these deliveries, and the others go on; several failures one after
        the other are the service's trouble with all. Raises SyncError."""
        self._tried = deliveries
        try:
            yield
        except (BadResponse, TryLater) as error:
            self._failures += isinstance(error, TryLater)
            if getattr(error, "after", None) is not None or self._failures == MOST_FAILURES:
                raise
            self.defer(deliveries, str(error))
            job.recorder.counts[stream].error = str(error)
        else:
            self._failures = 0

    def release(self) -> None:
        """Give back the attempt of those that a fault in another one's work kept from being tried."""
        tried = {one.pk for one in self._tried or self.deliveries}
        untried = [one.pk for one in self.pending if one.pk not in tried]
        rows = WebhookDelivery.objects.waiting().filter(pk__in=untried)
        rows.update(attempts=F("attempts") - 1, resume_at=None)

    def defer(self, deliveries: Iterable[WebhookDelivery], why: str) -> None:
        """Leave deliveries for a later attempt."""
        pks = {one.pk for one in deliveries}
        self._left |= pks
        WebhookDelivery.objects.filter(pk__in=pks).update(outcome=why)

    @contextmanager
    def completing(
        self, job: SyncJob[Client], deliveries: list[WebhookDelivery], outcome: str = ""
    ) -> Iterator[None]:
        """Store what is written inside, its count, and that these are processed: all or nothing."""
        with transaction.atomic():
            job.lease.renew()
            yield
            WebhookDelivery.objects.settle(deliveries, outcome)
            job.recorder.save()
        self._left |= {one.pk for one in deliveries}

    @property
    def pending(self) -> list[WebhookDelivery]:
        return [one for one in self.deliveries if one.pk not in self._left]


def process_deliveries(job: SyncJob[Client]) -> None:
    """Process what is due for the run's source. Raises SyncError, after which the claimed deliveries wait
    for their next attempt.

    What comes in meanwhile is for a run of its own: a run asks nothing twice, and may have read
    already what has changed since.
    """
    batch = DeliveryBatch(WebhookDelivery.objects.claim(job.source.name, DELIVERIES_AT_ONCE))
    if batch.pending:
        try:
            webhooks[job.source.name].work(job, batch)
        except LeaseLost:
            raise
        except SyncError as error:
            postpone(batch.pending, error)
            raise
        except Exception:
            batch.release()
            raise
        with batch.completing(job, batch.pending):
            pass
    WebhookDelivery.objects.forget_old()


def read_changes(job: SyncJob[Client]) -> None:
    """Read what an incremental run reads, for a service that is better asked once for all changes than
    for each record. Raises SyncError, also where a single stream failed."""
    job.request = SyncRequest()
    job.read()
    failures = [counts.error for counts in job.recorder.counts.values() if counts.error]
    if failures:
        raise BadResponse(" ".join(failures))


def postpone(deliveries: list[WebhookDelivery], error: SyncError) -> None:
    rows = WebhookDelivery.objects.waiting().filter(pk__in=[one.pk for one in deliveries])
    rows.update(outcome=str(error))
    if isinstance(error, TryLater) and error.after is not None:
        # Not an attempt: the service says when there can be one.
        rows.update(resume_at=timezone.now() + error.after, attempts=F("attempts") - 1)
