"""The fasts that earlier imports have stored."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fasting.models import ZERO, FastingPeriod, spoken
from fasting.zero.clock import MINUTE
from lifetracker.sync.mapping import Item

CSV_ID = "csv:"


class Stored(NamedTuple):
    """A fast of an earlier import."""

    source_id: str
    start: datetime
    end: datetime
    raw: Item
    note: str
    goal_hours: float | None
    digest: str
    deleted_at: datetime | None

    @property
    def from_csv(self) -> bool:
        return self.source_id.startswith(CSV_ID)

    def times(self, zone: ZoneInfo) -> str:
        """Return when it was and how long, such as `2022-02-11 12:10 to 2022-02-13 10:30 (46 h 20 min)`."""
        hours, minutes = divmod((self.end - self.start) // MINUTE, 60)
        length = f"{hours} h {minutes} min"
        return f"{spoken(self.start, zone)} to {spoken(self.end, zone)} ({length})"


def stored_fasts() -> dict[str, Stored]:
    rows = FastingPeriod.objects.filter(source=ZERO).order_by("start")
    return {row[0]: Stored(*row) for row in rows.values_list(*Stored._fields)}


def zones_of_earlier_csv() -> dict[str, str]:
    """Return in which zone each fast of a CSV was placed: it stays there, though the person has moved."""
    return {one.source_id: one.raw["zone"] for one in stored_fasts().values() if one.from_csv}
