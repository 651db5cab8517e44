"""What a detailed report holds: its rows as items, such as a service would send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.tables import ReadTables
from time_logs.same_entries import Said


class Options(NamedTuple):
    """`zone`: that of the profile at Toggl when the file was exported. `user`: whose entries are wanted of a report of
    several people, by name or e-mail; empty where it has only one's own. `replace`: import it although it may be another
    person's."""

    zone: ZoneInfo
    now: datetime
    user: str = ""
    replace: bool = False


class Entry(NamedTuple):
    """A row of the report. `item`: its values by column, moments as text. `lacking`: those for which the file has no column."""

    where: str
    item: Item
    raw: dict[str, str]
    lacking: Sequence[str] = ()

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(self.item["start"])

    @property
    def said(self) -> Said:
        end = datetime.fromisoformat(self.item["end"])
        return Said(self.start, end, self.item["description"], self.item["project"])

    @property
    def words(self) -> str:
        what = self.item["description"] or self.item["project"] or "no description"
        return f"{self.item['date']} {self.raw['start time']} {what} ({self.where})"


@dataclass
class Export(ReadTables):
    """All that a file, or a folder of files, holds. `entries`: by an id of ours."""

    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Return when the first and the last entry begin; None where there is none."""
        starts = [one.start for one in self.entries.values()]
        return (min(starts), max(starts)) if starts else None

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Export:
        entries = {key: Entry(*one) for key, one in values["entries"].items()}
        refusals = [Refusal(**one) for one in values["refusals"]]
        return cls(**values | {"entries": entries, "refusals": refusals})
