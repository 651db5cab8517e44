"""Where services deliver what they push."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from lifetracker.errors import NeedsReauthorization, NotConfigured
from lifetracker.models import SyncRun, WebhookDelivery
from lifetracker.sync.mapping import Item
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from lifetracker.sync.webhooks import (
    FORM,
    ImmediateResponse,
    Webhook,
    WebhookEvent,
    WebhookRejected,
    unreadable,
    webhooks,
)
from lifetracker.tasks import enqueue


@login_not_required
@csrf_exempt  # verified by the service's signature or secret instead
def receive(request: HttpRequest, slug: str) -> HttpResponse:
    """Verify a delivery, store it, wake a worker and answer: nothing here waits for a service."""
    try:
        return JsonResponse(handle(request, slug))
    except WebhookRejected as refusal:
        headers = {"Allow": "POST"} if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED else None
        return JsonResponse({"detail": str(refusal)}, status=refusal.status, headers=headers)


def handle(request: HttpRequest, slug: str) -> Mapping[str, object]:
    """Return the answer to a delivery that is taken. Raises WebhookRejected."""
    webhook = next((one for one in webhooks.values() if one.slug == slug), None)
    if webhook is None:
        raise WebhookRejected(HTTPStatus.NOT_FOUND, "This address does not receive webhooks.")
    if request.method in {"HEAD", "GET"} and webhook.is_checked:
        webhook.verify(request, b"")
        return {}
    if request.method != "POST":
        raise WebhookRejected(HTTPStatus.METHOD_NOT_ALLOWED, "Deliveries must use POST.")
    body = body_of(request, webhook)
    webhook.verify(request, body)
    event = webhook.read(request.headers, content_of(webhook, body))
    return (
        event.content
        if isinstance(event, ImmediateResponse)
        else {"detail": store_delivery(webhook, event, body)}
    )


def body_of(request: HttpRequest, webhook: Webhook) -> bytes:
    """Return the raw body, never more of it than a delivery may have."""
    if request.content_type != webhook.content_type:
        raise WebhookRejected(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"Deliveries must have the content type {webhook.content_type}.",
        )
    try:
        body = request.read(webhook.most_bytes + 1)
    except OSError:
        raise unreadable("its body was cut off") from None
    if len(body) < int(request.META.get("CONTENT_LENGTH") or 0) <= webhook.most_bytes:
        raise unreadable("its body was cut off")
    if len(body) > webhook.most_bytes:
        raise WebhookRejected(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"A delivery may have at most {webhook.most_bytes:,} bytes.",
        )
    return body


def content_of(webhook: Webhook, body: bytes) -> Item:
    try:
        content = form_of(body) if webhook.content_type == FORM else json.loads(body)
    except (ValueError, RecursionError, SuspiciousOperation):
        raise unreadable(f"its body is not {webhook.content_type}") from None
    if not isinstance(content, dict):
        raise unreadable("its body is not an object")
    return content


def form_of(body: bytes) -> dict[str, str]:
    return {name: str(value) for name, value in QueryDict(body, encoding="utf-8").items()}


def store_delivery(webhook: Webhook, event: WebhookEvent, body: bytes) -> str:
    """Store the event, once, and enqueue a run for it. Raises WebhookRejected."""
    refuse_unstorable([event.id, event.event, *event.subject.values()])
    later = next_run_at(webhook)
    digest = "" if webhook.id_is_signed else hashlib.sha256(body).hexdigest()
    store = WebhookDelivery.objects.store
    if not store(webhook.source, *event, resume_at=later, body_digest=digest):
        return "This delivery was already received. Nothing was stored."
    if later is None:
        enqueue_webhook_run(webhook.source)
    return "Thank you."


def refuse_unstorable(values: Iterable[object]) -> None:
    """Raise WebhookRejected for characters that no database takes: NUL, and halves of surrogates."""
    text = "".join(str(value) for value in values)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise unreadable("it contains an invalid character")


def next_run_at(webhook: Webhook) -> datetime | None:
    """Return when the source may be asked again; None for now."""
    if not webhook.pause:
        return None
    since = timezone.now() - webhook.pause
    runs = SyncRun.objects.filter(source=webhook.source, kind=SyncRun.Kind.WEBHOOK)
    last = runs.filter(started_at__gt=since).exclude(status=SyncRun.Status.QUEUED).first()
    return last.started_at + webhook.pause if last else None


def enqueue_webhook_run(source: str) -> None:
    """Enqueue one run for however many deliveries; without one, the minute's task finds them."""
    try:
        enqueue(sources[source], SyncRequest(SyncRun.Kind.WEBHOOK), SyncRun.BegunBy.WEBHOOK)
    except (NotConfigured, NeedsReauthorization, IntegrityError):
        # Not connected any more; or the run that was there has ended in this very moment.
        return
