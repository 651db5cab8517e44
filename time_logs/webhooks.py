"""What Toggl pushes: that an entry, a project or a tag was made, changed or deleted. Facts: Toggl's
Webhooks v1.

Toggl's free plan grants thirty requests an hour, so entries are not fetched one by one: one question
for the changes brings all of them, and the tombstones too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from lifetracker.http import BadResponse
from lifetracker.webhooks import (
    NOTHING_TO_DO,
    Backlog,
    Notice,
    Reply,
    Webhook,
    malformed,
    own_secrets,
    read_changes,
    refuse_unless_one_of,
    refuse_unless_set_up,
    register,
    sha256_signatures,
)
from time_logs.models import TOGGL, TimeEntry
from time_logs.services.toggl_client import TogglClient
from time_logs.streams import projects, tags, workspaces

if TYPE_CHECKING:
    from lifetracker.sync import Run

ENTRY = "time_entry"
NAMES = ("project", "client", "tag")
# Toggl's free plan grants thirty requests an hour, which the syncs need too.
PAUSE = timedelta(minutes=5)
# As many as the free plan allows.
EVENTS = [{"entity": entity, "action": "*"} for entity in (ENTRY, "project", "tag")]


# --- Receiving ------------------------------------------------------------------------------------


def verify(request: HttpRequest, body: bytes) -> None:
    refuse_unless_set_up(TogglClient.is_configured(), TOGGL)
    given = request.headers.get("X-Webhook-Signature-256", "")
    refuse_unless_one_of(given, sha256_signatures(own_secrets("toggl"), body))


def read(headers: Mapping[str, str], content: dict[str, Any]) -> Notice | Reply:
    if content.get("payload") == "ping":
        # Answered with its own code, the address is validated.
        code = content.get("validation_code")
        return Reply({"validation_code": code} if isinstance(code, str) else {})
    event_id, metadata = content.get("event_id"), content.get("metadata")
    if type(event_id) is not int or not isinstance(metadata, dict):
        raise malformed("it has no event_id or no metadata")
    model, action = metadata.get("model"), str(metadata.get("action"))[:20]
    if model not in (ENTRY, *NAMES) or is_of_another(content.get("payload")):
        return NOTHING_TO_DO
    subscription = content.get("subscription_id")
    return Notice(
        f"{subscription}/{event_id}"[:80], f"{model} {action}", {"model": model, "event": event_id}
    )


def is_of_another(payload: Any) -> bool:
    """Whether it is about somebody else's entry: a workspace tells of everybody's."""
    known = TimeEntry.objects.live().filter(source=TOGGL).values_list("raw__user_id").first()
    user_id = payload.get("user_id") if isinstance(payload, dict) else None
    return None not in (known, user_id) and known != (user_id,)


# --- Working off ----------------------------------------------------------------------------------


def work(run: Run, backlog: Backlog) -> None:
    read_changes(run)
    named = [one for one in backlog.open if one.subject["model"] != ENTRY]
    with backlog.settling(run, [one for one in backlog.open if one not in named]):
        pass
    if named:
        for stream in (projects, tags):
            run.read_extent(stream, None)
        # Entries have copies of the names.
        run.repair()


# --- Subscribing ----------------------------------------------------------------------------------


class WorkspaceSubscriptions:
    """One for each workspace of the person."""

    def list(self) -> Iterable[str]:
        with closing(TogglClient()) as client:
            for workspace in workspaces(client):
                for one in client.subscriptions(workspace):
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
                for known in ours(client, workspace, description_of(address)):
                    client.unsubscribe(workspace, known["subscription_id"])
                    yield f"Toggl will not tell of changes in workspace {workspace} any more."


def description_of(address: str) -> str:
    """Unique in a workspace, in which others may have such a program too."""
    return f"Life Tracker, {urlsplit(address).netloc}"


def ours(client: TogglClient, workspace: int, description: str) -> list[dict[str, Any]]:
    return [one for one in client.subscriptions(workspace) if one["description"] == description]


def ensure(client: TogglClient, workspace: int, wanted: dict[str, Any]) -> str:
    """One subscription as it is wanted, and what became of it."""
    known = ours(client, workspace, wanted["description"])
    client.subscribe(workspace, wanted, known[0]["subscription_id"] if known else None)
    made = ours(client, workspace, wanted["description"])
    if not made or not made[0].get("validated_at"):
        raise BadResponse("Toggl has not validated the address: is it reached from outside?")
    return f"Toggl will tell of changes in workspace {workspace}."


webhook = register(
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
