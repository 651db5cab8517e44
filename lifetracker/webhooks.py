"""What services push, declared as their streams are: an app's `webhooks.py` says how a delivery is
verified, what it says, and how it is worked off. `lifetracker.inbox` receives it.

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
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from lifetracker.http import BadResponse, NotConfigured, SyncError, TryLater
from lifetracker.models import LeaseLost, WebhookDelivery

if TYPE_CHECKING:
    from lifetracker.sync import Run

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
# Far more than any event of a service but GitHub's.
MOST_BYTES = 1_000_000
# So many deliveries are looked at together, so that doubles among them cost one fetch.
BATCH = 1000
# So many records in a row that a service cannot answer for, and it is left alone for now.
MOST_FAILURES = 3


class Refused(Exception):
    """A delivery that is not taken, with the status and the text to answer. Nothing is stored."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class Notice(NamedTuple):
    """What is kept of a delivery. `id` is the service's own for it, the same when it is sent
    again; empty for a service that numbers nothing."""

    id: str
    event: str
    subject: dict[str, Any]


class Reply(NamedTuple):
    """The whole answer to a delivery that leaves nothing to do."""

    content: dict[str, Any]


NOTHING_TO_DO = Reply({"detail": "Nothing to do for this event."})


class Subscriptions(Protocol):
    """How a service is told to push, where it has an API for that. Each raises SyncError."""

    def list(self) -> Iterable[str]:
        """A line for each subscription, without a secret."""

    def subscribe(self, address: str) -> Iterable[str]: ...

    def unsubscribe(self, address: str) -> Iterable[str]: ...


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """How a source's deliveries are received and worked off.

    `verify` looks at the request and the raw body before anything is parsed; `read` at the headers
    and the parsed content; both raise Refused. `work` does what claimed deliveries ask for; those
    that it neither settles nor `leaves` are settled when it returns. `is_checked`: the service asks
    with HEAD or GET whether somebody is there. `query`: what its address carries. `hint`: how to set it
    up. `pause`: how long deliveries are collected after a run, where each run costs a part of a small quota.
    """

    source: str
    verify: Callable[[HttpRequest, bytes], None]
    read: Callable[[Mapping[str, str], dict[str, Any]], Notice | Reply]
    work: Callable[[Run, Backlog], None]
    hint: str
    content_type: str = JSON
    most_bytes: int = MOST_BYTES
    is_checked: bool = False
    pause: timedelta = timedelta(0)
    query: Callable[[], str] = str
    subscriptions: Callable[[], Subscriptions] | None = None

    @property
    def slug(self) -> str:
        return self.source.lower()

    @property
    def path(self) -> str:
        return f"/webhooks/{self.slug}"

    def address(self) -> str:
        """Where the service is to deliver, with the secret if it has one. Raises NotConfigured."""
        if not settings.PUBLIC_URL:
            raise NotConfigured(
                "PUBLIC_URL is not set: put the https address under which the services reach this program into .env."
            )
        return f"{settings.PUBLIC_URL}{self.path}{self.query()}"


webhooks: dict[str, Webhook] = {}


def register(webhook: Webhook) -> Webhook:
    webhooks[webhook.source] = webhook
    return webhook


# --- Verifying ------------------------------------------------------------------------------------


def own_secrets(slug: str) -> list[str]:
    """For services that take a secret of ours: made of SECRET_KEY, so that nobody has to invent and
    keep one; behind it those of older keys."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    salt = f"lifetracker.webhooks.{slug}"
    return [salted_hmac(salt, slug, secret=key, algorithm="sha256").hexdigest() for key in keys]


def refuse_unless_one_of(given: str, expected: Iterable[str]) -> None:
    """Compares with all of them, each in constant time."""
    if not any([constant_time_compare(given, one) for one in expected]):  # noqa: C419 - all of them
        raise Refused(HTTPStatus.UNAUTHORIZED, "The signature or secret of this delivery is wrong.")


def sha256_signatures(secrets: Iterable[str], body: bytes) -> list[str]:
    """`sha256=` and the HMAC of the raw body in hex, as GitHub and Toggl sign."""
    return [f"sha256={hmac.new(s.encode(), body, hashlib.sha256).hexdigest()}" for s in secrets]


def refuse_unless_set_up(webhook_is_set_up: object, source: str) -> None:
    if not webhook_is_set_up:
        raise Refused(
            HTTPStatus.NOT_FOUND,
            f"Webhooks of {source} are not set up here: README, «Webhooks», says how.",
        )


def malformed(what: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, f"This delivery cannot be read: {what}.")


# --- Working off ----------------------------------------------------------------------------------


@dataclass
class Backlog:
    """Deliveries that a run has claimed, and has not settled yet."""

    deliveries: list[WebhookDelivery]
    _left: set[int] = field(default_factory=set)
    # What is being worked at; None where it is all of them at once.
    _tried: list[WebhookDelivery] | None = None
    _failures: int = 0

    @contextmanager
    def trying(self, run: Run, stream: str, deliveries: list[WebhookDelivery]) -> Iterator[None]:
        """What goes wrong inside concerns these alone, and the others go on; several failures one after
        the other are the service's trouble with all. Raises SyncError."""
        self._tried = deliveries
        try:
            yield
        except (BadResponse, TryLater) as error:
            self._failures += isinstance(error, TryLater)
            if getattr(error, "after", None) is not None or self._failures == MOST_FAILURES:
                raise
            self.leave(deliveries, str(error))
            run.counts[stream].error = str(error)
        else:
            self._failures = 0

    def give_back(self) -> None:
        """Those that a fault in another one's work kept from being tried."""
        tried = {one.pk for one in self._tried or self.deliveries}
        untried = [one.pk for one in self.open if one.pk not in tried]
        rows = WebhookDelivery.objects.waiting().filter(pk__in=untried)
        rows.update(attempts=F("attempts") - 1, resume_at=None)

    def leave(self, deliveries: Iterable[WebhookDelivery], why: str) -> None:
        """For a later attempt."""
        pks = {one.pk for one in deliveries}
        self._left |= pks
        WebhookDelivery.objects.filter(pk__in=pks).update(outcome=why)

    @contextmanager
    def settling(
        self, run: Run, deliveries: list[WebhookDelivery], outcome: str = ""
    ) -> Iterator[None]:
        """What is written inside, its count, and that these are worked off: all or nothing."""
        with transaction.atomic():
            run.renew()
            yield
            WebhookDelivery.objects.settle(deliveries, outcome)
            run.save()
        self._left |= {one.pk for one in deliveries}

    @property
    def open(self) -> list[WebhookDelivery]:
        return [one for one in self.deliveries if one.pk not in self._left]


def work_off(run: Run) -> None:
    """What is due for the run's source. Raises SyncError, after which the claimed deliveries wait
    for their next attempt.

    What comes in meanwhile is for a run of its own: a run asks nothing twice, and may have read
    already what has changed since.
    """
    backlog = Backlog(WebhookDelivery.objects.claim(run.source.name, BATCH))
    if backlog.open:
        try:
            webhooks[run.source.name].work(run, backlog)
        except LeaseLost:
            raise
        except SyncError as error:
            put_off(backlog.open, error)
            raise
        except Exception:
            backlog.give_back()
            raise
        with backlog.settling(run, backlog.open):
            pass
    WebhookDelivery.objects.forget_old()


def read_changes(run: Run) -> None:
    """What an incremental run reads, for a service that is better asked once for all changes than
    for each record. Raises SyncError, also where a single stream failed."""
    run.read()
    failures = [counts.error for counts in run.counts.values() if counts.error]
    if failures:
        raise BadResponse(" ".join(failures))


def put_off(deliveries: list[WebhookDelivery], error: SyncError) -> None:
    rows = WebhookDelivery.objects.waiting().filter(pk__in=[one.pk for one in deliveries])
    rows.update(outcome=str(error))
    if isinstance(error, TryLater) and error.after is not None:
        # Not an attempt: the service says when there can be one.
        rows.update(resume_at=timezone.now() + error.after, attempts=F("attempts") - 1)
