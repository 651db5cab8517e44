"""What services push: whether it arrives, what waits, and how it is switched on."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from datetime import date
from functools import reduce
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lifetracker.models import WebhookDelivery
from lifetracker.sync.webhooks import Webhook, webhooks
from lifetracker.web.connections.words import moment_words
from lifetracker.web.source_status import SourceStatus
from lifetracker.words import counted


class Waiting(NamedTuple):
    """Deliveries that are not processed yet. `tried`: those of them that were tried in vain."""

    number: int
    tried: int


class Newest(NamedTuple):
    """The newest delivery of a source, and those of the source that wait."""

    delivery: WebhookDelivery
    waiting: Waiting


class PushedSource(NamedTuple):
    """A source that can push, as its row says it. `address` has no secret; `by_request`: the service is told by a request
    of ours, so that a button does it; else `hint` says what a person does at the service."""

    title: str
    slug: str
    address: str
    words: str
    arrives: bool
    by_request: bool
    hint: str


def pushed_sources(statuses: Iterable[SourceStatus], today: date) -> list[PushedSource]:
    """Return the connected sources that can push, with one statement however many deliveries there are."""
    able = [one for one in statuses if one.is_connected and one.name in webhooks]
    if not able:
        return []
    last = newest_deliveries(able)
    return [
        pushed_source(
            one, webhooks[one.name], delivery_words(last.get(one.name), today),
            arrives=one.name in last,
        )
        for one in able
    ]  # fmt: skip


def newest_deliveries(statuses: Iterable[SourceStatus]) -> dict[str, Newest]:
    """Return the newest delivery of each source that has one, and what waits of the source: found by the indexes."""
    newest = WebhookDelivery.objects.order_by("-id")
    wanted = [Q(pk=Subquery(newest.filter(source=one.name).values("pk")[:1])) for one in statuses]
    same = WebhookDelivery.objects.waiting().filter(source=OuterRef("source")).order_by()
    rows: QuerySet[Any] = WebhookDelivery.objects.filter(reduce(operator.or_, wanted)).annotate(
        number=counted_in(same), tried=counted_in(same.filter(attempts__gt=0))
    )
    return {one.source: Newest(one, Waiting(one.number, one.tried)) for one in rows}


def counted_in(rows: QuerySet[WebhookDelivery]) -> Coalesce:
    """Return how many of the rows belong to the source of the row that asks."""
    count = rows.values("source").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count), 0)


def delivery_words(newest: Newest | None, today: date) -> str:
    """Return when the last delivery came, what became of it, and what waits."""
    if newest is None:
        return "Nothing has arrived yet."
    last, waiting = newest
    words = f"Last delivery {moment_words(last.received_at, today)}."
    if last.handled_at and last.outcome:
        words += f" {last.outcome}"
    if waiting.number:
        words += f" {counted(waiting.number, 'delivery waits', 'deliveries wait')}"
        words += tried_words(waiting)
    return words


def tried_words(waiting: Waiting) -> str:
    if not waiting.tried:
        return "."
    return (
        ", tried in vain." if waiting.number == 1 else f", {waiting.tried:,} of them tried in vain."
    )


def pushed_source(
    status: SourceStatus, webhook: Webhook, words: str, *, arrives: bool
) -> PushedSource:
    return PushedSource(
        title=status.title,
        slug=status.slug,
        address=f"{settings.PUBLIC_URL}{webhook.path}" if settings.PUBLIC_URL else "",
        words=words,
        arrives=arrives,
        by_request=webhook.subscriptions is not None,
        hint="" if webhook.subscriptions else webhook.hint,
    )
