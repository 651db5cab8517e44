"""What GitHub pushes: that a default branch has moved, or that a repository has changed. Facts:
GitHub's page on webhook events and payloads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

from github_projects.models import GITHUB
from lifetracker.webhooks import (
    NOTHING_TO_DO,
    Backlog,
    Notice,
    Reply,
    Webhook,
    malformed,
    read_changes,
    refuse_unless_one_of,
    refuse_unless_set_up,
    register,
    sha256_signatures,
)

if TYPE_CHECKING:
    from lifetracker.sync import Run

# GitHub sends no larger ones.
MOST_BYTES = 25 * 1024 * 1024


def verify(request: HttpRequest, body: bytes) -> None:
    secret = settings.GITHUB_WEBHOOK_SECRET
    refuse_unless_set_up(secret and settings.GITHUB_ACCESS_TOKEN, GITHUB)
    given = request.headers.get("X-Hub-Signature-256", "")
    refuse_unless_one_of(given, sha256_signatures([secret], body))


def read(headers: Mapping[str, str], content: dict[str, Any]) -> Notice | Reply:
    event, delivery = headers.get("X-GitHub-Event", ""), headers.get("X-GitHub-Delivery", "")
    if not re.fullmatch(r"[0-9A-Za-z-]{8,64}", delivery):
        raise malformed("it has no X-GitHub-Delivery")
    if event not in {"push", "repository"}:
        return NOTHING_TO_DO
    repository = content.get("repository")
    if not isinstance(repository, dict) or not isinstance(repository.get("full_name"), str):
        raise malformed("it names no repository")
    if event == "push" and not moves_default_branch(content, repository):
        return NOTHING_TO_DO
    return Notice(delivery, event, {"repository": repository["full_name"][:200]})


def moves_default_branch(content: dict[str, Any], repository: dict[str, Any]) -> bool:
    branch = repository.get("default_branch")
    is_default = isinstance(branch, str) and content.get("ref") == f"refs/heads/{branch}"
    return is_default and content.get("deleted") is not True


def work(run: Run, backlog: Backlog) -> None:
    """The list of repositories says what has moved, and only that is fetched."""
    read_changes(run)


webhook = register(
    Webhook(
        source=GITHUB,
        verify=verify,
        read=read,
        work=work,
        most_bytes=MOST_BYTES,
        hint="Add the address in the repository's settings under Webhooks, content type application/json, with GITHUB_WEBHOOK_SECRET as its secret.",
    )
)
