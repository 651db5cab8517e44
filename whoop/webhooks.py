"""What WHOOP pushes: that a sleep, a recovery or a workout was made, changed or deleted. Facts:
WHOOP's page on webhooks, v2."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest

from lifetracker.http import BadResponse
from lifetracker.models import WebhookDelivery
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
from whoop.models import WHOOP, ScoreState, WhoopProfile, WhoopRecovery, WhoopSleep
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
    if not isinstance(trace_id, str) or not 0 < len(trace_id) <= 80 or "\0" in trace_id:
        raise malformed("it has no trace_id")
    if not WhoopProfile.objects.live().filter(user_id__isnull=False, user_id=number(user_id)):
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
        return str(UUID(value)) if isinstance(value, str) else str(UUID(None))
    except (ValueError, TypeError):
        raise malformed("its id is no UUID") from None


# --- Working off ----------------------------------------------------------------------------------


class Found(NamedTuple):
    """A record as it is now; `item` is None where there is none."""

    stream: Stream
    source_id: str
    item: Any

    @property
    def is_pending(self) -> bool:
        return isinstance(self.item, dict) and self.item.get("score_state") == ScoreState.PENDING

    @property
    def is_new(self) -> bool:
        """Neither there now nor ever stored here."""
        rows = self.stream.model._default_manager.filter(source=WHOOP, source_id=self.source_id)
        return self.item is None and not rows.exists()


def work(run: Run, backlog: Backlog) -> None:
    """Each record once, however many deliveries speak of it."""
    about: dict[tuple[Follow, str], list[WebhookDelivery]] = {}
    for delivery in backlog.open:
        subject = (FOLLOW[delivery.subject["kind"]], delivery.subject["id"])
        about.setdefault(subject, []).append(delivery)
    for (follow, record_id), deliveries in about.items():
        try:
            carry_over(run, backlog, deliveries, follow(run.client, record_id))
        except BadResponse as error:
            backlog.leave(deliveries, str(error))
            run.counts[deliveries[0].subject["kind"]].error = str(error)
    run.repair()


def carry_over(
    run: Run, backlog: Backlog, deliveries: list[WebhookDelivery], found: list[Found]
) -> None:
    """Store what is there and bury what is gone."""
    why = reason_to_wait(deliveries, {one.stream.name: one for one in found})
    with backlog.settling(run, [] if why else deliveries):
        for stream, source_id, item in found:
            if item is None:
                run.bury(stream, [source_id])
            else:
                run.store(stream, [item])
    if why:
        backlog.leave(deliveries, why)


def reason_to_wait(deliveries: list[WebhookDelivery], found: dict[str, Found]) -> str:
    """Why a later look may show more; empty where it will not, or where there were enough."""
    if any(one.attempts >= TRIES - 1 for one in deliveries):
        return ""
    if any(one.is_pending for one in found.values()):
        return "WHOOP has not scored it yet."
    events = {one.event for one in deliveries}
    for kind in KINDS:
        record = found.get(kind)
        deleted = f"{kind}.deleted" in events
        if f"{kind}.updated" in events and not deleted and (record is None or record.is_new):
            return "WHOOP does not show it yet."
        if events == {f"{kind}.deleted"} and record and record.item is not None:
            return "WHOOP shows it still."
    return ""


def fetch(client: ServiceClient, path: str) -> Any:
    """None where there is no such record."""
    try:
        return client.get(path, {})
    except BadResponse as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def night(client: ServiceClient, sleep_id: str) -> list[Found]:
    """A sleep, and what it moves: its cycle, and that cycle's recovery, whose events carry the
    sleep's id."""
    sleep = fetch(client, f"/developer/v2/activity/sleep/{sleep_id}")
    found = [Found(sleeps, sleep_id, sleep)]
    cycle_id = cycle_of(sleep_id, sleep)
    if cycle_id is None:
        return found
    cycle = fetch(client, f"/developer/v2/cycle/{cycle_id}")
    recovery = fetch(client, f"/developer/v2/cycle/{cycle_id}/recovery")
    return [*found, Found(cycles, cycle_id, cycle), Found(recoveries, cycle_id, recovery)]


def cycle_of(sleep_id: str, sleep: Any) -> str | None:
    """By the sleep itself, else by what was stored of it or of its recovery."""
    if isinstance(sleep, dict) and type(sleep.get("cycle_id")) is int:
        return str(sleep["cycle_id"])
    for rows in (WhoopSleep.objects.all(), WhoopRecovery.objects.all()):
        known = rows.filter(source=WHOOP, sleep_id=sleep_id).values_list("cycle_id", flat=True)
        if known:
            return str(known[0])
    return None


def workout(client: ServiceClient, workout_id: str) -> list[Found]:
    path = f"/developer/v2/activity/workout/{workout_id}"
    return [Found(workouts, workout_id, fetch(client, path))]


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
