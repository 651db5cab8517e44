"""Where services deliver what they push."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from lifetracker.http import NeedsReauthorization, NotConfigured
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
    if request.method in {"HEAD", "GET"} and webhook.is_checked:
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
    if len(body) < int(request.META.get("CONTENT_LENGTH") or 0) <= webhook.most_bytes:
        raise malformed("its body was cut off")
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
    """Store what was said, once, and have it worked off. Raises Refused."""
    refuse_unstorable([notice.id, notice.event, *notice.subject.values()])
    later = next_look(webhook)
    if not WebhookDelivery.objects.store(webhook.source, *notice, resume_at=later):
        return "This delivery is known already: nothing was stored."
    if later is None:
        ask_for_work(webhook.source)
    return "Thank you."


def refuse_unstorable(values: Iterable[Any]) -> None:
    """For characters that no database takes: NUL, and halves of surrogates."""
    text = "".join(str(value) for value in values)
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise malformed("it holds a character that is none")


def next_look(webhook: Webhook) -> datetime | None:
    """When the source may be asked again; None for now."""
    if not webhook.pause:
        return None
    since = timezone.now() - webhook.pause
    runs = SyncRun.objects.filter(source=webhook.source, kind=SyncRun.Kind.WEBHOOK)
    last = runs.filter(started_at__gt=since).exclude(status=SyncRun.Status.QUEUED).first()
    return last.started_at + webhook.pause if last else None


def ask_for_work(source: str) -> None:
    """One run for however many deliveries; without one, they wait for the minute's look."""
    try:
        enqueue(sources[source], Order(SyncRun.Kind.WEBHOOK))
    except (NotConfigured, NeedsReauthorization, IntegrityError):
        # Not connected any more; or the run that was there has ended in this very moment.
        return
