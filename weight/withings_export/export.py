"""What a file of weigh-ins holds: its rows as items, such as a service would send them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from lifetracker.sync.files import Refusal
from lifetracker.sync.mapping import Item
from lifetracker.sync.tables import ReadTables
from weight.same_weigh_ins import Said


class Options(NamedTuple):
    """`zone`: that of the times in the file. `replace`: import it although it may be another person's."""

    zone: ZoneInfo
    now: datetime
    replace: bool = False


class Entry(NamedTuple):
    """A row of the file. `item`: its values by column, moments and numbers as text. `lacking`: those for which the
    file has no column."""

    where: str
    item: Item
    raw: dict[str, str]
    lacking: Sequence[str] = ()

    @property
    def said(self) -> Said:
        return Said(
            datetime.fromisoformat(self.item["measured_at"]), Decimal(self.item["weight_kg"])
        )

    @property
    def words(self) -> str:
        return f"{self.raw['date']} {Decimal(self.item['weight_kg']):.2f} kg ({self.where})"


@dataclass
class Export(ReadTables):
    """All that a file, or a folder of files, holds. `entries`: by an id of ours."""

    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """Return when the first and the last weigh-in were; None where there is none."""
        moments = [one.said.at for one in self.entries.values()]
        return (min(moments), max(moments)) if moments else None

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Export:
        entries = {key: Entry(*one) for key, one in values["entries"].items()}
        refusals = [Refusal(**one) for one in values["refusals"]]
        return cls(**values | {"entries": entries, "refusals": refusals})
