"""GitHub's deliveries: a default branch has moved, or a repository has changed.

See https://docs.github.com/en/webhooks/webhook-events-and-payloads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

from github_projects.models import GITHUB
from lifetracker.sync.webhooks import (
    NOTHING_TO_DO,
    DeliveryBatch,
    ImmediateResponse,
    Webhook,
    WebhookEvent,
    read_changes,
    register_webhook,
    require_one_of,
    require_setup,
    sha256_signatures,
    unreadable,
)

if TYPE_CHECKING:
    from lifetracker.sync.job import SyncJob

# GitHub sends no larger ones.
MAX_BYTES = 25 * 1024 * 1024


def verify(request: HttpRequest, body: bytes) -> None:
    secret = settings.GITHUB_WEBHOOK_SECRET
    require_setup(secret and settings.GITHUB_ACCESS_TOKEN, GITHUB)
    given = request.headers.get("X-Hub-Signature-256", "")
    require_one_of(given, sha256_signatures([secret], body))


def read(headers: Mapping[str, str], content: dict[str, Any]) -> WebhookEvent | ImmediateResponse:
    event, delivery = headers.get("X-GitHub-Event", ""), headers.get("X-GitHub-Delivery", "")
    if not re.fullmatch(r"[0-9A-Za-z-]{8,64}", delivery):
        raise unreadable("it has no X-GitHub-Delivery")
    if event not in {"push", "repository"}:
        return NOTHING_TO_DO
    repository = content.get("repository")
    if not isinstance(repository, dict) or not isinstance(repository.get("full_name"), str):
        raise unreadable("it names no repository")
    if event == "push" and not moves_default_branch(content, repository):
        return NOTHING_TO_DO
    return WebhookEvent(delivery, event, {"repository": repository["full_name"][:200]})


def moves_default_branch(content: dict[str, Any], repository: dict[str, Any]) -> bool:
    branch = repository.get("default_branch")
    is_default = isinstance(branch, str) and content.get("ref") == f"refs/heads/{branch}"
    return is_default and content.get("deleted") is not True


def work(job: SyncJob[Any], batch: DeliveryBatch) -> None:
    """Read the list of repositories, and fetch those that have moved."""
    read_changes(job)


webhook = register_webhook(
    Webhook(
        source=GITHUB,
        verify=verify,
        read=read,
        work=work,
        most_bytes=MAX_BYTES,
        # `X-GitHub-Delivery` and `X-GitHub-Event` are headers. A body has the moment of its push or change.
        id_is_signed=False,
        hint="Add the address in the repository's settings under Webhooks, content type application/json, with GITHUB_WEBHOOK_SECRET as its secret.",
    )
)
