"""What an export of the Zero app holds, in whichever form it came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lifetracker.sync.files import Refusal

CSV = "csv"
JSON = "json"

# Zero appeared in 2016. What claims to be from before is a clock or a column read wrongly.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
# Of clocks and of zones.
SLACK = timedelta(days=1)


class Unreadable(ValueError):
    """One fast of the file cannot be read. The text says why."""


@dataclass(frozen=True)
class Options:
    """`zone`: the zone of times without one; `zone_given` if it was asked
    for and not just assumed. `known_zones`: by id, where fasts of an earlier CSV were placed, which
    holds unless a zone is given. `notes`: whether their private texts may be read. `replace`: the file is
    the truth for its stretch, however little it knows of what is stored there."""

    zone: ZoneInfo
    now: datetime
    zone_given: bool = False
    known_zones: Mapping[str, str] = field(default_factory=dict)
    date_order: str | None = None
    notes: bool = False
    replace: bool = False


@dataclass(frozen=True)
class Fast:
    """An ended fast. `start_zone` and `end_zone` where the file names them; `note` is None if it
    was not read; `where` is its place in the file."""

    source_id: str
    start: datetime
    end: datetime
    where: str
    raw: dict[str, Any]
    start_zone: str | None = None
    end_zone: str | None = None
    goal_hours: float | None = None
    note: str | None = None


@dataclass(frozen=True)
class Running:
    """A fast that had not ended when the file was exported."""

    where: str
    since: str
    start: datetime
    source_id: str


@dataclass
class Export:
    """All that a file holds. `form` is CSV or JSON; `about` tells the person what it is."""

    form: str
    about: str
    fasts: list[Fast] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    duplicates: int = 0
    remarks: list[str] = field(default_factory=list)

    def add(self, found: Fast | Running | Refusal) -> None:
        if isinstance(found, Fast):
            self.fasts.append(found)
        elif isinstance(found, Running):
            self.running.append(found)
        else:
            self.refusals.append(found)

    @property
    def items(self) -> list[Fast | Running | Refusal]:
        return [*self.fasts, *self.running, *self.refusals]

    def missing(self, stored: Iterable[str]) -> set[str]:
        """Return those of the stored fasts that the file, which lists a whole stretch of time, surely lacks.
        None while a row of it has no id that could be read, since that could be any of them."""
        unreadable = any(not refusal.source_id for refusal in self.refusals)
        return set() if unreadable else self.lacks(stored)

    def lacks(self, stored: Iterable[str]) -> set[str]:
        """Return those of the stored fasts of which no row has the id, be it one that runs or is refused."""
        unsure = {running.source_id for running in self.running}
        unsure |= {refusal.source_id for refusal in self.refusals}
        ids = {fast.source_id for fast in self.fasts}
        return {one for one in stored if one not in ids and one.partition("~")[0] not in unsure}

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Return the stretch from the first start to the last end."""
        starts = [item.start for item in self.items if item.start is not None]
        ends = [fast.end for fast in self.fasts]
        return (min(starts), max(starts + ends)) if starts else None


def require_possible(start: datetime, end: datetime, now: datetime) -> None:
    """Raise Unreadable for times that no fast can have."""
    if end < start:
        raise Unreadable("it ends before it starts")
    if start < EARLIEST:
        raise Unreadable(f"it is from {start.year}, long before there was a Zero app")
    if end > now + SLACK:
        raise Unreadable("it is in the future")


def shown(value: object) -> str:
    """Return a value as it may stand in a message: short."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
