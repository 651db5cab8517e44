"""What Withings pushes: that something was measured, edited or deleted in a stretch of time. Facts:
Withings' page on notifications.

Nothing is signed, so a secret stands in the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone

from lifetracker.days import ONE_DAY
from lifetracker.errors import BadResponse
from lifetracker.models import BEGINNING, WebhookDelivery
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import Item
from lifetracker.sync.streams import Window
from lifetracker.sync.webhooks import (
    FORM,
    NOTHING_TO_DO,
    DeliveryBatch,
    ImmediateResponse,
    Webhook,
    WebhookEvent,
    WebhookRejected,
    own_secrets,
    register_webhook,
    require_one_of,
    require_setup,
    unreadable,
)
from oauth_integration.models import OAuthCredential
from weight.models import WITHINGS
from weight.services.withings_client import WithingsAPIClient
from weight.streams import instant, measures

if TYPE_CHECKING:
    from lifetracker.sync.job import SyncJob

# `appli`: weight and body composition; blood pressure and pulse; the person's account.
WEIGHT, PULSE, ACCOUNT = "1", "4", "46"
# A notification is about one weigh-in, or about a few that a scale kept; more would be read by
# whoever knows the address.
LONGEST = timedelta(days=366)
# Whether the bounds are included is not documented.
MARGIN = timedelta(seconds=1)


# --- Receiving ------------------------------------------------------------------------------------


def address_query() -> str:
    return f"?secret={own_secrets('withings')[0]}"


def verify(request: HttpRequest, body: bytes) -> None:
    require_one_of(request.GET.get("secret", ""), own_secrets("withings"))


def read(headers: Mapping[str, str], content: Item) -> WebhookEvent | ImmediateResponse:
    account = OAuthCredential.objects.of("withings").account
    require_setup(account, WITHINGS)
    if content.get("userid") != account:
        raise WebhookRejected(HTTPStatus.FORBIDDEN, "Records of this account are not stored here.")
    appli = str(content.get("appli"))
    if appli == ACCOUNT:
        # Whether the consent still holds shows with the next question.
        now = timezone.now()
        return event_about("account", Window(now - ONE_DAY, now))
    if appli not in {WEIGHT, PULSE}:
        return NOTHING_TO_DO
    return event_about(f"appli {appli}", window_of(content))


def event_about(event: str, window: Window) -> WebhookEvent:
    """Make an event without an id: Withings numbers nothing, and says the same of two changes in one stretch of
    time. So an equal one is dropped only while the first has not been processed."""
    return WebhookEvent(
        "", event, {"start": window.start.isoformat(), "end": window.end.isoformat()}
    )


def window_of(content: Item) -> Window:
    try:
        if "date" in content:
            day = moment_of(content["date"])
            # Wherever on earth that day was.
            window = Window(day - ONE_DAY, day + 2 * ONE_DAY)
        else:
            start, end = (instant(int(content[name])) for name in ("startdate", "enddate"))
            window = Window(start - MARGIN, end + MARGIN)
    except (KeyError, ValueError, OverflowError):
        raise unreadable("it has no time range") from None
    if not timedelta(0) < window.end - window.start <= LONGEST:
        raise unreadable("its end is not within a year after its start")
    if window.start > timezone.now() + 2 * ONE_DAY:
        raise unreadable("it is in the future")
    return window


def moment_of(text: str) -> datetime:
    """Read `2026-09-16`, or seconds since 1970: both are documented."""
    if text.isdecimal():
        return instant(int(text))
    return datetime.fromisoformat(text).replace(tzinfo=BEGINNING.tzinfo)


# --- Processing -----------------------------------------------------------------------------------


def work(job: SyncJob[WithingsAPIClient], batch: DeliveryBatch) -> None:
    """Read windows that overlap once, to their end: several notifications come for one weigh-in."""
    about = [(asked_for(delivery), delivery) for delivery in batch.pending]
    for window in joined(asked for asked, _ in about):
        deliveries = [one for asked, one in about if window.start <= asked.start <= window.end]
        within = Window(max(window.start, BEGINNING), min(window.end, job.now))
        with batch.attempt(job, measures.name, deliveries):
            if within.start < within.end:
                job.reader.read_extent(measures, within)
        if window.start + MARGIN > job.now:
            # By Withings' clock it has happened already.
            batch.defer(deliveries, "It is in the future by this machine's clock.")


def asked_for(delivery: WebhookDelivery) -> Window:
    return Window(*(datetime.fromisoformat(delivery.subject[end]) for end in ("start", "end")))


def joined(windows: Iterable[Window]) -> list[Window]:
    """Join windows that touch each other."""
    found: list[Window] = []
    for window in sorted(windows):
        if found and window.start <= found[-1].end:
            found[-1] = Window(found[-1].start, max(found[-1].end, window.end))
        else:
            found.append(window)
    return found


# --- Subscribing ----------------------------------------------------------------------------------


class Notifications:
    """`/notify`."""

    def _call(self, action: str, **params: Json) -> Item:
        with closing(WithingsAPIClient()) as client:
            try:
                return dict(client.get("/notify", {"action": action, **params}))
            except BadResponse as error:
                # Withings may quote the address.
                text = re.sub(r"\?secret=\w+", "", str(error))
                raise BadResponse(text, error.status) from None

    def _profiles(self) -> list[Item]:
        found = self._call("list").get("profiles")
        return [one for one in found or [] if isinstance(one, dict)]

    def list(self) -> Iterable[str]:
        for profile in self._profiles():
            yield f"appli {profile.get('appli')} to {path_of(profile)}"

    def subscribe(self, address: str) -> Iterable[str]:
        self._call("subscribe", callbackurl=address, appli=WEIGHT, comment="Life Tracker")
        self._revoke(but=address)
        yield "Subscribed to weigh-ins at Withings."

    def unsubscribe(self, address: str) -> Iterable[str]:
        if self._revoke():
            yield "Unsubscribed from weigh-ins at Withings."
        else:
            yield "There was no subscription at Withings."

    def _revoke(self, but: str = "") -> int:
        """Revoke every subscription of this program, also those under an older secret or another name of
        this machine, and return how many there were."""
        ours = [one for one in self._profiles() if path_of(one).endswith(webhook.path)]
        others = [one for one in ours if one["callbackurl"] != but]
        for one in others:
            self._call("revoke", callbackurl=one["callbackurl"], appli=one.get("appli"))
        return len(others)


def path_of(profile: Item) -> str:
    """Return where it delivers, without the secret."""
    return str(profile.get("callbackurl")).partition("?")[0]


webhook = register_webhook(
    Webhook(
        source=WITHINGS,
        verify=verify,
        read=read,
        work=work,
        content_type=FORM,
        is_checked=True,
        query=address_query,
        subscriptions=Notifications,
        hint="python manage.py webhooks subscribe withings",
    )
)
