"""How far the data of a day reach: in the head of Today, and source by source at its foot."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from lifetracker.days import ONE_DAY, local_date, midnight
from lifetracker.web.cards import Visit
from lifetracker.web.connections.words import moment_words, near_day
from lifetracker.web.source_status import SourceStatus


class Flag(NamedTuple):
    """What asks for the owner, and where they can mend it."""

    words: str
    url: str


class LastRead(NamedTuple):
    """When a source was last read."""

    title: str
    words: str
    url: str
    asks: bool


def connection_of(status: SourceStatus) -> str:
    return f"{reverse('connections')}#{status.slug}"


# --- The head -------------------------------------------------------------------------------------


def flags(visit: Visit) -> list[Flag]:
    """Return what is wrong with sources. Those that need their owner come first."""
    troubled = [one for one in visit.sources.values() if one.is_troubled]
    troubled.sort(key=lambda one: not one.needs_consent)
    return [Flag(trouble(one, visit), connection_of(one)) for one in troubled]


def trouble(status: SourceStatus, visit: Visit) -> str:
    if status.needs_consent:
        return f"{status.title} needs you"
    read = read_at(status)
    if status.is_stale and read:
        return f"{status.title}: last read {moment_words(read, visit.today)}"
    return f"{status.title} could not be synced"


def completeness(visit: Visit) -> list[str]:
    """Return how far all sources that are on were read; nothing where one of them was not read yet."""
    on = [one for one in visit.sources.values() if one.is_connected and not one.is_import]
    ends = [verified_until(one) for one in on]
    known = [end for end in ends if end]
    if not known or len(known) < len(ends):
        return []
    least = min(known)
    if visit.is_past and least >= midnight(visit.day + ONE_DAY):
        return ["Complete"]
    return [f"Complete to {moment_words(least, visit.today)}"]


def verified_until(status: SourceStatus) -> datetime | None:
    """Return the moment up to which all streams of a source are known; None where one was not read yet."""
    ends = [state.verified_to for state in status.runs.states]
    known = [end for end in ends if end]
    if ends:
        return min(known) if len(known) == len(ends) else None
    success = status.runs.last_success
    return success.started_at if success else None


# --- The foot -------------------------------------------------------------------------------------


def last_reads(visit: Visit) -> list[LastRead]:
    """Return the sources that are on, were read, or need their owner."""
    shown = [one for one in visit.sources.values() if is_on(one)]
    return [
        LastRead(one.title, read_words(one, visit), connection_of(one), one.is_troubled)
        for one in shown
    ]


def is_on(status: SourceStatus) -> bool:
    return status.is_connected or status.needs_consent or read_at(status) is not None


def read_at(status: SourceStatus) -> datetime | None:
    success = status.runs.last_success
    return success.finished_at if success else None


def read_words(status: SourceStatus, visit: Visit) -> str:
    read = read_at(status)
    if status.needs_consent:
        return "connect again"
    if status.is_import and read:
        day = local_date(read)
        return f"imported {'today' if day == visit.today else near_day(day, visit.today)}"
    if read is None:
        return "not read yet"
    return moment_words(read, visit.today)
