"""What Toggl pushes: that an entry, a project or a tag was made, changed or deleted. Facts: Toggl's
Webhooks v1.

Toggl's free plan grants thirty requests an hour, so entries are not fetched one by one: one question
for the changes brings all of them, and the reports of deletions too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import HttpRequest

from lifetracker.errors import BadResponse
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import Item
from lifetracker.sync.webhooks import (
    NOTHING_TO_DO,
    DeliveryBatch,
    ImmediateResponse,
    Webhook,
    WebhookEvent,
    own_secrets,
    read_changes,
    register_webhook,
    require_one_of,
    require_setup,
    sha256_signatures,
    unreadable,
)
from time_logs.models import TOGGL, TimeEntry
from time_logs.services.toggl_client import TogglClient
from time_logs.streams import projects, tags, workspaces

if TYPE_CHECKING:
    from lifetracker.sync.job import SyncJob

ENTRY = "time_entry"
NAMES = ("project", "client", "tag")
# Toggl's free plan grants thirty requests an hour, which the syncs need too.
PAUSE = timedelta(minutes=5)
# As many as the free plan allows.
EVENTS = [{"entity": entity, "action": "*"} for entity in (ENTRY, "project", "tag")]


# --- Receiving ------------------------------------------------------------------------------------


def verify(request: HttpRequest, body: bytes) -> None:
    require_setup(TogglClient.is_configured(), TOGGL)
    given = request.headers.get("X-Webhook-Signature-256", "")
    require_one_of(given, sha256_signatures(own_secrets("toggl"), body))


def read(headers: Mapping[str, str], content: Item) -> WebhookEvent | ImmediateResponse:
    if content.get("payload") == "ping":
        # Answered with its own code, the address is validated.
        code = content.get("validation_code")
        return ImmediateResponse({"validation_code": code} if isinstance(code, str) else {})
    event_id, metadata = content.get("event_id"), content.get("metadata")
    if type(event_id) is not int or not isinstance(metadata, dict):
        raise unreadable("it has no event_id or no metadata")
    model, action = metadata.get("model"), str(metadata.get("action"))[:20]
    if model not in (ENTRY, *NAMES) or is_of_another(content.get("payload")):
        return NOTHING_TO_DO
    subscription = content.get("subscription_id")
    return WebhookEvent(
        f"{subscription}/{event_id}"[:80], f"{model} {action}", {"model": model, "event": event_id}
    )


def is_of_another(payload: Json) -> bool:
    """Return whether it is about somebody else's entry: a workspace reports everybody's."""
    known = TimeEntry.objects.live().filter(source=TOGGL).values_list("raw__user_id").first()
    user_id = payload.get("user_id") if isinstance(payload, dict) else None
    return None not in (known, user_id) and known != (user_id,)


# --- Processing -----------------------------------------------------------------------------------


def work(job: SyncJob[TogglClient], batch: DeliveryBatch) -> None:
    read_changes(job)
    named = [one for one in batch.pending if one.subject["model"] != ENTRY]
    with batch.completing(job, [one for one in batch.pending if one not in named]):
        pass
    if named:
        for stream in (projects, tags):
            job.reader.read_extent(stream, None)
        # Entries have copies of the names.
        job.writer.repair()


# --- Subscribing ----------------------------------------------------------------------------------


class WorkspaceSubscriptions:
    """One for each workspace of the person."""

    def list(self) -> Iterable[str]:
        with closing(TogglClient()) as client:
            for workspace in workspaces(client):
                for one in client.subscriptions.of(workspace):
                    is_good = "validated" if one.get("validated_at") else "not validated"
                    yield f"workspace {workspace}: {one.get('description')}, {is_good}, to {one.get('url_callback')}"

    def subscribe(self, address: str) -> Iterable[str]:
        wanted = {
            "url_callback": address,
            "event_filters": EVENTS,
            "enabled": True,
            "description": description_of(address),
            "secret": own_secrets("toggl")[0],
        }
        refused = []
        with closing(TogglClient()) as client:
            for workspace in workspaces(client):
                try:
                    yield ensure(client, workspace, wanted)
                except BadResponse as error:
                    refused.append(f"Workspace {workspace}: {error}")
        if refused:
            raise BadResponse(" ".join(refused))

    def unsubscribe(self, address: str) -> Iterable[str]:
        with closing(TogglClient()) as client:
            for workspace in workspaces(client):
                for known in own_subscriptions(client, workspace, description_of(address)):
                    client.subscriptions.delete(workspace, known["subscription_id"])
                    yield f"Unsubscribed from changes in Toggl workspace {workspace}."


def description_of(address: str) -> str:
    """Return a name that is unique in a workspace, in which others may run this program too."""
    return f"Life Tracker, {urlsplit(address).netloc}"


def own_subscriptions(client: TogglClient, workspace: int, description: str) -> list[Item]:
    return [one for one in client.subscriptions.of(workspace) if one["description"] == description]


def ensure(client: TogglClient, workspace: int, wanted: Item) -> str:
    """Make or change a subscription as it is wanted, and return what became of it."""
    known = own_subscriptions(client, workspace, wanted["description"])
    subscription = known[0]["subscription_id"] if known else None
    client.subscriptions.save(workspace, wanted, subscription)
    made = own_subscriptions(client, workspace, wanted["description"])
    if not made or not made[0].get("validated_at"):
        raise BadResponse(
            "Toggl could not validate the address. Check that it can be reached from the internet."
        )
    return f"Subscribed to changes in Toggl workspace {workspace}."


webhook = register_webhook(
    Webhook(
        source=TOGGL,
        verify=verify,
        read=read,
        work=work,
        pause=PAUSE,
        subscriptions=WorkspaceSubscriptions,
        hint="python manage.py webhooks subscribe toggl",
    )
)
