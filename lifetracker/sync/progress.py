"""What is known of a window while its pages are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lifetracker.models import BEGINNING
from lifetracker.sync.lossless import Json
from lifetracker.sync.mapping import BAD_VALUE
from lifetracker.sync.streams import Changes, Extent, Since, Window


@dataclass
class WindowProgress:
    """What is known of a window while it is being read."""

    #: More items than any account can have; None where nobody knows.
    max_items: int | None = None
    ids: set[str] = field(default_factory=set)
    #: An item whose id cannot be read could be any row: then no row can be called missing.
    all_ids_known: bool = True
    item_count: int = 0
    #: Nothing came, although something is stored, nor is anything else listed that was before.
    nothing_visible: bool = False
    #: The ids of earlier passes, and of the one that is on.
    earlier_ids: set[str] = field(default_factory=set)
    ids_of_pass: set[str] = field(default_factory=set)
    #: Pages of this pass in a row that brought nothing new.
    empty_pages: int = 0
    #: The ids of what is listed and is not of the stream's kind.
    other_ids: set[str] = field(default_factory=set)
    #: By the service's clock, the latest change among the items.
    latest_change: datetime | None = None
    #: By the service's clock, when the first items came.
    began: datetime | None = None

    def start_pass(self) -> None:
        """Begin to read all pages once more."""
        self.earlier_ids, self.ids_of_pass = set(self.ids), set()

    def note_changes(self, items: Iterable[Json], changes: Changes) -> None:
        """Note when the latest of the items was changed."""
        moments = [moment for item in items if (moment := change_of(item, changes))]
        self.latest_change = max([*moments, *filter(None, [self.latest_change])], default=None)


def change_of(item: Json, changes: Changes) -> datetime | None:
    """Return when the item was changed; None where it does not say so, which its mapping will tell."""
    try:
        return changes.changed_at(item) if isinstance(item, dict) else None
    except BAD_VALUE:
        return None


def shifted(extent: Extent, seconds: int) -> Extent:
    """Return the extent with so many seconds more on both sides."""
    more = timedelta(seconds=seconds)
    if isinstance(extent, Since):
        return Since(extent.moment - more)
    return extent and Window(max(extent.start - more, BEGINNING), extent.end + more)
