"""What the stand-ins deliver, handed to the program in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from lifetracker import tasks
from lifetracker.models import SyncRun, WebhookDelivery
from tests.lifetracker.sandbox.receiving import receiving

# A stand-in's way to deliver to an address.
Deliver = Callable[[str], Any]


def caught(path: str, deliver: Deliver) -> tuple[dict[str, str], bytes]:
    """Headers and body as they came over the network."""
    with receiving(path) as receiver:
        deliver(receiver.url)
        return receiver.got[-1]


def post(
    path: str, deliver: Deliver, body: bytes | None = None, **changed: str | None
) -> tuple[int, str]:
    """Status and text of the answer. `body` replaces the delivered one, and `changed` headers; None
    leaves a header out."""
    headers, delivered = caught(path, deliver)
    names = {name.replace("_", "-").lower(): value for name, value in changed.items()}
    sent = {name.lower(): value for name, value in headers.items()} | names
    kept = {
        name: value
        for name, value in sent.items()
        if value is not None and name not in {"path", "host", "content-length"}
    }
    answer = Client(enforce_csrf_checks=True).generic(
        "POST",
        path,
        delivered if body is None else body,
        content_type=kept.pop("content-type", ""),
        headers=kept,
    )
    return answer.status_code, answer.json().get("detail", "")


def process_deliveries() -> list[str]:
    """What a worker does with all that waits in the ledger; what became of each run."""
    return [tasks.execute_run(run.pk) for run in SyncRun.objects.active().order_by("pk")]


def waiting() -> int:
    return WebhookDelivery.objects.waiting().count()
