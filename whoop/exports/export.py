"""What an export holds: its rows as items, such as a service would send them, and the answers of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.tables import ReadTables

CYCLE, RECOVERY, SLEEP, WORKOUT = KINDS = ("cycle", "recovery", "sleep", "workout")


class Options(NamedTuple):
    """`home`: whose times a row has that names no zone. `on_waking_day`: an answer of the journal is about the day on which
    one woke up, and not about the day before. `replace`: import it although it may be another person's."""

    home: ZoneInfo
    now: datetime
    on_waking_day: bool = False
    replace: bool = False


class Entry(NamedTuple):
    """A record of the export. `item`: its values by column, moments as text. `lacking`: what the file has no columns for, so
    that it says nothing of it."""

    where: str
    item: Item
    raw: dict[str, str]
    lacking: Sequence[str] = ()

    @property
    def source_id(self) -> str:
        return str(self.item["source_id"])

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(self.item["start"])

    @property
    def end(self) -> datetime | None:
        return datetime.fromisoformat(self.item["end"]) if self.item["end"] else None

    @property
    def offset(self) -> int:
        return int(self.item["utc_offset_min"])


class JournalAnswer(NamedTuple):
    """`cycle`: the start of the cycle beside which the app shows it. `woken`: the day on which one woke up in it."""

    where: str
    cycle: str
    woken: date
    question: str
    yes: bool
    note: str
    raw: dict[str, str]


@dataclass
class Export(ReadTables):
    """All that a file, or a folder of files, holds."""

    entries: dict[str, dict[str, Entry]] = field(
        default_factory=lambda: {kind: {} for kind in KINDS}
    )
    answers: list[JournalAnswer] = field(default_factory=list)
    #: By the start of a cycle, the day on which one woke up in it.
    waking_days: dict[str, date] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (any(self.entries.values()) or self.answers)

    def all_entries(self) -> list[Entry]:
        return [one for found in self.entries.values() for one in found.values()]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Export:
        entries = {
            kind: {key: Entry(*one) for key, one in found.items()}
            for kind, found in values["entries"].items()
        }
        answers = [
            JournalAnswer(where, cycle, date.fromisoformat(woken), *rest)
            for where, cycle, woken, *rest in values["answers"]
        ]
        refusals = [Refusal(**one | {"start": None}) for one in values["refusals"]]
        days = {key: date.fromisoformat(day) for key, day in values["waking_days"].items()}
        read = {"entries": entries, "answers": answers, "refusals": refusals, "waking_days": days}
        return cls(**values | read)
