"""Entries that their owner may want to put right: very long ones, two at a time, over midnight, without a project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.urls import reverse
from django.utils import timezone

from lifetracker.days import ONE_DAY, latest, local_date_and_hour, midnight
from lifetracker.models.rows import plain_rows
from lifetracker.web.clock import date_and_time, time_words
from lifetracker.web.ranges import Range
from lifetracker.web.sentences import hours_and_minutes
from lifetracker.words import counted
from time_logs.blocks import LONGEST_ENTRY
from time_logs.group_sums import Days
from time_logs.metrics import HOUR
from time_logs.models import TimeEntry, overlapping
from time_logs.names import entries_url, shortened

#: The last days of a range, of which entries are looked at; how many of a kind are shown beside other things, and on the
#: page of them all.
DAYS, SHOWN, MOST = 31, 4, 500
# All that is looked at of an entry, in the order in which the model has it.
LOOKED_AT = {"id", "date", "start", "end", "project", "description"}
COLUMNS = [field.attname for field in TimeEntry._meta.concrete_fields if field.attname in LOOKED_AT]


class Kind(Enum):
    LONG = "over 12 h"
    OVERLAPPING = "overlapping"
    MIDNIGHT = "over midnight"
    PROJECTLESS = "no project"


class Thing(NamedTuple):
    """A line of the list: what it is, when, and where it leads to."""

    words: str
    when: str
    url: str
    kind: Kind
    #: The other one of two that overlap.
    other: str = ""
    other_url: str = ""

    @property
    def is_fault(self) -> bool:
        """Return whether it is hardly meant so; a night's work, or work without a project, may well be."""
        return self.kind in {Kind.LONG, Kind.OVERLAPPING}


@dataclass(frozen=True)
class ToLookAt:
    """What was found in the days from `first` on. `count`: of entries."""

    first: date
    things: list[Thing]
    count: int
    #: How many lines more there are than are shown.
    more: int
    #: The days of what is hardly meant so.
    days: set[date]


def to_look_at(shown: Range, now: datetime, most: int = SHOWN) -> ToLookAt:
    """Return what there is to look at in the last days of a range, at most so many of a kind, by one statement."""
    first = max(shown.first, shown.last - timedelta(days=DAYS - 1))
    until = min(midnight(shown.last + ONE_DAY), latest())
    rows = TimeEntry.objects.happened().reaching(midnight(first), until)
    found = plain_rows(rows.order_by().values_list(*COLUMNS))
    entries = [TimeEntry.from_db(DEFAULT_DB_ALIAS, COLUMNS, row) for row in found]
    entries.sort(key=lambda entry: entry.start, reverse=True)
    return found_in(entries, Days(first, shown.last), now, most)


def found_in(entries: list[TimeEntry], days: Days, now: datetime, most: int) -> ToLookAt:
    long = [entry for entry in entries if entry.elapsed(now) > LONGEST_ENTRY]
    pairs = [(pair.first, pair.second) for pair in overlapping(entries, now)][::-1]
    zone = timezone.get_current_timezone()
    across = [entry for entry in entries if ends_later(entry, zone) and entry not in long]
    without = [entry for entry in entries if not entry.project]
    kinds = [
        [long_thing(entry, now) for entry in long],
        [pair_thing(*pair) for pair in pairs],
        [thing_of(entry, name_of_entry(entry), Kind.MIDNIGHT) for entry in across],
        [projectless(without, days, now)] if without else [],
    ]
    faults = {*long, *(entry for pair in pairs for entry in pair)}
    return ToLookAt(
        days.first,
        [thing for things in kinds for thing in things[:most]],
        len(faults | {*across, *without}),
        sum(max(len(things) - most, 0) for things in kinds),
        {entry.date for entry in faults},
    )


def ends_later(entry: TimeEntry, zone: tzinfo) -> bool:
    """Return whether it ends on another day than it began, and not at its midnight."""
    if entry.end is None:
        return False
    return local_date_and_hour(entry.end - timedelta.resolution, zone)[0] > entry.date


def name_of_entry(entry: TimeEntry) -> str:
    return shortened(entry.description or entry.project) or "An entry"


def when(entry: TimeEntry) -> str:
    """Return `Fri 20 Nov 23:20 to 00:45`."""
    return f"{date_and_time(entry.start, 'D j M')} to {end_words(entry)}"


def end_words(entry: TimeEntry) -> str:
    return time_words(entry.end) if entry.end else "now"


def url_of(entry: TimeEntry) -> str:
    return reverse("time-entry", args=[entry.pk])


def thing_of(entry: TimeEntry, words: str, kind: Kind) -> Thing:
    return Thing(words, when(entry), url_of(entry), kind)


def long_thing(entry: TimeEntry, now: datetime) -> Thing:
    length = hours_and_minutes(entry.elapsed(now).total_seconds() / HOUR)
    return thing_of(entry, f"{length}, {name_of_entry(entry)}", Kind.LONG)


def pair_thing(entry: TimeEntry, other: TimeEntry) -> Thing:
    said = f"{when(entry)}, and {time_words(other.start)} to {end_words(other)}"
    return Thing(
        name_of_entry(entry),
        said,
        url_of(entry),
        Kind.OVERLAPPING,
        name_of_entry(other),
        url_of(other),
    )


def projectless(entries: Iterable[TimeEntry], days: Days, now: datetime) -> Thing:
    """Return one line for all that have no project."""
    found = list(entries)
    hours = sum(entry.elapsed(now).total_seconds() for entry in found) / HOUR
    return Thing(
        f"{counted(len(found), 'entry', 'entries')} without a project",
        f"{hours_and_minutes(hours)} in all",
        entries_url(*days, "project="),
        Kind.PROJECTLESS,
    )
