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
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from lifetracker.http import BadResponse, NotAllowed
from lifetracker.mapping import Item
from lifetracker.models import RejectedItem, WebhookDelivery
from lifetracker.streams import ServiceClient, Stream
from lifetracker.webhooks import (
    NOTHING_TO_DO,
    Backlog,
    Notice,
    Refused,
    Reply,
    Webhook,
    malformed,
    refuse_unless_one_of,
    refuse_unless_set_up,
    register,
)
from oauth_integration.models import OAuthCredential, environment
from whoop.models import WHOOP, ScoreState, WhoopRecovery, WhoopSleep, member
from whoop.streams import cycles, recoveries, sleeps, workouts

if TYPE_CHECKING:
    from lifetracker.sync import Run

# WHOOP tries for about an hour, and nobody has seen whether it signs anew each time.
OLDEST, NEWEST = timedelta(minutes=70), timedelta(minutes=5)
KINDS = ("sleep", "recovery", "workout")
# How often what is not there yet, or has no score yet, is asked for before it is left to the syncs.
TRIES = 4


# --- Receiving ------------------------------------------------------------------------------------


def signatures(timestamp: str, body: bytes) -> list[str]:
    """base64(HMAC-SHA256(client secret, timestamp and body)): by the stored secret, and by that of
    the settings, of which one may be newer."""
    credential = OAuthCredential.objects.of("whoop")
    secrets = {credential.setting("client_secret"), environment("whoop", "CLIENT_SECRET")} - {""}
    refuse_unless_set_up(secrets, WHOOP)
    digests = [hmac.digest(s.encode(), timestamp.encode() + body, hashlib.sha256) for s in secrets]
    return [base64.b64encode(digest).decode() for digest in digests]


def verify(request: HttpRequest, body: bytes) -> None:
    timestamp = request.headers.get("X-WHOOP-Signature-Timestamp", "")
    given = request.headers.get("X-WHOOP-Signature", "")
    refuse_unless_one_of(given, signatures(timestamp, body))
    if not re.fullmatch(r"\d{1,15}", timestamp):
        raise malformed("its timestamp is no number of milliseconds")
    age = time.time() - int(timestamp) / 1000
    if not -NEWEST.total_seconds() <= age <= OLDEST.total_seconds():
        raise Refused(
            HTTPStatus.UNAUTHORIZED,
            "This delivery was signed too long ago, or in the future; check the clock of this machine.",
        )


def read(headers: Mapping[str, str], content: dict[str, Any]) -> Notice | Reply:
    kind, _, event = str(content.get("type")).partition(".")
    trace_id, user_id = content.get("trace_id"), content.get("user_id")
    if not isinstance(trace_id, str) or not 0 < len(trace_id) <= 80:
        raise malformed("it has no trace_id")
    if number(user_id) != member():
        raise Refused(HTTPStatus.FORBIDDEN, "This member's records are not kept here.")
    if kind not in KINDS or event not in {"updated", "deleted"}:
        return NOTHING_TO_DO
    subject = {"kind": kind, "id": uuid_of(content.get("id"))}
    return Notice(trace_id, f"{kind}.{event}", subject)


def number(value: Any) -> int:
    """Of a member, as WHOOP counts them."""
    if type(value) is not int or not 0 <= value < 2**63:
        raise malformed("its user_id is no number")
    return value


def uuid_of(value: Any) -> str:
    """It becomes a part of an address."""
    try:
        return str(UUID(value))
    except (AttributeError, TypeError, ValueError):
        raise malformed("its id is no UUID") from None


# --- Working off ----------------------------------------------------------------------------------


class Found(NamedTuple):
    """A record as it is now; `item` is None where there is none, or where the consent does not open
    it, which `refusal` tells."""

    stream: Stream
    source_id: str
    item: Item | None
    refusal: str = ""

    @property
    def is_pending(self) -> bool:
        return self.item is not None and self.item.get("score_state") == ScoreState.PENDING

    @property
    def is_buried(self) -> bool:
        rows = self.stream.model._default_manager.filter(source=WHOOP, source_id=self.source_id)
        return rows.filter(deleted_at__isnull=False).exists()


def work(run: Run, backlog: Backlog) -> None:
    """Each record once, however many deliveries speak of it."""
    about = by_subject(backlog.open)
    known_member = member()
    # What waits for a later attempt learns from this one as well.
    claimed = [delivery.pk for delivery in backlog.deliveries]
    waiting = WebhookDelivery.objects.waiting().filter(source=WHOOP).exclude(pk__in=claimed)
    for subject, deliveries in by_subject(waiting.filter(pk__lt=max(claimed))).items():
        if subject in about:
            about[subject] += deliveries
    for (follow, record_id), deliveries in about.items():
        with backlog.trying(run, deliveries[0].subject["kind"], deliveries):
            found = follow(run.client, record_id)
            refuse_unasked(found, known_member)
            carry_over(run, backlog, deliveries, found)
    run.repair()


def by_subject(
    deliveries: Iterable[WebhookDelivery],
) -> dict[tuple[Follow, str], list[WebhookDelivery]]:
    about: dict[tuple[Follow, str], list[WebhookDelivery]] = {}
    for delivery in deliveries:
        subject = (FOLLOW[delivery.subject["kind"]], delivery.subject["id"])
        about.setdefault(subject, []).append(delivery)
    return about


def carry_over(
    run: Run, backlog: Backlog, deliveries: list[WebhookDelivery], found: list[Found]
) -> None:
    """Store what is there, and bury what is said to be deleted and is not there."""
    events = {one.event for one in deliveries}
    why = reason_to_wait(events, {one.stream.name: one for one in found})
    # The syncs go on where there were enough tries.
    waits = why and not all(one.attempts >= TRIES - 1 for one in deliveries)
    with backlog.settling(run, [] if waits else deliveries, why):
        for stream, source_id, item, refusal in found:
            if refusal:
                run.counts[stream.name].error = refusal
            elif item is not None:
                run.store(stream, [item])
                run.deletions.settle(stream.name, [source_id])
            elif is_told_gone(stream, events):
                run.bury(stream, [source_id])
                # What could not be stored of it must not come back.
                listed = RejectedItem.objects.filter(source=WHOOP, stream=stream.name)
                listed.filter(item_key=source_id).delete()
    if waits:
        backlog.leave(deliveries, why)


def refuse_unasked(found: list[Found], known_member: int | None) -> None:
    """Raises BadResponse for another record than the one asked for, and for another member's."""
    for stream, source_id, item, _ in found:
        if item is not None and (
            item.get("user_id") != known_member or stream.mapping.source_id(item) != source_id
        ):
            raise BadResponse(f"WHOOP answered with another {stream.name} than the one asked for.")


def is_told_gone(stream: Stream, events: set[str]) -> bool:
    """A sleep takes its recovery along. Only what is not there and is said to be deleted is gone: a
    record may not be visible yet, or not now."""
    parents = {"recovery": {"recovery.deleted", "sleep.deleted"}}
    return bool(parents.get(stream.name, {f"{stream.name}.deleted"}) & events)


def reason_to_wait(events: set[str], found: dict[str, Found]) -> str:
    """Why a later look may show more; empty where it will not."""
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
            and not (record and record.is_buried)
        ):
            return "WHOOP does not show it yet."
        if events == {f"{kind}.deleted"} and is_there:
            return "WHOOP shows it still."
    return ""


def fetch(client: ServiceClient, stream: Stream, source_id: str, path: str) -> Found:
    """Raises BadResponse for an answer that is none."""
    try:
        item = client.get(path, {})
    except NotAllowed as error:
        # A part that the consent does not open must not take the others along.
        return Found(stream, source_id, None, str(error))
    except BadResponse as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return Found(stream, source_id, None)
    if not isinstance(item, dict):
        raise BadResponse(f"WHOOP's answer to {path} is no object.")
    return Found(stream, source_id, item)


def night(client: ServiceClient, sleep_id: str) -> list[Found]:
    """A sleep, and what it moves: its cycle, and that cycle's recovery, whose events carry the
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
    """By the sleep itself, else by what was stored of it or of its recovery."""
    if sleep is not None and type(sleep.get("cycle_id")) is int:
        return str(sleep["cycle_id"])
    for rows in (WhoopSleep.objects.all(), WhoopRecovery.objects.all()):
        known = rows.filter(source=WHOOP, sleep_id=sleep_id).values_list("cycle_id", flat=True)
        if known:
            return str(known[0])
    return None


def workout(client: ServiceClient, workout_id: str) -> list[Found]:
    path = f"/developer/v2/activity/workout/{workout_id}"
    return [fetch(client, workouts, workout_id, path)]


Follow = Callable[[ServiceClient, str], list[Found]]
FOLLOW: dict[str, Follow] = {"sleep": night, "recovery": night, "workout": workout}

webhook = register(
    Webhook(
        source=WHOOP,
        verify=verify,
        read=read,
        work=work,
        hint="Add the address in WHOOP's developer dashboard, under your app's webhooks, with model version v2.",
    )
)
