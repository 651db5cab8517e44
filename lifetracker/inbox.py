"""Where services deliver what they push."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt

from lifetracker.http import NotConfigured
from lifetracker.models import SyncRun, WebhookDelivery
from lifetracker.streams import sources
from lifetracker.sync import Order
from lifetracker.tasks import enqueue
from lifetracker.webhooks import FORM, Notice, Refused, Reply, Webhook, malformed, webhooks


@login_not_required
@csrf_exempt  # verified by the service's signature or secret instead
def receive(request: HttpRequest, slug: str) -> HttpResponse:
    """Verify, keep, wake a worker, answer: nothing here waits for a service."""
    try:
        return JsonResponse(answer(request, slug))
    except Refused as refusal:
        headers = {"Allow": "POST"} if refusal.status == HTTPStatus.METHOD_NOT_ALLOWED else None
        return JsonResponse({"detail": str(refusal)}, status=refusal.status, headers=headers)


def answer(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What to answer to a delivery that is taken. Raises Refused."""
    webhook = next((one for one in webhooks.values() if one.slug == slug), None)
    if webhook is None:
        raise Refused(HTTPStatus.NOT_FOUND, "No service delivers here.")
    if request.method == "HEAD" and webhook.is_checked:
        webhook.verify(request, b"")
        return {}
    if request.method != "POST":
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "Deliveries come by POST.")
    body = body_of(request, webhook)
    webhook.verify(request, body)
    said = webhook.read(request.headers, content_of(webhook, body))
    return said.content if isinstance(said, Reply) else {"detail": keep(webhook, said)}


def body_of(request: HttpRequest, webhook: Webhook) -> bytes:
    """The raw body, never more of it than a delivery may have."""
    if request.content_type != webhook.content_type:
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Deliveries come as {webhook.content_type}."
        )
    try:
        body = request.read(webhook.most_bytes + 1)
    except OSError:
        raise malformed("its body was cut off") from None
    if len(body) > webhook.most_bytes:
        raise Refused(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"A delivery has at most {webhook.most_bytes:,} bytes.",
        )
    return body


def content_of(webhook: Webhook, body: bytes) -> dict[str, Any]:
    try:
        content = form_of(body) if webhook.content_type == FORM else json.loads(body)
    except (ValueError, RecursionError, SuspiciousOperation):
        raise malformed(f"its body is not {webhook.content_type}") from None
    if not isinstance(content, dict):
        raise malformed("its body is not an object")
    return content


def form_of(body: bytes) -> dict[str, str]:
    return {name: str(value) for name, value in QueryDict(body, encoding="utf-8").items()}


def keep(webhook: Webhook, notice: Notice) -> str:
    """Store what was said, once, and have it worked off."""
    _, is_new = WebhookDelivery.objects.get_or_create(
        source=webhook.source,
        delivery_id=notice.id,
        defaults={"event": notice.event, "subject": notice.subject},
    )
    if not is_new:
        return "This delivery is known already: nothing was stored."
    ask_for_work(webhook.source)
    return "Thank you."


def ask_for_work(source: str) -> None:
    """One run for however many deliveries; without one, they wait for the minute's look."""
    try:
        enqueue(sources[source], Order(SyncRun.Kind.WEBHOOK))
    except (NotConfigured, IntegrityError):
        # Not connected any more; or the run that was there has ended in this very moment.
        return
