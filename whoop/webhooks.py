"""What WHOOP pushes: that a sleep, a recovery or a workout was made, changed or deleted. Facts:
WHOOP's page on webhooks, v2."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from lifetracker.errors import BadResponse, NotAllowed
from lifetracker.models import RejectedItem, WebhookDelivery
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import Item
from lifetracker.sync.streams import ServiceClient, Stream
from lifetracker.sync.webhooks import (
    NOTHING_TO_DO,
    DeliveryBatch,
    ImmediateResponse,
    Webhook,
    WebhookEvent,
    WebhookRejected,
    register_webhook,
    require_one_of,
    require_setup,
    unreadable,
)
from oauth_integration.models import OAuthCredential, environment
from whoop.models import WHOOP, ScoreState, WhoopRecovery, WhoopSleep, member
from whoop.streams import cycles, recoveries, sleeps, workouts

if TYPE_CHECKING:
    from lifetracker.sync.job import SyncJob
    from whoop.streams import SingleMemberClient

# WHOOP tries for about an hour, and nobody has seen whether it signs anew each time.
OLDEST, NEWEST = timedelta(minutes=70), timedelta(minutes=5)
KINDS = ("sleep", "recovery", "workout")
# How often what is not there yet, or has no score yet, is asked for before it is left to the syncs.
TRIES = 4


# --- Receiving ------------------------------------------------------------------------------------


def signatures(timestamp: str, body: bytes) -> list[str]:
    """Return base64(HMAC-SHA256(client secret, timestamp and body)): by the stored secret, and by that of
    the settings, of which one may be newer."""
    credential = OAuthCredential.objects.of("whoop")
    secrets = {credential.setting("client_secret"), environment("whoop", "CLIENT_SECRET")} - {""}
    require_setup(secrets, WHOOP)
    digests = [hmac.digest(s.encode(), timestamp.encode() + body, hashlib.sha256) for s in secrets]
    return [base64.b64encode(digest).decode() for digest in digests]


def verify(request: HttpRequest, body: bytes) -> None:
    timestamp = request.headers.get("X-WHOOP-Signature-Timestamp", "")
    given = request.headers.get("X-WHOOP-Signature", "")
    require_one_of(given, signatures(timestamp, body))
    if not re.fullmatch(r"\d{1,15}", timestamp):
        raise unreadable("its timestamp is not a number of milliseconds")
    age = time.time() - int(timestamp) / 1000
    if not -NEWEST.total_seconds() <= age <= OLDEST.total_seconds():
        raise WebhookRejected(
            HTTPStatus.UNAUTHORIZED,
            "This delivery was signed too long ago or in the future. Check this machine's clock.",
        )


def read(headers: Mapping[str, str], content: Item) -> WebhookEvent | ImmediateResponse:
    kind, _, event = str(content.get("type")).partition(".")
    trace_id, user_id = content.get("trace_id"), content.get("user_id")
    if not isinstance(trace_id, str) or not 0 < len(trace_id) <= 80:
        raise unreadable("it has no trace_id")
    if member_number(user_id) != member():
        raise WebhookRejected(HTTPStatus.FORBIDDEN, "Records of this member are not stored here.")
    if kind not in KINDS or event not in {"updated", "deleted"}:
        return NOTHING_TO_DO
    subject = {"kind": kind, "id": uuid_of(content.get("id"))}
    return WebhookEvent(trace_id, f"{kind}.{event}", subject)


def member_number(value: Json) -> int:
    """Return a member's number. Raises WebhookRejected."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise unreadable("its user_id is not a number")
    return value


def uuid_of(value: Json) -> str:
    """Return a UUID in the form that may be part of an address. Raises WebhookRejected."""
    try:
        return str(UUID(value))  # type: ignore[arg-type]  # what is no text is caught below
    except (AttributeError, TypeError, ValueError):
        raise unreadable("its id is not a UUID") from None


# --- Processing -----------------------------------------------------------------------------------


class CurrentRecord(NamedTuple):
    """A record as WHOOP shows it now."""

    stream: Stream
    source_id: str
    #: None where WHOOP has none, or where the consent does not open it.
    item: Item | None
    #: Why the consent does not open it.
    refusal: str = ""

    @property
    def is_pending(self) -> bool:
        return self.item is not None and self.item.get("score_state") == ScoreState.PENDING

    @property
    def is_marked_deleted(self) -> bool:
        rows = self.stream.model._default_manager.filter(source=WHOOP, source_id=self.source_id)
        return rows.filter(deleted_at__isnull=False).exists()


def work(job: SyncJob[SingleMemberClient], batch: DeliveryBatch) -> None:
    """Fetch and store each record once, however many deliveries are about it."""
    about = by_subject(batch.pending)
    known_member = member()
    # What waits for a later attempt learns from this one as well.
    claimed = [delivery.pk for delivery in batch.deliveries]
    waiting = WebhookDelivery.objects.waiting().filter(source=WHOOP).exclude(pk__in=claimed)
    for subject, deliveries in by_subject(waiting.filter(pk__lt=max(claimed))).items():
        if subject in about:
            about[subject] += deliveries
    for (follow, record_id), deliveries in about.items():
        with batch.attempt(job, deliveries[0].subject["kind"], deliveries):
            found = follow(job.client, record_id)
            refuse_unasked(found, known_member)
            store_found(job, batch, deliveries, found)
    job.writer.repair()


def by_subject(
    deliveries: Iterable[WebhookDelivery],
) -> dict[tuple[Follow, str], list[WebhookDelivery]]:
    about: dict[tuple[Follow, str], list[WebhookDelivery]] = {}
    for delivery in deliveries:
        subject = (FOLLOW[delivery.subject["kind"]], delivery.subject["id"])
        about.setdefault(subject, []).append(delivery)
    return about


def store_found(
    job: SyncJob[SingleMemberClient],
    batch: DeliveryBatch,
    deliveries: list[WebhookDelivery],
    found: list[CurrentRecord],
) -> None:
    """Store the records that exist, and mark as deleted those that are reported deleted and do not."""
    events = {one.event for one in deliveries}
    why = reason_to_wait(events, {one.stream.name: one for one in found})
    # The syncs go on where there were enough tries.
    waits = why and not all(one.attempts >= TRIES - 1 for one in deliveries)
    with batch.completing(job, [] if waits else deliveries, why):
        for stream, source_id, item, refusal in found:
            if refusal:
                job.recorder.counts[stream.name].error = refusal
            elif item is not None:
                job.writer.store(stream, [item])
                job.writer.deletions.settle(stream.name, [source_id])
            elif is_reported_deleted(stream, events):
                job.writer.mark_deleted(stream, [source_id])
                # What could not be stored of it must not come back.
                listed = RejectedItem.objects.filter(source=WHOOP, stream=stream.name)
                listed.filter(item_key=source_id).delete()
    if waits:
        batch.defer(deliveries, why)


def refuse_unasked(found: list[CurrentRecord], known_member: int | None) -> None:
    """Raise BadResponse for another record than the one asked for, and for another member's."""
    for stream, source_id, item, _ in found:
        if item is not None and (
            item.get("user_id") != known_member or stream.mapping.source_id(item) != source_id
        ):
            raise BadResponse(f"WHOOP sent a different {stream.name} than requested.")


def is_reported_deleted(stream: Stream, events: set[str]) -> bool:
    """Return whether WHOOP reported the record as deleted; a deleted sleep takes its recovery along. A record
    that is only not visible may become so later."""
    parents = {"recovery": {"recovery.deleted", "sleep.deleted"}}
    return bool(parents.get(stream.name, {f"{stream.name}.deleted"}) & events)


def reason_to_wait(events: set[str], found: dict[str, CurrentRecord]) -> str:
    """Return why a later attempt may find more; empty where it will not."""
    if any(one.is_pending for one in found.values()):
        return "WHOOP has not scored it yet."
    for kind in KINDS:
        record = found.get(kind)
        if record and record.refusal:
            continue
        deleted = f"{kind}.deleted" in events
        is_there = record is not None and record.item is not None
        if (
            f"{kind}.updated" in events
            and not (deleted or is_there)
            and not (record and record.is_marked_deleted)
        ):
            return "WHOOP does not show it yet."
        if events == {f"{kind}.deleted"} and is_there:
            return "WHOOP still shows it."
    return ""


def fetch(client: ServiceClient, stream: Stream, source_id: str, path: str) -> CurrentRecord:
    """Fetch one record. Raises BadResponse for an answer that is no object."""
    try:
        item = client.get(path, {})
    except NotAllowed as error:
        # A part that the consent does not open must not take the others along.
        return CurrentRecord(stream, source_id, None, str(error))
    except BadResponse as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return CurrentRecord(stream, source_id, None)
    if not isinstance(item, dict):
        raise BadResponse(f"WHOOP's answer to {path} is not an object.")
    return CurrentRecord(stream, source_id, item)


def night(client: ServiceClient, sleep_id: str) -> list[CurrentRecord]:
    """Fetch a sleep and what it changes: its cycle, and that cycle's recovery, whose events carry the
    sleep's id."""
    sleep = fetch(client, sleeps, sleep_id, f"/developer/v2/activity/sleep/{sleep_id}")
    cycle_id = cycle_of(sleep_id, sleep.item)
    if cycle_id is None:
        return [sleep]
    path = f"/developer/v2/cycle/{cycle_id}"
    return [
        sleep,
        fetch(client, cycles, cycle_id, path),
        fetch(client, recoveries, cycle_id, f"{path}/recovery"),
    ]


def cycle_of(sleep_id: str, sleep: Item | None) -> str | None:
    """Return the cycle's id by the sleep itself, else by what was stored of it or of its recovery."""
    if sleep is not None and type(sleep.get("cycle_id")) is int:
        return str(sleep["cycle_id"])
    for rows in (WhoopSleep.objects.all(), WhoopRecovery.objects.all()):
        known = rows.filter(source=WHOOP, sleep_id=sleep_id).values_list("cycle_id", flat=True)
        if known:
            return str(known[0])
    return None


def workout(client: ServiceClient, workout_id: str) -> list[CurrentRecord]:
    path = f"/developer/v2/activity/workout/{workout_id}"
    return [fetch(client, workouts, workout_id, path)]


Follow = Callable[[ServiceClient, str], list[CurrentRecord]]
FOLLOW: dict[str, Follow] = {"sleep": night, "recovery": night, "workout": workout}

webhook = register_webhook(
    Webhook(
        source=WHOOP,
        verify=verify,
        read=read,
        work=work,
        hint="Add the address in WHOOP's developer dashboard, under your app's webhooks, with model version v2.",
    )
)
