"""How many requests a service still takes, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from django.utils import timezone

from lifetracker.sync.quotas import RequestQuota, tightest
from lifetracker.web.connections.words import at_words, moment_words
from lifetracker.web.source_status import SourceStatus

NOT_SAID = "{} has not said"
#: What a limit is for, by seconds.
PER = {60: " a minute", 3_600: " an hour", 86_400: " a day"}
# What is left of a shorter stretch is another number before anybody has read it.
SHORTEST = 600


class Left(NamedTuple):
    """What is left of a service's requests: its name with the moment at which the service said so, and how many."""

    name: str
    words: str


def quota_words(source: SourceStatus, today: date) -> Left | None:
    """Return what is left by the service's last answers, or that it has not said so; None before it was read."""
    if not source.is_connected or source.is_import:
        return None
    if source.quotas:
        return words_of(shown(source.quotas), today)
    words = NOT_SAID.format(source.title)
    return Left("Requests left", words) if source.runs.last_success else None


def shown(quotas: Sequence[RequestQuota]) -> RequestQuota:
    """Return of the counts that have not begun anew the one that is used up first, else the one that was said last."""
    now = timezone.now()
    running = [quota for quota in quotas if quota.resets_at and quota.resets_at > now]
    return tightest(running) or max(quotas, key=attrgetter("said_at"))


def words_of(quota: RequestQuota, today: date) -> Left:
    """Return `Requests left at 13:41` and `4,812 of 5,000 until 14:00`, after 14:00 `4,812 of 5,000 an hour`."""
    name = f"{quota.name or 'Requests'} left {at_words(quota.said_at, today)}"
    left = f"{quota.remaining:,}" if quota.remaining else "none"
    if quota.limit:
        left += f" of {quota.limit:,}"
    if quota.resets_at and quota.resets_at > timezone.now() and (quota.window or 0) >= SHORTEST:
        return Left(name, f"{left} until {moment_words(quota.resets_at, today)}")
    return Left(name, left + (PER.get(quota.window or 0, "") if quota.limit else ""))
