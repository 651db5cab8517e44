"""The entries of some days, or of those days and one name, as the page lists them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.utils import timezone

from lifetracker.days import ONE_DAY, local_date, midnight
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes, stretch_words
from lifetracker.words import counted
from time_logs.group_sums import of_name
from time_logs.metrics import HOUR
from time_logs.models import TimeEntry, TimeEntryQuerySet
from time_logs.names import asked_name, name_of
from time_logs.sums import EVERY_ENTRY, Only

A_PAGE = 50


class EntryRow(NamedTuple):
    """An entry of the list, and how much of it lies in the days that are shown."""

    entry: TimeEntry
    length: str
    #: Of an entry of which only a part lies in these days, how long it is in all.
    whole: str

    @property
    def ends_later(self) -> bool:
        """Return whether it ends on another day than it began."""
        end = self.entry.end
        return end is not None and local_date(end - timedelta.resolution) != self.entry.date


class Entries(NamedTuple):
    heading: str
    sentence: str
    rows: list[EntryRow]
    page: Page[Any]
    #: Whether nothing but the days is asked for.
    is_every: bool


def entries_of(shown: Range, query: Mapping[str, str]) -> Entries:
    """Return a page of the entries, the newest first, and what all of them come to, by three statements."""
    asked = asked_name(query)
    begin, end = bounds_of(shown)
    pages = Paginator(listed_entries(shown, query), A_PAGE)
    page = pages.get_page(query.get("page"))
    return Entries(
        heading_of(shown, asked),
        sentence_of(pages.count, seconds_of(shown, only_of(query))),
        [listed(entry, begin, end) for entry in page],
        page,
        asked is None,
    )


def listed_entries(shown: Range, query: Mapping[str, str]) -> TimeEntryQuerySet:
    """Return the entries of these days, and of the name that is asked for, the newest first."""
    found = TimeEntry.objects.happened().reaching(*bounds_of(shown)).meeting(only_of(query))
    return found.order_by("-start", "-pk").defer("raw")


def only_of(query: Mapping[str, str]) -> Only:
    asked = asked_name(query)
    return of_name(*asked) if asked else EVERY_ENTRY


def bounds_of(shown: Range) -> tuple[datetime, datetime]:
    return midnight(shown.first), midnight(shown.last + ONE_DAY)


def seconds_of(shown: Range, only: Only) -> float:
    """Return what the ended ones come to in these days."""
    found = TimeEntry.objects.all().per_day_and_running(shown.first, shown.last, only)
    return sum(found[0].values())


def heading_of(shown: Range, asked: tuple[str, Any] | None) -> str:
    words = stretch_words(shown.first, shown.last)
    if asked is None:
        return words
    name = name_of(*asked)
    return f"{name.text}, {words}"


def sentence_of(count: int, seconds: float) -> str:
    if not count:
        return "No entries on these days."
    entries = counted(count, "entry", "entries")
    return f"{hours_and_minutes(seconds / HOUR)} in {entries}."


def listed(entry: TimeEntry, begin: datetime, end: datetime) -> EntryRow:
    until = entry.end or timezone.now()
    length = (min(until, end) - max(entry.start, begin)).total_seconds()
    whole = (until - entry.start).total_seconds()
    words, of_all = hours_and_minutes(length / HOUR), hours_and_minutes(whole / HOUR)
    return EntryRow(entry, words, of_all if whole > length else "")
