"""Which entries of Toggl's export and of its API are the same: that of the API counts, and the other one is hidden.

The export has no ids, and Toggl may have several entries of the same second. So entries are paired one by one: first those
that say all the same, then those that were renamed or lengthened in between, at last those of the same words that overlap by
more than half, because one can move the start of an entry.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from lifetracker.sync.exported_facts import Destination, Stored, said_of
from lifetracker.sync.mapping import FieldMapping
from time_logs.models import TOGGL, TOGGL_EXPORT, TimeEntry

#: How much earlier or later the same entry may begin after it was edited.
AROUND = timedelta(days=2)
DESTINATION = Destination(
    TimeEntry,
    TOGGL_EXPORT,
    # The same checks hold as for what the API sends.
    FieldMapping(
        TimeEntry,
        {
            name: name
            for name in (
                *("source_id", "start", "end", "duration", "date", "description", "project"),
                *("client", "project_ref", "tags", "billable"),
            )
        },
    ),
    ("entry", "entries"),
    "the detailed report of Toggl",
)


class Said(NamedTuple):
    """What is said of an entry. `end`: None while it is running."""

    start: datetime
    end: datetime | None
    description: str
    project: str

    @property
    def words(self) -> tuple[str, str]:
        return self.description, self.project

    def is_mostly(self, other: Said) -> bool:
        """Return whether more than half of the shorter one is in both."""
        if self.end is None or other.end is None:
            return False
        common = min(self.end, other.end) - max(self.start, other.start)
        return common > min(self.end - self.start, other.end - other.start) / 2


def second(moment: datetime | None) -> datetime | None:
    return moment and moment.replace(microsecond=0)


#: From what makes two entries surely the same to what only makes it likely.
KEYS: tuple[Callable[[Said], Hashable], ...] = (
    lambda one: (second(one.start), second(one.end), one.words),
    lambda one: (second(one.start), one.words),
    lambda one: (second(one.start), second(one.end)),
    lambda one: second(one.start),
)


def paired(mine: Mapping[str, Said], theirs: Mapping[str, Said]) -> dict[str, str]:
    """Return which entry of theirs is which of mine, each at most once. Of equals the first ones are taken."""
    found: dict[str, str] = {}
    left, right = dict(mine), dict(theirs)
    for key in KEYS:
        waiting: dict[Hashable, list[str]] = defaultdict(list)
        for name, said in reversed(right.items()):
            waiting[key(said)].append(name)
        for name in [one for one in left if waiting.get(key(left[one]))]:
            if names := waiting[key(left[name])]:
                found[name] = names.pop()
                del left[name], right[found[name]]
    return found | overlapping(left, right)


def overlapping(left: Mapping[str, Said], right: Mapping[str, Said]) -> dict[str, str]:
    """Return the pairs of the same words that overlap by more than half."""
    by_words: dict[tuple[str, str], list[tuple[datetime, str]]] = defaultdict(list)
    for name, said in right.items():
        by_words[said.words].append((said.start, name))
    for entries in by_words.values():
        entries.sort()
    found: dict[str, str] = {}
    for name, said in left.items():
        entries = by_words.get(said.words, [])
        first = bisect_left(entries, (said.start - AROUND, ""))
        for at in range(first, len(entries)):
            start, other = entries[at]
            if start >= (said.end or said.start):
                break
            if said.is_mostly(right[other]):
                found[name] = other
                del entries[at]
                break
    return found


def stored_entries(rows: QuerySet[TimeEntry]) -> dict[str, Stored[Said]]:
    """Return entries by their ids, in order of time, by one statement."""
    columns = ("source_id", "start", "end", "description", "project", "deleted_at")
    found = rows.order_by("start", "source_id").values_list(*columns)
    return {
        source_id: Stored(Said(*said), said[0], deleted_at is None)
        for source_id, *said, deleted_at in found
    }


def around(source: str, first: datetime, last: datetime) -> QuerySet[TimeEntry]:
    """Return the entries of a source that may be the same as some which begin within this stretch, also those that were
    deleted there: an older file must not bring them back."""
    return TimeEntry.objects.filter(source=source, start__range=(first - AROUND, last + AROUND))


def hide_exported(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Hide the entries of the export that are the same as those which the API has just brought, by at most three
    statements."""
    place = columns.index("start")
    starts = [start for row in rows if isinstance(start := row[place], datetime)]
    if not starts:
        return
    first, last = min(starts), max(starts)
    exported = stored_entries(around(TOGGL_EXPORT, first, last))
    if not any(one.is_live for one in exported.values()):
        return
    api = said_of(stored_entries(around(TOGGL, first, last)), live_first=True)
    # Those that have given way keep their partners, when an entry of the API is read again.
    same = paired(said_of(exported, live_first=False), api)
    DESTINATION.hide({one for one in same if exported[one].is_live})
